/* SPDX-License-Identifier: Apache-2.0
 * Why a rule fired, or did not: what is learnt of one rule while an engine runs it, from what the engine itself tells
 * (correlate/watch.h). why.c takes the notes, why_condition.c counts what each part of a condition says, why_text.c and
 * why_json.c tell it. Bounded: examples and lists keep the first few. */
#pragma once
#include "base/arena.h"
#include "cli/rule_facts.h"
#include "correlate/table.h"
#include "correlate/trace.h"
#include "correlate/watch.h"
#include "pipeline/detect.h"

#define ARGOT_WHY_EXAMPLES 2u      /* of each kind */
#define ARGOT_WHY_FAILED 4u        /* parts of a condition that an example names */
#define ARGOT_WHY_VALUES 8u        /* of a part */
#define ARGOT_WHY_LINE_BYTES 400u  /* of a line or a message that is shown */
#define ARGOT_WHY_VALUE_BYTES 120u /* of a value */
#define ARGOT_WHY_LABEL_BYTES 160u /* of what a rule says at a place */
#define ARGOT_WHY_ALERTS 20u       /* that are shown */
#define ARGOT_WHY_KEYS 5u          /* that are shown, where nobody says how many */
#define ARGOT_WHY_MOST_KEYS 1000u
#define ARGOT_WHY_MAX_KEYS 100000u              /* that are remembered at a time; those touched least recently give */
#define ARGOT_WHY_MAX_BYTES ((size_t)128 << 20) /* way, as in the rule itself, and begin anew when they come again */

/* A text that ended early is marked. */
struct argot_why_text {
    const char *at;
    size_t length;
    bool cut;
};

/* An event or alert, as it is shown. */
struct argot_why_moment {
    argot_time time;
    struct argot_identity identity;
    bool at_hand; /* else it is a moment without an event, and who it was is not set */
};

struct argot_why_value {
    const struct argot_expr *expr; /* what was read */
    bool null;
    struct argot_why_text text;
};

/* A part of a condition, as an event failed it. */
struct argot_why_failed {
    uint32_t node, nvalues;
    struct argot_why_value values[ARGOT_WHY_VALUES];
};

/* An event that was not taken, with the parts that did not hold and what they read. */
struct argot_why_example {
    struct argot_why_moment moment;
    bool alert;                 /* then `line` has its rule and message */
    struct argot_why_text line; /* at NULL: not at hand */
    uint32_t nfailed;           /* all; the first of them are told */
    struct argot_why_failed failed[ARGOT_WHY_FAILED];
};

struct argot_why_node {
    uint64_t verdicts[3]; /* by enum argot_trace_verdict */
    uint64_t alone;       /* depth 1: events that nothing else kept out */
    uint32_t nexamples;   /* of those */
    struct argot_why_example *examples[ARGOT_WHY_EXAMPLES];
};

/* A match, step, member, without, then no or until. */
struct argot_why_condition {
    const struct argot_plan_event *event;
    const char *role;         /* as rules spell it */
    uint32_t number;          /* of its step or member, from 1; 0: none */
    bool negative;            /* it is no step, member or match: to hold is to forbid */
    struct argot_trace trace; /* what it says, part by part */
    struct argot_why_node *nodes;
    uint64_t came;   /* events of its types */
    uint64_t judged; /* as often as it was asked: where it reads captures, once for each partial */
    uint64_t held;
    uint64_t counted, null_keys, late, strays;
    uint32_t fewest; /* parts that failed at once, where never one did alone; UINT32_MAX: none */
    uint32_t nnearest;
    struct argot_why_example *nearest[ARGOT_WHY_EXAMPLES];
    struct argot_why_example *lost; /* late or stray: the first */
};

/* The least and the greatest value of an aggregate when its window was judged. */
struct argot_why_range {
    bool any;
    struct argot_datum least, greatest;
    struct argot_why_moment least_at, greatest_at;
};

/* The partial of a key that came furthest, the newest of them. */
struct argot_why_partial {
    bool any;
    uint32_t stage; /* that it passed last */
    uint64_t serial;
    enum argot_watch_why stopped, ended; /* no reason: it never was, it did not */
    uint64_t nstopped;                   /* events of the next step that it did not pass with */
    struct argot_why_moment stopped_at, ended_at;
    const struct argot_plan_event *ended_by;
};

/* What became of one key. */
struct argot_why_key {
    struct argot_keyed keyed;
    bool looked, wanted;                /* whether it is the one asked for, once that was looked at */
    double score;                       /* how far it came, 1: to an alert */
    struct argot_why_moment reached_at; /* that level, those members */
    uint64_t counted, hits, alerts, cleared, evicted, judged;
    struct argot_why_moment first, last; /* that counted */
    struct argot_why_moment cleared_at;
    const struct argot_plan_event *cleared_by;
    bool pending;
    argot_time pending_until;
    uint64_t level_ns;     /* of a bucket, the highest */
    bool armed;            /* absent: since `last`, */
    int64_t gap_ns;        /* and the longest time without an event, */
    argot_time gap_from;   /* which began then */
    uint64_t seen[5];      /* new: by enum argot_watch_why */
    uint64_t members;      /* together: most that were there at once */
    uint64_t counting;     /* most events of a counted step or member that lay within its span, */
    uint32_t counting_for; /* of this stage or member, the furthest */
    struct argot_why_moment counting_at;
    struct argot_why_partial partial;
};

/* Behind a key of a window: by aggregate. */
static inline struct argot_why_range *
argot_why_ranges(struct argot_why_key *key)
{
    return (struct argot_why_range *)(void *)(key + 1);
}
/* Behind a key of a sequence: by stage, of its partial. */
static inline struct argot_watch_step *
argot_why_steps(struct argot_why_key *key)
{
    return (struct argot_watch_step *)(void *)(key + 1);
}

/* What became of partials of all keys at a stage. */
struct argot_why_stage {
    uint64_t passed;
    uint64_t stopped[ARGOT_WATCH_WHY_COUNT], ended[ARGOT_WATCH_WHY_COUNT]; /* behind it */
};

struct argot_why_alert {
    struct argot_why_moment moment; /* of the newest cause */
    uint8_t id[ARGOT_ALERT_ID_BYTES];
    argot_time time;
    uint64_t count;
    struct argot_why_text message;
};

struct argot_why {
    struct argot_seam *seam;
    const struct argot_plan *plan;
    const struct argot_plan_rule *rule;
    struct argot_watch watch; /* to be given to the engine */
    struct argot_arena arena;
    uint16_t event_type; /* schema field */
    uint64_t *types;     /* events that came, by type */
    uint32_t nconditions;
    struct argot_why_condition *conditions; /* in the order of the rule */
    int64_t behind_ns;                      /* how far the latest of its late events lay behind the watermark */
    argot_time newest;                      /* of all that came */
    struct argot_trace when;                /* the condition of a window; count 0: there is none */
    struct argot_why_node *when_nodes;
    uint64_t when_judged, when_held;
    struct argot_why_stage *stages; /* of a sequence, or NULL */
    struct argot_slab slab;
    struct argot_hash_key table_key;
    struct argot_table keys;
    uint64_t nkeys;            /* that were ever seen; one that was given up counts again */
    const char *const *wanted; /* the texts of the one key that is asked about, or NULL */
    uint32_t most, ntop;
    struct argot_why_key **top; /* copies, the one that came furthest first; behind each its key's bytes */
    uint64_t counted, late, strays, fired, hits; /* events, each once */
    struct argot_why_moment counted_last, lost_last;
    uint32_t nalerts;
    struct argot_why_alert alerts[ARGOT_WHY_ALERTS];
    bool failed; /* no memory: what was learnt is not whole */
};

/* What surrounds it when it is told. */
struct argot_why_told {
    const struct argot_why *why;
    const struct argot_detect_result *result;
    const struct argot_rule_facts *facts; /* of all rules */
    const char *format;                   /* all lines are of this one; NULL */
    const struct argot_registry *registry;
    int64_t late_ns; /* allowed lateness of rules that ask for less */
};

struct argot_why_options {
    struct argot_seam *seam;
    const struct argot_plan *plan;
    uint32_t rule;             /* of the plan */
    const char *const *wanted; /* texts of the values of the one key that counts, as many as the rule has; or NULL */
    uint32_t most;             /* keys that are told of */
};

/* The lateness that would have taken all late events, in whole seconds. */
int64_t argot_why_late(const struct argot_why_told *told);
/* It must stay where it is. False without memory or random numbers; to be finished all the same. */
bool argot_why_init(struct argot_why *why, const struct argot_why_options *options);
/* The condition of an event of the plan; NULL: it is none of the rule. */
struct argot_why_condition *argot_why_of(const struct argot_why *why, const struct argot_plan_event *event);
/* Behind the run, before it is told. */
void argot_why_end(struct argot_why *why);
void argot_why_finish(struct argot_why *why);

/* ---- why_condition.c ---- */
/* One condition of the rule, with nothing counted yet. */
bool argot_why_condition_init(struct argot_why_condition *condition, struct argot_why *why,
                              const struct argot_plan_event *event);
/* The event or alert of the note was asked about. */
void argot_why_condition_judge(struct argot_why_condition *condition, struct argot_why *why, struct argot_judge *judge,
                               const struct argot_watch_note *note);
/* The event at hand as an example, with nothing failed. NULL without memory. */
struct argot_why_example *argot_why_condition_example(struct argot_why *why, const struct argot_watch_note *note);
/* A copy in the arena, cut. */
struct argot_why_text argot_why_condition_copy(struct argot_why *why, struct argot_slice text, size_t most);

/* ---- why_keys.c ---- */
bool argot_why_keys_init(struct argot_why *why);
void argot_why_keys_finish(struct argot_why *why);
/* The key of the note: its own, or that which the event would have for what it is about. NULL: none, or no memory. */
struct argot_why_key *argot_why_keys_of(struct argot_why *why, struct argot_judge *judge,
                                        const struct argot_watch_note *note);
/* Something became of the key. */
void argot_why_keys_note(struct argot_why_key *key, const struct argot_watch_note *note);
/* All keys that are left may be among those that came furthest. */
void argot_why_keys_end(struct argot_why *why);
size_t argot_why_keys_bytes(const struct argot_why *why); /* of a key's state; its bytes stand behind */

/* ---- why_progress.c ---- */
/* What the note says of how far the key came. */
void argot_why_progress(struct argot_why *why, struct argot_why_key *key, struct argot_judge *judge,
                        const struct argot_watch_note *note);

/* ---- why_label.c ---- */
/* What the user wrote at a place of a rule file, on one line and cut. Nothing where nobody wrote it. */
void argot_why_label_source(const struct argot_plan *plan, uint32_t file, struct argot_span span,
                            struct argot_buffer *out);
/* A part of a condition: as it was written, or in words; where its parts are told by themselves, what joins them. */
void argot_why_label_node(const struct argot_why *why, const struct argot_trace_node *node, struct argot_buffer *out);
/* The same by itself: all of it. */
void argot_why_label_part(const struct argot_why *why, const struct argot_trace_node *node, struct argot_buffer *out);
/* What a part read: its name. */
void argot_why_label_value(const struct argot_why *why, const struct argot_expr *expr, struct argot_buffer *out);

/* A value as JSON, and among words: quoted where it could be taken for something else. */
void argot_why_label_json(const struct argot_datum *value, struct argot_buffer *out);
void argot_why_label_datum(const struct argot_datum *value, struct argot_buffer *out);
/* An aggregate of the rule's window. True: it is asked to be small. */
bool argot_why_label_aggregate(const struct argot_why *why, uint32_t number, struct argot_buffer *out);

/* ---- telling ---- */
void argot_why_text(const struct argot_why_told *told, struct argot_buffer *out);
void argot_why_json(const struct argot_why_told *told, struct argot_buffer *out);
