/* SPDX-License-Identifier: Apache-2.0
 * Workers and batches: the memory of one thread, and what lies in it for all records alike. */
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

/* Where records go first, and which formats may be tried on them. */
static void
note_ways(struct argot_worker *w)
{
    if (w->nforced) {
        w->meant = w->forced[w->nforced - 1];
        w->first = w->nforced > 1 || w->meant->on_line ? w->forced[0] : NULL;
        mark_way(w, w->meant);
    }
    w->way_on = w->nforced > 1 ? ARGOT_WAY_CHAIN : w->nforced ? ARGOT_WAY_TO_ONE : ARGOT_WAY_ANY;
    mark_children(w);
    memset(w->on_line, 0, w->registry->nwords * sizeof *w->on_line);
    for (uint32_t i = 0; w->nforced < 2 && i < w->registry->norder; i++) {
        const struct argot_bound *bound = w->registry->order[i];
        if (!w->meant || (w->way[bound->index] && bound != w->meant))
            w->on_line[i / 64] |= UINT64_C(1) << i % 64;
    }
}

static bool
set_formats(struct argot_worker *w, const char *names)
{
    w->nforced = 0;
    w->meant = w->first = NULL;
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
    note_ways(w);
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
init_level(struct argot_level *level, unsigned depth, const struct argot_registry *registry)
{
    level->depth = depth;
    level->slots = level->room;
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
    w->begins = argot_begins_new(registry);
    w->children = seam->allocate(seam, (registry->nchoices + 1u) * sizeof *w->children);
    for (unsigned i = 0; i < ARGOT_BOUND_MAX_DEPTH; i++)
        init_level(&w->levels[i], i, registry);
    if (w->tried)
        memset(w->tried, 0, (registry->count + 1u) * sizeof *w->tried);
    if (w->extra && w->way && w->tried && w->on_line && w->begins && w->children && argot_worker_settings(w, settings))
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
    argot_begins_free(w->begins);
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
