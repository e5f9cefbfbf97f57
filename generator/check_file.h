/* SPDX-License-Identifier: Apache-2.0
 * The format compiler's checks for the program: argot check. */
#pragma once
#include "base/buffer.h"
#include <stdbool.h>

enum argot_gen_result {
    ARGOT_GEN_OK,
    ARGOT_GEN_WRONG,  /* the file, or one that it needs, has mistakes */
    ARGOT_GEN_UNREAD, /* one of them could not be read */
};

/* Another format, to be compared with the one that is checked. */
struct argot_gen_other {
    const char *name;
    const char *yaml; /* its text; NULL: its file is looked for as those of `extends` are */
};

struct argot_gen_check {
    const char *path, *schema_path;
    const char *yaml;        /* the file's text; NULL: it is read */
    const char *formats_dir; /* NULL: none. Where `extends` and tables are looked for beside the file's own folder */
    bool json;
    bool overlaps; /* look for lines that several messages or formats fit */
    const struct argot_gen_other *others;
    size_t nothers;
};

/* Loads and checks a format file against a schema file, without re2c. Appends diagnostics to out, as text or JSON
 * lines, and to words which file could not be read, and how much was not examined. */
enum argot_gen_result argot_gen_check_file(struct argot_seam *seam, const struct argot_gen_check *check,
                                           struct argot_buffer *out, struct argot_buffer *words);
