/* SPDX-License-Identifier: Apache-2.0
 * Finding nodes of a record by path, and naming the columns of CSV records after the fact. */
#include "decode/record_build.h"
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
fits_name(const struct argot_step *step, const struct argot_node *node)
{
    if (step->kind == ARGOT_STEP_KEY) {
        uint32_t length = step->key.length;
        if (node->key_length != length || (length && node->key_at[length - 1] != step->key.at[length - 1]))
            return false;
        return !length || !memcmp(node->key_at, step->key.at, length);
    }
    return fits_pattern(step->key, argot_node_key(node));
}

/* The member of `parent` where a search that goes on at `after` begins: the one that holds the node before it. */
static uint32_t
first_member(const struct argot_node *nodes, uint32_t parent, uint32_t after)
{
    uint32_t child = parent + 1;
    if (after <= child + 1 || after > nodes[parent].end)
        return child;
    uint32_t node = after - 1;
    while (nodes[node].parent != parent)
        node = nodes[node].parent;
    return node;
}

static uint32_t find_under(const struct argot_record *record, uint32_t parent, const struct argot_step *steps,
                           uint32_t count, uint32_t after, bool duplicates);

/* What the path's rest names in this member, which its first step fits. */
static uint32_t
find_in(const struct argot_record *record, uint32_t node, const struct argot_step *steps, uint32_t count,
        uint32_t after, bool duplicates)
{
    const struct argot_node *nodes = record->nodes;
    if (nodes[node].end <= after || (nodes[node].duplicate && !(duplicates && count == 1)))
        return 0;
    if (count > 1)
        return find_under(record, node, steps + 1, count - 1, after, duplicates);
    return node >= after ? node : 0;
}

/* Depth is that of the tree, which ARGOT_RECORD_MAX_DEPTH bounds. */
static uint32_t
find_under(const struct argot_record *record, uint32_t parent, const struct argot_step *steps, uint32_t count,
           uint32_t after, bool duplicates)
{
    const struct argot_node *nodes = record->nodes;
    uint32_t found = 0, end = nodes[parent].end, node = parent + 1;
    if (steps->kind == ARGOT_STEP_INDEX) {
        for (uint32_t place = 0; node < end && place < steps->index; place++)
            node = nodes[node].end;
        if (node == end || nodes[parent].kind != ARGOT_NODE_ARRAY)
            return 0;
        return find_in(record, node, steps, count, after, duplicates);
    }
    if (nodes[parent].kind != ARGOT_NODE_OBJECT)
        return 0;
    node = first_member(nodes, parent, after);
    if (!parent && steps->kind == ARGOT_STEP_KEY && !record->found) {
        uint32_t named = record->names[argot_record_name_hash(steps->key)];
        node = !named ? end : named > node ? named : node;
    }
    /* Those with the name of one before are repetitions, in which nothing is looked for but themselves. */
    bool alone = steps->kind == ARGOT_STEP_KEY && (count > 1 || !duplicates);
    for (bool last = false; node < end && !found && !last; node = nodes[node].end)
        if (fits_name(steps, &nodes[node])) {
            found = find_in(record, node, steps, count, after, duplicates);
            last = alone;
        }
    return found;
}

uint32_t
argot_record_find(const struct argot_record *record, const struct argot_path *path, uint32_t after, bool duplicates)
{
    if (path->count == 0 || record->count == 0)
        return 0;
    return find_under(record, 0, path->steps, path->count, after, duplicates);
}

/* Whether a column before this one has the name. Bounded by the names of the format, not by the record. */
static bool
is_taken(const struct argot_record *record, uint32_t column, struct argot_slice name)
{
    for (uint32_t i = 0; i < column; i++) {
        const struct argot_node *node = &record->nodes[record->column_nodes[i]];
        if (node->key_at && node->key_length == name.length && !memcmp(node->key_at, name.at, name.length))
            return true;
    }
    return false;
}

uint32_t
argot_record_name_columns(struct argot_record *record, const struct argot_slice *names, uint16_t count)
{
    uint32_t first = 0;
    for (uint16_t i = 0; i < count; i++, record->named++) {
        uint32_t index = record->named < record->columns ? record->column_nodes[record->named] : 0;
        if (!index)
            continue;
        struct argot_node *node = &record->nodes[index];
        bool dropped = argot_record_drops_column(names[i]);
        bool taken = !dropped && is_taken(record, record->named, names[i]);
        record->duplicates += taken;
        record->duplicates -= node->duplicate;
        node->used |= dropped;
        node->duplicate = taken;
        node->key_at = names[i].at;
        node->key_length = names[i].length;
        argot_record_name(record, index);
        first = first ? first : index;
    }
    return first;
}
