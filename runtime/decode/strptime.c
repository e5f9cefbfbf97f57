/* SPDX-License-Identifier: Apache-2.0
 * Times by directives: %Y %y %m %d %e %b %B %a %A %H %I %p %M %S %f %z %Z %s %F %T %%, English
 * names in any case; every other byte of the directives stands for itself. Accepts what
 * argot_lex_strptime finds the end of. A time needs %s, or a month and a day; a missing year is
 * completed, a missing time of day is midnight. */
#include "decode/calendar.h"
#include "argot/lex.h"

#define SECONDS_MAX (INT64_MAX / 1000000000)

struct reading {
    struct argot_calendar calendar;
    bool has_epoch, has_half, half, twelve; /* half: afternoon; twelve: the hour is by %I */
    int64_t epoch_s;
};

struct name {
    char text[10];
    int16_t value;
};

/* In minutes east of UTC. A loose class would eat host names, so no others. */
static const struct name zones[] = {
    {"UTC", 0},    {"GMT", 0},     {"CET", 60},    {"CEST", 120}, {"BST", 60},   {"JST", 540},  {"IST", 330},
    {"EST", -300}, {"EDT", -240},  {"CST", -360},  {"CDT", -300}, {"MST", -420}, {"MDT", -360}, {"PST", -480},
    {"PDT", -420}, {"AKST", -540}, {"AKDT", -480}, {"HST", -600}, {"", 0},
};
static const struct name months[] = {
    {"January", 1}, {"February", 2},  {"March", 3},    {"April", 4},     {"May", 5},       {"June", 6}, {"July", 7},
    {"August", 8},  {"September", 9}, {"October", 10}, {"November", 11}, {"December", 12}, {"", 0},
};
static const struct name days[] = {
    {"Monday", 1}, {"Tuesday", 2},  {"Wednesday", 3}, {"Thursday", 4},
    {"Friday", 5}, {"Saturday", 6}, {"Sunday", 7},    {"", 0},
};
static const struct name halves[] = {{"AM", 0}, {"PM", 1}, {"", 0}};

/* The longest name that stands at p, cut to `most` letters; `whole`: and no letter behind it. */
static const uint8_t *
read_name(const uint8_t *p, const uint8_t *end, const struct name *names, size_t most, bool whole, int *value)
{
    const uint8_t *best = NULL;
    for (; names->text[0]; names++) {
        size_t n = 0;
        while (n < most && names->text[n] && p + n < end && (p[n] | 0x20) == (names->text[n] | 0x20))
            n++;
        if ((n < most && names->text[n]) || (whole && p + n < end && argot_lex_letter(p[n])))
            continue;
        if (!best || p + n > best) {
            best = p + n;
            *value = names->value;
        }
    }
    return best;
}

static const uint8_t *
read_two(const uint8_t *p, const uint8_t *end, uint32_t low, uint32_t high, uint8_t *value)
{
    if (end - p < 2)
        return NULL;
    uint32_t number = argot_calendar_two(p);
    if (number < low || number > high)
        return NULL;
    *value = (uint8_t)number;
    return p + 2;
}

static const uint8_t *
read_day(const uint8_t *p, const uint8_t *end, uint8_t *day)
{
    if (p < end && *p == ' ')
        p++;
    const uint8_t *begin = p;
    uint32_t number = 0;
    while (p < end && p - begin < 2 && argot_lex_digit(*p))
        number = number * 10 + (uint32_t)(*p++ - '0');
    *day = (uint8_t)number;
    return p > begin ? p : NULL;
}

static const uint8_t *
read_year(const uint8_t *p, const uint8_t *end, bool short_form, struct argot_calendar *calendar)
{
    uint8_t century, year;
    calendar->has_year = true;
    if (short_form) {
        /* POSIX: 69 to 99 are of the last century. */
        p = read_two(p, end, 0, 99, &year);
        if (p)
            calendar->year = year + (year < 69 ? 2000 : 1900);
        return p;
    }
    p = read_two(p, end, 0, 99, &century);
    p = p ? read_two(p, end, 0, 99, &year) : NULL;
    if (p)
        calendar->year = century * 100 + year;
    return p;
}

static const uint8_t *
read_epoch(const uint8_t *p, const uint8_t *end, struct reading *reading)
{
    const uint8_t *begin = p;
    int64_t number = 0;
    for (; p < end && argot_lex_digit(*p); p++) {
        number = number * 10 + (*p - '0');
        if (number > SECONDS_MAX)
            return NULL;
    }
    reading->epoch_s = number;
    reading->has_epoch = true;
    return p > begin ? p : NULL;
}

static const uint8_t *
read_zone(const uint8_t *p, const uint8_t *end, bool named, struct argot_calendar *calendar)
{
    calendar->has_zone = true;
    if (named) {
        int minutes = 0;
        p = read_name(p, end, zones, sizeof zones->text, true, &minutes);
        calendar->offset_s = minutes * 60;
        return p;
    }
    if (p < end && (*p | 0x20) == 'z') {
        calendar->offset_s = 0;
        return p + 1;
    }
    return argot_calendar_read_offset(p, end, &calendar->offset_s);
}

/* Directives that are names. */
static const uint8_t *
read_word(uint8_t directive, const uint8_t *p, const uint8_t *end, struct reading *reading)
{
    int value = 0;
    switch (directive) {
    case 'b':
        return argot_calendar_read_month(p, end, &reading->calendar.month);
    case 'B':
        p = read_name(p, end, months, sizeof months->text, false, &value);
        reading->calendar.month = (uint8_t)value;
        return p;
    case 'a': /* the day of the week says nothing that the date does not */
        return read_name(p, end, days, 3, false, &value);
    case 'A':
        return read_name(p, end, days, sizeof days->text, false, &value);
    case 'p':
        p = read_name(p, end, halves, sizeof halves->text, false, &value);
        reading->half = value;
        reading->has_half = true;
        return p;
    default:
        return NULL;
    }
}

static const uint8_t *
read_directive(uint8_t directive, const uint8_t *p, const uint8_t *end, struct reading *reading)
{
    struct argot_calendar *calendar = &reading->calendar;
    switch (directive) {
    case 'Y':
    case 'y':
        return read_year(p, end, directive == 'y', calendar);
    case 'm':
        return read_two(p, end, 1, 12, &calendar->month);
    case 'd':
    case 'e':
        return read_day(p, end, &calendar->day);
    case 'H':
        reading->twelve = false;
        return read_two(p, end, 0, 23, &calendar->hour);
    case 'I':
        reading->twelve = true;
        return read_two(p, end, 1, 12, &calendar->hour);
    case 'M':
        return read_two(p, end, 0, 59, &calendar->minute);
    case 'S':
        return read_two(p, end, 0, 60, &calendar->second);
    case 'f':
        return argot_calendar_read_fraction(p, end, &calendar->ns);
    case 's':
        return read_epoch(p, end, reading);
    case 'z':
    case 'Z':
        return read_zone(p, end, directive == 'Z', calendar);
    case 'F':
        return argot_calendar_read_ymd(p, end, calendar);
    case 'T':
        reading->twelve = false;
        return argot_calendar_read_hms(p, end, calendar);
    case '%':
        return p < end && *p == '%' ? p + 1 : NULL;
    default:
        return read_word(directive, p, end, reading);
    }
}

static bool
read_all(struct argot_slice directives, struct argot_slice text, struct reading *reading)
{
    const uint8_t *p = text.at, *end = p + text.length;
    for (uint32_t i = 0; i < directives.length && p; i++) {
        uint8_t byte = directives.at[i];
        if (byte == '%' && i + 1 < directives.length)
            p = read_directive(directives.at[++i], p, end, reading);
        else
            p = p < end && *p == byte ? p + 1 : NULL;
    }
    return p == end;
}

bool
argot_strptime_read(const struct argot_decode *context, struct argot_slice directives, struct argot_slice text,
                    argot_time *time)
{
    struct reading reading = {0};
    if (!read_all(directives, text, &reading))
        return false;
    struct argot_calendar *calendar = &reading.calendar;
    if (reading.has_epoch) {
        int64_t ns = reading.epoch_s * 1000000000;
        return !__builtin_add_overflow(ns, (int64_t)calendar->ns, time);
    }
    if (reading.twelve && reading.has_half)
        calendar->hour = (uint8_t)(calendar->hour % 12 + (reading.half ? 12 : 0));
    return argot_calendar_moment(context, calendar, time);
}
