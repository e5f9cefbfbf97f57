/* SPDX-License-Identifier: Apache-2.0
 * Types of event and their fields, read off the tables of all messages. A message's fields are its own, those of the
 * format's common part and those of any envelope around it; its types are all that something may set event_type to. */
#include "normalize/emits.h"
#include "normalize/bound.h"
#include <string.h>

struct argot_emits {
    struct argot_seam *seam;
    uint16_t ntypes, nfields;
    int event_type;
    bool *types;  /* ntypes */
    bool *fields; /* ntypes * nfields */
    bool *message_types, *message_fields;
};

/* ---- what one message may set event_type to ---- */

static void
add_text(struct argot_emits *emits, struct argot_slice text)
{
    int type = argot_schema_enum((uint16_t)emits->event_type, text.at, text.length);
    if (type >= 0)
        emits->message_types[type] = true;
}

static void
add_map(struct argot_emits *emits, const struct argot_map *map)
{
    for (uint16_t i = 0; map && i < map->count; i++)
        add_text(emits, map->pairs[i].value);
}

static void
add_all(struct argot_emits *emits)
{
    for (uint16_t i = 0; i < emits->ntypes; i++)
        emits->message_types[i] = true;
}

static void
add_field(struct argot_emits *emits, const struct argot_bound *bound, uint16_t dest)
{
    if (dest < bound->normalizer->ndests && bound->dests[dest].field >= 0)
        emits->message_fields[bound->dests[dest].field] = true;
}

static void
add_sets(struct argot_emits *emits, const struct argot_bound *bound, const struct argot_set *sets, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++) {
        add_field(emits, bound, sets[i].dest);
        if (sets[i].dest == bound->dest_of_field[emits->event_type])
            add_text(emits, sets[i].text);
    }
}

static void
add_derives(struct argot_emits *emits, const struct argot_bound *bound, const struct argot_derive *derives,
            uint16_t count)
{
    for (uint16_t i = 0; i < count; i++) {
        add_field(emits, bound, derives[i].dest);
        if (derives[i].dest != bound->dest_of_field[emits->event_type])
            continue;
        for (uint16_t j = 0; j < derives[i].nranges; j++)
            add_text(emits, derives[i].ranges[j].text);
        add_map(emits, derives[i].map);
        add_map(emits, derives[i].contains);
        if (derives[i].otherwise == ARGOT_ELSE_TEXT)
            add_text(emits, derives[i].otherwise_text);
        if (derives[i].otherwise == ARGOT_ELSE_KEEP)
            add_all(emits);
    }
}

static void
add_cases(struct argot_emits *emits, const struct argot_bound *bound, const struct argot_case *cases, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++) {
        add_sets(emits, bound, cases[i].sets, cases[i].nsets);
        add_derives(emits, bound, cases[i].derives, cases[i].nderives);
        add_cases(emits, bound, cases[i].cases, cases[i].ncases);
    }
}

/* ---- captures ---- */

/* Whether a value may go to event_type: then any text of its map, or any type at all. */
static void
add_value(struct argot_emits *emits, const struct argot_bound *bound, const struct argot_value *value)
{
    for (uint8_t i = 0; value && i < value->ntargets; i++)
        for (uint16_t j = 0; j < value->targets[i].count; j++) {
            if (value->targets[i].dests[j] != bound->dest_of_field[emits->event_type])
                continue;
            add_map(emits, value->map);
            if (!value->map || value->otherwise == ARGOT_ELSE_KEEP)
                add_all(emits);
            if (value->otherwise == ARGOT_ELSE_TEXT)
                add_text(emits, value->otherwise_text);
        }
}

static void
add_block(struct argot_emits *emits, const struct argot_bound *bound, const struct argot_block *block)
{
    for (uint16_t i = 0; block && i < block->nbindings; i++)
        add_value(emits, bound, block->bindings[i].value);
}

static void
add_lexer(struct argot_emits *emits, const struct argot_bound *bound, const struct argot_lexer *lexer)
{
    for (uint16_t i = 0; lexer && i < lexer->ntemplates; i++)
        for (uint16_t j = 0; j < lexer->templates[i].ncaptures; j++)
            add_value(emits, bound, lexer->templates[i].captures[j]);
}

/* ---- messages ---- */

/* An envelope's fields come along, whatever its message. */
static void
add_envelope(struct argot_emits *emits, const struct argot_bound *bound)
{
    for (uint16_t i = 0; i < bound->normalizer->ndests; i++)
        add_field(emits, bound, i);
    add_sets(emits, bound, bound->normalizer->sets, bound->normalizer->nsets);
    for (uint16_t i = 0; i < bound->normalizer->nmessages; i++)
        add_sets(emits, bound, bound->normalizer->messages[i].sets, bound->normalizer->messages[i].nsets);
}

static void
add_envelopes(struct argot_emits *emits, const struct argot_registry *registry, const struct argot_bound *bound,
              unsigned depth)
{
    for (uint16_t i = 0; i < bound->normalizer->ninside && depth < ARGOT_BOUND_MAX_DEPTH; i++) {
        const struct argot_bound *parent = argot_bound_parent(registry, &bound->normalizer->inside[i]);
        if (!parent)
            continue;
        add_envelope(emits, parent);
        add_envelopes(emits, registry, parent, depth + 1);
    }
}

static void
add_message(struct argot_emits *emits, const struct argot_registry *registry, const struct argot_bound *bound,
            const struct argot_message *message)
{
    const struct argot_normalizer *n = bound->normalizer;
    memset(emits->message_types, 0, emits->ntypes);
    memset(emits->message_fields, 0, emits->nfields);
    for (uint16_t i = 0; i < message->ndests; i++)
        add_field(emits, bound, message->dests[i]);
    add_envelopes(emits, registry, bound, 0);
    add_sets(emits, bound, n->sets, n->nsets);
    add_derives(emits, bound, n->derives, n->nderives);
    add_cases(emits, bound, n->cases, n->ncases);
    add_sets(emits, bound, message->sets, message->nsets);
    add_derives(emits, bound, message->derives, message->nderives);
    add_cases(emits, bound, message->cases, message->ncases);
    add_lexer(emits, bound, n->head);
    add_lexer(emits, bound, n->body);
    add_block(emits, bound, n->record);
    emits->message_types[registry->unknown_type] = true;
    for (uint16_t type = 0; type < emits->ntypes; type++) {
        if (!emits->message_types[type])
            continue;
        emits->types[type] = true;
        for (uint16_t field = 0; field < emits->nfields; field++)
            if (emits->message_fields[field])
                emits->fields[(size_t)type * emits->nfields + field] = true;
    }
}

/* ---- the whole ---- */

static void *
take(struct argot_seam *seam, size_t count)
{
    void *memory = seam->allocate(seam, count ? count : 1);
    if (memory)
        memset(memory, 0, count);
    return memory;
}

/* Formats from `begin` up to `end`. */
static struct argot_emits *
make(struct argot_registry *registry, size_t begin, size_t end)
{
    struct argot_seam *seam = registry->seam;
    struct argot_emits *emits = take(seam, sizeof *emits);
    if (!emits || registry->event_type < 0) {
        seam->release(seam, emits);
        return NULL;
    }
    emits->seam = seam;
    emits->event_type = registry->event_type;
    emits->ntypes = argot_schema.fields[registry->event_type].nvalues;
    emits->nfields = argot_schema.count;
    emits->types = take(seam, emits->ntypes);
    emits->message_types = take(seam, emits->ntypes);
    emits->message_fields = take(seam, emits->nfields);
    emits->fields = take(seam, (size_t)emits->ntypes * emits->nfields);
    if (!emits->types || !emits->message_types || !emits->message_fields || !emits->fields) {
        argot_emits_free(emits);
        return NULL;
    }
    for (size_t i = begin; i < end; i++)
        for (uint16_t j = 0; j < registry->bound[i]->normalizer->nmessages; j++)
            add_message(emits, registry, registry->bound[i], &registry->bound[i]->normalizer->messages[j]);
    return emits;
}

struct argot_emits *
argot_emits_new(struct argot_registry *registry)
{
    return make(registry, 0, registry->count);
}

struct argot_emits *
argot_emits_of(struct argot_registry *registry, size_t index)
{
    return make(registry, index, index + 1);
}

void
argot_emits_free(struct argot_emits *emits)
{
    if (!emits)
        return;
    emits->seam->release(emits->seam, emits->types);
    emits->seam->release(emits->seam, emits->fields);
    emits->seam->release(emits->seam, emits->message_types);
    emits->seam->release(emits->seam, emits->message_fields);
    emits->seam->release(emits->seam, emits);
}

bool
argot_emits_type(const struct argot_emits *emits, uint16_t type)
{
    return type < emits->ntypes && emits->types[type];
}

bool
argot_emits_field(const struct argot_emits *emits, uint16_t type, uint16_t field)
{
    return type < emits->ntypes && field < emits->nfields && emits->fields[(size_t)type * emits->nfields + field];
}
