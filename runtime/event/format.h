/* SPDX-License-Identifier: Apache-2.0
 * Values as text: numbers, addresses and times the way every output writes them. No locale, no allocation; each
 * function writes to `text`, adds no NUL, and returns the number of bytes. ARGOT_FORMAT_ROOM is enough for each. */
#pragma once
#include "base/seam.h"

#define ARGOT_FORMAT_ROOM 48

size_t argot_format_u64(uint64_t value, char *text);
size_t argot_format_i64(int64_t value, char *text);
/* The shortest of a plain decimal or 15 to 17 digits that reads back as the same double; JSON's grammar. What is not
 * finite becomes null. */
size_t argot_format_double(double value, char *text);
/* RFC 5952; IPv4-mapped addresses as dotted quads. */
size_t argot_format_ip(const uint8_t ip[16], char *text);
/* The low 48 bits as aa:bb:cc:dd:ee:ff. */
size_t argot_format_mac(uint64_t mac, char *text);
/* ISO 8601 in UTC with Z and as few digits of fraction as the value needs. */
size_t argot_format_time(argot_time time, char *text);

/* The same for many times close together: remembers the second it wrote last. Zeroed memory is a fresh one. */
struct argot_format_clock {
    int64_t second;
    char text[24]; /* 2026-03-03T10:00:01; empty: nothing remembered */
};
size_t argot_format_clock_time(struct argot_format_clock *clock, argot_time time, char *text);
