/* SPDX-License-Identifier: Apache-2.0
 * SIGINT and SIGTERM ask the program to end in order; a second one ends it at once. SIGHUP, where it is
 * caught, asks for other rules. The flags are the program's only writable globals: a signal handler reaches nothing
 * else. */
#pragma once
#include "base/seam.h"
#include <signal.h>
#include <stdbool.h>

extern volatile sig_atomic_t argot_interrupt_asked, argot_interrupt_hung_up;

/* Catches the signals, and ignores SIGPIPE so that a closed pipe is an error of the write. */
void argot_interrupt_catch(void);
/* Catches SIGHUP too. */
void argot_interrupt_catch_reload(void);
/* Whether it came since this was asked last; the context is not used. */
bool argot_interrupt_reload(void *context);
/* For `stop` of the pipeline; the context is not used. */
bool argot_interrupt_stop(void *context);
/* The seam of the system, but for reads: once asked to end, an input is at its end. So a read that
 * waits for more (a pipe, a terminal) does not hold up the end. */
void argot_interrupt_seam(struct argot_seam *seam);
