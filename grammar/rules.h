/* SPDX-License-Identifier: Apache-2.0
 * The rule language's one entry for the program: formatting a file, and (soon all of) a run's files checked together.
 */
#pragma once
#include "base/diagnostic.h"

/* Appends the canonical layout of a rule file. False with diagnostics appended to `words` when it cannot be read; then
 * nothing is appended to `out`. `source` is NUL-terminated behind its `size` bytes; path is for the diagnostics. */
bool argot_rules_format(struct argot_seam *seam, const char *path, const char *source, size_t size,
                        struct argot_buffer *out, struct argot_buffer *words);

struct argot_rules_text {
    const char *path;   /* for diagnostics */
    const char *source; /* NUL-terminated behind its size bytes */
    size_t size;
};

/* Checks the files of one run, which are one namespace. Appends what is wrong with them to `out`, file by file, as text
 * or as JSON lines. Returns how many of them have errors. */
size_t argot_rules_check(struct argot_seam *seam, const struct argot_rules_text *texts, size_t count, bool json,
                         struct argot_buffer *out);
