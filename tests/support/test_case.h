/* SPDX-License-Identifier: Apache-2.0
 * What the unit tests share: tables, exact copies of their inputs, random numbers that are the same in every run, and
 * the main program. */
#pragma once
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Check notes the place of each assertion that holds, by a system call: a nuisance in loops over bytes. */
#define _mark_point(file, line) ((void)0)

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A block of its own without a byte more than the text, so that AddressSanitizer sees a read behind it. */
static inline uint8_t *
test_exact(const void *bytes, size_t length)
{
    uint8_t *copy = malloc(length ? length : 1);
    ck_assert_ptr_nonnull(copy);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

/* splitmix64 */
static inline uint64_t
test_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Runs a suite, prints TAP, and returns the exit status. */
static inline int
test_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
