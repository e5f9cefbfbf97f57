/* SPDX-License-Identifier: Apache-2.0
 * The plan: what the files of a run say, checked, with nothing left to look up: rules, what they listen to, windows,
 * sequences, alerts, tables and tests, as plain constant data. grammar/ makes it; an engine runs it. Numbers named here
 * index the plan's arrays. Defaults are filled in. docs/rule-language.md says what things mean; the comments here say
 * where they stand. All of it lives as long as the argot_rules it comes from. */
#pragma once
#include "event/expr.h"

/* ---- places: the way back to what the user wrote ---- */
struct argot_plan_file {
    const char *path;
    const char *source; /* NUL-terminated */
    size_t size;
};
struct argot_plan_place {
    uint32_t file;
    struct argot_span span;
};

/* ---- which events ---- */

/* One `match`, step, member, `without`, `then no` or `until`: the events that it takes, and the key each has.
 *
 * condition is all there is to judge: the event's type or the rule that it is an alert of, the conditions of the lets
 * and of `where`, and for a match, step or member also `not except`. Its type is TRUTH. It may read captures of earlier
 * stages (reads_stages), and then holds for a partial and not for an event alone.
 *
 * types and rules say the same as condition does about the type, for an index: an event can only be taken if it is an
 * alert of one of `rules`, or no alert and its event_type is among `types` or any_type is set. */
struct argot_plan_event {
    const struct argot_expr *condition;
    bool any_type;   /* every event that is no alert may be taken */
    uint16_t ntypes; /* else these, numbers of event_type, ascending */
    const uint16_t *types;
    uint32_t nrules; /* alerts of these, ascending */
    const uint32_t *rules;
    uint64_t reads_stages;                /* bit i: reads the capture of stage (or member) i */
    const struct argot_expr *const *keys; /* a value for each key of the rule, in the rule's order */
    struct argot_plan_place place;
};

/* A key of a rule. The values of all its events have one type; UNTYPED ones are used as their text. An event in which
 * one is null does not count for the rule, unless the key is optional: then null is a value. */
struct argot_plan_key {
    const char *name;    /* `as`, or the field's name */
    uint8_t type;        /* enum argot_expr_type */
    uint16_t enum_field; /* ENUM: whose words */
    bool optional;       /* f? */
    int32_t field;       /* the schema field that holds it in an alert, or -1: a member of extra */
};

/* `lookup TABLE on key as alias`: for the event at hand, the row of the table whose key equals the text of `key`; none:
 * all its columns are null. ARGOT_EXPR_COLUMN refers to it by its number in the rule. */
struct argot_plan_lookup {
    uint32_t table;
    const struct argot_expr *key; /* TEXT */
    const char *alias;
};

/* ---- what is asked of them ---- */

enum argot_plan_kind {
    ARGOT_PLAN_EACH,   /* fires for each event taken (with rearm after or every: once an episode) */
    ARGOT_PLAN_WINDOW, /* when … within, every, session, leak */
    ARGOT_PLAN_ABSENT, /* when absent */
    ARGOT_PLAN_NEW,    /* when new */
    ARGOT_PLAN_SEQUENCE,
    ARGOT_PLAN_TOGETHER,
};

enum argot_plan_aggregate_kind {
    ARGOT_PLAN_COUNT,    /* events; with a condition in args[0]: those for which it holds */
    ARGOT_PLAN_DISTINCT, /* tuples of args without a null */
    ARGOT_PLAN_SUM,      /* the rest over args[0], which has numbers or durations; nulls are skipped, */
    ARGOT_PLAN_AVG,      /* and over nothing they are null */
    ARGOT_PLAN_MIN,      /* MIN and MAX take times too */
    ARGOT_PLAN_MAX,
    ARGOT_PLAN_PCT, /* nearest rank; percent */
};
struct argot_plan_aggregate {
    enum argot_plan_aggregate_kind kind;
    uint8_t type; /* of its value: WHOLE for COUNT and DISTINCT */
    uint16_t nargs;
    const struct argot_expr *const *args;
    double percent; /* over 0, up to 100 */
    /* Where `bounded` is set for the window, the condition is a conjunction of "this aggregate >= least", which is all
       that need be kept: the newest `least` events, the newest event of each of `least` tuples. */
    uint64_t least;
};

enum argot_plan_window_kind {
    ARGOT_PLAN_WITHIN,  /* slides; judged after each event */
    ARGOT_PLAN_EVERY,   /* [kD, (k+1)D) from the epoch; judged once when the watermark passes its end */
    ARGOT_PLAN_SESSION, /* ends `span` after its last event; judged once when the watermark passes that */
    ARGOT_PLAN_LEAK,    /* a bucket that drains one each `span`; judged after each event. Then there is one aggregate,
                           COUNT without condition or DISTINCT; it fires when the level reaches capacity * span, or
                           exceeds it where `exceeds` is set */
};
struct argot_plan_window {
    enum argot_plan_window_kind kind;
    int64_t span_ns;
    uint32_t naggregates;
    const struct argot_plan_aggregate *aggregates; /* equal ones are one */
    const struct argot_expr *condition;            /* TRUTH, over AGGREGATE nodes and constants */
    bool bounded;
    uint64_t capacity; /* LEAK */
    bool exceeds;      /* LEAK: > and not >= */
};

struct argot_plan_new {
    uint32_t nexprs;
    const struct argot_expr *const *exprs; /* of the tuple */
    int64_t over_ns, learning_ns;
};

/* A positive step of a sequence, or a member of together: the newest `count` events that it took. */
struct argot_plan_stage {
    const char *name;  /* of the capture, or NULL */
    uint32_t count;    /* N of `N * X`, else 1 */
    int64_t within_ns; /* count 1: from the stage before; more: the span of its events. 0: none */
    struct argot_plan_event event;
    uint32_t nwithout; /* `without` between the stage before and this one; of the first stage: at most one, leading */
    const struct argot_plan_event *without;
    int64_t without_ns; /* of a leading `without`: how long before the first event */
    bool read;          /* some later condition reads its capture: four partials are kept in the slot before it */
    bool copies;        /* a later stage has a `within` of its own: advancing copies the partial */
};

struct argot_plan_sequence {
    int64_t within_ns; /* from the first positive event to the last */
    uint32_t nstages;
    const struct argot_plan_stage *stages;
    const struct argot_plan_event *then_no; /* or NULL: what must not come within then_no_ns of the last stage */
    int64_t then_no_ns;
    uint32_t nwithout; /* `without` before `then no`: kill the partial while it waits */
    const struct argot_plan_event *without;
    uint32_t nuntil;
    const struct argot_plan_event *until;
};

struct argot_plan_together {
    int64_t within_ns;
    uint32_t quorum; /* members that must be there */
    uint32_t nmembers;
    const struct argot_plan_stage *members; /* name, count, event */
};

/* ---- what comes of it ---- */

enum argot_plan_rearm {
    ARGOT_PLAN_REARM_NONE, /* each firing is an alert of its own: what EACH, ABSENT, NEW, `every` and `session` do when
                              the rule says nothing; `within`, sequences and together then have AFTER their span */
    ARGOT_PLAN_REARM_ALWAYS, /* nothing clears, every qualifying event fires */
    ARGOT_PLAN_REARM_AFTER,  /* the alert closes rearm_ns after its last hit */
    ARGOT_PLAN_REARM_EVERY,  /* it closes rearm_ns after it fired */
    ARGOT_PLAN_REARM_BELOW,  /* it closes when the condition no longer holds */
};

/* A piece of an alert's text: literal bytes, or a value in its JSON form without quotes (null as -). FIELD, EXTRA and
 * COLUMN read the newest cause. */
struct argot_plan_piece {
    struct argot_expr_text text;
    const struct argot_expr *expr; /* NULL: the text */
};

struct argot_plan_meta {
    const char *name;
    struct argot_expr_text value;
};

#define ARGOT_PLAN_DEFAULT_KEEP 20
#define ARGOT_PLAN_DEFAULT_KEYS 100000
#define ARGOT_PLAN_DEFAULT_EVENTS 10000
#define ARGOT_PLAN_DEFAULT_LATE_NS INT64_C(5000000000)
#define ARGOT_PLAN_MAX_STAGES 64
#define ARGOT_PLAN_MAX_COUNT 10000 /* of `N * X` */

struct argot_plan_rule {
    const char *name, *title, *id; /* id: `meta id`, or NULL */
    struct argot_plan_place place; /* of its name */
    uint32_t nnotes, nmetas, ntags, ntechniques;
    const struct argot_expr_text *notes;
    const struct argot_plan_meta *metas;
    const char *const *tags;       /* as written */
    const char *const *techniques; /* of the tags attack.t…, such as T1110.001 */
    uint8_t severity;              /* number of a value of event_severity */
    bool silent;                   /* its alerts feed rules and are neither stored nor printed */
    bool stateful;                 /* waits for the watermark; else it is judged as events come */

    uint32_t nlookups;
    const struct argot_plan_lookup *lookups;
    uint32_t nkeys;
    const struct argot_plan_key *keys;

    enum argot_plan_kind kind;
    uint32_t nmatches; /* EACH, WINDOW, ABSENT, NEW: a union; an event counts under the first that takes it */
    const struct argot_plan_event *matches;
    uint32_t nuntil; /* WINDOW, ABSENT, NEW: clears the key before the event is counted */
    const struct argot_plan_event *until;
    const struct argot_plan_window *window;     /* WINDOW */
    const struct argot_plan_new *fresh;         /* NEW */
    const struct argot_plan_sequence *sequence; /* SEQUENCE */
    const struct argot_plan_together *together; /* TOGETHER */
    int64_t absent_ns;                          /* ABSENT */

    enum argot_plan_rearm rearm;
    int64_t rearm_ns;
    uint32_t ncollect;
    const struct argot_expr *const *collect; /* FIELD or EXTRA; up to 20 values each for alert.values */
    uint32_t npieces;
    const struct argot_plan_piece *pieces; /* of the message */
    uint32_t keep;                         /* most causes of an alert */
    uint64_t limit_keys, limit_events;
    int64_t late_ns; /* its own `late` and that of the rules below it, the largest; 0: none says */

    /* The graph of rules over alerts, which is acyclic. */
    uint32_t depth;  /* 0: listens to no alerts; else one more than the deepest below */
    uint32_t nbelow; /* rules whose alerts it takes, ascending */
    const uint32_t *below;
};

/* ---- tables ---- */

struct argot_plan_row {
    const struct argot_expr_text *cells; /* ncolumns; at NULL: empty, which is null */
    uint32_t line;                       /* of the file */
};
struct argot_plan_table {
    const char *name, *path;
    uint32_t ncolumns, key;
    const char *const *columns;
    uint32_t nrows;
    const struct argot_plan_row *rows; /* by the bytes of their key cells, each key once */
};

/* ---- tests ---- */

enum argot_plan_step_kind {
    ARGOT_PLAN_TEST_LOG,   /* parse `line` with `format`; event_time becomes clock + at_ns if timed */
    ARGOT_PLAN_TEST_EVENT, /* an event with these fields, the others null */
    ARGOT_PLAN_TEST_END,   /* the clock goes on to at_ns */
};
struct argot_plan_assignment {
    uint16_t field; /* schema index; unused where there is a path */
    uint16_t npath; /* of extra; 0: a field */
    const struct argot_expr_text *path;
    struct argot_expr_constant value; /* of the field's type; an item where it is a list */
};
struct argot_plan_step { /* one line of a test that makes something happen */
    enum argot_plan_step_kind kind;
    struct argot_plan_place place;
    bool timed;
    int64_t at_ns; /* from 2026-01-01T00:00:00Z */
    const char *format;
    struct argot_expr_text line;
    uint16_t type; /* EVENT: number of event_type */
    uint32_t nassignments;
    const struct argot_plan_assignment *assignments;
    uint64_t times; /* how often, 1 without `* N` */
    int64_t every_ns;
};

enum argot_plan_expect_kind {
    ARGOT_PLAN_EXPECT_AT,    /* one alert of the rule at at_ns for which the condition holds */
    ARGOT_PLAN_EXPECT_COUNT, /* exactly `count` for which it holds */
    ARGOT_PLAN_EXPECT_NONE,  /* none for which it holds; rule -1: no alert at all */
};
struct argot_plan_expect {
    enum argot_plan_expect_kind kind;
    struct argot_plan_place place;
    int32_t rule;
    int64_t at_ns;
    uint64_t count;
    const struct argot_expr *condition; /* TRUTH over the alert, or NULL */
};
struct argot_plan_test {
    const char *name;
    struct argot_plan_place place;
    uint32_t nsteps, nexpects;
    const struct argot_plan_step *steps;
    const struct argot_plan_expect *expects;
};

/* ---- the whole ---- */
struct argot_plan {
    uint32_t nfiles, nrules, ntables, ntests;
    const struct argot_plan_file *files;
    const struct argot_plan_rule *rules; /* by name; for the order of alerts see depth */
    const struct argot_plan_table *tables;
    const struct argot_plan_test *tests; /* in the order of the files */
};
