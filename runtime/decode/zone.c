/* SPDX-License-Identifier: Apache-2.0
 * A time zone in use: sorted moments at which the offset changes. What the footer's rule says is
 * laid out for 400 years behind the table, after which the Gregorian calendar, and so the rule,
 * repeats. */
#include "decode/zone_table.h"
#include "decode/calendar.h"
#include <stdio.h>
#include <string.h>

#define CYCLE_S (146097ll * ARGOT_CALENDAR_DAY_S)
#define DEFAULT_DIRECTORY "/usr/share/zoneinfo"
#define MAX_PATH_BYTES 1024
#define MAX_NAME_BYTES 128

struct argot_zone {
    struct argot_seam *seam;
    size_t count;
    bool cycle;      /* the last CYCLE_S before the last change repeat for ever */
    int64_t *at;     /* UTC seconds of the changes, ascending */
    int64_t *local;  /* wall clock at which each takes hold, never descending */
    int32_t *offset; /* offset[i] holds before at[i]; count + 1 of them */
};

static int64_t
add_clamped(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return b < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

/* How many of the moments are at or before x. */
static size_t
count_until(const int64_t *moments, size_t count, int64_t x)
{
    const int64_t *base = moments;
    while (count) {
        size_t half = count / 2;
        if (base[half] <= x) {
            base += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return (size_t)(base - moments);
}

/* Where a moment behind the last change lies in the last cycle. */
static int64_t
into_cycle(const struct argot_zone *zone, const int64_t *moments, int64_t x)
{
    if (!zone->cycle || x <= moments[zone->count - 1])
        return x;
    uint64_t beyond = (uint64_t)x - (uint64_t)moments[zone->count - 1];
    uint64_t rounds = (beyond + CYCLE_S - 1) / CYCLE_S;
    return (int64_t)((uint64_t)x - rounds * CYCLE_S);
}

int32_t
argot_zone_offset(const struct argot_zone *zone, int64_t utc_seconds)
{
    int64_t x = into_cycle(zone, zone->at, utc_seconds);
    return zone->offset[count_until(zone->at, zone->count, x)];
}

bool
argot_zone_is_even(const struct argot_zone *zone, int64_t from_utc_seconds, int64_t to_utc_seconds)
{
    int64_t from = into_cycle(zone, zone->at, from_utc_seconds), to = into_cycle(zone, zone->at, to_utc_seconds);
    return count_until(zone->at, zone->count, from) == count_until(zone->at, zone->count, to);
}

int64_t
argot_zone_to_utc(const struct argot_zone *zone, int64_t local_seconds)
{
    int64_t x = into_cycle(zone, zone->local, local_seconds);
    return add_clamped(local_seconds, -zone->offset[count_until(zone->local, zone->count, x)]);
}

struct argot_zone *
argot_zone_new(struct argot_seam *seam, size_t count)
{
    size_t size = sizeof(struct argot_zone) + count * (2 * sizeof(int64_t) + sizeof(int32_t)) + sizeof(int32_t);
    struct argot_zone *zone = seam->allocate(seam, size);
    if (!zone)
        return NULL;
    memset(zone, 0, size);
    zone->seam = seam;
    zone->at = (int64_t *)(void *)(zone + 1);
    zone->local = zone->at + count;
    zone->offset = (int32_t *)(void *)(zone->local + count);
    return zone;
}

void
argot_zone_start(struct argot_zone *zone, int32_t offset_s)
{
    zone->offset[0] = offset_s;
}

/* Both in a gap (the wall clock jumps forward) and in a doubled hour the offset before holds up to
 * the larger of the two wall clock times of the change. */
void
argot_zone_change(struct argot_zone *zone, int64_t at, int32_t offset_s)
{
    int32_t before = zone->offset[zone->count];
    int64_t local = add_clamped(at, before > offset_s ? before : offset_s);
    if (zone->count && local < zone->local[zone->count - 1])
        local = zone->local[zone->count - 1];
    zone->at[zone->count] = at;
    zone->local[zone->count] = local;
    zone->offset[++zone->count] = offset_s;
}

void
argot_zone_repeat(struct argot_zone *zone)
{
    zone->cycle = zone->count > 0;
}

void
argot_zone_free(struct argot_zone *zone)
{
    if (zone)
        zone->seam->release(zone->seam, zone);
}

/* ---- loading ---- */

/* +02:00, -0530, +02, Z, UTC. */
static bool
fixed_offset(const char *name, int32_t *offset_s)
{
    const uint8_t *p = (const uint8_t *)name, *end = p + strlen(name);
    *offset_s = 0;
    if (!strcmp(name, "Z") || !strcmp(name, "z") || !strcmp(name, "UTC"))
        return true;
    return argot_calendar_read_offset(p, end, offset_s) == end && p < end;
}

static bool
is_name(const char *name)
{
    size_t length = strlen(name);
    if (!length || length > MAX_NAME_BYTES || *name == '/' || strstr(name, ".."))
        return false;
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/.";
    return strspn(name, allowed) == length;
}

struct argot_zone *
argot_zone_load(struct argot_seam *seam, const char *directory, const char *name, char *why, size_t why_size)
{
    int32_t offset_s;
    if (fixed_offset(name, &offset_s)) {
        struct argot_zone *zone = argot_zone_new(seam, 0);
        if (zone)
            argot_zone_start(zone, offset_s);
        else
            snprintf(why, why_size, "no memory");
        return zone;
    }
    char path[MAX_PATH_BYTES];
    int length = snprintf(path, sizeof path, "%s/%s", directory ? directory : DEFAULT_DIRECTORY, name);
    if (!is_name(name) || length < 0 || (size_t)length >= sizeof path) {
        snprintf(why, why_size, "no time zone has such a name (Europe/Berlin or +02:00 would do)");
        return NULL;
    }
    char *bytes;
    size_t size;
    int status = argot_seam_read_file(seam, path, ARGOT_ZONE_MAX_BYTES, &bytes, &size);
    if (status) {
        snprintf(why, why_size, "%s: %s", path, strerror(-status));
        return NULL;
    }
    struct argot_zone *zone = argot_zone_parse(seam, (const uint8_t *)bytes, size);
    seam->release(seam, bytes);
    if (!zone)
        snprintf(why, why_size, "%s: not a time zone file, or a damaged one", path);
    return zone;
}
