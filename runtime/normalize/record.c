/* SPDX-License-Identifier: Apache-2.0
 * A record, from its bytes to what is counted of it: the formats on the bare line are tried in their order, and what
 * none of them fits becomes a letter that tells how far it got. */
#include "normalize/worker.h"
#include <string.h>

/* Forgets what the record at hand has become so far. */
static inline void
begin_anew(struct argot_worker *w)
{
    w->parts = w->nextra = 0;
    w->failed = w->limited = w->far_told = false;
    w->far = (struct argot_far){0};
}

/* ---- formats on the bare line ---- */

/* `turn`: the format's place among those that are tried. A format that did not fit, and of which nothing was ruled out
 * unread, is not tried again to see how far the record gets in it. */
static inline __attribute__((always_inline)) bool
try_format(struct argot_worker *w, const struct argot_bound *bound, uint32_t turn)
{
    if (w->exploring && w->tried[bound->index] == w->nth)
        return false;
    struct argot_far far = w->far;
    w->turn = turn;
    w->ruled_out = false;
    bool settled = argot_match_format(w, bound);
    if (w->exploring || (settled && !w->far_told))
        return settled;
    if (settled || w->ruled_out)
        w->far = far;
    else
        w->tried[bound->index] = w->nth;
    return settled;
}

/* What a record begins with rules most formats out. How far a text got is told by all that its first byte allows. */
static inline __attribute__((always_inline)) bool
try_in_order(struct argot_worker *w, struct argot_slice text)
{
    const struct argot_registry *registry = w->registry;
    for (uint32_t word = 0; word < registry->nwords; word++) {
        uint64_t formats = argot_order_candidates(registry, text, word, w->on_line[word]);
        if (formats & (formats - 1) && !w->exploring)
            formats &= argot_begins_candidates(w->begins, text)[word];
        for (; formats && !w->failed; formats &= formats - 1) {
            uint32_t at = word * 64 + (unsigned)__builtin_ctzll(formats);
            if (try_format(w, registry->order[at], 1 + at))
                return true;
        }
    }
    return false;
}

/* ---- what no format fits ---- */

/* A record that no format fits may still be one that some format declares to be none. */
static bool
any_skips(const struct argot_worker *w, struct argot_slice text)
{
    if (w->nforced)
        return argot_match_is_skipped(w->meant->normalizer, text);
    for (uint32_t i = 0; i < w->registry->count; i++)
        if (argot_match_is_skipped(w->registry->bound[i]->normalizer, text))
            return true;
    return false;
}

static void
refuse(struct argot_worker *w, struct argot_slice text)
{
    struct argot_letter letter = {.format = w->far.format, .offset = w->far.offset, .expected = w->far.expected};
    enum argot_letter_reason reason = w->nforced ? ARGOT_LETTER_NO_MATCH : ARGOT_LETTER_NO_FORMAT;
    const struct argot_level *level = &w->levels[0];
    w->far_told = true;
    if (text.at[0] == '{' && !w->is_json && !argot_match_json(w, 0) && !w->failed) {
        reason = level->json.too_deep   ? ARGOT_LETTER_TOO_DEEP
                 : level->json.too_many ? ARGOT_LETTER_LIMIT
                                        : ARGOT_LETTER_BAD_JSON;
        letter.offset = (uint32_t)(text.at - w->raw.at) + level->json.offset;
        letter.expected = level->json.expected;
    } else if (!w->nforced && !w->far.offset) {
        letter.format = letter.expected = NULL; /* nothing got anywhere */
    }
    argot_pack_letter(w, reason, &letter);
}

/* What no format fits. What is gone through again is a letter, and so none of those. */
static __attribute__((noinline)) void
settle_otherwise(struct argot_worker *w, struct argot_slice text)
{
    if (!w->exploring && any_skips(w, text))
        argot_pack_skipped(w);
    else
        refuse(w, text);
}

/* ---- the record ---- */

static inline __attribute__((always_inline)) void
settle(struct argot_worker *w, struct argot_slice text, bool json_tried, bool is_json)
{
    struct argot_level *level = &w->levels[0];
    argot_match_open(level, text, 0);
    level->json_tried = json_tried;
    w->decode.has_outer_time = false;
    w->is_json = is_json;
    if ((w->first && try_format(w, w->first, 0)) || try_in_order(w, text) || w->failed)
        return;
    settle_otherwise(w, text);
}

/* How far a text got in templates that its head rules out is of interest for letters only, and only for those that tell
 * it. So a record that becomes one is gone through once more, with those tried that were ruled out before: the outcome
 * is the same, and large trees of the first time are given back before. */
static __attribute__((noinline)) void
explore(struct argot_worker *w, struct argot_slice text, const struct argot_arena_block *oversized,
        const struct argot_event *spare)
{
    struct argot_batch *batch = w->batch;
    const struct argot_level *level = &w->levels[0];
    bool known = level->json_tried, no_json = known && level->json_status != ARGOT_DECODED;
    struct argot_far far = w->far;
    batch->count--;
    if (batch->spare != spare) { /* made meanwhile, and oversized where blocks are small */
        batch->spare = NULL;
        batch->spare_slots = 0;
    }
    argot_arena_drop_oversized(&batch->arena, oversized);
    w->counts = (struct argot_counts){0};
    begin_anew(w);
    w->far = far;
    w->exploring = true;
    settle(w, text, no_json, known && !no_json);
    w->exploring = false;
}

/* Finds the format of a record, and appends what becomes of it. */
static inline void
match(struct argot_worker *w, struct argot_batch *batch, struct argot_slice text)
{
    size_t begin = batch->count;
    const struct argot_arena_block *oversized = batch->arena.oversized;
    const struct argot_event *spare = batch->spare;
    w->nth++;
    settle(w, text, false, false);
    if (__builtin_expect(w->far_told, false) && !w->failed && batch->count == begin + 1 &&
        batch->results[begin].outcome == ARGOT_LETTER)
        explore(w, text, oversized, spare);
}

/* ---- counts ---- */

/* Most records become one event and there is nothing else to count. */
static inline bool
is_ordinary(const struct argot_counts *counts)
{
    return counts->events == 1 &&
           !(counts->letters | counts->skipped | counts->bad_values | counts->duplicate_keys | counts->unmapped_values |
             counts->dropped_words | counts->leap_seconds | counts->unmatched);
}

static __attribute__((noinline)) void
count_all(struct argot_worker *w)
{
    struct argot_counts *counts = &w->counts;
    counts->split_events = counts->events > 1 ? counts->events - 1 : 0;
    argot_counts_add(&w->batch->counts, counts);
    *counts = (struct argot_counts){0};
}

static inline void
count(struct argot_worker *w, uint64_t records)
{
    struct argot_counts *sum = &w->batch->counts;
    sum->records += records;
    sum->lines += records;
    if (!is_ordinary(&w->counts)) {
        count_all(w);
        return;
    }
    sum->events++;
    w->counts.events = 0;
}

static inline void
begin(struct argot_worker *w, struct argot_batch *batch, struct argot_slice raw, uint64_t record, uint64_t line)
{
    w->batch = batch;
    w->raw = raw;
    w->record = record;
    w->line = line;
    w->decode.arena = &batch->arena;
    begin_anew(w);
}

/* `before`: results of the batch before the record. False without memory: what the record appended is taken back. */
static inline bool
end(struct argot_worker *w, size_t before, uint64_t records)
{
    if (w->failed) {
        w->batch->count = before;
        w->counts = (struct argot_counts){0};
        return false;
    }
    count(w, records);
    return true;
}

bool
argot_worker_record(struct argot_worker *w, struct argot_batch *batch, const uint8_t *bytes, size_t length,
                    uint64_t record, uint64_t line)
{
    struct argot_slice raw = {bytes, (uint32_t)length};
    size_t before = batch->count;
    begin(w, batch, raw, record, line);
    struct argot_slice text = argot_lexer_trim(raw);
    w->text_end = text.at + text.length;
    if (text.length)
        match(w, batch, text);
    else
        argot_pack_skipped(w);
    return end(w, before, 1);
}

bool
argot_worker_too_long(struct argot_worker *w, struct argot_batch *batch, const uint8_t *bytes, size_t length,
                      uint64_t record, uint64_t line, uint32_t piece)
{
    struct argot_slice raw = {bytes, (uint32_t)length};
    struct argot_letter letter = {.piece = piece};
    size_t before = batch->count;
    begin(w, batch, raw, record, line);
    argot_pack_letter(w, ARGOT_LETTER_TOO_LONG, &letter);
    return end(w, before, piece == 1);
}
