/* SPDX-License-Identifier: Apache-2.0
 * Makes a seed that fails smaller: faults and lines that it fails without are left out. */
#pragma once
#include "run.h"

/* Prints what is left. */
void sim_shrink(uint64_t seed, const struct sim_process *model);
