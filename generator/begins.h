/* SPDX-License-Identifier: Apache-2.0
 * What the lines of a format begin with, so that others are known not to be its own before any template is tried: a DFA
 * over all lines that its templates fit, and few others, as far as some hundred states go. */
#pragma once
#include "generator/model.h"

#define ARGOT_GEN_BEGINS_STATES 254 /* a number of a state is a byte, and two of them are taken */

/* Writes struct argot_begins of the lexer that reads the format's lines, and sets lexer->begins. Nothing is written for
 * others, nor where it cannot be told. */
void argot_gen_emit_begins(struct argot_gen *gen, struct argot_gen_lexer *lexer, struct argot_buffer *out);
