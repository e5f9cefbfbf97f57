/* SPDX-License-Identifier: Apache-2.0
 * Half of what is left is left out, then a quarter, and so on down to one: it stays out where the seed still fails, in
 * whatever way. The heartbeat stays, since without it time goes by the clock. */
#include "shrink.h"
#include "only.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SHOWN 40 /* lines */

struct shrink {
    uint64_t seed;
    const struct sim_process *model;
    size_t nfaults, count;
    bool *left_out; /* faults first, then lines */
    char wrong[SIM_AUDIT_WORDS];
};

static void
apply(const struct shrink *shrink, struct sim_run *run)
{
    for (size_t i = 0; i < run->plan.count; i++)
        run->plan.faults[i].left_out = shrink->left_out[i];
    for (size_t i = 0; i < run->script.nlines; i++)
        run->script.lines[i].left_out = shrink->left_out[shrink->nfaults + i];
}

static bool
fails(struct shrink *shrink)
{
    struct sim_run run;
    sim_run_make(&run, shrink->seed, shrink->model, false);
    apply(shrink, &run);
    bool failed = !sim_run_check(&run, false);
    if (failed)
        memcpy(shrink->wrong, run.audit.wrong, sizeof shrink->wrong);
    sim_run_free(&run);
    return failed;
}

/* Those from `at` on that are still in, so many; behind them. */
static size_t
leave_out(struct shrink *shrink, size_t at, size_t end, size_t many)
{
    bool *before = malloc(shrink->count);
    if (!before)
        abort();
    memcpy(before, shrink->left_out, shrink->count);
    size_t left = many;
    for (; at < end && left; at++)
        if (!shrink->left_out[at]) {
            shrink->left_out[at] = true;
            left--;
        }
    if (left < many && !fails(shrink))
        memcpy(shrink->left_out, before, shrink->count);
    free(before);
    return at;
}

static void
reduce(struct shrink *shrink, size_t begin, size_t end)
{
    for (size_t many = (end - begin + 1) / 2; many; many /= 2)
        for (size_t at = begin; at < end;)
            at = leave_out(shrink, at, end, many);
}

static void
print(const struct shrink *shrink, struct sim_run *run)
{
    size_t shown = 0, lines = 0;
    apply(shrink, run);
    printf("it fails with these faults alone:\n");
    for (size_t i = 0; i < run->plan.count; i++)
        if (!shrink->left_out[i])
            sim_plan_print(&run->plan, i);
    for (size_t i = 0; i < run->script.nlines; i++) {
        const struct sim_line *line = &run->script.lines[i];
        if (shrink->left_out[shrink->nfaults + i] || !line->log)
            continue;
        lines++;
        if (shown++ < MOST_SHOWN)
            printf("line %zu of %s: %.60s%s", i, run->script.logs[line->log].path, line->text,
                   line->length > 60 ? "\n" : "");
    }
    printf("%zu lines beside the heartbeat's\n%s\n", lines, shrink->wrong);
    sim_only_print(run);
}

void
sim_shrink(uint64_t seed, const struct sim_process *model)
{
    struct sim_run run;
    sim_run_make(&run, seed, model, false);
    struct shrink shrink = {.seed = seed, .model = model, .nfaults = run.plan.count};
    size_t first = 0; /* line that is no heartbeat: those come first */
    while (first < run.script.nlines && !run.script.lines[first].log)
        first++;
    shrink.count = run.plan.count + run.script.nlines;
    shrink.left_out = calloc(shrink.count, sizeof *shrink.left_out);
    if (!shrink.left_out)
        abort();
    reduce(&shrink, 0, shrink.nfaults);
    reduce(&shrink, shrink.nfaults + first, shrink.count);
    print(&shrink, &run);
    free(shrink.left_out);
    sim_run_free(&run);
}
