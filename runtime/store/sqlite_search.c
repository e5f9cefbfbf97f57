/* SPDX-License-Identifier: Apache-2.0
 * A connection that only reads, and one statement at a time. */
#include "store/sqlite_search.h"
#include "store/sqlite.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BUSY_MS 3000
#define STOP_STEPS 10000 /* of SQLite's machine between looks at `stop`: some tenths of a millisecond */

#define SETTINGS                                                                                                       \
    "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384"

/* ---- failures ---- */

bool
argot_sqlite_search_refuse(struct argot_search *search, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(search->problem, sizeof search->problem, format, args);
    va_end(args);
    return false;
}

bool
argot_sqlite_search_no_memory(struct argot_search *search)
{
    return argot_sqlite_search_refuse(search, "there is no memory");
}

bool
argot_sqlite_search_fail(struct argot_search *search, const char *what)
{
    const char *words = sqlite3_errmsg(search->db);
    switch (sqlite3_errcode(search->db) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        words = "another program holds a lock on it";
        break;
    case SQLITE_NOTADB:
        words = "the file is not a SQLite database";
        break;
    case SQLITE_CORRUPT:
        words = "the file is damaged";
        break;
    case SQLITE_NOMEM:
        words = "there is no memory";
        break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        words = "no permission to read it, or the files beside it";
        break;
    default:
        break;
    }
    return argot_sqlite_search_refuse(search, "%s: %s", what, words);
}

const char *
argot_search_problem(const struct argot_search *search)
{
    return search->problem;
}

/* ---- opening ---- */

static bool
number(struct argot_search *search, const char *sql, int64_t *out)
{
    sqlite3_stmt *statement = NULL;
    bool good =
        sqlite3_prepare_v2(search->db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;
    if (good)
        *out = sqlite3_column_int64(statement, 0);
    else
        argot_sqlite_search_fail(search, "cannot be read");
    sqlite3_finalize(statement);
    return good;
}

static bool
look(struct argot_search *search)
{
    int64_t application, version;
    if (!number(search, "PRAGMA application_id", &application) || !number(search, "PRAGMA user_version", &version))
        return false;
    if (application != ARGOT_SQLITE_APPLICATION)
        return argot_sqlite_search_refuse(search, "is no store of argot");
    if (version > ARGOT_SQLITE_VERSION)
        return argot_sqlite_search_refuse(search, "is of a newer argot: its tables are version %lld, this one knows %d",
                                          (long long)version, ARGOT_SQLITE_VERSION);
    if (version < ARGOT_SQLITE_VERSION)
        return argot_sqlite_search_refuse(search, "is of an older argot; `argot run` brings it up to date");
    return true;
}

static bool
find_columns(struct argot_search *search, const char *table, bool **has)
{
    char sql[96];
    sqlite3_stmt *statement = NULL;
    *has = search->seam->allocate(search->seam, argot_schema.count);
    if (!*has)
        return argot_sqlite_search_no_memory(search);
    memset(*has, 0, argot_schema.count);
    snprintf(sql, sizeof sql, "SELECT name FROM pragma_table_info('%s')", table);
    int code = sqlite3_prepare_v2(search->db, sql, -1, &statement, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        const char *name = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
        int field = name ? argot_schema_find(name) : -1;
        if (field >= 0)
            (*has)[field] = true;
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE || argot_sqlite_search_fail(search, "cannot be read");
}

/* SQLite's own words do not say that a file is not there. */
static bool
is_there(struct argot_search *search, const char *path)
{
    int fd = search->seam->open(search->seam, path, ARGOT_OPEN_READ);
    if (fd == -ENOENT)
        return argot_sqlite_search_refuse(search, "there is no such store");
    if (fd < 0)
        return argot_sqlite_search_refuse(search, "cannot be opened: %s", strerror(-fd));
    search->seam->close(search->seam, fd);
    return true;
}

static bool
prepare(struct argot_search *search)
{
    sqlite3_busy_timeout(search->db, BUSY_MS);
    sqlite3_extended_result_codes(search->db, 1);
    if (sqlite3_exec(search->db, SETTINGS, NULL, NULL, NULL) != SQLITE_OK)
        return argot_sqlite_search_fail(search, "cannot be read");
    if (!argot_sqlite_judged_register(search) || !argot_sqlite_extra_register(search))
        return argot_sqlite_search_no_memory(search);
    return look(search) && find_columns(search, "events", &search->has_column[ARGOT_SEARCH_EVENTS]) &&
           find_columns(search, "alerts", &search->has_column[ARGOT_SEARCH_ALERTS]);
}

struct argot_search *
argot_search_open(struct argot_seam *seam, const char *path, char *why, size_t why_size)
{
    struct argot_search *search = seam->allocate(seam, sizeof *search);
    snprintf(why, why_size, "there is no memory");
    if (!search)
        return NULL;
    *search = (struct argot_search){.seam = seam};
    argot_arena_init(&search->arena, seam, 0);
    argot_arena_init(&search->row, seam, 0);
    argot_arena_init(&search->inner, seam, 0);
    argot_buffer_init(&search->text, seam);
    bool good = is_there(search, path) &&
                (sqlite3_open_v2(path, &search->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK ||
                 argot_sqlite_search_fail(search, "cannot be opened"));
    if (good && prepare(search))
        return search;
    snprintf(why, why_size, "%s", search->problem);
    argot_search_close(search);
    return NULL;
}

static void
end_statement(struct argot_search *search)
{
    sqlite3_finalize(search->statement);
    sqlite3_finalize(search->alert);
    sqlite3_finalize(search->causes);
    search->statement = search->alert = search->causes = NULL;
}

void
argot_search_close(struct argot_search *search)
{
    if (!search)
        return;
    end_statement(search);
    sqlite3_close(search->db);
    search->seam->release(search->seam, search->has_column[0]);
    search->seam->release(search->seam, search->has_column[1]);
    argot_buffer_finish(&search->text);
    argot_arena_finish(&search->arena);
    argot_arena_finish(&search->row);
    argot_arena_finish(&search->inner);
    search->seam->release(search->seam, search);
}

/* ---- a statement ---- */

static int
stop(void *context)
{
    const struct argot_search *search = context;
    return search->query.stop(search->query.stop_context);
}

bool
argot_search_start(struct argot_search *search, const struct argot_search_query *query)
{
    end_statement(search);
    argot_arena_reset(&search->arena);
    search->problem[0] = 0;
    search->query = *query;
    search->is_sql = false;
    if (!argot_sqlite_select(search))
        return false;
    if (sqlite3_prepare_v2(search->db, (const char *)search->text.bytes, -1, &search->statement, NULL) != SQLITE_OK ||
        !argot_sqlite_where_bind(&search->where, search->statement, 1))
        return argot_sqlite_search_fail(search, "cannot be asked");
    sqlite3_progress_handler(search->db, STOP_STEPS, query->stop ? stop : NULL, search);
    return true;
}

bool
argot_search_start_sql(struct argot_search *search, const char *sql, const struct argot_search_query *query)
{
    const char *rest = NULL;
    end_statement(search);
    search->problem[0] = 0;
    search->query = *query;
    search->is_sql = true;
    search->judged.on = false;
    if (sqlite3_prepare_v2(search->db, sql, -1, &search->statement, &rest) != SQLITE_OK)
        return argot_sqlite_search_refuse(search, "%s", sqlite3_errmsg(search->db));
    if (!search->statement)
        return argot_sqlite_search_refuse(search, "there is no statement");
    if (rest && rest[strspn(rest, " \t\r\n;")])
        return argot_sqlite_search_refuse(search, "more than one statement");
    sqlite3_progress_handler(search->db, STOP_STEPS, query->stop ? stop : NULL, search);
    return true;
}

bool
argot_search_statement(struct argot_search *search, struct argot_buffer *out)
{
    char *text = sqlite3_expanded_sql(search->statement);
    if (!text)
        return argot_sqlite_search_no_memory(search);
    argot_buffer_append_text(out, text);
    sqlite3_free(text);
    return true;
}

bool
argot_search_is_judged(const struct argot_search *search)
{
    return search->judged.on;
}

size_t
argot_search_width(const struct argot_search *search)
{
    return search->statement ? (size_t)sqlite3_column_count(search->statement) : 0;
}

const char *
argot_search_column_name(const struct argot_search *search, size_t number)
{
    const char *name = sqlite3_column_name(search->statement, (int)number);
    return name ? name : "";
}

/* ---- rows ---- */

static bool
is_time(const struct argot_search *search, size_t number)
{
    return search->query.what == ARGOT_SEARCH_TIMES ? number == 0 : number < 2;
}

static void
read_cell(struct argot_search *search, size_t number, struct argot_cell *cell)
{
    const struct argot_search_query *query = &search->query;
    sqlite3_value *value = sqlite3_column_value(search->statement, (int)number);
    bool columns = query->what == ARGOT_SEARCH_ROWS || query->what == ARGOT_SEARCH_COUNTS;
    if (!search->is_sql && columns && number < query->ncolumns) {
        argot_sqlite_cell_read(search, &query->columns[number], value, cell);
        return;
    }
    argot_sqlite_cell_any(value, cell);
    if (!search->is_sql && !columns && is_time(search, number) && cell->kind == ARGOT_CELL_VALUE)
        cell->type = ARGOT_TYPE_TIMESTAMP;
}

bool
argot_search_next(struct argot_search *search, struct argot_cell *cells)
{
    int code = sqlite3_step(search->statement);
    if (code == SQLITE_DONE)
        return false;
    if (code != SQLITE_ROW)
        return argot_sqlite_search_fail(search, "cannot be read");
    size_t width = argot_search_width(search);
    argot_arena_reset(&search->row);
    for (size_t i = 0; i < width; i++)
        read_cell(search, i, &cells[i]);
    return true;
}
