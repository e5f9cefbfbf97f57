/* SPDX-License-Identifier: Apache-2.0
 * The first few bytes are kept until they say what the stream is; after that nothing is kept here. */
#include "input/syslog_frame.h"
#include <string.h>

static bool
is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* What the first bytes say: a length and a space and `<`, or not, or UNKNOWN as long as they may become that. */
static enum argot_syslog_frame_mode
tell_mode(const uint8_t *bytes, size_t length, uint8_t next)
{
    size_t digits = 0;
    while (digits < length && is_digit(bytes[digits]))
        digits++;
    if (digits == length) { /* `next` follows digits only */
        if (is_digit(next) && (digits > 0 || next != '0') && digits < ARGOT_SYSLOG_FRAME_DIGITS)
            return ARGOT_SYSLOG_FRAME_UNKNOWN;
        return next == ' ' && digits > 0 ? ARGOT_SYSLOG_FRAME_UNKNOWN : ARGOT_SYSLOG_FRAME_LINES;
    }
    return next == '<' ? ARGOT_SYSLOG_FRAME_COUNTED : ARGOT_SYSLOG_FRAME_LINES;
}

static uint64_t
read_number(const uint8_t *bytes, size_t length)
{
    uint64_t number = 0;
    for (size_t i = 0; i < length && is_digit(bytes[i]); i++)
        number = number * 10 + (uint64_t)(bytes[i] - '0');
    return number;
}

/* Of lines the bytes that were kept are the begin of the first. */
static struct argot_syslog_part
learn_mode(struct argot_syslog_frame *frame, const uint8_t *bytes, size_t length)
{
    struct argot_syslog_part part = {0};
    while (part.taken < length) {
        uint8_t next = bytes[part.taken];
        frame->mode = tell_mode(frame->head, frame->nhead, next);
        if (frame->mode == ARGOT_SYSLOG_FRAME_COUNTED) {
            frame->left = read_number(frame->head, frame->nhead);
            frame->in_message = true;
            return part;
        }
        if (frame->mode == ARGOT_SYSLOG_FRAME_LINES) {
            frame->in_message = frame->nhead > 0;
            part.bytes = frame->head;
            part.length = frame->nhead;
            return part;
        }
        frame->head[frame->nhead++] = next;
        part.taken++;
    }
    return part;
}

static struct argot_syslog_part
next_line(struct argot_syslog_frame *frame, const uint8_t *bytes, size_t length)
{
    const uint8_t *newline = memchr(bytes, '\n', length);
    struct argot_syslog_part part = {.bytes = bytes, .length = newline ? (size_t)(newline - bytes) : length};
    part.end = newline;
    part.taken = part.length + part.end;
    frame->in_message = !part.end;
    return part;
}

/* The length before a message. What is none becomes the begin of a line, digits and all. */
static struct argot_syslog_part
next_length(struct argot_syslog_frame *frame, const uint8_t *bytes, size_t length)
{
    struct argot_syslog_part part = {0};
    while (part.taken < length) {
        uint8_t next = bytes[part.taken];
        bool digit = is_digit(next) && frame->digits < ARGOT_SYSLOG_FRAME_DIGITS && (frame->digits || next != '0');
        if (frame->digits == 0 && next == '\n') { /* some put one behind what they counted */
            part.taken++;
            continue;
        }
        if (!digit && !(next == ' ' && frame->digits))
            break;
        part.taken++;
        if (!digit) {
            frame->left = read_number(frame->head, frame->digits);
            frame->digits = 0;
            frame->in_message = true;
            return part;
        }
        frame->head[frame->digits++] = next;
    }
    if (part.taken == length)
        return part;
    frame->mode = ARGOT_SYSLOG_FRAME_LINES;
    part.malformed = true;
    part.bytes = frame->head;
    part.length = frame->digits;
    frame->in_message = frame->digits > 0;
    frame->digits = 0;
    return part;
}

static struct argot_syslog_part
next_counted(struct argot_syslog_frame *frame, const uint8_t *bytes, size_t length)
{
    if (!frame->in_message)
        return next_length(frame, bytes, length);
    struct argot_syslog_part part = {.bytes = bytes, .length = length < frame->left ? length : (size_t)frame->left};
    part.taken = part.length;
    frame->left -= part.length;
    part.end = frame->left == 0;
    frame->in_message = !part.end;
    return part;
}

struct argot_syslog_part
argot_syslog_frame_next(struct argot_syslog_frame *frame, const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return (struct argot_syslog_part){0};
    if (frame->mode == ARGOT_SYSLOG_FRAME_UNKNOWN) {
        struct argot_syslog_part part = learn_mode(frame, bytes, length);
        if (frame->mode == ARGOT_SYSLOG_FRAME_UNKNOWN || part.length)
            return part;
        struct argot_syslog_part first = argot_syslog_frame_next(frame, bytes + part.taken, length - part.taken);
        first.taken += part.taken;
        return first;
    }
    return (frame->mode == ARGOT_SYSLOG_FRAME_LINES ? next_line : next_counted)(frame, bytes, length);
}

struct argot_syslog_part
argot_syslog_frame_end(struct argot_syslog_frame *frame)
{
    struct argot_syslog_part part = {.end = frame->in_message};
    if (frame->mode == ARGOT_SYSLOG_FRAME_UNKNOWN) {
        part.bytes = frame->head;
        part.length = frame->nhead;
    } else if (frame->digits) {
        part.bytes = frame->head;
        part.length = frame->digits;
    }
    part.end = part.end || part.length > 0;
    *frame = (struct argot_syslog_frame){0};
    return part;
}
