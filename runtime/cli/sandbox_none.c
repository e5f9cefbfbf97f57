/* SPDX-License-Identifier: Apache-2.0
 * A program that was built without libseccomp, or with sanitizers, which need calls of their own. */
#include "cli/sandbox.h"
#include <stdio.h>

bool
argot_sandbox_is_there(void)
{
    return false;
}

bool
argot_sandbox_enter(enum argot_sandbox_kind kind, bool kill, char *why, size_t why_size)
{
    (void)kind;
    (void)kill;
    snprintf(why, why_size, "this argot was built without libseccomp");
    return false;
}
