/* SPDX-License-Identifier: Apache-2.0
 * JSON strings as RFC 8259 has them. A failure tells the first byte that does not fit and what was due there. */
#include "decode/record_string.h"
#include "decode/special.h"
#include <string.h>

#define SHORT_BYTES 2048

static bool
bad(struct argot_record_build *build, const uint8_t *at, const char *expected)
{
    return argot_record_build_bad(build, at, expected);
}

static bool
read_hex4(const uint8_t *at, const uint8_t *end, uint32_t *code)
{
    *code = 0;
    if (end - at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        uint8_t byte = at[i], letter = byte | 0x20;
        if ((uint8_t)(byte - '0') < 10)
            *code = *code << 4 | (uint32_t)(byte - '0');
        else if ((uint8_t)(letter - 'a') < 6)
            *code = *code << 4 | (uint32_t)(letter - 'a' + 10);
        else
            return false;
    }
    return true;
}

static uint8_t *
put_utf8(uint8_t *to, uint32_t code)
{
    if (code < 0x80) {
        *to++ = (uint8_t)code;
    } else if (code < 0x800) {
        *to++ = (uint8_t)(0xc0 | code >> 6);
        *to++ = (uint8_t)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *to++ = (uint8_t)(0xe0 | code >> 12);
        *to++ = (uint8_t)(0x80 | (code >> 6 & 0x3f));
        *to++ = (uint8_t)(0x80 | (code & 0x3f));
    } else {
        *to++ = (uint8_t)(0xf0 | code >> 18);
        *to++ = (uint8_t)(0x80 | (code >> 12 & 0x3f));
        *to++ = (uint8_t)(0x80 | (code >> 6 & 0x3f));
        *to++ = (uint8_t)(0x80 | (code & 0x3f));
    }
    return to;
}

/* \uXXXX at `at`, two of them for what lies outside the first plane. NULL after a failure. */
static const uint8_t *
read_unicode(struct argot_record_build *build, const uint8_t *at, uint8_t **to)
{
    const uint8_t *end = build->end;
    uint32_t code, low;
    if (!read_hex4(at + 2, end, &code)) {
        bad(build, at, "four hex digits after `\\u`");
        return NULL;
    }
    const uint8_t *behind = at + 6;
    if (code >= 0xd800 && code < 0xe000) {
        if (code >= 0xdc00 || end - behind < 6 || behind[0] != '\\' || behind[1] != 'u' ||
            !read_hex4(behind + 2, end, &low) || low < 0xdc00 || low >= 0xe000) {
            bad(build, at, "a pair of surrogates");
            return NULL;
        }
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        behind += 6;
    }
    *to = put_utf8(*to, code);
    return behind;
}

const uint8_t *
argot_record_string_escape(struct argot_record_build *build, const uint8_t *at, uint8_t **to)
{
    static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    if (build->end - at < 2) {
        bad(build, build->end, "the end of the string");
        return NULL;
    }
    if (at[1] == 'u')
        return read_unicode(build, at, to);
    const char *letter = memchr(letters, at[1], sizeof(letters) - 1);
    if (!letter) {
        bad(build, at, "an escape that JSON has");
        return NULL;
    }
    *(*to)++ = (uint8_t)bytes[letter - letters];
    return at + 2;
}

/* Where the string's closing quote stands, escapes unread; the end of the text if there is none. */
static const uint8_t *
find_close(const uint8_t *at, const uint8_t *end)
{
    for (at = argot_special_plain(at, end); at < end && *at == '\\'; at = argot_special_plain(at, end))
        at += end - at > 1 ? 2 : 1;
    return at;
}

/* The rest of a string from its first backslash, at `at`, on. */
static bool
read_escaped(struct argot_record_build *build, const uint8_t *begin, const uint8_t **at, struct argot_slice *out)
{
    const uint8_t *end = build->end, *stop = *at;
    size_t most =
        (size_t)(end - begin); /* of a short text all that is left has room, so its close need not be looked for */
    if (most > SHORT_BYTES)
        most = (size_t)(find_close(stop, end) - begin);
    uint8_t *room = argot_record_build_room(build, most), *to = room;
    if (!room)
        return false;
    for (;;) {
        memcpy(to, begin, (size_t)(stop - begin));
        to += stop - begin;
        if (stop == end)
            return bad(build, stop, "the end of the string");
        if (*stop == '"')
            break;
        if (*stop != '\\')
            return bad(build, stop, "an escape for the control byte");
        begin = argot_record_string_escape(build, stop, &to);
        if (!begin)
            return false;
        stop = argot_special_plain(begin, end);
    }
    *at = stop + 1;
    *out = argot_record_build_string(build, room, (size_t)(to - room));
    return true;
}

bool
argot_record_string_read(struct argot_record_build *build, const uint8_t **at, struct argot_slice *out)
{
    const uint8_t *begin = *at + 1, *end = build->end;
    const uint8_t *stop = argot_special_plain(begin, end);
    if (stop == end)
        return bad(build, stop, "the end of the string");
    if (*stop == '\\') {
        *at = stop;
        return read_escaped(build, begin, at, out);
    }
    if (*stop != '"')
        return bad(build, stop, "an escape for the control byte");
    *at = stop + 1;
    *out = argot_record_build_slice(begin, stop);
    return true;
}
