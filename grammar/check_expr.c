/* SPDX-License-Identifier: Apache-2.0
 * Expressions: which kind of node becomes what, and where a condition or a value is due. */
#include "grammar/check.h"
#include <string.h>

struct argot_expr *
argot_check_node(struct argot_scope *scope, enum argot_expr_kind kind, enum argot_expr_type type,
                 const struct argot_ast_expr *ast)
{
    struct argot_expr *node = argot_check_alloc(scope->checker, 1, sizeof *node);
    node->kind = (uint8_t)kind;
    node->type = (uint8_t)type;
    node->file = scope->file;
    if (ast)
        node->span = argot_place_span(ast->place);
    return node;
}

void
argot_check_args(struct argot_scope *scope, struct argot_expr *node, size_t count, ...)
{
    const struct argot_expr **args = argot_check_alloc(scope->checker, count, sizeof *args);
    va_list list;
    va_start(list, count);
    for (size_t i = 0; i < count; i++)
        args[i] = va_arg(list, const struct argot_expr *);
    va_end(list);
    node->args = args;
    node->nargs = (uint16_t)count;
}

bool
argot_check_is_number(const struct argot_expr *expr)
{
    return expr->type == ARGOT_EXPR_WHOLE_TYPE || expr->type == ARGOT_EXPR_REAL_TYPE ||
           expr->type == ARGOT_EXPR_NUMBER_TYPE;
}

const char *
argot_check_what(struct argot_scope *scope, const struct argot_expr *expr)
{
    const char *words = argot_expr_type_words(expr->type), *made = NULL;
    if (expr->kind == ARGOT_EXPR_FIELD && expr->list)
        made = argot_arena_printf(scope->checker->arena, "`%s` (a list, each item %s)",
                                  argot_schema.fields[expr->field].name, words);
    else if (expr->kind == ARGOT_EXPR_FIELD)
        made = argot_arena_printf(scope->checker->arena, "`%s` (%s)", argot_schema.fields[expr->field].name, words);
    return made ? made : words;
}

struct argot_expr *
argot_check_read(struct argot_scope *scope, struct argot_expr *value, enum argot_expr_type type, uint16_t field)
{
    if (type == ARGOT_EXPR_WHOLE_TYPE || type == ARGOT_EXPR_REAL_TYPE)
        type = ARGOT_EXPR_NUMBER_TYPE;
    if (type == ARGOT_EXPR_UNTYPED_TYPE)
        return value;
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_READ, type, NULL);
    node->span = value->span;
    node->field = field;
    node->list = value->list;
    argot_check_args(scope, node, 1, value);
    return node;
}

struct argot_expr *
argot_check_as_text(struct argot_scope *scope, struct argot_expr *value)
{
    if (value->type == ARGOT_EXPR_TEXT_TYPE)
        return value;
    if (value->type == ARGOT_EXPR_UNTYPED_TYPE)
        return argot_check_read(scope, value, ARGOT_EXPR_TEXT_TYPE, 0);
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_CALL, ARGOT_EXPR_TEXT_TYPE, NULL);
    node->span = value->span;
    node->function = ARGOT_EXPR_CALL_TEXT;
    node->list = value->list;
    argot_check_args(scope, node, 1, value);
    return node;
}

/* ---- conditions ---- */

/* and, or: each operand a condition. All are checked, even when one is wrong. */
static struct argot_expr *
make_chain(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    size_t count = argot_ast_count(ast->first), made = 0;
    const struct argot_expr **args = argot_check_alloc(scope->checker, count, sizeof *args);
    if (count > UINT16_MAX) {
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_SIZE, ast->place,
                        "at most 65,535 conditions in a row; a `list` holds more values");
        return NULL;
    }
    for (const struct argot_ast_expr *operand = ast->first; operand; operand = operand->next)
        if ((args[made] = argot_check_condition(scope, operand)))
            made++;
    if (made < count)
        return NULL;
    struct argot_expr *node =
        argot_check_node(scope, ast->kind == ARGOT_AST_OR ? ARGOT_EXPR_OR : ARGOT_EXPR_AND, ARGOT_EXPR_TRUTH_TYPE, ast);
    node->args = args;
    node->nargs = (uint16_t)count;
    return node;
}

static struct argot_expr *
make_not(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    struct argot_expr *operand = argot_check_condition(scope, ast->first);
    if (!operand)
        return NULL;
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_NOT, ARGOT_EXPR_TRUTH_TYPE, ast);
    argot_check_args(scope, node, 1, operand);
    return node;
}

static struct argot_expr *
make_is_null(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    struct argot_expr *operand = argot_check_value(scope, ast->first);
    if (!operand)
        return NULL;
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_IS_NULL, ARGOT_EXPR_TRUTH_TYPE, ast);
    node->negated = ast->negated;
    argot_check_args(scope, node, 1, operand);
    return node;
}

/* A field of true and false is a condition: that it is true. */
static struct argot_expr *
make_is_true(struct argot_scope *scope, struct argot_expr *value)
{
    struct argot_expr *yes = argot_check_node(scope, ARGOT_EXPR_CONSTANT, ARGOT_EXPR_BOOL_TYPE, NULL);
    struct argot_expr_constant *constant = argot_check_alloc(scope->checker, 1, sizeof *constant);
    constant->type = ARGOT_EXPR_BOOL_TYPE;
    constant->slot.u64 = 1;
    yes->constant = constant;
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_COMPARE, ARGOT_EXPR_TRUTH_TYPE, NULL);
    node->span = yes->span = value->span;
    node->compare = ARGOT_EXPR_EQUAL;
    argot_check_args(scope, node, 2, value, yes);
    return node;
}

/* ---- values ---- */

static struct argot_expr *
make_constant(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    struct argot_expr_constant *constant = argot_check_alloc(scope->checker, 1, sizeof *constant);
    if (!argot_constant_of(ast, constant)) {
        struct argot_diagnostic *said =
            argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_TYPES, ast->place, "%s",
                            ast->kind == ARGOT_AST_NETWORK ? "a network is no value" : "no value can stand here");
        if (ast->kind == ARGOT_AST_NETWORK)
            argot_check_hint(scope->checker, said, "write `field in NETWORK`");
        return NULL;
    }
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_CONSTANT, constant->type, ast);
    node->constant = constant;
    node->fold = constant->fold;
    return node;
}

static struct argot_expr *
make_item(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    struct argot_expr *list = argot_scope_name(scope, ast->first);
    if (!list)
        return NULL;
    if (!list->list && list->type != ARGOT_EXPR_UNTYPED_TYPE) {
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_TYPES, ast->place,
                        "only lists have items; this is %s", argot_check_what(scope, list));
        return NULL;
    }
    if (ast->number > UINT32_MAX) {
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_RANGE, ast->word,
                        "lists have fewer items");
        return NULL;
    }
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_ITEM, list->type, ast);
    node->index = (uint32_t)ast->number;
    node->field = list->field;
    argot_check_args(scope, node, 1, list);
    return node;
}

static struct argot_expr *
make_name(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    bool known = false;
    struct argot_expr *aggregate = ast->nparts == 1 ? argot_aggregate_make(scope, ast, &known) : NULL;
    return known ? aggregate : argot_scope_name(scope, ast);
}

struct argot_expr *
argot_check_any(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    switch (ast->kind) {
    case ARGOT_AST_NAME:
        return make_name(scope, ast);
    case ARGOT_AST_INDEX:
        return make_item(scope, ast);
    case ARGOT_AST_CALL:
        return argot_check_call(scope, ast);
    case ARGOT_AST_OR:
    case ARGOT_AST_AND:
        return make_chain(scope, ast);
    case ARGOT_AST_NOT:
        return make_not(scope, ast);
    case ARGOT_AST_IS_NULL:
        return make_is_null(scope, ast);
    case ARGOT_AST_EQUAL:
    case ARGOT_AST_LESS:
    case ARGOT_AST_LESS_EQUAL:
    case ARGOT_AST_GREATER:
    case ARGOT_AST_GREATER_EQUAL:
        return argot_check_compare(scope, ast);
    case ARGOT_AST_ADD:
    case ARGOT_AST_SUBTRACT:
    case ARGOT_AST_MULTIPLY:
    case ARGOT_AST_DIVIDE:
    case ARGOT_AST_REMAINDER:
    case ARGOT_AST_NEGATE:
        return argot_check_arithmetic(scope, ast);
    case ARGOT_AST_IN:
        return argot_check_in(scope, ast);
    case ARGOT_AST_LIKE:
    case ARGOT_AST_CONTAINS:
    case ARGOT_AST_STARTS:
    case ARGOT_AST_ENDS:
        return argot_check_predicate(scope, ast);
    default:
        return make_constant(scope, ast);
    }
}

struct argot_expr *
argot_check_value(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    struct argot_expr *value = argot_check_any(scope, ast);
    if (!value || value->type != ARGOT_EXPR_TRUTH_TYPE)
        return value;
    argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_TYPES, ast->place,
                    "a condition stands where a value is due");
    return NULL;
}

struct argot_expr *
argot_check_condition(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    struct argot_expr *value = argot_check_any(scope, ast);
    if (!value || value->type == ARGOT_EXPR_TRUTH_TYPE)
        return value;
    if (value->type == ARGOT_EXPR_BOOL_TYPE)
        return make_is_true(scope, value);
    struct argot_diagnostic *said =
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_CONDITION, ast->place,
                        "a condition is due here; this is %s", argot_check_what(scope, value));
    if (value->kind == ARGOT_EXPR_CONSTANT && value->type == ARGOT_EXPR_TEXT_TYPE)
        argot_check_hint(scope->checker, said, "several texts stand in a set: `in [a, b]`, `contains any [a, b]`");
    else if (value->type == ARGOT_EXPR_UNTYPED_TYPE)
        argot_check_hint(scope->checker, said, "compare it with something: `== true`");
    return NULL;
}
