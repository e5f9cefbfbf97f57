/* SPDX-License-Identifier: Apache-2.0
 * Partial matches of a sequence. A partial is a chain: each step it passed is a node with that step's events, behind
 * the node of the step before; so copies that go different ways share what they have in common. Counted references. */
#pragma once
#include "correlate/ring.h"
#include "correlate/rule.h"

struct argot_partial {
    uint32_t references;
    uint32_t stage;               /* whose events these are */
    bool alive;                   /* waits for the next step; else killed, moved on, replaced and forgotten */
    uint64_t serial;              /* of the event that made it */
    struct argot_partial *before; /* counted */
    argot_time first_time;        /* of the whole chain */
    struct argot_ring counting;   /* events of the next step, where that is counted and reads captures */
    uint32_t nevents;
    struct argot_kept events[]; /* oldest first */
};

/* `events` are copied, and their copies counted again. NULL without memory. */
struct argot_partial *argot_partial_new(struct argot_slab *slab, struct argot_partial *before, uint32_t stage,
                                        const struct argot_kept *events, uint32_t nevents, uint64_t serial);
static inline struct argot_partial *
argot_partial_again(struct argot_partial *partial)
{
    partial->references++;
    return partial;
}
void argot_partial_drop(struct argot_slab *slab, struct argot_partial *partial); /* NULL is fine */

static inline const struct argot_kept *
argot_partial_last(const struct argot_partial *partial)
{
    return &partial->events[partial->nevents - 1];
}

/* ---- for who watches (partial_watch.c); to be called only where rule->watch is set ---- */

/* The partial passed its stage. */
void argot_partial_passed(struct argot_rule *rule, const struct argot_keyed *keyed, const struct argot_partial *partial,
                          const struct argot_arrival *arrival);
/* It waits no longer and goes nowhere. Event and arrival say by what, where it was something that came; else `time`
 * says when, or INT64_MIN. */
struct argot_partial_end {
    enum argot_watch_why why;
    const struct argot_plan_event *event;
    const struct argot_arrival *arrival;
    argot_time time;
};
void argot_partial_ended(struct argot_rule *rule, const struct argot_keyed *keyed, const struct argot_partial *partial,
                         const struct argot_partial_end *end);
/* An event of the stage came, and nothing passed. */
void argot_partial_stopped(struct argot_rule *rule, const struct argot_keyed *keyed, uint32_t stage,
                           enum argot_watch_why why, const struct argot_arrival *arrival);
/* So many events of the stage lie within its span. */
void argot_partial_counting(struct argot_rule *rule, const struct argot_keyed *keyed, uint32_t stage, uint32_t count,
                            const struct argot_arrival *arrival);
