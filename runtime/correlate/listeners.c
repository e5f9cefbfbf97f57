/* SPDX-License-Identifier: Apache-2.0
 * Asking who takes an event: the lists of its type, and each condition judged once. */
#include "correlate/listeners.h"
#include <stdlib.h>
#include <string.h>

struct argot_listeners_list {
    uint32_t count, room;
    uint32_t *at;
};

/* ---- the listeners of a rule ---- */

static void
add(struct argot_listeners *listeners, struct argot_rule *rule, const struct argot_plan_event *event,
    enum argot_role role, uint32_t number)
{
    uint32_t at = listeners->count++;
    if (listeners->at) /* else they are only counted */
        listeners->at[at] = (struct argot_listener){rule, event, role, number};
}

static void
add_all(struct argot_listeners *listeners, struct argot_rule *rule, const struct argot_plan_event *events,
        uint32_t count, enum argot_role role, uint32_t number)
{
    for (uint32_t i = 0; i < count; i++)
        add(listeners, rule, &events[i], role, number);
}

static void
add_sequence(struct argot_listeners *listeners, struct argot_rule *rule)
{
    const struct argot_plan_sequence *sequence = rule->plan->sequence;
    add_all(listeners, rule, sequence->until, sequence->nuntil, ARGOT_ROLE_UNTIL, 0);
    for (uint32_t i = sequence->nstages; i-- > 0;)
        add(listeners, rule, &sequence->stages[i].event, ARGOT_ROLE_TAKE, i);
    for (uint32_t i = 0; i < sequence->nstages; i++)
        add_all(listeners, rule, sequence->stages[i].without, sequence->stages[i].nwithout, ARGOT_ROLE_WITHOUT, i);
    add_all(listeners, rule, sequence->without, sequence->nwithout, ARGOT_ROLE_WITHOUT, sequence->nstages);
    if (sequence->then_no)
        add(listeners, rule, sequence->then_no, ARGOT_ROLE_THEN_NO, sequence->nstages);
}

static void
add_rule(struct argot_listeners *listeners, struct argot_rule *rule)
{
    const struct argot_plan_rule *plan = rule->plan;
    add_all(listeners, rule, plan->until, plan->nuntil, ARGOT_ROLE_UNTIL, 0);
    if (plan->sequence)
        add_sequence(listeners, rule);
    else if (plan->together)
        for (uint32_t i = 0; i < plan->together->nmembers; i++)
            add(listeners, rule, &plan->together->members[i].event, ARGOT_ROLE_TAKE, i);
    else
        for (uint32_t i = 0; i < plan->nmatches; i++)
            add(listeners, rule, &plan->matches[i], ARGOT_ROLE_TAKE, i);
}

static void
add_rules(struct argot_listeners *listeners, struct argot_rule *rules)
{
    listeners->count = 0;
    for (uint32_t i = 0; i < listeners->nrules; i++)
        add_rule(listeners, &rules[i]);
}

/* ---- the index ---- */

static bool
append(struct argot_slab *slab, struct argot_listeners_list *list, uint32_t number)
{
    if (list->count == list->room) {
        uint32_t room = list->room ? list->room * 2 : 4;
        uint32_t *at =
            argot_slab_grow(slab, list->at, list->count * sizeof *at, list->room * sizeof *at, room * sizeof *at);
        if (!at)
            return false;
        list->at = at;
        list->room = room;
    }
    list->at[list->count++] = number;
    return true;
}

static bool
index_event(struct argot_listeners *listeners, uint32_t number)
{
    struct argot_slab *slab = &listeners->core->slab;
    const struct argot_plan_event *event = listeners->at[number].event;
    bool good = true;
    for (uint32_t i = 0; event->any_type && i < listeners->ntypes; i++)
        good = good && append(slab, &listeners->by_type[i], number);
    for (uint32_t i = 0; !event->any_type && i < event->ntypes; i++)
        good = good && append(slab, &listeners->by_type[event->types[i]], number);
    for (uint32_t i = 0; i < event->nrules; i++)
        good = good && append(slab, &listeners->by_rule[event->rules[i]], number);
    return good;
}

struct seen {
    const struct argot_expr *condition;
    uint32_t listener;
};

static int
by_condition(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    if (x->condition != y->condition)
        return x->condition < y->condition ? -1 : 1;
    return (x->listener > y->listener) - (x->listener < y->listener);
}

/* Conditions of one address get one number. */
static bool
number_conditions(struct argot_listeners *listeners)
{
    struct argot_slab *slab = &listeners->core->slab;
    size_t bytes = (listeners->count + 1) * sizeof(struct seen);
    struct seen *seen = argot_slab_take(slab, bytes);
    if (!seen)
        return false;
    for (uint32_t i = 0; i < listeners->count; i++)
        seen[i] = (struct seen){listeners->at[i].event->condition, i};
    if (listeners->count)
        qsort(seen, listeners->count, sizeof *seen, by_condition);
    for (uint32_t i = 0; i < listeners->count; i++) {
        listeners->nconditions += i == 0 || seen[i].condition != seen[i - 1].condition;
        listeners->condition[seen[i].listener] = listeners->nconditions - 1;
    }
    argot_slab_give(slab, seen, bytes);
    return true;
}

bool
argot_listeners_init(struct argot_listeners *listeners, struct argot_core *core, struct argot_rule *rules)
{
    struct argot_slab *slab = &core->slab;
    int type = argot_schema_find("event_type");
    *listeners = (struct argot_listeners){.core = core, .nrules = core->plan->nrules, .event_type = (uint16_t)type};
    listeners->ntypes = argot_schema.fields[type].nvalues;
    add_rules(listeners, rules);
    size_t count = listeners->count + 1;
    listeners->at = argot_slab_zero(slab, count * sizeof *listeners->at);
    listeners->condition = argot_slab_zero(slab, count * sizeof *listeners->condition);
    listeners->judged = argot_slab_zero(slab, count * sizeof *listeners->judged);
    listeners->taken = argot_slab_zero(slab, count * sizeof *listeners->taken);
    listeners->by_type = argot_slab_zero(slab, listeners->ntypes * sizeof *listeners->by_type);
    listeners->by_rule = argot_slab_zero(slab, (listeners->nrules + 1) * sizeof *listeners->by_rule);
    if (slab->failed)
        return false;
    add_rules(listeners, rules);
    if (!number_conditions(listeners))
        return false;
    for (uint32_t i = 0; i < listeners->count; i++)
        if (!index_event(listeners, i))
            return false;
    return true;
}

/* ---- asking ---- */

static bool
takes(struct argot_listeners *listeners, uint32_t number, const struct argot_subject *subject)
{
    const struct argot_listener *listener = &listeners->at[number];
    uint64_t *judged = &listeners->judged[listeners->condition[number]];
    if (listener->event->reads_stages)
        return true;
    if (*judged >> 1 != listeners->round) {
        struct argot_scene scene = {.rule = listener->rule->plan, .subject = *subject};
        bool held = argot_judge_holds(listeners->core->judge, listener->event->condition, &scene);
        listeners->evaluated++;
        *judged = listeners->round << 1 | held;
    }
    return *judged & 1;
}

uint32_t
argot_listeners_ask(struct argot_listeners *listeners, const struct argot_subject *subject, const uint32_t **taken)
{
    const struct argot_listeners_list *list = NULL;
    listeners->round++;
    if (subject->alert) {
        list = &listeners->by_rule[subject->alert->rule];
    } else {
        const struct argot_slot *type = argot_judge_field(listeners->core->judge, subject, listeners->event_type);
        if (type && type->u64 < listeners->ntypes)
            list = &listeners->by_type[type->u64];
    }
    uint32_t count = 0;
    for (uint32_t i = 0; list && i < list->count; i++)
        if (takes(listeners, list->at[i], subject))
            listeners->taken[count++] = list->at[i];
    *taken = listeners->taken;
    return count;
}
