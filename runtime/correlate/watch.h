/* SPDX-License-Identifier: Apache-2.0
 * Watching one rule at work: what it was asked about, what counted, how far each key came and what ended it, told while
 * it happens and by the code that does it. Who does not watch pays a look at a pointer. */
#pragma once
#include "correlate/engine.h"

/* What is told, and which members of the note are set beside the time. */
enum argot_watch_kind {
    /* of any event or alert, when it comes or is raised */
    ARGOT_WATCH_CAME,
    /* of an event that the rule would take, kept from it: event */
    ARGOT_WATCH_LATE, /* until: the watermark that it is below */
    ARGOT_WATCH_STRAY,
    /* of all rules */
    ARGOT_WATCH_JUDGED,   /* event, captures: a condition that reads them, of one partial */
    ARGOT_WATCH_NULL_KEY, /* event */
    ARGOT_WATCH_UNKNOWN,  /* key, event: one that begins nothing came, and nothing is known of its key */
    ARGOT_WATCH_COUNTED,  /* key, event */
    ARGOT_WATCH_CLEARED,  /* key, event: an `until` came */
    ARGOT_WATCH_HIT,      /* key: of an open alert */
    ARGOT_WATCH_FIRED,    /* key, alert */
    ARGOT_WATCH_EVICTED,  /* key: given up for want of room */
    ARGOT_WATCH_PENDING,  /* key, until: a timer that would be due then, when the input ended; of a window, values */
    /* of windows */
    ARGOT_WATCH_WINDOW, /* key, values by aggregate, held: the condition was asked about. Where bounds alone are kept,
                           values count no further than they ask */
    ARGOT_WATCH_LEVEL,  /* key, level_ns: of a bucket */
    /* of `new` */
    ARGOT_WATCH_SEEN, /* key, why; until: when learning began */
    /* of sequences */
    ARGOT_WATCH_COUNTING, /* key, event, count: so many events of a counted step or member lie within its span */
    ARGOT_WATCH_PASSED,   /* key, stage, serial, steps: a partial passed the stage */
    ARGOT_WATCH_STOPPED,  /* key, event, why: a step came, and no partial passed */
    ARGOT_WATCH_ENDED,    /* key, stage, serial, why, event: of a partial that had passed the stage */
    /* of together */
    ARGOT_WATCH_MEMBERS, /* key, members: a bit for each that was there, count: of them */
};

enum argot_watch_why {
    ARGOT_WATCH_NO_REASON,
    /* seen */
    ARGOT_WATCH_NEW,
    ARGOT_WATCH_LEARNT, /* new, but learning */
    ARGOT_WATCH_KNOWN,
    ARGOT_WATCH_NO_TUPLE, /* a null in it */
    /* stopped */
    ARGOT_WATCH_NOTHING_WAITS,
    ARGOT_WATCH_LATER_THAN_ALL,  /* than the sequence's `within`, of the newest partial that waits */
    ARGOT_WATCH_LATER_THAN_STEP, /* than the step's */
    ARGOT_WATCH_SPREAD,          /* the newest N of a counted step do not lie within its span */
    ARGOT_WATCH_NOT_HELD,        /* the condition, which reads captures */
    ARGOT_WATCH_LED,             /* the leading `without` came before */
    ARGOT_WATCH_GONE,            /* the partial behind which the first of N came has gone */
    ARGOT_WATCH_BUSY,            /* another complete match waits for `then no` */
    /* ended */
    ARGOT_WATCH_KILLED,   /* by `without` or `then no`: event */
    ARGOT_WATCH_UNTIL,    /* event */
    ARGOT_WATCH_REPLACED, /* by a newer one */
    ARGOT_WATCH_MATCHED,  /* by a complete match of the key */
    ARGOT_WATCH_GIVEN_UP, /* with its key */
    ARGOT_WATCH_WHY_COUNT
};

/* The last event of a step that a partial passed. */
struct argot_watch_step {
    argot_time time;
    struct argot_identity identity;
};

struct argot_watch_note {
    enum argot_watch_kind kind;
    enum argot_watch_why why;
    argot_time time; /* of the event at hand, or when a timer was due */
    bool at_hand;    /* there is an event: */
    struct argot_identity identity;
    argot_raw_place place;
    struct argot_subject subject;
    const uint8_t *key; /* as tuples are kept (correlate/tuple.h) */
    uint32_t key_size;
    const struct argot_plan_event *event; /* the match, step, member … of the plan that is concerned */
    const struct argot_alert *alert;
    const struct argot_subject *captures; /* by stage */
    const struct argot_datum *values;
    const struct argot_watch_step *steps; /* by stage, up to `stage` */
    bool held;
    uint32_t stage;
    uint64_t serial; /* of a partial among those that passed the stage */
    uint64_t count, level_ns, members;
    argot_time until;
    /* The raw line of an event, until the next call; at NULL: it cannot be had. */
    struct argot_slice (*raw)(void *context, struct argot_identity identity, argot_raw_place place);
    void *raw_context;
};

struct argot_watch {
    uint32_t rule; /* of the plan: who is watched */
    void *context;
    /* Nothing in the note outlives the call. The judge may be asked, not told to forget. */
    void (*note)(void *context, struct argot_judge *judge, const struct argot_watch_note *note);
};
