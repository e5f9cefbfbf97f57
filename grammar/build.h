/* SPDX-License-Identifier: Apache-2.0
 * How the grammar's actions make nodes. Nothing here fails: without memory the parser gets a spare node to write to,
 * and the end of the file as its next token. */
#pragma once
#include "grammar/ast.h"
#include "grammar/scanner.h"

struct argot_parser {
    struct argot_scanner scanner;
    struct argot_ast_decl *decls; /* as argot_build_append makes it */
    struct argot_place open;      /* of the last { of a declaration */
    unsigned syntax_errors;
    bool too_deep; /* was told */
    bool alone;    /* one expression is read, and no file; `started`: the token that says so was given */
    bool started;
    struct argot_ast_expr *expression;
    union {
        struct argot_ast_expr expr;
        struct argot_ast_event event;
        struct argot_ast_step step;
        struct argot_ast_clause clause;
        struct argot_ast_test test;
        struct argot_ast_decl decl;
    } spare;
};

/* A step before its keys, and a window or repetition. */
struct argot_build_unit {
    struct argot_ast_word capture;
    struct argot_ast_expr *count;
    struct argot_ast_event *event;
};
struct argot_build_window {
    enum argot_ast_window kind;
    struct argot_ast_duration duration;
    struct argot_ast_expr *count;
};

/* From the first byte of one to the last of the other; nothing, behind a place. */
struct argot_place argot_build_span(const struct argot_place *from, const struct argot_place *to);
struct argot_place argot_build_behind(const struct argot_place *place);

void *argot_build_copy(struct argot_parser *parser, const void *node, size_t size);
/* Lists while they grow are circles, known by their last node, so that appending is O(1); all nodes begin with `next`.
 * NULL is the empty list, and appends nothing. */
void *argot_build_append(void *last, void *node);
void *argot_build_join(void *last, void *other);
/* Opens the circle: the first node of a list that ends with NULL. */
void *argot_build_first(void *last);
void argot_build_add_decl(struct argot_parser *parser, struct argot_ast_decl *decl);

struct argot_ast_word argot_build_word(const struct argot_ast_expr *node);
struct argot_ast_duration argot_build_duration(const struct argot_ast_expr *node);
struct argot_build_window argot_build_window(enum argot_ast_window kind, const struct argot_ast_expr *duration);

struct argot_ast_expr *argot_build_unary(struct argot_parser *parser, enum argot_ast_kind kind, struct argot_place word,
                                         struct argot_ast_expr *operand, bool negated);
struct argot_ast_expr *argot_build_is_null(struct argot_parser *parser, struct argot_ast_expr *operand,
                                           struct argot_place word, struct argot_place end, bool negated);
struct argot_ast_expr *argot_build_binary(struct argot_parser *parser, enum argot_ast_kind kind,
                                          struct argot_ast_expr *left, struct argot_place word,
                                          struct argot_ast_expr *right, bool negated);
/* a and b and c: one node, where the left side is a chain of the same kind without parentheses. */
struct argot_ast_expr *argot_build_chain(struct argot_parser *parser, enum argot_ast_kind kind,
                                         struct argot_ast_expr *left, struct argot_place word,
                                         struct argot_ast_expr *right);
struct argot_ast_expr *argot_build_call(struct argot_parser *parser, const struct argot_ast_expr *name,
                                        struct argot_ast_expr *arguments, struct argot_place place);
struct argot_ast_expr *argot_build_list(struct argot_parser *parser, struct argot_ast_expr *items,
                                        struct argot_place place);
struct argot_ast_expr *argot_build_index(struct argot_parser *parser, struct argot_ast_expr *name,
                                         const struct argot_ast_expr *number, struct argot_place place);
struct argot_ast_expr *argot_build_parens(struct argot_ast_expr *expr, struct argot_place place);
struct argot_ast_expr *argot_build_bool(struct argot_parser *parser, bool value, struct argot_place place);

void argot_build_refuse(struct argot_parser *parser, unsigned code, struct argot_place place, const char *text);
