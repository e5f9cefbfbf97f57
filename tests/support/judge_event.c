/* SPDX-License-Identifier: Apache-2.0
 * Events made by hand. Texts are copied without a byte more than they have. */
#include "judge_event.h"
#include "decode/decode.h"
#include <string.h>

#define NOON INT64_C(1767268800000000000) /* 2026-01-01T12:00:00Z, a Thursday */

void
judge_event_init(struct judge_event *made, struct argot_seam *seam, uint32_t number)
{
    memset(made, 0, sizeof *made);
    argot_arena_init(&made->arena, seam, 0);
    made->shape = (struct argot_shape){.number = number, .format = "test", .message = "test", .fields = made->fields};
    made->event = (struct argot_event){
        .shape = &made->shape, .time = NOON, .received = NOON, .slots = made->slots, .extra = made->extra};
}

void
judge_event_finish(struct judge_event *made)
{
    argot_arena_finish(&made->arena);
}

/* ---- fields ---- */

static bool
put(struct judge_event *made, uint16_t field, bool constant, const struct argot_slot *slot)
{
    struct argot_shape *shape = &made->shape;
    if (shape->count == JUDGE_EVENT_FIELDS)
        return false;
    uint16_t at = shape->count++;
    for (; at && made->fields[at - 1].field > field; at--)
        made->fields[at] = made->fields[at - 1];
    made->fields[at] = (struct argot_shape_field){.field = field, .constant = constant, .slot = *slot};
    if (constant)
        return true;
    made->fields[at].index = (uint8_t)shape->nslots;
    made->slots[shape->nslots] = *slot;
    made->event.present |= UINT64_C(1) << shape->nslots++;
    return true;
}

static struct argot_slice
copy(struct judge_event *made, const void *text, size_t length)
{
    char *bytes = argot_arena_copy(&made->arena, text, length);
    return (struct argot_slice){(const uint8_t *)bytes, (uint32_t)length};
}

static bool
read_value(struct judge_event *made, int field, const void *text, size_t length, struct argot_slot *slot)
{
    struct argot_decode decode = {.arena = &made->arena};
    enum argot_type type = (enum argot_type)argot_schema.fields[field].type;
    memset(slot, 0, sizeof *slot);
    return argot_decode_type(&decode, type, field, copy(made, text, length), slot) == ARGOT_DECODED;
}

static bool
read_list(struct judge_event *made, int field, const char *text, size_t length, struct argot_slot *slot)
{
    struct argot_slot *items = argot_arena_alloc(&made->arena, (length + 1) * sizeof *items);
    const char *end = text + length;
    slot->list.items = items;
    slot->list.count = 0;
    slot->list.unused = 0;
    for (const char *at = text; items && at < end; at++) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t count = (size_t)((comma ? comma : end) - at);
        if (!read_value(made, field, at, count, &items[slot->list.count++]))
            return false;
        at += count;
    }
    return items;
}

static bool
read_slot(struct judge_event *made, int field, const void *text, size_t length, struct argot_slot *slot)
{
    if (field < 0)
        return false;
    uint8_t type = argot_schema.fields[field].type;
    return type == ARGOT_TYPE_STRING_LIST || type == ARGOT_TYPE_IP_LIST ? read_list(made, field, text, length, slot)
                                                                        : read_value(made, field, text, length, slot);
}

bool
judge_event_set(struct judge_event *made, const char *name, const void *text, size_t length)
{
    struct argot_slot slot;
    int field = argot_schema_find(name);
    if (!read_slot(made, field, text, length, &slot))
        return false;
    if (!strcmp(name, "event_time")) {
        made->event.time = slot.i64;
        return true;
    }
    return put(made, (uint16_t)field, false, &slot);
}

bool
judge_event_constant(struct judge_event *made, const char *name, const char *text)
{
    struct argot_slot slot;
    int field = argot_schema_find(name);
    return read_slot(made, field, text, strlen(text), &slot) && put(made, (uint16_t)field, true, &slot);
}

bool
judge_event_slot(struct judge_event *made, const char *name, const struct argot_slot *slot)
{
    int field = argot_schema_find(name);
    return field >= 0 && put(made, (uint16_t)field, false, slot);
}

/* ---- extra ---- */

bool
judge_event_typed(struct judge_event *made, const char *key, enum argot_type type, const struct argot_slot *slot)
{
    if (made->event.nextra == JUDGE_EVENT_EXTRA)
        return false;
    made->extra[made->event.nextra++] = (struct argot_extra){
        .key = {(const uint8_t *)key, (uint32_t)strlen(key)}, .type = (uint8_t)type, .value = *slot};
    return true;
}

static bool
put_text(struct judge_event *made, const char *key, const void *text, size_t length, uint32_t flags)
{
    struct argot_slice bytes = copy(made, text, length);
    struct argot_slot slot = {.text = {bytes.at, bytes.length, flags}};
    return bytes.at && judge_event_typed(made, key, ARGOT_TYPE_STRING, &slot);
}

bool
judge_event_text(struct judge_event *made, const char *key, const char *text)
{
    return put_text(made, key, text, strlen(text), 0);
}

bool
judge_event_json(struct judge_event *made, const char *key, const void *json, size_t length)
{
    return put_text(made, key, json, length, ARGOT_SLOT_JSON);
}
