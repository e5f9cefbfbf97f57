/* SPDX-License-Identifier: Apache-2.0
 * Sixteen bytes at once, by the vector extensions of GCC and Clang: SSE2 on x86-64, NEON on arm64. Operators work on
 * all bytes; a comparison gives bytes of all ones or zeroes. Where ARGOT_LANES is not defined there are none:
 * ARGOT_NO_LANES is for tests, which compare with the loops that stand in for them. */
#pragma once
#include <stdint.h>
#include <string.h>
#if defined(ARGOT_NO_LANES)
#elif defined(__SSE2__)
#include <emmintrin.h>
#define ARGOT_LANES 16
#elif defined(__aarch64__) && defined(__ARM_NEON) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#include <arm_neon.h>
#define ARGOT_LANES 16
#endif

#ifdef ARGOT_LANES
typedef uint8_t argot_lanes __attribute__((vector_size(16)));

/* The 16 bytes from a place on, which need not be aligned. */
static inline __attribute__((unused)) argot_lanes
argot_lanes_load(const uint8_t *at)
{
    argot_lanes lanes;
    memcpy(&lanes, at, sizeof lanes);
    return lanes;
}

/* One byte in all places. */
static inline __attribute__((unused)) argot_lanes
argot_lanes_of(uint8_t byte)
{
    return (argot_lanes){byte, byte, byte, byte, byte, byte, byte, byte,
                         byte, byte, byte, byte, byte, byte, byte, byte};
}

/* A bit for each byte of what a comparison gave, the first byte's the lowest. */
static inline __attribute__((unused)) unsigned
argot_lanes_mask(argot_lanes truth)
{
#if defined(__SSE2__)
    return (unsigned)_mm_movemask_epi8((__m128i)truth);
#else
    const uint8x16_t bits = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t some = vandq_u8((uint8x16_t)truth, bits);
    return vaddv_u8(vget_low_u8(some)) | (unsigned)vaddv_u8(vget_high_u8(some)) << 8;
#endif
}

/* A bit for each of 16 bytes that is one of three. */
static inline __attribute__((unused)) unsigned
argot_lanes_hits(const uint8_t *at, argot_lanes x, argot_lanes y, argot_lanes z)
{
    argot_lanes bytes = argot_lanes_load(at);
    return argot_lanes_mask((argot_lanes)((bytes == x) | (bytes == y) | (bytes == z)));
}

/* A bit for each of 16 bytes that is a decimal digit. */
static inline __attribute__((unused)) unsigned
argot_lanes_digits(const uint8_t *at)
{
    return argot_lanes_mask((argot_lanes)(argot_lanes_load(at) - argot_lanes_of('0') <= argot_lanes_of(9)));
}
#endif
