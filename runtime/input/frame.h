/* SPDX-License-Identifier: Apache-2.0
 * Framing, as a pure function of bytes: where the next block ends. A record ends behind its newline; one with more than
 * max_bytes before the newline is cut into pieces of max_bytes, the last of which has the rest and the newline. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct argot_frame {
    size_t length; /* 0: the bytes do not say yet; they hold no newline and are at most max_bytes then */
    bool piece, piece_last, missing_newline;
};

/* Cuts the longest block off the begin of `bytes`: as many whole records as there are, or one piece. in_record: the
 * bytes continue a record of which pieces were cut before. end: the input ends behind these bytes. max_bytes >= 1.
 * O(length / max_bytes) searches of a record each. */
struct argot_frame argot_frame_cut(const uint8_t *bytes, size_t length, size_t max_bytes, bool in_record, bool end);

/* Newlines among the bytes. */
uint64_t argot_frame_count_newlines(const uint8_t *bytes, size_t length);
/* Where they are: a bit for each of ARGOT_FRAME_WORD_BYTES bytes a word, the first byte's the lowest. */
#define ARGOT_FRAME_WORD_BYTES 64
void argot_frame_find_newlines(const uint8_t *bytes, size_t words, uint64_t *found);
/* What the two do on a machine without AVX2. */
uint64_t argot_frame_count_plain(const uint8_t *bytes, size_t length);
void argot_frame_find_plain(const uint8_t *bytes, size_t words, uint64_t *found);
