/* SPDX-License-Identifier: Apache-2.0
 * A rule file as a tree, as it was written: names are not resolved, types not checked, nothing is left out that the
 * canonical layout needs. Every node knows its place. Lists are linked through `next`, in the order of the file. All of
 * it lives in the arena of the file's diagnostics. docs/rule-language.md has the language. */
#pragma once
#include "base/diagnostic.h"

/* From the first byte to behind the last; line and column of the first, line of the last. */
struct argot_place {
    uint32_t begin, end;
    uint32_t line, column, end_line;
};

struct argot_ast_text {
    const char *at; /* with a NUL behind that is not counted; may hold others */
    uint32_t length;
};

/* ---- expressions ---- */

enum argot_ast_kind {
    /* values; how they were spelled stands in the source at their place */
    ARGOT_AST_TEXT,     /* text: with the escapes undone; fold: "…"i */
    ARGOT_AST_REGEX,    /* text: between the slashes, \/ undone; fold, multiline, dotall: its flags */
    ARGOT_AST_INT,      /* number */
    ARGOT_AST_FLOAT,    /* real */
    ARGOT_AST_SIZE,     /* number of bytes */
    ARGOT_AST_DURATION, /* number of nanoseconds */
    ARGOT_AST_ADDRESS,  /* ip */
    ARGOT_AST_NETWORK,  /* ip, prefix */
    ARGOT_AST_BOOL,     /* number: 0 or 1 */
    /* names */
    ARGOT_AST_NAME,  /* parts: a field, extra.a.b, a capture's field … */
    ARGOT_AST_INDEX, /* number; operand: a NAME; f[0] */
    ARGOT_AST_CALL,  /* text: the function; operands: its arguments */
    /* operators; `word` is the operator's place */
    ARGOT_AST_OR,  /* two operands or more */
    ARGOT_AST_AND, /* the same */
    ARGOT_AST_NOT,
    ARGOT_AST_NEGATE,
    ARGOT_AST_EQUAL, /* these six: two operands; negated: != */
    ARGOT_AST_LESS,
    ARGOT_AST_LESS_EQUAL,
    ARGOT_AST_GREATER,
    ARGOT_AST_GREATER_EQUAL,
    ARGOT_AST_ADD,
    ARGOT_AST_SUBTRACT,
    ARGOT_AST_MULTIPLY,
    ARGOT_AST_DIVIDE,
    ARGOT_AST_REMAINDER,
    ARGOT_AST_IS_NULL, /* one operand; negated: is not null */
    ARGOT_AST_IN,      /* the value and a NAME, NETWORK or LIST */
    ARGOT_AST_LIKE,    /* these four: the value and what it is held against; LIST or NAME where quantifier is set */
    ARGOT_AST_CONTAINS,
    ARGOT_AST_STARTS,
    ARGOT_AST_ENDS,
    ARGOT_AST_LIST, /* [a, b]: operands */
};

enum argot_ast_quantifier { ARGOT_AST_ONE, ARGOT_AST_ANY, ARGOT_AST_ALL };

struct argot_ast_expr {
    struct argot_ast_expr *next;
    uint8_t kind;       /* enum argot_ast_kind */
    uint8_t quantifier; /* enum argot_ast_quantifier */
    bool negated;       /* !=, not in, not like …, is not null */
    bool parens;        /* stands in parentheses */
    bool fold, multiline, dotall, raw;
    uint16_t depth; /* of the tree from here down; at most ARGOT_RULE_MAX_DEPTH */
    uint16_t nparts;
    struct argot_place place; /* without the parentheses around it */
    struct argot_place outer; /* parens: with them */
    struct argot_place word;
    struct argot_ast_text text;
    const struct argot_ast_text *parts; /* of a NAME, backquotes taken off */
    union {
        uint64_t number;
        double real;
        struct {
            uint8_t ip[16]; /* IPv4 mapped */
            uint8_t prefix; /* of the 128 bits */
            bool v4;
        };
    };
    struct argot_ast_expr *first, *last; /* operands */
};

struct argot_ast_word { /* a name or text that stands for itself */
    struct argot_ast_text text;
    struct argot_place place;
};

struct argot_ast_duration {
    int64_t ns; /* only where place.end is not 0 */
    struct argot_place place;
};

/* ---- the pieces of clauses ---- */

struct argot_ast_name {
    struct argot_ast_name *next;
    struct argot_ast_word word;
};

enum argot_ast_source {
    ARGOT_AST_NAMES,
    ARGOT_AST_ANY_EVENT,   /* any */
    ARGOT_AST_ALERT_NAMES, /* alert a, b */
    ARGOT_AST_ANY_ALERT,   /* alert any */
};

struct argot_ast_event { /* kinds where condition */
    enum argot_ast_source source;
    struct argot_ast_name *names;
    struct argot_ast_expr *where; /* or NULL */
    struct argot_place place;
};

struct argot_ast_key { /* expr ? as name */
    struct argot_ast_key *next;
    struct argot_ast_expr *expr;
    bool optional;
    struct argot_ast_word as; /* text.at NULL: its own name */
    struct argot_place place;
};

enum argot_ast_step_kind {
    ARGOT_AST_FIRST,
    ARGOT_AST_THEN,
    ARGOT_AST_WITHOUT,
    ARGOT_AST_THEN_NO,
    ARGOT_AST_STEP_UNTIL,
    ARGOT_AST_HAS,
};

struct argot_ast_step { /* of a sequence or together */
    struct argot_ast_step *next;
    enum argot_ast_step_kind kind;
    struct argot_ast_word capture; /* text.at NULL: none */
    struct argot_ast_expr *count;  /* INT, or NULL: one */
    struct argot_ast_event *event;
    struct argot_ast_key *keys;
    struct argot_ast_duration within;
    struct argot_place place;
};

/* ---- clauses of rules ---- */

#define ARGOT_AST_CLAUSES(X)                                                                                           \
    X(TITLE, "title")       /* value */                                                                                \
    X(NOTE, "note")         /* value */                                                                                \
    X(META, "meta")         /* name, value */                                                                          \
    X(SEVERITY, "severity") /* name */                                                                                 \
    X(TAGS, "tags")         /* exprs: NAME or TEXT */                                                                  \
    X(ALERT, "alert")       /* value */                                                                                \
    X(SILENT, "silent")                                                                                                \
    X(MATCH, "match")       /* event */                                                                                \
    X(EXCEPT, "except")     /* value */                                                                                \
    X(LOOKUP, "lookup")     /* name: the table; value: the key; as */                                                  \
    X(BY, "by")             /* keys */                                                                                 \
    X(UNTIL, "until")       /* event */                                                                                \
    X(WHEN, "when")         /* value, window, duration */                                                              \
    X(ABSENT, "when")       /* duration */                                                                             \
    X(NEW, "when")          /* exprs, duration: over; learning */                                                      \
    X(SEQUENCE, "sequence") /* steps, duration: within */                                                              \
    X(TOGETHER, "together") /* steps, duration: within; value: INT or NULL, the quorum */                              \
    X(REARM, "rearm")       /* rearm, duration */                                                                      \
    X(COLLECT, "collect")   /* exprs */                                                                                \
    X(KEEP, "keep")         /* value: INT */                                                                           \
    X(LATE, "late")         /* duration */                                                                             \
    X(LIMIT, "limit")       /* value: INT; name: `events`, or none */

enum argot_ast_clause_kind {
#define X(name, word) ARGOT_AST_CLAUSE_##name,
    ARGOT_AST_CLAUSES(X)
#undef X
};

enum argot_ast_window { ARGOT_AST_WITHIN, ARGOT_AST_EVERY, ARGOT_AST_SESSION, ARGOT_AST_LEAK };
enum argot_ast_rearm { ARGOT_AST_REARM_AFTER, ARGOT_AST_REARM_EVERY, ARGOT_AST_REARM_BELOW, ARGOT_AST_REARM_ALWAYS };

struct argot_ast_clause {
    struct argot_ast_clause *next;
    enum argot_ast_clause_kind kind;
    enum argot_ast_window window;
    enum argot_ast_rearm rearm;
    struct argot_ast_word name, as;
    struct argot_ast_expr *value, *exprs; /* exprs: the first of a list */
    struct argot_ast_event *event;
    struct argot_ast_key *keys;
    struct argot_ast_step *steps;
    struct argot_ast_duration duration, learning;
    struct argot_place place; /* of the whole clause */
    struct argot_place word;  /* of its keyword */
    struct argot_place close; /* of the } of steps */
};

/* ---- tests ---- */

enum argot_ast_test_kind {
    ARGOT_AST_TEST_LOG,       /* [at D] log F "line" [* n every D] */
    ARGOT_AST_TEST_EVENT,     /* at D TYPE { fields } [* n every D] */
    ARGOT_AST_TEST_END,       /* at D end */
    ARGOT_AST_TEST_EXPECT,    /* expect [N] alert R [at D] [where E] */
    ARGOT_AST_TEST_EXPECT_NO, /* expect no alert [R [where E]] */
};

struct argot_ast_field { /* name: value */
    struct argot_ast_field *next;
    struct argot_ast_expr *name, *value;
};

struct argot_ast_test { /* one line of a test */
    struct argot_ast_test *next;
    enum argot_ast_test_kind kind;
    struct argot_ast_duration at;
    struct argot_ast_word name;   /* the format, the type of event, or the rule; text.at NULL: none */
    struct argot_ast_expr *line;  /* TEXT */
    struct argot_ast_expr *count; /* INT: of the repetition, or alerts expected; NULL: none said */
    struct argot_ast_duration every;
    struct argot_ast_field *fields;
    struct argot_ast_expr *where;
    struct argot_place place;
    struct argot_place close; /* of the } of fields */
};

/* ---- declarations and files ---- */

enum argot_ast_decl_kind {
    ARGOT_AST_LET,       /* event */
    ARGOT_AST_LISTED,    /* list NAME = [items] */
    ARGOT_AST_LIST_FILE, /* list NAME from path */
    ARGOT_AST_TABLE,     /* table NAME from path key NAME */
    ARGOT_AST_RULE,      /* clauses */
    ARGOT_AST_EXTEND,    /* clauses */
    ARGOT_AST_TEST,      /* tests */
};

struct argot_ast_decl {
    struct argot_ast_decl *next;
    enum argot_ast_decl_kind kind;
    struct argot_ast_word name, key;
    struct argot_ast_event *event;
    struct argot_ast_expr *items; /* LIST */
    struct argot_ast_expr *path;  /* TEXT */
    struct argot_ast_clause *clauses;
    struct argot_ast_test *tests;
    struct argot_place place;
    struct argot_place close; /* of the closing brace */
};

struct argot_ast_comment {
    struct argot_ast_comment *next;
    struct argot_ast_text text; /* from # to the last byte that is no blank */
    uint32_t begin, line;
    bool own_line; /* nothing before it on its line */
};

struct argot_ast_file {
    struct argot_diagnostics *diagnostics; /* has the path and the source */
    struct argot_ast_decl *decls;
    struct argot_ast_comment *comments;
};

/* The span that a diagnostic marks. */
static inline struct argot_span
argot_place_span(struct argot_place place)
{
    return (struct argot_span){place.line, place.column, place.end > place.begin ? place.end - place.begin : 1};
}

/* With the parentheses around it. */
static inline struct argot_place
argot_ast_outer(const struct argot_ast_expr *expr)
{
    return expr->parens ? expr->outer : expr->place;
}

static inline size_t
argot_ast_count(const struct argot_ast_expr *expr)
{
    size_t count = 0;
    for (; expr; expr = expr->next)
        count++;
    return count;
}
