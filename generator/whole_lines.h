/* SPDX-License-Identifier: Apache-2.0
 * Deciding by whole lines, where templates begin with anything and only what stands further on tells them apart: a DFA
 * over all lines that each template fits, and few others, reads the line to its end and says which may fit. */
#pragma once
#include "generator/model.h"

#define ARGOT_GEN_LINE_STATES_MAX 4000  /* of such a DFA; with more all templates are tried */
#define ARGOT_GEN_LINE_CELLS_MAX 150000 /* states times classes of bytes, two bytes each */
#define ARGOT_GEN_LINE_STATES_MADE 6000 /* before those that differ in nothing are one */

/* Writes decide and its lists; sets lexer->gear and ->abi.states. False, and nothing written, where it is too large. */
bool argot_gen_emit_lines(struct argot_gen *gen, struct argot_gen_lexer *lexer, struct argot_buffer *out);
