/* SPDX-License-Identifier: Apache-2.0
 * A page with one behind it that must not be touched, so that reading too far ends the test. */
#pragma once
#include "test_case.h"
#include <sys/mman.h>
#include <unistd.h>

static uint8_t *page;
static size_t page_bytes;

static void
set_up(void)
{
    page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    page = mmap(NULL, 2 * page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(page, MAP_FAILED);
    ck_assert_int_eq(mprotect(page + page_bytes, page_bytes, PROT_NONE), 0);
}

static void
tear_down(void)
{
    munmap(page, 2 * page_bytes);
}
