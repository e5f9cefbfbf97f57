/* SPDX-License-Identifier: Apache-2.0
 * What `when` asks of the events in a window: count, distinct and the like, the condition over them, and whether it is
 * made of lower bounds alone, so that little need be kept. */
#include "grammar/aggregate.h"
#include <string.h>

static const char *const names[] = {
    [ARGOT_PLAN_COUNT] = "count", [ARGOT_PLAN_DISTINCT] = "distinct", [ARGOT_PLAN_SUM] = "sum",
    [ARGOT_PLAN_AVG] = "avg",     [ARGOT_PLAN_MIN] = "min",           [ARGOT_PLAN_MAX] = "max",
    [ARGOT_PLAN_PCT] = "pct",
};
#define KINDS (sizeof names / sizeof *names)

static int
kind_of(const char *name)
{
    for (unsigned i = 0; i < KINDS; i++)
        if (!strcmp(name, names[i]))
            return (int)i;
    return -1;
}

bool
argot_aggregate_is_name(const char *name)
{
    return kind_of(name) >= 0;
}

/* ---- equal expressions ---- */

static bool
equal_constants(const struct argot_expr_constant *a, const struct argot_expr_constant *b)
{
    if (a->type != b->type || a->fold != b->fold || a->large != b->large)
        return false;
    if (a->type == ARGOT_EXPR_ADDRESS_TYPE)
        return !memcmp(a->slot.ip, b->slot.ip, sizeof a->slot.ip);
    if (a->type != ARGOT_EXPR_TEXT_TYPE)
        return a->slot.u64 == b->slot.u64; /* of real numbers too: the same bits */
    return a->slot.text.length == b->slot.text.length && !memcmp(a->slot.text.at, b->slot.text.at, a->slot.text.length);
}

/* Sets and patterns are equal only to themselves. */
static bool
equal(const struct argot_expr *a, const struct argot_expr *b)
{
    if (a->kind != b->kind || a->type != b->type || a->field != b->field || a->index != b->index ||
        a->compare != b->compare || a->function != b->function || a->attribute != b->attribute ||
        a->negated != b->negated || a->fold != b->fold || a->nargs != b->nargs || a->npath != b->npath ||
        a->set != b->set || a->patterns != b->patterns || a->rules != b->rules || !a->constant != !b->constant)
        return false;
    for (uint16_t i = 0; i < a->npath; i++)
        if (a->path[i].length != b->path[i].length || memcmp(a->path[i].at, b->path[i].at, a->path[i].length) != 0)
            return false;
    for (uint16_t i = 0; i < a->nargs; i++)
        if (!equal(a->args[i], b->args[i]))
            return false;
    return !a->constant || equal_constants(a->constant, b->constant);
}

static uint32_t
add(struct argot_aggregates *aggregates, const struct argot_plan_aggregate *one)
{
    for (uint32_t i = 0; i < aggregates->count && i < ARGOT_AGGREGATES_MAX; i++) {
        const struct argot_plan_aggregate *other = &aggregates->items[i];
        bool same = other->kind == one->kind && other->nargs == one->nargs && other->percent >= one->percent &&
                    other->percent <= one->percent;
        for (uint16_t j = 0; same && j < one->nargs; j++)
            same = equal(other->args[j], one->args[j]);
        if (same)
            return i;
    }
    if (aggregates->count < ARGOT_AGGREGATES_MAX)
        aggregates->items[aggregates->count] = *one;
    return aggregates->count++;
}

/* ---- operands ---- */

static bool
refuse(struct argot_scope *scope, const struct argot_ast_expr *ast, const char *why)
{
    argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_ARGUMENTS, ast->place, "%s", why);
    return false;
}

/* The scope within the parentheses: fields of the event, no aggregates. */
static struct argot_scope
inner_scope(const struct argot_scope *scope)
{
    struct argot_scope inner = *scope;
    inner.aggregates = NULL;
    inner.in_aggregate = true;
    return inner;
}

static bool
make_values(struct argot_scope *scope, const struct argot_ast_expr *ast, size_t count,
            struct argot_plan_aggregate *aggregate)
{
    struct argot_scope inner = inner_scope(scope);
    const struct argot_expr **args = argot_check_alloc(scope->checker, count, sizeof *args);
    const struct argot_ast_expr *arg = ast->first;
    for (size_t i = 0; i < count; i++, arg = arg->next) {
        if (arg->kind == ARGOT_AST_REGEX)
            return refuse(scope, arg, "a value is due here");
        struct argot_expr *value = argot_check_value(&inner, arg);
        if (!value)
            return false;
        if (value->list)
            return refuse(scope, arg, "a list is no single value; name one of its items: f[0]");
        args[i] = value;
    }
    aggregate->args = args;
    aggregate->nargs = (uint16_t)count;
    return true;
}

static bool
make_condition(struct argot_scope *scope, const struct argot_ast_expr *ast, struct argot_plan_aggregate *aggregate)
{
    struct argot_scope inner = inner_scope(scope);
    const struct argot_expr **args = argot_check_alloc(scope->checker, 1, sizeof *args);
    if (ast->first->kind == ARGOT_AST_REGEX)
        return refuse(scope, ast->first, "a condition is due here");
    args[0] = argot_check_condition(&inner, ast->first);
    aggregate->args = args;
    aggregate->nargs = 1;
    return args[0] != NULL;
}

/* The second operand of pct: over 0, up to 100. */
static bool
make_percent(struct argot_scope *scope, const struct argot_ast_expr *ast, struct argot_plan_aggregate *aggregate)
{
    struct argot_expr_constant constant;
    bool known = argot_constant_of(ast, &constant);
    if (known && constant.type == ARGOT_EXPR_WHOLE_TYPE && !constant.large)
        aggregate->percent = (double)constant.slot.i64;
    else if (known && constant.type == ARGOT_EXPR_REAL_TYPE)
        aggregate->percent = constant.slot.f64;
    if (aggregate->percent > 0 && aggregate->percent <= 100)
        return true;
    return refuse(scope, ast, "the percentage is a number over 0 and up to 100: pct(field, 95)");
}

/* sum avg min max pct: of numbers and durations; min, max and pct of times too. */
static bool
check_measure(struct argot_scope *scope, const struct argot_ast_expr *ast, struct argot_plan_aggregate *aggregate)
{
    struct argot_expr *value = (struct argot_expr *)(uintptr_t)aggregate->args[0];
    if (value->type == ARGOT_EXPR_UNTYPED_TYPE) {
        struct argot_scope inner = inner_scope(scope);
        const struct argot_expr **args = argot_check_alloc(scope->checker, 1, sizeof *args);
        args[0] = value = argot_check_read(&inner, value, ARGOT_EXPR_NUMBER_TYPE, 0);
        aggregate->args = args;
    }
    bool ordered = aggregate->kind >= ARGOT_PLAN_MIN;
    if (!argot_check_is_number(value) && value->type != ARGOT_EXPR_DURATION_TYPE &&
        !(ordered && value->type == ARGOT_EXPR_TIME_TYPE)) {
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_ARGUMENTS, ast->first->place,
                        "%s takes numbers or durations, not %s", ast->text.at, argot_check_what(scope, value));
        return false;
    }
    aggregate->type = value->type;
    if (aggregate->kind == ARGOT_PLAN_AVG && argot_check_is_number(value))
        aggregate->type = ARGOT_EXPR_REAL_TYPE;
    return true;
}

static bool
make_operands(struct argot_scope *scope, const struct argot_ast_expr *ast, struct argot_plan_aggregate *aggregate)
{
    size_t count = ast->kind == ARGOT_AST_CALL ? argot_ast_count(ast->first) : 0;
    aggregate->type = ARGOT_EXPR_WHOLE_TYPE;
    if (aggregate->kind == ARGOT_PLAN_COUNT) {
        if (ast->kind == ARGOT_AST_CALL && count != 1)
            return refuse(scope, ast, "count takes one condition; without parentheses it counts all events");
        return count == 0 || make_condition(scope, ast, aggregate);
    }
    if (aggregate->kind == ARGOT_PLAN_DISTINCT) {
        if (count == 0 || count > ARGOT_AGGREGATES_MAX)
            return refuse(scope, ast, "distinct takes the values to tell apart: distinct(field, …)");
        return make_values(scope, ast, count, aggregate);
    }
    bool pct = aggregate->kind == ARGOT_PLAN_PCT;
    if (count != (pct ? 2u : 1u))
        return refuse(scope, ast, pct ? "pct takes a field and a percentage: pct(field, 95)" : "this takes one field");
    return make_values(scope, ast, 1, aggregate) && check_measure(scope, ast, aggregate) &&
           (!pct || make_percent(scope, ast->first->next, aggregate));
}

struct argot_expr *
argot_aggregate_make(struct argot_scope *scope, const struct argot_ast_expr *ast, bool *known)
{
    int kind = kind_of(ast->text.at ? ast->text.at : "");
    bool plain = ast->kind == ARGOT_AST_NAME;
    *known = kind >= 0 && (plain ? scope->aggregates != NULL : true);
    if (!*known)
        return NULL;
    if (!scope->aggregates) {
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_SCOPE, ast->place,
                        scope->in_aggregate ? "`%s` within another: there are no aggregates of aggregates"
                                            : "`%s` stands in `when` alone",
                        names[kind]);
        return NULL;
    }
    struct argot_plan_aggregate aggregate = {.kind = (enum argot_plan_aggregate_kind)kind};
    if (plain && kind != ARGOT_PLAN_COUNT) {
        refuse(scope, ast, "this aggregate needs parentheses: distinct(field), sum(field)");
        return NULL;
    }
    if (!make_operands(scope, ast, &aggregate))
        return NULL;
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_AGGREGATE, aggregate.type, ast);
    node->aggregate = add(scope->aggregates, &aggregate);
    return node;
}

/* ---- lower bounds ---- */

/* `aggregate >= constant` or the like; false: something else. least: the smallest number for which it holds. */
static bool
lower_bound(const struct argot_expr *condition, uint32_t *aggregate, uint64_t *least)
{
    if (condition->kind != ARGOT_EXPR_COMPARE)
        return false;
    const struct argot_expr *left = condition->args[0], *right = condition->args[1];
    uint8_t compare = condition->compare;
    if (left->kind == ARGOT_EXPR_CONSTANT) {
        const struct argot_expr *other = left;
        left = right;
        right = other;
        compare = compare == ARGOT_EXPR_LESS         ? ARGOT_EXPR_GREATER
                  : compare == ARGOT_EXPR_LESS_EQUAL ? ARGOT_EXPR_GREATER_EQUAL
                                                     : ARGOT_EXPR_EQUAL;
    }
    if (left->kind != ARGOT_EXPR_AGGREGATE || right->kind != ARGOT_EXPR_CONSTANT ||
        right->type != ARGOT_EXPR_WHOLE_TYPE || right->constant->large || right->constant->slot.i64 < 0 ||
        (compare != ARGOT_EXPR_GREATER && compare != ARGOT_EXPR_GREATER_EQUAL))
        return false;
    *aggregate = left->aggregate;
    *least = right->constant->slot.u64 + (compare == ARGOT_EXPR_GREATER);
    return true;
}

static bool
is_plain(const struct argot_plan_aggregate *aggregate)
{
    return aggregate->kind == ARGOT_PLAN_DISTINCT || (aggregate->kind == ARGOT_PLAN_COUNT && aggregate->nargs == 0);
}

static bool
find_bounds(struct argot_aggregates *aggregates, const struct argot_expr *condition)
{
    const struct argot_expr *const *parts = &condition;
    uint16_t count = 1;
    if (condition->kind == ARGOT_EXPR_AND) {
        parts = condition->args;
        count = condition->nargs;
    }
    for (uint16_t i = 0; i < count; i++) {
        uint32_t number;
        uint64_t least;
        if (!lower_bound(parts[i], &number, &least) || !is_plain(&aggregates->items[number]) || least == 0)
            return false;
        if (least > aggregates->items[number].least)
            aggregates->items[number].least = least;
    }
    return true;
}

/* ---- windows ---- */

static bool
check_leak(struct argot_scope *scope, const struct argot_ast_clause *when, const struct argot_aggregates *aggregates,
           struct argot_plan_window *window)
{
    uint32_t number;
    uint64_t least;
    const struct argot_expr *condition = window->condition;
    if (aggregates->count != 1 || !lower_bound(condition, &number, &least) || !is_plain(&aggregates->items[0])) {
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_WINDOW, when->value->place,
                        "a `leak` takes `count` or `distinct(…)` over a number: count > 10 leak 1m");
        return false;
    }
    const struct argot_expr *right = condition->args[condition->args[0]->kind == ARGOT_EXPR_CONSTANT ? 0 : 1];
    window->capacity = right->constant->slot.u64;
    window->exceeds = least != window->capacity;
    int64_t level;
    if (!__builtin_mul_overflow(least, window->span_ns, &level))
        return true;
    argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_RANGE, when->value->place,
                    "this number of events takes more than 292 years to drain");
    return false;
}

static struct argot_plan_window *
finish(struct argot_scope *scope, const struct argot_ast_clause *when, struct argot_aggregates *aggregates,
       struct argot_plan_window *window)
{
    static const uint8_t kinds[] = {[ARGOT_AST_WITHIN] = ARGOT_PLAN_WITHIN,
                                    [ARGOT_AST_EVERY] = ARGOT_PLAN_EVERY,
                                    [ARGOT_AST_SESSION] = ARGOT_PLAN_SESSION,
                                    [ARGOT_AST_LEAK] = ARGOT_PLAN_LEAK};
    struct argot_checker *checker = scope->checker;
    window->kind = (enum argot_plan_window_kind)kinds[when->window];
    window->span_ns = when->duration.ns;
    if (aggregates->count == 0 || aggregates->count > ARGOT_AGGREGATES_MAX) {
        argot_check_add(checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_WINDOW, when->value->place,
                        aggregates->count ? "at most 32 different aggregates"
                                          : "`when` asks nothing of the events: count >= 5, distinct(field) >= 3");
        return NULL;
    }
    if (when->duration.ns == 0) {
        argot_check_add(checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_RANGE, when->duration.place,
                        "a window lasts longer than that");
        return NULL;
    }
    window->bounded = find_bounds(aggregates, window->condition);
    if (window->kind == ARGOT_PLAN_LEAK && !check_leak(scope, when, aggregates, window))
        return NULL;
    struct argot_plan_aggregate *items = argot_check_alloc(checker, aggregates->count, sizeof *items);
    memcpy(items, aggregates->items, aggregates->count * sizeof *items);
    window->aggregates = items;
    window->naggregates = aggregates->count;
    return window;
}

struct argot_plan_window *
argot_aggregate_window(struct argot_scope *scope, const struct argot_ast_clause *when)
{
    struct argot_aggregates aggregates = {0};
    struct argot_plan_window *window = argot_check_alloc(scope->checker, 1, sizeof *window);
    scope->aggregates = &aggregates;
    window->condition = argot_check_condition(scope, when->value);
    scope->aggregates = NULL;
    return window->condition ? finish(scope, when, &aggregates, window) : NULL;
}
