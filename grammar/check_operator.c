/* SPDX-License-Identifier: Apache-2.0
 * Comparisons and arithmetic: which types go together, and how a text or an untyped value takes the type of what stands
 * beside it. */
#include "grammar/check.h"
#include <string.h>

/* ---- comparisons ---- */

static struct argot_expr *
refuse_types(struct argot_scope *scope, const struct argot_ast_expr *ast, const struct argot_expr *left,
             const struct argot_expr *right, const char *how)
{
    struct argot_diagnostic *said =
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_TYPES, ast->word, "%s and %s %s",
                        argot_check_what(scope, left), argot_check_what(scope, right), how);
    const struct argot_expr *constant = right->kind == ARGOT_EXPR_CONSTANT ? right : left;
    const struct argot_expr *other = constant == right ? left : right;
    if (constant->kind != ARGOT_EXPR_CONSTANT)
        return NULL;
    if (constant->type == ARGOT_EXPR_TEXT_TYPE && argot_check_is_number(other))
        argot_check_hint(scope->checker, said, "a number stands without quotes");
    else if (argot_check_is_number(constant) && other->type == ARGOT_EXPR_TEXT_TYPE)
        argot_check_hint(scope->checker, said, "put it in quotes, or read the text as a number: number(…)");
    return NULL;
}

static bool
takes_text(const struct argot_expr *expr)
{
    switch (expr->type) {
    case ARGOT_EXPR_ADDRESS_TYPE:
    case ARGOT_EXPR_TIME_TYPE:
    case ARGOT_EXPR_MAC_TYPE:
    case ARGOT_EXPR_ENUM_TYPE:
        return true;
    default:
        return false;
    }
}

static bool
is_text_constant(const struct argot_expr *expr)
{
    return expr->kind == ARGOT_EXPR_CONSTANT && expr->type == ARGOT_EXPR_TEXT_TYPE;
}

/* A text literal read as the type beside it; NULL after telling that it is none. */
static struct argot_expr *
read_beside(struct argot_scope *scope, struct argot_expr *text, const struct argot_expr *beside,
            const struct argot_ast_expr *ast)
{
    struct argot_expr_constant *constant = argot_check_alloc(scope->checker, 1, sizeof *constant);
    struct argot_expr_text bytes = {(const char *)text->constant->slot.text.at, text->constant->slot.text.length};
    constant->fold = text->fold;
    if (!argot_constant_read(scope->checker, bytes, beside->type, beside->field, constant)) {
        argot_constant_refuse(scope, beside, bytes, ast->place);
        return NULL;
    }
    constant->fold = false;
    text->constant = constant;
    text->type = constant->type;
    text->field = beside->field;
    text->fold = false;
    return text;
}

/* Makes two operands of a comparison one type where they can be; false after telling. */
static bool
meet(struct argot_scope *scope, struct argot_expr **left, struct argot_expr **right, const struct argot_ast_expr *ast)
{
    struct argot_expr *a = *left, *b = *right;
    if (is_text_constant(b) && takes_text(a))
        return (*right = read_beside(scope, b, a, ast->last)) != NULL;
    if (is_text_constant(a) && takes_text(b))
        return (*left = read_beside(scope, a, b, ast->first)) != NULL;
    if (a->type == ARGOT_EXPR_UNTYPED_TYPE && b->type != ARGOT_EXPR_UNTYPED_TYPE)
        *left = argot_check_read(scope, a, b->type, b->field);
    else if (b->type == ARGOT_EXPR_UNTYPED_TYPE && a->type != ARGOT_EXPR_UNTYPED_TYPE)
        *right = argot_check_read(scope, b, a->type, a->field);
    bool enums = a->type == ARGOT_EXPR_ENUM_TYPE && b->type == ARGOT_EXPR_ENUM_TYPE && a->field != b->field;
    if (enums || (a->type == ARGOT_EXPR_ENUM_TYPE && b->type == ARGOT_EXPR_TEXT_TYPE))
        *left = argot_check_as_text(scope, a); /* words of two lists compare as texts */
    if (enums || (b->type == ARGOT_EXPR_ENUM_TYPE && a->type == ARGOT_EXPR_TEXT_TYPE))
        *right = argot_check_as_text(scope, b);
    return true;
}

static bool
is_ordered(const struct argot_scope *scope, const struct argot_expr *expr)
{
    switch (expr->type) {
    case ARGOT_EXPR_WHOLE_TYPE:
    case ARGOT_EXPR_REAL_TYPE:
    case ARGOT_EXPR_NUMBER_TYPE:
    case ARGOT_EXPR_TEXT_TYPE:
    case ARGOT_EXPR_TIME_TYPE:
    case ARGOT_EXPR_DURATION_TYPE:
    case ARGOT_EXPR_UNTYPED_TYPE:
        return true;
    case ARGOT_EXPR_ENUM_TYPE:
        return expr->field == scope->checker->event_severity;
    default:
        return false;
    }
}

static bool
check_constants(struct argot_scope *scope, const struct argot_expr *left, const struct argot_expr *right,
                const struct argot_ast_expr *ast)
{
    if (right->kind == ARGOT_EXPR_CONSTANT)
        return argot_constant_fits(scope, left, right->constant, ast->last);
    return left->kind != ARGOT_EXPR_CONSTANT || argot_constant_fits(scope, right, left->constant, ast->first);
}

static uint8_t
compare_of(const struct argot_ast_expr *ast)
{
    switch (ast->kind) {
    case ARGOT_AST_LESS:
        return ARGOT_EXPR_LESS;
    case ARGOT_AST_LESS_EQUAL:
        return ARGOT_EXPR_LESS_EQUAL;
    case ARGOT_AST_GREATER:
        return ARGOT_EXPR_GREATER;
    case ARGOT_AST_GREATER_EQUAL:
        return ARGOT_EXPR_GREATER_EQUAL;
    default:
        return ast->negated ? ARGOT_EXPR_NOT_EQUAL : ARGOT_EXPR_EQUAL;
    }
}

static bool
refuse_network(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    if (ast->last->kind != ARGOT_AST_NETWORK && ast->first->kind != ARGOT_AST_NETWORK)
        return false;
    argot_check_hint(scope->checker,
                     argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_TYPES, ast->word,
                                     "no address equals a network"),
                     "write `%s`", ast->negated ? "not in" : "in");
    return true;
}

struct argot_expr *
argot_check_compare(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    if (refuse_network(scope, ast))
        return NULL;
    struct argot_expr *left = argot_check_value(scope, ast->first), *right = argot_check_value(scope, ast->last);
    if (!left || !right || !meet(scope, &left, &right, ast))
        return NULL;
    uint8_t compare = compare_of(ast);
    bool numbers = argot_check_is_number(left) && argot_check_is_number(right);
    if (left->type != right->type && !numbers)
        return refuse_types(scope, ast, left, right, "do not compare");
    if (compare >= ARGOT_EXPR_LESS && (!is_ordered(scope, left) || !is_ordered(scope, right)))
        return refuse_types(scope, ast, left, right, "have no order");
    if (!check_constants(scope, left, right, ast))
        return NULL;
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_COMPARE, ARGOT_EXPR_TRUTH_TYPE, ast);
    node->compare = compare;
    node->fold = compare <= ARGOT_EXPR_NOT_EQUAL && (left->fold || right->fold);
    argot_check_args(scope, node, 2, left, right);
    return node;
}

/* ---- arithmetic ---- */

/* The type of a result, NO_TYPE where two types do not go together. Untyped operands were read as numbers. */
static enum argot_expr_type
result_of(uint8_t kind, enum argot_expr_type a, enum argot_expr_type b, bool numbers)
{
    bool times = a == ARGOT_EXPR_TIME_TYPE || b == ARGOT_EXPR_TIME_TYPE;
    bool durations = a == ARGOT_EXPR_DURATION_TYPE && b == ARGOT_EXPR_DURATION_TYPE;
    bool one = (a == ARGOT_EXPR_DURATION_TYPE) != (b == ARGOT_EXPR_DURATION_TYPE);
    if (numbers) {
        if (kind == ARGOT_AST_REMAINDER && (a == ARGOT_EXPR_REAL_TYPE || b == ARGOT_EXPR_REAL_TYPE))
            return ARGOT_EXPR_NO_TYPE;
        if (a == ARGOT_EXPR_NUMBER_TYPE || b == ARGOT_EXPR_NUMBER_TYPE)
            return ARGOT_EXPR_NUMBER_TYPE;
        return a == b ? a : ARGOT_EXPR_REAL_TYPE;
    }
    switch (kind) {
    case ARGOT_AST_ADD:
        return durations ? ARGOT_EXPR_DURATION_TYPE : times && one ? ARGOT_EXPR_TIME_TYPE : ARGOT_EXPR_NO_TYPE;
    case ARGOT_AST_SUBTRACT:
        if (durations || (a == ARGOT_EXPR_TIME_TYPE && b == ARGOT_EXPR_TIME_TYPE))
            return ARGOT_EXPR_DURATION_TYPE;
        return a == ARGOT_EXPR_TIME_TYPE && b == ARGOT_EXPR_DURATION_TYPE ? ARGOT_EXPR_TIME_TYPE : ARGOT_EXPR_NO_TYPE;
    case ARGOT_AST_MULTIPLY:
        return one && !times ? ARGOT_EXPR_DURATION_TYPE : ARGOT_EXPR_NO_TYPE;
    case ARGOT_AST_DIVIDE:
        return one && !times && a == ARGOT_EXPR_DURATION_TYPE ? ARGOT_EXPR_DURATION_TYPE : ARGOT_EXPR_NO_TYPE;
    default:
        return ARGOT_EXPR_NO_TYPE;
    }
}

static bool
is_countable(const struct argot_expr *expr)
{
    return argot_check_is_number(expr) || expr->type == ARGOT_EXPR_DURATION_TYPE || expr->type == ARGOT_EXPR_TIME_TYPE;
}

static struct argot_expr *
make_negate(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    struct argot_expr_constant number;
    if (argot_constant_of(ast, &number)) {
        struct argot_expr_constant *constant = argot_check_alloc(scope->checker, 1, sizeof *constant);
        *constant = number;
        struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_CONSTANT, constant->type, ast);
        node->constant = constant;
        return node;
    }
    struct argot_expr *operand = argot_check_value(scope, ast->first);
    if (!operand)
        return NULL;
    if (operand->type == ARGOT_EXPR_UNTYPED_TYPE)
        operand = argot_check_read(scope, operand, ARGOT_EXPR_NUMBER_TYPE, 0);
    if (!argot_check_is_number(operand) && operand->type != ARGOT_EXPR_DURATION_TYPE) {
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_TYPES, ast->word, "%s has no sign",
                        argot_check_what(scope, operand));
        return NULL;
    }
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_NEGATE, operand->type, ast);
    node->list = operand->list;
    argot_check_args(scope, node, 1, operand);
    return node;
}

/* `count + 1`, where a text would be: what to write instead. */
static struct argot_expr *
refuse_arithmetic(struct argot_scope *scope, const struct argot_ast_expr *ast, const struct argot_expr *left,
                  const struct argot_expr *right)
{
    struct argot_diagnostic *said = argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_TYPES,
                                                    ast->word, "%s and %s do not go together here",
                                                    argot_check_what(scope, left), argot_check_what(scope, right));
    if (left->type == ARGOT_EXPR_TEXT_TYPE || right->type == ARGOT_EXPR_TEXT_TYPE)
        argot_check_hint(scope->checker, said, "texts are joined by concat(a, b), read as numbers by number(a)");
    else if (left->type == ARGOT_EXPR_DURATION_TYPE && right->type == ARGOT_EXPR_DURATION_TYPE)
        argot_check_hint(scope->checker, said, "seconds(a) makes a number of a duration");
    else if (ast->kind == ARGOT_AST_REMAINDER)
        argot_check_hint(scope->checker, said, "%% is for whole numbers");
    return NULL;
}

struct argot_expr *
argot_check_arithmetic(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    static const uint8_t kinds[] = {
        [ARGOT_AST_ADD] = ARGOT_EXPR_ADD,
        [ARGOT_AST_SUBTRACT] = ARGOT_EXPR_SUBTRACT,
        [ARGOT_AST_MULTIPLY] = ARGOT_EXPR_MULTIPLY,
        [ARGOT_AST_DIVIDE] = ARGOT_EXPR_DIVIDE,
        [ARGOT_AST_REMAINDER] = ARGOT_EXPR_REMAINDER,
    };
    if (ast->kind == ARGOT_AST_NEGATE)
        return make_negate(scope, ast);
    struct argot_expr *left = argot_check_value(scope, ast->first), *right = argot_check_value(scope, ast->last);
    if (!left || !right)
        return NULL;
    if (left->type == ARGOT_EXPR_UNTYPED_TYPE)
        left = argot_check_read(scope, left, ARGOT_EXPR_NUMBER_TYPE, 0);
    if (right->type == ARGOT_EXPR_UNTYPED_TYPE)
        right = argot_check_read(scope, right, ARGOT_EXPR_NUMBER_TYPE, 0);
    bool numbers = argot_check_is_number(left) && argot_check_is_number(right);
    enum argot_expr_type type = is_countable(left) && is_countable(right)
                                    ? result_of(ast->kind, left->type, right->type, numbers)
                                    : ARGOT_EXPR_NO_TYPE;
    if (type == ARGOT_EXPR_NO_TYPE)
        return refuse_arithmetic(scope, ast, left, right);
    if (left->list && right->list)
        return refuse_types(scope, ast, left, right, "are two lists");
    struct argot_expr *node = argot_check_node(scope, kinds[ast->kind], type, ast);
    node->list = left->list || right->list;
    argot_check_args(scope, node, 2, left, right);
    return node;
}
