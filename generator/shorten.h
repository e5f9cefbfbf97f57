/* SPDX-License-Identifier: Apache-2.0
 * Heads cut to what tells them apart: a DFA that reads on behind that place finds out nothing that the extractors do
 * not find out anyway. */
#pragma once
#include "generator/model.h"

#define ARGOT_GEN_SURE_BYTES 4 /* of text that are kept in any case, so that what is of no format is refused, too */

/* Shortens the heads of the lexer, and makes their automata anew: two that no line begins with both stay so, as far as
 * `ARGOT_GEN_OVERLAP_STEPS` allow to find out. automata: of ntemplates, NULL where the head may be empty. */
void argot_gen_shorten_heads(struct argot_gen *gen, struct argot_gen_lexer *lexer,
                             const struct argot_automaton **automata);
