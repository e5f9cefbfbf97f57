/* SPDX-License-Identifier: Apache-2.0
 * The inline primitives of generated extractors: where a field of each kind ends. Each takes the place `p` and the end
 * of the line `e`, behind which no byte counts, and returns the place behind the field; a field that does not begin at
 * p gives p (runs) or NULL (shapes). They decide extents only: values are checked by the runtime's decoders, which
 * accept the same grammars and check the ranges. Documented in docs/format-language.md, "Where a field ends". */
#pragma once
#include "argot/backwards.h"
#include "argot/lanes.h"
#include "argot/normalizer.h"
#include <stddef.h>
#include <string.h>

#define ARGOT_LEX static inline __attribute__((unused))
/* What is short and frequent, and what is seldom called. */
#define ARGOT_LEX_HOT static inline __attribute__((unused, always_inline))
#define ARGOT_LEX_COLD static __attribute__((unused, noinline))

/* Inlined always: with a constant text it is a comparison of a word or two. Mostly the text does not stand there, which
 * bytes tell before the length: those of a short one may lie behind e, and the first of a long (ARGOT_PADDING). */
#define ARGOT_LEX_WORD_BYTES 8
ARGOT_LEX_HOT bool
argot_lex_is(const uint8_t *p, const uint8_t *e, const char *text, size_t length)
{
    if (length && length <= ARGOT_LEX_WORD_BYTES)
        return !memcmp(p, text, length) && e - p >= (ptrdiff_t)length;
    return (!length || *p == (uint8_t)*text) && e - p >= (ptrdiff_t)length && !memcmp(p, text, length);
}

ARGOT_LEX bool
argot_lex_in(const uint64_t set[4], uint8_t byte)
{
    return set[byte >> 6] >> (byte & 63) & 1;
}

ARGOT_LEX bool
argot_lex_digit(uint8_t byte)
{
    return (uint8_t)(byte - '0') < 10;
}

/* A place to come back to when what was chosen there does not fit further on, and which choice it was. */
struct argot_back {
    const uint8_t *at;
    unsigned to;
};
#define ARGOT_PUSH(place, choice) (back[n].at = (place), back[n++].to = (choice))
/* Remembers the furthest place that did not fit, and what was due there. */
#define ARGOT_REACHED(place, what)                                                                                     \
    do {                                                                                                               \
        if ((uintptr_t)(place) > (uintptr_t)far) {                                                                     \
            far = (place);                                                                                             \
            expected = (what);                                                                                         \
        }                                                                                                              \
    } while (0)
/* The same, and goes the next way. */
#define ARGOT_FAIL(place, what, way)                                                                                   \
    do {                                                                                                               \
        ARGOT_REACHED(place, what);                                                                                    \
        goto way;                                                                                                      \
    } while (0)

/* Whether a rest is known not to begin at the place or further right; that it is from now on; whether it is known not
 * to begin at the place itself; and whether so, and else it begins there. */
#define ARGOT_IS_DEAD(place, rest) ((size_t)(e - (place)) < s->dead_ends[rest])
#define ARGOT_DIES(place, rest) (s->dead_ends[rest] = (uint32_t)(e - (place)) + 1)
#define ARGOT_IS_VAIN(place, rest) (ARGOT_IS_DEAD(place, rest) || s->begun[rest] == (uint32_t)(e - (place)) + 1)
#define ARGOT_BEGIN_OR_VAIN(place, rest)                                                                               \
    (ARGOT_IS_VAIN(place, rest) || (s->begun[rest] = (uint32_t)(e - (place)) + 1, false))

/* ---- searches ---- */

/* The first of three bytes (give one twice to look for fewer), or e. Reads up to 31 bytes behind e. */
ARGOT_LEX const uint8_t *
argot_lex_find_any(const uint8_t *p, const uint8_t *e, uint8_t a, uint8_t b, uint8_t c)
{
#ifdef ARGOT_LANES
    const argot_lanes x = argot_lanes_of(a), y = argot_lanes_of(b), z = argot_lanes_of(c);
    for (; p < e; p += 32) {
        unsigned hits = argot_lanes_hits(p, x, y, z) | argot_lanes_hits(p + 16, x, y, z) << 16;
        if (hits) {
            const uint8_t *at = p + __builtin_ctz(hits);
            return at < e ? at : e;
        }
    }
    return e;
#else
    while (p < e && *p != a && *p != b && *p != c)
        p++;
    return p;
#endif
}

/* The same, of what mostly stands near. */
ARGOT_LEX_HOT const uint8_t *
argot_lex_find_near(const uint8_t *p, const uint8_t *e, uint8_t a, uint8_t b, uint8_t c)
{
#ifdef ARGOT_LANES
    if (p < e) {
        unsigned hits = argot_lanes_hits(p, argot_lanes_of(a), argot_lanes_of(b), argot_lanes_of(c));
        p += hits ? __builtin_ctz(hits) : 16;
        if (hits)
            return p < e ? p : e;
    }
#endif
    return argot_lex_find_any(p, e, a, b, c);
}

/* The first byte c, or e. */
ARGOT_LEX const uint8_t *
argot_lex_find_byte(const uint8_t *p, const uint8_t *e, uint8_t c)
{
    return argot_lex_find_any(p, e, c, c, c);
}

/* A search that goes on behind each place it found, which a hostile line has many of: what was seen of a block of 32
 * bytes is kept. */
struct argot_lex_search {
    const uint8_t *block;
    unsigned hits; /* of the block, that were not given yet */
};

ARGOT_LEX unsigned
argot_lex_block_hits(const uint8_t *p, const uint8_t *e, uint8_t a, uint8_t b, uint8_t c)
{
    unsigned hits = 0;
#ifdef ARGOT_LANES
    const argot_lanes x = argot_lanes_of(a), y = argot_lanes_of(b), z = argot_lanes_of(c);
    (void)e;
    hits = argot_lanes_hits(p, x, y, z) | argot_lanes_hits(p + 16, x, y, z) << 16;
#else
    for (unsigned i = 0; i < 32 && p + i < e; i++)
        hits |= (unsigned)(p[i] == a || p[i] == b || p[i] == c) << i;
#endif
    return hits;
}

ARGOT_LEX struct argot_lex_search
argot_lex_search_from(const uint8_t *p, const uint8_t *e, uint8_t a, uint8_t b, uint8_t c)
{
    return (struct argot_lex_search){p, p < e ? argot_lex_block_hits(p, e, a, b, c) : 0};
}

/* The next of three bytes, or e. */
ARGOT_LEX const uint8_t *
argot_lex_search_next(struct argot_lex_search *search, const uint8_t *e, uint8_t a, uint8_t b, uint8_t c)
{
    while (!search->hits) {
        if (e - search->block <= 32)
            return e;
        search->block += 32;
        search->hits = argot_lex_block_hits(search->block, e, a, b, c);
    }
    const uint8_t *at = search->block + __builtin_ctz(search->hits);
    search->hits &= search->hits - 1;
    return at < e ? at : e;
}

/* Of a text of three bytes or fewer all are looked at with its first and last, of others the one that logs hold least
 * often, `rare`. */
ARGOT_LEX size_t
argot_lex_middle(size_t length, size_t rare)
{
    return length <= 3 ? length / 2 : rare;
}

/* Whether a text of which the first, the middle and the last byte stand there does. */
ARGOT_LEX bool
argot_lex_rest_is(const uint8_t *p, const char *text, size_t length)
{
    return length <= 3 || !memcmp(p, text, length);
}

#ifdef ARGOT_LANES
/* A bit for each of 16 places where the first, the middle and the last byte of the text stand. */
ARGOT_LEX unsigned
argot_lex_three(const uint8_t *p, const char *text, size_t middle, size_t last)
{
    argot_lanes a = (argot_lanes)(argot_lanes_load(p) == argot_lanes_of((uint8_t)text[0]));
    argot_lanes b = (argot_lanes)(argot_lanes_load(p + middle) == argot_lanes_of((uint8_t)text[middle]));
    argot_lanes c = (argot_lanes)(argot_lanes_load(p + last) == argot_lanes_of((uint8_t)text[last]));
    return argot_lanes_mask(a & b & c);
}
#endif

/* The first place where the text stands, or NULL. rare: the index of its byte that logs hold least often. Reads up to
 * 31 bytes behind e. */
ARGOT_LEX const uint8_t *
argot_lex_find(const uint8_t *p, const uint8_t *e, const char *text, size_t length, size_t rare)
{
#ifdef ARGOT_LANES
    size_t middle = argot_lex_middle(length, rare), last = length - 1;
    for (; e - p >= (ptrdiff_t)length; p += 32) {
        unsigned hits = argot_lex_three(p, text, middle, last) | argot_lex_three(p + 16, text, middle, last) << 16;
        for (; hits; hits &= hits - 1) {
            const uint8_t *at = p + __builtin_ctz(hits);
            if (e - at < (ptrdiff_t)length)
                return NULL;
            if (argot_lex_rest_is(at, text, length))
                return at;
        }
    }
#else
    for (; e - p >= (ptrdiff_t)length; p++)
        if (p[rare] == (uint8_t)text[rare] && !memcmp(p, text, length))
            return p;
#endif
    return NULL;
}

/* The last place from p to q where the text stands, or NULL. */
ARGOT_LEX const uint8_t *
argot_lex_find_last(const uint8_t *p, const uint8_t *q, const uint8_t *e, const char *text, size_t length, size_t rare)
{
    if ((size_t)(e - p) < length)
        return NULL;
    if ((size_t)(e - q) < length)
        q = e - length;
#ifdef ARGOT_LANES
    size_t middle = argot_lex_middle(length, rare);
    for (; q - p >= 15; q -= 16) {
        unsigned hits = argot_lex_three(q - 15, text, middle, length - 1);
        while (hits) {
            int last = 31 - __builtin_clz(hits);
            if (argot_lex_rest_is(q - 15 + last, text, length))
                return q - 15 + last;
            hits &= ~(1u << last);
        }
    }
#endif
    for (; q >= p; q--)
        if (q[rare] == (uint8_t)text[rare] && !memcmp(q, text, length))
            return q;
    return NULL;
}

/* ---- classes that many formats share ---- */

enum argot_lex_class { ARGOT_LEX_HOST = 1, ARGOT_LEX_WORD = 2, ARGOT_LEX_ADDRESS = 4 };

/* The classes of each byte: host none of blank, tab " ' , ; ( ) < > [ ] { }; word neither blank nor tab; address hex
 * digits, colon and dot. */
static const uint8_t argot_lex_classes[256] __attribute__((unused)) = {
    3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 3, 2, 3, 3,
    3, 3, 2, 2, 2, 3, 3, 2, 3, 7, 3, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 2, 2, 3, 2, 3, 3, 7, 7, 7, 7, 7, 7, 3, 3, 3,
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 3, 2, 3, 3, 3, 7, 7, 7, 7, 7, 7, 3, 3, 3, 3, 3, 3, 3, 3,
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 3, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
};

ARGOT_LEX bool
argot_lex_is_in(uint8_t byte, enum argot_lex_class class)
{
    return argot_lex_classes[byte] & class;
}

/* The end of a run of bytes in whose entries a bit is set, from a place not behind e. Runs are short: so only at each
 * fourth byte it is asked where e is, and ARGOT_PADDING covers that. */
ARGOT_LEX_HOT const uint8_t *
argot_lex_table_rest(const uint8_t *p, const uint8_t *e, const uint8_t table[256], uint8_t bit)
{
    for (; table[p[0]] & bit && p < e; p += 4) {
        if (!(table[p[1]] & bit))
            return p + 1 < e ? p + 1 : e;
        if (!(table[p[2]] & bit))
            return p + 2 < e ? p + 2 : e;
        if (!(table[p[3]] & bit))
            return p + 3 < e ? p + 3 : e;
    }
    return p < e ? p : e;
}

/* The same from any place. */
ARGOT_LEX_HOT const uint8_t *
argot_lex_table_run(const uint8_t *p, const uint8_t *e, const uint8_t table[256], uint8_t bit)
{
    return p < e ? argot_lex_table_rest(p, e, table, bit) : p;
}

/* The same from a place p, not behind e, at which such a run mostly ends. */
ARGOT_LEX_HOT const uint8_t *
argot_lex_table_on(const uint8_t *p, const uint8_t *e, const uint8_t table[256], uint8_t bit)
{
    return __builtin_expect(!(table[*p] & bit), true) ? p : argot_lex_table_rest(p, e, table, bit);
}

ARGOT_LEX const uint8_t *
argot_lex_class_run(const uint8_t *p, const uint8_t *e, enum argot_lex_class class)
{
    while (p < e && argot_lex_classes[*p] & class)
        p++;
    return p;
}

ARGOT_LEX const uint8_t *
argot_lex_word(const uint8_t *p, const uint8_t *e)
{
    return argot_lex_find_near(p, e, ' ', '\t', ' ');
}

ARGOT_LEX const uint8_t *
argot_lex_blanks(const uint8_t *p, const uint8_t *e)
{
    if (*p == ' ' && p[1] > ' ') /* as mostly */
        return p + (p < e);
    while (p < e && (*p == ' ' || *p == '\t'))
        p++;
    return p;
}

/* The end of p..q less the blanks before it. */
ARGOT_LEX const uint8_t *
argot_lex_cut_blanks(const uint8_t *p, const uint8_t *q)
{
    while (q > p && (q[-1] == ' ' || q[-1] == '\t'))
        q--;
    return q;
}

/* ---- typed fields ---- */

ARGOT_LEX const uint8_t *
argot_lex_digits(const uint8_t *p, const uint8_t *e)
{
    while (p < e && argot_lex_digit(*p))
        p++;
    return p;
}

/* Of digits that may be many: reads up to 15 bytes behind e. */
ARGOT_LEX const uint8_t *
argot_lex_uint(const uint8_t *p, const uint8_t *e)
{
    if (e - p > 2 && p[0] == '0' && (p[1] | 0x20) == 'x') {
        const uint8_t *q = p + 2;
        while (q < e && (argot_lex_digit(*q) || (uint8_t)((*q | 0x20) - 'a') < 6))
            q++;
        if (q > p + 2)
            return q;
    }
#ifdef ARGOT_LANES
    for (unsigned others = 0; p < e && !others; p += others ? __builtin_ctz(others) : 16)
        others = ~argot_lanes_digits(p) & 0xffff;
    p = p < e ? p : e;
#endif
    return argot_lex_digits(p, e);
}

ARGOT_LEX const uint8_t *
argot_lex_int(const uint8_t *p, const uint8_t *e)
{
    const uint8_t *digits = p < e && (*p == '-' || *p == '+') ? p + 1 : p;
    const uint8_t *q = argot_lex_uint(digits, e);
    return q == digits ? p : q;
}

ARGOT_LEX const uint8_t *
argot_lex_float(const uint8_t *p, const uint8_t *e)
{
    const uint8_t *q = p;
    while (q < e && (argot_lex_digit(*q) || *q == '.' || *q == '-' || *q == '+' || (*q | 0x20) == 'e'))
        q++;
    return q;
}

ARGOT_LEX const uint8_t *
argot_lex_address(const uint8_t *p, const uint8_t *e)
{
    return argot_lex_class_run(p, e, ARGOT_LEX_ADDRESS);
}

ARGOT_LEX const uint8_t *
argot_lex_mac(const uint8_t *p, const uint8_t *e)
{
    while (p < e && (argot_lex_is_in(*p, ARGOT_LEX_ADDRESS) || *p == '-'))
        p++;
    return p;
}

ARGOT_LEX const uint8_t *
argot_lex_bool(const uint8_t *p, const uint8_t *e)
{
    while (p < e && (argot_lex_digit(*p) || (uint8_t)((*p | 0x20) - 'a') < 26))
        p++;
    return p;
}

/* `-?[0-9]+(\.[0-9]+)?` */
ARGOT_LEX const uint8_t *
argot_lex_decimal(const uint8_t *p, const uint8_t *e)
{
    const uint8_t *digits = p < e && *p == '-' ? p + 1 : p;
    const uint8_t *q = argot_lex_digits(digits, e);
    if (q == digits)
        return p;
    if (q < e && *q == '.') {
        const uint8_t *fraction = argot_lex_digits(q + 1, e);
        if (fraction > q + 1)
            return fraction;
    }
    return q;
}

ARGOT_LEX const uint8_t *
argot_lex_clock(const uint8_t *p, const uint8_t *e)
{
    while (p < e && (argot_lex_digit(*p) || *p == ':' || *p == '.' || *p == 'h' || *p == 'm' || *p == 's'))
        p++;
    return p;
}

ARGOT_LEX const uint8_t *
argot_lex_pri(const uint8_t *p, const uint8_t *e)
{
    const uint8_t *q = argot_lex_digits(p, e - p > 3 ? p + 3 : e);
    return q;
}

/* `[0-9]+([.,][0-9]+)?` */
ARGOT_LEX const uint8_t *
argot_lex_epoch(const uint8_t *p, const uint8_t *e)
{
    const uint8_t *q = argot_lex_digits(p, e);
    if (q > p && q < e && (*q == '.' || *q == ',')) {
        const uint8_t *fraction = argot_lex_digits(q + 1, e);
        if (fraction > q + 1)
            return fraction;
    }
    return q;
}

/* ---- quoted ---- */
/* The first quote or backslash, or e: of long texts, in which most blocks hold neither. */
ARGOT_LEX_HOT const uint8_t *
argot_lex_find_quote(const uint8_t *p, const uint8_t *e, uint8_t quote)
{
#ifdef ARGOT_LANES
    const argot_lanes x = argot_lanes_of(quote), y = argot_lanes_of('\\');
    for (; p < e; p += 32) {
        argot_lanes a = argot_lanes_load(p), b = argot_lanes_load(p + 16);
        a = (argot_lanes)((a == x) | (a == y));
        b = (argot_lanes)((b == x) | (b == y));
        if (argot_lanes_mask(a | b)) {
            const uint8_t *at = p + __builtin_ctz(argot_lanes_mask(a) | argot_lanes_mask(b) << 16);
            return at < e ? at : e;
        }
    }
    return e;
#else
    return argot_lex_find_any(p, e, quote, '\\', quote);
#endif
}

/* The end of what is in quotes, from its first backslash on. */
ARGOT_LEX_COLD const uint8_t *
argot_lex_escaped(const uint8_t *p, const uint8_t *e, uint8_t quote)
{
    for (; p < e; p = argot_lex_find_any(p + 2, e, quote, '\\', quote))
        if (*p == quote)
            return p + 1;
    return NULL;
}

/* escaped: whether a backslash stands in it. */
ARGOT_LEX_HOT const uint8_t *
argot_lex_quoted(const uint8_t *p, const uint8_t *e, uint8_t quote, bool *escaped)
{
    *escaped = false;
    if (p >= e || *p != quote || (p = argot_lex_find_quote(p + 1, e, quote)) == e)
        return NULL;
    if (__builtin_expect(*p == quote, true))
        return p + 1;
    *escaped = true;
    return argot_lex_escaped(p, e, quote);
}

ARGOT_LEX const uint8_t *
argot_lex_quoted_csv(const uint8_t *p, const uint8_t *e)
{
    if (p >= e || *p != '"')
        return NULL;
    for (p++; p < e; p++) {
        if (*p != '"')
            continue;
        if (p + 1 == e || p[1] != '"')
            return p + 1;
        p++;
    }
    return NULL;
}

/* Host or endpoint: the run of host bytes; an endpoint may begin with an address in brackets. */
ARGOT_LEX const uint8_t *
argot_lex_bracketed(const uint8_t *p, const uint8_t *e)
{
    if (p < e && *p == '[') {
        const uint8_t *q = argot_lex_class_run(p + 1, e, ARGOT_LEX_HOST);
        if (q < e && *q == ']')
            return q + 1;
    }
    return p;
}

/* RFC 5424 section 6.3: `-`, or elements [id name="value" …] with \" \\ \] inside values. */
ARGOT_LEX const uint8_t *
argot_lex_sd(const uint8_t *p, const uint8_t *e)
{
    if (p < e && *p == '-')
        return p + 1;
    const uint8_t *done = NULL;
    while (p < e && *p == '[') {
        const uint8_t *q = p + 1;
        bool quoted = false;
        for (; q < e && (quoted || *q != ']'); q++) {
            if (*q == '"')
                quoted = !quoted;
            else if (quoted && *q == '\\' && q + 1 < e)
                q++;
        }
        if (q >= e)
            break;
        done = p = q + 1;
    }
    return done;
}

/* ---- times ---- */

/* The number of a month by its first three letters, from 1; 0 for none. The product sends each to a place of its own.
 */
ARGOT_LEX unsigned
argot_lex_month_number(const uint8_t *p)
{
#define MONTH(a, b, c) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16)
    static const struct {
        uint32_t name, number;
    } months[16] = {
        {MONTH('j', 'u', 'l'), 7},
        {MONTH('n', 'o', 'v'), 11},
        {0, 0},
        {MONTH('o', 'c', 't'), 10},
        {MONTH('m', 'a', 'y'), 5},
        {MONTH('d', 'e', 'c'), 12},
        {MONTH('m', 'a', 'r'), 3},
        {MONTH('a', 'p', 'r'), 4},
        {0, 0},
        {MONTH('s', 'e', 'p'), 9},
        {0, 0},
        {0, 0},
        {MONTH('j', 'a', 'n'), 1},
        {MONTH('j', 'u', 'n'), 6},
        {MONTH('f', 'e', 'b'), 2},
        {MONTH('a', 'u', 'g'), 8},
    };
    uint32_t name = MONTH(p[0], p[1], p[2]) | MONTH(0x20, 0x20, 0x20);
    uint32_t at = name * 0x67e4u >> 28;
#undef MONTH
    return months[at].name == name ? months[at].number : 0;
}

ARGOT_LEX const uint8_t *
argot_lex_month(const uint8_t *p, const uint8_t *e)
{
    return e - p >= 3 && argot_lex_month_number(p) ? p + 3 : NULL;
}

/* Exactly n digits, or NULL. */
ARGOT_LEX const uint8_t *
argot_lex_fixed(const uint8_t *p, const uint8_t *e, int n)
{
    if (!p || e - p < n)
        return NULL;
    for (int i = 0; i < n; i++)
        if (!argot_lex_digit(p[i]))
            return NULL;
    return p + n;
}

ARGOT_LEX const uint8_t *
argot_lex_mark(const uint8_t *p, const uint8_t *e, uint8_t c)
{
    return p && p < e && *p == c ? p + 1 : NULL;
}

/* HH:MM:SS */
ARGOT_LEX const uint8_t *
argot_lex_hms(const uint8_t *p, const uint8_t *e)
{
    if (!p || e - p < 8 || p[2] != ':' || p[5] != ':')
        return NULL;
    return argot_lex_digit(p[0]) && argot_lex_digit(p[1]) && argot_lex_digit(p[3]) && argot_lex_digit(p[4]) &&
                   argot_lex_digit(p[6]) && argot_lex_digit(p[7])
               ? p + 8
               : NULL;
}

/* A fraction behind one of two marks, if there is one. */
ARGOT_LEX const uint8_t *
argot_lex_fraction(const uint8_t *p, const uint8_t *e, uint8_t mark, uint8_t other)
{
    if (p && p < e && (*p == mark || *p == other)) {
        const uint8_t *q = argot_lex_digits(p + 1, e);
        if (q > p + 1)
            return q;
    }
    return p;
}

/* +hh:mm, +hhmm, +hh; or p. */
ARGOT_LEX const uint8_t *
argot_lex_offset(const uint8_t *p, const uint8_t *e)
{
    if (!p || p == e || (*p != '+' && *p != '-'))
        return p;
    const uint8_t *hours = argot_lex_fixed(p + 1, e, 2);
    if (!hours)
        return p;
    const uint8_t *minutes = argot_lex_fixed(hours < e && *hours == ':' ? hours + 1 : hours, e, 2);
    return minutes ? minutes : hours;
}

/* The usual dd/Mon/yyyy:HH:MM:SS +zzzz: the number of its month, from 1, or 0 for all other texts. */
ARGOT_LEX unsigned
argot_lex_clf_month(const uint8_t *p, const uint8_t *e)
{
#ifdef ARGOT_LANES
    /* Where the digits and the marks are in bytes 0 to 15 and 10 to 25. */
    const unsigned digits[2] = {0xb783, 0xf36d}, marks[2] = {0x4844, 0x0492};
    if (e - p < 26 || (p[21] != '+' && p[21] != '-'))
        return 0;
    const argot_lanes zero = argot_lanes_of('0'), nine = argot_lanes_of(9);
    const argot_lanes begin = {0, 0, '/', 0, 0, 0, '/', 0, 0, 0, 0, ':', 0, 0, ':', 0};
    const argot_lanes end = {0, ':', 0, 0, ':', 0, 0, ':', 0, 0, ' ', 0, 0, 0, 0, 0};
    argot_lanes a = argot_lanes_load(p), b = argot_lanes_load(p + 10);
    unsigned same = argot_lanes_mask((argot_lanes)(a == begin)) & marks[0];
    unsigned same_end = argot_lanes_mask((argot_lanes)(b == end)) & marks[1];
    same |= argot_lanes_mask((argot_lanes)(a - zero <= nine)) & digits[0];
    same_end |= argot_lanes_mask((argot_lanes)(b - zero <= nine)) & digits[1];
    return same == (digits[0] | marks[0]) && same_end == (digits[1] | marks[1]) ? argot_lex_month_number(p + 3) : 0;
#else
    (void)p, (void)e;
    return 0;
#endif
}

/* d[d]/Mon/yyyy:HH:MM:SS[.frac][ +zzzz] */
ARGOT_LEX const uint8_t *
argot_lex_clf(const uint8_t *p, const uint8_t *e)
{
    if (argot_lex_clf_month(p, e))
        return p + 26;
    const uint8_t *q = argot_lex_digits(p, e - p > 2 ? p + 2 : e);
    if (q == p || !(q = argot_lex_mark(q, e, '/')) || !(q = argot_lex_month(q, e)))
        return NULL;
    q = argot_lex_hms(argot_lex_mark(argot_lex_fixed(argot_lex_mark(q, e, '/'), e, 4), e, ':'), e);
    q = argot_lex_fraction(q, e, '.', '.');
    if (q && e - q > 2 && *q == ' ' && (q[1] == '+' || q[1] == '-')) {
        const uint8_t *zone = argot_lex_fixed(q + 2, e, 4);
        return zone ? zone : q;
    }
    return q;
}

/* Mon [ ]d[d] [yyyy ]HH:MM:SS[.frac] */
ARGOT_LEX const uint8_t *
argot_lex_rfc3164(const uint8_t *p, const uint8_t *e)
{
    const uint8_t *q = argot_lex_mark(argot_lex_month(p, e), e, ' ');
    if (!q)
        return NULL;
    if (q < e && *q == ' ')
        q++;
    const uint8_t *day = argot_lex_digits(q, e - q > 2 ? q + 2 : e);
    if (day == q || !(q = argot_lex_mark(day, e, ' ')))
        return NULL;
    const uint8_t *year = argot_lex_mark(argot_lex_fixed(q, e, 4), e, ' ');
    q = argot_lex_hms(year ? year : q, e);
    return argot_lex_fraction(q, e, '.', '.');
}

/* yyyy-mm-dd[T ]HH:MM:SS[.,frac][[ ]zone] */
ARGOT_LEX const uint8_t *
argot_lex_iso(const uint8_t *p, const uint8_t *e, bool blank)
{
    const uint8_t *q = argot_lex_mark(argot_lex_fixed(p, e, 4), e, '-');
    q = argot_lex_fixed(argot_lex_mark(argot_lex_fixed(q, e, 2), e, '-'), e, 2);
    if (!q || q == e || !(*q == 'T' || *q == 't' || (blank && *q == ' ')))
        return NULL;
    q = argot_lex_fraction(argot_lex_hms(q + 1, e), e, '.', ',');
    if (!q)
        return NULL;
    const uint8_t *zone = q < e && *q == ' ' ? q + 1 : q;
    if (zone < e && (*zone == 'Z' || *zone == 'z'))
        return zone == q || zone + 1 == e || !argot_lex_is_in(zone[1], ARGOT_LEX_HOST) ? zone + 1 : q;
    const uint8_t *offset = argot_lex_offset(zone, e);
    return offset > zone ? offset : q;
}

ARGOT_LEX bool
argot_lex_letter(uint8_t byte)
{
    return (uint8_t)((byte | 0x20) - 'a') < 26;
}

/* The longest of the names, compared without case, that is not followed by a letter; or NULL. Names of one list are
 * separated by a blank. */
ARGOT_LEX const uint8_t *
argot_lex_name(const uint8_t *p, const uint8_t *e, const char *names, bool whole)
{
    const uint8_t *best = NULL;
    while (*names) {
        size_t n = 0;
        bool fits = true;
        for (; names[n] && names[n] != ' '; n++)
            fits = fits && p + n < e && (p[n] | 0x20) == (names[n] | 0x20);
        if (fits && (!whole || p + n == e || !argot_lex_letter(p[n])) && (!best || p + n > best))
            best = p + n;
        names += n;
        while (*names == ' ')
            names++;
    }
    return best;
}

#define ARGOT_LEX_MONTHS "January February March April May June July August September October November December"
#define ARGOT_LEX_DAYS "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
#define ARGOT_LEX_DAYS3 "Mon Tue Wed Thu Fri Sat Sun"
#define ARGOT_LEX_ZONES "UTC GMT CET CEST BST JST IST EST EDT CST CDT MST MDT PST PDT AKST AKDT HST"

/* One strptime directive. */
ARGOT_LEX const uint8_t *
argot_lex_directive(uint8_t directive, const uint8_t *p, const uint8_t *e)
{
    const uint8_t *q;
    switch (directive) {
    case 'Y':
        return argot_lex_fixed(p, e, 4);
    case 'y':
    case 'm':
    case 'H':
    case 'I':
    case 'M':
    case 'S':
        return argot_lex_fixed(p, e, 2);
    case 'd':
    case 'e':
        if (p < e && *p == ' ')
            p++;
        q = argot_lex_digits(p, e - p > 2 ? p + 2 : e);
        return q > p ? q : NULL;
    case 'b':
        return argot_lex_month(p, e);
    case 'B':
        return argot_lex_name(p, e, ARGOT_LEX_MONTHS, false);
    case 'a':
        return argot_lex_name(p, e, ARGOT_LEX_DAYS3, false);
    case 'A':
        return argot_lex_name(p, e, ARGOT_LEX_DAYS, false);
    case 'p':
        return argot_lex_name(p, e, "AM PM", false);
    case 'f':
    case 's':
        q = argot_lex_digits(p, e);
        return q > p ? q : NULL;
    case 'z':
        if (p < e && (*p == 'Z' || *p == 'z'))
            return p + 1;
        q = argot_lex_offset(p, e);
        return q > p ? q : NULL;
    case 'Z':
        return argot_lex_name(p, e, ARGOT_LEX_ZONES, true);
    case 'F':
        q = argot_lex_mark(argot_lex_fixed(p, e, 4), e, '-');
        return argot_lex_fixed(argot_lex_mark(argot_lex_fixed(q, e, 2), e, '-'), e, 2);
    case 'T':
        return argot_lex_hms(p, e);
    case '%':
        return argot_lex_mark(p, e, '%');
    default:
        return NULL;
    }
}

ARGOT_LEX const uint8_t *
argot_lex_strptime(const uint8_t *p, const uint8_t *e, const char *directives, size_t length)
{
    for (size_t i = 0; i < length && p; i++) {
        if (directives[i] == '%' && i + 1 < length)
            p = argot_lex_directive((uint8_t)directives[++i], p, e);
        else
            p = argot_lex_mark(p, e, (uint8_t)directives[i]);
    }
    return p;
}
