/* SPDX-License-Identifier: Apache-2.0
 * A set of tuples with the newest event of each, in the order of those events: distinct values in a window, values seen
 * by `when new`. Each operation O(1) but for growing. */
#pragma once
#include "base/hash.h"
#include "correlate/held.h"

#define ARGOT_VALUES_NONE UINT32_MAX
#define ARGOT_VALUES_SMALL 24u /* bytes: an address or a number, short words */

struct argot_values_node {
    uint32_t hash, size;         /* of the tuple */
    uint32_t older, newer, next; /* by time; next: of a free node */
    uint32_t uses;               /* events of a kept window that have it; else 1 */
    union {
        uint8_t *large;
        uint8_t small[ARGOT_VALUES_SMALL]; /* the tuple itself, where it is no larger */
    };
    struct argot_kept newest;
};
/* A place of the hash table. What it holds is told by the hash, so that a node is looked at only when it is the one:
 * where there are many, each look waits for memory. */
struct argot_values_place {
    uint32_t hash, node; /* ARGOT_VALUES_NONE: free */
};
struct argot_values {
    struct argot_values_node *nodes;
    struct argot_values_place *table; /* 2 * room of them, at most half used; NULL while there are few */
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
