/* SPDX-License-Identifier: Apache-2.0
 * A set of tuples with the newest event of each, in the order of those events: distinct values in a window, values seen
 * by `when new`. Each operation O(1) but for growing. */
#pragma once
#include "correlate/hash.h"
#include "correlate/held.h"

#define ARGOT_VALUES_NONE UINT32_MAX

struct argot_values_node {
    uint32_t hash, size;         /* of the tuple */
    uint32_t older, newer, next; /* by time; in the chain of the hash. Of a free node: next */
    uint32_t uses;               /* events of a kept window that have it; else 1 */
    uint8_t *bytes;
    struct argot_kept newest;
};
struct argot_values {
    struct argot_values_node *nodes;
    uint32_t *heads; /* of the chains, room of them; NULL while there are few */
    uint32_t room, count, free, oldest, newest;
};

/* What sets share. */
struct argot_values_of {
    struct argot_slab *slab;
    const struct argot_hash_key *key;
};

void argot_values_init(struct argot_values *values);
void argot_values_finish(struct argot_values *values, const struct argot_values_of *of);
void argot_values_clear(struct argot_values *values, const struct argot_values_of *of);

struct argot_values_node *argot_values_find(const struct argot_values *values, const struct argot_values_of *of,
                                            const uint8_t *bytes, size_t size);
/* The tuple was seen again, or for the first time (*fresh): its newest event is `kept`, whose reference is taken over.
 * NULL without memory. */
struct argot_values_node *argot_values_see(struct argot_values *values, const struct argot_values_of *of,
                                           const uint8_t *bytes, size_t size, const struct argot_kept *kept,
                                           bool *fresh);
void argot_values_remove(struct argot_values *values, const struct argot_values_of *of, struct argot_values_node *node);
static inline struct argot_values_node *
argot_values_at(const struct argot_values *values, uint32_t index)
{
    return index == ARGOT_VALUES_NONE ? NULL : &values->nodes[index];
}
