/* SPDX-License-Identifier: Apache-2.0
 * A normalizer on its own: what its face promises, at its edges. That it gives what argot gives is held by
 * tests/cli/test_emit_c.py, over the same code as programs get it. */
#include "alone/alone.h"
#include "test_case.h"
#include "test_seam.h"

extern const struct argot_normalizer *const argot_stock_formats[];
extern const size_t argot_stock_count;

#define LINE                                                                                                           \
    "shop.example.com:443 192.0.2.17 - alice [24/Nov/2026:09:12:03 +0000] \"GET /cart?id=1 HTTP/1.1\" 200 5316 "       \
    "\"-\" \"curl/8.9.1\""
#define SYSLOG "Nov 24 09:20:07 web1 sshd[4719]: Failed password for root from 203.0.113.66 port 40112 ssh2"

static struct argot_test_seam seam;

static struct argot_alone *
make(const char *name, const struct argot_alone_options *options)
{
    char why[256];
    struct argot_alone *alone =
        argot_alone_new(&seam.seam, argot_stock_formats, argot_stock_count, name, options, why, sizeof why);
    ck_assert_msg(alone != NULL, "%s", why);
    return alone;
}

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    seam.now = INT64_C(1764000000000000000); /* November 2025 */
}

static void
tear_down(void)
{
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static void
check_text(const struct argot_alone_value *value, const char *text)
{
    ck_assert_ptr_nonnull(value);
    ck_assert_uint_eq(value->text.length, strlen(text));
    ck_assert_mem_eq(value->text.at, text, strlen(text));
}

START_TEST(fields_are_walked_in_the_order_of_the_schema_and_found_by_name)
{
    struct argot_alone *alone = make("apache_access", NULL);
    ck_assert_int_eq(argot_alone_parse(alone, LINE, strlen(LINE)), 1);
    ck_assert_int_eq(argot_alone_outcome(alone, 0), ARGOT_ALONE_EVENT);
    ck_assert_int_eq(argot_alone_message(alone, 0), 0);
    size_t count;
    const struct argot_alone_value *values = argot_alone_fields(alone, 0, &count);
    ck_assert_uint_gt(count, 8);
    for (size_t i = 1; i < count; i++)
        ck_assert_uint_lt(values[i - 1].field, values[i].field);
    check_text(argot_alone_get(alone, 0, "user_name"), "alice");
    check_text(argot_alone_get(alone, 0, "event_type"), "HTTP_ACCESS");
    ck_assert_uint_eq(argot_alone_get(alone, 0, "status_code")->u64, 200);
    ck_assert_int_eq(argot_alone_get(alone, 0, "event_time")->i64, INT64_C(1795511523000000000));
    ck_assert_ptr_null(argot_alone_get(alone, 0, "http_referrer"));
    ck_assert_ptr_null(argot_alone_get(alone, 0, "extra.user_name"));
    ck_assert_ptr_null(argot_alone_get(alone, 1, "user_name"));
    char text[8];
    ck_assert_uint_eq(argot_alone_print(alone, argot_alone_get(alone, 0, "source_ip"), text, sizeof text), 10);
    ck_assert_str_eq(text, "192.0.2");
    argot_alone_free(alone);
}
END_TEST

START_TEST(results_last_until_the_next_line)
{
    struct argot_alone *alone = make("apache_access", NULL);
    size_t length;
    ck_assert_int_eq(argot_alone_parse(alone, LINE "\r\n", strlen(LINE) + 2), 1);
    char *first = strdup(argot_alone_json(alone, 0, &length));
    ck_assert_uint_eq(strlen(first), length);
    ck_assert_int_eq(argot_alone_parse(alone, "", 0), 1);
    ck_assert_int_eq(argot_alone_outcome(alone, 0), ARGOT_ALONE_SKIPPED);
    ck_assert_ptr_null(argot_alone_json(alone, 0, &length));
    ck_assert_ptr_null(argot_alone_fields(alone, 0, &length));
    ck_assert_uint_eq(length, 0);
    ck_assert_int_eq(argot_alone_parse(alone, LINE, strlen(LINE)), 1);
    ck_assert_str_eq(argot_alone_json(alone, 0, &length), first);
    ck_assert_int_eq(argot_alone_outcome(alone, -1), ARGOT_ALONE_SKIPPED);
    free(first);
    argot_alone_free(alone);
}
END_TEST

START_TEST(line_that_fits_nothing_is_a_letter_that_says_how_far_it_got)
{
    struct argot_alone *alone = make("apache_access", NULL);
    struct argot_alone_letter letter;
    ck_assert_int_eq(argot_alone_parse(alone, "192.0.2.17 - -", 14), 1);
    ck_assert_int_eq(argot_alone_outcome(alone, 0), ARGOT_ALONE_LETTER);
    ck_assert_int_eq(argot_alone_message(alone, 0), -1);
    ck_assert_int_eq(argot_alone_letter(alone, 0, &letter), 1);
    ck_assert_str_eq(letter.reason, "no_match");
    ck_assert_uint_eq(letter.offset, 14);
    ck_assert_int_eq(argot_alone_letter(alone, 1, &letter), 0);
    ck_assert_int_eq(argot_alone_parse(alone, LINE, strlen(LINE)), 1);
    ck_assert_int_eq(argot_alone_letter(alone, 0, &letter), 0);
    ck_assert_ptr_null(letter.reason);
    argot_alone_free(alone);
}
END_TEST

START_TEST(what_is_no_line_is_refused_and_what_is_too_long_is_a_letter)
{
    struct argot_alone *alone = make("apache_access", NULL);
    struct argot_alone_letter letter;
    ck_assert_int_eq(argot_alone_parse(alone, "a\nb", 3), ARGOT_ALONE_NO_LINE);
    ck_assert_int_eq(argot_alone_outcome(alone, 0), ARGOT_ALONE_SKIPPED);
    ck_assert_int_eq(argot_alone_parse(alone, "\n\n", 2), ARGOT_ALONE_NO_LINE);
    char *large = calloc(ARGOT_ALONE_MAX_BYTES + 1, 1);
    memset(large, 'a', ARGOT_ALONE_MAX_BYTES + 1);
    ck_assert_int_eq(argot_alone_parse(alone, large, ARGOT_ALONE_MAX_BYTES + 1), 1);
    ck_assert_int_eq(argot_alone_letter(alone, 0, &letter), 1);
    ck_assert_str_eq(letter.reason, "too_long");
    ck_assert_int_eq(argot_alone_parse(alone, large, ARGOT_ALONE_MAX_BYTES), 1);
    ck_assert_int_eq(argot_alone_letter(alone, 0, &letter), 1);
    ck_assert_str_eq(letter.reason, "no_match");
    free(large);
    argot_alone_free(alone);
}
END_TEST

START_TEST(time_zone_and_receive_time_are_options)
{
    struct argot_alone_options options = {.timezone = "+02:00", .received_ns = INT64_C(1483228800000000000)}; /* 2017 */
    struct argot_alone *alone = make("sshd", &options);
    char text[64];
    ck_assert_int_eq(argot_alone_parse(alone, SYSLOG, strlen(SYSLOG)), 1);
    argot_alone_print(alone, argot_alone_get(alone, 0, "event_time"), text, sizeof text);
    ck_assert_str_eq(text, "2016-11-24T07:20:07Z");
    argot_alone_free(alone);
    alone = make("sshd", NULL); /* the clock says when it came */
    ck_assert_int_eq(argot_alone_parse(alone, SYSLOG, strlen(SYSLOG)), 1);
    argot_alone_print(alone, argot_alone_get(alone, 0, "event_time"), text, sizeof text);
    ck_assert_str_eq(text, "2025-11-24T09:20:07Z");
    seam.now += INT64_C(366) * 86400 * 1000000000;
    ck_assert_int_eq(argot_alone_parse(alone, SYSLOG, strlen(SYSLOG)), 1);
    argot_alone_print(alone, argot_alone_get(alone, 0, "event_time"), text, sizeof text);
    ck_assert_str_eq(text, "2026-11-24T09:20:07Z");
    argot_alone_free(alone);
    char why[256];
    options.timezone = "Nowhere/At_All";
    ck_assert_ptr_null(
        argot_alone_new(&seam.seam, argot_stock_formats, argot_stock_count, "sshd", &options, why, sizeof why));
    ck_assert_ptr_nonnull(strstr(why, "Nowhere/At_All"));
    ck_assert_ptr_null(
        argot_alone_new(&seam.seam, argot_stock_formats, argot_stock_count, "nothing", NULL, why, sizeof why));
}
END_TEST

struct failed {
    struct {
        uint8_t source_ip, user_name, nothing;
    } has;
    uint8_t source_ip[16];
    struct argot_alone_text user_name;
    uint64_t nothing;
};

static const struct argot_alone_member failed_members[] = {
    {"source_ip", 0, ARGOT_ALONE_IP, offsetof(struct failed, source_ip), offsetof(struct failed, has.source_ip)},
    {"user_name", 0, ARGOT_ALONE_STRING, offsetof(struct failed, user_name), offsetof(struct failed, has.user_name)},
    {"host_name", 0, ARGOT_ALONE_UINT, offsetof(struct failed, nothing), offsetof(struct failed, has.nothing)},
};

START_TEST(structure_takes_its_fields_and_no_value_of_another_type)
{
    struct argot_alone *alone = make("sshd", NULL);
    struct failed failed;
    ck_assert_int_eq(argot_alone_parse(alone, SYSLOG, strlen(SYSLOG)), 1);
    int message = argot_alone_message(alone, 0);
    ck_assert_int_ge(message, 0);
    ck_assert_int_eq(argot_alone_fill(alone, 0, message, failed_members, 3, &failed, sizeof failed), 1);
    ck_assert_uint_eq(failed.has.source_ip + failed.has.user_name, 2);
    ck_assert_uint_eq(failed.has.nothing, 0);
    ck_assert_uint_eq(failed.source_ip[15], 66);
    ck_assert_mem_eq(failed.user_name.at, "root", 4);
    ck_assert_int_eq(argot_alone_fill(alone, 0, message + 1, failed_members, 3, &failed, sizeof failed), 0);
    ck_assert_int_eq(argot_alone_fill(alone, 1, message, failed_members, 3, &failed, sizeof failed), 0);
    ck_assert_int_eq(argot_alone_fill(alone, 0, -1, failed_members, 3, &failed, sizeof failed), 0);
    argot_alone_free(alone);
}
END_TEST

/* All that is asked of one line, with memory that ends anywhere on the way. Whether it did not. */
static bool
survives(uint64_t fail)
{
    char why[256], text[64];
    size_t length;
    struct failed failed;
    seam.fail_allocation = seam.allocations + fail;
    struct argot_alone *alone =
        argot_alone_new(&seam.seam, argot_stock_formats, argot_stock_count, "sshd", NULL, why, sizeof why);
    if (!alone)
        return false;
    bool good = argot_alone_parse(alone, SYSLOG, strlen(SYSLOG)) == 1;
    good = argot_alone_fill(alone, 0, argot_alone_message(alone, 0), failed_members, 3, &failed, sizeof failed) == 1 &&
           good;
    good = argot_alone_json(alone, 0, &length) && good;
    const struct argot_alone_value *value = argot_alone_get(alone, 0, "source_ip");
    good = value && argot_alone_print(alone, value, text, sizeof text) && good;
    /* After a failure it goes on. */
    seam.fail_allocation = 0;
    ck_assert_int_eq(argot_alone_parse(alone, SYSLOG, strlen(SYSLOG)), 1);
    ck_assert_ptr_nonnull(argot_alone_get(alone, 0, "source_ip"));
    argot_alone_free(alone);
    return good;
}

START_TEST(every_allocation_may_fail)
{
    uint64_t fail = 1;
    while (!survives(fail)) {
        ck_assert_uint_eq(seam.live_blocks, 0);
        ck_assert_uint_lt(++fail, 10000);
    }
    ck_assert_uint_gt(fail, 10);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("alone");
    TCase *cases = tcase_create("alone");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, fields_are_walked_in_the_order_of_the_schema_and_found_by_name);
    tcase_add_test(cases, results_last_until_the_next_line);
    tcase_add_test(cases, line_that_fits_nothing_is_a_letter_that_says_how_far_it_got);
    tcase_add_test(cases, what_is_no_line_is_refused_and_what_is_too_long_is_a_letter);
    tcase_add_test(cases, time_zone_and_receive_time_are_options);
    tcase_add_test(cases, structure_takes_its_fields_and_no_value_of_another_type);
    tcase_add_test(cases, every_allocation_may_fail);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
