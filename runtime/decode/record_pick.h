/* SPDX-License-Identifier: Apache-2.0
 * JSON records read as far as formats ask for: the members of the record, and of what lies on the way to a name that
 * some format has. All else is checked and passed over, and is one node: its text. What a record is, and what it is
 * not, argot_record_json says; this is the fast way for records that have nothing odd about them. */
#pragma once
#include "decode/record_room.h"

/* True: the record is what argot_record_json would make of it, with less in it: node->opaque. False: that must be
 * called, which finds out what the text is; so it is when a name is repeated, written with escapes, or longer than
 * usual, when names differ too much from record to record, and without memory. ARGOT_PADDING bytes behind the text
 * are readable. */
bool argot_record_pick(const struct argot_decode *context, struct argot_record_room *room, struct argot_slice text,
                       struct argot_record *record);

/* The node that a path names in a record, or 0. `pick` is that of the path, 0 where it has none. */
static inline uint32_t
argot_record_pick_find(const struct argot_record *record, const struct argot_path *path, uint16_t pick)
{
    return record->found && pick ? record->found[pick] : argot_record_find(record, path, 0, false);
}
