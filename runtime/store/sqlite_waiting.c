/* SPDX-License-Identifier: Apache-2.0
 * What a policy does not keep, and a run that goes on needs all the same: its rules must know what they knew. Such
 * events, and records of events that are kept without them, wait in a table of their own, until newer ones have come
 * and no rule can name them any more; those that an alert names become events. */
#include "store/sqlite.h"
#include <string.h>

/* The oldest that may be named still ends the look, which so costs what is given up. */
#define FORGET                                                                                                         \
    "DELETE FROM waiting WHERE id < min(?1, coalesce((SELECT id FROM waiting WHERE id < ?1 AND event_time BETWEEN ?2"  \
    " AND ?3 ORDER BY id LIMIT 1), ?1))"
/* Of some there is only the record. */
#define WHOLE "source = ?1 AND record = ?2 AND format_name IS NOT NULL"
#define OF_RECORD "SELECT * FROM waiting WHERE " WHOLE
#define PART 4 /* its column there */
#define BEGINS "SELECT 1 FROM waiting WHERE source = ?1 AND record = ?2 AND part = 0"

/* ---- policies ---- */

const struct argot_store_policy *
argot_sqlite_policy(const struct argot_sqlite *sqlite, const char *format)
{
    return argot_store_policy_of(sqlite->options.policies, sqlite->options.npolicies, format);
}

static bool
keeps_all(const struct argot_sqlite *sqlite)
{
    for (size_t i = 0; i < sqlite->options.npolicies; i++)
        if (sqlite->options.policies[i].events != ARGOT_STORE_KEEP_ALL ||
            sqlite->options.policies[i].raw != ARGOT_STORE_RAW_ALL)
            return false;
    return true;
}

bool
argot_sqlite_know_waiting(struct argot_sqlite *sqlite)
{
    int64_t there;
    if (!argot_sqlite_number(sqlite, "SELECT EXISTS (SELECT 1 FROM waiting)", &there))
        return false;
    sqlite->partial = !keeps_all(sqlite);
    sqlite->waits = there || sqlite->partial;
    return !sqlite->partial ||
           (argot_sqlite_put_number(&sqlite->store, ARGOT_SQLITE_PARTIAL, 1) && argot_sqlite_commit(&sqlite->store));
}

/* ---- named by an alert ---- */

static sqlite3_stmt *
statement_of_live(struct argot_sqlite *sqlite)
{
    struct argot_buffer *sql = &sqlite->text;
    if (sqlite->statements[ARGOT_SQLITE_NAME])
        return sqlite->statements[ARGOT_SQLITE_NAME];
    sql->length = 0;
    argot_buffer_append_text(sql, "INSERT OR IGNORE INTO events (");
    argot_sqlite_event_columns(sql);
    argot_buffer_append_text(sql, ", raw_line) SELECT ");
    argot_sqlite_event_columns(sql);
    argot_buffer_printf(sql, ", CASE WHEN ?3 THEN raw_line END FROM waiting WHERE " WHOLE "%c", 0);
    if (!sql->failed)
        return argot_sqlite_statement(sqlite, ARGOT_SQLITE_NAME, (const char *)sql->bytes);
    argot_sqlite_no_memory(sqlite);
    return NULL;
}

/* NULL after a failure. The columns are those that the segment has, and the live one has all of them. */
static sqlite3_stmt *
insert_for(struct argot_sqlite *sqlite, sqlite3_stmt *select)
{
    struct argot_buffer *sql = &sqlite->text;
    sqlite3_stmt *insert = NULL;
    int count = sqlite3_column_count(select);
    sql->length = 0;
    argot_buffer_append_text(sql, "INSERT OR IGNORE INTO events (");
    for (int i = 0; i < count; i++)
        argot_buffer_printf(sql, "%s%s", i ? ", " : "", sqlite3_column_name(select, i));
    argot_buffer_append_text(sql, ") VALUES (?");
    for (int i = 1; i < count; i++)
        argot_buffer_append_text(sql, ", ?");
    argot_buffer_append(sql, ")", 2);
    if (sql->failed)
        argot_sqlite_no_memory(sqlite);
    else if (sqlite3_prepare_v2(sqlite->db, (const char *)sql->bytes, -1, &insert, NULL) != SQLITE_OK)
        argot_sqlite_fail(sqlite, "an event cannot be written");
    return insert;
}

static bool
copy_row(struct argot_sqlite *sqlite, sqlite3_stmt *select, sqlite3_stmt *insert, bool raw)
{
    sqlite3_stmt *once =
        argot_sqlite_statement(sqlite, ARGOT_SQLITE_NAMED, "INSERT OR IGNORE INTO named (id) VALUES (?1)");
    if (!once)
        return false;
    sqlite3_bind_value(once, 1, sqlite3_column_value(select, 0));
    if (!argot_sqlite_run(sqlite, once, "an event cannot be written"))
        return false;
    if (!sqlite3_changes(sqlite->db))
        return true;
    for (int i = 0; i < sqlite3_column_count(select); i++)
        if (raw || strcmp(sqlite3_column_name(select, i), "raw_line") != 0)
            sqlite3_bind_value(insert, i + 1, sqlite3_column_value(select, i));
    bool good = argot_sqlite_run(sqlite, insert, "an event cannot be written");
    sqlite3_clear_bindings(insert);
    return good;
}

/* Of a segment. *begins: the first event of the record was among them. */
static bool
copy_rows(struct argot_sqlite *sqlite, size_t index, sqlite3_stmt *select, bool raw, bool *begins)
{
    sqlite3_stmt *insert = insert_for(sqlite, select);
    bool good = insert;
    int code = SQLITE_DONE;
    while (good && (code = sqlite3_step(select)) == SQLITE_ROW) {
        *begins |= !sqlite3_column_int64(select, PART);
        good = copy_row(sqlite, select, insert, raw);
    }
    sqlite3_finalize(insert);
    return good && (code == SQLITE_DONE || argot_sqlite_pass_segment(sqlite, index, code));
}

/* From the newest on, until the segment in which the record begins. One that is gone has nothing that waits; one that
 * cannot be read now may have it, and the alert is not stored without. */
static bool
name_in_segments(struct argot_sqlite *sqlite, uint32_t source, uint64_t record, bool raw)
{
    bool good = true, begins = false;
    for (size_t i = sqlite->nsegments; good && !begins && i-- > 0;) {
        sqlite3_stmt *select = NULL;
        if (!sqlite->segments[i].waiting)
            continue;
        if (!argot_sqlite_ask_segment(sqlite, i, OF_RECORD, NULL, &select))
            return false;
        if (!select)
            continue;
        argot_sqlite_bind_number(select, 1, source);
        argot_sqlite_bind_number(select, 2, record);
        good = copy_rows(sqlite, i, select, raw, &begins);
        sqlite3_finalize(select);
    }
    return good;
}

/* Whether the record begins in the live segment. False after a failure too, which shows. */
static bool
begins_here(struct argot_sqlite *sqlite, uint32_t source, uint64_t record)
{
    sqlite3_stmt *statement = argot_sqlite_statement(sqlite, ARGOT_SQLITE_BEGINS, BEGINS);
    if (!statement)
        return false;
    argot_sqlite_bind_number(statement, 1, source);
    argot_sqlite_bind_number(statement, 2, record);
    bool begins = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_reset(statement);
    return begins;
}

bool
argot_sqlite_name(struct argot_sqlite *sqlite, const char *format, uint32_t source, uint64_t record)
{
    const struct argot_store_policy *policy = argot_sqlite_policy(sqlite, format);
    if (policy->events != ARGOT_STORE_KEEP_MATCHED)
        return true;
    if (!argot_sqlite_flush(&sqlite->store))
        return false;
    sqlite3_stmt *statement = statement_of_live(sqlite);
    bool raw = policy->raw == ARGOT_STORE_RAW_ALL;
    if (!statement)
        return false;
    argot_sqlite_bind_number(statement, 1, source);
    argot_sqlite_bind_number(statement, 2, record);
    sqlite3_bind_int(statement, 3, raw);
    if (!argot_sqlite_run(sqlite, statement, "an event cannot be written"))
        return false;
    return begins_here(sqlite, source, record) || name_in_segments(sqlite, source, record, raw);
}

/* ---- out ---- */

bool
argot_sqlite_forget_waiting(struct argot_store *store, uint64_t newest, argot_time from, argot_time to)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    uint64_t before = store->next_event > newest ? store->next_event - newest : 0;
    sqlite->wait_before = before;
    sqlite->wait_from = from;
    if (!sqlite->waits || before <= sqlite->first_event)
        return true;
    if (!argot_sqlite_flush(store))
        return false;
    sqlite3_stmt *statement = argot_sqlite_statement(sqlite, ARGOT_SQLITE_FORGET, FORGET);
    if (!statement || !argot_sqlite_begin(sqlite))
        return false;
    argot_sqlite_bind_number(statement, 1, before);
    sqlite3_bind_int64(statement, 2, from);
    sqlite3_bind_int64(statement, 3, to);
    return argot_sqlite_run(sqlite, statement, "what waits cannot be given up") &&
           argot_sqlite_put_number(store, ARGOT_SQLITE_LAST, (int64_t)store->next_event - 1);
}
