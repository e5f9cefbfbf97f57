/* SPDX-License-Identifier: Apache-2.0
 * A store in a folder of its own, an event and an alert to put there, and what another program reads of it. */
#pragma once
#include "output_cases.h"
#include "store/store.h"
#include "test_case.h"
#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

static struct argot_store_options more; /* beside seam and path */
static char folder[256], path[300], why[ARGOT_STORE_PROBLEM_BYTES], *text;
static struct argot_store *store;
static struct case_event it;
static uint64_t id;

static inline struct argot_store *
open_with(struct argot_seam *seam)
{
    struct argot_store_options options = more;
    options.seam = seam;
    options.path = path;
    return argot_store_open(&options, why, sizeof why);
}

static inline void
reopen(void)
{
    argot_store_close(store);
    store = open_with(argot_seam_system());
    ck_assert_msg(store != NULL, "%s", why);
}

static inline void
set_up(void)
{
    const char *temporary = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/argot-store-XXXXXX", temporary ? temporary : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/events.db", folder);
    store = NULL;
    text = NULL;
    more = (struct argot_store_options){0};
    reopen();
    case_login(&it);
}

static inline void
tear_down(void)
{
    argot_store_close(store);
    store = NULL;
    DIR *entries = opendir(folder);
    for (struct dirent *entry; (entry = readdir(entries));) {
        char name[600];
        snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            remove(name);
    }
    closedir(entries);
    rmdir(folder);
    free(text);
}

/* What another program reads: values with a bar between them, rows with a newline. */
static inline const char *
query(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    size_t length = 0;
    free(text);
    text = calloc(1, 1 << 16);
    ck_assert_int_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *value = (const char *)sqlite3_column_text(statement, i);
            length += (size_t)sprintf(text + length, "%s%s", i ? "|" : length ? "\n" : "", value ? value : "NULL");
        }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return text;
}

/* Tests change `it` afterwards. */
static inline void
put_event(void)
{
    ck_assert_msg(argot_store_event(store, 1, &it.event, &id) && argot_store_flush(store), "%s",
                  argot_store_problem(store));
}

static inline void
commit(void)
{
    ck_assert_msg(argot_store_commit(store), "%s", argot_store_problem(store));
    ck_assert_uint_eq(argot_store_pending(store), 0);
}

/* ---- alerts ---- */

static struct argot_alert alert, below;
static struct argot_alert_field fields[4];
static struct argot_cause causes[2], causes_below[1];

static inline void
make_alert(void)
{
    static const char *const tags[] = {"attack.t1110", "a\"b"};
    static const struct argot_extra values[] = {
        {.type = ARGOT_TYPE_STRING, .value = {.text = {(const uint8_t *)"r", 1, 0}}}};
    static struct argot_alert_values collected[2];
    collected[0] = (struct argot_alert_values){.field = case_field("user_name"), .count = 1, .values = values};
    collected[1] = (struct argot_alert_values){.name = "x y", .count = 1, .values = values};
    fields[0] = (struct argot_alert_field){case_field("event_type"), case_enum("event_type", "CORRELATION_ALERT")};
    fields[1] = (struct argot_alert_field){case_field("event_time"), {.i64 = CASE_TIME}};
    fields[2] = (struct argot_alert_field){case_field("message"), case_text("boo")};
    fields[3] = (struct argot_alert_field){case_field("source_ip"), case_ipv4(192, 0, 2, 1)};
    causes_below[0] =
        (struct argot_cause){.time = 5, .identity = {1, 2, 3}, .format = "sshd", .raw = {(const uint8_t *)"line", 4}};
    below = (struct argot_alert){.rule_name = "below", .id = {2}, .ncauses = 1, .causes = causes_below};
    causes[0] = (struct argot_cause){.time = 6, .identity = {1, 2, 3}, .alert = &below};
    causes[1] = (struct argot_cause){.time = 7, .identity = {0, 0, 9}, .format = "sshd"};
    alert = (struct argot_alert){.rule_name = "r",
                                 .time = CASE_TIME,
                                 .identity = {0, 0, 9},
                                 .id = {1, [15] = 0xab},
                                 .count = 3,
                                 .first_time = 1,
                                 .last_time = 2,
                                 .nfields = COUNT(fields),
                                 .fields = fields,
                                 .ntags = 2,
                                 .tags = tags,
                                 .nvalues = 2,
                                 .values = collected,
                                 .ncauses = 2,
                                 .causes = causes};
}

static const uint32_t sources_of_alert[] = {41, 42};
