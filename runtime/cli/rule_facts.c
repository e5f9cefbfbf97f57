/* SPDX-License-Identifier: Apache-2.0
 * A condition is tried against each type of event that a format makes, with nothing known but which fields may be
 * there: what reads a field that is never there does not hold. */
#include "cli/rule_facts.h"

struct maker {
    struct argot_arena *arena;
    struct argot_registry *registry;
    const struct argot_plan *plan;
    struct argot_rule_facts *facts;
    struct argot_emits **formats; /* by index in the registry */
    struct argot_emits *all;
    size_t nformats;
    int event_type;
    uint16_t ntypes;
};

/* An event as far as it is known. */
struct guess {
    const struct argot_emits *emits;
    uint16_t type;
};

/* ---- conditions ---- */

/* Whether a value may be there. Trees are at most ARGOT_EXPR_MAX_DEPTH deep. */
// NOLINTNEXTLINE(misc-no-recursion)
static bool
may_be_there(const struct guess *guess, const struct argot_expr *expr)
{
    if (expr->kind == ARGOT_EXPR_FIELD)
        return argot_schema.fields[expr->field].type == ARGOT_TYPE_TIMESTAMP || /* times of its own among them */
               argot_emits_field(guess->emits, guess->type, expr->field);
    if (expr->kind == ARGOT_EXPR_ALERT)
        return false;
    if (expr->kind == ARGOT_EXPR_CAPTURE)
        return true;
    bool any = expr->kind == ARGOT_EXPR_CALL && expr->function == ARGOT_EXPR_CALL_COALESCE;
    for (uint16_t i = 0; i < expr->nargs; i++)
        if (may_be_there(guess, expr->args[i]) == any)
            return any;
    return !any;
}

static bool
is_type(const struct argot_expr *expr, int event_type)
{
    return expr->kind == ARGOT_EXPR_FIELD && expr->field == event_type;
}

/* A comparison of the type itself is decided. */
static bool
may_compare(const struct guess *guess, const struct argot_expr *expr, int event_type)
{
    for (int side = 0; side < 2; side++) {
        const struct argot_expr *other = expr->args[1 - side];
        if (!is_type(expr->args[side], event_type) || other->kind != ARGOT_EXPR_CONSTANT)
            continue;
        if (expr->compare == ARGOT_EXPR_EQUAL)
            return other->constant->slot.u64 == guess->type;
        if (expr->compare == ARGOT_EXPR_NOT_EQUAL)
            return other->constant->slot.u64 != guess->type;
    }
    return may_be_there(guess, expr->args[0]) && may_be_there(guess, expr->args[1]);
}

static bool
may_be_in(const struct guess *guess, const struct argot_expr *expr, int event_type)
{
    const struct argot_expr_set *set = expr->set;
    if (!is_type(expr->args[0], event_type) || set->nexprs || set->nnetworks)
        return may_be_there(guess, expr->args[0]);
    for (uint32_t i = 0; i < set->nconstants; i++)
        if (set->constants[i].slot.u64 == guess->type)
            return !expr->negated;
    return expr->negated;
}

// NOLINTNEXTLINE(misc-no-recursion)
static bool
may_hold(const struct guess *guess, const struct argot_expr *expr, int event_type)
{
    switch (expr->kind) {
    case ARGOT_EXPR_AND:
        for (uint16_t i = 0; i < expr->nargs; i++)
            if (!may_hold(guess, expr->args[i], event_type))
                return false;
        return true;
    case ARGOT_EXPR_OR:
        for (uint16_t i = 0; i < expr->nargs; i++)
            if (may_hold(guess, expr->args[i], event_type))
                return true;
        return false;
    case ARGOT_EXPR_COMPARE:
        return may_compare(guess, expr, event_type);
    case ARGOT_EXPR_IN:
        return may_be_in(guess, expr, event_type);
    case ARGOT_EXPR_LIKE:
    case ARGOT_EXPR_CONTAINS:
    case ARGOT_EXPR_STARTS:
    case ARGOT_EXPR_ENDS:
        return may_be_there(guess, expr->args[0]);
    case ARGOT_EXPR_IS_NULL:
        return !expr->negated || may_be_there(guess, expr->args[0]);
    case ARGOT_EXPR_FROM_RULE:
        return false;
    default:
        return true;
    }
}

/* ---- fields ---- */

// NOLINTNEXTLINE(misc-no-recursion)
static void
add_fields(const struct argot_expr *expr, bool *fields)
{
    if (expr->kind == ARGOT_EXPR_FIELD)
        fields[expr->field] = true;
    for (uint16_t i = 0; i < expr->nargs; i++)
        add_fields(expr->args[i], fields);
    for (uint32_t i = 0; expr->kind == ARGOT_EXPR_IN && i < expr->set->nexprs; i++)
        add_fields(expr->set->exprs[i], fields);
    for (uint32_t i = 0; i < expr->npatterns; i++)
        if (expr->patterns[i].kind == ARGOT_EXPR_PATTERN_COMPUTED)
            add_fields(expr->patterns[i].expr, fields);
}

static void
add_event_fields(const struct argot_plan_rule *rule, const struct argot_plan_event *event, bool *fields)
{
    add_fields(event->condition, fields);
    for (uint32_t i = 0; i < rule->nkeys; i++)
        add_fields(event->keys[i], fields);
}

static void
add_rule_fields(const struct argot_plan_rule *rule, bool *fields)
{
    for (uint32_t i = 0; rule->window && i < rule->window->naggregates; i++)
        for (uint16_t k = 0; k < rule->window->aggregates[i].nargs; k++)
            add_fields(rule->window->aggregates[i].args[k], fields);
    for (uint32_t i = 0; rule->fresh && i < rule->fresh->nexprs; i++)
        add_fields(rule->fresh->exprs[i], fields);
    for (uint32_t i = 0; i < rule->nlookups; i++)
        add_fields(rule->lookups[i].key, fields);
    for (uint32_t i = 0; i < rule->ncollect; i++)
        add_fields(rule->collect[i], fields);
}

/* ---- events ---- */

static bool
has_type(const struct argot_plan_event *event, uint16_t type)
{
    for (uint16_t i = 0; i < event->ntypes; i++)
        if (event->types[i] == type)
            return true;
    return event->any_type;
}

static bool
may_give(const struct maker *maker, const struct argot_plan_rule *rule, const struct argot_plan_event *event,
         const struct argot_emits *emits)
{
    for (uint16_t type = 0; type < maker->ntypes; type++) {
        struct guess guess = {emits, type};
        bool fits = has_type(event, type) && argot_emits_type(emits, type) &&
                    may_hold(&guess, event->condition, maker->event_type);
        for (uint32_t i = 0; fits && i < rule->nkeys; i++)
            fits = rule->keys[i].optional || may_be_there(&guess, event->keys[i]);
        if (fits)
            return true;
    }
    return false;
}

/* Notes what the event reads. Whether some format or rule may give it. */
static bool
look_at(struct maker *maker, const struct argot_plan_rule *rule, const struct argot_plan_event *event,
        struct argot_rule_facts *facts)
{
    bool given = false;
    facts->any_type = facts->any_type || event->any_type;
    for (uint16_t i = 0; i < event->ntypes; i++)
        facts->types[event->types[i]] = true;
    add_event_fields(rule, event, facts->fields);
    for (size_t i = 0; i < maker->nformats; i++)
        if (may_give(maker, rule, event, maker->formats[i]))
            facts->formats[i] = given = true;
    for (uint32_t i = 0; i < event->nrules; i++)
        given = given || maker->facts[event->rules[i]].can_fire;
    return given;
}

static void
look_at_all(struct maker *maker, const struct argot_plan_rule *rule, const struct argot_plan_event *events,
            uint32_t count, struct argot_rule_facts *facts)
{
    for (uint32_t i = 0; i < count; i++)
        look_at(maker, rule, &events[i], facts);
}

/* ---- why not ---- */

static const char *
names_of_types(struct maker *maker, const struct argot_plan_event *event)
{
    const char *names = "";
    for (uint16_t i = 0; i < event->ntypes; i++)
        names = argot_arena_printf(maker->arena, "%s%s%s", names ? names : "", i ? ", " : "",
                                   argot_schema.fields[maker->event_type].values[event->types[i]]);
    return names ? names : "";
}

static bool
is_made(const struct maker *maker, const struct argot_plan_event *event)
{
    for (uint16_t type = 0; type < maker->ntypes; type++)
        if (has_type(event, type) && argot_emits_type(maker->all, type))
            return true;
    return false;
}

/* Fields that are read and filled in none of the event's types. */
static const char *
names_of_missing(struct maker *maker, const struct argot_plan_rule *rule, const struct argot_plan_event *event)
{
    bool *fields = argot_arena_zalloc(maker->arena, argot_schema.count, sizeof *fields);
    const char *names = "";
    if (!fields)
        return names;
    add_event_fields(rule, event, fields);
    for (uint16_t field = 0; field < argot_schema.count; field++) {
        bool filled = !fields[field] || field == maker->event_type;
        for (uint16_t type = 0; type < maker->ntypes && !filled; type++)
            filled = has_type(event, type) && argot_emits_field(maker->all, type, field);
        if (!filled)
            names = argot_arena_printf(maker->arena, "%s%s%s", names ? names : "", names && *names ? ", " : "",
                                       argot_schema.fields[field].name);
    }
    return names ? names : "";
}

static const char *
why_not(struct maker *maker, const struct argot_plan_rule *rule, const struct argot_plan_event *event)
{
    unsigned line = event->place.span.line;
    if (event->nrules && !event->ntypes && !event->any_type)
        return argot_arena_printf(maker->arena, "line %u: none of the rules below it can fire", line);
    if (!is_made(maker, event))
        return argot_arena_printf(maker->arena, "line %u: no format makes %s", line, names_of_types(maker, event));
    const char *missing = names_of_missing(maker, rule, event);
    if (*missing)
        return argot_arena_printf(maker->arena, "line %u: no format fills %s there", line, missing);
    return argot_arena_printf(maker->arena, "line %u: no format gives an event with all that is asked for", line);
}

/* ---- rules ---- */

/* How many of the stages may be taken; `*missing` is the first that may not. */
static uint32_t
count_stages(struct maker *maker, const struct argot_plan_rule *rule, const struct argot_plan_stage *stages,
             uint32_t count, struct argot_rule_facts *facts, const struct argot_plan_event **missing)
{
    uint32_t given = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool good = look_at(maker, rule, &stages[i].event, facts);
        given += good;
        if (!good && !*missing)
            *missing = &stages[i].event;
        look_at_all(maker, rule, stages[i].without, stages[i].nwithout, facts);
    }
    return given;
}

/* The event for want of which the rule cannot fire, or NULL. */
static const struct argot_plan_event *
find_missing(struct maker *maker, const struct argot_plan_rule *rule, struct argot_rule_facts *facts)
{
    const struct argot_plan_event *missing = NULL;
    uint32_t given = 0;
    if (rule->sequence) {
        const struct argot_plan_sequence *sequence = rule->sequence;
        given = count_stages(maker, rule, sequence->stages, sequence->nstages, facts, &missing);
        look_at_all(maker, rule, sequence->then_no, sequence->then_no != NULL, facts);
        look_at_all(maker, rule, sequence->without, sequence->nwithout, facts);
        look_at_all(maker, rule, sequence->until, sequence->nuntil, facts);
        return given == sequence->nstages ? NULL : missing;
    }
    if (rule->together) {
        given = count_stages(maker, rule, rule->together->members, rule->together->nmembers, facts, &missing);
        return given >= rule->together->quorum ? NULL : missing;
    }
    for (uint32_t i = 0; i < rule->nmatches; i++)
        given += look_at(maker, rule, &rule->matches[i], facts);
    look_at_all(maker, rule, rule->until, rule->nuntil, facts);
    return given || !rule->nmatches ? NULL : &rule->matches[0];
}

static bool
make_facts(struct maker *maker, uint32_t number)
{
    const struct argot_plan_rule *rule = &maker->plan->rules[number];
    struct argot_rule_facts *facts = &maker->facts[number];
    facts->types = argot_arena_zalloc(maker->arena, maker->ntypes, sizeof *facts->types);
    facts->fields = argot_arena_zalloc(maker->arena, argot_schema.count, sizeof *facts->fields);
    facts->formats = argot_arena_zalloc(maker->arena, maker->nformats, sizeof *facts->formats);
    if (!facts->types || !facts->fields || !facts->formats)
        return false;
    const struct argot_plan_event *missing = find_missing(maker, rule, facts);
    add_rule_fields(rule, facts->fields);
    facts->can_fire = !missing;
    facts->why = missing ? why_not(maker, rule, missing) : NULL;
    return facts->can_fire || facts->why;
}

static bool
make_all(struct maker *maker)
{
    uint32_t deepest = 0;
    for (uint32_t i = 0; i < maker->plan->nrules; i++)
        deepest = maker->plan->rules[i].depth > deepest ? maker->plan->rules[i].depth : deepest;
    for (uint32_t depth = 0; depth <= deepest; depth++)
        for (uint32_t i = 0; i < maker->plan->nrules; i++)
            if (maker->plan->rules[i].depth == depth && !make_facts(maker, i))
                return false;
    return true;
}

struct argot_rule_facts *
argot_rule_facts_make(struct argot_arena *arena, struct argot_registry *registry, const struct argot_plan *plan)
{
    struct maker maker = {.arena = arena,
                          .registry = registry,
                          .plan = plan,
                          .all = argot_emits_new(registry),
                          .nformats = argot_registry_count(registry),
                          .event_type = argot_schema_find("event_type")};
    maker.ntypes = argot_schema.fields[maker.event_type].nvalues;
    maker.facts = argot_arena_zalloc(arena, plan->nrules, sizeof *maker.facts);
    maker.formats = argot_arena_zalloc(arena, maker.nformats, sizeof(struct argot_emits *));
    bool good = maker.all && maker.facts && maker.formats;
    for (size_t i = 0; good && i < maker.nformats; i++)
        good = (maker.formats[i] = argot_emits_of(registry, i)) != NULL;
    good = good && make_all(&maker);
    for (size_t i = 0; maker.formats && i < maker.nformats; i++)
        argot_emits_free(maker.formats[i]);
    argot_emits_free(maker.all);
    return good ? maker.facts : NULL;
}
