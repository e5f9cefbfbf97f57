/* SPDX-License-Identifier: Apache-2.0
 * The conditions of all rules as one graph: what is equal in two of them is one node and is judged once for an event.
 * AND and OR are flat: no operand of an AND is an AND. Leaves are predicates of the plan. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include "correlate/judge.h"

#define ARGOT_CONDITIONS_NONE UINT32_MAX

enum argot_conditions_kind { ARGOT_CONDITIONS_LEAF, ARGOT_CONDITIONS_AND, ARGOT_CONDITIONS_OR, ARGOT_CONDITIONS_NOT };

struct argot_conditions_node {
    enum argot_conditions_kind kind;
    bool at_hand;   /* the subject alone decides it: it reads no captures */
    uint32_t nargs; /* AND, OR: 2 or more; NOT: 1 */
    const uint32_t *args;
    const struct argot_expr *expr; /* of a leaf; else the first that was met */
    const struct argot_plan_rule *rule;
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
    uint64_t judged; /* leaves evaluated */
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
argot_conditions_next(struct argot_conditions *conditions)
{
    conditions->round++;
}

/* Whether it holds of the subject, which must be the same until the next round. */
bool argot_conditions_hold(struct argot_conditions *conditions, uint32_t number, const struct argot_subject *subject);
