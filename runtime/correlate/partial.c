/* SPDX-License-Identifier: Apache-2.0
 * Nodes of partial matches are made once and never changed but for being alive. */
#include "correlate/partial.h"

static size_t
bytes_of(uint32_t nevents)
{
    return sizeof(struct argot_partial) + nevents * sizeof(struct argot_kept);
}

struct argot_partial *
argot_partial_new(struct argot_slab *slab, struct argot_partial *before, uint32_t stage,
                  const struct argot_kept *events, uint32_t nevents, uint64_t serial)
{
    struct argot_partial *partial = argot_slab_take(slab, bytes_of(nevents));
    if (!partial)
        return NULL;
    *partial = (struct argot_partial){.references = 1,
                                      .stage = stage,
                                      .alive = true,
                                      .serial = serial,
                                      .before = before ? argot_partial_again(before) : NULL,
                                      .first_time = before ? before->first_time : events[0].time,
                                      .nevents = nevents};
    for (uint32_t i = 0; i < nevents; i++) {
        partial->events[i] = events[i];
        if (events[i].held)
            argot_held_again(events[i].held);
    }
    return partial;
}

void
argot_partial_drop(struct argot_slab *slab, struct argot_partial *partial)
{
    while (partial && --partial->references == 0) {
        struct argot_partial *before = partial->before;
        for (uint32_t i = 0; i < partial->nevents; i++)
            argot_held_drop(slab, partial->events[i].held);
        argot_ring_finish(&partial->counting, slab);
        argot_slab_give(slab, partial, bytes_of(partial->nevents));
        partial = before;
    }
}
