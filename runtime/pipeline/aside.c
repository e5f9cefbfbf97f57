/* SPDX-License-Identifier: Apache-2.0
 * Whoever began a work asks whether it is over, or waits; a thread that is over is joined before the next begins. */
#include "pipeline/aside.h"
#include <pthread.h>
#include <signal.h>
#include <string.h>

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

/* Signals are the main thread's: a call that waits there must see them. All bits rather than sigfillset(), which is the
 * same but for a call of the system's. */
static bool
begin(struct argot_store_aside *calls, void (*work)(void *of), void *of)
{
    struct argot_aside *aside = (struct argot_aside *)calls;
    sigset_t all, before;
    memset(&all, 0xff, sizeof all);
    wait(calls);
    aside->work = work;
    aside->of = of;
    aside->over = false;
    pthread_sigmask(SIG_SETMASK, &all, &before);
    aside->begun = !pthread_create(&aside->thread, NULL, run, aside);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return aside->begun;
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
