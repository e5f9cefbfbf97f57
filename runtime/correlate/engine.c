/* SPDX-License-Identifier: Apache-2.0
 * Order: events wait in lanes, one for each lateness that rules ask for, until their watermark is above them; then they
 * pass through the rules of the lane, with timers in between. Alerts go the same way: into the lane of their rule,
 * where they are told, and from there to the rules above. Rules that need no order are served when an event comes. */
#include "correlate/engine_parts.h"
#include <string.h>

bool
argot_engine_good(struct argot_engine *engine)
{
    struct argot_core *core = &engine->core;
    core->failed |= argot_judge_failed(core->judge); /* which the judge says once only */
    return !(core->failed | core->slab.failed | core->tuple.failed | core->causes.failed | core->text.failed);
}

/* ---- items ---- */

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

/* The same of an event. */
static struct argot_item *
new_event_item(struct argot_engine *engine, struct argot_held *held, const struct argot_kept *kept,
               const uint32_t *taken, uint32_t ntaken)
{
    size_t size = sizeof(struct argot_item) + ntaken * sizeof *taken;
    struct argot_item *item = argot_slab_take(&engine->core.slab, size);
    if (!item)
        return NULL;
    uint32_t *to = (uint32_t *)(item + 1);
    *item = (struct argot_item){.order = {.time = kept->time,
                                          .phase = ARGOT_PHASE_EVENT,
                                          .cause = *kept,
                                          .key = (uint8_t *)(to + ntaken),
                                          .serial = ++engine->items},
                                .held = argot_held_again(held),
                                .size = size,
                                .ntaken = ntaken,
                                .taken = to};
    for (uint32_t i = 0; i < ntaken; i++)
        to[i] = taken[i];
    return item;
}

void
argot_engine_drop_item(struct argot_engine *engine, struct argot_item *item)
{
    argot_held_drop(&engine->core.slab, item->held);
    argot_slab_give(&engine->core.slab, item, item->size);
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

static struct argot_arrival
arrival_of(struct argot_engine *engine, struct argot_subject subject, struct argot_held *held,
           const struct argot_order *order)
{
    struct argot_arrival arrival = {
        .subject = subject, .held = held, .kept = order->cause, .serial = ++engine->core.serial};
    arrival.phase = order->phase;
    if (subject.alert) {
        arrival.kept = (struct argot_kept){.time = order->time,
                                           .source = order->cause.source,
                                           .part = order->cause.part,
                                           .record = order->cause.record};
    }
    arrival.kept.held = NULL;
    arrival.kept.serial = arrival.serial;
    return arrival;
}

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

static void
serve_one(const struct argot_timers *timers, const struct argot_listener *listener, const struct argot_arrival *arrival)
{
    struct argot_rule *rule = listener->rule;
    if (rule->timers != timers)
        return;
    rule->kind->take(rule, listener, arrival);
    if (rule->kind->end)
        rule->kind->end(rule, arrival);
}

/* Those of the listeners whose rules are in the lane (NULL: need no order). */
static void
serve(struct argot_engine *engine, const struct argot_lane *lane, const uint32_t *taken, uint32_t ntaken,
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

/* NULL: the rule needs no order. */
static struct argot_lane *
lane_of(const struct argot_rule *rule)
{
    void *timers = rule->timers;
    return timers ? (struct argot_lane *)(void *)((uint8_t *)timers - offsetof(struct argot_lane, timers)) : NULL;
}

static void
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
}

struct argot_item *
argot_engine_take_out(struct argot_lane *lane)
{
    struct argot_item *item = argot_queue_pop(&lane->queue);
    lane->engine->counts.waiting--;
    lane->engine->waiting_bytes -= item->size + item->held->size;
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
            push(engine, lane, item);
        }
    }
    if (ntaken && !some)
        engine->core.failed = true;
}

/* Whoever watches sees all that comes, whether some rule takes it or not. */
static void
watch_coming(struct argot_engine *engine, const struct argot_subject *subject, const struct argot_kept *kept)
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

/* ---- alerts ---- */

/* An alert's turn has come: it is told, and goes on. */
static void
publish(struct argot_engine *engine, struct argot_lane *lane, struct argot_item *item)
{
    const uint32_t *taken;
    tell(engine, item->held);
    if (engine->options.watch)
        watch_coming(engine, &item->held->subject, &item->order.cause);
    uint32_t ntaken = argot_listeners_ask(&engine->listeners, &item->held->subject, &taken);
    if (!ntaken)
        return;
    struct argot_arrival arrival = arrival_of(engine, item->held->subject, item->held, &item->order);
    uint32_t *copy = argot_arena_alloc(&engine->core.arena, ntaken * sizeof *copy);
    if (!copy) {
        engine->core.failed = true;
        return;
    }
    memcpy(copy, taken, ntaken * sizeof *copy);
    argot_engine_forward(engine, item->held, &item->order, copy, ntaken, lane);
    serve(engine, NULL, copy, ntaken, &arrival);
    if (lane)
        serve(engine, lane, copy, ntaken, &arrival);
}

/* Alerts of rules without order, each as soon as it is there. */
static void
do_work(struct argot_engine *engine)
{
    while (engine->work) {
        struct argot_item *item = engine->work;
        engine->work = item->next;
        if (!engine->work)
            engine->work_end = &engine->work;
        publish(engine, NULL, item);
        argot_engine_drop_item(engine, item);
    }
}

/* A rule fired: into the rule's lane, or to the alerts that are told at once. */
void
argot_engine_raised(void *context, struct argot_held *alert, const struct argot_order *order)
{
    struct argot_engine *engine = context;
    struct argot_lane *lane = lane_of(&engine->rules[order->rule]);
    if (!alert) {
        count_alert(engine, engine->rules[order->rule].plan->silent);
        return;
    }
    struct argot_item *item = new_item(engine, alert, order, NULL, 0);
    argot_held_drop(&engine->core.slab, alert);
    if (!item)
        return;
    if (lane) {
        push(engine, lane, item);
        return;
    }
    *engine->work_end = item;
    engine->work_end = &item->next;
}

/* ---- out of the lanes ---- */

static void
end_turn(struct argot_engine *engine)
{
    argot_judge_forget(engine->core.judge);
    if (engine->core.arena.used_bytes)
        argot_arena_reset(&engine->core.arena);
}

static void
turn(struct argot_lane *lane, struct argot_item *item)
{
    struct argot_engine *engine = lane->engine;
    if (item->held->subject.alert && !item->ntaken) {
        publish(engine, lane, item);
    } else {
        struct argot_arrival arrival = arrival_of(engine, item->held->subject, item->held, &item->order);
        serve(engine, lane, item->taken, item->ntaken, &arrival);
    }
    do_work(engine);
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
    for (;;) {
        const struct argot_item *item = argot_queue_top(&lane->queue);
        const struct argot_timer *timer = argot_timers_top(&lane->timers);
        if (item && item->order.time > last)
            item = NULL;
        if (timer && timer->due > timers_last)
            timer = NULL;
        if (!item && !timer)
            return;
        bool item_first = item && (!timer || item->order.time < timer->due ||
                                   (item->order.time == timer->due && item->order.phase == ARGOT_PHASE_EVENT));
        if (item_first)
            turn(lane, argot_engine_take_out(lane));
        else
            fire_timer(lane);
        if (!argot_engine_good(lane->engine))
            return;
    }
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

static void
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

static bool
too_many_wait(const struct argot_engine *engine)
{
    return engine->counts.waiting > engine->options.max_waiting ||
           engine->waiting_bytes > engine->options.max_waiting_bytes;
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
}

/* An event is in its place in time: what goes to lanes goes there, unless it is late. */
static void
accept(struct argot_engine *engine, uint32_t number, argot_time time, struct argot_item *items)
{
    bool late = false; /* for some lane */
    while (items) {
        struct argot_item *item = items;
        struct argot_lane *lane = lane_of(engine->listeners.at[item->taken[0]].rule);
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
    if (time > engine->newest)
        engine->newest = time;
    if (!engine->sources.place[number]) /* it was idle */
        argot_sources_revive(&engine->sources, number);
    if (time > engine->sources.newest[number]) { /* else no watermark moves */
        argot_sources_advance(&engine->sources, number, time);
        argot_engine_advance(engine);
    }
    hurry(engine);
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

/* Whether an event that nobody takes would leave all as it is: its time is not news, and nothing waits for its coming.
 */
static bool
is_no_news(const struct argot_engine *engine, uint32_t number, argot_time time)
{
    argot_time newest = engine->sources.newest[number];
    return time <= newest && newest != INT64_MIN && engine->sources.place[number] && !engine->leaps[number].waits &&
           !too_many_wait(engine);
}

static void
come(struct argot_engine *engine, uint32_t number, argot_time time, struct argot_item *items)
{
    if (engine->leaps[number].waits)
        argot_engine_settle(engine, number, time);
    if (is_leap(engine, number, time))
        engine->leaps[number] = (struct argot_leap){true, time, items};
    else
        accept(engine, number, time, items);
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
    struct argot_arrival arrival = arrival_of(engine, subject, held, &order);
    engine->tell.at_hand = event;
    engine->tell.at_hand_identity = (struct argot_identity){kept->source, kept->part, kept->record};
    serve(engine, NULL, copy, ntaken, &arrival);
    do_work(engine);
    engine->tell.at_hand = NULL;
    engine->arriving = false;
}

/* Some rules take the event. Mostly all of them are in one lane. */
static void
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
            return;
    }
    if (ordered == ntaken && engine->nlanes == 1)
        engine->arrived = new_event_item(engine, held, kept, taken, ntaken);
    else
        arrive_mixed(engine, event, held, kept, taken, ntaken);
    argot_held_drop(&core->slab, held);
}

/* lent: NULL, or where it is noted that the event is read later too. */
static bool
take_event(struct argot_engine *engine, uint32_t number, const struct argot_event *event, argot_raw_place place,
           struct argot_held **lent)
{
    struct argot_kept kept = {
        .time = event->time, .record = event->record, .source = number, .part = (uint16_t)event->part, .place = place};
    struct argot_subject subject = {.event = event};
    const uint32_t *taken;
    engine->counts.events++;
    engine->arrived = NULL;
    engine->arrived_end = &engine->arrived;
    if (engine->options.watch)
        watch_coming(engine, &subject, &kept);
    uint32_t ntaken = argot_listeners_ask(&engine->listeners, &subject, &taken);
    if (!ntaken) {
        argot_judge_forget(engine->core.judge);
        if (!is_no_news(engine, number, event->time))
            come(engine, number, event->time, NULL);
        return argot_engine_good(engine);
    }
    kept.format = argot_formats_number(&engine->core.formats, &engine->core.slab, event->shape->format);
    if (!kept.format) {
        engine->core.failed = true;
        return false;
    }
    arrive(engine, event, &kept, lent, taken, ntaken);
    end_turn(engine);
    struct argot_item *items = engine->arrived;
    engine->arrived = NULL;
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
    engine->counts.events++;
    if (is_no_news(engine, number, time))
        return true;
    come(engine, number, time, NULL);
    return argot_engine_good(engine);
}

bool
argot_engine_source_end(struct argot_engine *engine, uint32_t number)
{
    argot_engine_settle(engine, number, INT64_MAX);
    argot_sources_end(&engine->sources, number);
    argot_engine_advance(engine);
    return argot_engine_good(engine);
}
