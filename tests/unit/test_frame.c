/* SPDX-License-Identifier: Apache-2.0
 * Framing: blocks cut off one after another give the input's bytes and the records that a slow reader sees, however
 * the bytes arrive. */
#include "input/frame.h"
#include "frame_case.h"
#include "test_case.h"

/* ---- single cuts ---- */

static const struct {
    const char *bytes;
    size_t max_bytes;
    bool in_record, end;
    struct argot_frame frame;
} cuts[] = {
    /* nothing */
    {"", 5, false, false, {0}},
    {"", 5, false, true, {0}},
    {"", 5, true, true, {0}},
    /* whole records */
    {"ab\n", 5, false, false, {.length = 3}},
    {"\n", 5, false, false, {.length = 1}},
    {"\n\n\n", 5, false, false, {.length = 3}},
    {"ab\ncd", 5, false, false, {.length = 3}},
    {"ab\ncd\ne", 5, false, false, {.length = 6}},
    {"ab\r\n", 5, false, false, {.length = 4}},
    {"ab", 5, false, false, {0}},    /* they do not say yet */
    {"abcde", 5, false, false, {0}}, /* a newline may follow */
    {"abcde\n", 5, false, false, {.length = 6}},
    /* the end */
    {"ab", 5, false, true, {.length = 2, .missing_newline = true}},
    {"abcde", 5, false, true, {.length = 5, .missing_newline = true}},
    {"ab\ncd", 5, false, true, {.length = 5, .missing_newline = true}},
    {"ab\n", 5, false, true, {.length = 3}},
    /* too long */
    {"abcdef", 5, false, false, {.length = 5, .piece = true}},
    {"abcdef", 5, false, true, {.length = 5, .piece = true}},
    {"abcdef\n", 5, false, false, {.length = 5, .piece = true}},
    {"ab\nabcdef\n", 5, false, false, {.length = 3}}, /* what is before it goes first */
    {"ab\nabcdef", 5, false, true, {.length = 3}},
    {"ab\nabcdefghijk", 5, false, true, {.length = 3}},
    /* within a record */
    {"f\nab\n", 5, true, false, {.length = 2, .piece = true, .piece_last = true}},
    {"\nab\n", 5, true, false, {.length = 1, .piece = true, .piece_last = true}},
    {"abcde\n", 5, true, false, {.length = 6, .piece = true, .piece_last = true}},
    {"abcdef\n", 5, true, false, {.length = 5, .piece = true}},
    {"abcde", 5, true, false, {0}},
    {"abcdef", 5, true, false, {.length = 5, .piece = true}},
    {"abcdef", 5, true, true, {.length = 5, .piece = true}},
    {"f", 5, true, false, {0}},
    {"f", 5, true, true, {.length = 1, .piece = true, .piece_last = true, .missing_newline = true}},
    {"abcde", 5, true, true, {.length = 5, .piece = true, .piece_last = true, .missing_newline = true}},
    /* the smallest limit */
    {"a\nb\n\n", 1, false, false, {.length = 5}},
    {"ab\n", 1, false, false, {.length = 1, .piece = true}},
    {"b\n", 1, true, false, {.length = 2, .piece = true, .piece_last = true}},
};

START_TEST(cuts_are_as_they_should_be)
{
    size_t length = strlen(cuts[_i].bytes);
    uint8_t *bytes = test_exact(cuts[_i].bytes, length);
    struct argot_frame frame = argot_frame_cut(bytes, length, cuts[_i].max_bytes, cuts[_i].in_record, cuts[_i].end);
    ck_assert_uint_eq(frame.length, cuts[_i].frame.length);
    if (frame.length) {
        ck_assert_int_eq(frame.piece, cuts[_i].frame.piece);
        ck_assert_int_eq(frame.piece_last, cuts[_i].frame.piece_last);
        ck_assert_int_eq(frame.missing_newline, cuts[_i].frame.missing_newline);
    }
    free(bytes);
}
END_TEST

/* ---- whole inputs ---- */

START_TEST(any_way_of_arriving_gives_the_same_records)
{
    struct frame_case expected = {0}, got = {0};
    uint64_t state = 20;
    for (int round = 0; round < 3000; round++) {
        uint8_t bytes[200];
        size_t length = test_random(&state) % sizeof bytes, max_bytes = 1 + test_random(&state) % 20;
        unsigned rare = 2 + (unsigned)(test_random(&state) % 30);
        for (size_t i = 0; i < length; i++)
            bytes[i] = test_random(&state) % rare ? (uint8_t)test_random(&state) : '\n';
        frame_case_slowly(bytes, length, max_bytes, &expected);
        for (size_t step = 1; step <= length + 1; step = step * 2 + test_random(&state) % 3) {
            const char *wrong = frame_case_cuts(bytes, length, max_bytes, step, &got);
            ck_assert_msg(!wrong, "%s", wrong);
            ck_assert(frame_case_same(&got, &expected));
        }
    }
    frame_case_free(&expected);
    frame_case_free(&got);
}
END_TEST

START_TEST(newlines_are_counted)
{
    uint64_t state = 21;
    for (size_t length = 0; length < 600; length++)
        for (int kind = 0; kind < 3; kind++) {
            uint8_t *bytes = malloc(length ? length : 1);
            uint64_t expected = 0;
            for (size_t i = 0; i < length; i++) {
                bytes[i] = kind == 0 ? '\n' : kind == 1 ? 0 : (uint8_t)(test_random(&state) % 16);
                expected += bytes[i] == '\n';
            }
            ck_assert_uint_eq(argot_frame_count_newlines(bytes, length), expected);
            ck_assert_uint_eq(argot_frame_count_plain(bytes, length), expected);
            free(bytes);
        }
}
END_TEST

/* More than the counters of one byte can hold. */
START_TEST(many_newlines_are_counted)
{
    for (size_t length = 64 * 127 - 70; length < 64 * 127 + 70; length++) {
        uint8_t *bytes = malloc(length);
        memset(bytes, '\n', length);
        ck_assert_uint_eq(argot_frame_count_newlines(bytes, length), length);
        ck_assert_uint_eq(argot_frame_count_plain(bytes, length), length);
        free(bytes);
    }
    size_t length = 1000003;
    uint8_t *bytes = malloc(length);
    memset(bytes, '\n', length);
    ck_assert_uint_eq(argot_frame_count_newlines(bytes, length), length);
    free(bytes);
}
END_TEST

/* Each at its place, wherever the bytes begin. */
START_TEST(newlines_are_found)
{
    enum { WORDS = 9, BYTES = WORDS * ARGOT_FRAME_WORD_BYTES };
    uint64_t state = 22, found[WORDS];
    for (size_t words = 0; words <= WORDS; words++)
        for (int kind = 0; kind < 4; kind++) {
            uint8_t *memory = malloc(BYTES + 1), *bytes = memory + words % 2;
            for (size_t i = 0; i < BYTES; i++)
                bytes[i] = kind % 2 ? '\n' : (uint8_t)(test_random(&state) % 16 + (i % 5 ? 0 : 0x80u));
            memset(found, 0xaa, sizeof found);
            if (kind < 2)
                argot_frame_find_plain(bytes, words, found);
            else
                argot_frame_find_newlines(bytes, words, found);
            for (size_t i = 0; i < words * ARGOT_FRAME_WORD_BYTES; i++)
                ck_assert((found[i / 64] >> i % 64 & 1) == (bytes[i] == '\n'));
            for (size_t i = words; i < WORDS; i++)
                ck_assert_uint_eq(found[i], UINT64_C(0xaaaaaaaaaaaaaaaa));
            free(memory);
        }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("frame");
    TCase *tcase = tcase_create("frame");
    tcase_add_loop_test(tcase, cuts_are_as_they_should_be, 0, COUNT(cuts));
    tcase_add_test(tcase, any_way_of_arriving_gives_the_same_records);
    tcase_add_test(tcase, newlines_are_counted);
    tcase_add_test(tcase, many_newlines_are_counted);
    tcase_add_test(tcase, newlines_are_found);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
