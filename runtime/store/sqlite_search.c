/* SPDX-License-Identifier: Apache-2.0
 * One search at a time, over the live segment and the closed ones that may have rows. Events of several files are
 * merged by time: a file is opened when a row of it may be next. Alerts and dead letters stand in the order in which
 * they came, file by file. Counts of several files are added up in a database of their own. */
#include "store/sqlite_search.h"
#include "store/sqlite.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define STOP_STEPS 10000 /* of SQLite's machine between looks at `stop`: some tenths of a millisecond */
#define KEYS 2           /* columns before those of an event's row: time and id */

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
argot_sqlite_search_fail(struct argot_search *search, sqlite3 *db, const char *what)
{
    const char *words = sqlite3_errmsg(db);
    switch (sqlite3_errcode(db) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        words = "another program holds a lock on it";
        break;
    case SQLITE_NOTADB:
        words = "the file is not a SQLite database";
        break;
    case SQLITE_CORRUPT:
        words = "the file is damaged: `argot store check` says where, `argot store repair` saves what is intact";
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
open_live(struct argot_search *search, const char *path)
{
    bool gone = false;
    search->files = argot_arena_zalloc(&search->names, 1, sizeof *search->files);
    search->cursors = argot_arena_zalloc(&search->names, 1, sizeof *search->cursors);
    char *copy = argot_arena_copy(&search->names, path, strlen(path));
    if (!search->files || !search->cursors || !copy)
        return argot_sqlite_search_no_memory(search);
    search->nfiles = 1;
    search->files[0] = (struct argot_sqlite_file){.path = copy, .live = true};
    if (!argot_sqlite_file_open(search, path, &search->cursors[0], &gone))
        return false;
    if (gone)
        return argot_sqlite_search_refuse(search, "there is no such store");
    return argot_sqlite_file_list(search);
}

struct argot_search *
argot_search_open(struct argot_seam *seam, const char *path, char *why, size_t why_size)
{
    struct argot_search *search = seam->allocate(seam, sizeof *search);
    snprintf(why, why_size, "there is no memory");
    if (!search)
        return NULL;
    *search = (struct argot_search){.seam = seam};
    argot_arena_init(&search->names, seam, 0);
    argot_arena_init(&search->arena, seam, 0);
    argot_arena_init(&search->row.arena, seam, 0);
    argot_arena_init(&search->inner.arena, seam, 0);
    argot_buffer_init(&search->text, seam);
    if (open_live(search, path))
        return search;
    snprintf(why, why_size, "%s", search->problem);
    argot_search_close(search);
    return NULL;
}

const struct argot_store_source *
argot_search_sources(struct argot_search *search, size_t *count)
{
    struct argot_sqlite reader = {.store = {.seam = search->seam}, .db = search->cursors[0].db, .arena = search->names};
    const struct argot_store_source *sources = argot_sqlite_sources(&reader.store, count);
    search->names = reader.arena;
    if (!sources)
        argot_sqlite_search_refuse(search, "%s", *reader.store.problem ? reader.store.problem : "there is no memory");
    return sources;
}

static void
end_statements(struct argot_search *search, struct argot_sqlite_cursor *cursor)
{
    (void)search;
    sqlite3_finalize(cursor->statement);
    cursor->statement = NULL;
    cursor->there = false;
}

static void
end_search(struct argot_search *search)
{
    for (size_t i = 1; i < search->nfiles; i++)
        argot_sqlite_file_close(search, &search->cursors[i]);
    if (search->nfiles)
        end_statements(search, &search->cursors[0]);
    argot_sqlite_file_close(search, &search->sums);
    argot_sqlite_file_close(search, &search->past);
    search->at = NULL;
    search->next = 0;
    search->given = 0;
    search->problem[0] = 0;
}

void
argot_search_close(struct argot_search *search)
{
    if (!search)
        return;
    end_search(search);
    if (search->nfiles)
        argot_sqlite_file_close(search, &search->cursors[0]);
    argot_buffer_finish(&search->text);
    argot_arena_finish(&search->names);
    argot_arena_finish(&search->arena);
    argot_arena_finish(&search->row.arena);
    argot_arena_finish(&search->inner.arena);
    search->seam->release(search->seam, search);
}

/* ---- files ---- */

static int
stop(void *context)
{
    const struct argot_search *search = context;
    return search->query.stop(search->query.stop_context);
}

static bool
may_have_rows(const struct argot_search *search, const struct argot_sqlite_file *file)
{
    const struct argot_search_query *query = &search->query;
    if (file->live)
        return true;
    if (query->table == ARGOT_SEARCH_ALERTS)
        return file->alerts > 0;
    if (query->table == ARGOT_SEARCH_LETTERS)
        return file->letters > 0;
    return file->has_events && file->last >= query->from && file->first <= query->to;
}

/* A segment that was given up meanwhile is no loss. */
static bool
begin_file(struct argot_search *search, size_t number)
{
    struct argot_sqlite_cursor *cursor = &search->cursors[number];
    bool gone = false;
    if (!may_have_rows(search, &search->files[number]))
        return true;
    if (!cursor->db && !argot_sqlite_file_open(search, search->files[number].path, cursor, &gone)) {
        char why[ARGOT_SEARCH_PROBLEM_BYTES];
        snprintf(why, sizeof why, "%s", search->problem);
        return argot_sqlite_search_refuse(search, "its segment %.100s %.200s", search->files[number].path, why);
    }
    if (gone)
        return true;
    if (!argot_sqlite_select(search, cursor))
        return false;
    if (sqlite3_prepare_v2(cursor->db, (const char *)search->text.bytes, -1, &cursor->statement, NULL) != SQLITE_OK ||
        !argot_sqlite_where_bind(&search->where, cursor->statement, 1))
        return argot_sqlite_search_fail(search, cursor->db, "cannot be asked");
    sqlite3_progress_handler(cursor->db, STOP_STEPS, search->query.stop ? stop : NULL, search);
    return true;
}

/* To the next row of a file; one without is closed. */
static bool
step(struct argot_search *search, size_t number)
{
    struct argot_sqlite_cursor *cursor = &search->cursors[number];
    int code = cursor->statement ? sqlite3_step(cursor->statement) : SQLITE_DONE;
    cursor->there = code == SQLITE_ROW;
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return argot_sqlite_search_fail(search, cursor->db, "cannot be read");
    if (cursor->there && search->query.table == ARGOT_SEARCH_EVENTS && search->query.what == ARGOT_SEARCH_ROWS) {
        cursor->time = sqlite3_column_int64(cursor->statement, 0);
        cursor->id = sqlite3_column_int64(cursor->statement, 1);
    }
    if (!cursor->there && number)
        argot_sqlite_file_close(search, cursor);
    else if (!cursor->there)
        end_statements(search, cursor);
    return true;
}

/* ---- rows ---- */

/* Of equal times the row with the larger number came later. */
static bool
is_first(const struct argot_search *search, const struct argot_sqlite_cursor *a, const struct argot_sqlite_cursor *b)
{
    bool newer = a->time != b->time ? a->time > b->time : a->id > b->id;
    return search->query.oldest_first ? !newer : newer;
}

/* The next row of the files that are open. */
static struct argot_sqlite_cursor *
find_next(struct argot_search *search)
{
    struct argot_sqlite_cursor *next = NULL;
    for (size_t i = 0; i < search->next; i++) {
        struct argot_sqlite_cursor *cursor = &search->cursors[i];
        if (cursor->there && (!next || is_first(search, cursor, next)))
            next = cursor;
    }
    return next;
}

/* Whether a row of a file that is not open may be. Of alerts and dead letters the order is that of the files. */
static bool
may_be_next(const struct argot_search *search, const struct argot_sqlite_cursor *next)
{
    if (search->next == search->nfiles)
        return false;
    if (!next)
        return true;
    const struct argot_sqlite_file *file = &search->files[search->next];
    if (search->query.table != ARGOT_SEARCH_EVENTS)
        return false;
    return search->query.oldest_first ? file->first <= next->time : file->last >= next->time;
}

static bool
next_row(struct argot_search *search)
{
    const struct argot_search_query *query = &search->query;
    if (query->limit && search->given == query->limit)
        return false;
    if (search->at && !step(search, (size_t)(search->at - search->cursors)))
        return false;
    search->at = find_next(search);
    while (may_be_next(search, search->at)) {
        size_t number = search->next++;
        if (!begin_file(search, number) || !step(search, number))
            return false;
        search->at = find_next(search);
    }
    search->given += search->at != NULL;
    return search->at != NULL;
}

/* ---- counts ---- */

/* Columns c0 … and a count n behind them. */
static bool
make_sums(struct argot_search *search, size_t columns)
{
    struct argot_buffer *sql = &search->text;
    struct argot_sqlite_cursor *sums = &search->sums;
    sql->length = 0;
    argot_buffer_append_text(sql, "CREATE TABLE sums (");
    for (size_t i = 0; i < columns; i++)
        argot_buffer_printf(sql, "c%zu, ", i);
    argot_buffer_printf(sql, "n INTEGER)%c", 0);
    if (sql->failed)
        return argot_sqlite_search_no_memory(search);
    if (sqlite3_open_v2("", &sums->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK ||
        sqlite3_exec(sums->db, (const char *)sql->bytes, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(sums->db, "PRAGMA journal_mode = OFF; BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        return argot_sqlite_search_fail(search, sums->db, "counts cannot be added up");
    sqlite3_progress_handler(sums->db, STOP_STEPS, search->query.stop ? stop : NULL, search);
    sql->length = 0;
    argot_buffer_append_text(sql, "INSERT INTO sums VALUES (?");
    for (size_t i = 0; i < columns; i++)
        argot_buffer_append_text(sql, ", ?");
    argot_buffer_printf(sql, ")%c", 0);
    return sqlite3_prepare_v2(sums->db, (const char *)sql->bytes, -1, &sums->statement, NULL) == SQLITE_OK ||
           argot_sqlite_search_fail(search, sums->db, "counts cannot be added up");
}

static bool
add_file(struct argot_search *search, size_t number, size_t columns)
{
    struct argot_sqlite_cursor *cursor = &search->cursors[number], *sums = &search->sums;
    if (!begin_file(search, number) || !step(search, number))
        return false;
    while (cursor->there) {
        for (size_t i = 0; i <= columns; i++)
            sqlite3_bind_value(sums->statement, (int)i + 1, sqlite3_column_value(cursor->statement, (int)i));
        if (sqlite3_step(sums->statement) != SQLITE_DONE)
            return argot_sqlite_search_fail(search, sums->db, "counts cannot be added up");
        sqlite3_reset(sums->statement);
        if (!step(search, number))
            return false;
    }
    return true;
}

static void
put_sums(const struct argot_search_query *query, size_t columns, struct argot_buffer *sql)
{
    sql->length = 0;
    if (query->what == ARGOT_SEARCH_BOUNDS) {
        argot_buffer_append_text(sql, "SELECT min(c0), max(c1), sum(n) FROM sums");
        return;
    }
    argot_buffer_append_text(sql, "SELECT ");
    for (size_t i = 0; i < columns; i++)
        argot_buffer_printf(sql, "c%zu, ", i);
    argot_buffer_append_text(sql, "sum(n) FROM sums GROUP BY ");
    for (size_t i = 0; i < columns; i++)
        argot_buffer_printf(sql, "%sc%zu", i ? ", " : "", i);
    argot_buffer_append_text(sql, query->what == ARGOT_SEARCH_TIMES ? " ORDER BY c0" : " ORDER BY sum(n) DESC");
    for (size_t i = 0; query->what == ARGOT_SEARCH_COUNTS && i < columns; i++)
        argot_buffer_printf(sql, ", c%zu", i);
    if (query->limit)
        argot_buffer_printf(sql, " LIMIT %llu", (unsigned long long)query->limit);
}

static bool
count(struct argot_search *search)
{
    const struct argot_search_query *query = &search->query;
    size_t columns = query->what == ARGOT_SEARCH_COUNTS ? query->ncolumns : query->what == ARGOT_SEARCH_TIMES ? 1 : 2;
    if (!make_sums(search, columns))
        return false;
    for (size_t i = 0; i < search->nfiles; i++)
        if (!add_file(search, i, columns))
            return false;
    sqlite3_finalize(search->sums.statement);
    search->sums.statement = NULL;
    put_sums(query, columns, &search->text);
    argot_buffer_append_byte(&search->text, 0);
    if (search->text.failed)
        return argot_sqlite_search_no_memory(search);
    return sqlite3_prepare_v2(search->sums.db, (const char *)search->text.bytes, -1, &search->sums.statement, NULL) ==
               SQLITE_OK ||
           argot_sqlite_search_fail(search, search->sums.db, "counts cannot be added up");
}

/* ---- asking ---- */

/* Those without events are the last. */
static bool
is_sooner(const struct argot_search_query *query, const struct argot_sqlite_file *a, const struct argot_sqlite_file *b)
{
    if (!a->has_events || !b->has_events)
        return a->has_events;
    return query->oldest_first ? a->first < b->first : a->last > b->last;
}

/* Files of events in the order in which a row of theirs may be next, behind the live one. There are few. */
static void
sort_files(struct argot_search *search)
{
    for (size_t i = 2; i < search->nfiles; i++)
        for (size_t j = i; j > 1 && is_sooner(&search->query, &search->files[j], &search->files[j - 1]); j--) {
            struct argot_sqlite_file one = search->files[j];
            search->files[j] = search->files[j - 1];
            search->files[j - 1] = one;
        }
}

bool
argot_search_start(struct argot_search *search, const struct argot_search_query *query)
{
    end_search(search);
    search->query = *query;
    search->is_sql = false;
    if (query->table == ARGOT_SEARCH_EVENTS)
        sort_files(search);
    search->sums.there = query->what != ARGOT_SEARCH_ROWS;
    return search->sums.there ? count(search) : true;
}

bool
argot_search_start_sql(struct argot_search *search, const char *sql, const struct argot_search_query *query)
{
    struct argot_sqlite_cursor *live = &search->cursors[0];
    const char *rest = NULL;
    end_search(search);
    search->query = *query;
    search->is_sql = true;
    search->judged.on = false;
    if (sqlite3_prepare_v2(live->db, sql, -1, &live->statement, &rest) != SQLITE_OK)
        return argot_sqlite_search_refuse(search, "%s", sqlite3_errmsg(live->db));
    if (!live->statement)
        return argot_sqlite_search_refuse(search, "there is no statement");
    if (rest && rest[strspn(rest, " \t\r\n;")])
        return argot_sqlite_search_refuse(search, "more than one statement");
    sqlite3_progress_handler(live->db, STOP_STEPS, query->stop ? stop : NULL, search);
    search->at = live;
    return true;
}

bool
argot_search_statement(struct argot_search *search, const struct argot_search_query *query, struct argot_buffer *out)
{
    end_search(search);
    search->query = *query;
    char *text = begin_file(search, 0) ? sqlite3_expanded_sql(search->cursors[0].statement) : NULL;
    if (!text)
        return *search->problem ? false : argot_sqlite_search_no_memory(search);
    if (search->judged.on)
        argot_buffer_append_text(out, "-- argot_holds judges what SQL cannot say of the expression\n");
    if (search->nfiles > 1)
        argot_buffer_append_text(out, "-- the same in each segment\n");
    argot_buffer_append_text(out, text);
    argot_buffer_append_text(out, ";\n");
    sqlite3_free(text);
    return true;
}

size_t
argot_search_width(const struct argot_search *search)
{
    return search->at ? (size_t)sqlite3_column_count(search->at->statement) : 0;
}

const char *
argot_search_column_name(const struct argot_search *search, size_t number)
{
    const char *name = sqlite3_column_name(search->at->statement, (int)number);
    return name ? name : "";
}

/* ---- cells ---- */

static void
read_columns(struct argot_search *search, sqlite3_stmt *statement, int first, struct argot_cell *cells)
{
    const struct argot_search_query *query = &search->query;
    argot_sqlite_room_reset(&search->row);
    for (size_t i = 0; i < query->ncolumns; i++)
        argot_sqlite_cell_read(search, &query->columns[i], sqlite3_column_value(statement, first + (int)i), &cells[i]);
}

static bool
next_sum(struct argot_search *search, struct argot_cell *cells)
{
    const struct argot_search_query *query = &search->query;
    sqlite3_stmt *statement = search->sums.statement;
    int code = sqlite3_step(statement), width = sqlite3_column_count(statement);
    if (code == SQLITE_DONE)
        return false;
    if (code != SQLITE_ROW)
        return argot_sqlite_search_fail(search, search->sums.db, "counts cannot be added up");
    if (query->what == ARGOT_SEARCH_COUNTS)
        read_columns(search, statement, 0, cells);
    for (int i = query->what == ARGOT_SEARCH_COUNTS ? width - 1 : 0; i < width; i++) {
        argot_sqlite_cell_any(sqlite3_column_value(statement, i), &cells[i]);
        if (i < width - 1 && cells[i].kind == ARGOT_CELL_VALUE)
            cells[i].type = ARGOT_TYPE_TIMESTAMP;
    }
    return true;
}

static bool
next_of_sql(struct argot_search *search, struct argot_cell *cells)
{
    sqlite3_stmt *statement = search->at->statement;
    int code = sqlite3_step(statement), width = sqlite3_column_count(statement);
    if (code != SQLITE_ROW)
        return code != SQLITE_DONE && argot_sqlite_search_refuse(search, "%s", sqlite3_errmsg(search->at->db));
    for (int i = 0; i < width; i++)
        argot_sqlite_cell_any(sqlite3_column_value(statement, i), &cells[i]);
    return true;
}

bool
argot_search_next(struct argot_search *search, struct argot_cell *cells)
{
    if (search->is_sql)
        return next_of_sql(search, cells);
    if (search->sums.there)
        return next_sum(search, cells);
    if (!next_row(search))
        return false;
    read_columns(search, search->at->statement, search->query.table == ARGOT_SEARCH_EVENTS ? KEYS : 0, cells);
    return !search->row.failed || argot_sqlite_search_no_memory(search);
}
