/* SPDX-License-Identifier: Apache-2.0
 * Alerts as JSON lines and for people: exact lines, hostile values, causes within causes and their bounds, memory that
 * runs out. */
#include "output_cases.h"
#include "output/alert.h"
#include "strict_json.h"
#include "test_case.h"
#include "test_seam.h"

static struct argot_buffer out;
static struct argot_alert alert;
static struct argot_alert_field fields[16];
static struct argot_extra extra[4], values[4];
static struct argot_alert_values collected[2];
static struct argot_cause causes[4];
static const char *const tags[] = {"attack.t1110.001", "a \"b\""};
static const char *const paths[] = {"auth.log", "b c\x1b.log"};
static struct argot_alert_style style;
static struct argot_plan plan;
static struct argot_plan_rule rule;
static struct argot_plan_key keys[3];

static struct argot_slice
slice(const char *text)
{
    return (struct argot_slice){(const uint8_t *)text, (uint32_t)strlen(text)};
}

/* A column at its place in schema order. */
static struct argot_slot *
column(const char *name)
{
    uint32_t at = alert.nfields++;
    for (; at && fields[at - 1].field > case_field(name); at--)
        fields[at] = fields[at - 1];
    fields[at] = (struct argot_alert_field){.field = case_field(name)};
    return &fields[at].slot;
}

/* Five failed logins within nine seconds, as a rule with one key tells them. */
static void
set_up(void)
{
    static const struct argot_slot techniques[] = {{.text = {(const uint8_t *)"T1110.001", 9, 0}}};
    argot_buffer_init(&out, argot_seam_system());
    memset(extra, 0, sizeof extra);
    memset(causes, 0, sizeof causes);
    alert = (struct argot_alert){.rule_name = "guessing",
                                 .time = CASE_TIME,
                                 .id = {0x01, 0x23, [14] = 0xfe, [15] = 0xff},
                                 .count = 5,
                                 .first_time = CASE_TIME - INT64_C(9000000000),
                                 .last_time = CASE_TIME,
                                 .fields = fields,
                                 .extra = extra,
                                 .ntags = COUNT(tags),
                                 .tags = tags,
                                 .values = collected,
                                 .causes = causes};
    *column("event_type") = case_enum("event_type", "CORRELATION_ALERT");
    column("event_time")->i64 = CASE_TIME;
    *column("rule_name") = case_text("guessing");
    *column("event_severity") = case_enum("event_severity", "high");
    *column("message") = case_text("192.0.2.1 is \"guessing\"");
    *column("source_ip") = case_ipv4(192, 0, 2, 1);
    column("threat_technique_id")->list.items = techniques;
    for (uint32_t i = 0; i < alert.nfields; i++)
        if (fields[i].field == case_field("threat_technique_id"))
            fields[i].slot.list.count = 1;
    alert.ncauses = 1;
    causes[0] =
        (struct argot_cause){.time = CASE_TIME, .identity = {0, 0, 12}, .format = "sshd", .raw = slice("a \"b\"")};
    keys[0] = (struct argot_plan_key){.name = "source_ip", .field = case_field("source_ip")};
    rule = (struct argot_plan_rule){.nkeys = 1, .keys = keys};
    plan = (struct argot_plan){.nrules = 1, .rules = &rule};
    style = (struct argot_alert_style){.plan = &plan, .paths = paths, .npaths = COUNT(paths)};
}

static void
tear_down(void)
{
    argot_buffer_finish(&out);
}

static void
expect(const char *text)
{
    ck_assert_msg(out.length == strlen(text) && !memcmp(out.bytes, text, out.length), "\n%.*s, not\n%s",
                  (int)out.length, out.bytes ? (char *)out.bytes : "", text);
}

static void
expect_json(const char *text)
{
    size_t at;
    out.length = 0;
    argot_alert_json(&alert, &style, &out);
    const char *wrong = strict_json_check(out.bytes, out.length - 1, &at);
    ck_assert_msg(!wrong, "%s at %zu of %.*s", wrong, at, (int)out.length, (char *)out.bytes);
    expect(text);
}

static void
expect_text(const char *text)
{
    out.length = 0;
    argot_alert_text(&alert, &style, &out);
    expect(text);
}

/* ---- JSON ---- */

#define COLUMNS                                                                                                        \
    "{\"event_type\":\"CORRELATION_ALERT\",\"event_time\":\"2026-03-03T10:00:01Z\",\"event_severity\":\"high\","       \
    "\"message\":\"192.0.2.1 is \\\"guessing\\\"\",\"source_ip\":\"192.0.2.1\",\"rule_name\":\"guessing\","            \
    "\"threat_technique_id\":[\"T1110.001\"]"
#define BESIDE                                                                                                         \
    ",\"alert\":{\"id\":\"0123000000000000000000000000feff\",\"count\":5,\"first_time\":\"2026-03-03T09:59:52Z\","     \
    "\"last_time\":\"2026-03-03T10:00:01Z\",\"tags\":[\"attack.t1110.001\",\"a \\\"b\\\"\"]"
#define CAUSE                                                                                                          \
    "{\"source\":\"auth.log\",\"record\":12,\"event_time\":\"2026-03-03T10:00:01Z\",\"format\":\"sshd\","              \
    "\"raw_line\":\"a \\\"b\\\"\"}"

START_TEST(an_alert_is_an_event_with_an_object_behind_it) { expect_json(COLUMNS BESIDE ",\"causes\":[" CAUSE "]}}\n"); }
END_TEST

START_TEST(extra_and_collected_values_are_there_where_there_are_any)
{
    extra[0] = (struct argot_extra){slice("a b"), ARGOT_TYPE_UINT, {.u64 = 7}};
    alert.nextra = 1;
    values[0] = (struct argot_extra){.type = ARGOT_TYPE_STRING, .value = case_text("root")};
    values[1] = (struct argot_extra){.type = ARGOT_TYPE_STRING, .value = case_text("\xff")};
    values[2] = (struct argot_extra){.type = ARGOT_TYPE_UINT, .value = {.u64 = 9}};
    collected[0] = (struct argot_alert_values){.field = case_field("user_name"), .count = 2, .values = values};
    collected[1] = (struct argot_alert_values){.name = "x.\"y", .count = 1, .values = values + 2};
    alert.nvalues = 2;
    expect_json(COLUMNS
                ",\"extra\":{\"a b\":7}" BESIDE
                ",\"values\":{\"user_name\":[\"root\",\"\xef\xbf\xbd\"],\"extra.x.\\\"y\":[9]},\"causes\":[" CAUSE
                "]}}\n");
    out.length = 0;
    ck_assert_uint_eq(argot_alert_json(&alert, &style, &out), 1);
}
END_TEST

START_TEST(a_cause_leaves_out_what_is_not_known)
{
    causes[0].raw = (struct argot_slice){0};
    causes[1] = (struct argot_cause){.time = CASE_TIME, .identity = {1, 3, 1}, .format = "x", .raw = slice("\xff")};
    causes[2] = (struct argot_cause){.time = CASE_TIME, .identity = {9, 0, 2}, .format = "x", .raw = slice("")};
    alert.ncauses = 3;
    expect_json(COLUMNS BESIDE
                ",\"causes\":["
                "{\"source\":\"auth.log\",\"record\":12,\"event_time\":\"2026-03-03T10:00:01Z\",\"format\":\"sshd\"},"
                "{\"source\":\"b c\\u001b.log\",\"record\":1,\"part\":3,\"event_time\":\"2026-03-03T10:00:01Z\","
                "\"format\":\"x\",\"raw_line_base64\":\"/w==\"},"
                "{\"record\":2,\"event_time\":\"2026-03-03T10:00:01Z\",\"format\":\"x\",\"raw_line\":\"\"}]}}\n");
}
END_TEST

START_TEST(an_alert_without_anything_is_still_an_object)
{
    alert.nfields = alert.ntags = alert.ncauses = 0;
    expect_json("{\"alert\":{\"id\":\"0123000000000000000000000000feff\",\"count\":5,\"first_time\":"
                "\"2026-03-03T09:59:52Z\",\"last_time\":\"2026-03-03T10:00:01Z\",\"tags\":[],\"causes\":[]}}\n");
}
END_TEST

/* ---- alerts of alerts ---- */

START_TEST(a_cause_that_is_an_alert_has_its_own)
{
    struct argot_cause below = causes[0];
    struct argot_alert inner = alert;
    inner.rule_name = "in \"ner";
    inner.causes = &below;
    causes[0] = (struct argot_cause){.time = CASE_TIME, .alert = &inner};
    expect_json(COLUMNS BESIDE ",\"causes\":[{\"rule_name\":\"in \\\"ner\",\"id\":\"0123000000000000000000000000feff\","
                               "\"event_time\":\"2026-03-03T10:00:01Z\",\"causes\":[" CAUSE "]}]}}\n");
    expect_text("2026-03-03 10:00:01Z  high  guessing  192.0.2.1 is \"guessing\"\n"
                "    source_ip=192.0.2.1\n"
                "    5 events, 2026-03-03 09:59:52Z to 2026-03-03 10:00:01Z\n"
                "    ATT&CK T1110.001\n"
                "    2026-03-03 10:00:01Z  \"in \\\"ner\"\n"
                "      2026-03-03 10:00:01Z  auth.log:12  a \"b\"\n");
}
END_TEST

static unsigned
count_of(const char *word)
{
    unsigned count = 0;
    argot_buffer_append_byte(&out, '\0');
    for (const char *at = (const char *)out.bytes; (at = strstr(at, word)); at++)
        count++;
    out.length--;
    return count;
}

/* Each alert caused by two others, twelve deep: 8,191 alerts, were they all told. */
START_TEST(causes_are_bounded_in_depth_and_number)
{
    enum { DEPTH = 12, EACH = 8 };
    struct argot_alert chain[DEPTH];
    struct argot_cause below[DEPTH][EACH];
    size_t at;
    for (int i = 0; i < DEPTH; i++) {
        chain[i] = alert;
        chain[i].causes = below[i];
        chain[i].ncauses = i < DEPTH - 1 ? 1 : 0;
        for (int k = 0; k < EACH; k++)
            below[i][k] = (struct argot_cause){.alert = i < DEPTH - 1 ? &chain[i + 1] : NULL};
    }
    argot_alert_json(&chain[0], &style, &out);
    ck_assert_uint_eq(count_of("\"rule_name\":\"guessing\",\"id\""), ARGOT_ALERT_MAX_DEPTH);
    ck_assert_uint_eq(count_of("\"causes\":[],\"causes_omitted\":1"), 1);
    for (int i = 0; i < DEPTH - 1; i++)
        chain[i].ncauses = EACH;
    out.length = 0;
    argot_alert_json(&chain[0], &style, &out);
    ck_assert_ptr_null(strict_json_check(out.bytes, out.length - 1, &at));
    ck_assert_uint_eq(count_of("\"rule_name\":\"guessing\",\"id\""), ARGOT_ALERT_MAX_CAUSES);
    ck_assert_uint_gt(count_of("causes_omitted"), 100);
    out.length = 0;
    argot_alert_text(&chain[0], &style, &out);
    ck_assert_uint_eq(count_of("Z  guessing\n"), ARGOT_ALERT_MAX_CAUSES);
    ck_assert_uint_gt(count_of(" more\n"), 100);
}
END_TEST

/* ---- text ---- */

START_TEST(people_see_first_what_happened_then_to_whom_then_the_lines)
{
    values[0] = (struct argot_extra){.type = ARGOT_TYPE_STRING, .value = case_text("root")};
    values[1] = (struct argot_extra){.type = ARGOT_TYPE_STRING, .value = case_text("a b")};
    collected[0] = (struct argot_alert_values){.field = case_field("user_name"), .count = 2, .values = values};
    alert.nvalues = 1;
    expect_text("2026-03-03 10:00:01Z  high  guessing  192.0.2.1 is \"guessing\"\n"
                "    source_ip=192.0.2.1\n"
                "    5 events, 2026-03-03 09:59:52Z to 2026-03-03 10:00:01Z\n"
                "    ATT&CK T1110.001\n"
                "    user_name: root \"a b\"\n"
                "    2026-03-03 10:00:01Z  auth.log:12  a \"b\"\n");
}
END_TEST

START_TEST(an_alert_of_one_event_has_no_span)
{
    alert.count = 1;
    alert.first_time = alert.last_time;
    alert.nfields = 2;
    expect_text("2026-03-03 10:00:01Z  -  guessing\n    2026-03-03 10:00:01Z  auth.log:12  a \"b\"\n");
}
END_TEST

START_TEST(keys_stand_in_the_order_of_the_rule_whatever_holds_them)
{
    extra[0] = (struct argot_extra){slice("who"), ARGOT_TYPE_STRING, case_text("root x")};
    alert.nextra = 1;
    keys[0] = (struct argot_plan_key){.name = "who", .field = -1};
    keys[1] = (struct argot_plan_key){.name = "host_name", .field = case_field("host_name")}; /* null */
    keys[2] = (struct argot_plan_key){.name = "source_ip", .field = case_field("source_ip")};
    rule.nkeys = 3;
    alert.count = 1;
    alert.first_time = alert.last_time;
    alert.ncauses = 0;
    expect_text("2026-03-03 10:00:01Z  high  guessing  192.0.2.1 is \"guessing\"\n"
                "    extra.who=\"root x\" source_ip=192.0.2.1\n"
                "    ATT&CK T1110.001\n");
}
END_TEST

/* Whatever stands in a log, a rule or the name of a file. */
START_TEST(nothing_drives_the_terminal_but_colors)
{
    static const char hostile[] = "\x1b[2J\x9b\xc2\x9b\r\n\xe2\x80\xae\x07";
    *column("user_name") = case_text(hostile);
    keys[0] = (struct argot_plan_key){.name = "user_name", .field = case_field("user_name")};
    for (uint32_t i = 0; i < alert.nfields; i++)
        if (fields[i].field == case_field("message"))
            fields[i].slot = case_text(hostile);
    alert.rule_name = hostile;
    causes[0].raw = slice(hostile);
    causes[0].identity.source = 1;
    argot_alert_text(&alert, &style, &out);
    ck_assert_uint_eq(count_of("\n"), 5);
    for (size_t i = 0; i < out.length; i++)
        if (out.bytes[i] == '\n')
            out.bytes[i] = ' ';
    ck_assert_msg(strict_json_is_clean(out.bytes, out.length), "%.*s", (int)out.length, (char *)out.bytes);
    ck_assert_uint_eq(count_of("\\u001b[2J"), 4);
    out.length = 0;
    style.color = true;
    alert.rule_name = "guessing";
    argot_alert_text(&alert, &style, &out);
    ck_assert_uint_eq(count_of("\x1b"),
                      count_of("\x1b[0m") + count_of("\x1b[1m") + count_of("\x1b[2m") + count_of("\x1b[31m"));
}
END_TEST

START_TEST(long_raw_lines_are_cut_between_characters)
{
    char line[ARGOT_ALERT_TEXT_RAW_BYTES + 10];
    memset(line, 'a', sizeof line);
    memcpy(line + ARGOT_ALERT_TEXT_RAW_BYTES - 1, "\xc3\xa9", 2);
    causes[0].raw = (struct argot_slice){(const uint8_t *)line, sizeof line};
    argot_alert_text(&alert, &style, &out);
    ck_assert_uint_eq(count_of("a\xe2\x80\xa6\n"), 1);
    ck_assert_uint_eq(count_of("\xef\xbf\xbd"), 0);
    causes[0].raw.length = ARGOT_ALERT_TEXT_RAW_BYTES - 1;
    out.length = 0;
    argot_alert_text(&alert, &style, &out);
    ck_assert_uint_eq(count_of("\xe2\x80\xa6"), 0);
}
END_TEST

START_TEST(columns_stand_on_one_line)
{
    extra[0] = (struct argot_extra){slice("who"), ARGOT_TYPE_STRING, case_text("a\nb")};
    alert.nextra = 1;
    argot_alert_columns(&alert, &out);
    expect("event_severity=high source_ip=192.0.2.1 threat_technique_id=[\"T1110.001\"] extra.who=\"a\\nb\"");
}
END_TEST

/* ---- memory ---- */

START_TEST(without_memory_no_part_of_an_alert_is_written)
{
    static char line[5000];
    memset(line, 1, sizeof line);
    causes[0].raw = (struct argot_slice){(const uint8_t *)line, sizeof line};
    size_t (*const writers[])(const struct argot_alert *, const struct argot_alert_style *,
                              struct argot_buffer *) = {argot_alert_json, argot_alert_text};
    for (uint64_t n = 2, done = 0; done < COUNT(writers); n++) {
        struct argot_test_seam test;
        argot_test_seam_init(&test);
        struct argot_buffer small;
        argot_buffer_init(&small, &test.seam);
        argot_buffer_append_text(&small, "before\n");
        test.fail_allocation = n;
        writers[done](&alert, &style, &small);
        if (small.failed)
            ck_assert_uint_eq(small.length, 7);
        else
            ck_assert_uint_gt(small.length, 7);
        ck_assert_uint_eq(small.bytes[small.length - 1], '\n');
        ck_assert(small.failed || n > 3);
        if (!small.failed) {
            done++;
            n = 1;
        }
        argot_buffer_finish(&small);
        ck_assert_uint_eq(test.live_blocks, 0);
        argot_test_seam_finish(&test);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("alert_output");
    TCase *tcase = tcase_create("alert_output");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, an_alert_is_an_event_with_an_object_behind_it);
    tcase_add_test(tcase, extra_and_collected_values_are_there_where_there_are_any);
    tcase_add_test(tcase, a_cause_leaves_out_what_is_not_known);
    tcase_add_test(tcase, an_alert_without_anything_is_still_an_object);
    tcase_add_test(tcase, a_cause_that_is_an_alert_has_its_own);
    tcase_add_test(tcase, causes_are_bounded_in_depth_and_number);
    tcase_add_test(tcase, people_see_first_what_happened_then_to_whom_then_the_lines);
    tcase_add_test(tcase, an_alert_of_one_event_has_no_span);
    tcase_add_test(tcase, keys_stand_in_the_order_of_the_rule_whatever_holds_them);
    tcase_add_test(tcase, nothing_drives_the_terminal_but_colors);
    tcase_add_test(tcase, long_raw_lines_are_cut_between_characters);
    tcase_add_test(tcase, columns_stand_on_one_line);
    tcase_add_test(tcase, without_memory_no_part_of_an_alert_is_written);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
