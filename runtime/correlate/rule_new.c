/* SPDX-License-Identifier: Apache-2.0
 * `when new (…) over D learning L`: remembers the tuples of each key for as long as they count. */
#include "correlate/rule.h"

struct state {
    struct argot_keyed keyed;
    bool begun;
    struct argot_values seen;
};

static size_t
state_bytes(const struct argot_plan_rule *plan)
{
    (void)plan;
    return sizeof(struct state);
}

static void
drop(struct argot_rule *rule, struct argot_keyed *keyed)
{
    struct state *state = (struct state *)keyed;
    if (state->begun)
        argot_values_finish(&state->seen, &rule->core->values_of);
}

/* What was not seen for longer than `over` is new again: nothing need be remembered of it. */
static void
forget_old(struct argot_rule *rule, struct state *state, argot_time time)
{
    struct argot_values_node *oldest;
    while ((oldest = argot_values_at(&state->seen, state->seen.oldest)) &&
           (uint64_t)time - (uint64_t)oldest->newest.time > (uint64_t)rule->plan->fresh->over_ns)
        argot_values_remove(&state->seen, &rule->core->values_of, oldest);
}

/* What the tuple is; it is seen from now on. No reason without memory. */
static enum argot_watch_why
see(struct argot_rule *rule, struct state *state, const struct argot_arrival *arrival)
{
    struct argot_core *core = rule->core;
    const struct argot_plan_new *fresh = rule->plan->fresh;
    forget_old(rule, state, arrival->kept.time);
    if (!argot_rule_tuple(rule, fresh->exprs, fresh->nexprs, &arrival->subject))
        return ARGOT_WATCH_NO_TUPLE;
    bool is_new;
    struct argot_kept kept = argot_rule_kept(arrival, false);
    if (!argot_values_see(&state->seen, &core->values_of, core->tuple.bytes, core->tuple.length, &kept, &is_new))
        return ARGOT_WATCH_NO_REASON;
    if (state->seen.count > rule->plan->limit_events) {
        argot_values_remove(&state->seen, &core->values_of, argot_values_at(&state->seen, state->seen.oldest));
        rule->counts.dropped++;
    }
    bool learning = (uint64_t)arrival->kept.time - (uint64_t)rule->began < (uint64_t)fresh->learning_ns;
    if (!is_new)
        return ARGOT_WATCH_KNOWN;
    return learning ? ARGOT_WATCH_LEARNT : ARGOT_WATCH_NEW;
}

static void
take(struct argot_rule *rule, const struct argot_listener *listener, const struct argot_arrival *arrival)
{
    bool until = listener->role == ARGOT_ROLE_UNTIL;
    struct state *state = (struct state *)argot_rule_key(rule, listener->event, arrival, !until);
    if (!state)
        return;
    if (!state->begun)
        argot_values_init(&state->seen);
    state->begun = true;
    if (until) {
        argot_values_clear(&state->seen, &rule->core->values_of);
        argot_rule_cleared(rule, listener, &state->keyed, arrival);
        return;
    }
    argot_rule_count(rule, listener, &state->keyed, arrival);
    if (rule->began == INT64_MIN)
        rule->began = arrival->kept.time;
    enum argot_watch_why what = see(rule, state, arrival);
    if (rule->watch)
        argot_rule_watch(rule, &state->keyed, arrival,
                         (struct argot_watch_note){.kind = ARGOT_WATCH_SEEN, .why = what, .until = rule->began});
    if (what == ARGOT_WATCH_NEW)
        argot_raise_one(rule, &state->keyed, arrival);
}

static bool
idle(const struct argot_rule *rule, const struct argot_keyed *keyed, argot_time now)
{
    const struct state *state = (const struct state *)keyed;
    const struct argot_values_node *newest = state->begun ? argot_values_at(&state->seen, state->seen.newest) : NULL;
    return !newest || (uint64_t)now - (uint64_t)newest->newest.time > (uint64_t)rule->plan->fresh->over_ns;
}

static struct argot_rule_holds
holds(const struct argot_plan_rule *plan)
{
    return (struct argot_rule_holds){.values = plan->limit_events};
}

const struct argot_rule_kind argot_rule_new = {
    .state_bytes = state_bytes, .holds = holds, .take = take, .drop = drop, .idle = idle, .union_of_matches = true};
