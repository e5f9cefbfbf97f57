/* SPDX-License-Identifier: Apache-2.0
 * Segments of the store: when one is closed and how it is indexed, that all are read as one, readers that are in the
 * way, which are given up, changes of names that were cut short. */
#ifdef ARGOT_WITH_SQLITE
#include "store_fixture.h"
#include "store/search.h"
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

static void
roll(void)
{
    commit();
    ck_assert_msg(argot_store_roll(store), "%s", argot_store_problem(store));
}

static void
begin_segments(void)
{
    more.segment_bytes = 1;
    reopen();
}

/* The name of a closed one, with its folder. */
static void
closed(char *name, size_t size)
{
    snprintf(name, size, "%s/%s", folder, query("SELECT file FROM segments ORDER BY number DESC LIMIT 1"));
}

START_TEST(a_segment_that_is_large_is_closed)
{
    struct argot_store_source source = {.name = "a", .path = "a", .position = {.offset = 5, .record = 1, .line = 1}};
    char live[sizeof path];
    size_t count;
    begin_segments();
    ck_assert(argot_store_add_source(store, &source));
    put_event();
    put_event();
    roll();
    put_event();
    ck_assert_uint_eq(id, 3);
    commit();
    ck_assert_str_eq(
        query("SELECT (SELECT count(*) FROM events), first_event, last_event, first_time, alerts, indexed FROM"
              " segments"),
        "1|1|2|1772532001000000000|0|1");
    ck_assert_uint_eq(argot_store_sources(store, &count)->position.offset, 5);
    strcpy(live, path);
    closed(path, sizeof path);
    ck_assert_str_eq(query("SELECT group_concat(id) FROM events"), "1,2");
    ck_assert_ptr_nonnull(strstr(query("EXPLAIN QUERY PLAN SELECT * FROM events WHERE source_ip BETWEEN x'C0000200' AND"
                                       " x'C00002FF' AND length(source_ip) = 4"),
                                 "events_source_ip"));
    strcpy(path, live);
}
END_TEST

START_TEST(a_segment_without_events_is_not_closed)
{
    begin_segments();
    roll();
    put_event();
    roll();
    roll();
    ck_assert_str_eq(query("SELECT count(*) FROM segments"), "1");
}
END_TEST

START_TEST(segments_are_read_as_one)
{
    struct argot_store_row row;
    struct argot_buffer raw;
    begin_segments();
    for (uint64_t i = 1; i <= 5; i++) {
        it.event.record = i;
        put_event();
        if (i % 2 == 0)
            roll();
    }
    commit();
    reopen();
    argot_buffer_init(&raw, argot_seam_system());
    for (uint64_t from = 1; from <= 6; from++) {
        ck_assert(argot_store_read(store, from));
        for (uint64_t i = from; i <= 5; i++) {
            ck_assert_msg(argot_store_next(store, &row), "%s", argot_store_problem(store));
            ck_assert_uint_eq(row.id, i);
            raw.length = 0;
            ck_assert(argot_store_raw(store, 6 - i, &raw)); /* meanwhile */
            ck_assert_uint_eq(raw.length, 10);
        }
        ck_assert(!argot_store_next(store, &row));
        ck_assert_str_eq(argot_store_problem(store), "");
    }
    argot_buffer_finish(&raw);
}
END_TEST

START_TEST(an_alert_of_a_closed_segment_is_not_put_again)
{
    bool fresh = false;
    begin_segments();
    make_alert();
    put_event();
    ck_assert(argot_store_alert(store, &alert, sources_of_alert, &fresh) && fresh);
    roll();
    put_event();
    roll();
    ck_assert(argot_store_alert(store, &alert, sources_of_alert, &fresh) && !fresh);
}
END_TEST

START_TEST(a_reader_puts_off_that_a_segment_is_closed)
{
    sqlite3 *reader;
    begin_segments();
    put_event();
    commit();
    ck_assert_int_eq(sqlite3_open(path, &reader), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(reader, "SELECT count(*) FROM events", NULL, NULL, NULL), SQLITE_OK);
    roll();
    put_event();
    commit();
    ck_assert_str_eq(query("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM segments)"), "2|0");
    sqlite3_close(reader);
    reopen();
    put_event();
    roll();
    ck_assert_str_eq(query("SELECT (SELECT count(*) FROM events), (SELECT last_event FROM segments)"), "0|3");
}
END_TEST

START_TEST(segments_that_are_old_or_too_many_are_given_up)
{
    char first[sizeof path];
    begin_segments();
    put_event();
    roll();
    closed(first, sizeof first);
    more.keep_bytes = 1;
    reopen();
    ck_assert_int_ne(access(first, F_OK), 0);
    ck_assert_str_eq(query("SELECT count(*) FROM segments"), "0");
    more.keep_bytes = 0;
    more.keep_events_ns = INT64_C(86400000000000) * 365 * 100;
    reopen();
    put_event();
    roll();
    ck_assert_str_eq(query("SELECT count(*) FROM segments"), "1");
    more.keep_events_ns = 1;
    it.event.time = INT64_MAX / 2; /* not this one */
    reopen();
    put_event();
    roll();
    ck_assert_str_eq(query("SELECT group_concat(first_event) FROM segments"), "3");
    ck_assert(argot_store_read(store, 1));
}
END_TEST

START_TEST(names_that_were_not_all_changed_are)
{
    char next[sizeof path + 8], name[sizeof path];
    begin_segments();
    put_event();
    roll();
    put_event();
    commit();
    argot_store_close(store);
    store = NULL;
    snprintf(next, sizeof next, "%s.new", path);
    /* The new one was not complete, or the names not yet changed. */
    FILE *file = fopen(next, "w");
    fputs("half", file);
    fclose(file);
    reopen();
    ck_assert_int_ne(access(next, F_OK), 0);
    ck_assert_str_eq(query("SELECT count(*) FROM events"), "1");
    argot_store_close(store);
    store = NULL;
    /* The old one has its name, the new one not yet. */
    ck_assert_int_eq(rename(path, next), 0);
    reopen();
    ck_assert_int_ne(access(next, F_OK), 0);
    ck_assert_str_eq(query("SELECT count(*) FROM events"), "1");
    closed(name, sizeof name);
    ck_assert_int_eq(access(name, F_OK), 0);
}
END_TEST

/* ---- who opens it while names change ---- */

static int turns; /* connections that are opened before names change; -1: they do not any more */

static int
change_names(sqlite3 *db, char **words, const struct sqlite3_api_routines *api)
{
    (void)db;
    (void)words;
    (void)api;
    if (turns < 0 || turns--)
        return SQLITE_OK;
    put_event();
    roll();
    put_event();
    commit();
    return SQLITE_OK;
}

static int
count_of(const char *name, const char *sql)
{
    char live[sizeof path];
    strcpy(live, path);
    snprintf(path, sizeof path, "%s", name);
    int count = atoi(query(sql));
    strcpy(path, live);
    return count;
}

START_TEST(who_opens_it_while_names_change_has_the_one_of_that_name)
{
    char file[sizeof path];
    size_t count;
    begin_segments();
    ck_assert_int_eq(sqlite3_auto_extension((void (*)(void))change_names), SQLITE_OK);
    turns = 0;
    struct argot_search *search = argot_search_open(argot_seam_system(), path, why, sizeof why);
    ck_assert_msg(search != NULL, "%s", why);
    ck_assert_ptr_nonnull(argot_search_sources(search, &count));
    argot_search_close(search);
    ck_assert_int_lt(turns, 0);
    /* Another run takes it over in that moment. */
    turns = 0;
    struct argot_store *other = open_with(argot_seam_system());
    ck_assert_msg(other != NULL, "%s", why);
    ck_assert_int_lt(turns, 0);
    sqlite3_cancel_auto_extension((void (*)(void))change_names);
    ck_assert_uint_eq(argot_store_next_event(other), 5);
    argot_store_close(other);
    ck_assert_str_eq(query("SELECT (SELECT count(*) FROM events), count(*) FROM segments"), "1|2");
    closed(file, sizeof file);
    ck_assert_int_eq(count_of(file, "SELECT count(*) FROM events"), 2);
    ck_assert_int_eq(count_of(file, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
}
END_TEST

START_TEST(a_store_that_is_removed_is_not_written_to)
{
    put_event();
    commit();
    ck_assert_int_eq(remove(path), 0);
    ck_assert(!argot_store_event(store, 1, &it.event, &id));
    ck_assert_ptr_nonnull(strstr(argot_store_problem(store), "was removed"));
    ck_assert(!argot_store_is_full(store));
    reopen();
    put_event();
    commit();
    ck_assert_str_eq(query("SELECT count(*) FROM events"), "1");
}
END_TEST

/* ---- indexes, made by somebody else ---- */

#define MANY 3000 /* events: more steps of SQLite's machine than between two looks whether it is to stop */
#define COUNT_INDEXES                                                                                                  \
    "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql LIKE '%source_ip IS NOT NULL%'"                   \
    " OR name IN ('events_user_name', 'events_host_name', 'events_event_type')"

static void (*held)(void *of);
static void *held_of;
static unsigned works;
static argot_time later; /* than it is */

static void
do_held(void)
{
    if (held)
        held(held_of);
    held = NULL;
}

static bool
hold(struct argot_store_aside *self, void (*work)(void *of), void *of)
{
    (void)self;
    ck_assert(!held);
    held = work;
    held_of = of;
    works++;
    return true;
}

static bool
is_over(struct argot_store_aside *self)
{
    (void)self;
    return !held;
}

static void
await(struct argot_store_aside *self)
{
    (void)self;
    do_held();
}

static argot_time
monotonic(struct argot_seam *self)
{
    (void)self;
    return argot_seam_system()->monotonic(argot_seam_system()) + later;
}

static struct argot_seam slow;

static void
begin_beside(void)
{
    static struct argot_store_aside aside = {.begin = hold, .is_over = is_over, .wait = await};
    more.segment_bytes = 1;
    more.aside = &aside;
    later = 0;
    slow = *argot_seam_system();
    slow.monotonic = monotonic;
    argot_store_close(store);
    store = open_with(&slow);
    ck_assert_msg(store != NULL, "%s", why);
}

START_TEST(indexes_are_made_while_a_run_goes_on)
{
    char first[sizeof path];
    begin_beside();
    put_event();
    roll();
    closed(first, sizeof first);
    ck_assert_uint_eq(works, 1);
    put_event();
    roll(); /* another one is closed, and waits for its turn */
    ck_assert_uint_eq(works, 1);
    ck_assert_str_eq(query("SELECT group_concat(indexed) FROM segments"), "0,0");
    ck_assert_int_eq(count_of(first, "SELECT count(*) FROM events"), 1);
    ck_assert_int_eq(count_of(first, COUNT_INDEXES), 0);
    do_held();
    ck_assert_int_eq(count_of(first, COUNT_INDEXES), 4);
    roll();
    ck_assert_uint_eq(works, 2);
    ck_assert_str_eq(query("SELECT group_concat(indexed) FROM segments"), "1,0");
    do_held();
    roll();
    ck_assert_str_eq(query("SELECT group_concat(indexed) FROM segments"), "1,1");
    roll();
    ck_assert_uint_eq(works, 2);
}
END_TEST

static void
check_finished(const char *file)
{
    char log[sizeof path + 8];
    snprintf(log, sizeof log, "%s-wal", file);
    ck_assert_str_eq(query("SELECT group_concat(indexed) FROM segments"), "1");
    ck_assert_int_eq(count_of(file, COUNT_INDEXES), 4);
    ck_assert_int_eq(count_of(file, "SELECT count(*) FROM events"), MANY);
    ck_assert_int_eq(count_of(file, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
    ck_assert_int_ne(access(log, F_OK), 0);
}

START_TEST(indexes_that_a_run_ended_before_are_made_by_the_next)
{
    char file[sizeof path];
    begin_beside();
    for (unsigned i = 0; i < MANY; i++)
        put_event();
    roll();
    closed(file, sizeof file);
    argot_store_close(store); /* which does not wait until it is done */
    store = NULL;
    ck_assert_str_eq(query("SELECT indexed FROM segments"), "0");
    ck_assert_int_lt(count_of(file, COUNT_INDEXES), 4);
    more.aside = NULL;
    reopen();
    check_finished(file);
}
END_TEST

static char crashed[sizeof path];

static void
copy_file(const char *from, const char *to)
{
    char bytes[4096];
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    ck_assert(in && out);
    for (size_t count; (count = fread(bytes, 1, sizeof bytes, in));)
        ck_assert_uint_eq(fwrite(bytes, 1, count, out), count);
    fclose(in);
    fclose(out);
}

/* The segment and its log as they are when the first index is in the log, and the second is about to be. */
static int
keep_files(void *db)
{
    char from[sizeof path + 8], to[sizeof path + 8];
    struct stat log;
    snprintf(from, sizeof from, "%s-wal", sqlite3_db_filename(db, "main"));
    if (*crashed || stat(from, &log) || !log.st_size)
        return 0;
    snprintf(crashed, sizeof crashed, "%s/crashed", folder);
    copy_file(sqlite3_db_filename(db, "main"), crashed);
    snprintf(to, sizeof to, "%s-wal", crashed);
    copy_file(from, to);
    return 0;
}

static int
hook(sqlite3 *db, char **text_of_error, const struct sqlite3_api_routines *api)
{
    (void)text_of_error;
    (void)api;
    (void)sqlite3_commit_hook(db, keep_files, db);
    return SQLITE_OK;
}

START_TEST(indexes_that_a_crash_cut_short_are_made_by_the_next)
{
    char file[sizeof path], from[sizeof path + 8], to[sizeof path + 8];
    begin_beside();
    for (unsigned i = 0; i < MANY; i++)
        put_event();
    roll();
    closed(file, sizeof file);
    *crashed = 0;
    ck_assert_int_eq(sqlite3_auto_extension((void (*)(void))hook), SQLITE_OK);
    do_held();
    sqlite3_cancel_auto_extension((void (*)(void))hook);
    ck_assert(*crashed);
    argot_store_close(store);
    store = NULL;
    snprintf(from, sizeof from, "%s-wal", crashed);
    snprintf(to, sizeof to, "%s-wal", file);
    ck_assert_int_eq(rename(crashed, file), 0);
    ck_assert_int_eq(rename(from, to), 0);
    query("UPDATE segments SET indexed = 0");
    more.aside = NULL;
    reopen();
    check_finished(file);
}
END_TEST

START_TEST(readers_of_a_segment_go_on_while_it_gets_its_indexes)
{
    char file[sizeof path];
    sqlite3 *reader;
    sqlite3_stmt *rows;
    begin_beside();
    for (unsigned i = 0; i < MANY; i++)
        put_event();
    roll();
    closed(file, sizeof file);
    ck_assert_int_eq(sqlite3_open_v2(file, &reader, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    do_held();
    ck_assert_int_eq(sqlite3_prepare_v2(reader, "SELECT id FROM events", -1, &rows, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(rows), SQLITE_ROW);
    /* It is in the way now: of the change to WAL mode. */
    query("UPDATE segments SET indexed = 0");
    argot_store_close(store);
    store = open_with(&slow);
    do_held();
    roll();
    ck_assert_str_eq(query("SELECT indexed FROM segments"), "0");
    unsigned before = works, count = 1;
    while (sqlite3_step(rows) == SQLITE_ROW)
        count++;
    ck_assert_uint_eq(count, MANY);
    sqlite3_finalize(rows);
    sqlite3_close(reader);
    roll();
    ck_assert_uint_eq(works, before); /* not at once */
    later = INT64_C(11000000000);
    roll();
    ck_assert_uint_eq(works, before + 1);
    do_held();
    roll();
    check_finished(file);
}
END_TEST

START_TEST(a_segment_that_is_given_up_gets_no_indexes)
{
    struct argot_store_given_up given_up;
    begin_beside();
    put_event();
    roll();
    ck_assert(held);
    ck_assert(argot_store_give_up_oldest(store, &given_up));
    ck_assert(!held);
    ck_assert_uint_eq(given_up.events, 1);
    ck_assert(argot_store_note_given_up(store, &given_up));
    ck_assert_str_eq(query("SELECT count(*) FROM segments"), "0");
}
END_TEST

START_TEST(a_segment_is_written_anew_while_a_run_goes_on)
{
    static const char raw_lines[] = "SELECT count(raw_line) FROM events";
    char file[sizeof path], next[sizeof path + 8];
    struct argot_buffer raw;
    argot_buffer_init(&raw, argot_seam_system());
    more.keep_raw_ns = 1;
    begin_beside();
    for (unsigned i = 0; i < MANY; i++)
        put_event();
    roll();
    closed(file, sizeof file);
    snprintf(next, sizeof next, "%s.new", file);
    do_held(); /* its indexes */
    roll();
    ck_assert(held);
    ck_assert(argot_store_raw(store, 1, &raw));
    ck_assert_uint_eq(raw.length, 10);
    argot_store_close(store); /* which does not wait until it is done */
    ck_assert_int_ne(access(next, F_OK), 0);
    ck_assert_int_eq(count_of(file, raw_lines), MANY);
    ck_assert_str_eq(query("SELECT raw FROM segments"), "1");
    store = open_with(&slow);
    roll();
    do_held();
    ck_assert_int_eq(count_of(file, raw_lines), MANY); /* until it has the name */
    roll();
    ck_assert_int_eq(count_of(file, raw_lines), 0);
    ck_assert_int_ne(access(next, F_OK), 0);
    ck_assert_str_eq(query("SELECT raw FROM segments"), "0");
    check_finished(file);
    argot_buffer_finish(&raw);
}
END_TEST

static unsigned opens_before_failure;

static int
open_until(struct argot_seam *self, const char *name, enum argot_open_how how)
{
    if (!opens_before_failure)
        return -EMFILE;
    opens_before_failure--;
    return argot_seam_system()->open(self, name, how);
}

START_TEST(names_are_not_changed_where_it_cannot_be_told_what_is_there)
{
    char next[sizeof path + 8];
    struct argot_seam seam = *argot_seam_system();
    seam.open = open_until;
    begin_segments();
    put_event();
    roll();
    put_event();
    commit();
    argot_store_close(store);
    store = NULL;
    snprintf(next, sizeof next, "%s.new", path);
    ck_assert_int_eq(rename(path, next), 0);
    for (unsigned opens = 0; opens < 2; opens++) {
        opens_before_failure = opens;
        ck_assert_ptr_null(open_with(&seam));
        ck_assert_ptr_nonnull(strstr(why, "cannot be looked at: Too many open files"));
    }
    ck_assert_int_eq(access(next, F_OK), 0);
    reopen();
    ck_assert_str_eq(query("SELECT count(*) FROM events"), "1");
    argot_store_close(store);
    opens_before_failure = UINT_MAX;
    store = open_with(&seam);
    put_event();
    commit();
    opens_before_failure = 0; /* nor is a name sought for ever that is not taken */
    ck_assert(!argot_store_roll(store));
    argot_store_close(store);
    store = NULL;
}
END_TEST

/* An alert of a record that waits in the closed segment. */
static bool
put_alert_of(uint64_t record)
{
    static const uint32_t ids[] = {1};
    bool fresh;
    make_alert();
    causes[1].identity = (struct argot_identity){.record = record};
    alert.causes = &causes[1];
    alert.ncauses = 1;
    return argot_store_alert(store, &alert, ids, &fresh);
}

START_TEST(a_segment_that_cannot_be_read_now_is_not_passed_over)
{
    static const struct argot_store_policy matched = {.events = ARGOT_STORE_KEEP_MATCHED};
    struct argot_store_row row;
    char name[sizeof path], aside[sizeof path + 8];
    more.npolicies = 1;
    more.policies = &matched;
    begin_segments();
    it.event.record = 1;
    put_event();
    roll();
    closed(name, sizeof name);
    snprintf(aside, sizeof aside, "%s.aside", name);
    ck_assert_int_eq(rename(name, aside), 0);
    ck_assert_int_eq(mkdir(name, 0700), 0);
    ck_assert(!put_alert_of(1));
    ck_assert_ptr_nonnull(strstr(argot_store_problem(store), name));
    ck_assert(!argot_store_read(store, 1));
    ck_assert_str_eq(query("SELECT count(*) FROM alerts"), "0");
    ck_assert_int_eq(rmdir(name), 0);
    if (_i == 0)
        ck_assert_int_eq(rename(aside, name), 0);
    reopen();
    ck_assert(put_alert_of(1));
    commit();
    ck_assert_str_eq(query("SELECT count(*) FROM alerts"), "1");
    ck_assert_str_eq(query("SELECT count(*) FROM events"), _i == 0 ? "1" : "0"); /* with one that is gone it is, too */
    ck_assert(argot_store_read(store, 1));
    ck_assert(argot_store_next(store, &row) == (_i == 0));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store_segment");
    TCase *cases = tcase_create("store_segment");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, a_segment_that_is_large_is_closed);
    tcase_add_test(cases, a_segment_without_events_is_not_closed);
    tcase_add_test(cases, segments_are_read_as_one);
    tcase_add_test(cases, an_alert_of_a_closed_segment_is_not_put_again);
    tcase_add_test(cases, a_reader_puts_off_that_a_segment_is_closed);
    tcase_add_test(cases, segments_that_are_old_or_too_many_are_given_up);
    tcase_add_test(cases, names_that_were_not_all_changed_are);
    tcase_add_test(cases, who_opens_it_while_names_change_has_the_one_of_that_name);
    tcase_add_test(cases, a_store_that_is_removed_is_not_written_to);
    tcase_add_test(cases, indexes_are_made_while_a_run_goes_on);
    tcase_add_test(cases, indexes_that_a_run_ended_before_are_made_by_the_next);
    tcase_add_test(cases, indexes_that_a_crash_cut_short_are_made_by_the_next);
    tcase_add_test(cases, readers_of_a_segment_go_on_while_it_gets_its_indexes);
    tcase_add_test(cases, a_segment_that_is_given_up_gets_no_indexes);
    tcase_add_test(cases, a_segment_is_written_anew_while_a_run_goes_on);
    tcase_add_test(cases, names_are_not_changed_where_it_cannot_be_told_what_is_there);
    tcase_add_loop_test(cases, a_segment_that_cannot_be_read_now_is_not_passed_over, 0, 2);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
#else
#include "no_store.h"
#endif
