/* SPDX-License-Identifier: Apache-2.0
 * Functions. Each takes its operands as the checker made them; one that is null makes the result null, but for
 * coalesce. */
#include "base/utf8.h"
#include "correlate/judge_parts.h"
#include "correlate/judge_text.h"
#include <math.h>

#define MOST_ARGS 3 /* of the functions that are not called with as many as one likes, geo_km aside */
#define NS_PER_S 1000000000
#define S_PER_HOUR 3600
#define S_PER_DAY 86400
#define EPOCH_WEEKDAY 3 /* 1970-01-01 was a Thursday; Monday is 0 */
#define DAYS 7

struct call {
    struct argot_judge *judge;
    const struct argot_expr *expr;
    const struct argot_scene *scene;
    uint32_t item;
};

static bool
read_operand(const struct call *call, uint16_t number, struct argot_datum *value)
{
    argot_judge_value_of(call->judge, call->expr->args[number], call->scene, call->item, value);
    return !value->null;
}

static void
set_null(const struct call *call, struct argot_datum *value)
{
    argot_judge_value_null(value, call->expr->type);
}

static void
set_whole(struct argot_datum *value, uint64_t number)
{
    *value = (struct argot_datum){.type = ARGOT_EXPR_WHOLE_TYPE, .slot.u64 = number};
}

static void
set_real(struct argot_datum *value, double number)
{
    *value =
        (struct argot_datum){.type = ARGOT_EXPR_REAL_TYPE, .null = !__builtin_isfinite(number), .slot.f64 = number};
}

/* ---- texts ---- */

static void
change_case(const struct call *call, uint8_t first, struct argot_datum *value)
{
    struct argot_slice text = argot_judge_value_slice(value);
    uint32_t i = 0;
    while (i < text.length && (uint8_t)(text.at[i] - first) >= 26)
        i++;
    if (i == text.length)
        return;
    uint8_t *to = argot_judge_room(call->judge, text.length);
    if (!to) {
        set_null(call, value);
        return;
    }
    memcpy(to, text.at, i);
    for (; i < text.length; i++)
        to[i] = (uint8_t)(text.at[i] - first) < 26 ? text.at[i] ^ 0x20 : text.at[i];
    argot_judge_value_text(value, to, text.length);
}

/* Where a count of characters leads to, from the end where it is negative; clamped to the text. False: it is no whole
 * number. */
static bool
place_of(struct argot_slice text, const struct argot_datum *count, uint64_t *characters, uint64_t *place)
{
    if (count->type != ARGOT_EXPR_WHOLE_TYPE)
        return false;
    if (count->large || count->slot.i64 >= 0) {
        *place = count->slot.u64;
        return true;
    }
    if (*characters == UINT64_MAX)
        *characters = argot_judge_text_characters(text);
    uint64_t back = 0 - count->slot.u64;
    *place = back < *characters ? *characters - back : 0;
    return true;
}

static void
substr(const struct call *call, struct argot_datum *value)
{
    struct argot_slice text = argot_judge_value_slice(value);
    struct argot_datum from, to;
    uint64_t characters = UINT64_MAX, begin, end = UINT64_MAX;
    bool good = read_operand(call, 1, &from) && place_of(text, &from, &characters, &begin);
    if (good && call->expr->nargs > 2)
        good = read_operand(call, 2, &to) && place_of(text, &to, &characters, &end);
    if (!good) {
        set_null(call, value);
        return;
    }
    const uint8_t *at = argot_judge_text_character(text, begin);
    struct argot_slice rest = {at, (uint32_t)(text.length - (size_t)(at - text.at))};
    if (end <= begin)
        rest.length = 0;
    else if (end != UINT64_MAX)
        rest.length = (uint32_t)(argot_judge_text_character(rest, end - begin) - at);
    argot_judge_value_text(value, rest.at, rest.length);
}

/* The first place from `from` on where the bytes of the part begin with a character. NULL: none. */
static const uint8_t *
find_character(struct argot_slice text, const uint8_t *from, struct argot_slice part)
{
    const uint8_t *end = text.at + text.length;
    while (from <= end) {
        const uint8_t *at = argot_judge_text_find((struct argot_slice){from, (uint32_t)(end - from)}, part, false);
        if (!at || argot_utf8_is_begin(text.at, at, end))
            return at;
        from = at + 1;
    }
    return NULL;
}

static void
find(const struct call *call, struct argot_datum *value)
{
    struct argot_slice text = argot_judge_value_slice(value);
    struct argot_datum part, from;
    uint64_t characters = UINT64_MAX, begin = 0;
    bool good = read_operand(call, 1, &part);
    if (good && call->expr->nargs > 2)
        good = read_operand(call, 2, &from) && place_of(text, &from, &characters, &begin);
    if (good && begin)
        good = begin <= argot_judge_text_characters(text);
    if (!good) {
        set_null(call, value);
        return;
    }
    const uint8_t *at = argot_judge_text_character(text, begin);
    const uint8_t *found = part.slot.text.length ? find_character(text, at, argot_judge_value_slice(&part)) : at;
    if (found || !part.slot.text.length)
        set_whole(value, begin + argot_judge_text_characters((struct argot_slice){at, (uint32_t)(found - at)}));
    else
        set_null(call, value);
}

static void
concat(const struct call *call, struct argot_datum *value)
{
    struct argot_datum parts[16];
    size_t length = 0;
    for (uint16_t i = 0; i < call->expr->nargs; i++) {
        if (!read_operand(call, i, &parts[i])) {
            set_null(call, value);
            return;
        }
        length += parts[i].slot.text.length;
    }
    call->judge->counts.long_texts += length > ARGOT_JUDGE_MAX_TEXT;
    uint8_t *to = length <= ARGOT_JUDGE_MAX_TEXT ? argot_judge_room(call->judge, length) : NULL;
    if (!to) {
        set_null(call, value);
        return;
    }
    argot_judge_value_text(value, to, length);
    for (uint16_t i = 0; i < call->expr->nargs; i++) {
        if (parts[i].slot.text.length)
            memcpy(to, parts[i].slot.text.at, parts[i].slot.text.length);
        to += parts[i].slot.text.length;
    }
}

static void
extract(const struct call *call, struct argot_datum *value)
{
    const struct argot_judge_table_entry *entry = argot_judge_table_find(&call->judge->prepared, call->expr->patterns);
    struct argot_slice found = {NULL, 0};
    if (entry)
        found = argot_judge_regex_extract(call->judge, entry->value, argot_judge_value_slice(value));
    if (found.at)
        argot_judge_value_text(value, found.at, found.length);
    else
        set_null(call, value);
}

static void
basename_of(struct argot_datum *value)
{
    struct argot_slice text = argot_judge_value_slice(value);
    uint32_t begin = text.length;
    while (begin && text.at[begin - 1] != '/' && text.at[begin - 1] != '\\')
        begin--;
    if (begin)
        argot_judge_value_text(value, text.at + begin, text.length - begin);
}

static void
text_of(const struct call *call, struct argot_datum *value)
{
    struct argot_slice text = argot_judge_format(call->judge, value);
    if (text.at)
        argot_judge_value_text(value, text.at, text.length);
    else
        set_null(call, value);
}

/* ---- numbers and times ---- */

static void
number(const struct call *call, struct argot_datum *value)
{
    if (value->type == ARGOT_EXPR_TEXT_TYPE && !argot_judge_untyped_number(argot_judge_value_slice(value), value))
        set_null(call, value);
}

static int64_t
floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static uint64_t
hour_of(argot_time time)
{
    int64_t second = floor_divide(time, NS_PER_S);
    return (uint64_t)((second - floor_divide(second, S_PER_DAY) * S_PER_DAY) / S_PER_HOUR);
}

static uint64_t
weekday_of(argot_time time)
{
    int64_t day = floor_divide(floor_divide(time, NS_PER_S), S_PER_DAY) + EPOCH_WEEKDAY;
    return (uint64_t)(day - floor_divide(day, DAYS) * DAYS) + 1;
}

/* The haversine formula over a sphere. */
static void
geo_km(const struct call *call, struct argot_datum *value)
{
    static const double radian = 3.14159265358979323846 / 180;
    double degrees[4];
    for (uint16_t i = 0; i < 4; i++) {
        struct argot_datum operand;
        if (!read_operand(call, i, &operand)) {
            set_null(call, value);
            return;
        }
        degrees[i] = operand.type == ARGOT_EXPR_REAL_TYPE ? operand.slot.f64
                     : operand.large                      ? (double)operand.slot.u64
                                                          : (double)operand.slot.i64;
        if (!(degrees[i] >= -360 && degrees[i] <= 360) || (i % 2 == 0 && !(degrees[i] >= -90 && degrees[i] <= 90))) {
            set_null(call, value);
            return;
        }
    }
    double up = sin((degrees[2] - degrees[0]) * radian / 2), along = sin((degrees[3] - degrees[1]) * radian / 2);
    double part = up * up + cos(degrees[0] * radian) * cos(degrees[2] * radian) * along * along;
    set_real(value, 2 * ARGOT_JUDGE_EARTH_KM * asin(part < 1 ? sqrt(part) : 1));
}

/* ---- which function ---- */

/* An operand of a list that is null is no reason for null: the others are asked once. */
static void
coalesce(const struct call *call, struct argot_datum *value)
{
    for (uint16_t i = 0; i < call->expr->nargs; i++)
        if (read_operand(call, i, value))
            return;
    set_null(call, value);
}

/* Items that are null are none; -1: the list is null. */
static int64_t
count_items(const struct call *call, const struct argot_expr *list)
{
    int64_t most = argot_judge_value_count(call->judge, list, call->scene), count = 0;
    if (most < 0 || list->kind == ARGOT_EXPR_FIELD)
        return most;
    for (int64_t i = 0; i < most; i++) {
        struct argot_datum item;
        argot_judge_value_of(call->judge, list, call->scene, (uint32_t)i, &item);
        count += !item.null;
    }
    return count;
}

static void
length_of(const struct call *call, struct argot_datum *value)
{
    const struct argot_expr *operand = call->expr->args[0];
    if (operand->list) {
        int64_t count = count_items(call, operand);
        *value = (struct argot_datum){.type = ARGOT_EXPR_WHOLE_TYPE, .null = count < 0, .slot.i64 = count};
    } else if (read_operand(call, 0, value)) {
        set_whole(value, argot_judge_text_characters(argot_judge_value_slice(value)));
    } else {
        set_null(call, value);
    }
}

/* The first operand is in `value` and not null. */
static void
apply(const struct call *call, struct argot_datum *value)
{
    switch ((enum argot_expr_function)call->expr->function) {
    case ARGOT_EXPR_CALL_LOWER:
        change_case(call, 'A', value);
        break;
    case ARGOT_EXPR_CALL_UPPER:
        change_case(call, 'a', value);
        break;
    case ARGOT_EXPR_CALL_SUBSTR:
        substr(call, value);
        break;
    case ARGOT_EXPR_CALL_FIND:
        find(call, value);
        break;
    case ARGOT_EXPR_CALL_EXTRACT:
        extract(call, value);
        break;
    case ARGOT_EXPR_CALL_TEXT:
        text_of(call, value);
        break;
    case ARGOT_EXPR_CALL_NUMBER:
        number(call, value);
        break;
    case ARGOT_EXPR_CALL_ABS:
        argot_judge_arithmetic_absolute(value);
        break;
    case ARGOT_EXPR_CALL_BASENAME:
        basename_of(value);
        break;
    case ARGOT_EXPR_CALL_SECONDS:
        set_real(value, (double)value->slot.i64 / NS_PER_S);
        break;
    case ARGOT_EXPR_CALL_MINUTES:
        set_real(value, (double)value->slot.i64 / (60.0 * NS_PER_S));
        break;
    case ARGOT_EXPR_CALL_HOURS:
        set_real(value, (double)value->slot.i64 / ((double)S_PER_HOUR * NS_PER_S));
        break;
    case ARGOT_EXPR_CALL_HOUR:
        set_whole(value, hour_of(value->slot.i64));
        break;
    case ARGOT_EXPR_CALL_WEEKDAY:
        set_whole(value, weekday_of(value->slot.i64));
        break;
    default:
        set_null(call, value);
        break;
    }
}

void
argot_judge_call(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene,
                 uint32_t item, struct argot_datum *value)
{
    struct call call = {judge, expr, scene, item};
    switch ((enum argot_expr_function)expr->function) {
    case ARGOT_EXPR_CALL_LEN:
        length_of(&call, value);
        break;
    case ARGOT_EXPR_CALL_COALESCE:
        coalesce(&call, value);
        break;
    case ARGOT_EXPR_CALL_CONCAT:
        concat(&call, value);
        break;
    case ARGOT_EXPR_CALL_GEO_KM:
        geo_km(&call, value);
        break;
    default:
        if (read_operand(&call, 0, value))
            apply(&call, value);
        else
            set_null(&call, value);
        break;
    }
}
