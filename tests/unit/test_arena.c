/* SPDX-License-Identifier: Apache-2.0
 * The arena: alignment, reuse after a reset, what it takes and gives back, and a seam without memory. */
#include "base/arena.h"
#include "test_case.h"
#include "test_seam.h"

#ifdef __has_feature
#define IS_ASAN __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define IS_ASAN 1
#else
#define IS_ASAN 0
#endif
#if IS_ASAN
#include <sanitizer/asan_interface.h>
#endif

#define BLOCK_BYTES 1024

static struct argot_test_seam seam;
static struct argot_arena arena;

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    argot_arena_init(&arena, &seam.seam, BLOCK_BYTES);
}

/* Whatever a test did, finishing gives all memory back. */
static void
tear_down(void)
{
    argot_arena_finish(&arena);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

START_TEST(a_new_arena_takes_no_memory)
{
    ck_assert_uint_eq(seam.allocations, 0);
    argot_arena_reset(&arena);
    argot_arena_finish(&arena);
    ck_assert_uint_eq(seam.allocations, 0);
}
END_TEST

START_TEST(allocations_are_aligned_and_apart)
{
    uint8_t *blocks[300];
    for (size_t i = 0; i < COUNT(blocks); i++) {
        blocks[i] = argot_arena_alloc(&arena, i);
        ck_assert_ptr_nonnull(blocks[i]);
        ck_assert_uint_eq((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)(i & 0xff), i);
    }
    for (size_t i = 0; i < COUNT(blocks); i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_uint_eq(blocks[i][j], i & 0xff);
}
END_TEST

START_TEST(an_empty_allocation_is_a_place_of_its_own)
{
    void *a = argot_arena_alloc(&arena, 0), *b = argot_arena_alloc(&arena, 0);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    ck_assert_ptr_ne(a, b);
}
END_TEST

static void
fill(size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_ptr_nonnull(argot_arena_alloc(&arena, 48));
}

START_TEST(a_warm_arena_allocates_nothing)
{
    fill(1000);
    uint64_t warm = seam.allocations;
    ck_assert_uint_gt(warm, 10);
    for (int round = 0; round < 5; round++) {
        argot_arena_reset(&arena);
        ck_assert_uint_eq(arena.used_bytes, 0);
        fill(1000);
        ck_assert_uint_eq(arena.used_bytes, 48000);
    }
    ck_assert_uint_eq(seam.allocations, warm);
}
END_TEST

START_TEST(oversized_allocations_end_with_the_reset)
{
    fill(1);
    size_t ordinary = seam.live_blocks;
    for (int i = 0; i < 3; i++)
        memset(argot_arena_alloc(&arena, BLOCK_BYTES + 1), 1, BLOCK_BYTES + 1);
    ck_assert_uint_eq(seam.live_blocks, ordinary + 3);
    ck_assert_uint_ge(arena.used_bytes, 3 * (BLOCK_BYTES + 1));
    argot_arena_reset(&arena);
    ck_assert_uint_eq(seam.live_blocks, ordinary);
}
END_TEST

START_TEST(oversized_allocations_since_a_mark_can_be_given_back)
{
    char *old = argot_arena_alloc(&arena, 2 * BLOCK_BYTES);
    const struct argot_arena_block *mark = arena.oversized;
    memset(old, 1, 2 * BLOCK_BYTES);
    char *small = argot_arena_copy(&arena, "kept", 4);
    size_t used = arena.used_bytes, live = seam.live_blocks;
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_nonnull(argot_arena_alloc(&arena, 3 * BLOCK_BYTES));
    argot_arena_drop_oversized(&arena, mark);
    ck_assert_uint_eq(seam.live_blocks, live);
    ck_assert_uint_eq(arena.used_bytes, used);
    ck_assert_str_eq(small, "kept");
    ck_assert_int_eq(old[2 * BLOCK_BYTES - 1], 1);
    argot_arena_drop_oversized(&arena, mark); /* nothing is left to do */
    argot_arena_drop_oversized(&arena, NULL);
    ck_assert_uint_eq(seam.live_blocks, live - 1);
}
END_TEST

START_TEST(an_oversized_allocation_leaves_the_current_block_in_use)
{
    uint8_t *before = argot_arena_alloc(&arena, 16);
    argot_arena_alloc(&arena, 100 * BLOCK_BYTES);
    ck_assert_ptr_eq((uint8_t *)argot_arena_alloc(&arena, 16), before + 16);
}
END_TEST

START_TEST(an_allocation_of_just_a_block_is_ordinary)
{
    ck_assert_ptr_nonnull(argot_arena_alloc(&arena, BLOCK_BYTES));
    size_t blocks = seam.live_blocks;
    argot_arena_reset(&arena);
    ck_assert_uint_eq(seam.live_blocks, blocks);
}
END_TEST

START_TEST(zeroed_memory_is_zero_in_reused_blocks_too)
{
    memset(argot_arena_alloc(&arena, 500), 0xff, 500);
    argot_arena_reset(&arena);
    const uint8_t *bytes = argot_arena_zalloc(&arena, 50, 10);
    for (int i = 0; i < 500; i++)
        ck_assert_uint_eq(bytes[i], 0);
}
END_TEST

START_TEST(sizes_that_overflow_are_refused)
{
    ck_assert_ptr_null(argot_arena_alloc(&arena, SIZE_MAX));
    ck_assert_ptr_null(argot_arena_alloc(&arena, SIZE_MAX - 20));
    ck_assert_ptr_null(argot_arena_zalloc(&arena, SIZE_MAX / 2, 3));
    ck_assert_ptr_null(argot_arena_zalloc(&arena, SIZE_MAX, SIZE_MAX));
    ck_assert_ptr_null(argot_arena_copy(&arena, "", SIZE_MAX));
    ck_assert_uint_eq(arena.used_bytes, 0);
    ck_assert_ptr_nonnull(argot_arena_zalloc(&arena, 0, SIZE_MAX));
}
END_TEST

START_TEST(copies_keep_zero_bytes_and_end_with_one)
{
    char *copy = argot_arena_copy(&arena, "a\0b", 3);
    ck_assert_mem_eq(copy, "a\0b", 4);
    ck_assert_str_eq(argot_arena_copy(&arena, NULL, 0), "");
    ck_assert_str_eq(argot_arena_printf(&arena, "%d-%s", 7, "x"), "7-x");
    ck_assert_str_eq(argot_arena_printf(&arena, "%s", ""), "");
    char *wide = argot_arena_printf(&arena, "%*s", 3 * BLOCK_BYTES, "y");
    ck_assert_uint_eq(strlen(wide), 3 * BLOCK_BYTES);
    ck_assert_int_eq(wide[3 * BLOCK_BYTES - 1], 'y');
}
END_TEST

/* One call fails, whichever; what was handed out before stays, and the arena goes on afterwards. */
START_TEST(a_failed_allocation_harms_nothing)
{
    static const size_t sizes[] = {16, BLOCK_BYTES, 2 * BLOCK_BYTES, 16, BLOCK_BYTES};
    seam.fail_allocation = (uint64_t)_i;
    uint8_t *blocks[COUNT(sizes)];
    int failed = 0;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        blocks[i] = argot_arena_alloc(&arena, sizes[i]);
        if (!blocks[i]) {
            failed++;
            blocks[i] = argot_arena_alloc(&arena, sizes[i]);
        }
        memset(blocks[i], (int)i + 1, sizes[i]);
    }
    ck_assert_int_eq(failed, 1);
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t j = 0; j < sizes[i]; j++)
            ck_assert_uint_eq(blocks[i][j], i + 1);
    argot_arena_reset(&arena);
    fill(100);
}
END_TEST

START_TEST(without_memory_every_call_says_so)
{
    seam.fail_allocation = 1;
    seam.fail_for_good = true;
    ck_assert_ptr_null(argot_arena_alloc(&arena, 1));
    ck_assert_ptr_null(argot_arena_alloc(&arena, 10 * BLOCK_BYTES));
    ck_assert_ptr_null(argot_arena_zalloc(&arena, 1, 1));
    ck_assert_ptr_null(argot_arena_copy(&arena, "x", 1));
    ck_assert_ptr_null(argot_arena_printf(&arena, "x"));
    ck_assert_uint_eq(arena.used_bytes, 0);
}
END_TEST

START_TEST(block_sizes_of_all_kinds_work)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, SIZE_MAX};
    argot_arena_init(&arena, &seam.seam, sizes[_i]);
    for (size_t size = 0; size < 100; size++)
        memset(argot_arena_alloc(&arena, size), 1, size);
    ck_assert_uint_lt(seam.peak_bytes, 128 << 10);
}
END_TEST

#if IS_ASAN
START_TEST(what_is_not_handed_out_is_poisoned)
{
    uint8_t *bytes = argot_arena_alloc(&arena, 20);
    ck_assert(!__asan_address_is_poisoned(bytes + 19));
    ck_assert(__asan_address_is_poisoned(bytes + 20));
    argot_arena_reset(&arena);
    ck_assert(__asan_address_is_poisoned(bytes));
}
END_TEST
#endif

int
main(void)
{
    Suite *suite = suite_create("arena");
    TCase *tcase = tcase_create("arena");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_new_arena_takes_no_memory);
    tcase_add_test(tcase, allocations_are_aligned_and_apart);
    tcase_add_test(tcase, an_empty_allocation_is_a_place_of_its_own);
    tcase_add_test(tcase, a_warm_arena_allocates_nothing);
    tcase_add_test(tcase, oversized_allocations_end_with_the_reset);
    tcase_add_test(tcase, oversized_allocations_since_a_mark_can_be_given_back);
    tcase_add_test(tcase, an_oversized_allocation_leaves_the_current_block_in_use);
    tcase_add_test(tcase, an_allocation_of_just_a_block_is_ordinary);
    tcase_add_test(tcase, zeroed_memory_is_zero_in_reused_blocks_too);
    tcase_add_test(tcase, sizes_that_overflow_are_refused);
    tcase_add_test(tcase, copies_keep_zero_bytes_and_end_with_one);
    tcase_add_loop_test(tcase, a_failed_allocation_harms_nothing, 1, 6);
    tcase_add_test(tcase, without_memory_every_call_says_so);
    tcase_add_loop_test(tcase, block_sizes_of_all_kinds_work, 0, 6);
#if IS_ASAN
    tcase_add_test(tcase, what_is_not_handed_out_is_poisoned);
#endif
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
