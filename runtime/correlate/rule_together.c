/* SPDX-License-Identifier: Apache-2.0
 * `together`: members in any order within a span. All members that take an event get it before it is judged. */
#include "correlate/ring.h"
#include "correlate/rule.h"

/* Behind it a ring for each member. */
struct state {
    struct argot_keyed keyed;
    uint64_t serial; /* of the newest event */
    argot_time last_time;
    uint64_t filled; /* members that it filled, a bit each */
    struct argot_ring rings[];
};

static size_t
state_bytes(const struct argot_plan_rule *plan)
{
    return sizeof(struct state) + plan->together->nmembers * sizeof(struct argot_ring);
}

static void
clear(struct argot_rule *rule, struct state *state)
{
    for (uint32_t i = 0; i < rule->plan->together->nmembers; i++)
        argot_ring_clear(&state->rings[i], &rule->core->slab);
}

static void
drop(struct argot_rule *rule, struct argot_keyed *keyed)
{
    struct state *state = (struct state *)keyed;
    for (uint32_t i = 0; i < rule->plan->together->nmembers; i++)
        argot_ring_finish(&state->rings[i], &rule->core->slab);
    for (uint32_t i = 0; i < rule->ntouched; i++) /* evicted for another key of the same event */
        if (rule->touched[i] == keyed)
            rule->touched[i] = NULL;
}

/* How many of a counted member lie within the span. */
static void
watch_counting(struct argot_rule *rule, struct state *state, const struct argot_listener *listener,
               const struct argot_arrival *arrival)
{
    struct argot_watch_note note = {.kind = ARGOT_WATCH_COUNTING, .event = listener->event, .stage = listener->number};
    note.count =
        argot_ring_within(&state->rings[listener->number], arrival->kept.time, rule->plan->together->within_ns);
    argot_rule_watch(rule, &state->keyed, arrival, note);
}

static void
take(struct argot_rule *rule, const struct argot_listener *listener, const struct argot_arrival *arrival)
{
    const struct argot_plan_stage *member = &rule->plan->together->members[listener->number];
    struct state *state = (struct state *)argot_rule_key(rule, listener->event, arrival, true);
    if (!state)
        return;
    argot_rule_count(rule, listener, &state->keyed, arrival);
    state->last_time = arrival->kept.time;
    if (state->serial != arrival->serial) {
        state->serial = arrival->serial;
        state->filled = 0;
        rule->touched[rule->ntouched++] = &state->keyed;
    }
    struct argot_kept kept = argot_rule_kept(arrival, member->name || rule->plan->ncollect);
    if (argot_ring_add(&state->rings[listener->number], &rule->core->slab, member->count, &kept))
        state->filled |= UINT64_C(1) << listener->number;
    else
        argot_held_drop(&rule->core->slab, kept.held);
    if (rule->watch && member->count > 1)
        watch_counting(rule, state, listener, arrival);
}

/* ---- judging ---- */

static bool
is_there(const struct argot_rule *rule, const struct state *state, uint32_t member, argot_time time)
{
    const struct argot_ring *ring = &state->rings[member];
    return ring->count == rule->plan->together->members[member].count &&
           (uint64_t)time - (uint64_t)argot_ring_get(ring, 0)->time <= (uint64_t)rule->plan->together->within_ns;
}

/* The events of the members that are there, in order and each once. */
static void
append_causes(struct argot_rule *rule, const struct state *state, uint64_t there)
{
    struct argot_buffer *causes = &rule->core->causes;
    causes->length = 0;
    for (uint32_t i = 0; i < rule->plan->together->nmembers; i++)
        for (uint32_t j = 0; there >> i & 1 && j < state->rings[i].count; j++)
            argot_buffer_append(causes, argot_ring_get(&state->rings[i], j), sizeof(struct argot_kept));
    argot_causes_sort(causes);
}

static void
fire(struct argot_rule *rule, struct state *state, uint64_t there, const struct argot_arrival *arrival)
{
    struct argot_core *core = rule->core;
    uint32_t nmembers = rule->plan->together->nmembers;
    struct argot_subject *captures = argot_arena_zalloc(&core->arena, nmembers, sizeof *captures);
    append_causes(rule, state, there);
    if (!captures || core->causes.failed) {
        core->failed = true;
        return;
    }
    for (uint32_t i = 0; i < nmembers; i++) {
        const struct argot_ring *ring = &state->rings[i];
        struct argot_held *held = there >> i & 1 ? argot_ring_get(ring, ring->count - 1)->held : NULL;
        if (held)
            captures[i] = held->subject;
    }
    const struct argot_kept *kept = (const struct argot_kept *)(void *)core->causes.bytes;
    argot_raise(&(struct argot_firing){.rule = rule,
                                       .keyed = &state->keyed,
                                       .time = arrival->kept.time,
                                       .phase = arrival->phase,
                                       .newest = arrival->subject,
                                       .newest_kept = argot_rule_at_hand(arrival),
                                       .causes = kept,
                                       .ncauses = (uint32_t)(core->causes.length / sizeof *kept),
                                       .count = 1,
                                       .first_time = kept[0].time,
                                       .captures = captures});
}

static void
judge(struct argot_rule *rule, struct state *state, const struct argot_arrival *arrival)
{
    const struct argot_plan_together *together = rule->plan->together;
    uint64_t there = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < together->nmembers; i++)
        if (is_there(rule, state, i, arrival->kept.time)) {
            there |= UINT64_C(1) << i;
            count++;
        }
    if (rule->watch)
        argot_rule_watch(rule, &state->keyed, arrival,
                         (struct argot_watch_note){.kind = ARGOT_WATCH_MEMBERS, .members = there, .count = count});
    if (count < together->quorum || !(there & state->filled))
        return;
    fire(rule, state, there, arrival);
    if (rule->plan->rearm != ARGOT_PLAN_REARM_ALWAYS)
        clear(rule, state);
}

static void
end(struct argot_rule *rule, const struct argot_arrival *arrival)
{
    for (uint32_t i = 0; i < rule->ntouched; i++)
        if (rule->touched[i])
            judge(rule, (struct state *)rule->touched[i], arrival);
    rule->ntouched = 0;
}

static bool
idle(const struct argot_rule *rule, const struct argot_keyed *keyed, argot_time now)
{
    const struct state *state = (const struct state *)keyed;
    return (uint64_t)now - (uint64_t)state->last_time > (uint64_t)rule->plan->together->within_ns;
}

static struct argot_rule_holds
holds(const struct argot_plan_rule *plan)
{
    const struct argot_plan_together *together = plan->together;
    struct argot_rule_holds holds = {.event_bytes = sizeof(struct argot_kept)};
    for (uint32_t i = 0; i < together->nmembers; i++) {
        holds.events += together->members[i].count;
        holds.copies += together->members[i].name || plan->ncollect ? together->members[i].count : 0;
    }
    return holds;
}

const struct argot_rule_kind argot_rule_together = {
    .state_bytes = state_bytes, .holds = holds, .take = take, .end = end, .drop = drop, .idle = idle};
