/* SPDX-License-Identifier: Apache-2.0
 * Order: events wait in lanes, one for each lateness that rules ask for, until their watermark is above them; then they
 * pass through the rules of the lane, with timers in between. Alerts go the same way: into the lane of their rule,
 * where they are told, and from there to the rules above. Rules that need no order are served when an event comes. */
#include "correlate/engine_parts.h"
#include <string.h>

/* ---- items ---- */

/* Of an event, whose copy it takes over. */
static inline struct argot_item *
new_item(struct argot_engine *engine, struct argot_held *held, const struct argot_kept *kept, const uint32_t *taken,
         uint32_t ntaken)
{
    size_t size = sizeof(struct argot_item) + ntaken * sizeof *taken;
    struct argot_item *item = argot_slab_take(&engine->core.slab, size);
    if (!item) {
        argot_held_drop(&engine->core.slab, held);
        return NULL;
    }
    uint32_t *to = (uint32_t *)(item + 1);
    item->order.time = kept->time; /* one by one: zeroing it all first takes longer than all else here */
    item->order.phase = ARGOT_PHASE_EVENT;
    item->order.cause = *kept;
    item->order.source_name = NULL;
    item->order.depth = item->order.rule = item->order.key_size = 0;
    item->order.key = (uint8_t *)(to + ntaken);
    item->order.serial = ++engine->items;
    item->held = held;
    item->next = NULL;
    item->size = size;
    item->ntaken = ntaken;
    item->taken = to;
    for (uint32_t i = 0; i < ntaken; i++)
        to[i] = taken[i];
    return item;
}

static void
drop_items(struct argot_engine *engine, struct argot_item *items)
{
    while (items) {
        struct argot_item *next = items->next;
        argot_engine_drop_item(engine, items);
        items = next;
    }
}

/* ---- through the rules ---- */

/* The listeners, all of one rule, in their order. */
static void
serve_rule(struct argot_engine *engine, const uint32_t *taken, uint32_t ntaken, const struct argot_arrival *arrival)
{
    struct argot_rule *rule = engine->listeners.at[taken[0]].rule;
    bool took = false;
    for (uint32_t i = 0; i < ntaken; i++) {
        const struct argot_listener *listener = &engine->listeners.at[taken[i]];
        if (listener->role == ARGOT_ROLE_TAKE && rule->kind->union_of_matches) {
            if (took)
                continue;
            took = true;
        }
        rule->kind->take(rule, listener, arrival);
    }
    if (rule->kind->end)
        rule->kind->end(rule, arrival);
}

static uint32_t
of_one_rule(const struct argot_engine *engine, const uint32_t *taken, uint32_t ntaken)
{
    uint32_t count = 1;
    while (count < ntaken && engine->listeners.at[taken[count]].rule == engine->listeners.at[taken[0]].rule)
        count++;
    return count;
}

static inline void
serve_one(const struct argot_timers *timers, const struct argot_listener *listener, const struct argot_arrival *arrival)
{
    struct argot_rule *rule = listener->rule;
    const struct argot_rule_kind *kind = rule->kind;
    if (rule->timers != timers)
        return;
    kind->take(rule, listener, arrival);
    if (kind->end)
        kind->end(rule, arrival);
}

void
argot_engine_serve(struct argot_engine *engine, const struct argot_lane *lane, const uint32_t *taken, uint32_t ntaken,
                   const struct argot_arrival *arrival)
{
    const struct argot_timers *timers = lane ? &lane->timers : NULL;
    if (ntaken == 1) {
        serve_one(timers, &engine->listeners.at[taken[0]], arrival);
        return;
    }
    for (uint32_t i = 0, count; i < ntaken; i += count) {
        count = of_one_rule(engine, taken + i, ntaken - i);
        if (engine->listeners.at[taken[i]].rule->timers == timers)
            serve_rule(engine, taken + i, count, arrival);
    }
}

/* ---- into the lanes ---- */

/* What the watched rule would have taken, and does not get. */
static void
watch_lost(struct argot_engine *engine, const struct argot_item *item, enum argot_watch_kind kind, argot_time until)
{
    const struct argot_held *held = item->held;
    for (uint32_t i = 0; i < item->ntaken; i++) {
        const struct argot_listener *listener = &engine->listeners.at[item->taken[i]];
        struct argot_arrival arrival = {.subject = held->subject, .kept = item->order.cause};
        arrival.kept.time = item->order.time;
        if (listener->rule->watch)
            argot_rule_watch(listener->rule, NULL, &arrival,
                             (struct argot_watch_note){.kind = kind, .event = listener->event, .until = until});
    }
}

static void
count_late(struct argot_engine *engine, const struct argot_item *item, argot_time watermark)
{
    for (uint32_t i = 0; i < item->ntaken; i++)
        engine->listeners.at[item->taken[i]].rule->counts.late++;
    if (engine->options.watch)
        watch_lost(engine, item, ARGOT_WATCH_LATE, watermark);
}

static bool
too_many_wait(const struct argot_engine *engine)
{
    return engine->counts.waiting > engine->options.max_waiting ||
           engine->waiting_bytes > engine->options.max_waiting_bytes;
}

static inline void
push(struct argot_engine *engine, struct argot_lane *lane, struct argot_item *item)
{
    const struct argot_engine_options *options = &engine->options;
    if (options->order_by_name && item->order.cause.source < options->nsources)
        item->order.source_name = options->names[item->order.cause.source];
    if (!argot_queue_push(&lane->queue, &engine->core.slab, item)) {
        argot_engine_drop_item(engine, item);
        return;
    }
    engine->counts.waiting++;
    engine->waiting_bytes += item->size + item->held->size;
    if (too_many_wait(engine)) {
        engine->crowded = true;
        engine->head.source = UINT32_MAX;
    }
}

void
argot_engine_push(struct argot_engine *engine, struct argot_lane *lane, struct argot_item *item)
{
    push(engine, lane, item);
}

/* ---- out of the lanes ---- */

static void
end_turn(struct argot_engine *engine)
{
    argot_judge_forget(engine->core.judge);
    if (engine->core.arena.used_bytes)
        argot_arena_reset(&engine->core.arena);
}

static inline void
turn(struct argot_engine *engine, struct argot_lane *lane, struct argot_item *item)
{
    struct argot_held *held = item->held;
    if (held->subject.alert && !item->ntaken) {
        argot_engine_publish(engine, lane, item);
    } else {
        struct argot_arrival arrival = argot_engine_arrival(engine, held->subject, held, &item->order);
        if (item->ntaken == 1)
            serve_one(&lane->timers, &engine->listeners.at[item->taken[0]], &arrival);
        else
            argot_engine_serve(engine, lane, item->taken, item->ntaken, &arrival);
    }
    if (engine->work)
        argot_engine_do_work(engine);
    argot_engine_drop_item(engine, item);
    end_turn(engine);
}

static void
fire_timer(struct argot_lane *lane)
{
    struct argot_engine *engine = lane->engine;
    struct argot_timer timer = *argot_timers_top(&lane->timers);
    struct argot_rule *rule = &engine->rules[timer.rule];
    argot_timers_cancel(&lane->timers, timer.keyed);
    rule->kind->due(rule, timer.keyed, timer.due);
    end_turn(engine);
}

/* Serves what is not after `last`, timers too if they are due no later than `timers_last`; at one time events, timers,
 * and the alerts of timers. */
void
argot_engine_release(struct argot_lane *lane, argot_time last, argot_time timers_last)
{
    struct argot_engine *engine = lane->engine;
    do {
        const struct argot_item *item = argot_queue_top(&lane->queue);
        const struct argot_timer *timer = argot_timers_top(&lane->timers);
        if (item && item->order.time > last)
            item = NULL;
        if (timer && timer->due > timers_last)
            timer = NULL;
        if (!item && !timer)
            return;
        if (item && (!timer || item->order.time < timer->due ||
                     (item->order.time == timer->due && item->order.phase == ARGOT_PHASE_EVENT)))
            turn(engine, lane, argot_engine_take_out(lane));
        else
            fire_timer(lane);
    } while (argot_engine_good(engine));
}

/* ---- watermarks ---- */

static argot_time
minus(argot_time time, int64_t span_ns)
{
    return time < INT64_MIN + span_ns ? INT64_MIN : time - span_ns;
}

/* Whether something waits below the lane's watermark. */
static bool
is_due(const struct argot_lane *lane)
{
    const struct argot_item *item = argot_queue_top(&lane->queue);
    const struct argot_timer *timer = argot_timers_top(&lane->timers);
    return (item && item->order.time < lane->watermark) || (timer && timer->due < lane->watermark);
}

static inline void
advance_lane(struct argot_lane *lane, argot_time watermark)
{
    if (watermark > lane->watermark)
        lane->watermark = watermark;
    if (is_due(lane))
        argot_engine_release(lane, lane->watermark - 1, lane->watermark - 1);
}

/* Lanes with less lateness first: what they tell the others must come in time. */
void
argot_engine_advance_to(struct argot_engine *engine, argot_time newest)
{
    for (uint32_t i = 0; i < engine->nlanes && newest != INT64_MIN; i++)
        advance_lane(&engine->lanes[i], minus(newest, engine->lanes[i].late_ns));
}

void
argot_engine_advance_over(struct argot_engine *engine, argot_time watermark)
{
    for (uint32_t i = 0; i < engine->nlanes; i++)
        advance_lane(&engine->lanes[i], watermark);
}

void
argot_engine_advance(struct argot_engine *engine)
{
    int64_t first = argot_sources_first(&engine->sources);
    argot_engine_advance_to(engine, first < 0 ? INT64_MIN : engine->sources.newest[first]);
}

/* Whose oldest is the oldest of all, the least late among equals. NULL: none waits. */
static struct argot_lane *
oldest_lane(struct argot_engine *engine)
{
    struct argot_lane *oldest = NULL;
    for (uint32_t i = 0; i < engine->nlanes; i++) {
        const struct argot_item *item = argot_queue_top(&engine->lanes[i].queue);
        if (item && (!oldest || item->order.time < argot_queue_top(&oldest->queue)->order.time))
            oldest = &engine->lanes[i];
    }
    return oldest;
}

/* Too many wait: the oldest go before their time. Others of that time may still come, and timers wait for them. */
static void
hurry(struct argot_engine *engine)
{
    struct argot_lane *lane;
    while (too_many_wait(engine) && (lane = oldest_lane(engine)) && argot_engine_good(engine)) {
        argot_time oldest = argot_queue_top(&lane->queue)->order.time;
        if (oldest > lane->watermark)
            lane->watermark = oldest;
        uint64_t before = engine->counts.waiting;
        argot_engine_release(lane, oldest, minus(oldest, 1));
        engine->counts.hurried += before - engine->counts.waiting;
        if (engine->counts.waiting >= before)
            return;
    }
    engine->crowded = too_many_wait(engine);
}

/* What goes to lanes goes there, unless it is late. */
static inline void
put_into_lanes(struct argot_engine *engine, struct argot_item *items)
{
    bool late = false; /* for some lane */
    while (items) {
        struct argot_item *item = items;
        struct argot_lane *lane = argot_engine_lane_of(engine->listeners.at[item->taken[0]].rule);
        items = item->next;
        item->next = NULL;
        if (item->order.time < lane->watermark) {
            late = true;
            count_late(engine, item, lane->watermark);
            argot_engine_drop_item(engine, item);
        } else {
            push(engine, lane, item);
        }
    }
    engine->counts.late += late;
}

/* An event is in its place in time. */
static inline void
accept(struct argot_engine *engine, uint32_t number, argot_time time, struct argot_item *items)
{
    struct argot_sources *sources = &engine->sources;
    if (items)
        put_into_lanes(engine, items);
    if (time > engine->newest)
        engine->newest = time;
    if (!sources->place[number]) /* it was idle */
        argot_sources_revive(sources, number);
    if (time > sources->newest[number]) { /* else no watermark moves */
        argot_sources_advance(sources, number, time);
        argot_engine_advance(engine);
    }
    if (engine->crowded)
        hurry(engine);
    time = sources->newest[number];
    engine->head.source = engine->crowded || time == INT64_MIN ? UINT32_MAX : number;
    engine->head.newest = time;
}

static bool
is_leap(const struct argot_engine *engine, uint32_t number, argot_time time)
{
    argot_time newest = engine->sources.newest[number];
    return newest == INT64_MIN || minus(time, ARGOT_ENGINE_JUMP_NS) > newest;
}

/* The source's next event says what the one before, whose time leapt, was. */
void
argot_engine_settle(struct argot_engine *engine, uint32_t number, argot_time next)
{
    struct argot_leap leap = engine->leaps[number];
    if (!leap.waits)
        return;
    engine->leaps[number] = (struct argot_leap){0};
    if (next >= minus(leap.time, ARGOT_ENGINE_JUMP_NS)) {
        accept(engine, number, leap.time, leap.items);
    } else {
        engine->counts.strays++;
        for (const struct argot_item *item = leap.items; item && engine->options.watch; item = item->next)
            watch_lost(engine, item, ARGOT_WATCH_STRAY, 0);
        drop_items(engine, leap.items);
    }
}

/* ---- events come ---- */

static inline void
come(struct argot_engine *engine, uint32_t number, argot_time time, struct argot_item *items)
{
    struct argot_leap *leap = &engine->leaps[number];
    if (leap->waits)
        argot_engine_settle(engine, number, time);
    if (!is_leap(engine, number, time)) {
        accept(engine, number, time, items);
        return;
    }
    *leap = (struct argot_leap){true, time, items};
    engine->head.source = UINT32_MAX;
}

/* Serves those that need no order, and gathers what goes to the lanes. */
static void
arrive_mixed(struct argot_engine *engine, const struct argot_event *event, struct argot_held *held,
             const struct argot_kept *kept, const uint32_t *taken, uint32_t ntaken)
{
    struct argot_order order = {.time = event->time, .phase = ARGOT_PHASE_EVENT, .cause = *kept};
    struct argot_subject subject = {.event = event};
    uint32_t *copy = argot_arena_alloc(&engine->core.arena, ntaken * sizeof *copy);
    if (!copy) {
        engine->core.failed = true;
        return;
    }
    memcpy(copy, taken, ntaken * sizeof *copy);
    engine->arriving = true;
    if (held)
        argot_engine_forward(engine, held, &order, copy, ntaken, NULL);
    struct argot_arrival arrival = argot_engine_arrival(engine, subject, held, &order);
    engine->tell.at_hand = event;
    engine->tell.at_hand_identity = (struct argot_identity){kept->source, kept->part, kept->record};
    argot_engine_serve(engine, NULL, copy, ntaken, &arrival);
    argot_engine_do_work(engine);
    engine->tell.at_hand = NULL;
    engine->arriving = false;
}

/* Some rules take the event: what goes to the lanes. Mostly all of them are in one. */
static struct argot_item *
arrive(struct argot_engine *engine, const struct argot_event *event, const struct argot_kept *kept,
       struct argot_held **lent, const uint32_t *taken, uint32_t ntaken)
{
    struct argot_core *core = &engine->core;
    struct argot_held *held = NULL;
    uint32_t ordered = 0;
    for (uint32_t i = 0; i < ntaken; i++)
        ordered += engine->listeners.at[taken[i]].rule->timers != NULL;
    if (ordered) {
        held = lent ? argot_held_lend(&core->slab, core->judge, event, lent)
                    : argot_held_event(&core->slab, core->judge, event);
        if (!held)
            return NULL;
    }
    if (ordered == ntaken && engine->nlanes == 1)
        return new_item(engine, held, kept, taken, ntaken);
    engine->arrived = NULL;
    engine->arrived_end = &engine->arrived;
    arrive_mixed(engine, event, held, kept, taken, ntaken);
    argot_held_drop(&core->slab, held);
    struct argot_item *items = engine->arrived;
    engine->arrived = NULL;
    return items;
}

/* lent: NULL, or where it is noted that the event is read later too. */
static inline bool
take_event(struct argot_engine *engine, uint32_t number, const struct argot_event *event, argot_raw_place place,
           struct argot_held **lent)
{
    struct argot_kept kept = {
        .time = event->time, .record = event->record, .source = number, .part = (uint16_t)event->part, .place = place};
    struct argot_subject subject = {.event = event};
    const uint32_t *taken;
    if (engine->options.watch)
        argot_engine_watch_coming(engine, &subject, &kept);
    uint32_t ntaken = argot_listeners_ask(&engine->listeners, &subject, &taken);
    if (!ntaken) {
        argot_judge_forget(engine->core.judge);
        return argot_engine_unwanted(engine, number, event->time);
    }
    argot_engine_pass(engine, 1);
    kept.format = argot_formats_number(&engine->core.formats, &engine->core.slab, event->shape->format);
    if (!kept.format) {
        engine->core.failed = true;
        return false;
    }
    struct argot_item *items = arrive(engine, event, &kept, lent, taken, ntaken);
    end_turn(engine);
    come(engine, number, event->time, items);
    return argot_engine_good(engine);
}

bool
argot_engine_event(struct argot_engine *engine, uint32_t number, const struct argot_event *event, argot_raw_place place)
{
    return take_event(engine, number, event, place, NULL);
}

bool
argot_engine_lend(struct argot_engine *engine, uint32_t number, const struct argot_event *event, argot_raw_place place)
{
    return take_event(engine, number, event, place, &engine->lent[number]);
}

bool
argot_engine_recall(struct argot_engine *engine, uint32_t number)
{
    return argot_held_recall(&engine->core.slab, engine->core.judge, &engine->lent[number]) &&
           argot_engine_good(engine);
}

bool
argot_engine_wants(struct argot_engine *engine, const struct argot_shape *shape)
{
    return engine->options.watch || argot_listeners_want(&engine->listeners, shape) || !argot_engine_good(engine);
}

bool
argot_engine_unwanted(struct argot_engine *engine, uint32_t number, argot_time time)
{
    argot_engine_pass(engine, 1);
    if (!argot_engine_no_news(engine, number, time))
        come(engine, number, time, NULL);
    return argot_engine_good(engine);
}

bool
argot_engine_source_end(struct argot_engine *engine, uint32_t number)
{
    argot_engine_settle(engine, number, INT64_MAX);
    engine->head.source = UINT32_MAX;
    argot_sources_end(&engine->sources, number);
    argot_engine_advance(engine);
    return argot_engine_good(engine);
}
