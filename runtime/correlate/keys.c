/* SPDX-License-Identifier: Apache-2.0
 * A hash table with open addressing, at most half full; a network lies in it under its masked address and length. */
#include "correlate/keys.h"

static uint32_t
place_of(const struct argot_keys *keys, struct argot_judge_key key, uint8_t bits)
{
    return (uint32_t)argot_judge_key_mix(argot_judge_key_hash(key), bits) & keys->mask;
}

static void
add_length(struct argot_keys *keys, uint8_t bits)
{
    for (uint8_t i = 0; i < keys->nlengths; i++)
        if (keys->lengths[i] == bits)
            return;
    keys->lengths[keys->nlengths++] = bits;
}

struct argot_keys *
argot_keys_new(struct argot_arena *arena, const struct argot_keys_entry *entries, uint32_t count)
{
    struct argot_keys *keys = argot_arena_zalloc(arena, 1, sizeof *keys);
    size_t room = 2;
    while (room < 2 * (size_t)count)
        room *= 2;
    if (!keys || !(keys->table = argot_arena_zalloc(arena, room, sizeof *keys->table)))
        return NULL;
    keys->mask = (uint32_t)(room - 1);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = place_of(keys, entries[i].key, entries[i].bits);
        while (keys->table[at].used)
            at = (at + 1) & keys->mask;
        keys->table[at] = entries[i];
        keys->table[at].used = true;
        if (entries[i].bits == ARGOT_KEYS_NO_NETWORK)
            keys->values = true;
        else
            add_length(keys, entries[i].bits);
    }
    return keys;
}

static void
look(const struct argot_keys *keys, struct argot_judge_key key, uint8_t bits, struct argot_sightings *sightings)
{
    for (uint32_t at = place_of(keys, key, bits); keys->table[at].used; at = (at + 1) & keys->mask) {
        const struct argot_keys_entry *entry = &keys->table[at];
        if (entry->key.low != key.low || entry->key.high != key.high || entry->bits != bits)
            continue;
        argot_sightings_put(sightings, entry->witness);
        return;
    }
}

void
argot_keys_look(const struct argot_keys *keys, struct argot_judge_key key, struct argot_sightings *sightings)
{
    if (keys->values)
        look(keys, key, ARGOT_KEYS_NO_NETWORK, sightings);
    for (uint8_t i = 0; i < keys->nlengths; i++) {
        struct argot_judge_key mask = argot_judge_key_mask(keys->lengths[i]);
        look(keys, (struct argot_judge_key){key.high & mask.high, key.low & mask.low}, keys->lengths[i], sightings);
    }
}
