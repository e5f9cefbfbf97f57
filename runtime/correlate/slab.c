/* SPDX-License-Identifier: Apache-2.0
 * Chunks are cut into pieces as they are asked for; pieces given back wait in a list for their size. */
#include "correlate/slab.h"
#include <string.h>

#define FIRST_CHUNK_BYTES ((size_t)16 << 10)
#define CHUNK_BYTES ((size_t)1 << 20)

/* In front of what came from the seam by itself. */
struct argot_slab_big {
    _Alignas(16) struct argot_slab_big *next;
    struct argot_slab_big **link;
};

void
argot_slab_init(struct argot_slab *slab, struct argot_seam *seam)
{
    *slab = (struct argot_slab){.seam = seam, .chunk_bytes = FIRST_CHUNK_BYTES};
}

void
argot_slab_finish(struct argot_slab *slab)
{
    while (slab->chunks) {
        void *next = *(void **)slab->chunks;
        slab->seam->release(slab->seam, slab->chunks);
        slab->chunks = next;
    }
    while (slab->big) {
        struct argot_slab_big *next = slab->big->next;
        slab->seam->release(slab->seam, slab->big);
        slab->big = next;
    }
}

/* Number of the class; *size becomes that of its pieces. */
static unsigned
class_of(size_t *size)
{
    *size += *size == 0;
    if (*size <= ARGOT_SLAB_FINE)
        return argot_slab_class(size);
    unsigned class = ARGOT_SLAB_TINY_CLASSES + ARGOT_SLAB_FINE_CLASSES;
    size_t bytes = ARGOT_SLAB_FINE * 2;
    for (; bytes < *size; bytes *= 2)
        class ++;
    *size = bytes;
    return class;
}

static void *
take_big(struct argot_slab *slab, size_t size)
{
    if (size > SIZE_MAX - sizeof(struct argot_slab_big)) {
        slab->failed = true;
        return NULL;
    }
    struct argot_slab_big *big = slab->seam->allocate(slab->seam, sizeof *big + size);
    if (!big) {
        slab->failed = true;
        return NULL;
    }
    big->next = slab->big;
    big->link = &slab->big;
    if (big->next)
        big->next->link = &big->next;
    slab->big = big;
    slab->used_bytes += size;
    return big + 1;
}

static void
give_big(struct argot_slab *slab, void *piece, size_t size)
{
    struct argot_slab_big *big = (struct argot_slab_big *)piece - 1;
    *big->link = big->next;
    if (big->next)
        big->next->link = big->link;
    slab->seam->release(slab->seam, big);
    slab->used_bytes -= size;
}

static bool
add_chunk(struct argot_slab *slab, size_t size)
{
    size_t bytes = slab->chunk_bytes;
    while (bytes < size + ARGOT_SLAB_STEP)
        bytes *= 2;
    uint8_t *chunk = slab->seam->allocate(slab->seam, bytes);
    if (!chunk) {
        slab->failed = true;
        return false;
    }
    memcpy(chunk, &slab->chunks, sizeof slab->chunks);
    slab->chunks = chunk;
    slab->at = chunk + ARGOT_SLAB_STEP;
    slab->end = chunk + bytes;
    if (slab->chunk_bytes < CHUNK_BYTES)
        slab->chunk_bytes *= 2;
    return true;
}

void *
argot_slab_take_new(struct argot_slab *slab, size_t size)
{
    if (size > ARGOT_SLAB_LARGEST)
        return take_big(slab, size);
    unsigned class = class_of(&size);
    struct argot_slab_piece *piece = slab->free[class];
    if (piece) {
        slab->free[class] = piece->next;
    } else {
        size_t gap = size > ARGOT_SLAB_TINY ? (size_t)(-(uintptr_t)slab->at & (ARGOT_SLAB_STEP - 1)) : 0;
        if ((size_t)(slab->end - slab->at) < size + gap) {
            if (!add_chunk(slab, size))
                return NULL;
            gap = 0;
        }
        piece = (struct argot_slab_piece *)(void *)(slab->at + gap);
        slab->at += gap + size;
    }
    slab->used_bytes += size;
    return piece;
}

void *
argot_slab_zero(struct argot_slab *slab, size_t size)
{
    void *piece = argot_slab_take(slab, size);
    if (piece)
        memset(piece, 0, size);
    return piece;
}

void
argot_slab_give_any(struct argot_slab *slab, void *piece, size_t size)
{
    if (!piece)
        return;
    if (size > ARGOT_SLAB_LARGEST) {
        give_big(slab, piece, size);
        return;
    }
    unsigned class = class_of(&size);
    struct argot_slab_piece *free = piece;
    free->next = slab->free[class];
    slab->free[class] = free;
    slab->used_bytes -= size;
}

void *
argot_slab_grow(struct argot_slab *slab, void *piece, size_t used, size_t size, size_t wanted)
{
    void *larger = argot_slab_take(slab, wanted);
    if (!larger)
        return NULL;
    if (used)
        memcpy(larger, piece, used);
    argot_slab_give(slab, piece, size);
    return larger;
}
