/* SPDX-License-Identifier: Apache-2.0
 * A line of output while it is written: bytes behind the buffer's length that count only once the line is whole, so
 * that no line is ever left half done. Text goes through argot_line_text, which makes it valid UTF-8 without control
 * bytes. Inside runtime/output only. */
#pragma once
#include "argot/normalizer.h"
#include "base/buffer.h"

struct argot_line {
    struct argot_buffer *buffer;
    uint8_t *at, *end; /* where the next byte goes, and the room's end */
    uint64_t replaced; /* bytes written as U+FFFD */
};

enum argot_line_mode {
    ARGOT_LINE_JSON, /* inside of a JSON string: quotes and backslashes escaped too */
    ARGOT_LINE_RAW,  /* JSON as it stands; control bytes between its tokens become blanks */
    ARGOT_LINE_CSV,  /* inside of a quoted cell: quotes doubled */
    ARGOT_LINE_BARE, /* up to the end of a line for people: quotes and backslashes as they are */
};

/* Room that is there after a successful argot_line_room beyond what was asked for, so that copies may be done in
 * whole blocks. */
#define ARGOT_LINE_SLACK 64

void argot_line_begin(struct argot_line *line, struct argot_buffer *buffer);
/* Grows the room to `count` bytes and ARGOT_LINE_SLACK. False: no memory, and the line must be given up. */
bool argot_line_grow(struct argot_line *line, size_t count);
/* Makes what was written part of the buffer, unless memory ran out. */
void argot_line_end(struct argot_line *line);

/* Escaped text; `count` bytes of input may become six times as many. A byte that begins no UTF-8 sequence becomes
 * U+FFFD. Control bytes, DEL, U+0080 to U+009F, and characters that turn or break lines become escapes of JSON. Linear.
 * False: no memory. */
bool argot_line_text(struct argot_line *line, enum argot_line_mode mode, const uint8_t *text, size_t count);
/* A cell of CSV, in quotes where it needs them. */
bool argot_line_csv(struct argot_line *line, struct argot_slice text);
/* RFC 4648 with padding. */
bool argot_line_base64(struct argot_line *line, const uint8_t *bytes, size_t count);
bool argot_line_is_utf8(const uint8_t *text, size_t count);

static inline bool
argot_line_room(struct argot_line *line, size_t count)
{
    return (size_t)(line->end - line->at) >= count + ARGOT_LINE_SLACK || argot_line_grow(line, count);
}

static inline bool
argot_line_bytes(struct argot_line *line, const void *bytes, size_t count)
{
    if (!argot_line_room(line, count) || !line->at) /* where there is room there is a place */
        return false;
    if (count)
        memcpy(line->at, bytes, count);
    line->at += count;
    return true;
}

static inline bool
argot_line_word(struct argot_line *line, const char *word)
{
    return argot_line_bytes(line, word, strlen(word));
}

/* Text of the program's own, such as names: with quotes, as JSON. */
static inline bool
argot_line_quoted(struct argot_line *line, const uint8_t *text, size_t count)
{
    return argot_line_bytes(line, "\"", 1) && argot_line_text(line, ARGOT_LINE_JSON, text, count) &&
           argot_line_bytes(line, "\"", 1);
}
