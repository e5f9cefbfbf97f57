/* SPDX-License-Identifier: Apache-2.0
 * Reads TZif files, versions 1 to 4 (RFC 8536, RFC 9636). Leap second tables, abbreviations and the
 * standard/wall and UT/local indicators say nothing about offsets and are passed over. Files are
 * checked through and through: whatever the bytes are, they give a zone or are refused. */
#include "decode/zone_table.h"
#include "decode/calendar.h"
#include <string.h>

#define HEADER_BYTES 44
#define TYPE_BYTES 6
#define MAX_OFFSET_S (26 * 3600) /* RFC 8536 section 3.2: less than that */
#define RULE_YEARS 402           /* a cycle of 400 and both of its ends */
#define FIRST_RULE_YEAR 1900     /* where there is no table before the rule */
#define MAX_RULE_YEAR 2500       /* a table that goes further needs no rule */

struct tzif {
    uint64_t isut, isstd, leap, times, types, chars;
    size_t time_bytes;      /* 4 in the first block, 8 in the second */
    const uint8_t *moments; /* of the changes */
    const uint8_t *indexes; /* the type that holds from each on */
    const uint8_t *offsets; /* TYPE_BYTES each */
    const uint8_t *footer;  /* between its newlines; NULL: none */
    size_t footer_length;
};

static uint32_t
read_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t
read_moment(const struct tzif *tzif, uint64_t i)
{
    const uint8_t *p = tzif->moments + i * tzif->time_bytes;
    if (tzif->time_bytes == 4)
        return (int32_t)read_u32(p);
    return (int64_t)((uint64_t)read_u32(p) << 32 | read_u32(p + 4));
}

static int32_t
read_offset(const struct tzif *tzif, uint64_t type)
{
    return (int32_t)read_u32(tzif->offsets + type * TYPE_BYTES);
}

/* One header with its block; NULL when it does not fit, else what lies behind. */
static const uint8_t *
read_block(const uint8_t *p, const uint8_t *end, size_t time_bytes, struct tzif *tzif)
{
    if (end - p < HEADER_BYTES || memcmp(p, "TZif", 4))
        return NULL;
    *tzif = (struct tzif){.isut = read_u32(p + 20),
                          .isstd = read_u32(p + 24),
                          .leap = read_u32(p + 28),
                          .times = read_u32(p + 32),
                          .types = read_u32(p + 36),
                          .chars = read_u32(p + 40),
                          .time_bytes = time_bytes};
    p += HEADER_BYTES;
    uint64_t size = tzif->times * (time_bytes + 1) + tzif->types * TYPE_BYTES + tzif->chars +
                    tzif->leap * (time_bytes + 4) + tzif->isstd + tzif->isut;
    if (size > (uint64_t)(end - p))
        return NULL;
    tzif->moments = p;
    tzif->indexes = p + tzif->times * time_bytes;
    tzif->offsets = tzif->indexes + tzif->times;
    return p + size;
}

static bool
is_sound(const struct tzif *tzif)
{
    if (!tzif->types || tzif->types > 256)
        return false;
    for (uint64_t i = 0; i < tzif->types; i++) {
        int32_t offset_s = read_offset(tzif, i);
        if (offset_s <= -MAX_OFFSET_S || offset_s >= MAX_OFFSET_S)
            return false;
    }
    for (uint64_t i = 0; i < tzif->times; i++)
        if (tzif->indexes[i] >= tzif->types || (i && read_moment(tzif, i) <= read_moment(tzif, i - 1)))
            return false;
    return true;
}

/* The block with the widest times, and the footer. */
static bool
read_tzif(const uint8_t *bytes, size_t size, struct tzif *tzif)
{
    const uint8_t *end = bytes + size;
    const uint8_t *p = read_block(bytes, end, 4, tzif);
    if (!p)
        return false;
    if (bytes[4] >= '2') {
        p = read_block(p, end, 8, tzif);
        if (!p)
            return false;
        if (p == end || *p++ != '\n')
            return false;
        const uint8_t *close = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
        if (!close)
            return false;
        tzif->footer = p;
        tzif->footer_length = (size_t)(close - p);
    }
    return is_sound(tzif);
}

/* The year behind the last change of the table. */
static int64_t
first_rule_year(const struct tzif *tzif)
{
    if (!tzif->times)
        return FIRST_RULE_YEAR;
    int64_t last = read_moment(tzif, tzif->times - 1);
    int64_t year;
    uint32_t month, day;
    if (last > argot_calendar_days(MAX_RULE_YEAR, 1, 1) * ARGOT_CALENDAR_DAY_S)
        return MAX_RULE_YEAR;
    if (last < argot_calendar_days(FIRST_RULE_YEAR, 1, 1) * ARGOT_CALENDAR_DAY_S)
        return FIRST_RULE_YEAR;
    argot_calendar_date(last / ARGOT_CALENDAR_DAY_S, &year, &month, &day);
    return year;
}

struct change {
    int64_t at;
    int32_t offset_s;
};

static void
sort_in(struct change *changes, size_t *count, struct change change)
{
    size_t i = *count;
    for (; i && changes[i - 1].at > change.at; i--)
        changes[i] = changes[i - 1];
    changes[i] = change;
    ++*count;
}

/* Lays the rule out. Of changes at the same moment the last one counts: a rule may say that
 * daylight saving time ends where it begins again, and so never ends. */
static void
add_rule(struct argot_zone *zone, const struct argot_zone_rule *rule, int64_t year, int64_t behind)
{
    struct change changes[2 * RULE_YEARS];
    size_t count = 0;
    for (int64_t i = year; i < year + RULE_YEARS; i++) {
        int64_t begin = argot_zone_rule_moment(&rule->begin, i, rule->standard_s);
        int64_t end = argot_zone_rule_moment(&rule->end, i, rule->daylight_s);
        sort_in(changes, &count, (struct change){begin, rule->daylight_s});
        sort_in(changes, &count, (struct change){end, rule->standard_s});
    }
    for (size_t i = 0; i < count; i++)
        if (changes[i].at > behind && (i + 1 == count || changes[i + 1].at > changes[i].at))
            argot_zone_change(zone, changes[i].at, changes[i].offset_s);
    argot_zone_repeat(zone);
}

struct argot_zone *
argot_zone_parse(struct argot_seam *seam, const uint8_t *bytes, size_t size)
{
    struct tzif tzif;
    struct argot_zone_rule rule;
    if (!read_tzif(bytes, size, &tzif))
        return NULL;
    bool has_rule = tzif.footer_length > 0;
    if (has_rule && !argot_zone_rule_parse(tzif.footer, tzif.footer_length, &rule))
        return NULL;
    bool daylight = has_rule && rule.daylight;
    struct argot_zone *zone = argot_zone_new(seam, (size_t)tzif.times + (daylight ? 2 * RULE_YEARS : 0));
    if (!zone)
        return NULL;
    argot_zone_start(zone, read_offset(&tzif, 0));
    int64_t last = INT64_MIN;
    for (uint64_t i = 0; i < tzif.times; i++) {
        last = read_moment(&tzif, i);
        argot_zone_change(zone, last, read_offset(&tzif, tzif.indexes[i]));
    }
    if (daylight && last < argot_calendar_days(MAX_RULE_YEAR, 1, 1) * ARGOT_CALENDAR_DAY_S)
        add_rule(zone, &rule, first_rule_year(&tzif), last);
    else if (has_rule && !daylight && !tzif.times)
        argot_zone_start(zone, rule.standard_s);
    return zone;
}
