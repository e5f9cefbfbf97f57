/* SPDX-License-Identifier: Apache-2.0
 * The formats that are compiled into the program, and the registry of them and of the loaded ones. */
#pragma once
#include "cli/cli.h"

/* The generated table. */
extern const struct argot_normalizer *const argot_stock_formats[];
extern const size_t argot_stock_count;

/* The sealed registry of all stock formats and those of the modules, whose examples hold; made once and kept in the
 * handle. NULL after saying why. */
struct argot_registry *argot_stock_registry(struct argot_cli *cli);
/* False after saying which part of a format's name or of a chain `a+b` is not known, and what is
 * near. */
bool argot_stock_known(struct argot_cli *cli, const char *format);
/* The same after argot_stock_registry has made one: what is wrong in `why`, or NULL. */
const char *argot_stock_problem(struct argot_cli *cli, const char *format, char *why, size_t why_size);
