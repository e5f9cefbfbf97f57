/* SPDX-License-Identifier: Apache-2.0
 * Slab: memory of a few hundred sizes for state that comes and goes: pieces are given back one by one and used again,
 * so that an engine that is warm takes nothing more from the seam. What a flood left behind is given back to the seam
 * when it is asked for. Not thread-safe. */
#pragma once
#include "base/seam.h"
#include <stdbool.h>

#define ARGOT_SLAB_TINY 128u                  /* sizes up to this are rounded to the tiny step, */
#define ARGOT_SLAB_TINY_STEP 8u               /* */
#define ARGOT_SLAB_FINE 1024u                 /* sizes up to this to the step, larger ones to powers of two */
#define ARGOT_SLAB_STEP 16u                   /* */
#define ARGOT_SLAB_LARGEST ((size_t)64 << 10) /* more than this comes from the seam one by one */
#define ARGOT_SLAB_TINY_CLASSES (ARGOT_SLAB_TINY / ARGOT_SLAB_TINY_STEP)
#define ARGOT_SLAB_FINE_CLASSES ((ARGOT_SLAB_FINE - ARGOT_SLAB_TINY) / ARGOT_SLAB_STEP)
#define ARGOT_SLAB_CLASSES (ARGOT_SLAB_TINY_CLASSES + ARGOT_SLAB_FINE_CLASSES + 6)

struct argot_slab_piece { /* given back */
    struct argot_slab_piece *next;
};
struct argot_slab {
    struct argot_seam *seam;
    struct argot_slab_piece *free[ARGOT_SLAB_CLASSES];
    struct argot_slab_chunk *chunks; /* all of them; the first is being cut */
    size_t nchunks, chunks_bytes;
    size_t trim_below; /* argot_slab_trim has something to do when less than this is handed out */
    uint8_t *at, *end;
    struct argot_slab_big *big;
    size_t chunk_bytes;
    size_t used_bytes; /* handed out */
    bool failed;       /* the seam had no memory, once */
};

void argot_slab_init(struct argot_slab *slab, struct argot_seam *seam);
/* Gives chunks of which nothing is handed out back to the seam, once at least half of what there was at the last trim,
 * or has been taken since, is free: so it may be called often. O(n log n) of the free pieces then. */
void argot_slab_trim(struct argot_slab *slab);
void argot_slab_finish(struct argot_slab *slab); /* gives everything back, whether it was given or not */
/* For argot_slab_take and argot_slab_give: of any size. */
void *argot_slab_take_new(struct argot_slab *slab, size_t size);
void argot_slab_give_any(struct argot_slab *slab, void *piece, size_t size);

/* Of a size from 1 to ARGOT_SLAB_FINE the number of its class; *size becomes that of its pieces. */
static inline unsigned
argot_slab_class(size_t *size)
{
    if (*size <= ARGOT_SLAB_TINY) {
        unsigned steps = (unsigned)((*size + ARGOT_SLAB_TINY_STEP - 1) / ARGOT_SLAB_TINY_STEP);
        *size = (size_t)steps * ARGOT_SLAB_TINY_STEP;
        return steps - 1;
    }
    unsigned steps = (unsigned)((*size - ARGOT_SLAB_TINY + ARGOT_SLAB_STEP - 1) / ARGOT_SLAB_STEP);
    *size = ARGOT_SLAB_TINY + (size_t)steps * ARGOT_SLAB_STEP;
    return ARGOT_SLAB_TINY_CLASSES + steps - 1;
}

/* Uninitialised, aligned to 16 bytes, tiny pieces to 8. NULL without memory, and `failed` is set. */
static inline void *
argot_slab_take(struct argot_slab *slab, size_t size)
{
    if (size - 1 >= ARGOT_SLAB_FINE)
        return argot_slab_take_new(slab, size);
    size_t whole = size;
    struct argot_slab_piece **free = &slab->free[argot_slab_class(&whole)], *piece = *free;
    if (!piece)
        return argot_slab_take_new(slab, size);
    *free = piece->next;
    slab->used_bytes += whole;
    return piece;
}

/* `size` as it was asked for. NULL is fine. */
static inline void
argot_slab_give(struct argot_slab *slab, void *piece, size_t size)
{
    if (size - 1 >= ARGOT_SLAB_FINE || !piece) {
        argot_slab_give_any(slab, piece, size);
        return;
    }
    struct argot_slab_piece **free = &slab->free[argot_slab_class(&size)], *given = piece;
    given->next = *free;
    *free = given;
    slab->used_bytes -= size;
}

void *argot_slab_zero(struct argot_slab *slab, size_t size);
/* A larger piece with the first `used` bytes of the old one, which is given back. On NULL the old one stays. */
void *argot_slab_grow(struct argot_slab *slab, void *piece, size_t used, size_t size, size_t wanted);
