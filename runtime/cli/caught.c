/* SPDX-License-Identifier: Apache-2.0
 * Copies of alerts, with all their texts, since alerts live no longer than the call that tells them. */
#include "cli/caught.h"
#include <string.h>

#define FIRST_ALERTS 64

void
argot_caught_init(struct argot_caught *caught, struct argot_seam *seam)
{
    *caught = (struct argot_caught){0};
    argot_arena_init(&caught->arena, seam, 0);
}

void
argot_caught_finish(struct argot_caught *caught)
{
    struct argot_seam *seam = caught->arena.seam;
    seam->release(seam, caught->alerts);
    argot_arena_finish(&caught->arena);
    argot_caught_init(caught, seam);
}

/* ---- copies; false: no memory ---- */

static bool
copy_bytes(struct argot_arena *arena, const uint8_t **at, uint32_t length)
{
    *at = (const uint8_t *)argot_arena_copy(arena, (const char *)*at, length);
    return *at != NULL;
}

static bool
copy_list(struct argot_arena *arena, bool texts, struct argot_slot *slot)
{
    struct argot_slot *items = argot_arena_alloc(arena, slot->list.count * sizeof *items);
    if (!items)
        return false;
    for (uint32_t i = 0; i < slot->list.count; i++) {
        items[i] = slot->list.items[i];
        if (texts && !copy_bytes(arena, &items[i].text.at, items[i].text.length))
            return false;
    }
    slot->list.items = items;
    return true;
}

static bool
copy_slot(struct argot_arena *arena, enum argot_type type, struct argot_slot *slot)
{
    switch (type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        return copy_bytes(arena, &slot->text.at, slot->text.length);
    case ARGOT_TYPE_STRING_LIST:
    case ARGOT_TYPE_IP_LIST:
        return copy_list(arena, type == ARGOT_TYPE_STRING_LIST, slot);
    default:
        return true;
    }
}

static bool
copy_fields(struct argot_arena *arena, struct argot_alert *alert)
{
    struct argot_alert_field *fields = argot_arena_alloc(arena, alert->nfields * sizeof *fields);
    if (!fields)
        return false;
    for (uint32_t i = 0; i < alert->nfields; i++) {
        fields[i] = alert->fields[i];
        if (!copy_slot(arena, (enum argot_type)argot_schema.fields[fields[i].field].type, &fields[i].slot))
            return false;
    }
    alert->fields = fields;
    return true;
}

static bool
copy_extra(struct argot_arena *arena, const struct argot_extra **extra, uint32_t count)
{
    struct argot_extra *members = argot_arena_alloc(arena, count * sizeof *members);
    if (!members)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        members[i] = (*extra)[i];
        if ((members[i].key.at && !copy_bytes(arena, &members[i].key.at, members[i].key.length)) ||
            !copy_slot(arena, (enum argot_type)members[i].type, &members[i].value))
            return false;
    }
    *extra = members;
    return true;
}

static bool
copy_values(struct argot_arena *arena, struct argot_alert *alert)
{
    struct argot_alert_values *values = argot_arena_alloc(arena, alert->nvalues * sizeof *values);
    if (!values)
        return false;
    for (uint32_t i = 0; i < alert->nvalues; i++) {
        values[i] = alert->values[i];
        if (!copy_extra(arena, &values[i].values, values[i].count) ||
            (values[i].name && !(values[i].name = argot_arena_copy(arena, values[i].name, strlen(values[i].name)))))
            return false;
    }
    alert->values = values;
    return true;
}

static struct argot_alert *
copy(struct argot_arena *arena, const struct argot_alert *alert)
{
    struct argot_alert *made = argot_arena_alloc(arena, sizeof *made);
    const char **tags = argot_arena_alloc(arena, alert->ntags * sizeof *tags);
    if (!made || !tags)
        return NULL;
    *made = *alert;
    made->causes = NULL;
    made->ncauses = 0;
    made->tags = tags;
    made->rule_name = argot_arena_copy(arena, alert->rule_name, strlen(alert->rule_name));
    bool good = made->rule_name;
    for (uint32_t i = 0; good && i < alert->ntags; i++)
        good = (tags[i] = argot_arena_copy(arena, alert->tags[i], strlen(alert->tags[i])));
    good =
        good && copy_fields(arena, made) && copy_extra(arena, &made->extra, made->nextra) && copy_values(arena, made);
    return good ? made : NULL;
}

/* ---- the list ---- */

static bool
has_room(struct argot_caught *caught)
{
    struct argot_seam *seam = caught->arena.seam;
    if (caught->count < caught->capacity)
        return true;
    if (caught->count >= ARGOT_CAUGHT_MAX)
        return false;
    size_t capacity = caught->capacity ? caught->capacity * 2 : FIRST_ALERTS, bytes = capacity * sizeof *caught->alerts;
    struct argot_alert **alerts =
        caught->alerts ? seam->resize(seam, caught->alerts, bytes) : seam->allocate(seam, bytes);
    if (!alerts)
        return false;
    caught->alerts = alerts;
    caught->capacity = capacity;
    return true;
}

void
argot_caught_add(void *context, const struct argot_alert *alert)
{
    struct argot_caught *caught = context;
    struct argot_alert *made = has_room(caught) ? copy(&caught->arena, alert) : NULL;
    if (made)
        caught->alerts[caught->count++] = made;
    else
        caught->missed++;
}
