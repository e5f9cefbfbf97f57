/* SPDX-License-Identifier: Apache-2.0
 * What a window keeps of the events of a key, and what its condition says of them. Inside correlate/ only. Two ways:
 * lower bounds need the newest few events and values; everything else needs the window itself. */
#pragma once
#include "correlate/rule.h"
#include "correlate/trail.h"
#include "correlate/values.h"

struct argot_window_state {
    struct argot_keyed keyed;
    uint64_t count; /* of the episode */
    argot_time first_time, last_time;
};

/* Behind it, of `every` and `session`. */
struct argot_window_tail {
    int64_t number;           /* of the window since the epoch */
    struct argot_kept newest; /* event of the window, with its copy; held NULL: none */
};

/* Behind that, of bounds: one for each aggregate, or only a trail where all of them count events. */
union argot_window_bound {
    struct argot_trail trail;   /* count */
    struct argot_values values; /* distinct */
};

/* Or else the events of the window, oldest first, and what is known of them. */
__extension__ typedef __int128 argot_window_wide __attribute__((aligned(8))); /* as pieces of a slab are */
struct argot_window_sum {
    argot_window_wide whole; /* of whole numbers */
    uint64_t count;          /* of what has a value, or for which the condition holds */
    uint64_t reals;          /* of those how many are not whole */
    struct argot_values values;
};
struct argot_window_events {
    uint8_t *records; /* a ring of struct argot_kept and a cell for each aggregate */
    struct argot_window_sum *sums;
    uint32_t first, count, room;
};

struct argot_rule_holds argot_window_holds_most(const struct argot_plan_rule *plan);
/* How many bytes of a state are behind struct argot_window_state: the tail, what the window keeps, and a pointer to
 * what was collected, if the rule does. */
size_t argot_window_part_bytes(const struct argot_plan_rule *plan);
struct argot_collected **argot_window_collected(const struct argot_plan_rule *plan, struct argot_window_state *state);
static inline struct argot_window_tail *
argot_window_tail(const struct argot_plan_window *window, struct argot_window_state *state)
{
    (void)window;
    return (struct argot_window_tail *)(state + 1);
}
static inline void *
argot_window_part(const struct argot_plan_window *window, struct argot_window_state *state)
{
    uint8_t *behind = (uint8_t *)(state + 1);
    return behind + (window->kind == ARGOT_PLAN_WITHIN ? 0 : sizeof(struct argot_window_tail));
}

void argot_window_add(struct argot_rule *rule, struct argot_window_state *state, const struct argot_arrival *arrival);
/* Whether the condition holds at `time`, of all events added since the last clear that are not too old for `within`. */
bool argot_window_holds(struct argot_rule *rule, struct argot_window_state *state, argot_time time);
/* The values of the aggregates at `time`, as many as there are; of bounds no further than they are kept. For who
 * watches. */
void argot_window_values(struct argot_rule *rule, struct argot_window_state *state, argot_time time,
                         struct argot_datum *values);
/* Appends what is kept, in order and each event once. */
void argot_window_causes(const struct argot_rule *rule, struct argot_window_state *state, struct argot_buffer *causes);
void argot_window_clear(struct argot_rule *rule, struct argot_window_state *state);
void argot_window_finish(struct argot_rule *rule, struct argot_window_state *state);

/* The second way; the functions above call these. */
void argot_window_events_add(struct argot_rule *rule, struct argot_window_events *events,
                             const struct argot_arrival *arrival);
/* False without memory. */
bool argot_window_events_values(struct argot_rule *rule, struct argot_window_events *events, argot_time time,
                                struct argot_datum *values);
bool argot_window_events_hold(struct argot_rule *rule, struct argot_window_events *events, argot_time time);
void argot_window_events_causes(const struct argot_rule *rule, const struct argot_window_events *events,
                                struct argot_buffer *causes);
struct argot_rule_holds argot_window_events_hold_most(const struct argot_plan_rule *plan);
void argot_window_events_clear(struct argot_rule *rule, struct argot_window_events *events);
void argot_window_events_finish(struct argot_rule *rule, struct argot_window_events *events);
