/* SPDX-License-Identifier: Apache-2.0
 * A ring in one piece of the slab, which doubles until the limit is reached. */
#include "correlate/ring.h"
#include <string.h>

static bool
grow(struct argot_ring *ring, struct argot_slab *slab, uint32_t limit)
{
    uint32_t room = ring->room ? ring->room * 2 : 1;
    if (room > limit || room < ring->room)
        room = limit;
    struct argot_kept *at = argot_slab_take(slab, room * sizeof *at);
    if (!at)
        return false;
    for (uint32_t i = 0; i < ring->count; i++)
        at[i] = *argot_ring_get(ring, i);
    argot_slab_give(slab, ring->at, ring->room * sizeof *ring->at);
    ring->at = at;
    ring->room = room;
    ring->first = 0;
    return true;
}

bool
argot_ring_add(struct argot_ring *ring, struct argot_slab *slab, uint32_t limit, const struct argot_kept *kept)
{
    if (ring->count == limit)
        argot_ring_drop_oldest(ring, slab);
    if (ring->count == ring->room && !grow(ring, slab, limit))
        return false;
    ring->count++;
    *argot_ring_get(ring, ring->count - 1) = *kept;
    return true;
}

void
argot_ring_drop_oldest(struct argot_ring *ring, struct argot_slab *slab)
{
    argot_held_drop(slab, argot_ring_get(ring, 0)->held);
    ring->first = ring->first + 1 == ring->room ? 0 : ring->first + 1;
    ring->count--;
}

void
argot_ring_clear(struct argot_ring *ring, struct argot_slab *slab)
{
    while (ring->count)
        argot_ring_drop_oldest(ring, slab);
    ring->first = 0;
}

void
argot_ring_finish(struct argot_ring *ring, struct argot_slab *slab)
{
    argot_ring_clear(ring, slab);
    argot_slab_give(slab, ring->at, ring->room * sizeof *ring->at);
    *ring = (struct argot_ring){0};
}
