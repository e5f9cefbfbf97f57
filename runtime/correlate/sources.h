/* SPDX-License-Identifier: Apache-2.0
 * The inputs of a run, by the newest time of each: who is to be read next, and what bounds the watermark. A heap. */
#pragma once
#include "correlate/slab.h"

struct argot_sources {
    argot_time *newest; /* of each; INT64_MIN: none yet */
    uint32_t *heap;     /* those that have not ended, the one with the smallest newest time on top, */
    uint32_t *place;    /* and where each stands there, from 1; 0: ended */
    uint32_t count, active, room;
};

bool argot_sources_init(struct argot_sources *sources, struct argot_slab *slab, uint32_t count);
/* For argot_sources_advance: puts a source in its place, whose newest time has grown. */
void argot_sources_lower(struct argot_sources *sources, uint32_t number);
/* The source's newest time is `time` if that is later. O(log n). */
static inline void
argot_sources_advance(struct argot_sources *sources, uint32_t number, argot_time time)
{
    if (time <= sources->newest[number])
        return;
    sources->newest[number] = time;
    if (sources->active > 1)
        argot_sources_lower(sources, number);
}
void argot_sources_end(struct argot_sources *sources, uint32_t number); /* again is fine */
/* Room for more, which have ended so far. */
bool argot_sources_grow(struct argot_sources *sources, struct argot_slab *slab, uint32_t count);
/* One that has ended holds the watermark again, with the newest time that it had. O(log n). */
void argot_sources_revive(struct argot_sources *sources, uint32_t number); /* of one that has not is fine */
/* The lowest number among those with the smallest newest time; -1: all have ended. */
static inline int64_t
argot_sources_first(const struct argot_sources *sources)
{
    return sources->active ? (int64_t)sources->heap[0] : -1;
}
