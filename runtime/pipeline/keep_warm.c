/* SPDX-License-Identifier: Apache-2.0
 * An engine is a function of the events that it was fed, in their order, and of when sources ended among them. Both are
 * in the store. Records are parsed again: so an event is what the formats make of it, as everywhere, and not what a
 * second reader makes of columns. Where there are too many, an engine begins with the newest. What it tells of the time
 * that was settled at the last commit was told, by one that knew as much or more. */
#include "pipeline/keep.h"
#include "pipeline/reparse.h"

struct warm {
    struct argot_keep *keep;
    struct argot_engine *engine;
    const struct argot_settings *each;
    struct argot_reparse reparse;
    /* By source the record that was parsed last: the events that it was split into need not follow on each other. */
    struct argot_reparsed *parsed;
    uint64_t next_end; /* smallest ended_before of those that the engine does not know of yet */
};

/* ---- ends ---- */

/* Nothing more comes of it, and the engine does not know that yet. */
static bool
is_due(const struct argot_keep_source *source)
{
    return source->over && !source->closed;
}

static bool
end_one(struct warm *warm, size_t number)
{
    warm->keep->sources[number].closed = true;
    return argot_engine_source_end(warm->engine, (uint32_t)number);
}

/* Tells the engine of sources that ended before this event; finds out when the next one did. */
static bool
end_sources(struct warm *warm, uint64_t id)
{
    struct argot_keep *keep = warm->keep;
    warm->next_end = UINT64_MAX;
    for (size_t i = 0; i < keep->count; i++) {
        struct argot_keep_source *source = &keep->sources[i];
        if (!is_due(source))
            continue;
        if (!source->stored.ended || source->stored.ended_before > id) {
            if (source->stored.ended && source->stored.ended_before < warm->next_end)
                warm->next_end = source->stored.ended_before;
            continue;
        }
        if (!end_one(warm, i))
            return false;
    }
    return true;
}

/* Those of which nothing more will come, whenever that was. */
static bool
end_rest(struct warm *warm)
{
    for (size_t i = 0; i < warm->keep->count; i++)
        if (is_due(&warm->keep->sources[i]) && !end_one(warm, i))
            return false;
    return true;
}

/* ---- events ---- */

/* Nobody stores these events, so of those that no rule takes the time is enough. */
static bool
wants(void *context, const struct argot_shape *shape)
{
    struct warm *warm = context;
    return argot_engine_wants(warm->engine, shape);
}

static bool
parse(struct warm *warm, struct argot_reparsed *parsed, size_t number, const struct argot_store_row *row)
{
    struct argot_settings settings = {.received = row->received, .wants = wants, .wants_context = warm};
    if (warm->each && number < warm->keep->ninputs) {
        settings.format = warm->each[number].format;
        settings.zone = warm->each[number].zone;
    }
    return argot_reparse_record(&warm->reparse, &settings, row->raw, row->record, row->line, parsed);
}

/* Results of a record are its events in their order, or a letter, or nothing. */
static const struct argot_result *
find_part(const struct argot_reparsed *parsed, uint32_t part)
{
    const struct argot_result *result = part < parsed->batch.count ? &parsed->batch.results[part] : NULL;
    bool good = result && (result->outcome == ARGOT_EVENT || result->outcome == ARGOT_UNWANTED);
    return good ? result : NULL;
}

static bool
feed(struct warm *warm, const struct argot_store_row *row)
{
    struct argot_keep *keep = warm->keep;
    uint32_t number = row->source < keep->nnumbers ? keep->numbers[row->source] : 0;
    if (!number) {
        keep->cold++;
        return true;
    }
    number--;
    struct argot_reparsed *parsed = &warm->parsed[number];
    if (row->raw.at && !parse(warm, parsed, number, row))
        return false;
    const struct argot_result *result = parsed->record == row->record ? find_part(parsed, row->part) : NULL;
    if (!result) {
        keep->cold++;
        return true;
    }
    keep->warmed++;
    bool good = result->outcome == ARGOT_EVENT ? argot_engine_event(warm->engine, number, result->event, row->id)
                                               : argot_engine_unwanted(warm->engine, number, result->time);
    return good && (!keep->live || argot_engine_source_clock(warm->engine, number, row->received));
}

static bool
feed_all(struct warm *warm)
{
    struct argot_store *store = warm->keep->store;
    struct argot_store_row row;
    uint64_t count = argot_store_next_event(store) - 1, from = 1;
    bool good = true;
    if (count > warm->keep->warm_events) {
        warm->keep->forgotten = count - warm->keep->warm_events;
        from += warm->keep->forgotten;
    }
    if (!argot_store_number(store, ARGOT_KEEP_SETTLED, INT64_MIN, &warm->keep->known) || !argot_store_read(store, from))
        return false;
    while (good && argot_store_next(store, &row))
        good = (row.id < warm->next_end || end_sources(warm, row.id)) && feed(warm, &row);
    argot_store_end_read(store);
    return good && !*argot_store_problem(store);
}

/* ---- the whole ---- */

/* How far time had come at the last commit: silence is not stored, and moved it on too. A clock that was ahead and is
 * right again makes nothing late. */
static argot_time
believed(const struct argot_keep *keep)
{
    argot_time now = keep->seam->now(keep->seam);
    return keep->known == INT64_MAX || keep->known < now ? keep->known : now;
}

bool
argot_keep_warm(struct argot_keep *keep, struct argot_engine *engine, struct argot_worker *worker,
                const struct argot_settings *each)
{
    struct argot_seam *seam = keep->seam;
    size_t size = (keep->count ? keep->count : 1) * sizeof(struct argot_reparsed);
    struct warm warm = {.keep = keep, .engine = engine, .reparse = {.worker = worker}, .each = each};
    warm.parsed = seam->allocate(seam, size);
    if (!warm.parsed)
        return false;
    for (size_t i = 0; i < keep->count; i++)
        argot_reparsed_init(&warm.parsed[i], seam);
    bool good = end_sources(&warm, 0) && feed_all(&warm) && end_sources(&warm, argot_store_next_event(keep->store)) &&
                end_rest(&warm) && argot_engine_resume(engine, believed(keep));
    for (size_t i = 0; i < keep->count; i++)
        argot_reparsed_finish(&warm.parsed[i]);
    seam->release(seam, warm.parsed);
    return good;
}
