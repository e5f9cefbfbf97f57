/* SPDX-License-Identifier: Apache-2.0
 * What rules say of events that are alike: of one type, with the same constants, and with the same fields missing.
 * Conditions that this settles are settled once; of the others the view knows which witnesses to look for, and who must
 * be judged when which of them is seen. */
#pragma once
#include "correlate/keys.h"
#include "correlate/sightings.h"
#include "correlate/literals.h"
#include "correlate/witnesses.h"

#define ARGOT_VIEW_JUDGED 4u     /* listeners that are judged sooner than they are looked for */
#define ARGOT_VIEW_MAX_GUARDS 2u /* clauses that must be fulfilled besides the one that calls a listener */

/* A listener that may take an event: what is left of its condition. */
struct argot_view_entry {
    uint32_t listener;
    uint32_t conditions, nconditions; /* among the view's numbers: nodes that must all hold */
    uint32_t guards, nguards;         /* and clauses */
};

struct argot_view_clause {
    uint64_t fulfilled;     /* the round in which it was last */
    uint64_t times;         /* how often it was */
    uint32_t calls, ncalls; /* among the view's numbers: entries that it calls */
};

/* A field or value that is looked at. */
struct argot_view_source {
    const struct argot_witness_source *source;
    uint32_t present; /* witness that it is not null; ARGOT_CONDITIONS_NONE: nobody asks */
    bool direct;      /* a field that is in its slot as it is judged: no real number, and nothing with a unit */
    struct argot_literals *literals;
    struct argot_keys *keys;
    struct argot_literals_counts *counts; /* of its values; NULL: they are not counted */
};

/* Sources that are null where the event has no member of extra with this name: a place of a hash table. */
struct argot_view_name {
    struct argot_expr_text name;
    uint32_t first, count; /* sources; 0: free */
    uint64_t looked;       /* the round in which they were looked at last */
};

/* A leaf that is asked as a whole. */
struct argot_view_question {
    uint32_t node, witness;
};

struct argot_view {
    struct argot_arena arena;
    bool watches;   /* it has all clauses of its listeners, and counts */
    uint64_t asked; /* events so far */
    uint64_t work;  /* witnesses seen and listeners called */
    uint32_t nentries, nalways, nclauses, nsources, nquestions;
    uint32_t nplain;                  /* sources that are looked at in each event; they stand first */
    uint32_t names_mask;              /* of the table, whose size is a power of two */
    struct argot_view_entry *entries; /* by listener */
    uint32_t *always;                 /* entries that no clause calls */
    struct argot_view_clause *clauses;
    struct argot_view_source *sources;
    struct argot_view_name *names; /* NULL: there are no others */
    struct argot_view_question *questions;
    uint32_t *numbers;           /* what the others point into */
    uint32_t *clauses_of, *from; /* of witness i those from[i] to from[i + 1] */
    struct argot_sightings sightings;
    uint32_t *called;             /* entries, room for all */
    uint64_t *marks;              /* a bit for each of them, to put them in order */
    uint32_t *numbers_of_clauses; /* by clause: its number among argot_witnesses */
};

struct argot_view_of {
    struct argot_seam *seam;
    struct argot_judge *judge;
    struct argot_conditions *conditions;
    struct argot_witnesses *witnesses;
    const uint32_t *roots;     /* condition of each listener; ARGOT_CONDITIONS_NONE: there is nothing to judge */
    const uint32_t *listeners; /* those that the event's type may concern, ascending */
    uint32_t nlisteners;
};

uint32_t argot_view_hash(const void *name, uint32_t length);
/* For events like this one. With `watch` it looks for more than it needs, and counts how often what is seen; a view
 * that has watched such events says which clauses are rare, else it is guessed (NULL). NULL without memory. */
struct argot_view *argot_view_new(const struct argot_view_of *of, const struct argot_event *event, bool watch,
                                  const struct argot_view *watched);
void argot_view_free(struct argot_view *view, struct argot_seam *seam); /* NULL is fine */
/* Whether the entry's conditions hold; *judged grows by one if there are some. */
static inline bool
argot_view_holds(const struct argot_view *view, struct argot_conditions *conditions,
                 const struct argot_view_entry *entry, const struct argot_subject *subject, uint64_t *judged)
{
    *judged += entry->nconditions > 0;
    for (uint32_t i = 0; i < entry->nconditions; i++)
        if (!argot_conditions_hold(conditions, view->numbers[entry->conditions + i], subject))
            return false;
    return true;
}
/* Who takes an event that is like it: numbers of listeners, ascending, into `taken`, which has room for all. *judged
 * grows by the number of listeners whose conditions were judged. */
uint32_t argot_view_ask(struct argot_view *view, const struct argot_view_of *of, const struct argot_subject *subject,
                        uint32_t *taken, uint64_t *judged);
