/* SPDX-License-Identifier: Apache-2.0
 * argot compile --emit c: a format as a C file and a header that stand alone, by argot-gen. */
#pragma once
#include "cli/module.h"

/* Makes name.c and name.h of a format of a build whose formats are compiled and loaded, in `folder`, which is made
 * where it is not there; a file that is there is replaced whole. Says what went wrong. */
enum argot_exit argot_emit_c(const struct argot_module_build *build, size_t path, const char *folder);
