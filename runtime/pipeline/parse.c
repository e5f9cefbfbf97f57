/* SPDX-License-Identifier: Apache-2.0
 * Reads blocks and sees them through: with one worker in place, so that memory stays small, else
 * through the pool. */
#include "pipeline/parse.h"
#include "pipeline/pool.h"
#include "pipeline/sink.h"
#include <stdio.h>

#define FLUSH_BYTES ((size_t)64 << 10) /* of output, before it is written in the middle of a block */

struct parse {
    const struct argot_parse_options *options;
    struct argot_parse_result *result;
    struct argot_sink sink;
    struct argot_pool *pool; /* NULL: in place, with these two */
    struct argot_job_bench bench;
    struct argot_job job;
    bool stopped; /* inputs were left unread because of it */
};

/* ---- the end of a job's way ---- */

static void
count(void *context, const struct argot_job *job)
{
    struct parse *parse = context;
    argot_counts_add(&parse->result->sources[job->source].counts, &job->counts);
    argot_counts_add(&parse->result->total, &job->counts);
    parse->result->checksum += job->checksum;
}

static bool
write_job(void *context, struct argot_job *job)
{
    struct parse *parse = context;
    return argot_sink_write(&parse->sink, &job->letters, &job->output, job->no_memory);
}

/* In place, a block is written and counted in parts. */
static bool
flush(void *context, struct argot_job *job)
{
    if (job->output.length < FLUSH_BYTES && job->letters.length < FLUSH_BYTES)
        return true;
    if (!write_job(context, job))
        return false;
    count(context, job);
    job->counts = (struct argot_counts){0};
    job->checksum = 0;
    return true;
}

/* False: nothing more can be written. */
static bool
see_through(struct parse *parse)
{
    if (parse->pool) {
        argot_pool_give(parse->pool);
        return true;
    }
    argot_job_run(&parse->bench, &parse->job, flush, parse);
    bool good = parse->sink.end == ARGOT_PARSE_DONE && write_job(parse, &parse->job);
    if (good)
        count(parse, &parse->job);
    return good;
}

/* ---- reading ---- */

static bool
asked_to_stop(const struct parse *parse)
{
    return parse->options->stop && parse->options->stop(parse->options->context);
}

static void
report(struct parse *parse, size_t index, const char *reason)
{
    struct argot_parse_source *source = &parse->result->sources[index];
    if (!source->failed)
        parse->result->failed++;
    source->failed = true;
    snprintf(source->problem, sizeof source->problem, "%s", reason);
    if (parse->options->problem)
        parse->options->problem(parse->options->context, source->path, source->problem);
}

static void
show_progress(struct parse *parse, size_t index, const struct argot_input *input)
{
    if (!parse->options->progress)
        return;
    struct argot_parse_progress progress = {.source = index};
    argot_input_progress(input, &progress.done_bytes, &progress.total_bytes);
    if (parse->pool)
        argot_pool_lock(parse->pool);
    progress.counts = parse->result->total;
    if (parse->pool)
        argot_pool_unlock(parse->pool);
    parse->options->progress(parse->options->context, &progress);
}

/* False: the parse is over. */
static bool
read_input(struct parse *parse, size_t index, struct argot_input *input)
{
    const argot_time *received = parse->options->received;
    for (;;) {
        if (asked_to_stop(parse)) {
            parse->stopped = true;
            return false;
        }
        struct argot_job *job = parse->pool ? argot_pool_take(parse->pool) : &parse->job;
        if (!job)
            return false;
        enum argot_input_status status = argot_input_next(input, &job->block);
        bool stopped = asked_to_stop(parse);
        if (status != ARGOT_INPUT_BLOCK) {
            parse->stopped = stopped;
            const char *problem = argot_input_problem(input);
            if (problem && !stopped)
                report(parse, index, problem);
            return !stopped;
        }
        if (stopped)
            argot_block_drop_cut(&job->block);
        job->source = index;
        job->received = received ? *received : argot_input_received(input);
        if (job->block.length > 0 && !see_through(parse))
            return false;
        show_progress(parse, index, input);
    }
}

static void
read_inputs(struct parse *parse)
{
    const struct argot_parse_options *options = parse->options;
    char why[ARGOT_PARSE_PROBLEM_BYTES];
    for (size_t i = 0; i < options->npaths; i++) {
        struct argot_input *input =
            argot_input_open(options->seam, options->paths[i], &options->input, why, sizeof why);
        if (!input) {
            report(parse, i, why);
            continue;
        }
        bool on = read_input(parse, i, input);
        argot_input_close(input);
        if (!on)
            return;
    }
}

/* ---- the whole ---- */

static bool
begin(struct parse *parse, char *why, size_t why_size)
{
    const struct argot_parse_options *options = parse->options;
    struct argot_parse_result *result = parse->result;
    snprintf(why, why_size, "there is no memory");
    if (options->npaths > SIZE_MAX / sizeof *result->sources)
        return false;
    size_t bytes = (options->npaths ? options->npaths : 1) * sizeof *result->sources;
    result->sources = options->seam->allocate(options->seam, bytes);
    if (!result->sources)
        return false;
    memset(result->sources, 0, bytes);
    result->nsources = options->npaths;
    for (size_t i = 0; i < options->npaths; i++)
        result->sources[i].path = options->paths[i];
    argot_job_init(&parse->job, options->seam);
    if (options->workers < 2)
        return argot_job_bench_init(&parse->bench, options, why, why_size);
    parse->pool = argot_pool_new(options, write_job, count, parse, why, why_size);
    return parse->pool != NULL;
}

static bool
write_csv_head(struct parse *parse, char *why, size_t why_size)
{
    const struct argot_parse_options *options = parse->options;
    if (options->output != ARGOT_PARSE_CSV)
        return true;
    struct argot_csv_writer *csv = argot_csv_new(options->seam, options->columns, why, why_size);
    if (!csv)
        return false;
    argot_csv_head(csv, &parse->job.output);
    argot_csv_free(csv);
    parse->job.no_memory = parse->job.output.failed;
    write_job(parse, &parse->job);
    return true;
}

bool
argot_parse_run(const struct argot_parse_options *options, struct argot_parse_result *result, char *why,
                size_t why_size)
{
    struct parse parse = {.options = options, .result = result, .sink = argot_sink_of(options)};
    argot_time started = options->seam->monotonic(options->seam);
    *result = (struct argot_parse_result){0};
    if (!begin(&parse, why, why_size)) {
        argot_parse_finish(options->seam, result);
        return false;
    }
    bool begun = write_csv_head(&parse, why, why_size);
    if (begun && parse.sink.end == ARGOT_PARSE_DONE)
        read_inputs(&parse);
    if (parse.pool)
        argot_pool_free(parse.pool);
    else
        argot_job_bench_finish(&parse.bench);
    argot_job_finish(&parse.job, options->seam);
    result->end = parse.sink.end;
    result->error = parse.sink.error;
    if (result->end == ARGOT_PARSE_DONE && parse.stopped)
        result->end = ARGOT_PARSE_STOPPED;
    result->duration_ns = options->seam->monotonic(options->seam) - started;
    if (!begun)
        argot_parse_finish(options->seam, result);
    return begun;
}

void
argot_parse_finish(struct argot_seam *seam, struct argot_parse_result *result)
{
    seam->release(seam, result->sources);
    result->sources = NULL;
    result->nsources = 0;
}
