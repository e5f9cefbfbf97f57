/* SPDX-License-Identifier: Apache-2.0
 * base/sha256.h: sums of FIPS 180-4's examples, at the edges of blocks, in pieces; signatures of RFC 4231. */
#include "base/sha256.h"
#include "test_case.h"
#include <stdio.h>
#include <string.h>

static const char *
hex(const uint8_t sum[ARGOT_SHA256_BYTES])
{
    static char text[2 * ARGOT_SHA256_BYTES + 1];
    for (size_t i = 0; i < ARGOT_SHA256_BYTES; i++)
        snprintf(text + 2 * i, 3, "%02x", sum[i]);
    return text;
}

static const char *
sum_of(const void *bytes, size_t count, size_t piece)
{
    struct argot_sha256 sha256;
    uint8_t sum[ARGOT_SHA256_BYTES];
    argot_sha256_init(&sha256);
    for (size_t at = 0; at < count; at += piece)
        argot_sha256_add(&sha256, (const char *)bytes + at, count - at < piece ? count - at : piece);
    argot_sha256_end(&sha256, sum);
    return hex(sum);
}

START_TEST(sums_are_those_of_the_standard)
{
    ck_assert_str_eq(sum_of("", 0, 1), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    ck_assert_str_eq(sum_of("abc", 3, 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ck_assert_str_eq(sum_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, 56),
                     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
END_TEST

/* A million times `a`, which is FIPS 180's third example, whatever the pieces. */
START_TEST(pieces_make_no_difference)
{
    static char many[1000000];
    memset(many, 'a', sizeof many);
    static const size_t pieces[] = {1, 55, 56, 63, 64, 65, 4096, sizeof many};
    ck_assert_str_eq(sum_of(many, sizeof many, pieces[_i]),
                     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

static const char *
signature(const void *secret, size_t count, const char *text)
{
    struct argot_sha256 sha256;
    uint8_t sum[ARGOT_SHA256_BYTES];
    argot_sha256_begin_sign(&sha256, secret, count);
    argot_sha256_add(&sha256, text, strlen(text));
    argot_sha256_sign(&sha256, secret, count, sum);
    return hex(sum);
}

START_TEST(signatures_are_those_of_the_standard)
{
    uint8_t secret[131];
    memset(secret, 0x0b, 20);
    ck_assert_str_eq(signature(secret, 20, "Hi There"),
                     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    ck_assert_str_eq(signature("Jefe", 4, "what do ya want for nothing?"),
                     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(secret, 0xaa, sizeof secret);
    ck_assert_str_eq(signature(secret, sizeof secret, "Test Using Larger Than Block-Size Key - Hash Key First"),
                     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("sha256");
    TCase *sums = tcase_create("sums");
    tcase_add_test(sums, sums_are_those_of_the_standard);
    tcase_add_loop_test(sums, pieces_make_no_difference, 0, 8);
    tcase_add_test(sums, signatures_are_those_of_the_standard);
    suite_add_tcase(suite, sums);
    return test_run(suite);
}
