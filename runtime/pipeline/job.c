/* SPDX-License-Identifier: Apache-2.0
 * A block is normalized and written in portions. */
#include "pipeline/job.h"
#include "output/text.h"
#include "pipeline/checksum.h"
#include "pipeline/portion.h"
#include <stdio.h>

void
argot_job_init(struct argot_job *job, struct argot_seam *seam)
{
    *job = (struct argot_job){0};
    argot_buffer_init(&job->output, seam);
    argot_buffer_init(&job->letters, seam);
}

void
argot_job_finish(struct argot_job *job, struct argot_seam *seam)
{
    argot_block_finish(seam, &job->block);
    argot_buffer_finish(&job->output);
    argot_buffer_finish(&job->letters);
}

/* ---- what a thread needs ---- */

static bool
reads_events(const struct argot_parse_options *options)
{
    return options->output != ARGOT_PARSE_NONE || options->checksum;
}

/* Where nobody reads events they are counted as they would be, but not made. */
static bool
wants_none(void *context, const struct argot_shape *shape)
{
    (void)context;
    (void)shape;
    return false;
}

bool
argot_job_bench_init(struct argot_job_bench *bench, const struct argot_parse_options *options, char *why,
                     size_t why_size)
{
    *bench = (struct argot_job_bench){.options = options};
    bench->settings.format = options->format;
    bench->settings.zone = options->zone;
    bench->settings.wants = reads_events(options) ? NULL : wants_none;
    argot_batch_init(&bench->batch, options->seam);
    snprintf(why, why_size, "there is no memory");
    bench->json = argot_json_new(options->seam, options->with);
    bench->worker = argot_worker_new(options->registry, &bench->settings);
    if (options->output == ARGOT_PARSE_CSV)
        bench->csv = argot_csv_new(options->seam, options->columns, why, why_size);
    if (options->standard)
        bench->export = argot_export_new(options->seam, options->standard, options->with);
    if (bench->json && bench->worker && (bench->csv || options->output != ARGOT_PARSE_CSV) &&
        (bench->export || !options->standard))
        return true;
    argot_job_bench_finish(bench);
    return false;
}

void
argot_job_bench_finish(struct argot_job_bench *bench)
{
    argot_csv_free(bench->csv);
    argot_worker_free(bench->worker);
    argot_json_free(bench->json);
    argot_export_free(bench->export);
    argot_batch_finish(&bench->batch);
}

/* ---- writing a batch ---- */

static void
write_event(struct argot_job_bench *bench, struct argot_job *job, const struct argot_event *event)
{
    const struct argot_parse_options *options = bench->options;
    const char *source = options->paths[job->source];
    if (options->checksum)
        job->checksum += argot_checksum_event(event);
    switch (options->output) {
    case ARGOT_PARSE_JSONL:
        if (bench->export)
            argot_export_event(bench->export, event, source, &job->output);
        else
            argot_json_event(bench->json, event, source, &job->output);
        break;
    case ARGOT_PARSE_TEXT:
        job->counts.replaced_bytes += argot_text_event(event, options->color, &job->output);
        break;
    case ARGOT_PARSE_CSV:
        argot_csv_event(bench->csv, event, source, &job->output);
        break;
    case ARGOT_PARSE_NONE:
        break;
    }
}

/* ---- the records of a block ---- */

struct run {
    struct argot_job_bench *bench;
    struct argot_job *job;
    argot_job_flush *flush;
    void *context;
    bool ended; /* nothing more can be written */
};

/* False: nothing more can be written. */
static bool
hand_over(struct run *run)
{
    if (run->flush && !run->flush(run->context, run->job))
        run->ended = true;
    return !run->ended;
}

/* Letters go first. One record may make ten thousand events, so the buffer of events is not left to grow. */
static void
write_results(struct run *run)
{
    struct argot_job_bench *bench = run->bench;
    struct argot_job *job = run->job;
    const struct argot_batch *batch = &bench->batch;
    bool letters = bench->options->letters_fd >= 0;
    bool events = reads_events(bench->options);
    for (size_t i = 0; letters && i < batch->count; i++)
        if (batch->results[i].outcome == ARGOT_LETTER)
            argot_json_letter(bench->json, batch->results[i].letter, bench->options->paths[job->source], &job->letters);
    for (size_t i = 0; events && i < batch->count; i++) {
        if (batch->results[i].outcome != ARGOT_EVENT)
            continue;
        write_event(bench, job, batch->results[i].event);
        if (job->output.length >= ARGOT_JOB_OUTPUT_BYTES && !hand_over(run))
            return;
    }
}

/* Writes the batch into the job's buffers. What was not written wholly is not counted. */
static void
write_batch(struct run *run)
{
    struct argot_job_bench *bench = run->bench;
    struct argot_job *job = run->job;
    write_results(run);
    if (!run->ended) {
        argot_counts_add(&job->counts, &bench->batch.counts);
        job->counts.replaced_bytes += argot_json_take_replaced(bench->json);
        if (bench->export)
            job->counts.replaced_bytes += argot_export_take_replaced(bench->export);
        if (bench->csv)
            job->counts.replaced_bytes += argot_csv_take_replaced(bench->csv);
    }
    if (job->output.failed || job->letters.failed)
        job->no_memory = true;
}

static void
use_settings(struct argot_job_bench *bench, argot_time received)
{
    if (bench->settings.received == received)
        return;
    bench->settings.received = received;
    argot_worker_settings(bench->worker, &bench->settings); /* the format was known when the bench was made */
}

void
argot_job_run(struct argot_job_bench *bench, struct argot_job *job, argot_job_flush *flush, void *context)
{
    struct run run = {.bench = bench, .job = job, .flush = flush, .context = context};
    struct argot_portion portion;
    job->counts = (struct argot_counts){0};
    job->checksum = 0;
    job->no_memory = false;
    use_settings(bench, job->received);
    argot_portion_begin(&portion, &job->block);
    while (argot_portion_more(&portion) && !job->no_memory && !run.ended) {
        if (argot_portion_next(&portion, bench->worker, &bench->batch))
            write_batch(&run);
        else
            job->no_memory = true;
        argot_batch_reset(&bench->batch);
        if (!job->no_memory && !run.ended)
            hand_over(&run);
    }
}
