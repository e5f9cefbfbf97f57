/* SPDX-License-Identifier: Apache-2.0
 * A compiler without memory has nothing to give back: it says so and ends. */
#include "generator/model.h"
#include <stdio.h>
#include <stdlib.h>

_Noreturn void
argot_gen_out_of_memory(void)
{
    fputs("argot: out of memory while compiling a format\n", stderr);
    exit(3);
}
