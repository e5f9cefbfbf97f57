/* SPDX-License-Identifier: Apache-2.0
 * The newest few of the events that a count needs, the oldest first: what a threshold keeps for each of perhaps a
 * million keys, so each event is packed into 40 bytes, and a piece of that size that one key gives back serves any
 * other. */
#pragma once
#include "base/buffer.h"
#include "correlate/held.h"

/* What the packing has room for: sources and formats of a run are held to it, a record would have to be the seventeen
 * trillionth of its source. */
#define ARGOT_TRAIL_RECORD_BITS 44u
#define ARGOT_TRAIL_SOURCE_BITS 20u
#define ARGOT_TRAIL_SERIAL_BITS 38u /* the lowest; the rest is that of the newest event, or one less */
#define ARGOT_TRAIL_PART_BITS 14u
#define ARGOT_TRAIL_FORMAT_BITS 12u

struct argot_trail_event {
    struct argot_trail_event *next; /* newer; of the newest, the oldest */
    argot_time time;
    union {
        argot_raw_place place;
        struct argot_held *held; /* of an alert */
    };
    uint64_t record_source, serial_part_format;
};

/* Zeroed: empty. */
struct argot_trail {
    struct argot_trail_event *newest;
    uint32_t count;
};
#define ARGOT_TRAIL_USED (offsetof(struct argot_trail, count) + sizeof(uint32_t)) /* bytes of it that are ever used */

/* Takes over the reference of `kept`, which has a copy only if it is an alert. limit >= 1 and the same at each call:
 * with more, the oldest is forgotten. False without memory (nothing is added). */
bool argot_trail_add(struct argot_trail *trail, struct argot_slab *slab, uint32_t limit, const struct argot_kept *kept);
void argot_trail_clear(struct argot_trail *trail, struct argot_slab *slab);
/* The trail is not empty. */
static inline const struct argot_trail_event *
argot_trail_oldest(const struct argot_trail *trail)
{
    return trail->newest->next;
}
/* Appends all, the oldest first. newest_serial: of the newest event of all rules. */
void argot_trail_put(const struct argot_trail *trail, uint64_t newest_serial, struct argot_buffer *causes);
