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
        else if (how == ARGOT_TAKE_ALL || !record->nodes[at].duplicate)
            bind_node(w, depth, record, at, value, &options);
        if (is_one(record, binding->path))
            break;
    }
    if (last) {
        struct argot_value_options options = {nesting + 1, path_name(binding->path, &record->nodes[last])};
        bind_node(w, depth, record, last, value, &options);
    }
}

/* One binding whose node is known. */
static void
bind_found(struct argot_worker *w, unsigned depth, const struct argot_record *record, uint32_t at,
           const struct argot_binding *binding, const struct argot_bound_binding *bound, unsigned nesting)
{
    const struct argot_node *node = &record->nodes[at];
    if (bound->dest != ARGOT_NONE && (node->kind == ARGOT_NODE_STRING || node->kind == ARGOT_NODE_NUMBER) &&
        (!node->text_length || argot_value_simple(w, depth, bound->dest, argot_node_text(node))))
        return;
    struct argot_value_options options = {nesting + 1, argot_node_key(node)};
    if (binding->value)
        bind_node(w, depth, record, at, binding->value, &options);
}

/* Whether bindings must look at repeated keys themselves. */
static bool
minds_repeated(const struct argot_bound_binding *bound, const struct argot_binding *bindings, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++)
        if (bound[i].pattern || (bindings[i].value && bindings[i].value->take != ARGOT_TAKE_FIRST))
            return true;
    return false;
}

/* Where the record's reader has found what most paths name. */
static void
bind_picked(struct argot_worker *w, unsigned depth, struct argot_record *record, const struct argot_binding *bindings,
            const struct argot_bound_binding *bound, uint16_t count, unsigned nesting)
{
    bool patterns = false;
    for (uint16_t i = 0; i < count; i++) {
        uint32_t at = record->found[bound[i].pick];
        if (at) {
            mark_used(record, at);
            bind_found(w, depth, record, at, &bindings[i], &bound[i], nesting);
        } else if (bound[i].pattern) {
            patterns = true;
        } else if (!bound[i].pick) {
            bind_one(w, depth, record, &bindings[i], nesting, 0);
        }
    }
    for (uint16_t i = 0; patterns && i < count; i++)
        if (bound[i].pattern)
            bind_one(w, depth, record, &bindings[i], nesting, 0);
}

/* Names written out before patterns, so that a pattern does not take them. */
static void
bind_all(struct argot_worker *w, unsigned depth, struct argot_record *record, const struct argot_binding *bindings,
         uint16_t count, unsigned nesting, uint32_t first)
{
    for (int pass = 0; pass < 2; pass++)
        for (uint16_t i = 0; i < count; i++)
            if ((bindings[i].path->steps[bindings[i].path->count - 1].kind == ARGOT_STEP_PATTERN) == pass)
                bind_one(w, depth, record, &bindings[i], nesting, first);
}

void
argot_block_bind(struct argot_worker *w, unsigned depth, struct argot_record *record,
                 const struct argot_binding *bindings, const struct argot_bound_binding *bound, uint16_t count,
                 unsigned nesting, uint32_t first)
{
    if (bound && record->found && !(record->duplicates && minds_repeated(bound, bindings, count)))
        bind_picked(w, depth, record, bindings, bound, count, nesting);
    else
        bind_all(w, depth, record, bindings, count, nesting, first);
    w->levels[depth].record = record; /* not what a value of it was read as */
}

/* ---- reading ---- */

/* Where a record of the level lies already, a further one becomes a tree. */
static bool
read_flat(struct argot_worker *w, struct argot_level *level, const struct argot_bound_block *bound,
          struct argot_slice text, struct argot_record *record)
{
    const struct argot_block *block = bound->block;
    const struct argot_record_flat *flat = &bound->flat;
    if (level->flat_taken || !flat->usable)
        return false;
    if (block->kind == ARGOT_KIND_KV)
        return argot_record_kv_pick(&w->decode, block->kv, flat, &level->flat, text, record);
    if (block->kind == ARGOT_KIND_CSV)
        return argot_record_csv_pick(&w->decode, block->csv, flat, &level->flat, text, record);
    return argot_record_sd_pick(&w->decode, flat, &level->flat, text, record);
}

enum argot_decode_status
argot_block_read(struct argot_worker *w, unsigned depth, const struct argot_bound_block *bound, struct argot_slice text,
                 struct argot_record *record)
{
    const struct argot_block *block = bound->block;
    if (block->kind == ARGOT_KIND_JSON)
        return argot_record_json(&w->decode, text, record);
    if (read_flat(w, &w->levels[depth], bound, text, record))
        return ARGOT_DECODED;
    if (block->kind == ARGOT_KIND_KV)
        return argot_record_kv(&w->decode, block->kv, text, record);
    if (block->kind == ARGOT_KIND_CSV)
        return argot_record_csv(&w->decode, block->csv, text, record);
    return argot_record_sd(&w->decode, text, record);
}

void
argot_block_take(struct argot_worker *w, unsigned depth, const struct argot_bound_block *bound,
                 struct argot_record *record, unsigned nesting)
{
    const struct argot_block *block = bound->block;
    struct argot_level *level = &w->levels[depth];
    level->odd.duplicates += record->duplicates;
    record->block = block;
    argot_block_bind(w, depth, record, block->bindings, bound->bindings, block->nbindings, nesting, 0);
    if (block->kv && !block->kv->bare_words)
        level->odd.words += record->nwords;
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

/* Memory for a piece of the line: the level's own for the first, which most lines have at most. */
static struct argot_record *
piece_of(struct argot_worker *w, struct argot_level *level)
{
    return level->flat_taken ? argot_arena_zalloc(&w->batch->arena, 1, sizeof(struct argot_record)) : &level->piece;
}

/* The same with the piece read and found to be the block's; NULL: it is not, or there was no memory. */
static struct argot_record *
read_piece(struct argot_worker *w, unsigned depth, const struct argot_bound_block *bound, struct argot_slice text)
{
    struct argot_level *level = &w->levels[depth];
    struct argot_record *record = piece_of(w, level), *before = level->record;
    enum argot_decode_status status = record ? argot_block_read(w, depth, bound, text, record) : ARGOT_DECODE_NO_MEMORY;
    w->failed |= status == ARGOT_DECODE_NO_MEMORY;
    if (status == ARGOT_DECODE_BAD)
        argot_lexer_far(w, text, record->offset, level->bound->normalizer->name, record->expected);
    if (status != ARGOT_DECODED)
        return NULL;
    level->record = record;
    if (argot_case_holds(w, depth, &bound->detect))
        return record;
    level->record = before;
    return NULL;
}

bool
argot_block_run(struct argot_worker *w, unsigned depth, const struct argot_block *block, struct argot_slice text,
                unsigned nesting)
{
    struct argot_level *level = &w->levels[depth];
    const struct argot_bound_block *bound = argot_bound_block(level->bound, block);
    struct argot_record *record = read_piece(w, depth, bound, text);
    if (!record)
        return false;
    level->flat_taken = true;
    argot_block_take(w, depth, bound, record, nesting);
    return true;
}
