/* SPDX-License-Identifier: Apache-2.0
 * Events for the tests of the writers, put together by field name against the schema as it is. */
#pragma once
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "event/event.h"

#define CASE_MAX_FIELDS 64

struct case_event {
    struct argot_event event;
    struct argot_shape shape;
    struct argot_shape_field fields[CASE_MAX_FIELDS];
    struct argot_slot slots[CASE_MAX_FIELDS];
    struct argot_extra extra[CASE_MAX_FIELDS];
};

static inline uint16_t
case_field(const char *name)
{
    int field = argot_schema_find(name);
    ck_assert_msg(field >= 0, "the schema has no field %s", name);
    return (uint16_t)field;
}

/* 2026-03-03T10:00:01Z */
#define CASE_TIME 1772532001000000000

static inline void
case_init(struct case_event *it)
{
    memset(it, 0, sizeof *it);
    it->shape = (struct argot_shape){.format = "sshd", .version = 3, .message = "login", .fields = it->fields};
    it->event = (struct argot_event){.shape = &it->shape,
                                     .time = CASE_TIME,
                                     .received = CASE_TIME + 2000000000,
                                     .slots = it->slots,
                                     .extra = it->extra,
                                     .record = 7,
                                     .line = 9};
}

/* Room for a field at its place in schema order. */
static inline struct argot_shape_field *
case_entry(struct case_event *it, const char *name)
{
    uint16_t field = case_field(name), i = it->shape.count++;
    ck_assert_uint_lt(i, CASE_MAX_FIELDS);
    for (; i && it->fields[i - 1].field > field; i--)
        it->fields[i] = it->fields[i - 1];
    it->fields[i] = (struct argot_shape_field){.field = field};
    return &it->fields[i];
}

static inline struct argot_slot *
case_slot(struct case_event *it, const char *name)
{
    struct argot_shape_field *entry = case_entry(it, name);
    entry->index = (uint8_t)it->shape.nslots++;
    it->event.present |= 1ull << entry->index;
    return &it->slots[entry->index];
}

static inline struct argot_slot *
case_constant(struct case_event *it, const char *name)
{
    struct argot_shape_field *entry = case_entry(it, name);
    entry->constant = true;
    return &entry->slot;
}

static inline struct argot_slot
case_bytes(const void *text, size_t length)
{
    return (struct argot_slot){.text = {.at = text, .length = (uint32_t)length}};
}

static inline struct argot_slot
case_text(const char *text)
{
    return case_bytes(text, strlen(text));
}

static inline struct argot_slot
case_json(const char *text)
{
    struct argot_slot slot = case_text(text);
    slot.text.flags = ARGOT_SLOT_JSON;
    return slot;
}

static inline struct argot_slot
case_enum(const char *field, const char *value)
{
    int number = argot_schema_enum(case_field(field), (const uint8_t *)value, strlen(value));
    ck_assert_msg(number >= 0, "%s has no value %s", field, value);
    return (struct argot_slot){.u64 = (uint64_t)number};
}

static inline struct argot_slot
case_ipv4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    return (struct argot_slot){.ip = {[10] = 0xff, [11] = 0xff, [12] = a, [13] = b, [14] = c, [15] = d}};
}

static inline void
case_extra(struct case_event *it, const char *key, enum argot_type type, struct argot_slot value)
{
    ck_assert_uint_lt(it->event.nextra, CASE_MAX_FIELDS);
    it->extra[it->event.nextra++] =
        (struct argot_extra){{(const uint8_t *)key, (uint32_t)strlen(key)}, (uint8_t)type, value};
}

/* A login: constants, text, enum, address, number. */
static inline void
case_login(struct case_event *it)
{
    case_init(it);
    *case_constant(it, "event_type") = case_enum("event_type", "AUTH_LOGIN");
    *case_slot(it, "event_outcome") = case_enum("event_outcome", "failure");
    *case_slot(it, "process_name") = case_text("sshd");
    *case_slot(it, "user_name") = case_text("root");
    *case_slot(it, "source_ip") = case_ipv4(192, 0, 2, 1);
    *case_slot(it, "source_port") = (struct argot_slot){.u64 = 40022};
    it->event.raw = (struct argot_slice){(const uint8_t *)"raw \"text\"", 10};
}
