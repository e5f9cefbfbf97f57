/* SPDX-License-Identifier: Apache-2.0
 * Framing. Looking at every newline to find records that are too long would cost as much as the counting; instead it
 * looks back from the last place where a record that begins here may end, so that one search passes max_bytes. */
#include "input/frame.h"
#include "argot/lanes.h"
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

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

/* ---- newlines ---- */

/* A body that is compiled for every machine, and again for those with AVX2. */
#define BODY static inline __attribute__((always_inline))

#define VECTOR_BYTES 32
#define ROUND_BYTES ((size_t)2 * VECTOR_BYTES)
#define ROUNDS_MAX 127 /* of two newlines at most, until a counter of one byte is full */

typedef uint8_t vector __attribute__((vector_size(VECTOR_BYTES)));

BODY uint64_t
count_body(const uint8_t *bytes, size_t length)
{
    uint64_t count = 0;
    while (length >= ROUND_BYTES) {
        size_t rounds = length / ROUND_BYTES;
        if (rounds > ROUNDS_MAX)
            rounds = ROUNDS_MAX;
        vector sums = {0};
        for (const uint8_t *end = bytes + rounds * ROUND_BYTES; bytes < end; bytes += ROUND_BYTES) {
            vector some, more;
            memcpy(&some, bytes, VECTOR_BYTES);
            memcpy(&more, bytes + VECTOR_BYTES, VECTOR_BYTES);
            sums -= (vector)(some == '\n'); /* a match is all ones: minus one */
            sums -= (vector)(more == '\n');
        }
        for (size_t i = 0; i < VECTOR_BYTES; i++)
            count += sums[i];
        length -= rounds * ROUND_BYTES;
    }
    while (length--)
        count += *bytes++ == '\n';
    return count;
}

uint64_t
argot_frame_count_plain(const uint8_t *bytes, size_t length)
{
    return count_body(bytes, length);
}

void
argot_frame_find_plain(const uint8_t *bytes, size_t words, uint64_t *found)
{
    for (size_t i = 0; i < words; i++, bytes += ARGOT_FRAME_WORD_BYTES) {
        uint64_t word = 0;
#ifdef ARGOT_LANES
        for (unsigned k = 0; k < ARGOT_FRAME_WORD_BYTES; k += ARGOT_LANES) {
            argot_lanes same = (argot_lanes)(argot_lanes_load(bytes + k) == argot_lanes_of('\n'));
            word |= (uint64_t)argot_lanes_mask(same) << k;
        }
#else
        for (unsigned k = 0; k < ARGOT_FRAME_WORD_BYTES; k++)
            word |= (uint64_t)(bytes[k] == '\n') << k;
#endif
        found[i] = word;
    }
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static uint64_t
count_avx2(const uint8_t *bytes, size_t length)
{
    return count_body(bytes, length);
}

__attribute__((target("avx2"))) static void
find_avx2(const uint8_t *bytes, size_t words, uint64_t *found)
{
    const __m256i newline = _mm256_set1_epi8('\n');
    for (size_t i = 0; i < words; i++, bytes += ARGOT_FRAME_WORD_BYTES) {
        __m256i low = _mm256_loadu_si256((const void *)bytes), high = _mm256_loadu_si256((const void *)(bytes + 32));
        uint32_t first = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, newline));
        uint32_t second = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, newline));
        found[i] = first | (uint64_t)second << 32;
    }
}
#endif

uint64_t
argot_frame_count_newlines(const uint8_t *bytes, size_t length)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        return count_avx2(bytes, length);
#endif
    return argot_frame_count_plain(bytes, length);
}

void
argot_frame_find_newlines(const uint8_t *bytes, size_t words, uint64_t *found)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        find_avx2(bytes, words, found);
        return;
    }
#endif
    argot_frame_find_plain(bytes, words, found);
}
