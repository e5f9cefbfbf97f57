/* SPDX-License-Identifier: Apache-2.0
 * One block on its way: its bytes in, its events and dead letters as written bytes out, with the
 * counts. A bench is what a thread needs to work on jobs; a job belongs to one thread at a time. */
#pragma once
#include "output/csv.h"
#include "output/export.h"
#include "output/json.h"
#include "pipeline/parse.h"

#define ARGOT_JOB_OUTPUT_BYTES ((size_t)1 << 20) /* of output, before it is flushed within a portion */

struct argot_job {
    struct argot_block_bytes block;
    size_t source;
    argot_time received;
    struct argot_buffer output, letters; /* emptied by whoever writes them */
    struct argot_counts counts;
    uint64_t checksum;
    bool no_memory; /* the counts are of what was complete before */
};

void argot_job_init(struct argot_job *job, struct argot_seam *seam);
void argot_job_finish(struct argot_job *job, struct argot_seam *seam);

struct argot_job_bench {
    const struct argot_parse_options *options;
    struct argot_settings settings;
    struct argot_worker *worker;
    struct argot_batch batch;
    struct argot_json *json;
    struct argot_export *export;  /* events in the words of another standard; else NULL */
    struct argot_csv_writer *csv; /* NULL unless that is the output */
};

/* False with the reason in `why`; nothing is to be finished then. */
bool argot_job_bench_init(struct argot_job_bench *bench, const struct argot_parse_options *options, char *why,
                          size_t why_size);
void argot_job_bench_finish(struct argot_job_bench *bench);

/* Fills the job's buffers, counts and checksum from its block. `flush` (may be NULL) is called now
 * and then and at the end, and may write and empty the buffers; when it returns false, the rest of
 * the block is left. Within a batch, the counts are still those of the batches before it. */
typedef bool argot_job_flush(void *context, struct argot_job *job);
void argot_job_run(struct argot_job_bench *bench, struct argot_job *job, argot_job_flush *flush, void *context);
