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
enum argot_stock_renewal {
    ARGOT_STOCK_SAME,
    ARGOT_STOCK_NEW,
    ARGOT_STOCK_REFUSED, /* after saying why */
};
/* For a copy of a handle that has a registry. Where files of modules are others now the copy gets a registry of its
 * own, with the formats that they have now; that of the handle stays as it is. */
enum argot_stock_renewal argot_stock_renew(struct argot_cli *copy);
/* What was made for the copy is used from now on. */
void argot_stock_adopt(struct argot_cli *cli, const struct argot_cli *copy);
/* False after saying which part of a format's name or of a chain `a+b` is not known, and what is
 * near. */
bool argot_stock_known(struct argot_cli *cli, const char *format);
/* The same after argot_stock_registry has made one: what is wrong in `why`, or NULL. */
const char *argot_stock_problem(struct argot_cli *cli, const char *format, char *why, size_t why_size);
