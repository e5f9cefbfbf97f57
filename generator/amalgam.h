/* SPDX-License-Identifier: Apache-2.0
 * Several C files as one in which everything is static: the runtime's sources at build time, and the normalizers that
 * go behind them later. Names that begin with argot_ get a second underscore, so that they cannot meet the names that
 * the finished file shows; names of single files get the file's name before them where two files have the same. */
#pragma once
#include "base/buffer.h"

struct argot_gen_amalgam {
    const char *root;   /* headers are named from here, and from `include` below it */
    const char *types;  /* the header that users see: not put in, and its names stay as they are */
    const char **paths; /* the .c files, in their order; headers go before what needs them first */
    size_t count;
};

/* False after saying in `words` which file could not be read. */
bool argot_gen_amalgamate(struct argot_seam *seam, const struct argot_gen_amalgam *amalgam, struct argot_buffer *out,
                          struct argot_buffer *words);
/* A normalizer's C as part of such a file: every name of its own gets `prefix` and an underscore before it. */
void argot_gen_amalgam_add(struct argot_seam *seam, const char *text, size_t length, const char *prefix,
                           struct argot_buffer *out);
