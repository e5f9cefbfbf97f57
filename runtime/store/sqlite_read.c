/* SPDX-License-Identifier: Apache-2.0
 * What is stored, once more: raw lines of causes, and events in their order for an engine that begins anew, those that
 * wait among them. Segments that are gone have nothing to say, and those of version 1 have nothing that waits. */
#include "store/sqlite.h"

#define FIRST_RAW "SELECT raw_line FROM events WHERE id = ?1"
#define RAW "SELECT coalesce((SELECT raw_line FROM waiting WHERE id = ?1), (" FIRST_RAW "))"

#define COLUMNS "id, source, record, line, part, event_time, event_ingest_time, CASE part WHEN 0 THEN raw_line END"
#define FIRST_READ "SELECT " COLUMNS " FROM events WHERE id >= ?1 ORDER BY id"
/* What an alert named is there twice. Both halves come in the order of ids, so nothing is sorted. */
#define READ                                                                                                           \
    "SELECT " COLUMNS " FROM events WHERE id >= ?1 AND id NOT IN (SELECT id FROM waiting) UNION ALL SELECT " COLUMNS   \
    " FROM waiting WHERE id >= ?1 ORDER BY 1"

/* ---- raw lines ---- */

/* SQLite's code of the step. */
static int
take_raw(sqlite3_stmt *statement, uint64_t id, struct argot_buffer *raw)
{
    argot_sqlite_bind_number(statement, 1, id);
    int code = sqlite3_step(statement);
    const void *bytes = code == SQLITE_ROW ? sqlite3_column_blob(statement, 0) : NULL;
    if (bytes)
        argot_buffer_append(raw, bytes, (size_t)sqlite3_column_bytes(statement, 0));
    return code;
}

/* A segment that is gone or cannot be read is as one without the line. */
static bool
take_old_raw(struct argot_sqlite *sqlite, uint64_t id, struct argot_buffer *raw)
{
    sqlite3_stmt *statement;
    size_t index = 0;
    while (index < sqlite->nsegments && sqlite->segments[index].last < id)
        index++;
    sqlite3 *db = index < sqlite->nsegments ? argot_sqlite_open_segment(sqlite, index) : NULL;
    if (!db || (sqlite3_prepare_v2(db, RAW, -1, &statement, NULL) != SQLITE_OK &&
                sqlite3_prepare_v2(db, FIRST_RAW, -1, &statement, NULL) != SQLITE_OK))
        return true;
    (void)take_raw(statement, id, raw);
    sqlite3_finalize(statement);
    return !raw->failed || argot_sqlite_no_memory(sqlite);
}

bool
argot_sqlite_raw(struct argot_store *store, uint64_t id, struct argot_buffer *raw)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    if (id < sqlite->first_event)
        return take_old_raw(sqlite, id, raw);
    const struct argot_sqlite_row *row = argot_sqlite_find_row(sqlite, id);
    if (row) {
        struct argot_slice record = argot_sqlite_row_record(row);
        if (record.length)
            argot_buffer_append(raw, record.at, record.length);
        return !raw->failed || argot_sqlite_no_memory(sqlite);
    }
    sqlite3_stmt *statement = argot_sqlite_statement(sqlite, ARGOT_SQLITE_RAW, RAW);
    if (!statement)
        return false;
    int code = take_raw(statement, id, raw);
    bool good = code == SQLITE_ROW || code == SQLITE_DONE || argot_sqlite_fail(sqlite, "cannot be read");
    sqlite3_reset(statement);
    return good && (!raw->failed || argot_sqlite_no_memory(sqlite));
}

/* ---- events in order ---- */

/* The next segment with such events. False when it fails. */
static bool
read_segment(struct argot_sqlite *sqlite)
{
    for (; sqlite->reading.segment < sqlite->nsegments; sqlite->reading.segment++) {
        if (sqlite->segments[sqlite->reading.segment].last < sqlite->reading.from)
            continue;
        if (!argot_sqlite_ask_segment(sqlite, sqlite->reading.segment, READ, FIRST_READ, &sqlite->reading.statement))
            return false;
        if (sqlite->reading.statement)
            break;
    }
    bool live = sqlite->reading.segment == sqlite->nsegments;
    uint64_t first = live ? sqlite->first_event : sqlite->segments[sqlite->reading.segment].first;
    if (live && sqlite3_prepare_v2(sqlite->db, READ, -1, &sqlite->reading.statement, NULL) != SQLITE_OK)
        return argot_sqlite_fail(sqlite, "cannot be read");
    /* Those of other segments, which were named later, were read there. */
    argot_sqlite_bind_number(sqlite->reading.statement, 1, first > sqlite->reading.from ? first : sqlite->reading.from);
    return true;
}

bool
argot_sqlite_read(struct argot_store *store, uint64_t from)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    argot_sqlite_end_read(store);
    store->problem[0] = 0;
    if (!argot_sqlite_flush(store))
        return false;
    sqlite->reading.from = from;
    sqlite->reading.segment = 0;
    return read_segment(sqlite);
}

/* SQLITE_ROW, SQLITE_DONE behind the live one's last, or what failed. */
static int
step(struct argot_sqlite *sqlite)
{
    int code;
    while ((code = sqlite3_step(sqlite->reading.statement)) == SQLITE_DONE &&
           sqlite->reading.segment < sqlite->nsegments) {
        sqlite3_finalize(sqlite->reading.statement);
        sqlite->reading.statement = NULL;
        sqlite->reading.segment++;
        if (!read_segment(sqlite))
            return SQLITE_ERROR;
    }
    return code;
}

bool
argot_sqlite_next(struct argot_store *store, struct argot_store_row *row)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    int code = step(sqlite);
    sqlite3_stmt *statement = sqlite->reading.statement;
    if (code != SQLITE_ROW)
        return code != SQLITE_DONE && !store->problem[0] && argot_sqlite_fail(sqlite, "cannot be read");
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
    if (!sqlite->reading.statement)
        return;
    sqlite3_finalize(sqlite->reading.statement);
    sqlite->reading.statement = NULL;
    (void)sqlite3_db_release_memory(sqlite->db); /* pages that nobody asks for again */
}
