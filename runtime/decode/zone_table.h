/* SPDX-License-Identifier: Apache-2.0
 * How a zone is put together by the readers of TZif files and of POSIX rules. Inside runtime/decode only. */
#pragma once
#include "decode/zone.h"

/* A zone with room for `count` changes; NULL without memory. */
struct argot_zone *argot_zone_new(struct argot_seam *seam, size_t count);
/* The offset before the first change. */
void argot_zone_start(struct argot_zone *zone, int32_t offset_s);
/* Adds a change behind those there are; `at` must be later than theirs. */
void argot_zone_change(struct argot_zone *zone, int64_t at, int32_t offset_s);
/* The changes of the last 400 years repeat for ever. */
void argot_zone_repeat(struct argot_zone *zone);

/* A day of the year and a time of that day. */
struct argot_zone_date {
    char kind;   /* 'J': day 1 to 365, never February 29th; 'n': day 0 to 365; 'M': month, week, weekday */
    int16_t day; /* J, n; M: weekday, 0 is Sunday */
    uint8_t month, week;
    int32_t time_s; /* seconds after midnight, may be negative or beyond a day */
};

/* The TZ string of POSIX with the extensions of RFC 8536 section 3.3.1. */
struct argot_zone_rule {
    int32_t standard_s, daylight_s; /* east of UTC */
    bool daylight;
    struct argot_zone_date begin, end; /* of daylight saving time */
};

bool argot_zone_rule_parse(const uint8_t *text, size_t length, struct argot_zone_rule *rule);
/* UTC seconds of a date of the rule in a year, before which the offset was `offset_s`. */
int64_t argot_zone_rule_moment(const struct argot_zone_date *date, int64_t year, int32_t offset_s);
