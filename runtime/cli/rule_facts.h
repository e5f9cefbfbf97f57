/* SPDX-License-Identifier: Apache-2.0
 * What rules read, which formats can give them that, and which can never fire with the formats at hand. Never says that
 * a rule cannot fire when it can; the other way round it may be wrong. */
#pragma once
#include "correlate/plan.h"
#include "normalize/emits.h"

struct argot_rule_facts {
    bool any_type; /* reads all types of event */
    bool *types;   /* by number of event_type */
    bool *fields;  /* by schema index, of events and of alerts below */
    bool *formats; /* by index in the registry: may give an event that it takes */
    bool can_fire;
    const char *why; /* it cannot; else NULL */
};

/* Of all rules of a plan, in memory of the arena; NULL without. */
struct argot_rule_facts *argot_rule_facts_make(struct argot_arena *arena, struct argot_registry *registry,
                                               const struct argot_plan *plan);
