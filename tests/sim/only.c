/* SPDX-License-Identifier: Apache-2.0
 * What a shrunk seed is run again with. */
#include "only.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The next number of a list; false at its end, or with `*numbers` where something else is. */
static bool
next_number(const char **numbers, size_t *number)
{
    char *end;
    if (!**numbers)
        return false;
    *number = strtoull(*numbers, &end, 10);
    if (end == *numbers || (*end && *end != ','))
        return false;
    *numbers = *end ? end + 1 : end;
    return true;
}

bool
sim_only_faults(struct sim_run *run, const char *numbers)
{
    size_t number;
    for (size_t i = 0; numbers && i < run->plan.count; i++)
        run->plan.faults[i].left_out = true;
    while (numbers && next_number(&numbers, &number)) {
        if (number >= run->plan.count)
            return false;
        run->plan.faults[number].left_out = false;
    }
    return !numbers || !*numbers;
}

bool
sim_only_lines(struct sim_run *run, const char *numbers)
{
    size_t number;
    for (size_t i = 0; numbers && i < run->script.nlines; i++)
        run->script.lines[i].left_out = run->script.lines[i].log != 0;
    while (numbers && next_number(&numbers, &number)) {
        if (number >= run->script.nlines)
            return false;
        run->script.lines[number].left_out = false;
    }
    return !numbers || !*numbers;
}

void
sim_only_print(const struct sim_run *run)
{
    const char *before = " --faults ";
    printf("--seed %" PRIu64, run->seed);
    for (size_t i = 0; i < run->plan.count; i++)
        if (!run->plan.faults[i].left_out) {
            printf("%s%zu", before, i);
            before = ",";
        }
    before = " --lines ";
    for (size_t i = 0; i < run->script.nlines; i++)
        if (run->script.lines[i].log && !run->script.lines[i].left_out) {
            printf("%s%zu", before, i);
            before = ",";
        }
    printf("\n");
}
