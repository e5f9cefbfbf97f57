/* SPDX-License-Identifier: Apache-2.0
 * Records at the end of some pages, with one behind them that must not be touched; and records that are changed. */
#pragma once
#include "decode_fixture.h"
#include <sys/mman.h>
#include <unistd.h>

#define PAGES 40u

static uint8_t *pages;
static size_t pages_bytes; /* without the one behind them */
static size_t page_bytes;

static void
map_pages(void)
{
    page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    pages_bytes = PAGES * page_bytes;
    pages = mmap(NULL, pages_bytes + page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(pages, MAP_FAILED);
    ck_assert_int_eq(mprotect(pages + pages_bytes, page_bytes, PROT_NONE), 0);
}

static void
unmap_pages(void)
{
    munmap(pages, pages_bytes + page_bytes);
}

/* Puts a text before the end of the pages, with `behind` again and again in the padding. */
static struct argot_slice
put_at_end(const void *bytes, size_t length, const char *behind)
{
    uint8_t *text = pages + pages_bytes - ARGOT_PADDING - length;
    memcpy(text, bytes, length);
    for (size_t i = 0, n = strlen(behind); i < ARGOT_PADDING; i++)
        text[length + i] = (uint8_t)behind[i % n];
    return (struct argot_slice){text, (uint32_t)length};
}

/* Changes a byte, leaves some out, or puts a piece in between, sometimes behind one of the bytes of `after`, where it
 * is more likely to fit; NULL: anywhere. Gives the length. */
static size_t
change(uint8_t *text, size_t length, uint64_t number, const char *piece, const char *after)
{
    size_t at = (number >> 32) % (length + 1), more = strlen(piece);
    if (number % 4 == 0 && at < length) {
        text[at] = (uint8_t)(number >> 8);
        return length;
    }
    if (number % 4 == 1) {
        size_t cut = 1 + (number >> 8) % 4;
        cut = cut > length - at ? length - at : cut;
        memmove(text + at, text + at + cut, length - at - cut);
        return length - cut;
    }
    if (number % 4 == 2 && after)
        while (at && !strchr(after, text[at - 1]))
            at--;
    memmove(text + at + more, text + at, length - at);
    memcpy(text + at, piece, more);
    return length + more;
}
