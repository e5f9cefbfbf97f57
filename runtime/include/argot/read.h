/* SPDX-License-Identifier: Apache-2.0
 * Short paths from texts to values, inline for generated extractors. Each reads the common spelling of its kind at p as
 * the runtime's decoder does, reads no byte at or behind e that counts, and returns the place behind the value; or
 * NULL, and leaves the text to that decoder. */
#pragma once
#include "argot/lex.h"

ARGOT_LEX void
argot_read_text(struct argot_slot *slot, const uint8_t *p, const uint8_t *q)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    const uint64_t length = (uint32_t)(q - p); /* one store for the length and the flags behind it */
    slot->text.at = p;
    memcpy(&slot->text.length, &length, sizeof length);
#else
    slot->text.at = p;
    slot->text.length = (uint32_t)(q - p);
    slot->text.flags = 0;
#endif
}

/* The eight bytes from p on, the first one lowest, with decimal digits become their values. */
ARGOT_LEX uint64_t
argot_read_eight(const uint8_t *p)
{
    uint64_t bytes;
    memcpy(&bytes, p, sizeof bytes);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    return bytes ^ 0x3030303030303030;
}

/* Of what argot_read_eight gave: the high bit of the first byte that is no digit, behind it anything; 0: all are. */
ARGOT_LEX_HOT uint64_t
argot_read_others(uint64_t digits)
{
    return ((digits + 0x7676767676767676) | digits) & 0x8080808080808080;
}

/* Decimal digits one by one; a longer run is none, and not read to its end. */
#define ARGOT_READ_DIGITS_MAX 19
ARGOT_LEX_COLD const uint8_t *
argot_read_digits(const uint8_t *p, const uint8_t *e, uint64_t most, uint64_t *value)
{
    if (e - p > ARGOT_READ_DIGITS_MAX && !argot_read_others(argot_read_eight(p)) &&
        !argot_read_others(argot_read_eight(p + 8)) && !argot_read_others(argot_read_eight(p + 12)))
        return NULL;
    const uint8_t *begin = p, *end = e - p > ARGOT_READ_DIGITS_MAX ? p + ARGOT_READ_DIGITS_MAX + 1 : e;
    uint64_t number = 0;
    for (; p < end && argot_lex_digit(*p); p++)
        number = number * 10 + (uint64_t)(*p - '0');
    *value = number;
    return p == begin || p - begin > ARGOT_READ_DIGITS_MAX || number > most || (!number && p < e && (*p | 0x20) == 'x')
               ? NULL
               : p;
}

/* Decimal digits that surely fit, not the begin of a hex number. Up to seven are read at once, which may read behind
 * the text: ARGOT_PADDING covers that. */
ARGOT_LEX_HOT const uint8_t *
argot_read_uint(const uint8_t *p, const uint8_t *e, uint64_t most, uint64_t *value)
{
    uint64_t digits = argot_read_eight(p), others = argot_read_others(digits);
    if (!others)
        return argot_read_digits(p, e, most, value);
    unsigned bit = (unsigned)__builtin_ctzll(others);
    const uint8_t *behind = p + bit / 8;
    if (bit == 7)
        return NULL;
    if (behind > e)
        return argot_read_digits(p, e, most, value);
    /* The digits stand last, zeroes before them; then pairs, fours and all eight are added up. */
    digits <<= 71 - bit;
    digits = (digits * (10 * 0x100 + 1) >> 8) & 0x00ff00ff00ff00ff;
    digits = (digits * (100 * 0x10000 + 1) >> 16) & 0x0000ffff0000ffff;
    digits = digits * (10000 * 0x100000000 + 1) >> 32;
    *value = digits;
    if (__builtin_expect(!digits, false) && (*behind | 0x20) == 'x')
        return NULL;
    return most < 9999999 && digits > most ? NULL : behind;
}

/* Whether a text of a host's bytes, not an empty one, is surely no address: those hold a colon, or digits and dots
 * alone, and not many. */
#define ARGOT_READ_QUAD_BYTES 15
ARGOT_LEX bool
argot_read_is_host(const uint8_t *p, const uint8_t *e)
{
    if (!argot_lex_is_in(*p, ARGOT_LEX_ADDRESS))
        return true; /* no address begins so */
    if (e - p > ARGOT_READ_QUAD_BYTES)
        return argot_lex_find_byte(p, e, ':') == e;
#ifdef ARGOT_LANES
    const argot_lanes colon = argot_lanes_of(':'), dot = argot_lanes_of('.');
    const unsigned within = (1u << (e - p)) - 1; /* up to 15 bytes behind e are read */
    const unsigned colons = argot_lanes_hits(p, colon, colon, colon);
    const unsigned others = ~(argot_lanes_hits(p, dot, dot, dot) | argot_lanes_digits(p));
    return !(colons & within) && (others & within);
#else
    bool other = false;
    for (; p < e; p++) {
        if (*p == ':')
            return false;
        other |= *p != '.' && !argot_lex_digit(*p);
    }
    return other;
#endif
}

/* Four decimal octets without leading zeros: 192.0.2.010 is octal to some readers and decimal to others. Reads nothing
 * behind e. */
ARGOT_LEX const uint8_t *
argot_read_quad(const uint8_t *p, const uint8_t *e, uint8_t quad[4])
{
    for (unsigned i = 0; i < 4; i++) {
        uint32_t octet = p < e ? (uint32_t)*p++ - '0' : 10;
        if (octet > 9)
            return NULL;
        for (uint32_t digit; octet && p < e && (digit = (uint32_t)*p - '0') < 10; p++)
            if ((octet = octet * 10 + digit) > 255)
                return NULL;
        quad[i] = (uint8_t)octet;
        if (i < 3 && (p == e || *p++ != '.'))
            return NULL;
    }
    return p;
}

ARGOT_LEX_COLD const uint8_t *
argot_read_ipv4_bytes(const uint8_t *p, const uint8_t *e, uint8_t ip[16])
{
    uint8_t words[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    const uint8_t *behind = argot_read_quad(p, e, words + 12);
    if (behind)
        memcpy(ip, words, sizeof words);
    return behind;
}

#ifdef ARGOT_LANES
/* The octets as texts, each at the end of its bytes and with a dot behind. */
static const uint8_t argot_read_octets[256][4] __attribute__((unused)) = {
#define THREE(h, t, o)                                                                                                 \
    {                                                                                                                  \
        h, t, o, '.'                                                                                                   \
    }
#define TEN(h, t)                                                                                                      \
    THREE(h, t, '0'), THREE(h, t, '1'), THREE(h, t, '2'), THREE(h, t, '3'), THREE(h, t, '4'), THREE(h, t, '5'),        \
        THREE(h, t, '6'), THREE(h, t, '7'), THREE(h, t, '8'), THREE(h, t, '9')
#define HUNDRED(h)                                                                                                     \
    TEN(h, '0'), TEN(h, '1'), TEN(h, '2'), TEN(h, '3'), TEN(h, '4'), TEN(h, '5'), TEN(h, '6'), TEN(h, '7'),            \
        TEN(h, '8'), TEN(h, '9')
    TEN(0, 0),
    TEN(0, '1'),
    TEN(0, '2'),
    TEN(0, '3'),
    TEN(0, '4'),
    TEN(0, '5'),
    TEN(0, '6'),
    TEN(0, '7'),
    TEN(0, '8'),
    TEN(0, '9'),
    HUNDRED('1'),
    TEN('2', '0'),
    TEN('2', '1'),
    TEN('2', '2'),
    TEN('2', '3'),
    TEN('2', '4'),
    THREE('2', '5', '0'),
    THREE('2', '5', '1'),
    THREE('2', '5', '2'),
    THREE('2', '5', '3'),
    THREE('2', '5', '4'),
    THREE('2', '5', '5'),
#undef HUNDRED
#undef TEN
#undef THREE
};

/* Whether the bytes behind place `from` and before place `to` are an octet as it is always written and `behind`, a
 * mask, of what is at `to` is a dot. Other lengths than one to three are refused only where there has to be a dot. */
ARGOT_LEX_HOT bool
argot_read_octet(const uint8_t *p, uint32_t from, uint32_t to, uint32_t behind, uint32_t *octet)
{
    uint32_t bytes, text;
    memcpy(&bytes, p + (uint32_t)(from + 1), sizeof bytes);
    bytes <<= (from - to) * 8 & 31; /* what is behind stands last */
    *octet = (bytes & 0x0f0f0f) * (1 << 8 | 10 << 16 | 100 << 24) >> 24;
    memcpy(&text, argot_read_octets[*octet], sizeof text);
    return !((bytes ^ text) & behind);
}
#endif

/* A dotted quad without leading zeros, as the IPv4-mapped IPv6 address. Its lengths cannot be foreseen: so no branch
 * depends on them. Reads 24 bytes, which ARGOT_PADDING covers. */
ARGOT_LEX const uint8_t *
argot_read_ipv4(const uint8_t *p, const uint8_t *e, uint8_t ip[16])
{
#ifdef ARGOT_LANES
    /* No digits among the first 16 bytes; bits above them are set, so that there always is a next one. */
    const uint32_t dot = 0xffffffff, any = 0x00ffffff;
    uint32_t others = ~argot_lanes_digits(p), a, b, c, d;
    const uint32_t first = (uint32_t)__builtin_ctz(others);
    if (!argot_read_octet(p, UINT32_MAX, first, dot, &a))
        return NULL;
    others &= others - 1;
    const uint32_t second = (uint32_t)__builtin_ctz(others);
    if (!argot_read_octet(p, first, second, dot, &b))
        return NULL;
    others &= others - 1;
    const uint32_t third = (uint32_t)__builtin_ctz(others);
    if (!argot_read_octet(p, second, third, dot, &c))
        return NULL;
    others &= others - 1;
    const uint32_t end = (uint32_t)__builtin_ctz(others);
    if ((ptrdiff_t)end > e - p) /* digits stand behind the text, too */
        return argot_read_ipv4_bytes(p, e, ip);
    if (end - third > 4 || !argot_read_octet(p, third, end, any, &d))
        return NULL;
    const uint64_t words[2] = {0, 0xffff0000 | (uint64_t)(a | b << 8 | c << 16) << 32 | (uint64_t)d << 56};
    memcpy(ip, words, sizeof words);
    return p + end;
#else
    return argot_read_ipv4_bytes(p, e, ip);
#endif
}

/* Two digits; the caller knows that they are. */
ARGOT_LEX uint32_t
argot_read_two(const uint8_t *p)
{
    return p[0] * 10u + p[1] - '0' * 11u;
}

/* Days from 1970-01-01 to a date from March 1970 on: years begin in March, so that the leap day is their last. */
ARGOT_LEX int64_t
argot_read_days(uint32_t year, uint32_t month, uint32_t day)
{
    year -= month < 3;
    month = month < 3 ? month + 9 : month - 3;
    return (int64_t)(year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day) - 719469;
}

/* The seconds since midnight of HH:MM:SS, or -1; second 60 is not for here. */
ARGOT_LEX int64_t
argot_read_clock(const uint8_t *p)
{
    const uint64_t colons = (uint64_t)':' << 16 | (uint64_t)':' << 40, zeroes = 0x3030003030003030;
    uint64_t bytes;
    memcpy(&bytes, p, sizeof bytes);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    bytes ^= colons | zeroes; /* digits become their values, all else more than nine, right marks zero */
    if ((bytes | (bytes + 0x0606000606000606)) & 0xf0f0fff0f0fff0f0)
        return -1;
    bytes = bytes * 10 + (bytes >> 8);
    uint32_t hour = bytes & 0xff, minute = bytes >> 24 & 0xff, second = bytes >> 48 & 0xff;
    return hour > 23 || minute > 59 || second > 59 ? -1 : (int64_t)(hour * 3600 + minute * 60 + second);
}

#define ARGOT_READ_SECOND INT64_C(1000000000)

/* Two digits below 60, or -1. */
ARGOT_LEX int64_t
argot_read_sixty(const uint8_t *p)
{
    unsigned tens = p[0] - '0', ones = p[1] - '0';
    return tens > 5 || ones > 9 ? -1 : (int64_t)(tens * 10 + ones);
}

/* Mmm dd HH:MM:SS of the date in the memo, in nanoseconds since 1970. */
ARGOT_LEX_COLD const uint8_t *
argot_read_rfc3164_day(const uint8_t *p, const uint8_t *e, struct argot_scan_memo *memo, int64_t *value)
{
    if (e - p < 15 || !memo->dated || memcmp(p, memo->date, ARGOT_DATE_BYTES) != 0 || (e - p > 15 && p[15] == '.'))
        return NULL;
    int64_t clock = argot_read_clock(p + ARGOT_DATE_BYTES);
    if (clock < 0)
        return NULL;
    memcpy(memo->minute_text, p, 13); /* the others do not count */
    memo->minute_day = memo->day;
    memo->minute = clock - clock % 60;
    *value = memo->day + clock * ARGOT_READ_SECOND;
    return p + 15;
}

/* The same. Mostly the minute is that of the time before. */
ARGOT_LEX_HOT const uint8_t *
argot_read_rfc3164(const uint8_t *p, const uint8_t *e, struct argot_scan_memo *memo, int64_t *value)
{
#ifdef ARGOT_LANES
    const unsigned same = argot_lanes_mask((argot_lanes)(argot_lanes_load(p) == argot_lanes_load(memo->minute_text)));
    int64_t second = argot_read_sixty(p + 13);
    if (p + 15 < e && (same | 0xe000) == 0xffff && memo->dated && memo->minute_day == memo->day && second >= 0 &&
        p[15] != '.') {
        *value = memo->day + (memo->minute + second) * ARGOT_READ_SECOND;
        return p + 15;
    }
#endif
    return argot_read_rfc3164_day(p, e, memo, value);
}

/* dd/Mon/yyyy:HH:MM:SS +zzzz of the years 1971 to 2261, in nanoseconds since 1970. */
ARGOT_LEX_COLD const uint8_t *
argot_read_clf_day(const uint8_t *p, const uint8_t *e, struct argot_scan_memo *memo, int64_t *value)
{
    static const uint8_t days[13] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (e - p < 26)
        return NULL;
    int64_t clock = argot_read_clock(p + 12);
    if (clock < 0)
        return NULL;
    if (!memo->midnight || memcmp(p, memo->text, 12) != 0 || memcmp(p + 20, memo->text + 20, 6) != 0) {
        uint32_t month = argot_lex_clf_month(p, e);
        if (!month)
            return NULL;
        uint32_t day = argot_read_two(p), year = argot_read_two(p + 7) * 100 + argot_read_two(p + 9);
        uint32_t zone_hour = argot_read_two(p + 22), zone_minute = argot_read_two(p + 24);
        bool leap = year % 4 == 0 && (year % 100 || year % 400 == 0);
        if (year < 1971 || year > 2261 || !day || day > days[month] || (month == 2 && day == 29 && !leap) ||
            zone_hour > 14 || zone_minute > 59)
            return NULL;
        int64_t offset = (int64_t)(zone_hour * 3600 + zone_minute * 60);
        int64_t seconds = argot_read_days(year, month, day) * 86400 - (p[21] == '-' ? -offset : offset);
        memcpy(memo->text, p, sizeof memo->text);
        memo->midnight = seconds * ARGOT_READ_SECOND;
    }
    memcpy(memo->clf, p, sizeof memo->clf);
    memo->clf_minute = memo->midnight + (clock - clock % 60) * ARGOT_READ_SECOND;
    *value = memo->midnight + clock * ARGOT_READ_SECOND;
    return p + 26;
}

/* The same. Mostly the minute is that of the time before. */
ARGOT_LEX_HOT const uint8_t *
argot_read_clf(const uint8_t *p, const uint8_t *e, struct argot_scan_memo *memo, int64_t *value)
{
#ifdef ARGOT_LANES
    unsigned same = argot_lanes_mask((argot_lanes)(argot_lanes_load(p + 10) == argot_lanes_load(memo->clf + 10)));
    same = (same | 0x0300) & argot_lanes_mask((argot_lanes)(argot_lanes_load(p) == argot_lanes_load(memo->clf)));
    int64_t second = argot_read_sixty(p + 18);
    if (e - p >= 26 && same == 0xffff && second >= 0 && memo->clf_minute) {
        *value = memo->clf_minute + second * ARGOT_READ_SECOND;
        return p + 26;
    }
#endif
    return argot_read_clf_day(p, e, memo, value);
}
