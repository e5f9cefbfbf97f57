/* SPDX-License-Identifier: Apache-2.0
 * Walks record trees by recursion, which the limit of their depth bounds. */
#include "record_case.h"
#include "output/json.h"

struct walk {
    const struct argot_record *record;
    struct argot_slice text;
    bool duplicates;
    uint64_t marked; /* duplicates met */
    uint8_t sum;     /* of all bytes, so that reading them is not left out */
};

/* Reads each byte, so that a sanitizer sees a wrong one. */
static void
touch(struct walk *walk, const uint8_t *bytes, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++)
        walk->sum ^= bytes[i];
}

/* What was decoded has a newline and padding behind. */
static const char *
check_text(struct walk *walk, struct argot_slice slice)
{
    const uint8_t *begin = walk->text.at, *end = begin + walk->text.length;
    touch(walk, slice.at, slice.length);
    if (!slice.length || (slice.at >= begin && slice.at + slice.length <= end))
        return NULL;
    touch(walk, slice.at + slice.length, 1 + ARGOT_PADDING);
    return slice.at[slice.length] == '\n' ? NULL : "decoded text without a newline behind";
}

static bool
same_key(const struct argot_node *a, const struct argot_node *b)
{
    return a->key_length == b->key_length && !memcmp(a->key_at, b->key_at, a->key_length);
}

static const char *
check_duplicate(struct walk *walk, uint32_t parent, uint32_t index)
{
    const struct argot_node *nodes = walk->record->nodes, *node = &nodes[index];
    walk->marked += node->duplicate;
    if (nodes[parent].kind != ARGOT_NODE_OBJECT)
        return node->duplicate ? "an item that is a duplicate" : NULL;
    if (!walk->duplicates)
        return NULL;
    bool seen = false;
    for (uint32_t other = parent + 1; other != index; other = nodes[other].end)
        seen = seen || same_key(&nodes[other], node);
    return seen == node->duplicate ? NULL : "a duplicate that is none, or none that is one";
}

static const char *check_node(struct walk *walk, uint32_t index, unsigned depth);

static const char *
check_members(struct walk *walk, uint32_t parent, unsigned depth)
{
    const struct argot_node *nodes = walk->record->nodes;
    uint32_t next = parent + 1;
    if (depth > ARGOT_RECORD_MAX_DEPTH)
        return "too deep";
    for (uint32_t index = next; index < nodes[parent].end; index = next) {
        const struct argot_node *node = &nodes[index];
        if (node->parent != parent || node->end <= index || node->end > nodes[parent].end)
            return "a member of another container";
        if ((nodes[parent].kind == ARGOT_NODE_OBJECT) != (node->key_at != NULL))
            return "a member without key, or an item with one";
        const char *wrong = check_duplicate(walk, parent, index);
        if (!wrong)
            wrong = check_node(walk, index, depth + 1);
        if (wrong)
            return wrong;
        next = node->end;
    }
    return next == nodes[parent].end ? NULL : "nodes that belong to nobody";
}

static const char *
check_node(struct walk *walk, uint32_t index, unsigned depth)
{
    const struct argot_node *node = &walk->record->nodes[index];
    touch(walk, node->key_at, node->key_length);
    const char *wrong = check_text(walk, argot_node_text(node));
    if (wrong)
        return wrong;
    if (node->kind == ARGOT_NODE_OBJECT || node->kind == ARGOT_NODE_ARRAY)
        return check_members(walk, index, depth);
    return node->end != index + 1 ? "a leaf with members" : NULL;
}

const char *
record_case_check(const struct argot_record *record, struct argot_slice text, bool duplicates)
{
    struct walk walk = {.record = record, .text = text, .duplicates = duplicates};
    if (record->count == 0 || record->count > ARGOT_RECORD_MAX_NODES || record->count > record->capacity)
        return "no nodes, or too many";
    if (record->nodes[0].kind != ARGOT_NODE_OBJECT || record->nodes[0].end != record->count ||
        record->nodes[0].parent || record->nodes[0].key_at)
        return "a root that is none";
    if (record->offset != text.length)
        return "not all of the text was read";
    const char *wrong = check_node(&walk, 0, 1);
    if (!wrong && walk.marked != record->duplicates)
        wrong = "duplicates were counted wrong";
    return wrong;
}

static void
write_node(const struct argot_record *record, uint32_t index, bool duplicates, struct argot_buffer *out)
{
    const struct argot_node *nodes = record->nodes, *node = &nodes[index];
    switch ((enum argot_node_kind)node->kind) {
    case ARGOT_NODE_STRING:
        argot_json_string(node->text_at, node->text_length, out);
        return;
    case ARGOT_NODE_NUMBER:
        argot_buffer_append(out, node->text_at, node->text_length);
        return;
    case ARGOT_NODE_TRUE:
        argot_buffer_append_text(out, "true");
        return;
    case ARGOT_NODE_FALSE:
        argot_buffer_append_text(out, "false");
        return;
    case ARGOT_NODE_NULL:
        argot_buffer_append_text(out, "null");
        return;
    case ARGOT_NODE_OBJECT:
    case ARGOT_NODE_ARRAY:
        break;
    }
    bool object = node->kind == ARGOT_NODE_OBJECT, first = true;
    argot_buffer_append_byte(out, object ? '{' : '[');
    for (uint32_t member = index + 1; member < node->end; member = nodes[member].end) {
        if (nodes[member].duplicate && !duplicates)
            continue;
        if (!first)
            argot_buffer_append_byte(out, ',');
        first = false;
        if (object) {
            argot_json_string(nodes[member].key_at, nodes[member].key_length, out);
            argot_buffer_append_byte(out, ':');
        }
        write_node(record, member, duplicates, out);
    }
    argot_buffer_append_byte(out, object ? '}' : ']');
}

void
record_case_write(const struct argot_record *record, bool duplicates, struct argot_buffer *out)
{
    write_node(record, 0, duplicates, out);
}

void
record_case_flat(const struct argot_record *record, struct argot_buffer *out)
{
    for (uint32_t member = 1; member < record->count; member = record->nodes[member].end) {
        const struct argot_node *node = &record->nodes[member];
        if (member > 1)
            argot_buffer_append_byte(out, '\n');
        argot_buffer_append(out, node->key_at, node->key_length);
        argot_buffer_append_byte(out, '=');
        argot_buffer_append(out, node->text_at, node->text_length);
    }
}
