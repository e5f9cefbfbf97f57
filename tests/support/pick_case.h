/* SPDX-License-Identifier: Apache-2.0
 * A JSON record read as far as some paths ask for, held against the whole tree of it. */
#pragma once
#include "decode/record_pick.h"

#define PICK_CASE_PATHS 7

struct pick_case {
    struct argot_arena arena; /* of the picks */
    struct argot_picks picks;
    argot_picks_formats keeping, dropping; /* a format that asks for all paths, and one that asks for `a` alone */
    uint16_t numbers[PICK_CASE_PATHS];     /* of the paths: a, b.c, b.d.e, l, q[0].n, q.n and an empty name */
    struct argot_record_room room;
};

/* Reads for the format that keeps all members, or for the one that drops what it does not ask for. */
void pick_case_init(struct pick_case *test, struct argot_seam *seam, bool keeps);
void pick_case_finish(struct pick_case *test);
/* Reads a text, of which ARGOT_PADDING bytes behind are readable, in both ways. NULL when the picked record is what the
 * whole one is, or was refused; else what is wrong. *taken: it was not refused. */
const char *pick_case_compare(struct pick_case *test, const struct argot_decode *context, struct argot_slice text,
                              bool *taken);
