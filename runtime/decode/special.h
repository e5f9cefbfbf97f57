/* SPDX-License-Identifier: Apache-2.0
 * Where a JSON string ends or changes: the first quote, backslash or control byte. One function in several bodies, one
 * for each set of instructions, of which the machine's best is chosen once; all of them find the same. */
#pragma once
#include "argot/lanes.h"
#include <stddef.h>
#include <stdint.h>

/* The first such byte at or behind `at`, or `end`. Reads nothing at or behind `end`. */
typedef const uint8_t *argot_special_find(const uint8_t *at, const uint8_t *end);

argot_special_find argot_special_scalar;
#ifdef ARGOT_LANES
argot_special_find argot_special_lanes;
#endif
#ifdef __x86_64__
argot_special_find argot_special_avx2;
#endif

/* The body that every such machine has. */
static inline const uint8_t *
argot_special_plain(const uint8_t *at, const uint8_t *end)
{
#ifdef ARGOT_LANES
    return argot_special_lanes(at, end);
#else
    return argot_special_scalar(at, end);
#endif
}

/* The best body for this machine. */
argot_special_find *argot_special_choose(void);

#ifdef ARGOT_LANES
/* A bit for each of 16 bytes that is one. */
static inline unsigned
argot_special_hits(const uint8_t *at)
{
    const argot_lanes bytes = argot_lanes_load(at), quote = argot_lanes_of('"'), backslash = argot_lanes_of('\\');
    return argot_lanes_mask((argot_lanes)((bytes == quote) | (bytes == backslash) | (bytes <= argot_lanes_of(0x1f))));
}
#endif
