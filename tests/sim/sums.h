/* SPDX-License-Identifier: Apache-2.0
 * What a number of runs came to. */
#pragma once
#include "run.h"

struct sim_sums {
    uint64_t runs, wrong, lives, killed, records, messages, lost, twice, alerts, told;
    argot_time lasted;    /* by their own clocks */
    int64_t processor_ns; /* and in truth */
    struct sim_counts counts;
};

void sim_sums_run(struct sim_sums *sums, const struct sim_run *run);
void sim_sums_add(struct sim_sums *sums, const struct sim_sums *more);
void sim_sums_print(const struct sim_sums *sums);
