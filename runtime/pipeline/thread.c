/* SPDX-License-Identifier: Apache-2.0
 * A thread has the signals that its maker has, so these are put off while it is made. */
#include "pipeline/thread.h"
#include <signal.h>
#include <string.h>

/* All bits rather than sigfillset(), which is the same but for a call of the system's. */
bool
argot_thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument)
{
    sigset_t all, before;
    memset(&all, 0xff, sizeof all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool good = !pthread_create(thread, NULL, run, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}
