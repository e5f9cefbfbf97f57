/* SPDX-License-Identifier: Apache-2.0
 * Two batches: one is used, the other one made. Whose turn it is says the state; all else belongs to whoever has it. */
#include "pipeline/ahead.h"
#include "pipeline/thread.h"

enum state { STATE_IDLE, STATE_GIVEN, STATE_DONE, STATE_CLOSING };

struct argot_ahead {
    struct argot_seam *seam;
    struct argot_portion portion;
    struct argot_worker *worker;
    struct argot_batch batches[2];
    unsigned used; /* the batch that is used; the thread makes the other one */
    bool pending;  /* something was given to the thread */
    bool no_memory;

    bool threaded;
    pthread_t thread;
    pthread_mutex_t mutex; /* over the state */
    pthread_cond_t given, done;
    enum state state;
};

static void
make(struct argot_ahead *ahead, struct argot_batch *batch)
{
    argot_batch_reset(batch);
    ahead->no_memory = !argot_portion_next(&ahead->portion, ahead->worker, batch);
}

/* ---- the thread ---- */

static void *
run(void *argument)
{
    struct argot_ahead *ahead = argument;
    pthread_mutex_lock(&ahead->mutex);
    for (;;) {
        while (ahead->state != STATE_GIVEN && ahead->state != STATE_CLOSING)
            pthread_cond_wait(&ahead->given, &ahead->mutex);
        if (ahead->state == STATE_CLOSING)
            break;
        pthread_mutex_unlock(&ahead->mutex);
        make(ahead, &ahead->batches[!ahead->used]);
        pthread_mutex_lock(&ahead->mutex);
        ahead->state = STATE_DONE;
        pthread_cond_signal(&ahead->done);
    }
    pthread_mutex_unlock(&ahead->mutex);
    return NULL;
}

static bool
start(struct argot_ahead *ahead)
{
    pthread_mutex_init(&ahead->mutex, NULL);
    pthread_cond_init(&ahead->given, NULL);
    pthread_cond_init(&ahead->done, NULL);
    return argot_thread_start(&ahead->thread, run, ahead);
}

static void
give(struct argot_ahead *ahead, enum state state)
{
    pthread_mutex_lock(&ahead->mutex);
    ahead->state = state;
    pthread_cond_signal(&ahead->given);
    pthread_mutex_unlock(&ahead->mutex);
}

static void
await(struct argot_ahead *ahead)
{
    pthread_mutex_lock(&ahead->mutex);
    while (ahead->state == STATE_GIVEN)
        pthread_cond_wait(&ahead->done, &ahead->mutex);
    ahead->state = STATE_IDLE;
    pthread_mutex_unlock(&ahead->mutex);
    ahead->pending = false;
}

/* ---- blocks ---- */

void
argot_ahead_begin(struct argot_ahead *ahead, const struct argot_block_bytes *block, struct argot_worker *worker)
{
    argot_portion_begin(&ahead->portion, block);
    if (ahead->threaded)
        ahead->portion.most = ARGOT_AHEAD_FIRST_RECORDS;
    ahead->worker = worker;
    ahead->no_memory = false;
}

const struct argot_batch *
argot_ahead_next(struct argot_ahead *ahead)
{
    if (ahead->pending) {
        await(ahead);
        ahead->used = !ahead->used;
    } else if (argot_portion_more(&ahead->portion)) {
        make(ahead, &ahead->batches[ahead->used]);
    } else {
        return NULL;
    }
    if (ahead->no_memory)
        return NULL;
    if (ahead->threaded && argot_portion_more(&ahead->portion)) {
        ahead->portion.most = ARGOT_PORTION_RECORDS;
        ahead->pending = true;
        give(ahead, STATE_GIVEN);
    }
    return &ahead->batches[ahead->used];
}

bool
argot_ahead_end(struct argot_ahead *ahead)
{
    if (ahead->pending)
        await(ahead);
    for (size_t i = 0; i < 2; i++)
        argot_batch_reset(&ahead->batches[i]);
    return !ahead->no_memory;
}

/* ---- the whole ---- */

struct argot_ahead *
argot_ahead_new(struct argot_seam *seam, bool threaded)
{
    struct argot_ahead *ahead = seam->allocate(seam, sizeof *ahead);
    if (!ahead)
        return NULL;
    *ahead = (struct argot_ahead){.seam = seam};
    for (size_t i = 0; i < 2; i++)
        argot_batch_init(&ahead->batches[i], seam);
    ahead->threaded = threaded && start(ahead);
    return ahead;
}

void
argot_ahead_free(struct argot_ahead *ahead)
{
    if (!ahead)
        return;
    if (ahead->threaded) {
        give(ahead, STATE_CLOSING);
        pthread_join(ahead->thread, NULL);
    }
    for (size_t i = 0; i < 2; i++)
        argot_batch_finish(&ahead->batches[i]);
    ahead->seam->release(ahead->seam, ahead);
}
