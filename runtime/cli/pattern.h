/* SPDX-License-Identifier: Apache-2.0
 * Names that a person looks for: a part of the name, or the whole name with `*` for any text. */
#pragma once
#include <stdbool.h>

bool argot_pattern_fits(const char *pattern, const char *name);
