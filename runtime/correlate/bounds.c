/* SPDX-License-Identifier: Apache-2.0
 * Each kind of rule says how large its state is and what that may hold (struct argot_rule_kind); this adds the key and
 * its place in the table. */
#include "correlate/bounds.h"
#include "correlate/rule.h"

/* In the tuple that is the key. */
static uint64_t
value_bytes(uint8_t type)
{
    switch (type) {
    case ARGOT_EXPR_ADDRESS_TYPE:
        return 17;
    case ARGOT_EXPR_TEXT_TYPE:
    case ARGOT_EXPR_UNTYPED_TYPE:
        return 3 + ARGOT_BOUNDS_TEXT_BYTES;
    default:
        return 11;
    }
}

static uint64_t
times(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

struct argot_bounds
argot_bounds_of(const struct argot_plan_rule *rule)
{
    const struct argot_rule_kind *kind = argot_rule_kind_of(rule);
    struct argot_bounds bounds = {0};
    if (!rule->stateful)
        return bounds;
    bounds.key_bytes = kind->state_bytes(rule) + 2 * sizeof(void *); /* and its share of the table */
    for (uint32_t i = 0; i < rule->nkeys; i++)
        bounds.key_bytes += value_bytes(rule->keys[i].type);
    struct argot_rule_holds holds = kind->holds ? kind->holds(rule) : (struct argot_rule_holds){0};
    uint64_t collected =
        rule->ncollect * ARGOT_ALERT_MAX_VALUES * (sizeof(struct argot_extra) + ARGOT_BOUNDS_TEXT_BYTES);
    bounds.key_most_bytes =
        bounds.key_bytes + times(holds.events, holds.event_bytes) + times(holds.copies, ARGOT_BOUNDS_EVENT_BYTES) +
        times(holds.values,
              sizeof(struct argot_values_node) + 2 * sizeof(struct argot_values_place) + ARGOT_BOUNDS_TEXT_BYTES) +
        collected;
    bounds.most_bytes = times(bounds.key_most_bytes, rule->limit_keys);
    return bounds;
}
