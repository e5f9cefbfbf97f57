/* SPDX-License-Identifier: Apache-2.0
 * The memory of one reader of records, which all its records use in turn: their nodes, where names that formats ask for
 * were found, and how the last records were laid out. */
#pragma once
#include "decode/layout.h"
#include "decode/record.h"
#include "decode/special.h"

/* A record that was read lies here until the next is read. */
struct argot_record_room {
    struct argot_seam *seam;
    struct argot_node *nodes;
    uint32_t capacity;
    uint16_t *found; /* by pick: its node, or 0 */
    struct argot_layout layout;
    uint16_t *firsts; /* by number of the block, for records without nesting: what may come first */
    uint32_t nfirsts;
    argot_special_find *find_special;
};

/* Allocates nothing yet. Picks must be complete when the first record is read. nfirsts: blocks whose records without
 * nesting are read here. */
void argot_record_room_init(struct argot_record_room *room, struct argot_seam *seam, const struct argot_picks *picks,
                            uint32_t nfirsts);
/* For which formats JSON records are read; from the start for all. */
void argot_record_room_ask(struct argot_record_room *room, argot_picks_formats formats);
void argot_record_room_finish(struct argot_record_room *room);
/* Before a record of so many bytes: memory, and nothing found yet. False: it must be read in another way. */
bool argot_record_room_prepare(struct argot_record_room *room, uint32_t bytes);
/* Room for more nodes; false: without memory, and for records that are larger than usual. */
bool argot_record_room_grow(struct argot_record_room *room);
