/* SPDX-License-Identifier: Apache-2.0
 * The correlation engine: runs a plan over events and gives alerts. Events come source by source in any interleaving;
 * the engine puts them in order by event time up to the allowed lateness, keeps state for each rule and key, and runs
 * timers. The same events give the same alerts, however their arrival differs within the lateness. No allocation for
 * each event once its pools are warm. docs/rule-language.md says what rules mean. */
#pragma once
#include "correlate/judge.h"

struct argot_engine;
struct argot_watch;

/* Where the raw line of an event can be found again, as whoever feeds the engine chooses; kept with causes. */
typedef uint64_t argot_raw_place;

struct argot_engine_options {
    struct argot_seam *seam;
    const struct argot_plan *plan; /* must outlive the engine */
    uint32_t nsources;             /* at most ARGOT_ENGINE_MAX_SOURCES */
    const char *const *names;      /* of the sources, which are part of alerts' identities; NULL: none has one */
    bool order_by_name;   /* of equal times: by the names of the sources (`log`, `log#2`, …), which must outlive
                             the engine, since their numbers depend on when each was met */
    bool silent_too;      /* silent alerts are given too */
    bool one_by_one;      /* each rule is tried on each event, which changes nothing but the time: to compare with */
    argot_time late_ns;   /* allowed lateness of all rules that ask for less; ARGOT_PLAN_DEFAULT_LATE_NS */
    uint64_t max_waiting; /* events held for order, and their bytes; 0: ARGOT_ENGINE_MAX_WAITING, …_BYTES */
    uint64_t max_waiting_bytes;
    const struct argot_watch *watch; /* is told what becomes of one rule; NULL: nobody watches (correlate/watch.h) */
    void *context;                   /* of the two functions */
    /* An alert fired, in the order of the rule language among stateful rules. It lives until the function returns.
       NULL: alerts are counted, and made only where rules take them. */
    void (*alert)(void *context, const struct argot_alert *alert);
    /* The raw line of an event of the past, until the next call or the end of `alert`; at NULL: it cannot be had. May
       be NULL: raw lines are not wanted. */
    struct argot_slice (*raw)(void *context, struct argot_identity identity, argot_raw_place place);
};

/* NULL with the reason in `why`. */
struct argot_engine *argot_engine_new(const struct argot_engine_options *options, char *why, size_t why_size);
void argot_engine_free(struct argot_engine *engine); /* NULL is fine */

/* The next event of a source. It is only read during the call. False: out of memory; the engine must be given up. */
bool argot_engine_event(struct argot_engine *engine, uint32_t source, const struct argot_event *event,
                        argot_raw_place place);
/* The same, but the event stays as it is until the source's events are called back: so one that waits for order is not
 * copied unless it waits still. */
bool argot_engine_lend(struct argot_engine *engine, uint32_t source, const struct argot_event *event,
                       argot_raw_place place);
/* The source's events that were lent go. */
bool argot_engine_recall(struct argot_engine *engine, uint32_t source);
/* Whether some rule may take events of the shape, until the rules change. */
bool argot_engine_wants(struct argot_engine *engine, const struct argot_shape *shape);
/* What an engine begins with: which times of which source are no news. */
struct argot_engine_head {
    uint32_t source; /* UINT32_MAX: of none */
    argot_time newest;
    uint64_t events; /* given so far */
};
/* Whether an event that nobody wants would leave all as it is but for being counted, who is to be read next too; false
 * where that is not known at once. */
static inline bool
argot_engine_no_news(const struct argot_engine *engine, uint32_t source, argot_time time)
{
    const struct argot_engine_head *head = (const struct argot_engine_head *)(const void *)engine;
    return head->source == source && time <= head->newest;
}
/* So many such events of the source came. */
static inline void
argot_engine_pass(struct argot_engine *engine, uint64_t events)
{
    ((struct argot_engine_head *)(void *)engine)->events += events;
}
/* The next event of a source is one of a shape that is not wanted: only its time matters. */
bool argot_engine_unwanted(struct argot_engine *engine, uint32_t source, argot_time time);
/* The source has no further events: it holds nothing back any more. */
bool argot_engine_source_end(struct argot_engine *engine, uint32_t source);
/* Live: there are so many sources now, with these names. New ones hold nothing back before their first event. False
 * without memory, or beyond ARGOT_ENGINE_MAX_SOURCES; the engine must be given up. */
bool argot_engine_grow(struct argot_engine *engine, uint32_t nsources, const char *const *names);
/* Live: the source holds everything back from now on, as each does from the begin: its events are about to come. */
bool argot_engine_source_await(struct argot_engine *engine, uint32_t source);
/* Live: nothing came from the source for a while: it holds nothing back before its next event. */
bool argot_engine_source_idle(struct argot_engine *engine, uint32_t source);
/* Live: what the clock says. An event whose time leapt is believed when it is not far ahead of the clock, with no next
 * one to confirm it; and where every source is idle, nothing waits any more, and time goes on without events: as it
 * would with events of ARGOT_ENGINE_IDLE_NS ago. To be called every second or so. */
bool argot_engine_clock(struct argot_engine *engine, argot_time now);
/* Live: what the clock said when the source's newest event had come, where events are fed once more: believes as above.
 */
bool argot_engine_source_clock(struct argot_engine *engine, uint32_t source, argot_time now);
/* All events are in: releases what waits, fires timers due up to the newest time. */
bool argot_engine_finish(struct argot_engine *engine);
/* As finish, with the clock at `time`, if that is later: for tests, where time passes without events. */
bool argot_engine_finish_at(struct argot_engine *engine, argot_time time);

/* Goes on with other rules. Those that are as they were (see fingerprint.h) keep their state and counts; events that
 * wait for their time are offered to all. The plan before may be given up afterwards. False with the reason in `why`:
 * as long as argot_engine_event still returns true, the old rules go on. */
bool argot_engine_reload(struct argot_engine *engine, const struct argot_plan *plan, char *why, size_t why_size);

/* Of the sources that have not ended the one whose newest time is smallest, the lowest number among equals: who must be
 * read next so that sources are merged by time. -1: all have ended. O(log n). */
int64_t argot_engine_next_source(const struct argot_engine *engine);

/* All alerts with a time before this one were given; INT64_MAX: no rule needs order, or the input ended. */
argot_time argot_engine_settled(const struct argot_engine *engine);
/* Of an engine that was fed what another had been: it is as late as that was when it said `settled`. What waits below
 * is released, and what comes below is late. INT64_MAX says nothing of the time. */
bool argot_engine_resume(struct argot_engine *engine, argot_time settled);

/* The newest time that is believed of a source; INT64_MIN: none yet. */
argot_time argot_engine_source_newest(const struct argot_engine *engine, uint32_t source);

struct argot_engine_rule_counts {
    uint64_t taken;     /* events that counted for it */
    uint64_t alerts;    /* fired */
    uint64_t hits;      /* added to an open alert */
    uint64_t null_keys; /* events that a null key kept out */
    uint64_t late;      /* events that came too late for it */
    uint64_t evicted;   /* keys dropped at `limit` */
    uint64_t dropped;   /* events of windows dropped at `limit … events` */
    uint64_t pending;   /* timers and open windows left when the input ended */
    uint64_t keys;      /* now */
    uint64_t bytes;     /* of state now */
};
struct argot_engine_counts {
    uint64_t events, alerts, silent_alerts;
    uint64_t late;    /* events too late for some rule that would have taken them */
    uint64_t strays;  /* events with a time far ahead of their source, kept from stateful rules */
    uint64_t waiting; /* events held for order, now */
    uint64_t hurried; /* released before their time, because too many waited */
    uint64_t judged;  /* listeners (matches, steps, members) whose conditions were evaluated, over all events */
};
struct argot_engine_counts argot_engine_counts(const struct argot_engine *engine);
/* Of a rule of the plan. */
struct argot_engine_rule_counts argot_engine_rule_counts(const struct argot_engine *engine, uint32_t rule);

#define ARGOT_ENGINE_MAX_SOURCES (1u << 20)
#define ARGOT_ENGINE_JUMP_NS INT64_C(3600000000000)  /* a source's time that leaps further must be confirmed */
#define ARGOT_ENGINE_IDLE_NS INT64_C(60000000000)    /* live: a source is idle that was still for so long */
#define ARGOT_ENGINE_MAX_NESTING 8u                  /* alerts within alerts whose causes are told */
#define ARGOT_ENGINE_MAX_CAUSES 1000u                /* told of one alert, those of alerts among them included */
#define ARGOT_ENGINE_MAX_RAW_BYTES ((size_t)4 << 20) /* of raw lines told of one alert; those beyond are not given */
#define ARGOT_ENGINE_MAX_WAITING 1000000u            /* events held for order, */
#define ARGOT_ENGINE_MAX_WAITING_BYTES (UINT64_C(1) << 30) /* and of what memory */
