/* SPDX-License-Identifier: Apache-2.0
 * A block is normalized and written in batches of a few hundred records: so that events are written
 * while they are in the cache, and so that memory does not grow with the block. */
#include "pipeline/job.h"
#include "output/text.h"
#include "pipeline/checksum.h"
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

bool
argot_job_bench_init(struct argot_job_bench *bench, const struct argot_parse_options *options, char *why,
                     size_t why_size)
{
    *bench = (struct argot_job_bench){.options = options};
    bench->settings.format = options->format;
    bench->settings.zone = options->zone;
    argot_batch_init(&bench->batch, options->seam);
    snprintf(why, why_size, "there is no memory");
    bench->json = argot_json_new(options->seam, options->with);
    bench->worker = argot_worker_new(options->registry, &bench->settings);
    if (options->output == ARGOT_PARSE_CSV)
        bench->csv = argot_csv_new(options->seam, options->columns, why, why_size);
    if (bench->json && bench->worker && (bench->csv || options->output != ARGOT_PARSE_CSV))
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
    size_t records, bytes; /* in the batch; each record is a line */
    bool ended;            /* nothing more can be written */
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
    for (size_t i = 0; letters && i < batch->count; i++)
        if (batch->results[i].outcome == ARGOT_LETTER)
            argot_json_letter(bench->json, batch->results[i].letter, bench->options->paths[job->source], &job->letters);
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->results[i].outcome != ARGOT_EVENT)
            continue;
        write_event(bench, job, batch->results[i].event);
        if (job->output.length >= ARGOT_JOB_OUTPUT_BYTES && !hand_over(run))
            return;
    }
}

/* Writes the batch into the job's buffers and empties it. What was not written wholly is not counted. */
static void
write_batch(struct run *run)
{
    struct argot_job_bench *bench = run->bench;
    struct argot_job *job = run->job;
    struct argot_batch *batch = &bench->batch;
    write_results(run);
    if (!run->ended) {
        batch->counts.lines = run->records; /* framing's to count, and bytes too */
        batch->counts.bytes = run->bytes;
        argot_counts_add(&job->counts, &batch->counts);
        job->counts.replaced_bytes += argot_json_take_replaced(bench->json);
        if (bench->csv)
            job->counts.replaced_bytes += argot_csv_take_replaced(bench->csv);
    }
    argot_batch_reset(batch);
    if (job->output.failed || job->letters.failed)
        job->no_memory = true;
}

static void
end_batch(struct run *run)
{
    write_batch(run);
    run->records = run->bytes = 0;
    if (run->job->no_memory)
        run->ended = true;
    else if (!run->ended)
        hand_over(run);
}

/* Memory that ran out in the middle of a batch may suffice for the record alone. */
static void
take_record(struct run *run, const uint8_t *bytes, size_t length, uint64_t record, uint64_t line)
{
    struct argot_job_bench *bench = run->bench;
    if (argot_worker_record(bench->worker, &bench->batch, bytes, length, record, line))
        return;
    end_batch(run);
    if (run->ended || argot_worker_record(bench->worker, &bench->batch, bytes, length, record, line))
        return;
    argot_batch_reset(&bench->batch);
    run->job->no_memory = run->ended = true;
}

static void
run_piece(struct run *run)
{
    struct argot_job *job = run->job;
    const struct argot_block_bytes *block = &job->block;
    size_t length = block->length;
    if (block->piece_last && !block->missing_newline)
        length--;
    job->counts.bytes += block->length;
    job->counts.lines += block->piece_last;
    if (!argot_worker_too_long(run->bench->worker, &run->bench->batch, block->bytes, length, block->first_record,
                               block->first_line, block->piece_number))
        job->no_memory = true;
}

static void
run_records(struct run *run)
{
    struct argot_job *job = run->job;
    const uint8_t *at = job->block.bytes, *end = at + job->block.length;
    for (uint64_t number = 0; at < end && !run->ended; number++) {
        const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
        const uint8_t *record_end = newline ? newline : end;
        take_record(run, at, (size_t)(record_end - at), job->block.first_record + number,
                    job->block.first_line + number);
        if (job->no_memory)
            break;
        const uint8_t *next = newline ? newline + 1 : end;
        run->bytes += (size_t)(next - at);
        if (++run->records >= ARGOT_JOB_BATCH_RECORDS || run->bytes >= ARGOT_JOB_BATCH_BYTES)
            end_batch(run);
        at = next;
    }
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
    job->counts = (struct argot_counts){0};
    job->checksum = 0;
    job->no_memory = false;
    use_settings(bench, job->received);
    if (job->block.piece)
        run_piece(&run);
    else
        run_records(&run);
    if (!run.ended)
        end_batch(&run);
    argot_batch_reset(&bench->batch);
}
