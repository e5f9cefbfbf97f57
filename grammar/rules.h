/* SPDX-License-Identifier: Apache-2.0
 * The rule language's one entry for the program: formatting a file, and compiling the files of a run together. */
#pragma once
#include "correlate/plan.h"
#include "grammar/world.h"

/* Appends the canonical layout of a rule file. False with diagnostics appended to `words` when it cannot be read; then
 * nothing is appended to `out`. `source` is NUL-terminated behind its `size` bytes; path is for the diagnostics. */
bool argot_rules_format(struct argot_seam *seam, const char *path, const char *source, size_t size,
                        struct argot_buffer *out, struct argot_buffer *words);

/* A duration as rules spell it: NULL, or what is wrong with it. */
const char *argot_rules_duration(const char *text, int64_t *ns);

struct argot_rules_text {
    const char *path;   /* for diagnostics; lists and tables are looked for in its folder */
    const char *source; /* NUL-terminated behind its size bytes */
    size_t size;
};

/* The rule files of one run, compiled together: they are one namespace. Texts and their bytes must outlive it, and the
 * world too (NULL: nothing is known of formats). Never NULL but without memory. */
struct argot_rules *argot_rules_new(struct argot_seam *seam, const struct argot_rules_text *texts, size_t count,
                                    const struct argot_rules_world *world);
/* One expression in no rule, as a search asks for it: over events, or over alerts. Lists and lets are in rule files, so
 * that it can name none. Its condition is that of the first match of the first rule of the plan. */
struct argot_rules *argot_rules_expression(struct argot_seam *seam, const struct argot_rules_text *text, bool alerts);
void argot_rules_free(struct argot_rules *rules); /* NULL is fine */
/* How many of the files have errors. */
size_t argot_rules_wrong(const struct argot_rules *rules);
/* Appends what was said about the files, file by file and by place, as text or as one JSON object a line. */
void argot_rules_print(const struct argot_rules *rules, bool json, struct argot_buffer *out);
/* What to run; NULL where a file has errors. Lives as long as the rules do. */
const struct argot_plan *argot_rules_plan(const struct argot_rules *rules);
