/* SPDX-License-Identifier: Apache-2.0
 * Pointers by pointers: what was prepared for a node of the plan. Filled once, then only read. */
#pragma once
#include "base/seam.h"
#include <stdbool.h>

struct argot_judge_table_entry {
    const void *key; /* NULL: free */
    void *value;
};

/* Zeroed: empty. */
struct argot_judge_table {
    struct argot_judge_table_entry *entries;
    size_t capacity, count; /* capacity: a power of two, or 0 */
};

/* False without memory. A key is put once. */
bool argot_judge_table_put(struct argot_judge_table *table, struct argot_seam *seam, const void *key, void *value);
void argot_judge_table_finish(struct argot_judge_table *table, struct argot_seam *seam);

static inline size_t
argot_judge_table_place(const struct argot_judge_table *table, const void *key)
{
    uint64_t mixed = (uint64_t)(uintptr_t)key * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 32) & (table->capacity - 1);
}

/* The entry of a key, NULL: none. */
static inline const struct argot_judge_table_entry *
argot_judge_table_find(const struct argot_judge_table *table, const void *key)
{
    if (!table->capacity)
        return NULL;
    for (size_t i = argot_judge_table_place(table, key);; i = (i + 1) & (table->capacity - 1))
        if (table->entries[i].key == key)
            return &table->entries[i];
        else if (!table->entries[i].key)
            return NULL;
}
