/* SPDX-License-Identifier: Apache-2.0
 * Workers in threads of their own, and a ring of jobs between them and the reader. Jobs are written
 * in the order in which they were given: by the worker that completes the oldest, which then writes
 * those behind it that are complete. So a finished job never waits for the reader, and the reader
 * waits only when the ring is full. */
#pragma once
#include "pipeline/job.h"

#define ARGOT_POOL_JOBS_PER_WORKER 2

struct argot_pool;

/* Called for each job in order, by one thread at a time and never under the pool's lock. False: no
 * more. */
typedef bool argot_pool_write(void *context, struct argot_job *job);
/* Called after a write that succeeded, under the lock: may add up what argot_pool_lock guards. */
typedef void argot_pool_count(void *context, const struct argot_job *job);

/* NULL with the reason in `why`. With fewer threads than asked for when the system gives no more.
 */
struct argot_pool *argot_pool_new(const struct argot_parse_options *options, argot_pool_write *write,
                                  argot_pool_count *count, void *context, char *why, size_t why_size);
/* The next free job, for the reader to fill. Waits for one. NULL: a write failed. */
struct argot_job *argot_pool_take(struct argot_pool *pool);
/* Hands the job that was taken last to the workers. One that is taken and not given is free again.
 */
void argot_pool_give(struct argot_pool *pool);
void argot_pool_lock(struct argot_pool *pool);
void argot_pool_unlock(struct argot_pool *pool);
/* Waits until all is written (or a write failed) and frees everything. NULL is fine. */
void argot_pool_free(struct argot_pool *pool);
