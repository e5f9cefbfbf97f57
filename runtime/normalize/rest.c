/* SPDX-License-Identifier: Apache-2.0
 * What no binding took of a record goes to extra: members of the record, nested as they came, as JSON without blanks.
 * What is empty, or becomes so, is left out; but an item of a list keeps its place. */
#include "normalize/worker.h"
#include "decode/record_left.h"
#include <string.h>

static size_t
put_text(uint8_t *out, struct argot_slice text)
{
    memcpy(out, text.at, text.length);
    return text.length;
}

/* The text needs no escapes. */
static size_t
put_plain(uint8_t *out, struct argot_slice text)
{
    out[0] = '"';
    memcpy(out + 1, text.at, text.length);
    out[text.length + 1] = '"';
    return text.length + 2;
}

static size_t put_rest(const struct argot_record *record, uint32_t at, uint8_t *out);

static size_t
put_container(const struct argot_record *record, uint32_t at, uint8_t *out)
{
    const struct argot_node *node = &record->nodes[at];
    bool object = node->kind == ARGOT_NODE_OBJECT, left = false;
    size_t n = 0;
    out[n++] = object ? '{' : '[';
    for (uint32_t item = at + 1; item < node->end; item = record->nodes[item].end) {
        size_t begin = n;
        if (left)
            out[n++] = ',';
        if (object) {
            struct argot_slice key = argot_node_key(&record->nodes[item]);
            n += record->found ? put_plain(out + n, key) : argot_record_left_string(out + n, key);
            out[n++] = ':';
        }
        size_t written = put_rest(record, item, out + n);
        left |= written > 0;
        n = written ? n + written : begin;
    }
    out[n++] = object ? '}' : ']';
    return left || node->end == at + 1 ? n : 0;
}

/* What is left of a subtree; 0: nothing. Writes at most `bound` bytes, also where it returns 0. Depth is that of the
 * tree, which ARGOT_RECORD_MAX_DEPTH bounds. */
static size_t
put_rest(const struct argot_record *record, uint32_t at, uint8_t *out)
{
    const struct argot_node *node = &record->nodes[at];
    struct argot_slice text = argot_node_text(node);
    if (node->used || node->duplicate)
        return 0;
    switch ((enum argot_node_kind)node->kind) {
    case ARGOT_NODE_OBJECT:
    case ARGOT_NODE_ARRAY:
        if (!node->opaque)
            return put_container(record, at, out);
        return node->plain ? put_text(out, text) : argot_record_left(out, text);
    case ARGOT_NODE_STRING:
        if (!text.length && node->key_at)
            return 0;
        return node->plain ? put_plain(out, text) : argot_record_left_string(out, text);
    case ARGOT_NODE_NULL:
        return node->key_at ? 0 : put_text(out, (struct argot_slice)ARGOT_TEXT("null"));
    default:
        return put_text(out, text);
    }
}

static size_t
bound(const struct argot_record *record, uint32_t at)
{
    size_t sum = 0;
    for (uint32_t i = at; i < record->nodes[at].end; i++) {
        const struct argot_node *node = &record->nodes[i];
        bool open = (node->kind == ARGOT_NODE_OBJECT || node->kind == ARGOT_NODE_ARRAY) && !node->opaque;
        sum += 16 + ARGOT_RECORD_LEFT_GROWTH * (size_t)node->key_length;
        sum += open ? 0 : node->plain ? node->text_length : ARGOT_RECORD_LEFT_GROWTH * (size_t)node->text_length;
    }
    return sum;
}

/* The text of a scalar, at NULL for lists and objects. */
static struct argot_slice
leaf_text(const struct argot_node *node)
{
    bool leaf = node->kind == ARGOT_NODE_STRING || node->kind == ARGOT_NODE_NUMBER;
    return leaf ? argot_node_text(node) : (struct argot_slice){NULL, 0};
}

static bool
is_named(const struct argot_worker *w, uint32_t begin, uint32_t end, struct argot_slice key)
{
    for (uint32_t i = begin; i < end; i++) {
        const struct argot_slice *name = &w->extra[i].extra.key;
        if (name->length == key.length && (!key.length || !key.at || !memcmp(name->at, key.at, key.length)))
            return true;
    }
    return false;
}

/* Writes what is left of a list or an object into the slot. False: nothing is, or there was no memory. */
static bool
rest_text(struct argot_worker *w, const struct argot_record *record, uint32_t at, struct argot_slot *slot)
{
    size_t size = bound(record, at);
    uint8_t *out = argot_arena_alloc(&w->batch->arena, size);
    w->failed |= !out;
    if (!out)
        return false;
    size_t length = put_rest(record, at, out);
    argot_arena_trim(&w->batch->arena, out, size, length);
    slot->text.at = out;
    slot->text.length = (uint32_t)length;
    return length > 0;
}

static void
rest_member(struct argot_worker *w, const struct argot_record *record, uint32_t at)
{
    const struct argot_node *node = &record->nodes[at];
    struct argot_slot slot = {.text = {node->text_at, node->text_length, 0}};
    if (node->kind == ARGOT_NODE_NULL || (node->kind == ARGOT_NODE_STRING && !node->text_length))
        return;
    if (node->kind != ARGOT_NODE_STRING)
        slot.text.flags = ARGOT_SLOT_JSON;
    bool whole = node->kind == ARGOT_NODE_OBJECT || node->kind == ARGOT_NODE_ARRAY ? node->opaque && node->plain : true;
    if (whole || rest_text(w, record, at, &slot))
        argot_value_extra(w, argot_node_key(node), ARGOT_TYPE_STRING, &slot, ARGOT_NONE);
}

void
argot_rest_take(struct argot_worker *w, unsigned depth)
{
    struct argot_level *level = &w->levels[depth];
    const struct argot_normalizer *n = level->bound->normalizer;
    uint32_t named = w->nextra; /* what the format names stands before, and wins */
    if (level->nrests == 1)
        level->extra_distinct = named; /* repeated keys of the record are left out */
    for (unsigned i = 0; i < level->nrests; i++) {
        const struct argot_record *record = level->rests[i];
        for (uint32_t at = 1; at < record->count && !w->limited; at = record->nodes[at].end) {
            const struct argot_node *node = &record->nodes[at];
            if (!node->used && !node->duplicate && !is_named(w, level->extra_begin, named, argot_node_key(node)) &&
                !argot_value_absent(n, NULL, leaf_text(node)))
                rest_member(w, record, at);
        }
    }
}
