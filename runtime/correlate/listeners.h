/* SPDX-License-Identifier: Apache-2.0
 * Who listens: each match, step, member and the like of each rule, by the types of events and the rules whose alerts it
 * may take, and asked about an event at hand. */
#pragma once
#include "correlate/rule.h"
#include "correlate/selection.h"

struct argot_listeners {
    struct argot_core *core;
    uint32_t count, ntypes, nrules;
    struct argot_listener *at; /* by rule, then in the order in which an event is served */
    struct argot_listeners_list *by_type, *by_rule;
    uint16_t event_type; /* schema field */
    bool one_by_one;     /* each is asked, though it takes longer: to compare with */
    struct argot_selection selection;
    uint32_t *taken; /* room for the answer */
};

/* `rules` has one for each rule of the plan. False without memory; to be finished all the same. */
bool argot_listeners_init(struct argot_listeners *listeners, struct argot_core *core, struct argot_rule *rules);
void argot_listeners_finish(struct argot_listeners *listeners);
/* Whether anybody may take an event of the shape; true without memory. */
bool argot_listeners_want(struct argot_listeners *listeners, const struct argot_shape *shape);
/* Whether anybody may take an alert of the rule. */
bool argot_listeners_listen(const struct argot_listeners *listeners, uint32_t rule);
/* For argot_listeners_ask, of any event or alert. */
uint32_t argot_listeners_ask_any(struct argot_listeners *listeners, const struct argot_subject *subject,
                                 const uint32_t **taken);
/* Who takes it: numbers, ascending, until the next call. Of a condition that reads captures what does not is judged. */
static inline uint32_t
argot_listeners_ask(struct argot_listeners *listeners, const struct argot_subject *subject, const uint32_t **taken)
{
    const struct argot_event *event = subject->event;
    if (!event || listeners->one_by_one || !argot_selection_is_plain(&listeners->selection, event->shape))
        return argot_listeners_ask_any(listeners, subject, taken);
    *taken = listeners->taken;
    return argot_selection_ask_plain(&listeners->selection, event, listeners->taken);
}
