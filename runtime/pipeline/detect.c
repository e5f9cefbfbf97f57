/* SPDX-License-Identifier: Apache-2.0
 * Each source has a block, a portion of it as events, and a place among those. The engine says whose event is next. */
#include "pipeline/detect.h"
#include "output/alert.h"
#include "output/json.h"
#include "pipeline/evidence.h"
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

static void
on_alert(void *context, const struct argot_alert *alert)
{
    struct detect *detect = context;
    uint64_t replaced = 0;
    if (detect->sink.end != ARGOT_PARSE_DONE)
        return;
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
    return argot_evidence_find(&detect->evidence, detect->sources[identity.source].input, place);
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

/* Nothing waits unwritten while an input is waited for. False: the source gives no further block. */
static bool
read_block(struct detect *detect, size_t index)
{
    struct source *source = &detect->sources[index];
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
use_settings(struct detect *detect, const struct source *source)
{
    if (detect->settings.received == source->received)
        return;
    detect->settings.received = source->received;
    argot_worker_settings(detect->worker, &detect->settings); /* the format was known when the worker was made */
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

/* A batch of records, counted, its letters written. False: there is none, and the source is at its end, or all is. */
static bool
next_portion(struct detect *detect, size_t index)
{
    struct source *source = &detect->sources[index];
    struct argot_parse_result *result = &detect->result->parse;
    argot_batch_reset(&source->batch);
    source->next = 0;
    while (!argot_portion_more(&source->portion))
        if (!source->input || !read_block(detect, index))
            return false;
    use_settings(detect, source);
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
    argot_batch_finish(&source->batch);
    argot_batch_init(&source->batch, detect->seam);
    argot_block_finish(detect->seam, &source->block);
    source->portion = (struct argot_portion){0};
    if (!argot_engine_source_end(detect->engine, (uint32_t)index))
        detect->no_memory = true;
}

static void
feed(struct detect *detect, size_t index)
{
    struct source *source = &detect->sources[index];
    for (;;) {
        while (source->next < source->batch.count) {
            const struct argot_result *result = &source->batch.results[source->next++];
            if (result->outcome != ARGOT_EVENT && result->outcome != ARGOT_UNWANTED)
                continue;
            bool good = result->outcome == ARGOT_EVENT
                            ? argot_engine_event(detect->engine, (uint32_t)index, result->event,
                                                 place_of(detect, source, result->event))
                            : argot_engine_unwanted(detect->engine, (uint32_t)index, result->time);
            detect->no_memory |= !good;
            return;
        }
        if (next_portion(detect, index))
            continue;
        if (is_open(detect))
            end_source(detect, index);
        return;
    }
}

static void
run(struct detect *detect)
{
    int64_t index;
    while (is_open(detect) && (index = argot_engine_next_source(detect->engine)) >= 0)
        feed(detect, (size_t)index);
    if (is_open(detect) && !argot_engine_finish(detect->engine))
        detect->no_memory = true;
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
        if (!source->input) {
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
    struct argot_engine_options engine = {
        .seam = seam,
        .plan = detect->options->plan,
        .nsources = (uint32_t)parse->npaths,
        .names = parse->paths,
        .late_ns = detect->options->late_ns,
        .watch = detect->options->watch,
        .context = detect,
        .alert = on_alert,
        .raw = detect->raw ? on_raw : NULL,
    };
    detect->engine = argot_engine_new(&engine, why, why_size);
    return detect->engine != NULL;
}

static void
take_counts(struct detect *detect)
{
    struct argot_detect_result *result = detect->result;
    result->engine = argot_engine_counts(detect->engine);
    for (uint32_t i = 0; i < result->nrules; i++)
        result->rules[i] = argot_engine_rule_counts(detect->engine, i);
    result->raw_lost = detect->evidence.lost;
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
        .settings = {.format = parse->format, .zone = parse->zone, .wants = wants, .wants_context = &detect},
        .style = {options->plan, parse->paths, parse->npaths, parse->color},
        .raw = parse->output != ARGOT_PARSE_NONE || options->watch,
    };
    argot_time started = seam->monotonic(seam);
    *result = (struct argot_detect_result){0};
    argot_buffer_init(&detect.output, seam);
    argot_buffer_init(&detect.letters, seam);
    argot_evidence_init(&detect.evidence, seam, options->evidence_ring_bytes, parse->input.record_max_bytes);
    bool begun = begin(&detect, why, why_size);
    if (begun) {
        open_sources(&detect);
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
