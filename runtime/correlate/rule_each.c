/* SPDX-License-Identifier: Apache-2.0
 * A plain `match`: fires for each event, or with `rearm after` and `every` once an episode of its key. */
#include "correlate/rule.h"

static size_t
state_bytes(const struct argot_plan_rule *plan)
{
    (void)plan;
    return sizeof(struct argot_keyed);
}

static void
take(struct argot_rule *rule, const struct argot_listener *listener, const struct argot_arrival *arrival)
{
    struct argot_keyed *keyed = NULL;
    if (rule->plan->stateful) {
        keyed = argot_rule_key(rule, listener->event, arrival, true);
        if (!keyed)
            return;
    } else if (!argot_rule_make_key(rule, listener->event, arrival)) {
        return;
    }
    argot_rule_count(rule, listener, keyed, arrival);
    argot_raise_one(rule, keyed, arrival);
}

static bool
idle(const struct argot_rule *rule, const struct argot_keyed *keyed, argot_time now)
{
    (void)rule, (void)keyed, (void)now;
    return true; /* there is nothing but the alert */
}

const struct argot_rule_kind argot_rule_each = {
    .state_bytes = state_bytes, .take = take, .idle = idle, .union_of_matches = true};
