/* SPDX-License-Identifier: Apache-2.0
 * How far back rules look. Rules over alerts name what the alerts name, so the spans of all depths add up; the longest
 * of each depth is taken, which is never too short. */
#include "pipeline/keep.h"

static int64_t
sum(int64_t one, int64_t other)
{
    int64_t both;
    return __builtin_add_overflow(one, other, &both) ? INT64_MAX : both;
}

static int64_t
reach_of_window(const struct argot_plan_window *window)
{
    int64_t span;
    if (window->kind != ARGOT_PLAN_LEAK)
        return window->span_ns;
    return __builtin_mul_overflow(window->span_ns, window->capacity, &span) ? INT64_MAX : span;
}

static int64_t
reach_of_sequence(const struct argot_plan_sequence *sequence)
{
    int64_t within = 0;
    for (uint32_t i = 0; i < sequence->nstages; i++)
        within = sum(within, sequence->stages[i].within_ns);
    if (sequence->within_ns)
        within = sequence->within_ns;
    return sum(within, sequence->then_no_ns);
}

static int64_t
reach_of(const struct argot_plan_rule *rule)
{
    switch (rule->kind) {
    case ARGOT_PLAN_WINDOW:
        return reach_of_window(rule->window);
    case ARGOT_PLAN_ABSENT:
        return rule->absent_ns;
    case ARGOT_PLAN_SEQUENCE:
        return reach_of_sequence(rule->sequence);
    case ARGOT_PLAN_TOGETHER:
        return rule->together->within_ns;
    case ARGOT_PLAN_EACH:
    case ARGOT_PLAN_NEW:
        break;
    }
    return 0;
}

/* How long ago, by the time of events, the oldest event may have been that an alert names. A limit for all but
 * sessions, which have none: they count once. */
static int64_t
reach_of_all(const struct argot_plan *plan)
{
    int64_t reach = 0;
    uint32_t deepest = 0;
    for (uint32_t depth = 0; depth <= deepest; depth++) {
        int64_t longest = 0;
        for (uint32_t i = 0; i < plan->nrules; i++) {
            const struct argot_plan_rule *rule = &plan->rules[i];
            int64_t one = rule->depth == depth ? reach_of(rule) : 0;
            longest = one > longest ? one : longest;
            deepest = rule->depth > deepest ? rule->depth : deepest;
        }
        reach = sum(reach, longest);
    }
    return reach;
}

void
argot_keep_rules(struct argot_keep *keep, const struct argot_plan *plan)
{
    keep->reach_ns = reach_of_all(plan);
    argot_store_hold(keep->store, plan->nrules > 0);
}
