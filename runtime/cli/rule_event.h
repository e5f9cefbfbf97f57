/* SPDX-License-Identifier: Apache-2.0
 * Events as tests of rules write them: `at D TYPE { field: value }`. */
#pragma once
#include "base/arena.h"
#include "correlate/plan.h"

/* An event with a shape of its own, in memory of the arena and the plan; `shape` is its number. Its time is `time`,
 * unless the step gives event_time itself. NULL without memory. */
struct argot_event *argot_rule_event_make(struct argot_arena *arena, const struct argot_plan_step *step,
                                          argot_time time, uint32_t shape);
