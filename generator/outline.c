/* SPDX-License-Identifier: Apache-2.0
 * The outline of a format, copied out of its model. */
#include "generator/outline.h"
#include "generator/compile.h"
#include <string.h>

static void *
allocate(struct argot_arena *arena, size_t count, size_t size)
{
    void *memory = argot_arena_zalloc(arena, count + 1, size);
    if (!memory)
        argot_gen_out_of_memory();
    return memory;
}

static const char *
copy(struct argot_arena *arena, const char *text)
{
    const char *bytes = argot_arena_copy(arena, text, strlen(text));
    if (!bytes)
        argot_gen_out_of_memory();
    return bytes;
}

static bool
comes_before(const struct argot_gen_member *a, const struct argot_gen_member *b)
{
    if (a->extra || b->extra)
        return !a->extra && b->extra;
    return a->order < b->order;
}

/* Members of extra stay in the order in which they were met. */
static void
insert(struct argot_gen_members *members, const struct argot_gen_member *member)
{
    for (size_t i = 0; i < members->count; i++)
        if (members->list[i].extra == member->extra && !strcmp(members->list[i].name, member->name))
            return;
    size_t at = members->count++;
    for (; at && comes_before(member, &members->list[at - 1]); at--)
        members->list[at] = members->list[at - 1];
    members->list[at] = *member;
}

void
argot_gen_members_add(struct argot_arena *arena, struct argot_gen_members *members,
                      const struct argot_gen_members *more)
{
    struct argot_gen_member *list = allocate(arena, members->count + more->count, sizeof *list);
    if (members->count)
        memcpy(list, members->list, members->count * sizeof *list);
    members->list = list;
    for (size_t i = 0; i < more->count; i++)
        insert(members, &more->list[i]);
}

static void
add_field(struct argot_arena *arena, const struct argot_gen *gen, struct argot_gen_members *members, const char *name)
{
    const struct argot_gen_schema_field *field = argot_gen_schema_find(gen->schema, name);
    struct argot_gen_member member = {.name = copy(arena, name)};
    if (!field)
        return;
    member.type = (uint8_t)field->type;
    member.order = (uint32_t)(field - gen->schema->fields);
    insert(members, &member);
}

static void
add_dest(struct argot_arena *arena, const struct argot_gen *gen, struct argot_gen_members *members, uint16_t number)
{
    const struct argot_dest *dest = &gen->dests[number];
    struct argot_gen_member member = {.name = dest->name, .extra = true, .type = dest->type};
    if (dest->kind == ARGOT_DEST_FIELD)
        add_field(arena, gen, members, dest->name);
    if (dest->kind != ARGOT_DEST_EXTRA)
        return;
    member.name = copy(arena, dest->name);
    insert(members, &member);
}

static void
add_sets(struct argot_arena *arena, const struct argot_gen *gen, struct argot_gen_members *members,
         const struct argot_set *sets, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++)
        add_dest(arena, gen, members, sets[i].dest);
}

static void
outline_messages(struct argot_arena *arena, struct argot_gen *gen, struct argot_gen_outline *outline)
{
    const struct argot_normalizer *n = &gen->normalizer;
    outline->nmessages = n->nmessages;
    outline->messages = allocate(arena, n->nmessages, sizeof *outline->messages);
    outline->each = allocate(arena, n->nmessages, sizeof *outline->each);
    for (uint16_t i = 0; i < n->nmessages; i++) {
        const struct argot_message *message = &n->messages[i];
        struct argot_gen_members *members = &outline->each[i];
        members->list = allocate(arena, gen->ndests, sizeof *members->list);
        outline->messages[i] = copy(arena, message->id);
        for (uint16_t k = 0; k < message->ndests; k++)
            add_dest(arena, gen, members, message->dests[k]);
        add_sets(arena, gen, members, n->sets, n->nsets);
        add_sets(arena, gen, members, message->sets, message->nsets);
    }
}

struct argot_gen_outline *
argot_gen_outline_make(struct argot_arena *arena, struct argot_gen *gen)
{
    const struct argot_normalizer *n = &gen->normalizer;
    struct argot_gen_outline *outline = allocate(arena, 1, sizeof *outline);
    outline->name = copy(arena, n->name);
    outline->title = copy(arena, n->title);
    outline->version = n->version;
    outline->all.list = allocate(arena, gen->ndests, sizeof *outline->all.list);
    for (size_t i = 0; i < gen->ndests; i++)
        add_dest(arena, gen, &outline->all, (uint16_t)i);
    outline->always.list = allocate(arena, 2, sizeof *outline->always.list);
    add_field(arena, gen, &outline->always, "event_type");
    add_field(arena, gen, &outline->always, "event_time");
    outline_messages(arena, gen, outline);
    outline->envelopes = allocate(arena, n->ninside, sizeof *outline->envelopes);
    for (uint16_t i = 0; i < n->ninside; i++) {
        const char *path = strcmp(n->inside[i].parent, "line") ? argot_gen_format_path(gen, n->inside[i].parent) : NULL;
        if (path)
            outline->envelopes[outline->nenvelopes++] = copy(arena, path);
    }
    return outline;
}
