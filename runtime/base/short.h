/* SPDX-License-Identifier: Apache-2.0
 * What is done to a few bytes, without a call: up to 32 are two pieces of one size, which may overlap. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ARGOT_SHORT_MAX 32u

static inline bool
argot_short_same_words(const uint8_t *a, const uint8_t *b)
{
    uint64_t left, right;
    memcpy(&left, a, sizeof left);
    memcpy(&right, b, sizeof right);
    return left == right;
}

static inline bool
argot_short_same_halves(const uint8_t *a, const uint8_t *b)
{
    uint32_t left, right;
    memcpy(&left, a, sizeof left);
    memcpy(&right, b, sizeof right);
    return left == right;
}

/* memcmp(a, b, length) == 0; of no bytes any pointers will do. */
static inline bool
argot_short_same(const void *a, const void *b, size_t length)
{
    const uint8_t *x = a, *y = b;
    if (length > ARGOT_SHORT_MAX)
        return !memcmp(x, y, length);
    if (length > 16)
        return argot_short_same_words(x, y) && argot_short_same_words(x + 8, y + 8) &&
               argot_short_same_words(x + length - 16, y + length - 16) &&
               argot_short_same_words(x + length - 8, y + length - 8);
    if (length >= 8)
        return argot_short_same_words(x, y) && argot_short_same_words(x + length - 8, y + length - 8);
    if (length >= 4)
        return argot_short_same_halves(x, y) && argot_short_same_halves(x + length - 4, y + length - 4);
    for (; length; x++, y++, length--)
        if (*x != *y)
            return false;
    return true;
}

/* memcpy, of bytes that do not overlap. */
static inline void
argot_short_copy(void *to, const void *from, size_t length)
{
    uint64_t words[4];
    uint32_t halves[2];
    uint8_t *t = to;
    const uint8_t *f = from;
    if (length > ARGOT_SHORT_MAX) {
        memcpy(t, f, length);
    } else if (length >= 16) {
        memcpy(words, f, 16);
        memcpy(words + 2, f + length - 16, 16);
        memcpy(t, words, 16);
        memcpy(t + length - 16, words + 2, 16);
    } else if (length >= 8) {
        memcpy(words, f, 8);
        memcpy(words + 1, f + length - 8, 8);
        memcpy(t, words, 8);
        memcpy(t + length - 8, words + 1, 8);
    } else if (length >= 4) {
        memcpy(halves, f, 4);
        memcpy(halves + 1, f + length - 4, 4);
        memcpy(t, halves, 4);
        memcpy(t + length - 4, halves + 1, 4);
    } else {
        for (size_t i = 0; i < length; i++)
            t[i] = f[i];
    }
}
