/* SPDX-License-Identifier: Apache-2.0
 * Records without nesting read without a tree: what is taken is the record that the reader of trees makes, also of
 * changed and hostile ones, with anything behind them, at the end of a page. */
#include <stdio.h>
#include "record_pages.h"
#include "flat_case.h"

static struct flat_case flat;
static void
set_up(void)
{
    decode_set_up();
    flat_case_init(&flat, &seam.seam);
    map_pages();
}

static void
tear_down(void)
{
    unmap_pages();
    flat_case_finish(&flat);
    decode_tear_down();
}

/* Reads the text at the end of the pages, with `behind` in the padding. */
static bool
takes(unsigned block, const void *bytes, size_t length, const char *behind)
{
    struct argot_slice slice = put_at_end(bytes, length, behind);
    bool taken;
    argot_arena_reset(&arena);
    const char *wrong = flat_case_compare(&flat, block, &context, slice, &taken);
    ck_assert_msg(!wrong, "block %u, %s: %.*s", block, wrong, (int)length, (const char *)bytes);
    return taken;
}

static bool
takes_text(unsigned block, const char *text)
{
    return takes(block, text, strlen(text), "\n");
}

/* ---- records ---- */

static const char *const good[] = {
    "",
    "a=1 b=2 SRC=192.0.2.1 none= msg=the rest of it a=3",
    "SRC=1 SRC=2 a=\"x y\" word a=3 other b='p q' more",
    "x before SRC=1,DST=2,LEN=3",
    "a=\"say \\\"b=2\\\"\" b=\"x\"\"y\" msg=<a b> z=<c>, q=[1,2],",
    "a: 1; b : two words.; SRC: \"x; y\"; a: 2",
    "a => 1 | b => 2 | SRC => 3 | word | a => 4",
    "a==1 b===2 c= =d e=f==g =h",
    "  a=1\t\tb=2\x1d"
    "c=3  ",
    "a,b=1,c=2 ,d= 3, e=\"4,5\"",
    "[x@1 a=\"1\" b=\"2\"][y SRC=\"a\\\"b\\\\c\\]d\" a=\"3\"]",
    "-",
    "one,two,three,four",
    "\"a,\"\"b\"\"\",,\"\",z",
    "1\t\t3",
    "one,two,three,four,five",
    "time=2026-01-02T03:04:05Z devname=\"fw 1\" a=192.0.2.1 srcport=1234 b=198.51.100.7 action=accept",
    "SRC=203.0.113.66 DST=192.0.2.10 LEN=76 TOS=0x00 ID=2 DF PROTO=UDP SPT=53 DPT=36427 LEN=56 a=1",
    "a name that is as long as one step may hold, this is=1 "
    "a-name-that-is-longer-than-what-a-step-can-hold-as-its-text=2",
};

START_TEST(a_record_is_the_one_that_the_tree_is)
{
    unsigned taken = 0;
    for (int round = 0; round < 3; round++) /* learning its names, and knowing them */
        for (unsigned block = 0; block < FLAT_CASE_BLOCKS; block++)
            taken += takes_text(block, good[_i]);
    ck_assert_uint_ge(taken, 3 * 10); /* most texts are some record of most dialects */
}
END_TEST

START_TEST(which_dialects_are_read_so)
{
    for (unsigned block = 0; block < FLAT_CASE_BLOCKS; block++)
        ck_assert_int_eq(flat.flats[block].usable, !(block >= 12 && block < FLAT_CASE_SD) && block != 18);
    ck_assert(takes_text(0, good[1]) && takes_text(9, good[1]) && takes_text(10, good[1]));
    ck_assert(takes_text(5, good[3]) && takes_text(6, good[5]) && takes_text(7, good[6]) && takes_text(8, good[7]));
    ck_assert(takes_text(FLAT_CASE_SD, good[10]) && takes_text(16, good[12]) && takes_text(17, good[14]));
    ck_assert(!takes_text(9, good[0]));   /* without its first key */
    ck_assert(!takes_text(16, good[15])); /* a column without a name */
}
END_TEST

START_TEST(a_cut_record_is_read_as_far_as_it_goes)
{
    static const char *const behind[] = {"\n", "=", "=1 ", "\"", " ", ",", "]", "SRC="};
    size_t length = strlen(good[_i]);
    for (unsigned block = 0; block < FLAT_CASE_BLOCKS; block++) {
        takes_text(block, good[_i]);
        for (size_t cut = 0; cut < length; cut++) {
            for (size_t i = 0; i < COUNT(behind); i++)
                takes(block, good[_i], cut, behind[i]);
            takes(block, good[_i], cut, good[_i] + cut); /* what the text itself goes on with */
        }
    }
}
END_TEST

/* ---- what is learnt ---- */

START_TEST(names_that_never_come_again_are_looked_up)
{
    char text[200];
    unsigned taken = 0, rounds = 3 * ARGOT_LAYOUT_STEPS;
    for (unsigned i = 0; i < rounds; i++) {
        size_t length = (size_t)sprintf(text, "a=%u x%u=1 y%u=2 b=3 x%u=4 msg=5", i, i % 11, i, i % 5);
        taken += takes(0, text, length, "\n");
        ck_assert_uint_le(flat.room.layout.count, ARGOT_LAYOUT_STEPS);
    }
    ck_assert_uint_eq(taken, rounds);
}
END_TEST

START_TEST(names_in_any_order_are_found)
{
    static const char *const names[] = {"a", "b", "SRC", "msg", "none", "p", "q", "r", "s", "t", "u", "v"};
    uint64_t state = 7;
    char text[200];
    for (unsigned i = 0; i < 5000; i++) {
        size_t length = 0;
        for (unsigned k = 0; k < 10; k++)
            length += (size_t)sprintf(text + length, "%s=%u ", names[test_random(&state) % COUNT(names)], k);
        ck_assert(takes(i % 3, text, length, "\n"));
    }
}
END_TEST

START_TEST(many_unknown_names_are_left_to_the_tree)
{
    static char text[40000];
    unsigned refused = 0, rounds = 40;
    for (unsigned i = 0; i < rounds; i++) {
        size_t length = 0;
        for (unsigned k = 0; k < 300; k++)
            length += (size_t)sprintf(text + length, "name%u=%u ", i * 300 + k, k);
        refused += !takes(0, text, length, "\n");
    }
    ck_assert_uint_gt(refused, rounds - ARGOT_LAYOUT_WAYS - 2);
    ck_assert(takes_text(0, good[1]));
}
END_TEST

START_TEST(records_that_are_too_large_are_left_to_the_tree)
{
    static char text[40000];
    size_t length = 0;
    while (length < 4 * 1500)
        length += (size_t)sprintf(text + length, "a=1 ");
    ck_assert(takes(0, text, length, "\n"));
    while (length < 4 * ARGOT_LAYOUT_STEPS)
        length += (size_t)sprintf(text + length, "a=1 ");
    ck_assert(!takes(0, text, length, "\n"));
    length = 0;
    while (length < 20 * 1500) /* columns need not be learnt, but have names */
        length += (size_t)sprintf(text + length, "a,");
    ck_assert(!takes(16, text, length, "\n"));
}
END_TEST

START_TEST(without_memory_it_is_left_to_the_tree)
{
    for (unsigned fail = 1; fail <= 4; fail++) {
        struct flat_case poor;
        bool taken;
        flat_case_init(&poor, &seam.seam);
        uint8_t text[3 + ARGOT_PADDING] = "a=1";
        struct argot_slice slice = {text, 3};
        seam.fail_allocation = seam.allocations + fail;
        ck_assert_ptr_null(flat_case_compare(&poor, 0, &context, slice, &taken));
        ck_assert(!taken);
        ck_assert_ptr_null(flat_case_compare(&poor, 0, &context, slice, &taken));
        ck_assert(taken);
        flat_case_finish(&poor);
    }
}
END_TEST

/* ---- anything ---- */

static const char *const pieces[] = {
    "=",     "==",   " ",    "  ",       "\t",    "\x1d", ",",    ", ",   ";",       "; ",  ": ",   " => ",
    " | ",   "\"",   "\\",   "\\\"",     "'",     "''",   "\"\"", "<",    ">",       "[",   "]",    "a=",
    "b=",    "SRC=", "msg=", "SRC",      " a=1 ", " b",   "a",    "-",    "[x a=\"", "\"]", "\xff", "a: ",
    "a => ", "word", ".",    "a=\"b\" ", "=1 ",   "\\]",  "] [",  "b= x", " SRC=2 ", ",,",  "a =1", "\n",
};

START_TEST(changed_records_are_what_the_tree_is)
{
    static uint8_t text[4096];
    uint64_t state = (uint64_t)_i + 1;
    unsigned taken = 0, rounds = 20000;
    for (unsigned round = 0; round < rounds; round++) {
        const char *from = good[test_random(&state) % COUNT(good)];
        size_t length = strlen(from);
        memcpy(text, from, length);
        for (uint64_t changes = test_random(&state) % 4; changes; changes--) {
            uint64_t number = test_random(&state);
            length = change(text, length, number, pieces[(number >> 8) % COUNT(pieces)], NULL);
        }
        taken += takes((unsigned)(test_random(&state) % FLAT_CASE_BLOCKS), text, length,
                       pieces[test_random(&state) % COUNT(pieces)]);
    }
    ck_assert_uint_gt(taken, rounds / 3);
    ck_assert_uint_lt(taken, rounds * 9 / 10);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("record_flat");
    TCase *tcase = tcase_create("record_flat");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, a_record_is_the_one_that_the_tree_is, 0, COUNT(good));
    tcase_add_test(tcase, which_dialects_are_read_so);
    tcase_add_loop_test(tcase, a_cut_record_is_read_as_far_as_it_goes, 0, COUNT(good));
    tcase_add_test(tcase, names_that_never_come_again_are_looked_up);
    tcase_add_test(tcase, names_in_any_order_are_found);
    tcase_add_test(tcase, many_unknown_names_are_left_to_the_tree);
    tcase_add_test(tcase, records_that_are_too_large_are_left_to_the_tree);
    tcase_add_test(tcase, without_memory_it_is_left_to_the_tree);
    tcase_add_loop_test(tcase, changed_records_are_what_the_tree_is, 0, 6);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
