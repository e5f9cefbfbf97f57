/* SPDX-License-Identifier: Apache-2.0
 * Chains by hash, and a list by last touch through all entries. */
#include "correlate/table.h"
#include <string.h>

#define FIRST_ROOM 8u

void
argot_table_init(struct argot_table *table, struct argot_slab *slab, const struct argot_hash_key *key,
                 size_t state_bytes, uint64_t limit)
{
    *table =
        (struct argot_table){.slab = slab, .hash_key = key, .state_bytes = state_bytes, .limit = limit ? limit : 1};
}

void
argot_table_finish(struct argot_table *table)
{
    while (table->oldest)
        argot_table_remove(table, table->oldest);
    argot_slab_give(table->slab, table->heads, table->room * sizeof(struct argot_keyed *));
    table->heads = NULL;
    table->room = 0;
}

/* ---- by last touch ---- */

static void
append(struct argot_table *table, struct argot_keyed *keyed)
{
    keyed->older = table->newest;
    keyed->newer = NULL;
    *(table->newest ? &table->newest->newer : &table->oldest) = keyed;
    table->newest = keyed;
}

static void
unlink_touch(struct argot_table *table, struct argot_keyed *keyed)
{
    *(keyed->older ? &keyed->older->newer : &table->oldest) = keyed->newer;
    *(keyed->newer ? &keyed->newer->older : &table->newest) = keyed->older;
}

/* ---- by hash ---- */

struct argot_keyed *
argot_table_find(struct argot_table *table, uint32_t hash, const uint8_t *key, size_t size)
{
    struct argot_keyed *keyed = table->room ? table->heads[hash & (table->room - 1)] : NULL;
    while (keyed && (keyed->hash != hash || keyed->key_size != size ||
                     !argot_short_same(argot_table_key(table, keyed), key, size)))
        keyed = keyed->next;
    if (keyed && keyed != table->newest) {
        unlink_touch(table, keyed);
        append(table, keyed);
    }
    return keyed;
}

static bool
grow(struct argot_table *table)
{
    size_t room = table->room ? table->room * 2 : FIRST_ROOM;
    struct argot_keyed **heads = argot_slab_zero(table->slab, room * sizeof(struct argot_keyed *));
    if (!heads)
        return false;
    for (struct argot_keyed *keyed = table->oldest; keyed; keyed = keyed->newer) {
        struct argot_keyed **head = &heads[keyed->hash & (room - 1)];
        keyed->next = *head;
        *head = keyed;
    }
    argot_slab_give(table->slab, table->heads, table->room * sizeof(struct argot_keyed *));
    table->heads = heads;
    table->room = room;
    return true;
}

/* Two for each one that comes, so that a table shrinks to what is needed. */
static void
drop_idle(struct argot_table *table)
{
    for (unsigned i = 0; i < 2 && table->oldest && table->idle; i++) {
        if (!table->idle(table->context, table->oldest, table->now))
            return;
        argot_table_remove(table, table->oldest);
    }
}

struct argot_keyed *
argot_table_get(struct argot_table *table, uint32_t hash, const uint8_t *key, size_t size)
{
    struct argot_keyed *keyed = argot_table_find(table, hash, key, size);
    if (keyed)
        return keyed;
    drop_idle(table);
    if (table->count >= table->limit) {
        table->evicting = true;
        argot_table_remove(table, table->oldest);
        table->evicting = false;
        table->evicted++;
    }
    if (table->count >= table->room && !grow(table))
        return NULL;
    keyed = argot_slab_take(table->slab, table->state_bytes + size);
    if (!keyed)
        return NULL;
    memset(keyed, 0, table->state_bytes);
    keyed->hash = hash;
    keyed->key_size = (uint32_t)size;
    argot_short_copy((uint8_t *)keyed + table->state_bytes, key, size);
    struct argot_keyed **head = &table->heads[hash & (table->room - 1)];
    keyed->next = *head;
    *head = keyed;
    append(table, keyed);
    table->count++;
    return keyed;
}

void
argot_table_remove(struct argot_table *table, struct argot_keyed *keyed)
{
    if (table->drop)
        table->drop(table->context, keyed);
    struct argot_keyed **link = &table->heads[keyed->hash & (table->room - 1)];
    while (*link != keyed)
        link = &(*link)->next;
    *link = keyed->next;
    unlink_touch(table, keyed);
    table->count--;
    argot_slab_give(table->slab, keyed, table->state_bytes + keyed->key_size);
}

void
argot_table_tidy(struct argot_table *table, argot_time now, size_t most)
{
    while (most-- && table->oldest && table->idle && table->idle(table->context, table->oldest, now))
        argot_table_remove(table, table->oldest);
    if (table->count)
        return;
    argot_slab_give(table->slab, table->heads, table->room * sizeof(struct argot_keyed *));
    table->heads = NULL;
    table->room = 0;
}
