/* SPDX-License-Identifier: Apache-2.0
 * Numbers as texts. Each function takes the whole text or refuses it, in time linear in its length.
 * The grammars are those of "Where a field ends" in docs/format-language.md; a value out of its
 * type's range is refused too. */
#pragma once
#include "argot/normalizer.h"

/* Longest text that is read as a float; a longer one is no float. */
#define ARGOT_NUMBER_MAX_FLOAT_BYTES 1024

/* `[0-9]+|0[xX][0-9A-Fa-f]+`, and the same with a sign. */
bool argot_number_uint(struct argot_slice text, uint64_t *value);
bool argot_number_int(struct argot_slice text, int64_t *value);
/* `[0-9]+` up to `most`. */
bool argot_number_digits(struct argot_slice text, uint64_t most, uint64_t *value);
/* `-?[0-9]*\.?[0-9]+([eE][+-]?[0-9]+)?`, correctly rounded; what is too large for a double is
 * refused. */
bool argot_number_float(struct argot_slice text, double *value);
/* true false yes no 1 0, in any case. */
bool argot_number_bool(struct argot_slice text, uint64_t *value);
/* aa:bb:cc:dd:ee:ff, aa-bb-cc-dd-ee-ff or aabb.ccdd.eeff to 48 bits, the first octet highest. */
bool argot_number_mac(struct argot_slice text, uint64_t *value);

/* `-?[0-9]+(MARK[0-9]+)?([eE][+-]?[0-9]+)?` times `unit`, by decimal arithmetic on all digits: the
 * result is exact, or the nearest integer (half away from zero), or with `cut` the next towards
 * zero. MARK is `.` or `mark`. unit is at most ARGOT_NUMBER_MAX_UNIT. The exponent is for numbers
 * out of JSON, where 1.5e-05 is ordinary. */
#define ARGOT_NUMBER_MAX_UNIT 3600000000000u
bool argot_number_scaled(struct argot_slice text, uint64_t unit, uint8_t mark, bool cut, bool *negative,
                         uint64_t *value);

/* 0 to 15, or 255. */
static inline uint8_t
argot_number_hex_digit(uint8_t byte)
{
    if ((uint8_t)(byte - '0') < 10)
        return (uint8_t)(byte - '0');
    uint8_t letter = (uint8_t)((byte | 0x20) - 'a');
    return letter < 6 ? (uint8_t)(letter + 10) : 255;
}
