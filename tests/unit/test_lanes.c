/* SPDX-License-Identifier: Apache-2.0
 * Primitives of extractors that work on sixteen bytes at once find what plain loops find: for texts made to be nearly
 * right, at all lengths, and so near to the end of a page that reading behind the padding would end the test. */
#include "argot/read.h"
#include "plain_lex.h"
#include "page_fixture.h"
#include <stdio.h>

#define ROUNDS 200000
#define MOST 120

/* A copy of the text with nothing but the padding between its end and that of the page, which is random too. */
static uint8_t *
at_the_end(const char *text, size_t length, uint64_t *state)
{
    uint8_t *end = page + page_bytes - ARGOT_PADDING, *begin = end - length;
    memcpy(begin, text, length);
    for (size_t i = 0; i < ARGOT_PADDING; i++)
        end[i] = (uint8_t) "0123456789.:/ x"[test_random(state) % 15];
    return begin;
}

/* Up to two bytes of the text become others. */
static void
spoil(char *text, size_t length, const char *by, uint64_t *state)
{
    for (uint64_t times = test_random(state) % 3; length && times; times--)
        text[test_random(state) % length] = by[test_random(state) % strlen(by)];
}

START_TEST(a_byte_is_found_where_a_loop_finds_it)
{
    uint64_t state = 11;
    char text[MOST];
    for (int round = 0; round < ROUNDS; round++) {
        size_t length = test_random(&state) % MOST;
        for (size_t i = 0; i < length; i++)
            text[i] = "aaaaaaaaaaaaaaaaaaaaaaaaa:/ \xff"[test_random(&state) % 29];
        const uint8_t *begin = at_the_end(text, length, &state), *end = begin + length;
        ck_assert_ptr_eq(argot_lex_find_any(begin, end, ':', '/', 0xff),
                         plain_lex_find_any(begin, end, ':', '/', 0xff));
        ck_assert_ptr_eq(argot_lex_find_any(begin, end, ' ', ' ', ' '), plain_lex_find_any(begin, end, ' ', ' ', ' '));
        ck_assert_ptr_eq(argot_lex_find_near(begin, end, ':', '/', 0xff),
                         plain_lex_find_any(begin, end, ':', '/', 0xff));
        const uint8_t *in = begin + test_random(&state) % (length + 1);
        ck_assert_ptr_eq(argot_lex_table_run(in, end, argot_lex_classes, ARGOT_LEX_ADDRESS),
                         argot_lex_class_run(in, end, ARGOT_LEX_ADDRESS));
        ck_assert_ptr_eq(argot_lex_table_run(end + 9, end, argot_lex_classes, ARGOT_LEX_HOST), end + 9);
        ck_assert_ptr_eq(argot_lex_table_rest(in, end, argot_lex_classes, ARGOT_LEX_HOST),
                         argot_lex_class_run(in, end, ARGOT_LEX_HOST));
        ck_assert_ptr_eq(argot_lex_table_on(in, end, argot_lex_classes, ARGOT_LEX_HOST),
                         argot_lex_class_run(in, end, ARGOT_LEX_HOST));
    }
}
END_TEST

START_TEST(nothing_behind_the_end_counts)
{
    uint64_t state = 13;
    char text[MOST];
    for (int round = 0; round < ROUNDS; round++) {
        size_t length = test_random(&state) % 24, all = sizeof text;
        for (size_t i = 0; i < all; i++)
            text[i] = i < 12 ? ' ' : "a \t"[test_random(&state) % 3];
        const uint8_t *begin = (const uint8_t *)text, *end = begin + length, *p = begin;
        while (p < end && (*p == ' ' || *p == '\t'))
            p++;
        ck_assert_ptr_eq(argot_lex_blanks(begin, end), p);
        ck_assert_ptr_eq(argot_lex_blanks(end + 9, end), end + 9);
        ck_assert_int_eq(argot_lex_is(begin, end, "   ", 3), length >= 3);
        ck_assert_int_eq(argot_lex_is(begin, end, "           ", 11), length >= 11);
        ck_assert_int_eq(argot_lex_is(begin, end, "", 0), 1);
        ck_assert_int_eq(argot_lex_is(end + 2, end, "", 0), 0);
    }
}
END_TEST

START_TEST(what_is_in_quotes_ends_where_a_loop_ends_it)
{
    uint64_t state = 15;
    char text[MOST];
    unsigned whole = 0, broken = 0;
    for (int round = 0; round < ROUNDS; round++) {
        size_t length = test_random(&state) % MOST;
        for (size_t i = 0; i < length; i++)
            text[i] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\\:"[test_random(&state) % (round % 2 ? 34 : 32)];
        if (length && round % 8)
            text[0] = '"';
        const uint8_t *begin = at_the_end(text, length, &state), *end = begin + length;
        bool escaped = false, plain_escaped = false;
        const uint8_t *behind = argot_lex_quoted(begin, end, '"', &escaped);
        ck_assert_ptr_eq(behind, plain_lex_quoted(begin, end, '"', &plain_escaped));
        ck_assert(!behind || escaped == plain_escaped);
        whole += behind && !escaped;
        broken += behind && escaped;
    }
    ck_assert_uint_gt(whole, ROUNDS / 10);
    ck_assert_uint_gt(broken, ROUNDS / 100);
}
END_TEST

/* Eight bytes at once, or one by one. */
START_TEST(a_number_is_read_as_a_loop_reads_it)
{
    uint64_t state = 16;
    char text[MOST];
    unsigned read = 0;
    for (int round = 0; round < ROUNDS; round++) {
        size_t length = test_random(&state) % 24;
        for (size_t i = 0; i < length; i++)
            text[i] = "0123456789012345678901234567890/: "[test_random(&state) % 34];
        const uint8_t *begin = at_the_end(text, length, &state), *end = begin + length;
        uint64_t most = test_random(&state) >> test_random(&state) % 64, value = 0, plain = 0;
        const uint8_t *behind = argot_read_uint(begin, end, most, &value);
        const uint8_t *loop = argot_read_digits(begin, end, most, &plain);
        /* `x` behind the text may look like a hex number's: that only takes the long way. */
        ck_assert(behind == loop || (!behind && loop == end && (*end | 0x20) == 'x'));
        ck_assert(!behind || value == plain);
        read += behind != NULL;
    }
    ck_assert_uint_gt(read, ROUNDS / 10);
}
END_TEST

START_TEST(the_last_text_is_found_where_a_loop_finds_it)
{
    static const char *const parts[] = {":", " x", "a: ", " from a"};
    uint64_t state = 12;
    char text[MOST];
    for (int round = 0; round < ROUNDS; round++) {
        size_t length = test_random(&state) % MOST;
        for (size_t i = 0; i < length; i++)
            text[i] = "aafrom: x"[test_random(&state) % 9];
        const uint8_t *begin = at_the_end(text, length, &state), *end = begin + length;
        const uint8_t *last = begin + test_random(&state) % (length + 1);
        const char *part = parts[test_random(&state) % COUNT(parts)];
        size_t rare = test_random(&state) % strlen(part);
        ck_assert_ptr_eq(argot_lex_find_last(begin, last, end, part, strlen(part), rare),
                         plain_lex_find_last(begin, last, end, part, strlen(part), rare));
    }
}
END_TEST

START_TEST(a_time_of_the_common_log_format_ends_where_a_loop_ends_it)
{
    uint64_t state = 13;
    char text[MOST];
    unsigned whole = 0;
    for (int round = 0; round < ROUNDS; round++) {
        size_t length =
            (size_t)snprintf(text, sizeof text, "%02u/%s/%04u:%02u:%02u:%02u %s", (unsigned)(test_random(&state) % 40),
                             round % 7 ? "Nov" : "Nvo", (unsigned)(test_random(&state) % 10000),
                             (unsigned)(test_random(&state) % 30), (unsigned)(test_random(&state) % 70),
                             (unsigned)(test_random(&state) % 70), round % 5 ? "+0000] x" : "-01:00");
        spoil(text, length, "0/: +-x", &state);
        length -= test_random(&state) % 4 ? 0 : test_random(&state) % length;
        const uint8_t *begin = at_the_end(text, length, &state), *end = begin + length;
        whole += argot_lex_clf_month(begin, end) != 0;
        ck_assert_ptr_eq(argot_lex_clf(begin, end), plain_lex_clf(begin, end));
    }
#ifdef ARGOT_LANES
    ck_assert_uint_gt(whole, ROUNDS / 10);
#else
    ck_assert_uint_eq(whole, 0);
#endif
}
END_TEST

START_TEST(an_address_is_read_as_a_loop_reads_it)
{
    uint64_t state = 14;
    char text[MOST];
    unsigned read = 0;
    for (int round = 0; round < ROUNDS; round++) {
        unsigned most = round % 3 ? 256 : 300;
        size_t length = (size_t)snprintf(text, sizeof text, "%u.%u.%u.%u%s", (unsigned)(test_random(&state) % most),
                                         (unsigned)(test_random(&state) % most), (unsigned)(test_random(&state) % most),
                                         (unsigned)(test_random(&state) % most), round % 2 ? " port 22" : "");
        if (round % 4)
            spoil(text, length, "0.9x", &state);
        length -= test_random(&state) % 4 ? 0 : test_random(&state) % length;
        const uint8_t *begin = at_the_end(text, length, &state), *end = begin + length;
        uint8_t a[16] = {0}, b[16] = {0};
        const uint8_t *behind = argot_read_ipv4(begin, end, a), *plain = plain_read_ipv4(begin, end, b);
        /* NULL leaves it to the decoder: where more than an address follows. */
        bool goes_on = plain && plain < end && (*plain == '.' || argot_lex_digit(*plain));
        ck_assert(behind == plain || (goes_on && !behind));
        ck_assert(!behind || !memcmp(a, b, sizeof a));
        read += behind != NULL;
    }
    ck_assert_uint_gt(read, ROUNDS / 4);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("lanes");
    TCase *cases = tcase_create("lanes");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, a_byte_is_found_where_a_loop_finds_it);
    tcase_add_test(cases, nothing_behind_the_end_counts);
    tcase_add_test(cases, what_is_in_quotes_ends_where_a_loop_ends_it);
    tcase_add_test(cases, a_number_is_read_as_a_loop_reads_it);
    tcase_add_test(cases, the_last_text_is_found_where_a_loop_finds_it);
    tcase_add_test(cases, a_time_of_the_common_log_format_ends_where_a_loop_ends_it);
    tcase_add_test(cases, an_address_is_read_as_a_loop_reads_it);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
