/* SPDX-License-Identifier: Apache-2.0
 * Threads beside the main one. */
#pragma once
#include <pthread.h>
#include <stdbool.h>

/* Starts a thread that takes no signals: these are the main thread's, since a call that waits there must see them. To
 * be joined. False: there is none. */
bool argot_thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument);
