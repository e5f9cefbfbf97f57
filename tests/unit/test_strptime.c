/* SPDX-License-Identifier: Apache-2.0
 * Times by directives: each directive at its edges, orders that matter, whole times of real formats; what is read is
 * what the lexer finds, and what the C library reads too where both have the directive. */
#include "decode/calendar.h"
#include <stdio.h>
#include <time.h>
#include "argot/lex.h"
#include "event/format.h"
#include "test_case.h"

static struct argot_decode context; /* UTC, received on 2026-01-02 */

static void
set_up(void)
{
    context = (struct argot_decode){0};
    ck_assert(argot_time_parse("2026-01-02T00:00:00Z", &context.received));
}

static bool
decode(const char *directives, const char *text, argot_time *time)
{
    size_t ndirectives = strlen(directives), length = strlen(text);
    uint8_t *a = test_exact(directives, ndirectives), *b = test_exact(text, length);
    struct argot_slice how = {a, (uint32_t)ndirectives}, slice = {b, (uint32_t)length};
    bool good = argot_decode_time(&context, ARGOT_HOW_STRPTIME, how, slice, time) == ARGOT_DECODED;
    free(a);
    free(b);
    return good;
}

struct row {
    const char *directives, *text, *expected; /* NULL: refused */
};

static const struct row rows[] = {
    {"%Y-%m-%d %H:%M:%S", "2026-03-03 10:00:01", "2026-03-03T10:00:01Z"},
    {"%Y-%m-%d", "2026-03-03", "2026-03-03T00:00:00Z"}, /* midnight */
    {"%F %T", "2026-03-03 10:00:01", "2026-03-03T10:00:01Z"},
    {"%FT%T.%f%z", "2026-03-03T10:00:01.25+0100", "2026-03-03T09:00:01.25Z"},
    {"%a %b %e %H:%M:%S %Y", "Tue Mar  3 10:00:01 2026", "2026-03-03T10:00:01Z"},
    {"%A, %d. %B %Y %I:%M %p", "Tuesday, 3. March 2026 01:05 PM", "2026-03-03T13:05:00Z"},
    {"%m/%d/%y %H:%M", "03/03/26 10:00", "2026-03-03T10:00:00Z"},
    {"%d/%b/%Y", "3/mAr/2026", "2026-03-03T00:00:00Z"},
    {"%b %d %T", "Dec 31 23:59:59", "2025-12-31T23:59:59Z"}, /* the nearest year */
    {"%d%m%Y",
     "3"
     "032026",
     NULL}, /* two digits where there are two: day 30 */
    {"%s", "1772532001", "2026-03-03T10:00:01Z"},
    {"%s.%f", "1772532001.5", "2026-03-03T10:00:01.5Z"},
    {"%Y%m%d%H%M%S", "20260303100001", "2026-03-03T10:00:01Z"},
    {"[%F]%%", "[2026-03-03]%", "2026-03-03T00:00:00Z"},
    {"%F %T %Z", "2026-03-03 10:00:01 CET", "2026-03-03T09:00:01Z"},

    /* years */
    {"%y-%m-%d", "70-01-01", "1970-01-01T00:00:00Z"},
    {"%y-%m-%d", "99-01-01", "1999-01-01T00:00:00Z"},
    {"%y-%m-%d", "00-01-01", "2000-01-01T00:00:00Z"},
    {"%y-%m-%d", "68-01-01", "2068-01-01T00:00:00Z"},
    {"%y-%m-%d", "69-01-01", NULL}, /* 1969 */
    {"%Y-%m-%d", "926-03-03", NULL},
    {"%Y-%m-%d", "+926-03-03", NULL},
    /* months and days */
    {"%Y-%m-%d", "2026-00-03", NULL},
    {"%Y-%m-%d", "2026-13-03", NULL},
    {"%Y-%m-%d", "2026-3-03", NULL},
    {"%Y-%m-%d", "2026-03-3", "2026-03-03T00:00:00Z"},
    {"%Y-%m-%d", "2026-03- 3", "2026-03-03T00:00:00Z"},
    {"%Y-%m-%d", "2026-03-  3", NULL},
    {"%Y-%m-%d", "2026-03-32", NULL},
    {"%Y-%m-%d", "2026-03-0", NULL},
    {"%Y-%m-%d", "2026-02-29", NULL},
    {"%Y-%m-%d", "2024-02-29", "2024-02-29T00:00:00Z"},
    {"%B %d %Y", "May 3 2026", "2026-05-03T00:00:00Z"},
    {"%B %d %Y", "Mar 3 2026", NULL},
    {"%B%d %Y", "march3 2026", "2026-03-03T00:00:00Z"},
    {"%b%d %Y", "March3 2026", NULL},
    {"%a %F", "Xyz 2026-03-03", NULL},
    {"%a %F", "Mon 2026-03-03", "2026-03-03T00:00:00Z"}, /* it was a Tuesday: the date counts */
    {"%a %F", "Monday 2026-03-03", NULL},
    {"%A %F", "Mon 2026-03-03", NULL},
    /* hours */
    {"%F %H", "2026-03-03 24", NULL},
    {"%F %H", "2026-03-03 7", NULL},
    {"%F %I %p", "2026-03-03 12 AM", "2026-03-03T00:00:00Z"},
    {"%F %I %p", "2026-03-03 12 pm", "2026-03-03T12:00:00Z"},
    {"%F %I %p", "2026-03-03 11 PM", "2026-03-03T23:00:00Z"},
    {"%F %I %p", "2026-03-03 00 AM", NULL},
    {"%F %I %p", "2026-03-03 13 AM", NULL},
    {"%F %I %p", "2026-03-03 11 XM", NULL},
    {"%F %p %I", "2026-03-03 PM 01", "2026-03-03T13:00:00Z"}, /* before the hour too */
    {"%F %I", "2026-03-03 01", "2026-03-03T01:00:00Z"},
    {"%F %H %p", "2026-03-03 13 PM", "2026-03-03T13:00:00Z"},
    {"%F %H:%M", "2026-03-03 10:60", NULL},
    {"%F %T", "2026-03-03 10:00:61", NULL},
    {"%F %T", "2026-03-03 23:59:60", "2026-03-03T23:59:59Z"},
    {"%F %T.%f", "2026-03-03 10:00:01.", NULL},
    {"%F %T.%f", "2026-03-03 10:00:01.0000000009", "2026-03-03T10:00:01Z"},
    /* zones */
    {"%F %T%z", "2026-03-03 10:00:01Z", "2026-03-03T10:00:01Z"},
    {"%F %T%z", "2026-03-03 10:00:01+02:30", "2026-03-03T07:30:01Z"},
    {"%F %T%z", "2026-03-03 10:00:01+02", "2026-03-03T08:00:01Z"},
    {"%F %T%z", "2026-03-03 10:00:01+2", NULL},
    {"%F %T%z", "2026-03-03 10:00:01", NULL},
    {"%F %T %Z", "2026-03-03 10:00:01 utc", "2026-03-03T10:00:01Z"},
    {"%F %T %Z", "2026-03-03 10:00:01 CEST", "2026-03-03T08:00:01Z"},
    {"%F %T %Z", "2026-03-03 10:00:01 EDT", "2026-03-03T14:00:01Z"},
    {"%F %T %Z", "2026-03-03 10:00:01 HST", "2026-03-03T20:00:01Z"},
    {"%F %T %Z", "2026-03-03 10:00:01 IST", "2026-03-03T04:30:01Z"},
    {"%F %T %Z", "2026-03-03 10:00:01 AKDT", "2026-03-03T18:00:01Z"},
    {"%F %T %Z", "2026-03-03 10:00:01 CETX", NULL},
    {"%F %T %Z", "2026-03-03 10:00:01 web01", NULL},
    /* seconds since the epoch */
    {"%s", "9223372036", "2262-04-11T23:47:16Z"},
    {"%s", "9223372037", NULL},
    {"%s.%f", "9223372036.854775807", "2262-04-11T23:47:16.854775807Z"},
    {"%s.%f", "9223372036.854775808", NULL},
    {"%s", "99999999999999999999999999999999", NULL},
    {"%s", "", NULL},
    {"%s", "-1", NULL},
    {"%s", "0", "1970-01-01T00:00:00Z"},
    /* incomplete, or no directives */
    {"%T", "10:00:01", NULL},
    {"%Y", "2026", NULL},
    {"%Y-%m", "2026-03", NULL},
    {"", "", NULL},
    {"%F", "2026-03-03 ", NULL},
    {"%F ", "2026-03-03", NULL},
    {"%F%", "2026-03-03%", "2026-03-03T00:00:00Z"},
    {"%F%q", "2026-03-03q", NULL}, /* no such directive */
};

START_TEST(directives_are_read)
{
    const struct row *row = &rows[_i];
    argot_time time = -1;
    bool good = decode(row->directives, row->text, &time);
    ck_assert_msg(good == (row->expected != NULL), "%s by %s", row->text, row->directives);
    if (!good)
        return;
    char text[ARGOT_FORMAT_ROOM + 1];
    text[argot_format_time(time, text)] = 0;
    ck_assert_msg(!strcmp(text, row->expected), "%s: %s, not %s", row->text, text, row->expected);
    size_t length = strlen(row->text);
    uint8_t padded[128] = {0};
    memcpy(padded, row->text, length);
    ck_assert_ptr_eq(argot_lex_strptime(padded, padded + length, row->directives, strlen(row->directives)),
                     padded + length);
}
END_TEST

/* One byte of a good text changed: read only where the lexer finds the same end. */
START_TEST(what_a_decoder_reads_a_lexer_finds)
{
    const struct row *row = &rows[_i];
    size_t length = strlen(row->text);
    for (size_t place = 0; row->expected && place < length; place++)
        for (unsigned byte = 1; byte < 256; byte++) {
            uint8_t text[128] = {0};
            memcpy(text, row->text, length);
            text[place] = (uint8_t)byte;
            argot_time time;
            if (decode(row->directives, (char *)text, &time))
                ck_assert_msg(argot_lex_strptime(text, text + length, row->directives, strlen(row->directives)) ==
                                  text + length,
                              "%s by %s", text, row->directives);
        }
}
END_TEST

START_TEST(random_times_agree_with_the_C_library)
{
    static const char *const formats[] = {"%Y-%m-%d %H:%M:%S",        "%a %b %e %H:%M:%S %Y", "%d/%b/%Y:%T", "%s",
                                          "%A, %d %B %Y %I:%M:%S %p", "%y%m%d%H%M%S",         "%FT%T"};
    uint64_t state = 13;
    for (int round = 0; round < 70000; round++) {
        time_t second = (time_t)(test_random(&state) % 3000000000u); /* to 2065, which %y can say */
        const char *format = formats[(size_t)round % COUNT(formats)];
        char text[80];
        struct tm tm;
        gmtime_r(&second, &tm);
        if (!strcmp(format, "%s")) /* strftime takes the process's zone for it */
            snprintf(text, sizeof text, "%lld", (long long)second);
        else
            strftime(text, sizeof text, format, &tm);
        argot_time time = -1;
        ck_assert_msg(decode(format, text, &time), "%s by %s", text, format);
        ck_assert_msg(time == second * (argot_time)1000000000, "%s by %s", text, format);
    }
}
END_TEST

/* Directives and texts of arbitrary bytes: nothing is read beyond either, and both readers agree. */
START_TEST(hostile_directives_do_no_harm)
{
    static const char letters[] = "%YymdebBaAHIpMSfzZsFT%:/ -%";
    uint64_t state = 14;
    for (int round = 0; round < 200000; round++) {
        char directives[12] = "", text[32] = "";
        size_t ndirectives = test_random(&state) % sizeof directives, length = test_random(&state) % 24;
        for (size_t i = 0; i + 1 < ndirectives; i++)
            directives[i] = letters[test_random(&state) % (sizeof letters - 1)];
        for (size_t i = 0; i < length; i++)
            text[i] = "0123456789012:-/ ZPMamjnMayutcFeb."[test_random(&state) % 34];
        argot_time time;
        if (decode(directives, text, &time)) {
            uint8_t padded[128] = {0};
            memcpy(padded, text, length);
            ck_assert_msg(argot_lex_strptime(padded, padded + length, directives, strlen(directives)) ==
                              padded + length,
                          "%s by %s", text, directives);
        }
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("strptime");
    TCase *tcase = tcase_create("strptime");
    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_add_loop_test(tcase, directives_are_read, 0, COUNT(rows));
    tcase_add_loop_test(tcase, what_a_decoder_reads_a_lexer_finds, 0, COUNT(rows));
    tcase_add_test(tcase, random_times_agree_with_the_C_library);
    tcase_add_test(tcase, hostile_directives_do_no_harm);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
