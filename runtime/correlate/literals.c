/* SPDX-License-Identifier: Apache-2.0
 * Windows, the bitmap and the table behind it, and going over a value with them. */
#include "correlate/literals.h"
#include "correlate/judge_text.h"
#include <stdlib.h>

#define WIDTH 4u       /* bytes of a window; texts with fewer have shorter ones */
#define MAX_STRIDE 4u  /* windows are looked at so many bytes apart, where all texts are long enough */
#define PROBES 16u     /* places from begin and from end that are looked at, WIDTH bytes apart */
#define LEAST_BITS 10u /* of a bitmap */
#define MOST_BITS 24u  /* */
#define BITS_PER_WINDOW 64u
#define COUNTER_BITS 14u  /* ARGOT_LITERALS_COUNTERS */
#define COUNTED_WEIGHT 8u /* of a window that was counted once, beside the bytes' own of up to 24 */
#define MOST_OFFSETS 256u /* of a text, that are tried for its window */
#define FOLD 0x20202020u  /* makes both cases of a letter one, and other bytes alike that need not be */

struct bucket {
    uint32_t value;
    uint32_t from, count; /* places; count 0: free */
};

struct exact {
    uint32_t hash;    /* its upper half */
    uint32_t literal; /* from 1; 0: free */
};

/* A window with this value stands at this offset of this literal. */
struct place {
    uint32_t literal, offset;
};

struct window {
    uint32_t value;
    struct place place;
};

struct argot_literals {
    uint32_t count;
    const struct argot_literal *literals;
    struct exact *exact; /* EQUALS by hash */
    uint32_t exact_mask, shortest, longest;
    uint64_t *bits;
    unsigned shift; /* of a hash of 32 bits, to a bit's number */
    struct bucket *buckets;
    uint32_t bucket_mask;
    const struct place *places;
    unsigned stride;          /* 0: the value is not gone over */
    uint16_t starts, ends;    /* bit i: probe i */
    uint8_t all, first, last; /* bit i: for width i, below WIDTH, each place is looked at; the first; the last */
};

/* What is known while it is made. */
struct maker {
    struct argot_arena *arena;
    const struct argot_literals_counts *counts;
    struct argot_literals *texts;
    struct window *windows;
    uint32_t count;
    uint8_t weights[256]; /* by byte */
};

/* ---- windows ---- */

static inline uint32_t
load(const uint8_t *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word | FOLD;
}

static uint32_t
load_short(const uint8_t *at, unsigned width)
{
    uint32_t word = width * 0x3c6ef35fu;
    for (unsigned i = 0; i < width; i++)
        word = (word ^ (at[i] | 0x20u)) * 0x01000193u;
    return word;
}

static inline uint32_t
hash_of(uint32_t value)
{
    return value * 0x9e3779b1u;
}

static inline uint32_t
counter_of(uint32_t value)
{
    return hash_of(value) >> (32 - COUNTER_BITS);
}

static inline uint32_t
bucket_of(const struct argot_literals *texts, uint32_t value)
{
    uint32_t hash = (value ^ value >> 15) * 0x85ebca6bu;
    return (hash ^ hash >> 16) & texts->bucket_mask;
}

/* ---- which window of a text ---- */

/* How often bytes stand in texts of logs, roughly. */
static void
weigh_bytes(uint8_t weights[256])
{
    memset(weights, 2, 256);
    for (unsigned letter = 'a'; letter <= 'z'; letter++)
        weights[letter] = weights[letter - 0x20] = memchr("etaoinsrlcdm", (int)letter, 12) ? 6 : 4;
    memset(&weights['0'], 4, 10);
    for (const char *sign = " ./-_:\\="; *sign; sign++)
        weights[(uint8_t)*sign] = 6;
}

/* What was counted, and among equals what seems rare. */
static unsigned
weight_at(const struct maker *maker, const struct argot_literal *literal, uint32_t offset)
{
    unsigned weight = 0;
    const uint8_t *at = literal->text.at + offset;
    for (unsigned i = 0; i < WIDTH; i++)
        weight += maker->weights[at[i]];
    return maker->counts ? weight + COUNTED_WEIGHT * maker->counts->seen[counter_of(load(at))] : weight;
}

void
argot_literals_count(struct argot_literals_counts *counts, struct argot_slice text)
{
    uint32_t windows = text.length < WIDTH ? 0 : text.length - WIDTH + 1;
    for (uint32_t at = 0; at < windows; at++) {
        uint16_t *seen = &counts->seen[counter_of(load(text.at + at))];
        *seen = (uint16_t)(*seen + (*seen < UINT16_MAX));
    }
    counts->windows += windows;
}

static void
put_window(struct maker *maker, uint32_t value, uint32_t literal, uint32_t offset)
{
    maker->windows[maker->count++] = (struct window){value, {literal, offset}};
}

/* One of the texts' windows is met wherever it stands, if those at `stride` offsets in a row are known. */
static void
put_anywhere(struct maker *maker, uint32_t number, unsigned stride)
{
    const struct argot_literal *literal = &maker->texts->literals[number];
    uint32_t offsets = literal->text.length - WIDTH + 1 - (stride - 1), best = 0;
    unsigned least = UINT32_MAX;
    for (uint32_t i = 0; i < offsets && i < MOST_OFFSETS; i++) {
        unsigned weight = 0;
        for (unsigned j = 0; j < stride; j++)
            weight += weight_at(maker, literal, i + j);
        if (weight < least) {
            least = weight;
            best = i;
        }
    }
    for (unsigned j = 0; j < stride; j++)
        put_window(maker, load(literal->text.at + best + j), number, best + j);
}

/* At one of the probes, from the begin or from the end. */
static void
put_probe(struct maker *maker, uint32_t number)
{
    const struct argot_literal *literal = &maker->texts->literals[number];
    uint32_t length = literal->text.length, best = 0;
    bool ends = literal->kind == ARGOT_WITNESS_ENDS;
    unsigned least = UINT32_MAX, probe = 0;
    for (unsigned i = 0; i < PROBES && (i + 1) * WIDTH <= length; i++) {
        uint32_t offset = ends ? length - (i + 1) * WIDTH : i * WIDTH;
        unsigned weight = weight_at(maker, literal, offset);
        if (weight < least) {
            least = weight;
            best = offset;
            probe = i;
        }
    }
    uint16_t *probes = ends ? &maker->texts->ends : &maker->texts->starts;
    *probes = (uint16_t)(*probes | 1u << probe);
    put_window(maker, load(literal->text.at + best), number, best);
}

static void
put_literal(struct maker *maker, uint32_t number)
{
    struct argot_literals *texts = maker->texts;
    const struct argot_literal *literal = &texts->literals[number];
    uint32_t length = literal->text.length;
    if (literal->kind == ARGOT_WITNESS_EQUALS)
        return;
    if (length < WIDTH) {
        uint8_t *widths = literal->kind == ARGOT_WITNESS_STARTS ? &texts->first
                          : literal->kind == ARGOT_WITNESS_ENDS ? &texts->last
                                                                : &texts->all;
        *widths = (uint8_t)(*widths | 1u << length);
        put_window(maker, load_short(literal->text.at, length), number, 0);
    } else if (literal->kind == ARGOT_WITNESS_CONTAINS || (texts->stride && length >= WIDTH + texts->stride - 1)) {
        put_anywhere(maker, number, texts->stride);
    } else {
        put_probe(maker, number);
    }
}

/* ---- tables ---- */

static int
by_value(const void *a, const void *b)
{
    const struct window *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    if (x->place.literal != y->place.literal)
        return x->place.literal < y->place.literal ? -1 : 1;
    return (x->place.offset > y->place.offset) - (x->place.offset < y->place.offset);
}

static bool
make_buckets(struct maker *maker)
{
    struct argot_literals *texts = maker->texts;
    unsigned bits = LEAST_BITS;
    while (bits < MOST_BITS && (UINT64_C(1) << bits) < (uint64_t)maker->count * BITS_PER_WINDOW)
        bits++;
    size_t room = 2;
    while (room < 2 * (size_t)maker->count)
        room *= 2;
    struct place *places = argot_arena_alloc(maker->arena, maker->count * sizeof *places);
    texts->bits = argot_arena_zalloc(maker->arena, (size_t)1 << (bits - 6), sizeof *texts->bits);
    texts->buckets = argot_arena_zalloc(maker->arena, room, sizeof *texts->buckets);
    if (!places || !texts->bits || !texts->buckets)
        return false;
    texts->shift = 32 - bits;
    texts->bucket_mask = (uint32_t)(room - 1);
    texts->places = places;
    if (maker->count)
        qsort(maker->windows, maker->count, sizeof *maker->windows, by_value);
    for (uint32_t i = 0; i < maker->count; i++) {
        uint32_t value = maker->windows[i].value, bit = hash_of(value) >> texts->shift;
        places[i] = maker->windows[i].place;
        texts->bits[bit >> 6] |= UINT64_C(1) << (bit & 63);
        uint32_t at = bucket_of(texts, value);
        while (texts->buckets[at].count && texts->buckets[at].value != value)
            at = (at + 1) & texts->bucket_mask;
        if (!texts->buckets[at].count)
            texts->buckets[at] = (struct bucket){value, i, 0};
        texts->buckets[at].count++;
    }
    return true;
}

/* Some bytes from the begin, the middle and the end. */
static uint64_t
hash_whole(struct argot_slice text)
{
    uint64_t hash = text.length;
    if (text.length < 8) {
        for (uint32_t i = 0; i < text.length; i++)
            hash = hash << 8 | (text.at[i] | 0x20u);
        return argot_judge_key_mix(hash, 0);
    }
    uint32_t offsets[] = {0, text.length / 2 - 4, text.length - 8};
    for (unsigned i = 0; i < 3; i++) {
        uint64_t word;
        memcpy(&word, text.at + offsets[i], sizeof word);
        hash = argot_judge_key_mix(hash, word | UINT64_C(0x2020202020202020));
    }
    return hash;
}

static bool
make_exact(struct maker *maker)
{
    struct argot_literals *texts = maker->texts;
    uint32_t count = 0;
    size_t room = 2;
    for (uint32_t i = 0; i < texts->count; i++)
        count += texts->literals[i].kind == ARGOT_WITNESS_EQUALS;
    if (!count)
        return true;
    while (room < 2 * (size_t)count)
        room *= 2;
    texts->exact = argot_arena_zalloc(maker->arena, room, sizeof *texts->exact);
    texts->exact_mask = (uint32_t)(room - 1);
    texts->shortest = UINT32_MAX;
    for (uint32_t i = 0; texts->exact && i < texts->count; i++) {
        const struct argot_literal *literal = &texts->literals[i];
        if (literal->kind != ARGOT_WITNESS_EQUALS)
            continue;
        uint64_t hash = hash_whole(literal->text);
        uint32_t at = (uint32_t)hash & texts->exact_mask;
        while (texts->exact[at].literal)
            at = (at + 1) & texts->exact_mask;
        texts->exact[at] = (struct exact){(uint32_t)(hash >> 32), i + 1};
        texts->shortest = literal->text.length < texts->shortest ? literal->text.length : texts->shortest;
        texts->longest = literal->text.length > texts->longest ? literal->text.length : texts->longest;
    }
    return texts->exact;
}

/* How far apart windows may be looked at: all texts that may stand anywhere need a window there. */
static unsigned
stride_of(const struct argot_literals *texts)
{
    unsigned stride = 0;
    for (uint32_t i = 0; i < texts->count; i++) {
        const struct argot_literal *literal = &texts->literals[i];
        if (literal->kind != ARGOT_WITNESS_CONTAINS || literal->text.length < WIDTH)
            continue;
        uint32_t most = literal->text.length - WIDTH + 1;
        if (!stride || most < stride)
            stride = most < MAX_STRIDE ? (unsigned)most : MAX_STRIDE;
    }
    return stride;
}

struct argot_literals *
argot_literals_new(struct argot_arena *arena, const struct argot_literal *literals, uint32_t count,
                   const struct argot_literals_counts *counts)
{
    struct argot_literals *texts = argot_arena_zalloc(arena, 1, sizeof *texts);
    void *copy = argot_arena_copy(arena, (const char *)literals, count * sizeof *literals);
    if (!texts || !copy)
        return NULL;
    texts->count = count;
    texts->literals = copy;
    texts->stride = stride_of(texts);
    size_t room = (size_t)count * (texts->stride ? texts->stride : 1);
    struct maker maker = {.arena = arena, .counts = counts, .texts = texts};
    weigh_bytes(maker.weights);
    maker.windows = argot_arena_alloc(arena, room * sizeof *maker.windows);
    if (!maker.windows)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        put_literal(&maker, i);
    return make_buckets(&maker) && make_exact(&maker) ? texts : NULL;
}

/* ---- looking ---- */

/* Whether the literal stands where its window at `at` says. */
static bool
stands(const struct argot_literal *literal, uint32_t offset, struct argot_slice text, uint32_t at)
{
    uint32_t length = literal->text.length;
    if (offset > at || text.length - (at - offset) < length)
        return false;
    uint32_t begin = at - offset;
    if (literal->kind == ARGOT_WITNESS_STARTS && begin)
        return false;
    if (literal->kind == ARGOT_WITNESS_ENDS && begin + length != text.length)
        return false;
    return argot_judge_text_same(text.at + begin, literal->text.at, length, literal->fold);
}

static void __attribute__((noinline)) look_closer(const struct argot_literals *texts, struct argot_slice text,
                                                  uint32_t at, uint32_t value, struct argot_sightings *sightings)
{
    uint32_t i = bucket_of(texts, value);
    while (texts->buckets[i].count && texts->buckets[i].value != value)
        i = (i + 1) & texts->bucket_mask;
    const struct bucket *bucket = &texts->buckets[i];
    for (uint32_t j = 0; j < bucket->count; j++) {
        struct place place = texts->places[bucket->from + j];
        const struct argot_literal *literal = &texts->literals[place.literal];
        if (!argot_sightings_has(sightings, literal->witness) && stands(literal, place.offset, text, at))
            argot_sightings_put(sightings, literal->witness);
    }
}

static inline bool
may_be(const uint64_t *bits, unsigned shift, uint32_t value)
{
    uint32_t bit = hash_of(value) >> shift;
    return bits[bit >> 6] >> (bit & 63) & 1;
}

static void
look_equal(const struct argot_literals *texts, struct argot_slice text, struct argot_sightings *sightings)
{
    if (text.length < texts->shortest || text.length > texts->longest)
        return;
    uint64_t hash = hash_whole(text);
    for (uint32_t at = (uint32_t)hash & texts->exact_mask; texts->exact[at].literal;
         at = (at + 1) & texts->exact_mask) {
        const struct argot_literal *literal = &texts->literals[texts->exact[at].literal - 1];
        if (texts->exact[at].hash == hash >> 32 && literal->text.length == text.length &&
            argot_judge_text_same(literal->text.at, text.at, text.length, literal->fold))
            argot_sightings_put(sightings, literal->witness);
    }
}

/* What the loop needs stands in variables of its own, since the sightings are written to. */
static void
look_everywhere(const struct argot_literals *texts, struct argot_slice text, struct argot_sightings *sightings)
{
    const uint64_t *bits = texts->bits;
    unsigned shift = texts->shift, stride = texts->stride;
    uint32_t windows = text.length < WIDTH ? 0 : text.length - WIDTH + 1;
    for (size_t at = 0; at < windows; at += stride) {
        uint32_t value = load(text.at + at);
        if (may_be(bits, shift, value))
            look_closer(texts, text, (uint32_t)at, value, sightings);
    }
}

static inline void
look_at_short(const struct argot_literals *texts, struct argot_slice text, uint32_t at, unsigned width,
              struct argot_sightings *sightings)
{
    uint32_t value = load_short(text.at + at, width);
    if (may_be(texts->bits, texts->shift, value))
        look_closer(texts, text, at, value, sightings);
}

static void
look_short(const struct argot_literals *texts, struct argot_slice text, struct argot_sightings *sightings)
{
    for (unsigned left = texts->all | texts->first | texts->last; left; left &= left - 1) {
        unsigned width = (unsigned)__builtin_ctz(left);
        if (width > text.length)
            return;
        uint32_t last = text.length - width;
        bool all = texts->all >> width & 1, at_end = texts->last >> width & 1;
        if (all || texts->first >> width & 1 || !last)
            look_at_short(texts, text, 0, width, sightings);
        for (uint32_t at = 1; all && at < last; at++)
            look_at_short(texts, text, at, width, sightings);
        if (last && (all || at_end))
            look_at_short(texts, text, last, width, sightings);
    }
}

static void
look_at_probe(const struct argot_literals *texts, struct argot_slice text, uint32_t at,
              struct argot_sightings *sightings)
{
    uint32_t value = load(text.at + at);
    if (may_be(texts->bits, texts->shift, value))
        look_closer(texts, text, at, value, sightings);
}

static void
look_at_probes(const struct argot_literals *texts, struct argot_slice text, struct argot_sightings *sightings)
{
    for (unsigned left = texts->starts; left; left &= left - 1) {
        uint32_t at = (uint32_t)__builtin_ctz(left) * WIDTH;
        if (at + WIDTH <= text.length)
            look_at_probe(texts, text, at, sightings);
    }
    for (unsigned left = texts->ends; left; left &= left - 1) {
        uint32_t back = ((uint32_t)__builtin_ctz(left) + 1) * WIDTH;
        if (back <= text.length)
            look_at_probe(texts, text, text.length - back, sightings);
    }
}

void
argot_literals_look(const struct argot_literals *texts, struct argot_slice text, struct argot_sightings *sightings)
{
    static const uint8_t nothing[1];
    text.at = text.at ? text.at : nothing;
    if (texts->exact)
        look_equal(texts, text, sightings);
    if (texts->stride)
        look_everywhere(texts, text, sightings);
    if (texts->starts || texts->ends)
        look_at_probes(texts, text, sightings);
    if (texts->all | texts->first | texts->last)
        look_short(texts, text, sightings);
}
