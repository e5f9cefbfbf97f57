/* SPDX-License-Identifier: Apache-2.0
 * Who of many listeners takes an event, without asking each: the conditions of all of them as one graph, and a view for
 * each kind of event that was met. Shapes that look alike to the rules share a view. The answer is always the one that
 * judging each listener by itself would give. */
#pragma once
#include "correlate/view.h"

#define ARGOT_SELECTION_MAX_VIEWS 256u
#define ARGOT_SELECTION_MAX_BYTES ((size_t)128 << 20) /* of views; one more is made where they have less */
#define ARGOT_SELECTION_MAX_SHAPES 1024u              /* that are remembered; with more they are looked up again */
#define ARGOT_SELECTION_LAST 16u                      /* that are found without a look into the table */
#define ARGOT_SELECTION_PATIENCE                                                                                       \
    64u /* events without a view, once there is no room, for each that takes an old one's */

#define ARGOT_SELECTION_FEW 16u      /* listeners of a view that are too few to watch for what is rare */
#define ARGOT_SELECTION_WATCH 512u   /* events in which a view counts how often what is seen */
#define ARGOT_SELECTION_PERIOD 8192u /* events after which it is looked at whether it has more to do than at first */
#define ARGOT_SELECTION_MAX_PERIODS 256u /* after which a view watches again; 4 at first, twice as many each time */

struct argot_selection_view {
    struct argot_view *view; /* NULL: free */
    struct argot_buffer signature;
    uint64_t used; /* the clock when it was asked last */
    size_t bytes;
    uint32_t left;                 /* events until it is thought over; 0: never */
    uint32_t periods, due_periods; /* since it watched; after which it watches again */
    uint64_t work, usual;          /* of the view when the period began; of the first period */
};

struct argot_selection_shape {
    const struct argot_shape *shape; /* NULL: free */
    uint64_t type;
    struct argot_selection_view *view; /* NULL: it has none */
};

struct argot_selection {
    struct argot_seam *seam;
    struct argot_judge *judge;
    struct argot_conditions conditions;
    struct argot_witnesses witnesses;
    struct argot_view_of of; /* but for the listeners of the event at hand */
    uint32_t *roots;         /* by listener: what of its condition is judged here */
    uint32_t count;
    uint8_t *relevant; /* by field: some condition reads it */
    struct argot_selection_view *views;
    uint32_t nviews;
    size_t views_bytes;
    struct argot_selection_shape *shapes;                     /* a hash table, */
    struct argot_selection_shape *last[ARGOT_SELECTION_LAST]; /* and entries that were asked for last, by number */
    uint32_t nshapes;
    struct argot_buffer signature; /* scratch */
    uint64_t clock, turned_away;
    uint32_t max_views, watch, period; /* the limits above, smaller for tests */
    uint64_t judged;                   /* listeners whose conditions were judged */
    bool failed;
};

/* The condition of one listener. */
struct argot_selection_item {
    const struct argot_plan_event *event;
    const struct argot_plan_rule *rule;
};

/* False without memory; to be finished all the same. */
bool argot_selection_init(struct argot_selection *selection, struct argot_seam *seam, struct argot_judge *judge,
                          const struct argot_selection_item *items, uint32_t count);
void argot_selection_finish(struct argot_selection *selection); /* zeroed is fine */

/* The view of events of the shape; NULL: it has to be looked for. */
static inline struct argot_selection_view *
argot_selection_known(const struct argot_selection *selection, const struct argot_shape *shape, uint64_t type)
{
    const struct argot_selection_shape *entry = selection->last[shape->number % ARGOT_SELECTION_LAST];
    return entry && entry->shape == shape && entry->type == type ? entry->view : NULL;
}
/* For argot_selection_ask, of a view that looks for nothing. */
static inline uint32_t
argot_selection_ask_always(struct argot_selection *selection, struct argot_view *view,
                           const struct argot_subject *subject, uint32_t *taken)
{
    uint32_t count = 0;
    view->asked++;
    for (uint32_t i = 0; i < view->nalways; i++) {
        const struct argot_view_entry *entry = &view->entries[view->always[i]];
        if (argot_view_holds(view, &selection->conditions, entry, subject, &selection->judged))
            taken[count++] = entry->listener;
    }
    return count;
}
/* The same, of any view. */
uint32_t argot_selection_ask_any(struct argot_selection *selection, const struct argot_subject *subject, uint64_t type,
                                 const uint32_t *listeners, uint32_t nlisteners, uint32_t *taken);
/* Which of the listeners, those that an event of this type may concern, take it: ascending, into `taken`. `failed` is
 * set without memory. The round of the conditions must be the subject's (argot_conditions_next). */
static inline uint32_t
argot_selection_ask(struct argot_selection *selection, const struct argot_subject *subject, uint64_t type,
                    const uint32_t *listeners, uint32_t nlisteners, uint32_t *taken)
{
    struct argot_selection_view *view = argot_selection_known(selection, subject->event->shape, type);
    if (!view || view->left || view->view->nclauses)
        return argot_selection_ask_any(selection, subject, type, listeners, nlisteners, taken);
    view->used = ++selection->clock;
    return argot_selection_ask_always(selection, view->view, subject, taken);
}
/* Whether some of them may take events of its shape: only the shape of the event is looked at. True without memory. */
bool argot_selection_may_take(struct argot_selection *selection, const struct argot_event *event, uint64_t type,
                              const uint32_t *listeners, uint32_t nlisteners);
/* The same, one by one: of alerts, and where there is no view. */
uint32_t argot_selection_ask_each(struct argot_selection *selection, const struct argot_subject *subject,
                                  const uint32_t *listeners, uint32_t nlisteners, uint32_t *taken);
