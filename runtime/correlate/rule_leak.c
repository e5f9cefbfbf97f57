/* SPDX-License-Identifier: Apache-2.0
 * `when count > N leak D`: a bucket that drains one event each D. Its level is counted in nanoseconds, D an event, so
 * that nothing is rounded. */
#include "correlate/ring.h"
#include "correlate/rule.h"

struct state {
    struct argot_keyed keyed;
    uint64_t level_ns;
    uint64_t count; /* since the bucket was empty */
    argot_time first_time, last_time;
    struct argot_collected *collect;
    struct argot_ring causes;
    struct argot_values values; /* distinct */
};

static size_t
state_bytes(const struct argot_plan_rule *plan)
{
    (void)plan;
    return sizeof(struct state);
}

static void
empty(struct argot_rule *rule, struct state *state)
{
    state->level_ns = 0;
    state->count = 0;
    argot_collect_clear(rule, &state->collect);
    argot_ring_clear(&state->causes, &rule->core->slab);
    if (state->values.room)
        argot_values_clear(&state->values, &rule->core->values_of);
}

static void
drop(struct argot_rule *rule, struct argot_keyed *keyed)
{
    struct state *state = (struct state *)keyed;
    empty(rule, state);
    argot_ring_finish(&state->causes, &rule->core->slab);
    if (state->values.room)
        argot_values_finish(&state->values, &rule->core->values_of);
}

static void
drain(struct argot_rule *rule, struct state *state, argot_time time)
{
    uint64_t elapsed = (uint64_t)time - (uint64_t)state->last_time;
    if (state->level_ns > elapsed)
        state->level_ns -= elapsed;
    else
        empty(rule, state);
    state->last_time = time;
}

/* Whether the event adds to the level. */
static bool
adds(struct argot_rule *rule, struct state *state, const struct argot_arrival *arrival)
{
    struct argot_core *core = rule->core;
    const struct argot_plan_aggregate *aggregate = &rule->plan->window->aggregates[0];
    if (aggregate->kind == ARGOT_PLAN_COUNT)
        return true;
    if (!argot_rule_tuple(rule, aggregate->args, aggregate->nargs, &arrival->subject))
        return false;
    if (!state->values.room)
        argot_values_init(&state->values);
    bool fresh;
    struct argot_kept kept = argot_rule_kept(arrival, false);
    if (!argot_values_see(&state->values, &core->values_of, core->tuple.bytes, core->tuple.length, &kept, &fresh))
        return false;
    if (state->values.count > rule->plan->limit_events) {
        argot_values_remove(&state->values, &core->values_of, argot_values_at(&state->values, state->values.oldest));
        rule->counts.dropped++;
    }
    return fresh;
}

/* As many as filled the bucket, but no more than are told. */
static uint32_t
most_causes(const struct argot_plan_rule *plan)
{
    uint64_t most = plan->window->capacity + plan->window->exceeds;
    most = most < plan->keep ? most : plan->keep;
    return most ? (uint32_t)most : 1;
}

static void
add(struct argot_rule *rule, struct state *state, const struct argot_arrival *arrival)
{
    const struct argot_plan_window *window = rule->plan->window;
    if (!state->count++)
        state->first_time = arrival->kept.time;
    argot_collect_add(rule, &state->collect, &arrival->subject);
    if (!adds(rule, state, arrival))
        return;
    if (__builtin_add_overflow(state->level_ns, (uint64_t)window->span_ns, &state->level_ns))
        state->level_ns = UINT64_MAX;
    struct argot_kept kept = argot_rule_kept(arrival, false);
    if (!argot_ring_add(&state->causes, &rule->core->slab, most_causes(rule->plan), &kept))
        argot_held_drop(&rule->core->slab, kept.held);
}

static bool
is_full(const struct argot_plan_window *window, const struct state *state)
{
    uint64_t bound;
    if (__builtin_mul_overflow(window->capacity, (uint64_t)window->span_ns, &bound))
        return false; /* more than centuries */
    return window->exceeds ? state->level_ns > bound : state->level_ns >= bound;
}

static void
fire(struct argot_rule *rule, struct state *state, const struct argot_arrival *arrival)
{
    struct argot_core *core = rule->core;
    core->causes.length = 0;
    for (uint32_t i = 0; i < state->causes.count; i++)
        argot_buffer_append(&core->causes, argot_ring_get(&state->causes, i), sizeof(struct argot_kept));
    argot_raise(&(struct argot_firing){.rule = rule,
                                       .keyed = &state->keyed,
                                       .time = arrival->kept.time,
                                       .phase = arrival->phase,
                                       .newest = arrival->subject,
                                       .newest_kept = argot_rule_at_hand(arrival),
                                       .causes = (const struct argot_kept *)(void *)core->causes.bytes,
                                       .ncauses = (uint32_t)(core->causes.length / sizeof(struct argot_kept)),
                                       .count = state->count,
                                       .first_time = state->first_time,
                                       .collect = state->collect});
}

static void
take(struct argot_rule *rule, const struct argot_listener *listener, const struct argot_arrival *arrival)
{
    bool until = listener->role == ARGOT_ROLE_UNTIL;
    struct state *state = (struct state *)argot_rule_key(rule, listener->event, arrival, !until);
    if (!state)
        return;
    if (until) {
        empty(rule, state);
        argot_rule_cleared(rule, listener, &state->keyed, arrival);
        return;
    }
    argot_rule_count(rule, listener, &state->keyed, arrival);
    drain(rule, state, arrival->kept.time);
    if (argot_rule_open(rule, &state->keyed, arrival->kept.time)) {
        argot_rule_hit(rule, &state->keyed, arrival->kept.time);
        return;
    }
    add(rule, state, arrival);
    if (rule->watch)
        argot_rule_watch(rule, &state->keyed, arrival,
                         (struct argot_watch_note){.kind = ARGOT_WATCH_LEVEL, .level_ns = state->level_ns});
    if (!is_full(rule->plan->window, state))
        return;
    fire(rule, state, arrival);
    if (rule->plan->rearm != ARGOT_PLAN_REARM_ALWAYS)
        empty(rule, state);
}

static bool
idle(const struct argot_rule *rule, const struct argot_keyed *keyed, argot_time now)
{
    const struct state *state = (const struct state *)keyed;
    (void)rule;
    return (uint64_t)now - (uint64_t)state->last_time >= state->level_ns;
}

static struct argot_rule_holds
holds(const struct argot_plan_rule *plan)
{
    bool distinct = plan->window->aggregates[0].kind == ARGOT_PLAN_DISTINCT;
    return (struct argot_rule_holds){.events = most_causes(plan),
                                     .event_bytes = sizeof(struct argot_kept),
                                     .values = distinct ? plan->limit_events : 0};
}

const struct argot_rule_kind argot_rule_leak = {.state_bytes = state_bytes,
                                                .holds = holds,
                                                .take = take,
                                                .drop = drop,
                                                .idle = idle,
                                                .union_of_matches = true,
                                                .episodes = true};
