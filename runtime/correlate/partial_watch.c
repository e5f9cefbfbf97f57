/* SPDX-License-Identifier: Apache-2.0
 * What partials of a sequence tell who watches it. */
#include "correlate/partial.h"

static const struct argot_plan_event *
event_of(const struct argot_rule *rule, uint32_t stage)
{
    return &rule->plan->sequence->stages[stage].event;
}

void
argot_partial_passed(struct argot_rule *rule, const struct argot_keyed *keyed, const struct argot_partial *partial,
                     const struct argot_arrival *arrival)
{
    struct argot_watch_step *steps = argot_arena_zalloc(&rule->core->arena, partial->stage + 1u, sizeof *steps);
    if (!steps) {
        rule->core->failed = true;
        return;
    }
    for (const struct argot_partial *at = partial; at; at = at->before) {
        const struct argot_kept *last = argot_partial_last(at);
        steps[at->stage] = (struct argot_watch_step){last->time, {last->source, last->part, last->record}};
    }
    argot_rule_watch(rule, keyed, arrival,
                     (struct argot_watch_note){.kind = ARGOT_WATCH_PASSED,
                                               .event = event_of(rule, partial->stage),
                                               .stage = partial->stage,
                                               .serial = partial->serial,
                                               .steps = steps});
}

void
argot_partial_ended(struct argot_rule *rule, const struct argot_keyed *keyed, const struct argot_partial *partial,
                    const struct argot_partial_end *end)
{
    argot_rule_watch(rule, keyed, end->arrival,
                     (struct argot_watch_note){.kind = ARGOT_WATCH_ENDED,
                                               .why = end->why,
                                               .time = end->time,
                                               .event = end->event,
                                               .stage = partial->stage,
                                               .serial = partial->serial});
}

void
argot_partial_stopped(struct argot_rule *rule, const struct argot_keyed *keyed, uint32_t stage,
                      enum argot_watch_why why, const struct argot_arrival *arrival)
{
    argot_rule_watch(rule, keyed, arrival,
                     (struct argot_watch_note){
                         .kind = ARGOT_WATCH_STOPPED, .why = why, .event = event_of(rule, stage), .stage = stage});
}

void
argot_partial_counting(struct argot_rule *rule, const struct argot_keyed *keyed, uint32_t stage, uint32_t count,
                       const struct argot_arrival *arrival)
{
    argot_rule_watch(rule, keyed, arrival,
                     (struct argot_watch_note){
                         .kind = ARGOT_WATCH_COUNTING, .event = event_of(rule, stage), .stage = stage, .count = count});
}
