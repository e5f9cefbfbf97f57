/* SPDX-License-Identifier: Apache-2.0
 * Syslog messages out of a stream (RFC 6587), as a pure function of bytes: with their length before them (`42 <34>…`),
 * or each with a newline behind it. A stream whose first bytes are a length and `<` counts, any other has lines. When a
 * length is missing where one is due, the rest of the stream has lines. No byte of a message is lost, whatever comes.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARGOT_SYSLOG_FRAME_DIGITS 7 /* longest length that is taken for one */

enum argot_syslog_frame_mode { ARGOT_SYSLOG_FRAME_UNKNOWN, ARGOT_SYSLOG_FRAME_LINES, ARGOT_SYSLOG_FRAME_COUNTED };

/* What is known of a stream. All zero at its begin. */
struct argot_syslog_frame {
    enum argot_syslog_frame_mode mode;
    uint64_t left;                               /* of the message, in counted mode */
    uint64_t number;                             /* the length that is being read */
    uint8_t digits;                              /* of it */
    bool in_message;                             /* behind the length; in a line */
    uint8_t head[ARGOT_SYSLOG_FRAME_DIGITS + 1]; /* first bytes, as long as the mode is not known */
    uint8_t nhead;
};

struct argot_syslog_part {
    const uint8_t *bytes; /* of a message; within the input, or within the frame's head */
    size_t length;
    bool end;       /* the message ends behind them */
    bool malformed; /* no length where one was due: lines from here on */
    size_t taken;   /* of the input */
};

/* The next part of a message from the begin of some input. Takes at least one byte of it, if there is one, or gives
 * bytes that it had kept, or says `malformed`. */
struct argot_syslog_part argot_syslog_frame_next(struct argot_syslog_frame *frame, const uint8_t *bytes, size_t length);
/* The stream has ended: bytes that were kept, and whether a message is left without its end. */
struct argot_syslog_part argot_syslog_frame_end(struct argot_syslog_frame *frame);
