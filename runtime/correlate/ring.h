/* SPDX-License-Identifier: Apache-2.0
 * The newest few of many: what a rule keeps of its events, the oldest first. A ring has room for as many as came, up
 * to its limit; then the newest takes the place of the oldest. */
#pragma once
#include "correlate/held.h"

struct argot_ring {
    struct argot_kept *at;
    uint32_t first, count, room;
};

/* Takes over the reference of `kept`. limit >= 1 and the same at each call. False without memory (nothing is added). */
bool argot_ring_add(struct argot_ring *ring, struct argot_slab *slab, uint32_t limit, const struct argot_kept *kept);
void argot_ring_drop_oldest(struct argot_ring *ring, struct argot_slab *slab);
void argot_ring_clear(struct argot_ring *ring, struct argot_slab *slab);  /* keeps its room */
void argot_ring_finish(struct argot_ring *ring, struct argot_slab *slab); /* gives back all */

/* 0 is the oldest. */
static inline struct argot_kept *
argot_ring_get(const struct argot_ring *ring, uint32_t index)
{
    uint32_t at = ring->first + index;
    return &ring->at[at >= ring->room ? at - ring->room : at];
}

/* How many of the newest lie no more than the span before `time`. */
static inline uint32_t
argot_ring_within(const struct argot_ring *ring, argot_time time, int64_t span_ns)
{
    uint32_t count = 0;
    while (count < ring->count &&
           (uint64_t)time - (uint64_t)argot_ring_get(ring, ring->count - 1 - count)->time <= (uint64_t)span_ns)
        count++;
    return count;
}
