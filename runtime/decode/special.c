/* SPDX-License-Identifier: Apache-2.0
 * The bodies of the search for the byte that ends or changes a JSON string. */
#include "decode/special.h"
#include <stdbool.h>
#include <string.h>
#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>
#endif

const uint8_t *
argot_special_scalar(const uint8_t *at, const uint8_t *end)
{
    while (at < end && *at != '"' && *at != '\\' && *at >= 0x20)
        at++;
    return at;
}

#ifdef ARGOT_LANES
const uint8_t *
argot_special_lanes(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 16; at += 16) {
        unsigned hits = argot_special_hits(at);
        if (hits)
            return at + __builtin_ctz(hits);
    }
    return argot_special_scalar(at, end);
}
#endif

#ifdef __x86_64__
__attribute__((target("avx2"))) const uint8_t *
argot_special_avx2(const uint8_t *at, const uint8_t *end)
{
    const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\');
    const __m256i last_control = _mm256_set1_epi8(0x1f);
    for (; end - at >= 32; at += 32) {
        __m256i bytes = _mm256_loadu_si256((const void *)at);
        __m256i hit = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, backslash));
        hit = _mm256_or_si256(hit, _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, last_control), bytes));
        unsigned hits = (unsigned)_mm256_movemask_epi8(hit);
        if (hits)
            return at + __builtin_ctz(hits);
    }
    return argot_special_lanes(at, end);
}
#endif

#ifdef __x86_64__
#define OSXSAVE (1u << 27) /* leaf 1, ecx */
#define AVX (1u << 28)
#define AVX2 (1u << 5)       /* leaf 7, ebx */
#define SAVES_REGISTERS 0x6u /* the system keeps the registers of SSE and AVX */

/* Asked of the processor itself: what the compiler's library knows would be a library more to link. */
static bool
has_avx2(void)
{
    unsigned a, b, c, d, saved, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & (OSXSAVE | AVX)) != (OSXSAVE | AVX))
        return false;
    __asm__ volatile("xgetbv" : "=a"(saved), "=d"(high) : "c"(0));
    if ((saved & SAVES_REGISTERS) != SAVES_REGISTERS)
        return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & AVX2);
}
#endif

argot_special_find *
argot_special_choose(void)
{
#ifdef __x86_64__
    if (has_avx2())
        return argot_special_avx2;
#endif
#ifdef ARGOT_LANES
    return argot_special_lanes;
#else
    return argot_special_scalar;
#endif
}
