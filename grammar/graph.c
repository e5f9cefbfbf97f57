/* SPDX-License-Identifier: Apache-2.0
 * Which let stands on which, and which rule on the alerts of which: neither may go in circles. */
#include "grammar/check.h"
#include "grammar/limits.h"
#include <string.h>

#define MAX_DEPTH 100u /* of lets and rules that stand on each other: bounds the recursion here and elsewhere */

enum { NOT_SEEN, ON_PATH, DONE };

struct path { /* the names that led here, the last first */
    const struct path *before;
    struct argot_symbol *symbol;
    struct argot_place place; /* where it names the next */
    unsigned depth;
    bool rules; /* follows alerts; else lets alone */
};

static bool walk(struct argot_checker *checker, struct argot_symbol *symbol, const struct path *before, bool rules);

/* ---- cycles ---- */

/* Told where the last of the circle names the first. */
static bool
refuse_cycle(struct argot_checker *checker, const struct path *last, const struct argot_symbol *first)
{
    const char *names = first->name;
    for (const struct path *at = last; at; at = at->before) {
        const char *longer = argot_arena_printf(checker->arena, "%s → %s", at->symbol->name, names);
        names = longer ? longer : names;
        if (at->symbol == first)
            break;
    }
    argot_check_add(checker, last->symbol->file, ARGOT_ERROR, ARGOT_CODE_RULE_CYCLE, last->place, "%s: %s",
                    first->kind == ARGOT_SYMBOL_LET ? "a let that stands on itself" : "a rule over its own alerts",
                    names);
    return false;
}

static bool
follow(struct argot_checker *checker, struct path *path, struct argot_symbol *next, struct argot_place place)
{
    path->place = place;
    if (next->state == ON_PATH)
        return refuse_cycle(checker, path, next);
    bool good = next->state == DONE || walk(checker, next, path, path->rules);
    if (path->symbol->height <= next->height)
        path->symbol->height = next->height + 1;
    return good;
}

static bool
follow_event(struct argot_checker *checker, struct path *path, const struct argot_ast_event *event)
{
    bool good = true;
    for (const struct argot_ast_name *name = event->names; name; name = name->next) {
        struct argot_symbol *symbol = argot_check_find(checker, name->word.text.at);
        bool let = event->source == ARGOT_AST_NAMES && symbol && symbol->kind == ARGOT_SYMBOL_LET;
        bool rule = event->source == ARGOT_AST_ALERT_NAMES && symbol && symbol->kind == ARGOT_SYMBOL_RULE;
        if (let || (rule && path->rules))
            good = follow(checker, path, symbol, name->word.place) && good;
        if (let && symbol->takes_any)
            path->symbol->takes_any = true;
    }
    if (event->source != ARGOT_AST_ANY_ALERT)
        return good;
    path->symbol->takes_any = true;
    for (size_t i = 0; path->rules && i < checker->nsymbols; i++)
        if (checker->symbols[i].kind == ARGOT_SYMBOL_RULE && !checker->symbols[i].takes_any)
            good = follow(checker, path, &checker->symbols[i], event->place) && good;
    return good;
}

static bool
follow_events(struct argot_checker *checker, struct path *path)
{
    bool good = true;
    if (path->symbol->kind == ARGOT_SYMBOL_LET)
        return follow_event(checker, path, path->symbol->decl->event);
    for (const struct argot_ast_clause *clause = path->symbol->decl->clauses; clause; clause = clause->next) {
        if (clause->event)
            good = follow_event(checker, path, clause->event) && good;
        for (const struct argot_ast_step *step = clause->steps; step; step = step->next)
            good = follow_event(checker, path, step->event) && good;
    }
    return good;
}

static bool
walk(struct argot_checker *checker, struct argot_symbol *symbol, const struct path *before, bool rules)
{
    struct path path = {.before = before, .symbol = symbol, .depth = before ? before->depth + 1 : 0, .rules = rules};
    symbol->state = ON_PATH;
    symbol->height = 0;
    bool good = path.depth <= MAX_DEPTH && follow_events(checker, &path);
    symbol->state = DONE;
    if (path.depth > MAX_DEPTH || symbol->height == MAX_DEPTH + 1) {
        argot_check_add(checker, symbol->file, ARGOT_ERROR, ARGOT_CODE_RULE_DEPTH, symbol->decl->name.place,
                        "rules and lets stand on each other at most %u deep", MAX_DEPTH);
        return false;
    }
    return good;
}

static bool
walk_all(struct argot_checker *checker, enum argot_symbol_kind kind, bool rules)
{
    bool good = true;
    for (size_t i = 0; i < checker->nsymbols; i++)
        checker->symbols[i].state = NOT_SEEN;
    for (size_t i = 0; i < checker->nsymbols && good; i++)
        if (checker->symbols[i].kind == kind && checker->symbols[i].state == NOT_SEEN)
            good = walk(checker, &checker->symbols[i], NULL, rules);
    return good;
}

bool
argot_graph_check(struct argot_checker *checker)
{
    /* Lets first; then who takes `alert any`, which decides what that stands for. */
    return walk_all(checker, ARGOT_SYMBOL_LET, false) && walk_all(checker, ARGOT_SYMBOL_RULE, false) &&
           walk_all(checker, ARGOT_SYMBOL_RULE, true);
}

/* ---- depth ---- */

static void
add_below(struct argot_checker *checker, const struct argot_plan_event *events, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < events[i].nrules; j++)
            argot_check_mark(checker, events[i].rules[j]);
}

static void
add_stages(struct argot_checker *checker, const struct argot_plan_stage *stages, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        add_below(checker, &stages[i].event, 1);
        add_below(checker, stages[i].without, stages[i].nwithout);
    }
}

static void
find_below(struct argot_checker *checker, struct argot_plan_rule *rule)
{
    const struct argot_plan_sequence *sequence = rule->sequence;
    add_below(checker, rule->matches, rule->nmatches);
    add_below(checker, rule->until, rule->nuntil);
    if (sequence) {
        add_stages(checker, sequence->stages, sequence->nstages);
        add_below(checker, sequence->without, sequence->nwithout);
        add_below(checker, sequence->until, sequence->nuntil);
        add_below(checker, sequence->then_no, sequence->then_no ? 1 : 0);
    }
    if (rule->together)
        add_stages(checker, rule->together->members, rule->together->nmembers);
    rule->below = argot_check_marked(checker, &rule->nbelow);
}

/* Each alert below may raise one here, which doubles with each rule that takes those of all rules below it. */
static uint64_t
refuse_many(struct argot_checker *checker, const struct argot_plan_rule *rule)
{
    const struct argot_symbol *symbol = argot_check_find(checker, rule->name);
    argot_check_add(checker, symbol->file, ARGOT_ERROR, ARGOT_CODE_RULE_DEPTH, symbol->decl->name.place,
                    "one event could raise more than %u alerts of this rule, through the rules that it stands on",
                    ARGOT_RULE_MAX_RAISED);
    return 1; /* told once, not for all rules above */
}

/* Depth and lateness of a rule over those below it, and how many alerts of it one event could raise (`raised`, by
 * rule); each is visited once. */
static void
fill(struct argot_checker *checker, uint32_t number, uint64_t *raised)
{
    struct argot_plan_rule *rule = &checker->rules[number];
    if (raised[number])
        return;
    raised[number] = 1;
    for (uint32_t i = 0; i < rule->nbelow; i++) {
        const struct argot_plan_rule *below = &checker->rules[rule->below[i]];
        fill(checker, rule->below[i], raised);
        raised[number] += raised[rule->below[i]];
        if (rule->depth <= below->depth)
            rule->depth = below->depth + 1;
        if (rule->late_ns < below->late_ns)
            rule->late_ns = below->late_ns;
    }
    if (raised[number] > ARGOT_RULE_MAX_RAISED)
        raised[number] = refuse_many(checker, rule);
}

void
argot_graph_fill(struct argot_checker *checker)
{
    uint64_t *raised = argot_check_alloc(checker, checker->plan.nrules, sizeof *raised);
    for (uint32_t i = 0; i < checker->plan.nrules; i++)
        find_below(checker, &checker->rules[i]);
    for (uint32_t i = 0; i < checker->plan.nrules; i++)
        fill(checker, i, raised);
}
