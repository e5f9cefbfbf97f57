/* SPDX-License-Identifier: Apache-2.0
 * Chunks are cut into pieces as they are asked for; pieces given back wait in a list for their size. */
#include "correlate/slab.h"
#include <stdlib.h>
#include <string.h>

#define FIRST_CHUNK_BYTES ((size_t)16 << 10)
#define CHUNK_BYTES ((size_t)256 << 10)
#define LEAST_TRIM_BYTES ((size_t)4 << 20) /* less than this is not worth a trim */

struct argot_slab_chunk {
    _Alignas(ARGOT_SLAB_STEP) struct argot_slab_chunk *next;
    size_t bytes, cut, lost; /* all of it; cut into pieces, of which some were lost between two */
};

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
        struct argot_slab_chunk *next = slab->chunks->next;
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
    while (bytes < size + sizeof(struct argot_slab_chunk))
        bytes *= 2;
    struct argot_slab_chunk *chunk = slab->seam->allocate(slab->seam, bytes);
    if (!chunk) {
        slab->failed = true;
        return false;
    }
    *chunk = (struct argot_slab_chunk){.next = slab->chunks, .bytes = bytes};
    slab->chunks = chunk;
    slab->nchunks++;
    slab->chunks_bytes += bytes;
    slab->trim_below = slab->chunks_bytes / 2;
    slab->at = (uint8_t *)(chunk + 1);
    slab->end = (uint8_t *)chunk + bytes;
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
        slab->chunks->cut += gap + size;
        slab->chunks->lost += gap;
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

/* ---- giving back ---- */

static size_t
size_of_class(unsigned class)
{
    if (class < ARGOT_SLAB_TINY_CLASSES)
        return ((size_t) class + 1) * ARGOT_SLAB_TINY_STEP;
    class -= ARGOT_SLAB_TINY_CLASSES;
    if (class < ARGOT_SLAB_FINE_CLASSES)
        return ARGOT_SLAB_TINY + ((size_t) class + 1) * ARGOT_SLAB_STEP;
    return (ARGOT_SLAB_FINE * 2) << (class - ARGOT_SLAB_FINE_CLASSES);
}

struct place { /* of a chunk, by its address */
    struct argot_slab_chunk *chunk;
    size_t free;
};

static int
by_address(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    return (left->chunk > right->chunk) - (left->chunk < right->chunk);
}

/* The last chunk that does not begin behind the piece. */
static struct place *
place_of(struct place *places, size_t count, const void *piece)
{
    size_t low = 0, high = count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if ((const void *)places[middle].chunk <= piece)
            low = middle;
        else
            high = middle;
    }
    return &places[low];
}

/* Of the chunk that is being cut something is asked for next. */
static bool
is_empty(const struct argot_slab *slab, const struct place *place)
{
    return place->chunk != slab->chunks && place->free + place->chunk->lost == place->chunk->cut;
}

static void
count_free(const struct argot_slab *slab, struct place *places)
{
    for (unsigned class = 0; class < ARGOT_SLAB_CLASSES; class ++)
        for (const struct argot_slab_piece *piece = slab->free[class]; piece; piece = piece->next)
            place_of(places, slab->nchunks, piece)->free += size_of_class(class);
}

static void
forget_pieces(struct argot_slab *slab, struct place *places)
{
    for (unsigned class = 0; class < ARGOT_SLAB_CLASSES; class ++)
        for (struct argot_slab_piece **at = &slab->free[class]; *at;)
            if (is_empty(slab, place_of(places, slab->nchunks, *at)))
                *at = (*at)->next;
            else
                at = &(*at)->next;
}

static void
release_empty(struct argot_slab *slab, struct place *places)
{
    size_t count = slab->nchunks;
    for (struct argot_slab_chunk **at = &slab->chunks; *at;) {
        struct argot_slab_chunk *chunk = *at;
        if (!is_empty(slab, place_of(places, count, chunk))) {
            at = &chunk->next;
            continue;
        }
        *at = chunk->next;
        slab->nchunks--;
        slab->chunks_bytes -= chunk->bytes;
        slab->seam->release(slab->seam, chunk);
    }
}

void
argot_slab_trim(struct argot_slab *slab)
{
    size_t count = 0;
    if (slab->used_bytes >= slab->trim_below || slab->chunks_bytes < LEAST_TRIM_BYTES)
        return;
    struct place *places = slab->seam->allocate(slab->seam, slab->nchunks * sizeof *places);
    if (!places)
        return;
    for (struct argot_slab_chunk *chunk = slab->chunks; chunk; chunk = chunk->next)
        places[count++] = (struct place){.chunk = chunk};
    qsort(places, count, sizeof *places, by_address);
    count_free(slab, places);
    forget_pieces(slab, places);
    release_empty(slab, places);
    slab->seam->release(slab->seam, places);
    slab->trim_below = slab->used_bytes / 2;
}
