/* SPDX-License-Identifier: Apache-2.0
 * Events in the words of ECS and OCSF: how values are written, what has no place, and that nothing is lost whatever
 * fields an event has. That the words are those of the standards is held in tests/standards. */
#include "output_cases.h"
#include <stdio.h>
#include "output/export.h"
#include "output/json.h"
#include "strict_json.h"
#include "test_seam.h"
#include "test_case.h"

static struct argot_buffer out;
static struct argot_export *writer;
static struct case_event it;

static void
start(enum argot_standard_number standard, unsigned with)
{
    argot_export_free(writer);
    writer = argot_export_new(argot_seam_system(), standard, with);
    ck_assert_ptr_nonnull(writer);
}

static void
set_up(void)
{
    argot_buffer_init(&out, argot_seam_system());
    writer = NULL;
    case_login(&it);
}

static void
tear_down(void)
{
    argot_export_free(writer);
    argot_buffer_finish(&out);
}

/* The line as text, which is JSON that no terminal minds. */
static const char *
line(void)
{
    size_t at = 0;
    ck_assert(!out.failed);
    ck_assert_ptr_null(strict_json_check(out.bytes, out.length - 1, &at));
    ck_assert(strict_json_is_clean(out.bytes, out.length - 1));
    argot_buffer_append_byte(&out, 0);
    out.length--;
    return (const char *)out.bytes;
}

static const char *
write_event(void)
{
    out.length = 0;
    argot_export_event(writer, &it.event, "a.log", &out);
    return line();
}

static void
expect(const char *part)
{
    ck_assert_msg(strstr(write_event(), part), "%s is not in\n%s", part, line());
}

static void
expect_not(const char *part)
{
    ck_assert_msg(!strstr(write_event(), part), "%s is in\n%s", part, line());
}

static void
set_type(const char *name)
{
    for (uint16_t i = 0; i < it.shape.count; i++)
        if (it.fields[i].field == case_field("event_type"))
            it.fields[i].slot = case_enum("event_type", name);
}

/* ---- whole lines ---- */

START_TEST(an_event_of_ECS_is_nested_and_says_what_it_is)
{
    start(ARGOT_STANDARD_ECS, 0);
    ck_assert_str_eq(
        write_event(),
        "{\"@timestamp\":\"2026-03-03T10:00:01Z\",\"ecs\":{\"version\":\"9.4.0\"},\"event\":{\"kind\":\"event\","
        "\"category\":[\"authentication\"],\"type\":[\"start\"],\"action\":\"logged-in\",\"outcome\":\"failure\"},"
        "\"source\":{\"ip\":\"192.0.2.1\",\"port\":40022,\"address\":\"192.0.2.1\"},\"user\":{\"name\":\"root\"},"
        "\"process\":{\"name\":\"sshd\"},\"related\":{\"ip\":[\"192.0.2.1\"],\"user\":[\"root\"]},"
        "\"argot\":{\"event_type\":\"AUTH_LOGIN\"}}\n");
}
END_TEST

/* A process needs a pid there, so its name has no place. */
START_TEST(an_event_of_OCSF_has_a_class_and_what_it_needs)
{
    start(ARGOT_STANDARD_OCSF, 0);
    ck_assert_str_eq(
        write_event(),
        "{\"time\":1772532001000,\"metadata\":{\"original_time\":\"2026-03-03T10:00:01Z\",\"version\":\"1.8.0\","
        "\"product\":{\"name\":\"sshd/3\"}},\"class_uid\":3002,\"category_uid\":3,\"activity_id\":1,"
        "\"type_uid\":300201,\"severity_id\":1,\"status_id\":2,\"src_endpoint\":{\"ip\":\"192.0.2.1\","
        "\"port\":40022},\"user\":{\"name\":\"root\"},\"service\":{\"name\":\"sshd\"},\"observables\":[{\"name\":"
        "\"src_endpoint.ip\",\"type_id\":2,\"value\":\"192.0.2.1\"},{\"name\":\"user.name\",\"type_id\":4,"
        "\"value\":\"root\"}],\"unmapped\":{\"event_type\":\"AUTH_LOGIN\",\"process_name\":\"sshd\"}}\n");
}
END_TEST

START_TEST(what_was_asked_for_beside_stands_in_the_rest)
{
    start(ARGOT_STANDARD_ECS, ARGOT_JSON_WITH_RECORD | ARGOT_JSON_WITH_RAW_LINE | ARGOT_JSON_WITH_INGEST_TIME |
                                  ARGOT_JSON_WITH_FORMAT_NAME);
    case_extra(&it, "tty", ARGOT_TYPE_STRING, case_text("pts/1"));
    expect(",\"extra\":{\"tty\":\"pts/1\"},\"source\":\"a.log\",\"record\":7,\"line\":9}}\n");
    expect("\"original\":\"raw \\\"text\\\"\"");
    expect("\"ingested\":\"2026-03-03T10:00:03Z\"");
    expect("\"format_name\":\"sshd/3\"");
    it.event.part = 2;
    expect("\"line\":9,\"part\":2}}\n");
    it.event.raw = (struct argot_slice){(const uint8_t *)"a\xff", 2};
    expect("\"raw_line_base64\":\"Yf8=\"");
    expect_not("\"original\"");
    start(ARGOT_STANDARD_OCSF, ARGOT_JSON_WITH_RAW_LINE);
    expect("\"unmapped\":{\"event_type\":\"AUTH_LOGIN\",\"raw_line_base64\":\"Yf8=\"");
}
END_TEST

/* ---- values ---- */

static const struct value_case {
    const char *type, *field;
    struct argot_slot slot;
    const char *ecs, *ocsf;
} value_cases[] = {
    {"AUTH_LOGIN",
     "source_mac",
     {.u64 = 0xa1b2c3d4e5f6},
     "\"mac\":\"A1-B2-C3-D4-E5-F6\"",
     "\"mac\":\"a1:b2:c3:d4:e5:f6\""},
    {"HTTP_ACCESS",
     "source_bytes",
     {.u64 = INT64_MAX},
     "\"bytes\":9223372036854775807",
     "\"bytes_out\":9223372036854775807"},
    {"HTTP_ACCESS",
     "source_bytes",
     {.u64 = UINT64_MAX},
     "\"argot\":{\"event_type\":\"HTTP_ACCESS\",\"source_bytes\":18446744073709551615",
     "\"source_bytes\":18446744073709551615"},
    {"HTTP_ACCESS",
     "event_duration",
     {.i64 = 1999999},
     "\"duration\":1999999",
     "\"unmapped\":{\"event_type\":\"HTTP_ACCESS\",\"event_duration\":1999999"},
    {"AUTH_LOGIN", "event_severity", {.u64 = 4}, "\"severity\":4", "\"severity_id\":4"},
    {"AUTH_LOGIN", "event_disposition", {.u64 = 1}, "\"type\":[\"start\",\"denied\"]", "\"disposition_id\":2"},
    {"AUTH_LOGIN", "event_disposition", {.u64 = 5}, "\"type\":[\"start\"]", "\"action_id\":2"},
    {"AUTH_LOGIN", "mfa_used", {.u64 = 1}, "\"mfa_used\":true", "\"is_mfa\":true"},
};

START_TEST(numbers_are_written_as_the_standard_has_them)
{
    const struct value_case *one = &value_cases[_i];
    set_type(one->type);
    *case_slot(&it, "status_code") = (struct argot_slot){.u64 = 200};
    *case_slot(&it, one->field) = one->slot;
    start(ARGOT_STANDARD_ECS, 0);
    expect(one->ecs);
    start(ARGOT_STANDARD_OCSF, 0);
    expect(one->ocsf);
}
END_TEST

static const struct text_case {
    const char *type, *field, *text, *ecs, *ocsf;
} text_cases[] = {
    {"AUTH_LOGIN", "auth_method", "kerberos", "\"auth_method\":\"kerberos\"", "\"auth_protocol_id\":2,"},
    {"AUTH_LOGIN", "auth_method", "a\"b", "\"auth_method\":\"a\\\"b\"",
     "\"auth_protocol_id\":99,\"auth_protocol\":\"a\\\"b\""},
    {"AUTH_LOGIN", "user_email", "ann@example.com", "\"email\":\"ann@example.com\"",
     "\"email_addr\":\"ann@example.com\""},
    {"AUTH_LOGIN", "user_email", "ann@example", "\"email\":\"ann@example\"",
     "\"unmapped\":{\"event_type\":\"AUTH_LOGIN\",\"user_email\":\"ann@example\""},
    {"AUTH_LOGIN", "user_email", "@example.com", "\"email\":\"@example.com\"", "\"user_email\":\"@example.com\""},
    {"AUTH_LOGIN", "event_dataset", "system.auth", "\"module\":\"system\"", "\"product\":{\"name\":\"system.auth\"}"},
    {"HTTP_ACCESS", "http_method", "GET", "\"method\":\"GET\"", "\"activity_id\":3,\"type_uid\":400203,"},
    {"HTTP_ACCESS", "http_method", "get\x1b", "\"method\":\"get\\u001b\"",
     "\"activity_id\":99,\"type_uid\":400299,\"activity_name\":\"get\\u001b\""},
    {"HTTP_ACCESS", "http_method", "BREW", "\"method\":\"BREW\"",
     "\"event_type\":\"HTTP_ACCESS\",\"http_method\":\"BREW\""},
    {"FIREWALL_TRAFFIC", "network_tcp_flags", "SA", "\"network_tcp_flags\":\"SA\"", "\"tcp_flags\":18"},
    {"FIREWALL_TRAFFIC", "network_tcp_flags", "SX", "\"network_tcp_flags\":\"SX\"", "\"network_tcp_flags\":\"SX\""},
    {"IDS_ALERT", "rule_name", "bad", "\"rule\":{\"name\":\"bad\"}",
     "\"finding_info\":{\"analytic\":{\"name\":\"bad\",\"type_id\":1},\"uid\":\"bad\",\"title\":\"bad\"}"},
    {"IDS_ALERT", "rule_name", "bad", "\"kind\":\"alert\"", "\"evidences\":[{\"src_endpoint\":{\"ip\":\"192.0.2.1\""},
};

START_TEST(texts_are_written_as_the_standard_has_them)
{
    const struct text_case *one = &text_cases[_i];
    set_type(one->type);
    *case_slot(&it, "status_code") = (struct argot_slot){.u64 = 200};
    *case_slot(&it, one->field) = case_text(one->text);
    start(ARGOT_STANDARD_ECS, 0);
    expect(one->ecs);
    start(ARGOT_STANDARD_OCSF, 0);
    expect(one->ocsf);
}
END_TEST

START_TEST(times_before_1970_are_rounded_down)
{
    start(ARGOT_STANDARD_OCSF, 0);
    it.event.time = -1;
    expect("\"time\":-1,");
    expect("\"original_time\":\"1969-12-31T23:59:59.999999999Z\"");
}
END_TEST

static struct argot_slot items[3];

static struct argot_slot
list(uint32_t count)
{
    return (struct argot_slot){.list = {.items = items, .count = count}};
}

START_TEST(lists_become_arrays_of_what_the_standard_has)
{
    items[0] = case_text("T1110");
    items[1] = case_text("T1021");
    *case_slot(&it, "threat_technique_id") = list(2);
    start(ARGOT_STANDARD_ECS, 0);
    expect("\"technique\":{\"id\":[\"T1110\",\"T1021\"]}");
    start(ARGOT_STANDARD_OCSF, 0);
    expect("\"attacks\":[{\"technique\":{\"uid\":\"T1110\"}},{\"technique\":{\"uid\":\"T1021\"}}]");
    it.slots[it.shape.nslots - 1] = list(0);
    expect("\"attacks\":[]");
}
END_TEST

START_TEST(addresses_among_answers_join_the_related_ones)
{
    items[0] = case_ipv4(203, 0, 113, 1);
    items[1] = case_ipv4(203, 0, 113, 2);
    *case_slot(&it, "dns_resolved_ips") = list(2);
    start(ARGOT_STANDARD_ECS, 0);
    expect("\"related\":{\"ip\":[\"192.0.2.1\",\"203.0.113.1\",\"203.0.113.2\"]");
    it.event.present &= ~UINT64_C(8); /* the source's address */
    expect("\"related\":{\"ip\":[\"203.0.113.1\",\"203.0.113.2\"]");
    it.slots[it.shape.nslots - 1] = list(0);
    expect("\"related\":{\"ip\":[]");
}
END_TEST

START_TEST(hashes_of_a_file_are_elements_of_one_array)
{
    set_type("FILE_TRANSFER");
    *case_slot(&it, "file_path") = case_text("/in/a b.txt");
    *case_slot(&it, "file_hash_md5") = case_text("00");
    *case_slot(&it, "file_hash_sha256") = case_text("11");
    start(ARGOT_STANDARD_OCSF, 0);
    expect("\"hashes\":[{\"algorithm_id\":1,\"value\":\"00\"},{\"algorithm_id\":3,\"value\":\"11\"}]");
    expect("\"name\":\"a b.txt\"");
    it.slots[5] = case_text("/");
    expect("\"name\":\"/\"");
    it.slots[5] = case_text("");
    expect("\"name\":\"\"");
    it.slots[5] = case_text("C:\\x\\y.exe");
    expect("\"name\":\"y.exe\"");
}
END_TEST

START_TEST(a_device_that_watches_others_is_an_observer)
{
    *case_slot(&it, "host_name") = case_text("fw1");
    start(ARGOT_STANDARD_ECS, 0);
    expect("\"host\":{\"name\":\"fw1\"}");
    *case_constant(&it, "observer_type") = case_text("firewall");
    it.shape.number = 1; /* of another shape */
    start(ARGOT_STANDARD_ECS, 0);
    expect("\"observer\":{\"name\":\"fw1\",\"type\":\"firewall\"}");
    start(ARGOT_STANDARD_OCSF, 0);
    expect("\"device\":{\"hostname\":\"fw1\",\"type_id\":9}");
}
END_TEST

START_TEST(who_asked_and_who_logs_in_are_two)
{
    set_type("SESSION_START");
    *case_slot(&it, "target_user_name") = case_text("backup");
    start(ARGOT_STANDARD_OCSF, 0);
    expect("\"actor\":{\"user\":{\"name\":\"root\"}}");
    expect("\"user\":{\"name\":\"backup\"}");
}
END_TEST

START_TEST(an_event_without_what_its_class_needs_is_a_base_event)
{
    it.event.present &= ~UINT64_C(4); /* user_name */
    start(ARGOT_STANDARD_OCSF, 0);
    expect("\"class_uid\":0,\"category_uid\":0,\"activity_id\":99,\"type_uid\":99,\"type_name\":\"Base Event: "
           "Other\",\"activity_name\":\"AUTH_LOGIN\"");
    expect("\"source_ip\":\"192.0.2.1\"");
    it.event.present |= 4;
    expect("\"class_uid\":3002");
}
END_TEST

START_TEST(the_class_may_depend_on_the_system)
{
    set_type("SERVICE_CREATE");
    *case_slot(&it, "service_name") = case_text("x");
    start(ARGOT_STANDARD_OCSF, 0);
    expect("\"class_uid\":6002");
    *case_slot(&it, "host_os_type") = case_enum("host_os_type", "windows");
    *case_slot(&it, "host_name") = case_text("pc1");
    *case_slot(&it, "service_executable") = case_text("x.exe");
    start(ARGOT_STANDARD_OCSF, 0);
    expect("\"class_uid\":201004,\"category_uid\":1");
    expect("\"os\":{\"type_id\":100,\"name\":\"windows\"}");
}
END_TEST

/* ---- whatever fields there are ---- */

#define MAX_FIELDS 1000
#define ROUNDS 12

static char texts[MAX_FIELDS][24];
static uint16_t fields[MAX_FIELDS];
static struct argot_slot slots[MAX_FIELDS];
static struct argot_slot one_item[MAX_FIELDS];

/* A value that says whose it is. */
static struct argot_slot
value_of(uint16_t field, const char *event_type)
{
    struct argot_slot slot = {0};
    enum argot_type type = (enum argot_type)argot_schema.fields[field].type;
    snprintf(texts[field], sizeof texts[field], "<%u>", field + 1000u);
    if (type == ARGOT_TYPE_IP_LIST)
        snprintf(texts[field], sizeof texts[field], "10.1.0.%u", field);
    one_item[field] = type == ARGOT_TYPE_IP_LIST ? case_ipv4(10, 1, 0, (uint8_t)field) : case_text(texts[field]);
    if (field == case_field("event_type")) {
        texts[field][0] = 0;
        return case_enum("event_type", event_type);
    }
    if (type == ARGOT_TYPE_STRING_LIST || type == ARGOT_TYPE_IP_LIST)
        return (struct argot_slot){.list = {.items = &one_item[field], .count = 1}};
    if (type == ARGOT_TYPE_STRING || type == ARGOT_TYPE_HOST || type == ARGOT_TYPE_KEYWORD)
        return case_text(texts[field]);
    if (type == ARGOT_TYPE_IP) {
        snprintf(texts[field], sizeof texts[field], "10.0.0.%u", field);
        return case_ipv4(10, 0, 0, (uint8_t)field);
    }
    slot.u64 = type == ARGOT_TYPE_ENUM || type == ARGOT_TYPE_BOOL ? 1 : 1000u + field;
    if (type == ARGOT_TYPE_UINT || type == ARGOT_TYPE_BYTES || type == ARGOT_TYPE_PORT)
        snprintf(texts[field], sizeof texts[field], ":%u", 1000u + field);
    else
        texts[field][0] = 0;
    return slot;
}

/* Every value is somewhere in the line, and names in objects stand once (strict_json_check). */
static void
check_row(const char *event_type, unsigned seed)
{
    struct argot_export_row row = {.fields = fields, .slots = slots};
    for (uint16_t field = 0; field < argot_schema.count; field++) {
        seed = seed * 1103515245u + 12345u;
        bool wanted = field == case_field("event_type") || field == case_field("event_time") || seed >> 16 & 1;
        if (!wanted || field == case_field("raw_line"))
            continue;
        fields[row.count] = field;
        slots[row.count++] = value_of(field, event_type);
    }
    out.length = 0;
    argot_export_row(writer, &row, &out);
    const char *written = line();
    for (size_t i = 0; i < row.count; i++) {
        bool hidden = fields[i] == case_field("format_name");
        ck_assert_msg(hidden || strstr(written, texts[fields[i]]), "%s of %s is lost in\n%s",
                      argot_schema.fields[fields[i]].name, event_type, written);
    }
}

START_TEST(no_value_is_lost_whatever_fields_there_are)
{
    const struct argot_schema_field *types = &argot_schema.fields[case_field("event_type")];
    ck_assert_uint_lt(argot_schema.count, MAX_FIELDS);
    start(_i ? ARGOT_STANDARD_OCSF : ARGOT_STANDARD_ECS, 0);
    for (uint16_t type = 0; type < types->nvalues; type++)
        for (unsigned round = 0; round < ROUNDS; round++)
            check_row(types->values[type], type * 100u + round);
}
END_TEST

/* Programs are found again, or made again where others took their place. */
START_TEST(a_line_does_not_depend_on_those_before_it)
{
    char first[4096];
    for (int standard = ARGOT_STANDARD_ECS; standard <= ARGOT_STANDARD_OCSF; standard++) {
        start((enum argot_standard_number)standard, 0);
        uint64_t all = it.event.present;
        for (int round = 0; round < 2; round++)
            for (uint64_t present = 0; present <= all; present++) {
                it.event.present = present & all;
                snprintf(first, sizeof first, "%s", write_event());
                ck_assert_str_eq(write_event(), first);
                ck_assert(!!strstr(first, "\"192.0.2.1\"") == !!(present & 8));
                ck_assert(!!strstr(first, ":\"root\"") == !!(present & 4));
            }
    }
}
END_TEST

START_TEST(replaced_bytes_are_counted)
{
    start(ARGOT_STANDARD_ECS, 0);
    it.slots[2] = case_bytes("r\xff\xfe", 3);
    expect("\"user\":{\"name\":\"r\xef\xbf\xbd\xef\xbf\xbd\"}");
    ck_assert_uint_eq(argot_export_take_replaced(writer), 4); /* related.user too */
    ck_assert_uint_eq(argot_export_take_replaced(writer), 0);
}
END_TEST

START_TEST(standards_have_names)
{
    enum argot_standard_number standard;
    ck_assert(argot_export_named("ecs", &standard) && standard == ARGOT_STANDARD_ECS);
    ck_assert(argot_export_named("ocsf", &standard) && standard == ARGOT_STANDARD_OCSF);
    ck_assert(argot_export_named("native", &standard) && standard == ARGOT_STANDARD_NONE);
    ck_assert(!argot_export_named("ECS", &standard));
}
END_TEST

START_TEST(without_memory_no_part_of_a_line_is_written)
{
    for (uint64_t n = 1;; n++) {
        struct argot_test_seam test;
        argot_test_seam_init(&test);
        struct argot_buffer small;
        argot_buffer_init(&small, &test.seam);
        argot_buffer_append_text(&small, "before\n");
        test.fail_allocation = test.allocations + n;
        struct argot_export *one = argot_export_new(&test.seam, ARGOT_STANDARD_OCSF, ARGOT_JSON_WITH_RECORD);
        if (one)
            argot_export_event(one, &it.event, "a.log", &small);
        bool done = one && !small.failed;
        ck_assert(done ? small.length > 500 : small.length == 7);
        ck_assert(!memcmp(small.bytes, "before\n", 7));
        argot_export_free(one);
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
    Suite *suite = suite_create("export");
    TCase *tcase = tcase_create("export");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, an_event_of_ECS_is_nested_and_says_what_it_is);
    tcase_add_test(tcase, an_event_of_OCSF_has_a_class_and_what_it_needs);
    tcase_add_test(tcase, what_was_asked_for_beside_stands_in_the_rest);
    tcase_add_loop_test(tcase, numbers_are_written_as_the_standard_has_them, 0, COUNT(value_cases));
    tcase_add_loop_test(tcase, texts_are_written_as_the_standard_has_them, 0, COUNT(text_cases));
    tcase_add_test(tcase, times_before_1970_are_rounded_down);
    tcase_add_test(tcase, lists_become_arrays_of_what_the_standard_has);
    tcase_add_test(tcase, addresses_among_answers_join_the_related_ones);
    tcase_add_test(tcase, hashes_of_a_file_are_elements_of_one_array);
    tcase_add_test(tcase, a_device_that_watches_others_is_an_observer);
    tcase_add_test(tcase, who_asked_and_who_logs_in_are_two);
    tcase_add_test(tcase, an_event_without_what_its_class_needs_is_a_base_event);
    tcase_add_test(tcase, the_class_may_depend_on_the_system);
    tcase_add_loop_test(tcase, no_value_is_lost_whatever_fields_there_are, 0, 2);
    tcase_add_test(tcase, a_line_does_not_depend_on_those_before_it);
    tcase_add_test(tcase, replaced_bytes_are_counted);
    tcase_add_test(tcase, standards_have_names);
    tcase_add_test(tcase, without_memory_no_part_of_a_line_is_written);
    suite_add_tcase(suite, tcase);
    return suite;
}

int
main(void)
{
    return test_run(make_suite());
}
