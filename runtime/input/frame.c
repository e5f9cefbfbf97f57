/* SPDX-License-Identifier: Apache-2.0
 * Framing. Looking at every newline to find records that are too long would cost as much as the counting; instead it
 * looks back from the last place where a record that begins here may end, so that one search passes max_bytes. */
#include "input/frame.h"
#include <string.h>

/* The last piece must be known as such when it is cut, so a cut needs one byte more than a piece has. */
static struct argot_frame
cut_piece(const uint8_t *bytes, size_t length, size_t max_bytes, bool end)
{
    struct argot_frame frame = {.piece = true};
    size_t seen = length > max_bytes ? max_bytes + 1 : length;
    const uint8_t *newline = memchr(bytes, '\n', seen);
    if (newline) {
        frame.length = (size_t)(newline - bytes) + 1;
        frame.piece_last = true;
    } else if (length > max_bytes) {
        frame.length = max_bytes;
    } else if (end) {
        frame.length = length;
        frame.piece_last = frame.missing_newline = true;
    }
    return frame;
}

/* Bytes at the begin that are whole records of at most max_bytes. */
static size_t
ordinary(const uint8_t *bytes, size_t length, size_t max_bytes)
{
    size_t at = 0;
    while (at < length) {
        size_t seen = length - at > max_bytes ? max_bytes + 1 : length - at;
        const uint8_t *newline = memrchr(bytes + at, '\n', seen);
        if (!newline)
            break;
        at = (size_t)(newline - bytes) + 1;
    }
    return at;
}

struct argot_frame
argot_frame_cut(const uint8_t *bytes, size_t length, size_t max_bytes, bool in_record, bool end)
{
    if (length == 0)
        return (struct argot_frame){0};
    if (in_record)
        return cut_piece(bytes, length, max_bytes, end);
    struct argot_frame frame = {.length = ordinary(bytes, length, max_bytes)};
    size_t rest = length - frame.length;
    if (end && rest > 0 && rest <= max_bytes) {
        frame.length = length;
        frame.missing_newline = true;
    } else if (frame.length == 0 && length > max_bytes) {
        frame.length = max_bytes;
        frame.piece = true;
    }
    return frame;
}

#define VECTOR_BYTES 16
#define ROUNDS_MAX 255 /* until a counter of one byte is full */

typedef uint8_t vector __attribute__((vector_size(VECTOR_BYTES)));

uint64_t
argot_frame_count_newlines(const uint8_t *bytes, size_t length)
{
    uint64_t count = 0;
    while (length >= VECTOR_BYTES) {
        size_t rounds = length / VECTOR_BYTES;
        if (rounds > ROUNDS_MAX)
            rounds = ROUNDS_MAX;
        vector sums = {0};
        for (size_t i = 0; i < rounds; i++, bytes += VECTOR_BYTES) {
            vector some;
            memcpy(&some, bytes, VECTOR_BYTES);
            sums -= (vector)(some == '\n'); /* a match is all ones: minus one */
        }
        for (size_t i = 0; i < VECTOR_BYTES; i++)
            count += sums[i];
        length -= rounds * VECTOR_BYTES;
    }
    while (length--)
        count += *bytes++ == '\n';
    return count;
}
