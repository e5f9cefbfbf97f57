/* SPDX-License-Identifier: Apache-2.0
 * What is stored, once more: raw lines of causes, and events in their order for an engine that begins anew. */
#include "store/sqlite.h"

#define RAW "SELECT raw_line FROM events WHERE id = ?1"
#define READ                                                                                                           \
    "SELECT id, source, record, line, part, event_time, event_ingest_time, CASE part WHEN 0 THEN raw_line END FROM"    \
    " events WHERE id >= ?1 ORDER BY id"

bool
argot_sqlite_raw(struct argot_store *store, uint64_t id, struct argot_buffer *raw)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    sqlite3_stmt *statement = argot_sqlite_statement(sqlite, ARGOT_SQLITE_RAW, RAW);
    if (!statement)
        return false;
    argot_sqlite_bind_number(statement, 1, id);
    int code = sqlite3_step(statement);
    const void *bytes = code == SQLITE_ROW ? sqlite3_column_blob(statement, 0) : NULL;
    if (bytes)
        argot_buffer_append(raw, bytes, (size_t)sqlite3_column_bytes(statement, 0));
    bool good = code == SQLITE_ROW || code == SQLITE_DONE || argot_sqlite_fail(sqlite, "cannot be read");
    sqlite3_reset(statement);
    return good && !raw->failed;
}

bool
argot_sqlite_read(struct argot_store *store, uint64_t from)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    store->problem[0] = 0;
    sqlite3_stmt *statement = argot_sqlite_statement(sqlite, ARGOT_SQLITE_READ, READ);
    if (statement)
        argot_sqlite_bind_number(statement, 1, from);
    return statement != NULL;
}

bool
argot_sqlite_next(struct argot_store *store, struct argot_store_row *row)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    sqlite3_stmt *statement = sqlite->statements[ARGOT_SQLITE_READ];
    int code = sqlite3_step(statement);
    if (code != SQLITE_ROW)
        return code != SQLITE_DONE && argot_sqlite_fail(sqlite, "cannot be read");
    *row = (struct argot_store_row){
        .id = (uint64_t)sqlite3_column_int64(statement, 0),
        .source = (uint32_t)sqlite3_column_int64(statement, 1),
        .record = (uint64_t)sqlite3_column_int64(statement, 2),
        .line = (uint64_t)sqlite3_column_int64(statement, 3),
        .part = (uint32_t)sqlite3_column_int64(statement, 4),
        .time = sqlite3_column_int64(statement, 5),
        .received = sqlite3_column_int64(statement, 6),
    };
    if (sqlite3_column_type(statement, 7) == SQLITE_NULL)
        return true;
    row->raw.at = sqlite3_column_blob(statement, 7);
    row->raw.length = (uint32_t)sqlite3_column_bytes(statement, 7);
    if (!row->raw.at) /* of no length */
        row->raw.at = (const uint8_t *)"";
    return true;
}

void
argot_sqlite_end_read(struct argot_store *store)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    sqlite3_reset(sqlite->statements[ARGOT_SQLITE_READ]);
}
