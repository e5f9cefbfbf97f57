/* SPDX-License-Identifier: Apache-2.0
 * What a rule is, in a few words. */
#pragma once
#include "base/buffer.h"
#include "correlate/plan.h"

/* "high" */
const char *argot_rule_words_severity(const struct argot_plan_rule *rule);
/* Appends what it asks of its events: "within 2m", "sequence within 1h", "event". */
void argot_rule_words_kind(struct argot_buffer *out, const struct argot_plan_rule *rule);
