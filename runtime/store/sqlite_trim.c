/* SPDX-License-Identifier: Apache-2.0
 * What is given up of closed segments, by its kind and age, or since the store is too large. A segment of which
 * something stays is written anew beside itself, without the rest, and takes its own name then: so its space is given
 * back at once, who reads the old file meanwhile goes on with that, and a crash in between changes nothing. One segment
 * at a time, beside the run where it has somebody for that. */
#include "store/sqlite.h"
#include <stdio.h>
#include <string.h>

#define PAUSE_NS INT64_C(60000000000) /* after a look that found nothing, or could not do it */

#define UNNAME "DELETE FROM named WHERE id <= (SELECT last_event FROM segments WHERE file = ?1)"

/* Nothing of it is left. */
#define EMPTY "first_time IS NULL AND NOT alerts AND NOT dead_letters AND waiting IS NULL"

enum { EVENTS, RAW, ALERTS, LETTERS, WAITING, KINDS = ARGOT_SQLITE_KINDS };

/* ---- whole segments ---- */

/* The oldest, in the arena, if it is empty, or they are too large together with the live one; NULL: none is. */
static const char *
find_whole(struct argot_sqlite *sqlite)
{
    sqlite3_stmt *statement;
    const char *file = NULL;
    if (sqlite3_prepare_v2(sqlite->db,
                           "SELECT file FROM segments WHERE (" EMPTY ") OR (?1 AND (SELECT sum(bytes) FROM segments) +"
                           " (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size) > ?1)"
                           " ORDER BY number LIMIT 1",
                           -1, &statement, NULL) != SQLITE_OK)
        return NULL;
    argot_sqlite_bind_number(statement, 1, sqlite->options.keep_bytes);
    if (sqlite3_step(statement) == SQLITE_ROW)
        file = argot_arena_printf(&sqlite->arena, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return file;
}

/* The row goes last: a file that is gone is no loss to who looks for it. */
static bool
drop(struct argot_sqlite *sqlite, const char *file)
{
    const char *path = argot_sqlite_segment_path(sqlite, file);
    if (!path)
        return argot_sqlite_no_memory(sqlite);
    if (!strcmp(sqlite->job.file, file))
        argot_sqlite_end_job(sqlite);
    argot_sqlite_remove_database(sqlite->store.seam, path);
    return argot_sqlite_mark_segment(sqlite, "DELETE FROM segments WHERE file = ?1", file);
}

bool
argot_sqlite_drop_segments(struct argot_sqlite *sqlite)
{
    const char *file;
    while ((file = find_whole(sqlite)))
        if (!drop(sqlite, file))
            return false;
    return argot_sqlite_list_segments(sqlite);
}

/* ---- for want of room ---- */

static uint64_t
count(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    uint64_t number = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        number = (uint64_t)sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

static void
count_rows(const char *path, struct argot_store_given_up *given_up)
{
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
        given_up->events = count(db, "SELECT count(*) FROM events");
        given_up->alerts = count(db, "SELECT count(*) FROM alerts");
        given_up->letters = count(db, "SELECT count(*) FROM dead_letters");
    }
    sqlite3_close(db);
}

static bool
add(struct argot_sqlite *sqlite, const char *name, uint64_t more)
{
    int64_t before;
    return argot_sqlite_get_number(&sqlite->store, name, 0, &before) &&
           argot_sqlite_put_number(&sqlite->store, name, before + (int64_t)more);
}

/* The rows of segments whose files are gone. */
static bool
forget_gone(struct argot_sqlite *sqlite)
{
    for (size_t i = 0; i < sqlite->nsegments; i++) {
        const char *path = sqlite->segments[i].path, *slash = strrchr(path, '/');
        if (!argot_seam_is_there(sqlite->store.seam, path) &&
            !argot_sqlite_mark_segment(sqlite, "DELETE FROM segments WHERE file = ?1", slash ? slash + 1 : path))
            return false;
    }
    return argot_sqlite_list_segments(sqlite);
}

bool
argot_sqlite_note_given_up(struct argot_store *store, const struct argot_store_given_up *given_up)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    return forget_gone(sqlite) && add(sqlite, "given_up_events", given_up->events) &&
           add(sqlite, "given_up_alerts", given_up->alerts) &&
           add(sqlite, "given_up_dead_letters", given_up->letters) && argot_sqlite_commit(store);
}

/* Nothing is written: there is no room for it yet. */
bool
argot_sqlite_give_up_oldest(struct argot_store *store, struct argot_store_given_up *given_up)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    *given_up = (struct argot_store_given_up){0};
    argot_sqlite_end_job(sqlite);
    sqlite3_close_v2(sqlite->old);
    sqlite->old = NULL;
    for (size_t i = 0; i < sqlite->nsegments; i++) {
        const char *path = sqlite->segments[i].path, *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
        if (!argot_seam_is_there(store->seam, path))
            continue;
        snprintf(given_up->file, sizeof given_up->file, "%s", file);
        count_rows(path, given_up);
        argot_sqlite_remove_database(sqlite->store.seam, path);
        return !argot_seam_is_there(store->seam, path);
    }
    return false;
}

/* ---- what is due ---- */

struct due {
    const char *file; /* in the arena; NULL: nothing is */
    bool of[KINDS];
    bool whole; /* nothing is left then */
};

#define OLD(time, age) "(?" #age " AND coalesce(" #time " < ?6 - ?" #age ", 0))"
#define DUE                                                                                                            \
    "SELECT *, (first_time IS NULL OR e) AND (NOT alerts OR a) AND (NOT dead_letters OR l) AND (waiting IS NULL OR w)" \
    " FROM (SELECT file, number, " OLD(last_time, 1) " AS e, raw AND " OLD(last_time, 2) " AS r, alerts AND " OLD(     \
        last_alert,                                                                                                    \
        3) " AS a, dead_letters AND " OLD(last_letter,                                                                 \
                                          4) " AS l, waiting IS NOT NULL AND last_event"                               \
                                             " < ?5 AND waiting < ?7 AS w, first_time, alerts, dead_letters, waiting " \
                                             "FROM segments) WHERE e OR r OR a OR l OR w ORDER BY number LIMIT 1"

static bool
find_due(struct argot_sqlite *sqlite, struct due *due)
{
    const struct argot_store_options *options = &sqlite->options;
    const int64_t ages[] = {options->keep_events_ns, options->keep_raw_ns, options->keep_alerts_ns,
                            options->keep_letters_ns};
    sqlite3_stmt *statement;
    *due = (struct due){0};
    if (sqlite3_prepare_v2(sqlite->db, DUE, -1, &statement, NULL) != SQLITE_OK)
        return argot_sqlite_fail(sqlite, "cannot be read");
    for (int i = 0; i < 4; i++)
        sqlite3_bind_int64(statement, i + 1, ages[i]);
    argot_sqlite_bind_number(statement, 5, sqlite->wait_before);
    sqlite3_bind_int64(statement, 6, sqlite->store.seam->now(sqlite->store.seam));
    sqlite3_bind_int64(statement, 7, sqlite->wait_from);
    bool good = true;
    if (sqlite3_step(statement) == SQLITE_ROW) {
        const char *file = (const char *)sqlite3_column_text(statement, 0);
        due->file = file ? argot_arena_copy(&sqlite->arena, file, strlen(file)) : NULL;
        for (int i = 0; i < KINDS; i++)
            due->of[i] = sqlite3_column_int(statement, i + 2);
        due->whole = sqlite3_column_int(statement, sqlite3_column_count(statement) - 1);
        good = due->file || argot_sqlite_no_memory(sqlite);
    }
    sqlite3_finalize(statement);
    return good;
}

/* ---- a segment anew ---- */

/* The columns that both have. */
static bool
copy_table(struct argot_sqlite *next, const char *table, bool raw)
{
    sqlite3_stmt *statement = NULL;
    struct argot_buffer sql, from;
    argot_buffer_init(&sql, next->store.seam);
    argot_buffer_init(&from, next->store.seam);
    argot_buffer_printf(&sql, "INSERT OR REPLACE INTO main.%s (", table);
    if (sqlite3_prepare_v2(next->db,
                           "SELECT name FROM pragma_table_info(?1, 'main') WHERE name IN (SELECT name FROM"
                           " pragma_table_info(?1, 'old'))",
                           -1, &statement, NULL) == SQLITE_OK)
        sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
    bool any = false;
    for (; statement && sqlite3_step(statement) == SQLITE_ROW; any = true) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        bool empty = !raw && name && !strcmp(name, "raw_line");
        argot_buffer_printf(&sql, "%s\"%s\"", any ? ", " : "", name ? name : "");
        argot_buffer_printf(&from, empty ? "%sNULL" : "%s\"%s\"", any ? ", " : "", name ? name : "");
    }
    sqlite3_finalize(statement);
    argot_buffer_append(&sql, ") SELECT ", strlen(") SELECT "));
    argot_buffer_append(&sql, from.bytes, from.length);
    argot_buffer_printf(&sql, " FROM old.%s%c", table, 0);
    bool good = !sql.failed && !from.failed;
    good = good ? !any || argot_sqlite_execute(next, (const char *)sql.bytes, "a segment cannot be written")
                : argot_sqlite_no_memory(next);
    argot_buffer_finish(&sql);
    argot_buffer_finish(&from);
    return good;
}

static bool
copy_tables(struct argot_sqlite *next, const bool due[KINDS])
{
    const struct {
        const char *name;
        bool due;
    } tables[] = {{"meta", false},
                  {"sources", false},
                  {"told", false},
                  {"events", due[EVENTS]},
                  {"waiting", due[WAITING]},
                  {"alerts", due[ALERTS]},
                  {"alert_causes", due[ALERTS]},
                  {"dead_letters", due[LETTERS]}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        bool raw = !due[RAW] || strcmp(tables[i].name, "events") != 0;
        if (!tables[i].due && !copy_table(next, tables[i].name, raw))
            return false;
    }
    return true;
}

/* Complete and on the disk under another name. Sees nothing of the store but its seam. */
static void
write_anew(void *of)
{
    struct argot_sqlite_job *job = of;
    struct argot_sqlite next = {.store = {.seam = job->seam}};
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    argot_sqlite_remove_database(job->seam, job->next);
    if (sqlite3_open_v2(job->next, &next.db, flags, NULL) == SQLITE_OK) {
        argot_sqlite_heed_stop(next.db, job);
        job->done = argot_sqlite_execute(&next, "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF", "") &&
                    argot_sqlite_attach(&next, job->path, "old") &&
                    argot_sqlite_execute(&next, "BEGIN IMMEDIATE", "") && argot_sqlite_layout(&next) &&
                    copy_tables(&next, job->trimmed) && argot_sqlite_execute(&next, argot_sqlite_segment_indexes, "") &&
                    argot_sqlite_execute(&next, "COMMIT", "") &&
                    argot_sqlite_number(&next, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
                                        &job->bytes);
    }
    sqlite3_close(next.db);
    if (!job->done)
        argot_sqlite_remove_database(job->seam, job->next);
}

static bool
note(struct argot_sqlite *sqlite, const char *file, const bool due[KINDS], int64_t bytes)
{
    char sql[320];
    snprintf(sql, sizeof sql, "UPDATE segments SET indexed = 1, bytes = %lld%s%s%s%s%s WHERE file = ?1",
             (long long)bytes, due[EVENTS] ? ", first_time = NULL, last_time = NULL" : "", due[RAW] ? ", raw = 0" : "",
             due[ALERTS] ? ", alerts = 0, last_alert = NULL" : "",
             due[LETTERS] ? ", dead_letters = 0, last_letter = NULL" : "", due[WAITING] ? ", waiting = NULL" : "");
    if (due[WAITING] && !argot_sqlite_mark_segment(sqlite, UNNAME, file))
        return false;
    return argot_sqlite_put_number(&sqlite->store, ARGOT_SQLITE_PARTIAL, 1) &&
           argot_sqlite_mark_segment(sqlite, sql, file);
}

/* What cannot be done now, be it since the disk is full, is done later. */
static bool
settle(struct argot_sqlite *sqlite)
{
    struct argot_seam *seam = sqlite->store.seam;
    struct argot_sqlite_job *job = &sqlite->job;
    sqlite3_close_v2(sqlite->old);
    sqlite->old = NULL;
    if (!job->done || seam->rename(seam, job->next, job->path)) {
        sqlite->trim_after = seam->monotonic(seam) + PAUSE_NS;
        return true;
    }
    return note(sqlite, job->file, job->trimmed, job->bytes) && argot_sqlite_drop_segments(sqlite);
}

static bool
trim_one(struct argot_sqlite *sqlite, const struct due *due)
{
    struct argot_sqlite_job *job = &sqlite->job;
    const char *path = argot_sqlite_segment_path(sqlite, due->file);
    if (!path)
        return argot_sqlite_no_memory(sqlite);
    if (due->whole) {
        sqlite3_close_v2(sqlite->old);
        sqlite->old = NULL;
        return drop(sqlite, due->file) && argot_sqlite_list_segments(sqlite);
    }
    if (!argot_seam_is_there(sqlite->store.seam, path))
        return note(sqlite, due->file, due->of, 0) && argot_sqlite_drop_segments(sqlite);
    snprintf(job->file, sizeof job->file, "%s", due->file);
    memcpy(job->trimmed, due->of, sizeof job->trimmed);
    return argot_sqlite_begin_job(sqlite, write_anew, settle);
}

bool
argot_sqlite_trim(struct argot_sqlite *sqlite)
{
    struct argot_seam *seam = sqlite->store.seam;
    struct due due;
    if (sqlite->job.running || !sqlite->nsegments || seam->monotonic(seam) < sqlite->trim_after)
        return true;
    if (!find_due(sqlite, &due))
        return false;
    if (due.file)
        return trim_one(sqlite, &due);
    sqlite->trim_after = seam->monotonic(seam) + PAUSE_NS;
    return argot_sqlite_drop_segments(sqlite);
}
