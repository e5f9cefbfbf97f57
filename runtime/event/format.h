/* SPDX-License-Identifier: Apache-2.0
 * Values as text: numbers, addresses and times the way every output writes them. No locale, no allocation; each
 * function writes to `text`, adds no NUL, and returns the number of bytes. ARGOT_FORMAT_ROOM is enough for each. */
#pragma once
#include "base/seam.h"
#include <string.h>

#define ARGOT_FORMAT_ROOM 48

/* Of each number below a thousand its three digits, and how many zeros stand at their begin. */
#define ARGOT_FORMAT_THREES 1000u
extern const char argot_format_threes[ARGOT_FORMAT_THREES * 4 + 1];
/* A number of four digits and more. */
size_t argot_format_large(uint64_t value, char *text);

/* A number below a thousand; writes four bytes. Returns the place behind its digits. */
static inline char *
argot_format_three(uint32_t value, char *text)
{
    const char *three = argot_format_threes + (size_t)4 * value;
    memcpy(text, three + three[3], 4);
    return text + 3 - three[3];
}

static inline size_t
argot_format_u64(uint64_t value, char *text)
{
    return value < ARGOT_FORMAT_THREES ? (size_t)(argot_format_three((uint32_t)value, text) - text)
                                       : argot_format_large(value, text);
}
size_t argot_format_i64(int64_t value, char *text);
/* The shortest of a plain decimal or 15 to 17 digits that reads back as the same double; JSON's grammar. What is not
 * finite becomes null. */
size_t argot_format_double(double value, char *text);
/* An address that is not an IPv4-mapped one. */
size_t argot_format_groups(const uint8_t ip[16], char *text);

/* RFC 5952; IPv4-mapped addresses as dotted quads. */
static inline size_t
argot_format_ip(const uint8_t ip[16], char *text)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (memcmp(ip, mapped, sizeof mapped) != 0)
        return argot_format_groups(ip, text);
    char *to = argot_format_three(ip[12], text);
    for (int i = 13; i < 16; i++) {
        *to = '.';
        to = argot_format_three(ip[i], to + 1);
    }
    return (size_t)(to - text);
}

/* The low 48 bits as aa:bb:cc:dd:ee:ff. */
size_t argot_format_mac(uint64_t mac, char *text);
/* ISO 8601 in UTC with Z and as few digits of fraction as the value needs. */
size_t argot_format_time(argot_time time, char *text);

/* The same for many times close together: remembers the second and the day it wrote last. Zeroed memory is a fresh
 * one. */
#define ARGOT_FORMAT_SECOND 20 /* bytes of a time without a fraction */
struct argot_format_clock {
    argot_time begin; /* of that second */
    int64_t second, day;
    char text[24]; /* 2026-03-03T10:00:01Z; empty: nothing remembered */
};
/* A time that is not the begin of the second remembered. */
size_t argot_format_clock_turn(struct argot_format_clock *clock, argot_time time, char *text);

static inline size_t
argot_format_clock_time(struct argot_format_clock *clock, argot_time time, char *text)
{
    if (time != clock->begin || !clock->text[0])
        return argot_format_clock_turn(clock, time, text);
    memcpy(text, clock->text, sizeof clock->text);
    return ARGOT_FORMAT_SECOND;
}
