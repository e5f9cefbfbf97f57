/* SPDX-License-Identifier: Apache-2.0
 * Finding nodes of a record by path, and naming the columns of CSV records after the fact. */
#include "decode/record.h"
#include <string.h>

/* Whether a name fits a pattern of `#` (one or more digits), `*` (any text) and plain bytes. All places of the pattern
 * where the name may be are kept as bits, so the time is linear whatever the two hold. */
static bool
fits_pattern(struct argot_slice pattern, struct argot_slice name)
{
    uint64_t places = 1;
    if (pattern.length > ARGOT_RECORD_MAX_PATTERN)
        return false;
    for (uint32_t i = 0; i <= name.length; i++) {
        /* A star may stand for nothing. */
        for (uint32_t p = 0; p < pattern.length; p++)
            if (pattern.at[p] == '*')
                places |= (places >> p & 1) << (p + 1);
        if (i == name.length)
            break;
        uint64_t next = 0;
        bool digit = (uint8_t)(name.at[i] - '0') < 10;
        for (uint64_t rest = places; rest; rest &= rest - 1) {
            uint32_t p = (uint32_t)__builtin_ctzll(rest);
            if (p == pattern.length)
                continue;
            if (pattern.at[p] == '*')
                next |= 1ull << p;
            else if (pattern.at[p] == '#' && digit)
                next |= 3ull << p; /* one more digit, or the last */
            else if (pattern.at[p] != '#' && pattern.at[p] == name.at[i])
                next |= 2ull << p;
        }
        places = next;
        if (!places)
            return false;
    }
    return places >> pattern.length & 1;
}

static bool
fits_step(const struct argot_step *step, const struct argot_node *parent, const struct argot_node *node, uint32_t place)
{
    if (step->kind == ARGOT_STEP_INDEX)
        return parent->kind == ARGOT_NODE_ARRAY && place == step->index;
    if (parent->kind != ARGOT_NODE_OBJECT)
        return false;
    if (step->kind == ARGOT_STEP_KEY)
        return node->key.length == step->key.length && !memcmp(node->key.at, step->key.at, step->key.length);
    return fits_pattern(step->key, node->key);
}

/* The member of `parent` where a search that goes on at `after` begins: the one that holds the node before it. */
static uint32_t
first_member(const struct argot_node *nodes, uint32_t parent, uint32_t after)
{
    uint32_t child = nodes[parent].child;
    if (!child || after <= child + 1 || after > nodes[parent].end)
        return child;
    uint32_t node = after - 1;
    while (nodes[node].parent != parent)
        node = nodes[node].parent;
    return node;
}

/* Depth is that of the tree, which ARGOT_RECORD_MAX_DEPTH bounds. */
static uint32_t
find_under(const struct argot_record *record, uint32_t parent, const struct argot_step *steps, uint32_t count,
           uint32_t after, bool duplicates)
{
    const struct argot_node *nodes = record->nodes;
    bool by_place = steps->kind == ARGOT_STEP_INDEX;
    uint32_t place = 0, node = by_place ? nodes[parent].child : first_member(nodes, parent, after);
    for (; node && !(by_place && place > steps->index); node = nodes[node].next, place++) {
        if (nodes[node].end <= after || (nodes[node].duplicate && !duplicates))
            continue;
        if (!fits_step(steps, &nodes[parent], &nodes[node], place))
            continue;
        if (count > 1) {
            uint32_t found = find_under(record, node, steps + 1, count - 1, after, duplicates);
            if (found)
                return found;
        } else if (node >= after) {
            return node;
        }
    }
    return 0;
}

uint32_t
argot_record_find(const struct argot_record *record, const struct argot_path *path, uint32_t after, bool duplicates)
{
    if (path->count == 0 || record->count == 0)
        return 0;
    return find_under(record, 0, path->steps, path->count, after, duplicates);
}

void
argot_record_name_columns(struct argot_record *record, uint32_t from, const struct argot_slice *names, uint16_t count)
{
    for (uint32_t i = 0; i < count && from < record->columns && i < record->columns - from; i++) {
        uint32_t index = record->column_nodes[from + i];
        if (!index)
            continue;
        struct argot_node *node = &record->nodes[index];
        node->key = names[i];
        if (names[i].length && names[i].at[0] == '_')
            node->used = true;
    }
}
