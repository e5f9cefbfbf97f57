/* SPDX-License-Identifier: Apache-2.0
 * Where a JSON string ends or changes: the first quote, backslash or control byte. One function in several bodies, one
 * for each set of instructions, of which the machine's best is chosen once; all of them find the same. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The first such byte at or behind `at`, or `end`. Reads nothing at or behind `end`. */
typedef const uint8_t *argot_special_find(const uint8_t *at, const uint8_t *end);

argot_special_find argot_special_scalar;
#ifdef __SSE2__
argot_special_find argot_special_sse2;
#endif
#ifdef __x86_64__
argot_special_find argot_special_avx2;
#endif

/* The body that every such machine has. */
static inline const uint8_t *
argot_special_plain(const uint8_t *at, const uint8_t *end)
{
#ifdef __SSE2__
    return argot_special_sse2(at, end);
#else
    return argot_special_scalar(at, end);
#endif
}

/* The best body for this machine. */
argot_special_find *argot_special_choose(void);

#ifdef __SSE2__
/* A bit for each of 16 bytes that is one. */
static inline unsigned
argot_special_hits(const uint8_t *at)
{
    __m128i bytes = _mm_loadu_si128((const void *)at);
    __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes));
    return (unsigned)_mm_movemask_epi8(hit);
}
#endif
