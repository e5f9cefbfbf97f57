/* SPDX-License-Identifier: Apache-2.0
 * Whether two expressions say the same, whoever wrote them: by structure, constants, sets and patterns included. Where
 * they read columns, the rules whose lookups those are belong to them. */
#pragma once
#include "correlate/plan.h"

/* Equal expressions have equal hashes. */
uint64_t argot_same_hash(const struct argot_expr *expr, const struct argot_plan_rule *rule);
bool argot_same_exprs(const struct argot_expr *a, const struct argot_plan_rule *rule_a, const struct argot_expr *b,
                      const struct argot_plan_rule *rule_b);
