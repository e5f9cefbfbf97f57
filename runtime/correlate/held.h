/* SPDX-License-Identifier: Apache-2.0
 * Events and alerts that outlive the call that brought them: counted copies in a slab, and what a rule keeps of an
 * event (struct argot_kept), with or without the copy. */
#pragma once
#include "correlate/engine.h"
#include "correlate/slab.h"

struct argot_held {
    uint32_t references;
    uint32_t nkept;               /* of an alert: its causes; kept behind it, in the order of alert.causes */
    size_t size;                  /* of the piece; of what is lent, with the copy that may have to be made */
    struct argot_subject subject; /* points into the piece, or to what is lent */
    struct argot_kept *kept;
    struct argot_held *next;  /* in the list of what a source has lent; while it is being dropped */
    struct argot_held **link; /* lent: what points to it in that list; else NULL */
    void *copy;               /* of what was lent and called back */
    bool apart;               /* it was lent: the copy is a piece of its own */
};

#define ARGOT_HELD_MAX_PART UINT16_MAX
#define ARGOT_HELD_ALERT 0u

#define ARGOT_FORMATS_MAX 4095u
/* Names of formats by number, from 1; they live as long as the shapes that have them. */
struct argot_formats {
    uint16_t count;
    const char **names;
    size_t room;
};
/* For argot_formats_number. */
uint16_t argot_formats_find(struct argot_formats *formats, struct argot_slab *slab, const char *name);
/* 0 without memory, or when there are more than ARGOT_FORMATS_MAX. O(1) for the newest. */
static inline uint16_t
argot_formats_number(struct argot_formats *formats, struct argot_slab *slab, const char *name)
{
    if (formats->count && formats->names[formats->count - 1] == name)
        return formats->count;
    return argot_formats_find(formats, slab, name);
}

/* An event, or an alert, that a rule remembers. */
struct argot_kept {
    argot_time time;
    uint64_t serial; /* in the order in which the rule got its events */
    uint64_t record;
    uint32_t source;
    uint16_t part;   /* ARGOT_HELD_MAX_PART at most: that many events a record does not make */
    uint16_t format; /* number of the format's name (struct argot_formats); ARGOT_HELD_ALERT: an alert */
    argot_raw_place place;
    struct argot_held *held; /* counted; of an event NULL unless its values will be read; of an alert always */
};

/* NULL without memory. One reference is the caller's. */
struct argot_held *argot_held_event(struct argot_slab *slab, struct argot_judge *judge,
                                    const struct argot_event *event);
/* The same without a copy as long as the event stays as it is, until argot_held_recall of the list. */
struct argot_held *argot_held_lend(struct argot_slab *slab, struct argot_judge *judge, const struct argot_event *event,
                                   struct argot_held **list);
/* What was lent goes: copies all of the list that is still held. False without memory. */
bool argot_held_recall(struct argot_slab *slab, struct argot_judge *judge, struct argot_held **list);
/* Copies the alert but for its causes, which are `kept`; their references become the copy's. */
struct argot_held *argot_held_alert(struct argot_slab *slab, const struct argot_alert *alert,
                                    const struct argot_kept *kept, uint32_t nkept);
static inline struct argot_held *
argot_held_again(struct argot_held *held)
{
    held->references++;
    return held;
}
/* For argot_held_drop, of one that nobody holds any more. */
void argot_held_give(struct argot_slab *slab, struct argot_held *held);
/* NULL is fine. */
static inline void
argot_held_drop(struct argot_slab *slab, struct argot_held *held)
{
    if (held && !--held->references)
        argot_held_give(slab, held);
}

/* Order of events: time, then identity. */
static inline int
argot_kept_compare(const struct argot_kept *a, const struct argot_kept *b)
{
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->record != b->record)
        return a->record < b->record ? -1 : 1;
    return (a->part > b->part) - (a->part < b->part);
}
