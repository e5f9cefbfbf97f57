/* SPDX-License-Identifier: Apache-2.0
 * Where the declarations of a C file begin, and how what they declare is linked. */
#pragma once
#include "generator/c_source.h"

enum argot_c_linkage {
    ARGOT_C_LINKAGE_NONE,    /* no declaration begins here, or it is static, a type, a check */
    ARGOT_C_LINKAGE_OUTSIDE, /* of a function or variable that other files see */
    ARGOT_C_LINKAGE_EXTERN,  /* with `extern` */
    ARGOT_C_LINKAGE_AHEAD,   /* the same of an array whose length is told: used before it is defined */
};

/* An enum argot_c_linkage for each token. O(tokens). */
uint8_t *argot_c_linkage(struct argot_arena *arena, const struct argot_c_source *source);
