/* SPDX-License-Identifier: Apache-2.0
 * Times in each way of writing: what is read, what is refused, at every cut of the text; the memory of CLF times; times
 * written and read back. */
#include "argot/read.h"
#include "decode/decode.h"
#include "decode/zone.h"
#include "event/format.h"
#include "test_case.h"
#include <stdio.h>

static struct argot_decode context; /* UTC, received on 2026-01-02 */

static void
set_up(void)
{
    context = (struct argot_decode){0};
    ck_assert(argot_time_parse("2026-01-02T00:00:00Z", &context.received));
}

static const struct argot_slice no_directives;

static bool
decode(enum argot_how how, const char *text, size_t length, argot_time *time)
{
    uint8_t *copy = test_exact(text, length);
    struct argot_slice slice = {copy, (uint32_t)length};
    bool good = argot_decode_time(&context, how, no_directives, slice, time) == ARGOT_DECODED;
    free(copy);
    return good;
}

struct row {
    enum argot_how how;
    const char *text, *expected; /* NULL: refused */
};

#define CLF ARGOT_HOW_CLF
#define BSD ARGOT_HOW_RFC3164
#define ISO ARGOT_HOW_RFC3339
#define SYS ARGOT_HOW_RFC5424

static const struct row rows[] = {
    {CLF, "05/Sep/2024:10:30:00 +0000", "2024-09-05T10:30:00Z"},
    {CLF, "5/sep/2024:10:30:00 -0530", "2024-09-05T16:00:00Z"},
    {CLF, "05/Sep/2024:10:30:00.25 +0200", "2024-09-05T08:30:00.25Z"},
    {CLF, "05/Sep/2024:10:30:00 +02:00", NULL},
    {CLF, "05/Sep/2024:10:30:00 +02", NULL},
    {CLF, "05/Sep/2024:10:30:00", "2024-09-05T10:30:00Z"},
    {CLF, "31/Dec/2016:23:59:60 +0000", "2016-12-31T23:59:59Z"},
    {CLF, "05/Sep/2024:10:30:00 ", NULL},
    {CLF, "05/Sep/2024:10:30:00+0000", NULL},
    {CLF, "05/Sep/2024 10:30:00 +0000", NULL},
    {CLF, "005/Sep/2024:10:30:00 +0000", NULL},
    {CLF, "05/09/2024:10:30:00 +0000", NULL},
    {CLF, "05/Sep/24:10:30:00 +0000", NULL},
    {CLF, "05/Sep/2024:10:30:00 Z", NULL},
    {CLF, "05/Sep/2024:10:30 +0000", NULL},
    {CLF, "05/Sep/2024:10:30:00 +0000x", NULL},
    {CLF, "31/Feb/2024:10:30:00 +0000", NULL},
    {CLF, "05/Sep/2024:25:30:00 +0000", NULL},

    {BSD, "Dec 31 23:59:59", "2025-12-31T23:59:59Z"},
    {BSD, "Jan  2 03:04:05", "2026-01-02T03:04:05Z"},
    {BSD, "jan 2 03:04:05", "2026-01-02T03:04:05Z"},
    {BSD, "Jan 02 03:04:05.678", "2026-01-02T03:04:05.678Z"},
    {BSD, "Jan  2 2019 03:04:05", "2019-01-02T03:04:05Z"},
    {BSD, "Feb 29 00:00:00", "2024-02-29T00:00:00Z"},
    {BSD, "Jan   2 03:04:05", NULL},
    {BSD, "Jan 2  03:04:05", NULL},
    {BSD, "Jan 2 03:04", NULL},
    {BSD, "Jan 2 03:04:05Z", NULL},
    {BSD, "Jan 2 03:04:05.", NULL},
    {BSD, "Jan 2 19 03:04:05", NULL},
    {BSD, "Jan 32 03:04:05", NULL},
    {BSD, "Jan 123 03:04:05", NULL},
    {BSD, "January 2 03:04:05", NULL},
    {BSD, "2 Jan 03:04:05", NULL},

    {ISO, "2026-03-03T10:00:01Z", "2026-03-03T10:00:01Z"},
    {ISO, "2026-03-03t10:00:01z", "2026-03-03T10:00:01Z"},
    {ISO, "2026-03-03 10:00:01", "2026-03-03T10:00:01Z"},
    {ISO, "2026-03-03 10:00:01,123", "2026-03-03T10:00:01.123Z"},
    {ISO, "2026-03-03 10:00:01.123456789 +0100", "2026-03-03T09:00:01.123456789Z"},
    {ISO, "2026-03-03T10:00:01.1234567899-02:30", "2026-03-03T12:30:01.123456789Z"},
    {ISO, "2026-03-03T10:00:01+01", "2026-03-03T09:00:01Z"},
    {ISO, "2026-03-03T10:00:01 Z", "2026-03-03T10:00:01Z"},
    {ISO, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
    {ISO, "2262-04-11T23:47:16.854775807Z", "2262-04-11T23:47:16.854775807Z"},
    {ISO, "2262-04-11T23:47:16.854775808Z", NULL},
    {ISO, "1969-12-31T23:59:59Z", NULL},
    {ISO, "2026-03-03", NULL},
    {ISO, "2026-03-03T10:00", NULL},
    {ISO, "2026-03-03T10:00:01 ", NULL},
    {ISO, "2026-03-03T10:00:01  Z", NULL},
    {ISO, "2026-03-03T10:00:01.", NULL},
    {ISO, "2026-03-03T10:00:01.Z", NULL},
    {ISO, "2026-03-03T10:00:01+1", NULL},
    {ISO, "2026-03-03T10:00:01+19:00", NULL},
    {ISO, "2026-03-03T10:00:01ZZ", NULL},
    {ISO, "2026-03-03_10:00:01Z", NULL},
    {ISO, "2026-3-3T10:00:01Z", NULL},
    {ISO, "2026/03/03T10:00:01Z", NULL},
    {ISO, "2026-02-29T10:00:01Z", NULL},
    {ISO, "+2026-03-03T10:00:01Z", NULL},
    {ISO,
     "2026-03-03T10:00:01\xe2\x88\x92"
     "01:00",
     NULL}, /* a typographer's minus */
    {ISO, "", NULL},
    {SYS, "2026-03-03T10:00:01.5Z", "2026-03-03T10:00:01.5Z"},
    {SYS, "2026-03-03T10:00:01.5+01:00", "2026-03-03T09:00:01.5Z"},
    {SYS, "2026-03-03 10:00:01Z", NULL},
    {SYS, "-", NULL},
    {ARGOT_HOW_TYPE, "2026-03-03 10:00:01Z", "2026-03-03T10:00:01Z"},
    {ARGOT_HOW_TYPE, "1772532001", NULL},

    {ARGOT_HOW_EPOCH, "0", "1970-01-01T00:00:00Z"},
    {ARGOT_HOW_EPOCH, "1772532001", "2026-03-03T10:00:01Z"},
    {ARGOT_HOW_EPOCH, "1772532001.0000000019", "2026-03-03T10:00:01.000000001Z"}, /* cut, not rounded */
    {ARGOT_HOW_EPOCH, "1772532001,5", "2026-03-03T10:00:01.5Z"},
    {ARGOT_HOW_EPOCH, "9223372036.854775807", "2262-04-11T23:47:16.854775807Z"},
    {ARGOT_HOW_EPOCH, "9223372036.854775808", NULL},
    {ARGOT_HOW_EPOCH, "1.772532001e9", "2026-03-03T10:00:01Z"}, /* as JSON may have it */
    {ARGOT_HOW_EPOCH, "-1", NULL},
    {ARGOT_HOW_EPOCH, "-0", NULL},
    {ARGOT_HOW_EPOCH, "", NULL},
    {ARGOT_HOW_EPOCH, "1.", NULL},
    {ARGOT_HOW_EPOCH, "0x10", NULL},
    {ARGOT_HOW_EPOCH, "99999999999999999999999", NULL},
    {ARGOT_HOW_EPOCH_MS, "1772532001500", "2026-03-03T10:00:01.5Z"},
    {ARGOT_HOW_EPOCH_MS, "1772532001500.25", "2026-03-03T10:00:01.50025Z"},
    {ARGOT_HOW_EPOCH_US, "1772532001500000", "2026-03-03T10:00:01.5Z"},
    {ARGOT_HOW_EPOCH_NS, "1772532001500000001", "2026-03-03T10:00:01.500000001Z"},
    {ARGOT_HOW_EPOCH_NS, "9223372036854775807", "2262-04-11T23:47:16.854775807Z"},
    {ARGOT_HOW_EPOCH_NS, "9223372036854775808", NULL},

    {ARGOT_HOW_MS, "5", NULL}, /* a way to write something else */
    {ARGOT_HOW_STRPTIME, "2026", NULL},
};

START_TEST(times_are_read_as_their_way_says)
{
    const struct row *row = &rows[_i];
    argot_time time = -1;
    bool good = decode(row->how, row->text, strlen(row->text), &time);
    ck_assert_msg(good == (row->expected != NULL), "%s", row->text);
    if (!good)
        return;
    char text[ARGOT_FORMAT_ROOM + 1];
    text[argot_format_time(time, text)] = 0;
    ck_assert_msg(!strcmp(text, row->expected), "%s: %s, not %s", row->text, text, row->expected);
}
END_TEST

/* Any prefix of a time, and any time with one byte changed, is read by the decoder only if the lexer takes it whole. */
static bool
lexer_takes(enum argot_how how, const uint8_t *p, const uint8_t *end)
{
    switch (how) {
    case ARGOT_HOW_CLF:
        return argot_lex_clf(p, end) == end;
    case ARGOT_HOW_RFC3164:
        return argot_lex_rfc3164(p, end) == end;
    case ARGOT_HOW_RFC5424:
        return argot_lex_iso(p, end, false) == end;
    case ARGOT_HOW_EPOCH:
    case ARGOT_HOW_EPOCH_MS:
    case ARGOT_HOW_EPOCH_US:
    case ARGOT_HOW_EPOCH_NS:
        return argot_lex_epoch(p, end) == end;
    default:
        return argot_lex_iso(p, end, true) == end;
    }
}

START_TEST(what_a_decoder_reads_a_lexer_finds)
{
    const struct row *row = &rows[_i];
    size_t whole = strlen(row->text);
    bool number = row->how >= ARGOT_HOW_EPOCH && row->how <= ARGOT_HOW_EPOCH_NS;
    if (!row->expected || (number && strchr(row->text, 'e'))) /* exponents are for JSON alone */
        return;
    uint8_t text[128] = {0};
    for (size_t place = 0; place < whole; place++)
        for (unsigned byte = 0; byte < 256; byte++) {
            memcpy(text, row->text, whole);
            text[place] = (uint8_t)byte;
            argot_time time;
            if (!(number && (byte | 0x20) == 'e') && decode(row->how, (char *)text, whole, &time))
                ck_assert_msg(lexer_takes(row->how, text, text + whole), "%.*s", (int)whole, text);
        }
    for (size_t length = 0; length < whole; length++) {
        argot_time time;
        memset(text, 0, sizeof text);
        memcpy(text, row->text, length);
        if (decode(row->how, row->text, length, &time))
            ck_assert_msg(lexer_takes(row->how, text, text + length), "%.*s", (int)length, text);
    }
}
END_TEST

/* ---- the short path of extractors ---- */

START_TEST(times_read_in_passing_are_those_of_the_decoder)
{
    static const char *const days[] = {"05/Sep/2024", "29/Feb/2024", "29/Feb/2100", "05/sep/2024", "31/Feb/2024",
                                       "01/Jan/1970", "31/Dec/1971", "01/Jan/2262", "00/Mar/2024", "30/Apr/2261"};
    static const char *const zones[] = {" +0000", " -0530", " +0100", " +1900", " +1460", ""};
    struct argot_scan_memo memo = {0};
    uint64_t state = 11;
    unsigned quick = 0;
    for (int round = 0; round < 100000; round++) {
        char text[64];
        int length = snprintf(text, sizeof text, "%s:%02u:%02u:%02u%s", days[test_random(&state) % COUNT(days)],
                              (unsigned)(test_random(&state) % 25), (unsigned)(test_random(&state) % 61),
                              (unsigned)(test_random(&state) % 62), zones[test_random(&state) % COUNT(zones)]);
        const uint8_t *begin = (const uint8_t *)text, *end = begin + length;
        argot_time seen = 0, time = 0;
        bool read = decode(CLF, text, strlen(text), &time);
        const uint8_t *behind = argot_read_clf(begin, end, &memo, &seen);
        if (test_random(&state) % 4)
            memset(&memo, 0, sizeof memo);
        ck_assert_msg(!behind || (behind == end && read && seen == time), "%s", text);
        quick += behind != NULL;
    }
    ck_assert_uint_gt(quick, 10000);
}
END_TEST

/* Up to three bytes become others: what is no time of a minute that is known must not pass for one. */
START_TEST(times_of_a_remembered_minute_are_those_of_the_decoder)
{
    struct argot_scan_memo memo = {0};
    uint64_t state = 13;
    unsigned quick = 0, spoilt = 0;
    for (int round = 0; round < 100000; round++) {
        char text[64 + ARGOT_PADDING] = "";
        int length = snprintf(text, 64, "05/Sep/2024:10:%02u:%02u %s", 30 + round / 50 % 2,
                              (unsigned)(test_random(&state) % 60), round / 100 % 2 ? "+0000" : "-0330");
        unsigned changes = (unsigned)(test_random(&state) % 4);
        for (unsigned i = 0; round % 2 && i < changes; i++)
            text[test_random(&state) % 26] = "\0000000005/S:x \xff"[test_random(&state) % 15];
        const uint8_t *begin = (const uint8_t *)text, *end = begin + length;
        argot_time seen = 0, time = 0;
        bool read = decode(CLF, text, (size_t)length, &time);
        const uint8_t *behind = argot_read_clf(begin, end, &memo, &seen);
        ck_assert_msg(!behind || (behind == end && read && seen == time), "%s", text);
        ck_assert(behind || !read || round % 2);
        quick += behind != NULL;
        spoilt += !behind;
        if (test_random(&state) % 64 == 0)
            memset(&memo, 0, sizeof memo);
        memset(text, 0, 26);
        ck_assert_ptr_eq(argot_read_clf(begin, end, &memo, &seen), NULL);
    }
    ck_assert_uint_gt(quick, 50000);
    ck_assert_uint_gt(spoilt, 10000);
}
END_TEST

/* ---- written and read back ---- */

/* A receive time and a zone with which years change, and offsets within a day. */
static void
change_context(uint64_t *seed, struct argot_zone *berlin)
{
    static const char *const received[] = {"2026-01-02T00:00:00Z", "2025-03-05T00:00:00Z", "2026-07-02T11:30:00Z",
                                           "2026-08-30T00:00:01Z", "2026-10-25T02:00:00Z"};
    ck_assert(argot_time_parse(received[test_random(seed) % COUNT(received)], &context.received));
    context.zone = test_random(seed) & 1 ? berlin : NULL;
}

/* The memory of a date may only save time: in all contexts, and for all times of the day. */
START_TEST(times_of_a_remembered_date_are_those_read_anew)
{
    static const char *const dates[] = {"Mar  1", "Mar  1", "Feb 29", "Feb 28", "Dec 31", "dec 31",
                                        "Mar 29", "Oct 25", "Jan  1", "Xec 31", "Mar 01", "Mar 1"};
    static const char *const clocks[] = {"00:00:00", "23:59:59", "23:59:60",    "01:30:00",
                                         "02:30:00", "03:00:00", "12:00:07",    "24:00:00",
                                         "1:00:00",  "11:11:1x", "02:30:00.25", "2026 02:30:00"};
    char why[200] = "";
    struct argot_zone *berlin = argot_zone_load(argot_seam_system(), NULL, "Europe/Berlin", why, sizeof why);
    struct argot_scan_memo memo = {0};
    struct argot_decode_dates known = {0};
    uint64_t seed = 7;
    unsigned quick = 0;
    ck_assert_msg(berlin != NULL, "%s", why);
    for (unsigned i = 0; i < 20000; i++) {
        char text[64 + ARGOT_PADDING] = "";
        if (test_random(&seed) % 16 == 0) {
            change_context(&seed, berlin);
            memo = (struct argot_scan_memo){0};
            memset(&known, 0, sizeof known);
        }
        int length = snprintf(text, 64, "%s %s", dates[test_random(&seed) % COUNT(dates)],
                              clocks[test_random(&seed) % COUNT(clocks)]);
        const uint8_t *begin = (const uint8_t *)text, *end = begin + length;
        argot_time anew = 0, read = 0;
        context.memo = NULL;
        bool good = decode(BSD, text, (size_t)length, &anew);
        text[length] = ' ';
        const uint8_t *behind = argot_read_rfc3164(begin, end + i % 2, &memo, &read);
        quick += behind != NULL;
        ck_assert_msg(!behind || (good && behind == end && read == anew), "%s", text);
        context.memo = &memo;
        context.dates = &known;
        ck_assert(decode(BSD, text, (size_t)length, &read) == good && (!good || read == anew));
    }
    ck_assert_uint_gt(quick, 500);
    argot_zone_free(berlin);
}
END_TEST

START_TEST(written_times_are_read_back)
{
    uint64_t state = 12;
    for (int round = 0; round < 100000; round++) {
        argot_time time = (argot_time)(test_random(&state) >> 1) >> round % 60, back;
        if (round % 2)
            time -= time % 1000000000;
        char text[ARGOT_FORMAT_ROOM + 1];
        text[argot_format_time(time, text)] = 0;
        ck_assert(argot_time_parse(text, &back));
        ck_assert_int_eq(back, time);
    }
}
END_TEST

START_TEST(arguments_are_utc_unless_they_name_a_zone)
{
    argot_time time;
    ck_assert(argot_time_parse("2026-03-03 10:00:01+01:00", &time));
    ck_assert_int_eq(time, 1772528401000000000);
    char *exact = strdup("2026-03-03T10:00:01"); /* nothing behind its end may be read */
    ck_assert(argot_time_parse(exact, &time));
    ck_assert_int_eq(time, 1772532001000000000);
    free(exact);
    ck_assert(argot_time_parse("2026-03-03t10:00:01.5z", &time));
    ck_assert_int_eq(time, 1772532001500000000);
    ck_assert(!argot_time_parse("2026-03-03", &time));
    ck_assert(!argot_time_parse("", &time));
    ck_assert(!argot_time_parse("1960-01-01T00:00:00Z", &time));
    ck_assert(!argot_time_parse("2026-03-03T10:00:01Z ", &time));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("time");
    TCase *tcase = tcase_create("time");
    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_add_loop_test(tcase, times_are_read_as_their_way_says, 0, COUNT(rows));
    tcase_add_loop_test(tcase, what_a_decoder_reads_a_lexer_finds, 0, COUNT(rows));
    tcase_add_test(tcase, times_read_in_passing_are_those_of_the_decoder);
    tcase_add_test(tcase, times_of_a_remembered_minute_are_those_of_the_decoder);
    tcase_add_test(tcase, times_of_a_remembered_date_are_those_read_anew);
    tcase_add_test(tcase, written_times_are_read_back);
    tcase_add_test(tcase, arguments_are_utc_unless_they_name_a_zone);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
