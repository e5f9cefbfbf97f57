/* SPDX-License-Identifier: Apache-2.0
 * Records of rows that were given: asked for seldom, of the files that are open and of those that were. */
#include "store/sqlite_search.h"

#define ID_BITS 48 /* of a place; the number of the file stands above */

uint64_t
argot_search_place(const struct argot_search *search)
{
    uint64_t file = (uint64_t)(search->at - search->cursors);
    return file << ID_BITS | ((uint64_t)search->at->id & ((UINT64_C(1) << ID_BITS) - 1));
}

static int64_t
id_of(uint64_t place)
{
    uint64_t sign = UINT64_C(1) << (ID_BITS - 1), id = place & ((UINT64_C(1) << ID_BITS) - 1);
    return (int64_t)((id ^ sign) - sign);
}

/* NULL: it is gone, or cannot be opened. */
static struct argot_sqlite_cursor *
cursor_of(struct argot_search *search, size_t number)
{
    bool gone;
    if (number >= search->nfiles)
        return NULL;
    if (search->cursors[number].db)
        return &search->cursors[number];
    if (search->past.db && search->past_file == number)
        return &search->past;
    argot_sqlite_file_close(search, &search->past);
    search->past_file = number;
    if (!argot_sqlite_file_open(search, search->files[number].path, &search->past, &gone) || gone)
        return NULL;
    return &search->past;
}

static bool
prepare(struct argot_search *search, struct argot_sqlite_cursor *cursor)
{
    struct argot_buffer sql;
    if (cursor->record)
        return true;
    argot_buffer_init(&sql, search->seam);
    argot_buffer_append_text(&sql, "SELECT ");
    argot_sqlite_select_record(&sql);
    argot_buffer_printf(&sql, ", t.source, t.record, t.part FROM events t WHERE t.id = ?1%c", 0);
    bool good =
        !sql.failed && sqlite3_prepare_v2(cursor->db, (const char *)sql.bytes, -1, &cursor->record, NULL) == SQLITE_OK;
    argot_buffer_finish(&sql);
    return good || argot_sqlite_search_fail(search, cursor->db, "cannot be asked");
}

static bool
take(struct argot_search *search, const struct argot_sqlite_cursor *cursor, sqlite3_stmt *row, int code,
     struct argot_buffer *raw)
{
    const void *bytes = code == SQLITE_ROW ? sqlite3_column_blob(row, 0) : NULL;
    if (bytes)
        argot_buffer_append(raw, bytes, (size_t)sqlite3_column_bytes(row, 0));
    return (code == SQLITE_ROW || code == SQLITE_DONE ||
            argot_sqlite_search_fail(search, cursor->db, "cannot be read")) &&
           !raw->failed;
}

/* The number of the segment that was closed before a file; nfiles: there is none. */
static size_t
file_before(const struct argot_search *search, size_t number)
{
    size_t before = search->nfiles;
    for (size_t i = 1; i < search->nfiles; i++)
        if (search->files[i].number < search->files[number].number &&
            (before == search->nfiles || search->files[i].number > search->files[before].number))
            before = i;
    return before;
}

/* The record of the event with this id, in an earlier file; *far: no file before that one can have it. */
static bool
take_from(struct argot_search *search, struct argot_sqlite_cursor *cursor, int64_t id, const int64_t of[2],
          struct argot_buffer *raw, bool *far)
{
    static const char sql[] = "SELECT (SELECT raw_line FROM events WHERE id > ?1 - ?4 AND id < ?1 AND source = ?2 AND"
                              " record = ?3 AND part = 0 ORDER BY id DESC LIMIT 1), max(id) <= ?1 - ?4 FROM events";
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(cursor->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return argot_sqlite_search_fail(search, cursor->db, "cannot be asked");
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int64(statement, 2, of[0]);
    sqlite3_bind_int64(statement, 3, of[1]);
    sqlite3_bind_int(statement, 4, ARGOT_SQLITE_MAX_PARTS);
    int code = sqlite3_step(statement);
    *far = code == SQLITE_ROW && sqlite3_column_int(statement, 1);
    bool good = take(search, cursor, statement, code, raw);
    sqlite3_finalize(statement);
    return good;
}

/* A segment may have been closed within a record: then the record stands in one before. */
static bool
look_back(struct argot_search *search, size_t number, int64_t id, const int64_t of[2], struct argot_buffer *raw)
{
    size_t length = raw->length;
    bool far = false;
    while (!far && raw->length == length && (number = file_before(search, number)) < search->nfiles) {
        struct argot_sqlite_cursor *cursor = cursor_of(search, number);
        if (!cursor && *search->problem)
            return false;
        if (cursor && !take_from(search, cursor, id, of, raw, &far))
            return false;
    }
    return true;
}

bool
argot_search_record(struct argot_search *search, uint64_t place, struct argot_buffer *raw)
{
    size_t number = (size_t)(place >> ID_BITS), length = raw->length;
    int64_t id = id_of(place), of[2] = {0, 0};
    struct argot_sqlite_cursor *cursor = cursor_of(search, number);
    if (!cursor)
        return !*search->problem;
    if (!prepare(search, cursor))
        return false;
    sqlite3_bind_int64(cursor->record, 1, id);
    int code = sqlite3_step(cursor->record);
    bool good = take(search, cursor, cursor->record, code, raw);
    bool is_part = code == SQLITE_ROW && id > 0 && sqlite3_column_int64(cursor->record, 3) > 0;
    for (int i = 0; is_part && i < 2; i++)
        of[i] = sqlite3_column_int64(cursor->record, i + 1);
    sqlite3_reset(cursor->record);
    return good && (!is_part || raw->length > length || look_back(search, number, id, of, raw));
}
