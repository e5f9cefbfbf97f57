/* SPDX-License-Identifier: Apache-2.0
 * A few bytes, compared and copied: as memcmp and memcpy do it, whatever the length, and no byte beyond. */
#include "base/short.h"
#include "test_case.h"

#define MOST 80u

START_TEST(same)
{
    uint8_t a[MOST], b[MOST];
    for (size_t length = 0; length < MOST; length++) {
        for (size_t i = 0; i < MOST; i++) {
            a[i] = (uint8_t)(i * 7);
            b[i] = i < length ? a[i] : (uint8_t)~a[i];
        }
        ck_assert(argot_short_same(a, b, length));
        for (size_t i = 0; i < length; i++) {
            b[i] ^= 0x40;
            ck_assert(!argot_short_same(a, b, length));
            b[i] ^= 0x40;
        }
    }
    ck_assert(argot_short_same(NULL, NULL, 0));
}
END_TEST

START_TEST(copy)
{
    uint8_t from[MOST], to[MOST];
    for (size_t i = 0; i < MOST; i++)
        from[i] = (uint8_t)(i * 11 + 1);
    for (size_t length = 0; length < MOST; length++) {
        memset(to, 0, sizeof to);
        argot_short_copy(to, from, length);
        for (size_t i = 0; i < MOST; i++)
            ck_assert_uint_eq(to[i], i < length ? from[i] : 0);
    }
    argot_short_copy(NULL, NULL, 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("short");
    TCase *tcase = tcase_create("short");
    tcase_add_test(tcase, same);
    tcase_add_test(tcase, copy);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
