/* SPDX-License-Identifier: Apache-2.0
 * `sequence`: steps in order. Before each step lies a slot with the partial that waits for it, or the newest few where
 * conditions read captures. The engine serves the steps from the last back, so one event never passes two of them. */
#include "correlate/partial.h"

#define MAX_WIDTH 4u /* partials of a slot where some condition reads a capture */

/* An event of a counted step, and the partial that waited when it came. */
struct counted {
    struct argot_kept kept;
    struct argot_partial *before; /* counted; NULL at the first step */
    bool clear; /* first step: nothing that the leading `without` names came before; else: some partial waited */
};
struct counting {
    struct counted *at; /* a ring of the newest, as many as the step asks for */
    uint32_t first, count, room;
};

struct slot {
    uint32_t count;
    struct argot_partial *partials[MAX_WIDTH]; /* newest first */
};

/* Behind it: a slot for each step and one for `then no`, then a struct counting for each step. slots[0] is unused. */
struct state {
    struct argot_keyed keyed;
    argot_time last_time; /* of an event of the key */
    bool was_led;         /* an event of the leading `without` came, */
    argot_time led;       /* at this time */
    uint64_t complete;    /* serial of the event that completed a match: it starts nothing new */
    struct slot slots[];
};

static size_t
state_bytes(const struct argot_plan_rule *plan)
{
    uint32_t stages = plan->sequence->nstages;
    return sizeof(struct state) + (stages + 1) * sizeof(struct slot) + stages * sizeof(struct counting);
}

static struct counting *
counting_of(const struct argot_rule *rule, struct state *state, uint32_t stage)
{
    return (struct counting *)(void *)&state->slots[rule->plan->sequence->nstages + 1] + stage;
}

/* Of a slot: more than one partial is worth keeping where the step behind it, or a later one, reads a capture of a step
 * before it, and so may take one partial and not another. */
static uint32_t
width_of(const struct argot_plan_sequence *sequence, uint32_t slot)
{
    uint64_t before = (UINT64_C(1) << slot) - 1;
    for (uint32_t i = slot; i < sequence->nstages; i++)
        if (sequence->stages[i].event.reads_stages & before)
            return MAX_WIDTH;
    return 1;
}

/* Whether later steps, the alert's text or its fields need the values of a step's events. */
static bool
is_read(const struct argot_rule *rule, uint32_t stage)
{
    const struct argot_plan_sequence *sequence = rule->plan->sequence;
    return sequence->stages[stage].name || stage + 1 == sequence->nstages || rule->plan->ncollect;
}

/* ---- slots ---- */

static void
take_out(struct argot_rule *rule, struct slot *slot, uint32_t index, bool alive)
{
    struct argot_partial *partial = slot->partials[index];
    partial->alive = alive;
    argot_ring_finish(&partial->counting, &rule->core->slab);
    argot_partial_drop(&rule->core->slab, partial);
    slot->count--;
    for (uint32_t i = index; i < slot->count; i++)
        slot->partials[i] = slot->partials[i + 1];
}

/* The partial's reference becomes the slot's. What it replaces may still be what a counted step came behind. */
static void
put_in(struct argot_rule *rule, struct state *state, struct slot *slot, struct argot_partial *partial)
{
    uint32_t width = width_of(rule->plan->sequence, (uint32_t)(slot - state->slots));
    if (slot->count == width) {
        if (rule->watch)
            argot_partial_ended(
                rule, &state->keyed, slot->partials[width - 1],
                &(struct argot_partial_end){.why = ARGOT_WATCH_REPLACED, .time = argot_partial_last(partial)->time});
        take_out(rule, slot, width - 1, true);
    }
    for (uint32_t i = slot->count; i > 0; i--)
        slot->partials[i] = slot->partials[i - 1];
    slot->partials[0] = partial;
    slot->count++;
}

/* 0 is the oldest. There is room. */
static struct counted *
counted_at(const struct counting *counting, uint32_t index)
{
    uint32_t at = counting->first + index;
    return &counting->at[at >= counting->room ? at - counting->room : at];
}

static void
clear_counting(struct argot_rule *rule, struct counting *counting)
{
    struct argot_slab *slab = &rule->core->slab;
    for (uint32_t i = 0; i < counting->count; i++) {
        struct counted *counted = counted_at(counting, i);
        argot_held_drop(slab, counted->kept.held);
        argot_partial_drop(slab, counted->before);
    }
    counting->first = counting->count = 0;
}

/* Tells of all partials of the key that they end. */
static void
watch_end(struct argot_rule *rule, const struct state *state, const struct argot_partial_end *end)
{
    for (uint32_t i = 1; i <= rule->plan->sequence->nstages; i++)
        for (uint32_t k = 0; k < state->slots[i].count; k++)
            argot_partial_ended(rule, &state->keyed, state->slots[i].partials[k], end);
}

static void
clear(struct argot_rule *rule, struct state *state)
{
    uint32_t stages = rule->plan->sequence->nstages;
    for (uint32_t i = 1; i <= stages; i++)
        while (state->slots[i].count)
            take_out(rule, &state->slots[i], 0, false);
    for (uint32_t i = 0; i < stages; i++)
        clear_counting(rule, counting_of(rule, state, i));
    argot_timers_cancel(rule->timers, &state->keyed);
}

static void
drop(struct argot_rule *rule, struct argot_keyed *keyed)
{
    struct state *state = (struct state *)keyed;
    if (rule->watch && rule->table.evicting)
        watch_end(rule, state, &(struct argot_partial_end){.why = ARGOT_WATCH_GIVEN_UP, .time = INT64_MIN});
    clear(rule, state);
    for (uint32_t i = 0; i < rule->plan->sequence->nstages; i++) {
        struct counting *counting = counting_of(rule, state, i);
        argot_slab_give(&rule->core->slab, counting->at, counting->room * sizeof *counting->at);
    }
}

/* ---- what a condition may read ---- */

static const struct argot_subject *
captures_of(struct argot_rule *rule, const struct argot_partial *partial)
{
    struct argot_subject *captures =
        argot_arena_zalloc(&rule->core->arena, rule->plan->sequence->nstages, sizeof *captures);
    if (!captures)
        rule->core->failed = true;
    for (; captures && partial; partial = partial->before)
        if (argot_partial_last(partial)->held)
            captures[partial->stage] = argot_partial_last(partial)->held->subject;
    return captures;
}

static bool
holds(struct argot_rule *rule, const struct argot_plan_event *event, const struct argot_partial *partial,
      const struct argot_arrival *arrival)
{
    if (!event->reads_stages)
        return true; /* judged when it came */
    struct argot_scene scene = {
        .rule = rule->plan, .subject = arrival->subject, .captures = captures_of(rule, partial)};
    if (scene.captures && rule->watch)
        argot_rule_watch(
            rule, NULL, arrival,
            (struct argot_watch_note){.kind = ARGOT_WATCH_JUDGED, .event = event, .captures = scene.captures});
    return scene.captures && argot_judge_holds(rule->core->judge, event->condition, &scene);
}

static bool
within(argot_time from, argot_time to, int64_t span_ns)
{
    return (uint64_t)to - (uint64_t)from <= (uint64_t)span_ns;
}

/* ---- a complete match ---- */

/* Appends the events of the chain, oldest first, no more than the newest `keep`. */
static void
append_causes(struct argot_rule *rule, const struct argot_partial *partial)
{
    struct argot_buffer *causes = &rule->core->causes;
    size_t room = rule->plan->keep, count = 0;
    causes->length = 0;
    if (!argot_buffer_reserve(causes, room * sizeof(struct argot_kept)))
        return;
    struct argot_kept *kept = (struct argot_kept *)(void *)causes->bytes;
    for (; partial && count < room; partial = partial->before)
        for (uint32_t i = partial->nevents; i-- > 0 && count < room;)
            kept[room - ++count] = partial->events[i];
    memmove(kept, kept + room - count, count * sizeof *kept);
    causes->length = count * sizeof *kept;
}

static void
fire(struct argot_rule *rule, struct state *state, const struct argot_partial *partial, argot_time time,
     enum argot_phase phase)
{
    struct argot_core *core = rule->core;
    const struct argot_kept *last = argot_partial_last(partial);
    append_causes(rule, partial);
    argot_raise(&(struct argot_firing){.rule = rule,
                                       .keyed = &state->keyed,
                                       .time = time,
                                       .phase = phase,
                                       .newest = last->held->subject,
                                       .newest_kept = *last,
                                       .causes = (const struct argot_kept *)(void *)core->causes.bytes,
                                       .ncauses = (uint32_t)(core->causes.length / sizeof(struct argot_kept)),
                                       .count = 1,
                                       .first_time = partial->first_time,
                                       .captures = captures_of(rule, partial)});
}

/* The partial, whose reference is taken over, passed all steps. */
static void
complete(struct argot_rule *rule, struct state *state, struct argot_partial *partial,
         const struct argot_arrival *arrival)
{
    const struct argot_plan_sequence *sequence = rule->plan->sequence;
    struct slot *waiting = &state->slots[sequence->nstages];
    if (rule->watch && sequence->then_no && waiting->count)
        argot_partial_stopped(rule, &state->keyed, partial->stage, ARGOT_WATCH_BUSY, arrival);
    else if (rule->watch)
        argot_partial_passed(rule, &state->keyed, partial, arrival);
    if (sequence->then_no && !waiting->count) {
        waiting->partials[waiting->count++] = partial;
        argot_rule_timer(rule, &state->keyed, argot_partial_last(partial)->time, sequence->then_no_ns);
        return;
    }
    if (!sequence->then_no) {
        fire(rule, state, partial, arrival->kept.time, arrival->phase);
        if (rule->plan->rearm != ARGOT_PLAN_REARM_ALWAYS) {
            if (rule->watch)
                watch_end(rule, state, &(struct argot_partial_end){.why = ARGOT_WATCH_MATCHED, .arrival = arrival});
            clear(rule, state);
            state->complete = arrival->serial;
        }
    }
    argot_partial_drop(&rule->core->slab, partial);
}

static void
due(struct argot_rule *rule, struct argot_keyed *keyed, argot_time time)
{
    struct state *state = (struct state *)keyed;
    struct slot *waiting = &state->slots[rule->plan->sequence->nstages];
    if (!waiting->count)
        return;
    fire(rule, state, waiting->partials[0], time, ARGOT_PHASE_TIMER_ALERT);
    if (rule->watch)
        watch_end(rule, state, &(struct argot_partial_end){.why = ARGOT_WATCH_MATCHED, .time = time});
    if (rule->plan->rearm == ARGOT_PLAN_REARM_ALWAYS)
        take_out(rule, waiting, 0, false);
    else
        clear(rule, state);
}

/* ---- steps ---- */

/* A partial passed the stage with these events: it goes on to the next slot, or is complete. */
static void
advance(struct argot_rule *rule, struct state *state, struct argot_partial *before, uint32_t stage,
        const struct argot_kept *events, uint32_t nevents, const struct argot_arrival *arrival)
{
    const struct argot_plan_sequence *sequence = rule->plan->sequence;
    struct argot_partial *partial =
        argot_partial_new(&rule->core->slab, before, stage, events, nevents, arrival->serial);
    if (!partial)
        return;
    if (before && !sequence->stages[stage].copies) {
        struct slot *slot = &state->slots[stage];
        before->alive = false;
        for (uint32_t i = 0; i < slot->count; i++)
            if (slot->partials[i] == before) {
                take_out(rule, slot, i, false);
                break;
            }
    }
    if (rule->watch && stage + 1 < sequence->nstages)
        argot_partial_passed(rule, &state->keyed, partial, arrival);
    if (stage + 1 == sequence->nstages)
        complete(rule, state, partial, arrival);
    else
        put_in(rule, state, &state->slots[stage + 1], partial);
}

/* Nothing that the leading `without` names came within its span before. */
static bool
is_clear(const struct argot_rule *rule, const struct state *state, argot_time time)
{
    return !state->was_led || !within(state->led, time, rule->plan->sequence->stages[0].without_ns);
}

/* Why the partial does not go on with the event; no reason: it does. */
static enum argot_watch_why
fits(struct argot_rule *rule, uint32_t stage, const struct argot_partial *partial, const struct argot_arrival *arrival)
{
    const struct argot_plan_sequence *sequence = rule->plan->sequence;
    const struct argot_plan_stage *plan = &sequence->stages[stage];
    argot_time time = arrival->kept.time;
    if (!within(partial->first_time, time, sequence->within_ns))
        return ARGOT_WATCH_LATER_THAN_ALL;
    if (plan->within_ns && !within(argot_partial_last(partial)->time, time, plan->within_ns))
        return ARGOT_WATCH_LATER_THAN_STEP;
    return holds(rule, &plan->event, partial, arrival) ? ARGOT_WATCH_NO_REASON : ARGOT_WATCH_NOT_HELD;
}

static void
take_single(struct argot_rule *rule, struct state *state, uint32_t stage, const struct argot_arrival *arrival)
{
    struct argot_partial *before = NULL;
    enum argot_watch_why why = ARGOT_WATCH_NO_REASON; /* of the newest */
    const struct slot *slot = &state->slots[stage];
    if (stage == 0 && !is_clear(rule, state, arrival->kept.time))
        why = ARGOT_WATCH_LED;
    else if (stage && !slot->count)
        why = ARGOT_WATCH_NOTHING_WAITS;
    for (uint32_t i = 0; stage && i < slot->count && !before; i++) {
        enum argot_watch_why reason = fits(rule, stage, slot->partials[i], arrival);
        why = i ? why : reason;
        before = reason ? NULL : slot->partials[i];
    }
    if (stage ? !before : why != ARGOT_WATCH_NO_REASON) {
        if (rule->watch)
            argot_partial_stopped(rule, &state->keyed, stage, why, arrival);
        return;
    }
    struct argot_kept kept = argot_rule_kept(arrival, is_read(rule, stage));
    advance(rule, state, before, stage, &kept, 1, arrival);
    argot_held_drop(&rule->core->slab, kept.held);
}

/* ---- counted steps ---- */

static bool
count_one(struct argot_rule *rule, struct counting *counting, uint32_t limit, const struct counted *counted)
{
    struct argot_slab *slab = &rule->core->slab;
    if (counting->count == limit) {
        argot_held_drop(slab, counting->at[counting->first].kept.held);
        argot_partial_drop(slab, counting->at[counting->first].before);
        counting->first = counting->first + 1 == counting->room ? 0 : counting->first + 1;
        counting->count--;
    }
    if (counting->count == counting->room) {
        uint32_t room = counting->room ? counting->room * 2 : 2;
        room = room > limit ? limit : room;
        struct counted *at = argot_slab_take(slab, room * sizeof *at);
        if (!at)
            return false;
        for (uint32_t i = 0; i < counting->count; i++)
            at[i] = *counted_at(counting, i);
        argot_slab_give(slab, counting->at, counting->room * sizeof *at);
        counting->at = at;
        counting->room = room;
        counting->first = 0;
    }
    *counted_at(counting, counting->count++) = *counted;
    return true;
}

/* Room for events behind each other; NULL without memory. */
static struct argot_kept *
row_of(struct argot_rule *rule, uint32_t count)
{
    struct argot_kept *kept = argot_arena_alloc(&rule->core->arena, count * sizeof *kept);
    if (!kept)
        rule->core->failed = true;
    return kept;
}

static bool
spans(const struct argot_plan_sequence *sequence, const struct argot_plan_stage *plan, argot_time first_of_all,
      argot_time first, argot_time last)
{
    return within(first_of_all, last, sequence->within_ns) &&
           (!plan->within_ns || within(first, last, plan->within_ns));
}

/* In which the events of a counted step must lie: its own, or that of the sequence. */
static int64_t
span_of(const struct argot_plan_sequence *sequence, const struct argot_plan_stage *plan)
{
    return plan->within_ns ? plan->within_ns : sequence->within_ns;
}

/* How many of the newest lie within the step's span. */
static void
watch_counting(struct argot_rule *rule, struct state *state, uint32_t stage, const struct counting *counting,
               const struct argot_arrival *arrival)
{
    const struct argot_plan_sequence *sequence = rule->plan->sequence;
    int64_t span_ns = span_of(sequence, &sequence->stages[stage]);
    uint32_t count = 0;
    while (count < counting->count) {
        if (!within(counted_at(counting, counting->count - 1 - count)->kept.time, arrival->kept.time, span_ns))
            break;
        count++;
    }
    argot_partial_counting(rule, &state->keyed, stage, count, arrival);
}

/* There are enough, and they do not pass. */
static enum argot_watch_why
why_not(const struct argot_rule *rule, uint32_t stage, const struct counted *first, argot_time time)
{
    const struct argot_plan_sequence *sequence = rule->plan->sequence;
    if (!first->clear)
        return stage ? ARGOT_WATCH_GONE : ARGOT_WATCH_LED;
    if (first->before && !first->before->alive)
        return ARGOT_WATCH_GONE;
    if (!within(first->before ? first->before->first_time : first->kept.time, time, sequence->within_ns))
        return ARGOT_WATCH_LATER_THAN_ALL;
    return ARGOT_WATCH_SPREAD;
}

/* Whether some counted event came behind a partial that may still go on, though it waits no longer: it was replaced,
 * and what replaced it is gone. Else no event that was counted can begin a match any more. */
static bool
is_remembered(struct argot_rule *rule, struct counting *counting)
{
    for (uint32_t i = counting->count; i-- > 0;) {
        const struct counted *counted = counted_at(counting, i);
        if (counted->before && counted->before->alive)
            return true;
    }
    clear_counting(rule, counting);
    return false;
}

static void
take_counted(struct argot_rule *rule, struct state *state, uint32_t stage, const struct argot_arrival *arrival)
{
    const struct argot_plan_sequence *sequence = rule->plan->sequence;
    const struct argot_plan_stage *plan = &sequence->stages[stage];
    struct counting *counting = counting_of(rule, state, stage);
    const struct slot *slot = &state->slots[stage];
    argot_time time = arrival->kept.time;
    bool waited = stage && slot->count;
    if (stage && !waited && !is_remembered(rule, counting)) { /* it comes behind nothing */
        if (rule->watch)
            argot_partial_stopped(rule, &state->keyed, stage, ARGOT_WATCH_NOTHING_WAITS, arrival);
        return;
    }
    struct counted counted = {.kept = argot_rule_kept(arrival, is_read(rule, stage)),
                              .before = waited ? argot_partial_again(slot->partials[0]) : NULL,
                              .clear = stage ? waited : is_clear(rule, state, time)};
    if (!count_one(rule, counting, plan->count, &counted)) {
        argot_held_drop(&rule->core->slab, counted.kept.held);
        argot_partial_drop(&rule->core->slab, counted.before);
        return;
    }
    if (rule->watch)
        watch_counting(rule, state, stage, counting, arrival);
    if (counting->count < plan->count)
        return;
    const struct counted *first = &counting->at[counting->first];
    if (!first->clear || (first->before && !first->before->alive) ||
        !spans(sequence, plan, first->before ? first->before->first_time : first->kept.time, first->kept.time, time)) {
        if (rule->watch)
            argot_partial_stopped(rule, &state->keyed, stage, why_not(rule, stage, first, time), arrival);
        return;
    }
    struct argot_kept *events = row_of(rule, counting->count);
    for (uint32_t i = 0; events && i < counting->count; i++)
        events[i] = counted_at(counting, i)->kept;
    if (events)
        advance(rule, state, first->before, stage, events, plan->count, arrival);
}

/* Its events differ from partial to partial: each counts its own. */
static void
take_counted_reading(struct argot_rule *rule, struct state *state, uint32_t stage, const struct argot_arrival *arrival)
{
    const struct argot_plan_sequence *sequence = rule->plan->sequence;
    const struct argot_plan_stage *plan = &sequence->stages[stage];
    const struct slot *slot = &state->slots[stage];
    struct argot_partial *before = NULL;
    for (uint32_t i = 0; i < slot->count; i++) {
        struct argot_partial *partial = slot->partials[i];
        if (!holds(rule, &plan->event, partial, arrival))
            continue;
        struct argot_kept kept = argot_rule_kept(arrival, is_read(rule, stage));
        if (!argot_ring_add(&partial->counting, &rule->core->slab, plan->count, &kept)) {
            argot_held_drop(&rule->core->slab, kept.held);
            return;
        }
        if (rule->watch)
            argot_partial_counting(rule, &state->keyed, stage,
                                   argot_ring_within(&partial->counting, arrival->kept.time, span_of(sequence, plan)),
                                   arrival);
        if (!before && partial->counting.count == plan->count &&
            spans(sequence, plan, partial->first_time, argot_ring_get(&partial->counting, 0)->time, arrival->kept.time))
            before = partial;
    }
    struct argot_kept *events = before ? row_of(rule, plan->count) : NULL;
    for (uint32_t i = 0; events && i < plan->count; i++)
        events[i] = *argot_ring_get(&before->counting, i);
    if (events)
        advance(rule, state, before, stage, events, plan->count, arrival);
}

/* ---- what must not come ---- */

/* Kills what waits in the slot, but for what this event made. */
static void
kill(struct argot_rule *rule, struct state *state, uint32_t number, const struct argot_plan_event *event,
     const struct argot_arrival *arrival)
{
    struct slot *slot = &state->slots[number];
    for (uint32_t i = slot->count; i-- > 0;)
        if (slot->partials[i]->serial != arrival->serial && holds(rule, event, slot->partials[i], arrival)) {
            if (rule->watch)
                argot_partial_ended(rule, &state->keyed, slot->partials[i],
                                    &(struct argot_partial_end){ARGOT_WATCH_KILLED, event, arrival, 0});
            take_out(rule, slot, i, false);
        }
    if (number == rule->plan->sequence->nstages) {
        if (!slot->count)
            argot_timers_cancel(rule->timers, &state->keyed);
        return;
    }
    struct counting *counting = counting_of(rule, state, number);
    for (uint32_t i = 0; i < counting->count; i++) {
        struct argot_partial *before = counted_at(counting, i)->before;
        if (before && before->alive && before->serial != arrival->serial && holds(rule, event, before, arrival))
            before->alive = false;
    }
}

static void
take_negative(struct argot_rule *rule, struct state *state, const struct argot_listener *listener,
              const struct argot_arrival *arrival)
{
    if (listener->role == ARGOT_ROLE_UNTIL) {
        if (rule->watch)
            watch_end(rule, state, &(struct argot_partial_end){ARGOT_WATCH_UNTIL, listener->event, arrival, 0});
        clear(rule, state);
        argot_rule_cleared(rule, listener, &state->keyed, arrival);
    } else if (listener->role == ARGOT_ROLE_THEN_NO) {
        kill(rule, state, rule->plan->sequence->nstages, listener->event, arrival);
    } else if (listener->number) {
        kill(rule, state, listener->number, listener->event, arrival);
    } else {
        state->was_led = true;
        state->led = arrival->kept.time;
    }
}

/* ---- the kind ---- */

static void
take(struct argot_rule *rule, const struct argot_listener *listener, const struct argot_arrival *arrival)
{
    bool positive = listener->role == ARGOT_ROLE_TAKE;
    bool first = listener->number == 0 && (positive || listener->role == ARGOT_ROLE_WITHOUT);
    struct state *state = (struct state *)argot_rule_key(rule, listener->event, arrival, first);
    if (!state)
        return;
    state->last_time = arrival->kept.time;
    if (!positive) {
        take_negative(rule, state, listener, arrival);
        return;
    }
    argot_rule_count(rule, listener, &state->keyed, arrival);
    const struct argot_plan_stage *stage = &rule->plan->sequence->stages[listener->number];
    if (state->complete == arrival->serial)
        return;
    if (stage->count == 1)
        take_single(rule, state, listener->number, arrival);
    else if (listener->event->reads_stages)
        take_counted_reading(rule, state, listener->number, arrival);
    else
        take_counted(rule, state, listener->number, arrival);
}

/* A partial that waits for the end has a timer. */
static bool
idle(const struct argot_rule *rule, const struct argot_keyed *keyed, argot_time now)
{
    const struct state *state = (const struct state *)keyed;
    const struct argot_plan_sequence *sequence = rule->plan->sequence;
    return !within(state->last_time, now, sequence->within_ns) &&
           !(state->was_led && within(state->led, now, sequence->stages[0].without_ns));
}

static struct argot_rule_holds
holds_most(const struct argot_plan_rule *plan)
{
    const struct argot_plan_sequence *sequence = plan->sequence;
    struct argot_rule_holds holds = {.event_bytes = sizeof(struct counted)};
    uint64_t passed = 0; /* events of a partial that waits for the stage */
    for (uint32_t i = 0; i < sequence->nstages; i++) {
        uint64_t count = sequence->stages[i].count;
        passed += count + sizeof(struct argot_partial) / sizeof(struct argot_kept) + 1;
        holds.events += passed * width_of(sequence, i) + (count > 1 ? count : 0);
        holds.copies += sequence->stages[i].name || i + 1 == sequence->nstages || plan->ncollect
                            ? (passed + count) * width_of(sequence, i)
                            : 0;
    }
    return holds;
}

const struct argot_rule_kind argot_rule_sequence = {
    .state_bytes = state_bytes, .holds = holds_most, .take = take, .due = due, .drop = drop, .idle = idle};
