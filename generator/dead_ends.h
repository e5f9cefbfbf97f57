/* SPDX-License-Identifier: Apache-2.0
 * Rests of templates that several places of a lexer lead to. Behind a :text one rest is tried at many places of a line,
 * and the same rest again behind other alternatives and in other templates. Whether it fits from a place on depends on
 * the place alone. So extractors note from which place on a rest fits nowhere (`dead_ends` of struct argot_scan), and
 * do not try it there again: what was paid once for each place of a line is not paid for each way to it.
 * Begins of templates that others have, too, use what numbers are left. */
#pragma once
#include "generator/model.h"

#define ARGOT_GEN_RESTS_MAX 64 /* of a lexer that are looked at; ARGOT_SCAN_DEAD_ENDS of them get numbers */

struct argot_gen_dead_ends {
    struct argot_gen *gen;
    unsigned count;
    struct argot_gen_dead_end {
        const char *rest; /* how it is told from others */
        size_t length;
        unsigned ways; /* that lead to it */
    } ends[ARGOT_GEN_RESTS_MAX];
    struct argot_gen_dead_end begins[ARGOT_SCAN_DEAD_ENDS]; /* numbered behind the rests */
    unsigned nbegins;
};
#define ARGOT_GEN_BEGINS_TEMPLATES 64 /* of a lexer; begins of larger ones are not looked for */
#define ARGOT_GEN_BEGIN_LONG 64       /* bytes; what begins with more is tried behind the begin first */

/* Those of the lexer's templates; the first ones, if there are many. */
void argot_gen_dead_ends_find(struct argot_gen *gen, const struct argot_gen_lexer *lexer,
                              struct argot_gen_dead_ends *ends);
/* How a rest is told from others. The buffer is made here and the caller's to finish. */
void argot_gen_dead_ends_describe(struct argot_gen *gen, const struct argot_gen_rest *rest, struct argot_buffer *out);
/* The number of a rest in `dead_ends`, or -1. whole: false where groups in it are being written in one way of several;
 * such a part of the rest fits nowhere where the rest does not, but tells nothing about it. */
int argot_gen_dead_ends_number(const struct argot_gen_dead_ends *ends, const struct argot_gen_rest *rest, bool *whole);

/* A template that begins as others do. Where the begin was read in vain the others do not fit either. Where it could be
 * read in one way alone, and is long or the text fits no template, the others go on behind it at once, and what fits so
 * is read from its begin then. Written before all else, where `at` elements of the template were read, where it fits
 * and where it does not. choices: what forgets the places to come back to. */
void argot_gen_write_begins_known(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree,
                                  struct argot_buffer *out);
void argot_gen_write_begins_straight(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree,
                                     const char *name, struct argot_buffer *out); /* where `name`_whole must read it */
void argot_gen_write_begins_read(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree,
                                 size_t at, struct argot_buffer *out);
void argot_gen_write_begins_fits(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree,
                                 const char *choices, struct argot_buffer *out);
void argot_gen_write_begins_failed(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree,
                                   struct argot_buffer *out);
/* The same where the straight extractors of those behind are not to be tried once the begin was read. */
void argot_gen_write_begins_in_vain(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree,
                                    struct argot_buffer *out);
