/* SPDX-License-Identifier: Apache-2.0
 * Two binary heaps: items by the order of the rule language, timers by when they are due. */
#include "correlate/queue.h"
#include "correlate/tuple.h"
#include <string.h>

#define FIRST_ROOM 16u
#define PLACE_DIGITS 18u /* of a number that cannot overflow */

/* ---- order ---- */

/* The file's place among those of its log: 3 of `log#3`. What stands before is this long. */
static uint64_t
place_of(const char *name, size_t *length)
{
    size_t end = strlen(name), at = end;
    uint64_t place = 0, unit = 1;
    for (; at && name[at - 1] >= '0' && name[at - 1] <= '9' && end - at < PLACE_DIGITS; at--, unit *= 10)
        place += unit * (uint64_t)(name[at - 1] - '0');
    bool is_place = at && at < end && name[at - 1] == '#';
    *length = is_place ? at - 1 : end;
    return is_place ? place : 1;
}

/* Names of logs, then places; none is equal to another. */
static int
compare_names(const char *a, const char *b)
{
    size_t a_length, b_length;
    uint64_t a_place = place_of(a, &a_length), b_place = place_of(b, &b_length);
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    if (order || a_length != b_length)
        return order ? order : a_length < b_length ? -1 : 1;
    return a_place != b_place ? (a_place < b_place ? -1 : 1) : strcmp(a, b);
}

static int
compare_causes(const struct argot_order *a, const struct argot_order *b)
{
    bool by_name =
        a->cause.time == b->cause.time && a->cause.source != b->cause.source && a->source_name && b->source_name;
    int order = by_name ? compare_names(a->source_name, b->source_name) : 0;
    return order ? order : argot_kept_compare(&a->cause, &b->cause);
}

static int
compare(const struct argot_order *a, const struct argot_order *b)
{
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->phase != b->phase)
        return a->phase < b->phase ? -1 : 1;
    int order = compare_causes(a, b);
    if (order)
        return order;
    if (a->depth != b->depth)
        return a->depth < b->depth ? -1 : 1;
    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    order = argot_tuple_compare(a->key, a->key_size, b->key, b->key_size);
    return order ? order : (a->serial > b->serial) - (a->serial < b->serial);
}

static bool
before(const struct argot_queue_node *a, const struct argot_queue_node *b)
{
    return a->time != b->time ? a->time < b->time : compare(&a->item->order, &b->item->order) < 0;
}

bool
argot_queue_push(struct argot_queue *queue, struct argot_slab *slab, struct argot_item *item)
{
    if (queue->count == queue->room) {
        size_t room = queue->room ? queue->room * 2 : FIRST_ROOM;
        struct argot_queue_node *nodes = argot_slab_grow(slab, queue->nodes, queue->count * sizeof *nodes,
                                                         queue->room * sizeof *nodes, room * sizeof *nodes);
        if (!nodes)
            return false;
        queue->nodes = nodes;
        queue->room = room;
    }
    struct argot_queue_node node = {item->order.time, item};
    size_t at = queue->count++;
    for (; at && before(&node, &queue->nodes[(at - 1) / 2]); at = (at - 1) / 2)
        queue->nodes[at] = queue->nodes[(at - 1) / 2];
    queue->nodes[at] = node;
    return true;
}

struct argot_item *
argot_queue_pop(struct argot_queue *queue)
{
    struct argot_item *top = queue->nodes[0].item;
    struct argot_queue_node node = queue->nodes[--queue->count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= queue->count)
            break;
        if (child + 1 < queue->count && before(&queue->nodes[child + 1], &queue->nodes[child]))
            child++;
        if (!before(&queue->nodes[child], &node))
            break;
        queue->nodes[at] = queue->nodes[child];
        at = child;
    }
    if (queue->count)
        queue->nodes[at] = node;
    return top;
}

/* ---- timers ---- */

static void
place(struct argot_timers *timers, uint32_t at, struct argot_timer timer)
{
    timers->heap[at] = timer;
    timer.keyed->timer = at + 1;
}

/* Puts the timer where it belongs, given that the place `at` is free and all else is in order. */
static void
sift(struct argot_timers *timers, uint32_t at, struct argot_timer timer)
{
    for (; at && timer.due < timers->heap[(at - 1) / 2].due; at = (at - 1) / 2)
        place(timers, at, timers->heap[(at - 1) / 2]);
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= timers->count)
            break;
        if (child + 1 < timers->count && timers->heap[child + 1].due < timers->heap[child].due)
            child++;
        if (timers->heap[child].due >= timer.due)
            break;
        place(timers, at, timers->heap[child]);
        at = child;
    }
    place(timers, at, timer);
}

bool
argot_timers_set(struct argot_timers *timers, struct argot_slab *slab, uint32_t rule, struct argot_keyed *keyed,
                 argot_time due)
{
    if (!keyed->timer) {
        if (timers->count == timers->room) {
            uint32_t room = timers->room ? timers->room * 2 : FIRST_ROOM;
            struct argot_timer *heap = argot_slab_grow(slab, timers->heap, timers->count * sizeof *heap,
                                                       timers->room * sizeof *heap, room * sizeof *heap);
            if (!heap)
                return false;
            timers->heap = heap;
            timers->room = room;
        }
        keyed->timer = ++timers->count;
    }
    sift(timers, keyed->timer - 1, (struct argot_timer){due, rule, keyed});
    return true;
}

void
argot_timers_cancel(struct argot_timers *timers, struct argot_keyed *keyed)
{
    if (!keyed->timer)
        return;
    uint32_t at = keyed->timer - 1;
    keyed->timer = 0;
    struct argot_timer last = timers->heap[--timers->count];
    if (last.keyed != keyed)
        sift(timers, at, last);
}
