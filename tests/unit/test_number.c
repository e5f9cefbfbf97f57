/* SPDX-License-Identifier: Apache-2.0
 * Numbers as texts: the edges of each type, and random texts against the C library and against arithmetic in 128
 * bits. */
#include "argot/read.h"
#include "decode/number.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include "test_case.h"

#define S 1000000000ull
#define H (3600 * S)

static struct argot_slice
slice(const uint8_t *bytes, size_t length)
{
    return (struct argot_slice){bytes, (uint32_t)length};
}

/* ---- integers ---- */

static const struct {
    const char *text;
    bool good;
    uint64_t value;
} uints[] = {
    {"0", true, 0},
    {"00", true, 0},
    {"007", true, 7},
    {"18446744073709551615", true, UINT64_MAX},
    {"000000000000000000000000018446744073709551615", true, UINT64_MAX},
    {"18446744073709551616", false, 0},
    {"18446744073709551625", false, 0},
    {"99999999999999999999", false, 0},
    {"184467440737095516150", false, 0},
    {"0x0", true, 0},
    {"0xFf", true, 255},
    {"0Xab", true, 171},
    {"0xffffffffffffffff", true, UINT64_MAX},
    {"0x000000000000000000ffffffffffffffff", true, UINT64_MAX},
    {"0x10000000000000000", false, 0},
    {"0x", false, 0},
    {"0xg", false, 0},
    {"x1", false, 0},
    {"1x1", false, 0},
    {"", false, 0},
    {" 1", false, 0},
    {"1 ", false, 0},
    {"+1", false, 0},
    {"-1", false, 0},
    {"-0", false, 0},
    {"1.0", false, 0},
    {"1e3", false, 0},
    {"1,000", false, 0},
    {"\xd9\xa1", false, 0}, /* an Arabic digit */
    {"/", false, 0},
    {":", false, 0},
};

START_TEST(unsigned_integers_have_their_grammar)
{
    uint64_t value = 0;
    size_t length = strlen(uints[_i].text);
    uint8_t *text = test_exact(uints[_i].text, length);
    ck_assert_int_eq(argot_number_uint(slice(text, length), &value), uints[_i].good);
    if (uints[_i].good)
        ck_assert_uint_eq(value, uints[_i].value);
    free(text);
}
END_TEST

static const struct {
    const char *text;
    bool good;
    int64_t value;
} ints[] = {
    {"0", true, 0},
    {"-0", true, 0},
    {"+0", true, 0},
    {"-1", true, -1},
    {"+1", true, 1},
    {"9223372036854775807", true, INT64_MAX},
    {"9223372036854775808", false, 0},
    {"-9223372036854775808", true, INT64_MIN},
    {"-9223372036854775809", false, 0},
    {"-18446744073709551615", false, 0},
    {"-0x10", true, -16},
    {"+0x7fffffffffffffff", true, INT64_MAX},
    {"0x8000000000000000", false, 0},
    {"-0x8000000000000000", true, INT64_MIN},
    {"", false, 0},
    {"-", false, 0},
    {"+", false, 0},
    {"--1", false, 0},
    {"+-1", false, 0},
    {"- 1", false, 0},
    {"1-", false, 0},
};

START_TEST(signed_integers_have_their_grammar)
{
    int64_t value = 0;
    size_t length = strlen(ints[_i].text);
    uint8_t *text = test_exact(ints[_i].text, length);
    ck_assert_int_eq(argot_number_int(slice(text, length), &value), ints[_i].good);
    if (ints[_i].good)
        ck_assert_int_eq(value, ints[_i].value);
    free(text);
}
END_TEST

START_TEST(zero_bytes_are_no_digits)
{
    uint64_t value;
    int64_t number;
    double real;
    ck_assert(!argot_number_uint(slice((const uint8_t *)"1\0", 2), &value));
    ck_assert(!argot_number_int(slice((const uint8_t *)"\0"
                                                       "1",
                                      2),
                                &number));
    ck_assert(!argot_number_float(slice((const uint8_t *)"1\0"
                                                         "2",
                                        3),
                                  &real));
    ck_assert(!argot_number_bool(slice((const uint8_t *)"no\0", 3), &value));
    ck_assert(!argot_number_bool(slice((const uint8_t *)"true", 3), &value));
}
END_TEST

static void
compare_integers(const char *text, size_t length)
{
    uint8_t *copy = test_exact(text, length);
    uint64_t value = 0;
    int64_t number = 0;
    int base = length > 2 && text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10;
    char *end;
    errno = 0;
    uint64_t expected = strtoull(text, &end, base);
    bool good = length && isalnum((unsigned char)*text) && !*end && !errno;
    ck_assert_msg(argot_number_uint(slice(copy, length), &value) == good, "%s", text);
    ck_assert(!good || value == expected);
    const char *digits = text + (*text == '-' || *text == '+');
    base = strlen(digits) > 2 && digits[0] == '0' && (digits[1] | 0x20) == 'x' ? 16 : 10;
    errno = 0;
    int64_t signed_expected = strtoll(text, &end, base);
    good = isalnum((unsigned char)*digits) && !*end && !errno;
    ck_assert_msg(argot_number_int(slice(copy, length), &number) == good, "%s", text);
    ck_assert(!good || number == signed_expected);
    free(copy);
}

START_TEST(integers_agree_with_the_C_library)
{
    uint64_t state = 1;
    for (int round = 0; round < 100000; round++) {
        char text[32];
        size_t length = test_random(&state) % 24;
        for (size_t i = 0; i < length; i++)
            text[i] = "0123456789999-+x8"[test_random(&state) % (i ? 14u + (unsigned)round % 4 : 17)];
        text[length] = 0;
        compare_integers(text, length);
        snprintf(text, sizeof text, round % 2 ? "%" PRIu64 : "-0x%" PRIx64, test_random(&state));
        compare_integers(text, strlen(text));
    }
}
END_TEST

/* The number at the begin of a longer text, as extractors read it in passing. */
START_TEST(digits_read_in_passing_are_those_of_the_decoder)
{
    static const char digits[] = "0123456789";
    static const char *const ends[] = {"", " 7", "x1", "X", "a", ".5", "-"};
    uint64_t state = 12;
    unsigned read = 0;
    for (int round = 0; round < 100000; round++) {
        char text[48] = "";
        unsigned length = (unsigned)(test_random(&state) % 23);
        for (unsigned i = 0; i < length; i++)
            text[i] = digits[test_random(&state) % 10];
        strcat(text, ends[test_random(&state) % COUNT(ends)]);
        uint64_t most = test_random(&state) >> test_random(&state) % 64, number, expected;
        const uint8_t *p = (const uint8_t *)text, *e = p + strlen(text), *q = argot_read_uint(p, e, most, &number);
        if (!q)
            continue;
        ck_assert_msg(q == argot_lex_uint(p, e) && argot_number_digits(slice(p, (size_t)(q - p)), most, &expected) &&
                          number == expected,
                      "%s", text);
        read++;
    }
    ck_assert_uint_gt(read, 10000);
}
END_TEST

START_TEST(digits_keep_to_their_limit)
{
    static const struct {
        const char *text;
        uint64_t most;
        bool good;
    } rows[] = {{"65535", 65535, true}, {"65536", 65535, false}, {"0", 0, true},           {"1", 0, false},
                {"00001", 1, true},     {"0x1", 65535, false},   {"4294967297", 1, false}, {"", 10, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t value;
        const uint8_t *text = (const uint8_t *)rows[i].text;
        bool good = argot_number_digits(slice(text, strlen(rows[i].text)), rows[i].most, &value);
        ck_assert_msg(good == rows[i].good, "%s", rows[i].text);
    }
}
END_TEST

/* ---- floats ---- */

static const struct {
    const char *text;
    bool good;
    double value;
} floats[] = {
    {"0", true, 0},
    {"-0", true, -0.0},
    {"1.5", true, 1.5},
    {".5", true, 0.5},
    {"-.5", true, -0.5},
    {"1e3", true, 1000},
    {"1E+3", true, 1000},
    {"1e-3", true, 0.001},
    {"1.7976931348623157e308", true, 1.7976931348623157e308},
    {"1.7976931348623159e308", false, 0},
    {"1e309", false, 0},
    {"-1e309", false, 0},
    {"1e99999999999999999999", false, 0},
    {"1e100000", false, 0},
    {"1e-100000", true, 0},
    {"0e999999", true, 0},
    {"0e99999999999999999999", true, 0},
    {"1e-99999999999999999999", true, 0},
    {"5e-324", true, 5e-324},
    {"2.4703282292062327e-324", true, 0},
    {"2.4703282292062329e-324", true, 5e-324},
    {"0.1", true, 0.1},
    {"9007199254740993", true, 9007199254740992.0},
    {"9007199254740993.0000000000000001", true, 9007199254740994.0},
    {"", false, 0},
    {"-", false, 0},
    {".", false, 0},
    {"-.", false, 0},
    {"1.", false, 0},
    {"1.e5", false, 0},
    {"+1", false, 0},
    {"1e", false, 0},
    {"1e+", false, 0},
    {"e5", false, 0},
    {"1.2.3", false, 0},
    {"1,5", false, 0},
    {"0x1p3", false, 0},
    {"inf", false, 0},
    {"nan", false, 0},
    {"1 ", false, 0},
};

START_TEST(floats_have_their_grammar)
{
    double value = 7;
    size_t length = strlen(floats[_i].text);
    uint8_t *text = test_exact(floats[_i].text, length);
    ck_assert_int_eq(argot_number_float(slice(text, length), &value), floats[_i].good);
    if (floats[_i].good)
        ck_assert_mem_eq(&value, &floats[_i].value, sizeof value);
    free(text);
}
END_TEST

START_TEST(floats_agree_with_the_C_library)
{
    uint64_t state = 2;
    for (int round = 0; round < 200000; round++) {
        char text[64];
        uint64_t bits = test_random(&state), more = test_random(&state);
        double random;
        memcpy(&random, &bits, sizeof random);
        if (round % 3 == 0 && isfinite(random))
            snprintf(text, sizeof text, "%.*g", (int)(more % 20), random);
        else
            snprintf(text, sizeof text, "%s%" PRIu64 ".%0*" PRIu64 "e%d", more & 1 ? "-" : "", bits >> more % 64,
                     (int)(more >> 8 & 7), more >> 40, (int)(more >> 3) % 30);
        size_t length = strlen(text);
        uint8_t *copy = test_exact(text, length);
        double value = 0, expected = strtod(text, NULL);
        ck_assert_msg(argot_number_float(slice(copy, length), &value) == isfinite(expected), "%s", text);
        ck_assert_msg(!isfinite(expected) || !memcmp(&value, &expected, sizeof value), "%s", text);
        free(copy);
    }
}
END_TEST

START_TEST(floats_have_a_longest_text)
{
    size_t most = ARGOT_NUMBER_MAX_FLOAT_BYTES;
    double value;
    uint8_t *text = malloc(most + 1);
    memset(text, '0', most + 1);
    text[1] = '.';
    text[most - 1] = '1';
    uint8_t *copy = test_exact(text, most);
    ck_assert(argot_number_float(slice(copy, most), &value));
    ck_assert_double_eq(value, 0);
    ck_assert(!argot_number_float(slice(text, most + 1), &value));
    free(copy);
    free(text);
}
END_TEST

/* ---- scaled decimals ---- */

static const struct {
    const char *text;
    uint64_t unit;
    bool cut, good, negative;
    uint64_t value;
} scaled[] = {
    {"0", 1, false, true, false, 0},
    {"1.5", S, false, true, false, 1500000000},
    {"-1.5", S, false, true, true, 1500000000},
    {"0.0000000004", S, false, true, false, 0},
    {"0.0000000005", S, false, true, false, 1}, /* half away from zero */
    {"-0.0000000005", S, false, true, true, 1},
    {"0.0000000004999999999999999999999999", S, false, true, false, 0},
    {"0.9999999999", S, false, true, false, 1000000000},
    {"0.9999999999", S, true, true, false, 999999999}, /* cut */
    {"1,5", S, true, true, false, 1500000000},         /* the other mark */
    {"1.5e-05", S, false, true, false, 15000},
    {"1.5E+2", 1, false, true, false, 150},
    {"150e-2", 1000, false, true, false, 1500},
    {"15e-1", 1, false, true, false, 2},
    {"15e-1", 1, true, true, false, 1},
    {"5e-2", 1, false, true, false, 0},
    {"5e-1", 1, false, true, false, 1},
    {"0e999999", H, false, true, false, 0},
    {"0.000e999999", H, false, true, false, 0},
    {"1e-999999", H, false, true, false, 0},
    {"0.00000000000000000001e20", H, false, true, false, H},
    {"18446744073709551615", 1, false, true, false, UINT64_MAX},
    {"18446744073709551615.4", 1, false, true, false, UINT64_MAX},
    {"18446744073709551615.5", 1, false, false, false, 0},
    {"18446744073709551615.5", 1, true, true, false, UINT64_MAX},
    {"18446744073709551616", 1, false, false, false, 0},
    {"1e19", 1, false, true, false, 10000000000000000000u},
    {"1e20", 1, false, false, false, 0},
    {"1e99999999999", 1, false, false, false, 0},
    {"5124095", H, false, true, false, 5124095 * H},
    {"5124096", H, false, false, false, 0},
    {"5124095.57602006", H, false, true, false, 18446744073672216000u},
    {"000000000000000000000000000001", 1, false, true, false, 1},
    {"", 1, false, false, false, 0},
    {"-", 1, false, false, false, 0},
    {"+1", 1, false, false, false, 0},
    {".5", 1, false, false, false, 0}, /* unlike a float */
    {"1.", 1, false, false, false, 0},
    {"1e", 1, false, false, false, 0},
    {"1e5x", 1, false, false, false, 0},
    {"1.5.5", 1, false, false, false, 0},
    {"1 ", 1, false, false, false, 0},
    {"0x10", 1, false, false, false, 0},
};

START_TEST(scaled_decimals_are_exact)
{
    bool negative = false;
    uint64_t value = 0;
    size_t length = strlen(scaled[_i].text);
    uint8_t *text = test_exact(scaled[_i].text, length);
    bool good = argot_number_scaled(slice(text, length), scaled[_i].unit, ',', scaled[_i].cut, &negative, &value);
    ck_assert_int_eq(good, scaled[_i].good);
    if (good) {
        ck_assert_uint_eq(value, scaled[_i].value);
        ck_assert_int_eq(negative, scaled[_i].negative);
    }
    free(text);
}
END_TEST

/* whole.fraction times unit, in 128 bits: digits of the fraction so few that nothing overflows. */
START_TEST(scaled_decimals_agree_with_wide_arithmetic)
{
    static const uint64_t units[] = {1, 1000, 1000000, S, 60 * S, H, 1024, 1u << 30};
    __extension__ typedef unsigned __int128 wide;
    uint64_t state = 4;
    for (int round = 0; round < 100000; round++) {
        uint64_t unit = units[test_random(&state) % COUNT(units)];
        uint64_t whole = test_random(&state) >> test_random(&state) % 64;
        unsigned digits = 1 + (unsigned)(test_random(&state) % 18);
        uint64_t power = 1;
        for (unsigned i = 0; i < digits; i++)
            power *= 10;
        uint64_t fraction = test_random(&state) % power;
        if (round % 4 == 0)
            fraction = power / 2; /* a half, again and again */
        char text[64];
        snprintf(text, sizeof text, "%" PRIu64 ".%0*" PRIu64, whole, (int)digits, fraction);
        wide product = (wide)fraction * unit;
        bool cut = round % 2;
        wide expected = (wide)whole * unit + product / power;
        if (!cut && product % power * 2 >= power)
            expected++;
        bool negative;
        uint64_t value;
        bool good = argot_number_scaled(slice((const uint8_t *)text, strlen(text)), unit, '.', cut, &negative, &value);
        ck_assert_msg(good == (expected <= UINT64_MAX), "%s * %" PRIu64, text, unit);
        ck_assert_msg(!good || value == (uint64_t)expected, "%s * %" PRIu64, text, unit);
    }
}
END_TEST

/* The same number however its point is shifted. */
START_TEST(exponents_shift_the_point)
{
    for (int shift = -30; shift <= 30; shift++) {
        char text[80] = "";
        if (shift >= 0)
            snprintf(text, sizeof text, "1234567.89%0*de-%d", shift, 0, 0);
        if (shift > 0)
            snprintf(text, sizeof text, "0.%0*d123456789e%d", shift, 0, shift + 7);
        if (shift < 0)
            snprintf(text, sizeof text, "123456789%0*de%d", -shift, 0, shift - 2);
        bool negative;
        uint64_t value;
        ck_assert_msg(
            argot_number_scaled(slice((const uint8_t *)text, strlen(text)), 100, '.', false, &negative, &value), "%s",
            text);
        ck_assert_msg(value == 123456789, "%s: %" PRIu64, text, value);
    }
}
END_TEST

/* ---- truth and hardware addresses ---- */

START_TEST(truth_values_are_six_words)
{
    static const struct {
        const char *text;
        int value; /* -1: none */
    } rows[] = {{"true", 1},  {"TRUE", 1},   {"TrUe", 1}, {"yes", 1},    {"Yes", 1}, {"1", 1},
                {"false", 0}, {"no", 0},     {"NO", 0},   {"0", 0},      {"", -1},   {"t", -1},
                {"tru", -1},  {"truee", -1}, {"y", -1},   {"n", -1},     {"on", -1}, {"off", -1},
                {"2", -1},    {"01", -1},    {"10", -1},  {"true ", -1}, {"nO", 0},  {"\x14rue", -1}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t value = 7;
        size_t length = strlen(rows[i].text);
        uint8_t *text = test_exact(rows[i].text, length);
        bool good = argot_number_bool(slice(text, length), &value);
        ck_assert_msg(good == (rows[i].value >= 0), "%s", rows[i].text);
        ck_assert(!good || (int)value == rows[i].value);
        free(text);
    }
}
END_TEST

START_TEST(hardware_addresses_have_three_forms)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {{"00:00:5e:00:53:af", true},  {"00-00-5E-00-53-AF", true},
                {"0000.5e00.53af", true},     {"00:00:5e:00:53-af", false},
                {"00:00:5e:00:53:a", false},  {"00:00:5e:00:53:af:", false},
                {"00.00.5e.00.53.af", false}, {"0000:5e00:53af", false},
                {"00005e0053af", false},      {"", false},
                {"00:00:5e:00:53:ag", false}, {"000:0:5e:00:53:af", false},
                {"00005e.0053.af", false},    {":0:00:5e:00:53:af", false},
                {"00 00 5e 00 53 af", false}, {"0000.5e00.53a.", false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t value = 0;
        size_t length = strlen(rows[i].text);
        uint8_t *text = test_exact(rows[i].text, length);
        ck_assert_msg(argot_number_mac(slice(text, length), &value) == rows[i].good, "%s", rows[i].text);
        ck_assert(!rows[i].good || value == 0x00005e0053af);
        free(text);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("number");
    TCase *tcase = tcase_create("number");
    tcase_add_loop_test(tcase, unsigned_integers_have_their_grammar, 0, COUNT(uints));
    tcase_add_loop_test(tcase, signed_integers_have_their_grammar, 0, COUNT(ints));
    tcase_add_test(tcase, zero_bytes_are_no_digits);
    tcase_add_test(tcase, integers_agree_with_the_C_library);
    tcase_add_test(tcase, digits_read_in_passing_are_those_of_the_decoder);
    tcase_add_test(tcase, digits_keep_to_their_limit);
    tcase_add_loop_test(tcase, floats_have_their_grammar, 0, COUNT(floats));
    tcase_add_test(tcase, floats_agree_with_the_C_library);
    tcase_add_test(tcase, floats_have_a_longest_text);
    tcase_add_loop_test(tcase, scaled_decimals_are_exact, 0, COUNT(scaled));
    tcase_add_test(tcase, scaled_decimals_agree_with_wide_arithmetic);
    tcase_add_test(tcase, exponents_shift_the_point);
    tcase_add_test(tcase, truth_values_are_six_words);
    tcase_add_test(tcase, hardware_addresses_have_three_forms);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
