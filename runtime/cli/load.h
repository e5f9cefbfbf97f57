/* SPDX-License-Identifier: Apache-2.0
 * Normalizers out of shared objects: `--load NAME.so`. */
#pragma once
#include "cli/args.h"

#define ARGOT_LOAD_MAX_BYTES ((size_t)256 << 20) /* of a module */

#define ARGOT_LOAD_OPTION                                                                                              \
    {                                                                                                                  \
        "load", 0, "NAME.so", "adds the formats of a module that `argot compile` made; may be there\nseveral times"    \
    }

/* Notes a module for the registry, which opens it when it is made. False after saying that there are too many. */
bool argot_load_option(const struct argot_args *args, const char *path);
/* The same without words: false when there are too many. */
bool argot_load_add(struct argot_cli *cli, const char *path);
/* Looks at the file, opens it and finds its normalizers. What their tables hold is for the registry to check. False
 * with the reason in `why`. */
bool argot_load_open(struct argot_seam *seam, struct argot_module *module, char *why, size_t why_size);
/* Whether the file is another than the one that was opened. True also where there is none: then it cannot be opened. */
bool argot_load_is_changed(struct argot_seam *seam, const struct argot_module *module);
/* Opens one that is open already and whose file is another now; what was open stays so. False with the reason in `why`:
 * `module` may be changed. */
bool argot_load_open_again(struct argot_seam *seam, struct argot_module *module, char *why, size_t why_size);
/* Runs the examples of all modules in the registry, as far as a later one does not replace the format. False after
 * showing those that fail. */
bool argot_load_test(struct argot_cli *cli);
/* The module that a format came from, or NULL. */
const struct argot_module *argot_load_origin(const struct argot_cli *cli, const struct argot_normalizer *normalizer);
/* What stands for the format's file in messages: the module and the name the file has had. */
void argot_load_place(const struct argot_module *module, const struct argot_normalizer *normalizer, char *text,
                      size_t size);
