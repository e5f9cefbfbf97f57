/* SPDX-License-Identifier: Apache-2.0
 * What the state of a rule can take: for a key that was just met, for one that holds all it may, and for all keys that
 * the rule may have. Texts and copied events are taken to be of these sizes; real ones may be longer. */
#pragma once
#include "correlate/plan.h"

#define ARGOT_BOUNDS_TEXT_BYTES 32u
#define ARGOT_BOUNDS_EVENT_BYTES 512u

struct argot_bounds {
    uint64_t key_bytes, key_most_bytes;
    uint64_t most_bytes; /* limit_keys times the second; UINT64_MAX where that is larger */
};
/* A rule without state has zeros. */
struct argot_bounds argot_bounds_of(const struct argot_plan_rule *rule);
