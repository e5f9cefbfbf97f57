/* SPDX-License-Identifier: Apache-2.0
 * The conditions of all rules as one graph: what is equal in two of them is one node and is judged once for an event.
 * AND and OR are flat: no operand of an AND is an AND. Leaves are predicates of the plan. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include "base/short.h"
#include "correlate/judge.h"

#define ARGOT_CONDITIONS_NONE UINT32_MAX

enum argot_conditions_kind { ARGOT_CONDITIONS_LEAF, ARGOT_CONDITIONS_AND, ARGOT_CONDITIONS_OR, ARGOT_CONDITIONS_NOT };

/* Leaves that are answered without the judge: a field beside a constant, for which its slot is enough. */
enum argot_conditions_test {
    ARGOT_CONDITIONS_JUDGED,     /* none of them */
    ARGOT_CONDITIONS_IS_TEXT,    /* equals it, or does not */
    ARGOT_CONDITIONS_IS_ADDRESS, /* */
    ARGOT_CONDITIONS_IS_WORD,    /* u64 */
    ARGOT_CONDITIONS_STARTS,
};

struct argot_conditions_node {
    uint8_t kind;   /* enum argot_conditions_kind */
    uint8_t test;   /* enum argot_conditions_test */
    bool differs;   /* the test is that the value is another */
    bool at_hand;   /* the subject alone decides it: it reads no captures */
    uint32_t nargs; /* AND, OR: 2 or more; NOT: 1 */
    const uint32_t *args;
    const struct argot_expr *expr; /* of a leaf; else the first that was met */
    const struct argot_plan_rule *rule;
    struct argot_slot constant; /* of the test, */
    uint16_t field;             /* and its field */
    uint64_t hash;
    uint32_t next; /* in the chain of the hash */
};

struct argot_conditions {
    struct argot_seam *seam;
    struct argot_judge *judge;
    struct argot_arena arena;
    struct argot_buffer nodes; /* struct argot_conditions_node, operands before what they are operands of */
    struct argot_buffer known; /* uint64_t of each: the round in which it was judged, twice, plus one if it held */
    struct argot_buffer args;  /* scratch of argot_conditions_add */
    uint32_t count;
    uint32_t *heads; /* chains by hash; nheads is a power of two */
    uint32_t nheads;
    uint64_t round;
    const uint16_t *places; /* of the fields of the event at hand */
};

void argot_conditions_init(struct argot_conditions *conditions, struct argot_seam *seam, struct argot_judge *judge);
void argot_conditions_finish(struct argot_conditions *conditions);

/* The number of the condition's node; ARGOT_CONDITIONS_NONE without memory. The expression and the rule, whose lookups
 * it may read, must outlive the conditions. */
uint32_t argot_conditions_add(struct argot_conditions *conditions, const struct argot_expr *expr,
                              const struct argot_plan_rule *rule);
/* What is left of a node when operands that need more than the subject are taken for true; ARGOT_CONDITIONS_NONE:
 * nothing, or without memory (*failed). */
uint32_t argot_conditions_at_hand(struct argot_conditions *conditions, uint32_t number, bool *failed);

static inline const struct argot_conditions_node *
argot_conditions_at(const struct argot_conditions *conditions, uint32_t number)
{
    return (const struct argot_conditions_node *)(const void *)conditions->nodes.bytes + number;
}

/* Another event or alert is at hand: what is known is forgotten. */
static inline void
argot_conditions_next(struct argot_conditions *conditions, const struct argot_subject *subject)
{
    conditions->round++;
    if (subject->event)
        conditions->places = argot_judge_places(conditions->judge, subject->event->shape);
}
/* A field of the subject of this round; NULL when absent. */
static inline const struct argot_slot *
argot_conditions_field(const struct argot_conditions *conditions, const struct argot_subject *subject, uint16_t field)
{
    return subject->event ? argot_judge_at(conditions->places, subject->event, field)
                          : argot_judge_field(conditions->judge, subject, field);
}

/* For argot_conditions_hold. */
bool argot_conditions_hold_others(struct argot_conditions *conditions, uint32_t number,
                                  const struct argot_subject *subject);

static inline bool
argot_conditions_passes(uint8_t test, const struct argot_slot *constant, const struct argot_slot *slot)
{
    uint32_t length = constant->text.length;
    if (test == ARGOT_CONDITIONS_IS_WORD)
        return slot->u64 == constant->u64;
    if (test == ARGOT_CONDITIONS_IS_ADDRESS)
        return argot_short_same(slot->ip, constant->ip, sizeof slot->ip);
    if (test == ARGOT_CONDITIONS_STARTS ? slot->text.length < length : slot->text.length != length)
        return false;
    return argot_short_same(slot->text.at, constant->text.at, length);
}

/* Whether it holds of the subject, which must be the same until the next round. */
static inline bool
argot_conditions_hold(struct argot_conditions *conditions, uint32_t number, const struct argot_subject *subject)
{
    const struct argot_conditions_node *node = argot_conditions_at(conditions, number);
    if (!node->test)
        return argot_conditions_hold_others(conditions, number, subject);
    const struct argot_slot *slot = argot_conditions_field(conditions, subject, node->field);
    return slot && argot_conditions_passes(node->test, &node->constant, slot) != node->differs;
}
