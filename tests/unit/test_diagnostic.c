/* SPDX-License-Identifier: Apache-2.0
 * Diagnostics: what is collected and counted, where the marker stands under hostile lines, the JSON for editors, and
 * the nearest right name. */
#include "base/diagnostic.h"
#include <stdio.h>
#include "strict_json.h"
#include "test_case.h"
#include "test_seam.h"

static struct argot_test_seam seam;
static struct argot_arena arena;
static struct argot_buffer out;
static struct argot_diagnostics all;

static void
start(const char *path, const char *source, size_t length)
{
    argot_diagnostics_init(&all, &arena, path, source, length);
    out.length = 0;
}

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    argot_arena_init(&arena, &seam.seam, 0);
    argot_buffer_init(&out, &seam.seam);
    start("f.yaml", "", 0);
}

static void
tear_down(void)
{
    argot_buffer_finish(&out);
    argot_arena_finish(&arena);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static struct argot_diagnostic *
add(uint32_t line, uint32_t column, uint32_t length)
{
    return argot_diagnostics_add(&all, ARGOT_ERROR, 7, (struct argot_span){line, column, length}, "wrong");
}

static void
expect(const char *expected)
{
    out.length = 0;
    argot_diagnostics_print(&all, &out);
    argot_buffer_append_byte(&out, 0);
    ck_assert_str_eq((const char *)out.bytes, expected);
}

static void
expect_json(const char *expected)
{
    out.length = 0;
    argot_diagnostics_print_json(&all, &out);
    argot_buffer_append_byte(&out, 0);
    ck_assert_str_eq((const char *)out.bytes, expected);
    for (const char *line = (const char *)out.bytes; *line;) {
        size_t length = strcspn(line, "\n"), at;
        ck_assert_ptr_null(strict_json_check((const uint8_t *)line, length, &at));
        ck_assert(strict_json_is_clean((const uint8_t *)line, length));
        line += length + 1;
    }
}

/* ---- printing ---- */

START_TEST(nothing_is_printed_of_nothing)
{
    expect("");
    expect_json("");
}
END_TEST

START_TEST(a_diagnostic_has_place_line_and_marker)
{
    static const char source[] = "a: 1\nbee: 22\n";
    start("f.yaml", source, strlen(source));
    struct argot_diagnostic *one = add(2, 6, 2);
    expect("f.yaml:2:6: error[ARGOT-0007]: wrong\n"
           " 2 | bee: 22\n"
           "   |      ^~\n");
    one->severity = ARGOT_WARNING;
    one->second = (struct argot_span){1, 1, 1};
    one->second_text = "first defined here";
    one->hint = "did you mean `c`?";
    expect("f.yaml:2:6: warning[ARGOT-0007]: wrong\n"
           " 2 | bee: 22\n"
           "   |      ^~\n"
           "f.yaml:1:1: note: first defined here\n"
           " 1 | a: 1\n"
           "   | ^\n"
           "  hint: did you mean `c`?\n");
    expect_json("{\"path\":\"f.yaml\",\"line\":2,\"column\":6,\"length\":2,\"severity\":\"warning\","
                "\"code\":\"ARGOT-0007\",\"text\":\"wrong\",\"second\":{\"line\":1,\"column\":1,"
                "\"length\":1,\"text\":\"first defined here\"},\"hint\":\"did you mean `c`?\"}\n");
}
END_TEST

START_TEST(gutters_of_two_places_are_equally_wide)
{
    static const char source[] = "1\n2\n3\n4\n5\n6\n7\n8\n9\nten";
    start("f", source, strlen(source));
    struct argot_diagnostic *one = add(9, 1, 1);
    one->second = (struct argot_span){10, 2, 2};
    one->second_text = "here";
    expect("f:9:1: error[ARGOT-0007]: wrong\n"
           "  9 | 9\n"
           "    | ^\n"
           "f:10:2: note: here\n"
           " 10 | ten\n"
           "    |  ^~\n");
}
END_TEST

static const struct {
    struct argot_span span;
    const char *printed;
} places[] = {
    {{0, 0, 0}, "f: error[ARGOT-0007]: wrong\n"}, /* no place */
    {{1, 0, 0}, "f:1:1: error[ARGOT-0007]: wrong\n 1 | ab\n   | ^\n"},
    {{1, 3, 1}, "f:1:3: error[ARGOT-0007]: wrong\n 1 | ab\n   |   ^\n"}, /* behind the end */
    {{1, 2, 100}, "f:1:2: error[ARGOT-0007]: wrong\n 1 | ab\n   |  ^\n"},
    {{1, 100, 1}, "f:1:100: error[ARGOT-0007]: wrong\n 1 | ab\n   |   ^\n"},
    {{2, 1, 1}, "f:2:1: error[ARGOT-0007]: wrong\n 2 | \n   | ^\n"},
    {{3, 1, 1}, "f:3:1: error[ARGOT-0007]: wrong\n 3 | \n   | ^\n"}, /* behind the last newline */
    {{4, 1, 1}, "f:4:1: error[ARGOT-0007]: wrong\n"},
    {{UINT32_MAX, UINT32_MAX, UINT32_MAX}, "f:4294967295:4294967295: error[ARGOT-0007]: wrong\n"},
    {{1, UINT32_MAX, UINT32_MAX}, "f:1:4294967295: error[ARGOT-0007]: wrong\n 1 | ab\n   |   ^\n"},
};

START_TEST(places_outside_of_the_source_do_no_harm)
{
    char *source = (char *)test_exact("ab\r\n\n", 5);
    start("f", source, 5);
    struct argot_span span = places[_i].span;
    add(span.line, span.column, span.length);
    expect(places[_i].printed);
    free(source);
}
END_TEST

START_TEST(diagnostics_without_a_source_have_no_excerpt)
{
    start(NULL, NULL, 99);
    add(1, 1, 1);
    expect("-:1:1: error[ARGOT-0007]: wrong\n");
}
END_TEST

static const struct {
    const char *line;
    uint32_t column, length;
    const char *shown;
} excerpts[] = {
    {"\tx", 2, 1, " 1 |         x\n   |         ^\n"},
    {"abc\tx", 4, 1, " 1 | abc     x\n   |    ^~~~~\n"},
    {"a\x1b[31mb", 2, 1, " 1 | a\\x1b[31mb\n   |  ^~~~\n"},
    {"a\xff"
     "b",
     3, 1, " 1 | a\\xffb\n   |      ^\n"},
    {"\xc3\xa9x", 3, 1, " 1 | \xc3\xa9x\n   |  ^\n"},
    {"\xe4\xb8\xadx", 4, 1, " 1 | \xe4\xb8\xadx\n   |   ^\n"}, /* two columns wide */
    {"e\xcc\x81x", 4, 1, " 1 | e\xcc\x81x\n   |  ^\n"},        /* combining */
    {"\xe2\x80\xae"
     "abc",
     1, 3, " 1 | \\xe2\\x80\\xaeabc\n   | ^~~~~~~~~~~~\n"},
    {"\xe2\x80", 1, 1, " 1 | \\xe2\\x80\n   | ^~~~\n"}, /* cut off */
    {"\xc0\x80", 2, 1, " 1 | \\xc0\\x80\n   |     ^~~~\n"},
    {"\xed\xa0\x80", 1, 1, " 1 | \\xed\\xa0\\x80\n   | ^~~~\n"}, /* a surrogate */
    {"\xf4\x90\x80\x80", 1, 1, " 1 | \\xf4\\x90\\x80\\x80\n   | ^~~~\n"},
    {"\xc3\xa9", 2, 1, " 1 | \xc3\xa9\n   | ^\n"}, /* in the middle of a letter */
};

START_TEST(markers_stand_below_what_they_mark)
{
    size_t length = strlen(excerpts[_i].line);
    char *source = (char *)test_exact(excerpts[_i].line, length);
    start("f", source, length);
    add(1, excerpts[_i].column, excerpts[_i].length);
    out.length = 0;
    argot_diagnostics_print(&all, &out);
    argot_buffer_append_byte(&out, 0);
    ck_assert_str_eq(strchr((char *)out.bytes, '\n') + 1, excerpts[_i].shown);
    free(source);
}
END_TEST

START_TEST(zero_bytes_are_shown)
{
    start("f", "a\0b", 3);
    add(1, 2, 1);
    expect("f:1:2: error[ARGOT-0007]: wrong\n 1 | a\\x00b\n   |  ^~~~\n");
}
END_TEST

/* Whatever the line holds and wherever the mark is: short lines, and the marker within the excerpt. */
START_TEST(long_lines_are_cut_around_the_marker)
{
    static const char *const fills[] = {"x", "\xff", "\xe4\xb8\xad", "\t", "\xf0\x9f\x98\x80"};
    size_t unit = strlen(fills[_i]), length = 2000 * unit;
    char *source = malloc(length);
    for (size_t i = 0; i < length; i++)
        source[i] = fills[_i][i % unit];
    for (uint32_t column = 1; column <= length + 1; column += 37) {
        start("f", source, length);
        add(1, column, 5);
        out.length = 0;
        argot_diagnostics_print(&all, &out);
        argot_buffer_append_byte(&out, 0);
        char *excerpt = strchr((char *)out.bytes, '\n') + 1, *marker = strchr(excerpt, '\n') + 1;
        ck_assert_int_lt(marker - excerpt, 5 + 3 + 4 * 160 + 40);
        ck_assert_uint_lt(strcspn(marker, "^"), 5 + 160 + 16);
        ck_assert_int_eq(marker[strcspn(marker, "^")], '^');
    }
    free(source);
}
END_TEST

START_TEST(hostile_paths_and_texts_are_escaped)
{
    start("a\x1b[2Jb\xff", "", 0);
    argot_diagnostics_add(&all, ARGOT_ERROR, 1, (struct argot_span){0}, "%s", "\x07\xe2\x80\xae\"\\");
    expect("a\\x1b[2Jb\\xff: error[ARGOT-0001]: \\x07\\xe2\\x80\\xae\"\\\n");
    expect_json("{\"path\":\"a\\u001b[2Jb\xef\xbf\xbd\",\"line\":0,\"column\":0,\"length\":0,"
                "\"severity\":\"error\",\"code\":\"ARGOT-0001\",\"text\":\"\\u0007\\u202e\\\"\\\\\"}\n");
}
END_TEST

/* ---- collecting ---- */

START_TEST(more_than_the_maximum_are_counted_only)
{
    for (unsigned i = 0; i < ARGOT_DIAGNOSTICS_MAX + 7; i++) {
        struct argot_diagnostic *one = add(0, 0, 0);
        ck_assert_ptr_nonnull(one);
        one->hint = "a hint"; /* of the dummy too */
    }
    argot_diagnostics_add(&all, ARGOT_WARNING, 8, (struct argot_span){0}, "odd");
    ck_assert_uint_eq(all.kept, ARGOT_DIAGNOSTICS_MAX);
    ck_assert_uint_eq(all.errors, ARGOT_DIAGNOSTICS_MAX + 7);
    ck_assert_uint_eq(all.warnings, 1);
    argot_diagnostics_print(&all, &out);
    argot_buffer_append_byte(&out, 0);
    ck_assert_ptr_nonnull(strstr((char *)out.bytes, "f.yaml: and 8 more\n"));
}
END_TEST

START_TEST(without_memory_they_are_counted)
{
    static const char *const names[] = {"wrong"};
    seam.fail_allocation = 1;
    seam.fail_for_good = true;
    struct argot_diagnostic *one = add(1, 1, 1);
    argot_diagnostic_suggest(&all, one, "wrongg", names, 1);
    ck_assert_ptr_null(one->hint);
    ck_assert_uint_eq(all.errors, 1);
    ck_assert_uint_eq(all.kept, 0);
    argot_diagnostics_print(&all, &out);
    ck_assert(out.failed);
}
END_TEST

START_TEST(the_text_alone_may_find_no_memory)
{
    argot_arena_finish(&arena);
    argot_arena_init(&arena, &seam.seam, sizeof(struct argot_diagnostic));
    argot_diagnostics_init(&all, &arena, "f", "", 0);
    seam.fail_allocation = seam.allocations + 2;
    add(0, 0, 0);
    expect("f: error[ARGOT-0007]: (out of memory)\n");
}
END_TEST

/* ---- the nearest name ---- */

static const char *const known[] = {"source_ip", "source_port", "user_name", "user_id", "ip", "", "event_time", "a"};

static const struct {
    const char *word, *nearest;
} nearest[] = {
    {"source_ip", "source_ip"},
    {"SOURCE_IP", "source_ip"},
    {"sorce_ip", "source_ip"},
    {"suorce_ip", "source_ip"}, /* swapped letters are one edit */
    {"src_ip", NULL},           /* 3 of 6 letters is too far, and so is everything else */
    {"username", "user_name"},
    {"user_nmae", "user_name"},
    {"user_ids", "user_id"},
    {"eventtime", "event_time"},
    {"i", "ip"}, /* as near as `a`, and listed first */
    {"b", "a"},
    {"pi", "ip"},
    {"xyz", NULL},
    {"", NULL},
};

START_TEST(the_nearest_name_is_found)
{
    const char *expected = nearest[_i].nearest;
    const char *got = argot_diagnostic_nearest(nearest[_i].word, known, COUNT(known));
    if (expected)
        ck_assert_str_eq(got ? got : "(none)", expected);
    else
        ck_assert_ptr_null(got);
}
END_TEST

START_TEST(words_that_are_too_long_have_no_nearest_name)
{
    char word[100], name[100];
    const char *names[] = {name};
    for (size_t length = 60; length < 70; length++) {
        memset(word, 'x', length);
        memset(name, 'x', length);
        word[length] = name[length] = 0;
        name[0] = 'y';
        ck_assert_int_eq(argot_diagnostic_nearest(word, names, 1) != NULL, length <= 64);
    }
}
END_TEST

/* Damerau's distance by its definition, in its restricted form. */
static unsigned
slow_distance(const char *a, size_t i, const char *b, size_t j)
{
    if (!i || !j)
        return (unsigned)(i + j);
    unsigned best = slow_distance(a, i - 1, b, j - 1) + (a[i - 1] != b[j - 1]);
    unsigned other = slow_distance(a, i - 1, b, j) + 1;
    best = other < best ? other : best;
    other = slow_distance(a, i, b, j - 1) + 1;
    best = other < best ? other : best;
    if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        other = slow_distance(a, i - 2, b, j - 2) + 1;
        best = other < best ? other : best;
    }
    return best;
}

START_TEST(nearness_is_the_edit_distance)
{
    uint64_t state = 3;
    unsigned found = 0;
    for (int round = 0; round < 3000; round++) {
        char a[7] = {0}, b[7] = {0};
        size_t a_length = 1 + test_random(&state) % 6, b_length = 1 + test_random(&state) % 6;
        for (size_t i = 0; i < a_length; i++)
            a[i] = "abc"[test_random(&state) % 3];
        for (size_t i = 0; i < b_length; i++)
            b[i] = "abc"[test_random(&state) % 3];
        const char *names[] = {b};
        unsigned limit = a_length < 3 ? 1 : (unsigned)a_length / 3;
        bool near = slow_distance(a, a_length, b, b_length) <= limit;
        ck_assert_msg((argot_diagnostic_nearest(a, names, 1) != NULL) == near, "%s %s", a, b);
        found += near;
    }
    ck_assert_uint_gt(found, 100);
}
END_TEST

START_TEST(a_suggestion_is_a_hint)
{
    argot_diagnostic_suggest(&all, add(0, 0, 0), "user_nam", known, COUNT(known));
    argot_diagnostic_suggest(&all, add(0, 0, 0), "zzzzzz", known, COUNT(known));
    expect("f.yaml: error[ARGOT-0007]: wrong\n"
           "  hint: did you mean `user_name`?\n"
           "f.yaml: error[ARGOT-0007]: wrong\n");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("diagnostic");
    TCase *tcase = tcase_create("diagnostic");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, nothing_is_printed_of_nothing);
    tcase_add_test(tcase, a_diagnostic_has_place_line_and_marker);
    tcase_add_test(tcase, gutters_of_two_places_are_equally_wide);
    tcase_add_loop_test(tcase, places_outside_of_the_source_do_no_harm, 0, COUNT(places));
    tcase_add_test(tcase, diagnostics_without_a_source_have_no_excerpt);
    tcase_add_loop_test(tcase, markers_stand_below_what_they_mark, 0, COUNT(excerpts));
    tcase_add_test(tcase, zero_bytes_are_shown);
    tcase_add_loop_test(tcase, long_lines_are_cut_around_the_marker, 0, 5);
    tcase_add_test(tcase, hostile_paths_and_texts_are_escaped);
    tcase_add_test(tcase, more_than_the_maximum_are_counted_only);
    tcase_add_test(tcase, without_memory_they_are_counted);
    tcase_add_test(tcase, the_text_alone_may_find_no_memory);
    tcase_add_loop_test(tcase, the_nearest_name_is_found, 0, COUNT(nearest));
    tcase_add_test(tcase, words_that_are_too_long_have_no_nearest_name);
    tcase_add_test(tcase, nearness_is_the_edit_distance);
    tcase_add_test(tcase, a_suggestion_is_a_hint);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
