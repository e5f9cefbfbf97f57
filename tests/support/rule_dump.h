/* SPDX-License-Identifier: Apache-2.0
 * The tree of a rule file as text: all that it means and nothing of how it was laid out, to compare two of them. */
#pragma once
#include "grammar/ast.h"

void rule_dump_file(const struct argot_ast_file *file, struct argot_buffer *out);
void rule_dump_expr(const struct argot_ast_expr *expr, struct argot_buffer *out);
