/* SPDX-License-Identifier: Apache-2.0
 * A ring of links: the newest event leads to the oldest, so that one pointer finds both. */
#include "correlate/trail.h"

_Static_assert(ARGOT_TRAIL_RECORD_BITS + ARGOT_TRAIL_SOURCE_BITS == 64, "a word");
_Static_assert(ARGOT_TRAIL_SERIAL_BITS + ARGOT_TRAIL_PART_BITS + ARGOT_TRAIL_FORMAT_BITS == 64, "a word");
_Static_assert(ARGOT_ENGINE_MAX_SOURCES <= UINT32_C(1) << ARGOT_TRAIL_SOURCE_BITS, "sources have room");
_Static_assert(ARGOT_FORMATS_MAX < 1u << ARGOT_TRAIL_FORMAT_BITS, "formats have room");
_Static_assert(sizeof(struct argot_trail_event) <= 40, "what a million keys have one of each");

#define MASK(bits) ((UINT64_C(1) << (bits)) - 1)
#define SOURCE_SHIFT ARGOT_TRAIL_RECORD_BITS
#define PART_SHIFT ARGOT_TRAIL_SERIAL_BITS
#define FORMAT_SHIFT (ARGOT_TRAIL_SERIAL_BITS + ARGOT_TRAIL_PART_BITS)

/* ---- packing ---- */

static void
pack(struct argot_trail_event *event, const struct argot_kept *kept)
{
    event->time = kept->time;
    if (kept->format == ARGOT_HELD_ALERT)
        event->held = kept->held;
    else
        event->place = kept->place;
    event->record_source = (kept->record & MASK(ARGOT_TRAIL_RECORD_BITS)) | (uint64_t)kept->source << SOURCE_SHIFT;
    event->serial_part_format = (kept->serial & MASK(ARGOT_TRAIL_SERIAL_BITS)) | (uint64_t)kept->part << PART_SHIFT |
                                (uint64_t)kept->format << FORMAT_SHIFT;
}

static bool
is_alert(const struct argot_trail_event *event)
{
    return event->serial_part_format >> FORMAT_SHIFT == ARGOT_HELD_ALERT;
}

static struct argot_kept
unpack(const struct argot_trail_event *event, uint64_t newest_serial)
{
    uint64_t behind = (newest_serial - event->serial_part_format) & MASK(ARGOT_TRAIL_SERIAL_BITS);
    return (struct argot_kept){.time = event->time,
                               .serial = newest_serial - behind,
                               .record = event->record_source & MASK(ARGOT_TRAIL_RECORD_BITS),
                               .source = (uint32_t)(event->record_source >> SOURCE_SHIFT),
                               .part =
                                   (uint16_t)(event->serial_part_format >> PART_SHIFT & MASK(ARGOT_TRAIL_PART_BITS)),
                               .format = (uint16_t)(event->serial_part_format >> FORMAT_SHIFT),
                               .place = is_alert(event) ? 0 : event->place,
                               .held = is_alert(event) ? event->held : NULL};
}

/* ---- the ring ---- */

static void
forget(struct argot_slab *slab, const struct argot_trail_event *event)
{
    if (is_alert(event))
        argot_held_drop(slab, event->held);
}

bool
argot_trail_add(struct argot_trail *trail, struct argot_slab *slab, uint32_t limit, const struct argot_kept *kept)
{
    struct argot_trail_event *event;
    if (trail->count == limit) {
        event = trail->newest->next; /* the oldest becomes the newest */
        forget(slab, event);
    } else {
        event = argot_slab_take(slab, sizeof *event);
        if (!event)
            return false;
        event->next = trail->newest ? trail->newest->next : event;
        if (trail->newest)
            trail->newest->next = event;
        trail->count++;
    }
    pack(event, kept);
    trail->newest = event;
    return true;
}

void
argot_trail_clear(struct argot_trail *trail, struct argot_slab *slab)
{
    struct argot_trail_event *event = trail->newest;
    for (; trail->count; trail->count--) {
        struct argot_trail_event *next = event->next;
        forget(slab, event);
        argot_slab_give(slab, event, sizeof *event);
        event = next;
    }
    trail->newest = NULL;
}

void
argot_trail_put(const struct argot_trail *trail, uint64_t newest_serial, struct argot_buffer *causes)
{
    const struct argot_trail_event *event = trail->newest;
    for (uint32_t i = 0; i < trail->count; i++) {
        event = event->next;
        struct argot_kept kept = unpack(event, newest_serial);
        argot_buffer_append(causes, &kept, sizeof kept);
    }
}
