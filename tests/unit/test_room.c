/* SPDX-License-Identifier: Apache-2.0
 * A store whose disk has no room: whichever write finds none, what was committed is there and whole, and it is told as
 * what it is. runtime/cli/room: what is given up for room, and that it is told why it cannot go on yet. */
#ifdef ARGOT_WITH_SQLITE
#include "cli/room.h"
#include "store_fixture.h"
#include "store_faults.h"

#define SEGMENTS 3
#define STRIDE 13 /* of writes: each of them would take a minute */

/* ---- each write ---- */

/* Events of all files, each of which is whole. */
static unsigned
count_events(void)
{
    char live[sizeof path], *names, *rest;
    unsigned count = (unsigned)atoi(query("SELECT count(*) FROM events"));
    ck_assert_str_eq(query("PRAGMA integrity_check"), "ok");
    strcpy(live, path);
    names = strdup(query("SELECT file FROM segments"));
    for (char *name = strtok_r(names, "|\n", &rest); name; name = strtok_r(NULL, "|\n", &rest)) {
        snprintf(path, sizeof path, "%s/%s", folder, name);
        ck_assert_str_eq(query("PRAGMA integrity_check"), "ok");
        count += (unsigned)atoi(query("SELECT count(*) FROM events"));
    }
    free(names);
    strcpy(path, live);
    return count;
}

/* What a run does, until something fails; how many events were committed. */
static unsigned
go_on(bool *through)
{
    struct argot_store_source source = {.name = "a", .path = "a", .position = {.record = 1, .line = 1}};
    unsigned committed = 0;
    bool fresh;
    *through = false;
    if (!argot_store_add_source(store, &source))
        return 0;
    for (unsigned i = 0; i < SEGMENTS; i++) {
        alert.id[0] = (uint8_t)i;
        it.event.record = i + 1;
        source.position.offset = i;
        if (!argot_store_event(store, 1, &it.event, &id) ||
            !argot_store_alert(store, &alert, sources_of_alert, &fresh) || !argot_store_put_source(store, &source) ||
            !argot_store_commit(store))
            return committed;
        committed++;
        if (!argot_store_roll(store))
            return committed;
    }
    *through = true;
    return committed;
}

static void
begin_anew(void)
{
    tear_down();
    set_up();
    more.segment_bytes = 1;
    more.keep_raw_ns = 1;
    more.durable = true;
    make_alert();
    reopen();
}

START_TEST(each_write_may_find_no_room)
{
    unsigned failed = 0;
    bool through = false, full = false;
    faults_begin();
    for (uint64_t from = 1; !through; from += STRIDE) {
        begin_anew();
        faults_writes = 0;
        faults_from = from;
        unsigned committed = go_on(&through);
        failed += !through;
        ck_assert_msg(through || argot_store_is_full(store), "%llu: %s", (unsigned long long)from,
                      argot_store_problem(store));
        ck_assert(through || strstr(argot_store_problem(store), "the disk is full"));
        argot_store_close(store);
        more.full = &full;
        store = open_with(argot_seam_system());
        ck_assert_msg(through || store || full, "%llu: %s", (unsigned long long)from, why);
        argot_store_close(store);
        store = NULL;
        faults_from = 0;
        reopen();
        ck_assert_uint_eq(count_events(), committed);
        ck_assert_uint_ge(argot_store_next_event(store), committed + 1);
    }
    faults_end();
    ck_assert_uint_gt(failed, 20);
}
END_TEST

/* ---- room ---- */

enum { FULL = 1, LOCKED = 2 };

static struct argot_config config;
static struct argot_seam seam;
static unsigned attempts, pauses;
static int failures[8]; /* of attempts, in turn */
static char said[4096];

static int64_t
write_words(struct argot_seam *it_seam, int fd, const void *bytes, size_t count)
{
    (void)it_seam;
    (void)fd;
    strncat(said, bytes, count < sizeof said - strlen(said) ? count : 0);
    return (int64_t)count;
}

static struct argot_store *
open_again(void *context, bool *full, char *reason, size_t size)
{
    (void)context;
    int failure = failures[attempts++];
    *full = failure == FULL;
    snprintf(reason, size, failure == FULL ? "the disk is full" : "another program holds a lock on it");
    return failure ? NULL : open_with(argot_seam_system());
}

static void
attend(void *context)
{
    (void)context;
}

static bool
pass(void *context, int64_t ns)
{
    (void)context;
    pauses += ns > 0;
    return true;
}

static struct argot_room
make_room(enum argot_config_full if_full)
{
    seam = *argot_seam_system();
    seam.write = write_words;
    config = (struct argot_config){.store = {.path = "events.db", .if_full = if_full}};
    attempts = pauses = 0;
    memset(failures, 0, sizeof failures);
    said[0] = 0;
    more.segment_bytes = 1;
    reopen();
    for (unsigned i = 0; i < SEGMENTS; i++) {
        put_event();
        commit();
        ck_assert(argot_store_roll(store));
    }
    return (struct argot_room){.seam = &seam, .config = &config, .open = open_again, .attend = attend, .pass = pass};
}

static unsigned
count_words(const char *words)
{
    unsigned count = 0;
    for (const char *at = said; (at = strstr(at, words)); at++)
        count++;
    return count;
}

START_TEST(segments_are_given_up_as_long_as_there_is_no_room)
{
    struct argot_room room = make_room(ARGOT_CONFIG_FULL_DROP_OLDEST);
    failures[0] = failures[1] = FULL;
    ck_assert(argot_room_wait(&room, &store));
    ck_assert_ptr_nonnull(store);
    ck_assert_uint_eq(attempts, 3);
    ck_assert_uint_gt(pauses, 0); /* but before the first */
    ck_assert_str_eq(query("SELECT (SELECT count(*) FROM segments), value FROM meta WHERE key = 'given_up_events'"),
                     "0|3");
    ck_assert_uint_eq(count_words("gave up the oldest segment"), 3);
    ck_assert_uint_eq(count_words("the disk is full"), 1);
}
END_TEST

START_TEST(the_first_segment_is_given_up_at_once)
{
    struct argot_room room = make_room(ARGOT_CONFIG_FULL_DROP_OLDEST);
    ck_assert(argot_room_wait(&room, &store));
    ck_assert_uint_eq(pauses, 0);
    ck_assert_str_eq(query("SELECT count(*), min(first_event) FROM segments"), "2|2");
    /* It was not enough. */
    ck_assert(argot_room_wait(&room, &store));
    ck_assert_uint_eq(pauses, 2);
    ck_assert_str_eq(query("SELECT count(*), min(first_event) FROM segments"), "1|3");
    ck_assert_str_eq(query("SELECT value FROM meta WHERE key = 'given_up_events'"), "2");
}
END_TEST

START_TEST(nothing_is_given_up_for_what_is_no_want_of_room)
{
    struct argot_room room = make_room(ARGOT_CONFIG_FULL_DROP_OLDEST);
    failures[0] = failures[1] = failures[2] = LOCKED;
    ck_assert(argot_room_wait(&room, &store));
    ck_assert_str_eq(query("SELECT count(*) FROM segments"), "2");
    ck_assert_uint_eq(count_words("cannot be written to yet, is tried again: another program holds a lock on it"), 1);
}
END_TEST

START_TEST(it_waits_where_nothing_may_be_given_up)
{
    struct argot_room room = make_room(ARGOT_CONFIG_FULL_WAIT);
    failures[0] = FULL;
    ck_assert(argot_room_wait(&room, &store));
    ck_assert_uint_eq(attempts, 2);
    ck_assert_uint_eq(pauses, 2 + 4);
    ck_assert_str_eq(query("SELECT count(*) FROM segments"), "3");
    ck_assert_uint_eq(count_words("the disk is full"), 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("room");
    TCase *cases = tcase_create("room");
    tcase_set_timeout(cases, 100);
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, each_write_may_find_no_room);
    tcase_add_test(cases, segments_are_given_up_as_long_as_there_is_no_room);
    tcase_add_test(cases, the_first_segment_is_given_up_at_once);
    tcase_add_test(cases, nothing_is_given_up_for_what_is_no_want_of_room);
    tcase_add_test(cases, it_waits_where_nothing_may_be_given_up);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
#else
#include "no_store.h"
#endif
