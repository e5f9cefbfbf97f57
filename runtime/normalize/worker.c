/* SPDX-License-Identifier: Apache-2.0
 * Workers and batches: the memory of one thread, and what it makes of records. */
#include "normalize/worker.h"
#include <string.h>

/* ---- the formats that were asked for ---- */

/* Marks the envelopes that a format may be found in, and theirs. */
static void
mark_way(struct argot_worker *w, const struct argot_bound *bound)
{
    if (w->way[bound->index])
        return;
    w->way[bound->index] = 1;
    for (uint16_t i = 0; i < bound->normalizer->ninside; i++) {
        const struct argot_bound *envelope = argot_bound_parent(w->registry, &bound->normalizer->inside[i]);
        if (envelope)
            mark_way(w, envelope);
    }
}

static bool
may_stand_in(const struct argot_bound *bound, const struct argot_bound *envelope)
{
    for (uint16_t i = 0; i < bound->normalizer->ninside; i++)
        if (!strcmp(bound->normalizer->inside[i].parent, envelope->normalizer->name))
            return true;
    return false;
}

static void
mark_children(struct argot_worker *w)
{
    memset(w->children, 0, w->registry->nchoices * sizeof *w->children);
    for (uint32_t i = 0; i < w->registry->count; i++) {
        const struct argot_bound *bound = w->registry->bound[i];
        for (uint32_t k = 0; k < bound->nchildren; k++)
            if (w->way[bound->children[k].index])
                w->children[bound->choice.at + k / 64] |= UINT64_C(1) << k % 64;
    }
}

static bool
set_formats(struct argot_worker *w, const char *names)
{
    w->nforced = 0;
    memset(w->way, 0, w->registry->count);
    while (names) {
        const char *plus = strchr(names, '+');
        struct argot_slice name = {(const uint8_t *)names, (uint32_t)(plus ? (size_t)(plus - names) : strlen(names))};
        const struct argot_bound *bound = argot_bound_find(w->registry, name);
        if (!bound || w->nforced == ARGOT_BOUND_MAX_DEPTH ||
            (w->nforced && !may_stand_in(bound, w->forced[w->nforced - 1])))
            return false;
        w->forced[w->nforced++] = bound;
        names = plus ? plus + 1 : NULL;
    }
    if (w->nforced)
        mark_way(w, w->forced[w->nforced - 1]);
    mark_children(w);
    memset(w->on_line, 0, w->registry->nwords * sizeof *w->on_line);
    for (uint32_t i = 0; w->nforced && i < w->registry->norder; i++) {
        const struct argot_bound *bound = w->registry->order[i];
        if (w->way[bound->index] && bound != w->forced[w->nforced - 1])
            w->on_line[i / 64] |= UINT64_C(1) << i % 64;
    }
    return true;
}

/* Which formats a JSON record is read for: those on the way to the one that was named, unless others may be inside. */
static argot_picks_formats
asked(const struct argot_worker *w)
{
    argot_picks_formats formats = 0;
    if (!w->nforced || w->forced[w->nforced - 1]->normalizer->envelope)
        return ~formats;
    for (uint32_t i = 0; i < w->registry->count; i++)
        formats |= w->way[i] ? w->registry->bound[i]->asks : 0;
    return formats;
}

/* ---- workers ---- */

static void
init_rooms(struct argot_level *level, const struct argot_registry *registry)
{
    argot_record_room_init(&level->picked, registry->seam, &registry->picks, 0);
    argot_record_room_init(&level->flat, registry->seam, &registry->picks, registry->nblocks);
}

static void
finish_rooms(struct argot_level *level)
{
    argot_record_room_finish(&level->picked);
    argot_record_room_finish(&level->flat);
}

struct argot_worker *
argot_worker_new(struct argot_registry *registry, const struct argot_settings *settings)
{
    struct argot_seam *seam = registry->seam;
    struct argot_worker *w = registry->sealed ? seam->allocate(seam, sizeof *w) : NULL;
    if (!w)
        return NULL;
    memset(w, 0, sizeof *w);
    w->registry = registry;
    w->extra = seam->allocate(seam, ARGOT_WORKER_MAX_EXTRA * sizeof *w->extra);
    w->way = seam->allocate(seam, registry->count + 1u);
    w->tried = seam->allocate(seam, (registry->count + 1u) * sizeof *w->tried);
    w->on_line = seam->allocate(seam, registry->nwords * sizeof *w->on_line);
    w->children = seam->allocate(seam, (registry->nchoices + 1u) * sizeof *w->children);
    for (unsigned i = 0; i < ARGOT_BOUND_MAX_DEPTH; i++)
        init_rooms(&w->levels[i], registry);
    if (w->tried)
        memset(w->tried, 0, (registry->count + 1u) * sizeof *w->tried);
    if (w->extra && w->way && w->tried && w->on_line && w->children && argot_worker_settings(w, settings))
        return w;
    argot_worker_free(w);
    return NULL;
}

void
argot_worker_free(struct argot_worker *w)
{
    if (!w)
        return;
    struct argot_seam *seam = w->registry->seam;
    seam->release(seam, w->extra);
    seam->release(seam, w->way);
    seam->release(seam, w->tried);
    seam->release(seam, w->on_line);
    seam->release(seam, w->children);
    seam->release(seam, w->wanted);
    for (unsigned i = 0; i < ARGOT_BOUND_MAX_DEPTH; i++)
        finish_rooms(&w->levels[i]);
    seam->release(seam, w);
}

bool
argot_worker_settings(struct argot_worker *w, const struct argot_settings *settings)
{
    w->settings = *settings;
    w->decode.zone = settings->zone;
    w->decode.received = settings->received;
    w->decode.leap_seconds = &w->counts.leap_seconds;
    w->nwanted = 0;
    w->memo = (struct argot_scan_memo){0};
    memset(&w->dates, 0, sizeof w->dates);
    w->decode.memo = &w->memo;
    w->decode.dates = &w->dates;
    if (!set_formats(w, settings->format))
        return false;
    for (unsigned i = 0; i < ARGOT_BOUND_MAX_DEPTH; i++)
        argot_record_room_ask(&w->levels[i].picked, asked(w));
    return true;
}

/* ---- batches ---- */

void
argot_batch_init(struct argot_batch *batch, struct argot_seam *seam)
{
    memset(batch, 0, sizeof *batch);
    argot_arena_init(&batch->arena, seam, 0);
}

void
argot_batch_finish(struct argot_batch *batch)
{
    struct argot_seam *seam = batch->arena.seam;
    seam->release(seam, batch->results);
    argot_arena_finish(&batch->arena);
    memset(batch, 0, sizeof *batch);
}

void
argot_batch_reset(struct argot_batch *batch)
{
    batch->count = 0;
    batch->counts = (struct argot_counts){0};
    batch->spare = NULL;
    argot_arena_reset(&batch->arena);
}

void
argot_counts_add(struct argot_counts *sum, const struct argot_counts *counts)
{
    sum->records += counts->records;
    sum->lines += counts->lines;
    sum->events += counts->events;
    sum->letters += counts->letters;
    sum->skipped += counts->skipped;
    sum->split_events += counts->split_events;
    sum->bad_values += counts->bad_values;
    sum->duplicate_keys += counts->duplicate_keys;
    sum->unmapped_values += counts->unmapped_values;
    sum->dropped_words += counts->dropped_words;
    sum->leap_seconds += counts->leap_seconds;
    sum->replaced_bytes += counts->replaced_bytes;
    sum->bytes += counts->bytes;
    sum->unmatched += counts->unmatched;
    for (unsigned i = 0; i < ARGOT_LETTER_COUNT; i++)
        sum->reasons[i] += counts->reasons[i];
}

/* ---- records ---- */

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
    argot_worker_begin_record(w);
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
    argot_match_record(w, argot_lexer_trim(raw));
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
