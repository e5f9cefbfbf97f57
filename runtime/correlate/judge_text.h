/* SPDX-License-Identifier: Apache-2.0
 * Texts as bytes and as characters, with or without regard to the case of ASCII letters. */
#pragma once
#include "base/short.h"
#include "event/expr.h"
#include <stdbool.h>
#include <string.h>

bool argot_judge_text_same_folded(const uint8_t *a, const uint8_t *b, size_t length);

static inline bool
argot_judge_text_same(const uint8_t *a, const uint8_t *b, size_t length, bool fold)
{
    if (fold)
        return argot_judge_text_same_folded(a, b, length);
    return argot_short_same(a, b, length);
}

/* The first place of `part` in the text, NULL: none. */
const uint8_t *argot_judge_text_find(struct argot_slice text, struct argot_slice part, bool fold);
bool argot_judge_text_starts(struct argot_slice text, struct argot_slice part, bool fold);
bool argot_judge_text_ends(struct argot_slice text, struct argot_slice part, bool fold);
/* Whether the pieces of a pattern cover the text. Linear in the text for each piece. */
bool argot_judge_text_like(struct argot_slice text, const struct argot_expr_wildcard *pieces, uint32_t count,
                           bool fold);

/* Characters; a byte that is no UTF-8 is one. */
uint64_t argot_judge_text_characters(struct argot_slice text);
/* The place of character number `index`, or the end of the text if it has fewer. */
const uint8_t *argot_judge_text_character(struct argot_slice text, uint64_t index);

static inline uint8_t
argot_judge_text_lower(uint8_t byte)
{
    return (uint8_t)(byte - 'A') < 26 ? (uint8_t)(byte | 0x20) : byte;
}
