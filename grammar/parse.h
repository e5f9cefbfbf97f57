/* SPDX-License-Identifier: Apache-2.0
 * The text of a rule file to its tree. */
#pragma once
#include "grammar/ast.h"

/* The source of the diagnostics is read; the tree lives in their arena. NULL without memory. What is wrong stands in
 * the diagnostics; with errors there, the tree holds what could be read. */
struct argot_ast_file *argot_parse_file(struct argot_diagnostics *diagnostics);
/* One expression and nothing else; NULL without memory and where something is wrong, which is told. */
struct argot_ast_expr *argot_parse_expression(struct argot_diagnostics *diagnostics);
