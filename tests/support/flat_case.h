/* SPDX-License-Identifier: Apache-2.0
 * A record without nesting read into the memory of its reader, held against the tree of it. */
#pragma once
#include "decode/record_flat.h"

#define FLAT_CASE_BLOCKS 19
#define FLAT_CASE_PATHS 6

struct flat_case {
    struct argot_arena arena; /* of the picks */
    struct argot_picks picks;
    uint16_t numbers[FLAT_CASE_PATHS];
    struct argot_record_flat flats[FLAT_CASE_BLOCKS];
    uint16_t columns[FLAT_CASE_BLOCKS][4];
    struct argot_record_room room;
};

/* Dialects of key=value, then structured data, then CSV. */
extern const struct argot_block flat_case_blocks[FLAT_CASE_BLOCKS];
#define FLAT_CASE_SD 15

void flat_case_init(struct flat_case *test, struct argot_seam *seam);
void flat_case_finish(struct flat_case *test);
/* Reads a text, of which ARGOT_PADDING bytes behind are readable, in both ways by a block. NULL when both are one
 * record, or it was refused; else what is wrong. *taken: it was not refused. */
const char *flat_case_compare(struct flat_case *test, unsigned block, const struct argot_decode *context,
                              struct argot_slice text, bool *taken);
