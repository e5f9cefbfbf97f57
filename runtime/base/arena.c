/* SPDX-License-Identifier: Apache-2.0
 * Arena: blocks from the seam. Ordinary blocks are filled one after another and survive a reset; what does not fit an
 * ordinary block gets one of its own, which does not. Under AddressSanitizer what is not handed out is poisoned. */
#include "base/arena.h"
#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISON 1
#endif
#endif
#ifdef ARENA_POISON
#include <sanitizer/asan_interface.h>
#define poison(at, size) ASAN_POISON_MEMORY_REGION(at, size)
#define unpoison(at, size) ASAN_UNPOISON_MEMORY_REGION(at, size)
#else
#define poison(at, size) ((void)(at), (void)(size))
#define unpoison(at, size) ((void)(at), (void)(size))
#endif

#define ALIGNMENT 16
#define DEFAULT_BLOCK_BYTES ((size_t)64 << 10)

struct argot_arena_block {
    alignas(ALIGNMENT) struct argot_arena_block *next;
    size_t size; /* of the room behind */
};

_Static_assert(sizeof(struct argot_arena_block) % ALIGNMENT == 0, "the room behind is aligned");
_Static_assert(alignof(max_align_t) >= ALIGNMENT, "blocks of the seam are aligned");

static uint8_t *
room_of(struct argot_arena_block *block)
{
    return (uint8_t *)(block + 1);
}

static size_t
round_up(size_t size)
{
    return (size + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
}

void
argot_arena_init(struct argot_arena *arena, struct argot_seam *seam, size_t block_bytes)
{
    if (block_bytes == 0 || block_bytes > SIZE_MAX / 2)
        block_bytes = DEFAULT_BLOCK_BYTES;
    *arena = (struct argot_arena){.seam = seam, .block_bytes = round_up(block_bytes)};
}

static void
release_list(struct argot_arena *arena, struct argot_arena_block *block)
{
    while (block) {
        struct argot_arena_block *next = block->next;
        unpoison(room_of(block), block->size);
        arena->seam->release(arena->seam, block);
        block = next;
    }
}

void
argot_arena_finish(struct argot_arena *arena)
{
    release_list(arena, arena->blocks);
    release_list(arena, arena->oversized);
    argot_arena_init(arena, arena->seam, arena->block_bytes);
}

static void
fill_from(struct argot_arena *arena, struct argot_arena_block *block)
{
    arena->current = block;
    arena->at = block ? room_of(block) : NULL;
    arena->end = block ? arena->at + block->size : NULL;
}

void
argot_arena_drop_oversized(struct argot_arena *arena, const struct argot_arena_block *mark)
{
    while (arena->oversized != mark) {
        struct argot_arena_block *block = arena->oversized;
        arena->oversized = block->next;
        arena->used_bytes -= block->size;
        unpoison(room_of(block), block->size);
        arena->seam->release(arena->seam, block);
    }
}

void
argot_arena_reset(struct argot_arena *arena)
{
    argot_arena_drop_oversized(arena, NULL);
    for (struct argot_arena_block *block = arena->blocks; block; block = block->next)
        poison(room_of(block), block->size);
    fill_from(arena, arena->blocks);
    arena->used_bytes = 0;
}

static struct argot_arena_block *
new_block(struct argot_arena *arena, size_t size)
{
    if (size > SIZE_MAX - sizeof(struct argot_arena_block))
        return NULL;
    struct argot_arena_block *block = arena->seam->allocate(arena->seam, sizeof(struct argot_arena_block) + size);
    if (!block)
        return NULL;
    block->size = size;
    poison(room_of(block), size);
    return block;
}

static void *
alloc_oversized(struct argot_arena *arena, size_t size)
{
    struct argot_arena_block *block = new_block(arena, size);
    if (!block)
        return NULL;
    block->next = arena->oversized;
    arena->oversized = block;
    arena->used_bytes += size;
    return room_of(block);
}

static bool
next_block(struct argot_arena *arena)
{
    struct argot_arena_block *block = arena->current ? arena->current->next : NULL;
    if (!block) {
        block = new_block(arena, arena->block_bytes);
        if (!block)
            return false;
        block->next = NULL;
        *(arena->current ? &arena->current->next : &arena->blocks) = block;
    }
    fill_from(arena, block);
    return true;
}

void *
argot_arena_alloc(struct argot_arena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGNMENT)
        return NULL;
    size_t rounded = round_up(size ? size : 1);
    uint8_t *bytes;
    if (rounded > arena->block_bytes) {
        bytes = alloc_oversized(arena, rounded);
        if (!bytes)
            return NULL;
    } else {
        if ((size_t)(arena->end - arena->at) < rounded && !next_block(arena))
            return NULL;
        bytes = arena->at;
        arena->at += rounded;
        arena->used_bytes += rounded;
    }
    unpoison(bytes, size);
    return bytes;
}

void
argot_arena_trim(struct argot_arena *arena, void *last, size_t size, size_t kept)
{
    uint8_t *bytes = last;
    size_t rounded = round_up(size ? size : 1), rest = round_up(kept ? kept : 1);
    if (rounded > arena->block_bytes || !arena->at || bytes + rounded != arena->at)
        return; /* one of its own, or not the last */
    arena->at = bytes + rest;
    arena->used_bytes -= rounded - rest;
    poison(bytes + kept, rounded - kept);
}

void *
argot_arena_zalloc(struct argot_arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    void *bytes = argot_arena_alloc(arena, total);
    if (bytes)
        memset(bytes, 0, total);
    return bytes;
}

char *
argot_arena_copy(struct argot_arena *arena, const char *bytes, size_t count)
{
    if (count == SIZE_MAX)
        return NULL;
    char *copy = argot_arena_alloc(arena, count + 1);
    if (!copy)
        return NULL;
    if (count)
        memcpy(copy, bytes, count);
    copy[count] = 0;
    return copy;
}

char *
argot_arena_vprintf(struct argot_arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return NULL;
    char *text = argot_arena_alloc(arena, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, args);
    return text;
}

char *
argot_arena_printf(struct argot_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = argot_arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}
