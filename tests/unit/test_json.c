/* SPDX-License-Identifier: Apache-2.0
 * Events, dead letters and single values as JSON: exact texts, hostile texts, memory that runs out. */
#include "output_cases.h"
#include <stdio.h>
#include "output/json.h"
#include "strict_json.h"
#include "test_seam.h"
#include "test_case.h"

static struct argot_buffer out;
static struct argot_json *json;
static struct case_event it;

static void
start(unsigned with)
{
    argot_json_free(json);
    json = argot_json_new(argot_seam_system(), with);
    ck_assert_ptr_nonnull(json);
    out.length = 0;
}

static void
set_up(void)
{
    argot_buffer_init(&out, argot_seam_system());
    json = NULL;
    case_init(&it);
    start(0);
}

static void
tear_down(void)
{
    argot_json_free(json);
    argot_buffer_finish(&out);
}

static void
expect(const char *text)
{
    ck_assert_msg(out.length == strlen(text) && !memcmp(out.bytes, text, out.length), "\n%.*s, not\n%s",
                  (int)out.length, out.bytes ? (char *)out.bytes : "", text);
}

static void
expect_event(const char *text)
{
    out.length = 0;
    argot_json_event(json, &it.event, "a.log", &out);
    expect(text);
    size_t at = 0;
    ck_assert_ptr_null(strict_json_check(out.bytes, out.length - 1, &at));
}

static size_t
string_of(const void *text, size_t length)
{
    out.length = 0;
    return argot_json_string(text, length, &out);
}

/* ---- strings ---- */

static const struct {
    const char *text, *json;
    unsigned replaced;
} strings[] = {
    {"", "", 0},
    {"plain", "plain", 0},
    {"a \"b\" c\\d", "a \\\"b\\\" c\\\\d", 0},
    {"\b\t\n\f\r", "\\b\\t\\n\\f\\r", 0},
    {"\x01\x1b[31m\x1f", "\\u0001\\u001b[31m\\u001f", 0},
    {"a\x7f", "a\\u007f", 0},
    {"\xc2\x80 \xc2\x9b"
     "1m \xc2\x9f \xc2\xa0",
     "\\u0080 \\u009b1m \\u009f \xc2\xa0", 0},
    {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 0},
    {"\xef\xbf\xbd\xef\xbb\xbf", "\xef\xbf\xbd\xef\xbb\xbf", 0},
    {"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", 0},
    {"\xe2\x80\xae"
     "txt.exe \xe2\x80\xa8 \xe2\x81\xa6 \xd8\x9c \xe2\x80\x8e",
     "\\u202etxt.exe \\u2028 \\u2066 \\u061c \\u200e", 0},
    {"\xe2\x80\x8d \xe2\x81\xaa \xd8\x9b", "\xe2\x80\x8d \xe2\x81\xaa \xd8\x9b", 0},
    {"\xff", "\xef\xbf\xbd", 1},
    {"a\x80z", "a\xef\xbf\xbdz", 1},
    {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd", 2}, /* overlong */
    {"\xc1\xbf", "\xef\xbf\xbd\xef\xbf\xbd", 2},
    {"\xe0\x9f\xbf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 3},
    {"\xf0\x8f\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 4},
    {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 3},                 /* a surrogate */
    {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 4}, /* above U+10FFFF */
    {"\xf5\x80\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 4},
    {"\xc3", "\xef\xbf\xbd", 1}, /* cut off */
    {"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd", 2},
    {"\xf0\x9f\x98", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 3},
    {"\xe2\x82"
     "a",
     "\xef\xbf\xbd\xef\xbf\xbd"
     "a",
     2},
    {"\xc3\"", "\xef\xbf\xbd\\\"", 1}, /* a lead byte takes no quote with it */
    {"\xf0\x9f\x1b[0m", "\xef\xbf\xbd\xef\xbf\xbd\\u001b[0m", 2},
    {"\xc2\xc2\x9b", "\xef\xbf\xbd\\u009b", 1},
};

/* At every place relative to the blocks in which text is copied. */
START_TEST(strings_are_escaped_wherever_they_stand)
{
    size_t length = strlen(strings[_i].text), expected_length = strlen(strings[_i].json);
    for (size_t before = 0; before <= 40; before++)
        for (size_t after = 0; after <= 40; after += after > 20 ? 2 : 1) {
            char text[256], expected[512];
            memset(text, 'x', sizeof text);
            memset(expected, 'x', sizeof expected);
            expected[0] = expected[before + expected_length + after + 1] = '"';
            memcpy(text + before, strings[_i].text, length);
            memcpy(expected + 1 + before, strings[_i].json, expected_length);
            expected[before + expected_length + after + 2] = 0;
            /* An exact copy, so that a read behind it is seen. */
            char *copy = malloc(before + length + after + !(before + length + after));
            memcpy(copy, text, before + length + after);
            ck_assert_uint_eq(string_of(copy, before + length + after), strings[_i].replaced);
            free(copy);
            expect(expected);
            ck_assert(strict_json_is_clean(out.bytes, out.length));
        }
}
END_TEST

START_TEST(a_NUL_is_escaped_as_any_control_byte)
{
    string_of("a\0b", 3);
    expect("\"a\\u0000b\"");
}
END_TEST

START_TEST(every_pair_of_bytes_becomes_clean_text)
{
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        uint8_t text[24];
        memset(text, 'x', sizeof text);
        text[7] = (uint8_t)(pair >> 8);
        text[8] = (uint8_t)pair;
        string_of(text, sizeof text);
        size_t at = 0;
        const char *wrong = strict_json_check(out.bytes, out.length, &at);
        ck_assert_msg(!wrong, "%04x: %s", pair, wrong);
        ck_assert_msg(strict_json_is_clean(out.bytes, out.length), "%04x", pair);
    }
}
END_TEST

START_TEST(long_texts_are_written_whole_and_keep_characters_that_cross_a_piece)
{
    size_t length = 3 * 70001;
    uint8_t *text = malloc(length);
    for (size_t i = 0; i < length; i += 3)
        memcpy(text + i, "\xe2\x82\xac", 3);
    ck_assert_uint_eq(string_of(text, length), 0);
    ck_assert_uint_eq(out.length, length + 2);
    ck_assert(!memcmp(out.bytes + 1, text, length));
    memset(text, 1, length);
    string_of(text, length);
    ck_assert_uint_eq(out.length, 6 * length + 2);
    memset(text, 0xff, length);
    ck_assert_uint_eq(string_of(text, length), length);
    ck_assert_uint_eq(out.length, 3 * length + 2);
    free(text);
}
END_TEST

/* ---- values ---- */

START_TEST(values_are_written_by_their_type)
{
    static const struct argot_slot texts[] = {{.text = {(const uint8_t *)"a\"", 2, 0}},
                                              {.text = {(const uint8_t *)"", 0, 0}}};
    static const struct argot_slot ips[] = {{.ip = {[0] = 0x20, 0x01, 0x0d, 0xb8, [15] = 1}},
                                            {.ip = {[10] = 0xff, 0xff, 198, 51, 100, 7}}};
    uint16_t outcome = case_field("event_outcome");
    const struct {
        enum argot_type type;
        uint16_t field;
        struct argot_slot slot;
        const char *json;
    } rows[] = {
        {ARGOT_TYPE_STRING, 0, case_text("x"), "\"x\""},
        {ARGOT_TYPE_HOST, 0, case_text("web01"), "\"web01\""},
        {ARGOT_TYPE_KEYWORD, 0, case_text("k"), "\"k\""},
        {ARGOT_TYPE_STRING, 0, case_json("{\"a\": [1,\t2]}"), "{\"a\": [1, 2]}"},
        {ARGOT_TYPE_STRING, 0, case_json(""), "null"},
        {ARGOT_TYPE_ENUM, outcome, case_enum("event_outcome", "success"), "\"success\""},
        {ARGOT_TYPE_ENUM, outcome, {.u64 = 9999}, "\"9999\""},
        {ARGOT_TYPE_ENUM, ARGOT_NONE, {.u64 = 1}, "\"1\""},
        {ARGOT_TYPE_INT, 0, {.i64 = INT64_MIN}, "-9223372036854775808"},
        {ARGOT_TYPE_UINT, 0, {.u64 = UINT64_MAX}, "18446744073709551615"},
        {ARGOT_TYPE_PORT, 0, {.u64 = 65535}, "65535"},
        {ARGOT_TYPE_BYTES, 0, {.u64 = 0}, "0"},
        {ARGOT_TYPE_DURATION, 0, {.i64 = -23000000}, "-23000000"},
        {ARGOT_TYPE_FLOAT, 0, {.f64 = 0.25}, "0.25"},
        {ARGOT_TYPE_BOOL, 0, {.u64 = 0}, "false"},
        {ARGOT_TYPE_BOOL, 0, {.u64 = 1}, "true"},
        {ARGOT_TYPE_IP, 0, case_ipv4(203, 0, 113, 9), "\"203.0.113.9\""},
        {ARGOT_TYPE_MAC, 0, {.u64 = 0x00005e005301}, "\"00:00:5e:00:53:01\""},
        {ARGOT_TYPE_TIMESTAMP, 0, {.i64 = CASE_TIME + 120000000}, "\"2026-03-03T10:00:01.12Z\""},
        {ARGOT_TYPE_STRING_LIST, 0, {.list = {texts, 2, 0}}, "[\"a\\\"\",\"\"]"},
        {ARGOT_TYPE_STRING_LIST, 0, {.list = {NULL, 0, 0}}, "[]"},
        {ARGOT_TYPE_IP_LIST, 0, {.list = {ips, 2, 0}}, "[\"2001:db8::1\",\"198.51.100.7\"]"},
        {ARGOT_TYPE_NONE, 0, {.u64 = 0}, "null"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        out.length = 0;
        argot_json_value(rows[i].type, rows[i].field, &rows[i].slot, &out);
        expect(rows[i].json);
    }
}
END_TEST

START_TEST(JSON_as_it_stands_is_made_clean)
{
    struct argot_slot slot = case_json("{\n \"a\":\"\xff\x7f\xc2\x9b\\n\\\"\",\r\n\"b\":1e5}");
    ck_assert_uint_eq(argot_json_value(ARGOT_TYPE_STRING, 0, &slot, &out), 1);
    expect("{  \"a\":\"\xef\xbf\xbd\\u007f\\u009b\\n\\\"\",  \"b\":1e5}");
}
END_TEST

/* ---- events ---- */

START_TEST(fields_stand_in_schema_order_and_absent_ones_are_left_out)
{
    case_login(&it);
    expect_event(
        "{\"event_type\":\"AUTH_LOGIN\",\"event_time\":\"2026-03-03T10:00:01Z\",\"event_outcome\":\"failure\","
        "\"source_ip\":\"192.0.2.1\",\"source_port\":40022,\"user_name\":\"root\",\"process_name\":\"sshd\"}\n");
    it.event.present = 0;
    expect_event("{\"event_type\":\"AUTH_LOGIN\",\"event_time\":\"2026-03-03T10:00:01Z\"}\n");
}
END_TEST

/* A value for a type, and how it is written. */
static struct argot_slot
sample(enum argot_type type, const char **json_text)
{
    static const uint8_t ip[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
    static struct argot_slot items[2];
    struct argot_slot slot = {.u64 = 1};
    switch (type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        *json_text = "\"x\\\"y\"";
        return case_text("x\"y");
    case ARGOT_TYPE_INT:
    case ARGOT_TYPE_DURATION:
        *json_text = "-5";
        return (struct argot_slot){.i64 = -5};
    case ARGOT_TYPE_FLOAT:
        *json_text = "0.5";
        return (struct argot_slot){.f64 = 0.5};
    case ARGOT_TYPE_BOOL:
        *json_text = "true";
        return slot;
    case ARGOT_TYPE_IP:
        *json_text = "\"2001:db8::1\"";
        memcpy(slot.ip, ip, sizeof ip);
        return slot;
    case ARGOT_TYPE_MAC:
        *json_text = "\"00:00:00:00:00:01\"";
        return slot;
    case ARGOT_TYPE_TIMESTAMP:
        *json_text = "\"1970-01-01T00:00:00.000000001Z\"";
        return slot;
    case ARGOT_TYPE_STRING_LIST:
        *json_text = "[\"a\",\"b\"]";
        items[0] = case_text("a");
        items[1] = case_text("b");
        return (struct argot_slot){.list = {.items = items, .count = 2}};
    case ARGOT_TYPE_IP_LIST:
        *json_text = "[\"2001:db8::1\"]";
        memcpy(items[0].ip, ip, sizeof ip);
        return (struct argot_slot){.list = {.items = items, .count = 1}};
    default:
        *json_text = "1";
        return slot;
    }
}

/* Names of all lengths, alone and behind a constant. */
START_TEST(every_field_is_written_by_its_type)
{
    for (uint16_t field = 0; field < argot_schema.count; field++) {
        const struct argot_schema_field *row = &argot_schema.fields[field];
        const char *text, *time = "\"event_time\":\"2026-03-03T10:00:01Z\"";
        char expected[256], name[64];
        struct argot_slot slot = sample((enum argot_type)row->type, &text);
        if (row->type == ARGOT_TYPE_ENUM) {
            snprintf(name, sizeof name, "\"%s\"", row->values[1]);
            text = name;
        }
        if (!strcmp(row->name, "event_time"))
            continue;
        if (field < case_field("event_time"))
            snprintf(expected, sizeof expected, "{\"%s\":%s,%s}\n", row->name, text, time);
        else
            snprintf(expected, sizeof expected, "{%s,\"%s\":%s}\n", time, row->name, text);
        for (int constant = 0; constant < 2; constant++) {
            case_init(&it);
            start(0);
            *(constant ? case_constant(&it, row->name) : case_slot(&it, row->name)) = slot;
            expect_event(expected);
        }
    }
}
END_TEST

START_TEST(constants_behind_one_another_are_written_in_order)
{
    *case_constant(&it, "event_type") = case_enum("event_type", "AUTH_LOGIN");
    *case_constant(&it, "user_name") = case_text("a\x01");
    *case_constant(&it, "user_id") = case_text("b");
    *case_slot(&it, "process_name") = case_json("[1]");
    expect_event("{\"event_type\":\"AUTH_LOGIN\",\"event_time\":\"2026-03-03T10:00:01Z\",\"user_name\":\"a\\u0001\","
                 "\"user_id\":\"b\",\"process_name\":[1]}\n");
}
END_TEST

START_TEST(the_time_is_written_once_whether_the_shape_lists_it_or_not)
{
    expect_event("{\"event_time\":\"2026-03-03T10:00:01Z\"}\n");
    start(0);
    case_slot(&it, "event_time")->i64 = CASE_TIME;
    expect_event("{\"event_time\":\"2026-03-03T10:00:01Z\"}\n");
    it.event.present = 0;
    expect_event("{\"event_time\":\"2026-03-03T10:00:01Z\"}\n");
}
END_TEST

START_TEST(extra_comes_last_in_its_own_order)
{
    *case_slot(&it, "user_name") = case_text("a");
    case_extra(&it, "z \"key\"", ARGOT_TYPE_STRING, case_text("t\n"));
    case_extra(&it, "a", ARGOT_TYPE_UINT, (struct argot_slot){.u64 = 5});
    case_extra(&it, "j", ARGOT_TYPE_STRING, case_json("{\"x\":null}"));
    case_extra(&it, "", ARGOT_TYPE_TIMESTAMP, (struct argot_slot){.i64 = 0});
    expect_event("{\"event_time\":\"2026-03-03T10:00:01Z\",\"user_name\":\"a\",\"extra\":{\"z \\\"key\\\"\":\"t\\n\","
                 "\"a\":5,\"j\":{\"x\":null},\"\":\"1970-01-01T00:00:00Z\"}}\n");
}
END_TEST

START_TEST(what_was_asked_for_stands_where_the_schema_has_it)
{
    case_login(&it);
    case_extra(&it, "k", ARGOT_TYPE_BOOL, (struct argot_slot){.u64 = 1});
    start(ARGOT_JSON_WITH_RAW_LINE | ARGOT_JSON_WITH_INGEST_TIME | ARGOT_JSON_WITH_FORMAT_NAME |
          ARGOT_JSON_WITH_RECORD);
    it.event.present = 1; /* the outcome */
    expect_event("{\"event_type\":\"AUTH_LOGIN\",\"event_time\":\"2026-03-03T10:00:01Z\","
                 "\"event_ingest_time\":\"2026-03-03T10:00:03Z\",\"event_outcome\":\"failure\","
                 "\"raw_line\":\"raw \\\"text\\\"\",\"format_name\":\"sshd/3\",\"extra\":{\"k\":true},"
                 "\"source\":\"a.log\",\"record\":7,\"line\":9}\n");
    it.event.nextra = 0;
    it.event.present = 0;
    it.event.part = 2;
    it.event.raw = (struct argot_slice){(const uint8_t *)"\xff\x00z", 3};
    expect_event("{\"event_type\":\"AUTH_LOGIN\",\"event_time\":\"2026-03-03T10:00:01Z\","
                 "\"event_ingest_time\":\"2026-03-03T10:00:03Z\",\"raw_line_base64\":\"/wB6\","
                 "\"format_name\":\"sshd/3\",\"source\":\"a.log\",\"record\":7,\"line\":9,\"part\":2}\n");
    ck_assert_uint_eq(argot_json_take_replaced(json), 0);
}
END_TEST

START_TEST(a_receive_time_or_raw_line_that_the_log_itself_gives_is_a_field_like_others)
{
    case_slot(&it, "event_ingest_time")->i64 = 0;
    *case_slot(&it, "raw_line") = case_text("mine");
    *case_constant(&it, "format_name") = case_text("own");
    expect_event("{\"event_time\":\"2026-03-03T10:00:01Z\",\"event_ingest_time\":\"1970-01-01T00:00:00Z\","
                 "\"raw_line\":\"mine\",\"format_name\":\"own\"}\n");
    start(ARGOT_JSON_WITH_RAW_LINE | ARGOT_JSON_WITH_INGEST_TIME | ARGOT_JSON_WITH_FORMAT_NAME);
    it.event.raw = (struct argot_slice){(const uint8_t *)"record", 6};
    expect_event("{\"event_time\":\"2026-03-03T10:00:01Z\",\"event_ingest_time\":\"1970-01-01T00:00:00Z\","
                 "\"raw_line\":\"record\",\"format_name\":\"sshd/3\"}\n");
}
END_TEST

START_TEST(shapes_are_kept_apart_by_their_number)
{
    struct case_event other;
    case_init(&other);
    other.shape.number = 1000;
    *case_constant(&other, "user_name") = case_text("b");
    *case_constant(&it, "user_name") = case_text("a");
    for (int i = 0; i < 3; i++) {
        expect_event("{\"event_time\":\"2026-03-03T10:00:01Z\",\"user_name\":\"a\"}\n");
        out.length = 0;
        argot_json_event(json, &other.event, NULL, &out);
        expect("{\"event_time\":\"2026-03-03T10:00:01Z\",\"user_name\":\"b\"}\n");
    }
}
END_TEST

START_TEST(replaced_bytes_are_counted_over_events_and_letters)
{
    *case_slot(&it, "user_name") = case_text("\xff\xfe");
    expect_event("{\"event_time\":\"2026-03-03T10:00:01Z\",\"user_name\":\"\xef\xbf\xbd\xef\xbf\xbd\"}\n");
    expect_event("{\"event_time\":\"2026-03-03T10:00:01Z\",\"user_name\":\"\xef\xbf\xbd\xef\xbf\xbd\"}\n");
    ck_assert_uint_eq(argot_json_take_replaced(json), 4);
    ck_assert_uint_eq(argot_json_take_replaced(json), 0);
}
END_TEST

/* ---- letters ---- */

START_TEST(letters_leave_out_what_is_absent)
{
    struct argot_letter letter = {.reason = ARGOT_LETTER_NO_FORMAT, .record = 1, .line = 1};
    argot_json_letter(json, &letter, NULL, &out);
    expect("{\"record\":1,\"line\":1,\"reason\":\"no_format\",\"offset\":0}\n");
    out.length = 0;
    letter = (struct argot_letter){.reason = ARGOT_LETTER_BAD_VALUE,
                                   .format = "sshd",
                                   .offset = 12,
                                   .expected = "a `,` or `}`",
                                   .field = "source_port",
                                   .value = {(const uint8_t *)"70000\x1b", 6},
                                   .piece = 3,
                                   .record = UINT64_MAX,
                                   .line = 2,
                                   .raw = {(const uint8_t *)"a\tb", 3}};
    argot_json_letter(json, &letter, "dir/\"x\".log", &out);
    expect("{\"source\":\"dir/\\\"x\\\".log\",\"record\":18446744073709551615,\"line\":2,\"format\":\"sshd\","
           "\"reason\":\"bad_value\",\"offset\":12,\"expected\":\"a `,` or `}`\",\"field\":\"source_port\","
           "\"value\":\"70000\\u001b\",\"piece\":3,\"raw_line\":\"a\\tb\"}\n");
}
END_TEST

START_TEST(raw_lines_that_are_not_UTF_8_are_base64_of_any_length)
{
    static const char *const rows[] = {"/w==", "//4=", "//79", "//79/A=="};
    static const uint8_t raw[] = {0xff, 0xfe, 0xfd, 0xfc};
    for (uint32_t i = 0; i < COUNT(rows); i++) {
        char expected[256];
        struct argot_letter letter = {.reason = ARGOT_LETTER_NO_MATCH, .record = 1, .line = 1, .raw = {raw, i + 1}};
        snprintf(expected, sizeof expected,
                 "{\"record\":1,\"line\":1,\"reason\":\"no_match\",\"offset\":0,\"raw_line_base64\":\"%s\"}\n",
                 rows[i]);
        out.length = 0;
        argot_json_letter(json, &letter, NULL, &out);
        expect(expected);
    }
}
END_TEST

/* ---- memory ---- */

START_TEST(without_memory_no_part_of_a_line_is_written)
{
    static uint8_t big[5000];
    memset(big, '\n', sizeof big);
    case_login(&it);
    *case_slot(&it, "message") = case_bytes(big, sizeof big);
    for (uint64_t n = 1;; n++) {
        struct argot_test_seam test;
        argot_test_seam_init(&test);
        struct argot_buffer small;
        argot_buffer_init(&small, &test.seam);
        argot_buffer_append_text(&small, "before\n");
        test.fail_allocation = test.allocations + n;
        struct argot_json *writer = argot_json_new(&test.seam, ARGOT_JSON_WITH_RECORD);
        if (writer)
            argot_json_event(writer, &it.event, "a.log", &small);
        bool done = writer && !small.failed;
        if (done)
            ck_assert_uint_gt(small.length, 10000);
        else
            ck_assert_uint_eq(small.length, 7);
        ck_assert(!memcmp(small.bytes, "before\n", 7));
        argot_json_free(writer);
        argot_buffer_finish(&small);
        ck_assert_uint_eq(test.live_blocks, 0);
        argot_test_seam_finish(&test);
        if (done)
            break;
        ck_assert_uint_lt(n, 100);
    }
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *tcase = tcase_create("json");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, strings_are_escaped_wherever_they_stand, 0, COUNT(strings));
    tcase_add_test(tcase, a_NUL_is_escaped_as_any_control_byte);
    tcase_add_test(tcase, every_pair_of_bytes_becomes_clean_text);
    tcase_add_test(tcase, long_texts_are_written_whole_and_keep_characters_that_cross_a_piece);
    tcase_add_test(tcase, values_are_written_by_their_type);
    tcase_add_test(tcase, JSON_as_it_stands_is_made_clean);
    tcase_add_test(tcase, fields_stand_in_schema_order_and_absent_ones_are_left_out);
    tcase_add_test(tcase, every_field_is_written_by_its_type);
    tcase_add_test(tcase, constants_behind_one_another_are_written_in_order);
    tcase_add_test(tcase, the_time_is_written_once_whether_the_shape_lists_it_or_not);
    tcase_add_test(tcase, extra_comes_last_in_its_own_order);
    tcase_add_test(tcase, what_was_asked_for_stands_where_the_schema_has_it);
    tcase_add_test(tcase, a_receive_time_or_raw_line_that_the_log_itself_gives_is_a_field_like_others);
    tcase_add_test(tcase, shapes_are_kept_apart_by_their_number);
    tcase_add_test(tcase, replaced_bytes_are_counted_over_events_and_letters);
    tcase_add_test(tcase, letters_leave_out_what_is_absent);
    tcase_add_test(tcase, raw_lines_that_are_not_UTF_8_are_base64_of_any_length);
    tcase_add_test(tcase, without_memory_no_part_of_a_line_is_written);
    suite_add_tcase(suite, tcase);
    return suite;
}

int
main(void)
{
    return test_run(make_suite());
}
