/* SPDX-License-Identifier: Apache-2.0
 * The steps of the format compiler that need the outside: files, and re2c as a program under limits. */
#pragma once
#include "generator/check_file.h"
#include "generator/budget.h"
#include "generator/model.h"
#include "generator/outline.h"

/* An emergency brake: what budget.h lets through takes a second and some ten MiB. */
#define ARGOT_GEN_RE2C_SECONDS 8          /* CPU time of one run */
#define ARGOT_GEN_RE2C_BYTES (768u << 20) /* address space of it */

struct argot_gen_input {
    const char *format_path;
    const char *yaml; /* the file's text; NULL: it is read */
    const char *schema_path;
    const char *formats_dir; /* NULL: the folder of the format */
    bool bare;               /* the C holds neither the YAML nor the examples */
    bool overlaps;           /* see overlap.h */
    enum argot_gen_texts texts_gear;
    const struct argot_gen_other *others;
    size_t nothers;
};

struct argot_gen_output {
    struct argot_buffer c;            /* the normalizer as C */
    struct argot_buffer stat;         /* lines `name value` for argot formats -v */
    struct argot_buffer dependencies; /* files read, a line each */
    struct argot_arena *outline_in;   /* where the outline is wanted; NULL: not at all */
    struct argot_gen_outline *outline;
};

/* Reads, checks and lowers one format; diagnostics go to `report` as text (or JSON lines), files that could not be read
 * to `words`, which may be the same. re2c NULL: no C is made, but all else is checked. */
enum argot_gen_result argot_gen_compile(struct argot_seam *seam, const struct argot_gen_input *input, const char *re2c,
                                        bool json, struct argot_gen_output *output, struct argot_buffer *report,
                                        struct argot_buffer *words);

enum argot_gen_re2c_status { ARGOT_GEN_RE2C_OK, ARGOT_GEN_RE2C_LIMIT, ARGOT_GEN_RE2C_REFUSED, ARGOT_GEN_RE2C_MISSING };
/* Runs re2c over `source`; `c` gets its output, `words` what it said. */
enum argot_gen_re2c_status argot_gen_re2c(struct argot_seam *seam, const char *re2c, const struct argot_buffer *source,
                                          struct argot_buffer *c, struct argot_buffer *words);
