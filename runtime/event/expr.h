/* SPDX-License-Identifier: Apache-2.0
 * A checked expression: a tree in which every name is a number and every type is settled, so that whoever walks it
 * (the engine that evaluates it, the store that turns it into SQL) decides nothing about meaning. Made by grammar/,
 * read-only, alive as long as the plan it belongs to. docs/rule-language.md says what each kind means; what is left to
 * know here is how null runs through: a value may be null; a condition (type TRUTH) never is: a predicate over null is
 * false, its negated form too, and NOT turns either around. */
#pragma once
#include "base/diagnostic.h"
#include "event/event.h"

/* No tree is deeper, so that walking it may recurse. */
#define ARGOT_EXPR_MAX_DEPTH 512

/* ---- types: what a value is while it is judged, and which member of its slot holds it ---- */
#define ARGOT_EXPR_TYPES(X)                                                                                            \
    X(TRUTH, "a condition")      /* true or false, never null; no value of a field has it */                           \
    X(BOOL, "true or false")     /* u64: 0 or 1 */                                                                     \
    X(WHOLE, "a whole number")   /* i64 or u64; see argot_expr_constant.large and ARGOT_EXPR_FIELD */                  \
    X(REAL, "a number")          /* f64 */                                                                             \
    X(NUMBER, "a number")        /* whole or real, known when it is read (untyped values) */                           \
    X(TEXT, "a text")            /* text; bytes, compared by memcmp */                                                 \
    X(ADDRESS, "an address")     /* ip */                                                                              \
    X(TIME, "a time")            /* i64: ns since the epoch */                                                         \
    X(DURATION, "a duration")    /* i64: ns */                                                                         \
    X(MAC, "a MAC address")      /* u64: 48 bits */                                                                    \
    X(ENUM, "one of some words") /* u64: place in the values of schema field `field` */                                \
    X(UNTYPED, "a value without a type of its own") /* a JSON value of extra, a text of a table */

enum argot_expr_type {
    ARGOT_EXPR_NO_TYPE,
#define X(name, words) ARGOT_EXPR_##name##_TYPE,
    ARGOT_EXPR_TYPES(X)
#undef X
        ARGOT_EXPR_TYPE_COUNT
};

/* ---- kinds of nodes. n: number of operands, in args ---- */
enum argot_expr_kind {
    /* values */
    ARGOT_EXPR_CONSTANT,  /* constant */
    ARGOT_EXPR_FIELD,     /* field: of the event at hand. Its slot is read by the field's schema type; a WHOLE one is
                             signed for int, unsigned for uint, port and bytes. list: a list field, `type` its items' */
    ARGOT_EXPR_EXTRA,     /* path: extra.a.b of the event at hand; UNTYPED */
    ARGOT_EXPR_COLUMN,    /* lookup, column: of the row that a rule's lookup finds for the event at hand; UNTYPED */
    ARGOT_EXPR_ALERT,     /* attribute: of the event at hand, which is an alert, else null. VALUES: `field` of collect,
                             or path for extra; a list */
    ARGOT_EXPR_CAPTURE,   /* 1: the operand, read of the event that stage or member `capture` of the rule holds (of its
                             last event where that counts several) */
    ARGOT_EXPR_KEY,       /* key: number of a key of the rule; in an alert's text */
    ARGOT_EXPR_AGGREGATE, /* aggregate: number of an aggregate of the rule's `when` */
    ARGOT_EXPR_ITEM,      /* 1: item number `index` of a list, or null */
    ARGOT_EXPR_READ,      /* 1: an UNTYPED value read as `type`; null where it does not fit. As NUMBER: a JSON number,
                             or a text that is one. As ENUM: the word, of schema field `field` */
    /* conditions */
    ARGOT_EXPR_OR,      /* 2 or more conditions */
    ARGOT_EXPR_AND,     /* 2 or more conditions */
    ARGOT_EXPR_NOT,     /* 1 condition */
    ARGOT_EXPR_COMPARE, /* 2: compare; fold. Both have one type, or both are among WHOLE, REAL and NUMBER, which compare
                           by exact value, or both are UNTYPED: as numbers if both are JSON numbers, else as texts */
    ARGOT_EXPR_IN,   /* 1: set; negated; fold: of some constant (which says so itself) or of the operand (then all) */
    ARGOT_EXPR_LIKE, /* 1, TEXT: patterns; negated, all. These four hold if one pattern does, with `all` if each */
    ARGOT_EXPR_CONTAINS, /* does, of lists by an item of its own; negated: if none does (all: if not each does), and the
                            value is not null. fold as in IN. What is computed and null, a pattern or an item of a set,
                            fits nothing; where nothing else stands there, the negated form is false too */
    ARGOT_EXPR_STARTS,
    ARGOT_EXPR_ENDS,
    ARGOT_EXPR_IS_NULL,   /* 1: negated */
    ARGOT_EXPR_FROM_RULE, /* rules: the event at hand is an alert of one of these rules of the plan, ascending */
    /* arithmetic; a null operand, an overflow, a division by zero and what is no finite number give null. WHOLE results
       are int64; WHOLE operands above that overflow */
    ARGOT_EXPR_ADD,       /* 2: numbers; TIME + DURATION (either way round), DURATION + DURATION */
    ARGOT_EXPR_SUBTRACT,  /* 2: numbers; TIME - TIME, TIME - DURATION, DURATION - DURATION */
    ARGOT_EXPR_MULTIPLY,  /* 2: numbers; DURATION * number (either way round), truncated to ns */
    ARGOT_EXPR_DIVIDE,    /* 2: numbers, WHOLE by WHOLE toward zero; DURATION / number */
    ARGOT_EXPR_REMAINDER, /* 2: WHOLE, the sign of the dividend; a NUMBER that is REAL (4.0 too) gives null */
    ARGOT_EXPR_NEGATE,    /* 1: a number or DURATION */
    ARGOT_EXPR_CALL,      /* function; operands as it takes them */
};

/* Lists. A predicate over an operand that is a list (argot_expr.list) holds if it does for some item; its negated form
 * if for none, and the list is neither null nor empty; items that are null are none. IS_NULL asks for the list itself.
 * CALL, arithmetic and READ over a list apply to each item, but LEN, which counts them; COALESCE of a list that is null
 * is a list of one. */

enum argot_expr_compare {
    ARGOT_EXPR_EQUAL,
    ARGOT_EXPR_NOT_EQUAL,
    ARGOT_EXPR_LESS,
    ARGOT_EXPR_LESS_EQUAL,
    ARGOT_EXPR_GREATER,
    ARGOT_EXPR_GREATER_EQUAL,
};

#define ARGOT_EXPR_ATTRIBUTES(X)                                                                                       \
    X(ID, "id")                 /* TEXT */                                                                             \
    X(COUNT, "count")           /* WHOLE */                                                                            \
    X(FIRST_TIME, "first_time") /* TIME */                                                                             \
    X(LAST_TIME, "last_time")   /* TIME */                                                                             \
    X(TAGS, "tags")             /* list of TEXT */                                                                     \
    X(VALUES, "values")         /* list of the collected field's type */

enum argot_expr_attribute {
#define X(name, word) ARGOT_EXPR_ALERT_##name,
    ARGOT_EXPR_ATTRIBUTES(X)
#undef X
        ARGOT_EXPR_ATTRIBUTE_COUNT
};

/* Name, least and most operands. COALESCE takes any number of one type; CONCAT any number of texts. */
#define ARGOT_EXPR_FUNCTIONS(X)                                                                                        \
    X(LOWER, "lower", 1, 1) /* TEXT: TEXT, ASCII letters */                                                            \
    X(UPPER, "upper", 1, 1)                                                                                            \
    X(LEN, "len", 1, 1)            /* TEXT: its characters, an invalid byte being one; a list: its items: WHOLE */     \
    X(SUBSTR, "substr", 2, 3)      /* TEXT, WHOLE from, WHOLE to: TEXT; from 0, negative from the end, to exclusive */ \
    X(FIND, "find", 2, 3)          /* TEXT, TEXT part, WHOLE from: WHOLE or null */                                    \
    X(CONCAT, "concat", 1, 16)     /* TEXT: TEXT */                                                                    \
    X(EXTRACT, "extract", 2, 2)    /* TEXT; patterns[0]: the first group, or all without one: TEXT or null */          \
    X(TEXT, "text", 1, 1)          /* any value as JSON output shows it, without quotes: TEXT */                       \
    X(NUMBER, "number", 1, 1)      /* TEXT: NUMBER or null */                                                          \
    X(ABS, "abs", 1, 1)            /* a number or DURATION */                                                          \
    X(COALESCE, "coalesce", 1, 16) /* the first operand that is not null */                                            \
    X(BASENAME, "basename", 1, 1)  /* TEXT: what follows the last / or \ */                                            \
    X(SECONDS, "seconds", 1, 1)    /* DURATION: REAL; the same for minutes and hours */                                \
    X(MINUTES, "minutes", 1, 1)                                                                                        \
    X(HOURS, "hours", 1, 1)                                                                                            \
    X(HOUR, "hour", 1, 1)       /* TIME: WHOLE, 0 to 23, UTC */                                                        \
    X(WEEKDAY, "weekday", 1, 1) /* TIME: WHOLE, Monday 1 to Sunday 7, UTC */                                           \
    X(GEO_KM, "geo_km", 4, 4)   /* latitude, longitude, latitude, longitude in degrees: REAL, great circle */

enum argot_expr_function {
#define X(name, word, least, most) ARGOT_EXPR_CALL_##name,
    ARGOT_EXPR_FUNCTIONS(X)
#undef X
        ARGOT_EXPR_FUNCTION_COUNT
};

/* ---- what nodes hold ---- */

struct argot_expr_text {
    const char *at; /* a NUL behind, which is not counted; may hold others */
    uint32_t length;
};

/* A value known when the rule is compiled; never null, never UNTYPED, never TRUTH. */
struct argot_expr_constant {
    uint8_t type; /* enum argot_expr_type */
    bool fold;    /* TEXT, of a set: compared without regard to the case of ASCII letters */
    bool large;   /* WHOLE above INT64_MAX: u64, else i64 */
    struct argot_slot slot;
};

/* Addresses whose first `bits` of 128 are those of ip (the others are zero). A network of less than 96 bits is one of
 * IPv6 and holds no IPv4-mapped address; one of 96 bits and more beginning with ::ffff:0:0/96 is one of IPv4. */
struct argot_expr_network {
    uint8_t ip[16];
    uint8_t bits;
};

/* The right side of IN: the value is in it if it equals a constant or the value of an expression, or lies in a network.
 * All constants have the operand's type (numbers: WHOLE or REAL). */
struct argot_expr_set {
    const char *name; /* of the list or table, or NULL */
    int32_t table;    /* number of the plan's table whose keys the constants are, or -1 */
    uint32_t nconstants, nnetworks, nexprs;
    const struct argot_expr_constant *constants; /* as written, doubles included */
    const struct argot_expr_network *networks;
    const struct argot_expr *const *exprs;
};

/* The pieces of a wildcard pattern, which covers the whole value. Two runs never follow each other. */
enum argot_expr_wildcard_kind {
    ARGOT_EXPR_WILDCARD_TEXT, /* this text */
    ARGOT_EXPR_WILDCARD_ONE,  /* one character; an invalid byte is one */
    ARGOT_EXPR_WILDCARD_RUN,  /* any bytes, none too */
};
struct argot_expr_wildcard {
    enum argot_expr_wildcard_kind kind;
    struct argot_expr_text text;
};

enum argot_expr_pattern_kind {
    ARGOT_EXPR_PATTERN_TEXT,     /* text; of LIKE: wildcards */
    ARGOT_EXPR_PATTERN_REGEX,    /* text: the subset of PCRE2's syntax, checked; searched anywhere */
    ARGOT_EXPR_PATTERN_COMPUTED, /* expr: a TEXT, known for each event; of LIKE: with wildcards */
};
struct argot_expr_pattern {
    enum argot_expr_pattern_kind kind;
    bool fold, multiline, dotall;
    struct argot_expr_text text;
    uint32_t nwildcards;
    const struct argot_expr_wildcard *wildcards;
    const struct argot_expr *expr;
};

/* ---- the node ---- */
struct argot_expr {
    uint8_t kind; /* enum argot_expr_kind */
    uint8_t type; /* enum argot_expr_type of the value, or of each item where list is set */
    bool list;
    bool negated, fold, all;
    uint8_t compare;   /* enum argot_expr_compare */
    uint8_t function;  /* enum argot_expr_function */
    uint8_t attribute; /* enum argot_expr_attribute */
    uint16_t field;    /* schema index; of every ENUM too: whose words */
    uint16_t nargs, npath;
    uint32_t npatterns;
    union {
        uint32_t index;     /* ITEM */
        uint32_t capture;   /* CAPTURE */
        uint32_t key;       /* KEY */
        uint32_t aggregate; /* AGGREGATE */
        uint32_t nrules;    /* FROM_RULE */
        struct {
            uint16_t lookup, column; /* COLUMN */
        };
    };
    const struct argot_expr *const *args;
    const struct argot_expr_text *path;         /* EXTRA, ALERT: keys from the outermost inwards */
    const struct argot_expr_constant *constant; /* CONSTANT */
    const uint32_t *rules;                      /* FROM_RULE */
    const struct argot_expr_set *set;           /* IN */
    const struct argot_expr_pattern *patterns;  /* LIKE and its like, EXTRACT */
    uint32_t file;          /* where it was written: number of the plan's file, and the place there. Nodes that */
    struct argot_span span; /* nobody wrote (the conditions of an event's type) have line 0 */
};

/* Cuts a pattern of `like`: * and ?, but [*] and [?] are the signs themselves. Room for as many pieces, and as many
 * bytes of their texts, as the pattern has bytes is enough; returns the number of pieces. */
uint32_t argot_expr_cut(struct argot_expr_text pattern, char *bytes, struct argot_expr_wildcard *pieces);

/* Words for people: "a whole number"; the name of a function. */
const char *argot_expr_type_words(enum argot_expr_type type);
const char *argot_expr_function_name(enum argot_expr_function function);
/* The type of values of a schema type; items' where it is a list. */
enum argot_expr_type argot_expr_type_of(enum argot_type type, bool *list);
