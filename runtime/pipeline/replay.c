/* SPDX-License-Identifier: Apache-2.0
 * Looking at a letter is the same whether something is done or not; who only looks reads the store as a search does,
 * beside a run that writes to it. */
#include "pipeline/replay.h"
#include "pipeline/reparse.h"
#include "store/letters.h"
#include "store/search.h"
#include <stdio.h>
#include <string.h>

#define FIRST_ROOM 4

struct replay {
    const struct argot_replay_options *options;
    struct argot_replay_result *result;
    struct argot_seam *seam;
    struct argot_reparse reparse;
    struct argot_reparsed parsed;
    size_t nsources;
    const struct argot_store_source *sources; /* by id, ascending */
    struct argot_settings *settings;          /* format and zone of each */
};

static bool
fail(struct replay *replay, const char *words)
{
    replay->result->failed = true;
    snprintf(replay->result->problem, sizeof replay->result->problem, "%s", words);
    return false;
}

static bool
is_stopped(struct replay *replay)
{
    const struct argot_replay_options *options = replay->options;
    replay->result->stopped = replay->result->stopped || (options->stop && options->stop(options->context));
    return replay->result->stopped;
}

/* ---- counts ---- */

static struct argot_replay_format *
format_of(struct replay *replay, struct argot_replay_source *source, const char *name)
{
    struct argot_seam *seam = replay->seam;
    for (size_t i = 0; i < source->nformats; i++) {
        const char *other = source->formats[i].name;
        if (other == name || (other && name && !strcmp(other, name)))
            return &source->formats[i];
    }
    if (source->nformats == source->room) {
        size_t room = source->room ? source->room * 2 : FIRST_ROOM, size = room * sizeof *source->formats;
        struct argot_replay_format *formats =
            source->formats ? seam->resize(seam, source->formats, size) : seam->allocate(seam, size);
        if (!formats)
            return NULL;
        source->formats = formats;
        source->room = room;
    }
    source->formats[source->nformats] = (struct argot_replay_format){.name = name};
    return &source->formats[source->nformats++];
}

/* *keep: whether the store keeps the events. */
static bool
count(struct replay *replay, size_t number, const struct argot_event *const *events, size_t nevents, bool *keep)
{
    const struct argot_replay_options *options = replay->options;
    struct argot_replay_source *source = &replay->result->sources[number];
    const char *format = nevents ? events[0]->shape->format : NULL;
    struct argot_replay_format *sum = format_of(replay, source, format);
    if (!sum)
        return fail(replay, "there is no memory");
    *keep = argot_store_policy_of(options->policies, options->npolicies, format)->events == ARGOT_STORE_KEEP_ALL;
    sum->letters++;
    sum->events += nevents;
    source->taken++;
    source->events += nevents;
    source->unkept += *keep ? 0 : nevents;
    return true;
}

/* What is done: a transaction that is given up is not counted. */
static void
add_up(struct argot_replay_result *result)
{
    result->total = (struct argot_replay_source){0};
    for (size_t i = 0; i < result->nsources; i++) {
        const struct argot_replay_source *source = &result->sources[i];
        result->total.letters += source->letters;
        result->total.pieces += source->pieces;
        result->total.bare += source->bare;
        result->total.unkept += source->unkept;
        result->total.taken += source->taken;
        result->total.events += source->events;
    }
}

/* ---- one letter ---- */

enum answer { ANSWER_STAYS, ANSWER_TAKEN, ANSWER_FAILED };

/* The letter's record as it is read now; a letter of no source is none of ours. */
static enum answer
look(struct replay *replay, const struct argot_stored_letter *letter, size_t *number)
{
    size_t low = 0, high = replay->nsources;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (replay->sources[middle].id < letter->source)
            low = middle + 1;
        else
            high = middle;
    }
    *number = low;
    if (low == replay->nsources || replay->sources[low].id != letter->source)
        return ANSWER_STAYS;
    replay->result->sources[low].letters++;
    bool bare = !letter->piece && !letter->raw.length;
    replay->result->sources[low].pieces += letter->piece != 0;
    replay->result->sources[low].bare += bare;
    if (letter->piece || bare)
        return ANSWER_STAYS;
    struct argot_settings settings = replay->settings[low];
    settings.received = letter->received;
    if (!argot_reparse_record(&replay->reparse, &settings, letter->raw, letter->record, letter->line,
                              &replay->parsed)) {
        fail(replay, "there is no memory");
        return ANSWER_FAILED;
    }
    const struct argot_batch *batch = &replay->parsed.batch;
    return batch->count && batch->results[0].outcome != ARGOT_LETTER ? ANSWER_TAKEN : ANSWER_STAYS;
}

/* The events of the record that was looked at last, in the batch's arena, with their record if a policy keeps it. NULL:
 * no memory. */
static const struct argot_event **
gather(struct replay *replay, size_t *nevents)
{
    const struct argot_replay_options *options = replay->options;
    struct argot_batch *batch = &replay->parsed.batch;
    const struct argot_event **events = argot_arena_zalloc(&batch->arena, batch->count, sizeof *events);
    *nevents = 0;
    for (size_t i = 0; events && i < batch->count; i++) {
        struct argot_event *event = batch->results[i].event;
        if (batch->results[i].outcome != ARGOT_EVENT)
            continue;
        if (argot_store_policy_of(options->policies, options->npolicies, event->shape->format)->raw !=
            ARGOT_STORE_RAW_ALL)
            event->raw = (struct argot_slice){0};
        events[(*nevents)++] = event;
    }
    if (!events)
        fail(replay, "there is no memory");
    return events;
}

/* ---- acting ---- */

static bool
take_batch(struct replay *replay, struct argot_letters *letters, const struct argot_stored_letter *batch, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        size_t number, nevents;
        bool keep;
        enum answer answer = look(replay, &batch[i], &number);
        if (answer == ANSWER_STAYS)
            continue;
        const struct argot_event **events = answer == ANSWER_TAKEN ? gather(replay, &nevents) : NULL;
        if (!events || !count(replay, number, events, nevents, &keep))
            return false;
        if (!argot_letters_take(letters, &batch[i], events, nevents, keep))
            return fail(replay, argot_letters_problem(letters));
    }
    if (!argot_letters_commit(letters))
        return fail(replay, argot_letters_problem(letters));
    add_up(replay->result);
    return true;
}

static bool
act(struct replay *replay, struct argot_letters *letters)
{
    const struct argot_stored_letter *batch;
    size_t length = 1;
    while (length) {
        if (is_stopped(replay))
            return true;
        if (!argot_letters_next(letters, &batch, &length))
            return fail(replay, argot_letters_problem(letters));
        if (length && !take_batch(replay, letters, batch, length))
            return false;
    }
    return true;
}

/* ---- only looking ---- */

enum { CELL_SOURCE, CELL_RECORD, CELL_LINE, CELL_RECEIVED, CELL_PIECE, CELL_RAW, CELLS };

static const struct argot_search_column columns[CELLS] = {
    [CELL_SOURCE] = {.kind = ARGOT_SEARCH_OWN, .type = ARGOT_TYPE_INT, .name = "source"},
    [CELL_RECORD] = {.kind = ARGOT_SEARCH_OWN, .type = ARGOT_TYPE_INT, .name = "record"},
    [CELL_LINE] = {.kind = ARGOT_SEARCH_OWN, .type = ARGOT_TYPE_INT, .name = "line"},
    [CELL_RECEIVED] = {.kind = ARGOT_SEARCH_OWN, .type = ARGOT_TYPE_TIMESTAMP, .name = "event_ingest_time"},
    [CELL_PIECE] = {.kind = ARGOT_SEARCH_OWN, .type = ARGOT_TYPE_INT, .name = "piece"},
    [CELL_RAW] = {.kind = ARGOT_SEARCH_RAW, .name = "raw_line"},
};

static struct argot_stored_letter
letter_of(const struct argot_cell *cells)
{
    struct argot_stored_letter letter = {
        .source = (uint32_t)cells[CELL_SOURCE].slot.i64,
        .record = (uint64_t)cells[CELL_RECORD].slot.i64,
        .line = (uint64_t)cells[CELL_LINE].slot.i64,
        .received = cells[CELL_RECEIVED].slot.i64,
        .raw = {(const uint8_t *)"", 0},
    };
    if (cells[CELL_PIECE].kind != ARGOT_CELL_ABSENT)
        letter.piece = (uint32_t)cells[CELL_PIECE].slot.i64;
    if (cells[CELL_RAW].kind != ARGOT_CELL_ABSENT)
        letter.raw = (struct argot_slice){cells[CELL_RAW].slot.text.at, cells[CELL_RAW].slot.text.length};
    return letter;
}

static bool
plan(struct replay *replay, struct argot_search *search)
{
    struct argot_search_query query = {
        .table = ARGOT_SEARCH_LETTERS, .from = INT64_MIN, .to = INT64_MAX, .columns = columns, .ncolumns = CELLS};
    struct argot_cell cells[CELLS];
    if (!argot_search_start(search, &query))
        return fail(replay, argot_search_problem(search));
    while (!is_stopped(replay) && argot_search_next(search, cells)) {
        size_t number, nevents;
        bool keep;
        struct argot_stored_letter letter = letter_of(cells);
        enum answer answer = look(replay, &letter, &number);
        if (answer == ANSWER_STAYS)
            continue;
        const struct argot_event **events = answer == ANSWER_TAKEN ? gather(replay, &nevents) : NULL;
        if (!events || !count(replay, number, events, nevents, &keep))
            return false;
    }
    add_up(replay->result);
    return !*argot_search_problem(search) || fail(replay, argot_search_problem(search));
}

/* ---- the whole ---- */

static void
leave_out(void *context, const char *file, const char *words)
{
    struct replay *replay = context;
    replay->result->left_out++;
    replay->options->problem(replay->options->context, file, words);
}

static bool
know_sources(struct replay *replay, const struct argot_store_source *sources, size_t count)
{
    const struct argot_replay_options *options = replay->options;
    struct argot_replay_result *result = replay->result;
    struct argot_seam *seam = replay->seam;
    replay->sources = sources;
    replay->nsources = count;
    replay->settings = argot_arena_zalloc(&replay->result->names, count + 1, sizeof *replay->settings);
    result->sources = seam->allocate(seam, (count + 1) * sizeof *result->sources);
    if (!replay->settings || !result->sources)
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *name = argot_arena_copy(&replay->result->names, sources[i].name, strlen(sources[i].name));
        if (!name)
            return false;
        result->sources[result->nsources++] = (struct argot_replay_source){.name = name};
        options->settings(options->context, sources[i].path, sources[i].name, &replay->settings[i]);
    }
    return true;
}

static bool
act_on(struct replay *replay, char *why, size_t why_size)
{
    const struct argot_replay_options *options = replay->options;
    struct argot_letters_options letters_options = {
        .seam = replay->seam,
        .path = options->path,
        .npolicies = options->npolicies,
        .policies = options->policies,
        .batch = options->batch,
        .context = replay,
        .problem = leave_out,
    };
    struct argot_letters *letters = argot_letters_open(&letters_options, why, why_size);
    if (!letters)
        return false;
    size_t count;
    const struct argot_store_source *sources = argot_letters_sources(letters, &count);
    if (!sources)
        fail(replay, argot_letters_problem(letters));
    else if (!know_sources(replay, sources, count))
        fail(replay, "there is no memory");
    else
        act(replay, letters);
    argot_letters_close(letters);
    return true;
}

static bool
plan_for(struct replay *replay, char *why, size_t why_size)
{
    struct argot_search *search = argot_search_open(replay->seam, replay->options->path, why, why_size);
    if (!search)
        return false;
    size_t count;
    const struct argot_store_source *sources = argot_search_sources(search, &count);
    if (!sources)
        fail(replay, argot_search_problem(search));
    else if (!know_sources(replay, sources, count))
        fail(replay, "there is no memory");
    else
        plan(replay, search);
    argot_search_close(search);
    return true;
}

bool
argot_replay_run(const struct argot_replay_options *options, struct argot_replay_result *result, char *why,
                 size_t why_size)
{
    struct replay replay = {.options = options, .result = result, .seam = options->seam};
    *result = (struct argot_replay_result){0};
    argot_arena_init(&result->names, replay.seam, 0);
    argot_reparsed_init(&replay.parsed, replay.seam);
    snprintf(why, why_size, "there is no memory");
    replay.reparse.worker = argot_worker_new(options->registry, &replay.reparse.settings);
    bool begun = replay.reparse.worker && (options->act ? act_on : plan_for)(&replay, why, why_size);
    argot_worker_free(replay.reparse.worker);
    argot_reparsed_finish(&replay.parsed);
    if (!begun)
        argot_replay_finish(replay.seam, result);
    return begun;
}

void
argot_replay_finish(struct argot_seam *seam, struct argot_replay_result *result)
{
    for (size_t i = 0; i < result->nsources; i++)
        seam->release(seam, result->sources[i].formats);
    seam->release(seam, result->sources);
    argot_arena_finish(&result->names);
    result->sources = NULL;
    result->nsources = 0;
}
