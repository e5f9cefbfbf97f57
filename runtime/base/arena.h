/* SPDX-License-Identifier: Apache-2.0
 * Arena: many small allocations with one end. Compile arenas live as long as one source file's tree, batch arenas are
 * reset between batches and keep their memory, so that a warm batch allocates nothing. Not thread-safe. */
#pragma once
#include "base/seam.h"
#include <stdarg.h>

struct argot_arena_block;

struct argot_arena {
    struct argot_seam *seam;
    struct argot_arena_block *blocks, *current; /* ordinary ones; those after current are free */
    struct argot_arena_block *oversized;        /* one allocation each */
    uint8_t *at, *end;                          /* free room in the current block */
    size_t block_bytes;                         /* size of an ordinary block */
    size_t used_bytes;                          /* handed out since the last reset */
};

/* Takes no memory yet. block_bytes 0: 64 KiB. */
void argot_arena_init(struct argot_arena *arena, struct argot_seam *seam, size_t block_bytes);
/* Gives all memory back to the seam. */
void argot_arena_finish(struct argot_arena *arena);
/* Forgets all allocations. Keeps ordinary blocks for reuse, gives oversized ones back. */
void argot_arena_reset(struct argot_arena *arena);

/* Gives back the oversized allocations, larger than a block, that were made since `mark` was the last of them. */
void argot_arena_drop_oversized(struct argot_arena *arena, const struct argot_arena_block *mark);

/* Uninitialised memory aligned to 16 bytes; NULL when the seam has none. Zero bytes give a valid pointer. O(1). */
void *argot_arena_alloc(struct argot_arena *arena, size_t size);
/* Gives back what lies behind the first `kept` bytes of the last allocation, which was of `size` bytes; of any other
 * nothing. O(1). */
void argot_arena_trim(struct argot_arena *arena, void *last, size_t size, size_t kept);
/* Zeroed. NULL on overflow of count * size too. */
void *argot_arena_zalloc(struct argot_arena *arena, size_t count, size_t size);
/* Copies with a NUL behind. */
char *argot_arena_copy(struct argot_arena *arena, const char *bytes, size_t count);
char *argot_arena_printf(struct argot_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *argot_arena_vprintf(struct argot_arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
