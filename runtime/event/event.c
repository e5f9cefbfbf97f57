/* SPDX-License-Identifier: Apache-2.0
 * Reading events by schema field, and the names of the reasons of dead letters. */
#include "event/event.h"
#include <string.h>

/* The two times that an event keeps outside its slots. */
static const struct argot_slot *
own_time(const struct argot_event *event, uint16_t field)
{
    if (field >= argot_schema.count || argot_schema.fields[field].type != ARGOT_TYPE_TIMESTAMP)
        return NULL;
    const char *name = argot_schema.fields[field].name;
    if (!strcmp(name, "event_time"))
        return &event->time_slot;
    return strcmp(name, "event_ingest_time") ? NULL : &event->received_slot;
}

const struct argot_slot *
argot_event_get(const struct argot_event *event, uint16_t field)
{
    const struct argot_shape *shape = event->shape;
    unsigned low = 0, high = shape->count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        const struct argot_shape_field *entry = &shape->fields[middle];
        if (entry->field < field) {
            low = middle + 1;
        } else if (entry->field > field) {
            high = middle;
        } else if (entry->constant) {
            return &entry->slot;
        } else if (event->present >> entry->index & 1) {
            return &event->slots[entry->index];
        } else {
            break;
        }
    }
    return own_time(event, field);
}

const char *
argot_letter_reason_name(enum argot_letter_reason reason)
{
    static const char *const names[] = {[ARGOT_LETTER_NONE] = "none",
#define X(name, text) [ARGOT_LETTER_##name] = text,
                                        ARGOT_LETTER_REASONS(X)
#undef X
    };
    return (unsigned)reason < ARGOT_LETTER_COUNT ? names[reason] : names[ARGOT_LETTER_NONE];
}
