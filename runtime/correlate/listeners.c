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

/* The conditions of all listeners become one graph. */
static bool
select_from(struct argot_listeners *listeners)
{
    struct argot_core *core = listeners->core;
    size_t bytes = (listeners->count + 1) * sizeof(struct argot_selection_item);
    struct argot_selection_item *items = argot_slab_take(&core->slab, bytes);
    if (!items)
        return false;
    for (uint32_t i = 0; i < listeners->count; i++)
        items[i] = (struct argot_selection_item){listeners->at[i].event, listeners->at[i].rule->plan};
    bool good = argot_selection_init(&listeners->selection, core->seam, core->judge, items, listeners->count);
    argot_slab_give(&core->slab, items, bytes);
    return good;
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
    listeners->taken = argot_slab_zero(slab, count * sizeof *listeners->taken);
    listeners->by_type = argot_slab_zero(slab, listeners->ntypes * sizeof *listeners->by_type);
    listeners->by_rule = argot_slab_zero(slab, (listeners->nrules + 1) * sizeof *listeners->by_rule);
    if (slab->failed)
        return false;
    add_rules(listeners, rules);
    for (uint32_t i = 0; i < listeners->count; i++)
        if (!index_event(listeners, i))
            return false;
    return select_from(listeners);
}

void
argot_listeners_finish(struct argot_listeners *listeners)
{
    argot_selection_finish(&listeners->selection);
}

/* ---- asking ---- */

/* The condition as the rule has it. */
static uint32_t
ask_one_by_one(struct argot_listeners *listeners, const struct argot_subject *subject,
               const struct argot_listeners_list *list)
{
    struct argot_selection *selection = &listeners->selection;
    uint32_t count = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct argot_listener *listener = &listeners->at[list->at[i]];
        struct argot_scene scene = {.rule = listener->rule->plan, .subject = *subject};
        uint32_t root = selection->roots[list->at[i]];
        selection->judged++;
        if (!listener->event->reads_stages
                ? argot_judge_holds(listeners->core->judge, listener->event->condition, &scene)
                : root == ARGOT_CONDITIONS_NONE || argot_conditions_hold(&selection->conditions, root, subject))
            listeners->taken[count++] = list->at[i];
    }
    return count;
}

bool
argot_listeners_listen(const struct argot_listeners *listeners, uint32_t rule)
{
    return listeners->by_rule[rule].count;
}

bool
argot_listeners_want(struct argot_listeners *listeners, const struct argot_shape *shape)
{
    struct argot_event event = {.shape = shape}; /* one that has the constants of the shape alone */
    const struct argot_slot *type = argot_event_get(&event, listeners->event_type);
    if (!type)
        return true;
    if (type->u64 >= listeners->ntypes)
        return false;
    const struct argot_listeners_list *list = &listeners->by_type[type->u64];
    if (!list->count || listeners->one_by_one)
        return list->count;
    return argot_selection_may_take(&listeners->selection, &event, type->u64, list->at, list->count);
}

uint32_t
argot_listeners_ask_any(struct argot_listeners *listeners, const struct argot_subject *subject, const uint32_t **taken)
{
    const struct argot_listeners_list *list = NULL;
    struct argot_selection *selection = &listeners->selection;
    uint64_t number = 0;
    uint32_t count = 0;
    argot_conditions_next(&selection->conditions, subject);
    if (subject->alert) {
        list = &listeners->by_rule[subject->alert->rule];
    } else {
        const struct argot_slot *type = argot_conditions_field(&selection->conditions, subject, listeners->event_type);
        number = type ? type->u64 : listeners->ntypes;
        if (number < listeners->ntypes)
            list = &listeners->by_type[number];
    }
    *taken = listeners->taken;
    if (!list || !list->count)
        return 0;
    if (listeners->one_by_one)
        count = ask_one_by_one(listeners, subject, list);
    else if (subject->alert)
        count = argot_selection_ask_each(selection, subject, list->at, list->count, listeners->taken);
    else
        count = argot_selection_ask(selection, subject, number, list->at, list->count, listeners->taken);
    listeners->core->failed = listeners->core->failed || selection->failed;
    return count;
}
