/* SPDX-License-Identifier: Apache-2.0
 * Who listens: each match, step, member and the like of each rule, indexed by the types of events and the rules whose
 * alerts it may take, and asked about an event at hand. Conditions that are one and the same are judged once an event.
 */
#pragma once
#include "correlate/rule.h"

struct argot_listeners {
    struct argot_core *core;
    uint32_t count, ntypes, nrules, nconditions;
    struct argot_listener *at; /* by rule, then in the order in which an event is served */
    uint32_t *condition;       /* number of each listener's condition */
    struct argot_listeners_list *by_type, *by_rule;
    uint16_t event_type; /* schema field */
    uint64_t round;      /* of judging: what is known of conditions is of this one */
    uint64_t *judged;    /* of each condition: the round, twice, plus one if it held */
    uint32_t *taken;     /* room for the answer */
    uint64_t evaluated;
};

/* `rules` has one for each rule of the plan. False without memory; to be finished all the same. */
bool argot_listeners_init(struct argot_listeners *listeners, struct argot_core *core, struct argot_rule *rules);
void argot_listeners_finish(struct argot_listeners *listeners);
/* Who takes it: numbers, ascending, until the next call. Those whose condition reads captures are among them if the
 * type fits. */
uint32_t argot_listeners_ask(struct argot_listeners *listeners, const struct argot_subject *subject,
                             const uint32_t **taken);
