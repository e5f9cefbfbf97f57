/* SPDX-License-Identifier: Apache-2.0
 * One file that is followed: what it holds is given once, and it is noticed when that is gone from it. */
#include "input/tail.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "test_case.h"

static char path[256];
static struct argot_tail *tail;
static struct argot_block_bytes block;

static void
append(const char *text)
{
    FILE *file = fopen(path, "a");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void
begin(const char *text)
{
    int error;
    append(text);
    tail = argot_tail_open(argot_seam_system(), argot_seam_live_system(), path, NULL, NULL, &error);
    ck_assert_ptr_nonnull(tail);
}

static void
expect(const char *text)
{
    ck_assert_int_eq(argot_tail_next(tail, false, &block), ARGOT_TAIL_BLOCK);
    ck_assert_uint_eq(block.length, strlen(text));
    ck_assert_int_eq(memcmp(block.bytes, text, block.length), 0);
}

static void
set_up(void)
{
    const char *base = getenv("TMPDIR");
    snprintf(path, sizeof path, "%.128s/argot_tail_XXXXXX", base ? base : "/tmp");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

static void
tear_down(void)
{
    argot_tail_close(tail);
    argot_block_finish(argot_seam_system(), &block);
    unlink(path);
}

START_TEST(whole_lines_are_given_once)
{
    begin("one\ntw");
    expect("one\n");
    ck_assert_int_eq(argot_tail_next(tail, false, &block), ARGOT_TAIL_WAIT);
    append("o\n");
    expect("two\n");
    ck_assert_int_eq(argot_tail_next(tail, false, &block), ARGOT_TAIL_WAIT);
    ck_assert_uint_eq(argot_tail_pending(tail), 0);
}
END_TEST

START_TEST(what_was_cut_was_replaced)
{
    begin("one\n");
    expect("one\n");
    ck_assert_int_eq(truncate(path, 0), 0);
    ck_assert_int_eq(argot_tail_next(tail, false, &block), ARGOT_TAIL_REPLACED);
}
END_TEST

/* Nothing of it is known but how much there was. */
START_TEST(what_was_cut_before_it_was_read_was_replaced)
{
    begin("one\n");
    ck_assert_int_eq(truncate(path, 0), 0);
    ck_assert_int_eq(argot_tail_next(tail, false, &block), ARGOT_TAIL_REPLACED);
    ck_assert_uint_eq(argot_tail_pending(tail), 4);
}
END_TEST

START_TEST(what_was_empty_waits)
{
    begin("");
    ck_assert_int_eq(argot_tail_next(tail, false, &block), ARGOT_TAIL_WAIT);
    append("one\n");
    expect("one\n");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tail");
    TCase *all = tcase_create("tail");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, whole_lines_are_given_once);
    tcase_add_test(all, what_was_cut_was_replaced);
    tcase_add_test(all, what_was_cut_before_it_was_read_was_replaced);
    tcase_add_test(all, what_was_empty_waits);
    suite_add_tcase(suite, all);
    return test_run(suite);
}
