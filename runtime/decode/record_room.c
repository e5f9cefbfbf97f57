/* SPDX-License-Identifier: Apache-2.0
 * Memory that readers of records keep from record to record. It grows with the largest record so far, up to a limit. */
#include "decode/record_room.h"
#include <string.h>

#define FIRST_NODES 256
#define MAX_NODES 8192 /* larger records are read whole */

void
argot_record_room_init(struct argot_record_room *room, struct argot_seam *seam, const struct argot_picks *picks,
                       uint32_t nfirsts)
{
    *room = (struct argot_record_room){.seam = seam, .nfirsts = nfirsts, .find_special = argot_special_choose()};
    room->layout.picks = picks;
    room->layout.asked = ~(argot_picks_formats)0;
}

void
argot_record_room_ask(struct argot_record_room *room, argot_picks_formats formats)
{
    room->layout.full |= room->layout.asked != formats; /* what was learnt was learnt for others */
    room->layout.asked = formats;
}

void
argot_record_room_finish(struct argot_record_room *room)
{
    if (!room->seam)
        return;
    room->seam->release(room->seam, room->nodes);
    room->seam->release(room->seam, room->found);
    room->seam->release(room->seam, room->firsts);
    room->seam->release(room->seam, room->layout.steps);
    *room = (struct argot_record_room){0};
}

bool
argot_record_room_grow(struct argot_record_room *room)
{
    uint32_t capacity = room->capacity ? room->capacity * 2 : FIRST_NODES;
    if (capacity > MAX_NODES)
        return false;
    struct argot_node *grown = room->seam->resize(room->seam, room->nodes, capacity * sizeof *grown);
    if (!grown)
        return false;
    room->nodes = grown;
    room->capacity = capacity;
    return true;
}

static bool
allocate(struct argot_record_room *room)
{
    struct argot_seam *seam = room->seam;
    if (!room->found)
        room->found = seam->allocate(seam, room->layout.picks->count * sizeof *room->found);
    if (!room->firsts && room->nfirsts)
        room->firsts = seam->allocate(seam, room->nfirsts * sizeof *room->firsts);
    if (!room->layout.steps) {
        room->layout.steps = seam->allocate(seam, ARGOT_LAYOUT_STEPS * sizeof *room->layout.steps);
        room->layout.full = true;
    }
    return room->found && (room->firsts || !room->nfirsts) && room->layout.steps &&
           (room->capacity || argot_record_room_grow(room));
}

bool
argot_record_room_prepare(struct argot_record_room *room, uint32_t bytes)
{
    const struct argot_picks *picks = room->layout.picks;
    if (picks->unusable || !picks->count || !allocate(room))
        return false;
    if (room->layout.full && room->nfirsts)
        memset(room->firsts, 0, room->nfirsts * sizeof *room->firsts);
    argot_layout_begin(&room->layout, bytes);
    memset(room->found, 0, picks->count * sizeof *room->found);
    return true;
}
