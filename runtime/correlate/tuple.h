/* SPDX-License-Identifier: Apache-2.0
 * Tuples of values as bytes: equal tuples have equal bytes, and memcmp puts tuples in order, value by value: null
 * first, numbers and times by value, texts and addresses by their bytes. What keys and distinct values are kept as. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include "correlate/judge.h"

/* Appends one value of an expression of this type. UNTYPED is kept as its text; of NUMBER, what is whole comes before
 * what is not. */
void argot_tuple_put(struct argot_buffer *bytes, struct argot_judge *judge, uint8_t type,
                     const struct argot_datum *value);
/* For argot_tuple_key, of any kind. */
bool argot_tuple_any_key(struct argot_buffer *bytes, struct argot_judge *judge, const struct argot_plan_rule *rule,
                         const struct argot_plan_event *event, const struct argot_subject *subject);
#define ARGOT_TUPLE_VALUE 1 /* the byte in front of what is not null */
/* What nearly all keys are: one address of an event. NULL: it is something else, or not there. */
static inline const struct argot_slot *
argot_tuple_only_address(struct argot_judge *judge, const struct argot_plan_rule *rule,
                         const struct argot_plan_event *event, const struct argot_event *at_hand)
{
    if (rule->nkeys != 1 || !at_hand || rule->keys[0].type != ARGOT_EXPR_ADDRESS_TYPE)
        return NULL;
    const struct argot_expr *expr = event->keys[0];
    if (expr->kind != ARGOT_EXPR_FIELD || expr->type != ARGOT_EXPR_ADDRESS_TYPE || expr->list)
        return NULL;
    return argot_judge_at(argot_judge_places(judge, at_hand->shape), at_hand, expr->field);
}
/* The key that a subject has for a match, step or the like of a rule takes the place of what the buffer held. False: a
 * null where the key is not optional, or no memory. */
static inline bool
argot_tuple_key(struct argot_buffer *bytes, struct argot_judge *judge, const struct argot_plan_rule *rule,
                const struct argot_plan_event *event, const struct argot_subject *subject)
{
    const struct argot_slot *slot = argot_tuple_only_address(judge, rule, event, subject->event);
    if (!slot || bytes->capacity < 1 + sizeof slot->ip)
        return argot_tuple_any_key(bytes, judge, rule, event, subject);
    *bytes->bytes = ARGOT_TUPLE_VALUE;
    memcpy(bytes->bytes + 1, slot->ip, sizeof slot->ip);
    bytes->length = 1 + sizeof slot->ip;
    return !bytes->failed;
}
/* Reads back the next value of a tuple, which was put with this type; moves *at behind it. Texts are unescaped into
 * `texts`. False without memory. */
bool argot_tuple_get(const uint8_t **at, uint8_t type, uint16_t enum_field, struct argot_arena *texts,
                     struct argot_datum *value);
/* memcmp, then length. */
int argot_tuple_compare(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size);
