/* SPDX-License-Identifier: Apache-2.0
 * What state is made of: pieces of a slab, sets of values, trails of events; each against the plainest way to do it. */
#include "correlate/slab.h"
#include "correlate/table.h"
#include "correlate/trail.h"
#include "correlate/values.h"
#include "test_case.h"
#include "test_seam.h"

static struct argot_test_seam seam;
static struct argot_slab slab;
static uint64_t state;

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    argot_slab_init(&slab, &seam.seam);
    state = 1;
}

static void
tear_down(void)
{
    argot_slab_finish(&slab);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static uint32_t
below(uint32_t count)
{
    return (uint32_t)(test_random(&state) % count);
}

/* ---- slab ---- */

START_TEST(pieces_do_not_overlap_and_are_aligned)
{
    struct {
        uint8_t *at;
        size_t size;
        uint8_t mark;
    } pieces[300] = {{0}};
    for (int round = 0; round < 20000; round++) {
        uint32_t i = below(COUNT(pieces));
        for (size_t j = 0; j < pieces[i].size; j++)
            ck_assert_uint_eq(pieces[i].at[j], pieces[i].mark);
        if (pieces[i].at)
            argot_slab_give(&slab, pieces[i].at, pieces[i].size);
        static const uint32_t most[] = {16, 130, 1100, 5000, 70000};
        pieces[i].size = below(most[below(round % 50 ? 3 : COUNT(most))]);
        pieces[i].at = argot_slab_take(&slab, pieces[i].size);
        pieces[i].mark = (uint8_t)round;
        ck_assert_ptr_nonnull(pieces[i].at);
        ck_assert_uint_eq((uintptr_t)pieces[i].at % (pieces[i].size > ARGOT_SLAB_TINY ? 16 : 8), 0);
        memset(pieces[i].at, pieces[i].mark, pieces[i].size);
    }
    for (size_t i = 0; i < COUNT(pieces); i++)
        argot_slab_give(&slab, pieces[i].at, pieces[i].size);
    ck_assert_uint_eq(slab.used_bytes, 0);
}
END_TEST

/* Pieces that stay are as they were, whatever is given back around them; what is free is given back in the end. */
START_TEST(a_trim_gives_back_what_nobody_has)
{
    enum { PIECES = 40000 };
    static uint8_t *at[PIECES];
    static size_t sizes[PIECES];
    for (unsigned round = 0; round < 3; round++) {
        for (size_t i = 0; i < PIECES; i++) {
            sizes[i] = 1 + below(i % 100 ? 600 : 5000);
            at[i] = argot_slab_take(&slab, sizes[i]);
            ck_assert_ptr_nonnull(at[i]);
            memset(at[i], (int)i, sizes[i]);
        }
        size_t most = slab.chunks_bytes;
        argot_slab_trim(&slab);
        ck_assert_uint_eq(slab.chunks_bytes, most); /* all is in use */
        for (size_t i = 0; i < PIECES; i++)
            if (i % 4000 >= 10)
                argot_slab_give(&slab, at[i], sizes[i]);
        argot_slab_trim(&slab);
        ck_assert_uint_lt(slab.chunks_bytes, most / 2);
        ck_assert_uint_ge(slab.chunks_bytes, slab.used_bytes);
        for (size_t i = 0; i < PIECES; i++) {
            if (i % 4000 >= 10)
                continue;
            for (size_t j = 0; j < sizes[i]; j++)
                ck_assert_uint_eq(at[i][j], (uint8_t)i);
            argot_slab_give(&slab, at[i], sizes[i]);
        }
        ck_assert_uint_eq(slab.used_bytes, 0);
    }
}
END_TEST

START_TEST(a_trim_without_memory_changes_nothing)
{
    static uint8_t *at[20000];
    for (size_t i = 0; i < COUNT(at); i++)
        at[i] = argot_slab_take(&slab, 500);
    for (size_t i = 0; i < COUNT(at); i++)
        argot_slab_give(&slab, at[i], 500);
    size_t most = slab.chunks_bytes;
    seam.fail_allocation = seam.allocations + 1;
    argot_slab_trim(&slab);
    ck_assert_uint_eq(slab.chunks_bytes, most);
    argot_slab_trim(&slab);
    ck_assert_uint_lt(slab.chunks_bytes, (size_t)1 << 20);
    ck_assert_ptr_nonnull(argot_slab_take(&slab, 500));
}
END_TEST

/* ---- keys ---- */

static bool
is_old(void *context, const struct argot_keyed *keyed, argot_time now)
{
    (void)context;
    return keyed->base < now;
}

static struct argot_keyed *
get(struct argot_table *table, uint32_t number)
{
    uint8_t name[sizeof number];
    memcpy(name, &number, sizeof name);
    return argot_table_get(table, argot_table_hash(table, name, sizeof name), name, sizeof name);
}

START_TEST(idle_keys_are_tidied_up_and_no_others)
{
    static const struct argot_hash_key hash_key = {{3, 4}};
    enum { KEYS = 100000 };
    struct argot_table table;
    argot_table_init(&table, &slab, &hash_key, sizeof(struct argot_keyed), KEYS);
    table.idle = is_old;
    table.now = 0; /* nothing is dropped in passing */
    for (uint32_t i = 0; i < KEYS; i++)
        get(&table, i)->base = i + 1;
    size_t most = slab.used_bytes;
    argot_table_tidy(&table, 1, SIZE_MAX);
    ck_assert_uint_eq(table.count, KEYS);
    argot_table_tidy(&table, 10001, 4000);
    ck_assert_uint_eq(table.count, KEYS - 4000);
    argot_table_tidy(&table, 10001, SIZE_MAX);
    ck_assert_uint_eq(table.count, KEYS - 10000);
    ck_assert_int_eq(get(&table, 10000)->base, 10001);
    ck_assert_int_eq(get(&table, 9999)->base, 0);
    argot_table_tidy(&table, KEYS + 2, SIZE_MAX);
    ck_assert_uint_eq(table.count, 0);
    ck_assert_uint_eq(table.evicted, 0);
    argot_slab_trim(&slab);
    ck_assert_uint_lt(slab.chunks_bytes, most / 2);
    ck_assert_uint_eq(slab.used_bytes, 0);
    get(&table, 7)->base = 8;
    ck_assert_uint_eq(table.count, 1);
    argot_table_finish(&table);
    ck_assert_uint_eq(slab.used_bytes, 0);
}
END_TEST

/* ---- values ---- */

#define VALUES 300

START_TEST(values_are_found_until_they_are_removed)
{
    static const struct argot_hash_key key = {{1, 2}};
    struct argot_values_of of = {&slab, &key};
    struct argot_values values;
    uint64_t seen[VALUES] = {0}, clock = 0;
    uint32_t count = 0;
    argot_values_init(&values);
    for (int round = 0; round < 60000; round++) {
        uint8_t tuple[60];
        uint32_t value = below(round % 7000 < 200 ? 5 : VALUES), size = 1 + value % sizeof tuple;
        memset(tuple, (int)value, size);
        memcpy(tuple, &value, size < sizeof value ? size : sizeof value);
        if (size < 2) /* too short to tell them apart */
            continue;
        struct argot_values_node *node = argot_values_find(&values, &of, tuple, size);
        ck_assert_int_eq(node != NULL, seen[value] != 0);
        if (node)
            ck_assert_uint_eq(node->newest.serial, seen[value]);
        if (below(3) && node) {
            argot_values_remove(&values, &of, node);
            seen[value] = 0;
            count--;
        } else {
            bool fresh;
            struct argot_kept kept = {.serial = ++clock};
            ck_assert_ptr_nonnull(argot_values_see(&values, &of, tuple, size, &kept, &fresh));
            ck_assert_int_eq(fresh, seen[value] == 0);
            count += fresh;
            seen[value] = clock;
        }
        ck_assert_uint_eq(values.count, count);
        if (round % 7000 == 6999) {
            argot_values_clear(&values, &of);
            memset(seen, 0, sizeof seen);
            count = 0;
        }
    }
    uint64_t last = 0;
    for (const struct argot_values_node *node = argot_values_at(&values, values.oldest); node;
         node = argot_values_at(&values, node->newer)) {
        ck_assert_uint_gt(node->newest.serial, last);
        last = node->newest.serial;
    }
    argot_values_finish(&values, &of);
    ck_assert_uint_eq(slab.used_bytes, 0);
}
END_TEST

/* ---- trails ---- */

static struct argot_kept
random_kept(uint64_t serial)
{
    return (struct argot_kept){.time = (argot_time)test_random(&state),
                               .serial = serial,
                               .record = test_random(&state) >> (64 - ARGOT_TRAIL_RECORD_BITS),
                               .source = (uint32_t)(test_random(&state) >> (64 - ARGOT_TRAIL_SOURCE_BITS)),
                               .part = (uint16_t)(test_random(&state) >> (64 - ARGOT_TRAIL_PART_BITS)),
                               .format = (uint16_t)(1 + below(ARGOT_FORMATS_MAX)),
                               .place = test_random(&state)};
}

START_TEST(a_trail_gives_back_the_newest_as_they_were)
{
    struct argot_trail trail = {0};
    struct argot_kept all[40];
    struct argot_buffer causes;
    argot_buffer_init(&causes, &seam.seam);
    uint32_t limit = 1 + (uint32_t)_i;
    /* The serial numbers pass a border of what is kept of them. */
    uint64_t serial = (UINT64_C(5) << ARGOT_TRAIL_SERIAL_BITS) - 20;
    for (uint32_t i = 0; i < COUNT(all); i++) {
        serial += 1 + below(3);
        all[i] = random_kept(serial);
        ck_assert(argot_trail_add(&trail, &slab, limit, &all[i]));
        uint32_t due = i + 1 < limit ? i + 1 : limit;
        ck_assert_uint_eq(trail.count, due);
        ck_assert_int_eq(argot_trail_oldest(&trail)->time, all[i + 1 - due].time);
        causes.length = 0;
        argot_trail_put(&trail, serial + 7, &causes);
        ck_assert_uint_eq(causes.length, due * sizeof *all);
        const struct argot_kept *back = (const void *)causes.bytes;
        for (uint32_t j = 0; j < due; j++) {
            const struct argot_kept *was = &all[i + 1 - due + j];
            ck_assert_int_eq(back[j].time, was->time);
            ck_assert_uint_eq(back[j].serial, was->serial);
            ck_assert_uint_eq(back[j].record, was->record);
            ck_assert_uint_eq(back[j].source, was->source);
            ck_assert_uint_eq(back[j].part, was->part);
            ck_assert_uint_eq(back[j].format, was->format);
            ck_assert_uint_eq(back[j].place, was->place);
            ck_assert_ptr_null(back[j].held);
        }
    }
    argot_trail_clear(&trail, &slab);
    ck_assert_uint_eq(trail.count, 0);
    ck_assert_uint_eq(slab.used_bytes, 0);
    argot_buffer_finish(&causes);
}
END_TEST

START_TEST(a_trail_of_alerts_counts_its_references)
{
    struct argot_trail trail = {0};
    struct argot_held *held = argot_slab_zero(&slab, sizeof *held);
    struct argot_buffer causes;
    argot_buffer_init(&causes, &seam.seam);
    held->references = 1;
    held->size = sizeof *held;
    for (int i = 0; i < 5; i++) {
        struct argot_kept kept = {.serial = 9, .held = argot_held_again(held), .format = ARGOT_HELD_ALERT};
        ck_assert(argot_trail_add(&trail, &slab, 2, &kept));
    }
    ck_assert_uint_eq(held->references, 3);
    argot_trail_put(&trail, 9, &causes);
    ck_assert_ptr_eq(((const struct argot_kept *)(const void *)causes.bytes)[1].held, held);
    argot_trail_clear(&trail, &slab);
    ck_assert_uint_eq(held->references, 1);
    argot_held_drop(&slab, held);
    ck_assert_uint_eq(slab.used_bytes, 0);
    argot_buffer_finish(&causes);
}
END_TEST

START_TEST(without_memory_nothing_is_added)
{
    struct argot_trail trail = {0};
    struct argot_kept kept = random_kept(1);
    seam.fail_allocation = seam.allocations + 1;
    seam.fail_for_good = true;
    ck_assert(!argot_trail_add(&trail, &slab, 5, &kept));
    ck_assert_uint_eq(trail.count, 0);
    seam.fail_allocation = 0;
    seam.fail_for_good = false;
    ck_assert(argot_trail_add(&trail, &slab, 5, &kept));
    argot_trail_clear(&trail, &slab);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("state");
    TCase *tcase = tcase_create("state");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, pieces_do_not_overlap_and_are_aligned);
    tcase_add_test(tcase, a_trim_gives_back_what_nobody_has);
    tcase_add_test(tcase, a_trim_without_memory_changes_nothing);
    tcase_add_test(tcase, idle_keys_are_tidied_up_and_no_others);
    tcase_add_test(tcase, values_are_found_until_they_are_removed);
    tcase_add_loop_test(tcase, a_trail_gives_back_the_newest_as_they_were, 0, 12);
    tcase_add_test(tcase, a_trail_of_alerts_counts_its_references);
    tcase_add_test(tcase, without_memory_nothing_is_added);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
