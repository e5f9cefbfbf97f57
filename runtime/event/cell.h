/* SPDX-License-Identifier: Apache-2.0
 * A cell: a value of a stored row under a column's name, as searches give it and outputs write it. */
#pragma once
#include "event/event.h"

enum argot_cell_kind {
    ARGOT_CELL_ABSENT, /* nothing else holds */
    ARGOT_CELL_VALUE,  /* type, field, slot; text with ARGOT_SLOT_JSON is JSON */
    ARGOT_CELL_BYTES,  /* slot.text: any bytes, such as a record */
};

struct argot_cell {
    uint8_t kind;   /* enum argot_cell_kind */
    uint8_t type;   /* enum argot_type */
    uint16_t field; /* of an enum: whose words */
    struct argot_slot slot;
};

static inline struct argot_cell
argot_cell_text(const void *at, size_t length, uint32_t flags)
{
    struct argot_cell cell = {.kind = ARGOT_CELL_VALUE, .type = ARGOT_TYPE_STRING, .field = ARGOT_NONE};
    cell.slot.text.at = (const uint8_t *)at;
    cell.slot.text.length = (uint32_t)length;
    cell.slot.text.flags = flags;
    return cell;
}
