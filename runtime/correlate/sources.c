/* SPDX-License-Identifier: Apache-2.0
 * A binary heap of the sources, each of which knows its place in it. */
#include "correlate/sources.h"
#include <string.h>

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
    sources->room = (uint32_t)room;
    return true;
}

static void *
move(struct argot_slab *slab, void *old, size_t used, size_t room, size_t more, size_t size)
{
    void *moved = argot_slab_take(slab, more * size);
    if (!moved)
        return old;
    memcpy(moved, old, used * size);
    argot_slab_give(slab, old, room * size);
    return moved;
}

bool
argot_sources_grow(struct argot_sources *sources, struct argot_slab *slab, uint32_t count)
{
    size_t used = sources->count, room = sources->room, more = room;
    while (more < count)
        more = more * 2 + 1;
    if (more > room) {
        sources->newest = move(slab, sources->newest, used, room, more, sizeof *sources->newest);
        sources->heap = move(slab, sources->heap, used, room, more, sizeof *sources->heap);
        sources->place = move(slab, sources->place, used, room, more, sizeof *sources->place);
        if (slab->failed)
            return false;
        sources->room = (uint32_t)more;
    }
    for (uint32_t i = sources->count; i < count; i++) {
        sources->newest[i] = INT64_MIN;
        sources->place[i] = 0;
    }
    sources->count = count > sources->count ? count : sources->count;
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
argot_sources_lower(struct argot_sources *sources, uint32_t number)
{
    if (sources->place[number])
        sift(sources, sources->place[number] - 1, number);
}

void
argot_sources_revive(struct argot_sources *sources, uint32_t number)
{
    if (sources->place[number])
        return;
    sources->active++;
    sift(sources, sources->active - 1, number);
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
