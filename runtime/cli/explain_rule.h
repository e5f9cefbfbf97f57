/* SPDX-License-Identifier: Apache-2.0
 * argot explain of a rule: why it fired over some inputs, or did not. */
#pragma once
#include "cli/reading.h"

struct argot_explain_rule {
    const struct argot_plan *plan;
    uint32_t rule; /* of the plan */
    int64_t late_ns;
    const char *key; /* text of the one key that is asked about, or NULL */
    uint64_t most;   /* keys that are told of; 0: ARGOT_WHY_KEYS */
    bool json;
};

/* Reads the inputs of the reading, and tells on standard output. An exit status. */
int argot_explain_rule(struct argot_reading *reading, const struct argot_explain_rule *what);
