/* SPDX-License-Identifier: Apache-2.0
 * Lends events to an engine: what it read of them becomes garbage when they are called back. For sources numbered 0. */
#pragma once
#include "correlate/engine.h"
#include <string.h>

#define LENDER_MOST 4u
#define LENDER_TEXT 16u /* bytes of a text, at most */

struct lender {
    uint32_t most, count; /* so many events are lent before they are called back; 0: none is lent */
    struct argot_event events[LENDER_MOST];
    struct argot_slot slots[LENDER_MOST][ARGOT_SHAPE_MAX_SLOTS];
    uint8_t texts[LENDER_MOST][ARGOT_SHAPE_MAX_SLOTS][LENDER_TEXT];
};

static inline bool
lender_call_back(struct lender *lender, struct argot_engine *engine)
{
    bool good = !lender->count || argot_engine_recall(engine, 0);
    memset(lender->events, 0x5a, sizeof lender->events);
    memset(lender->slots, 0x5a, sizeof lender->slots);
    memset(lender->texts, 0x5a, sizeof lender->texts);
    lender->count = 0;
    return good;
}

/* False without memory, or where a text is too long. */
static inline bool
lender_give(struct lender *lender, struct argot_engine *engine, const struct argot_event *event)
{
    if (!lender->most)
        return argot_engine_event(engine, 0, event, 0);
    const struct argot_shape *shape = event->shape;
    uint32_t at = lender->count++;
    struct argot_event *copy = &lender->events[at];
    *copy = *event;
    copy->slots = memcpy(lender->slots[at], event->slots, shape->nslots * sizeof *event->slots);
    for (uint16_t i = 0; i < shape->count; i++) {
        uint8_t index = shape->fields[i].index, type = argot_schema.fields[shape->fields[i].field].type;
        struct argot_slot *slot = &copy->slots[index];
        if (!(event->present >> index & 1) || (type != ARGOT_TYPE_STRING && type != ARGOT_TYPE_HOST))
            continue;
        if (slot->text.length > LENDER_TEXT)
            return false;
        slot->text.at = memcpy(lender->texts[at][index], slot->text.at, slot->text.length);
    }
    return argot_engine_lend(engine, 0, copy, 0) && (lender->count < lender->most || lender_call_back(lender, engine));
}
