/* SPDX-License-Identifier: Apache-2.0
 * Escaping, the hot part of every output: blocks of 16 bytes are copied as long as nothing in them needs a second
 * look; what does is taken one character at a time. */
#include "output/line.h"
#include "base/utf8.h"
#include "output/plain.h"

#define MOST_PER_BYTE 6  /* \u0000 */
#define PIECE_BYTES 4096 /* of input between two looks at the room */
#define SEQUENCE_BYTES 4 /* the longest in UTF-8; the last of a piece may reach beyond it */

void
argot_line_begin(struct argot_line *line, struct argot_buffer *buffer)
{
    *line = (struct argot_line){.buffer = buffer};
    if (buffer->failed || !buffer->bytes)
        return;
    line->at = buffer->bytes + buffer->length;
    line->end = buffer->bytes + buffer->capacity;
}

bool
argot_line_grow(struct argot_line *line, size_t count)
{
    struct argot_buffer *buffer = line->buffer;
    size_t written = line->at ? (size_t)(line->at - (buffer->bytes + buffer->length)) : 0;
    if (buffer->failed || count > SIZE_MAX - written - ARGOT_LINE_SLACK ||
        !argot_buffer_reserve(buffer, written + count + ARGOT_LINE_SLACK)) {
        buffer->failed = true;
        line->at = line->end = NULL; /* so that nothing further is written */
        return false;
    }
    line->at = buffer->bytes + buffer->length + written;
    line->end = buffer->bytes + buffer->capacity;
    return true;
}

void
argot_line_end(struct argot_line *line)
{
    struct argot_buffer *buffer = line->buffer;
    if (buffer->failed || !line->at)
        return;
    buffer->length = (size_t)(line->at - buffer->bytes);
}

/* ---- one character that needs a second look ---- */

static uint8_t *
put_code(uint8_t *to, uint32_t code)
{
    static const char hex[] = "0123456789abcdef";
    memcpy(to, "\\u", 2);
    for (int i = 0; i < 4; i++)
        to[2 + i] = (uint8_t)hex[code >> (12 - 4 * i) & 15];
    return to + 6;
}

/* What a log must not do to a terminal, in sequences of two and three bytes: C1 controls, characters that reorder the
 * text around them (U+061C, U+200E and F, U+202A to E, U+2066 to 9), and line separators (U+2028 and 9). The code, or
 * 0 where the character may stand. */
static uint32_t
unwanted_code(const uint8_t *at, unsigned length)
{
    uint32_t code;
    if (length == 2) {
        code = (uint32_t)(at[0] & 0x1f) << 6 | (at[1] & 0x3f);
        return code < 0xa0 || code == 0x61c ? code : 0;
    }
    if (length != 3 || at[0] != 0xe2)
        return 0;
    code = 0x2000 | (uint32_t)(at[1] & 0x3f) << 6 | (at[2] & 0x3f);
    bool unwanted =
        (code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return unwanted ? code : 0;
}

static uint8_t *
put_ascii(uint8_t *to, enum argot_line_mode mode, uint8_t byte)
{
    if (mode == ARGOT_LINE_RAW && byte < 0x20) {
        *to = ' ';
        return to + 1;
    }
    if (byte == '"' && mode == ARGOT_LINE_CSV) {
        memset(to, '"', 2);
        return to + 2;
    }
    uint8_t letter = 0;
    switch (byte) {
    case '"':
    case '\\':
        letter = byte;
        break;
    case '\b':
        letter = 'b';
        break;
    case '\t':
        letter = 't';
        break;
    case '\n':
        letter = 'n';
        break;
    case '\f':
        letter = 'f';
        break;
    case '\r':
        letter = 'r';
        break;
    default:
        return put_code(to, byte);
    }
    to[0] = '\\';
    to[1] = letter;
    return to + 2;
}

/* Takes the character at `at`, plain or not; returns the place behind it. */
static inline const uint8_t *
take_character(struct argot_line *line, enum argot_line_mode mode, const uint8_t *at, const uint8_t *end)
{
    if (argot_plain_byte(*at, mode)) {
        *line->at++ = *at;
        return at + 1;
    }
    if (*at < 0x80) {
        line->at = put_ascii(line->at, mode, *at);
        return at + 1;
    }
    unsigned length = argot_utf8_sequence(at, end);
    if (!length) {
        memcpy(line->at, "\xef\xbf\xbd", 3);
        line->at += 3;
        line->replaced++;
        return at + 1;
    }
    uint32_t code = unwanted_code(at, length);
    if (code) {
        line->at = put_code(line->at, code);
        return at + length;
    }
    for (unsigned i = 0; i < length; i++)
        *line->at++ = at[i];
    return at + length;
}

/* ---- blocks ---- */

/* Copies 16 bytes; returns how many of them come before the first that is not plain. */
static inline unsigned
copy_block(uint8_t *to, const uint8_t *from, enum argot_line_mode mode)
{
#ifdef ARGOT_LANES
    unsigned mask = argot_lanes_mask(argot_plain_copy_block(to, from, mode));
    return mask ? (unsigned)__builtin_ctz(mask) : ARGOT_PLAIN_BLOCK;
#else
    memcpy(to, from, ARGOT_PLAIN_BLOCK);
    if (!argot_plain_special(argot_plain_word(from), mode) && !argot_plain_special(argot_plain_word(from + 8), mode))
        return ARGOT_PLAIN_BLOCK;
    unsigned plain = 0;
    while (argot_plain_byte(from[plain], mode))
        plain++;
    return plain;
#endif
}

/* Characters that begin before `stop`; the text itself goes on to `end`. */
static inline const uint8_t *
take_piece(struct argot_line *line, enum argot_line_mode mode, const uint8_t *at, const uint8_t *stop,
           const uint8_t *end)
{
    while (at < stop) {
        size_t left = (size_t)(stop - at);
        if (left >= ARGOT_PLAIN_BLOCK) {
            unsigned plain = copy_block(line->at, at, mode);
            line->at += plain;
            at += plain;
            if (plain == ARGOT_PLAIN_BLOCK)
                continue;
        } else if (argot_plain_copy_rest(line->at, at, left, mode)) {
            line->at += left;
            return stop;
        }
        /* What is not plain seldom stands alone: escapes and letters beyond ASCII come in runs. */
        do
            at = take_character(line, mode, at, end);
        while (at < stop && !argot_plain_byte(*at, mode));
        if (left < ARGOT_PLAIN_BLOCK)
            while (at < stop)
                at = take_character(line, mode, at, end);
    }
    return at;
}

static inline bool
take_text(struct argot_line *line, enum argot_line_mode mode, const uint8_t *at, size_t count)
{
    const uint8_t *end = at + count;
    while (at < end) {
        const uint8_t *stop = end - at > PIECE_BYTES ? at + PIECE_BYTES : end;
        if (!argot_line_room(line, MOST_PER_BYTE * (size_t)(stop - at) + SEQUENCE_BYTES))
            return false;
        at = take_piece(line, mode, at, stop, end);
    }
    return true;
}

bool
argot_line_text(struct argot_line *line, enum argot_line_mode mode, const uint8_t *text, size_t count)
{
    if (!count)
        return true;
    switch (mode) {
    case ARGOT_LINE_RAW:
        return take_text(line, ARGOT_LINE_RAW, text, count);
    case ARGOT_LINE_CSV:
        return take_text(line, ARGOT_LINE_CSV, text, count);
    case ARGOT_LINE_BARE:
        return take_text(line, ARGOT_LINE_BARE, text, count);
    case ARGOT_LINE_JSON:
        break;
    }
    if (count > PIECE_BYTES)
        return take_text(line, ARGOT_LINE_JSON, text, count);
    if (!argot_line_room(line, MOST_PER_BYTE * count + SEQUENCE_BYTES))
        return false;
    if (!argot_plain_copy(line->at, text, count, ARGOT_LINE_JSON))
        return take_text(line, ARGOT_LINE_JSON, text, count);
    line->at += count;
    return true;
}

/* ---- whole lines ---- */

bool
argot_line_is_utf8(const uint8_t *text, size_t count)
{
    const uint8_t *end = text + count;
    for (const uint8_t *at = text; at < end;) {
        if (end - at >= 8 && !(argot_plain_word(at) & ARGOT_PLAIN_EACH(0x80))) {
            at += 8;
            continue;
        }
        unsigned length = *at < 0x80 ? 1 : argot_utf8_sequence(at, end);
        if (!length)
            return false;
        at += length;
    }
    return true;
}

bool
argot_line_base64(struct argot_line *line, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (count > SIZE_MAX / 2 || !argot_line_room(line, count / 3 * 4 + 4))
        return false;
    uint8_t *to = line->at;
    for (size_t i = 0; i < count; i += 3, to += 4) {
        size_t left = count - i;
        uint32_t group =
            (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0);
        to[0] = (uint8_t)digits[group >> 18];
        to[1] = (uint8_t)digits[group >> 12 & 63];
        to[2] = left > 1 ? (uint8_t)digits[group >> 6 & 63] : '=';
        to[3] = left > 2 ? (uint8_t)digits[group & 63] : '=';
    }
    line->at = to;
    return true;
}

/* ---- cells of CSV ---- */

static bool
needs_quotes(const uint8_t *at, const uint8_t *end)
{
    if (at == end || *at == ' ' || end[-1] == ' ')
        return true;
    for (; at < end; at++)
        if (*at == ',' || *at == '"')
            return true;
    return false;
}

/* Text in quotes, which go again where nothing in it needs them. */
bool
argot_line_csv(struct argot_line *line, struct argot_slice text)
{
    if (!argot_line_bytes(line, "\"", 1))
        return false;
    size_t before = (size_t)(line->at - line->buffer->bytes);
    if (!argot_line_text(line, ARGOT_LINE_CSV, text.at, text.length))
        return false;
    uint8_t *begin = line->buffer->bytes + before;
    if (needs_quotes(begin, line->at))
        return argot_line_bytes(line, "\"", 1);
    memmove(begin - 1, begin, (size_t)(line->at - begin));
    line->at--;
    return true;
}
