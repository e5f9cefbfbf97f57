/* SPDX-License-Identifier: Apache-2.0
 * The reserved words. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* The token of a reserved word as in parser.h, or 0. O(log n). */
int argot_keyword_find(const char *word, size_t length);
/* The token of `not` and a word, such as `not in`, or 0. */
int argot_keyword_negated(const char *word, size_t length);
/* What to write for a word of another rule language, such as `within` for `timeframe`; NULL: no idea. */
const char *argot_keyword_translate(const char *word);
