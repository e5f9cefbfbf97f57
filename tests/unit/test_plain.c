/* SPDX-License-Identifier: Apache-2.0
 * Text that is copied in blocks is what a loop over bytes copies, and is plain where each byte is: for all lengths,
 * each byte in each place, both with lanes and without, and so near to the end of a page that reading behind the text
 * would end the test. */
#include "output/plain.h"
#include "page_fixture.h"
#include "plain_text.h"

#define MOST 100
#define ROUNDS 300000

static const enum argot_line_mode modes[] = {ARGOT_LINE_JSON, ARGOT_LINE_RAW, ARGOT_LINE_CSV, ARGOT_LINE_BARE};

static void
check(const uint8_t *text, size_t length, enum argot_line_mode mode)
{
    uint8_t lanes[MOST + ARGOT_LINE_SLACK], words[MOST + ARGOT_LINE_SLACK];
    bool plain = true;
    for (size_t i = 0; i < length; i++)
        plain = plain && argot_plain_byte(text[i], mode);
    ck_assert_int_eq(argot_plain_copy(lanes, text, length, mode), plain);
    ck_assert_int_eq(plain_text_copy(words, text, length, mode), plain);
    if (plain && length) {
        ck_assert_mem_eq(lanes, text, length);
        ck_assert_mem_eq(words, text, length);
    }
}

START_TEST(a_byte_that_is_not_plain_is_seen_wherever_it_stands)
{
    for (size_t length = 1; length <= 40; length++) {
        uint8_t *text = page + page_bytes - length;
        memset(text, 'a', length);
        for (size_t at = 0; at < length; at++, text[at - 1] = 'a')
            for (unsigned byte = 0; byte < 256; byte++) {
                text[at] = (uint8_t)byte;
                check(text, length, modes[_i]);
            }
    }
}
END_TEST

START_TEST(texts_are_copied_as_a_loop_copies_them)
{
    uint64_t state = 5;
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t length = test_random(&state) % MOST;
        uint8_t *text = round % 2 ? page : page + page_bytes - length;
        uint64_t hostile = test_random(&state) % 40;
        for (size_t i = 0; i < length; i++)
            text[i] = test_random(&state) % 40 < hostile / 20 ? (uint8_t)test_random(&state)
                                                              : (uint8_t)(' ' + test_random(&state) % 95);
        check(text, length, modes[round / 2 % COUNT(modes)]);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("plain");
    TCase *tcase = tcase_create("plain");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, a_byte_that_is_not_plain_is_seen_wherever_it_stands, 0, COUNT(modes));
    tcase_add_test(tcase, texts_are_copied_as_a_loop_copies_them);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
