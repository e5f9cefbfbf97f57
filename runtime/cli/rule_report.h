/* SPDX-License-Identifier: Apache-2.0
 * What a failing test of a rule tells: the place, what was expected, and which alerts came instead. */
#pragma once
#include "base/buffer.h"
#include "cli/caught.h"
#include "correlate/engine.h"

#define ARGOT_RULE_REPORT_CLOCK INT64_C(1767225600000000000) /* where tests begin: 2026-01-01T00:00:00Z */
#define ARGOT_RULE_REPORT_ALERTS 5                           /* shown of those that came */

struct argot_rule_report {
    const struct argot_plan *plan;
    const struct argot_plan_test *test;
    struct argot_engine_counts counts; /* of the test's run */
    bool failed;                       /* the test */
    struct argot_buffer *out;
};

/* file:line:column, the test and what is wrong, then the line that says so. */
void argot_rule_report_fail(struct argot_rule_report *report, struct argot_plan_place place, const char *what);
/* An expectation that is not met. `fits`: which alerts are of its rule and meet its condition; `held`: how many. */
void argot_rule_report_expect(struct argot_rule_report *report, const struct argot_plan_expect *expect, uint64_t held,
                              const struct argot_caught *caught, const bool *fits);
/* That a test held or failed, on a line. */
void argot_rule_report_line(struct argot_rule_report *report);
