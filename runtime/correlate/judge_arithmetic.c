/* SPDX-License-Identifier: Apache-2.0
 * Arithmetic over numbers, times and durations. What overflows, divides by zero or is no finite number is null. */
#include "correlate/judge_parts.h"

#define TWO_63 9223372036854775808.0

/* ---- whole numbers of 64 bits with a sign; false: there is no such number ---- */

static bool
whole(enum argot_expr_kind kind, int64_t a, int64_t b, int64_t *result)
{
    switch (kind) {
    case ARGOT_EXPR_ADD:
        return !__builtin_add_overflow(a, b, result);
    case ARGOT_EXPR_SUBTRACT:
        return !__builtin_sub_overflow(a, b, result);
    case ARGOT_EXPR_MULTIPLY:
        return !__builtin_mul_overflow(a, b, result);
    case ARGOT_EXPR_DIVIDE:
        if (!b || (a == INT64_MIN && b == -1))
            return false;
        *result = a / b;
        return true;
    case ARGOT_EXPR_REMAINDER:
        *result = b && b != -1 ? a % b : 0; /* INT64_MIN % -1 overflows in C */
        return b;
    default:
        return false;
    }
}

static double
real(enum argot_expr_kind kind, double a, double b)
{
    switch (kind) {
    case ARGOT_EXPR_ADD:
        return a + b;
    case ARGOT_EXPR_SUBTRACT:
        return a - b;
    case ARGOT_EXPR_MULTIPLY:
        return a * b;
    default:
        return b == 0 ? __builtin_nan("") : a / b;
    }
}

static double
real_of(const struct argot_datum *value)
{
    if (value->type == ARGOT_EXPR_REAL_TYPE)
        return value->slot.f64;
    return value->large ? (double)value->slot.u64 : (double)value->slot.i64;
}

static void
set_whole(struct argot_datum *value, uint8_t type, int64_t number, bool good)
{
    *value = (struct argot_datum){.type = type, .null = !good, .slot.i64 = number};
}

static void
set_real(struct argot_datum *value, double number)
{
    *value =
        (struct argot_datum){.type = ARGOT_EXPR_REAL_TYPE, .null = !__builtin_isfinite(number), .slot.f64 = number};
}

static void
numbers(enum argot_expr_kind kind, const struct argot_datum *a, const struct argot_datum *b, struct argot_datum *value)
{
    bool reals = a->type == ARGOT_EXPR_REAL_TYPE || b->type == ARGOT_EXPR_REAL_TYPE;
    int64_t result = 0;
    bool good = !a->large && !b->large;
    if (!reals) {
        good = good && whole(kind, a->slot.i64, b->slot.i64, &result);
        set_whole(value, ARGOT_EXPR_WHOLE_TYPE, result, good);
    } else if (kind == ARGOT_EXPR_REMAINDER) {
        argot_judge_value_null(value, ARGOT_EXPR_WHOLE_TYPE);
    } else {
        set_real(value, real(kind, real_of(a), real_of(b)));
    }
}

/* ---- durations and times ---- */

/* A real number that is whole is used as such, so that nothing is rounded. */
static bool
as_whole(const struct argot_datum *number, int64_t *whole_number)
{
    if (number->type != ARGOT_EXPR_REAL_TYPE) {
        *whole_number = number->slot.i64;
        return !number->large;
    }
    double value = number->slot.f64;
    if (!(value >= -TWO_63 && value < TWO_63) || (double)(int64_t)value != value)
        return false;
    *whole_number = (int64_t)value;
    return true;
}

static void
scale(enum argot_expr_kind kind, int64_t ns, const struct argot_datum *number, struct argot_datum *value)
{
    int64_t factor, result = 0;
    if (as_whole(number, &factor)) {
        bool good = whole(kind, ns, factor, &result);
        set_whole(value, ARGOT_EXPR_DURATION_TYPE, result, good);
        return;
    }
    double product = real(kind, (double)ns, real_of(number));
    bool good = product >= -TWO_63 && product < TWO_63;
    set_whole(value, ARGOT_EXPR_DURATION_TYPE, good ? (int64_t)product : 0, good);
}

static bool
is_moment(const struct argot_datum *value)
{
    return value->type == ARGOT_EXPR_TIME_TYPE || value->type == ARGOT_EXPR_DURATION_TYPE;
}

/* The sum or difference of two of them, or one times or by a number; the checker let nothing else through. */
static void
moments(enum argot_expr_kind kind, uint8_t type, const struct argot_datum *a, const struct argot_datum *b,
        struct argot_datum *value)
{
    int64_t result = 0;
    if (is_moment(a) && is_moment(b)) {
        bool good = whole(kind, a->slot.i64, b->slot.i64, &result);
        set_whole(value, type, result, good);
    } else if (is_moment(a)) {
        scale(kind, a->slot.i64, b, value);
    } else {
        scale(kind, b->slot.i64, a, value);
    }
}

static void
negate(struct argot_datum *value)
{
    if (value->type == ARGOT_EXPR_REAL_TYPE) {
        value->slot.f64 = -value->slot.f64;
        return;
    }
    int64_t result = 0;
    bool good = !value->large && !__builtin_sub_overflow((int64_t)0, value->slot.i64, &result);
    set_whole(value, value->type, result, good);
}

void
argot_judge_arithmetic_absolute(struct argot_datum *value)
{
    bool negative = value->type == ARGOT_EXPR_REAL_TYPE ? __builtin_signbit(value->slot.f64) : value->slot.i64 < 0;
    if (negative || value->large)
        negate(value);
}

void
argot_judge_arithmetic(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene,
                       uint32_t item, struct argot_datum *value)
{
    struct argot_datum right;
    argot_judge_value_of(judge, expr->args[0], scene, item, value);
    if (value->null) {
        argot_judge_value_null(value, expr->type);
        return;
    }
    if (expr->kind == ARGOT_EXPR_NEGATE) {
        negate(value);
        return;
    }
    argot_judge_value_of(judge, expr->args[1], scene, item, &right);
    struct argot_datum left = *value;
    if (right.null)
        argot_judge_value_null(value, expr->type);
    else if (is_moment(&left) || is_moment(&right))
        moments((enum argot_expr_kind)expr->kind, expr->type, &left, &right, value);
    else
        numbers((enum argot_expr_kind)expr->kind, &left, &right, value);
}
