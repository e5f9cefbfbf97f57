/* SPDX-License-Identifier: Apache-2.0
 * Events as text for people and as CSV: exact lines, hostile values, wrong columns, memory that runs out. */
#include "output_cases.h"
#include <stdio.h>
#include "output/csv.h"
#include "output/text.h"
#include "strict_json.h"
#include "test_seam.h"
#include "test_case.h"

static struct argot_buffer out;
static struct case_event it;

static void
set_up(void)
{
    argot_buffer_init(&out, argot_seam_system());
    case_init(&it);
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

/* ---- text ---- */

static void
expect_text(const char *text)
{
    out.length = 0;
    argot_text_event(&it.event, false, &out);
    expect(text);
}

START_TEST(a_line_for_people_begins_with_time_type_outcome_and_program)
{
    case_login(&it);
    expect_text(
        "2026-03-03 10:00:01Z  AUTH_LOGIN failure  sshd  source_ip=192.0.2.1 source_port=40022 user_name=root\n");
    it.event.present = 0;
    expect_text("2026-03-03 10:00:01Z  AUTH_LOGIN  sshd\n"); /* now the format's name */
}
END_TEST

START_TEST(an_event_without_fields_is_still_a_line) { expect_text("2026-03-03 10:00:01Z  -  sshd\n"); }
END_TEST

START_TEST(values_with_blanks_quotes_or_escapes_stand_in_quotes)
{
    static const struct {
        const char *value, *text;
    } rows[] = {{"", "\"\""},
                {"a b", "\"a b\""},
                {"a=b,c", "a=b,c"},
                {"say \"x\"", "\"say \\\"x\\\"\""},
                {"a\"b", "\"a\\\"b\""},
                {"C:\\x", "\"C:\\\\x\""},
                {"\x1b[2J", "\"\\u001b[2J\""},
                {"a\nb", "\"a\\nb\""},
                {"\xc2\x9b", "\"\\u009b\""},
                {"\xe2\x80\xae", "\"\\u202e\""},
                {"caf\xc3\xa9", "caf\xc3\xa9"},
                {"\xff", "\xef\xbf\xbd"}};
    struct argot_slot *slot = case_slot(&it, "user_name");
    for (size_t i = 0; i < COUNT(rows); i++) {
        char expected[256];
        *slot = case_text(rows[i].value);
        snprintf(expected, sizeof expected, "2026-03-03 10:00:01Z  -  sshd  user_name=%s\n", rows[i].text);
        expect_text(expected);
    }
}
END_TEST

START_TEST(members_of_extra_and_lists_are_shown)
{
    const struct argot_slot items[] = {case_text("a"), case_text("b c")};
    case_slot(&it, "process_args")->list.items = items;
    it.slots[0].list.count = 2;
    case_extra(&it, "n", ARGOT_TYPE_UINT, (struct argot_slot){.u64 = 5});
    case_extra(&it, "two words", ARGOT_TYPE_STRING, case_text("x"));
    case_extra(&it, "j", ARGOT_TYPE_STRING, case_json("{\"a\":\"\x7f\"}"));
    expect_text("2026-03-03 10:00:01Z  -  sshd  process_args=[\"a\",\"b c\"] extra.n=5 extra.\"two words\"=x "
                "extra.j={\"a\":\"\\u007f\"}\n");
}
END_TEST

START_TEST(colors_are_the_only_escape_sequences)
{
    case_login(&it);
    it.event.present = 1 | 4; /* outcome, user */
    it.slots[2] = case_text("\x1b[31mroot");
    argot_text_event(&it.event, true, &out);
    expect("\033[2m2026-03-03 10:00:01Z\033[0m  \033[1mAUTH_LOGIN\033[0m \033[31mfailure\033[0m  \033[36msshd\033[0m  "
           "\033[2muser_name=\033[0m\"\\u001b[31mroot\"\n");
}
END_TEST

/* ---- CSV ---- */

static struct argot_csv_writer *
writer_of(const char *names)
{
    char why[256] = "";
    struct argot_csv_writer *writer = argot_csv_new(argot_seam_system(), names, why, sizeof why);
    ck_assert_msg(writer != NULL, "%s", why);
    return writer;
}

static void
expect_csv(const char *names, const char *text)
{
    struct argot_csv_writer *writer = writer_of(names);
    out.length = 0;
    argot_csv_event(writer, &it.event, "a,b.log", &out);
    argot_csv_free(writer);
    expect(text);
}

START_TEST(the_head_names_the_columns_in_the_order_asked_for)
{
    struct argot_csv_writer *writer = writer_of("user_name,event_time,extra.a b,extra,source,record,line");
    argot_csv_head(writer, &out);
    expect("user_name,event_time,extra.a b,extra,source,record,line\n");
    argot_csv_free(writer);
}
END_TEST

START_TEST(cells_are_values_by_type_and_empty_where_there_is_none)
{
    case_login(&it);
    it.event.raw = (struct argot_slice){(const uint8_t *)"raw, line", 9};
    expect_csv("event_time,user_name,user_domain,source_ip,source_port,event_type,event_outcome",
               "2026-03-03T10:00:01Z,root,,192.0.2.1,40022,AUTH_LOGIN,failure\n");
    expect_csv("format_name,raw_line,event_ingest_time,source,record,line,extra,extra.x",
               "sshd/3,\"raw, line\",2026-03-03T10:00:03Z,\"a,b.log\",7,9,,\n");
    expect_csv("message", "\n");
}
END_TEST

START_TEST(cells_with_separators_quotes_or_blanks_at_an_end_stand_in_quotes)
{
    static const struct {
        const char *value, *cell;
    } rows[] = {{"", "\"\""},
                {"a b", "a b"},
                {" a", "\" a\""},
                {"a ", "\"a \""},
                {"a,b", "\"a,b\""},
                {"\"", "\"\"\"\""},
                {"a\"b", "\"a\"\"b\""},
                {"C:\\x", "C:\\x"},
                {"a\nb\r", "a\\nb\\r"},
                {"\x1b", "\\u001b"},
                {"\xff,", "\"\xef\xbf\xbd,\""}};
    struct argot_slot *slot = case_slot(&it, "user_name");
    for (size_t i = 0; i < COUNT(rows); i++) {
        char expected[256];
        *slot = case_text(rows[i].value);
        snprintf(expected, sizeof expected, "%s,7\n", rows[i].cell);
        expect_csv("user_name,record", expected);
    }
}
END_TEST

START_TEST(extra_is_one_cell_of_JSON_or_a_column_for_a_member)
{
    const struct argot_slot items[] = {case_text("x,\"y\"")};
    case_slot(&it, "process_args")->list.items = items;
    it.slots[0].list.count = 1;
    case_extra(&it, "a", ARGOT_TYPE_STRING, case_text("1\n"));
    case_extra(&it, "b", ARGOT_TYPE_STRING, case_json("[1,\"\xff\"]"));
    expect_csv("extra.a,extra.b,extra.c,extra",
               "1\\n,\"[1,\"\"\xef\xbf\xbd\"\"]\",,\"{\"\"a\"\":\"\"1\\n\"\",\"\"b\"\":[1,\"\"\xef\xbf\xbd\"\"]}\"\n");
    expect_csv("process_args", "\"[\"\"x,\\\"\"y\\\"\"\"\"]\"\n");
}
END_TEST

START_TEST(without_names_all_fields_but_the_receive_time_and_the_raw_line_are_columns)
{
    struct argot_csv_writer *writer = writer_of(NULL);
    argot_csv_head(writer, &out);
    ck_assert_uint_eq(out.bytes[out.length - 1], '\n');
    unsigned commas = 0;
    for (size_t i = 0; i < out.length; i++)
        commas += out.bytes[i] == ',';
    ck_assert_uint_eq(commas + 1, argot_schema.count - 2 + 1);
    out.bytes[out.length - 1] = 0;
    ck_assert_ptr_null(strstr((char *)out.bytes, "raw_line"));
    ck_assert_ptr_null(strstr((char *)out.bytes, "event_ingest_time"));
    ck_assert_ptr_nonnull(strstr((char *)out.bytes, ",extra"));
    argot_csv_free(writer);
}
END_TEST

START_TEST(wrong_columns_are_refused_with_the_reason)
{
    static const struct {
        const char *names, *why;
    } rows[] = {{"", "there is no column ``"},
                {"user_name,", "there is no column ``"},
                {"sorce_ip", "there is no column `sorce_ip`; did you mean `source_ip`?"},
                {"extra.", "there is no column `extra.`"},
                {"user_name,record,user_name", "twice the column `user_name`"},
                {"extra.a,extra.a", "twice the column `extra.a`"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char why[128] = "";
        ck_assert_ptr_null(argot_csv_new(argot_seam_system(), rows[i].names, why, sizeof why));
        ck_assert_msg(!strncmp(why, rows[i].why, strlen(rows[i].why)), "%s: %s", rows[i].names, why);
    }
}
END_TEST

START_TEST(more_columns_than_the_limit_are_refused)
{
    char *names = malloc(ARGOT_CSV_MAX_COLUMNS * 16 + 32), *at = names;
    for (int i = 0; i <= ARGOT_CSV_MAX_COLUMNS; i++)
        at += sprintf(at, "%sextra.%d", i ? "," : "", i);
    char why[128] = "";
    ck_assert_ptr_null(argot_csv_new(argot_seam_system(), names, why, sizeof why));
    ck_assert_str_eq(why, "too many columns at `extra.1024`");
    names[strlen(names) - strlen(",extra.1024")] = 0;
    argot_csv_free(writer_of(names));
    free(names);
}
END_TEST

START_TEST(CSV_counts_replaced_bytes)
{
    case_extra(&it, "\xff", ARGOT_TYPE_STRING, case_text("\xff\xff"));
    struct argot_csv_writer *writer = writer_of("extra");
    argot_csv_event(writer, &it.event, NULL, &out);
    ck_assert_uint_eq(argot_csv_take_replaced(writer), 3);
    ck_assert_uint_eq(argot_csv_take_replaced(writer), 0);
    argot_csv_free(writer);
}
END_TEST

/* ---- memory ---- */

START_TEST(without_memory_no_part_of_a_line_is_written)
{
    static uint8_t big[5000];
    memset(big, 1, sizeof big);
    case_login(&it);
    case_extra(&it, "big", ARGOT_TYPE_STRING, case_bytes(big, sizeof big));
    for (uint64_t n = 1;; n++) {
        struct argot_test_seam test;
        argot_test_seam_init(&test);
        struct argot_buffer small;
        argot_buffer_init(&small, &test.seam);
        argot_buffer_append_text(&small, "before\n");
        test.fail_allocation = test.allocations + n;
        char why[64] = "";
        struct argot_csv_writer *writer = argot_csv_new(&test.seam, "user_name,extra", why, sizeof why);
        if (writer)
            argot_csv_event(writer, &it.event, NULL, &small);
        bool done = writer && !small.failed;
        if (done)
            argot_text_event(&it.event, false, &small);
        else
            ck_assert_uint_eq(small.length, 7);
        ck_assert_uint_eq(small.bytes[small.length - 1], '\n');
        argot_csv_free(writer);
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
    Suite *suite = suite_create("output");
    TCase *text = tcase_create("text"), *csv = tcase_create("csv");
    tcase_add_checked_fixture(text, set_up, tear_down);
    tcase_add_test(text, a_line_for_people_begins_with_time_type_outcome_and_program);
    tcase_add_test(text, an_event_without_fields_is_still_a_line);
    tcase_add_test(text, values_with_blanks_quotes_or_escapes_stand_in_quotes);
    tcase_add_test(text, members_of_extra_and_lists_are_shown);
    tcase_add_test(text, colors_are_the_only_escape_sequences);
    suite_add_tcase(suite, text);
    tcase_add_checked_fixture(csv, set_up, tear_down);
    tcase_add_test(csv, the_head_names_the_columns_in_the_order_asked_for);
    tcase_add_test(csv, cells_are_values_by_type_and_empty_where_there_is_none);
    tcase_add_test(csv, cells_with_separators_quotes_or_blanks_at_an_end_stand_in_quotes);
    tcase_add_test(csv, extra_is_one_cell_of_JSON_or_a_column_for_a_member);
    tcase_add_test(csv, without_names_all_fields_but_the_receive_time_and_the_raw_line_are_columns);
    tcase_add_test(csv, wrong_columns_are_refused_with_the_reason);
    tcase_add_test(csv, more_columns_than_the_limit_are_refused);
    tcase_add_test(csv, CSV_counts_replaced_bytes);
    tcase_add_test(csv, without_memory_no_part_of_a_line_is_written);
    suite_add_tcase(suite, csv);
    return suite;
}

int
main(void)
{
    return test_run(make_suite());
}
