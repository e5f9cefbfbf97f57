/* SPDX-License-Identifier: Apache-2.0
 * Records with names of their own: bindings take what they name, the rest goes to extra as it came. */
#include "normalize/worker.h"
#include <string.h>

struct argot_slice
argot_block_text(const struct argot_record *record, uint32_t at)
{
    const struct argot_node *node = &record->nodes[at];
    struct argot_slice text = {NULL, 0};
    if (node->kind == ARGOT_NODE_TRUE)
        text = (struct argot_slice)ARGOT_TEXT("true");
    else if (node->kind == ARGOT_NODE_FALSE)
        text = (struct argot_slice)ARGOT_TEXT("false");
    else if (node->kind != ARGOT_NODE_NULL)
        text = argot_node_text(node);
    return text;
}

static void
mark_used(struct argot_record *record, uint32_t at)
{
    for (uint32_t i = at; i < record->nodes[at].end; i++)
        record->nodes[i].used = true;
}

static bool
takes_list(const struct argot_worker *w, unsigned depth, const struct argot_value *value)
{
    return value->ntargets && value->targets[0].count && value->targets[0].dests[0] != ARGOT_DROP &&
           w->levels[depth].bound->dests[value->targets[0].dests[0]].list && value->how == ARGOT_HOW_TYPE;
}

static bool
takes_json(const struct argot_worker *w, unsigned depth, const struct argot_value *value)
{
    if (value->how == ARGOT_HOW_BLOCK)
        return true;
    if (!value->ntargets || !value->targets[0].count || value->targets[0].dests[0] == ARGOT_DROP)
        return false;
    uint8_t type = w->levels[depth].bound->dests[value->targets[0].dests[0]].type;
    return type == ARGOT_TYPE_STRING || type == ARGOT_TYPE_KEYWORD;
}

static void
bind_node(struct argot_worker *w, unsigned depth, const struct argot_record *record, uint32_t at,
          const struct argot_value *value, const struct argot_value_options *options)
{
    const struct argot_node *node = &record->nodes[at];
    if (node->kind == ARGOT_NODE_ARRAY && takes_list(w, depth, value)) {
        for (uint32_t item = at + 1; item < node->end; item = record->nodes[item].end) {
            struct argot_slice text = argot_block_text(record, item);
            if (text.at)
                argot_value_run(w, depth, value, text, options);
        }
        return;
    }
    /* A list for a scalar gives its first item, for a text its JSON. */
    while (node->kind == ARGOT_NODE_ARRAY && !takes_json(w, depth, value) && node->end > at + 1)
        node = &record->nodes[++at];
    struct argot_slice text = argot_block_text(record, at);
    if (text.at && text.length)
        argot_value_run(w, depth, value, text, options);
}

static struct argot_slice
path_name(const struct argot_path *path, const struct argot_node *node)
{
    if (node->key_at)
        return argot_node_key(node);
    return (struct argot_slice){(const uint8_t *)path->text, (uint32_t)strlen(path->text)};
}

/* Whether the path names one node at most: there are no patterns in it, and no key is repeated. */
static bool
is_one(const struct argot_record *record, const struct argot_path *path)
{
    for (uint16_t i = 0; i < path->count; i++)
        if (path->steps[i].kind == ARGOT_STEP_PATTERN)
            return false;
    return !record->duplicates;
}

/* One binding over all nodes that its path names, as `take` says. */
static void
bind_one(struct argot_worker *w, unsigned depth, struct argot_record *record, const struct argot_binding *binding,
         unsigned nesting, uint32_t first)
{
    const struct argot_value *value = binding->value;
    bool many = binding->path->steps[binding->path->count - 1].kind == ARGOT_STEP_PATTERN;
    enum argot_take how = value ? (enum argot_take)value->take : ARGOT_TAKE_ALL;
    uint32_t last = 0;
    for (uint32_t at = 0; (at = argot_record_find(record, binding->path, at ? at + 1 : first, true));) {
        struct argot_value_options options = {nesting + 1, path_name(binding->path, &record->nodes[at])};
        bool bound_already = many && record->nodes[at].used;
        mark_used(record, at);
        if (!value || bound_already)
            continue;
        if (how == ARGOT_TAKE_LAST)
            last = at;
        else if (how == ARGOT_TAKE_ALL || many || !record->nodes[at].duplicate)
            bind_node(w, depth, record, at, value, &options);
        if (is_one(record, binding->path))
            break;
    }
    if (last) {
        struct argot_value_options options = {nesting + 1, path_name(binding->path, &record->nodes[last])};
        bind_node(w, depth, record, last, value, &options);
    }
}

void
argot_block_bind(struct argot_worker *w, unsigned depth, struct argot_record *record,
                 const struct argot_binding *bindings, uint16_t count, unsigned nesting, uint32_t first)
{
    /* Names written out before patterns, so that a pattern does not take them. */
    for (int pass = 0; pass < 2; pass++)
        for (uint16_t i = 0; i < count; i++)
            if ((bindings[i].path->steps[bindings[i].path->count - 1].kind == ARGOT_STEP_PATTERN) == pass)
                bind_one(w, depth, record, &bindings[i], nesting, first);
}

/* ---- the rest ---- */

static bool
any_left(const struct argot_record *record, uint32_t at)
{
    const struct argot_node *node = &record->nodes[at];
    if (node->used || node->duplicate)
        return false;
    if (node->kind == ARGOT_NODE_NULL || (node->kind == ARGOT_NODE_STRING && !node->text_length))
        return !node->key_at; /* no value, but an item of a list keeps its place */
    if (node->kind != ARGOT_NODE_OBJECT && node->kind != ARGOT_NODE_ARRAY)
        return true;
    if (node->end == at + 1)
        return true; /* empty as it came */
    for (uint32_t item = at + 1; item < node->end; item = record->nodes[item].end)
        if (any_left(record, item))
            return true;
    return false;
}

static size_t
put_text(uint8_t *out, const char *text, size_t length)
{
    memcpy(out, text, length);
    return length;
}

static size_t
put_string(uint8_t *out, struct argot_slice text)
{
    static const char digits[] = "0123456789abcdef";
    size_t n = 0;
    out[n++] = '"';
    for (uint32_t i = 0; i < text.length; i++) {
        uint8_t byte = text.at[i];
        if (byte == '"' || byte == '\\') {
            out[n++] = '\\';
            out[n++] = byte;
        } else if (byte < 0x20) {
            n += put_text(out + n, "\\u00", 4);
            out[n++] = (uint8_t)digits[byte >> 4];
            out[n++] = (uint8_t)digits[byte & 15];
        } else {
            out[n++] = byte;
        }
    }
    out[n++] = '"';
    return n;
}

/* What is left of a subtree, as JSON without blanks. Needs at most six times the bytes of the texts in it, and the
 * brackets, commas and colons. */
static size_t
put_rest(const struct argot_record *record, uint32_t at, uint8_t *out)
{
    const struct argot_node *node = &record->nodes[at];
    bool object = node->kind == ARGOT_NODE_OBJECT;
    size_t n = 0;
    if (node->kind == ARGOT_NODE_STRING)
        return put_string(out, argot_node_text(node));
    if (node->kind == ARGOT_NODE_NULL)
        return put_text(out, "null", 4);
    if (!object && node->kind != ARGOT_NODE_ARRAY) {
        struct argot_slice text = argot_block_text(record, at);
        return put_text(out, (const char *)text.at, text.length);
    }
    out[n++] = object ? '{' : '[';
    for (uint32_t item = at + 1; item < node->end; item = record->nodes[item].end) {
        if (!any_left(record, item))
            continue;
        if (n > 1)
            out[n++] = ',';
        if (object) {
            n += put_string(out + n, argot_node_key(&record->nodes[item]));
            out[n++] = ':';
        }
        n += put_rest(record, item, out + n);
    }
    out[n++] = object ? '}' : ']';
    return n;
}

static size_t
rest_bound(const struct argot_record *record, uint32_t at)
{
    size_t bound = 0;
    for (uint32_t i = at; i < record->nodes[at].end; i++) {
        const struct argot_node *node = &record->nodes[i];
        bool leaf = node->kind != ARGOT_NODE_OBJECT && node->kind != ARGOT_NODE_ARRAY;
        bound += 16 + 6 * (size_t)node->key_length + (leaf ? 6 * (size_t)node->text_length : 0);
    }
    return bound;
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

static void
rest_member(struct argot_worker *w, const struct argot_record *record, uint32_t at)
{
    const struct argot_node *node = &record->nodes[at];
    struct argot_slot slot = {.text = {node->text_at, node->text_length, 0}};
    if (node->kind == ARGOT_NODE_STRING) {
        if (node->text_length)
            argot_value_extra(w, argot_node_key(node), ARGOT_TYPE_STRING, &slot, ARGOT_NONE);
        return;
    }
    if (node->kind == ARGOT_NODE_NULL)
        return;
    uint8_t *out = argot_arena_alloc(&w->batch->arena, rest_bound(record, at));
    if (!out) {
        w->failed = true;
        return;
    }
    slot.text.at = out;
    slot.text.length = (uint32_t)put_rest(record, at, out);
    slot.text.flags = ARGOT_SLOT_JSON;
    argot_value_extra(w, argot_node_key(node), ARGOT_TYPE_STRING, &slot, ARGOT_NONE);
}

void
argot_block_rests(struct argot_worker *w, unsigned depth)
{
    struct argot_level *level = &w->levels[depth];
    uint32_t named = w->nextra; /* what the format names stands before, and wins */
    for (unsigned i = 0; i < level->nrests; i++) {
        const struct argot_record *record = level->rests[i];
        for (uint32_t at = 1; at < record->count && !w->limited; at = record->nodes[at].end)
            if (any_left(record, at) && !is_named(w, level->extra_begin, named, argot_node_key(&record->nodes[at])) &&
                !argot_value_absent(level->bound->normalizer, NULL, leaf_text(&record->nodes[at])))
                rest_member(w, record, at);
    }
}

/* ---- reading ---- */

enum argot_decode_status
argot_block_read(struct argot_worker *w, const struct argot_block *block, struct argot_slice text,
                 struct argot_record *record)
{
    switch (block->kind) {
    case ARGOT_KIND_JSON:
        return argot_record_json(&w->decode, text, record);
    case ARGOT_KIND_KV:
        return argot_record_kv(&w->decode, block->kv, text, record);
    case ARGOT_KIND_CSV:
        return argot_record_csv(&w->decode, block->csv, text, record);
    default:
        return argot_record_sd(&w->decode, text, record);
    }
}

void
argot_block_take(struct argot_worker *w, unsigned depth, const struct argot_block *block, struct argot_record *record,
                 unsigned nesting)
{
    struct argot_level *level = &w->levels[depth];
    level->duplicates += record->duplicates;
    record->block = block;
    argot_block_bind(w, depth, record, block->bindings, block->nbindings, nesting, 0);
    if (block->kv && block->kv->bare_words && record->bare_words.at) {
        struct argot_value_options options = {nesting + 1, {NULL, 0}};
        argot_value_run(w, depth, block->kv->bare_words, record->bare_words, &options);
    }
    if (block->drop_unknown)
        return;
    if (level->nrests == ARGOT_WORKER_MAX_RESTS)
        w->limited = true;
    else
        level->rests[level->nrests++] = record;
}

bool
argot_block_run(struct argot_worker *w, unsigned depth, const struct argot_block *block, struct argot_slice text,
                unsigned nesting)
{
    struct argot_level *level = &w->levels[depth];
    struct argot_record *record = argot_arena_zalloc(&w->batch->arena, 1, sizeof *record), *before = level->record;
    enum argot_decode_status status = record ? argot_block_read(w, block, text, record) : ARGOT_DECODE_NO_MEMORY;
    if (status == ARGOT_DECODE_NO_MEMORY) {
        w->failed = true;
        return false;
    }
    if (status != ARGOT_DECODED) {
        argot_lexer_far(w, text, record->offset, level->bound->normalizer->name, record->expected);
        return false;
    }
    level->record = record;
    if (block->detect && !argot_case_detects(w, depth, block->detect)) {
        level->record = before;
        return false;
    }
    argot_block_take(w, depth, block, record, nesting);
    return true;
}
