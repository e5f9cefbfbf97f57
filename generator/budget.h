/* SPDX-License-Identifier: Apache-2.0
 * Limits of what a format may become, held by counts that are the same on every machine: no format can make re2c or the
 * C compiler run for ever. */
#pragma once
#include "generator/model.h"

/* States of a DFA before it is made minimal. */
#define ARGOT_GEN_STATES_MAX 8000       /* of the heads of one lexer */
#define ARGOT_GEN_ALL_STATES_MAX 20000  /* of those of all lexers */
#define ARGOT_GEN_TYPE_STATES_MAX 2000  /* of one type */
#define ARGOT_GEN_TYPES_STATES_MAX 6000 /* of all types */
#define ARGOT_GEN_TYPE_STATES_LARGE                                                                                    \
    250 /* a type with more is compiled without optimization: compilers are quadratic                                  \
         */

#define ARGOT_GEN_DECIDE_MIN 6           /* templates of a lexer; fewer are tried faster than decided between */
#define ARGOT_GEN_RIVALS_MAX 8           /* templates that are tried together; of more most are tried in vain */
#define ARGOT_GEN_OVERLAP_STEPS 20000000 /* pairs of states looked at for the lists of one lexer */
#define ARGOT_GEN_LISTS_MAX 200000       /* entries in the lists of one lexer; a lexer with more tries all templates */
#define ARGOT_GEN_TEMPLATE_C_BYTES ((size_t)64 << 10) /* of one template as C */
#define ARGOT_GEN_C_BYTES ((size_t)6 << 20)           /* of all of a format's lexers */

/* Reports types whose DFA is too large. */
void argot_gen_check_types(struct argot_gen *gen);
/* The heads of a lexer's templates as automata, cut behind as many fields as leave their DFA within the limits; false
 * where no cut does, and all templates must be tried. Sets lexer->heads and ->gear. automata: of ntemplates, NULL where
 * the head may be empty. dfa: false where there will be none, so that nothing has to be cut. */
bool argot_gen_fit_heads(struct argot_gen *gen, struct argot_gen_lexer *lexer, bool dfa,
                         const struct argot_automaton **automata);
/* Reports a template that became too much C, and one with which all became too much. `bytes` are those of its
 * extractor. False after a report. */
bool argot_gen_check_c(struct argot_gen *gen, const struct argot_gen_template *tree, size_t bytes,
                       const struct argot_buffer *out);
