/* SPDX-License-Identifier: Apache-2.0
 * The byte buffer: what is appended is there, growth is by doubling, and a seam without memory stops it whole. */
#include "base/buffer.h"
#include <stdio.h>
#include "test_case.h"
#include "test_seam.h"

static struct argot_test_seam seam;
static struct argot_buffer buffer;

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    argot_buffer_init(&buffer, &seam.seam);
}

static void
tear_down(void)
{
    argot_buffer_finish(&buffer);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static void
expect(const void *bytes, size_t length)
{
    ck_assert_uint_eq(buffer.length, length);
    if (length)
        ck_assert_mem_eq(buffer.bytes, bytes, length);
}

START_TEST(nothing_is_appended_without_memory)
{
    argot_buffer_append(&buffer, NULL, 0);
    argot_buffer_append_text(&buffer, "");
    ck_assert_uint_eq(seam.allocations, 0);
    expect("", 0);
    ck_assert(!buffer.failed);
}
END_TEST

START_TEST(all_ways_of_appending_add_up)
{
    argot_buffer_append(&buffer, "a\0b", 3);
    argot_buffer_append_text(&buffer, "cd");
    argot_buffer_append_byte(&buffer, '\0');
    argot_buffer_printf(&buffer, "%03d%s", 7, "");
    expect("a\0bcd\0"
           "007",
           9);
}
END_TEST

START_TEST(growth_is_by_doubling)
{
    static uint8_t expected[1 << 20];
    for (size_t i = 0; i < sizeof expected; i++) {
        expected[i] = (uint8_t)(i * 7 >> 3);
        argot_buffer_append_byte(&buffer, (char)expected[i]);
    }
    expect(expected, sizeof expected);
    ck_assert_uint_le(seam.allocations, 13); /* 256 bytes to 1 MiB */
}
END_TEST

START_TEST(a_large_append_needs_one_step)
{
    static const uint8_t zeroes[1 << 20];
    argot_buffer_append(&buffer, zeroes, sizeof zeroes);
    expect(zeroes, sizeof zeroes);
    ck_assert_uint_eq(seam.allocations, 1);
}
END_TEST

START_TEST(reserved_room_is_used_without_growing)
{
    ck_assert(argot_buffer_reserve(&buffer, 1000));
    ck_assert_uint_ge(buffer.capacity, 1000);
    for (int i = 0; i < 100; i++)
        argot_buffer_append_text(&buffer, "0123456789");
    ck_assert_uint_eq(seam.allocations, 1);
    ck_assert(argot_buffer_reserve(&buffer, 0));
}
END_TEST

/* The NUL that printf writes must have room too, at every fill of the buffer. */
START_TEST(printf_works_at_every_edge_of_the_capacity)
{
    for (size_t before = 0; before <= 256; before++) {
        char expected[600];
        memset(expected, 'x', before);
        int length = snprintf(expected + before, sizeof expected - before, "%0*d", _i, 5);
        buffer.length = 0;
        for (size_t i = 0; i < before; i++)
            argot_buffer_append_byte(&buffer, 'x');
        argot_buffer_printf(&buffer, "%0*d", _i, 5);
        expect(expected, before + (size_t)length);
        argot_buffer_finish(&buffer);
    }
}
END_TEST

START_TEST(a_failure_keeps_the_bytes_and_stops_the_rest)
{
    argot_buffer_append_text(&buffer, "kept");
    seam.fail_allocation = seam.allocations + 1;
    static const char wide[1000];
    argot_buffer_append(&buffer, wide, sizeof wide);
    ck_assert(buffer.failed);
    expect("kept", 4);
    /* Memory is there again, but what was lost is lost. */
    argot_buffer_append_byte(&buffer, 'x');
    argot_buffer_append_text(&buffer, "xx");
    argot_buffer_printf(&buffer, "%d", 1);
    ck_assert(!argot_buffer_reserve(&buffer, 1));
    expect("kept", 4);
    argot_buffer_finish(&buffer);
    ck_assert(!buffer.failed);
    argot_buffer_append_byte(&buffer, 'y');
    expect("y", 1);
}
END_TEST

START_TEST(the_first_allocation_may_fail)
{
    seam.fail_allocation = 1;
    if (_i)
        argot_buffer_printf(&buffer, "%s", "x");
    else
        argot_buffer_append_byte(&buffer, 'x');
    ck_assert(buffer.failed);
    expect("", 0);
    argot_buffer_append_byte(&buffer, 'x');
    expect("", 0);
}
END_TEST

START_TEST(sizes_that_overflow_are_refused)
{
    argot_buffer_append_byte(&buffer, 'x');
    ck_assert(!argot_buffer_reserve(&buffer, SIZE_MAX));
    ck_assert(buffer.failed);
    expect("x", 1);
    argot_buffer_finish(&buffer);
    ck_assert(!argot_buffer_reserve(&buffer, SIZE_MAX - 1));
    ck_assert(buffer.failed);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("buffer");
    TCase *tcase = tcase_create("buffer");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, nothing_is_appended_without_memory);
    tcase_add_test(tcase, all_ways_of_appending_add_up);
    tcase_add_test(tcase, growth_is_by_doubling);
    tcase_add_test(tcase, a_large_append_needs_one_step);
    tcase_add_test(tcase, reserved_room_is_used_without_growing);
    tcase_add_loop_test(tcase, printf_works_at_every_edge_of_the_capacity, 1, 4);
    tcase_add_test(tcase, a_failure_keeps_the_bytes_and_stops_the_rest);
    tcase_add_loop_test(tcase, the_first_allocation_may_fail, 0, 2);
    tcase_add_test(tcase, sizes_that_overflow_are_refused);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
