/* SPDX-License-Identifier: Apache-2.0
 * Nodes in one array, linked by number: through time and in chains by hash. Up to FEW of them are looked through one
 * by one, newest first. */
#include "correlate/values.h"
#include <string.h>

#define FEW 8u
#define MOST (UINT32_MAX / 2)

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
    argot_slab_give(of->slab, node->bytes, node->size);
    node->bytes = NULL;
}

void
argot_values_finish(struct argot_values *values, const struct argot_values_of *of)
{
    for (uint32_t i = values->oldest; i != ARGOT_VALUES_NONE; i = values->nodes[i].newer)
        forget(&values->nodes[i], of);
    argot_slab_give(of->slab, values->heads, values->room * sizeof *values->heads);
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
    return node->hash == hash && node->size == size && !memcmp(node->bytes, bytes, size);
}

static struct argot_values_node *
find(const struct argot_values *values, uint32_t hash, const uint8_t *bytes, size_t size)
{
    if (!values->count)
        return NULL;
    bool chained = values->heads != NULL;
    uint32_t at = chained ? values->heads[hash & (values->room - 1)] : values->newest;
    while (at != ARGOT_VALUES_NONE) {
        struct argot_values_node *node = &values->nodes[at];
        if (is(node, hash, bytes, size))
            return node;
        at = chained ? node->next : node->older;
    }
    return NULL;
}

struct argot_values_node *
argot_values_find(const struct argot_values *values, const struct argot_values_of *of, const uint8_t *bytes,
                  size_t size)
{
    return find(values, (uint32_t)argot_hash_table(of->key, bytes, size), bytes, size);
}

/* ---- chains ---- */

static void
chain(struct argot_values *values, struct argot_values_node *node)
{
    if (!values->heads)
        return;
    uint32_t *head = &values->heads[node->hash & (values->room - 1)];
    node->next = *head;
    *head = number(values, node);
}

static void
unchain(struct argot_values *values, const struct argot_values_node *node)
{
    if (!values->heads)
        return;
    uint32_t *link = &values->heads[node->hash & (values->room - 1)];
    while (*link != number(values, node))
        link = &values->nodes[*link].next;
    *link = node->next;
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
    uint32_t *heads = NULL;
    if (room > FEW && !(heads = argot_slab_take(of->slab, room * sizeof *heads)))
        return false;
    struct argot_values_node *nodes = argot_slab_grow(of->slab, values->nodes, values->room * sizeof *nodes,
                                                      values->room * sizeof *nodes, room * sizeof *nodes);
    if (!nodes) {
        argot_slab_give(of->slab, heads, room * sizeof *heads);
        return false;
    }
    argot_slab_give(of->slab, values->heads, values->room * sizeof *heads);
    values->nodes = nodes;
    values->heads = heads;
    for (uint32_t i = room; i-- > values->room;) {
        nodes[i].next = values->free;
        values->free = i;
    }
    values->room = room;
    if (heads) {
        memset(heads, 0xff, room * sizeof *heads);
        for (uint32_t i = values->oldest; i != ARGOT_VALUES_NONE; i = nodes[i].newer)
            chain(values, &nodes[i]);
    }
    return true;
}

static struct argot_values_node *
add(struct argot_values *values, const struct argot_values_of *of, uint32_t hash, const uint8_t *bytes, size_t size)
{
    if (values->free == ARGOT_VALUES_NONE && !grow(values, of))
        return NULL;
    uint8_t *copy = argot_slab_take(of->slab, size);
    if (!copy)
        return NULL;
    memcpy(copy, bytes, size);
    struct argot_values_node *node = &values->nodes[values->free];
    values->free = node->next;
    *node = (struct argot_values_node){.hash = hash, .size = (uint32_t)size, .bytes = copy};
    chain(values, node);
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
    unchain(values, node);
    forget(node, of);
    node->next = values->free;
    values->free = number(values, node);
    values->count--;
}
