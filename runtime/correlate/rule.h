/* SPDX-License-Identifier: Apache-2.0
 * A rule while it runs: its keys and their state, and the interface that each kind of rule (rule_*.c) gives the engine.
 * Rules never see the order of arrival: events reach them in the order of the language, timers in between. */
#pragma once
#include "correlate/queue.h"
#include "correlate/tuple.h"
#include "correlate/values.h"
#include "correlate/watch.h"

#define ARGOT_RAISE_FIELDS 10 /* schema fields that an alert sets itself, or never takes from its cause */

/* A key that was made: the next rule that has the same of the event at hand need not make it. */
struct argot_rule_made {
    uint64_t serial; /* of the event; 0: none */
    const struct argot_plan_rule *plan;
    const struct argot_plan_event *event;
    bool hashed;
    uint32_t hash;
};

/* What engine and rules share. */
struct argot_core {
    struct argot_seam *seam;
    const struct argot_plan *plan;
    struct argot_judge *judge;
    struct argot_slab slab;
    struct argot_hash_key table_key; /* random */
    struct argot_values_of values_of;
    struct argot_arena arena;    /* of one event and what it raises */
    struct argot_buffer tuple;   /* scratch for keys and tuples, */
    struct argot_rule_made made; /* and whose key stands there */
    struct argot_buffer causes;  /* scratch: struct argot_kept */
    struct argot_buffer text;    /* scratch of argot_raise */
    const char *const *names;    /* of the sources */
    uint32_t nnames;
    struct argot_formats formats;
    uint64_t serial;                           /* of the newest event or alert that rules got */
    bool failed;                               /* memory ran out; besides slab.failed */
    uint16_t alert_fields[ARGOT_RAISE_FIELDS]; /* set by argot_raise_init, */
    uint64_t alert_type;                       /* as is this: their event_type */
    const struct argot_engine_options *options;
    /* An alert fired; see argot_raise. NULL: one of a rule that nobody hears. */
    void *engine;
    void (*raised)(void *engine, struct argot_held *alert, const struct argot_order *order);
};

/* What a listener is to its rule; at one event the roles of one rule are served in this order, and stages from the last
 * back. */
enum argot_role {
    ARGOT_ROLE_UNTIL,
    ARGOT_ROLE_TAKE,    /* match, stage or member: number */
    ARGOT_ROLE_WITHOUT, /* of stage number (its last + 1: of `then no`) */
    ARGOT_ROLE_THEN_NO,
};
struct argot_listener {
    struct argot_rule *rule;
    const struct argot_plan_event *event;
    enum argot_role role;
    uint32_t number;
};

/* An event or alert on its way through the rules. */
struct argot_arrival {
    struct argot_subject subject;
    struct argot_held *held; /* the subject as a counted copy; not the arrival's to drop */
    struct argot_kept kept;  /* without `held`, but for an alert */
    enum argot_phase phase;  /* of alerts that it raises */
    uint64_t serial;         /* different for each */
};

struct argot_rule {
    struct argot_core *core;
    const struct argot_plan_rule *plan;
    uint32_t number;
    struct argot_timers *timers; /* of its lane */
    struct argot_table table;
    const struct argot_rule_kind *kind;
    struct argot_engine_rule_counts counts;
    const struct argot_watch *watch; /* NULL: nobody watches */
    bool heard;                      /* somebody is told of its alerts: else they are only counted */
    argot_time began;                /* `when new`: time of the first event; INT64_MIN: none yet */
    struct argot_keyed **touched;    /* together: keys of the event at hand, as many as members */
    uint32_t ntouched;
};

/* The most that the state of one key holds besides itself. */
struct argot_rule_holds {
    uint64_t events, event_bytes; /* so many, so large each */
    uint64_t copies;              /* of events */
    uint64_t values;              /* in sets */
};

/* One kind of rule. The state of a key begins with struct argot_keyed. */
struct argot_rule_kind {
    size_t (*state_bytes)(const struct argot_plan_rule *plan);
    /* One listener of the rule takes the event. */
    void (*take)(struct argot_rule *rule, const struct argot_listener *listener, const struct argot_arrival *arrival);
    /* The key's timer is due, at `due`; NULL: it has none. */
    void (*due)(struct argot_rule *rule, struct argot_keyed *keyed, argot_time due);
    void (*drop)(struct argot_rule *rule, struct argot_keyed *keyed); /* NULL: nothing to give back */
    /* Whether the state of a key that has no open alert means the same at `now` as none. NULL: never. */
    bool (*idle)(const struct argot_rule *rule, const struct argot_keyed *keyed, argot_time now);
    /* All listeners that take the event had it; NULL: nothing to do. */
    void (*end)(struct argot_rule *rule, const struct argot_arrival *arrival);
    struct argot_rule_holds (*holds)(const struct argot_plan_rule *plan); /* NULL: nothing */
    /* What the key has when the input ends before its timer is due, for who watches; NULL: nothing to add. */
    void (*look)(struct argot_rule *rule, struct argot_keyed *keyed, struct argot_watch_note *note);
    bool union_of_matches; /* of several matches that take one event only the first counts */
    bool episodes;         /* alert.count covers more than one event; then collect does too */
};
extern const struct argot_rule_kind argot_rule_each, argot_rule_window, argot_rule_leak, argot_rule_absent,
    argot_rule_new, argot_rule_sequence, argot_rule_together;

const struct argot_rule_kind *argot_rule_kind_of(const struct argot_plan_rule *plan);

/* ---- telling who watches (watch.c); to be called only where rule->watch is set ---- */

/* The note, completed: its key (NULL: none), the event at hand (NULL: none). */
void argot_rule_watch(struct argot_rule *rule, const struct argot_keyed *keyed, const struct argot_arrival *arrival,
                      struct argot_watch_note note);

/* ---- what kinds share (rule.c) ---- */

/* The state of the key that the event has for the listener. NULL: a null in the key (counted), no memory, or with
 * `make` false none there. */
struct argot_keyed *argot_rule_key(struct argot_rule *rule, const struct argot_plan_event *event,
                                   const struct argot_arrival *arrival, bool make);
/* The same key in core->tuple only. False: a null in it (counted), or no memory. */
bool argot_rule_make_key(struct argot_rule *rule, const struct argot_plan_event *event,
                         const struct argot_arrival *arrival);
/* The event counts for the listener's key. */
static inline void
argot_rule_count(struct argot_rule *rule, const struct argot_listener *listener, const struct argot_keyed *keyed,
                 const struct argot_arrival *arrival)
{
    rule->counts.taken++;
    if (rule->watch)
        argot_rule_watch(rule, keyed, arrival,
                         (struct argot_watch_note){.kind = ARGOT_WATCH_COUNTED, .event = listener->event});
}
/* An `until` took the event, and did its work on the key. */
static inline void
argot_rule_cleared(struct argot_rule *rule, const struct argot_listener *listener, const struct argot_keyed *keyed,
                   const struct argot_arrival *arrival)
{
    if (rule->watch)
        argot_rule_watch(rule, keyed, arrival,
                         (struct argot_watch_note){.kind = ARGOT_WATCH_CLEARED, .event = listener->event});
}
/* An event to be kept, with its copy where `with_copy` is set or it is an alert. */
static inline struct argot_kept
argot_rule_kept(const struct argot_arrival *arrival, bool with_copy)
{
    struct argot_kept kept = arrival->kept;
    kept.held = with_copy || arrival->subject.alert ? argot_held_again(arrival->held) : NULL;
    return kept;
}
/* The event at hand as a cause: borrowed. */
static inline struct argot_kept
argot_rule_at_hand(const struct argot_arrival *arrival)
{
    struct argot_kept kept = arrival->kept;
    kept.held = arrival->subject.alert ? arrival->held : NULL;
    return kept;
}
/* Evaluates a tuple into core->tuple. False: one value is null. */
bool argot_rule_tuple(struct argot_rule *rule, const struct argot_expr *const *exprs, uint32_t count,
                      const struct argot_subject *subject);
/* Sets the key's timer to `from` + span. */
void argot_rule_timer(struct argot_rule *rule, struct argot_keyed *keyed, argot_time from, int64_t span_ns);
/* Whether an alert of the key is open at `time`; closes it when its time is over. */
static inline bool
argot_rule_open(struct argot_rule *rule, struct argot_keyed *keyed, argot_time time)
{
    if (keyed->open && rule->plan->rearm != ARGOT_PLAN_REARM_BELOW &&
        (uint64_t)time - (uint64_t)keyed->base > (uint64_t)rule->plan->rearm_ns)
        keyed->open = false;
    return keyed->open;
}
/* An event or a firing while the alert is open. */
void argot_rule_hit(struct argot_rule *rule, struct argot_keyed *keyed, argot_time time);

/* Puts an array of struct argot_kept in order, each event and alert once. */
void argot_causes_sort(struct argot_buffer *causes);

/* ---- collect ---- */

/* Distinct values of the fields of `collect`, in the order seen: an array of ncollect; NULL: none yet. */
struct argot_collected {
    uint32_t count, room;
    struct argot_extra *values; /* texts in pieces of their own; keys unused */
};
void argot_collect_add(struct argot_rule *rule, struct argot_collected **collect, const struct argot_subject *subject);
void argot_collect_clear(struct argot_rule *rule, struct argot_collected **collect);

/* ---- firing (raise.c) ---- */

struct argot_firing {
    struct argot_rule *rule;
    struct argot_keyed *keyed; /* NULL: a rule without state; its key is in core->tuple */
    argot_time time;
    enum argot_phase phase;
    struct argot_subject newest;     /* the newest cause, to read its fields */
    struct argot_kept newest_kept;   /* and itself; no reference is taken from it but of an alert's copy */
    const struct argot_kept *causes; /* oldest first, the newest may be missing; references stay the caller's */
    uint32_t ncauses;
    uint64_t count;
    argot_time first_time;
    const struct argot_subject *captures;  /* by stage, or NULL */
    const struct argot_collected *collect; /* NULL: from the causes, which then have copies */
};
void argot_raise_init(struct argot_core *core);
/* Makes the alert and hands it to core->raised; or, where an alert of the key is open, counts a hit. Opens it where the
 * rule re-arms. */
void argot_raise(const struct argot_firing *firing);
/* The same with the event at hand as its one cause. */
void argot_raise_one(struct argot_rule *rule, struct argot_keyed *keyed, const struct argot_arrival *arrival);
