/* SPDX-License-Identifier: Apache-2.0
 * A text for each type of the schema; durations and byte counts in each unit. */
#include "decode_fixture.h"
#include <math.h>

static int
field(const char *name)
{
    int index = argot_schema_find(name);
    ck_assert_msg(index >= 0, "the schema has no %s", name);
    return index;
}

/* ---- types ---- */

static const struct {
    enum argot_type type;
    const char *text;
    int64_t value;
} numbers[] = {
    {ARGOT_TYPE_INT, "-5", -5},
    {ARGOT_TYPE_INT, "0x10", 16},
    {ARGOT_TYPE_UINT, "18446744073709551615", -1},
    {ARGOT_TYPE_PORT, "0", 0},
    {ARGOT_TYPE_PORT, "65535", 65535},
    {ARGOT_TYPE_BOOL, "Yes", 1},
    {ARGOT_TYPE_BOOL, "FALSE", 0},
    {ARGOT_TYPE_MAC, "00:00:5e:00:53:af", 0x00005e0053af},
    {ARGOT_TYPE_TIMESTAMP, "2026-03-03T10:00:01Z", 1772532001000000000},
    {ARGOT_TYPE_TIMESTAMP, "2026-03-03 10:00:01", 1772532001000000000},
    {ARGOT_TYPE_DURATION, "15", 15},
    {ARGOT_TYPE_DURATION, "-15", -15},
    {ARGOT_TYPE_DURATION, "1.5", 2},
    {ARGOT_TYPE_BYTES, "1234", 1234},
    {ARGOT_TYPE_BYTES, "0x10", 16},
};

START_TEST(texts_become_numbers)
{
    size_t length = strlen(numbers[_i].text);
    uint8_t *copy = test_exact(numbers[_i].text, length);
    struct argot_slice text = {copy, (uint32_t)length};
    struct argot_slot slot;
    memset(&slot, 0xa5, sizeof slot);
    ck_assert_int_eq(argot_decode_type(&context, numbers[_i].type, -1, text, &slot), ARGOT_DECODED);
    ck_assert_int_eq(slot.i64, numbers[_i].value);
    ck_assert_uint_eq(seam.allocations, 0);
    free(copy);
}
END_TEST

static const struct {
    enum argot_type type;
    const char *text;
} bad[] = {
    {ARGOT_TYPE_INT, "9223372036854775808"},
    {ARGOT_TYPE_INT, "1.0"},
    {ARGOT_TYPE_UINT, "-1"},
    {ARGOT_TYPE_UINT, "18446744073709551616"},
    {ARGOT_TYPE_FLOAT, "1e999"},
    {ARGOT_TYPE_FLOAT, "one"},
    {ARGOT_TYPE_PORT, "65536"},
    {ARGOT_TYPE_PORT, "0x50"},
    {ARGOT_TYPE_PORT, "http"},
    {ARGOT_TYPE_BOOL, "maybe"},
    {ARGOT_TYPE_MAC, "00:00:5e:00:53"},
    {ARGOT_TYPE_IP, "host.example.com"},
    {ARGOT_TYPE_IP, "192.0.2.256"},
    {ARGOT_TYPE_IP_LIST, "192.0.2.1,192.0.2.2"},
    {ARGOT_TYPE_TIMESTAMP, "1772532001"},
    {ARGOT_TYPE_DURATION, "1s"},
    {ARGOT_TYPE_DURATION, "9223372036854775808"},
    {ARGOT_TYPE_BYTES, "-1"},
    {ARGOT_TYPE_BYTES, "1.5"},
    {ARGOT_TYPE_BYTES, "1K"},
    {ARGOT_TYPE_HOST, "a b"},
    {ARGOT_TYPE_HOST, "a\tb"},
    {ARGOT_TYPE_HOST, "\"a\""},
    {ARGOT_TYPE_HOST, "a,b"},
    {ARGOT_TYPE_HOST, "a;b"},
    {ARGOT_TYPE_HOST, "[::1]"},
    {ARGOT_TYPE_HOST, "(a)"},
    {ARGOT_TYPE_HOST, "<a>"},
    {ARGOT_TYPE_HOST, "{a}"},
    {ARGOT_TYPE_HOST, "a'b"},
    {ARGOT_TYPE_ENUM, "success"}, /* an enum without its field */
    {ARGOT_TYPE_NONE, "x"},
    {ARGOT_TYPE_COUNT, "x"},
};

START_TEST(what_does_not_fit_is_refused)
{
    size_t length = strlen(bad[_i].text);
    uint8_t *copy = test_exact(bad[_i].text, length);
    struct argot_slice text = {copy, (uint32_t)length};
    struct argot_slot slot;
    ck_assert_int_eq(argot_decode_type(&context, bad[_i].type, -1, text, &slot), ARGOT_DECODE_BAD);
    free(copy);
}
END_TEST

START_TEST(the_empty_text_is_a_text_and_no_other_value)
{
    for (enum argot_type type = ARGOT_TYPE_NONE; type <= ARGOT_TYPE_COUNT; type++) {
        uint8_t *copy = test_exact("", 0);
        struct argot_slice text = {copy, 0};
        struct argot_slot slot;
        bool is_text = type == ARGOT_TYPE_STRING || type == ARGOT_TYPE_HOST || type == ARGOT_TYPE_KEYWORD ||
                       type == ARGOT_TYPE_STRING_LIST;
        ck_assert_msg(argot_decode_type(&context, type, -1, text, &slot) ==
                          (is_text ? ARGOT_DECODED : ARGOT_DECODE_BAD),
                      "%s", argot_schema_type_name(type));
        free(copy);
    }
}
END_TEST

START_TEST(texts_stay_where_they_are)
{
    static const enum argot_type types[] = {ARGOT_TYPE_STRING, ARGOT_TYPE_HOST, ARGOT_TYPE_KEYWORD,
                                            ARGOT_TYPE_STRING_LIST};
    static const char *const texts[] = {"Web-01.example.com", "\xff\x80", "UPPER", "a\\b"};
    for (size_t i = 0; i < COUNT(types); i++)
        for (size_t j = 0; j < COUNT(texts); j++) {
            struct argot_slice text = {(const uint8_t *)texts[j], (uint32_t)strlen(texts[j])};
            struct argot_slot slot;
            memset(&slot, 0xa5, sizeof slot);
            ck_assert_int_eq(argot_decode_type(&context, types[i], -1, text, &slot), ARGOT_DECODED);
            ck_assert_ptr_eq(slot.text.at, text.at);
            ck_assert_uint_eq(slot.text.length, text.length);
            ck_assert_uint_eq(slot.text.flags, 0);
        }
}
END_TEST

START_TEST(fields_of_lower_case_are_lowered)
{
    struct argot_slice text = {(const uint8_t *)"WARNing \xc3\x89", 10};
    struct argot_slot slot;
    int lower = field("log_level");
    ck_assert(argot_schema.fields[lower].lower);
    ck_assert_int_eq(argot_decode_type(&context, ARGOT_TYPE_KEYWORD, lower, text, &slot), ARGOT_DECODED);
    ck_assert_uint_eq(slot.text.length, 10);
    ck_assert_mem_eq(slot.text.at, "warning \xc3\x89\n", 11);
    int kept = field("process_name");
    ck_assert(!argot_schema.fields[kept].lower);
    ck_assert_int_eq(argot_decode_type(&context, ARGOT_TYPE_KEYWORD, kept, text, &slot), ARGOT_DECODED);
    ck_assert_ptr_eq(slot.text.at, text.at);
    argot_arena_reset(&arena);
    argot_arena_finish(&arena);
    seam.fail_allocation = seam.allocations + 1;
    ck_assert_int_eq(argot_decode_type(&context, ARGOT_TYPE_KEYWORD, lower, text, &slot), ARGOT_DECODE_NO_MEMORY);
}
END_TEST

START_TEST(enums_are_exact_names)
{
    int outcome = field("event_outcome");
    const struct argot_schema_field *row = &argot_schema.fields[outcome];
    struct argot_slot slot;
    for (uint16_t i = 0; i < row->nvalues; i++) {
        struct argot_slice text = {(const uint8_t *)row->values[i], (uint32_t)strlen(row->values[i])};
        ck_assert_int_eq(argot_decode_type(&context, ARGOT_TYPE_ENUM, outcome, text, &slot), ARGOT_DECODED);
        ck_assert_uint_eq(slot.u64, i);
        text.length--;
        ck_assert_int_eq(argot_decode_type(&context, ARGOT_TYPE_ENUM, outcome, text, &slot), ARGOT_DECODE_BAD);
    }
    static const char *const wrong[] = {"Success", "succes", "success ", "", "0"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct argot_slice text = {(const uint8_t *)wrong[i], (uint32_t)strlen(wrong[i])};
        ck_assert_int_eq(argot_decode_type(&context, ARGOT_TYPE_ENUM, outcome, text, &slot), ARGOT_DECODE_BAD);
    }
}
END_TEST

START_TEST(addresses_and_floats_fill_their_slots)
{
    static const uint8_t mapped[16] = {[10] = 0xff, 0xff, 192, 0, 2, 1};
    struct argot_slice text = {(const uint8_t *)"192.0.2.1", 9};
    struct argot_slot slot;
    ck_assert_int_eq(argot_decode_type(&context, ARGOT_TYPE_IP, -1, text, &slot), ARGOT_DECODED);
    ck_assert_mem_eq(slot.ip, mapped, 16);
    memset(&slot, 0, sizeof slot);
    ck_assert_int_eq(argot_decode_type(&context, ARGOT_TYPE_IP_LIST, -1, text, &slot), ARGOT_DECODED);
    ck_assert_mem_eq(slot.ip, mapped, 16);
    text = (struct argot_slice){(const uint8_t *)"-0.25e1", 7};
    ck_assert_int_eq(argot_decode_type(&context, ARGOT_TYPE_FLOAT, -1, text, &slot), ARGOT_DECODED);
    ck_assert_double_eq(slot.f64, -2.5);
}
END_TEST

/* ---- durations ---- */

#define US 1000ll
#define MS 1000000ll
#define S 1000000000ll
#define MIN (60 * S)
#define H (3600 * S)
#define BAD INT64_MIN

static const struct {
    enum argot_how how;
    const char *text;
    int64_t ns;
} durations[] = {
    {ARGOT_HOW_TYPE, "7", 7},
    {ARGOT_HOW_NS, "7", 7},
    {ARGOT_HOW_NS, "7.5", 8},
    {ARGOT_HOW_NS, "-7.5", -8},
    {ARGOT_HOW_US, "7", 7 * US},
    {ARGOT_HOW_MS, "0.023", 23 * US},
    {ARGOT_HOW_S, "1.234567891", 1234567891},
    {ARGOT_HOW_S, "-0.5", -500 * MS},
    {ARGOT_HOW_S, "-0", 0},
    {ARGOT_HOW_S, "1.5e-05", 15 * US},
    {ARGOT_HOW_S, "9223372036.854775807", INT64_MAX},
    {ARGOT_HOW_S, "-9223372036.854775807", -INT64_MAX},
    {ARGOT_HOW_S, "9223372036.854775808", BAD},
    {ARGOT_HOW_MIN, "1.5", 90 * S},
    {ARGOT_HOW_H, "0.25", 15 * MIN},
    {ARGOT_HOW_H, "2562047", 2562047 * H},
    {ARGOT_HOW_H, "2562048", BAD},
    {ARGOT_HOW_S, "", BAD},
    {ARGOT_HOW_S, "1 ", BAD},
    {ARGOT_HOW_S, "1,5", BAD},
    {ARGOT_HOW_S, "+1", BAD},
    {ARGOT_HOW_S, ".5", BAD},
    {ARGOT_HOW_S, "1s", BAD},
    {ARGOT_HOW_CLF, "1", BAD}, /* a way to write something else */
    {ARGOT_HOW_KB, "1", BAD},

    {ARGOT_HOW_CLOCK, "1:02:03", H + 2 * MIN + 3 * S},
    {ARGOT_HOW_CLOCK, "01:02:03.25", H + 2 * MIN + 3 * S + 250 * MS},
    {ARGOT_HOW_CLOCK, "02:03.5", 2 * MIN + 3 * S + 500 * MS},
    {ARGOT_HOW_CLOCK, "0:00", 0},
    {ARGOT_HOW_CLOCK, "100:59:59", 100 * H + 59 * MIN + 59 * S},
    {ARGOT_HOW_CLOCK, "90:00", 90 * MIN}, /* the first part may be anything */
    {ARGOT_HOW_CLOCK, "0h:01m:52s", MIN + 52 * S},
    {ARGOT_HOW_CLOCK, "1h2m3s", H + 2 * MIN + 3 * S},
    {ARGOT_HOW_CLOCK, "52s", 52 * S},
    {ARGOT_HOW_CLOCK, "1h3s", H + 3 * S},
    {ARGOT_HOW_CLOCK, "1.5h", 90 * MIN},
    {ARGOT_HOW_CLOCK, "1m0.5s", MIN + 500 * MS},
    {ARGOT_HOW_CLOCK, "", BAD},
    {ARGOT_HOW_CLOCK, "52", BAD}, /* of what? */
    {ARGOT_HOW_CLOCK, ":", BAD},
    {ARGOT_HOW_CLOCK, "1:", BAD},
    {ARGOT_HOW_CLOCK, ":1", BAD},
    {ARGOT_HOW_CLOCK, "1:2:3:4", BAD},
    {ARGOT_HOW_CLOCK, "1:60", BAD},
    {ARGOT_HOW_CLOCK, "1:60:00", BAD},
    {ARGOT_HOW_CLOCK, "1:59.9", MIN + 59 * S + 900 * MS},
    {ARGOT_HOW_CLOCK, "1.5:30", BAD}, /* a fraction but at the end */
    {ARGOT_HOW_CLOCK, "1m1h", BAD},
    {ARGOT_HOW_CLOCK, "1s1s", BAD},
    {ARGOT_HOW_CLOCK, "1h:30", BAD}, /* letters for all or for none */
    {ARGOT_HOW_CLOCK, "1:30s", BAD},
    {ARGOT_HOW_CLOCK, "1h 30m", BAD},
    {ARGOT_HOW_CLOCK, "-1:00", BAD},
    {ARGOT_HOW_CLOCK, "1:-1", BAD},
    {ARGOT_HOW_CLOCK, "1.:30", BAD},
    {ARGOT_HOW_CLOCK, "1d", BAD},
    {ARGOT_HOW_CLOCK, "2562047:47:16.854775807", INT64_MAX},
    {ARGOT_HOW_CLOCK, "2562047:47:16.854775808", BAD},
    {ARGOT_HOW_CLOCK, "2562048:00:00", BAD},
    {ARGOT_HOW_CLOCK, "99999999999999999999:00", BAD},
};

START_TEST(durations_are_read_in_their_unit)
{
    size_t length = strlen(durations[_i].text);
    uint8_t *copy = test_exact(durations[_i].text, length);
    int64_t ns = 12345;
    enum argot_decode_status status =
        argot_decode_duration(durations[_i].how, (struct argot_slice){copy, (uint32_t)length}, &ns);
    ck_assert_msg(status == (durations[_i].ns == BAD ? ARGOT_DECODE_BAD : ARGOT_DECODED), "`%s`", durations[_i].text);
    if (durations[_i].ns != BAD)
        ck_assert_int_eq(ns, durations[_i].ns);
    free(copy);
}
END_TEST

/* ---- byte counts ---- */

#define NO_BYTES UINT64_MAX

static const struct {
    enum argot_how how;
    const char *text;
    uint64_t bytes;
} counts[] = {
    {ARGOT_HOW_TYPE, "0", 0},
    {ARGOT_HOW_TYPE, "0x1f", 31},
    {ARGOT_HOW_TYPE, "1.0", NO_BYTES},
    {ARGOT_HOW_B, "17", 17},
    {ARGOT_HOW_B, "17.5", 18},
    {ARGOT_HOW_KB, "1.5", 1500},
    {ARGOT_HOW_KIB, "1.5", 1536},
    {ARGOT_HOW_MB, "0.000001", 1},
    {ARGOT_HOW_MIB, "1", 1048576},
    {ARGOT_HOW_GB, "18446744073.709551614", UINT64_MAX - 1},
    {ARGOT_HOW_GB, "18446744073.709551616", NO_BYTES},
    {ARGOT_HOW_GIB, "2", 2147483648},
    {ARGOT_HOW_GIB, "17179869184", NO_BYTES},
    {ARGOT_HOW_KB, "-1", NO_BYTES},
    {ARGOT_HOW_KB, "-0", 0},
    {ARGOT_HOW_KB, "", NO_BYTES},
    {ARGOT_HOW_KB, "1 KB", NO_BYTES},
    {ARGOT_HOW_S, "1", NO_BYTES}, /* a way to write something else */
};

START_TEST(byte_counts_are_read_in_their_unit)
{
    size_t length = strlen(counts[_i].text);
    uint8_t *copy = test_exact(counts[_i].text, length);
    uint64_t bytes = 12345;
    enum argot_decode_status status =
        argot_decode_bytes(counts[_i].how, (struct argot_slice){copy, (uint32_t)length}, &bytes);
    ck_assert_msg(status == (counts[_i].bytes == NO_BYTES ? ARGOT_DECODE_BAD : ARGOT_DECODED), "`%s`", counts[_i].text);
    if (counts[_i].bytes != NO_BYTES)
        ck_assert_uint_eq(bytes, counts[_i].bytes);
    free(copy);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("decode");
    TCase *tcase = tcase_create("decode");
    tcase_add_checked_fixture(tcase, decode_set_up, decode_tear_down);
    tcase_add_loop_test(tcase, texts_become_numbers, 0, COUNT(numbers));
    tcase_add_loop_test(tcase, what_does_not_fit_is_refused, 0, COUNT(bad));
    tcase_add_test(tcase, the_empty_text_is_a_text_and_no_other_value);
    tcase_add_test(tcase, texts_stay_where_they_are);
    tcase_add_test(tcase, fields_of_lower_case_are_lowered);
    tcase_add_test(tcase, enums_are_exact_names);
    tcase_add_test(tcase, addresses_and_floats_fill_their_slots);
    tcase_add_loop_test(tcase, durations_are_read_in_their_unit, 0, COUNT(durations));
    tcase_add_loop_test(tcase, byte_counts_are_read_in_their_unit, 0, COUNT(counts));
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
