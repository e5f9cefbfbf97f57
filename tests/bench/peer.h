/* SPDX-License-Identifier: Apache-2.0
 * What the programs that argot is measured against share: lines of a file from 1 MiB blocks, the
 * typed values of an access line, and their printing. Speed studies: they check less than argot
 * does, so they bound it from below. */
#pragma once
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES ((size_t)1 << 20)
#define LINE_MAX_BYTES ((size_t)1 << 16)
#define READABLE_BEHIND 64 /* bytes behind the last line that vector loads may touch */
#define NS_PER_SECOND INT64_C(1000000000)
#define CANNOT_RUN 77 /* exit status of a program that this machine has no means for */

struct slice {
    const char *bytes;
    uint32_t length;
};

struct access {
    int64_t time_ns, size; /* size: -1 for "-" */
    uint32_t address;
    uint16_t status;
    uint8_t minor;
    struct slice client, ident, user, method, path, referrer, agent;
};

/* Midnight of the day that came last. */
struct day_cache {
    char text[12];
    int64_t seconds;
};

static inline int
two_digits(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

static inline int64_t
days_from_civil(int year, int month, int day)
{
    year -= month <= 2;
    int era = year / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int64_t)era * 146097 + day_of_era - 719468;
}

static inline int
month_number(const char *at)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int month = 0; month < 12; month++)
        if (!memcmp(at, names + month * 3, 3))
            return month + 1;
    return 0;
}

/* "dd/Mon/yyyy:HH:MM:SS +zzzz", whose digits the caller has checked. */
static inline bool
read_time(const char *at, int64_t *time_ns, struct day_cache *cache)
{
    if (memcmp(at, cache->text, 11)) {
        int day = two_digits(at), month = month_number(at + 3);
        if (!month || day < 1 || day > 31)
            return false;
        int year = two_digits(at + 7) * 100 + two_digits(at + 9);
        cache->seconds = days_from_civil(year, month, day) * 86400;
        memcpy(cache->text, at, 11);
    }
    int hour = two_digits(at + 12), minute = two_digits(at + 15), second = two_digits(at + 18);
    int zone = two_digits(at + 22) * 3600 + two_digits(at + 24) * 60;
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    if (at[21] == '-')
        zone = -zone;
    *time_ns = (cache->seconds + hour * 3600 + minute * 60 + second - zone) * NS_PER_SECOND;
    return true;
}

/* Calls back for [first, end) of each block, which holds whole lines. Returns 0, or 1 when reading
 * failed. */
static inline int
for_each_block(const char *path, void (*call)(const char *first, const char *end, void *context), void *context)
{
    size_t room = BLOCK_BYTES + LINE_MAX_BYTES + READABLE_BEHIND, kept = 0;
    /* 64 bytes before the first line, since some primitives read backwards. */
    char *memory = calloc(1, room + READABLE_BEHIND), *block = memory + READABLE_BEHIND;
    int fd = open(path, O_RDONLY);
    ssize_t got = fd < 0 || !memory ? -1 : 0;
    while (got >= 0 && (got = read(fd, block + kept, BLOCK_BYTES)) > 0) {
        size_t have = kept + (size_t)got;
        const char *last = memrchr(block, '\n', have);
        if (!last) {
            got = -1;
            break;
        }
        call(block, last + 1, context);
        kept = (size_t)(block + have - (last + 1));
        if (kept > LINE_MAX_BYTES) {
            got = -1;
            break;
        }
        memmove(block, last + 1, kept);
    }
    if (fd >= 0)
        close(fd);
    free(memory);
    if (got < 0)
        perror(path);
    return got < 0;
}
