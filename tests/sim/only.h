/* SPDX-License-Identifier: Apache-2.0
 * A seed's run with some of its faults and lines alone, as numbers with commas between them. */
#pragma once
#include "run.h"

/* NULL leaves all in. The heartbeat's lines stay. False: a number is not one, or there is none of it. */
bool sim_only_faults(struct sim_run *run, const char *numbers);
bool sim_only_lines(struct sim_run *run, const char *numbers);
/* How to run again what is left in a run. */
void sim_only_print(const struct sim_run *run);
