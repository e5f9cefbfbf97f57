/* SPDX-License-Identifier: Apache-2.0
 * What the kinds of rules share: keys, tuples, open alerts, collected values. */
#include "correlate/rule.h"
#include <stdlib.h>
#include <string.h>

const struct argot_rule_kind *
argot_rule_kind_of(const struct argot_plan_rule *plan)
{
    switch (plan->kind) {
    case ARGOT_PLAN_EACH:
        return &argot_rule_each;
    case ARGOT_PLAN_WINDOW:
        return plan->window->kind == ARGOT_PLAN_LEAK ? &argot_rule_leak : &argot_rule_window;
    case ARGOT_PLAN_ABSENT:
        return &argot_rule_absent;
    case ARGOT_PLAN_NEW:
        return &argot_rule_new;
    case ARGOT_PLAN_SEQUENCE:
        return &argot_rule_sequence;
    case ARGOT_PLAN_TOGETHER:
        return &argot_rule_together;
    }
    return &argot_rule_each;
}

/* ---- keys ---- */

static void
count_null(struct argot_rule *rule, const struct argot_plan_event *event, const struct argot_arrival *arrival)
{
    if (rule->core->tuple.failed)
        return;
    rule->counts.null_keys++;
    if (rule->watch)
        argot_rule_watch(rule, NULL, arrival, (struct argot_watch_note){.kind = ARGOT_WATCH_NULL_KEY, .event = event});
}

static inline __attribute__((always_inline)) bool /* it is done for each event that a rule takes */
make_key(struct argot_rule *rule, const struct argot_plan_event *event, const struct argot_arrival *arrival)
{
    struct argot_core *core = rule->core;
    core->made.serial = 0;
    bool made = argot_tuple_key(&core->tuple, core->judge, rule->plan, event, &arrival->subject);
    if (!made)
        count_null(rule, event, arrival);
    return made;
}

bool
argot_rule_make_key(struct argot_rule *rule, const struct argot_plan_event *event, const struct argot_arrival *arrival)
{
    return make_key(rule, event, arrival);
}

/* Whether two rules make the same key of one event: of fields, as most do. */
static bool
is_same_key(const struct argot_plan_rule *a, const struct argot_plan_event *a_event, const struct argot_plan_rule *b,
            const struct argot_plan_event *b_event)
{
    if (a->nkeys != b->nkeys)
        return false;
    for (uint32_t i = 0; i < a->nkeys; i++) {
        const struct argot_expr *x = a_event->keys[i], *y = b_event->keys[i];
        if (x->kind != ARGOT_EXPR_FIELD || y->kind != ARGOT_EXPR_FIELD || x->field != y->field || x->list || y->list ||
            a->keys[i].type != b->keys[i].type || a->keys[i].optional != b->keys[i].optional)
            return false;
    }
    return true;
}

/* The same by its hash: of a key that is not the one that was touched last. */
static struct argot_keyed *
look_up(struct argot_rule *rule, const struct argot_plan_event *event, const struct argot_arrival *arrival, bool make)
{
    struct argot_core *core = rule->core;
    struct argot_rule_made *made = &core->made;
    const uint8_t *key = core->tuple.bytes;
    size_t size = core->tuple.length;
    if (!made->hashed)
        made->hash = argot_table_hash(&rule->table, key, size);
    made->hashed = true;
    rule->table.now = arrival->kept.time;
    if (make)
        return argot_table_get(&rule->table, made->hash, key, size);
    struct argot_keyed *keyed = argot_table_find(&rule->table, made->hash, key, size);
    if (!keyed && rule->watch)
        argot_rule_watch(rule, NULL, arrival, (struct argot_watch_note){.kind = ARGOT_WATCH_UNKNOWN, .event = event});
    return keyed;
}

struct argot_keyed *
argot_rule_key(struct argot_rule *rule, const struct argot_plan_event *event, const struct argot_arrival *arrival,
               bool make)
{
    struct argot_core *core = rule->core;
    struct argot_rule_made *made = &core->made;
    if (made->serial != arrival->serial || !is_same_key(made->plan, made->event, rule->plan, event)) {
        if (!make_key(rule, event, arrival))
            return NULL;
        made->serial = arrival->serial;
        made->plan = rule->plan;
        made->event = event;
        made->hashed = false;
    }
    if (argot_table_is_newest(&rule->table, core->tuple.bytes, core->tuple.length))
        return rule->table.newest;
    return look_up(rule, event, arrival, make);
}

bool
argot_rule_tuple(struct argot_rule *rule, const struct argot_expr *const *exprs, uint32_t count,
                 const struct argot_subject *subject)
{
    struct argot_core *core = rule->core;
    struct argot_scene scene = {.rule = rule->plan, .subject = *subject};
    core->made.serial = 0;
    core->tuple.length = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct argot_datum value;
        argot_judge_value(core->judge, exprs[i], &scene, &value);
        if (value.null)
            return false;
        argot_tuple_put(&core->tuple, core->judge, exprs[i]->type, &value);
    }
    return !core->tuple.failed;
}

/* ---- open alerts ---- */

void
argot_rule_hit(struct argot_rule *rule, struct argot_keyed *keyed, argot_time time)
{
    rule->counts.hits++;
    if (rule->watch)
        argot_rule_watch(rule, keyed, NULL, (struct argot_watch_note){.kind = ARGOT_WATCH_HIT, .time = time});
    if (rule->plan->rearm == ARGOT_PLAN_REARM_AFTER)
        keyed->base = time;
}

/* ---- collect ---- */

/* Types as the values of `extra` have them. */
static uint8_t
type_of(const struct argot_expr *expr, const struct argot_datum *value)
{
    if (expr->kind != ARGOT_EXPR_FIELD)
        return value->extra_type;
    uint8_t type = argot_schema.fields[expr->field].type;
    if (type == ARGOT_TYPE_STRING_LIST)
        return ARGOT_TYPE_STRING;
    return type == ARGOT_TYPE_IP_LIST ? ARGOT_TYPE_IP : type;
}

static bool
is_text(uint8_t type)
{
    return type == ARGOT_TYPE_STRING || type == ARGOT_TYPE_HOST || type == ARGOT_TYPE_KEYWORD;
}

static bool
same_value(const struct argot_extra *a, uint8_t type, const struct argot_slot *slot)
{
    if (a->type != type)
        return false;
    if (type == ARGOT_TYPE_IP)
        return !memcmp(a->value.ip, slot->ip, sizeof slot->ip);
    if (!is_text(type))
        return a->value.u64 == slot->u64;
    return a->value.text.length == slot->text.length && a->value.text.flags == slot->text.flags &&
           (!slot->text.length || !memcmp(a->value.text.at, slot->text.at, slot->text.length));
}

static void
collect_value(struct argot_rule *rule, struct argot_collected *collected, uint8_t type, const struct argot_slot *slot)
{
    struct argot_slab *slab = &rule->core->slab;
    for (uint32_t i = 0; i < collected->count; i++)
        if (same_value(&collected->values[i], type, slot))
            return;
    if (collected->count >= ARGOT_ALERT_MAX_VALUES)
        return;
    if (collected->count == collected->room) {
        uint32_t room = collected->room ? collected->room * 2 : 2;
        struct argot_extra *values = argot_slab_grow(slab, collected->values, collected->count * sizeof *values,
                                                     collected->room * sizeof *values, room * sizeof *values);
        if (!values)
            return;
        collected->values = values;
        collected->room = room;
    }
    struct argot_extra *value = &collected->values[collected->count];
    *value = (struct argot_extra){.type = type, .value = *slot};
    if (is_text(type)) {
        uint8_t *copy = argot_slab_take(slab, slot->text.length);
        if (!copy)
            return;
        if (slot->text.length)
            memcpy(copy, slot->text.at, slot->text.length);
        value->value.text.at = copy;
    }
    collected->count++;
}

void
argot_collect_add(struct argot_rule *rule, struct argot_collected **collect, const struct argot_subject *subject)
{
    const struct argot_plan_rule *plan = rule->plan;
    struct argot_scene scene = {.rule = plan, .subject = *subject};
    if (!plan->ncollect)
        return;
    if (!*collect)
        *collect = argot_slab_zero(&rule->core->slab, plan->ncollect * sizeof **collect);
    for (uint32_t i = 0; *collect && i < plan->ncollect; i++) {
        struct argot_datum value;
        argot_judge_value(rule->core->judge, plan->collect[i], &scene, &value);
        if (value.null)
            continue;
        uint8_t type = type_of(plan->collect[i], &value);
        if (!value.list)
            collect_value(rule, &(*collect)[i], type, &value.slot);
        for (uint32_t j = 0; value.list && j < value.slot.list.count; j++)
            collect_value(rule, &(*collect)[i], type, &value.slot.list.items[j]);
    }
}

void
argot_collect_clear(struct argot_rule *rule, struct argot_collected **collect)
{
    struct argot_slab *slab = &rule->core->slab;
    for (uint32_t i = 0; *collect && i < rule->plan->ncollect; i++) {
        struct argot_collected *collected = &(*collect)[i];
        for (uint32_t j = 0; j < collected->count; j++)
            if (is_text(collected->values[j].type))
                argot_slab_give(slab, (void *)(uintptr_t)collected->values[j].value.text.at,
                                collected->values[j].value.text.length);
        argot_slab_give(slab, collected->values, collected->room * sizeof *collected->values);
    }
    argot_slab_give(slab, *collect, rule->plan->ncollect * sizeof **collect);
    *collect = NULL;
}

void
argot_rule_timer(struct argot_rule *rule, struct argot_keyed *keyed, argot_time from, int64_t span_ns)
{
    argot_time due;
    if (__builtin_add_overflow(from, span_ns, &due))
        due = INT64_MAX;
    argot_timers_set(rule->timers, &rule->core->slab, rule->number, keyed, due);
}

/* ---- causes ---- */

static int
by_order(const void *a, const void *b)
{
    const struct argot_kept *x = a, *y = b;
    return (x->serial > y->serial) - (x->serial < y->serial);
}

void
argot_causes_sort(struct argot_buffer *causes)
{
    struct argot_kept *kept = (struct argot_kept *)(void *)causes->bytes;
    size_t count = causes->length / sizeof *kept, unique = 0;
    if (count)
        qsort(kept, count, sizeof *kept, by_order);
    for (size_t i = 0; i < count; i++)
        if (!unique || kept[unique - 1].serial != kept[i].serial)
            kept[unique++] = kept[i];
    causes->length = unique * sizeof *kept;
}
