/* SPDX-License-Identifier: Apache-2.0
 * Addresses in and out, by table and against the C library. */
#include "argot/read.h"
#include "decode/decode.h"
#include <arpa/inet.h>
#include <stdio.h>
#include "event/format.h"
#include "test_case.h"

static bool
parse(const char *text, size_t length, uint8_t ip[16])
{
    uint8_t *copy = test_exact(text, length);
    bool good = argot_ip_parse(copy, length, ip);
    free(copy);
    return good;
}

/* What the C library makes of a text without zero bytes; IPv4 mapped. */
static bool
parse_by_library(const char *text, uint8_t ip[16])
{
    memcpy(ip, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
    if (!strchr(text, ':'))
        return inet_pton(AF_INET, text, ip + 12) == 1;
    return inet_pton(AF_INET6, text, ip) == 1;
}

static const char *const good[] = {
    "0.0.0.0",
    "255.255.255.255",
    "192.0.2.1",
    "::",
    "::1",
    "1::",
    "1::2",
    "::2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "1:2:3:4:5:6:7:8",
    "2001:DB8::aBcD",
    "2001:0db8:0000:0000:0000:0000:0000:0001",
    "::192.0.2.1",
    "::ffff:192.0.2.1",
    "64:ff9b::192.0.2.33",
    "1:2:3:4:5:6:192.0.2.1",
    "1::6:192.0.2.1",
    "0000:0000:0000:0000:0000:ffff:255.255.255.255",
};

START_TEST(addresses_are_read)
{
    uint8_t ip[16], expected[16];
    ck_assert(parse_by_library(good[_i], expected));
    ck_assert(parse(good[_i], strlen(good[_i]), ip));
    ck_assert_mem_eq(ip, expected, 16);
}
END_TEST

static const char *const bad[] = {
    "",
    ".",
    ":",
    "1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.4.",
    ".1.2.3.4",
    "1..2.3",
    "256.0.0.1",
    "1.2.3.999",
    "1.2.3.0004",
    "192.0.2.010",
    "00.0.0.0",
    "0x7f.0.0.1",
    "1.2.3.4 ",
    " 1.2.3.4",
    "-1.2.3.4",
    "1.2.3.4:80",
    ":::",
    "::1::",
    "1::2::3",
    ":1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    "1:2:3:4::5:6:7:8",
    "12345::",
    "::12345",
    "::g",
    "fe80::1%eth0",
    "[::1]",
    "::1.2.3",
    "::1.2.3.4:5",
    "::256.0.0.1",
    "1:2:3:4:5:6:7:1.2.3.4",
    "1.2.3.4::",
    "0000:0000:0000:0000:0000:ffff:255.255.255.2555",
    "00000000000000000000000000000000000000000000000000",
};

START_TEST(what_is_no_address_is_refused)
{
    uint8_t ip[16];
    ck_assert(!parse_by_library(bad[_i], ip));
    ck_assert(!parse(bad[_i], strlen(bad[_i]), ip));
}
END_TEST

START_TEST(zero_bytes_end_no_address)
{
    uint8_t ip[16];
    ck_assert(!parse("1.2.3.4\0", 8, ip));
    ck_assert(!parse("::1\0", 4, ip));
    ck_assert(!parse("::\0"
                     "1",
                     4, ip));
}
END_TEST

/* Texts near to addresses: pieces of them in any order. */
START_TEST(reading_agrees_with_the_C_library)
{
    static const char *const pieces[] = {":",    "::", "0",   "1",     "ff",      "1.2.3.4", "ffff",
                                         "abcd", ".",  "255", "12345", "0000",    ":",       ":",
                                         "256",  "9",  "G",   ":a:",   "::ffff:", "10.0.0.", ":0:0:0"};
    uint64_t state = 5;
    unsigned read = 0;
    for (int round = 0; round < 300000; round++) {
        char text[128] = "";
        unsigned count = 1 + (unsigned)(test_random(&state) % 12);
        for (unsigned i = 0; i < count; i++)
            strcat(text, pieces[test_random(&state) % COUNT(pieces)]);
        uint8_t ip[16], expected[16];
        bool expected_good = parse_by_library(text, expected);
        ck_assert_msg(parse(text, strlen(text), ip) == expected_good, "%s", text);
        ck_assert_msg(!expected_good || !memcmp(ip, expected, 16), "%s", text);
        const uint8_t *begin = (const uint8_t *)text;
        ck_assert_msg(!expected_good || !argot_read_is_host(begin, begin + strlen(text)), "%s", text);
        read += expected_good;
    }
    ck_assert_uint_gt(read, 1000);
}
END_TEST

/* The address at the begin of a longer text, as extractors read it in passing. */
START_TEST(quads_read_in_passing_are_those_of_the_decoder)
{
    static const char *const pieces[] = {"192", ".", "0", ".", "2", ".", "255", ".", "256", "01", " ", "x", ":80", "1"};
    uint64_t state = 7;
    unsigned read = 0;
    for (int round = 0; round < 300000; round++) {
        char text[128] = "";
        unsigned first = (unsigned)(test_random(&state) % 6), count = 1 + (unsigned)(test_random(&state) % 9);
        for (unsigned i = 0; i < count; i++)
            strcat(text, pieces[test_random(&state) % 4 ? (first + i) % 8 : test_random(&state) % COUNT(pieces)]);
        uint8_t ip[16], expected[16];
        const uint8_t *begin = (const uint8_t *)text, *end = argot_read_ipv4(begin, begin + strlen(text), ip);
        if (!end)
            continue;
        ck_assert_msg(parse(text, (size_t)(end - begin), expected) && !memcmp(ip, expected, 16), "%s", text);
        read++;
    }
    ck_assert_uint_gt(read, 1000);
}
END_TEST

/* RFC 5952 and the C library differ where an IPv4 address is embedded, which only the mapped form is here. */
START_TEST(writing_agrees_with_the_C_library)
{
    uint64_t state = 6;
    for (int round = 0; round < 200000; round++) {
        uint8_t ip[16], back[16];
        uint64_t zeroes = test_random(&state) & test_random(&state);
        for (int i = 0; i < 16; i++)
            ip[i] = zeroes >> i / 2 & 1 || zeroes >> (20 + i) & 1 ? 0 : (uint8_t)test_random(&state);
        if (round % 4 == 0)
            memcpy(ip, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
        char text[ARGOT_FORMAT_ROOM + 1], expected[64];
        size_t length = argot_format_ip(ip, text);
        ck_assert_uint_lt(length, 46);
        text[length] = 0;
        ck_assert(argot_ip_parse((const uint8_t *)text, length, back));
        ck_assert_mem_eq(back, ip, 16);
        bool mapped = !memcmp(ip, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
        inet_ntop(mapped ? AF_INET : AF_INET6, mapped ? ip + 12 : ip, expected, sizeof expected);
        if (mapped || !strchr(expected, '.'))
            ck_assert_str_eq(text, expected);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("ip");
    TCase *tcase = tcase_create("ip");
    tcase_add_loop_test(tcase, addresses_are_read, 0, COUNT(good));
    tcase_add_loop_test(tcase, what_is_no_address_is_refused, 0, COUNT(bad));
    tcase_add_test(tcase, zero_bytes_end_no_address);
    tcase_add_test(tcase, reading_agrees_with_the_C_library);
    tcase_add_test(tcase, quads_read_in_passing_are_those_of_the_decoder);
    tcase_add_test(tcase, writing_agrees_with_the_C_library);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
