/* SPDX-License-Identifier: Apache-2.0
 * Segments: a database that has become large or old is closed, gets the indexes that would be too dear while rows come
 * (sqlite_index.c), and lies beside the live one under a name of its own; the live one begins anew. It has the list of
 * the others, and all that a run needs to go on. The new one is made complete before the two change names, and who
 * finds them in the middle of that ends it. */
#include "store/sqlite.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define RETRY_NS INT64_C(1000000000) /* after readers were in the way */
#define SEGMENT_BUSY_MS 60000
#define TOLD "20000" /* alerts of closed segments that are remembered */
#define DAY_NS INT64_C(86400000000000)

/* ---- files ---- */

static const char *
next_path(struct argot_sqlite *sqlite)
{
    return argot_arena_printf(&sqlite->arena, "%s" ARGOT_SQLITE_NEXT, sqlite->path);
}

/* Of a database that is gone: they would be taken for those of the next one of that name. */
static void
remove_beside(struct argot_seam *seam, const char *path)
{
    static const char *const suffixes[] = {"-journal", "-wal", "-shm"};
    char name[PATH_MAX];
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (snprintf(name, sizeof name, "%s%s", path, suffixes[i]) < (int)sizeof name)
            (void)seam->remove(seam, name);
}

/* The file first: without what lies beside it, it may be half of what it was. */
void
argot_sqlite_remove_database(struct argot_seam *seam, const char *path)
{
    (void)seam->remove(seam, path);
    remove_beside(seam, path);
}

/* Length of the folder in a path, with its slash. */
static int
folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (int)(slash - path) + 1 : 0;
}

const char *
argot_sqlite_segment_path(struct argot_sqlite *sqlite, const char *file)
{
    return argot_arena_printf(&sqlite->arena, "%.*s%s", folder_length(sqlite->path), sqlite->path, file);
}

/* Also of one that is gone, as long as the list has it. */
static bool
is_listed(const struct argot_sqlite *sqlite, const char *path)
{
    for (size_t i = 0; i < sqlite->nsegments; i++)
        if (!strcmp(sqlite->segments[i].path, path))
            return true;
    return false;
}

/* Whether there is such a file, which must be sure: what follows removes or replaces files. */
static bool
find(struct argot_sqlite *sqlite, const char *path, bool *there)
{
    int found = argot_seam_find(sqlite->store.seam, path);
    *there = found > 0;
    if (found < 0)
        snprintf(sqlite->store.problem, sizeof sqlite->store.problem, "%.200s cannot be looked at: %s", path,
                 strerror(-found));
    return found >= 0;
}

/* events.db becomes events-2026-11-24-1.db: the day on which it was closed, and the first number that is free. NULL
 * after a failure. */
static const char *
closed_file(struct argot_sqlite *sqlite)
{
    struct argot_seam *seam = sqlite->store.seam;
    const char *name = sqlite->path + folder_length(sqlite->path), *dot = strrchr(name, '.');
    int stem = dot && dot != name ? (int)(dot - name) : (int)strlen(name);
    char day[ARGOT_FORMAT_ROOM];
    argot_time now = seam->now(seam);
    argot_format_time(now - now % DAY_NS, day);
    for (unsigned number = 1; number; number++) {
        const char *file = argot_arena_printf(&sqlite->arena, "%.*s-%.10s-%u%s", stem, name, day, number, name + stem);
        const char *path = file ? argot_sqlite_segment_path(sqlite, file) : NULL;
        bool there;
        if (!path)
            argot_sqlite_no_memory(sqlite);
        if (!path || !find(sqlite, path, &there))
            return NULL;
        if (!there && !is_listed(sqlite, path))
            return file;
    }
    return NULL;
}

bool
argot_sqlite_rename(struct argot_sqlite *sqlite, const char *from, const char *to)
{
    struct argot_seam *seam = sqlite->store.seam;
    int status = seam->rename(seam, from, to);
    sqlite->store.full = status == -ENOSPC || status == -EDQUOT;
    if (status)
        snprintf(sqlite->store.problem, sizeof sqlite->store.problem, "%.200s cannot be renamed: %s", from,
                 strerror(-status));
    return !status;
}

/* Where a change of names was cut short: the new one is complete before the old one loses its name. What lies beside
 * the name then was the old one's, which had let go of it. */
bool
argot_sqlite_recover(struct argot_sqlite *sqlite)
{
    struct argot_seam *seam = sqlite->store.seam;
    const char *next = next_path(sqlite);
    bool next_there, there;
    if (!next)
        return argot_sqlite_no_memory(sqlite);
    if (!find(sqlite, next, &next_there) || !find(sqlite, sqlite->path, &there))
        return false;
    if (!next_there)
        return true;
    if (there) {
        argot_sqlite_remove_database(seam, next);
        return true;
    }
    remove_beside(seam, sqlite->path);
    return argot_sqlite_rename(sqlite, next, sqlite->path);
}

/* ---- the list ---- */

static bool
add_segment(struct argot_sqlite *sqlite, const char *file, uint64_t first, uint64_t last, bool waiting)
{
    if (sqlite->nsegments == sqlite->segments_room) {
        size_t room = sqlite->segments_room ? sqlite->segments_room * 2 : 16;
        struct argot_sqlite_segment *more = argot_arena_zalloc(&sqlite->arena, room, sizeof *more);
        if (!more)
            return argot_sqlite_no_memory(sqlite);
        if (sqlite->nsegments)
            memcpy(more, sqlite->segments, sqlite->nsegments * sizeof *more);
        sqlite->segments = more;
        sqlite->segments_room = room;
    }
    const char *path = file ? argot_sqlite_segment_path(sqlite, file) : NULL;
    sqlite->segments[sqlite->nsegments++] = (struct argot_sqlite_segment){path, first, last, waiting};
    return path || argot_sqlite_no_memory(sqlite);
}

bool
argot_sqlite_list_segments(struct argot_sqlite *sqlite)
{
    sqlite3_stmt *statement;
    int code;
    bool good = true;
    if (sqlite3_prepare_v2(sqlite->db, "SELECT file, first_event, last_event, waiting FROM segments ORDER BY number",
                           -1, &statement, NULL) != SQLITE_OK)
        return argot_sqlite_fail(sqlite, "cannot be read");
    size_t before = sqlite->nsegments;
    sqlite->nsegments = 0;
    while (good && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *file = (const char *)sqlite3_column_text(statement, 0);
        char *kept = file ? argot_arena_copy(&sqlite->arena, file, strlen(file)) : NULL;
        good = kept ? add_segment(sqlite, kept, (uint64_t)sqlite3_column_int64(statement, 1),
                                  (uint64_t)sqlite3_column_int64(statement, 2),
                                  sqlite3_column_type(statement, 3) != SQLITE_NULL)
                    : argot_sqlite_no_memory(sqlite);
    }
    good = good && (code == SQLITE_DONE || argot_sqlite_fail(sqlite, "cannot be read"));
    sqlite3_finalize(statement);
    if (!good && before > sqlite->nsegments)
        sqlite->nsegments = before; /* what is given up for want of room is sought there */
    return good;
}

bool
argot_sqlite_mark_segment(struct argot_sqlite *sqlite, const char *sql, const char *file)
{
    sqlite3_stmt *statement;
    if (!argot_sqlite_begin(sqlite))
        return false;
    if (sqlite3_prepare_v2(sqlite->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return argot_sqlite_fail(sqlite, "cannot be written to");
    sqlite3_bind_text(statement, 1, file, -1, SQLITE_STATIC);
    bool good = argot_sqlite_run(sqlite, statement, "cannot be written to");
    sqlite3_finalize(statement);
    return good && argot_sqlite_commit(&sqlite->store);
}

/* ---- closing the live one ---- */

/* The newest alerts are remembered: a run that goes on may tell them once more. */
#define CARRY                                                                                                          \
    "INSERT INTO sources (" ARGOT_SQLITE_SOURCE_COLUMNS ") SELECT " ARGOT_SQLITE_SOURCE_COLUMNS " FROM old.sources;"   \
    "INSERT OR REPLACE INTO meta (key, value) SELECT key, value FROM old.meta;"                                        \
    "INSERT INTO segments (" ARGOT_SQLITE_SEGMENT_COLUMNS ") SELECT " ARGOT_SQLITE_SEGMENT_COLUMNS                     \
    " FROM old.segments;"                                                                                              \
    "INSERT OR IGNORE INTO named (id) SELECT id FROM old.named UNION SELECT id FROM old.waiting WHERE id IN (SELECT"   \
    " id FROM old.events);"                                                                                            \
    "INSERT INTO messages (id, output, name, held, text) SELECT id, output, name, held, text FROM old.messages;"       \
    "INSERT INTO told (alert_id, event_time) SELECT alert_id, event_time FROM (SELECT alert_id, event_time FROM"       \
    " old.told UNION SELECT alert_id, event_time FROM old.alerts) ORDER BY event_time DESC LIMIT " TOLD ";"

#define DESCRIBE                                                                                                       \
    "INSERT INTO segments (file, first_event, last_event, first_time, last_time, alerts, dead_letters, bytes, "        \
    "indexed, waiting, last_alert, last_letter)"                                                                       \
    " SELECT ?1, ?2, ?3, (SELECT min(event_time) FROM old.events), (SELECT max(event_time) FROM old.events),"          \
    " (SELECT count(*) FROM old.alerts), (SELECT count(*) FROM old.dead_letters),"                                     \
    " (SELECT page_count * page_size FROM pragma_page_count('old'), pragma_page_size('old')), 0,"                      \
    " (SELECT max(min(event_time, event_ingest_time)) FROM old.waiting), (SELECT max(event_time) FROM old.alerts),"    \
    " (SELECT max(event_ingest_time) FROM old.dead_letters)"

static bool
describe(struct argot_sqlite *next, const struct argot_sqlite *live, const char *file)
{
    sqlite3_stmt *statement;
    char sql[160];
    if (sqlite3_prepare_v2(next->db, DESCRIBE, -1, &statement, NULL) != SQLITE_OK)
        return argot_sqlite_fail(next, "a segment cannot be described");
    sqlite3_bind_text(statement, 1, file, -1, SQLITE_STATIC);
    argot_sqlite_bind_number(statement, 2, live->first_event);
    argot_sqlite_bind_number(statement, 3, live->store.next_event - 1);
    bool good = argot_sqlite_run(next, statement, "a segment cannot be described");
    sqlite3_finalize(statement);
    snprintf(sql, sizeof sql,
             "INSERT OR REPLACE INTO meta (key, value) VALUES ('first_event', '%llu'), ('begun', '%lld')",
             (unsigned long long)live->store.next_event, (long long)live->store.seam->now(live->store.seam));
    return good && argot_sqlite_execute(next, sql, "a segment cannot be described");
}

bool
argot_sqlite_attach(struct argot_sqlite *sqlite, const char *path, const char *name)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(sqlite->db, "ATTACH ?1 AS ?2", -1, &statement, NULL) != SQLITE_OK)
        return argot_sqlite_fail(sqlite, "a segment cannot be read");
    sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, name, -1, SQLITE_STATIC);
    bool good = argot_sqlite_run(sqlite, statement, "a segment cannot be read");
    sqlite3_finalize(statement);
    return good;
}

/* Complete and closed under the next one's name. */
static bool
make_next(struct argot_sqlite *live, const char *path, const char *file)
{
    struct argot_sqlite next = {.store = {.seam = live->store.seam}};
    argot_sqlite_remove_database(next.store.seam, path);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    bool good =
        (sqlite3_open_v2(path, &next.db, flags, NULL) == SQLITE_OK || argot_sqlite_fail(&next, "cannot be made")) &&
        argot_sqlite_execute(&next, "PRAGMA page_size = 8192", "cannot be made") &&
        argot_sqlite_attach(&next, live->path, "old") &&
        argot_sqlite_execute(&next, "BEGIN IMMEDIATE", "cannot be made") && argot_sqlite_layout(&next) &&
        argot_sqlite_execute(&next, CARRY, "cannot be made") && describe(&next, live, file) &&
        argot_sqlite_execute(&next, "COMMIT", "cannot be made");
    if (!good) {
        live->store.full = next.store.full;
        snprintf(live->store.problem, sizeof live->store.problem, "a new segment %.200s", next.store.problem);
    }
    sqlite3_close(next.db);
    return good;
}

bool
argot_sqlite_leave_log(sqlite3 *db)
{
    sqlite3_stmt *statement;
    bool alone = false;
    sqlite3_busy_timeout(db, 0);
    if (sqlite3_prepare_v2(db, "PRAGMA journal_mode = DELETE", -1, &statement, NULL) == SQLITE_OK) {
        const char *mode =
            sqlite3_step(statement) == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
        alone = mode && !strcmp(mode, "delete");
        sqlite3_finalize(statement);
    }
    return alone;
}

/* Out of WAL mode, which nobody else may be in: then the file is one file. */
bool
argot_sqlite_is_alone(struct argot_sqlite *sqlite)
{
    return argot_sqlite_leave_log(sqlite->db);
}

enum lock { LOCK_GOOD, LOCK_READERS, LOCK_FAILED };

/* The same, and nobody can begin to read until argot_sqlite_settle, or until it is closed. Where the log cannot be
 * written to its places the lock stays: then it has to be closed. */
static enum lock
lock_out(struct argot_sqlite *sqlite)
{
    argot_sqlite_finish_statements(sqlite);
    if (!argot_sqlite_execute(sqlite, "PRAGMA locking_mode = EXCLUSIVE", "cannot be closed"))
        return LOCK_FAILED;
    if (argot_sqlite_is_alone(sqlite))
        return LOCK_GOOD;
    int code = sqlite3_errcode(sqlite->db) & 0xff;
    sqlite->roll_after = sqlite->store.seam->monotonic(sqlite->store.seam) + RETRY_NS;
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE || code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return LOCK_READERS;
    argot_sqlite_fail(sqlite, "a segment cannot be closed");
    return LOCK_FAILED;
}

/* Readers that come meanwhile wait for the lock, and see then that the name is another file's. */
static bool
change_names(struct argot_sqlite *sqlite, const char *next, const char *closed)
{
    remove_beside(sqlite->store.seam, closed);
    remove_beside(sqlite->store.seam, sqlite->path);
    bool good = argot_sqlite_rename(sqlite, sqlite->path, closed) &&
                add_segment(sqlite, closed + folder_length(closed), sqlite->first_event, sqlite->store.next_event - 1,
                            sqlite->waits) &&
                argot_sqlite_rename(sqlite, next, sqlite->path);
    argot_sqlite_close_connection(sqlite);
    return good;
}

static bool
has_rows(struct argot_sqlite *sqlite)
{
    int64_t there = 0;
    return sqlite->store.next_event != sqlite->first_event ||
           (argot_sqlite_number(sqlite, "SELECT EXISTS (SELECT 1 FROM dead_letters) OR EXISTS (SELECT 1 FROM alerts)",
                                &there) &&
            there);
}

static bool
is_due(struct argot_sqlite *sqlite)
{
    const struct argot_store_options *options = &sqlite->options;
    struct argot_seam *seam = sqlite->store.seam;
    int64_t pages = 0;
    if ((!options->segment_bytes && !options->segment_ns) || !has_rows(sqlite))
        return false;
    if (options->segment_ns && seam->now(seam) - sqlite->begun >= options->segment_ns)
        return true;
    return options->segment_bytes && argot_sqlite_number(sqlite, "PRAGMA page_count", &pages) &&
           (uint64_t)pages * ARGOT_SQLITE_PAGE_BYTES >= options->segment_bytes;
}

bool
argot_sqlite_roll(struct argot_store *store)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    struct argot_seam *seam = store->seam;
    store->problem[0] = 0;
    if (!sqlite->writing &&
        (!argot_sqlite_collect_job(sqlite) || !argot_sqlite_trim(sqlite) || !argot_sqlite_index_segments(sqlite)))
        return false;
    if (sqlite->writing || seam->monotonic(seam) < sqlite->roll_after || !is_due(sqlite))
        return !store->problem[0];
    const char *file = closed_file(sqlite), *next = next_path(sqlite),
               *closed = file ? argot_sqlite_segment_path(sqlite, file) : NULL;
    if (!file)
        return false;
    if (!closed || !next)
        return argot_sqlite_no_memory(sqlite);
    /* Whether readers are in the way is asked before the work, too. */
    enum lock lock = lock_out(sqlite);
    if (lock == LOCK_FAILED || !argot_sqlite_settle(sqlite))
        return false;
    if (lock == LOCK_READERS)
        return true;
    if (!make_next(sqlite, next, file)) {
        argot_sqlite_remove_database(seam, next);
        return false;
    }
    lock = lock_out(sqlite);
    if (lock != LOCK_GOOD) {
        argot_sqlite_remove_database(seam, next);
        return lock == LOCK_READERS && argot_sqlite_settle(sqlite);
    }
    sqlite->job.due = true;
    return change_names(sqlite, next, closed) && argot_sqlite_open_connection(sqlite) &&
           argot_sqlite_drop_segments(sqlite) && argot_sqlite_index_segments(sqlite);
}

/* ---- the whole ---- */

/* After the connection was opened: what segments there are, and where the live one begins. */
bool
argot_sqlite_know_segments(struct argot_sqlite *sqlite)
{
    struct argot_seam *seam = sqlite->store.seam;
    int64_t first, last;
    if (!argot_sqlite_get_number(&sqlite->store, "first_event", 1, &first) ||
        !argot_sqlite_get_number(&sqlite->store, "begun", seam->now(seam), &sqlite->begun) ||
        !argot_sqlite_list_segments(sqlite) ||
        !argot_sqlite_number(
            sqlite,
            "SELECT max(coalesce((SELECT max(id) FROM events), 0), coalesce((SELECT"
            " max(id) FROM waiting), 0), CAST(coalesce((SELECT value FROM meta WHERE key = '" ARGOT_SQLITE_LAST
            "'), '0') AS INTEGER))",
            &last))
        return false;
    sqlite->first_event = (uint64_t)first;
    sqlite->store.next_event = last < first ? (uint64_t)first : (uint64_t)last + 1;
    return argot_sqlite_know_waiting(sqlite);
}

/* ---- what is taken out of them ---- */

/* The connection to a segment, of which one is kept: sqlite->old, NULL where it cannot be opened. Who makes its indexes
 * locks it for moments, which is waited for: what is there must be found. SQLite's code. */
static int
connect_segment(struct argot_sqlite *sqlite, size_t index)
{
    if (sqlite->old && sqlite->old_index == index)
        return SQLITE_OK;
    sqlite3_close_v2(sqlite->old);
    sqlite->old = NULL;
    sqlite->old_index = index;
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(sqlite->segments[index].path, &sqlite->old, flags, NULL);
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(sqlite->old, SEGMENT_BUSY_MS);
        return code;
    }
    sqlite3_close(sqlite->old);
    sqlite->old = NULL;
    return code;
}

sqlite3 *
argot_sqlite_open_segment(struct argot_sqlite *sqlite, size_t index)
{
    (void)connect_segment(sqlite, index);
    return sqlite->old;
}

/* Whether it is no more than a segment that is gone, and not only now: it is, or it is damaged. */
static bool
is_lost(struct argot_sqlite *sqlite, size_t index, int code)
{
    switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR: /* other tables */
        return true;
    case SQLITE_CANTOPEN:
        return argot_seam_find(sqlite->store.seam, sqlite->segments[index].path) == 0;
    default:
        return false;
    }
}

bool
argot_sqlite_pass_segment(struct argot_sqlite *sqlite, size_t index, int code)
{
    if (is_lost(sqlite, index, code))
        return true;
    argot_sqlite_refuse(sqlite, sqlite->segments[index].path, sqlite3_errstr(code));
    return false;
}

bool
argot_sqlite_ask_segment(struct argot_sqlite *sqlite, size_t index, const char *sql, const char *older,
                         sqlite3_stmt **statement)
{
    *statement = NULL;
    int code = connect_segment(sqlite, index);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(sqlite->old, sql, -1, statement, NULL);
    if (code == SQLITE_ERROR && older)
        code = sqlite3_prepare_v2(sqlite->old, older, -1, statement, NULL);
    return code == SQLITE_OK || argot_sqlite_pass_segment(sqlite, index, code);
}
