/* SPDX-License-Identifier: Apache-2.0
 * What waits for its time: events and alerts in the order of the rule language, and timers by when they are due. Items
 * that come in order, as most do, stand in a ring, the others in a binary heap, and timers in another; each operation
 * O(1) in the ring, else O(log n). */
#pragma once
#include "correlate/held.h"
#include "correlate/table.h"

/* At one time: events first, and the alerts they raised behind each; then timers; then the alerts of timers. */
enum argot_phase { ARGOT_PHASE_EVENT, ARGOT_PHASE_TIMER, ARGOT_PHASE_TIMER_ALERT };

struct argot_order {
    argot_time time;
    enum argot_phase phase;
    struct argot_kept cause; /* newest cause; of an event itself. Only its time and identity count */
    const char *source_name; /* of the cause's source, where that counts instead of its number; else NULL */
    uint32_t depth;          /* 0: an event; of an alert, one more than its rule's */
    uint32_t rule;
    const uint8_t *key;
    uint32_t key_size;
    uint64_t serial; /* of the item: what is equal otherwise comes in the order in which it was raised */
};

/* An event or alert, and who takes it. */
struct argot_item {
    struct argot_order order; /* the key lies in the item's own piece */
    struct argot_held *held;
    struct argot_item *next; /* of a list of them */
    size_t size;
    uint32_t ntaken;
    const uint32_t *taken; /* numbers of listeners, ascending */
};

struct argot_queue_node {
    argot_time time;
    struct argot_item *item;
};
struct argot_queue_nodes {
    struct argot_queue_node *at;
    size_t count, room; /* room: of the ring a power of two, or 0 */
};
struct argot_queue {
    struct argot_queue_nodes ring; /* in order, from `first` on */
    size_t first;
    struct argot_queue_nodes heap;
};

/* For argot_queue_push and argot_queue_pop, of any item. */
bool argot_queue_push_any(struct argot_queue *queue, struct argot_slab *slab, struct argot_item *item);
struct argot_item *argot_queue_pop_any(struct argot_queue *queue);
static inline struct argot_queue_node *
argot_queue_ring_at(const struct argot_queue *queue, size_t number)
{
    return &queue->ring.at[(queue->first + number) & (queue->ring.room - 1)];
}
/* Takes over the item. False without memory. */
static inline bool
argot_queue_push(struct argot_queue *queue, struct argot_slab *slab, struct argot_item *item)
{
    size_t count = queue->ring.count;
    argot_time time = item->order.time;
    if (count == queue->ring.room || (count && time <= argot_queue_ring_at(queue, count - 1)->time))
        return argot_queue_push_any(queue, slab, item);
    *argot_queue_ring_at(queue, count) = (struct argot_queue_node){time, item};
    queue->ring.count++;
    return true;
}
/* The queue is not empty. */
static inline struct argot_item *
argot_queue_pop(struct argot_queue *queue)
{
    if (queue->heap.count)
        return argot_queue_pop_any(queue);
    struct argot_item *item = queue->ring.at[queue->first].item;
    queue->first = (queue->first + 1) & (queue->ring.room - 1);
    queue->ring.count--;
    return item;
}
/* The first of them; NULL: it is empty. */
const struct argot_item *argot_queue_top_of_both(const struct argot_queue *queue);
static inline const struct argot_item *
argot_queue_top(const struct argot_queue *queue)
{
    if (queue->heap.count)
        return argot_queue_top_of_both(queue);
    return queue->ring.count ? queue->ring.at[queue->first].item : NULL;
}
/* Gives back the memory of the queue, which is empty. */
void argot_queue_finish(struct argot_queue *queue, struct argot_slab *slab);

/* ---- timers ---- */

struct argot_timer {
    argot_time due;
    uint32_t rule;
    struct argot_keyed *keyed; /* which knows the timer's place */
};
struct argot_timers {
    struct argot_timer *heap;
    uint32_t count, room;
};

/* Sets the timer of a key, or moves it. False without memory. */
bool argot_timers_set(struct argot_timers *timers, struct argot_slab *slab, uint32_t rule, struct argot_keyed *keyed,
                      argot_time due);
void argot_timers_cancel(struct argot_timers *timers, struct argot_keyed *keyed); /* fine where there is none */
static inline const struct argot_timer *
argot_timers_top(const struct argot_timers *timers)
{
    return timers->count ? &timers->heap[0] : NULL;
}
