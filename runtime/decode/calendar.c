/* SPDX-License-Identifier: Apache-2.0
 * From a written date and time of day to a moment: ranges, the missing year, the missing zone. The
 * arithmetic of days is Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms". */
#include "decode/calendar.h"
#include "argot/lex.h"
#include "decode/zone.h"

#define NS_PER_S 1000000000
#define MAX_SECOND (INT64_MAX / NS_PER_S)
/* Within half a year less the largest difference of two zones' offsets no other year can be nearer.
 */
#define SURELY_NEAREST_S (180ll * ARGOT_CALENDAR_DAY_S)
/* Of nine years in a row one has a February 29th. */
#define YEARS_AROUND 8

int64_t
argot_calendar_days(int64_t year, uint32_t month, uint32_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void
argot_calendar_date(int64_t days, int64_t *year, uint32_t *month, uint32_t *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    uint32_t day_of_era = (uint32_t)(days - era * 146097);
    uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t shifted = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = (int64_t)year_of_era + era * 400 + (*month <= 2);
}

static bool
is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

uint32_t
argot_calendar_month_days(int64_t year, uint32_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* ---- to a moment ---- */

static int64_t
to_utc(const struct argot_decode *context, const struct argot_calendar *calendar, int64_t local)
{
    if (calendar->has_zone)
        return local - calendar->offset_s;
    return context->zone ? argot_zone_to_utc(context->zone, local) : local;
}

/* The nearest of the years around; the earlier one of two that are equally near. */
static bool
nearest_year(const struct argot_decode *context, const struct argot_calendar *calendar, int64_t of_day,
             int64_t reference, int64_t middle, int64_t *utc)
{
    int64_t best = INT64_MAX;
    for (int64_t year = middle - YEARS_AROUND; year <= middle + YEARS_AROUND; year++) {
        if (calendar->day > argot_calendar_month_days(year, calendar->month))
            continue;
        int64_t days = argot_calendar_days(year, calendar->month, calendar->day);
        int64_t at = to_utc(context, calendar, days * ARGOT_CALENDAR_DAY_S + of_day);
        int64_t distance = at < reference ? reference - at : at - reference;
        if (at >= 0 && at <= MAX_SECOND && distance < best) {
            best = distance;
            *utc = at;
        }
    }
    return best < INT64_MAX;
}

static bool
complete_year(const struct argot_decode *context, const struct argot_calendar *calendar, int64_t of_day, int64_t *utc)
{
    argot_time reference_ns = context->has_outer_time ? context->outer_time : context->received;
    int64_t reference = reference_ns / NS_PER_S;
    int64_t year, reference_day = reference / ARGOT_CALENDAR_DAY_S;
    uint32_t month, day;
    argot_calendar_date(reference_day, &year, &month, &day);
    if (calendar->day <= argot_calendar_month_days(year, calendar->month)) {
        int64_t days = argot_calendar_days(year, calendar->month, calendar->day);
        *utc = to_utc(context, calendar, days * ARGOT_CALENDAR_DAY_S + of_day);
        int64_t distance = *utc - reference;
        if (distance > -SURELY_NEAREST_S && distance < SURELY_NEAREST_S && *utc >= 0 && *utc <= MAX_SECOND)
            return true;
    }
    return nearest_year(context, calendar, of_day, reference, year, utc);
}

bool
argot_calendar_moment(const struct argot_decode *context, const struct argot_calendar *calendar, argot_time *time)
{
    /* Without a year a leap year is assumed; the year that is found has the day. */
    int64_t year = calendar->has_year ? calendar->year : 2000;
    if ((uint32_t)calendar->month - 1 > 11 || !calendar->day ||
        calendar->day > argot_calendar_month_days(year, calendar->month) || calendar->hour > 23 ||
        calendar->minute > 59 || calendar->second > 60)
        return false;
    bool leap = calendar->second == 60;
    int64_t of_day = calendar->hour * 3600 + calendar->minute * 60 + calendar->second - leap;
    int64_t utc;
    if (calendar->has_year) {
        int64_t days = argot_calendar_days(year, calendar->month, calendar->day);
        utc = to_utc(context, calendar, days * ARGOT_CALENDAR_DAY_S + of_day);
    } else if (!complete_year(context, calendar, of_day, &utc)) {
        return false;
    }
    int64_t ns;
    if (utc < 0 || __builtin_mul_overflow(utc, (int64_t)NS_PER_S, &ns) ||
        __builtin_add_overflow(ns, (int64_t)calendar->ns, &ns))
        return false;
    if (leap && context->leap_seconds)
        ++*context->leap_seconds;
    *time = ns;
    return true;
}

static bool
is_surely_nearest(const struct argot_decode *context, argot_time time)
{
    int64_t reference = (context->has_outer_time ? context->outer_time : context->received) / NS_PER_S;
    int64_t distance = time / NS_PER_S - reference;
    return distance > -SURELY_NEAREST_S && distance < SURELY_NEAREST_S;
}

bool
argot_calendar_even_day(const struct argot_decode *context, const struct argot_calendar *calendar, argot_time *midnight)
{
    struct argot_calendar first = {.month = calendar->month, .day = calendar->day}, last = first;
    argot_time end;
    last.hour = 23;
    last.minute = last.second = 59;
    if (!argot_calendar_moment(context, &first, midnight) || !argot_calendar_moment(context, &last, &end))
        return false;
    return end - *midnight == (ARGOT_CALENDAR_DAY_S - 1ll) * NS_PER_S && is_surely_nearest(context, *midnight) &&
           is_surely_nearest(context, end) &&
           (!context->zone || argot_zone_is_even(context->zone, *midnight / NS_PER_S, end / NS_PER_S));
}

/* ---- pieces ---- */

const uint8_t *
argot_calendar_read_month(const uint8_t *p, const uint8_t *end, uint8_t *month)
{
    *month = p && end - p >= 3 ? (uint8_t)argot_lex_month_number(p) : 0;
    return *month ? p + 3 : NULL;
}

const uint8_t *
argot_calendar_read_hms(const uint8_t *p, const uint8_t *end, struct argot_calendar *calendar)
{
    if (!p || end - p < 8 || p[2] != ':' || p[5] != ':')
        return NULL;
    uint32_t hour = argot_calendar_two(p), minute = argot_calendar_two(p + 3);
    uint32_t second = argot_calendar_two(p + 6);
    if (hour > 23 || minute > 59 || second > 60)
        return NULL;
    calendar->hour = (uint8_t)hour;
    calendar->minute = (uint8_t)minute;
    calendar->second = (uint8_t)second;
    return p + 8;
}

const uint8_t *
argot_calendar_read_ymd(const uint8_t *p, const uint8_t *end, struct argot_calendar *calendar)
{
    if (!p || end - p < 10 || p[4] != '-' || p[7] != '-')
        return NULL;
    uint32_t century = argot_calendar_two(p), year = argot_calendar_two(p + 2);
    uint32_t month = argot_calendar_two(p + 5), day = argot_calendar_two(p + 8);
    if (century > 99 || year > 99 || month > 12 || day > 31)
        return NULL;
    calendar->year = (int32_t)(century * 100 + year);
    calendar->has_year = true;
    calendar->month = (uint8_t)month;
    calendar->day = (uint8_t)day;
    return p + 10;
}

const uint8_t *
argot_calendar_read_fraction(const uint8_t *p, const uint8_t *end, uint32_t *ns)
{
    static const uint32_t scale[] = {0, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
    if (!p)
        return NULL;
    const uint8_t *begin = p;
    uint32_t number = 0;
    while (p < end && p - begin < 9 && (uint8_t)(*p - '0') < 10)
        number = number * 10 + (uint32_t)(*p++ - '0');
    *ns = number * scale[p - begin];
    if (p == begin)
        return NULL;
    while (p < end && (uint8_t)(*p - '0') < 10)
        p++;
    return p;
}

const uint8_t *
argot_calendar_read_offset(const uint8_t *p, const uint8_t *end, int32_t *offset_s)
{
    if (!p || end - p < 3 || (*p != '+' && *p != '-'))
        return NULL;
    uint32_t hours = argot_calendar_two(p + 1), minutes = 0;
    if (hours > 99)
        return NULL;
    const uint8_t *q = p + 3, *digits = q < end && *q == ':' ? q + 1 : q;
    if (end - digits >= 2 && argot_calendar_two(digits) <= 99) {
        minutes = argot_calendar_two(digits);
        q = digits + 2;
    }
    uint32_t seconds = hours * 3600 + minutes * 60;
    if (minutes > 59 || seconds > ARGOT_CALENDAR_MAX_OFFSET_S)
        return NULL;
    *offset_s = *p == '-' ? -(int32_t)seconds : (int32_t)seconds;
    return q;
}
