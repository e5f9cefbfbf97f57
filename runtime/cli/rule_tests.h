/* SPDX-License-Identifier: Apache-2.0
 * Runs the tests inside rule files: from log lines and events to alerts, and what was expected of them. */
#pragma once
#include "cli/ruleset.h"

struct argot_rule_tests_result {
    uint32_t tests, failed;
    uint32_t rules, untested; /* rules that no test expects an alert of */
};

/* Runs all tests of the plan of a compiled set, each with an engine of its own. Appends a report for each failure, and
 * with `verbose` a line for each test. False after saying why nothing can be run. */
bool argot_rule_tests_run(const struct argot_ruleset *set, bool verbose, struct argot_rule_tests_result *result,
                          struct argot_buffer *out);
