/* SPDX-License-Identifier: Apache-2.0
 * Events come in the order of their times, so none is late and each time is believed; at any moment one source alone is
 * awaited, that of the event before. What an event was when it was stored, and what its record makes now, may be two
 * things: rules get the latter, as everywhere, and what differs is counted. */
#include "pipeline/history.h"
#include "output/alert.h"
#include "pipeline/reparse.h"
#include "pipeline/sink.h"
#include "store/search.h"
#include <stdio.h>
#include <string.h>

#define FLUSH_BYTES ((size_t)64 << 10) /* of output, before it is written */
#define NONE SIZE_MAX
#define ROWS_A_LOOK 4096 /* between two looks at the output, and whether it is to stop */

enum { CELL_SOURCE, CELL_RECORD, CELL_LINE, CELL_PART, CELL_TIME, CELL_RECEIVED, CELL_RAW, CELLS };

/* A record that was split. */
struct split {
    size_t source;
    uint64_t used;
    struct argot_reparsed parsed; /* record 0: none */
};

struct history {
    const struct argot_history_options *options;
    const struct argot_parse_options *parse;
    struct argot_detect_result *result;
    struct argot_seam *seam;
    struct argot_arena arena;
    struct argot_search *search;
    struct argot_search_column columns[CELLS];
    size_t nsources;
    const struct argot_store_source *sources; /* by id, ascending */
    const char **names;
    struct argot_settings *settings; /* of each */
    struct argot_engine *engine;
    size_t awaited; /* the source that is; NONE */
    struct argot_reparse reparse;
    struct argot_reparsed one; /* the record that was parsed last */
    size_t one_source;
    struct split splits[ARGOT_HISTORY_RECORDS];
    uint64_t uses;
    struct argot_alert_style style;
    struct argot_sink sink;
    struct argot_buffer output, letters, line; /* letters: none */
    bool no_memory, stopped;
};

/* A row of the store. */
struct row {
    size_t source;
    uint64_t record, line;
    uint32_t part;
    argot_time time, received;
};

static bool
is_open(const struct history *history)
{
    return history->sink.end == ARGOT_PARSE_DONE && !history->no_memory;
}

static bool
no_memory(struct history *history)
{
    history->no_memory = true;
    return false;
}

static bool
store_failed(struct history *history)
{
    struct argot_detect_result *result = history->result;
    if (history->stopped || !is_open(history))
        return false;
    history->sink.end = ARGOT_PARSE_STORE_ERROR;
    snprintf(result->store_problem, sizeof result->store_problem, "%s", argot_search_problem(history->search));
    return false;
}

/* ---- out ---- */

static void
flush(struct history *history)
{
    argot_sink_write(&history->sink, &history->letters, &history->output, history->no_memory);
}

static void
on_alert(void *context, const struct argot_alert *alert)
{
    struct history *history = context;
    uint64_t *replaced = &history->result->parse.total.replaced_bytes;
    if (!is_open(history))
        return;
    if (history->parse->output == ARGOT_PARSE_TEXT)
        *replaced += argot_alert_text(alert, &history->style, &history->output);
    else if (history->parse->output == ARGOT_PARSE_JSONL)
        *replaced += argot_alert_json(alert, &history->style, &history->output);
    if (history->output.length >= FLUSH_BYTES)
        flush(history);
}

/* Into history->line; at NULL, and counted, when it is not there. */
static struct argot_slice
on_raw(void *context, struct argot_identity identity, argot_raw_place place)
{
    struct history *history = context;
    (void)identity;
    history->line.length = 0;
    if (argot_search_record(history->search, place, &history->line) && history->line.length)
        return (struct argot_slice){history->line.bytes, (uint32_t)history->line.length};
    history->result->raw_lost++;
    return (struct argot_slice){0};
}

/* ---- records ---- */

static bool
wants(void *context, const struct argot_shape *shape)
{
    struct history *history = context;
    return argot_engine_wants(history->engine, shape);
}

static struct argot_reparsed *
find_split(struct history *history, const struct row *row)
{
    for (size_t i = 0; i < ARGOT_HISTORY_RECORDS; i++) {
        struct split *split = &history->splits[i];
        if (split->parsed.record != row->record || split->source != row->source)
            continue;
        split->used = ++history->uses;
        return &split->parsed;
    }
    return NULL;
}

/* The one that is used longest ago, or one that is free. */
static struct split *
find_oldest(struct history *history)
{
    struct split *oldest = NULL;
    for (size_t i = 0; i < ARGOT_HISTORY_RECORDS; i++) {
        struct split *split = &history->splits[i];
        if (split->parsed.record && (!oldest || split->used < oldest->used))
            oldest = split;
    }
    return oldest;
}

static void
forget(struct history *history, struct split *split)
{
    argot_reparsed_finish(&split->parsed);
    argot_reparsed_init(&split->parsed, history->seam);
}

/* What was parsed goes among the split ones, and the others make room for it. */
static struct argot_reparsed *
keep_split(struct history *history)
{
    size_t bytes = history->one.batch.arena.used_bytes + history->one.line.length;
    struct split *free_one = NULL, *oldest;
    for (size_t i = 0; i < ARGOT_HISTORY_RECORDS; i++) {
        struct split *split = &history->splits[i];
        bytes += split->parsed.record ? split->parsed.batch.arena.used_bytes + split->parsed.line.length : 0;
        free_one = split->parsed.record ? free_one : split;
    }
    while ((bytes > ARGOT_HISTORY_BYTES || !free_one) && (oldest = find_oldest(history))) {
        bytes -= oldest->parsed.batch.arena.used_bytes + oldest->parsed.line.length;
        forget(history, oldest);
        free_one = oldest;
    }
    struct argot_reparsed empty = free_one->parsed;
    *free_one = (struct split){.source = history->one_source, .used = ++history->uses, .parsed = history->one};
    history->one = empty;
    return &free_one->parsed;
}

/* The row's record as it is read now. NULL: there is none, or (after history->no_memory or the end of the store) it
 * failed. */
static struct argot_reparsed *
parse(struct history *history, const struct row *row, const struct argot_cell *raw)
{
    struct argot_slice record = {0};
    if (history->one.record == row->record && history->one_source == row->source)
        return &history->one;
    struct argot_reparsed *split = find_split(history, row);
    if (split)
        return split;
    if (raw->kind != ARGOT_CELL_ABSENT) {
        record = (struct argot_slice){raw->slot.text.at, raw->slot.text.length};
    } else if (row->part) {
        history->line.length = 0;
        if (!argot_search_record(history->search, argot_search_place(history->search), &history->line)) {
            store_failed(history);
            return NULL;
        }
        record = (struct argot_slice){history->line.bytes, (uint32_t)history->line.length};
    }
    if (!record.at)
        return NULL;
    struct argot_settings settings = history->settings[row->source];
    settings.received = row->received;
    history->one_source = row->source;
    if (!argot_reparse_record(&history->reparse, &settings, record, row->record, row->line, &history->one)) {
        no_memory(history);
        return NULL;
    }
    return history->one.batch.count > 1 ? keep_split(history) : &history->one;
}

static const struct argot_result *
find_part(const struct argot_reparsed *parsed, uint32_t part)
{
    const struct argot_result *result = parsed && part < parsed->batch.count ? &parsed->batch.results[part] : NULL;
    bool good = result && (result->outcome == ARGOT_EVENT || result->outcome == ARGOT_UNWANTED);
    return good ? result : NULL;
}

/* ---- events ---- */

/* Who was awaited is awaited no more: what leapt in time is believed, and what the next one says counts. */
static bool
await(struct history *history, size_t source)
{
    if (history->awaited == source)
        return true;
    bool good = history->awaited == NONE || argot_engine_source_end(history->engine, (uint32_t)history->awaited);
    history->awaited = source;
    return good;
}

static bool
feed(struct history *history, const struct row *row, const struct argot_cell *raw)
{
    struct argot_detect_result *result = history->result;
    const struct argot_result *made = find_part(parse(history, row, raw), row->part);
    if (!is_open(history))
        return false;
    if (!made) {
        result->cold++;
        return true;
    }
    argot_time time = made->outcome == ARGOT_EVENT ? made->event->time : made->time;
    uint32_t source = (uint32_t)row->source;
    result->moved += time != row->time;
    bool good = await(history, row->source) &&
                (made->outcome == ARGOT_EVENT
                     ? argot_engine_event(history->engine, source, made->event, argot_search_place(history->search))
                     : argot_engine_unwanted(history->engine, source, time));
    return good || no_memory(history);
}

static size_t
find_source(const struct history *history, uint32_t id)
{
    size_t low = 0, high = history->nsources;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (history->sources[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < history->nsources && history->sources[low].id == id ? low : NONE;
}

static void
count(struct history *history, const struct row *row)
{
    struct argot_parse_result *result = &history->result->parse;
    struct argot_counts counts = {
        .events = 1, .records = !row->part, .lines = !row->part, .split_events = row->part > 0};
    argot_counts_add(&result->sources[row->source].counts, &counts);
    argot_counts_add(&result->total, &counts);
}

/* Now and then: alerts are written as they come, and whoever waits is told how far it is. */
static bool
look(struct history *history)
{
    const struct argot_parse_options *parse = history->parse;
    if (history->result->parse.total.events % ROWS_A_LOOK)
        return true;
    if (history->output.length)
        flush(history);
    struct argot_parse_progress progress = {.counts = history->result->parse.total};
    if (parse->progress)
        parse->progress(parse->context, &progress);
    return is_open(history);
}

static bool
take(struct history *history, const struct argot_cell *cells)
{
    struct row row = {
        .source = find_source(history, (uint32_t)cells[CELL_SOURCE].slot.i64),
        .record = (uint64_t)cells[CELL_RECORD].slot.i64,
        .line = (uint64_t)cells[CELL_LINE].slot.i64,
        .part = (uint32_t)cells[CELL_PART].slot.i64,
        .time = cells[CELL_TIME].slot.i64,
        .received = cells[CELL_RECEIVED].slot.i64,
    };
    if (row.source == NONE) { /* of no source: nobody's */
        history->result->cold++;
        return true;
    }
    count(history, &row);
    return feed(history, &row, &cells[CELL_RAW]) && look(history);
}

/* ---- the whole ---- */

static bool
on_stop(void *context)
{
    struct history *history = context;
    const struct argot_parse_options *parse = history->parse;
    history->stopped = history->stopped || (parse->stop && parse->stop(parse->context));
    return history->stopped;
}

static void
run(struct history *history)
{
    struct argot_search_query query = {
        .table = ARGOT_SEARCH_EVENTS,
        .from = history->options->from,
        .to = history->options->to,
        .columns = history->columns,
        .ncolumns = CELLS,
        .oldest_first = true,
        .stop = on_stop,
        .stop_context = history,
    };
    struct argot_cell cells[CELLS];
    bool good = argot_search_start(history->search, &query);
    while (good && !on_stop(history) && argot_search_next(history->search, cells))
        good = take(history, cells);
    if (*argot_search_problem(history->search))
        store_failed(history);
    if (is_open(history) && !argot_engine_finish(history->engine))
        no_memory(history);
    flush(history);
}

static void
name_columns(struct history *history)
{
    static const char *const names[CELLS] = {"source", "record", "line", "part", "event_time", "event_ingest_time"};
    for (size_t i = 0; i < CELL_RAW; i++)
        argot_search_column(ARGOT_SEARCH_EVENTS, names[i], &history->columns[i]);
    /* Columns as they stand: the number of the source, and the record where it is. */
    history->columns[CELL_SOURCE] =
        (struct argot_search_column){.kind = ARGOT_SEARCH_OWN, .type = ARGOT_TYPE_INT, .name = "source"};
    history->columns[CELL_RAW] =
        (struct argot_search_column){.kind = ARGOT_SEARCH_OWN, .type = ARGOT_TYPE_STRING, .name = "raw_line"};
}

/* Sources of the result with their names behind them, since they outlive the search. */
static bool
make_result(struct history *history)
{
    struct argot_parse_result *result = &history->result->parse;
    size_t count = history->nsources, size = (count + 1) * sizeof *result->sources;
    for (size_t i = 0; i < count; i++)
        size += strlen(history->sources[i].name) + 1;
    result->sources = history->seam->allocate(history->seam, size);
    if (!result->sources)
        return false;
    char *name = (char *)(result->sources + count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(history->sources[i].name) + 1;
        memcpy(name, history->sources[i].name, length);
        result->sources[i] = (struct argot_parse_source){.path = name};
        name += length;
    }
    result->nsources = count;
    return true;
}

static bool
know_sources(struct history *history)
{
    const struct argot_history_options *options = history->options;
    history->sources = argot_search_sources(history->search, &history->nsources);
    size_t count = history->nsources;
    if (!history->sources || count > UINT32_MAX || !make_result(history))
        return false;
    history->names = argot_arena_zalloc(&history->arena, count + 1, sizeof *history->names);
    history->settings = argot_arena_zalloc(&history->arena, count + 1, sizeof *history->settings);
    if (!history->names || !history->settings)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct argot_store_source *source = &history->sources[i];
        history->names[i] = source->name;
        options->settings(options->context, source->path, source->name, &history->settings[i]);
        history->settings[i].wants = wants;
        history->settings[i].wants_context = history;
    }
    return true;
}

static bool
make_engine(struct history *history, char *why, size_t why_size)
{
    const struct argot_detect_options *detect = &history->options->detect;
    struct argot_detect_result *result = history->result;
    history->style = (struct argot_alert_style){.plan = detect->plan,
                                                .paths = history->names,
                                                .npaths = history->nsources,
                                                .color = history->parse->color,
                                                .standard = history->parse->standard,
                                                .replay = true};
    struct argot_engine_options engine = {
        .seam = history->seam,
        .plan = detect->plan,
        .nsources = (uint32_t)history->nsources,
        .names = history->names,
        .order_by_name = true, /* as the run did */
        .late_ns = detect->late_ns,
        .context = history,
        .alert = history->parse->output == ARGOT_PARSE_NONE ? NULL : on_alert,
        .raw = history->parse->output == ARGOT_PARSE_NONE ? NULL : on_raw,
    };
    result->nrules = detect->plan->nrules;
    result->rules = history->seam->allocate(history->seam, (result->nrules + 1) * sizeof *result->rules);
    history->reparse.worker = argot_worker_new(history->parse->registry, &history->reparse.settings);
    if (!result->rules || !history->reparse.worker)
        return false;
    history->engine = argot_engine_new(&engine, why, why_size);
    for (size_t i = 0; history->engine && i < history->nsources; i++)
        if (!argot_engine_source_end(history->engine, (uint32_t)i))
            return false;
    return history->engine;
}

static bool
begin(struct history *history, char *why, size_t why_size)
{
    history->search = argot_search_open(history->seam, history->options->path, why, why_size);
    if (!history->search)
        return false;
    snprintf(why, why_size, "there is no memory");
    if (!know_sources(history)) {
        if (*argot_search_problem(history->search))
            snprintf(why, why_size, "%s", argot_search_problem(history->search));
        return false;
    }
    name_columns(history);
    return make_engine(history, why, why_size);
}

static void
take_counts(struct history *history)
{
    struct argot_detect_result *result = history->result;
    result->engine = argot_engine_counts(history->engine);
    for (uint32_t i = 0; i < result->nrules; i++)
        result->rules[i] = argot_engine_rule_counts(history->engine, i);
    result->parse.end = history->sink.end;
    result->parse.error = history->sink.error;
    if (result->parse.end == ARGOT_PARSE_DONE && history->no_memory)
        result->parse.end = ARGOT_PARSE_NO_MEMORY;
    else if (result->parse.end == ARGOT_PARSE_DONE && history->stopped)
        result->parse.end = ARGOT_PARSE_STOPPED;
}

static void
init(struct history *history)
{
    argot_arena_init(&history->arena, history->seam, 0);
    argot_buffer_init(&history->output, history->seam);
    argot_buffer_init(&history->letters, history->seam);
    argot_buffer_init(&history->line, history->seam);
    argot_reparsed_init(&history->one, history->seam);
    for (size_t i = 0; i < ARGOT_HISTORY_RECORDS; i++)
        argot_reparsed_init(&history->splits[i].parsed, history->seam);
}

static void
finish(struct history *history)
{
    argot_engine_free(history->engine);
    argot_worker_free(history->reparse.worker);
    argot_search_close(history->search);
    argot_reparsed_finish(&history->one);
    for (size_t i = 0; i < ARGOT_HISTORY_RECORDS; i++)
        argot_reparsed_finish(&history->splits[i].parsed);
    argot_buffer_finish(&history->output);
    argot_buffer_finish(&history->letters);
    argot_buffer_finish(&history->line);
    argot_arena_finish(&history->arena);
}

bool
argot_history_run(const struct argot_history_options *options, struct argot_detect_result *result, char *why,
                  size_t why_size)
{
    const struct argot_parse_options *parse = &options->detect.parse;
    struct history history = {
        .options = options,
        .parse = parse,
        .result = result,
        .seam = parse->seam,
        .awaited = NONE,
        .sink = argot_sink_of(parse),
    };
    argot_time started = parse->seam->monotonic(parse->seam);
    *result = (struct argot_detect_result){0};
    init(&history);
    bool begun = begin(&history, why, why_size);
    if (begun) {
        run(&history);
        take_counts(&history);
    } else {
        argot_detect_finish(parse->seam, result);
    }
    finish(&history);
    result->parse.duration_ns = parse->seam->monotonic(parse->seam) - started;
    return begun;
}
