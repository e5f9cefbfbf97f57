/* SPDX-License-Identifier: Apache-2.0
 * Texts to integers, floats, truth values and hardware addresses: own parsers, since those of the C
 * library skip blanks, take signs where there may be none and know locales. */
#include "decode/number.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_THAT_FIT 19 /* into 64 bits, whichever they are */

static bool
is_digit(uint8_t byte)
{
    return (uint8_t)(byte - '0') < 10;
}

bool
argot_number_digits(struct argot_slice text, uint64_t most, uint64_t *value)
{
    uint64_t number = 0;
    uint32_t i = 0;
    for (; i < text.length && i < DIGITS_THAT_FIT && is_digit(text.at[i]); i++)
        number = number * 10 + (uint64_t)(text.at[i] - '0');
    for (; i < text.length && is_digit(text.at[i]); i++)
        if (__builtin_mul_overflow(number, (uint64_t)10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(text.at[i] - '0'), &number))
            return false;
    if (!text.length || i < text.length || number > most)
        return false;
    *value = number;
    return true;
}

static bool
parse_hex(struct argot_slice text, uint64_t *value)
{
    uint64_t number = 0;
    if (!text.length)
        return false;
    for (uint32_t i = 0; i < text.length; i++) {
        uint8_t digit = argot_number_hex_digit(text.at[i]);
        if (digit > 15 || number >> 60)
            return false;
        number = number << 4 | digit;
    }
    *value = number;
    return true;
}

bool
argot_number_uint(struct argot_slice text, uint64_t *value)
{
    if (text.length > 2 && text.at[0] == '0' && (text.at[1] | 0x20) == 'x')
        return parse_hex((struct argot_slice){text.at + 2, text.length - 2}, value);
    return argot_number_digits(text, UINT64_MAX, value);
}

bool
argot_number_int(struct argot_slice text, int64_t *value)
{
    bool negative = text.length && text.at[0] == '-';
    if (negative || (text.length && text.at[0] == '+'))
        text = (struct argot_slice){text.at + 1, text.length - 1};
    uint64_t number;
    if (!argot_number_uint(text, &number) || number > (uint64_t)INT64_MAX + negative)
        return false;
    *value = negative ? (int64_t)(0 - number) : (int64_t)number;
    return true;
}

/* The parts of a decimal number. Digits before and behind the mark count as one row of `digits`,
 * whose first `whole` stand before the point. */
struct decimal {
    bool negative;
    const uint8_t *row; /* first digit */
    uint32_t whole;     /* digits before the mark */
    uint32_t digits;    /* all of them */
    int32_t exponent;   /* saturated */
};

#define EXPONENT_MAX 99999

static uint32_t
digit_at(const struct decimal *decimal, uint32_t i)
{
    return (uint32_t)(decimal->row[i < decimal->whole ? i : i + 1] - '0');
}

static uint32_t
count_digits(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *q = p;
    while (q < end && is_digit(*q))
        q++;
    return (uint32_t)(q - p);
}

static bool
split_exponent(const uint8_t *p, const uint8_t *end, int32_t *exponent)
{
    *exponent = 0;
    if (p == end)
        return true;
    if ((*p | 0x20) != 'e')
        return false;
    p++;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    uint32_t n = count_digits(p, end);
    if (!n || p + n != end)
        return false;
    for (; p < end; p++)
        if (*exponent < EXPONENT_MAX)
            *exponent = *exponent * 10 + (*p - '0');
    if (*exponent > EXPONENT_MAX)
        *exponent = EXPONENT_MAX;
    if (negative)
        *exponent = -*exponent;
    return true;
}

static bool
split_decimal(struct argot_slice text, uint8_t mark, bool bare_fraction, struct decimal *decimal)
{
    const uint8_t *p = text.at, *end = p + text.length;
    decimal->negative = p < end && *p == '-';
    if (decimal->negative)
        p++;
    decimal->row = p;
    decimal->whole = decimal->digits = count_digits(p, end);
    p += decimal->whole;
    if (!decimal->whole && !bare_fraction)
        return false;
    if (p < end && (*p == '.' || *p == mark)) {
        uint32_t fraction = count_digits(p + 1, end);
        if (!fraction)
            return false;
        decimal->digits += fraction;
        p += 1 + fraction;
    }
    return decimal->digits && split_exponent(p, end, &decimal->exponent);
}

/* The digits before the point; more than 20 that count do not fit. */
static bool
scale_whole(const struct decimal *decimal, int64_t point, uint64_t unit, uint64_t *value)
{
    uint64_t number = 0;
    for (int64_t i = 0; i < point; i++) {
        if (!number && i >= decimal->digits)
            break; /* nothing but zeros */
        uint64_t digit = i < decimal->digits ? digit_at(decimal, (uint32_t)i) : 0;
        if (__builtin_mul_overflow(number, (uint64_t)10, &number) || __builtin_add_overflow(number, digit, &number))
            return false;
    }
    return !__builtin_mul_overflow(number, unit, value);
}

/* The digits behind the point times unit: long multiplication from the right, where what leaves the
 * carry is what lies behind the point of the product. */
static uint64_t
scale_fraction(const struct decimal *decimal, int64_t point, uint64_t unit, bool *half)
{
    uint64_t carry = 0, left = 0;
    for (int64_t i = decimal->digits; i-- > (point > 0 ? point : 0);) {
        uint64_t product = digit_at(decimal, (uint32_t)i) * unit + carry;
        carry = product / 10;
        left = product % 10;
    }
    for (int64_t i = point; i < 0 && (carry || left); i++) {
        left = carry % 10;
        carry /= 10;
    }
    *half = left >= 5;
    return carry;
}

bool
argot_number_scaled(struct argot_slice text, uint64_t unit, uint8_t mark, bool cut, bool *negative, uint64_t *value)
{
    struct decimal decimal;
    if (!split_decimal(text, mark, false, &decimal))
        return false;
    int64_t point = (int64_t)decimal.whole + decimal.exponent;
    uint64_t whole;
    bool half;
    if (!scale_whole(&decimal, point, unit, &whole))
        return false;
    uint64_t fraction = scale_fraction(&decimal, point, unit, &half);
    if (half && !cut)
        fraction++;
    *negative = decimal.negative;
    return !__builtin_add_overflow(whole, fraction, value);
}

/* Up to 15 digits and a power of ten up to 22 are doubles exactly, so that one operation rounds
 * once (W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990). */
static bool
float_exact(const struct decimal *decimal, double *value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (decimal->digits > 15)
        return false;
    int32_t scale = decimal->exponent - (int32_t)(decimal->digits - decimal->whole);
    if (scale < -22 || scale > 22)
        return false;
    uint64_t number = 0;
    for (uint32_t i = 0; i < decimal->digits; i++)
        number = number * 10 + digit_at(decimal, i);
    double result = scale < 0 ? (double)number / powers[-scale] : (double)number * powers[scale];
    *value = decimal->negative ? -result : result;
    return true;
}

bool
argot_number_float(struct argot_slice text, double *value)
{
    struct decimal decimal;
    if (text.length > ARGOT_NUMBER_MAX_FLOAT_BYTES || !split_decimal(text, '.', true, &decimal))
        return false;
    if (float_exact(&decimal, value))
        return true;
    char copy[ARGOT_NUMBER_MAX_FLOAT_BYTES + 1];
    memcpy(copy, text.at, text.length);
    copy[text.length] = 0;
    *value = strtod(copy, NULL);
    return isfinite(*value);
}

static bool
is_word(struct argot_slice text, const char *word)
{
    uint32_t i = 0;
    for (; i < text.length && word[i]; i++)
        if ((text.at[i] | 0x20) != word[i])
            return false;
    return i == text.length && !word[i];
}

bool
argot_number_bool(struct argot_slice text, uint64_t *value)
{
    if (text.length == 1 && (*text.at == '0' || *text.at == '1')) {
        *value = *text.at == '1';
        return true;
    }
    *value = is_word(text, "true") || is_word(text, "yes");
    return *value || is_word(text, "false") || is_word(text, "no");
}

bool
argot_number_mac(struct argot_slice text, uint64_t *value)
{
    uint32_t group = text.length == 17 ? 2 : text.length == 14 ? 4 : 0;
    if (!group)
        return false;
    uint8_t mark = text.at[group];
    if (group == 2 ? mark != ':' && mark != '-' : mark != '.')
        return false;
    uint64_t number = 0;
    for (uint32_t i = 0; i < text.length; i++) {
        if (i % (group + 1) == group) {
            if (text.at[i] != mark)
                return false;
            continue;
        }
        uint8_t digit = argot_number_hex_digit(text.at[i]);
        if (digit > 15)
            return false;
        number = number << 4 | digit;
    }
    *value = number;
    return true;
}
