/* SPDX-License-Identifier: Apache-2.0
 * The store: what stands in its columns as another program reads them, what a commit keeps and a crash does not, alerts
 * that are there once, files that are no stores of this argot, memory that runs out. */
#ifdef ARGOT_WITH_SQLITE
#include "store_fixture.h"
#include <sys/stat.h>
#include "test_seam.h"

/* ---- events ---- */

START_TEST(columns_have_values_of_their_types)
{
    put_event();
    commit();
    ck_assert_str_eq(query("SELECT id, source, record, line, part, event_time, event_ingest_time, format_name,"
                           " hex(source_ip), source_port, typeof(source_port), user_name, hex(raw_line), extra,"
                           " typeof(event_type) FROM events"),
                     "1|1|7|9|0|1772532001000000000|1772532003000000000|sshd/3|C0000201|40022|integer|root|"
                     "726177202274657874"
                     "22|NULL|integer");
}
END_TEST

START_TEST(the_view_is_for_people)
{
    struct argot_store_source source = {.name = "/var/log/auth.log", .path = "/var/log/auth.log"};
    it.event.time += 120000000;
    *case_slot(&it, "destination_ip") = (struct argot_slot){.ip = {0x20, 1, 0x0d, 0xb8, [15] = 1}};
    ck_assert(argot_store_add_source(store, &source));
    put_event();
    commit();
    ck_assert_str_eq(query("SELECT source, event_time, event_type, event_outcome, source_ip, destination_ip, raw_line"
                           " FROM events_readable"),
                     "/var/log/auth.log|2026-03-03T10:00:01.12Z|AUTH_LOGIN|failure|192.0.2.1|"
                     "2001:0db8:0000:0000:0000:0000:0000:0001|raw \"text\"");
}
END_TEST

START_TEST(networks_and_times_are_found_by_an_index)
{
    put_event();
    commit();
    ck_assert_ptr_nonnull(strstr(query("EXPLAIN QUERY PLAN SELECT * FROM events WHERE event_time > 5"), "INDEX"));
    ck_assert_str_eq(query("SELECT count(*) FROM events WHERE source_ip BETWEEN x'C0000200' AND x'C00002FF' AND"
                           " length(source_ip) = 4"),
                     "1");
}
END_TEST

START_TEST(slots_without_value_are_null_again)
{
    put_event();
    it.event.present = 0;
    put_event();
    commit();
    ck_assert_str_eq(query("SELECT user_name, source_ip IS NULL FROM events ORDER BY id"), "root|0\nNULL|1");
}
END_TEST

START_TEST(text_is_utf8_and_the_record_is_as_it_came)
{
    *case_slot(&it, "file_path") = case_bytes("a\xff\0b\xc3\xa9", 6);
    it.event.raw = (struct argot_slice){(const uint8_t *)"\xff\0", 2};
    put_event();
    commit();
    ck_assert_uint_eq(argot_store_replaced(store), 2);
    ck_assert_str_eq(query("SELECT hex(file_path), hex(raw_line) FROM events"), "61EFBFBDEFBFBD62C3A9|FF00");
}
END_TEST

START_TEST(what_no_column_takes_goes_to_extra)
{
    *case_slot(&it, "source_bytes") = (struct argot_slot){.u64 = UINT64_MAX};
    case_extra(&it, "a \"b\"", ARGOT_TYPE_STRING, case_text("x"));
    put_event();
    commit();
    ck_assert_str_eq(query("SELECT source_bytes, json_extract(extra, '$.\"a \\\"b\\\"\"') IS NULL, extra FROM events"),
                     "NULL|1|{\"source_bytes\":18446744073709551615,\"a \\\"b\\\"\":\"x\"}");
}
END_TEST

START_TEST(lists_are_json_and_macs_text)
{
    static const struct argot_slot items[] = {{.text = {(const uint8_t *)"a", 1, 0}},
                                              {.text = {(const uint8_t *)"b\"", 2, 0}}};
    *case_slot(&it, "process_args") = (struct argot_slot){.list = {.items = items, .count = 2}};
    *case_slot(&it, "source_mac") = (struct argot_slot){.u64 = 0x0a0b0c0d0e0f};
    put_event();
    commit();
    ck_assert_str_eq(query("SELECT process_args, source_mac FROM events"), "[\"a\",\"b\\\"\"]|0a:0b:0c:0d:0e:0f");
}
END_TEST

START_TEST(a_split_record_is_kept_once)
{
    put_event();
    it.event.part = 1;
    put_event();
    commit();
    ck_assert_str_eq(query("SELECT part, raw_line IS NULL FROM events ORDER BY id"), "0|0\n1|1");
}
END_TEST

START_TEST(a_shape_that_came_anew_has_its_own_columns)
{
    struct case_event other;
    case_init(&other);
    *case_slot(&other, "message") = case_text("hello");
    put_event();
    ck_assert(argot_store_event(store, 1, &other.event, &id) && argot_store_flush(store)); /* the same number */
    argot_store_forget_shapes(store);
    put_event();
    commit();
    ck_assert_str_eq(query("SELECT user_name, message FROM events ORDER BY id"), "root|NULL\nNULL|hello\nroot|NULL");
}
END_TEST

/* ---- transactions ---- */

START_TEST(what_was_not_committed_is_gone_as_a_whole)
{
    struct argot_store_source source = {.name = "a", .path = "a", .position = {.record = 1, .line = 1}};
    struct argot_letter letter = {.reason = ARGOT_LETTER_NO_FORMAT, .record = 4, .raw = {(const uint8_t *)"x", 1}};
    size_t count;
    ck_assert(argot_store_add_source(store, &source));
    put_event();
    commit();
    source.position.offset = 100;
    put_event();
    ck_assert(argot_store_letter(store, 1, CASE_TIME, &letter));
    ck_assert(argot_store_put_source(store, &source));
    ck_assert_uint_eq(argot_store_pending(store), 2);
    reopen();
    ck_assert_str_eq(query("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM dead_letters)"), "1|0");
    const struct argot_store_source *sources = argot_store_sources(store, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(sources[0].position.offset, 0);
    put_event();
    ck_assert_uint_eq(id, 2);
}
END_TEST

START_TEST(sources_come_back_as_they_were)
{
    struct argot_store_source source = {.name = "log#2",
                                        .path = "log",
                                        .file = true,
                                        .device = UINT64_MAX,
                                        .inode = 77,
                                        .fingerprint_bytes = 9,
                                        .fingerprint = {1, 2, [15] = 3},
                                        .position = {1000, 11, 12, 3, 4},
                                        .counts = {20, 21, 22, 23, 24}};
    size_t count;
    ck_assert(argot_store_add_source(store, &source));
    ck_assert_uint_eq(source.id, 1);
    source.ended = true;
    source.size_bytes = 1000;
    source.ended_before = 8;
    ck_assert(argot_store_put_source(store, &source));
    commit();
    reopen();
    const struct argot_store_source *back = argot_store_sources(store, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(back->name, "log#2");
    ck_assert_str_eq(back->path, "log");
    ck_assert(back->file && back->ended);
    ck_assert_uint_eq(back->device, UINT64_MAX);
    ck_assert_uint_eq(back->inode, 77);
    ck_assert_uint_eq(back->fingerprint_bytes, 9);
    ck_assert_mem_eq(back->fingerprint, source.fingerprint, sizeof source.fingerprint);
    ck_assert_mem_eq(&back->position.offset, &source.position.offset, 24);
    ck_assert_uint_eq(back->position.part, 3);
    ck_assert_uint_eq(back->position.pieces, 4);
    ck_assert_mem_eq(&back->counts, &source.counts, sizeof source.counts);
    ck_assert_uint_eq(back->size_bytes, 1000);
    ck_assert_uint_eq(back->ended_before, 8);
}
END_TEST

START_TEST(numbers_are_kept_by_name)
{
    int64_t number;
    ck_assert(argot_store_number(store, "a", -7, &number));
    ck_assert_int_eq(number, -7);
    ck_assert(argot_store_put_number(store, "a", INT64_MIN));
    commit();
    reopen();
    ck_assert(argot_store_number(store, "a", 0, &number));
    ck_assert(number == INT64_MIN);
}
END_TEST

START_TEST(letters_have_what_mends_a_format)
{
    struct argot_letter letter = {.reason = ARGOT_LETTER_BAD_VALUE,
                                  .format = "sshd",
                                  .offset = 12,
                                  .expected = "a port",
                                  .field = "source_port",
                                  .value = {(const uint8_t *)"70000", 5},
                                  .record = 4,
                                  .line = 5,
                                  .raw = {(const uint8_t *)"a\0b", 3}};
    ck_assert(argot_store_letter(store, 2, CASE_TIME, &letter));
    commit();
    ck_assert_str_eq(
        query("SELECT source, record, line, piece, event_ingest_time, reason, format, \"offset\", expected,"
              " field, hex(value), hex(raw_line) FROM dead_letters"),
        "2|4|5|0|1772532001000000000|bad_value|sshd|12|a port|source_port|3730303030|610062");
}
END_TEST

START_TEST(another_program_that_opens_it_takes_it_over)
{
    put_event();
    commit();
    struct argot_store *second = open_with(argot_seam_system());
    ck_assert_msg(second != NULL, "%s", why);
    ck_assert(!argot_store_event(store, 1, &it.event, &id));
    ck_assert_str_eq(argot_store_problem(store), "another argot has taken it over");
    ck_assert(argot_store_event(second, 1, &it.event, &id));
    ck_assert(argot_store_commit(second));
    argot_store_close(second);
    ck_assert_str_eq(query("SELECT count(*) FROM events"), "2");
}
END_TEST

/* ---- alerts ---- */

START_TEST(an_alert_has_its_causes_as_a_tree)
{
    bool fresh = false;
    make_alert();
    ck_assert(argot_store_alert(store, &alert, sources_of_alert, &fresh));
    ck_assert(fresh);
    commit();
    ck_assert_str_eq(query("SELECT alert_id, source, record, part, count, first_time, last_time, tags, collected,"
                           " event_time, message, hex(source_ip), extra FROM alerts"),
                     "010000000000000000000000000000ab|41|9|0|3|1|2|[\"attack.t1110\",\"a\\\"b\"]|"
                     "{\"user_name\":[\"r\"],\"extra.x y\":[\"r\"]}|1772532001000000000|boo|C0000201|NULL");
    ck_assert_str_eq(query("SELECT number, inside, event_time, source, record, part, format, cause_rule_name,"
                           " substr(cause_alert_id, 1, 4), CAST(raw_line AS TEXT) FROM alert_causes ORDER BY number"),
                     "1|NULL|6|42|3|2|NULL|below|0200|NULL\n2|1|5|42|3|2|sshd|NULL|NULL|line\n"
                     "3|NULL|7|41|9|0|sshd|NULL|NULL|NULL");
}
END_TEST

START_TEST(an_alert_that_is_there_is_not_put_again)
{
    bool fresh = false;
    make_alert();
    ck_assert(argot_store_alert(store, &alert, sources_of_alert, &fresh));
    alert.count = 9;
    ck_assert(argot_store_alert(store, &alert, sources_of_alert, &fresh));
    ck_assert(!fresh);
    alert.id[3] = 1;
    ck_assert(argot_store_alert(store, &alert, sources_of_alert, &fresh));
    ck_assert(fresh);
    commit();
    ck_assert_str_eq(query("SELECT (SELECT group_concat(count) FROM alerts), (SELECT count(*) FROM alert_causes)"),
                     "3,9|6");
}
END_TEST

/* ---- reading ---- */

START_TEST(events_are_read_in_their_order_and_raw_lines_by_id)
{
    struct argot_store_row row;
    struct argot_buffer raw;
    put_event();
    it.event.time -= 10;
    it.event.raw = (struct argot_slice){(const uint8_t *)"", 0};
    put_event();
    it.event.part = 2;
    it.event.time += 20;
    put_event();
    ck_assert(argot_store_read(store, 0));
    ck_assert(argot_store_next(store, &row));
    ck_assert_uint_eq(row.id, 1);
    ck_assert_uint_eq(row.record, 7);
    ck_assert_uint_eq(row.line, 9);
    ck_assert_int_eq(row.received, CASE_TIME + 2000000000);
    ck_assert_uint_eq(row.raw.length, 10);
    ck_assert(argot_store_next(store, &row));
    ck_assert(row.raw.at && !row.raw.length && row.time == CASE_TIME - 10);
    ck_assert(argot_store_next(store, &row));
    ck_assert(!row.raw.at && row.part == 2);
    ck_assert(!argot_store_next(store, &row));
    ck_assert_str_eq(argot_store_problem(store), "");
    argot_store_end_read(store);
    ck_assert(argot_store_read(store, 3));
    ck_assert(argot_store_next(store, &row) && row.id == 3);
    argot_store_end_read(store);

    argot_buffer_init(&raw, argot_seam_system());
    ck_assert(argot_store_raw(store, 1, &raw));
    ck_assert_mem_eq(raw.bytes, "raw \"text\"", 10);
    raw.length = 0;
    ck_assert(argot_store_raw(store, 3, &raw) && argot_store_raw(store, 99, &raw));
    ck_assert_uint_eq(raw.length, 0);
    argot_buffer_finish(&raw);
}
END_TEST

/* ---- other files ---- */

static void
expect_refusal(const char *words)
{
    argot_store_close(store);
    store = open_with(argot_seam_system());
    ck_assert_ptr_null(store);
    ck_assert_msg(strstr(why, words) != NULL, "%s", why);
}

START_TEST(a_newer_store_is_left_alone)
{
    query("PRAGMA user_version = 99");
    expect_refusal("is of a newer argot: its tables are version 99, this one knows 2");
}
END_TEST

START_TEST(a_database_of_another_program_is_left_alone)
{
    query("PRAGMA application_id = 7");
    expect_refusal("is a SQLite database of another program");
    ck_assert_str_eq(query("PRAGMA application_id"), "7");
}
END_TEST

START_TEST(a_file_that_is_no_database_is_left_alone)
{
    argot_store_close(store);
    store = NULL;
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 1000; i++)
        fputs("not a database\n", file);
    fclose(file);
    expect_refusal("the file is not a SQLite database");
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_told)
{
    argot_store_close(store);
    store = NULL;
    char kept[sizeof path];
    strcpy(kept, path);
    snprintf(path, sizeof path, "%s/no/events.db", folder);
    ck_assert_ptr_null(open_with(argot_seam_system()));
    ck_assert_str_eq(why, "cannot be opened: the folder is not there: make it first");
    strcpy(path, kept);
}
END_TEST

/* As a schema that grew would find it. */
START_TEST(fields_that_are_new_get_their_columns)
{
    put_event();
    commit();
    query("DROP VIEW events_readable");
    query("ALTER TABLE events DROP COLUMN user_name");
    query("DELETE FROM enums WHERE field = 'event_outcome'");
    reopen();
    put_event();
    commit();
    ck_assert_str_eq(query("SELECT user_name, event_outcome FROM events_readable ORDER BY id"),
                     "NULL|failure\nroot|failure");
}
END_TEST

/* A store as the first version made it; every later one has to open it. */
START_TEST(a_store_of_version_1_is_opened)
{
    size_t count, length;
    char *sql, *error = NULL;
    sqlite3 *db;
    argot_store_close(store);
    store = NULL;
    remove(path);
    ck_assert_int_eq(argot_seam_read_file(argot_seam_system(), getenv("ARGOT_STORE_1"), 1 << 20, &sql, &length), 0);
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &error) == SQLITE_OK, "%s", error);
    sqlite3_close(db);
    argot_seam_system()->release(argot_seam_system(), sql);
    reopen();
    const struct argot_store_source *sources = argot_store_sources(store, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(sources->name, "/var/log/auth.log");
    put_event();
    commit();
    ck_assert_uint_eq(id, 2);
    ck_assert_str_eq(query("SELECT id, event_type, user_name FROM events_readable ORDER BY id"),
                     "1|AUTH_LOGIN|root\n2|AUTH_LOGIN|root");
    ck_assert_str_eq(query("SELECT (SELECT count(*) FROM alerts), (SELECT count(*) FROM alert_causes), (SELECT count(*)"
                           " FROM dead_letters), (SELECT user_version FROM pragma_user_version)"),
                     "1|3|1|2");
    ck_assert_str_eq(query("SELECT count(*) FROM messages"), "0");
}
END_TEST

/* ---- messages that wait ---- */

static const uint64_t nothing_skipped[ARGOT_STORE_MESSAGES_SKIPPED];

static void
put_message(uint64_t number, const char *output, const char *name, bool held)
{
    struct argot_store_message message = {number, output, name, held, {(const uint8_t *)name, (uint32_t)strlen(name)}};
    ck_assert(argot_store_put_message(store, &message));
}

static const char *
next_message(const char *output, uint64_t up_to, const uint64_t *skipped)
{
    static struct argot_store_message message;
    bool there;
    ck_assert(argot_store_next_message(store, output, up_to, skipped, &message, &there));
    if (there)
        ck_assert(message.text.length == strlen(message.name) &&
                  !memcmp(message.text.at, message.name, message.text.length));
    return there ? message.name : "";
}

START_TEST(messages_wait_until_they_are_dropped)
{
    uint64_t last, count, bytes;
    ck_assert(argot_store_begin_messages(store, &last));
    ck_assert_uint_eq(last, 0);
    put_message(1, "a", "first", false);
    put_message(2, "b", "other", false);
    put_message(3, "a", "held", true);
    put_message(4, "a", "last", false);
    ck_assert_str_eq(next_message("a", 4, nothing_skipped), "first");
    ck_assert_str_eq(next_message("a", 4, (const uint64_t[]){1, 0, 0, 0}), "last");
    ck_assert_str_eq(next_message("a", 3, (const uint64_t[]){1, 0, 0, 0}), "");
    commit();
    reopen();
    ck_assert(argot_store_begin_messages(store, &last)); /* nobody holds it now */
    ck_assert_uint_eq(last, 4);
    ck_assert(argot_store_drop_message(store, 1));
    ck_assert_str_eq(next_message("a", 4, nothing_skipped), "held");
    put_message(3, "a", "anew", false);
    ck_assert_str_eq(next_message("a", 4, nothing_skipped), "anew");
    ck_assert(argot_store_count_messages(store, "a", &count, &bytes));
    ck_assert(count == 2 && bytes == 8);
    ck_assert(argot_store_drop_messages(store, (const char *const[]){"b"}, 1, &count));
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(next_message("b", 4, nothing_skipped), "other");
}
END_TEST

/* ---- the log ---- */

#define LOG_BYTES ((uint64_t)4 << 20) /* from where on readers are waited for, for the smallest segments */

static uint64_t
log_file_bytes(void)
{
    struct stat status;
    char name[320];
    snprintf(name, sizeof name, "%s-wal", path);
    ck_assert_int_eq(stat(name, &status), 0);
    return (uint64_t)status.st_size;
}

/* An event with a record of 64 KiB. */
static void
commit_large(void)
{
    static const uint8_t large[1 << 16];
    it.event.raw = (struct argot_slice){large, sizeof large};
    put_event();
    commit();
}

START_TEST(a_log_that_a_reader_holds_is_counted_and_begins_anew_behind_it)
{
    sqlite3 *reader;
    more.segment_bytes = 1 << 20;
    reopen();
    commit_large();
    ck_assert_int_eq(sqlite3_open_v2(path, &reader, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM events", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_uint_eq(argot_store_log(store).held, 0);
    for (size_t i = 0; i < 100; i++)
        commit_large();
    struct argot_store_log log = argot_store_log(store);
    ck_assert_uint_gt(log.bytes, LOG_BYTES);
    ck_assert_uint_ge(log.held, 1);
    ck_assert_uint_ge(log_file_bytes(), log.bytes);
    sqlite3_close(reader);
    for (size_t i = 0; i < 2; i++)
        commit_large();
    log = argot_store_log(store);
    ck_assert_uint_lt(log.bytes, LOG_BYTES / 4);
    ck_assert_uint_eq(log.held, 0);
    ck_assert_uint_le(log_file_bytes(), LOG_BYTES);
}
END_TEST

/* ---- memory that runs out ---- */

static bool
use(struct argot_seam *seam)
{
    struct argot_letter letter = {.reason = ARGOT_LETTER_NO_FORMAT, .raw = {(const uint8_t *)"x", 1}};
    bool fresh;
    size_t count;
    struct argot_store *it_fails = open_with(seam);
    if (!it_fails)
        return false;
    bool good = argot_store_event(it_fails, 1, &it.event, &id) && argot_store_letter(it_fails, 1, 0, &letter) &&
                argot_store_alert(it_fails, &alert, sources_of_alert, &fresh) &&
                argot_store_sources(it_fails, &count) && argot_store_commit(it_fails);
    argot_store_close(it_fails);
    return good;
}

START_TEST(memory_that_runs_out_commits_nothing_half)
{
    struct argot_test_seam seam;
    bool good = false;
    make_alert();
    case_extra(&it, "k", ARGOT_TYPE_STRING, case_text("v"));
    *case_slot(&it, "file_path") = case_text("\xff");
    for (uint64_t fail = 1; !good; fail++) {
        argot_test_seam_init(&seam);
        seam.fail_allocation = fail;
        good = use(&seam.seam);
        ck_assert_uint_eq(seam.live_blocks, 0);
        argot_test_seam_finish(&seam);
        ck_assert_str_eq(query("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM dead_letters), (SELECT"
                               " count(*) FROM alerts)"),
                         good ? "1|1|1" : "0|0|0");
    }
    ck_assert_str_eq(query("SELECT extra FROM events"), "{\"k\":\"v\"}");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store");
    TCase *cases = tcase_create("store");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, columns_have_values_of_their_types);
    tcase_add_test(cases, the_view_is_for_people);
    tcase_add_test(cases, networks_and_times_are_found_by_an_index);
    tcase_add_test(cases, slots_without_value_are_null_again);
    tcase_add_test(cases, text_is_utf8_and_the_record_is_as_it_came);
    tcase_add_test(cases, what_no_column_takes_goes_to_extra);
    tcase_add_test(cases, lists_are_json_and_macs_text);
    tcase_add_test(cases, a_split_record_is_kept_once);
    tcase_add_test(cases, a_shape_that_came_anew_has_its_own_columns);
    tcase_add_test(cases, what_was_not_committed_is_gone_as_a_whole);
    tcase_add_test(cases, sources_come_back_as_they_were);
    tcase_add_test(cases, numbers_are_kept_by_name);
    tcase_add_test(cases, letters_have_what_mends_a_format);
    tcase_add_test(cases, another_program_that_opens_it_takes_it_over);
    tcase_add_test(cases, an_alert_has_its_causes_as_a_tree);
    tcase_add_test(cases, an_alert_that_is_there_is_not_put_again);
    tcase_add_test(cases, events_are_read_in_their_order_and_raw_lines_by_id);
    tcase_add_test(cases, a_newer_store_is_left_alone);
    tcase_add_test(cases, a_database_of_another_program_is_left_alone);
    tcase_add_test(cases, a_file_that_is_no_database_is_left_alone);
    tcase_add_test(cases, a_folder_that_is_not_there_is_told);
    tcase_add_test(cases, fields_that_are_new_get_their_columns);
    tcase_add_test(cases, a_store_of_version_1_is_opened);
    tcase_add_test(cases, messages_wait_until_they_are_dropped);
    tcase_add_test(cases, a_log_that_a_reader_holds_is_counted_and_begins_anew_behind_it);
    tcase_add_test(cases, memory_that_runs_out_commits_nothing_half);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
#else
#include "no_store.h"
#endif
