/* SPDX-License-Identifier: Apache-2.0
 * Events that are put are written together: whichever shapes they have, where they go, and what is known of them before
 * they are in a table. */
#ifdef ARGOT_WITH_SQLITE
#include "store_fixture.h"

#define EVENTS 1500 /* several times as many as one INSERT takes */
#define SHAPES 3

static struct case_event shapes[SHAPES];
static struct argot_event events[EVENTS];
static struct argot_buffer raw;

/* A login, and two shapes with other fields; one of them has a number that no column takes. */
static void
make_events(void)
{
    case_login(&shapes[0]);
    case_init(&shapes[1]);
    *case_slot(&shapes[1], "message") = case_text("hello");
    case_init(&shapes[2]);
    *case_slot(&shapes[2], "request_path") = case_text("/\xff");
    *case_slot(&shapes[2], "source_bytes") = (struct argot_slot){.u64 = UINT64_MAX};
    for (uint32_t i = 0; i < SHAPES; i++)
        shapes[i].shape.number = i;
    for (size_t i = 0; i < EVENTS; i++) {
        events[i] = shapes[i % SHAPES].event;
        events[i].record = i + 1;
        events[i].part = i % 10 == 9;
        events[i].raw = (struct argot_slice){(const uint8_t *)"some record" + i % 5, 6};
    }
}

static void
put_events(void)
{
    for (size_t i = 0; i < EVENTS; i++)
        ck_assert(argot_store_event(store, 1, &events[i], &id));
}

static void
set_up_rows(void)
{
    set_up();
    make_events();
    argot_buffer_init(&raw, argot_seam_system());
}

static void
tear_down_rows(void)
{
    argot_buffer_finish(&raw);
    tear_down();
}

/* The store anew, with this policy for all formats. */
static void
keep(enum argot_store_keep which, enum argot_store_raw lines)
{
    static struct argot_store_policy policy;
    policy = (struct argot_store_policy){.events = which, .raw = lines};
    more.policies = &policy;
    more.npolicies = 1;
    reopen();
}

static const char *
raw_of(uint64_t event)
{
    raw.length = 0;
    ck_assert(argot_store_raw(store, event, &raw));
    argot_buffer_append_byte(&raw, 0);
    return (const char *)raw.bytes;
}

START_TEST(events_of_many_shapes_are_written_together)
{
    put_events();
    commit();
    ck_assert_uint_eq(id, EVENTS);
    ck_assert_str_eq(query("SELECT count(*), min(id), max(id), sum(id = record), sum(raw_line IS NULL) FROM events"),
                     "1500|1|1500|1500|150");
    ck_assert_str_eq(query("SELECT count(*), user_name, hex(source_ip), message, request_path, source_bytes, extra FROM"
                           " events GROUP BY id % 3 ORDER BY id % 3"),
                     "500|NULL||NULL|/\xef\xbf\xbd|NULL|{\"source_bytes\":18446744073709551615}\n"
                     "500|root|C0000201|NULL|NULL|NULL|NULL\n"
                     "500|NULL||hello|NULL|NULL|NULL");
    ck_assert_uint_eq(argot_store_replaced(store), EVENTS / SHAPES);
    reopen();
    ck_assert_uint_eq(argot_store_next_event(store), EVENTS + 1);
}
END_TEST

/* What is not in use any more is left out of the INSERT, and what comes up again is not lost. */
START_TEST(columns_come_and_go)
{
    for (size_t i = 0; i < 3000; i++) {
        const struct case_event *shape = &shapes[i < 10 || i >= 2990 ? 0 : 1];
        ck_assert(argot_store_event(store, 1, &shape->event, &id) && argot_store_flush(store));
    }
    commit();
    ck_assert_str_eq(query("SELECT sum(user_name = 'root' AND message IS NULL),"
                           " sum(user_name IS NULL AND message = 'hello') FROM events"),
                     "20|2980");
}
END_TEST

START_TEST(records_of_events_on_their_way_are_there)
{
    put_events();
    ck_assert_str_eq(raw_of(EVENTS - 4), "some r"); /* not in the table yet */
    ck_assert_str_eq(raw_of(EVENTS), "");           /* not the first of its record */
    ck_assert_str_eq(raw_of(2), "ome re");
    ck_assert_str_eq(raw_of(EVENTS + 1), "");
    ck_assert_str_eq(query("SELECT count(*) FROM events"), "0");
}
END_TEST

START_TEST(what_is_on_its_way_is_not_committed_by_the_end)
{
    put_events();
    reopen();
    ck_assert_str_eq(query("SELECT count(*) FROM events"), "0");
    put_events();
    commit();
    ck_assert_str_eq(query("SELECT count(*), max(id) FROM events"), "1500|1500");
}
END_TEST

/* Whole where an alert may make them events, else the record, which is all that rules ask for. */
START_TEST(what_policies_do_not_keep_waits)
{
    static const char counts[] = "SELECT (SELECT count(*) FROM events), (SELECT count(raw_line) FROM events),"
                                 " (SELECT count(*) FROM waiting), (SELECT count(raw_line) FROM waiting),"
                                 " (SELECT count(format_name) FROM waiting)";
    keep(ARGOT_STORE_KEEP_ALL, ARGOT_STORE_RAW_NONE);
    put_events();
    ck_assert_str_eq(raw_of(EVENTS - 4), "some r");
    commit();
    ck_assert_str_eq(query(counts), "1500|0|1500|1350|0");
    ck_assert_str_eq(raw_of(EVENTS - 4), "some r");
    keep(ARGOT_STORE_KEEP_NONE, ARGOT_STORE_RAW_ALL);
    put_events();
    commit();
    ck_assert_str_eq(query(counts), "1500|0|3000|2700|0");
    keep(ARGOT_STORE_KEEP_MATCHED, ARGOT_STORE_RAW_ALL);
    put_events();
    commit();
    ck_assert_str_eq(query(counts), "1500|0|4500|4050|1500");
    ck_assert_str_eq(query("SELECT user_name, source, record, part FROM waiting WHERE id = 3004"), "root|1|4|0");
}
END_TEST

START_TEST(nothing_waits_where_nobody_asks_for_it)
{
    static const struct argot_store_policy ways[] = {{.events = ARGOT_STORE_KEEP_ALL, .raw = ARGOT_STORE_RAW_UNMATCHED},
                                                     {.events = ARGOT_STORE_KEEP_MATCHED},
                                                     {.events = ARGOT_STORE_KEEP_NONE}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        keep(ways[i].events, ways[i].raw);
        put_events();
        commit(); /* they are known as those that wait */
        query("DELETE FROM waiting");
        argot_store_hold(store, false);
        put_events();
        commit();
        ck_assert_str_eq(query("SELECT count(*) FROM waiting"), "0");
        uint64_t last = id;
        reopen();
        ck_assert_uint_eq(argot_store_next_event(store), last + 1);
        ck_assert_str_eq(query("SELECT count(*), count(raw_line) FROM events"), "3000|0");
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store_rows");
    TCase *cases = tcase_create("store_rows");
    tcase_add_checked_fixture(cases, set_up_rows, tear_down_rows);
    tcase_add_test(cases, events_of_many_shapes_are_written_together);
    tcase_add_test(cases, columns_come_and_go);
    tcase_add_test(cases, records_of_events_on_their_way_are_there);
    tcase_add_test(cases, what_is_on_its_way_is_not_committed_by_the_end);
    tcase_add_test(cases, what_policies_do_not_keep_waits);
    tcase_add_test(cases, nothing_waits_where_nobody_asks_for_it);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
#else
#include "no_store.h"
#endif
