/* SPDX-License-Identifier: Apache-2.0
 * Lower bounds: "count >= N" holds if the N newest events lie within the span, "distinct(f) >= K" if the newest events
 * of the K values seen last do. Exact, with no more memory than N and K. */
#include "correlate/window.h"

static size_t
bound_bytes(const struct argot_plan_window *window)
{
    for (uint32_t i = 0; i < window->naggregates; i++)
        if (window->aggregates[i].kind == ARGOT_PLAN_DISTINCT)
            return sizeof(union argot_window_bound);
    return sizeof(struct argot_trail);
}

/* That of an aggregate: bounds stand one after the other. */
static inline union argot_window_bound *
bound_at(const struct argot_plan_window *window, struct argot_window_state *state, uint32_t number)
{
    uint8_t *first = argot_window_part(window, state);
    return (union argot_window_bound *)(void *)(number ? first + number * bound_bytes(window) : first);
}

static size_t
kept_bytes(const struct argot_plan_window *window)
{
    size_t part = window->bounded ? window->naggregates * bound_bytes(window) : sizeof(struct argot_window_events);
    return part + (window->kind == ARGOT_PLAN_WITHIN ? 0 : sizeof(struct argot_window_tail));
}

/* The key stands right behind the state, so the unused end of the last trail is left to it: eight bytes of a million.
 */
size_t
argot_window_part_bytes(const struct argot_plan_rule *plan)
{
    const struct argot_plan_window *window = plan->window;
    if (plan->ncollect)
        return kept_bytes(window) + sizeof(struct argot_collected *);
    bool trail = window->bounded && window->naggregates && bound_bytes(window) == sizeof(struct argot_trail);
    return kept_bytes(window) - (trail ? sizeof(struct argot_trail) - ARGOT_TRAIL_USED : 0);
}

struct argot_collected **
argot_window_collected(const struct argot_plan_rule *plan, struct argot_window_state *state)
{
    return (struct argot_collected **)(void *)((uint8_t *)(state + 1) + kept_bytes(plan->window));
}

/* Zeroed memory is an empty trail, but no empty set. */
static struct argot_values *
values_of(union argot_window_bound *bound)
{
    if (!bound->values.room)
        argot_values_init(&bound->values);
    return &bound->values;
}

static void
add_distinct(struct argot_rule *rule, const struct argot_plan_aggregate *aggregate, struct argot_values *values,
             const struct argot_arrival *arrival)
{
    struct argot_core *core = rule->core;
    if (!argot_rule_tuple(rule, aggregate->args, aggregate->nargs, &arrival->subject))
        return;
    bool full = values->count >= aggregate->least;
    if (full && !argot_values_find(values, &core->values_of, core->tuple.bytes, core->tuple.length))
        argot_values_remove(values, &core->values_of, argot_values_at(values, values->oldest));
    bool fresh;
    struct argot_kept kept = argot_rule_kept(arrival, false);
    argot_values_see(values, &core->values_of, core->tuple.bytes, core->tuple.length, &kept, &fresh);
}

static bool
counts(struct argot_rule *rule, const struct argot_plan_aggregate *aggregate, const struct argot_arrival *arrival)
{
    struct argot_scene scene = {.rule = rule->plan, .subject = arrival->subject};
    return argot_judge_holds(rule->core->judge, aggregate->args[0], &scene);
}

static inline void
add_bound(struct argot_rule *rule, const struct argot_plan_aggregate *aggregate, union argot_window_bound *bound,
          const struct argot_arrival *arrival)
{
    struct argot_core *core = rule->core;
    if (!aggregate->least)
        return;
    if (aggregate->kind == ARGOT_PLAN_DISTINCT) {
        add_distinct(rule, aggregate, values_of(bound), arrival);
        return;
    }
    if (aggregate->nargs && !counts(rule, aggregate, arrival))
        return;
    struct argot_kept kept = argot_rule_kept(arrival, false);
    uint32_t limit = aggregate->least > UINT32_MAX ? UINT32_MAX : (uint32_t)aggregate->least;
    if (!argot_trail_add(&bound->trail, &core->slab, limit, &kept))
        argot_held_drop(&core->slab, kept.held);
}

void
argot_window_add(struct argot_rule *rule, struct argot_window_state *state, const struct argot_arrival *arrival)
{
    const struct argot_plan_window *window = rule->plan->window;
    if (!window->bounded) {
        argot_window_events_add(rule, argot_window_part(window, state), arrival);
        return;
    }
    for (uint32_t i = 0; i < window->naggregates; i++)
        add_bound(rule, &window->aggregates[i], bound_at(window, state, i), arrival);
}

/* Whether an event of this time is in the window at `time`. */
static bool
inside(const struct argot_plan_window *window, argot_time event, argot_time time)
{
    return window->kind != ARGOT_PLAN_WITHIN || (uint64_t)time - (uint64_t)event <= (uint64_t)window->span_ns;
}

bool
argot_window_holds(struct argot_rule *rule, struct argot_window_state *state, argot_time time)
{
    const struct argot_plan_window *window = rule->plan->window;
    if (!window->bounded)
        return argot_window_events_hold(rule, argot_window_part(window, state), time);
    for (uint32_t i = 0; i < window->naggregates; i++) {
        union argot_window_bound *bound = bound_at(window, state, i);
        const struct argot_plan_aggregate *aggregate = &window->aggregates[i];
        if (!aggregate->least)
            continue;
        if (aggregate->kind == ARGOT_PLAN_DISTINCT) {
            const struct argot_values *values = values_of(bound);
            if (values->count < aggregate->least ||
                !inside(window, argot_values_at(values, values->oldest)->newest.time, time))
                return false;
        } else if (bound->trail.count < aggregate->least ||
                   !inside(window, argot_trail_oldest(&bound->trail)->time, time)) {
            return false;
        }
    }
    return true;
}

/* ---- for who watches ---- */

static uint64_t
count_inside(const struct argot_plan_window *window, const struct argot_plan_aggregate *aggregate,
             union argot_window_bound *bound, argot_time time)
{
    uint64_t count = 0;
    if (aggregate->kind == ARGOT_PLAN_DISTINCT) {
        const struct argot_values *values = values_of(bound);
        for (const struct argot_values_node *node = argot_values_at(values, values->newest);
             node && inside(window, node->newest.time, time); node = argot_values_at(values, node->older))
            count++;
        return count;
    }
    const struct argot_trail_event *event = bound->trail.newest;
    for (uint32_t i = 0; i < bound->trail.count; i++) {
        event = event->next;
        count += inside(window, event->time, time);
    }
    return count;
}

void
argot_window_values(struct argot_rule *rule, struct argot_window_state *state, argot_time time,
                    struct argot_datum *values)
{
    const struct argot_plan_window *window = rule->plan->window;
    if (!window->bounded) {
        argot_window_events_values(rule, argot_window_part(window, state), time, values);
        return;
    }
    for (uint32_t i = 0; i < window->naggregates; i++)
        values[i] = (struct argot_datum){
            .type = ARGOT_EXPR_WHOLE_TYPE,
            .slot.u64 = count_inside(window, &window->aggregates[i], bound_at(window, state, i), time)};
}

/* ---- causes ---- */

void
argot_window_causes(const struct argot_rule *rule, struct argot_window_state *state, struct argot_buffer *causes)
{
    const struct argot_plan_window *window = rule->plan->window;
    if (!window->bounded) {
        argot_window_events_causes(rule, argot_window_part(window, state), causes);
        return;
    }
    for (uint32_t i = 0; i < window->naggregates; i++) {
        union argot_window_bound *bound = bound_at(window, state, i);
        if (window->aggregates[i].kind != ARGOT_PLAN_DISTINCT) {
            argot_trail_put(&bound->trail, rule->core->serial, causes);
            continue;
        }
        const struct argot_values *values = values_of(bound);
        for (const struct argot_values_node *node = argot_values_at(values, values->oldest); node;
             node = argot_values_at(values, node->newer))
            argot_buffer_append(causes, &node->newest, sizeof node->newest);
    }
    argot_causes_sort(causes);
}

void
argot_window_clear(struct argot_rule *rule, struct argot_window_state *state)
{
    const struct argot_plan_window *window = rule->plan->window;
    if (!window->bounded) {
        argot_window_events_clear(rule, argot_window_part(window, state));
        return;
    }
    for (uint32_t i = 0; i < window->naggregates; i++)
        if (window->aggregates[i].kind == ARGOT_PLAN_DISTINCT)
            argot_values_clear(values_of(bound_at(window, state, i)), &rule->core->values_of);
        else
            argot_trail_clear(&bound_at(window, state, i)->trail, &rule->core->slab);
}

void
argot_window_finish(struct argot_rule *rule, struct argot_window_state *state)
{
    const struct argot_plan_window *window = rule->plan->window;
    if (!window->bounded) {
        argot_window_events_finish(rule, argot_window_part(window, state));
        return;
    }
    for (uint32_t i = 0; i < window->naggregates; i++)
        if (window->aggregates[i].kind == ARGOT_PLAN_DISTINCT)
            argot_values_finish(values_of(bound_at(window, state, i)), &rule->core->values_of);
        else
            argot_trail_clear(&bound_at(window, state, i)->trail, &rule->core->slab);
}

struct argot_rule_holds
argot_window_holds_most(const struct argot_plan_rule *plan)
{
    const struct argot_plan_window *window = plan->window;
    struct argot_rule_holds holds = {.event_bytes = sizeof(struct argot_trail_event)};
    if (!window->bounded)
        return argot_window_events_hold_most(plan);
    for (uint32_t i = 0; i < window->naggregates; i++)
        *(window->aggregates[i].kind == ARGOT_PLAN_DISTINCT ? &holds.values : &holds.events) +=
            window->aggregates[i].least;
    return holds;
}
