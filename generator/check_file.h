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

/* Loads and checks a format file against a schema file, without re2c. Appends diagnostics to out, as text or JSON
 * lines, and to words which file could not be read. formats_dir (may be NULL) is where `extends` and tables are looked
 * for beside the file's own folder. */
enum argot_gen_result argot_gen_check_file(struct argot_seam *seam, const char *path, const char *schema_path,
                                           const char *formats_dir, bool json, struct argot_buffer *out,
                                           struct argot_buffer *words);
