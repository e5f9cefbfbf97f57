/* SPDX-License-Identifier: Apache-2.0
 * What waits for its time: items come out in order, whatever the order in which they came, and those that are equal in
 * all else in the order in which they were made. */
#include "correlate/queue.h"
#include "test_case.h"
#include "test_seam.h"

#define ITEMS 3000u

static struct argot_test_seam seam;
static struct argot_slab slab;
static uint64_t state;

static uint32_t
below(uint32_t most)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(state >> 33) % most;
}

/* By time, phase and number: what items of one event are told apart by. */
static bool
is_before(const struct argot_item *a, const struct argot_item *b)
{
    if (a->order.time != b->order.time)
        return a->order.time < b->order.time;
    if (a->order.phase != b->order.phase)
        return a->order.phase < b->order.phase;
    return a->order.serial < b->order.serial;
}

static const struct argot_item *
first_of(const struct argot_item *items, const bool *waits, uint32_t count)
{
    const struct argot_item *first = NULL;
    for (uint32_t i = 0; i < count; i++)
        if (waits[i] && (!first || is_before(&items[i], first)))
            first = &items[i];
    return first;
}

/* _i: how far an item may lie behind, from never to always. */
START_TEST(order)
{
    static struct argot_item items[ITEMS];
    static bool waits[ITEMS];
    static const uint32_t spreads[] = {1, 3, 40, 1000000};
    struct argot_queue queue = {0};
    uint32_t count = 0;
    argot_test_seam_init(&seam);
    argot_slab_init(&slab, &seam.seam);
    memset(waits, 0, sizeof waits);
    state = (uint64_t)_i + 1;
    while (count < ITEMS || argot_queue_top(&queue)) {
        bool push = count < ITEMS && below(count < ITEMS / 2 ? 3 : 2);
        if (push) {
            items[count] = (struct argot_item){
                .order = {.time = (int64_t)count / 4 - (int64_t)below(spreads[_i]), .serial = count + 1}};
            items[count].order.phase = below(8) ? ARGOT_PHASE_EVENT : ARGOT_PHASE_TIMER_ALERT;
            waits[count] = true;
            ck_assert(argot_queue_push(&queue, &slab, &items[count++]));
        }
        const struct argot_item *due = first_of(items, waits, count);
        ck_assert_ptr_eq(argot_queue_top(&queue), due);
        if (push || !due)
            continue;
        ck_assert_ptr_eq(argot_queue_pop(&queue), due);
        waits[due - items] = false;
    }
    argot_queue_finish(&queue, &slab);
    ck_assert_uint_eq(slab.used_bytes, 0);
    argot_slab_finish(&slab);
    argot_test_seam_finish(&seam);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("queue");
    TCase *tcase = tcase_create("queue");
    tcase_add_loop_test(tcase, order, 0, 4);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
