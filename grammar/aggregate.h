/* SPDX-License-Identifier: Apache-2.0
 * Aggregates of a window while its condition is checked. */
#pragma once
#include "grammar/check.h"

#define ARGOT_AGGREGATES_MAX 32u

struct argot_aggregates {
    uint32_t count; /* may be more than the maximum, which is told */
    struct argot_plan_aggregate items[ARGOT_AGGREGATES_MAX];
};
