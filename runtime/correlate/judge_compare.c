/* SPDX-License-Identifier: Apache-2.0
 * The order of two values. Numbers compare by exact value, whatever each is kept as. */
#include "correlate/judge_parts.h"
#include "correlate/judge_text.h"
#include <string.h>

#define TWO_63 9223372036854775808.0
#define TWO_64 18446744073709551616.0

#define ORDER(a, b)                                                                                                    \
    ((a) < (b) ? ARGOT_JUDGE_LESS : (a) > (b) ? ARGOT_JUDGE_GREATER : (a) == (b) ? ARGOT_JUDGE_EQUAL : ARGOT_JUDGE_NONE)

static enum argot_judge_order
turn(enum argot_judge_order order)
{
    return order == ARGOT_JUDGE_LESS ? ARGOT_JUDGE_GREATER : order == ARGOT_JUDGE_GREATER ? ARGOT_JUDGE_LESS : order;
}

static enum argot_judge_order
order_whole(const struct argot_datum *left, const struct argot_datum *right)
{
    if (left->large != right->large)
        return left->large ? ARGOT_JUDGE_GREATER : ARGOT_JUDGE_LESS;
    return left->large ? ORDER(left->slot.u64, right->slot.u64) : ORDER(left->slot.i64, right->slot.i64);
}

/* A real number of the range is cut to a whole one, which compares exactly; what was cut off decides between equals. */
static enum argot_judge_order
order_whole_real(const struct argot_datum *whole, double real)
{
    if (real != real)
        return ARGOT_JUDGE_NONE;
    if (real >= TWO_64)
        return ARGOT_JUDGE_LESS;
    if (real < -TWO_63)
        return ARGOT_JUDGE_GREATER;
    struct argot_datum cut = {.large = real >= TWO_63};
    double back;
    if (cut.large) {
        cut.slot.u64 = (uint64_t)real;
        back = (double)cut.slot.u64;
    } else {
        cut.slot.i64 = (int64_t)real;
        back = (double)cut.slot.i64;
    }
    enum argot_judge_order order = order_whole(whole, &cut);
    return order == ARGOT_JUDGE_EQUAL ? ORDER(back, real) : order;
}

static enum argot_judge_order
order_numbers(const struct argot_datum *left, const struct argot_datum *right)
{
    bool left_real = left->type == ARGOT_EXPR_REAL_TYPE, right_real = right->type == ARGOT_EXPR_REAL_TYPE;
    if (left_real && right_real)
        return ORDER(left->slot.f64, right->slot.f64);
    if (right_real)
        return order_whole_real(left, right->slot.f64);
    return left_real ? turn(order_whole_real(right, left->slot.f64)) : order_whole(left, right);
}

static enum argot_judge_order
order_texts(struct argot_slice a, struct argot_slice b)
{
    uint32_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter ? memcmp(a.at, b.at, shorter) : 0;
    return order ? ORDER(order, 0) : ORDER(a.length, b.length);
}

/* As numbers if both are JSON numbers, else as texts. */
static enum argot_judge_order
order_untyped(struct argot_judge *judge, const struct argot_datum *left, const struct argot_datum *right)
{
    if (argot_judge_untyped_is_number(left) && argot_judge_untyped_is_number(right)) {
        struct argot_datum a = *left, b = *right;
        argot_judge_untyped_read(judge, ARGOT_EXPR_NUMBER_TYPE, 0, &a);
        argot_judge_untyped_read(judge, ARGOT_EXPR_NUMBER_TYPE, 0, &b);
        return a.null || b.null ? ARGOT_JUDGE_NONE : order_numbers(&a, &b);
    }
    struct argot_slice a = argot_judge_format(judge, left), b = argot_judge_format(judge, right);
    return a.at && b.at ? order_texts(a, b) : ARGOT_JUDGE_NONE;
}

static bool
is_number(const struct argot_datum *value)
{
    return value->type == ARGOT_EXPR_WHOLE_TYPE || value->type == ARGOT_EXPR_REAL_TYPE;
}

enum argot_judge_order
argot_judge_compare_values(struct argot_judge *judge, const struct argot_datum *left, const struct argot_datum *right)
{
    if (is_number(left) && is_number(right))
        return order_numbers(left, right);
    if (left->type != right->type)
        return ARGOT_JUDGE_NONE;
    switch ((enum argot_expr_type)left->type) {
    case ARGOT_EXPR_TEXT_TYPE:
        return order_texts(argot_judge_value_slice(left), argot_judge_value_slice(right));
    case ARGOT_EXPR_ADDRESS_TYPE:
        return ORDER(memcmp(left->slot.ip, right->slot.ip, sizeof left->slot.ip), 0);
    case ARGOT_EXPR_TIME_TYPE:
    case ARGOT_EXPR_DURATION_TYPE:
        return ORDER(left->slot.i64, right->slot.i64);
    case ARGOT_EXPR_UNTYPED_TYPE:
        return order_untyped(judge, left, right);
    default: /* BOOL, MAC, ENUM */
        return ORDER(left->slot.u64, right->slot.u64);
    }
}

bool
argot_judge_compare_equal(struct argot_judge *judge, const struct argot_datum *left, const struct argot_datum *right,
                          bool fold)
{
    if (left->type != ARGOT_EXPR_TEXT_TYPE || right->type != ARGOT_EXPR_TEXT_TYPE)
        return argot_judge_compare_values(judge, left, right) == ARGOT_JUDGE_EQUAL;
    struct argot_slice a = argot_judge_value_slice(left), b = argot_judge_value_slice(right);
    return a.length == b.length && argot_judge_text_same(a.at, b.at, a.length, fold);
}
