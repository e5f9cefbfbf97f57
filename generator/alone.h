/* SPDX-License-Identifier: Apache-2.0
 * A format as one C file and one header that need nothing else: the runtime's sources, the normalizers of the format
 * and of the envelopes that it may stand in, and a face. */
#pragma once
#include "generator/check_file.h"

struct argot_gen_alone {
    const char *format_path, *schema_path, *formats_dir, *re2c;
    const char *runtime; /* the runtime's sources as one file, as argot-gen amalgam makes it */
    const char *types;   /* alone/types.h */
    const char *header;  /* the name by which the C file includes the header */
};

#define ARGOT_GEN_ALONE_MAX_FORMATS 64 /* the format and its envelopes */

/* Diagnostics and words go to `report`. */
enum argot_gen_result argot_gen_alone(struct argot_seam *seam, const struct argot_gen_alone *alone,
                                      struct argot_buffer *c, struct argot_buffer *h, struct argot_buffer *report);
