/* SPDX-License-Identifier: Apache-2.0
 * Days and dates against timegm, moments at the edges of their range, missing years across new year, missing zones in
 * gaps and doubled hours, leap seconds. */
#include "decode/calendar.h"
#include <stdio.h>
#include <time.h>
#include "decode/zone.h"
#include "event/format.h"
#include "test_case.h"

#define NS 1000000000ll
#define DAY 86400ll

/* ---- days ---- */

START_TEST(days_agree_with_the_C_library)
{
    uint64_t state = 8;
    for (int round = 0; round < 200000; round++) {
        int64_t days = (int64_t)(test_random(&state) % 4000000) - 2000000;
        if (round < 20000)
            days = round - 10000; /* each around the epoch */
        time_t second = (time_t)(days * DAY);
        struct tm tm;
        ck_assert_ptr_nonnull(gmtime_r(&second, &tm));
        int64_t year;
        uint32_t month, day;
        argot_calendar_date(days, &year, &month, &day);
        ck_assert_int_eq(year, tm.tm_year + 1900);
        ck_assert_uint_eq(month, (uint32_t)tm.tm_mon + 1);
        ck_assert_uint_eq(day, (uint32_t)tm.tm_mday);
        ck_assert_int_eq(argot_calendar_days(year, month, day), days);
        ck_assert_int_eq(timegm(&tm), second);
    }
}
END_TEST

START_TEST(months_have_their_days)
{
    static const int years[] = {1900, 1970, 1999, 2000, 2023, 2024, 2100, 2400, 9999};
    for (size_t i = 0; i < COUNT(years); i++)
        for (uint32_t month = 1; month <= 12; month++) {
            int64_t next =
                month < 12 ? argot_calendar_days(years[i], month + 1, 1) : argot_calendar_days(years[i] + 1, 1, 1);
            ck_assert_int_eq(argot_calendar_month_days(years[i], month),
                             next - argot_calendar_days(years[i], month, 1));
        }
}
END_TEST

/* ---- moments ---- */

static uint64_t leap_seconds;

static bool
moment_of(const struct argot_decode *context, const char *iso, struct argot_calendar calendar, argot_time *time)
{
    int year, month, day, hour, minute, second;
    ck_assert_int_eq(sscanf(iso, "%d-%d-%dT%d:%d:%d", &year, &month, &day, &hour, &minute, &second), 6);
    calendar.year = year;
    calendar.month = (uint8_t)month;
    calendar.day = (uint8_t)day;
    calendar.hour = (uint8_t)hour;
    calendar.minute = (uint8_t)minute;
    calendar.second = (uint8_t)second;
    return argot_calendar_moment(context, &calendar, time);
}

static argot_time
utc(const char *iso)
{
    argot_time time;
    ck_assert_msg(argot_time_parse(iso, &time), "%s", iso);
    return time;
}

static void
expect_time(argot_time time, const char *iso, const char *what)
{
    char text[ARGOT_FORMAT_ROOM + 1];
    text[argot_format_time(time, text)] = 0;
    ck_assert_msg(!strcmp(text, iso), "%s: %s, not %s", what, text, iso);
}

static const struct argot_calendar in_utc = {.has_year = true, .has_zone = true};

START_TEST(moments_agree_with_the_C_library)
{
    static const struct argot_decode context;
    uint64_t state = 9;
    for (int round = 0; round < 100000; round++) {
        time_t second = (time_t)(test_random(&state) % 9223372036ull);
        struct argot_calendar calendar = in_utc;
        struct tm tm;
        gmtime_r(&second, &tm);
        calendar.year = tm.tm_year + 1900;
        calendar.month = (uint8_t)(tm.tm_mon + 1);
        calendar.day = (uint8_t)tm.tm_mday;
        calendar.hour = (uint8_t)tm.tm_hour;
        calendar.minute = (uint8_t)tm.tm_min;
        calendar.second = (uint8_t)tm.tm_sec;
        calendar.ns = (uint32_t)(test_random(&state) % NS);
        argot_time time;
        ck_assert(argot_calendar_moment(&context, &calendar, &time));
        ck_assert_int_eq(time, second * NS + calendar.ns);
        calendar.offset_s = (int32_t)(test_random(&state) % 129600) - 64800;
        if (argot_calendar_moment(&context, &calendar, &time))
            ck_assert_int_eq(time, (second - calendar.offset_s) * NS + calendar.ns);
        else
            ck_assert(second < calendar.offset_s || second - calendar.offset_s > 9223372035);
    }
}
END_TEST

static const struct {
    const char *iso;
    uint32_t ns;
    int32_t offset_s;
    bool good;
} edges[] = {
    {"1970-01-01T00:00:00", 0, 0, true},         {"1969-12-31T23:59:59", 999999999, 0, false},
    {"1970-01-01T00:59:59", 0, 3600, false},     {"1969-12-31T23:00:00", 0, -3600, true},
    {"2262-04-11T23:47:16", 854775807, 0, true}, {"2262-04-11T23:47:16", 854775808, 0, false},
    {"2262-04-11T23:47:17", 0, 0, false},        {"2262-04-12T00:47:16", 0, 3600, true},
    {"9999-12-31T23:59:59", 0, 0, false},        {"0000-01-01T00:00:00", 0, 0, false},
    {"2024-02-29T00:00:00", 0, 0, true},         {"2023-02-29T00:00:00", 0, 0, false},
    {"2100-02-29T00:00:00", 0, 0, false},        {"2000-02-29T00:00:00", 0, 0, true},
    {"2024-00-01T00:00:00", 0, 0, false},        {"2024-13-01T00:00:00", 0, 0, false},
    {"2024-01-00T00:00:00", 0, 0, false},        {"2024-01-32T00:00:00", 0, 0, false},
    {"2024-04-31T00:00:00", 0, 0, false},        {"2024-01-01T24:00:00", 0, 0, false},
    {"2024-01-01T00:60:00", 0, 0, false},        {"2024-01-01T00:00:61", 0, 0, false},
    {"2024-255-01T00:00:00", 0, 0, false},
};

START_TEST(ranges_are_checked)
{
    static const struct argot_decode context;
    struct argot_calendar calendar = in_utc;
    argot_time time;
    calendar.ns = edges[_i].ns;
    calendar.offset_s = edges[_i].offset_s;
    ck_assert_int_eq(moment_of(&context, edges[_i].iso, calendar, &time), edges[_i].good);
}
END_TEST

START_TEST(second_sixty_is_read_as_fifty_nine_and_counted)
{
    struct argot_decode context = {.leap_seconds = &leap_seconds};
    struct argot_calendar calendar = in_utc;
    argot_time time;
    calendar.ns = 5;
    ck_assert(moment_of(&context, "2016-12-31T23:59:60", calendar, &time));
    expect_time(time, "2016-12-31T23:59:59.000000005Z", "a leap second");
    ck_assert_uint_eq(leap_seconds, 1);
    ck_assert(moment_of(&context, "2016-12-31T23:59:59", calendar, &time));
    ck_assert(!moment_of(&context, "2016-12-32T23:59:60", calendar, &time)); /* refused: not counted */
    ck_assert(!moment_of(&context, "2300-12-31T23:59:60", calendar, &time));
    ck_assert_uint_eq(leap_seconds, 1);
    context.leap_seconds = NULL;
    ck_assert(moment_of(&context, "2016-12-31T23:59:60", calendar, &time));
    ck_assert_uint_eq(leap_seconds, 1);
}
END_TEST

/* ---- without a year ---- */

static const struct {
    const char *received, *written, *expected; /* written: year 0 stands for none; expected NULL: none */
} years[] = {
    {"2026-01-02T00:00:00Z", "0-12-31T23:59:59", "2025-12-31T23:59:59Z"},
    {"2025-12-31T23:59:59Z", "0-1-1T00:00:01", "2026-01-01T00:00:01Z"},
    {"2026-06-15T00:00:00Z", "0-6-15T00:00:00", "2026-06-15T00:00:00Z"},
    {"2026-07-02T12:00:00Z", "0-1-1T00:00:00", "2026-01-01T00:00:00Z"}, /* 182.5 days ago or ahead: */
    {"2026-07-02T12:00:01Z", "0-1-1T00:00:00", "2027-01-01T00:00:00Z"}, /* the earlier of equals */
    {"2026-07-02T11:59:59Z", "0-1-1T00:00:00", "2026-01-01T00:00:00Z"},
    {"2026-01-01T00:00:00Z", "0-7-2T11:59:59", "2026-07-02T11:59:59Z"},  /* two seconds nearer */
    {"2026-03-01T00:00:00Z", "0-2-29T00:00:00", "2028-02-29T00:00:00Z"}, /* 730 days ahead, 731 ago */
    {"2027-03-01T00:00:00Z", "0-2-29T00:00:00", "2028-02-29T00:00:00Z"},
    {"2026-02-28T00:00:00Z", "0-2-29T12:00:00", "2024-02-29T12:00:00Z"},
    {"2024-02-29T00:00:00Z", "0-2-29T00:00:00", "2024-02-29T00:00:00Z"},
    {"2101-01-01T00:00:00Z", "0-2-29T00:00:00", "2104-02-29T00:00:00Z"},  /* 2100 has none */
    {"1970-01-01T00:00:00Z", "0-12-31T23:59:59", "1970-12-31T23:59:59Z"}, /* nothing before 1970 */
    {"1970-01-01T00:00:00Z", "0-1-1T00:00:00", "1970-01-01T00:00:00Z"},
    {"1970-06-01T00:00:00Z", "0-2-29T00:00:00", "1972-02-29T00:00:00Z"},
    {"2262-04-11T00:00:00Z", "0-4-11T23:47:16", "2262-04-11T23:47:16Z"},
    {"2262-04-11T00:00:00Z", "0-4-12T00:00:00", "2261-04-12T00:00:00Z"}, /* nor behind the last moment */
    {"2026-01-01T00:00:00Z", "0-2-30T00:00:00", NULL},
    {"2026-01-01T00:00:00Z", "0-4-31T00:00:00", NULL},
};

START_TEST(a_missing_year_is_the_nearest)
{
    struct argot_decode context = {.received = utc(years[_i].received)};
    struct argot_calendar calendar = {.has_zone = true};
    argot_time time;
    bool good = moment_of(&context, years[_i].written, calendar, &time);
    ck_assert_int_eq(good, years[_i].expected != NULL);
    if (good)
        expect_time(time, years[_i].expected, years[_i].written);
}
END_TEST

/* Against all years there are: the nearest, the earlier of two. */
START_TEST(no_other_year_is_nearer)
{
    uint64_t state = 10;
    struct argot_zone *zone = NULL;
    char why[200] = "";
    zone = argot_zone_load(argot_seam_system(), NULL, "-0530", why, sizeof why);
    ck_assert_msg(zone != NULL, "%s", why);
    for (int round = 0; round < 3000; round++) {
        struct argot_decode context = {.received = (argot_time)(test_random(&state) >> 1), .zone = zone};
        struct argot_calendar calendar = {.month = (uint8_t)(1 + test_random(&state) % 12),
                                          .hour = (uint8_t)(test_random(&state) % 24)};
        calendar.day = (uint8_t)(1 + test_random(&state) % argot_calendar_month_days(2000, calendar.month));
        argot_time best = -1, time;
        for (int year = 1969; year <= 2262; year++) {
            struct argot_calendar dated = calendar;
            dated.year = year;
            dated.has_year = true;
            argot_time at;
            if (!argot_calendar_moment(&context, &dated, &at))
                continue;
            /* As seconds, which is what is compared. */
            int64_t far = at / NS - context.received / NS, near = best / NS - context.received / NS;
            if (best < 0 || llabs(far) < llabs(near))
                best = at;
        }
        ck_assert(argot_calendar_moment(&context, &calendar, &time));
        ck_assert_msg(time == best, "month %d day %d received %lld", calendar.month, calendar.day,
                      (long long)context.received);
    }
    argot_zone_free(zone);
}
END_TEST

START_TEST(the_envelopes_time_goes_before_the_receive_time)
{
    struct argot_decode context = {
        .received = utc("2026-01-02T00:00:00Z"), .has_outer_time = true, .outer_time = utc("2019-12-31T23:00:00Z")};
    struct argot_calendar calendar = {.has_zone = true};
    argot_time time;
    ck_assert(moment_of(&context, "0-1-1T00:00:00", calendar, &time));
    expect_time(time, "2020-01-01T00:00:00Z", "beside an envelope");
    context.has_outer_time = false;
    ck_assert(moment_of(&context, "0-1-1T00:00:00", calendar, &time));
    expect_time(time, "2026-01-01T00:00:00Z", "alone");
}
END_TEST

START_TEST(receive_times_that_mean_nothing_do_no_harm)
{
    static const argot_time odd[] = {INT64_MIN, -1, 0, INT64_MAX};
    for (size_t i = 0; i < COUNT(odd); i++) {
        struct argot_decode context = {.received = odd[i]};
        struct argot_calendar calendar = {.has_zone = true};
        argot_time time = -1;
        if (moment_of(&context, "0-2-29T00:00:00", calendar, &time))
            ck_assert_int_ge(time, 0);
    }
}
END_TEST

/* ---- without a zone ---- */

static const struct {
    const char *zone, *written, *expected;
} zones[] = {
    {"Europe/Berlin", "2026-01-15T12:00:00", "2026-01-15T11:00:00Z"},
    {"Europe/Berlin", "2026-07-15T12:00:00", "2026-07-15T10:00:00Z"},
    {"Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T00:59:59Z"},
    {"Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:30:00Z"}, /* in the gap: the offset before it */
    {"Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00Z"},
    {"Europe/Berlin", "2026-10-25T01:59:59", "2026-10-24T23:59:59Z"},
    {"Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z"}, /* the first of the doubled hour */
    {"Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00Z"},
    {"America/New_York", "2026-03-08T02:15:00", "2026-03-08T07:15:00Z"},
    {"America/New_York", "2026-11-01T01:15:00", "2026-11-01T05:15:00Z"},
    {"Asia/Kolkata", "2026-01-01T00:00:00", "2025-12-31T18:30:00Z"},
    {"+05:45", "2026-01-01T00:00:00", "2025-12-31T18:15:00Z"},
    {NULL, "2026-01-01T00:00:00", "2026-01-01T00:00:00Z"},
};

START_TEST(a_missing_zone_is_the_inputs)
{
    struct argot_decode context = {0};
    struct argot_calendar calendar = {.has_year = true};
    char why[200] = "";
    struct argot_zone *zone = NULL;
    if (zones[_i].zone) {
        zone = argot_zone_load(argot_seam_system(), NULL, zones[_i].zone, why, sizeof why);
        ck_assert_msg(zone != NULL, "%s", why);
    }
    context.zone = zone;
    argot_time time;
    ck_assert(moment_of(&context, zones[_i].written, calendar, &time));
    expect_time(time, zones[_i].expected, zones[_i].written);
    calendar.has_zone = true; /* one in the text goes before it */
    calendar.offset_s = 7200;
    argot_time written;
    ck_assert(moment_of(&context, zones[_i].written, calendar, &written));
    context.zone = NULL;
    ck_assert(moment_of(&context, zones[_i].written, calendar, &time));
    ck_assert_int_eq(time, written);
    argot_zone_free(zone);
}
END_TEST

/* New year comes later in the west: the year is right by the moment, not by the date. */
START_TEST(the_nearest_year_counts_the_zone)
{
    char why[200] = "";
    struct argot_zone *zone = argot_zone_load(argot_seam_system(), NULL, "-1200", why, sizeof why);
    ck_assert_msg(zone != NULL, "%s", why);
    struct argot_decode context = {.received = utc("2026-01-01T06:00:00Z"), .zone = zone};
    struct argot_calendar calendar = {0};
    argot_time time;
    ck_assert(moment_of(&context, "0-12-31T18:00:00", calendar, &time));
    expect_time(time, "2026-01-01T06:00:00Z", "new year's eve in the west");
    argot_zone_free(zone);
}
END_TEST

/* ---- pieces ---- */

START_TEST(offsets_have_three_forms)
{
    static const struct {
        const char *text;
        int taken; /* bytes, 0: refused */
        int32_t offset_s;
    } rows[] = {
        {"+02:00", 6, 7200},  {"-0530", 5, -19800}, {"+02", 3, 7200},       {"+00:00", 6, 0},    {"-00:00", 6, 0},
        {"+18:00", 6, 64800}, {"+18:01", 0, 0},     {"+19", 0, 0},          {"+02:60", 0, 0},    {"+02:5", 3, 7200},
        {"+025", 3, 7200},    {"+02:", 3, 7200},    {"+2", 0, 0},           {"+", 0, 0},         {"", 0, 0},
        {"02:00", 0, 0},      {"+0a", 0, 0},        {"+02:00:00", 6, 7200}, {"+02000", 5, 7200}, {"-99", 0, 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        int32_t offset_s = 1;
        size_t length = strlen(rows[i].text);
        uint8_t *text = test_exact(rows[i].text, length);
        const uint8_t *behind = argot_calendar_read_offset(text, text + length, &offset_s);
        ck_assert_msg(behind == (rows[i].taken ? text + rows[i].taken : NULL), "%s", rows[i].text);
        ck_assert(!behind || offset_s == rows[i].offset_s);
        free(text);
    }
}
END_TEST

START_TEST(fractions_count_nine_digits)
{
    static const struct {
        const char *text;
        int taken;
        uint32_t ns;
    } rows[] = {{"1", 1, 100000000},
                {"123456789", 9, 123456789},
                {"000000001", 9, 1},
                {"0000000009", 10, 0},
                {"1234567899", 10, 123456789},
                {"999999999999999999999", 21, 999999999},
                {"5x", 1, 500000000},
                {"", 0, 0},
                {"x", 0, 0},
                {"-1", 0, 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint32_t ns = 1;
        size_t length = strlen(rows[i].text);
        uint8_t *text = test_exact(rows[i].text, length);
        const uint8_t *behind = argot_calendar_read_fraction(text, text + length, &ns);
        ck_assert_msg(behind == (rows[i].taken ? text + rows[i].taken : NULL), "%s", rows[i].text);
        ck_assert(!behind || ns == rows[i].ns);
        free(text);
    }
}
END_TEST

START_TEST(months_have_names)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (uint32_t i = 0; i < 12; i++)
        for (unsigned letter_case = 0; letter_case < 8; letter_case++) {
            uint8_t text[3], month = 0;
            for (unsigned j = 0; j < 3; j++)
                text[j] = (uint8_t)(names[3 * i + j] ^ (letter_case >> j & 1 ? 0x20 : 0));
            ck_assert_ptr_eq(argot_calendar_read_month(text, text + 3, &month), text + 3);
            ck_assert_uint_eq(month, i + 1);
            ck_assert_ptr_null(argot_calendar_read_month(text, text + 2, &month));
        }
}
END_TEST

/* Every text of three bytes that differs from a month in one bit. */
START_TEST(what_is_nearly_a_month_is_none)
{
    for (unsigned byte = 0; byte < 256; byte++)
        for (unsigned place = 0; place < 3; place++) {
            uint8_t text[] = {'j', 'u', 'l'}, month;
            text[place] = (uint8_t)byte;
            bool named = argot_calendar_read_month(text, text + 3, &month) != NULL;
            const char *letters = place == 0 ? "jJ" : place == 1 ? "uU" : "lLnN";
            ck_assert_msg(named == (byte && strchr(letters, (int)byte)), "%u at %u", byte, place);
        }
}
END_TEST

START_TEST(pieces_of_nothing_are_nothing)
{
    struct argot_calendar calendar = {0};
    uint8_t month;
    uint32_t ns;
    int32_t offset_s;
    ck_assert_ptr_null(argot_calendar_read_month(NULL, NULL, &month));
    ck_assert_ptr_null(argot_calendar_read_hms(NULL, NULL, &calendar));
    ck_assert_ptr_null(argot_calendar_read_ymd(NULL, NULL, &calendar));
    ck_assert_ptr_null(argot_calendar_read_fraction(NULL, NULL, &ns));
    ck_assert_ptr_null(argot_calendar_read_offset(NULL, NULL, &offset_s));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("calendar");
    TCase *tcase = tcase_create("calendar");
    tcase_add_test(tcase, days_agree_with_the_C_library);
    tcase_add_test(tcase, months_have_their_days);
    tcase_add_test(tcase, moments_agree_with_the_C_library);
    tcase_add_loop_test(tcase, ranges_are_checked, 0, COUNT(edges));
    tcase_add_test(tcase, second_sixty_is_read_as_fifty_nine_and_counted);
    tcase_add_loop_test(tcase, a_missing_year_is_the_nearest, 0, COUNT(years));
    tcase_add_test(tcase, no_other_year_is_nearer);
    tcase_add_test(tcase, the_envelopes_time_goes_before_the_receive_time);
    tcase_add_test(tcase, receive_times_that_mean_nothing_do_no_harm);
    tcase_add_loop_test(tcase, a_missing_zone_is_the_inputs, 0, COUNT(zones));
    tcase_add_test(tcase, the_nearest_year_counts_the_zone);
    tcase_add_test(tcase, offsets_have_three_forms);
    tcase_add_test(tcase, fractions_count_nine_digits);
    tcase_add_test(tcase, months_have_names);
    tcase_add_test(tcase, what_is_nearly_a_month_is_none);
    tcase_add_test(tcase, pieces_of_nothing_are_nothing);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
