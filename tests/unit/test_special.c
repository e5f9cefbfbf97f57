/* SPDX-License-Identifier: Apache-2.0
 * The search for the byte that ends a JSON string: each body finds what the plain loop finds, for any bytes, at all
 * places of a vector, and reads nothing behind the end. */
#include "decode/special.h"
#include "page_fixture.h"
#include <stdbool.h>

static const struct {
    const char *name;
    argot_special_find *find;
    const char *needs; /* of the processor; NULL: all have it */
} bodies[] = {
    {"scalar", argot_special_scalar, NULL},
#ifdef ARGOT_LANES
    {"lanes", argot_special_lanes, NULL},
#endif
#ifdef __x86_64__
    {"avx2", argot_special_avx2, "avx2"},
#endif
};

static bool
runs_here(int body)
{
#ifdef __x86_64__
    if (bodies[body].needs)
        return __builtin_cpu_supports("avx2");
#endif
    return !bodies[body].needs;
}

START_TEST(every_byte_is_told_at_every_place)
{
    if (!runs_here(_i))
        return;
    unsigned wrong = 0;
    for (size_t length = 1; length <= 68; length++) {
        uint8_t *begin = page + page_bytes - length, *end = page + page_bytes;
        memset(begin, 'x', length);
        ck_assert_ptr_eq(bodies[_i].find(begin, end), end);
        for (size_t place = 0; place < length; place++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                begin[place] = (uint8_t)byte;
                bool special = byte < 0x20 || byte == '"' || byte == '\\';
                wrong += bodies[_i].find(begin, end) != (special ? begin + place : end);
            }
            begin[place] = 'x';
        }
    }
    ck_assert_uint_eq(wrong, 0);
    ck_assert_ptr_eq(bodies[_i].find(page + page_bytes, page + page_bytes), page + page_bytes);
}
END_TEST

START_TEST(random_bytes_give_what_the_plain_loop_gives)
{
    static const uint8_t often[] = "xy\"\\\x1f\x20!\x7f\x80\x9f\xa2\xdc\xff";
    uint64_t state = 7;
    for (int round = 0; runs_here(_i) && round < 20000; round++) {
        size_t length = test_random(&state) % 200, begin = test_random(&state) % 64;
        uint8_t *text = page + page_bytes - length - begin;
        for (size_t i = 0; i < length; i++) {
            uint64_t number = test_random(&state);
            text[i] = number & 0x700 ? 'x' : often[(number >> 16) % (sizeof often - 1)];
        }
        ck_assert_ptr_eq(bodies[_i].find(text, text + length), argot_special_scalar(text, text + length));
    }
}
END_TEST

START_TEST(the_best_body_of_the_machine_is_chosen)
{
    argot_special_find *best = NULL;
    for (int i = 0; i < (int)COUNT(bodies); i++)
        best = runs_here(i) ? bodies[i].find : best;
    ck_assert(argot_special_choose() == best);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("special");
    TCase *cases = tcase_create("special");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_loop_test(cases, every_byte_is_told_at_every_place, 0, COUNT(bodies));
    tcase_add_loop_test(cases, random_bytes_give_what_the_plain_loop_gives, 0, COUNT(bodies));
    tcase_add_test(cases, the_best_body_of_the_machine_is_chosen);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
