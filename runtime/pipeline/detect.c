/* SPDX-License-Identifier: Apache-2.0
 * Each source has a block, a portion of it as events, and a place among those. The engine says whose event is next. */
#include "pipeline/detect.h"
#include "output/alert.h"
#include "output/json.h"
#include "pipeline/announce.h"
#include "pipeline/evidence.h"
#include "pipeline/keep.h"
#include "pipeline/portion.h"
#include "pipeline/sink.h"
#include <stdio.h>
#include <string.h>

#define FLUSH_BYTES ((size_t)64 << 10) /* of output, before it is written in the middle of a block */
#define SHARES 8                       /* of a block's size that a source takes, roughly: block, leftover, events */
#define KEPT_BLOCKS 4                  /* a source's memory for blocks that grew beyond is given back */
#define ARENA_BLOCK_BYTES ((size_t)64 << 10) /* of a batch, or less where blocks are smaller */

struct source {
    struct argot_input *input; /* open to the end, for evidence; NULL: it could not be opened */
    struct argot_block_bytes block;
    struct argot_portion portion;
    struct argot_batch batch;
    size_t next;     /* result of the batch */
    uint64_t offset; /* of the block among all bytes of the input */
    argot_time received;
    uint64_t done_bytes;    /* as last told by progress */
    uint64_t placed_record; /* whose place is known; several events may share it */
    argot_raw_place place;
    struct argot_store_position stands; /* behind the last block, of sources that are kept */
};

struct detect {
    const struct argot_detect_options *options;
    const struct argot_parse_options *parse;
    struct argot_detect_result *result;
    struct argot_seam *seam;
    struct argot_sink sink;
    struct argot_worker *worker;
    struct argot_settings settings;
    struct argot_json *json; /* for letters */
    struct argot_engine *engine;
    struct argot_evidence evidence;
    struct argot_alert_style style;
    struct argot_buffer output, letters;
    struct source *sources;
    size_t ready; /* sources whose memory was set up */
    size_t block_bytes;
    uint64_t done_bytes, total_bytes;
    struct argot_keep keep;
    size_t settings_of; /* source */
    bool keeping;       /* there is a store */
    bool raw, stopped, no_memory;
};

/* ---- out ---- */

static bool
flush(struct detect *detect)
{
    return argot_sink_write(&detect->sink, &detect->letters, &detect->output, detect->no_memory);
}

static bool
is_open(const struct detect *detect)
{
    return detect->sink.end == ARGOT_PARSE_DONE && !detect->no_memory;
}

/* The store's words are kept, and nothing more is done. */
static bool
store_failed(struct detect *detect)
{
    const char *problem = argot_store_problem(detect->options->store);
    if (*problem && is_open(detect)) {
        detect->sink.end = ARGOT_PARSE_STORE_ERROR;
        snprintf(detect->result->store_problem, sizeof detect->result->store_problem, "%s", problem);
    } else {
        detect->no_memory = true;
    }
    return false;
}

/* Whether it is new, which without a store each is. */
static bool
keep_alert(struct detect *detect, const struct argot_alert *alert)
{
    bool fresh = true;
    if (detect->keeping && !argot_keep_alert(&detect->keep, alert, &fresh))
        return store_failed(detect);
    return fresh;
}

static void
on_alert(void *context, const struct argot_alert *alert)
{
    struct detect *detect = context;
    uint64_t replaced = 0;
    if (detect->sink.end != ARGOT_PARSE_DONE || !keep_alert(detect, alert))
        return;
    if (detect->options->announce && !argot_announce_alert(detect->options->announce, alert, &detect->style))
        store_failed(detect);
    if (detect->parse->output == ARGOT_PARSE_TEXT)
        replaced = argot_alert_text(alert, &detect->style, &detect->output);
    else if (detect->parse->output == ARGOT_PARSE_JSONL)
        replaced = argot_alert_json(alert, &detect->style, &detect->output);
    detect->result->parse.total.replaced_bytes += replaced;
    if (detect->output.length >= FLUSH_BYTES)
        flush(detect);
}

static struct argot_slice
on_raw(void *context, struct argot_identity identity, argot_raw_place place)
{
    struct detect *detect = context;
    if (detect->keeping) {
        struct argot_slice raw = argot_keep_raw(&detect->keep, place);
        if (detect->keep.raw_failed)
            store_failed(detect);
        return raw;
    }
    const struct source *source = &detect->sources[identity.source];
    struct argot_evidence_bytes at_hand = {source->block.bytes, source->block.length, source->offset};
    return argot_evidence_find(&detect->evidence, source->input, at_hand, place);
}

/* ---- in: the next portion of a source ---- */

static bool
asked_to_stop(struct detect *detect)
{
    if (detect->parse->stop && detect->parse->stop(detect->parse->context))
        detect->stopped = true;
    return detect->stopped;
}

static void
report(struct detect *detect, size_t index, const char *reason)
{
    struct argot_parse_source *source = &detect->result->parse.sources[index];
    if (!source->failed)
        detect->result->parse.failed++;
    source->failed = true;
    snprintf(source->problem, sizeof source->problem, "%s", reason);
    if (detect->parse->problem)
        detect->parse->problem(detect->parse->context, source->path, source->problem);
}

static void
show_progress(struct detect *detect, struct source *source)
{
    if (!detect->parse->progress)
        return;
    uint64_t done, total;
    argot_input_progress(source->input, &done, &total);
    detect->done_bytes += done - source->done_bytes;
    source->done_bytes = done;
    struct argot_parse_progress progress = {
        .done_bytes = detect->done_bytes, .total_bytes = detect->total_bytes, .counts = detect->result->parse.total};
    detect->parse->progress(detect->parse->context, &progress);
}

/* Where a source stands: before the next result that is not taken yet, or behind its batch. */
static struct argot_store_position
position_of(struct detect *detect, size_t index)
{
    struct source *source = &detect->sources[index];
    const struct argot_block_bytes *block = &source->block;
    const struct argot_portion *portion = &source->portion;
    if (source->next < source->batch.count) {
        const struct argot_result *result = &source->batch.results[source->next];
        bool letter = result->outcome == ARGOT_LETTER;
        struct argot_slice raw = letter ? result->letter->raw : result->event->raw;
        return (struct argot_store_position){
            .offset = source->offset + (uint64_t)(raw.at - block->bytes),
            .record = letter ? result->letter->record : result->event->record,
            .line = letter ? result->letter->line : result->event->line,
            .part = letter ? 0 : result->event->part,
            .pieces = letter && result->letter->piece ? result->letter->piece - 1 : 0,
        };
    }
    if (!portion->block)
        return source->stands;
    uint64_t taken = block->piece ? block->piece_last && !argot_portion_more(portion) : portion->taken;
    return (struct argot_store_position){
        .offset = source->offset + (uint64_t)(portion->at - block->bytes),
        .record = block->first_record + taken,
        .line = block->first_line + taken,
        .pieces = !block->piece || taken        ? 0
                  : argot_portion_more(portion) ? block->piece_number - 1
                                                : block->piece_number,
    };
}

/* What is of no more account: what was skipped, and what an earlier run has stored of the record that it was in. */
static void
pass_by(struct detect *detect, size_t index)
{
    struct source *source = &detect->sources[index];
    for (; source->next < source->batch.count; source->next++) {
        const struct argot_result *result = &source->batch.results[source->next];
        if (result->outcome == ARGOT_SKIPPED)
            argot_keep_skipped(&detect->keep, index);
        else if (result->outcome == ARGOT_LETTER ||
                 !argot_keep_has(&detect->keep, index, result->event->record, result->event->part))
            return;
    }
}

static bool
commit(struct detect *detect)
{
    for (size_t i = 0; i < detect->ready; i++) {
        pass_by(detect, i);
        struct argot_store_position position = position_of(detect, i);
        argot_keep_position(&detect->keep, i, &position);
    }
    struct argot_announce *announce = detect->options->announce;
    if (announce && !argot_announce_flush(announce))
        return store_failed(detect);
    if (!flush(detect) || (!argot_keep_commit(&detect->keep, detect->engine) && !store_failed(detect)))
        return false;
    if (announce)
        argot_announce_commit(announce);
    return !announce || argot_announce_go_on(announce) || store_failed(detect);
}

/* Nothing waits unwritten while an input is waited for. False: the source gives no further block. */
static bool
read_block(struct detect *detect, size_t index)
{
    struct source *source = &detect->sources[index];
    source->stands = position_of(detect, index);
    source->portion = (struct argot_portion){0};
    if (!flush(detect) || asked_to_stop(detect))
        return false;
    source->offset += source->block.length;
    if (source->block.capacity > KEPT_BLOCKS * detect->block_bytes)
        argot_block_finish(detect->seam, &source->block);
    enum argot_input_status status = argot_input_next(source->input, &source->block);
    bool stopped = asked_to_stop(detect);
    if (status != ARGOT_INPUT_BLOCK) {
        const char *problem = argot_input_problem(source->input);
        if (problem && !stopped)
            report(detect, index, problem);
        return false;
    }
    if (stopped)
        argot_block_drop_cut(&source->block);
    argot_portion_begin(&source->portion, &source->block);
    show_progress(detect, source);
    return true;
}

static bool
wants(void *context, const struct argot_shape *shape)
{
    struct detect *detect = context;
    return argot_engine_wants(detect->engine, shape);
}

static void
use_settings(struct detect *detect, size_t index)
{
    argot_time received = detect->sources[index].received;
    const struct argot_settings *each = detect->options->each;
    if (detect->settings.received == received && (!each || detect->settings_of == index))
        return;
    if (each) {
        detect->settings.format = each[index].format;
        detect->settings.zone = each[index].zone;
    }
    detect->settings_of = index;
    detect->settings.received = received;
    argot_worker_settings(detect->worker, &detect->settings); /* whoever made the options knows the formats */
}

static void
write_letters(struct detect *detect, size_t index)
{
    const struct argot_batch *batch = &detect->sources[index].batch;
    if (detect->parse->letters_fd < 0 || !batch->counts.letters)
        return;
    for (size_t i = 0; i < batch->count; i++)
        if (batch->results[i].outcome == ARGOT_LETTER)
            argot_json_letter(detect->json, batch->results[i].letter, detect->parse->paths[index], &detect->letters);
    detect->result->parse.total.replaced_bytes += argot_json_take_replaced(detect->json);
    if (detect->letters.length >= FLUSH_BYTES)
        flush(detect);
}

/* Events of batches that are stored are not needed any more. */
static bool
let_go(struct detect *detect)
{
    return !detect->keeping || argot_keep_flush(&detect->keep) || store_failed(detect);
}

/* A batch of records, counted, its letters written. False: there is none, and the source is at its end, or all is. */
static bool
next_portion(struct detect *detect, size_t index)
{
    struct source *source = &detect->sources[index];
    struct argot_parse_result *result = &detect->result->parse;
    if (!argot_engine_recall(detect->engine, (uint32_t)index)) {
        detect->no_memory = true;
        return false;
    }
    if (!let_go(detect))
        return false;
    argot_batch_reset(&source->batch);
    source->next = 0;
    while (!argot_portion_more(&source->portion))
        if (!source->input || !read_block(detect, index))
            return false;
    use_settings(detect, index);
    if (!argot_portion_next(&source->portion, detect->worker, &source->batch)) {
        detect->no_memory = true;
        return false;
    }
    argot_counts_add(&result->sources[index].counts, &source->batch.counts);
    argot_counts_add(&result->total, &source->batch.counts);
    write_letters(detect, index);
    return true;
}

/* ---- in: event by event ---- */

static argot_raw_place
place_of(struct detect *detect, struct source *source, const struct argot_event *event)
{
    if (!detect->raw || event->record == source->placed_record)
        return source->place;
    source->placed_record = event->record;
    if (argot_input_rereads(source->input))
        source->place =
            argot_evidence_in_file(event->raw, source->offset + (uint64_t)(event->raw.at - source->block.bytes));
    else
        source->place = argot_evidence_keep(&detect->evidence, event->raw);
    return source->place;
}

/* Memory that a long record or a rich batch took is not kept for the rest of the run. */
static void
end_source(struct detect *detect, size_t index)
{
    struct source *source = &detect->sources[index];
    if (!let_go(detect))
        return;
    argot_batch_finish(&source->batch);
    argot_batch_init(&source->batch, detect->seam);
    argot_block_finish(detect->seam, &source->block);
    source->portion = (struct argot_portion){0};
    if (detect->keeping && source->input && !detect->result->parse.sources[index].failed) {
        uint64_t done, total;
        argot_input_progress(source->input, &done, &total);
        argot_keep_position(&detect->keep, index, &source->stands);
        argot_keep_end(&detect->keep, index, done);
    }
    if (!argot_engine_source_end(detect->engine, (uint32_t)index))
        detect->no_memory = true;
}

/* Stores a result. Whether it is an event for the engine, and its place. */
static bool
store(struct detect *detect, size_t index, const struct argot_result *result, argot_raw_place *place)
{
    if (result->outcome == ARGOT_EVENT)
        return argot_keep_event(&detect->keep, index, result->event, place) || store_failed(detect);
    if (!argot_keep_letter(&detect->keep, index, detect->sources[index].received, result->letter))
        store_failed(detect);
    return false;
}

/* Stores the next event of the batch and gives it to the engine. One alone, since a commit may come between two. False:
 * there is none. */
static bool
feed_stored(struct detect *detect, size_t index)
{
    struct source *source = &detect->sources[index];
    argot_raw_place place;
    while (is_open(detect)) {
        pass_by(detect, index);
        if (source->next == source->batch.count)
            return false;
        const struct argot_result *result = &source->batch.results[source->next++];
        if (!store(detect, index, result, &place))
            continue;
        detect->no_memory |= !argot_engine_lend(detect->engine, (uint32_t)index, result->event, place);
        return true;
    }
    return false;
}

/* Gives the engine the next event of the batch, and what follows it there as long as no other source is further behind.
 * False: there is none. */
static bool
feed_batch(struct detect *detect, size_t index)
{
    struct source *source = &detect->sources[index];
    struct argot_engine *engine = detect->engine;
    const struct argot_result *results = source->batch.results;
    uint32_t number = (uint32_t)index;
    size_t next = source->next, count = source->batch.count;
    uint64_t passed = 0;
    bool fed = false;
    while (next < count) {
        const struct argot_result *result = &results[next++];
        bool good;
        if (result->outcome == ARGOT_UNWANTED) {
            if (argot_engine_no_news(engine, number, result->time)) {
                passed++;
                continue;
            }
            good = argot_engine_unwanted(engine, number, result->time);
        } else if (result->outcome == ARGOT_EVENT) {
            good = argot_engine_lend(engine, number, result->event, place_of(detect, source, result->event));
        } else {
            continue;
        }
        fed = true;
        detect->no_memory |= !good;
        if (!is_open(detect) || argot_engine_next_source(engine) != (int64_t)index)
            break;
    }
    source->next = next;
    argot_engine_pass(engine, passed);
    return fed || passed;
}

/* The same of a source, or its end. */
static void
feed(struct detect *detect, size_t index)
{
    while (is_open(detect)) {
        if (detect->keeping ? feed_stored(detect, index) : feed_batch(detect, index))
            return;
        if (next_portion(detect, index))
            continue;
        if (is_open(detect) && !(detect->keeping && detect->stopped))
            end_source(detect, index);
        return;
    }
}

/* One that is kept and stopped goes on later: what waits for its time has to wait, and no input has ended. */
static void
run(struct detect *detect)
{
    bool keeping = detect->keeping;
    int64_t index;
    while (is_open(detect) && !(keeping && detect->stopped) &&
           (index = argot_engine_next_source(detect->engine)) >= 0) {
        feed(detect, (size_t)index);
        if (keeping && is_open(detect) && argot_keep_is_due(&detect->keep))
            commit(detect);
    }
    if (is_open(detect) && !(keeping && detect->stopped) && !argot_engine_finish(detect->engine))
        detect->no_memory = true;
    if (keeping && is_open(detect))
        commit(detect);
    flush(detect);
}

/* ---- the whole ---- */

static struct argot_input_options
input_options(const struct argot_parse_options *parse)
{
    struct argot_input_options input = parse->input;
    size_t share = ARGOT_DETECT_SOURCES_BYTES / SHARES / (parse->npaths ? parse->npaths : 1);
    if (share > ARGOT_BLOCK_BYTES)
        share = ARGOT_BLOCK_BYTES;
    if (!input.block_bytes)
        input.block_bytes = share < ARGOT_DETECT_LEAST_BLOCK_BYTES ? ARGOT_DETECT_LEAST_BLOCK_BYTES : share;
    return input;
}

/* One that was read to its end before, and is as it was then, is not read. */
static void
keep_source(struct detect *detect, size_t index)
{
    struct source *source = &detect->sources[index];
    if (!argot_keep_open(&detect->keep, index, detect->parse->paths[index], source->input))
        store_failed(detect);
    source->stands = detect->keep.sources[index].begin;
    source->offset = source->stands.offset;
    if (detect->keep.sources[index].over) {
        argot_input_close(source->input);
        source->input = NULL;
    }
}

static void
open_sources(struct detect *detect)
{
    const struct argot_parse_options *parse = detect->parse;
    struct argot_input_options input = input_options(parse);
    char why[ARGOT_PARSE_PROBLEM_BYTES];
    detect->block_bytes = input.block_bytes;
    for (; detect->ready < parse->npaths; detect->ready++) {
        size_t index = detect->ready;
        struct source *source = &detect->sources[index];
        argot_batch_init(&source->batch, detect->seam);
        if (input.block_bytes < ARENA_BLOCK_BYTES)
            source->batch.arena.block_bytes = input.block_bytes;
        source->input = argot_input_open(detect->seam, parse->paths[index], &input, why, sizeof why);
        if (detect->keeping)
            keep_source(detect, index);
        if (!source->input) {
            if (!detect->keeping || !detect->keep.sources[index].over)
                report(detect, index, why);
            continue;
        }
        source->received = parse->received ? *parse->received : argot_input_received(source->input);
        uint64_t done, total;
        argot_input_progress(source->input, &done, &total);
        detect->total_bytes += total;
    }
}

static void *
zeroed(struct argot_seam *seam, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count ? count : 1, size, &bytes))
        return NULL;
    void *block = seam->allocate(seam, bytes);
    if (block)
        memset(block, 0, bytes);
    return block;
}

static bool
begin(struct detect *detect, char *why, size_t why_size)
{
    const struct argot_parse_options *parse = detect->parse;
    struct argot_detect_result *result = detect->result;
    struct argot_seam *seam = detect->seam;
    snprintf(why, why_size, "there is no memory");
    if (parse->npaths > UINT32_MAX)
        return false;
    result->parse.sources = zeroed(seam, parse->npaths, sizeof *result->parse.sources);
    result->rules = zeroed(seam, detect->options->plan->nrules, sizeof *result->rules);
    detect->sources = zeroed(seam, parse->npaths, sizeof *detect->sources);
    detect->json = argot_json_new(seam, 0);
    detect->worker = argot_worker_new(parse->registry, &detect->settings);
    if (!result->parse.sources || !result->rules || !detect->sources || !detect->json || !detect->worker)
        return false;
    result->parse.nsources = parse->npaths;
    result->nrules = detect->options->plan->nrules;
    for (size_t i = 0; i < parse->npaths; i++)
        result->parse.sources[i].path = parse->paths[i];
    return !detect->keeping ||
           argot_keep_init(&detect->keep, seam, detect->options->store, parse->npaths, why, why_size);
}

/* All inputs were opened. */
static bool
make_engine(struct detect *detect, char *why, size_t why_size)
{
    bool keeping = detect->keeping;
    if (keeping && !argot_keep_complete(&detect->keep))
        store_failed(detect);
    if (keeping && detect->options->commit_rows)
        detect->keep.commit_rows = detect->options->commit_rows;
    if (keeping && detect->options->warm_events)
        detect->keep.warm_events = detect->options->warm_events;
    if (keeping)
        argot_keep_rules(&detect->keep, detect->options->plan);
    detect->style.paths = keeping ? detect->keep.names : detect->parse->paths;
    detect->style.npaths = keeping ? detect->keep.count : detect->parse->npaths;
    bool tells = keeping || detect->parse->output != ARGOT_PARSE_NONE || detect->options->announce;
    struct argot_engine_options engine = {
        .seam = detect->seam,
        .plan = detect->options->plan,
        .nsources = (uint32_t)detect->style.npaths,
        .names = detect->style.paths,
        .late_ns = detect->options->late_ns,
        .watch = detect->options->watch,
        .context = detect,
        .alert = tells ? on_alert : NULL,
        .raw = detect->raw ? on_raw : NULL,
    };
    detect->engine = argot_engine_new(&engine, why, why_size);
    return detect->engine != NULL;
}

/* The engine comes to the state that it had at the last commit. */
static void
warm_up(struct detect *detect)
{
    if (!detect->keeping || !is_open(detect))
        return;
    if (!argot_keep_warm(&detect->keep, detect->engine, detect->worker, detect->options->each))
        store_failed(detect);
    argot_keep_warmed(&detect->keep);
    detect->settings.received = INT64_MIN;
    detect->settings_of = SIZE_MAX;
}

static void
take_counts(struct detect *detect)
{
    struct argot_detect_result *result = detect->result;
    result->engine = argot_engine_counts(detect->engine);
    for (uint32_t i = 0; i < result->nrules; i++)
        result->rules[i] = argot_engine_rule_counts(detect->engine, i);
    result->raw_lost = detect->evidence.lost + detect->keep.raw_lost;
    result->warmed = detect->keep.warmed;
    result->cold = detect->keep.cold;
    result->forgotten = detect->keep.forgotten;
    result->parse.end = detect->sink.end;
    result->parse.error = detect->sink.error;
    if (result->parse.end == ARGOT_PARSE_DONE && detect->stopped)
        result->parse.end = ARGOT_PARSE_STOPPED;
}

static void
finish(struct detect *detect)
{
    argot_engine_free(detect->engine);
    for (size_t i = 0; i < detect->ready; i++) {
        argot_input_close(detect->sources[i].input);
        argot_batch_finish(&detect->sources[i].batch);
        argot_block_finish(detect->seam, &detect->sources[i].block);
    }
    detect->seam->release(detect->seam, detect->sources);
    argot_evidence_finish(&detect->evidence);
    if (detect->keep.seam)
        argot_keep_finish(&detect->keep);
    argot_worker_free(detect->worker);
    argot_json_free(detect->json);
    argot_buffer_finish(&detect->output);
    argot_buffer_finish(&detect->letters);
}

bool
argot_detect_run(const struct argot_detect_options *options, struct argot_detect_result *result, char *why,
                 size_t why_size)
{
    const struct argot_parse_options *parse = &options->parse;
    struct argot_seam *seam = parse->seam;
    struct detect detect = {
        .options = options,
        .parse = parse,
        .result = result,
        .seam = seam,
        .sink = argot_sink_of(parse),
        .settings = {.format = parse->format,
                     .zone = parse->zone,
                     .wants = options->store ? NULL : wants,
                     .wants_context = &detect},
        .style = {.plan = options->plan,
                  .paths = parse->paths,
                  .npaths = parse->npaths,
                  .color = parse->color,
                  .standard = parse->standard},
        .settings_of = SIZE_MAX,
        .keeping = options->store != NULL,
        .raw = parse->output != ARGOT_PARSE_NONE || options->watch || options->store,
    };
    argot_time started = seam->monotonic(seam);
    *result = (struct argot_detect_result){0};
    argot_buffer_init(&detect.output, seam);
    argot_buffer_init(&detect.letters, seam);
    argot_evidence_init(&detect.evidence, seam, options->evidence_ring_bytes, parse->input.record_max_bytes);
    bool begun = begin(&detect, why, why_size);
    if (begun) {
        open_sources(&detect);
        begun = make_engine(&detect, why, why_size);
    }
    if (begun) {
        warm_up(&detect);
        run(&detect);
        take_counts(&detect);
    } else {
        argot_detect_finish(seam, result);
    }
    finish(&detect);
    result->parse.duration_ns = seam->monotonic(seam) - started;
    return begun;
}

void
argot_detect_finish(struct argot_seam *seam, struct argot_detect_result *result)
{
    argot_parse_finish(seam, &result->parse);
    seam->release(seam, result->rules);
    result->rules = NULL;
    result->nrules = 0;
}
