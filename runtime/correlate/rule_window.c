/* SPDX-License-Identifier: Apache-2.0
 * `when CONDITION within | every | session`: a condition over the events of a window. Lower bounds alone keep as many
 * events and values as they name (window_bounds.c); any other condition keeps the window (window_events.c). */
#include "correlate/window.h"

static size_t
state_bytes(const struct argot_plan_rule *plan)
{
    return sizeof(struct argot_window_state) + argot_window_part_bytes(plan);
}

/* ---- the episode, which alert.count and collect tell of ---- */

static void
end_episode(struct argot_rule *rule, struct argot_window_state *state)
{
    state->count = 0;
    if (rule->plan->ncollect)
        argot_collect_clear(rule, argot_window_collected(rule->plan, state));
}

static void
count_event(struct argot_rule *rule, struct argot_window_state *state, const struct argot_arrival *arrival)
{
    if (!state->count++)
        state->first_time = arrival->kept.time;
    state->last_time = arrival->kept.time;
    if (rule->plan->ncollect)
        argot_collect_add(rule, argot_window_collected(rule->plan, state), &arrival->subject);
}

/* ---- judging ---- */

/* For who watches. */
static const struct argot_datum *
values_at(struct argot_rule *rule, struct argot_window_state *state, argot_time time)
{
    struct argot_datum *values =
        argot_arena_zalloc(&rule->core->arena, rule->plan->window->naggregates, sizeof *values);
    if (values)
        argot_window_values(rule, state, time, values);
    else
        rule->core->failed = true;
    return values;
}

static void
look(struct argot_rule *rule, struct argot_keyed *keyed, struct argot_watch_note *note)
{
    note->values = values_at(rule, (struct argot_window_state *)keyed, note->time);
}

/* Whether it holds at `time`: behind the event at hand, or at the end of a window (NULL). */
static bool
holds_at(struct argot_rule *rule, struct argot_window_state *state, argot_time time,
         const struct argot_arrival *arrival)
{
    bool held = argot_window_holds(rule, state, time);
    if (rule->watch)
        argot_rule_watch(
            rule, &state->keyed, arrival,
            (struct argot_watch_note){
                .kind = ARGOT_WATCH_WINDOW, .time = time, .values = values_at(rule, state, time), .held = held});
    return held;
}

/* ---- firing ---- */

static void
fire(struct argot_rule *rule, struct argot_window_state *state, argot_time time, enum argot_phase phase,
     struct argot_subject newest, struct argot_kept newest_kept)
{
    struct argot_core *core = rule->core;
    core->causes.length = 0;
    if (rule->heard)
        argot_window_causes(rule, state, &core->causes);
    argot_raise(
        &(struct argot_firing){.rule = rule,
                               .keyed = &state->keyed,
                               .time = time,
                               .phase = phase,
                               .newest = newest,
                               .newest_kept = newest_kept,
                               .causes = (const struct argot_kept *)(void *)core->causes.bytes,
                               .ncauses = (uint32_t)(core->causes.length / sizeof(struct argot_kept)),
                               .count = state->count,
                               .first_time = state->first_time,
                               .collect = rule->plan->ncollect ? *argot_window_collected(rule->plan, state) : NULL});
}

/* ---- within ---- */

static void
take_within(struct argot_rule *rule, struct argot_window_state *state, const struct argot_arrival *arrival)
{
    const struct argot_plan_window *window = rule->plan->window;
    argot_time time = arrival->kept.time;
    bool below = rule->plan->rearm == ARGOT_PLAN_REARM_BELOW;
    if (state->count && (uint64_t)time - (uint64_t)state->last_time > (uint64_t)window->span_ns)
        end_episode(rule, state);
    count_event(rule, state, arrival);
    if (argot_rule_open(rule, &state->keyed, time) && !below) {
        argot_rule_hit(rule, &state->keyed, time);
        return;
    }
    argot_window_add(rule, state, arrival);
    if (!holds_at(rule, state, time, arrival)) {
        state->keyed.open = false;
    } else if (state->keyed.open) {
        argot_rule_hit(rule, &state->keyed, time);
    } else {
        fire(rule, state, time, arrival->phase, arrival->subject, argot_rule_at_hand(arrival));
        if (rule->plan->rearm != ARGOT_PLAN_REARM_ALWAYS && !below)
            argot_window_clear(rule, state);
    }
}

/* ---- every and session ---- */

static struct argot_window_tail *
tail_of(const struct argot_rule *rule, struct argot_window_state *state)
{
    return argot_window_tail(rule->plan->window, state);
}

/* The window is over at `end`: judges it and forgets it. */
static void
end_window(struct argot_rule *rule, struct argot_window_state *state, argot_time end)
{
    struct argot_window_tail *tail = tail_of(rule, state);
    if (state->count && holds_at(rule, state, end, NULL))
        fire(rule, state, end, ARGOT_PHASE_TIMER_ALERT, tail->newest.held->subject, tail->newest);
    argot_window_clear(rule, state);
    argot_held_drop(&rule->core->slab, tail->newest.held);
    tail->newest.held = NULL;
    end_episode(rule, state);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static argot_time
end_of(int64_t number, int64_t span_ns)
{
    argot_time end;
    return __builtin_add_overflow(number, 1, &number) || __builtin_mul_overflow(number, span_ns, &end) ? INT64_MAX
                                                                                                       : end;
}

/* An event at the very end of a window of `every` is not part of it, but comes before the timer. */
static void
end_if_over(struct argot_rule *rule, struct argot_window_state *state, argot_time time)
{
    const struct argot_plan_window *window = rule->plan->window;
    if (window->kind != ARGOT_PLAN_EVERY || !state->count)
        return;
    int64_t number = tail_of(rule, state)->number;
    if (number != floor_div(time, window->span_ns))
        end_window(rule, state, end_of(number, window->span_ns));
}

static void
take_tumbling(struct argot_rule *rule, struct argot_window_state *state, const struct argot_arrival *arrival)
{
    const struct argot_plan_window *window = rule->plan->window;
    struct argot_window_tail *tail = tail_of(rule, state);
    argot_time time = arrival->kept.time;
    if (window->kind == ARGOT_PLAN_EVERY) {
        end_if_over(rule, state, time);
        tail->number = floor_div(time, window->span_ns);
        argot_rule_timer(rule, &state->keyed, end_of(tail->number, window->span_ns), 0);
    } else {
        argot_rule_timer(rule, &state->keyed, time, window->span_ns);
    }
    count_event(rule, state, arrival);
    argot_window_add(rule, state, arrival);
    argot_held_drop(&rule->core->slab, tail->newest.held);
    tail->newest = argot_rule_kept(arrival, true);
}

/* ---- the kind ---- */

static void
clear(struct argot_rule *rule, struct argot_window_state *state)
{
    argot_window_clear(rule, state);
    end_episode(rule, state);
    if (rule->plan->window->kind != ARGOT_PLAN_WITHIN) {
        struct argot_window_tail *tail = tail_of(rule, state);
        argot_held_drop(&rule->core->slab, tail->newest.held);
        tail->newest.held = NULL;
        argot_timers_cancel(rule->timers, &state->keyed);
    }
}

static void
take(struct argot_rule *rule, const struct argot_listener *listener, const struct argot_arrival *arrival)
{
    bool until = listener->role == ARGOT_ROLE_UNTIL;
    struct argot_window_state *state =
        (struct argot_window_state *)argot_rule_key(rule, listener->event, arrival, !until);
    if (!state)
        return;
    if (until) {
        end_if_over(rule, state, arrival->kept.time);
        clear(rule, state);
        argot_rule_cleared(rule, listener, &state->keyed, arrival);
        return;
    }
    argot_rule_count(rule, listener, &state->keyed, arrival);
    if (rule->plan->window->kind == ARGOT_PLAN_WITHIN)
        take_within(rule, state, arrival);
    else
        take_tumbling(rule, state, arrival);
}

static void
due(struct argot_rule *rule, struct argot_keyed *keyed, argot_time time)
{
    struct argot_window_state *state = (struct argot_window_state *)keyed;
    end_window(rule, state, time);
    if (!argot_rule_open(rule, keyed, time))
        argot_table_remove(&rule->table, keyed);
}

static void
drop(struct argot_rule *rule, struct argot_keyed *keyed)
{
    struct argot_window_state *state = (struct argot_window_state *)keyed;
    clear(rule, state);
    argot_window_finish(rule, state);
}

/* Of `every` and `session` a timer waits as long as there is something. */
static bool
idle(const struct argot_rule *rule, const struct argot_keyed *keyed, argot_time now)
{
    const struct argot_window_state *state = (const struct argot_window_state *)keyed;
    return !state->count || (rule->plan->window->kind == ARGOT_PLAN_WITHIN &&
                             (uint64_t)now - (uint64_t)state->last_time > (uint64_t)rule->plan->window->span_ns);
}

static struct argot_rule_holds
holds(const struct argot_plan_rule *plan)
{
    struct argot_rule_holds holds = argot_window_holds_most(plan);
    holds.copies = plan->window->kind != ARGOT_PLAN_WITHIN;
    return holds;
}

const struct argot_rule_kind argot_rule_window = {.state_bytes = state_bytes,
                                                  .holds = holds,
                                                  .take = take,
                                                  .due = due,
                                                  .drop = drop,
                                                  .idle = idle,
                                                  .look = look,
                                                  .union_of_matches = true,
                                                  .episodes = true};
