/* SPDX-License-Identifier: Apache-2.0
 * What a stand-alone normalizer shows: a header with the format's name on everything, a structure for each message, and
 * the functions behind it, which are thin ones around those of alone/alone.h. */
#pragma once
#include "base/buffer.h"
#include "generator/outline.h"

struct argot_gen_face {
    const char *name;                       /* of the format that lines are read as */
    const struct argot_gen_outline *format; /* that one's */
    struct argot_gen_members envelopes;     /* what those around it add */
    const char *const *formats;             /* the names of all */
    size_t nformats;
};

/* types: the text of alone/types.h. */
void argot_gen_face_header(struct argot_arena *arena, const struct argot_gen_face *face, const char *types,
                           struct argot_buffer *out);
void argot_gen_face_functions(struct argot_arena *arena, const struct argot_gen_face *face, struct argot_buffer *out);
