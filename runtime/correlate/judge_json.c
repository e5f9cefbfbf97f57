/* SPDX-License-Identifier: Apache-2.0
 * Walking through JSON text. Nesting is counted, not followed, so hostile depth costs nothing. Places are NULL once
 * something is broken, and every step passes that on. */
#include "correlate/judge_json.h"
#include <string.h>

#define MOST_UTF8 4 /* bytes of a character */

/* ---- steps over what is not wanted ---- */

static const uint8_t *
skip_blanks(const uint8_t *at, const uint8_t *end)
{
    while (at && at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    return at;
}

/* From an opening quote to the place behind the closing one. */
static const uint8_t *
skip_string(const uint8_t *at, const uint8_t *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\' && ++at == end)
            return NULL;
    return at < end ? at + 1 : NULL;
}

/* Any value, to the place behind it. Brackets are only counted: that they fit each other was seen when it was read. */
static const uint8_t *
skip_value(const uint8_t *at, const uint8_t *end)
{
    uint32_t depth = 0;
    while (at && at < end) {
        switch (*at) {
        case '"':
            at = skip_string(at, end);
            break;
        case '{':
        case '[':
            depth++;
            at++;
            break;
        case '}':
        case ']':
            if (!depth)
                return at;
            depth--;
            at++;
            break;
        case ',':
        case ':':
        case ' ':
        case '\t':
        case '\n':
        case '\r':
            if (!depth)
                return at;
            at++;
            continue;
        default:
            at++;
            if (depth)
                continue;
            while (at < end && !memchr(",:]} \t\n\r\"{[", *at, 11))
                at++;
            return at;
        }
        if (!depth)
            return at;
    }
    return depth ? NULL : at;
}

/* ---- strings ---- */

static bool
read_hex4(const uint8_t *at, const uint8_t *end, uint32_t *code)
{
    *code = 0;
    if (end - at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        uint8_t digit = (uint8_t)(at[i] - '0'), letter = (uint8_t)((at[i] | 0x20) - 'a');
        if (digit > 9 && letter > 5)
            return false;
        *code = *code << 4 | (digit <= 9 ? digit : letter + 10u);
    }
    return true;
}

static unsigned
put_utf8(uint32_t code, uint8_t to[MOST_UTF8])
{
    unsigned length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (unsigned i = length; i-- > 1; code >>= 6)
        to[i] = (uint8_t)(0x80 | (code & 0x3f));
    to[0] = (uint8_t)(marks[length] | code);
    return length;
}

/* An escape, `at` on its backslash: the bytes that it stands for. The place behind it or NULL. */
static const uint8_t *
read_escape(const uint8_t *at, const uint8_t *end, uint8_t to[MOST_UTF8], unsigned *length)
{
    static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    uint32_t code, low;
    if (end - at < 2)
        return NULL;
    if (at[1] != 'u') {
        const char *letter = memchr(letters, at[1], sizeof letters - 1);
        *to = letter ? (uint8_t)bytes[letter - letters] : 0;
        *length = 1;
        return letter ? at + 2 : NULL;
    }
    if (!read_hex4(at + 2, end, &code))
        return NULL;
    at += 6;
    if (code >= 0xd800 && code < 0xe000) {
        if (code >= 0xdc00 || end - at < 6 || at[0] != '\\' || at[1] != 'u' || !read_hex4(at + 2, end, &low) ||
            low < 0xdc00 || low >= 0xe000)
            return NULL;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        at += 6;
    }
    *length = put_utf8(code, to);
    return at;
}

/* `at` behind the opening quote, `end` on the closing one. */
static bool
equals(const uint8_t *at, const uint8_t *end, struct argot_expr_text key)
{
    const char *due = key.at, *due_end = key.at + key.length;
    if (!memchr(at, '\\', (size_t)(end - at)))
        return (size_t)(end - at) == key.length && !memcmp(at, due, key.length);
    while (at && at < end) {
        uint8_t bytes[MOST_UTF8] = {*at};
        unsigned length = 1;
        at = *at == '\\' ? read_escape(at, end, bytes, &length) : at + 1;
        if (!at || (size_t)(due_end - due) < length || memcmp(due, bytes, length) != 0)
            return false;
        due += length;
    }
    return due == due_end;
}

bool
argot_judge_json_string(struct argot_arena *arena, struct argot_slice text, struct argot_slice *out)
{
    *out = (struct argot_slice){NULL, 0};
    if (text.length < 2 || text.at[0] != '"' || skip_string(text.at, text.at + text.length) != text.at + text.length)
        return false;
    const uint8_t *at = text.at + 1, *end = text.at + text.length - 1;
    if (!memchr(at, '\\', (size_t)(end - at))) {
        *out = (struct argot_slice){at, (uint32_t)(end - at)};
        return true;
    }
    uint8_t *room = argot_arena_alloc(arena, (size_t)(end - at)), *to = room; /* no escape is shorter than its bytes */
    if (!room) {
        *out = text;
        return false;
    }
    while (at < end) {
        unsigned length = 1;
        uint8_t bytes[MOST_UTF8] = {*at};
        at = *at == '\\' ? read_escape(at, end, bytes, &length) : at + 1;
        if (!at)
            return false;
        memcpy(to, bytes, length);
        to += length;
    }
    *out = (struct argot_slice){room, (uint32_t)(to - room)};
    return true;
}

/* ---- members and items ---- */

static struct argot_slice
value_at(const uint8_t *at, const uint8_t *end)
{
    const uint8_t *behind = skip_value(at, end);
    if (!behind || behind == at)
        return (struct argot_slice){NULL, 0};
    return (struct argot_slice){at, (uint32_t)(behind - at)};
}

/* Behind a member: on the next, NULL: there is none. */
static const uint8_t *
next_member(const uint8_t *at, const uint8_t *end)
{
    at = skip_blanks(at, end);
    return at && at < end && *at == ',' ? skip_blanks(at + 1, end) : NULL;
}

struct argot_slice
argot_judge_json_member(struct argot_slice object, struct argot_expr_text key)
{
    const uint8_t *end = object.length ? object.at + object.length : object.at;
    const uint8_t *at = skip_blanks(object.at, end);
    if (!at || at == end || *at != '{')
        return (struct argot_slice){NULL, 0};
    for (at = skip_blanks(at + 1, end); at && at < end && *at == '"'; at = next_member(skip_value(at, end), end)) {
        const uint8_t *name = at + 1;
        at = skip_string(at, end);
        if (!at)
            break;
        bool found = equals(name, at - 1, key);
        at = skip_blanks(at, end);
        if (at == end || *at != ':')
            break;
        at = skip_blanks(at + 1, end);
        if (found)
            return value_at(at, end);
    }
    return (struct argot_slice){NULL, 0};
}

struct argot_slice
argot_judge_json_item(struct argot_slice array, uint32_t index)
{
    const uint8_t *end = array.length ? array.at + array.length : array.at;
    const uint8_t *at = skip_blanks(array.at, end);
    if (!at || at == end || *at != '[')
        return (struct argot_slice){NULL, 0};
    at = skip_blanks(at + 1, end);
    if (at < end && *at == ']')
        return (struct argot_slice){NULL, 0};
    for (; at && index; index--)
        at = next_member(skip_value(at, end), end);
    return value_at(at, end);
}

/* ---- numbers ---- */

static const uint8_t *
skip_digits(const uint8_t *at, const uint8_t *end)
{
    const uint8_t *begin = at;
    while (at && at < end && (uint8_t)(*at - '0') < 10)
        at++;
    return at == begin ? NULL : at;
}

bool
argot_judge_json_is_number(struct argot_slice text)
{
    const uint8_t *at = text.at, *end = text.length ? at + text.length : at;
    if (at < end && *at == '-')
        at++;
    at = at < end && *at == '0' ? at + 1 : skip_digits(at, end);
    if (at && at < end && *at == '.')
        at = skip_digits(at + 1, end);
    if (at && at < end && (*at | 0x20) == 'e') {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        at = skip_digits(at, end);
    }
    return at && at == end;
}
