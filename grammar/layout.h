/* SPDX-License-Identifier: Apache-2.0
 * Lines, indents and comments of the canonical layout. Pieces of the file are put in its order, each with its place;
 * comments that stand before a place are put first, so none is lost whatever they stand between. */
#pragma once
#include "grammar/ast.h"

#define ARGOT_LAYOUT_WIDTH 100 /* columns; what has no place to break may be longer */
#define ARGOT_LAYOUT_INDENT 4

struct argot_layout {
    struct argot_buffer *out;
    const char *source;
    const struct argot_ast_comment *comment; /* the next that is to be put */
    unsigned indent;                         /* of lines that begin from now on */
    unsigned line_indent;                    /* of this line */
    size_t column;                           /* characters on this line */
    uint32_t last_line;                      /* where the last piece or comment ended in the source */
    bool must_break;                         /* a comment stands at the end of this line */
    bool flat;                               /* everything on one line, to see whether it fits */
    bool block_begin;                        /* nothing stands in this block yet */
};

/* Text of our own; a line begins with the indent. */
void argot_layout_text(struct argot_layout *layout, const char *text);
/* The bytes of the source at the place, and comments before it. */
void argot_layout_source(struct argot_layout *layout, struct argot_place place);
/* Comments that stand before an offset. */
void argot_layout_comments(struct argot_layout *layout, uint32_t before);
/* Begins a new line if this one has something on it. */
void argot_layout_line(struct argot_layout *layout);
/* Begins a line for something that stands on one of its own, behind the comments before it. One blank line stays where
 * the source has some; force puts one before the first of it. */
void argot_layout_statement(struct argot_layout *layout, struct argot_place place, bool force);
/* The comments before the end of a block, and the begin of a line. */
void argot_layout_end(struct argot_layout *layout, uint32_t end);
/* Whether a comment stands between the begin and the end of a place: then it cannot be on one line. */
bool argot_layout_has_comment(const struct argot_layout *layout, struct argot_place place);

/* Tries to put something on this line: begin, put it, end. If end says false it did not fit, nothing was put, and it
 * has to be broken. */
struct argot_layout argot_layout_try(struct argot_layout *layout);
bool argot_layout_fits(struct argot_layout *layout, const struct argot_layout *before, size_t length);
