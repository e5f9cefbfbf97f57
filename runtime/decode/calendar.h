/* SPDX-License-Identifier: Apache-2.0
 * Dates and times of day as logs write them, before they are a moment: the year or the zone may be
 * missing. Days are counted in the proleptic Gregorian calendar. */
#pragma once
#include "decode/decode.h"

#define ARGOT_CALENDAR_DAY_S 86400
#define ARGOT_CALENDAR_MAX_OFFSET_S (18 * 3600) /* of a zone in a text */

struct argot_calendar {
    int32_t year;
    uint8_t month, day; /* from 1 */
    uint8_t hour, minute, second;
    bool has_year, has_zone;
    int32_t offset_s; /* east of UTC */
    uint32_t ns;
};

/* Days from 1970-01-01 to a date, and back. */
int64_t argot_calendar_days(int64_t year, uint32_t month, uint32_t day);
void argot_calendar_date(int64_t days, int64_t *year, uint32_t *month, uint32_t *day);
uint32_t argot_calendar_month_days(int64_t year, uint32_t month);

/* Checks the ranges, completes year and zone by the context, and gives the moment. False: no such
 * time, or one before 1970 or after 2262. Second 60 is read as 59 and counted. */
bool argot_calendar_moment(const struct argot_decode *context, const struct argot_calendar *calendar, argot_time *time);

/* The first moment of the day of a date without a year. False: not all moments of that day surely have the same year
 * and the same offset from UTC. */
bool argot_calendar_even_day(const struct argot_decode *context, const struct argot_calendar *calendar,
                             argot_time *midnight);

/* Readers of pieces: each returns the place behind the piece, or NULL. Where p is NULL they return
 * NULL. */
const uint8_t *argot_calendar_read_month(const uint8_t *p, const uint8_t *end, uint8_t *month); /* Jan, any case */
const uint8_t *argot_calendar_read_hms(const uint8_t *p, const uint8_t *end, struct argot_calendar *calendar);
const uint8_t *argot_calendar_read_ymd(const uint8_t *p, const uint8_t *end, struct argot_calendar *calendar);
/* A fraction of a second, any number of digits of which nine count; the digits only. */
const uint8_t *argot_calendar_read_fraction(const uint8_t *p, const uint8_t *end, uint32_t *ns);
/* +hh:mm, +hhmm, +hh up to ARGOT_CALENDAR_MAX_OFFSET_S. */
const uint8_t *argot_calendar_read_offset(const uint8_t *p, const uint8_t *end, int32_t *offset_s);

/* Two digits, or a number over 99. */
static inline uint32_t
argot_calendar_two(const uint8_t *p)
{
    uint32_t tens = (uint32_t)p[0] - '0', ones = (uint32_t)p[1] - '0';
    return tens < 10 && ones < 10 ? tens * 10 + ones : UINT32_MAX;
}

/* A time by strptime directives; see strptime.c. */
bool argot_strptime_read(const struct argot_decode *context, struct argot_slice directives, struct argot_slice text,
                         argot_time *time);
