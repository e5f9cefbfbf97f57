/* SPDX-License-Identifier: Apache-2.0
 * Values that are no texts as 16 bytes which are equal where the values are: what sets and indexes look up. */
#pragma once
#include "event/expr.h"
#include <string.h>

struct argot_judge_key {
    uint64_t high, low;
};

#define ARGOT_JUDGE_TWO_63 9223372036854775808.0
#define ARGOT_JUDGE_TWO_64 18446744073709551616.0

enum { ARGOT_JUDGE_KEY_SIGNED, ARGOT_JUDGE_KEY_UNSIGNED, ARGOT_JUDGE_KEY_REAL };

static inline struct argot_judge_key
argot_judge_key_of_number(uint8_t type, bool large, const struct argot_slot *slot)
{
    if (type == ARGOT_EXPR_WHOLE_TYPE)
        return (struct argot_judge_key){!large && slot->i64 < 0 ? ARGOT_JUDGE_KEY_SIGNED : ARGOT_JUDGE_KEY_UNSIGNED,
                                        slot->u64};
    double real = slot->f64;
    if (real >= 0 && real < ARGOT_JUDGE_TWO_64 && (double)(uint64_t)real == real)
        return (struct argot_judge_key){ARGOT_JUDGE_KEY_UNSIGNED, (uint64_t)real};
    if (real >= -ARGOT_JUDGE_TWO_63 && real < 0 && (double)(int64_t)real == real)
        return (struct argot_judge_key){ARGOT_JUDGE_KEY_SIGNED, (uint64_t)(int64_t)real};
    return (struct argot_judge_key){ARGOT_JUDGE_KEY_REAL, slot->u64};
}

static inline uint64_t
argot_judge_key_load(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return __builtin_bswap64(word);
#else
    return word;
#endif
}

/* Of a value that is no text, by its enum argot_expr_type. An address has its bytes in their order. */
static inline struct argot_judge_key
argot_judge_key_of(uint8_t type, bool large, const struct argot_slot *slot)
{
    switch ((enum argot_expr_type)type) {
    case ARGOT_EXPR_WHOLE_TYPE:
    case ARGOT_EXPR_REAL_TYPE:
        return argot_judge_key_of_number(type, large, slot);
    case ARGOT_EXPR_ADDRESS_TYPE:
        return (struct argot_judge_key){argot_judge_key_load(slot->ip), argot_judge_key_load(slot->ip + 8)};
    default:
        return (struct argot_judge_key){0, slot->u64};
    }
}

/* The first `bits` of 128. */
static inline struct argot_judge_key
argot_judge_key_mask(unsigned bits)
{
    struct argot_judge_key mask = {bits >= 64 ? UINT64_MAX : bits ? UINT64_MAX << (64 - bits) : 0, 0};
    if (bits > 64)
        mask.low = bits >= 128 ? UINT64_MAX : UINT64_MAX << (128 - bits);
    return mask;
}

static inline uint64_t
argot_judge_key_mix(uint64_t a, uint64_t b)
{
    a = (a ^ b) * UINT64_C(0x9fb21c651e98df25);
    return a ^ a >> 32;
}

static inline uint64_t
argot_judge_key_hash(struct argot_judge_key key)
{
    return argot_judge_key_mix(argot_judge_key_mix(0, key.high), key.low);
}
