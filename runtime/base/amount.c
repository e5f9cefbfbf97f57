/* SPDX-License-Identifier: Apache-2.0
 * Durations and sizes. A number without a unit is refused, since nobody could tell which one was meant. */
#include "base/amount.h"
#include <stdbool.h>
#include <string.h>

#define MAX_DURATION_NS ((uint64_t)INT64_MAX)

static const char duration_spelling[] = "durations are spelled like 500ms, 15m or 1h30m";
static const char size_spelling[] = "sizes are spelled like 500B, 64KiB or 200GB";

static const struct {
    const char *name;
    uint64_t ns;
} time_units[] = {
    {"ns", 1},           {"us", 1000},          {"ms", 1000000},        {"s", 1000000000},
    {"m", 60000000000u}, {"h", 3600000000000u}, {"d", 86400000000000u}, {"w", 604800000000000u},
};

/* How many digits there are; *number is what they say, and *fits whether 64 bits hold it. */
static size_t
read_digits(const char *at, const char *end, uint64_t *number, bool *fits)
{
    const char *from = at;
    *number = 0;
    *fits = true;
    for (; from < end && *from >= '0' && *from <= '9'; from++)
        if (__builtin_mul_overflow(*number, 10u, number) ||
            __builtin_add_overflow(*number, (uint64_t)(*from - '0'), number))
            *fits = false;
    return (size_t)(from - at);
}

static uint64_t
time_unit(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof time_units / sizeof *time_units; i++)
        if (strlen(time_units[i].name) == length && !memcmp(time_units[i].name, name, length))
            return time_units[i].ns;
    return 0;
}

const char *
argot_amount_duration(const char *text, size_t length, uint64_t *ns)
{
    uint64_t sum = 0, before = UINT64_MAX;
    for (const char *from = text, *end = text + length; from < end;) {
        uint64_t number, part;
        bool fits;
        size_t digits = read_digits(from, end, &number, &fits), letters = 0;
        while (from + digits + letters < end && (unsigned char)from[digits + letters] > '9')
            letters++;
        uint64_t unit = time_unit(from + digits, letters);
        if (!digits || !unit)
            return duration_spelling;
        if (!fits || __builtin_mul_overflow(number, unit, &part) || __builtin_add_overflow(sum, part, &sum) ||
            sum > MAX_DURATION_NS)
            return "durations end at 292 years";
        if (unit >= before)
            return "the units of a duration go from large to small";
        before = unit;
        from += digits + letters;
    }
    *ns = sum;
    return length ? NULL : duration_spelling;
}

const char *
argot_amount_size(const char *text, size_t length, uint64_t *bytes)
{
    static const char letters[] = "KMGTP";
    uint64_t number;
    bool fits;
    size_t at = read_digits(text, text + length, &number, &fits);
    if (!at || at == length || text[length - 1] != 'B')
        return size_spelling;
    const char *letter = at + 1 < length ? memchr(letters, text[at], sizeof letters - 1) : NULL;
    bool binary = letter && text[at + 1] == 'i';
    if (at + (letter ? 1 : 0) + binary + 1 != length)
        return size_spelling;
    for (ptrdiff_t i = 0; fits && letter && i <= letter - letters; i++)
        fits = !__builtin_mul_overflow(number, (uint64_t)(binary ? 1024 : 1000), &number);
    if (!fits)
        return "this size does not fit 64 bits";
    *bytes = number;
    return NULL;
}
