/* SPDX-License-Identifier: Apache-2.0
 * A byte 0 is null and stands alone. Else a byte 1, then numbers as big-endian words whose order is that of the values,
 * and texts with an end that no text holds: 0 1, where a zero byte within is 0 2. */
#include "correlate/tuple.h"
#include <string.h>

enum { NULL_MARK, VALUE_MARK = ARGOT_TUPLE_VALUE };
enum { WHOLE_MARK, REAL_MARK };

#define TWO_63 9223372036854775808.0
enum { TEXT_END = 1, TEXT_ZERO = 2 };

/* ---- putting ---- */

static void
put_word(struct argot_buffer *bytes, uint64_t word)
{
    uint8_t big[8];
    for (unsigned i = 0; i < 8; i++)
        big[i] = (uint8_t)(word >> (56 - 8 * i));
    argot_buffer_append(bytes, big, sizeof big);
}

static void
put_text(struct argot_buffer *bytes, const uint8_t *at, size_t length)
{
    static const uint8_t end[] = {0, TEXT_END}, zero[] = {0, TEXT_ZERO};
    const uint8_t *found;
    while (length && (found = memchr(at, 0, length))) {
        size_t before = (size_t)(found - at);
        argot_buffer_append(bytes, at, before);
        argot_buffer_append(bytes, zero, sizeof zero);
        at += before + 1;
        length -= before + 1;
    }
    argot_buffer_append(bytes, at, length);
    argot_buffer_append(bytes, end, sizeof end);
}

static void
put_real(struct argot_buffer *bytes, double real)
{
    double canonical = real == 0 ? 0 : real; /* -0 is 0 */
    uint64_t word;
    memcpy(&word, &canonical, sizeof word);
    put_word(bytes, word >> 63 ? ~word : word | UINT64_C(1) << 63);
}

/* Whole numbers of any sign: the byte in front is 0 for negative ones. */
static void
put_whole(struct argot_buffer *bytes, const struct argot_datum *value)
{
    argot_buffer_append_byte(bytes, value->large || value->slot.i64 >= 0 ? 1 : 0);
    put_word(bytes, value->slot.u64);
}

/* Numbers that may be whole or not: equal ones have equal bytes, so 2.0 is put as 2. */
static void
put_number(struct argot_buffer *bytes, const struct argot_datum *value)
{
    struct argot_datum whole = *value;
    bool fits = value->type == ARGOT_EXPR_WHOLE_TYPE;
    double real = value->slot.f64;
    if (!fits && real >= -TWO_63 && real < TWO_63 && (double)(int64_t)real >= real && (double)(int64_t)real <= real) {
        whole = (struct argot_datum){.type = ARGOT_EXPR_WHOLE_TYPE, .slot.i64 = (int64_t)real};
        fits = true;
    } else if (!fits && real >= TWO_63 && real < 2 * TWO_63) { /* whole, as all doubles of this size */
        whole = (struct argot_datum){.type = ARGOT_EXPR_WHOLE_TYPE, .large = true, .slot.u64 = (uint64_t)real};
        fits = true;
    }
    argot_buffer_append_byte(bytes, fits ? WHOLE_MARK : REAL_MARK);
    if (fits)
        put_whole(bytes, &whole);
    else
        put_real(bytes, real);
}

void
argot_tuple_put(struct argot_buffer *bytes, struct argot_judge *judge, uint8_t type, const struct argot_datum *value)
{
    argot_buffer_append_byte(bytes, value->null ? NULL_MARK : VALUE_MARK);
    if (value->null)
        return;
    switch (type == ARGOT_EXPR_NUMBER_TYPE ? type : value->type) {
    case ARGOT_EXPR_NUMBER_TYPE:
        put_number(bytes, value);
        break;
    case ARGOT_EXPR_TEXT_TYPE:
        put_text(bytes, value->slot.text.at, value->slot.text.length);
        break;
    case ARGOT_EXPR_UNTYPED_TYPE: {
        struct argot_slice text = argot_judge_text(judge, value);
        put_text(bytes, text.at, text.length);
        break;
    }
    case ARGOT_EXPR_ADDRESS_TYPE:
        argot_buffer_append(bytes, value->slot.ip, sizeof value->slot.ip);
        break;
    case ARGOT_EXPR_REAL_TYPE:
        put_real(bytes, value->slot.f64);
        break;
    case ARGOT_EXPR_WHOLE_TYPE:
        put_whole(bytes, value);
        break;
    case ARGOT_EXPR_TIME_TYPE:
    case ARGOT_EXPR_DURATION_TYPE:
        put_word(bytes, value->slot.u64 ^ UINT64_C(1) << 63);
        break;
    default: /* BOOL, MAC, ENUM */
        put_word(bytes, value->slot.u64);
        break;
    }
}

/* What most keys are: a field in whose slot the value is as it is put. False: it is something else. */
static bool
put_field(struct argot_buffer *bytes, struct argot_judge *judge, uint8_t type, const struct argot_expr *expr,
          const struct argot_subject *subject, bool *null)
{
    if (expr->kind != ARGOT_EXPR_FIELD || expr->list || expr->type != type ||
        (type != ARGOT_EXPR_ADDRESS_TYPE && type != ARGOT_EXPR_TEXT_TYPE))
        return false;
    const struct argot_event *event = subject->event;
    const struct argot_slot *slot = event ? argot_judge_at(argot_judge_places(judge, event->shape), event, expr->field)
                                          : argot_judge_field(judge, subject, expr->field);
    *null = !slot;
    argot_buffer_append_byte(bytes, slot ? VALUE_MARK : NULL_MARK);
    if (slot && type == ARGOT_EXPR_ADDRESS_TYPE)
        argot_buffer_append(bytes, slot->ip, sizeof slot->ip);
    else if (slot)
        put_text(bytes, slot->text.at, slot->text.length);
    return true;
}

static void
put_value(struct argot_buffer *bytes, struct argot_judge *judge, uint8_t type, const struct argot_expr *expr,
          const struct argot_plan_rule *rule, const struct argot_subject *subject, bool *null)
{
    struct argot_scene scene = {.rule = rule, .subject = *subject};
    struct argot_datum value;
    argot_judge_value(judge, expr, &scene, &value);
    *null = value.null;
    argot_tuple_put(bytes, judge, type, &value);
}

bool
argot_tuple_any_key(struct argot_buffer *bytes, struct argot_judge *judge, const struct argot_plan_rule *rule,
                    const struct argot_plan_event *event, const struct argot_subject *subject)
{
    bytes->length = 0;
    for (uint32_t i = 0; i < rule->nkeys; i++) {
        const struct argot_plan_key *key = &rule->keys[i];
        bool null;
        if (!put_field(bytes, judge, key->type, event->keys[i], subject, &null))
            put_value(bytes, judge, key->type, event->keys[i], rule, subject, &null);
        if (null && !key->optional)
            return false;
    }
    return !bytes->failed;
}

/* ---- getting ---- */

static uint64_t
get_word(const uint8_t **at)
{
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; i++)
        word = word << 8 | (*at)[i];
    *at += 8;
    return word;
}

static bool
get_text(const uint8_t **at, struct argot_arena *texts, struct argot_datum *value)
{
    const uint8_t *end = *at;
    for (; end[0] || end[1] != TEXT_END; end++)
        ;
    uint8_t *copy = argot_arena_alloc(texts, (size_t)(end - *at));
    if (!copy)
        return false;
    uint32_t length = 0;
    for (const uint8_t *from = *at; from < end; from++) {
        copy[length++] = *from;
        if (!*from)
            from++; /* TEXT_ZERO */
    }
    value->slot.text.at = copy;
    value->slot.text.length = length;
    value->slot.text.flags = 0;
    *at = end + 2;
    return true;
}

static double
real_of(uint64_t word)
{
    word = word >> 63 ? word & ~(UINT64_C(1) << 63) : ~word;
    double real;
    memcpy(&real, &word, sizeof real);
    return real;
}

static void
get_whole(const uint8_t **at, struct argot_datum *value)
{
    bool positive = *(*at)++;
    value->slot.u64 = get_word(at);
    value->large = positive && value->slot.i64 < 0;
}

bool
argot_tuple_get(const uint8_t **at, uint8_t type, uint16_t enum_field, struct argot_arena *texts,
                struct argot_datum *value)
{
    *value = (struct argot_datum){.type = type, .field = enum_field};
    value->null = *(*at)++ == NULL_MARK;
    if (value->null)
        return true;
    if (type == ARGOT_EXPR_NUMBER_TYPE)
        value->type = type = *(*at)++ == WHOLE_MARK ? ARGOT_EXPR_WHOLE_TYPE : ARGOT_EXPR_REAL_TYPE;
    switch (type) {
    case ARGOT_EXPR_UNTYPED_TYPE:
        value->type = ARGOT_EXPR_TEXT_TYPE;
        return get_text(at, texts, value);
    case ARGOT_EXPR_TEXT_TYPE:
        return get_text(at, texts, value);
    case ARGOT_EXPR_ADDRESS_TYPE:
        memcpy(value->slot.ip, *at, sizeof value->slot.ip);
        *at += sizeof value->slot.ip;
        return true;
    case ARGOT_EXPR_REAL_TYPE:
        value->slot.f64 = real_of(get_word(at));
        return true;
    case ARGOT_EXPR_WHOLE_TYPE:
        get_whole(at, value);
        return true;
    case ARGOT_EXPR_TIME_TYPE:
    case ARGOT_EXPR_DURATION_TYPE:
        value->slot.u64 = get_word(at) ^ UINT64_C(1) << 63;
        return true;
    default:
        value->slot.u64 = get_word(at);
        return true;
    }
}

int
argot_tuple_compare(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
    size_t both = a_size < b_size ? a_size : b_size;
    int order = both ? memcmp(a, b, both) : 0;
    return order ? order : (a_size > b_size) - (a_size < b_size);
}
