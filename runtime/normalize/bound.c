/* SPDX-License-Identifier: Apache-2.0
 * Binds one normalizer to the schema: fields by name and type, constants to values, conditions to fields. */
#include "normalize/bound.h"
#include <stdio.h>
#include <string.h>

struct binder {
    struct argot_registry *registry;
    struct argot_bound *bound;
    char *why;
    size_t why_size;
    bool bad;
};

static void *
allocate(struct binder *b, size_t count, size_t size)
{
    void *memory = argot_arena_zalloc(&b->registry->arena, count ? count : 1, size);
    if (!memory && !b->bad) {
        snprintf(b->why, b->why_size, "out of memory");
        b->bad = true;
    }
    return memory;
}

static void
bind_dests(struct binder *b)
{
    const struct argot_normalizer *n = b->bound->normalizer;
    struct argot_bound_dest *dests = b->bound->dests = allocate(b, n->ndests, sizeof *dests);
    uint16_t *by_field = b->bound->dest_of_field = allocate(b, argot_schema.count, sizeof *by_field);
    if (b->bad)
        return;
    memset(by_field, 0xff, argot_schema.count * sizeof *by_field);
    for (uint16_t i = 0; i < n->ndests; i++) {
        const struct argot_dest *dest = &n->dests[i];
        int field = dest->kind == ARGOT_DEST_FIELD ? argot_schema_find(dest->name) : -1;
        if (dest->kind == ARGOT_DEST_FIELD && (field < 0 || argot_schema.fields[field].type != dest->type)) {
            snprintf(b->why, b->why_size,
                     field < 0 ? "the schema has no field %s" : "the field %s has another type in the schema",
                     dest->name);
            b->bad = true;
            return;
        }
        dests[i].field = (int16_t)field;
        dests[i].kind = dest->kind;
        dests[i].type = dest->type;
        dests[i].list = dest->type == ARGOT_TYPE_STRING_LIST || dest->type == ARGOT_TYPE_IP_LIST;
        dests[i].plain = (dest->type == ARGOT_TYPE_STRING || dest->type == ARGOT_TYPE_KEYWORD) &&
                         !(field >= 0 && argot_schema.fields[field].lower);
        dests[i].key = (struct argot_slice){(const uint8_t *)dest->name, (uint32_t)strlen(dest->name)};
        if (field >= 0)
            by_field[field] = i;
    }
}

static struct argot_bound_set *
bind_sets(struct binder *b, const struct argot_set *sets, uint16_t count)
{
    struct argot_bound_set *bound = allocate(b, count, sizeof *bound);
    struct argot_decode context = {.arena = &b->registry->arena};
    for (uint16_t i = 0; !b->bad && i < count; i++) {
        const struct argot_bound_dest *dest = &b->bound->dests[sets[i].dest];
        bound[i].dest = sets[i].dest;
        bound[i].live = true;
        bound[i].text = sets[i].text;
        enum argot_decode_status status =
            argot_decode_type(&context, (enum argot_type)dest->type, dest->field, sets[i].text, &bound[i].slot);
        if (status != ARGOT_DECODED) {
            snprintf(b->why, b->why_size, "the constant %.*s is no value of %s", (int)sets[i].text.length,
                     (const char *)sets[i].text.at, (const char *)dest->key.at);
            b->bad = true;
        }
    }
    return bound;
}

static struct argot_bound_source
bind_source(struct binder *b, const struct argot_source *source)
{
    struct argot_bound_source bound = {-1, 0};
    if (source->kind == ARGOT_SOURCE_FIELD)
        bound.field = (int16_t)argot_schema_find(source->field);
    if (source->kind == ARGOT_SOURCE_PATH)
        bound.pick = argot_picks_add(&b->registry->picks, source->path, b->bound->asks);
    return bound;
}

static bool
is_simple(const struct binder *b, const struct argot_value *value)
{
    if (!value || value->how != ARGOT_HOW_TYPE || value->decode || value->letter_case || value->map || value->absent ||
        value->ntargets != 1 || !value->targets[0].count || value->targets[0].dests[0] == ARGOT_DROP)
        return false;
    const struct argot_bound_dest *dest = &b->bound->dests[value->targets[0].dests[0]];
    return dest->kind == ARGOT_DEST_FIELD && !dest->list;
}

/* The format where it reads JSON records up to what is asked for; nothing is left unread of other records. */
static argot_picks_formats
asks_of(const struct binder *b, const struct argot_block *block)
{
    const struct argot_normalizer *n = b->bound->normalizer;
    return n->kind == ARGOT_KIND_JSON && block == n->record ? b->bound->asks : 0;
}

static const struct argot_bound_binding *
bind_bindings(struct binder *b, const struct argot_binding *bindings, uint16_t count, argot_picks_formats asks)
{
    struct argot_bound_binding *bound = allocate(b, count, sizeof *bound);
    for (uint16_t i = 0; !b->bad && i < count; i++) {
        const struct argot_path *path = bindings[i].path;
        bound[i].pick = argot_picks_add(&b->registry->picks, path, asks);
        bound[i].dest = is_simple(b, bindings[i].value) ? bindings[i].value->targets[0].dests[0] : ARGOT_NONE;
        bound[i].pattern = path->count && path->steps[path->count - 1].kind == ARGOT_STEP_PATTERN;
    }
    return bound;
}

static void
mark_absent(struct argot_bound *bound)
{
    const struct argot_texts *absent = &bound->normalizer->absent;
    for (uint16_t i = 0; i < absent->count; i++)
        if (absent->texts[i].length)
            bound->absent_begin[absent->texts[i].at[0] >> 6] |= UINT64_C(1) << (absent->texts[i].at[0] & 63);
}

static struct argot_bound_condition
bind_condition(struct binder *b, const struct argot_condition *condition)
{
    struct argot_bound_term *terms = allocate(b, condition->count, sizeof *terms);
    for (uint16_t i = 0; !b->bad && i < condition->count; i++) {
        const struct argot_source *source = &condition->terms[i].source;
        terms[i].term = &condition->terms[i];
        terms[i].source = bind_source(b, source);
        if (source->kind == ARGOT_SOURCE_FIELD && terms[i].source.field < 0) {
            snprintf(b->why, b->why_size, "a condition reads %s, which the schema lacks", source->field);
            b->bad = true;
        }
    }
    struct argot_bound_condition bound = {condition->count, terms};
    return bound;
}

/* Ranges over a number of the format itself, read once; NULL where the text of the source must be looked at. */
static const struct argot_slot *
bind_ranges(struct binder *b, const struct argot_derive *derive, uint16_t *number)
{
    const struct argot_bound_dest *dest = &b->bound->dests[derive->dest];
    const struct argot_source *source = derive->sources;
    if (!derive->nranges || derive->map || derive->contains || derive->letter_case || derive->nsources != 1 ||
        derive->otherwise != ARGOT_ELSE_NULL || dest->list || dest->field < 0)
        return NULL;
    *number = ARGOT_NONE;
    if (source->kind == ARGOT_SOURCE_DEST)
        *number = source->dest;
    else if (source->kind == ARGOT_SOURCE_FIELD && argot_schema_find(source->field) >= 0)
        *number = b->bound->dest_of_field[argot_schema_find(source->field)];
    if (*number == ARGOT_NONE || *number == derive->dest)
        return NULL;
    uint8_t type = b->bound->dests[*number].type;
    if (type != ARGOT_TYPE_UINT && type != ARGOT_TYPE_PORT && type != ARGOT_TYPE_BYTES)
        return NULL;
    struct argot_slot *slots = allocate(b, derive->nranges, sizeof *slots);
    struct argot_decode context = {.arena = &b->registry->arena};
    for (uint16_t i = 0; slots && i < derive->nranges; i++)
        if (argot_decode_type(&context, (enum argot_type)dest->type, dest->field, derive->ranges[i].text, &slots[i]) !=
            ARGOT_DECODED)
            return NULL;
    return slots;
}

/* The first range that takes each number, where all of them are small. */
static void
bind_small(struct binder *b, struct argot_bound_derive *bound)
{
    const struct argot_derive *derive = bound->derive;
    int64_t most = -1;
    for (uint16_t i = 0; i < derive->nranges; i++)
        if (derive->ranges[i].high > most)
            most = derive->ranges[i].high;
    if (most < 0 || most >= ARGOT_BOUND_MAX_SMALL || derive->nranges > UINT8_MAX - 1)
        return;
    uint8_t *small = allocate(b, (size_t)most + 1, 1);
    for (int64_t number = 0; small && number <= most; number++)
        small[number] = (uint8_t)argot_bound_range(derive, number);
    bound->small = small;
    bound->nsmall = (uint16_t)(small ? most + 1 : 0);
}

static const struct argot_bound_derive *
bind_derives(struct binder *b, const struct argot_derive *derives, uint16_t count)
{
    struct argot_bound_derive *bound = allocate(b, count, sizeof *bound);
    for (uint16_t i = 0; !b->bad && i < count; i++) {
        struct argot_bound_source *sources = allocate(b, derives[i].nsources, sizeof *sources);
        for (uint16_t k = 0; sources && k < derives[i].nsources; k++)
            sources[k] = bind_source(b, &derives[i].sources[k]);
        bound[i].derive = &derives[i];
        bound[i].sources = sources;
        bound[i].dest = derives[i].dest;
        bound[i].ranges = bind_ranges(b, &derives[i], &bound[i].number);
        if (bound[i].ranges)
            bind_small(b, &bound[i]);
    }
    return bound;
}

static const struct argot_bound_case *
bind_cases(struct binder *b, const struct argot_case *cases, uint16_t count)
{
    struct argot_bound_case *bound = allocate(b, count, sizeof *bound);
    for (uint16_t i = 0; !b->bad && i < count; i++) {
        bound[i].source = &cases[i];
        bound[i].when = bind_condition(b, &cases[i].when);
        bound[i].sets = bind_sets(b, cases[i].sets, cases[i].nsets);
        bound[i].derives = bind_derives(b, cases[i].derives, cases[i].nderives);
        bound[i].cases = bind_cases(b, cases[i].cases, cases[i].ncases);
        bound[i].bindings =
            bind_bindings(b, cases[i].bindings, cases[i].nbindings, asks_of(b, b->bound->normalizer->record));
        b->bound->case_columns |= cases[i].ncolumns > 0;
    }
    return bound;
}

/* The message's constants, then the format's that it does not set itself. Without a message (none fitted): the
 * format's but event_type, since such an event is UNKNOWN. */
static void
join_sets(struct binder *b, struct argot_bound_message *bound, const struct argot_message *message)
{
    const struct argot_normalizer *n = b->bound->normalizer;
    uint16_t own = message ? message->nsets : 0;
    struct argot_set *sets = allocate(b, (size_t)own + n->nsets, sizeof *sets);
    if (b->bad)
        return;
    if (own)
        memcpy(sets, message->sets, own * sizeof *sets);
    bound->nsets = own;
    for (uint16_t i = 0; i < n->nsets; i++) {
        bool taken = !message && b->bound->dests[n->sets[i].dest].field == b->registry->event_type;
        for (uint16_t k = 0; k < own; k++)
            taken |= sets[k].dest == n->sets[i].dest;
        if (!taken)
            sets[bound->nsets++] = n->sets[i];
    }
    bound->sets = bind_sets(b, sets, bound->nsets);
}

/* What the format derives, then what the message does. Where no message fitted, the type of the event is UNKNOWN
 * whatever its head says. */
static void
join_derives(struct binder *b, struct argot_bound_message *bound, const struct argot_message *message)
{
    const struct argot_normalizer *n = b->bound->normalizer;
    uint16_t own = message ? message->nderives : 0;
    struct argot_derive *derives = allocate(b, (size_t)n->nderives + own, sizeof *derives);
    if (b->bad)
        return;
    for (uint16_t i = 0; i < n->nderives; i++)
        if (message || b->bound->dests[n->derives[i].dest].field != b->registry->event_type)
            derives[bound->nderives++] = n->derives[i];
    if (own)
        memcpy(derives + bound->nderives, message->derives, own * sizeof *derives);
    bound->nderives = (uint16_t)(bound->nderives + own);
    bound->derives = bind_derives(b, derives, bound->nderives);
}

static void mark_lexer(struct argot_bound_bits *bits, const struct argot_lexer *lexer);
static void mark_block(struct argot_bound_bits *bits, const struct argot_block *block);

/* Every destination that a value may fill. */
static void
mark_value(struct argot_bound_bits *bits, const struct argot_value *value)
{
    for (unsigned t = 0; t < value->ntargets; t++)
        for (unsigned d = 0; d < value->targets[t].count; d++)
            if (value->targets[t].dests[d] != ARGOT_DROP)
                argot_bound_bit_set(bits, value->targets[t].dests[d]);
    if (value->lexer)
        mark_lexer(bits, value->lexer);
    if (value->block)
        mark_block(bits, value->block);
}

static void
mark_lexer(struct argot_bound_bits *bits, const struct argot_lexer *lexer)
{
    for (uint16_t i = 0; i < lexer->ntemplates; i++)
        for (uint16_t k = 0; k < lexer->templates[i].ncaptures; k++)
            mark_value(bits, lexer->templates[i].captures[k]);
}

static void
mark_block(struct argot_bound_bits *bits, const struct argot_block *block)
{
    for (uint16_t i = 0; i < block->nbindings; i++)
        if (block->bindings[i].value)
            mark_value(bits, block->bindings[i].value);
    if (block->kv && block->kv->bare_words)
        mark_value(bits, block->kv->bare_words);
}

/* What may be there although no message fitted: what the head or the record gives, and what follows from it. */
static void
mark_unmatched(struct argot_bound_bits *bits, const struct argot_normalizer *n)
{
    if (n->head)
        mark_lexer(bits, n->head);
    if (n->record)
        mark_block(bits, n->record);
    for (uint16_t i = 0; i < n->nderives; i++)
        argot_bound_bit_set(bits, n->derives[i].dest);
}

static bool
reads(const struct binder *b, const struct argot_derive *derives, uint16_t count, uint16_t dest)
{
    for (uint16_t i = 0; i < count; i++)
        for (uint16_t k = 0; k < derives[i].nsources; k++) {
            const struct argot_source *source = &derives[i].sources[k];
            if ((source->kind == ARGOT_SOURCE_DEST && source->dest == dest) ||
                (source->kind == ARGOT_SOURCE_FIELD && b->bound->dests[dest].field >= 0 &&
                 argot_schema_find(source->field) == b->bound->dests[dest].field))
                return true;
        }
    return false;
}

/* Finds the constants that have to lie in the level. */
static void
mark_live(const struct binder *b, struct argot_bound_message *bound)
{
    const struct argot_normalizer *n = b->bound->normalizer;
    const struct argot_message *message = bound->source;
    struct argot_bound_set *sets = (struct argot_bound_set *)bound->sets; /* made here a moment ago */
    bound->steps = n->ncases || (message && message->ncases);
    for (uint16_t i = 0; i < bound->nsets; i++) {
        sets[i].live = n->envelope || n->ncases || (message && message->ncases) || b->bound->dests[sets[i].dest].list ||
                       b->bound->dests[sets[i].dest].kind != ARGOT_DEST_FIELD ||
                       argot_bound_bit(&bound->dynamic, sets[i].dest) ||
                       reads(b, n->derives, n->nderives, sets[i].dest) ||
                       (message && reads(b, message->derives, message->nderives, sets[i].dest));
        bound->steps |= sets[i].live;
    }
}

static void
bind_messages(struct binder *b)
{
    const struct argot_normalizer *n = b->bound->normalizer;
    struct argot_bound_message *messages = allocate(b, (size_t)n->nmessages + 1, sizeof *messages);
    b->bound->messages = messages;
    for (uint16_t i = 0; !b->bad && i < n->nmessages; i++) {
        messages[i].source = &n->messages[i];
        messages[i].skip = n->messages[i].skip;
        messages[i].when = bind_condition(b, &n->messages[i].when);
        b->bound->conditional |= messages[i].when.count > 0;
        join_sets(b, &messages[i], &n->messages[i]);
        join_derives(b, &messages[i], &n->messages[i]);
        messages[i].cases = bind_cases(b, n->messages[i].cases, n->messages[i].ncases);
        for (uint16_t k = 0; k < n->messages[i].ndests; k++)
            argot_bound_bit_set(&messages[i].dynamic, n->messages[i].dests[k]);
        if (!b->bad)
            mark_live(b, &messages[i]);
    }
    if (b->bad)
        return;
    join_sets(b, &messages[n->nmessages], NULL);
    join_derives(b, &messages[n->nmessages], NULL);
    mark_unmatched(&messages[n->nmessages].dynamic, n);
    if (!b->bad)
        mark_live(b, &messages[n->nmessages]);
}

/* What a record of the format may begin with. */
static void
mark_begin(struct argot_bound *bound)
{
    const struct argot_normalizer *n = bound->normalizer;
    const struct argot_lexer *lexer = n->head ? n->head : n->body;
    if (n->kind == ARGOT_KIND_LINE && lexer) { /* which every such format has */
        memcpy(bound->begin, lexer->begin, sizeof bound->begin);
        bound->begins = n->abi >= ARGOT_ABI_BEGINS ? lexer->begins : NULL;
        return;
    }
    memset(bound->begin, 0xff, sizeof bound->begin);
    if (n->kind == ARGOT_KIND_JSON) {
        static const char begins[] = "{ \t\n\r"; /* blanks of JSON before it */
        memset(bound->begin[0], 0, sizeof bound->begin[0]);
        for (const char *c = begins; *c; c++)
            bound->begin[0][*c >> 6] |= UINT64_C(1) << (*c & 63);
    }
}

/* ---- blocks ---- */

/* The blocks of a format as they are met; each once. */
struct blocks {
    struct binder *b;
    struct argot_bound_block *list;
    uint32_t count, capacity;
};

static void find_in_lexer(struct blocks *blocks, const struct argot_lexer *lexer);
static void find_block(struct blocks *blocks, const struct argot_block *block);

static void
find_in_value(struct blocks *blocks, const struct argot_value *value)
{
    if (value && value->lexer)
        find_in_lexer(blocks, value->lexer);
    if (value && value->block)
        find_block(blocks, value->block);
}

static void
find_in_lexer(struct blocks *blocks, const struct argot_lexer *lexer)
{
    for (uint16_t i = 0; i < lexer->ntemplates; i++)
        for (uint16_t k = 0; k < lexer->templates[i].ncaptures; k++)
            find_in_value(blocks, lexer->templates[i].captures[k]);
}

static void
find_in_bindings(struct blocks *blocks, const struct argot_binding *bindings, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++)
        find_in_value(blocks, bindings[i].value);
}

static void
add_block(struct blocks *blocks, const struct argot_block *block)
{
    if (blocks->count == blocks->capacity) {
        uint32_t capacity = blocks->capacity ? blocks->capacity * 2 : 4;
        struct argot_bound_block *grown = allocate(blocks->b, capacity, sizeof *grown);
        if (!grown)
            return;
        if (blocks->count)
            memcpy(grown, blocks->list, blocks->count * sizeof *grown);
        blocks->list = grown;
        blocks->capacity = capacity;
    }
    blocks->list[blocks->count++].block = block;
}

static void
find_block(struct blocks *blocks, const struct argot_block *block)
{
    for (uint32_t i = 0; i < blocks->count; i++)
        if (blocks->list[i].block == block)
            return;
    add_block(blocks, block);
    find_in_bindings(blocks, block->bindings, block->nbindings);
    if (block->kv)
        find_in_value(blocks, block->kv->bare_words);
}

static void
find_in_cases(struct blocks *blocks, const struct argot_case *cases, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++) {
        find_in_bindings(blocks, cases[i].bindings, cases[i].nbindings);
        find_in_cases(blocks, cases[i].cases, cases[i].ncases);
    }
}

static void
find_blocks(struct blocks *blocks, const struct argot_normalizer *n)
{
    if (n->record)
        find_block(blocks, n->record);
    if (n->head)
        find_in_lexer(blocks, n->head);
    if (n->body)
        find_in_lexer(blocks, n->body);
    find_in_cases(blocks, n->cases, n->ncases);
    for (uint16_t i = 0; i < n->nmessages; i++)
        find_in_cases(blocks, n->messages[i].cases, n->messages[i].ncases);
}

static void
bind_columns(struct binder *b, struct argot_bound_block *bound)
{
    const struct argot_texts *names = &bound->block->csv->columns;
    uint16_t *columns = allocate(b, names->count, sizeof *columns);
    for (uint16_t i = 0; columns && i < names->count; i++)
        columns[i] = argot_picks_child(&b->registry->picks, 0, names->texts[i]);
    bound->flat.columns = columns;
}

/* Once all names that the format asks for are entered. */
static void
bind_blocks(struct binder *b)
{
    struct blocks blocks = {.b = b};
    find_blocks(&blocks, b->bound->normalizer);
    for (uint32_t i = 0; !b->bad && i < blocks.count; i++) {
        struct argot_bound_block *bound = &blocks.list[i];
        const struct argot_block *block = bound->block;
        bound->bindings = bind_bindings(b, block->bindings, block->nbindings, asks_of(b, block));
        if (block->detect)
            bound->detect = bind_condition(b, block->detect);
        bound->flat.number = b->registry->nblocks++;
        bound->flat.usable = argot_record_flat_fits(block) && !b->bound->case_columns;
    }
    for (uint32_t i = 0; !b->bad && i < blocks.count; i++)
        if (blocks.list[i].block->csv)
            bind_columns(b, &blocks.list[i]);
    b->bound->blocks = blocks.list;
    if (!b->bad && b->bound->normalizer->record)
        b->bound->detect = blocks.list[0].detect;
}

struct argot_bound *
argot_bound_new(struct argot_registry *registry, const struct argot_normalizer *n, char *why, size_t why_size)
{
    struct binder binder = {registry, NULL, why, why_size, false}, *b = &binder;
    if (!argot_check_normalizer(n, why, why_size))
        return NULL;
    struct argot_bound *bound = b->bound = allocate(b, 1, sizeof *bound);
    if (!bound)
        return NULL;
    bound->normalizer = n;
    bound->asks = argot_picks_format(&registry->picks, n->kind == ARGOT_KIND_JSON && !n->record->drop_unknown);
    bind_dests(b);
    if (!b->bad)
        bind_messages(b);
    bound->plain = n->kind == ARGOT_KIND_LINE && !n->head && !n->nskips && !bound->conditional;
    bound->cases = b->bad ? NULL : bind_cases(b, n->cases, n->ncases);
    bound->inside = allocate(b, n->ninside, sizeof *bound->inside);
    for (uint16_t i = 0; !b->bad && i < n->ninside; i++) {
        bound->inside[i] = bind_condition(b, &n->inside[i].when);
        bound->on_line |= !strcmp(n->inside[i].parent, "line");
    }
    if (!b->bad)
        bind_blocks(b);
    if (!b->bad && n->record && n->record->split)
        argot_picks_add(&registry->picks, n->record->split, bound->asks);
    mark_begin(bound);
    mark_absent(bound);
    return b->bad ? NULL : bound;
}
