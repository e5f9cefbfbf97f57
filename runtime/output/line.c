/* SPDX-License-Identifier: Apache-2.0
 * Escaping, the hot part of every output: blocks of 16 bytes are copied as long as nothing in them needs a second
 * look; what does is taken one character at a time. */
#include "output/line.h"
#include "argot/lanes.h"
#include "base/utf8.h"

#define BLOCK 16
#define MOST_PER_BYTE 6  /* \u0000 */
#define PIECE_BYTES 4096 /* of input between two looks at the room */
#define SEQUENCE_BYTES 4 /* the longest in UTF-8; the last of a piece may reach beyond it */

#define EACH_BYTE(byte) (0x0101010101010101u * (byte))

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

static inline bool
keeps_quotes(enum argot_line_mode mode)
{
    return mode == ARGOT_LINE_RAW || mode == ARGOT_LINE_BARE;
}

static inline bool
is_plain(uint8_t byte, enum argot_line_mode mode)
{
    if ((uint8_t)(byte - 0x20) >= 0x5f)
        return false;
    return keeps_quotes(mode) || (byte != '"' && (mode == ARGOT_LINE_CSV || byte != '\\'));
}

/* Takes the character at `at`, plain or not; returns the place behind it. */
static inline const uint8_t *
take_character(struct argot_line *line, enum argot_line_mode mode, const uint8_t *at, const uint8_t *end)
{
    if (is_plain(*at, mode)) {
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

/* Not 0 where some byte of the word is not plain. */
static inline uint64_t
special_of_word(uint64_t word, enum argot_line_mode mode)
{
    uint64_t high = EACH_BYTE(0x80);
    uint64_t special = word | (word + EACH_BYTE(1)) | (word - EACH_BYTE(0x20));
    uint64_t quote = word ^ EACH_BYTE('"'), backslash = word ^ EACH_BYTE('\\');
    if (!keeps_quotes(mode))
        special |= (quote - EACH_BYTE(1)) & ~quote;
    if (mode == ARGOT_LINE_JSON)
        special |= (backslash - EACH_BYTE(1)) & ~backslash;
    return special & high;
}

static inline uint64_t
load_word(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

/* Copies 16 bytes; returns how many of them come before the first that is not plain. */
static inline unsigned
copy_block(uint8_t *to, const uint8_t *from, enum argot_line_mode mode)
{
#ifdef ARGOT_LANES
    const argot_lanes bytes = argot_lanes_load(from);
    memcpy(to, &bytes, sizeof bytes);
    /* Below a blank, DEL, and all that is not ASCII. */
    argot_lanes special = (argot_lanes)(bytes - argot_lanes_of(0x20) > argot_lanes_of(0x5e));
    if (!keeps_quotes(mode))
        special |= (argot_lanes)(bytes == argot_lanes_of('"'));
    if (mode == ARGOT_LINE_JSON)
        special |= (argot_lanes)(bytes == argot_lanes_of('\\'));
    unsigned mask = argot_lanes_mask(special);
    return mask ? (unsigned)__builtin_ctz(mask) : BLOCK;
#else
    memcpy(to, from, BLOCK);
    if (!special_of_word(load_word(from), mode) && !special_of_word(load_word(from + 8), mode))
        return BLOCK;
    unsigned plain = 0;
    while (is_plain(from[plain], mode))
        plain++;
    return plain;
#endif
}

/* Fewer than 16 bytes: two words that may overlap, read without touching what lies behind. False: not all plain. */
static inline bool
copy_rest(uint8_t *to, const uint8_t *from, size_t count, enum argot_line_mode mode)
{
    if (count >= 8) {
        uint64_t head = load_word(from), tail = load_word(from + count - 8);
        memcpy(to, &head, 8);
        memcpy(to + count - 8, &tail, 8);
        return !(special_of_word(head, mode) | special_of_word(tail, mode));
    }
    if (count >= 4) {
        uint32_t head, tail;
        memcpy(&head, from, 4);
        memcpy(&tail, from + count - 4, 4);
        memcpy(to, &head, 4);
        memcpy(to + count - 4, &tail, 4);
        return !special_of_word(head | (uint64_t)tail << 32, mode);
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_plain(from[i], mode))
            return false;
        to[i] = from[i];
    }
    return true;
}

/* Characters that begin before `stop`; the text itself goes on to `end`. */
static inline const uint8_t *
take_piece(struct argot_line *line, enum argot_line_mode mode, const uint8_t *at, const uint8_t *stop,
           const uint8_t *end)
{
    while (at < stop) {
        size_t left = (size_t)(stop - at);
        if (left >= BLOCK) {
            unsigned plain = copy_block(line->at, at, mode);
            line->at += plain;
            at += plain;
            if (plain == BLOCK)
                continue;
        } else if (copy_rest(line->at, at, left, mode)) {
            line->at += left;
            return stop;
        }
        /* What is not plain seldom stands alone: escapes and letters beyond ASCII come in runs. */
        do
            at = take_character(line, mode, at, end);
        while (at < stop && !is_plain(*at, mode));
        if (left < BLOCK)
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
    return take_text(line, ARGOT_LINE_JSON, text, count);
}

/* ---- whole lines ---- */

bool
argot_line_is_utf8(const uint8_t *text, size_t count)
{
    const uint8_t *end = text + count;
    for (const uint8_t *at = text; at < end;) {
        if (end - at >= 8 && !(load_word(at) & EACH_BYTE(0x80))) {
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
