/* SPDX-License-Identifier: Apache-2.0
 * A ring and a heap of items by the order of the rule language, a heap of timers by when they are due. An item whose
 * turn is not before that of the ring's last goes to the ring, so that this stays in order. */
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

/* ---- the ring ---- */

static bool
grow_ring(struct argot_queue *queue, struct argot_slab *slab)
{
    struct argot_queue_nodes *ring = &queue->ring;
    size_t room = ring->room ? ring->room * 2 : FIRST_ROOM;
    struct argot_queue_node *nodes = argot_slab_take(slab, room * sizeof *nodes);
    if (!nodes)
        return false;
    for (size_t i = 0; i < ring->count; i++)
        nodes[i] = *argot_queue_ring_at(queue, i);
    argot_slab_give(slab, ring->at, ring->room * sizeof *nodes);
    ring->at = nodes;
    ring->room = room;
    queue->first = 0;
    return true;
}

static bool
push_ring(struct argot_queue *queue, struct argot_slab *slab, struct argot_queue_node node)
{
    if (queue->ring.count == queue->ring.room && !grow_ring(queue, slab))
        return false;
    *argot_queue_ring_at(queue, queue->ring.count++) = node;
    return true;
}

static struct argot_item *
pop_ring(struct argot_queue *queue)
{
    struct argot_item *item = queue->ring.at[queue->first].item;
    queue->first = (queue->first + 1) & (queue->ring.room - 1);
    queue->ring.count--;
    return item;
}

/* ---- the heap ---- */

static bool
push_heap(struct argot_queue_nodes *heap, struct argot_slab *slab, struct argot_queue_node node)
{
    if (heap->count == heap->room) {
        size_t room = heap->room ? heap->room * 2 : FIRST_ROOM;
        struct argot_queue_node *nodes = argot_slab_grow(slab, heap->at, heap->count * sizeof *nodes,
                                                         heap->room * sizeof *nodes, room * sizeof *nodes);
        if (!nodes)
            return false;
        heap->at = nodes;
        heap->room = room;
    }
    size_t at = heap->count++;
    for (; at && before(&node, &heap->at[(at - 1) / 2]); at = (at - 1) / 2)
        heap->at[at] = heap->at[(at - 1) / 2];
    heap->at[at] = node;
    return true;
}

static struct argot_item *
pop_heap(struct argot_queue_nodes *heap)
{
    struct argot_item *top = heap->at[0].item;
    struct argot_queue_node node = heap->at[--heap->count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && before(&heap->at[child + 1], &heap->at[child]))
            child++;
        if (!before(&heap->at[child], &node))
            break;
        heap->at[at] = heap->at[child];
        at = child;
    }
    if (heap->count)
        heap->at[at] = node;
    return top;
}

/* ---- both ---- */

bool
argot_queue_push_any(struct argot_queue *queue, struct argot_slab *slab, struct argot_item *item)
{
    struct argot_queue_node node = {item->order.time, item};
    bool in_order = !queue->ring.count || !before(&node, argot_queue_ring_at(queue, queue->ring.count - 1));
    return in_order ? push_ring(queue, slab, node) : push_heap(&queue->heap, slab, node);
}

static bool
heap_is_first(const struct argot_queue *queue)
{
    return queue->heap.count && (!queue->ring.count || before(&queue->heap.at[0], &queue->ring.at[queue->first]));
}

struct argot_item *
argot_queue_pop_any(struct argot_queue *queue)
{
    return heap_is_first(queue) ? pop_heap(&queue->heap) : pop_ring(queue);
}

const struct argot_item *
argot_queue_top_of_both(const struct argot_queue *queue)
{
    if (heap_is_first(queue))
        return queue->heap.at[0].item;
    return queue->ring.count ? queue->ring.at[queue->first].item : NULL;
}

void
argot_queue_finish(struct argot_queue *queue, struct argot_slab *slab)
{
    argot_slab_give(slab, queue->ring.at, queue->ring.room * sizeof *queue->ring.at);
    argot_slab_give(slab, queue->heap.at, queue->heap.room * sizeof *queue->heap.at);
    *queue = (struct argot_queue){0};
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
