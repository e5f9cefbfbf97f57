/* SPDX-License-Identifier: Apache-2.0
 * The one header that generated normalizers see: the versioned ABI between argot-gen's output and the runtime.
 *
 * A normalizer is one constant `struct argot_normalizer`: tables that say what a format's lines and fields are, and
 * pointers to generated code for what must be fast: which template a line may be (`decide`) and where its fields lie
 * (`extract`). The runtime reads the tables; generated code calls nothing but the inline code of argot/lex.h and
 * argot/read.h.
 * ABI 1: first version. 2: the scan memo holds a date without a year, too. 3: what fits nowhere behind some place. 4:
 * the scan memo holds minutes, too; whether only how far a text gets is asked. 5: what lines begin with. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARGOT_ABI 5u
#define ARGOT_ABI_OLDEST 1u

/* A module, a shared object that `argot --load` takes, exports one symbol: with one format that format's `struct
 * argot_normalizer` itself, as argot_normalizer_v1; with several argot_normalizers_v1, an array of pointers to them
 * that ends with NULL. The number in the names is that of this convention and changes only with it. */
#define ARGOT_MODULE_ONE "argot_normalizer_v1"
#define ARGOT_MODULE_SEVERAL "argot_normalizers_v1"

/* ---- types of the common schema: name in C, name in YAML, how a value is kept (see struct argot_slot) ---- */
#define ARGOT_TYPES(X)                                                                                                 \
    X(STRING, "string", TEXT)                                                                                          \
    X(HOST, "host", TEXT)                                                                                              \
    X(KEYWORD, "keyword", TEXT)                                                                                        \
    X(ENUM, "enum", UINT)                                                                                              \
    X(INT, "int", INT)                                                                                                 \
    X(UINT, "uint", UINT)                                                                                              \
    X(FLOAT, "float", FLOAT)                                                                                           \
    X(BOOL, "bool", UINT)                                                                                              \
    X(IP, "ip", IP)                                                                                                    \
    X(PORT, "port", UINT)                                                                                              \
    X(MAC, "mac", UINT)                                                                                                \
    X(TIMESTAMP, "timestamp", INT)                                                                                     \
    X(DURATION, "duration", INT)                                                                                       \
    X(BYTES, "bytes", UINT)                                                                                            \
    X(STRING_LIST, "string_list", LIST)                                                                                \
    X(IP_LIST, "ip_list", LIST)

enum argot_type {
    ARGOT_TYPE_NONE,
#define X(name, text, kept) ARGOT_TYPE_##name,
    ARGOT_TYPES(X)
#undef X
        ARGOT_TYPE_COUNT
};

/* Bytes that belong to somebody else. at == NULL: no value. */
struct argot_slice {
    const uint8_t *at;
    uint32_t length;
};

#define ARGOT_TEXT(literal)                                                                                            \
    {                                                                                                                  \
        (const uint8_t *)(literal), sizeof(literal) - 1                                                                \
    }

/* ---- values ---- */
enum argot_slot_flag {
    ARGOT_SLOT_JSON = 1, /* text that is JSON and is written as it stands (members of extra) */
};

/* 16 bytes. Which member holds is told by the field's type (third column of ARGOT_TYPES). */
struct argot_slot {
    union {
        int64_t i64;  /* int, timestamp (ns since the epoch), duration (ns) */
        uint64_t u64; /* uint, port, bytes, enum (number), bool (0 or 1), mac (48 bits) */
        double f64;
        uint8_t ip[16]; /* IPv4 mapped: ::ffff:a.b.c.d */
        struct {
            const uint8_t *at;
            uint32_t length, flags; /* enum argot_slot_flag */
        } text;
        struct {
            const struct argot_slot *items; /* of the list's item type */
            uint32_t count, unused;
        } list;
    };
};
_Static_assert(sizeof(struct argot_slot) == 16, "a slot is 16 bytes");

/* ---- where a value goes ---- */
enum argot_dest_kind {
    ARGOT_DEST_FIELD,    /* a field of the schema, bound by name and type when the normalizer is registered */
    ARGOT_DEST_EXTRA,    /* a member of the object `extra` */
    ARGOT_DEST_VARIABLE, /* $name: for conditions and derive, then forgotten */
};

struct argot_dest {
    uint8_t kind;     /* enum argot_dest_kind */
    uint8_t type;     /* enum argot_type */
    const char *name; /* without `extra.` or `$` */
};

#define ARGOT_DROP 0xffffu  /* as a destination: takes any value and forgets it */
#define ARGOT_NONE 0xffffu  /* as a destination or an index: there is none */
#define ARGOT_MAX_DESTS 256 /* destinations of one format */

/* First of `dests` whose type takes the value; ARGOT_DROP among them takes anything. */
struct argot_target {
    uint16_t count;
    const uint16_t *dests;
};

/* ---- how a text becomes a value ---- */
enum argot_how {
    ARGOT_HOW_TYPE, /* as the destination's type says */
    ARGOT_HOW_QUOTED,
    ARGOT_HOW_QUOTED_SINGLE,
    ARGOT_HOW_QUOTED_CSV, /* the text still has its quotes */
    ARGOT_HOW_LIST,       /* items between `text` */
    ARGOT_HOW_CLF,
    ARGOT_HOW_RFC3164,
    ARGOT_HOW_RFC3339,
    ARGOT_HOW_RFC5424,
    ARGOT_HOW_EPOCH,
    ARGOT_HOW_EPOCH_MS,
    ARGOT_HOW_EPOCH_US,
    ARGOT_HOW_EPOCH_NS,
    ARGOT_HOW_STRPTIME, /* directives in `text` */
    ARGOT_HOW_NS,
    ARGOT_HOW_US,
    ARGOT_HOW_MS,
    ARGOT_HOW_S,
    ARGOT_HOW_MIN,
    ARGOT_HOW_H,
    ARGOT_HOW_CLOCK, /* duration */
    ARGOT_HOW_B,
    ARGOT_HOW_KB,
    ARGOT_HOW_KIB,
    ARGOT_HOW_MB,
    ARGOT_HOW_MIB,
    ARGOT_HOW_GB,
    ARGOT_HOW_GIB, /* bytes */
    ARGOT_HOW_HEX,
    ARGOT_HOW_BASE64,
    ARGOT_HOW_PERCENT,
    ARGOT_HOW_ENDPOINT, /* targets: address or name, port */
    ARGOT_HOW_ACCOUNT,  /* targets: domain, user */
    ARGOT_HOW_URL,      /* targets: host, port, path, query */
    ARGOT_HOW_PRI,      /* targets: facility, severity */
    ARGOT_HOW_BLOCK,    /* read by `block`; no targets */
    ARGOT_HOW_LINE,     /* read by `lexer`; no targets */
};

enum argot_decoding { /* before everything else but `absent` */
                      ARGOT_DECODE_NONE,
                      ARGOT_DECODE_HEX,
                      ARGOT_DECODE_BASE64,
                      ARGOT_DECODE_PERCENT,
                      ARGOT_DECODE_PLUS,
                      ARGOT_DECODE_AUDIT,
};
enum argot_letter_case { ARGOT_CASE_KEEP, ARGOT_CASE_LOWER, ARGOT_CASE_UPPER };
enum argot_take { ARGOT_TAKE_FIRST, ARGOT_TAKE_LAST, ARGOT_TAKE_ALL };
enum argot_else { ARGOT_ELSE_NULL, ARGOT_ELSE_KEEP, ARGOT_ELSE_TEXT };

struct argot_pair {
    struct argot_slice key, value;
};
/* Texts to texts; keys sorted by memcmp, then length, for a binary search. */
struct argot_map {
    uint16_t count;
    const struct argot_pair *pairs;
};

struct argot_texts {
    uint16_t count;
    const struct argot_slice *texts;
};

struct argot_lexer;
struct argot_block;

/* The order is: absent, decode, letter_case, map, how. */
struct argot_value {
    uint8_t how; /* enum argot_how */
    uint8_t decode, letter_case, take;
    uint8_t otherwise; /* enum argot_else: what a text not in the map becomes */
    uint8_t ntargets;
    const struct argot_target *targets;
    const struct argot_texts *absent; /* beside the format's, or NULL */
    const struct argot_map *map;      /* or NULL */
    struct argot_slice otherwise_text;
    struct argot_slice text; /* separator or strptime directives */
    const struct argot_lexer *lexer;
    const struct argot_block *block;
};

/* ---- templates ---- */

/* One try of one template. Generated code reads begin and end, and gives each field that it found in one of two ways:
 * as a value in the slot of its destination, or as a text in `captures`, to be read by the value's program. The first
 * is for the common kinds of values, in templates of `head` and `body`, where no other field of the line, the head or
 * the record fills the destination; it gives what the program would give. There are ARGOT_PADDING readable bytes after
 * end, and a newline at or after end before any byte that is not readable.
 * far and expected tell how far the line fitted: extract raises far when an element fails further right than before
 * and says with an index into normalizer->expectations what was due there.
 * dead_ends and begun are of all tries of a lexer on one text: of some rests of templates, how many of the text's last
 * places are known not to begin one, and at which of them, counted from the end, one was begun last; when an extractor
 * comes there again, that was in vain. */
/* The last times of a thread, since those of a log lie close together; zeroed: none. */
#define ARGOT_DATE_BYTES 7 /* `Mmm dd ` */
struct argot_scan_memo {
    uint8_t text[26]; /* CLF */
    int64_t midnight; /* of its day and zone */
    /* RFC 3164: a date all of whose day has one year, which the receive time gives it, and one offset from UTC. */
    uint8_t date[ARGOT_DATE_BYTES];
    bool dated;
    int64_t day; /* when it begins, in nanoseconds since 1970 */
    /* Since ABI 4: the last times of either kind, and when their minutes begin: of CLF in nanoseconds since 1970, 0 for
     * none, of RFC 3164 in seconds since `minute_day`, which is `day` as long as it counts. */
    uint8_t clf[26], minute_text[16];
    int64_t clf_minute, minute, minute_day;
};
#define ARGOT_SCAN_DEAD_ENDS 8 /* rests of a lexer that are told apart */
struct argot_scan {
    const uint8_t *begin, *end;
    struct argot_scan_memo *memo;
    struct argot_slice *captures;
    struct argot_slot *slots; /* of the format's destinations */
    uint64_t have;            /* set on success: slots that were filled, a bit each */
    uint64_t left[2];         /* set on success: captures that must be read, a bit each */
    const uint8_t *far;
    uint16_t expected;
    uint32_t dead_ends[ARGOT_SCAN_DEAD_ENDS], begun[ARGOT_SCAN_DEAD_ENDS]; /* zeroed before the first template */
    bool in_vain; /* since ABI 4: no template fits, as far as is known: how far the text gets in them is asked */
};
#define ARGOT_PADDING 64
#define ARGOT_SCAN_SLOTS 64   /* destinations that extractors may fill: the first ones */
#define ARGOT_MAX_CAPTURES 96 /* of one template */

struct argot_template {
    bool (*extract)(struct argot_scan *scan); /* true: the whole line fits */
    uint16_t message;                         /* index into the format's messages; 0 for a `line` value */
    uint16_t ncaptures;
    const struct argot_value *const *captures; /* what becomes of each */
    const char *source;                        /* the template as written, for people */
};

/* Which records on the bare line the templates of a lexer may fit, as a DFA that reads them from their begin: a row for
 * each state and in it a column for each class of bytes, the number of the state that follows. The first is number 1.
 * Only what it leads to state 0 surely fits none of them. It tells nothing of a record that ends, nor of newlines. */
#define ARGOT_BEGINS_NONE 0u  /* no template fits */
#define ARGOT_BEGINS_ANY 255u /* a template may fit, whatever follows */
struct argot_begins {
    uint8_t nstates, nclasses; /* states but these two */
    const uint8_t *class_of;   /* of each byte */
    const uint8_t *next;       /* nstates rows of nclasses */
};

/* A set of templates for the same bytes, in order of preference. decide reads the head of a line (up to its newline)
 * and gives the index of a candidate list, or -1: none of the templates that have a head fits. It only ever saves
 * time: the templates of the list, tried in order, give what all templates tried in order would give. */
#define ARGOT_BEGIN_BYTES 8
struct argot_lexer {
    uint16_t ntemplates;
    const struct argot_template *templates;
    int (*decide)(const uint8_t *line); /* NULL: try all */
    const uint16_t *const
        *candidates; /* ntemplates + 1 lists of template indexes, each ended by ARGOT_NONE; the last is for -1 */
    uint64_t begin[ARGOT_BEGIN_BYTES][4]; /* bytes that may stand at each of the first places of a line, a bit each */
    bool may_be_empty;                    /* the empty line may fit */
    uint32_t states;                      /* of the DFA behind decide, 0 without one */
    /* Since ABI 5: of what reads a format's lines; NULL: not known */
    const struct argot_begins *begins;
};

/* ---- records with names of their own ---- */
enum argot_kind { ARGOT_KIND_LINE, ARGOT_KIND_JSON, ARGOT_KIND_KV, ARGOT_KIND_CSV, ARGOT_KIND_SD };

enum argot_step_kind {
    ARGOT_STEP_KEY,     /* the member named key */
    ARGOT_STEP_INDEX,   /* the item number index */
    ARGOT_STEP_PATTERN, /* members whose name fits key: # one or more digits, * any text */
};
struct argot_step {
    uint8_t kind;
    uint32_t index;
    struct argot_slice key;
};
struct argot_path {
    uint16_t count;
    const struct argot_step *steps;
    const char *text;
};

struct argot_binding {
    const struct argot_path *path;
    const struct argot_value *value; /* NULL: neither field nor extra */
};

enum argot_escape { ARGOT_ESCAPE_BACKSLASH, ARGOT_ESCAPE_DOUBLED, ARGOT_ESCAPE_NONE };

struct argot_kv {
    struct argot_slice pair_separator, value_separator; /* " " stands for any blanks */
    uint8_t quote;                                      /* 0: none */
    uint8_t escape;                                     /* enum argot_escape */
    uint8_t wrap[2];                                    /* around a value; 0: none */
    uint8_t trailing;                                   /* cut from the end of a value; 0: none */
    bool keep_quotes;
    const struct argot_value
        *bare_words; /* words that are no pair, joined by a blank; NULL: they are dropped and counted */
    struct argot_slice first_key, last_key; /* at NULL: none */
};

struct argot_csv {
    uint8_t separator, quote;   /* quote 0: none */
    struct argot_texts columns; /* a column whose name begins with _ is dropped */
};

struct argot_term;
struct argot_condition {
    uint16_t count;
    const struct argot_term *terms;
}; /* all must hold */

struct argot_block {
    uint8_t kind;      /* enum argot_kind */
    bool drop_unknown; /* what no binding names goes nowhere, else to extra */
    uint16_t nbindings;
    const struct argot_binding
        *bindings; /* in the order listed; of several for one field the first with a value wins */
    const struct argot_kv *kv;
    const struct argot_csv *csv;
    const struct argot_path *split;       /* one event of each member of this list; NULL: none */
    const struct argot_condition *detect; /* NULL: none */
};

/* ---- conditions, constants, cases, derived fields ---- */
enum argot_source_kind {
    ARGOT_SOURCE_DEST,    /* a destination of this format */
    ARGOT_SOURCE_FIELD,   /* a schema field that this format or an envelope around it filled */
    ARGOT_SOURCE_PATH,    /* a place in the raw record */
    ARGOT_SOURCE_COLUMNS, /* how many columns a CSV record has; test is by range */
};
struct argot_source {
    uint8_t kind;
    uint16_t dest;
    const char *field;
    const struct argot_path *path;
};

enum argot_test { ARGOT_TEST_ONE_OF, ARGOT_TEST_PRESENT, ARGOT_TEST_ABSENT, ARGOT_TEST_RANGE };
struct argot_glob {
    struct argot_slice head, tail;
    bool star;
}; /* without a star head is the whole text */
struct argot_term {
    struct argot_source source;
    uint8_t test;
    uint16_t nvalues;
    const struct argot_glob *values;
    int64_t low, high;
};

struct argot_set {
    uint16_t dest;
    struct argot_slice text;
}; /* the text is read as the destination's type says */

struct argot_range {
    int64_t low, high;
    struct argot_slice text;
};
struct argot_derive {
    uint16_t dest;
    uint16_t nsources;
    const struct argot_source *sources; /* the first with a value */
    uint8_t letter_case;
    uint8_t otherwise; /* enum argot_else */
    uint16_t nranges;
    const struct argot_range *ranges;
    const struct argot_map *map;
    const struct argot_map *contains; /* in the order listed, not sorted */
    struct argot_slice otherwise_text;
};

struct argot_case {
    struct argot_condition when; /* count 0: else */
    uint16_t nsets, nbindings, nderives, ncases, ncolumns;
    const struct argot_set *sets;
    const struct argot_binding *bindings; /* of the record; they overwrite */
    const struct argot_derive *derives;
    const struct argot_case *cases;
    const struct argot_slice *columns; /* go on where the CSV columns ended */
};

struct argot_message {
    const char *id;
    struct argot_condition when;
    bool skip; /* such lines are no events */
    uint16_t nsets, nderives, ncases;
    const struct argot_set *sets;
    const struct argot_derive *derives;
    const struct argot_case *cases;
    /* Every destination that some template, block or case of this message or of the format's common part may fill,
     * ascending: the static shape. Constants are in sets. */
    uint16_t ndests;
    const uint16_t *dests;
};

/* ---- the format ---- */
struct argot_inside {
    const char *parent;
    struct argot_condition when;
}; /* parent "line": the bare line */

struct argot_example {
    struct argot_slice line; /* without a newline at the end */
    const char *expect;      /* a JSON object as text; NULL: the line must be rejected */
    const char *received_at; /* ISO 8601, or NULL */
    const char *timezone;    /* IANA name or offset, or NULL */
    uint32_t yaml_line;      /* where it stands in the format file */
};

enum argot_unmatched { ARGOT_UNMATCHED_KEEP, ARGOT_UNMATCHED_DEAD_LETTER };

struct argot_normalizer {
    uint32_t size; /* of this struct */
    uint32_t abi, abi_oldest;
    uint32_t version;
    const char *name, *title;
    uint8_t kind; /* enum argot_kind of the whole record */
    bool envelope, strict, event_time_received;
    uint8_t unmatched; /* enum argot_unmatched */

    uint16_t ndests;
    const struct argot_dest *dests;
    uint16_t event_time; /* destination of schema field event_time, or ARGOT_NONE */
    uint16_t message;    /* destination of schema field message (or $message): what an envelope or a head hands on */

    uint16_t ninside, nbefore;
    const struct argot_inside *inside;
    const char *const *before;
    struct argot_texts absent;
    uint16_t nskips;
    const struct argot_glob *skips;

    /* kind line: head (with messages and a line) and body; others: record. All may be there. */
    const struct argot_lexer *head; /* captures `message`, which the body reads */
    const struct argot_lexer *body;
    const struct argot_block *record;

    uint16_t nmessages; /* at least 1; without `messages` in the file the one message is the whole format */
    const struct argot_message *messages;
    /* Common to all messages */
    uint16_t nsets, nderives, ncases;
    const struct argot_set *sets;
    const struct argot_derive *derives;
    const struct argot_case *cases;

    uint16_t nexpectations;
    const char *const *expectations;
    uint16_t nexamples;
    const struct argot_example *examples;
    const char *yaml;        /* the file this came from */
    uint32_t literal_prefix; /* bytes of text before the first free field: the longest is tried first */
};
