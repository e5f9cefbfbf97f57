/* SPDX-License-Identifier: Apache-2.0
 * Values lie in slots, as those of log lines do, so that a test runs through the same code; what is more than a shape
 * has slots for becomes constants. Members of objects in extra become JSON, as they are when JSON was read. */
#include "cli/rule_event.h"
#include "output/json.h"
#include <stdlib.h>

#define FORMAT_NAME "test"

/* ---- fields ---- */

static int
by_field(const void *a, const void *b)
{
    const struct argot_shape_field *x = a, *y = b;
    return x->field < y->field ? -1 : x->field > y->field;
}

static bool
is_list(uint16_t field)
{
    uint8_t type = argot_schema.fields[field].type;
    return type == ARGOT_TYPE_STRING_LIST || type == ARGOT_TYPE_IP_LIST;
}

/* All that was written for one field: of a list each is an item, else the last holds. */
static bool
take_value(struct argot_arena *arena, const struct argot_plan_step *step, uint16_t field, struct argot_slot *slot)
{
    uint32_t count = 0;
    struct argot_slot *items = argot_arena_alloc(arena, step->nassignments * sizeof *items);
    if (!items)
        return false;
    for (uint32_t i = 0; i < step->nassignments; i++)
        if (!step->assignments[i].npath && step->assignments[i].field == field)
            items[count++] = step->assignments[i].value.slot;
    if (is_list(field))
        *slot = (struct argot_slot){.list = {.items = items, .count = count}};
    else
        *slot = items[count - 1];
    return true;
}

static bool
is_first(const struct argot_plan_step *step, uint32_t at)
{
    for (uint32_t i = 0; i < at; i++)
        if (!step->assignments[i].npath && step->assignments[i].field == step->assignments[at].field)
            return false;
    return true;
}

static bool
make_fields(struct argot_arena *arena, const struct argot_plan_step *step, struct argot_event *event,
            struct argot_shape *shape)
{
    struct argot_shape_field *fields = argot_arena_zalloc(arena, step->nassignments + 1u, sizeof *fields);
    if (!fields)
        return false;
    int event_type = argot_schema_find("event_type"), event_time = argot_schema_find("event_time"),
        ingest_time = argot_schema_find("event_ingest_time");
    shape->fields = fields;
    fields[shape->count++] =
        (struct argot_shape_field){.field = (uint16_t)event_type, .constant = true, .slot = {.u64 = step->type}};
    for (uint32_t i = 0; i < step->nassignments; i++) {
        struct argot_shape_field one = {.field = step->assignments[i].field, .constant = true};
        if (step->assignments[i].npath || !is_first(step, i))
            continue;
        if (!take_value(arena, step, one.field, &one.slot))
            return false;
        if (one.field == event_time)
            event->time = one.slot.i64;
        else if (one.field == ingest_time)
            event->received = one.slot.i64;
        else
            fields[shape->count++] = one;
    }
    qsort(fields, shape->count, sizeof *fields, by_field);
    for (uint16_t i = 0; i < shape->count && shape->nslots < ARGOT_SHAPE_MAX_SLOTS; i++) {
        if (fields[i].field == event_type)
            continue;
        fields[i].constant = false;
        fields[i].index = (uint8_t)shape->nslots++;
        event->slots[fields[i].index] = fields[i].slot;
        event->present |= UINT64_C(1) << fields[i].index;
    }
    return true;
}

/* ---- extra ---- */

static uint8_t
type_of(const struct argot_expr_constant *value)
{
    switch (value->type) {
    case ARGOT_EXPR_WHOLE_TYPE:
        return value->large ? ARGOT_TYPE_UINT : ARGOT_TYPE_INT;
    case ARGOT_EXPR_REAL_TYPE:
        return ARGOT_TYPE_FLOAT;
    case ARGOT_EXPR_BOOL_TYPE:
        return ARGOT_TYPE_BOOL;
    case ARGOT_EXPR_ADDRESS_TYPE:
        return ARGOT_TYPE_IP;
    case ARGOT_EXPR_TIME_TYPE:
        return ARGOT_TYPE_TIMESTAMP;
    case ARGOT_EXPR_DURATION_TYPE:
        return ARGOT_TYPE_DURATION;
    case ARGOT_EXPR_MAC_TYPE:
        return ARGOT_TYPE_MAC;
    default:
        return ARGOT_TYPE_STRING;
    }
}

static bool
same_text(const struct argot_expr_text *a, const struct argot_expr_text *b)
{
    return a->length == b->length && (!a->length || !memcmp(a->at, b->at, a->length));
}

/* Whether two paths have the same first parts. */
static bool
same_begin(const struct argot_plan_assignment *a, const struct argot_plan_assignment *b, uint16_t parts)
{
    if (a->npath < parts || b->npath < parts)
        return false;
    for (uint16_t i = 0; i < parts; i++)
        if (!same_text(&a->path[i], &b->path[i]))
            return false;
    return true;
}

/* Whether no assignment before has the same parts. */
static bool
is_new(const struct argot_plan_step *step, uint32_t at, uint16_t parts)
{
    for (uint32_t i = 0; i < at; i++)
        if (same_begin(&step->assignments[i], &step->assignments[at], parts))
            return false;
    return true;
}

/* The value at the first `parts` of a path: its own, or an object of all that begins so. A path has at most 32. */
// NOLINTNEXTLINE(misc-no-recursion)
static void
write_value(const struct argot_plan_step *step, uint32_t at, uint16_t parts, struct argot_buffer *out)
{
    const struct argot_plan_assignment *one = &step->assignments[at];
    if (one->npath == parts) {
        argot_json_value((enum argot_type)type_of(&one->value), ARGOT_NONE, &one->value.slot, out);
        return;
    }
    bool first = true;
    argot_buffer_append_byte(out, '{');
    for (uint32_t i = at; i < step->nassignments; i++) {
        const struct argot_plan_assignment *member = &step->assignments[i];
        if (!same_begin(one, member, parts) || member->npath == parts || !is_new(step, i, (uint16_t)(parts + 1)))
            continue;
        argot_buffer_append_text(out, first ? "" : ",");
        argot_json_string((const uint8_t *)member->path[parts].at, member->path[parts].length, out);
        argot_buffer_append_byte(out, ':');
        write_value(step, i, (uint16_t)(parts + 1), out);
        first = false;
    }
    argot_buffer_append_byte(out, '}');
}

static bool
make_member(struct argot_arena *arena, const struct argot_plan_step *step, uint32_t at, struct argot_extra *member)
{
    const struct argot_plan_assignment *one = &step->assignments[at];
    member->key = (struct argot_slice){(const uint8_t *)one->path[0].at, one->path[0].length};
    member->type = type_of(&one->value);
    member->value = one->value.slot;
    if (one->npath == 1)
        return true;
    struct argot_buffer json;
    argot_buffer_init(&json, arena->seam);
    write_value(step, at, 1, &json);
    char *text = json.failed ? NULL : argot_arena_copy(arena, (const char *)json.bytes, json.length);
    member->type = ARGOT_TYPE_STRING;
    member->value = (struct argot_slot){
        .text = {.at = (const uint8_t *)text, .length = (uint32_t)json.length, .flags = ARGOT_SLOT_JSON}};
    argot_buffer_finish(&json);
    return text != NULL;
}

static bool
make_extra(struct argot_arena *arena, const struct argot_plan_step *step, struct argot_event *event)
{
    struct argot_extra *extra = argot_arena_zalloc(arena, step->nassignments, sizeof *extra);
    event->extra = extra;
    for (uint32_t i = 0; extra && i < step->nassignments; i++)
        if (step->assignments[i].npath && is_new(step, i, 1) && !make_member(arena, step, i, &extra[event->nextra++]))
            return false;
    return extra != NULL;
}

struct argot_event *
argot_rule_event_make(struct argot_arena *arena, const struct argot_plan_step *step, argot_time time, uint32_t number)
{
    struct argot_event *event = argot_arena_zalloc(arena, 1, sizeof *event);
    struct argot_shape *shape = argot_arena_zalloc(arena, 1, sizeof *shape);
    struct argot_slot *slots = argot_arena_zalloc(arena, ARGOT_SHAPE_MAX_SLOTS, sizeof *slots);
    if (!event || !shape || !slots)
        return NULL;
    *shape = (struct argot_shape){.number = number, .format = FORMAT_NAME, .version = 1, .message = ""};
    event->shape = shape;
    event->slots = slots;
    event->time = event->received = time;
    return make_fields(arena, step, event, shape) && make_extra(arena, step, event) ? event : NULL;
}
