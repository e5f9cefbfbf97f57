/* SPDX-License-Identifier: Apache-2.0
 * A rule file in its one canonical layout: a clause, step or line of a test on a line of its own, four blanks a level,
 * long conditions and lists broken at `and`, `or` and commas. Values and names stay spelled as they are, comments where
 * they are. What is printed parses to an equal tree, and prints the same again. */
#pragma once
#include "grammar/ast.h"

/* The file must have been parsed without errors. */
void argot_print_file(const struct argot_ast_file *file, struct argot_buffer *out);
