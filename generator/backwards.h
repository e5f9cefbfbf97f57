/* SPDX-License-Identifier: Apache-2.0
 * The gear of a :text whose end is a choice. Its last ends are tried one by one, since in what logs hold one of them
 * fits. A text that many ends could have was made to have them: then a DFA reads the line from its end leftwards, once,
 * and knows of each place whether what stands behind the text may fit there. It holds surely not too few lines, so what
 * it skips fits nowhere, and what fits is found where trying all would find it. */
#pragma once
#include "generator/model.h"

#define ARGOT_GEN_TEXT_ENDS 4          /* tried before the line is read backwards */
#define ARGOT_GEN_BACKWARDS_STATES 500 /* of such a DFA; with more all ends are tried */
#define ARGOT_GEN_BACKWARDS_MADE 4000  /* before those that differ in nothing are one */
#define ARGOT_GEN_BACKWARDS_MAX 400    /* of a lexer's rests that are told apart; of others all ends are tried */
#define ARGOT_GEN_BACKWARDS_NFA 1500   /* states of what it is made of; and with more of them too */

enum argot_gen_backward_why {
    ARGOT_GEN_BACKWARD_TABLES, /* it has some */
    ARGOT_GEN_BACKWARD_UNTOLD, /* what the rest holds is not known as an automaton */
    ARGOT_GEN_BACKWARD_STATES, /* it would have too many */
    ARGOT_GEN_BACKWARD_COUNT
};

struct argot_gen_backwards {
    struct argot_gen *gen;
    unsigned lexer; /* its number */
    unsigned count;
    struct argot_gen_backward {
        const uint8_t *rest; /* as dead_ends.c describes it */
        size_t length;
        enum argot_gen_backward_why why;
        unsigned states;
    } * list;
};

/* Writes the tables of all rests behind a :text of the lexer's templates. */
void argot_gen_emit_backwards(struct argot_gen *gen, const struct argot_gen_lexer *lexer,
                              struct argot_gen_backwards *backwards, struct argot_buffer *out);
/* Where a text's end is chosen: before the first end is tried, and when one did not fit, to move q to the next.
 * `reader`: the number of the variable that keeps what was read; lowest, dies: as emit_extract.c has them. True when
 * the rest has tables, and so the variable is needed. */
bool argot_gen_write_backwards_begin(const struct argot_gen_backwards *backwards, const struct argot_gen_rest *behind,
                                     unsigned reader, const char *lowest, const char *dies, struct argot_buffer *out);
void argot_gen_write_backwards_on(const struct argot_gen_backwards *backwards, const struct argot_gen_rest *behind,
                                  unsigned reader, const char *lowest, const char *dies, struct argot_buffer *out);
