/* SPDX-License-Identifier: Apache-2.0
 * The rule in the footer of a TZif file: `CET-1CEST,M3.5.0,M10.5.0/3`,
 * `<+1030>-10:30<+11>-11,M10.1.0,M4.1.0`, IEEE Std 1003.1 section 8.3, with hours up to 167 and
 * negative ones. */
#include "decode/zone_table.h"
#include "decode/calendar.h"

#define MAX_TIME_HOURS 167
#define MAX_OFFSET_HOURS 24
#define DEFAULT_TIME_S (2 * 3600)

struct cursor {
    const uint8_t *at, *end;
};

static bool
take(struct cursor *cursor, uint8_t byte)
{
    if (cursor->at == cursor->end || *cursor->at != byte)
        return false;
    cursor->at++;
    return true;
}

static bool
take_number(struct cursor *cursor, uint32_t low, uint32_t high, uint32_t *number)
{
    const uint8_t *begin = cursor->at;
    for (*number = 0; cursor->at < cursor->end && (uint8_t)(*cursor->at - '0') < 10; cursor->at++) {
        *number = *number * 10 + (uint32_t)(*cursor->at - '0');
        if (*number > high)
            return false;
    }
    return cursor->at > begin && *number >= low;
}

/* At least three letters, or anything within <>. */
static bool
take_name(struct cursor *cursor)
{
    const uint8_t *begin = cursor->at;
    if (take(cursor, '<')) {
        while (cursor->at < cursor->end && *cursor->at != '>')
            cursor->at++;
        return take(cursor, '>');
    }
    while (cursor->at < cursor->end && (uint8_t)((*cursor->at | 0x20) - 'a') < 26)
        cursor->at++;
    return cursor->at - begin >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool
take_time(struct cursor *cursor, uint32_t most_hours, int32_t *seconds)
{
    bool negative = take(cursor, '-');
    if (!negative)
        take(cursor, '+');
    uint32_t hours, minutes = 0, rest = 0;
    if (!take_number(cursor, 0, most_hours, &hours))
        return false;
    if (take(cursor, ':')) {
        if (!take_number(cursor, 0, 59, &minutes))
            return false;
        if (take(cursor, ':') && !take_number(cursor, 0, 59, &rest))
            return false;
    }
    int32_t sum = (int32_t)(hours * 3600 + minutes * 60 + rest);
    *seconds = negative ? -sum : sum;
    return true;
}

static bool
take_date(struct cursor *cursor, struct argot_zone_date *date)
{
    uint32_t number, week, weekday;
    if (take(cursor, 'M')) {
        if (!take_number(cursor, 1, 12, &number) || !take(cursor, '.') || !take_number(cursor, 1, 5, &week) ||
            !take(cursor, '.') || !take_number(cursor, 0, 6, &weekday))
            return false;
        *date = (struct argot_zone_date){
            .kind = 'M', .month = (uint8_t)number, .week = (uint8_t)week, .day = (int16_t)weekday};
    } else {
        bool julian = take(cursor, 'J');
        if (!take_number(cursor, julian, 365, &number))
            return false;
        *date = (struct argot_zone_date){.kind = julian ? 'J' : 'n', .day = (int16_t)number};
    }
    date->time_s = DEFAULT_TIME_S;
    return !take(cursor, '/') || take_time(cursor, MAX_TIME_HOURS, &date->time_s);
}

bool
argot_zone_rule_parse(const uint8_t *text, size_t length, struct argot_zone_rule *rule)
{
    struct cursor cursor = {text, text + length};
    int32_t west_s;
    *rule = (struct argot_zone_rule){0};
    if (!take_name(&cursor) || !take_time(&cursor, MAX_OFFSET_HOURS, &west_s))
        return false;
    rule->standard_s = -west_s;
    if (cursor.at == cursor.end)
        return true;
    rule->daylight = true;
    rule->daylight_s = rule->standard_s + 3600;
    if (!take_name(&cursor))
        return false;
    if (cursor.at < cursor.end && *cursor.at != ',') {
        if (!take_time(&cursor, MAX_OFFSET_HOURS, &west_s))
            return false;
        rule->daylight_s = -west_s;
    }
    return take(&cursor, ',') && take_date(&cursor, &rule->begin) && take(&cursor, ',') &&
           take_date(&cursor, &rule->end) && cursor.at == cursor.end;
}

/* The week-th given weekday of a month; the fifth is the last. */
static int64_t
weekday_of_month(const struct argot_zone_date *date, int64_t year)
{
    int64_t first = argot_calendar_days(year, date->month, 1);
    int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    int64_t day = (date->day - weekday + 7) % 7 + 7 * (date->week - 1);
    if (day >= argot_calendar_month_days(year, date->month))
        day -= 7;
    return first + day;
}

int64_t
argot_zone_rule_moment(const struct argot_zone_date *date, int64_t year, int32_t offset_s)
{
    int64_t days;
    if (date->kind == 'M') {
        days = weekday_of_month(date, year);
    } else {
        days = argot_calendar_days(year, 1, 1) + date->day;
        if (date->kind == 'J') {
            bool leap = argot_calendar_month_days(year, 2) == 29;
            days += leap && date->day >= 60 ? 0 : -1;
        }
    }
    return days * ARGOT_CALENDAR_DAY_S + date->time_s - offset_s;
}
