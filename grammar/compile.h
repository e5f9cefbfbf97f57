/* SPDX-License-Identifier: Apache-2.0
 * The order in which the files of a run are checked. */
#pragma once
#include "grammar/check.h"

/* From trees without syntax errors to checker->plan; the checker has its files, arena, seam and world. What is wrong
 * stands in the diagnostics; then the plan is not whole. */
void argot_compile_rules(struct argot_checker *checker);
/* An expression in no rule, over events or over alerts: a plan of one rule, whose first match has it as its condition.
 */
void argot_compile_expression(struct argot_checker *checker, const struct argot_ast_expr *expression, bool alerts);
