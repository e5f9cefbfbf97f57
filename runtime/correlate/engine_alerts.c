/* SPDX-License-Identifier: Apache-2.0
 * Alerts on their way: into the lane of their rule, where they are told, and from there to the rules above; those of
 * rules that need no order at once. Events that several lanes want, or that somebody watches, come by here too. */
#include "correlate/engine_parts.h"
#include <string.h>

static struct argot_item *
new_item(struct argot_engine *engine, struct argot_held *held, const struct argot_order *order, const uint32_t *taken,
         uint32_t ntaken)
{
    size_t size = sizeof(struct argot_item) + ntaken * sizeof *taken + order->key_size;
    struct argot_item *item = argot_slab_take(&engine->core.slab, size);
    if (!item)
        return NULL;
    uint32_t *to = (uint32_t *)(item + 1);
    uint8_t *key = (uint8_t *)(to + ntaken);
    *item = (struct argot_item){
        .order = *order, .held = argot_held_again(held), .size = size, .ntaken = ntaken, .taken = to};
    item->order.serial = ++engine->items;
    if (ntaken)
        memcpy(to, taken, ntaken * sizeof *taken);
    if (order->key_size)
        memcpy(key, order->key, order->key_size);
    item->order.key = key;
    item->order.cause.held = NULL;
    return item;
}

/* One item for each lane with listeners among those that took it; `skip` is served by the caller. Into the lanes, or
 * to what the event at hand brings along. */
void
argot_engine_forward(struct argot_engine *engine, struct argot_held *held, const struct argot_order *order,
                     const uint32_t *taken, uint32_t ntaken, const struct argot_lane *skip)
{
    uint32_t *some = ntaken ? argot_arena_alloc(&engine->core.arena, ntaken * sizeof *some) : NULL;
    for (uint32_t i = 0; some && i < engine->nlanes; i++) {
        struct argot_lane *lane = &engine->lanes[i];
        uint32_t count = 0;
        for (uint32_t j = 0; lane != skip && j < ntaken; j++)
            if (engine->listeners.at[taken[j]].rule->timers == &lane->timers)
                some[count++] = taken[j];
        struct argot_item *item = count ? new_item(engine, held, order, some, count) : NULL;
        if (item && engine->arriving) {
            *engine->arrived_end = item;
            engine->arrived_end = &item->next;
        } else if (item) {
            argot_engine_push(engine, lane, item);
        }
    }
    if (ntaken && !some)
        engine->core.failed = true;
}

void
argot_engine_watch_coming(struct argot_engine *engine, const struct argot_subject *subject,
                          const struct argot_kept *kept)
{
    const struct argot_watch *watch = engine->options.watch;
    struct argot_watch_note note = {.kind = ARGOT_WATCH_CAME,
                                    .time = subject->alert ? subject->alert->time : kept->time,
                                    .at_hand = true,
                                    .identity = {kept->source, kept->part, kept->record},
                                    .place = kept->place,
                                    .subject = *subject};
    watch->note(watch->context, engine->core.judge, &note);
}

/* ---- told ---- */

static void
count_alert(struct argot_engine *engine, bool silent)
{
    *(silent ? &engine->counts.silent_alerts : &engine->counts.alerts) += 1;
}

static void
tell(struct argot_engine *engine, const struct argot_held *held)
{
    bool silent = held->subject.alert->silent;
    count_alert(engine, silent);
    if (engine->options.alert && (!silent || engine->options.silent_too) && !argot_tell(&engine->tell, held))
        engine->core.failed = true;
}

void
argot_engine_publish(struct argot_engine *engine, struct argot_lane *lane, struct argot_item *item)
{
    const uint32_t *taken;
    tell(engine, item->held);
    if (engine->options.watch)
        argot_engine_watch_coming(engine, &item->held->subject, &item->order.cause);
    uint32_t ntaken = argot_listeners_ask(&engine->listeners, &item->held->subject, &taken);
    if (!ntaken)
        return;
    struct argot_arrival arrival = argot_engine_arrival(engine, item->held->subject, item->held, &item->order);
    uint32_t *copy = argot_arena_alloc(&engine->core.arena, ntaken * sizeof *copy);
    if (!copy) {
        engine->core.failed = true;
        return;
    }
    memcpy(copy, taken, ntaken * sizeof *copy);
    argot_engine_forward(engine, item->held, &item->order, copy, ntaken, lane);
    argot_engine_serve(engine, NULL, copy, ntaken, &arrival);
    if (lane)
        argot_engine_serve(engine, lane, copy, ntaken, &arrival);
}

void
argot_engine_do_work(struct argot_engine *engine)
{
    while (engine->work) {
        struct argot_item *item = engine->work;
        engine->work = item->next;
        if (!engine->work)
            engine->work_end = &engine->work;
        argot_engine_publish(engine, NULL, item);
        argot_engine_drop_item(engine, item);
    }
}

/* A rule fired: into the rule's lane, or to the alerts that are told at once. */
void
argot_engine_raised(void *context, struct argot_held *alert, const struct argot_order *order)
{
    struct argot_engine *engine = context;
    struct argot_lane *lane = argot_engine_lane_of(&engine->rules[order->rule]);
    if (!alert) {
        count_alert(engine, engine->rules[order->rule].plan->silent);
        return;
    }
    struct argot_item *item = new_item(engine, alert, order, NULL, 0);
    argot_held_drop(&engine->core.slab, alert);
    if (!item)
        return;
    if (lane) {
        argot_engine_push(engine, lane, item);
        return;
    }
    *engine->work_end = item;
    engine->work_end = &item->next;
}
