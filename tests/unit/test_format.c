/* SPDX-License-Identifier: Apache-2.0
 * Numbers, addresses and times as text, at the edges of their types and against the C library. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <time.h>
#include "event/format.h"
#include "test_case.h"

#define NS 1000000000

static void
expect(const char *text, size_t length, const char *expected)
{
    ck_assert_msg(length == strlen(expected) && !memcmp(text, expected, length), "`%.*s`, not `%s`", (int)length, text,
                  expected);
    ck_assert_uint_le(length, ARGOT_FORMAT_ROOM);
}

START_TEST(integers_of_every_length_are_written_whole)
{
    char text[ARGOT_FORMAT_ROOM], expected[32];
    uint64_t value = 0;
    for (int digits = 0; digits <= 20; digits++) {
        for (int64_t step = -1; step <= 1; step++) {
            uint64_t number = value + (uint64_t)step;
            snprintf(expected, sizeof expected, "%" PRIu64, number);
            expect(text, argot_format_u64(number, text), expected);
            snprintf(expected, sizeof expected, "%" PRId64, (int64_t)number);
            expect(text, argot_format_i64((int64_t)number, text), expected);
        }
        value = value ? value * 10 : 1;
    }
    expect(text, argot_format_u64(UINT64_MAX, text), "18446744073709551615");
    expect(text, argot_format_i64(INT64_MIN, text), "-9223372036854775808");
}
END_TEST

START_TEST(integers_of_few_digits_are_written_as_printf_writes_them)
{
    char text[ARGOT_FORMAT_ROOM], expected[32];
    for (unsigned number = 0; number < 12000; number++) {
        snprintf(expected, sizeof expected, "%u", number);
        expect(text, argot_format_u64(number, text), expected);
    }
}
END_TEST

START_TEST(floats_are_written_as_people_write_them)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {{0, "0"},
                {-0.0, "-0"},
                {1, "1"},
                {0.1, "0.1"},
                {-0.25, "-0.25"},
                {0.023, "0.023"},
                {1234.5678, "1234.5678"},
                {100.01, "100.01"},
                {1e-9, "0.000000001"},
                {1e-10, "1e-10"},
                {9007199254740991, "9007199254740991"},
                {1e22, "1e+22"},
                {1.7976931348623157e308, "1.7976931348623157e+308"},
                {5e-324, "4.94065645841247e-324"},
                {2.2250738585072014e-308, "2.2250738585072014e-308"},
                {(double)INFINITY, "null"},
                {-(double)INFINITY, "null"},
                {(double)NAN, "null"}};
    char text[ARGOT_FORMAT_ROOM];
    for (size_t i = 0; i < COUNT(rows); i++)
        expect(text, argot_format_double(rows[i].value, text), rows[i].text);
}
END_TEST

START_TEST(every_float_reads_back_as_itself)
{
    uint64_t state = 1;
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = test_random(&state);
        double value, back;
        char text[ARGOT_FORMAT_ROOM + 1];
        if (i % 2) /* decimals as logs have them */
            value = (double)(bits >> 40) / (double[]){10, 1000, 1e6, 1e9}[bits & 3];
        else
            memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        size_t length = argot_format_double(value, text);
        ck_assert_uint_le(length, ARGOT_FORMAT_ROOM);
        text[length] = 0;
        back = strtod(text, NULL);
        ck_assert_msg(!memcmp(&back, &value, sizeof value), "%a is written as %s", value, text);
    }
}
END_TEST

static const struct {
    const char *text;
    uint16_t groups[8];
} addresses[] = {
    {"::", {0}},
    {"::1", {[7] = 1}},
    {"1::", {1}},
    {"2001:db8::1", {0x2001, 0xdb8, [7] = 1}},
    {"2001:db8:0:1:1:1:1:1", {0x2001, 0xdb8, 0, 1, 1, 1, 1, 1}}, /* one group is not shortened */
    {"2001:0:0:1::1", {0x2001, 0, 0, 1, 0, 0, 0, 1}},            /* the longest run */
    {"2001:db8::1:0:0:1", {0x2001, 0xdb8, 0, 0, 1, 0, 0, 1}},    /* the first of two equal ones */
    {"fe80::abcd:0:f", {0xfe80, 0, 0, 0, 0, 0xabcd, 0, 0xf}},
    {"0:1:2:3:4:5:6:7", {0, 1, 2, 3, 4, 5, 6, 7}},
    {"1:2:3:4:5:6::", {1, 2, 3, 4, 5, 6, 0, 0}},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", {0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff}},
    {"192.0.2.1", {[5] = 0xffff, 0xc000, 0x0201}},
    {"0.0.0.0", {[5] = 0xffff}},
    {"255.255.255.255", {[5] = 0xffff, 0xffff, 0xffff}},
    {"10.100.99.9", {[5] = 0xffff, 0x0a64, 0x6309}},
    {"::c000:201", {[6] = 0xc000, 0x0201}}, /* not mapped */
};

START_TEST(addresses_are_written_as_RFC_5952_says)
{
    uint8_t ip[16];
    char text[ARGOT_FORMAT_ROOM];
    for (int i = 0; i < 8; i++) {
        ip[2 * i] = (uint8_t)(addresses[_i].groups[i] >> 8);
        ip[2 * i + 1] = (uint8_t)addresses[_i].groups[i];
    }
    expect(text, argot_format_ip(ip, text), addresses[_i].text);
}
END_TEST

START_TEST(hardware_addresses_have_colons)
{
    char text[ARGOT_FORMAT_ROOM];
    expect(text, argot_format_mac(0x00005e0053af, text), "00:00:5e:00:53:af");
    expect(text, argot_format_mac(UINT64_MAX, text), "ff:ff:ff:ff:ff:ff");
}
END_TEST

static const struct {
    argot_time time;
    const char *text;
} times[] = {
    {0, "1970-01-01T00:00:00Z"},
    {-1, "1969-12-31T23:59:59.999999999Z"},
    {1772532001 * (argot_time)NS, "2026-03-03T10:00:01Z"},
    {1772532001 * (argot_time)NS + 500000000, "2026-03-03T10:00:01.5Z"},
    {1772532001 * (argot_time)NS + 1000, "2026-03-03T10:00:01.000001Z"},
    {951782400 * (argot_time)NS, "2000-02-29T00:00:00Z"},
    {951868799 * (argot_time)NS, "2000-02-29T23:59:59Z"},
    {INT64_MAX, "2262-04-11T23:47:16.854775807Z"},
    {INT64_MIN, "1677-09-21T00:12:43.145224192Z"},
};

START_TEST(times_have_no_more_digits_than_they_need)
{
    char text[ARGOT_FORMAT_ROOM];
    expect(text, argot_format_time(times[_i].time, text), times[_i].text);
}
END_TEST

START_TEST(a_clock_writes_what_is_written_without_it)
{
    struct argot_format_clock clock = {0};
    uint64_t state = 2;
    for (int i = 0; i < 200000; i++) {
        char with[ARGOT_FORMAT_ROOM], without[ARGOT_FORMAT_ROOM + 1], expected[64];
        argot_time time = (argot_time)test_random(&state) >> (i % 40);
        size_t length = argot_format_time(time, without);
        without[length] = 0;
        expect(with, argot_format_clock_time(&clock, time, with), without);
        time_t second = (time_t)(time / NS - (time % NS < 0));
        struct tm tm;
        strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S", gmtime_r(&second, &tm));
        ck_assert_msg(!strncmp(without, expected, strlen(expected)), "%s, not %s", without, expected);
    }
}
END_TEST

/* In one second, one day, and over both ends of the years that there are. */
START_TEST(a_clock_knows_seconds_and_days_again)
{
    static const argot_time steps[] = {0, 1, 250000000, NS, -NS, 59 * (argot_time)NS, 86399 * (argot_time)NS};
    static const argot_time begins[] = {
        0, -1, INT64_MIN, INT64_MAX, 1772532001 * (argot_time)NS, -86400 * (argot_time)NS};
    struct argot_format_clock clock = {0};
    uint64_t state = 3, time = 0;
    for (int i = 0; i < 100000; i++) {
        char with[ARGOT_FORMAT_ROOM], without[ARGOT_FORMAT_ROOM + 1];
        if (i % 20 == 0)
            time = (uint64_t)begins[test_random(&state) % COUNT(begins)];
        time += (uint64_t)steps[test_random(&state) % COUNT(steps)];
        without[argot_format_time((argot_time)time, without)] = 0;
        expect(with, argot_format_clock_time(&clock, (argot_time)time, with), without);
    }
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("format");
    TCase *tcase = tcase_create("format");
    tcase_add_test(tcase, integers_of_every_length_are_written_whole);
    tcase_add_test(tcase, integers_of_few_digits_are_written_as_printf_writes_them);
    tcase_add_test(tcase, floats_are_written_as_people_write_them);
    tcase_add_test(tcase, every_float_reads_back_as_itself);
    tcase_add_loop_test(tcase, addresses_are_written_as_RFC_5952_says, 0, COUNT(addresses));
    tcase_add_test(tcase, hardware_addresses_have_colons);
    tcase_add_loop_test(tcase, times_have_no_more_digits_than_they_need, 0, COUNT(times));
    tcase_add_test(tcase, a_clock_writes_what_is_written_without_it);
    tcase_add_test(tcase, a_clock_knows_seconds_and_days_again);
    suite_add_tcase(suite, tcase);
    return suite;
}

int
main(void)
{
    return test_run(make_suite());
}
