/* SPDX-License-Identifier: Apache-2.0
 * Which of many values that are no texts a value is, and in which of many networks an address lies: one look into a
 * hash table, and one for each length of a network's prefix. */
#pragma once
#include "base/arena.h"
#include "correlate/judge_key.h"
#include "correlate/sightings.h"

#define ARGOT_KEYS_NO_NETWORK 255u

struct argot_keys_entry {
    struct argot_judge_key key;
    uint32_t witness;
    uint8_t bits; /* of a network, whose key is masked; else ARGOT_KEYS_NO_NETWORK */
    bool used;
};

struct argot_keys {
    struct argot_keys_entry *table; /* mask + 1 entries, at most half of them used */
    uint32_t mask;
    bool values; /* some are no networks */
    uint8_t nlengths, lengths[129];
};

/* Into the arena; entries with different keys or bits. NULL without memory. */
struct argot_keys *argot_keys_new(struct argot_arena *arena, const struct argot_keys_entry *entries, uint32_t count);
void argot_keys_look(const struct argot_keys *keys, struct argot_judge_key key, struct argot_sightings *sightings);
