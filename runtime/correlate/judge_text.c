/* SPDX-License-Identifier: Apache-2.0
 * Texts: searching without regard to case, wildcards, characters. */
#include "correlate/judge_text.h"
#include "argot/lanes.h"
#include "base/utf8.h"

#define SHORT_PART 32 /* bytes of what is searched for without preparation */
#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t
load_word(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* ---- without regard to case ---- */

/* Upper-case letters of eight bytes made small: 0x20 is added where the byte lies between A and Z. */
static inline uint64_t
lower_word(uint64_t word)
{
    uint64_t low = word & EACH_BYTE(0x7f);
    uint64_t from = low + EACH_BYTE(0x80 - 'A'), beyond = low + EACH_BYTE(0x80 - 'Z' - 1);
    return word | ((from ^ beyond) & ~word & EACH_BYTE(0x80)) >> 2;
}

bool
argot_judge_text_same_folded(const uint8_t *a, const uint8_t *b, size_t length)
{
    size_t i = 0;
    for (; length - i >= sizeof(uint64_t); i += sizeof(uint64_t))
        if (lower_word(load_word(a + i)) != lower_word(load_word(b + i)))
            return false;
    for (; i < length; i++)
        if (argot_judge_text_lower(a[i]) != argot_judge_text_lower(b[i]))
            return false;
    return true;
}

/* ---- searching ---- */

#ifdef ARGOT_LANES
/* A byte; with `bit` set in it both cases of a letter. */
struct wanted {
    argot_lanes byte, bit;
};

static inline struct wanted
wanted_of(uint8_t byte, bool fold)
{
    uint8_t lower = fold ? argot_judge_text_lower(byte) : byte;
    bool letter = fold && (uint8_t)(lower - 'a') < 26;
    return (struct wanted){argot_lanes_of(lower), argot_lanes_of(letter ? 0x20 : 0)};
}

static inline argot_lanes
is_wanted(const uint8_t *at, struct wanted wanted)
{
    return (argot_lanes)((argot_lanes_load(at) | wanted.bit) == wanted.byte);
}

/* Blocks of places where the first and the last byte fit. *at: where the last block ended. */
static const uint8_t *
find_in_blocks(const uint8_t **at, const uint8_t *last, struct argot_slice part, bool fold)
{
    struct wanted head = wanted_of(part.at[0], fold), tail = wanted_of(part.at[part.length - 1], fold);
    for (; last - *at >= ARGOT_LANES - 1; *at += ARGOT_LANES) {
        argot_lanes fits = is_wanted(*at, head) & is_wanted(*at + part.length - 1, tail);
        for (unsigned mask = argot_lanes_mask(fits); mask; mask &= mask - 1) {
            const uint8_t *place = *at + __builtin_ctz(mask);
            if (argot_judge_text_same(place, part.at, part.length, fold))
                return place;
        }
    }
    return NULL;
}
#endif

/* part is not empty and not longer than the text. Time grows with both lengths at worst. */
static const uint8_t *
find_part(struct argot_slice text, struct argot_slice part, bool fold)
{
    const uint8_t *at = text.at, *last = text.at + (text.length - part.length);
#ifdef ARGOT_LANES
    const uint8_t *found = find_in_blocks(&at, last, part, fold);
    if (found)
        return found;
#endif
    uint8_t first = argot_judge_text_lower(part.at[0]);
    for (; at <= last; at++)
        if (argot_judge_text_lower(*at) == first && argot_judge_text_same(at, part.at, part.length, fold))
            return at;
    return NULL;
}

const uint8_t *
argot_judge_text_find(struct argot_slice text, struct argot_slice part, bool fold)
{
    if (!part.length)
        return text.at;
    if (part.length > text.length)
        return NULL;
    if (fold || part.length <= SHORT_PART)
        return find_part(text, part, fold);
    return memmem(text.at, text.length, part.at, part.length); /* linear, and slow to begin */
}

/* ---- parts ---- */

bool
argot_judge_text_starts(struct argot_slice text, struct argot_slice part, bool fold)
{
    return part.length <= text.length && argot_judge_text_same(text.at, part.at, part.length, fold);
}

bool
argot_judge_text_ends(struct argot_slice text, struct argot_slice part, bool fold)
{
    return part.length <= text.length &&
           argot_judge_text_same(text.at + (text.length - part.length), part.at, part.length, fold);
}

/* ---- wildcards ---- */

/* The text and how to compare it. */
struct subject {
    const uint8_t *begin, *end;
    bool fold;
};

/* Pieces without a run among them, from `at` on; returns the place behind them or NULL. A single character is one of
 * the text: nothing begins within it. */
static const uint8_t *
take_pieces(const struct subject *subject, const uint8_t *at, const struct argot_expr_wildcard *pieces, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct argot_expr_text *text = &pieces[i].text;
        if (pieces[i].kind == ARGOT_EXPR_WILDCARD_ONE) {
            if (at == subject->end || !argot_utf8_is_begin(subject->begin, at, subject->end))
                return NULL;
            at += argot_utf8_character(at, subject->end);
            continue;
        }
        if ((size_t)(subject->end - at) < text->length ||
            !argot_judge_text_same(at, (const uint8_t *)text->at, text->length, subject->fold))
            return NULL;
        at += text->length;
    }
    return at;
}

/* The first place from `at` on where the pieces fit; returns the place behind them or NULL. */
static const uint8_t *
find_pieces(const struct subject *subject, const uint8_t *at, const struct argot_expr_wildcard *pieces, uint32_t count)
{
    while (at <= subject->end) {
        if (pieces[0].kind == ARGOT_EXPR_WILDCARD_TEXT) {
            struct argot_slice rest = {at, (uint32_t)(subject->end - at)};
            struct argot_slice first = {(const uint8_t *)pieces[0].text.at, pieces[0].text.length};
            at = argot_judge_text_find(rest, first, subject->fold);
            if (!at)
                return NULL;
        }
        const uint8_t *behind = take_pieces(subject, at, pieces, count);
        if (behind)
            return behind;
        at++;
    }
    return NULL;
}

static uint32_t
count_until_run(const struct argot_expr_wildcard *pieces, uint32_t count)
{
    uint32_t i = 0;
    while (i < count && pieces[i].kind != ARGOT_EXPR_WILDCARD_RUN)
        i++;
    return i;
}

/* Pieces without a run, ending where the text ends. Backwards, since the place where they begin is not known. */
static const uint8_t *
take_pieces_back(const struct subject *subject, const uint8_t *at, const struct argot_expr_wildcard *pieces,
                 uint32_t count)
{
    const uint8_t *end = subject->end;
    for (uint32_t i = count; i-- > 0;) {
        const struct argot_expr_text *text = &pieces[i].text;
        if (pieces[i].kind == ARGOT_EXPR_WILDCARD_ONE) {
            if (end == at || !argot_utf8_is_begin(subject->begin, end, subject->end))
                return NULL;
            do
                end--;
            while (end > at && !argot_utf8_is_begin(subject->begin, end, subject->end));
            if (!argot_utf8_is_begin(subject->begin, end, subject->end))
                return NULL;
            continue;
        }
        if ((size_t)(end - at) < text->length ||
            !argot_judge_text_same(end - text->length, (const uint8_t *)text->at, text->length, subject->fold))
            return NULL;
        end -= text->length;
    }
    return end;
}

/* A part between runs takes the first place where it fits: wherever the others fit behind a later place, they fit
 * behind this one too. */
bool
argot_judge_text_like(struct argot_slice text, const struct argot_expr_wildcard *pieces, uint32_t count, bool fold)
{
    static const uint8_t nothing[1];
    const uint8_t *begin = text.at ? text.at : nothing;
    struct subject subject = {begin, begin + text.length, fold};
    uint32_t some = count_until_run(pieces, count);
    const uint8_t *at = take_pieces(&subject, subject.begin, pieces, some);
    if (!at || some == count)
        return at == subject.end;
    for (;;) {
        pieces += some + 1;
        count -= some + 1;
        some = count_until_run(pieces, count);
        if (some == count)
            return take_pieces_back(&subject, at, pieces, count) != NULL;
        at = some ? find_pieces(&subject, at, pieces, some) : at;
        if (!at)
            return false;
    }
}

/* ---- characters ---- */

static bool
is_ascii(const uint8_t *at, const uint8_t *end)
{
    return end - at >= (ptrdiff_t)sizeof(uint64_t) && !(load_word(at) & EACH_BYTE(0x80));
}

uint64_t
argot_judge_text_characters(struct argot_slice text)
{
    uint64_t count = 0;
    const uint8_t *at = text.at, *end = text.length ? text.at + text.length : text.at;
    while (at < end) {
        unsigned step = is_ascii(at, end) ? sizeof(uint64_t) : argot_utf8_character(at, end);
        count += is_ascii(at, end) ? step : 1;
        at += step;
    }
    return count;
}

const uint8_t *
argot_judge_text_character(struct argot_slice text, uint64_t index)
{
    const uint8_t *at = text.at, *end = text.length ? text.at + text.length : text.at;
    while (at < end && index) {
        bool eight = index >= sizeof(uint64_t) && is_ascii(at, end);
        at += eight ? sizeof(uint64_t) : argot_utf8_character(at, end);
        index -= eight ? sizeof(uint64_t) : 1;
    }
    return at;
}
