/* SPDX-License-Identifier: Apache-2.0
 * JSON records read as far as formats ask for: what is taken is what the strict reader makes of the text, also of
 * changed and hostile ones, with anything behind them, at the end of a page; what is odd is refused. */
#include <stdio.h>
#include "record_pages.h"
#include "pick_case.h"

static struct pick_case pick;
static void
set_up_pick(bool keeps)
{
    decode_set_up();
    pick_case_init(&pick, &seam.seam, keeps);
    map_pages();
}

static void
set_up(void)
{
    set_up_pick(true);
}

static void
tear_down(void)
{
    unmap_pages();
    pick_case_finish(&pick);
    decode_tear_down();
}

/* Reads the text at the end of the pages, with `behind` in the padding. */
static bool
takes(const void *bytes, size_t length, const char *behind)
{
    struct argot_slice slice = put_at_end(bytes, length, behind);
    bool taken;
    argot_arena_reset(&arena);
    const char *wrong = pick_case_compare(&pick, &context, slice, &taken);
    ck_assert_msg(!wrong, "%s: %.*s", wrong, (int)length, (const char *)bytes);
    return taken;
}

static bool
takes_text(const char *text)
{
    return takes(text, strlen(text), "\n");
}

/* ---- what is taken ---- */

static const char *const good[] = {
    "{}",
    " { } ",
    "{\"a\":1}",
    "{\"a\":\"x\",\"b\":{\"c\":2,\"d\":{\"e\":3,\"f\":4},\"g\":5},\"l\":[1,\"2\",[3],{\"x\":4}],\"q\":[{\"n\":1},{"
    "\"n\":2}]}",
    "{\"b\":[{\"c\":1}],\"q\":{\"n\":[1,2]},\"l\":{\"x\":[]},\"a\":[[\"x\"],{\"y\":null}]}",
    "{\"x\":{\"y\":{\"z\":[1,{\"w\":[{\"v\":1},{\"v\":2},{\"u\":3}]}]}},\"\":{\"\":1}}",
    "{ \"a\" : [ 1 , 2 ] , \"b\" : { \"c\" : { } , \"o\" : [ true , false , null , \"\" ] } , \"x\" : { \"y\" : 1 } }",
    "{\"x\":{\"a\":null,\"b\":\"\",\"c\":{\"d\":null},\"e\":[null,\"\",{\"f\":null},{}],\"g\":{},\"h\":[]}}",
    "{\"x\":{\"a\":\"\\\"\\\\\"},\"y\":[\"\\/"
    "\"],\"z\":[\"\\n\\u001F\\u00e9\\ud83d\\ude00\"],\"a\":\"\\u0041\",\"b\":{\"c\":\"\\t\"}}",
    "{\"x\":[0,-0,10,-1,1.5,-0.25,1e5,1E+5,1e-5,12345678901234567,123456789012345678901234567890123456789]}",
    "{\"a\":0,\"b\":{\"c\":-12,\"d\":{\"e\":1.50}},\"l\":[1e9]}",
    "{\"x\":\"caf\xc3\xa9 \xff\x80\x7f\",\"\xc3\xa9\":{\"\xff\":\"\xff\"}}",
    "{\"a name that is as long as one step holds, no\":1,\"x\":{\"a name that is as long as one step holds, no\":2}}",
    "{\"x\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"a\":"
    "\"\\\\0123456789abcdef\"}",
};

START_TEST(records_with_nothing_odd_are_taken_as_they_are)
{
    for (int round = 0; round < 3; round++) /* learning it, and knowing it */
        ck_assert(takes_text(good[_i]));
}
END_TEST

START_TEST(a_cut_record_is_refused_whatever_is_behind)
{
    size_t length = strlen(good[_i]);
    while (length && good[_i][length - 1] != '}')
        length--;
    static const char *const behind[] = {"\n", "}", "]}", "\"", "0", " ", ",\"a\":1}", "\\\""};
    takes_text(good[_i]);
    for (size_t cut = 0; cut < length; cut++)
        for (size_t i = 0; i < COUNT(behind); i++)
            ck_assert_msg(!takes(good[_i], cut, behind[i]), "%zu bytes and %s", cut, behind[i]);
    for (size_t cut = 0; cut < length; cut++) /* what the text itself goes on with */
        ck_assert(!takes(good[_i], cut, good[_i] + cut));
}
END_TEST

START_TEST(a_member_that_nobody_asks_for_is_dropped)
{
    struct argot_record record;
    static const char text[] = "{\"x\":{\"y\":1},\"a\":[1,{\"b\":2}],\"b\":{\"c\":1}}";
    ck_assert(takes_text(text));
    struct argot_slice slice = {pages + pages_bytes - ARGOT_PADDING - strlen(text), (uint32_t)strlen(text)};
    ck_assert(argot_record_pick(&context, &pick.room, slice, &record));
    ck_assert_uint_eq(record.count, 5); /* the record, a, 1, {, 2 */
    argot_record_room_ask(&pick.room, pick.keeping);
    ck_assert(takes_text(text));
    ck_assert(argot_record_pick(&context, &pick.room, slice, &record));
    ck_assert_uint_eq(record.count, 8);
}
END_TEST

/* ---- what is refused ---- */

static const char *const refused[] = {
    "",
    " ",
    "[]",
    "1",
    "{",
    "{}x",
    "{}}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "{a:1}",
    "{\"a\":01}",
    "{\"a\":-}",
    "{\"a\":1.}",
    "{\"a\":.5}",
    "{\"a\":1e}",
    "{\"a\":+1}",
    "{\"a\":00}",
    "{\"a\":0x1}",
    "{\"a\":tru}",
    "{\"a\":nul}",
    "{\"a\":True}",
    "{\"a\":falsey}",
    "{\"a\":[1,]}",
    "{\"a\":[,1]}",
    "{\"a\":[1 2]}",
    "{\"a\":[1}",
    "{\"a\":{1}}",
    "{\"x\":{\"y\":1,}}",
    "{\"x\":[{]}",
    "{\"a\":\"\x01\"}",
    "{\"x\":[\"\x1f\"]}",
    "{\"a\":\"\\x\"}",
    "{\"x\":[\"\\x\"]}",
    "{\"x\":[\"\\u12g4\"]}",
    "{\"x\":[\"\\ud800\"]}",
    "{\"x\":\"\\udc00\\ud800\"}",
    "{\"x\":[12345678901234567a]}",
    "{\"x\":[1234567890123456789012345678901234567890.]}",
    "{\"a\":1}{\"a\":1}",
    /* good, but odd */
    "{\"a\":1,\"a\":2}",
    "{\"x\":{\"y\":1,\"z\":2,\"y\":3}}",
    "{\"x\":[{\"y\":1,\"y\":2}]}",
    "{\"b\":{\"c\":1,\"c\":1}}",
    "{\"\\u0061\":1}",
    "{\"x\":{\"\\n\":1}}",
    "{\"a name that is longer than what one step holds, by a byte\":1}",
};

START_TEST(what_is_odd_or_no_json_is_refused)
{
    for (int round = 0; round < 2; round++)
        ck_assert(!takes_text(refused[_i]));
    ck_assert(takes_text("{\"a\":1,\"b\":{\"c\":2},\"x\":{\"y\":1,\"z\":2}}"));
    ck_assert(!takes_text(refused[_i]));
}
END_TEST

START_TEST(depth_is_held_to_the_limit)
{
    char text[2 * 70 + 16];
    for (unsigned depth = 1; depth < 70; depth++) {
        size_t length = (size_t)sprintf(text, "{\"%s\":", _i ? "a" : "x");
        memset(text + length, '[', depth);
        memset(text + length + depth, ']', depth);
        text[length + 2 * depth] = '}';
        ck_assert_int_eq(takes(text, length + 2 * depth + 1, "\n"), depth < ARGOT_RECORD_MAX_DEPTH);
    }
}
END_TEST

START_TEST(closing_bytes_behind_the_end_close_nothing)
{
    char text[80] = "{\"x\":", behind[ARGOT_PADDING + 1];
    memset(text + 5, '[', ARGOT_RECORD_MAX_DEPTH - 1);
    memset(behind, ']', ARGOT_PADDING);
    behind[ARGOT_PADDING - 1] = '}';
    behind[ARGOT_PADDING] = 0;
    ck_assert(!takes(text, 5 + ARGOT_RECORD_MAX_DEPTH - 1, behind));
}
END_TEST

START_TEST(records_that_are_too_large_are_refused)
{
    static char text[130000];
    size_t length = (size_t)sprintf(text, "{\"x\":[1");
    while (length < 119990)
        length += (size_t)sprintf(text + length, ",1");
    length += (size_t)sprintf(text + length, "]}");
    ck_assert(takes(text, length, "\n"));
    memcpy(text + length - 2, ",1,1,1,1,1,1,1,1,1,1]}", 22);
    ck_assert(!takes(text, length + 20, "\n"));
    text[2] = 'a'; /* more nodes than there is room for */
    ck_assert(!takes(text, length, "\n"));
}
END_TEST

/* ---- what is learnt ---- */

START_TEST(names_that_never_come_again_are_forgotten)
{
    char text[200];
    unsigned taken = 0;
    for (unsigned i = 0; i < 3 * ARGOT_LAYOUT_STEPS; i++) {
        size_t length = (size_t)sprintf(text, "{\"a\":%u,\"x%u\":{\"y%u\":1},\"z\":2}", i, i % 7, i);
        taken += takes(text, length, "\n");
        ck_assert_uint_le(pick.room.layout.count, ARGOT_LAYOUT_STEPS);
    }
    ck_assert_uint_gt(taken, 7 * ARGOT_LAYOUT_WAYS - 8);
    argot_record_room_ask(&pick.room, pick.keeping);
    ck_assert(takes_text(good[3]));
}
END_TEST

START_TEST(all_that_was_learnt_goes_when_it_is_too_much)
{
    char text[2000];
    unsigned taken = 0;
    for (unsigned i = 0; i < 80; i++) {
        size_t length = (size_t)sprintf(text, "{\"a\":[");
        for (unsigned k = 0; k < 60; k++)
            length += (size_t)sprintf(text + length, "%s[{\"x\":{\"k%u\":1}}]", k ? "," : "", i % 8 * 60 + k);
        length += (size_t)sprintf(text + length, "]}");
        takes(text, length, "\n");
        length = (size_t)sprintf(text, "{");
        for (unsigned k = 0; k < 100; k++)
            length += (size_t)sprintf(text + length, "%s\"n%u\":%u", k ? "," : "", i < 30 ? k * 40 + i : k, k);
        length += (size_t)sprintf(text + length, "}");
        taken += takes(text, length, "\n");
    }
    ck_assert_uint_gt(taken, 8);
    ck_assert(takes_text(good[3]));
}
END_TEST

START_TEST(a_large_object_is_learnt_from_several_records)
{
    static char text[40000];
    size_t length = (size_t)sprintf(text, "{");
    for (unsigned k = 0; k < 1500; k++)
        length += (size_t)sprintf(text + length, "%s\"name%u\":%u", k ? "," : "", k, k);
    length += (size_t)sprintf(text + length, "}");
    unsigned refusals = 0;
    while (refusals < 2000 && !takes(text, length, "\n"))
        refusals++;
    ck_assert_uint_gt(refusals, 1500 * 1500 / 2 / length); /* a comparison a byte would be too much */
    ck_assert_uint_lt(refusals, 2000);
    ck_assert(takes(text, length, "\n"));
}
END_TEST

START_TEST(without_memory_it_is_refused)
{
    for (unsigned fail = 1; fail <= 3; fail++) {
        struct pick_case poor;
        bool taken;
        pick_case_init(&poor, &seam.seam, true);
        uint8_t *text = test_exact(
            "{\"a\":1}\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            7 + ARGOT_PADDING);
        struct argot_slice slice = {text, 7};
        seam.fail_allocation = seam.allocations + fail;
        ck_assert_ptr_null(pick_case_compare(&poor, &context, slice, &taken));
        ck_assert(!taken);
        ck_assert_ptr_null(pick_case_compare(&poor, &context, slice, &taken));
        ck_assert(taken);
        free(text);
        pick_case_finish(&poor);
    }
}
END_TEST

/* ---- anything ---- */

static const char *const pieces[] = {
    "{",       "}",
    "[",       "]",
    ",",       ":",
    "\"",      "\\",
    " ",       "\t",
    "0",       "01",
    "-1",      "1e5",
    "1.",      "null",
    "true",    "false",
    "\"\"",    "\"a\":",
    "\"b\":",  "\"c\":",
    "{}",      "[]",
    "\n",      "\x01",
    "\"\\n\"", "\"\\u00e9\"",
    "\\ud8",   "\"x\":1,",
    "\xff",    "\"a\":1,",
    "nul",     "\"q\":[{\"n\":",
    "1,",      "}}",
};

START_TEST(changed_records_are_what_the_strict_reader_says)
{
    static uint8_t text[4096];
    uint64_t state = (uint64_t)_i + 1;
    unsigned taken = 0, rounds = 6000;
    for (unsigned round = 0; round < rounds; round++) {
        const char *from = good[test_random(&state) % COUNT(good)];
        size_t length = strlen(from);
        memcpy(text, from, length);
        for (uint64_t changes = test_random(&state) % 4; changes; changes--) {
            uint64_t number = test_random(&state);
            length = change(text, length, number, pieces[(number >> 8) % COUNT(pieces)], ",:{[");
        }
        taken += takes(text, length, pieces[test_random(&state) % COUNT(pieces)]);
    }
    ck_assert_uint_gt(taken, rounds / 5);
    ck_assert_uint_lt(taken, rounds * 4 / 5);
}
END_TEST

static void
set_up_dropping(void)
{
    set_up_pick(false);
}

int
main(void)
{
    Suite *suite = suite_create("record_pick");
    TCase *keeping = tcase_create("keeping"), *dropping = tcase_create("dropping");
    tcase_add_checked_fixture(keeping, set_up, tear_down);
    tcase_add_checked_fixture(dropping, set_up_dropping, tear_down);
    tcase_add_loop_test(keeping, records_with_nothing_odd_are_taken_as_they_are, 0, COUNT(good));
    tcase_add_loop_test(dropping, records_with_nothing_odd_are_taken_as_they_are, 0, COUNT(good));
    tcase_add_loop_test(keeping, a_cut_record_is_refused_whatever_is_behind, 0, COUNT(good));
    tcase_add_test(dropping, a_member_that_nobody_asks_for_is_dropped);
    tcase_add_loop_test(keeping, what_is_odd_or_no_json_is_refused, 0, COUNT(refused));
    tcase_add_loop_test(dropping, what_is_odd_or_no_json_is_refused, 0, COUNT(refused));
    tcase_add_loop_test(keeping, depth_is_held_to_the_limit, 0, 2);
    tcase_add_test(keeping, closing_bytes_behind_the_end_close_nothing);
    tcase_add_test(keeping, records_that_are_too_large_are_refused);
    tcase_add_test(keeping, names_that_never_come_again_are_forgotten);
    tcase_add_test(keeping, all_that_was_learnt_goes_when_it_is_too_much);
    tcase_add_test(keeping, a_large_object_is_learnt_from_several_records);
    tcase_add_test(keeping, without_memory_it_is_refused);
    tcase_add_loop_test(keeping, changed_records_are_what_the_strict_reader_says, 0, 3);
    tcase_add_loop_test(dropping, changed_records_are_what_the_strict_reader_says, 3, 5);
    suite_add_tcase(suite, keeping);
    suite_add_tcase(suite, dropping);
    return test_run(suite);
}
