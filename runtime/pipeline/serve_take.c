/* SPDX-License-Identifier: Apache-2.0
 * What becomes of a block: its events and letters are stored, its events judged, and the place behind it noted. */
#include "pipeline/serve_parts.h"

static bool
use_settings(struct argot_serve *serve, const struct argot_live_block *block)
{
    const struct argot_settings *each = serve->options.detect.each;
    struct argot_settings wanted = {.received = block->received};
    if (each) {
        wanted.format = each[block->source.input].format;
        wanted.zone = each[block->source.input].zone;
    }
    if (serve->settled && wanted.received == serve->settings.received && wanted.format == serve->settings.format &&
        wanted.zone == serve->settings.zone)
        return true;
    serve->settings = wanted;
    serve->settled = true;
    return argot_worker_settings(serve->worker, &serve->settings);
}

static bool
take_event(struct argot_serve *serve, size_t number, const struct argot_event *event)
{
    argot_raw_place place;
    if (argot_keep_has(&serve->keep, number, event->record, event->part))
        return true;
    if (!argot_keep_event(&serve->keep, number, event, &place))
        return argot_serve_store_failed(serve);
    serve->no_memory |= !argot_engine_event(serve->engine, (uint32_t)number, event, place);
    return argot_serve_is_open(serve);
}

static bool
take_results(struct argot_serve *serve, size_t number, argot_time received, const struct argot_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct argot_result *result = &batch->results[i];
        bool good = true;
        if (result->outcome == ARGOT_EVENT)
            good = take_event(serve, number, result->event);
        else if (result->outcome == ARGOT_SKIPPED)
            argot_keep_skipped(&serve->keep, number);
        else if (!argot_keep_letter(&serve->keep, number, received, result->letter))
            good = argot_serve_store_failed(serve);
        if (!good)
            return false;
    }
    return true;
}

static bool
take_batch(struct argot_serve *serve, size_t number, argot_time received, const struct argot_batch *batch)
{
    bool good = take_results(serve, number, received, batch);
    if (!argot_keep_flush(&serve->keep))
        return argot_serve_store_failed(serve);
    if (!good)
        return false;
    argot_counts_add(&serve->streams[number].counts, &batch->counts);
    argot_counts_add(&serve->total, &batch->counts);
    if (!serve->again)
        argot_logs_count(&serve->logs, number, &batch->counts);
    return true;
}

static bool
take_records(struct argot_serve *serve, size_t number, const struct argot_live_block *block)
{
    const struct argot_batch *batch;
    bool good = use_settings(serve, block);
    serve->no_memory |= !good;
    if (!good)
        return false;
    argot_ahead_begin(serve->ahead, &block->bytes, serve->worker);
    while (good && (batch = argot_ahead_next(serve->ahead)))
        good = take_batch(serve, number, block->received, batch);
    if (argot_ahead_end(serve->ahead))
        return good;
    serve->no_memory = true;
    return false;
}

bool
argot_serve_take(struct argot_serve *serve, const struct argot_live_block *block)
{
    const struct argot_live_source *source = &block->source;
    size_t number;
    if (!argot_serve_find(serve, source, &number) || !take_records(serve, number, block))
        return false;
    serve->streams[number].came = serve->seam->monotonic(serve->seam);
    bool good = argot_keep_stand(&serve->keep, number, &source->position) &&
                (!source->cursor || argot_keep_put_cursor(&serve->keep, number, source->cursor));
    return good || argot_serve_store_failed(serve);
}

bool
argot_serve_end_source(struct argot_serve *serve, const struct argot_live_source *source)
{
    size_t number;
    if (!argot_serve_find(serve, source, &number))
        return false;
    if (!argot_keep_stand(&serve->keep, number, &source->position))
        return argot_serve_store_failed(serve);
    argot_keep_end(&serve->keep, number, source->position.offset);
    serve->no_memory |= !argot_engine_source_end(serve->engine, (uint32_t)number);
    return argot_serve_is_open(serve);
}
