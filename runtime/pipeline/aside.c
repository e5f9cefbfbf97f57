/* SPDX-License-Identifier: Apache-2.0
 * Whoever began a work asks whether it is over, or waits; a thread that is over is joined before the next begins. */
#include "pipeline/aside.h"
#include "pipeline/thread.h"

struct argot_aside {
    struct argot_store_aside calls; /* first */
    struct argot_seam *seam;
    void (*work)(void *of);
    void *of;
    bool begun; /* and not joined */
    pthread_t thread;
    pthread_mutex_t mutex; /* over what follows */
    bool over;
};

static void *
run(void *argument)
{
    struct argot_aside *aside = argument;
    aside->work(aside->of);
    pthread_mutex_lock(&aside->mutex);
    aside->over = true;
    pthread_mutex_unlock(&aside->mutex);
    return NULL;
}

static void
wait(struct argot_store_aside *calls)
{
    struct argot_aside *aside = (struct argot_aside *)calls;
    if (aside->begun)
        pthread_join(aside->thread, NULL);
    aside->begun = false;
}

static bool
begin(struct argot_store_aside *calls, void (*work)(void *of), void *of)
{
    struct argot_aside *aside = (struct argot_aside *)calls;
    wait(calls);
    aside->work = work;
    aside->of = of;
    aside->over = false;
    return aside->begun = argot_thread_start(&aside->thread, run, aside);
}

static bool
is_over(struct argot_store_aside *calls)
{
    struct argot_aside *aside = (struct argot_aside *)calls;
    pthread_mutex_lock(&aside->mutex);
    bool over = aside->over;
    pthread_mutex_unlock(&aside->mutex);
    return over;
}

struct argot_aside *
argot_aside_new(struct argot_seam *seam)
{
    struct argot_aside *aside = seam->allocate(seam, sizeof *aside);
    if (!aside)
        return NULL;
    *aside = (struct argot_aside){.calls = {.begin = begin, .is_over = is_over, .wait = wait}, .seam = seam};
    pthread_mutex_init(&aside->mutex, NULL);
    return aside;
}

void
argot_aside_free(struct argot_aside *aside)
{
    if (!aside)
        return;
    wait(&aside->calls);
    pthread_mutex_destroy(&aside->mutex);
    aside->seam->release(aside->seam, aside);
}

struct argot_store_aside *
argot_aside_of(struct argot_aside *aside)
{
    return aside ? &aside->calls : NULL;
}
