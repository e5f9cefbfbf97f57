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
#define ARGOT_SELECTION_TESTS 6u                      /* that events of a plain shape are put to at most */
#define ARGOT_SELECTION_PATIENCE                                                                                       \
    64u /* events without a view, once there is no room, for each that takes an old one's */

#define ARGOT_SELECTION_FEW 16u      /* listeners of a view that are too few to watch for what is rare */
#define ARGOT_SELECTION_WATCH 512u   /* events in which a view counts how often what is seen */
#define ARGOT_SELECTION_PERIOD 8192u /* events after which it is looked at whether it has more to do than at first */
#define ARGOT_SELECTION_MAX_PERIODS 256u /* after which a view watches again; 4 at first, twice as many each time */

struct argot_selection_view;
struct argot_selection_shape;

/* A slot beside a constant. */
struct argot_selection_test {
    struct argot_slot constant;
    uint8_t test; /* enum argot_conditions_test */
    bool differs;
    uint8_t slot;
    uint8_t next;      /* the test to go on with where this one fails */
    bool last;         /* of its listener, */
    uint32_t listener; /* who takes the event if it holds then */
};
/* A shape whose events few may take, of whom slots alone decide: nothing has to be looked up for them. */
struct argot_selection_plain {
    const struct argot_shape *shape; /* NULL: none */
    uint64_t *used;                  /* of its view */
    uint32_t ntests, nlisteners;
    struct argot_selection_test tests[ARGOT_SELECTION_TESTS];
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
    struct argot_selection_plain plain[ARGOT_SELECTION_LAST]; /* of these, by number, those that are */
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

/* Whether the shape is plain, as far as is known at once. */
static inline bool
argot_selection_is_plain(const struct argot_selection *selection, const struct argot_shape *shape)
{
    return selection->plain[shape->number % ARGOT_SELECTION_LAST].shape == shape;
}
/* The same as argot_selection_ask, of an event whose shape is plain. */
static inline uint32_t
argot_selection_ask_plain(struct argot_selection *selection, const struct argot_event *event, uint32_t *taken)
{
    const struct argot_selection_plain *plain = &selection->plain[event->shape->number % ARGOT_SELECTION_LAST];
    uint32_t count = 0, ntests = plain->ntests;
    *plain->used = ++selection->clock;
    selection->judged += plain->nlisteners;
    for (uint32_t i = 0; i < ntests;) {
        const struct argot_selection_test *test = &plain->tests[i];
        bool holds = event->present >> test->slot & 1 &&
                     argot_conditions_passes(test->test, &test->constant, &event->slots[test->slot]) != test->differs;
        if (holds && test->last)
            taken[count++] = test->listener;
        i = holds ? i + 1 : test->next;
    }
    return count;
}
/* Which of the listeners, those that an event of this type may concern, take it: ascending, into `taken`. `failed` is
 * set without memory. The round of the conditions must be the subject's (argot_conditions_next). */
uint32_t argot_selection_ask(struct argot_selection *selection, const struct argot_subject *subject, uint64_t type,
                             const uint32_t *listeners, uint32_t nlisteners, uint32_t *taken);
/* Whether some of them may take events of its shape: only the shape of the event is looked at. True without memory. */
bool argot_selection_may_take(struct argot_selection *selection, const struct argot_event *event, uint64_t type,
                              const uint32_t *listeners, uint32_t nlisteners);
/* The same, one by one: of alerts, and where there is no view. */
uint32_t argot_selection_ask_each(struct argot_selection *selection, const struct argot_subject *subject,
                                  const uint32_t *listeners, uint32_t nlisteners, uint32_t *taken);
