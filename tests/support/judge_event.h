/* SPDX-License-Identifier: Apache-2.0
 * Events made by hand, field by field. */
#pragma once
#include "base/arena.h"
#include "event/event.h"

#define JUDGE_EVENT_FIELDS ARGOT_SHAPE_MAX_SLOTS
#define JUDGE_EVENT_EXTRA 32

struct judge_event {
    struct argot_event event;
    struct argot_shape shape;
    struct argot_shape_field fields[JUDGE_EVENT_FIELDS];
    struct argot_slot slots[JUDGE_EVENT_FIELDS];
    struct argot_extra extra[JUDGE_EVENT_EXTRA];
    struct argot_arena arena;
};

/* The event has its times and nothing else. number: of its shape. */
void judge_event_init(struct judge_event *made, struct argot_seam *seam, uint32_t number);
void judge_event_finish(struct judge_event *made);
/* A field by its type's own text; items of a list stand between commas, "" is a list without items. False: no such
 * field, no such value, no room. event_time becomes the event's. */
bool judge_event_set(struct judge_event *made, const char *name, const void *text, size_t length);
/* The same value for every event of the shape. */
bool judge_event_constant(struct judge_event *made, const char *name, const char *text);
/* A slot as it is. */
bool judge_event_slot(struct judge_event *made, const char *name, const struct argot_slot *slot);
/* A member of extra: a text, JSON text, or a slot of a type. The key must outlive the event. */
bool judge_event_text(struct judge_event *made, const char *key, const char *text);
bool judge_event_json(struct judge_event *made, const char *key, const void *json, size_t length);
bool judge_event_typed(struct judge_event *made, const char *key, enum argot_type type, const struct argot_slot *slot);
