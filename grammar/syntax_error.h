/* SPDX-License-Identifier: Apache-2.0
 * Syntax errors in words. */
#pragma once
#include "grammar/build.h"

/* Tells what stands at the place, what is due there, and the way out where it can be guessed. `found` and `expected`
 * are names of tokens as the grammar has them. */
void argot_syntax_error_report(struct argot_parser *parser, struct argot_place place, const char *found,
                               const char *const *expected, size_t count);
