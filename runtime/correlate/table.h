/* SPDX-License-Identifier: Apache-2.0
 * The keys of one rule, each with its state: a hash table in a slab, bounded, the least recently touched evicted. */
#pragma once
#include "base/hash.h"
#include "base/short.h"
#include "correlate/slab.h"

/* In front of each state. */
struct argot_keyed {
    struct argot_keyed *next;          /* in the chain of the hash */
    struct argot_keyed *older, *newer; /* by last touch */
    uint32_t hash, key_size;
    uint32_t timer;  /* place in the heap of timers from 1; 0: none */
    bool open;       /* an alert of this key is open */
    argot_time base; /* open: its last hit (rearm after), or when it fired (rearm every) */
};

struct argot_table {
    struct argot_slab *slab;
    const struct argot_hash_key *hash_key;
    struct argot_keyed **heads, *oldest, *newest;
    size_t room, count;
    size_t state_bytes; /* of an entry: struct argot_keyed and what the rule adds */
    uint64_t limit;
    uint64_t evicted; /* keys dropped at the limit that still mattered */
    argot_time now;   /* of the event at hand, set by the rule */
    bool evicting;    /* while a key is dropped for want of room */
    void *context;
    void (*drop)(void *context, struct argot_keyed *keyed); /* gives back what the state holds */
    /* Whether the state says nothing any more at `now`: then it is dropped in passing. NULL: it always does. */
    bool (*idle)(void *context, const struct argot_keyed *keyed, argot_time now);
};

void argot_table_init(struct argot_table *table, struct argot_slab *slab, const struct argot_hash_key *key,
                      size_t state_bytes, uint64_t limit);
void argot_table_finish(struct argot_table *table);
static inline uint32_t
argot_table_hash(const struct argot_table *table, const uint8_t *key, size_t size)
{
    return (uint32_t)argot_hash_table(table->hash_key, key, size);
}
/* Whether the key that was touched last is this one: so an event that is like the one before needs no hash. */
static inline bool
argot_table_is_newest(const struct argot_table *table, const uint8_t *key, size_t size)
{
    const struct argot_keyed *newest = table->newest;
    return newest && newest->key_size == size &&
           argot_short_same((const uint8_t *)newest + table->state_bytes, key, size);
}
/* By the key and its hash. NULL: not there. Touches it. */
struct argot_keyed *argot_table_find(struct argot_table *table, uint32_t hash, const uint8_t *key, size_t size);
/* Finds it, or makes it with a zeroed state, evicting another when the table is full. NULL without memory. */
struct argot_keyed *argot_table_get(struct argot_table *table, uint32_t hash, const uint8_t *key, size_t size);
void argot_table_remove(struct argot_table *table, struct argot_keyed *keyed);
/* Drops up to `most` of the keys touched longest ago that are idle at `now`; of a table that has none then nothing is
 * left. */
void argot_table_tidy(struct argot_table *table, argot_time now, size_t most);

/* The key's bytes stand behind the state. */
static inline const uint8_t *
argot_table_key(const struct argot_table *table, const struct argot_keyed *keyed)
{
    return (const uint8_t *)keyed + table->state_bytes;
}
