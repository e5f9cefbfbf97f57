/* SPDX-License-Identifier: Apache-2.0
 * Gives up calls of the system that a run has no use for, so that whoever takes it over through a log line cannot use
 * them either: by libseccomp, for good, and for all programs that it starts. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum argot_sandbox_kind {
    ARGOT_SANDBOX_ALONE,    /* only what a run itself needs: it starts no programs */
    ARGOT_SANDBOX_PROGRAMS, /* all but what no ordinary program needs */
};

/* Whether there is libseccomp in this program. */
bool argot_sandbox_is_there(void);
/* `kill`: a call that is not allowed ends the program; else it fails with EPERM. False with the reason in `why`. */
bool argot_sandbox_enter(enum argot_sandbox_kind kind, bool kill, char *why, size_t why_size);
