/* SPDX-License-Identifier: Apache-2.0
 * A normalizer bound to the schema: destinations with their field numbers, constants converted once, conditions with
 * resolved fields, and what the registry knows about the format's place among the others. Made when a normalizer is
 * registered, completed when the registry is sealed, read-only from then on but for the shapes. */
#pragma once
#include "decode/record_flat.h"
#include "normalize/normalize.h"
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define ARGOT_BOUND_MAX_DEPTH 4       /* formats around one line: envelopes and the innermost */
#define ARGOT_BOUND_MAX_CASE_DEPTH 8  /* nesting of `choose` */
#define ARGOT_BOUND_MAX_VALUE_DEPTH 8 /* values in lines in values */
#define ARGOT_BOUND_MAX_SMALL 1024    /* numbers whose range is known */
#define ARGOT_BOUND_MAX_FORMATS 4096
#define ARGOT_ABI_BEGINS 5u           /* from which on lexers tell what lines begin with */
#define ARGOT_BOUND_MAX_MESSAGES 8192 /* of one format */

struct argot_bound_dest {
    int16_t field; /* schema index, -1 for extra and variables */
    uint8_t kind, type;
    bool list;  /* values are appended */
    bool plain; /* text is stored as it stands */
    struct argot_slice key;
};

struct argot_bound_set {
    uint16_t dest;
    bool live; /* something may read it while the event is made; else the shape alone has it */
    struct argot_slice text;
    struct argot_slot slot;
};

/* Where the value of a source is. */
struct argot_bound_source {
    int16_t field; /* schema index of SOURCE_FIELD, else -1 */
    uint16_t pick; /* of SOURCE_PATH in JSON records: its pick, else 0 */
};

struct argot_bound_binding {
    uint16_t pick; /* of its path, 0: it may name several places */
    uint16_t dest; /* that takes the text as its type says, and nothing else is to be done; else ARGOT_NONE */
    bool pattern;  /* the last step is one: comes after the others */
};

struct argot_bound_term {
    const struct argot_term *term;
    struct argot_bound_source source;
};
struct argot_bound_condition {
    uint16_t count;
    const struct argot_bound_term *terms;
};

struct argot_bound_derive {
    const struct argot_derive *derive;
    const struct argot_bound_source *sources;
    /* Where the one source is a number of the format: what each range gives, else NULL. */
    const struct argot_slot *ranges;
    uint16_t number, dest; /* that source, and where it goes */
    uint16_t nsmall;       /* where no range reaches further: numbers whose range is known, */
    const uint8_t *small;  /* from 1; 0: none takes it */
};

struct argot_bound_case {
    const struct argot_case *source;
    struct argot_bound_condition when;
    const struct argot_bound_set *sets;
    const struct argot_bound_derive *derives;
    const struct argot_bound_case *cases;
    const struct argot_bound_binding *bindings; /* as in the record */
};

struct argot_bound_bits {
    uint64_t words[ARGOT_MAX_DESTS / 64];
};

static inline bool
argot_bound_bit(const struct argot_bound_bits *bits, unsigned bit)
{
    return bits->words[bit >> 6] >> (bit & 63) & 1;
}

static inline void
argot_bound_bit_set(struct argot_bound_bits *bits, unsigned bit)
{
    bits->words[bit >> 6] |= UINT64_C(1) << (bit & 63);
}

static inline void
argot_bound_bit_clear(struct argot_bound_bits *bits, unsigned bit)
{
    bits->words[bit >> 6] &= ~(UINT64_C(1) << (bit & 63));
}

/* A block of the format: its record, or a piece of its lines. */
struct argot_bound_block {
    const struct argot_block *block;
    const struct argot_bound_binding *bindings; /* as in the block */
    struct argot_bound_condition detect;
    struct argot_record_flat flat;
};

/* One message; number nmessages of a format is what is kept when no message fitted. */
struct argot_bound_message {
    const struct argot_message *source; /* NULL for the unmatched one */
    struct argot_bound_condition when;
    uint16_t nsets; /* the message's constants, then those of the format it does not set itself */
    const struct argot_bound_set *sets;
    uint16_t nderives; /* of the format, then of the message */
    const struct argot_bound_derive *derives;
    const struct argot_bound_case *cases;
    bool skip;                       /* such lines are no events */
    bool steps;                      /* there are cases, or constants that have to lie in the level */
    struct argot_bound_bits dynamic; /* destinations that may differ from event to event or be absent */
};

struct argot_bound_child {
    struct argot_bound *bound;
    uint32_t index; /* of it */
    struct argot_bound_condition when;
};

/* Children by a text that conditions compare. */
struct argot_bound_key {
    struct argot_slice text;
    uint64_t word;      /* argot_inside_word of it */
    uint64_t *children; /* NULL: no text lies here */
};

/* Sets of children, a bit each: which of them a text can concern. */
struct argot_bound_choice {
    uint32_t nwords;       /* of a set */
    uint32_t at;           /* where a worker has its own set of them */
    uint64_t *all, *asked; /* asked: they have a condition */
    const uint64_t
        *begin;     /* of each place and byte: those without a condition whose records may have it, and `asked` */
    uint16_t key;   /* the envelope's destination that conditions compare with texts, ARGOT_NONE: none */
    uint32_t nkeys; /* a power of two */
    struct argot_bound_key *keys;
    uint64_t *others;  /* that a text which is no key may concern */
    uint64_t *settled; /* whose condition holds where the key's text has them */
};

struct argot_bound {
    const struct argot_normalizer *normalizer;
    uint32_t index;         /* in the registry, by name */
    uint32_t first_message; /* number of message 0 among all messages of the registry */
    struct argot_bound_dest *dests;
    uint16_t *dest_of_field;              /* by schema index; ARGOT_NONE */
    struct argot_bound_message *messages; /* nmessages + 1 */
    const struct argot_bound_case *cases;
    struct argot_bound_condition *inside;   /* ninside */
    struct argot_bound_condition detect;    /* of the record */
    argot_picks_formats asks;               /* the format in the registry's picks */
    const struct argot_bound_block *blocks; /* all that its values have; the first is the record, where there is one */
    uint64_t absent_begin[4];               /* bytes that the format's absent texts begin with, a bit each */
    bool case_columns;                      /* some case names further columns */
    bool conditional;                       /* some message has a condition */
    bool plain;   /* lines that its body reads whole, without conditions or lines that are none */
    bool on_line; /* may stand on the bare line */
    uint64_t begin[ARGOT_BEGIN_BYTES][4]; /* bytes that may stand at the first places of a record */
    const struct argot_begins *begins;    /* more of the same, or NULL */
    uint32_t nchildren;
    const struct argot_bound_child *children; /* in the order they are tried */
    struct argot_bound_choice choice;         /* of an envelope: among them */
};

/* A place in the tree of chains (format, message) from the outermost format inwards; its shape is made when needed. */
struct argot_shape_node {
    struct argot_shape_node *parent;
    const struct argot_bound *bound;
    uint16_t message, depth;
    _Atomic(struct argot_shape_plan *) plan;
    _Atomic(_Atomic(struct argot_shape_node *) *) children; /* by number of the message among all of the registry */
};

#define ARGOT_SHAPE_NO_SLOT 0xffu

/* How events of a shape are filled. */
struct argot_shape_plan {
    struct argot_shape shape;
    bool too_many;                 /* more than ARGOT_SHAPE_MAX_SLOTS: no such event can be made */
    uint16_t time_slot, type_slot; /* of event_time and event_type, ARGOT_NONE */
    unsigned depth;                /* of the innermost format */
    bool direct;                   /* one format, and the slots are its destinations */
    uint64_t mask;                 /* direct: those that are fields of the event */
    /* Not direct: for each depth the slot of each destination, or NO_SLOT. The innermost that has a value fills it. */
    const uint8_t *slots[ARGOT_BOUND_MAX_DEPTH];
    struct argot_bound_bits sole[ARGOT_BOUND_MAX_DEPTH]; /* destinations that fill a slot which none further in does */
    struct argot_bound_bits shared[ARGOT_BOUND_MAX_DEPTH]; /* those that fill one which such may have filled */
    unsigned nwords[ARGOT_BOUND_MAX_DEPTH];                /* of these sets that are not empty */
    uint16_t text_slot;                                    /* takes the text that no message fitted; ARGOT_NONE */
};

struct argot_registry {
    struct argot_seam *seam;
    struct argot_arena arena;
    struct argot_bound **bound; /* by name */
    uint32_t count, capacity, nmessages;
    bool sealed;
    struct argot_bound **order; /* those on the bare line, as they are tried */
    uint32_t norder;
    uint32_t nwords;                     /* of 64 formats of `order` */
    uint32_t nchoices;                   /* words that a worker has for sets of children */
    uint64_t *may_begin;                 /* nwords for each byte: see argot_order_candidates */
    int event_time, event_type, message; /* schema indexes, -1 */
    uint64_t unknown_type;               /* number of event_type UNKNOWN */
    pthread_mutex_t mutex;               /* over the arena and the tree of shapes once sealed */
    struct argot_shape_node root;
    _Atomic(uint32_t) nshapes;
    struct argot_picks picks; /* what all formats read of records by name */
    uint32_t nblocks;         /* of all formats */
};

/* Whether a record of the format may have a byte at one of its first places. */
static inline bool
argot_bound_may_have(const struct argot_bound *bound, unsigned place, uint8_t byte)
{
    return bound->begin[place][byte >> 6] >> (byte & 63) & 1;
}

/* False: the text, of a byte or more, is none of the format's absent ones. */
static inline bool
argot_bound_may_be_absent(const struct argot_bound *bound, struct argot_slice text)
{
    return bound->absent_begin[text.at[0] >> 6] >> (text.at[0] & 63) & 1;
}

/* Of `formats`, some of 64 formats in the order on the bare line, those whose records may begin with the text's first
 * byte. `word` is the number of the 64. */
static inline uint64_t
argot_order_candidates(const struct argot_registry *registry, struct argot_slice text, uint32_t word, uint64_t formats)
{
    return formats & registry->may_begin[(size_t)text.at[0] * registry->nwords + word];
}

/* What a block of a format is bound to. Linear in the format's blocks. */
static inline const struct argot_bound_block *
argot_bound_block(const struct argot_bound *bound, const struct argot_block *block)
{
    const struct argot_bound_block *at = bound->blocks;
    while (at->block != block)
        at++;
    return at;
}

/* The first range that a number lies in, from 1; 0: none. */
static inline unsigned
argot_bound_range(const struct argot_derive *derive, int64_t number)
{
    for (unsigned i = 0; i < derive->nranges; i++)
        if (number >= derive->ranges[i].low && number <= derive->ranges[i].high)
            return i + 1;
    return 0;
}

/* A format by name, NULL when there is none. O(log n). */
struct argot_bound *argot_bound_find(const struct argot_registry *registry, struct argot_slice name);
/* The envelope that a format names in `inside`; NULL for the bare line and for those that are not there. */
struct argot_bound *argot_bound_parent(const struct argot_registry *registry, const struct argot_inside *inside);
/* Checks a normalizer's tables and binds them in the registry's arena. NULL with the reason in `why`. */
struct argot_bound *argot_bound_new(struct argot_registry *registry, const struct argot_normalizer *normalizer,
                                    char *why, size_t why_size);
/* Walks every index of the tables; false with the reason in `why`. */
bool argot_check_normalizer(const struct argot_normalizer *normalizer, char *why, size_t why_size);
/* Bytes of a text that tell it from others; of one of eight bytes or fewer, with its length, all of them do. */
static inline uint64_t
argot_inside_word(struct argot_slice text)
{
    uint64_t word = 0, last = 0;
    uint32_t half, n = text.length;
    if (n >= 8) {
        memcpy(&word, text.at, 8);
        memcpy(&last, text.at + n - 8, 8);
        return n == 8 ? word : word ^ (last << 32 | last >> 32);
    }
    if (n >= 4) {
        memcpy(&half, text.at, 4);
        word = half;
        memcpy(&half, text.at + n - 4, 4);
        return word | (uint64_t)half << 32;
    }
    return n ? text.at[0] | (uint64_t)text.at[n / 2] << 8 | (uint64_t)text.at[n - 1] << 16 : 0;
}

/* Where a text of the key lies, or would. */
static inline struct argot_bound_key *
argot_inside_key(const struct argot_bound_choice *choice, struct argot_slice text)
{
    uint64_t word = argot_inside_word(text);
    uint32_t at = (uint32_t)((word * UINT64_C(0x9e3779b97f4a7c15) + text.length) >> 32) & (choice->nkeys - 1);
    for (;; at = (at + 1) & (choice->nkeys - 1)) {
        struct argot_bound_key *key = &choice->keys[at];
        if (!key->children || (key->word == word && key->text.length == text.length &&
                               (text.length <= 8 || !memcmp(key->text.at, text.at, text.length))))
            return key;
    }
}

/* Those that may be concerned where the key has a text. */
static inline const uint64_t *
argot_inside_by_key(const struct argot_bound_choice *choice, struct argot_slice text)
{
    const struct argot_bound_key *key = argot_inside_key(choice, text);
    return key->children ? key->children : choice->others;
}

/* Makes an envelope's choice, once its children are known. False: no memory. */
bool argot_inside_seal(struct argot_registry *registry, struct argot_bound *envelope);

/* Parents, children, order of trial; refuses circles and too deep chains. */
bool argot_order_seal(struct argot_registry *registry, char *why, size_t why_size);

/* The node under `parent` of a message, made when it is not there yet. NULL without memory. Any thread. */
struct argot_shape_node *argot_shape_make_child(struct argot_registry *registry, struct argot_shape_node *parent,
                                                const struct argot_bound *bound, uint16_t message);
static inline struct argot_shape_node *
argot_shape_child(struct argot_registry *registry, struct argot_shape_node *parent, const struct argot_bound *bound,
                  uint16_t message)
{
    _Atomic(struct argot_shape_node *) *children = atomic_load_explicit(&parent->children, memory_order_acquire);
    struct argot_shape_node *node =
        children ? atomic_load_explicit(&children[bound->first_message + message], memory_order_acquire) : NULL;
    return node ? node : argot_shape_make_child(registry, parent, bound, message);
}

/* The plan of a node. NULL without memory. Any thread. */
const struct argot_shape_plan *argot_shape_make_plan(struct argot_registry *registry, struct argot_shape_node *node);
static inline const struct argot_shape_plan *
argot_shape_plan_of(struct argot_registry *registry, struct argot_shape_node *node)
{
    const struct argot_shape_plan *plan = atomic_load_explicit(&node->plan, memory_order_acquire);
    return plan ? plan : argot_shape_make_plan(registry, node);
}
