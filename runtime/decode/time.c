/* SPDX-License-Identifier: Apache-2.0
 * Times in the common ways of writing. The grammars are those that argot/lex.h finds the ends of; here the whole text
 * must be one. */
#include "argot/read.h"
#include "decode/calendar.h"
#include "decode/number.h"
#include <string.h>

#define NS_PER_S 1000000000
#define CLF_ZONE_BYTES 6 /* blank, sign, four digits */

static const uint8_t *
read_mark(const uint8_t *p, const uint8_t *end, uint8_t mark)
{
    return p && p < end && *p == mark ? p + 1 : NULL;
}

/* One or two digits. */
static const uint8_t *
read_day(const uint8_t *p, const uint8_t *end, uint8_t *day)
{
    if (!p || p == end || (uint8_t)(*p - '0') > 9)
        return NULL;
    *day = (uint8_t)(*p++ - '0');
    if (p < end && (uint8_t)(*p - '0') < 10)
        *day = (uint8_t)(*day * 10 + (*p++ - '0'));
    return p;
}

static const uint8_t *
read_year(const uint8_t *p, const uint8_t *end, struct argot_calendar *calendar)
{
    if (!p || end - p < 4)
        return NULL;
    uint32_t century = argot_calendar_two(p), year = argot_calendar_two(p + 2);
    if (century > 99 || year > 99)
        return NULL;
    calendar->year = (int32_t)(century * 100 + year);
    calendar->has_year = true;
    return p + 4;
}

/* What may follow the seconds. */
static const uint8_t *
read_optional_fraction(const uint8_t *p, const uint8_t *end, uint8_t other, uint32_t *ns)
{
    if (p && p < end && (*p == '.' || *p == other))
        return argot_calendar_read_fraction(p + 1, end, ns);
    return p;
}

/* d[d]/Mon/yyyy:HH:MM:SS[.frac][ +zzzz] */
static bool
read_clf(const uint8_t *p, const uint8_t *end, struct argot_calendar *calendar)
{
    p = read_mark(read_day(p, end, &calendar->day), end, '/');
    p = read_mark(argot_calendar_read_month(p, end, &calendar->month), end, '/');
    p = read_mark(read_year(p, end, calendar), end, ':');
    p = read_optional_fraction(argot_calendar_read_hms(p, end, calendar), end, '.', &calendar->ns);
    if (p && p < end) {
        if (end - p != CLF_ZONE_BYTES)
            return false;
        p = argot_calendar_read_offset(read_mark(p, end, ' '), end, &calendar->offset_s);
        calendar->has_zone = true;
    }
    return p == end;
}

/* Mon [ ]d[d] [yyyy ]HH:MM:SS[.frac] */
static bool
read_rfc3164(const uint8_t *p, const uint8_t *end, struct argot_calendar *calendar)
{
    p = read_mark(argot_calendar_read_month(p, end, &calendar->month), end, ' ');
    if (p && p < end && *p == ' ')
        p++;
    p = read_mark(read_day(p, end, &calendar->day), end, ' ');
    if (p && end - p > 4 && p[4] == ' ')
        p = read_mark(read_year(p, end, calendar), end, ' ');
    p = read_optional_fraction(argot_calendar_read_hms(p, end, calendar), end, '.', &calendar->ns);
    return p == end;
}

/* yyyy-mm-ddTHH:MM:SS[.,frac][[ ]zone]; with `blank` also a blank for the T. */
static bool
read_iso(const uint8_t *p, const uint8_t *end, bool blank, struct argot_calendar *calendar)
{
    p = argot_calendar_read_ymd(p, end, calendar);
    if (!p || p == end || ((*p | 0x20) != 't' && !(blank && *p == ' ')))
        return false;
    p = argot_calendar_read_hms(p + 1, end, calendar);
    p = read_optional_fraction(p, end, ',', &calendar->ns);
    if (!p || p == end)
        return p == end;
    if (*p == ' ')
        p++;
    calendar->has_zone = true;
    if (p < end && (*p | 0x20) == 'z')
        return p + 1 == end;
    return argot_calendar_read_offset(p, end, &calendar->offset_s) == end;
}

static bool
read_epoch(struct argot_slice text, uint64_t unit, argot_time *time)
{
    bool negative;
    uint64_t ns;
    if (!argot_number_scaled(text, unit, ',', true, &negative, &ns) || negative || ns > INT64_MAX)
        return false;
    *time = (argot_time)ns;
    return true;
}

/* Where a date of ARGOT_DATE_BYTES lies, if it is known. */
static struct argot_decode_date *
date_at(struct argot_decode_dates *dates, const uint8_t *text)
{
    uint64_t bytes = 0;
    memcpy(&bytes, text, ARGOT_DATE_BYTES);
    return &dates->of[bytes * UINT64_C(0x9e3779b97f4a7c15) >> (64 - ARGOT_DECODE_DATES_BITS)];
}

static bool
begins_with_date(const struct argot_decode *context, struct argot_slice text)
{
    return context->memo && !context->has_outer_time && text.length > ARGOT_DATE_BYTES &&
           text.at[ARGOT_DATE_BYTES - 1] == ' ';
}

static void
put_in_memo(struct argot_scan_memo *memo, const struct argot_decode_date *date)
{
    memcpy(memo->date, date->text, ARGOT_DATE_BYTES);
    memo->dated = date->known;
    memo->day = date->day;
    memo->minute_day = -1; /* no day begins then */
}

static void
remember(const struct argot_decode *context, struct argot_slice text, const struct argot_calendar *calendar)
{
    struct argot_scan_memo *memo = context->memo;
    struct argot_decode_date date;
    if (!begins_with_date(context, text) || !memcmp(memo->date, text.at, ARGOT_DATE_BYTES))
        return;
    memcpy(date.text, text.at, ARGOT_DATE_BYTES);
    date.known = !calendar->has_year && argot_calendar_even_day(context, calendar, &date.day);
    if (!date.known)
        date.day = 0;
    put_in_memo(memo, &date);
    if (context->dates && date.known)
        *date_at(context->dates, text.at) = date;
}

/* What is known of the text's date goes into the memo, if it is not there. */
static bool
recall(const struct argot_decode *context, struct argot_slice text, argot_time *time)
{
    if (!context->dates || !begins_with_date(context, text))
        return false;
    const struct argot_decode_date *date = date_at(context->dates, text.at);
    if (!date->known || memcmp(date->text, text.at, ARGOT_DATE_BYTES) != 0)
        return false;
    const uint8_t *end = text.at + text.length;
    put_in_memo(context->memo, date);
    return argot_read_rfc3164_day(text.at, end, context->memo, time) == end;
}

/* What the memo knows is read by argot/read.h. */
static bool
read_yearless(const struct argot_decode *context, struct argot_slice text, argot_time *time)
{
    struct argot_calendar calendar = {0};
    if (recall(context, text, time))
        return true;
    if (!read_rfc3164(text.at, text.at + text.length, &calendar) || !argot_calendar_moment(context, &calendar, time))
        return false;
    remember(context, text, &calendar);
    return true;
}

static bool
read_time(const struct argot_decode *context, enum argot_how how, struct argot_slice directives,
          struct argot_slice text, argot_time *time)
{
    const uint8_t *p = text.at, *end = p + text.length;
    struct argot_calendar calendar = {0};
    bool good;
    switch (how) {
    case ARGOT_HOW_CLF:
        good = read_clf(p, end, &calendar);
        break;
    case ARGOT_HOW_RFC3164:
        return read_yearless(context, text, time);
    case ARGOT_HOW_TYPE:
    case ARGOT_HOW_RFC3339:
        good = read_iso(p, end, true, &calendar);
        break;
    case ARGOT_HOW_RFC5424:
        good = read_iso(p, end, false, &calendar);
        break;
    case ARGOT_HOW_EPOCH:
        return read_epoch(text, NS_PER_S, time);
    case ARGOT_HOW_EPOCH_MS:
        return read_epoch(text, 1000000, time);
    case ARGOT_HOW_EPOCH_US:
        return read_epoch(text, 1000, time);
    case ARGOT_HOW_EPOCH_NS:
        return read_epoch(text, 1, time);
    case ARGOT_HOW_STRPTIME:
        return argot_strptime_read(context, directives, text, time);
    default:
        return false;
    }
    return good && argot_calendar_moment(context, &calendar, time);
}

enum argot_decode_status
argot_decode_time(const struct argot_decode *context, enum argot_how how, struct argot_slice directives,
                  struct argot_slice text, argot_time *time)
{
    return text.length && read_time(context, how, directives, text, time) ? ARGOT_DECODED : ARGOT_DECODE_BAD;
}

bool
argot_time_parse(const char *text, argot_time *time)
{
    static const struct argot_decode nothing;
    struct argot_calendar calendar = {0};
    const uint8_t *p = (const uint8_t *)text;
    return read_iso(p, p + strlen(text), true, &calendar) && argot_calendar_moment(&nothing, &calendar, time);
}
