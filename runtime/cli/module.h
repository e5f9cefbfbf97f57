/* SPDX-License-Identifier: Apache-2.0
 * Format files to a shared object, by argot-gen, re2c and the C compiler of this machine. */
#pragma once
#include "cli/cli.h"
#include "cli/tool.h"

struct argot_module_build {
    struct argot_cli *cli;
    const char *const *paths; /* of the format files; the module has the formats in this order */
    size_t npaths;
    char folder[ARGOT_TOOL_PATH_BYTES]; /* empty, or a private one with what was made */
    char module[ARGOT_TOOL_PATH_BYTES]; /* in there */
};

/* Makes the module in a private folder, which finish removes. DONE, or after saying why not: NOT_HELD, a file has
 * mistakes; USAGE, something is not installed here; FAILED, a file could not be read, or the compiler failed;
 * INTERRUPTED. */
enum argot_exit argot_module_build(struct argot_module_build *build);
/* The same, and then the module joins the handle's, whose registry is made; that the examples hold is not looked at. */
enum argot_exit argot_module_build_and_load(struct argot_module_build *build);
void argot_module_build_finish(struct argot_module_build *build);
/* After build_and_load: the normalizer of a file. */
const struct argot_normalizer *argot_module_of(const struct argot_module_build *build, size_t path);
/* How a program ended, as a status; says it where it was not well. */
enum argot_exit argot_module_judge(struct argot_cli *cli, const char *name, enum argot_tool_end end, int status);
