/* SPDX-License-Identifier: Apache-2.0
 * A binary heap of the sources, each of which knows its place in it. */
#include "correlate/sources.h"

bool
argot_sources_init(struct argot_sources *sources, struct argot_slab *slab, uint32_t count)
{
    size_t room = (size_t)count + 1;
    *sources = (struct argot_sources){.newest = argot_slab_take(slab, room * sizeof *sources->newest),
                                      .heap = argot_slab_take(slab, room * sizeof *sources->heap),
                                      .place = argot_slab_take(slab, room * sizeof *sources->place)};
    if (slab->failed)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        sources->newest[i] = INT64_MIN;
        sources->heap[i] = i;
        sources->place[i] = i + 1;
    }
    sources->count = sources->active = count;
    return true;
}

static bool
is_before(const struct argot_sources *sources, uint32_t a, uint32_t b)
{
    argot_time x = sources->newest[a], y = sources->newest[b];
    return x != y ? x < y : a < b;
}

static void
put(struct argot_sources *sources, uint32_t at, uint32_t source)
{
    sources->heap[at] = source;
    sources->place[source] = at + 1;
}

/* Puts the source where it belongs, given that the place `at` is free and all else is in order. */
static void
sift(struct argot_sources *sources, uint32_t at, uint32_t source)
{
    for (; at && is_before(sources, source, sources->heap[(at - 1) / 2]); at = (at - 1) / 2)
        put(sources, at, sources->heap[(at - 1) / 2]);
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= sources->active)
            break;
        if (child + 1 < sources->active && is_before(sources, sources->heap[child + 1], sources->heap[child]))
            child++;
        if (!is_before(sources, sources->heap[child], source))
            break;
        put(sources, at, sources->heap[child]);
        at = child;
    }
    put(sources, at, source);
}

void
argot_sources_advance(struct argot_sources *sources, uint32_t number, argot_time time)
{
    if (time <= sources->newest[number])
        return;
    sources->newest[number] = time;
    if (sources->place[number])
        sift(sources, sources->place[number] - 1, number);
}

void
argot_sources_end(struct argot_sources *sources, uint32_t number)
{
    uint32_t at = sources->place[number];
    if (!at)
        return;
    sources->place[number] = 0;
    uint32_t last = sources->heap[--sources->active];
    if (last != number)
        sift(sources, at - 1, last);
}
