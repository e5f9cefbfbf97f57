/* SPDX-License-Identifier: Apache-2.0
 * The lexer of the rule language: bytes of a file to tokens with places, comments put aside. It never stops at a
 * mistake: it says what is wrong, returns what was probably meant, and goes on; only bytes that are no text end it. */
#pragma once
#include "grammar/ast.h"

struct argot_scanner {
    struct argot_diagnostics *diagnostics;
    const char *begin, *cursor, *limit;
    const char *line_begin;
    uint32_t line;
    uint32_t last_line; /* where the last token ended; 0: none yet */
    int last;           /* the last token: decides whether / opens a regular expression */
    uint32_t tokens;
    bool no_memory;
    bool stopped; /* what follows is not read; that was told */
    struct argot_ast_comment *comments, *last_comment;
};

/* The source of the diagnostics must be NUL-terminated and at most ARGOT_RULE_MAX_BYTES long. */
void argot_scanner_init(struct argot_scanner *scanner, struct argot_diagnostics *diagnostics);
/* The kind of the next token as in parser.h, 0 at the end. *value is its node for those that have one. */
int argot_scanner_next(struct argot_scanner *scanner, struct argot_ast_expr **value, struct argot_place *place);
/* A node with everything zero; NULL without memory, which is reported once. */
struct argot_ast_expr *argot_scanner_node(struct argot_scanner *scanner, enum argot_ast_kind kind,
                                          struct argot_place place);
