/* SPDX-License-Identifier: Apache-2.0
 * Files of a store, opened to be read. While the live one is open its segments keep their names. */
#include "store/sqlite_search.h"
#include "store/sqlite.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BUSY_MS 3000
/* What is sorted or grouped beyond the cache goes to temporary files. */
#define SETTINGS "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384"

/* ---- one file ---- */

static bool
number(struct argot_search *search, sqlite3 *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *statement = NULL;
    bool good = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;
    if (good)
        *out = sqlite3_column_int64(statement, 0);
    else
        argot_sqlite_search_fail(search, db, "cannot be read");
    sqlite3_finalize(statement);
    return good;
}

static bool
look(struct argot_search *search, sqlite3 *db)
{
    int64_t application, version;
    if (!number(search, db, "PRAGMA application_id", &application) ||
        !number(search, db, "PRAGMA user_version", &version))
        return false;
    if (application != ARGOT_SQLITE_APPLICATION)
        return argot_sqlite_search_refuse(search, "is no store of argot");
    if (version > ARGOT_SQLITE_VERSION)
        return argot_sqlite_search_refuse(search, "is of a newer argot: its tables are version %lld, this one knows %d",
                                          (long long)version, ARGOT_SQLITE_VERSION);
    return true; /* older tables have what a search reads */
}

static bool
find_columns(struct argot_search *search, sqlite3 *db, const char *table, bool **has)
{
    *has = search->seam->allocate(search->seam, argot_schema.count);
    if (!*has)
        return argot_sqlite_search_no_memory(search);
    return argot_sqlite_find_columns(db, table, *has) == SQLITE_OK ||
           argot_sqlite_search_fail(search, db, "cannot be read");
}

static bool
prepare(struct argot_search *search, struct argot_sqlite_cursor *cursor)
{
    sqlite3_busy_timeout(cursor->db, BUSY_MS);
    sqlite3_extended_result_codes(cursor->db, 1);
    if (sqlite3_exec(cursor->db, SETTINGS, NULL, NULL, NULL) != SQLITE_OK)
        return argot_sqlite_search_fail(search, cursor->db, "cannot be read");
    if (!argot_sqlite_judged_register(search, cursor->db) || !argot_sqlite_extra_register(search, cursor->db))
        return argot_sqlite_search_no_memory(search);
    return look(search, cursor->db) &&
           find_columns(search, cursor->db, "events", &cursor->has_column[ARGOT_SEARCH_EVENTS]) &&
           find_columns(search, cursor->db, "alerts", &cursor->has_column[ARGOT_SEARCH_ALERTS]);
}

/* ---- opening ---- */

static bool
has_log(struct argot_search *search, const char *path)
{
    struct argot_buffer name;
    argot_buffer_init(&name, search->seam);
    argot_buffer_printf(&name, "%s-wal%c", path, 0);
    bool there = name.failed || argot_seam_is_there(search->seam, (const char *)name.bytes);
    argot_buffer_finish(&name);
    return there;
}

/* As a file that nobody changes. */
static int
open_still(struct argot_search *search, const char *path, sqlite3 **db)
{
    struct argot_buffer uri;
    argot_buffer_init(&uri, search->seam);
    argot_buffer_append_text(&uri, *path == '/' ? "file://" : "file:");
    for (const char *at = path; *at; at++)
        argot_buffer_printf(&uri, strchr("%?#", *at) ? "%%%02x" : "%c", (unsigned char)*at);
    argot_buffer_printf(&uri, "?immutable=1%c", 0);
    int code = uri.failed ? SQLITE_NOMEM
                          : sqlite3_open_v2((const char *)uri.bytes, db,
                                            SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
    argot_buffer_finish(&uri);
    return code;
}

/* Who reads a database in WAL mode writes files beside it, unless these are there. Where the folder does not allow that
 * and nobody has the database open, it is as it lies there. */
static int
connect(struct argot_search *search, const char *path, sqlite3 **db)
{
    int opened = argot_sqlite_connect(path, SQLITE_OPEN_READONLY, db), code = opened;
    if (opened == SQLITE_OK)
        code = sqlite3_exec(*db, "PRAGMA user_version", NULL, NULL, NULL) & 0xff;
    if ((code != SQLITE_READONLY && code != SQLITE_CANTOPEN) || has_log(search, path))
        return opened; /* what else is wrong shows when it is read */
    sqlite3_close(*db);
    *db = NULL;
    return open_still(search, path, db);
}

/* SQLite's own words do not say that a file is not there. */
bool
argot_sqlite_file_open(struct argot_search *search, const char *path, struct argot_sqlite_cursor *cursor, bool *gone)
{
    int fd = search->seam->open(search->seam, path, ARGOT_OPEN_READ);
    *gone = fd == -ENOENT;
    if (*gone)
        return true;
    if (fd < 0)
        return argot_sqlite_search_refuse(search, "cannot be opened: %s", strerror(-fd));
    struct argot_file_info info = {.kind = ARGOT_FILE_OTHER};
    (void)search->seam->info(search->seam, fd, &info);
    search->seam->close(search->seam, fd);
    if (info.kind == ARGOT_FILE_DIRECTORY)
        return argot_sqlite_search_refuse(search, "it is a folder");
    int code = connect(search, path, &cursor->db);
    if (code != SQLITE_OK)
        argot_sqlite_search_fail(search, cursor->db, "cannot be opened");
    if (code == SQLITE_OK && prepare(search, cursor))
        return true;
    argot_sqlite_file_close(search, cursor);
    *gone = !argot_seam_find(search->seam, path); /* meanwhile */
    if (*gone)
        search->problem[0] = 0;
    return *gone;
}

void
argot_sqlite_file_close(struct argot_search *search, struct argot_sqlite_cursor *cursor)
{
    sqlite3_finalize(cursor->statement);
    sqlite3_finalize(cursor->alert);
    sqlite3_finalize(cursor->causes);
    sqlite3_finalize(cursor->record);
    sqlite3_close(cursor->db);
    search->seam->release(search->seam, cursor->has_column[0]);
    search->seam->release(search->seam, cursor->has_column[1]);
    *cursor = (struct argot_sqlite_cursor){0};
}

/* ---- all of them ---- */

static const char *
path_beside(struct argot_search *search, const char *file)
{
    const char *live = search->files[0].path, *slash = strrchr(live, '/');
    return argot_arena_printf(&search->names, "%.*s%s", slash ? (int)(slash - live) + 1 : 0, live, file);
}

static bool
add_file(struct argot_search *search, sqlite3_stmt *row)
{
    struct argot_sqlite_file *file = &search->files[search->nfiles++];
    const char *name = (const char *)sqlite3_column_text(row, 0);
    file->path = name ? path_beside(search, name) : NULL;
    file->has_events = sqlite3_column_type(row, 1) != SQLITE_NULL;
    file->first = sqlite3_column_int64(row, 1);
    file->last = sqlite3_column_int64(row, 2);
    file->alerts = (uint64_t)sqlite3_column_int64(row, 3);
    file->letters = (uint64_t)sqlite3_column_int64(row, 4);
    file->number = sqlite3_column_int64(row, 5);
    return file->path || argot_sqlite_search_no_memory(search);
}

static bool
make_room(struct argot_search *search, int64_t count)
{
    const char *path = search->files[0].path;
    struct argot_sqlite_cursor *cursors = argot_arena_zalloc(&search->names, (size_t)count + 1, sizeof *cursors);
    search->files = argot_arena_zalloc(&search->names, (size_t)count + 1, sizeof *search->files);
    if (!cursors || !search->files)
        return argot_sqlite_search_no_memory(search);
    cursors[0] = search->cursors[0];
    search->cursors = cursors;
    search->files[0] = (struct argot_sqlite_file){.path = path, .live = true, .number = INT64_MAX};
    return true;
}

/* The number of rows cannot change: names do not while the live one is open, and rows only go. */
bool
argot_sqlite_file_list(struct argot_search *search)
{
    sqlite3 *db = search->cursors[0].db;
    sqlite3_stmt *statement = NULL;
    int64_t count;
    if (!number(search, db, "SELECT count(*) FROM segments", &count) || !make_room(search, count))
        return false;
    int code = sqlite3_prepare_v2(
        db,
        "SELECT file, first_time, last_time, alerts, dead_letters, number FROM segments ORDER BY number DESC LIMIT ?1",
        -1, &statement, NULL);
    if (code == SQLITE_OK)
        sqlite3_bind_int64(statement, 1, count);
    bool good = true;
    while (good && (code == SQLITE_OK || code == SQLITE_ROW)) {
        code = sqlite3_step(statement);
        good = code != SQLITE_ROW || add_file(search, statement);
    }
    sqlite3_finalize(statement);
    return good && (code == SQLITE_DONE || argot_sqlite_search_fail(search, db, "cannot be read"));
}
