/* SPDX-License-Identifier: Apache-2.0
 * Values as text. Digits are written two or three at a time; the part of a time up to its second comes from the clock
 * where the second is the one before, and its date where the day is. */
#include "event/format.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S 1000000000
#define S_PER_DAY 86400
#define FRACTION_DIGITS 9
#define MAX_EXACT 9007199254740992.0 /* 2^53: every integer up to here is a double */
#define MAX_DECIMALS 9               /* digits behind the point that are tried without the C library */

static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                            "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                            "8081828384858687888990919293949596979899";
static const char hex[] = "0123456789abcdef";

#define ONE(h, t, o, zeros) #h #t #o zeros
#define TEN(h, t, zeros)                                                                                               \
    ONE(h, t, 0, zeros)                                                                                                \
    ONE(h, t, 1, zeros)                                                                                                \
    ONE(h, t, 2, zeros)                                                                                                \
    ONE(h, t, 3, zeros)                                                                                                \
    ONE(h, t, 4, zeros)                                                                                                \
    ONE(h, t, 5, zeros)                                                                                                \
    ONE(h, t, 6, zeros) ONE(h, t, 7, zeros) ONE(h, t, 8, zeros) ONE(h, t, 9, zeros)
#define NINETY(h, zeros)                                                                                               \
    TEN(h, 1, zeros)                                                                                                   \
    TEN(h, 2, zeros)                                                                                                   \
    TEN(h, 3, zeros)                                                                                                   \
    TEN(h, 4, zeros) TEN(h, 5, zeros) TEN(h, 6, zeros) TEN(h, 7, zeros) TEN(h, 8, zeros) TEN(h, 9, zeros)
#define HUNDRED(h) TEN(h, 0, "\0") NINETY(h, "\0")

const char argot_format_threes[ARGOT_FORMAT_THREES * 4 + 1] = TEN(0, 0, "\2") NINETY(0, "\1") HUNDRED(1) HUNDRED(2)
    HUNDRED(3) HUNDRED(4) HUNDRED(5) HUNDRED(6) HUNDRED(7) HUNDRED(8) HUNDRED(9);

static char *
put_pair(char *to, uint32_t number)
{
    memcpy(to, pairs + 2 * number, 2);
    return to + 2;
}

static unsigned
count_digits(uint64_t value)
{
    for (unsigned count = 1;; count += 4, value /= 10000) {
        if (value < 100)
            return count + (value >= 10);
        if (value < 10000)
            return count + 2 + (value >= 1000);
    }
}

static char *
put_u64(char *to, uint64_t value)
{
    char *end = to + count_digits(value), *at = end;
    for (; value >= 100; value /= 100)
        memcpy(at -= 2, pairs + 2 * (value % 100), 2);
    if (value >= 10)
        memcpy(to, pairs + 2 * value, 2);
    else
        *to = (char)('0' + value);
    return end;
}

size_t
argot_format_large(uint64_t value, char *text)
{
    return (size_t)(put_u64(text, value) - text);
}

size_t
argot_format_i64(int64_t value, char *text)
{
    if (value >= 0)
        return argot_format_u64((uint64_t)value, text);
    *text = '-';
    return 1 + argot_format_u64(0 - (uint64_t)value, text + 1);
}

/* ---- floats ---- */

/* Digits of a fraction of `digits` digits without the zeros at its end. */
static char *
put_fraction(char *to, uint64_t fraction, int digits)
{
    for (; digits && fraction % 10 == 0; digits--)
        fraction /= 10;
    for (int i = digits; i-- > 0; fraction /= 10)
        to[i] = (char)('0' + fraction % 10);
    return to + digits;
}

/* value >= 0. A quotient of an integer below 2^53 by a power of ten is rounded as the decimal text would be, so where
 * it equals the value the text reads back as the value. 0 when the value is no such decimal. */
static size_t
put_decimal(double value, char *text)
{
    static const double powers[MAX_DECIMALS + 1] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    static const uint64_t divisors[MAX_DECIMALS + 1] = {1,      10,      100,      1000,      10000,
                                                        100000, 1000000, 10000000, 100000000, NS_PER_S};
    for (int i = 0; i <= MAX_DECIMALS; i++) {
        double scaled = value * powers[i];
        if (scaled >= MAX_EXACT)
            return 0;
        uint64_t number = (uint64_t)(scaled + 0.5);
        if ((double)number / powers[i] != value)
            continue;
        char *to = put_u64(text, number / divisors[i]);
        if (i) {
            *to++ = '.';
            to = put_fraction(to, number % divisors[i], i);
        }
        return (size_t)(to - text);
    }
    return 0;
}

size_t
argot_format_double(double value, char *text)
{
    if (!(value - value == 0)) { /* infinite, or no number */
        memcpy(text, "null", 4);
        return 4;
    }
    size_t sign = 0;
    if (__builtin_signbit(value)) {
        text[sign++] = '-';
        value = -value;
    }
    size_t length = put_decimal(value, text + sign);
    for (int digits = 15; !length && digits <= 17; digits++) {
        int written = snprintf(text + sign, ARGOT_FORMAT_ROOM - sign, "%.*g", digits, value);
        if (digits == 17 || strtod(text + sign, NULL) == value)
            length = (size_t)written;
    }
    return sign + length;
}

/* ---- addresses ---- */

static char *
put_group(char *to, uint32_t group)
{
    int shift = group > 0xfff ? 12 : group > 0xff ? 8 : group > 0xf ? 4 : 0;
    for (; shift >= 0; shift -= 4)
        *to++ = hex[group >> shift & 15];
    return to;
}

/* The first of the longest runs of at least two zero groups (RFC 5952, section 4.2); its length, or 0. */
static int
find_gap(const uint32_t groups[8], int *begin)
{
    int longest = 1;
    for (int i = 0; i < 8; i++) {
        int run = 0;
        while (i + run < 8 && !groups[i + run])
            run++;
        if (run > longest) {
            longest = run;
            *begin = i;
        }
        i += run;
    }
    return longest > 1 ? longest : 0;
}

size_t
argot_format_groups(const uint8_t ip[16], char *text)
{
    char *to = text;
    uint32_t groups[8];
    for (int i = 0; i < 8; i++)
        groups[i] = (uint32_t)ip[2 * i] << 8 | ip[2 * i + 1];
    int begin = 8, gap = find_gap(groups, &begin);
    for (int i = 0; i < 8; i++) {
        if (gap && i == begin) {
            *to++ = ':';
            i += gap - 1;
            if (i == 7)
                *to++ = ':';
            continue;
        }
        if (i)
            *to++ = ':';
        to = put_group(to, groups[i]);
    }
    return (size_t)(to - text);
}

size_t
argot_format_mac(uint64_t mac, char *text)
{
    for (int i = 0; i < 6; i++) {
        uint32_t octet = (uint32_t)(mac >> (40 - 8 * i) & 0xff);
        text[3 * i] = hex[octet >> 4];
        text[3 * i + 1] = hex[octet & 15];
        if (i < 5)
            text[3 * i + 2] = ':';
    }
    return 17;
}

/* ---- times ---- */

/* Days since 1970-01-01 to a date in the proleptic Gregorian calendar, counted in years that begin in March. */
static char *
put_date(char *to, int64_t days)
{
    int64_t since = days + 719468; /* from 0000-03-01 */
    int64_t era = (since >= 0 ? since : since - 146096) / 146097;
    uint32_t day_of_era = (uint32_t)(since - era * 146097);
    uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t shifted = (5 * day_of_year + 2) / 153;
    uint32_t day = day_of_year - (153 * shifted + 2) / 5 + 1;
    uint32_t month = shifted < 10 ? shifted + 3 : shifted - 9;
    /* 64 bits of nanoseconds reach from 1677 to 2262. */
    uint32_t year = (uint32_t)(era * 400) + year_of_era + (month <= 2);
    to = put_pair(put_pair(to, year / 100), year % 100);
    *to++ = '-';
    to = put_pair(to, month);
    *to++ = '-';
    return put_pair(to, day);
}

#define DATE_BYTES 10 /* 2026-03-03 */

static void
put_second(struct argot_format_clock *clock, int64_t second)
{
    int64_t day = second / S_PER_DAY, rest = second % S_PER_DAY;
    if (rest < 0) {
        rest += S_PER_DAY;
        day--;
    }
    uint32_t seconds = (uint32_t)rest;
    if (day != clock->day || !clock->text[0])
        put_date(clock->text, day);
    clock->day = day;
    char *to = clock->text + DATE_BYTES;
    *to++ = 'T';
    to = put_pair(to, seconds / 3600);
    *to++ = ':';
    to = put_pair(to, seconds / 60 % 60);
    *to++ = ':';
    to = put_pair(to, seconds % 60);
    *to = 'Z';
}

/* All nine digits, then back over the zeros. */
static char *
put_ns(char *to, uint32_t ns)
{
    *to = (char)('0' + ns / 100000000);
    uint32_t upper = ns / 10000 % 10000, lower = ns % 10000;
    put_pair(put_pair(to + 1, upper / 100), upper % 100);
    put_pair(put_pair(to + 5, lower / 100), lower % 100);
    for (to += FRACTION_DIGITS; to[-1] == '0';)
        to--;
    return to;
}

size_t
argot_format_clock_turn(struct argot_format_clock *clock, argot_time time, char *text)
{
    int64_t second = time / NS_PER_S, ns = time % NS_PER_S;
    if (ns < 0) {
        ns += NS_PER_S;
        second--;
    }
    if (second != clock->second || !clock->text[0]) {
        put_second(clock, second);
        clock->second = second;
        clock->begin = (argot_time)((uint64_t)second * NS_PER_S);
    }
    memcpy(text, clock->text, sizeof clock->text);
    if (second < INT64_MIN / NS_PER_S)
        clock->text[0] = 0; /* there is no time for the begin of the first second that there is */
    if (!ns)
        return ARGOT_FORMAT_SECOND;
    char *to = text + ARGOT_FORMAT_SECOND;
    to[-1] = '.';
    to = put_ns(to, (uint32_t)ns);
    *to++ = 'Z';
    return (size_t)(to - text);
}

size_t
argot_format_time(argot_time time, char *text)
{
    struct argot_format_clock clock = {0};
    return argot_format_clock_time(&clock, time, text);
}
