/* SPDX-License-Identifier: Apache-2.0
 * Three numbers that only grow say where the ring stands: written <= begun <= given <= written +
 * capacity. A job's slot is its number modulo the capacity. */
#include "pipeline/pool.h"
#include "pipeline/thread.h"
#include <stdio.h>
#include <string.h>

struct member {
    struct argot_pool *pool;
    struct argot_job_bench bench;
    pthread_t thread;
};

struct argot_pool {
    struct argot_seam *seam;
    argot_pool_write *write;
    argot_pool_count *count;
    void *context;

    pthread_mutex_t mutex; /* over all that follows but the jobs, which belong to whoever holds them */
    pthread_cond_t work, room;
    uint64_t given, begun, written;
    bool writing, failed, closing;
    size_t capacity;
    struct argot_job *jobs;
    bool *complete; /* the worker is through with the job */

    unsigned nmembers, nthreads;
    struct member *members;
};

/* Under the lock, which it gives up while a job is written. */
static void
write_complete(struct argot_pool *pool)
{
    if (pool->writing)
        return;
    pool->writing = true;
    while (pool->written < pool->begun && pool->complete[pool->written % pool->capacity]) {
        struct argot_job *job = &pool->jobs[pool->written % pool->capacity];
        pthread_mutex_unlock(&pool->mutex);
        bool good = pool->write(pool->context, job);
        pthread_mutex_lock(&pool->mutex);
        if (good)
            pool->count(pool->context, job);
        else
            pool->failed = true;
        pool->complete[pool->written % pool->capacity] = false;
        pool->written++;
        pthread_cond_signal(&pool->room);
    }
    pool->writing = false;
}

static void *
run_member(void *argument)
{
    struct member *member = argument;
    struct argot_pool *pool = member->pool;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        while (pool->begun == pool->given && !pool->closing)
            pthread_cond_wait(&pool->work, &pool->mutex);
        if (pool->begun == pool->given)
            break;
        size_t slot = pool->begun++ % pool->capacity;
        bool needed = !pool->failed;
        pthread_mutex_unlock(&pool->mutex);
        if (needed)
            argot_job_run(&member->bench, &pool->jobs[slot], NULL, NULL);
        pthread_mutex_lock(&pool->mutex);
        pool->complete[slot] = true;
        write_complete(pool);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static void
start_threads(struct argot_pool *pool)
{
    for (; pool->nthreads < pool->nmembers; pool->nthreads++) {
        struct member *member = &pool->members[pool->nthreads];
        if (!argot_thread_start(&member->thread, run_member, member))
            break;
    }
}

static void *
zeroed(struct argot_seam *seam, size_t count, size_t size)
{
    void *block = seam->allocate(seam, count * size); /* at most a few hundred small structs */
    if (block)
        memset(block, 0, count * size);
    return block;
}

static bool
furnish(struct argot_pool *pool, const struct argot_parse_options *options, char *why, size_t why_size)
{
    unsigned wanted = options->workers > ARGOT_PARSE_MAX_WORKERS ? ARGOT_PARSE_MAX_WORKERS : options->workers;
    pool->capacity = (size_t)wanted * ARGOT_POOL_JOBS_PER_WORKER;
    pool->jobs = zeroed(pool->seam, pool->capacity, sizeof *pool->jobs);
    pool->complete = zeroed(pool->seam, pool->capacity, sizeof *pool->complete);
    pool->members = zeroed(pool->seam, wanted, sizeof *pool->members);
    /* At once, since freeing finishes whatever jobs there are. */
    for (size_t i = 0; pool->jobs && i < pool->capacity; i++)
        argot_job_init(&pool->jobs[i], pool->seam);
    snprintf(why, why_size, "there is no memory");
    if (!pool->jobs || !pool->complete || !pool->members)
        return false;
    for (; pool->nmembers < wanted; pool->nmembers++) {
        struct member *member = &pool->members[pool->nmembers];
        member->pool = pool;
        if (!argot_job_bench_init(&member->bench, options, why, why_size))
            return false;
    }
    start_threads(pool);
    snprintf(why, why_size, "no thread can be started; -j 1 needs none");
    return pool->nthreads > 0;
}

struct argot_pool *
argot_pool_new(const struct argot_parse_options *options, argot_pool_write *write, argot_pool_count *count,
               void *context, char *why, size_t why_size)
{
    struct argot_seam *seam = options->seam;
    struct argot_pool *pool = zeroed(seam, 1, sizeof *pool);
    snprintf(why, why_size, "there is no memory");
    if (!pool)
        return NULL;
    pool->seam = seam;
    pool->write = write;
    pool->count = count;
    pool->context = context;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->room, NULL);
    if (furnish(pool, options, why, why_size))
        return pool;
    argot_pool_free(pool);
    return NULL;
}

struct argot_job *
argot_pool_take(struct argot_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    while (pool->given - pool->written == pool->capacity && !pool->failed)
        pthread_cond_wait(&pool->room, &pool->mutex);
    struct argot_job *job = pool->failed ? NULL : &pool->jobs[pool->given % pool->capacity];
    pthread_mutex_unlock(&pool->mutex);
    return job;
}

void
argot_pool_give(struct argot_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    pool->given++;
    pthread_cond_signal(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
}

void
argot_pool_lock(struct argot_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
}

void
argot_pool_unlock(struct argot_pool *pool)
{
    pthread_mutex_unlock(&pool->mutex);
}

void
argot_pool_free(struct argot_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->closing = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 0; i < pool->nthreads; i++)
        pthread_join(pool->members[i].thread, NULL);
    for (unsigned i = 0; i < pool->nmembers; i++)
        argot_job_bench_finish(&pool->members[i].bench);
    for (size_t i = 0; pool->jobs && i < pool->capacity; i++)
        argot_job_finish(&pool->jobs[i], pool->seam);
    pthread_cond_destroy(&pool->room);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->mutex);
    pool->seam->release(pool->seam, pool->members);
    pool->seam->release(pool->seam, pool->complete);
    pool->seam->release(pool->seam, pool->jobs);
    pool->seam->release(pool->seam, pool);
}
