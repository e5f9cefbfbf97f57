/* SPDX-License-Identifier: Apache-2.0
 * Time zones: real ones and POSIX rules against what Python's zoneinfo says (zone_cases.h), fixed
 * offsets, names that are refused, damaged files. */
#include <stdio.h>
#include "decode/zone.h"
#include "decode/zone_table.h"
#include "test_case.h"
#include "test_seam.h"

struct zone_case {
    int zone;
    bool wall;
    int64_t seconds;
    int32_t offset;
};
#include "zone_cases.h"

/* A version 3 file with one type, no changes and this footer. */
static size_t
make_tzif(uint8_t *file, const char *rule)
{
    static const uint8_t block[44 + 6 + 4] = {'T', 'Z', 'i', 'f', '3', [39] = 1, [43] = 4, [50] = 'U', 'T', 'C'};
    memcpy(file, block, sizeof block);
    memcpy(file + sizeof block, block, sizeof block);
    return 2 * sizeof block + (size_t)sprintf((char *)file + 2 * sizeof block, "\n%s\n", rule);
}

static struct argot_zone *
zone_of_rule(const char *rule)
{
    uint8_t file[512];
    return argot_zone_parse(argot_seam_system(), file, make_tzif(file, rule));
}

static void
check_case(const struct argot_zone *zone, const struct zone_case *row, const char *name)
{
    int64_t got =
        row->wall ? row->seconds - argot_zone_to_utc(zone, row->seconds) : argot_zone_offset(zone, row->seconds);
    ck_assert_msg(got == row->offset, "%s %s %lld: %lld, not %d", name, row->wall ? "wall" : "utc",
                  (long long)row->seconds, (long long)got, (int)row->offset);
}

START_TEST(real_zones_give_the_offsets_of_the_past)
{
    char why[256] = "";
    struct argot_zone *zone = argot_zone_load(argot_seam_system(), NULL, zone_names[_i], why, sizeof why);
    ck_assert_msg(zone != NULL, "%s", why);
    for (size_t i = 0; i < COUNT(zone_cases); i++)
        if (zone_cases[i].zone == _i)
            check_case(zone, &zone_cases[i], zone_names[_i]);
    argot_zone_free(zone);
}
END_TEST

START_TEST(rules_of_a_footer_hold_after_the_table)
{
    struct argot_zone *zone = zone_of_rule(rule_names[_i]);
    ck_assert_ptr_nonnull(zone);
    for (size_t i = 0; i < COUNT(rule_cases); i++)
        if (rule_cases[i].zone == _i)
            check_case(zone, &rule_cases[i], rule_names[_i]);
    argot_zone_free(zone);
}
END_TEST

START_TEST(days_of_the_year_count_from_zero_without_a_J)
{
    /* 1973-07-20T00:00:00Z, the 201st day. */
    struct argot_zone *zone = zone_of_rule("CCC-1DDD,J60/1,200");
    ck_assert_ptr_nonnull(zone);
    ck_assert_int_eq(argot_zone_offset(zone, 111974399), 7200);
    ck_assert_int_eq(argot_zone_offset(zone, 111974400), 3600);
    ck_assert_int_eq(argot_zone_offset(zone, 68256000 - 1), 3600); /* 1972-03-01T00:00:00Z */
    ck_assert_int_eq(argot_zone_offset(zone, 68256000), 7200);
    argot_zone_free(zone);
    zone = zone_of_rule("CCC-1DDD,J59/1,200");
    ck_assert_int_eq(argot_zone_offset(zone, 68083200 - 1), 3600); /* 1972-02-28T00:00:00Z */
    ck_assert_int_eq(argot_zone_offset(zone, 68083200), 7200);
    argot_zone_free(zone);
}
END_TEST

START_TEST(rules_repeat_after_four_hundred_years)
{
    static const int64_t cycle = 146097ll * 86400;
    struct argot_zone *zone = zone_of_rule("CET-1CEST,M3.5.0,M10.5.0/3");
    ck_assert_ptr_nonnull(zone);
    for (int64_t t = 1700000000; t < 1800000000; t += 86399) {
        for (int64_t round = 1; round < 5; round++) {
            ck_assert_int_eq(argot_zone_offset(zone, t), argot_zone_offset(zone, t + round * cycle));
            ck_assert_int_eq(argot_zone_to_utc(zone, t) + round * cycle, argot_zone_to_utc(zone, t + round * cycle));
        }
    }
    argot_zone_free(zone);
}
END_TEST

START_TEST(wall_clocks_come_back_from_their_moments)
{
    struct argot_zone *zone = zone_of_rule("CET-1CEST,M3.5.0,M10.5.0/3");
    int64_t doubled = 0;
    for (int64_t t = 0; t < 4000000000; t += 1777) {
        int64_t back = argot_zone_to_utc(zone, t + argot_zone_offset(zone, t));
        ck_assert(back == t || back == t - 3600);
        doubled += back != t;
    }
    /* One hour a year has its first reading taken. */
    ck_assert_int_gt(doubled, 200);
    ck_assert_int_lt(doubled, 300);
    argot_zone_free(zone);
}
END_TEST

START_TEST(extreme_moments_do_not_overflow)
{
    static const int64_t extremes[] = {INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX - 1, INT64_MAX};
    struct argot_zone *zone = zone_of_rule("EST5EDT,M3.2.0,M11.1.0");
    for (size_t i = 0; i < COUNT(extremes); i++) {
        argot_zone_offset(zone, extremes[i]);
        argot_zone_to_utc(zone, extremes[i]);
    }
    ck_assert_int_eq(argot_zone_to_utc(zone, INT64_MAX), INT64_MAX);
    argot_zone_free(zone);
}
END_TEST

START_TEST(fixed_offsets_are_zones)
{
    static const struct {
        const char *name;
        int32_t offset;
    } rows[] = {{"+02:00", 7200}, {"-0530", -19800}, {"+02", 7200}, {"Z", 0}, {"UTC", 0}, {"+18:00", 64800}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char why[128] = "";
        struct argot_zone *zone = argot_zone_load(argot_seam_system(), "/nonexistent", rows[i].name, why, sizeof why);
        ck_assert_msg(zone != NULL, "%s: %s", rows[i].name, why);
        ck_assert_int_eq(argot_zone_offset(zone, 1700000000), rows[i].offset);
        ck_assert_int_eq(argot_zone_to_utc(zone, 1700000000), 1700000000 - rows[i].offset);
        argot_zone_free(zone);
    }
}
END_TEST

START_TEST(names_that_leave_the_folder_are_refused)
{
    static const char *const names[] = {
        "",       "/etc/passwd", "../passwd",      "Europe/../../x", "a b", "+25:00", "+1", "Europe/Nowhere",
        "Europe", "zone.tab",    "Europe/Berlin\n"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char why[256] = "";
        ck_assert_ptr_null(argot_zone_load(argot_seam_system(), NULL, names[i], why, sizeof why));
        ck_assert_msg(*why, "%s", names[i]);
    }
}
END_TEST

START_TEST(broken_rules_are_refused)
{
    static const char *const rules[] = {"E5",
                                        "EST",
                                        "EST5EDT",
                                        "EST5EDT,",
                                        "EST5EDT,M3.2.0",
                                        "EST25",
                                        "EST5EDT,M13.2.0,M11.1.0",
                                        "EST5EDT,M3.6.0,M11.1.0",
                                        "<EST5",
                                        "EST5EDT,M3.2.7,M11.1.0",
                                        "EST5EDT,J0,J5",
                                        "EST5EDT,366,5",
                                        "EST5EDT,M3.2.0/168,M11.1.0",
                                        "EST5EDT,M3.2.0,M11.1.0x",
                                        "EST5:60",
                                        "EST99999999999999999999"};
    for (size_t i = 0; i < COUNT(rules); i++)
        ck_assert_msg(zone_of_rule(rules[i]) == NULL, "%s", rules[i]);
}
END_TEST

START_TEST(truncated_files_are_refused)
{
    uint8_t file[512];
    size_t size = make_tzif(file, "EST5EDT,M3.2.0,M11.1.0");
    for (size_t length = 0; length < size; length++) {
        uint8_t *exact = malloc(length + 1);
        memcpy(exact, file, length);
        ck_assert_ptr_null(argot_zone_parse(argot_seam_system(), exact, length));
        free(exact);
    }
}
END_TEST

START_TEST(files_without_changes_and_rule_keep_their_type)
{
    uint8_t file[512];
    size_t size = make_tzif(file, "");
    file[54 + 44 + 2] = 0x0e; /* the offset of the type: 3600 */
    file[54 + 44 + 3] = 0x10;
    struct argot_zone *zone = argot_zone_parse(argot_seam_system(), file, size);
    ck_assert_ptr_nonnull(zone);
    ck_assert_int_eq(argot_zone_offset(zone, 0), 3600);
    argot_zone_free(zone);
    file[54 + 44] = 0x7f; /* an offset of many years */
    ck_assert_ptr_null(argot_zone_parse(argot_seam_system(), file, size));
}
END_TEST

/* Version 1 has times of 32 bits and no footer: the last offset holds on. */
START_TEST(old_files_are_read)
{
    uint8_t file[44 + 2 * 5 + 2 * 6 + 8] = {'T', 'Z', 'i', 'f', [35] = 2, [39] = 2, [43] = 8};
    static const uint8_t block[] = {0xff, 0xff, 0xff, 0x9c, 0, 0, 0, 100, /* at -100 and 100 */
                                    1,    0,                              /* the second type, the first again */
                                    0,    0,    0x0e, 0x10, 0, 0,         /* 3600 */
                                    0,    0,    0x1c, 0x20, 1, 4};        /* 7200 */
    memcpy(file + 44, block, sizeof block);
    struct argot_zone *zone = argot_zone_parse(argot_seam_system(), file, sizeof file);
    ck_assert_ptr_nonnull(zone);
    static const int64_t moments[] = {INT64_MIN, -101, -100, 99, 100, INT64_MAX};
    static const int32_t offsets[] = {3600, 3600, 7200, 7200, 3600, 3600};
    for (size_t i = 0; i < COUNT(moments); i++)
        ck_assert_int_eq(argot_zone_offset(zone, moments[i]), offsets[i]);
    argot_zone_free(zone);
    file[44 + 8] = 2; /* no such type */
    ck_assert_ptr_null(argot_zone_parse(argot_seam_system(), file, sizeof file));
    file[44 + 8] = 1;
    file[44 + 7] = 0x9c; /* times that go back */
    file[44 + 4] = 0x80;
    ck_assert_ptr_null(argot_zone_parse(argot_seam_system(), file, sizeof file));
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    static const char *const names[] = {"a", "+02:00"};
    struct argot_test_seam seam;
    uint8_t file[512];
    argot_test_seam_init(&seam);
    argot_test_seam_put(&seam, "zones/a", file, make_tzif(file, "EST5EDT,M3.2.0,M11.1.0"));
    for (size_t i = 0; i < COUNT(names); i++) {
        char why[200] = "";
        uint64_t calls = seam.allocations;
        argot_zone_free(argot_zone_load(&seam.seam, "zones", names[i], why, sizeof why));
        calls = seam.allocations - calls;
        ck_assert_uint_gt(calls, 0);
        for (uint64_t call = 1; call <= calls; call++) {
            strcpy(why, "");
            seam.fail_allocation = seam.allocations + call;
            ck_assert_ptr_null(argot_zone_load(&seam.seam, "zones", names[i], why, sizeof why));
            ck_assert(*why);
            ck_assert_uint_eq(seam.live_blocks, 0);
        }
    }
    argot_zone_free(NULL);
    argot_test_seam_finish(&seam);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("zone");
    TCase *tcase = tcase_create("zone");
    tcase_add_loop_test(tcase, real_zones_give_the_offsets_of_the_past, 0, (int)COUNT(zone_names));
    tcase_add_loop_test(tcase, rules_of_a_footer_hold_after_the_table, 0, (int)COUNT(rule_names));
    tcase_add_test(tcase, days_of_the_year_count_from_zero_without_a_J);
    tcase_add_test(tcase, rules_repeat_after_four_hundred_years);
    tcase_add_test(tcase, wall_clocks_come_back_from_their_moments);
    tcase_add_test(tcase, extreme_moments_do_not_overflow);
    tcase_add_test(tcase, fixed_offsets_are_zones);
    tcase_add_test(tcase, names_that_leave_the_folder_are_refused);
    tcase_add_test(tcase, broken_rules_are_refused);
    tcase_add_test(tcase, truncated_files_are_refused);
    tcase_add_test(tcase, files_without_changes_and_rule_keep_their_type);
    tcase_add_test(tcase, old_files_are_read);
    tcase_add_test(tcase, each_allocation_may_fail);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
