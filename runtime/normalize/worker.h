/* SPDX-License-Identifier: Apache-2.0
 * One thread's scratch: a level for each format around the line, with a slot for each destination of the format. Only
 * the normalizer's own files see this. */
#pragma once
#include "decode/record_pick.h"
#include "normalize/bound.h"

#define ARGOT_WORKER_MAX_CASES 16    /* cases that can hold for one event */
#define ARGOT_WORKER_MAX_EXTRA 4096  /* members of `extra` of one event */
#define ARGOT_WORKER_MAX_PARTS 10000 /* events of one record */
#define ARGOT_WORKER_MAX_RESTS 8     /* pieces of one line that are records */

/* What was odd about the values of a level. */
struct argot_odd {
    struct argot_slice bad_time; /* a text that is no time, at NULL: none */
    const char *bad_field;       /* the first field whose value did not fit */
    struct argot_slice bad_value;
    uint64_t bad_values, duplicates;
    uint64_t unmapped; /* values that a map lacks, and nothing else becomes of them */
    uint64_t words;    /* of key=value records, that are no pair and go nowhere */
};

struct argot_level {
    unsigned depth;
    const struct argot_bound *bound;
    uint16_t message;         /* nmessages of the format: none fitted */
    struct argot_slice input; /* what formats are tried on, trimmed at its end */
    struct argot_slice text;  /* what the messages read */
    struct argot_slot *slots; /* of the format's destinations: `room`, or at depth 0 those of an event to be */
    /* Zero when an attempt begins. */
    struct argot_bound_bits present;
    struct argot_record *record; /* of the format's kind, or of its last piece; NULL: none */
    struct argot_odd odd;
    unsigned ncases, nrests;
    bool overwriting; /* the fields of a case are bound */
    bool flat_taken;  /* `flat` and what lies in it are in use */

    bool limited;                    /* more extra than fits: no event can be made */
    struct argot_bound_bits written; /* since overwriting began */
    struct argot_slot room[ARGOT_MAX_DESTS];
    struct argot_record *rests[ARGOT_WORKER_MAX_RESTS]; /* records whose unbound members go to extra at the end */
    struct argot_record json, other; /* memory of records: the input as JSON, read once for all formats; else */
    struct argot_record_room picked; /* what `json` lies in when it was read as far as formats ask for */
    struct argot_record piece;       /* memory for the first piece of the line that is a record */
    struct argot_record_room flat;   /* what it lies in, or `other`, when it was read without making a tree */
    enum argot_decode_status json_status;
    bool json_tried;
    const struct argot_bound_case *cases[ARGOT_WORKER_MAX_CASES];
    uint32_t extra_begin;    /* of this level in the worker's extra */
    uint32_t extra_distinct; /* from here on no key is one of this level's before */
};

/* The time that the level itself gives; false: none. */
static inline bool
argot_level_time(const struct argot_level *level, argot_time *time)
{
    uint16_t dest = level->bound->normalizer->event_time;
    if (dest == ARGOT_NONE || !argot_bound_bit(&level->present, dest))
        return false;
    *time = level->slots[dest].i64;
    return true;
}

struct argot_worker_extra {
    struct argot_extra extra;
    uint16_t dest; /* of the level, ARGOT_NONE: a member of a record, or a value that did not fit */
};

/* How far a record got, over all formats that were tried. */
struct argot_far {
    uint32_t offset, turn;
    const char *format, *expected; /* format NULL: nowhere yet */
};

/* Which formats are looked for. */
enum argot_way {
    ARGOT_WAY_ANY,
    ARGOT_WAY_TO_ONE, /* one was named, and is found in whatever envelopes it may be in */
    ARGOT_WAY_CHAIN,  /* all were named, from the outermost inwards */
};

/* How far the formats inside the innermost envelope were tried. What has one inside it is settled: by one of these, or
 * by keeping it; so what is around is never tried again. */
struct argot_children {
    enum argot_way way;
    uint32_t word; /* of their words, from 1: the one at hand */
    uint64_t left; /* of that: those that were not tried */
    const struct argot_bound_child *child;
    const struct argot_bound *refused; /* the first whose condition held, but that did not fit */
    const uint64_t *by_key;            /* those that the key's text may concern; NULL: all are asked */
    /* What was found for a text of a key: mostly that of the record before. */
    const struct argot_bound *known;
    uint64_t known_word; /* as argot_inside_word gives it */
    uint32_t known_length;
    const uint64_t *known_children;
};

struct argot_begins_known; /* see begins.c */

struct argot_worker {
    struct argot_registry *registry;
    struct argot_settings settings;
    const struct argot_bound
        *forced[ARGOT_BOUND_MAX_DEPTH]; /* formats by name, from the outermost; the last is meant */
    unsigned nforced;
    const struct argot_bound *meant, *first; /* of them: the last, and what is tried before all others; or NULL */
    enum argot_way way_on;                   /* from the bare line */
    uint8_t *way;      /* of each format, where one was named alone: whether it may stand on the way to it */
    uint64_t *on_line; /* of the registry's order, a bit each: may be tried on the bare line */
    struct argot_begins_known *begins; /* on the bare line */
    uint64_t *children;                /* of each envelope, at its choice's place: those on that way */
    uint8_t *wanted;                   /* by number of the shape: what settings.wants said */
    uint32_t nwanted;

    struct argot_batch *batch;
    struct argot_slice raw;
    const uint8_t *text_end; /* of the record, less the blanks behind it */
    uint64_t record, line;
    uint32_t parts; /* events of this record so far */
    uint32_t nextra;
    bool failed;     /* out of memory */
    bool limited;    /* more extra than fits */
    bool far_told;   /* the record became a letter that tells how far it got */
    bool exploring;  /* templates are tried that cannot fit, to see how far the text gets */
    bool ruled_out;  /* something of the format at hand was, by what the text begins with */
    bool is_json;    /* the record at hand, as is known from the first pass; its tree may be gone */
    uint64_t nth;    /* number of the record among the worker's, from 1 */
    uint64_t *tried; /* of each format: the last record that was tried in all of it, in vain */
    /* No head of this lexer fits this text of this record. */
    const struct argot_lexer *vain;
    const uint8_t *vain_at;
    uint64_t vain_nth;
    uint32_t turn; /* of the format at hand, among those that are tried */

    struct argot_children inside;
    struct argot_level levels[ARGOT_BOUND_MAX_DEPTH];
    struct argot_slice captures[ARGOT_BOUND_MAX_VALUE_DEPTH][ARGOT_MAX_CAPTURES];
    struct argot_worker_extra *extra;
    struct argot_far far;
    struct argot_decode decode;
    struct argot_scan_memo memo, no_memo; /* of times; the latter where an envelope's time completes years */
    struct argot_decode_dates dates;
    struct argot_counts counts; /* of the record at hand, but for the record itself */
};

/* ---- lexer.c ---- */
static inline struct argot_slice
argot_lexer_trim(struct argot_slice text)
{
    while (text.length) {
        uint8_t byte = text.at[text.length - 1];
        if (byte > ' ' || (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n'))
            break;
        text.length--;
    }
    return text;
}

/* Each tries the lexer's templates on a text and takes the captures of the first that fits into the level. Returns the
 * template's message, or -1. The templates of a body are messages, which may have conditions. */
int argot_lexer_head(struct argot_worker *w, unsigned depth, const struct argot_lexer *lexer, struct argot_slice text);
int argot_lexer_body(struct argot_worker *w, unsigned depth, const struct argot_lexer *lexer, struct argot_slice text);
int argot_lexer_value(struct argot_worker *w, unsigned depth, const struct argot_lexer *lexer, struct argot_slice text,
                      unsigned nesting);
void argot_lexer_far(struct argot_worker *w, struct argot_slice text, uint32_t offset, const char *format,
                     const char *expected);

/* ---- value.c ---- */
struct argot_value_options {
    unsigned nesting;
    struct argot_slice name; /* where the text came from, for what finds no field */
};
/* Runs a value's program over a text. False: its block could not read it, so the template does not fit. */
bool argot_value_run(struct argot_worker *w, unsigned depth, const struct argot_value *value, struct argot_slice text,
                     const struct argot_value_options *options);
/* Whether a text means "no value" in the format, or for the value (NULL: anywhere); a text at NULL is none. */
bool argot_value_absent(const struct argot_normalizer *normalizer, const struct argot_value *value,
                        struct argot_slice text);
void argot_value_store(struct argot_worker *w, unsigned depth, uint16_t dest, const struct argot_slot *slot);
/* The whole program of a binding that has a destination of its own (struct argot_bound_binding), for a text of a byte
 * or more. False: it is no such value, and the program must say what becomes of it. */
bool argot_value_simple(struct argot_worker *w, unsigned depth, uint16_t dest, struct argot_slice text);
/* Decodes by the destination's type and stores; false: the text is no such value. */
bool argot_value_put(struct argot_worker *w, unsigned depth, uint16_t dest, struct argot_slice text);
void argot_value_bad(struct argot_worker *w, unsigned depth, uint16_t dest, struct argot_slice text);
void argot_value_extra(struct argot_worker *w, struct argot_slice key, enum argot_type type,
                       const struct argot_slot *slot, uint16_t dest);
const struct argot_slice *argot_value_lookup(const struct argot_map *map, struct argot_slice text);

/* ---- block.c ---- */
/* Reads a text by a block and runs its bindings. False when the text is broken. */
bool argot_block_run(struct argot_worker *w, unsigned depth, const struct argot_block *block, struct argot_slice text,
                     unsigned nesting);
/* Reads a text by a block that is not JSON. */
enum argot_decode_status argot_block_read(struct argot_worker *w, unsigned depth, const struct argot_bound_block *bound,
                                          struct argot_slice text, struct argot_record *record);
/* Binds a whole record that was read, and keeps it for its rest. */
void argot_block_take(struct argot_worker *w, unsigned depth, const struct argot_bound_block *bound,
                      struct argot_record *record, unsigned nesting);
/* Runs bindings over the nodes from `first` on (0: all) that they name. bound: the same where
 * `first` is 0, or NULL. */
void argot_block_bind(struct argot_worker *w, unsigned depth, struct argot_record *record,
                      const struct argot_binding *bindings, const struct argot_bound_binding *bound, uint16_t count,
                      unsigned nesting, uint32_t first);
/* The text of a node: what it says as a text; at NULL where it has no value. */
struct argot_slice argot_block_text(const struct argot_record *record, uint32_t node);

/* ---- rest.c ---- */
/* What no binding took of the level's records goes to extra. */
void argot_rest_take(struct argot_worker *w, unsigned depth);

/* ---- case.c ---- */
bool argot_case_holds(struct argot_worker *w, unsigned depth, const struct argot_bound_condition *condition);
/* The text of a source, at NULL when absent. `room` takes texts that must be made. */
struct argot_slice argot_case_source(struct argot_worker *w, unsigned depth, const struct argot_source *source,
                                     struct argot_bound_source bound, char room[80]);
bool argot_case_glob(const struct argot_glob *glob, struct argot_slice text);
/* choose and constants, where the message has steps. */
void argot_case_choose(struct argot_worker *w, unsigned depth);
/* One derived field. */
void argot_case_derive(struct argot_worker *w, unsigned depth, const struct argot_bound_derive *bound);

/* ---- begins.c ---- */
/* What one worker knows of the begins of lines; NULL without memory. Released by argot_begins_free. */
struct argot_begins_known *argot_begins_new(const struct argot_registry *registry);
void argot_begins_free(struct argot_begins_known *known);
/* Of the registry's order, a bit each, the formats that a text may be of by its first bytes: all that it is of, and few
 * others. Valid up to the next call. Which others depends on what was asked before, so they may change the time alone.
 */
const uint64_t *argot_begins_candidates(struct argot_begins_known *known, struct argot_slice text);

/* ---- match.c ---- */
/* A level's input, before formats are tried on it. */
static inline void
argot_match_open(struct argot_level *level, struct argot_slice input, uint32_t extra_begin)
{
    level->input = input;
    level->json_tried = false;
    level->extra_begin = extra_begin;
}

/* Tries a format on the input of level 0, and what is inside it. True: the record is settled, and what became of it
 * appended. */
bool argot_match_format(struct argot_worker *w, const struct argot_bound *bound);
/* The level's input as JSON, read once for all the formats that are tried on it; NULL: it is none. */
struct argot_record *argot_match_json(struct argot_worker *w, unsigned depth);
/* Whether the format declares a line to be none. */
bool argot_match_is_skipped(const struct argot_normalizer *normalizer, struct argot_slice text);

/* ---- pack.c ---- */
/* Where a format on the bare line puts its values: in the slots of an event that takes them as they lie, if its shape
 * turns out to allow that. */
struct argot_slot *argot_pack_slots(struct argot_worker *w, uint16_t ndests);
static inline struct argot_slot *
argot_pack_room(struct argot_worker *w, uint16_t ndests)
{
    const struct argot_batch *batch = w->batch;
    bool spare = batch->spare && ndests <= batch->spare_slots;
    return spare ? (struct argot_slot *)(batch->spare + 1) : argot_pack_slots(w, ndests);
}

/* Makes the event of levels 0 to depth, or the letter that it must be. */
void argot_pack_event(struct argot_worker *w, unsigned depth);
void argot_pack_skipped(struct argot_worker *w);
void argot_pack_letter(struct argot_worker *w, enum argot_letter_reason reason, const struct argot_letter *more);
