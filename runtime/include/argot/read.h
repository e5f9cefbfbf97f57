/* SPDX-License-Identifier: Apache-2.0
 * Short paths from texts to values, inline for generated extractors. Each reads the common spelling of its kind at p as
 * the runtime's decoder does, reads no byte at or behind e that counts, and returns the place behind the value; or
 * NULL, and leaves the text to that decoder. */
#pragma once
#include "argot/lex.h"

ARGOT_LEX void
argot_read_text(struct argot_slot *slot, const uint8_t *p, const uint8_t *q)
{
    slot->text.at = p;
    slot->text.length = (uint32_t)(q - p);
    slot->text.flags = 0;
}

/* How many of the eight bytes from p on are decimal digits before another byte comes; their value if fewer than eight.
 * Reads behind the text, which ARGOT_PADDING covers. */
ARGOT_LEX unsigned
argot_read_few_digits(const uint8_t *p, uint64_t *value)
{
    const uint64_t each = 0x0101010101010101;
    uint64_t bytes, high;
    memcpy(&bytes, p, sizeof bytes);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    /* The high bit of each byte that is no digit: those over `9`, those under `0`, and those that have it. */
    high = ((bytes & 0x7f * each) + 0x46 * each) | (0x2f * each + 0x80 * each - (bytes & 0x7f * each)) | bytes;
    high &= 0x80 * each;
    unsigned count = high ? (unsigned)__builtin_ctzll(high) / 8 : 8;
    if (!count || count == 8)
        return count;
    /* The digits stand last, zeroes before them; then pairs, fours and all eight are added up. */
    bytes = (bytes & 0x0f * each) << (64 - 8 * count);
    bytes = (bytes * 10 + (bytes >> 8)) & 0x00ff00ff00ff00ff;
    bytes = (bytes * 100 + (bytes >> 16)) & 0x0000ffff0000ffff;
    *value = (bytes * 10000 + (bytes >> 32)) & 0xffffffff;
    return count;
}

/* Decimal digits that surely fit, not the begin of a hex number. */
ARGOT_LEX const uint8_t *
argot_read_uint(const uint8_t *p, const uint8_t *e, uint64_t most, uint64_t *value)
{
    const uint8_t *begin = p;
    uint64_t number = 0;
    unsigned count = argot_read_few_digits(p, &number);
    if (count && count < 8 && count <= (size_t)(e - p)) {
        p += count;
    } else {
        for (number = 0; p < e && argot_lex_digit(*p); p++)
            number = number * 10 + (uint64_t)(*p - '0');
    }
    *value = number;
    return p == begin || p - begin > 19 || number > most || (p < e && (*p | 0x20) == 'x') ? NULL : p;
}

/* Whether a text of a host's bytes is surely no address: those hold a colon, or digits and dots alone. */
ARGOT_LEX bool
argot_read_is_host(const uint8_t *p, const uint8_t *e)
{
    bool other = false;
    if (p < e && *p != ':' && !argot_lex_digit(*p) && (uint8_t)((*p | 0x20) - 'a') > 5)
        return true; /* no address begins so */
    for (; p < e; p++) {
        if (*p == ':')
            return false;
        other |= *p != '.' && !argot_lex_digit(*p);
    }
    return other;
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

#ifdef ARGOT_LANES
/* The digits of an octet of one to three bytes as the last bytes of four. */
ARGOT_LEX uint32_t
argot_read_octet(const uint8_t *p, unsigned length)
{
    uint32_t bytes;
    memcpy(&bytes, p, sizeof bytes);
    return (bytes & 0x0f0f0f0f) << (32 - 8 * length);
}

/* The octets of a dotted quad that is known to be well formed; `dots` says where its dots are. False: one is over 255.
 */
ARGOT_LEX bool
argot_read_octets(const uint8_t *p, unsigned length, const unsigned dots[3], uint32_t *quad)
{
    const uint32_t parts[4] = {argot_read_octet(p, dots[0]), argot_read_octet(p + dots[0] + 1, dots[1] - dots[0] - 1),
                               argot_read_octet(p + dots[1] + 1, dots[2] - dots[1] - 1),
                               argot_read_octet(p + dots[2] + 1, length - dots[2] - 1)};
#if defined(__SSE2__)
    const __m128i zero = _mm_setzero_si128(), weights = _mm_setr_epi16(0, 100, 10, 1, 0, 100, 10, 1);
    __m128i digits = _mm_setr_epi32((int)parts[0], (int)parts[1], (int)parts[2], (int)parts[3]);
    __m128i low = _mm_madd_epi16(_mm_unpacklo_epi8(digits, zero), weights);
    __m128i high = _mm_madd_epi16(_mm_unpackhi_epi8(digits, zero), weights);
    low = _mm_add_epi32(low, _mm_srli_epi64(low, 32));
    high = _mm_add_epi32(high, _mm_srli_epi64(high, 32));
    __m128i octets = _mm_unpacklo_epi64(_mm_shuffle_epi32(low, 0x08), _mm_shuffle_epi32(high, 0x08));
    if (_mm_movemask_epi8(_mm_cmpgt_epi32(octets, _mm_set1_epi32(255))))
        return false;
    octets = _mm_packs_epi32(octets, octets);
    *quad = (uint32_t)_mm_cvtsi128_si32(_mm_packus_epi16(octets, octets));
#else
    uint32_t bytes = 0, most = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint32_t octet = (parts[i] >> 8 & 0xff) * 100 + (parts[i] >> 16 & 0xff) * 10 + (parts[i] >> 24);
        most |= octet;
        bytes |= octet << (8 * i);
    }
    if (most > 255)
        return false;
    *quad = bytes;
#endif
    return true;
}
#endif

/* A dotted quad without leading zeros, as the IPv4-mapped IPv6 address. Its lengths cannot be foreseen: so no branch
 * depends on them. Reads 16 bytes, which ARGOT_PADDING covers. */
ARGOT_LEX const uint8_t *
argot_read_ipv4(const uint8_t *p, const uint8_t *e, uint8_t ip[16])
{
    if (p == e || !argot_lex_digit(*p))
        return NULL;
#ifdef ARGOT_LANES
    const argot_lanes zero = argot_lanes_of('0'), bytes = argot_lanes_load(p);
    uint32_t dots = argot_lanes_mask((argot_lanes)(bytes == argot_lanes_of('.')));
    uint32_t digits = argot_lanes_mask((argot_lanes)(bytes - zero <= argot_lanes_of(9)));
    uint32_t zeroes = argot_lanes_mask((argot_lanes)(bytes == zero));
    unsigned length = (unsigned)__builtin_ctz(~(dots | digits)); /* at most 16: bit 16 is set */
    if ((size_t)(e - p) < length)
        length = (unsigned)(e - p);
    uint32_t inside = (1u << length) - 1;
    dots &= inside;
    digits &= inside;
    uint32_t second = dots & (dots - 1), third = second & (second - 1), begins = 1 | dots << 1;
    uint32_t bad = (third & (third - 1)) | (begins & (dots | 1u << length)) | (begins & zeroes & digits >> 1) |
                   (digits & digits >> 1 & digits >> 2 & digits >> 3);
    if (bad || !third)
        return NULL;
    unsigned places[3] = {(unsigned)__builtin_ctz(dots), (unsigned)__builtin_ctz(second),
                          (unsigned)__builtin_ctz(third)};
    uint32_t words[4] = {0, 0, 0, 0};
    if (!argot_read_octets(p, length, places, &words[3]))
        return NULL;
    memset((uint8_t *)&words[2] + 2, 0xff, 2);
    memcpy(ip, words, sizeof words);
    return p + length;
#else
    uint8_t words[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    const uint8_t *behind = argot_read_quad(p, e, words + 12);
    if (behind)
        memcpy(ip, words, sizeof words);
    return behind;
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

/* Mmm dd HH:MM:SS of the date in the memo, in nanoseconds since 1970. */
ARGOT_LEX const uint8_t *
argot_read_rfc3164(const uint8_t *p, const uint8_t *e, const struct argot_scan_memo *memo, int64_t *value)
{
    if (e - p < 15 || !memo->dated || memcmp(p, memo->date, ARGOT_DATE_BYTES) != 0 || (e - p > 15 && p[15] == '.'))
        return NULL;
    int64_t clock = argot_read_clock(p + ARGOT_DATE_BYTES);
    *value = memo->day + clock * 1000000000;
    return clock < 0 ? NULL : p + 15;
}

/* dd/Mon/yyyy:HH:MM:SS +zzzz of the years 1971 to 2261, in nanoseconds since 1970. */
ARGOT_LEX const uint8_t *
argot_read_clf(const uint8_t *p, const uint8_t *e, struct argot_scan_memo *memo, int64_t *value)
{
    static const uint8_t days[13] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (e - p < 26)
        return NULL;
    int64_t clock = argot_read_clock(p + 12);
    if (clock < 0)
        return NULL;
    if (memo->midnight && !memcmp(p, memo->text, 12) && !memcmp(p + 20, memo->text + 20, 6)) {
        *value = memo->midnight + clock * 1000000000;
        return p + 26;
    }
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
    memo->midnight = seconds * 1000000000;
    *value = memo->midnight + clock * 1000000000;
    return p + 26;
}
