/* SPDX-License-Identifier: Apache-2.0
 * Conditions: true or false, never null. */
#include "correlate/judge_parts.h"
#include "correlate/judge_text.h"

static bool
answers(uint8_t compare, enum argot_judge_order order)
{
    switch ((enum argot_expr_compare)compare) {
    case ARGOT_EXPR_EQUAL:
        return order == ARGOT_JUDGE_EQUAL;
    case ARGOT_EXPR_NOT_EQUAL:
        return order == ARGOT_JUDGE_LESS || order == ARGOT_JUDGE_GREATER;
    case ARGOT_EXPR_LESS:
        return order == ARGOT_JUDGE_LESS;
    case ARGOT_EXPR_LESS_EQUAL:
        return order == ARGOT_JUDGE_LESS || order == ARGOT_JUDGE_EQUAL;
    case ARGOT_EXPR_GREATER:
        return order == ARGOT_JUDGE_GREATER;
    case ARGOT_EXPR_GREATER_EQUAL:
        return order == ARGOT_JUDGE_GREATER || order == ARGOT_JUDGE_EQUAL;
    }
    return false;
}

static bool
compare_two(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_datum *left,
            const struct argot_datum *right)
{
    bool equal = expr->compare == ARGOT_EXPR_EQUAL, unequal = expr->compare == ARGOT_EXPR_NOT_EQUAL;
    if ((equal || unequal) && left->type == ARGOT_EXPR_TEXT_TYPE)
        return argot_judge_compare_equal(judge, left, right, expr->fold) == equal;
    return answers(expr->compare, argot_judge_compare_values(judge, left, right));
}

/* ---- lists ---- */

static uint32_t
items_of(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    int64_t count = expr->list ? argot_judge_value_count(judge, expr, scene) : 1;
    return count > 0 ? (uint32_t)count : 0;
}

/* Some pair of items; for != no pair may be equal. Items that are null are none. */
static bool
compare_lists(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    const struct argot_expr *const *args = expr->args;
    uint32_t lefts = items_of(judge, args[0], scene), rights = items_of(judge, args[1], scene);
    bool unequal = expr->compare == ARGOT_EXPR_NOT_EQUAL, any = false;
    for (uint32_t i = 0; i < lefts; i++) {
        struct argot_datum left, right;
        argot_judge_value_of(judge, args[0], scene, i, &left);
        for (uint32_t j = 0; !left.null && j < rights; j++) {
            argot_judge_value_of(judge, args[1], scene, j, &right);
            if (right.null)
                continue;
            bool holds = compare_two(judge, expr, &left, &right);
            if (holds != unequal)
                return holds;
            any = true;
        }
    }
    return unequal && any;
}

/* ---- one value ---- */

static bool
compare(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    const struct argot_expr *const *args = expr->args;
    struct argot_datum left, right;
    if (args[0]->list || args[1]->list)
        return compare_lists(judge, expr, scene);
    argot_judge_value_of(judge, args[0], scene, 0, &left);
    if (left.null)
        return false;
    argot_judge_value_of(judge, args[1], scene, 0, &right);
    return !right.null && compare_two(judge, expr, &left, &right);
}

/* What most conditions are: a field beside a constant. Types whose values are numbers of one kind need no datum. */
static bool
compare_field(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    const struct argot_expr *field = expr->args[0];
    const struct argot_slot *slot = argot_judge_field(judge, &scene->subject, field->field);
    const struct argot_expr_constant *constant = expr->args[1]->constant;
    if (!slot)
        return false;
    bool equal = expr->compare == ARGOT_EXPR_EQUAL;
    if (expr->compare <= ARGOT_EXPR_NOT_EQUAL) {
        switch ((enum argot_expr_type)field->type) {
        case ARGOT_EXPR_TEXT_TYPE:
            return (slot->text.length == constant->slot.text.length &&
                    argot_judge_text_same(slot->text.at, constant->slot.text.at, slot->text.length, expr->fold)) ==
                   equal;
        case ARGOT_EXPR_ADDRESS_TYPE:
            return !memcmp(slot->ip, constant->slot.ip, sizeof slot->ip) == equal;
        case ARGOT_EXPR_BOOL_TYPE:
        case ARGOT_EXPR_MAC_TYPE:
        case ARGOT_EXPR_ENUM_TYPE:
            return (slot->u64 == constant->slot.u64) == equal;
        default:
            break;
        }
    }
    struct argot_datum left, right = {.type = constant->type, .large = constant->large, .slot = constant->slot};
    argot_judge_value_slot((enum argot_type)argot_schema.fields[field->field].type, field->field, slot, &left);
    return !left.null && answers(expr->compare, argot_judge_compare_values(judge, &left, &right));
}

static bool
is_null(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    const struct argot_expr *operand = expr->args[0];
    struct argot_datum value;
    if (operand->list)
        return argot_judge_value_count(judge, operand, scene) < 0;
    if (operand->kind == ARGOT_EXPR_FIELD && operand->type != ARGOT_EXPR_REAL_TYPE)
        return !argot_judge_field(judge, &scene->subject, operand->field);
    argot_judge_value_of(judge, operand, scene, 0, &value);
    return value.null;
}

static bool
is_of_rule(const struct argot_expr *expr, const struct argot_alert *alert)
{
    uint32_t low = 0, high = alert ? expr->nrules : 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (expr->rules[middle] == alert->rule)
            return true;
        if (expr->rules[middle] < alert->rule)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* ---- all kinds ---- */

static bool
all_or_any(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    bool any = expr->kind == ARGOT_EXPR_OR;
    for (uint16_t i = 0; i < expr->nargs; i++)
        if (argot_judge_condition(judge, expr->args[i], scene) == any)
            return any;
    return !any;
}

static bool
predicate(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    switch ((enum argot_expr_kind)expr->kind) {
    case ARGOT_EXPR_COMPARE:
        if (expr->args[0]->kind == ARGOT_EXPR_FIELD && !expr->args[0]->list &&
            expr->args[1]->kind == ARGOT_EXPR_CONSTANT)
            return compare_field(judge, expr, scene);
        return compare(judge, expr, scene);
    case ARGOT_EXPR_IN:
        return argot_judge_set_in(judge, expr, scene);
    case ARGOT_EXPR_LIKE:
    case ARGOT_EXPR_CONTAINS:
    case ARGOT_EXPR_STARTS:
    case ARGOT_EXPR_ENDS:
        return argot_judge_pattern(judge, expr, scene);
    case ARGOT_EXPR_IS_NULL:
        return is_null(judge, expr, scene) != expr->negated;
    case ARGOT_EXPR_FROM_RULE:
        return is_of_rule(expr, scene->subject.alert);
    default: /* a value is no condition */
        return false;
    }
}

/* Texts that a predicate computed are forgotten with its answer, so that many of them need no more room than one. */
bool
argot_judge_condition(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    switch ((enum argot_expr_kind)expr->kind) {
    case ARGOT_EXPR_OR:
    case ARGOT_EXPR_AND:
        return all_or_any(judge, expr, scene);
    case ARGOT_EXPR_NOT:
        return !argot_judge_condition(judge, expr->args[0], scene);
    default:
        break;
    }
    bool holds = predicate(judge, expr, scene);
    if (judge->scratch.used_bytes)
        argot_arena_reset(&judge->scratch);
    return holds;
}
