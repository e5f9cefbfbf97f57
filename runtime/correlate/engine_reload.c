/* SPDX-License-Identifier: Apache-2.0
 * New rules while the engine runs: what follows from the plan is made anew; rules whose fingerprint stayed keep the
 * state of their keys, timers and counters; what waits for its time is offered to the new rules in its stead. */
#include "correlate/engine_parts.h"
#include "correlate/fingerprint.h"
#include <stdio.h>

/* What the plan before had become. */
struct before {
    const struct argot_plan *plan;
    struct argot_judge *judge;
    struct argot_rule *rules;
    struct argot_listeners listeners;
    struct argot_lane *lanes;
    uint32_t nlanes;
};

static struct before
take(const struct argot_engine *engine)
{
    return (struct before){.plan = engine->core.plan,
                           .judge = engine->core.judge,
                           .rules = engine->rules,
                           .listeners = engine->listeners,
                           .lanes = engine->lanes,
                           .nlanes = engine->nlanes};
}

static void
put_back(struct argot_engine *engine, const struct before *before)
{
    engine->core.plan = before->plan;
    engine->core.judge = before->judge;
    engine->rules = before->rules;
    engine->listeners = before->listeners;
    engine->lanes = before->lanes;
    engine->nlanes = before->nlanes;
}

/* ---- rules that stayed ---- */

/* Number of the rule in the other plan, whose rules are in the order of their names; -1: not there. */
static int64_t
find(const struct argot_plan *plan, const char *name)
{
    uint32_t low = 0, high = plan->nrules;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(plan->rules[middle].name, name);
        if (!order)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static bool
is_same(struct argot_engine *engine, const struct before *before, uint32_t old, uint32_t new)
{
    uint8_t a[ARGOT_FINGERPRINT_BYTES], b[ARGOT_FINGERPRINT_BYTES];
    struct argot_buffer *scratch = &engine->core.text;
    return argot_fingerprint_rule(before->plan, old, scratch, a) &&
           argot_fingerprint_rule(engine->core.plan, new, scratch, b) && !memcmp(a, b, sizeof a);
}

/* The state goes over to the new rule; the old one is left without. */
static void
hand_over(struct argot_rule *old, struct argot_rule *new)
{
    struct argot_table empty = new->table;
    uint64_t limit = new->plan->limit_keys;
    new->table = old->table;
    new->table.context = empty.context;
    new->table.limit = limit ? limit : 1;
    while (new->table.count > new->table.limit) {
        argot_table_remove(&new->table, new->table.oldest);
        new->table.evicted++;
    }
    old->table = empty;
    new->counts = old->counts;
    new->began = old->began;
}

/* Before anything is removed from a table: each key's timer is known to the lane of its new rule. */
static void
move_timers(struct argot_engine *engine, const struct before *before, const int64_t *new_of)
{
    for (uint32_t i = 0; i < before->nlanes; i++) {
        struct argot_timers *timers = &before->lanes[i].timers;
        for (uint32_t j = 0; j < timers->count; j++) {
            struct argot_timer timer = timers->heap[j];
            timer.keyed->timer = 0;
            if (new_of[timer.rule] < 0)
                continue;
            struct argot_rule *rule = &engine->rules[new_of[timer.rule]];
            argot_timers_set(rule->timers, &engine->core.slab, rule->number, timer.keyed, timer.due);
        }
        timers->count = 0;
    }
}

/* ---- what waits ---- */

/* An alert that waits carries the number of its rule. False: there is no such rule any more. */
static bool
renumber(const struct argot_engine *engine, struct argot_item *item)
{
    struct argot_alert *alert = (struct argot_alert *)(uintptr_t)item->held->subject.alert;
    int64_t number = alert ? find(engine->core.plan, alert->rule_name) : 0;
    if (alert && number >= 0) {
        alert->rule = (uint32_t)number;
        item->order.rule = (uint32_t)number;
    }
    return number >= 0;
}

/* One of the items of an event or alert that waits in the lane of this lateness (or, not to be in order yet, in none):
 * those of the new rules that take it and are in the same lane get it. An event that waits in several lanes is offered
 * once for each. */
static void
offer(struct argot_engine *engine, struct argot_item *item, int64_t late_ns)
{
    const uint32_t *taken;
    struct argot_core *core = &engine->core;
    uint32_t ntaken =
        renumber(engine, item) ? argot_listeners_ask(&engine->listeners, &item->held->subject, &taken) : 0;
    uint32_t *some = ntaken ? argot_arena_alloc(&core->arena, ntaken * sizeof *some) : NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; some && i < ntaken; i++) {
        const struct argot_rule *rule = engine->listeners.at[taken[i]].rule;
        for (uint32_t j = 0; rule->timers && j < engine->nlanes; j++)
            if (rule->timers == &engine->lanes[j].timers && engine->lanes[j].late_ns == late_ns)
                some[count++] = taken[i];
    }
    argot_engine_forward(engine, item->held, &item->order, some, count, NULL);
    if (ntaken && !some)
        core->failed = true;
    argot_judge_forget(core->judge);
    argot_arena_reset(&core->arena);
}

static void
offer_lanes(struct argot_engine *engine, struct before *before)
{
    for (uint32_t i = 0; i < before->nlanes; i++) {
        struct argot_lane *lane = &before->lanes[i];
        for (uint32_t j = 0; j < engine->nlanes; j++)
            if (engine->lanes[j].late_ns == lane->late_ns)
                engine->lanes[j].watermark = lane->watermark;
        while (argot_queue_top(&lane->queue)) {
            struct argot_item *item = argot_engine_take_out(lane);
            offer(engine, item, lane->late_ns);
            argot_engine_drop_item(engine, item);
        }
    }
}

/* Events whose time leapt, not yet in lanes: their items go to a list of the same kind. */
static void
offer_leaps(struct argot_engine *engine, const struct before *before)
{
    for (uint32_t i = 0; i < engine->sources.count; i++) {
        struct argot_item *items = engine->leaps[i].items;
        engine->arriving = true;
        engine->arrived = NULL;
        engine->arrived_end = &engine->arrived;
        while (items) {
            struct argot_item *item = items;
            items = item->next;
            const struct argot_rule *rule = before->listeners.at[item->taken[0]].rule;
            for (uint32_t j = 0; j < before->nlanes; j++)
                if (rule->timers == &before->lanes[j].timers)
                    offer(engine, item, before->lanes[j].late_ns);
            argot_engine_drop_item(engine, item);
        }
        engine->leaps[i].items = engine->arrived;
        engine->arrived = NULL;
        engine->arriving = false;
    }
}

/* ---- the whole ---- */

static void
carry_on(struct argot_engine *engine, struct before *before, const int64_t *new_of)
{
    move_timers(engine, before, new_of);
    offer_leaps(engine, before);
    offer_lanes(engine, before);
    for (uint32_t i = 0; i < before->plan->nrules; i++)
        if (new_of[i] >= 0)
            hand_over(&before->rules[i], &engine->rules[new_of[i]]);
}

/* The same, or no new rule at all. */
static bool
match_rules(struct argot_engine *engine, const struct before *before, int64_t *new_of)
{
    for (uint32_t i = 0; i < before->plan->nrules; i++) {
        new_of[i] = find(engine->core.plan, before->plan->rules[i].name);
        if (new_of[i] >= 0 && !is_same(engine, before, i, (uint32_t)new_of[i]))
            new_of[i] = -1;
    }
    return !engine->core.text.failed;
}

bool
argot_engine_reload(struct argot_engine *engine, const struct argot_plan *plan, char *why, size_t why_size)
{
    struct argot_core *core = &engine->core;
    struct before before = take(engine);
    size_t bytes = (before.plan->nrules + 1) * sizeof(int64_t);
    int64_t *new_of = argot_slab_take(&core->slab, bytes);
    bool loaded = new_of && argot_engine_load(engine, plan, why, why_size);
    if (!loaded || !match_rules(engine, &before, new_of)) {
        if (new_of)
            argot_engine_unload(engine);
        else
            snprintf(why, why_size, "there is no memory");
        put_back(engine, &before);
        argot_slab_give(&core->slab, new_of, bytes);
        core->slab.failed = core->text.failed = false; /* the old rules go on as before */
        return false;
    }
    carry_on(engine, &before, new_of);
    struct before after = take(engine);
    put_back(engine, &before);
    argot_engine_unload(engine);
    put_back(engine, &after);
    argot_slab_give(&core->slab, new_of, bytes);
    engine->options.plan = plan;
    argot_engine_advance(engine);
    snprintf(why, why_size, "there is no memory");
    return argot_engine_good(engine);
}
