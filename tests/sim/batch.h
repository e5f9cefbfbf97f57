/* SPDX-License-Identifier: Apache-2.0
 * Many runs, by several processes, with their words in the order of the runs. A run that crashes or takes too long ends
 * its process, is told as a violation, and another process goes on behind it. */
#pragma once
#include "sums.h"

#define SIM_BATCH_JOBS 64
#define SIM_BATCH_WORDS 3000

struct sim_task {
    uint64_t seed, call;        /* call: that fails; 0: none */
    const char *faults, *lines; /* these alone; NULL: all */
    const char *words;          /* what it is there for; NULL: nothing special */
};

struct sim_result {
    struct sim_sums sums;
    char words[SIM_BATCH_WORDS]; /* empty: all that must hold did */
};

struct sim_batch {
    size_t count;
    const struct sim_task *tasks;
    unsigned jobs;
    void (*run)(void *context, const struct sim_task *task, struct sim_result *result);
    void *context;
    struct sim_sums sums;
};

void sim_batch_run(struct sim_batch *batch);
/* What makes the same run again, appended. */
void sim_task_print(const struct sim_task *task, char *words, size_t size);
