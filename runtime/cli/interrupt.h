/* SPDX-License-Identifier: Apache-2.0
 * SIGINT and SIGTERM ask the program to end in order; a second one ends it at once. The flag is the
 * program's one writable global: a signal handler reaches nothing else. */
#pragma once
#include "base/seam.h"
#include <signal.h>
#include <stdbool.h>

extern volatile sig_atomic_t argot_interrupt_asked;

/* Catches the signals, and ignores SIGPIPE so that a closed pipe is an error of the write. */
void argot_interrupt_catch(void);
/* For `stop` of the pipeline; the context is not used. */
bool argot_interrupt_stop(void *context);
/* The seam of the system, but for reads: once asked to end, an input is at its end. So a read that
 * waits for more (a pipe, a terminal) does not hold up the end. */
void argot_interrupt_seam(struct argot_seam *seam);
