/* SPDX-License-Identifier: Apache-2.0
 * Long work of a store in a thread: it goes on beside the run, and whenever the store is closed, what is there is whole
 * and is ended by the next one. Runs under ThreadSanitizer too. */
#ifdef ARGOT_WITH_SQLITE
#include "pipeline/aside.h"
#include <time.h>
#include "store_fixture.h"

#define SEGMENTS 4
#define MANY 2000 /* events of each */
#define MOST_LOOKS 2000
#define LOOK_NS 10000000

static struct argot_aside *aside;

static void
begin(void)
{
    aside = argot_aside_new(argot_seam_system());
    ck_assert_ptr_nonnull(aside);
    more.segment_bytes = 1;
    more.aside = argot_aside_of(aside);
    reopen();
}

static void
pause_for(long ns)
{
    const struct timespec span = {.tv_nsec = ns};
    nanosleep(&span, NULL);
}

static void
fill_segment(void)
{
    for (unsigned i = 0; i < MANY; i++)
        put_event();
    commit();
    ck_assert_msg(argot_store_roll(store), "%s", argot_store_problem(store));
}

static void
check_segments(void)
{
    char live[sizeof path], *names, *rest;
    unsigned count = 0;
    strcpy(live, path);
    ck_assert_str_eq(query("SELECT min(indexed) FROM segments"), "1");
    names = strdup(query("SELECT file FROM segments"));
    for (char *name = strtok_r(names, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest), count++) {
        snprintf(path, sizeof path, "%s/%s", folder, name);
        ck_assert_str_eq(query("PRAGMA integrity_check"), "ok");
        ck_assert_str_eq(query("PRAGMA journal_mode"), "delete");
        ck_assert_int_eq(atoi(query("SELECT count(*) FROM events")), MANY);
        ck_assert_str_eq(
            query("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name IN ('events_source_ip',"
                  " 'events_user_name', 'events_host_name', 'events_event_type')"),
            "4");
    }
    free(names);
    strcpy(path, live);
    ck_assert_uint_eq(count, SEGMENTS);
}

START_TEST(a_run_goes_on_beside_it)
{
    begin();
    for (unsigned i = 0; i < SEGMENTS; i++)
        fill_segment();
    for (unsigned i = 0; i < MOST_LOOKS && atoi(query("SELECT sum(NOT indexed) FROM segments")); i++) {
        pause_for(LOOK_NS);
        ck_assert(argot_store_roll(store));
    }
    argot_store_close(store);
    store = NULL;
    check_segments();
    argot_aside_free(aside);
}
END_TEST

START_TEST(it_may_be_ended_at_any_time)
{
    more.keep_raw_ns = _i; /* and segments are written anew */
    begin();
    for (unsigned i = 0; i < SEGMENTS; i++) {
        fill_segment();
        pause_for((long)i * LOOK_NS / 8);
        ck_assert(argot_store_roll(store));
        pause_for((long)i * LOOK_NS / 8);
        reopen();
    }
    more.aside = NULL;
    reopen();
    for (unsigned i = 0; i < SEGMENTS; i++)
        ck_assert(argot_store_roll(store));
    check_segments();
    ck_assert_str_eq(query("SELECT sum(raw) FROM segments"), _i ? "0" : "4");
    argot_aside_free(aside);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("aside");
    TCase *cases = tcase_create("aside");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, a_run_goes_on_beside_it);
    tcase_add_loop_test(cases, it_may_be_ended_at_any_time, 0, 2);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
#else
#include "no_store.h"
#endif
