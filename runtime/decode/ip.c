/* SPDX-License-Identifier: Apache-2.0
 * Addresses: the texts of RFC 4291 section 2.2 and strict dotted quads. An IPv4 address and its IPv4-mapped form are
 * one value. Zone identifiers (%eth0) are no part of an address. */
#include "decode/decode.h"
#include "argot/read.h"
#include <string.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* One to four hex digits; returns the place behind them or NULL. */
static const uint8_t *
parse_group(const uint8_t *p, const uint8_t *end, uint32_t *group)
{
    const uint8_t *begin = p;
    for (*group = 0; p < end; p++) {
        uint8_t letter = (uint8_t)((*p | 0x20) - 'a');
        if ((uint8_t)(*p - '0') < 10)
            *group = *group << 4 | (uint32_t)(*p - '0');
        else if (letter < 6)
            *group = *group << 4 | (uint32_t)(letter + 10);
        else
            break;
    }
    return p > begin && p - begin <= 4 ? p : NULL;
}

/* Moves what stands behind the `::` to the end. */
static bool
close_gap(uint8_t ip[16], int filled, int gap)
{
    if (gap < 0)
        return filled == 16;
    if (filled == 16)
        return false;
    int tail = filled - gap;
    memmove(ip + 16 - tail, ip + gap, (size_t)tail);
    memset(ip + gap, 0, (size_t)(16 - filled));
    return true;
}

static bool
parse_groups(const uint8_t *p, const uint8_t *end, uint8_t ip[16])
{
    int filled = 0, gap = -1;
    if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
        gap = 0;
        p += 2;
    }
    while (p < end && filled < 16) {
        uint32_t group;
        const uint8_t *next = parse_group(p, end, &group);
        if (!next)
            return false;
        if (next < end && *next == '.') {
            if (filled > 12 || argot_read_quad(p, end, ip + filled) != end)
                return false;
            return close_gap(ip, filled + 4, gap);
        }
        ip[filled++] = (uint8_t)(group >> 8);
        ip[filled++] = (uint8_t)group;
        p = next;
        if (p == end)
            break;
        if (*p++ != ':' || p == end)
            return false;
        if (*p == ':') {
            if (gap >= 0)
                return false;
            gap = filled;
            p++;
        }
    }
    return p == end && close_gap(ip, filled, gap);
}

bool
argot_ip_parse(const uint8_t *text, size_t length, uint8_t ip[16])
{
    /* The longest text: six groups of four digits and a dotted quad. */
    if (length < 2 || length > 45)
        return false;
    const uint8_t *end = text + length;
    if (memchr(text, ':', length < 5 ? length : 5))
        return parse_groups(text, end, ip);
    memcpy(ip, mapped, sizeof mapped);
    return argot_read_quad(text, end, ip + 12) == end;
}
