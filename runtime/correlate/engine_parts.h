/* SPDX-License-Identifier: Apache-2.0
 * The engine's own structure, and what its files do for each other: engine.c passes events through rules, engine_new.c
 * makes and ends it, engine_reload.c changes its rules while it runs. Inside correlate/ only. */
#pragma once
#include "correlate/engine.h"
#include "correlate/listeners.h"
#include "correlate/sources.h"
#include "correlate/tell.h"

struct argot_lane {
    struct argot_engine *engine;
    int64_t late_ns;
    argot_time watermark; /* all below was released; INT64_MIN: nothing yet */
    struct argot_queue queue;
    struct argot_timers timers;
};

/* An event of a source whose time leapt, until the next one confirms it. */
struct argot_leap {
    bool waits;
    argot_time time;
    struct argot_item *items; /* what goes on to the lanes then */
};

struct argot_engine {
    struct argot_engine_head head; /* must be the first */
    struct argot_engine_options options;
    struct argot_core core;
    struct argot_rule *rules;
    struct argot_listeners listeners;
    struct argot_lane *lanes; /* by lateness */
    uint32_t nlanes;
    struct argot_sources sources;
    struct argot_leap *leaps;                  /* of each source */
    struct argot_held **lent;                  /* what each has lent: the first of a list */
    uint32_t leaps_room;                       /* of both */
    argot_time newest;                         /* of all events that were accepted */
    uint64_t items;                            /* made */
    struct argot_item *work, **work_end;       /* alerts of rules without order, to be told */
    struct argot_item *arrived, **arrived_end; /* of the event that comes: what goes on to the lanes */
    bool arriving;
    struct argot_tell tell;
    uint64_t waiting_bytes;            /* of what waits in lanes; a copy that waits in several counts in each */
    bool crowded;                      /* too much waits, or did when it was looked at last */
    struct argot_engine_counts counts; /* but for the events */
};

/* False once memory ran out somewhere. */
static inline bool
argot_engine_good(struct argot_engine *engine)
{
    struct argot_core *core = &engine->core;
    core->failed |= argot_judge_failed(core->judge); /* which the judge says once only */
    return !(core->failed | core->slab.failed | core->tuple.failed | core->causes.failed | core->text.failed);
}

/* NULL: the rule needs no order. */
static inline struct argot_lane *
argot_engine_lane_of(const struct argot_rule *rule)
{
    void *timers = rule->timers;
    return timers ? (struct argot_lane *)(void *)((uint8_t *)timers - offsetof(struct argot_lane, timers)) : NULL;
}

/* An event or alert whose turn it is. */
static inline struct argot_arrival
argot_engine_arrival(struct argot_engine *engine, struct argot_subject subject, struct argot_held *held,
                     const struct argot_order *order)
{
    uint64_t serial = ++engine->core.serial;
    struct argot_arrival arrival = {
        .subject = subject, .held = held, .kept = order->cause, .phase = order->phase, .serial = serial};
    if (subject.alert) {
        arrival.kept = (struct argot_kept){.time = order->time,
                                           .source = order->cause.source,
                                           .part = order->cause.part,
                                           .record = order->cause.record};
    }
    arrival.kept.held = NULL;
    arrival.kept.serial = serial;
    return arrival;
}

/* Those of the listeners whose rules are in the lane (NULL: need no order) get it. */
void argot_engine_serve(struct argot_engine *engine, const struct argot_lane *lane, const uint32_t *taken,
                        uint32_t ntaken, const struct argot_arrival *arrival);
/* Takes over the item, which waits in the lane from now on. */
void argot_engine_push(struct argot_engine *engine, struct argot_lane *lane, struct argot_item *item);
/* An alert's turn has come: it is told, and goes on. The item stays the caller's. */
void argot_engine_publish(struct argot_engine *engine, struct argot_lane *lane, struct argot_item *item);
/* Publishes alerts of rules without order, each as soon as it is there. */
void argot_engine_do_work(struct argot_engine *engine);
/* Whoever watches sees all that comes, whether some rule takes it or not. */
void argot_engine_watch_coming(struct argot_engine *engine, const struct argot_subject *subject,
                               const struct argot_kept *kept);
/* Puts an event or alert into each lane whose rules take it, `skip` left out; while engine->arriving is set, into
 * engine->arrived instead. */
void argot_engine_forward(struct argot_engine *engine, struct argot_held *held, const struct argot_order *order,
                          const uint32_t *taken, uint32_t ntaken, const struct argot_lane *skip);
static inline void
argot_engine_drop_item(struct argot_engine *engine, struct argot_item *item)
{
    argot_held_drop(&engine->core.slab, item->held);
    argot_slab_give(&engine->core.slab, item, item->size);
}
/* The first of those that wait in the lane: there must be one. The caller's. */
static inline struct argot_item *
argot_engine_take_out(struct argot_lane *lane)
{
    struct argot_item *item = argot_queue_pop(&lane->queue);
    lane->engine->counts.waiting--;
    lane->engine->waiting_bytes -= item->size + item->held->size;
    return item;
}
/* Serves what is not after `last`, timers too if they are due no later than `timers_last`. */
void argot_engine_release(struct argot_lane *lane, argot_time last, argot_time timers_last);
/* Brings the watermarks up to date, and releases what is below. */
void argot_engine_advance(struct argot_engine *engine);
/* The same as if this were the newest time of the source that is furthest behind. INT64_MIN: nothing. */
void argot_engine_advance_to(struct argot_engine *engine, argot_time newest);
/* All watermarks are at least this, whatever the lateness. */
void argot_engine_advance_over(struct argot_engine *engine, argot_time watermark);
/* An event of the source with this time is next; so the one before, if its time leapt, is believed or not. */
void argot_engine_settle(struct argot_engine *engine, uint32_t number, argot_time next);
/* core->raised */
void argot_engine_raised(void *context, struct argot_held *alert, const struct argot_order *order);

/* Makes judge, lanes, rules and listeners of the plan, without a look at what was there before. False with the reason;
 * argot_engine_unload is to be called all the same. */
bool argot_engine_load(struct argot_engine *engine, const struct argot_plan *plan, char *why, size_t why_size);
/* Gives back what load made. What still waits in lanes must have been taken out. */
void argot_engine_unload(struct argot_engine *engine);
