/* SPDX-License-Identifier: Apache-2.0
 * Inside of the checker: from the trees of all files of a run to a plan. check.c has the order; each other file one
 * part of the language. What is wrong goes to the diagnostics of its file, and NULL stands for what could not be made;
 * so one mistake is told once, and everything else is checked all the same. Memory is taken through argot_check_alloc,
 * which does not return without. */
#pragma once
#include <setjmp.h>
#include "correlate/plan.h"
#include "grammar/ast.h"
#include "grammar/codes.h"
#include "grammar/world.h"

enum argot_symbol_kind {
    ARGOT_SYMBOL_LET,
    ARGOT_SYMBOL_LIST,
    ARGOT_SYMBOL_TABLE,
    ARGOT_SYMBOL_RULE,
    ARGOT_SYMBOL_KINDS,
};

struct argot_list_item { /* of a list file, or of a list as written */
    struct argot_expr_text text;
    const struct argot_ast_expr *expr; /* as written; NULL: text */
    uint32_t line;                     /* of the list file */
};

struct argot_symbol {
    enum argot_symbol_kind kind;
    const char *name;
    uint32_t file, number; /* number: of the rule or table in the plan */
    const struct argot_ast_decl *decl;
    uint32_t height; /* of what it stands on */
    uint8_t state;   /* of the walk that looks for cycles: 0 not seen, 1 on the path, 2 done */
    bool loaded;     /* a list: its items were read */
    size_t nitems;
    const struct argot_list_item *items;
    const struct argot_plan_event *event; /* of a let, NULL: not made yet, or wrong */
    bool made;                            /* of a let or list: it was looked at */
    bool takes_any;                       /* of a let or rule: takes `alert any`, itself or through lets */
};

struct argot_extension { /* an extend */
    struct argot_extension *next;
    uint32_t file;
    const struct argot_ast_decl *decl;
};

struct argot_checker {
    struct argot_seam *seam;
    struct argot_arena *arena;
    jmp_buf *without_memory;
    const struct argot_rules_world *world; /* may be NULL */
    uint32_t nfiles;
    struct argot_ast_file *const *files;
    size_t nsymbols;
    struct argot_symbol *symbols;   /* by name */
    int event_type, event_severity; /* schema indexes */
    int alert_type;                 /* number of CORRELATION_ALERT */
    struct argot_plan plan;
    struct argot_plan_rule *rules; /* the plan's, while they are made */
    bool *has_mark;                /* by rule; see argot_check_mark */
    uint32_t *marked, nmarked;
};

/* ---- memory, diagnostics, names: check.c ---- */
void *argot_check_alloc(struct argot_checker *checker, size_t count, size_t size); /* zeroed */
static inline struct argot_expr_text
argot_check_text(struct argot_ast_text text)
{
    return (struct argot_expr_text){text.at, text.length};
}
struct argot_diagnostic *argot_check_add(struct argot_checker *checker, uint32_t file, enum argot_severity severity,
                                         unsigned code, struct argot_place place, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* A second place, in any file. */
void argot_check_second(struct argot_checker *checker, struct argot_diagnostic *said, uint32_t file,
                        struct argot_place place, const char *text);
void argot_check_hint(struct argot_checker *checker, struct argot_diagnostic *said, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
struct argot_symbol *argot_check_find(const struct argot_checker *checker, const char *name);
/* "did you mean", among symbols of the kinds (bits), types of event or fields. */
enum { ARGOT_NAMES_TYPES = 1 << ARGOT_SYMBOL_KINDS, ARGOT_NAMES_FIELDS = 2 << ARGOT_SYMBOL_KINDS };
void argot_check_suggest(struct argot_checker *checker, uint32_t file, struct argot_diagnostic *said, const char *word,
                         unsigned kinds);
/* Number of an event type, or -1. */
int argot_check_type(const struct argot_checker *checker, struct argot_ast_text name);
struct argot_plan_place argot_check_place(uint32_t file, struct argot_place place);
/* A set of rules that is being gathered: at most one at a time. Its numbers, ascending, end it; NULL where it is empty.
 * So what names few rules costs little, however many there are. */
void argot_check_mark(struct argot_checker *checker, uint32_t rule);
const uint32_t *argot_check_marked(struct argot_checker *checker, uint32_t *count);

/* ---- what names mean in an expression: scope.c ---- */

struct argot_scope_capture {
    const char *name; /* NULL: none, but it counts */
    uint32_t number;  /* of the stage */
    const struct argot_plan_event *event;
};
struct argot_scope_lookup {
    const char *alias;
    const struct argot_plan_table *table;
};
struct argot_aggregates;

struct argot_scope {
    struct argot_checker *checker;
    uint32_t file;
    bool events, alerts; /* whether the event at hand can be none or can be an alert */
    bool any_type;       /* types is not known */
    uint16_t ntypes;
    const uint16_t *types; /* event types that it may have, for warnings */
    uint32_t ncaptures, nlookups, nkeys;
    const struct argot_scope_capture *captures;
    const struct argot_scope_lookup *lookups;
    const struct argot_plan_key *keys;   /* names that an alert's text may use */
    struct argot_aggregates *aggregates; /* in `when` alone */
    bool in_aggregate;                   /* within the parentheses of one */
    uint64_t reads_stages;               /* collected: captures that were read */
};

/* A name or dotted name to a node; NULL when it is unknown, which is told. */
struct argot_expr *argot_scope_name(struct argot_scope *scope, const struct argot_ast_expr *name);

/* ---- expressions: check_expr.c, check_operator.c, check_call.c, check_set.c, check_text.c ---- */
struct argot_expr *argot_check_node(struct argot_scope *scope, enum argot_expr_kind kind, enum argot_expr_type type,
                                    const struct argot_ast_expr *ast);
void argot_check_args(struct argot_scope *scope, struct argot_expr *node, size_t count, ...);
/* Any value: not a condition. */
struct argot_expr *argot_check_value(struct argot_scope *scope, const struct argot_ast_expr *ast);
struct argot_expr *argot_check_condition(struct argot_scope *scope, const struct argot_ast_expr *ast);
/* A value or a condition. */
struct argot_expr *argot_check_any(struct argot_scope *scope, const struct argot_ast_expr *ast);
/* What a type is called, "a text"; of a field "the port `destination_port`". */
const char *argot_check_what(struct argot_scope *scope, const struct argot_expr *expr);
/* An untyped value read as a type. */
struct argot_expr *argot_check_read(struct argot_scope *scope, struct argot_expr *value, enum argot_expr_type type,
                                    uint16_t field);
/* A value as the text that outputs show. */
struct argot_expr *argot_check_as_text(struct argot_scope *scope, struct argot_expr *value);
bool argot_check_is_number(const struct argot_expr *expr); /* WHOLE, REAL, NUMBER */

struct argot_expr *argot_check_compare(struct argot_scope *scope, const struct argot_ast_expr *ast);
struct argot_expr *argot_check_arithmetic(struct argot_scope *scope, const struct argot_ast_expr *ast);
struct argot_expr *argot_check_call(struct argot_scope *scope, const struct argot_ast_expr *ast);
struct argot_expr *argot_check_in(struct argot_scope *scope, const struct argot_ast_expr *ast);
struct argot_expr *argot_check_predicate(struct argot_scope *scope, const struct argot_ast_expr *ast);
/* One pattern of LIKE and its like, or of extract. */
bool argot_check_pattern(struct argot_scope *scope, const struct argot_ast_expr *ast, bool wildcards,
                         struct argot_expr_pattern *pattern);
void argot_check_pattern_text(struct argot_checker *checker, struct argot_expr_text text, bool wildcards,
                              struct argot_expr_pattern *pattern);

/* ---- constants: constant.c ---- */

/* A literal (or a negated number) as a constant of its own type; false: it is none, or a network. */
bool argot_constant_of(const struct argot_ast_expr *ast, struct argot_expr_constant *constant);
/* A text read as a type; false: it is no such value. */
bool argot_constant_read(struct argot_checker *checker, struct argot_expr_text text, enum argot_expr_type type,
                         uint16_t field, struct argot_expr_constant *constant);
/* Refuses what a field can never hold, such as port 70000; false after telling. */
bool argot_constant_fits(struct argot_scope *scope, const struct argot_expr *field,
                         const struct argot_expr_constant *constant, const struct argot_ast_expr *ast);
/* Tells that a text is no value of a type, with the nearest word of an enum. */
void argot_constant_refuse(struct argot_scope *scope, const struct argot_expr *beside, struct argot_expr_text text,
                           struct argot_place place);

/* ---- regular expressions: regex.c ---- */
/* NULL: it is one of the subset; else why not, and where. */
const char *argot_regex_check(struct argot_ast_text text, uint32_t *offset);

/* ---- lists and tables: source.c ---- */
/* Reads the items of a list, from its file if that is where they are; false after telling. */
bool argot_source_list(struct argot_checker *checker, struct argot_symbol *symbol);
/* ADDRESS/BITS with its host bits cleared; false: it is none. */
bool argot_source_network(struct argot_expr_text text, struct argot_expr_network *network);
void argot_source_table(struct argot_checker *checker, const struct argot_symbol *symbol,
                        struct argot_plan_table *table);

/* ---- aggregates: aggregate.c ---- */
/* The aggregate that a name or call stands for; *known is false when it is none. */
struct argot_expr *argot_aggregate_make(struct argot_scope *scope, const struct argot_ast_expr *ast, bool *known);
bool argot_aggregate_is_name(const char *name);
struct argot_plan_window *argot_aggregate_window(struct argot_scope *scope, const struct argot_ast_clause *when);

/* ---- events and keys: check_event.c ---- */

/* Fills an event but for its keys. `base` says what its conditions may name beside the event. False after telling; then
 * what is known of types is there all the same. */
bool argot_event_make(const struct argot_scope *base, const struct argot_ast_event *ast,
                      struct argot_plan_event *event);
/* More conditions that must hold. */
void argot_event_and(struct argot_checker *checker, struct argot_plan_event *event,
                     const struct argot_expr *const *more, size_t count);
/* The scope in which names stand for the event's fields. */
struct argot_scope argot_event_scope(const struct argot_scope *base, const struct argot_plan_event *event);
/* The condition of a let, checked once. */
void argot_event_let(struct argot_checker *checker, struct argot_symbol *symbol);

/* ---- rules and tests ---- */
void argot_rule_make(struct argot_checker *checker, const struct argot_symbol *symbol,
                     const struct argot_extension *extensions, struct argot_plan_rule *rule);
void argot_test_make(struct argot_checker *checker, uint32_t file, const struct argot_ast_decl *decl,
                     struct argot_plan_test *test);

/* ---- what stands on what: graph.c ---- */

/* Tells cycles among lets and among rules; false if there are any. */
bool argot_graph_check(struct argot_checker *checker);
/* Fills depth, below and late of the plan's rules. */
void argot_graph_fill(struct argot_checker *checker);
