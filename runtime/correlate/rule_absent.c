/* SPDX-License-Identifier: Apache-2.0
 * `when absent D`: each event of a key sets its timer anew. The newest event is kept, since the alert has its fields.
 */
#include "correlate/rule.h"

struct state {
    struct argot_keyed keyed;
    struct argot_kept newest; /* held NULL: not armed */
};

static size_t
state_bytes(const struct argot_plan_rule *plan)
{
    (void)plan;
    return sizeof(struct state);
}

static void
disarm(struct argot_rule *rule, struct state *state)
{
    argot_held_drop(&rule->core->slab, state->newest.held);
    state->newest.held = NULL;
}

static void
drop(struct argot_rule *rule, struct argot_keyed *keyed)
{
    disarm(rule, (struct state *)keyed);
}

static void
take(struct argot_rule *rule, const struct argot_listener *listener, const struct argot_arrival *arrival)
{
    bool until = listener->role == ARGOT_ROLE_UNTIL;
    struct state *state = (struct state *)argot_rule_key(rule, listener->event, arrival, !until);
    if (!state)
        return;
    disarm(rule, state);
    if (until) {
        argot_timers_cancel(rule->timers, &state->keyed);
        argot_rule_cleared(rule, listener, &state->keyed, arrival);
        return;
    }
    argot_rule_count(rule, listener, &state->keyed, arrival);
    state->newest = argot_rule_kept(arrival, true);
    argot_rule_timer(rule, &state->keyed, arrival->kept.time, rule->plan->absent_ns);
}

static void
due(struct argot_rule *rule, struct argot_keyed *keyed, argot_time time)
{
    struct state *state = (struct state *)keyed;
    struct argot_kept cause = state->newest;
    state->newest.held = NULL;
    argot_raise(&(struct argot_firing){.rule = rule,
                                       .keyed = keyed,
                                       .time = time,
                                       .phase = ARGOT_PHASE_TIMER_ALERT,
                                       .newest = cause.held->subject,
                                       .newest_kept = cause,
                                       .count = 1,
                                       .first_time = cause.time});
    argot_held_drop(&rule->core->slab, cause.held);
}

static bool
idle(const struct argot_rule *rule, const struct argot_keyed *keyed, argot_time now)
{
    (void)rule, (void)now;
    return !((const struct state *)keyed)->newest.held;
}

static struct argot_rule_holds
holds(const struct argot_plan_rule *plan)
{
    (void)plan;
    return (struct argot_rule_holds){.copies = 1};
}

const struct argot_rule_kind argot_rule_absent = {.state_bytes = state_bytes,
                                                  .holds = holds,
                                                  .take = take,
                                                  .due = due,
                                                  .drop = drop,
                                                  .idle = idle,
                                                  .union_of_matches = true};
