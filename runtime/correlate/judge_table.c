/* SPDX-License-Identifier: Apache-2.0
 * A hash table with open addressing, at most half full. */
#include "correlate/judge_table.h"
#include <string.h>

#define FIRST_CAPACITY 64

static void
insert(struct argot_judge_table *table, const void *key, void *value)
{
    size_t i = argot_judge_table_place(table, key);
    while (table->entries[i].key)
        i = (i + 1) & (table->capacity - 1);
    table->entries[i] = (struct argot_judge_table_entry){key, value};
    table->count++;
}

static bool
grow(struct argot_judge_table *table, struct argot_seam *seam)
{
    struct argot_judge_table old = *table, grown = {.capacity = old.capacity ? old.capacity * 2 : FIRST_CAPACITY};
    size_t bytes = grown.capacity * sizeof *grown.entries;
    grown.entries = grown.capacity <= SIZE_MAX / 2 / sizeof *grown.entries ? seam->allocate(seam, bytes) : NULL;
    if (!grown.entries)
        return false;
    memset(grown.entries, 0, bytes);
    *table = grown;
    for (size_t i = 0; i < old.capacity; i++)
        if (old.entries[i].key)
            insert(table, old.entries[i].key, old.entries[i].value);
    seam->release(seam, old.entries);
    return true;
}

bool
argot_judge_table_put(struct argot_judge_table *table, struct argot_seam *seam, const void *key, void *value)
{
    if (table->count >= table->capacity / 2 && !grow(table, seam))
        return false;
    insert(table, key, value);
    return true;
}

void
argot_judge_table_finish(struct argot_judge_table *table, struct argot_seam *seam)
{
    seam->release(seam, table->entries);
    *table = (struct argot_judge_table){0};
}
