/* SPDX-License-Identifier: Apache-2.0
 * Nodes in one array, linked by number through time; a hash table with open addressing holds their numbers. Up to FEW
 * of them are looked through one by one, newest first. */
#include "correlate/values.h"
#include <string.h>

#define FEW 8u
#define MOST (UINT32_MAX / 4)

void
argot_values_init(struct argot_values *values)
{
    *values =
        (struct argot_values){.free = ARGOT_VALUES_NONE, .oldest = ARGOT_VALUES_NONE, .newest = ARGOT_VALUES_NONE};
}

static void
forget(struct argot_values_node *node, const struct argot_values_of *of)
{
    argot_held_drop(of->slab, node->newest.held);
    if (node->size > ARGOT_VALUES_SMALL)
        argot_slab_give(of->slab, node->large, node->size);
}

void
argot_values_finish(struct argot_values *values, const struct argot_values_of *of)
{
    for (uint32_t i = values->oldest; i != ARGOT_VALUES_NONE; i = values->nodes[i].newer)
        forget(&values->nodes[i], of);
    argot_slab_give(of->slab, values->table, 2 * (size_t)values->room * sizeof *values->table);
    argot_slab_give(of->slab, values->nodes, values->room * sizeof *values->nodes);
    argot_values_init(values);
}

void
argot_values_clear(struct argot_values *values, const struct argot_values_of *of)
{
    if (values->room > FEW) {
        argot_values_finish(values, of);
        return;
    }
    while (values->oldest != ARGOT_VALUES_NONE)
        argot_values_remove(values, of, &values->nodes[values->oldest]);
}

static uint32_t
number(const struct argot_values *values, const struct argot_values_node *node)
{
    return (uint32_t)(node - values->nodes);
}

static bool
is(const struct argot_values_node *node, uint32_t hash, const uint8_t *bytes, size_t size)
{
    const uint8_t *tuple = size > ARGOT_VALUES_SMALL ? node->large : node->small;
    return node->hash == hash && node->size == size && !memcmp(tuple, bytes, size);
}

static uint32_t
mask_of(const struct argot_values *values)
{
    return 2 * values->room - 1;
}

static struct argot_values_node *
find(const struct argot_values *values, uint32_t hash, const uint8_t *bytes, size_t size)
{
    if (!values->table) {
        uint32_t at = values->count ? values->newest : ARGOT_VALUES_NONE;
        while (at != ARGOT_VALUES_NONE && !is(&values->nodes[at], hash, bytes, size))
            at = values->nodes[at].older;
        return argot_values_at(values, at);
    }
    for (uint32_t at = hash & mask_of(values); values->table[at].node != ARGOT_VALUES_NONE;
         at = (at + 1) & mask_of(values)) {
        struct argot_values_node *node = &values->nodes[values->table[at].node];
        if (values->table[at].hash == hash && is(node, hash, bytes, size))
            return node;
    }
    return NULL;
}

struct argot_values_node *
argot_values_find(const struct argot_values *values, const struct argot_values_of *of, const uint8_t *bytes,
                  size_t size)
{
    return find(values, (uint32_t)argot_hash_table(of->key, bytes, size), bytes, size);
}

/* ---- the table ---- */

static void
enter(struct argot_values *values, const struct argot_values_node *node)
{
    if (!values->table)
        return;
    uint32_t at = node->hash & mask_of(values);
    while (values->table[at].node != ARGOT_VALUES_NONE)
        at = (at + 1) & mask_of(values);
    values->table[at] = (struct argot_values_place){node->hash, number(values, node)};
}

/* What stands behind it moves up, unless it would come before its own place: so no search ends too early. */
static void
leave(struct argot_values *values, const struct argot_values_node *node)
{
    struct argot_values_place *table = values->table;
    if (!table)
        return;
    uint32_t mask = mask_of(values), gap = node->hash & mask;
    while (table[gap].node != number(values, node))
        gap = (gap + 1) & mask;
    for (uint32_t at = (gap + 1) & mask; table[at].node != ARGOT_VALUES_NONE; at = (at + 1) & mask) {
        if (((at - table[at].hash) & mask) < ((at - gap) & mask))
            continue;
        table[gap] = table[at];
        gap = at;
    }
    table[gap].node = ARGOT_VALUES_NONE;
}

/* ---- through time ---- */

static void
append(struct argot_values *values, struct argot_values_node *node)
{
    node->older = values->newest;
    node->newer = ARGOT_VALUES_NONE;
    if (values->newest != ARGOT_VALUES_NONE)
        values->nodes[values->newest].newer = number(values, node);
    else
        values->oldest = number(values, node);
    values->newest = number(values, node);
}

static void
unlink_time(struct argot_values *values, const struct argot_values_node *node)
{
    if (node->older != ARGOT_VALUES_NONE)
        values->nodes[node->older].newer = node->newer;
    else
        values->oldest = node->newer;
    if (node->newer != ARGOT_VALUES_NONE)
        values->nodes[node->newer].older = node->older;
    else
        values->newest = node->older;
}

/* ---- room ---- */

static bool
grow(struct argot_values *values, const struct argot_values_of *of)
{
    uint32_t room = values->room ? values->room * 2 : 2;
    if (room > MOST)
        return false;
    struct argot_values_place *table = NULL;
    size_t table_bytes = 2 * (size_t)room * sizeof *table;
    if (room > FEW && !(table = argot_slab_take(of->slab, table_bytes)))
        return false;
    struct argot_values_node *nodes =
        argot_slab_grow(of->slab, values->nodes, values->room * sizeof *values->nodes,
                        values->room * sizeof *values->nodes, room * sizeof *values->nodes);
    if (!nodes) {
        argot_slab_give(of->slab, table, table_bytes);
        return false;
    }
    argot_slab_give(of->slab, values->table, 2 * (size_t)values->room * sizeof *table);
    values->nodes = nodes;
    values->table = table;
    for (uint32_t i = room; i-- > values->room;) {
        nodes[i].next = values->free;
        values->free = i;
    }
    values->room = room;
    if (table)
        memset(table, 0xff, table_bytes);
    for (uint32_t i = values->oldest; i != ARGOT_VALUES_NONE; i = nodes[i].newer)
        enter(values, &nodes[i]);
    return true;
}

static struct argot_values_node *
add(struct argot_values *values, const struct argot_values_of *of, uint32_t hash, const uint8_t *bytes, size_t size)
{
    if (values->free == ARGOT_VALUES_NONE && !grow(values, of))
        return NULL;
    uint8_t *large = size > ARGOT_VALUES_SMALL ? argot_slab_take(of->slab, size) : NULL;
    if (size > ARGOT_VALUES_SMALL && !large)
        return NULL;
    struct argot_values_node *node = &values->nodes[values->free];
    values->free = node->next;
    *node = (struct argot_values_node){.hash = hash, .size = (uint32_t)size};
    if (large)
        node->large = large;
    memcpy(large ? large : node->small, bytes, size);
    enter(values, node);
    values->count++;
    return node;
}

struct argot_values_node *
argot_values_see(struct argot_values *values, const struct argot_values_of *of, const uint8_t *bytes, size_t size,
                 const struct argot_kept *kept, bool *fresh)
{
    uint32_t hash = (uint32_t)argot_hash_table(of->key, bytes, size);
    struct argot_values_node *node = find(values, hash, bytes, size);
    *fresh = !node;
    if (node) {
        unlink_time(values, node);
        argot_held_drop(of->slab, node->newest.held);
    } else if (!(node = add(values, of, hash, bytes, size))) {
        argot_held_drop(of->slab, kept->held);
        return NULL;
    }
    node->newest = *kept;
    node->uses++;
    append(values, node);
    return node;
}

void
argot_values_remove(struct argot_values *values, const struct argot_values_of *of, struct argot_values_node *node)
{
    unlink_time(values, node);
    leave(values, node);
    forget(node, of);
    node->next = values->free;
    values->free = number(values, node);
    values->count--;
}
