/* SPDX-License-Identifier: Apache-2.0
 * What a character is: a well-formed sequence of UTF-8 (Unicode, table 3-7), or a byte that belongs to none. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the sequence at `at` if it is well-formed, else 0. Its first byte is above 0x7f. */
static inline unsigned
argot_utf8_sequence(const uint8_t *at, const uint8_t *end)
{
    uint8_t first = at[0];
    size_t left = (size_t)(end - at);
    if (left < 2 || first < 0xc2 || first > 0xf4)
        return 0;
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < low || at[1] > high)
        return 0;
    unsigned length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (left < length)
        return 0;
    for (unsigned i = 2; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

/* Bytes of the character at `at`, which is before `end`. */
static inline unsigned
argot_utf8_character(const uint8_t *at, const uint8_t *end)
{
    unsigned length = *at < 0x80 ? 1 : argot_utf8_sequence(at, end);
    return length ? length : 1;
}

/* Whether a character begins at `at`, or the text ends there: it lies within no well-formed sequence. */
static inline bool
argot_utf8_is_begin(const uint8_t *begin, const uint8_t *at, const uint8_t *end)
{
    if (at == begin || at == end || (*at & 0xc0) != 0x80)
        return true;
    for (unsigned back = 1; back < 4 && back <= (size_t)(at - begin); back++)
        if (at[-(int)back] >= 0xc2)
            return argot_utf8_sequence(at - back, end) <= back;
        else if ((at[-(int)back] & 0xc0) != 0x80)
            return true;
    return true;
}
