/* SPDX-License-Identifier: Apache-2.0
 * Indexes of closed segments, which take seconds for a large one. They are made beside the run where it has somebody
 * for that, by a connection of their own: nobody else writes to a closed segment. It is in WAL mode meanwhile, so that
 * who reads it is not held up, and one file again before it counts as indexed; whatever ends the work, it is begun
 * again, and what was made of it stays. */
#include "store/sqlite.h"
#include <stdio.h>
#include <string.h>

#define STOP_STEPS 10000 /* of SQLite's machine between looks at `stop`: some tenths of a millisecond */
#define FIRST_RETRY_NS INT64_C(10000000000)  /* after readers were in the way, or there was no room */
#define MOST_RETRY_NS INT64_C(3600000000000) /* doubled each time, up to this */

/* Where a field is absent its index has no entry; a comparison implies that the field is there. */
const char argot_sqlite_segment_indexes[] =
    "CREATE INDEX IF NOT EXISTS events_source_ip ON events (source_ip, event_time) WHERE source_ip IS NOT NULL;"
    "CREATE INDEX IF NOT EXISTS events_user_name ON events (user_name, event_time) WHERE user_name IS NOT NULL;"
    "CREATE INDEX IF NOT EXISTS events_host_name ON events (host_name, event_time) WHERE host_name IS NOT NULL;"
    "CREATE INDEX IF NOT EXISTS events_event_type ON events (event_type, event_time);";

/* ---- a job of whatever kind ---- */

static int
is_stopped(void *job)
{
    return atomic_load(&((struct argot_sqlite_job *)job)->stop);
}

void
argot_sqlite_heed_stop(sqlite3 *db, struct argot_sqlite_job *job)
{
    sqlite3_progress_handler(db, STOP_STEPS, is_stopped, job);
}

bool
argot_sqlite_begin_job(struct argot_sqlite *sqlite, void (*work)(void *job), bool (*settle)(struct argot_sqlite *))
{
    struct argot_store_aside *aside = sqlite->options.aside;
    struct argot_sqlite_job *job = &sqlite->job;
    const char *path = argot_sqlite_segment_path(sqlite, job->file);
    if (!path)
        return argot_sqlite_no_memory(sqlite);
    int length = snprintf(job->path, sizeof job->path, "%s", path);
    int next = snprintf(job->next, sizeof job->next, "%s" ARGOT_SQLITE_NEXT, path);
    sqlite3_close_v2(sqlite->old); /* it would be a reader in the way */
    sqlite->old = NULL;
    atomic_store(&job->stop, false);
    job->done = false;
    job->seam = sqlite->store.seam;
    job->settle = settle;
    if (length >= (int)sizeof job->path || next >= (int)sizeof job->next)
        return settle(sqlite);
    if (aside && sqlite3_threadsafe() && aside->begin(aside, work, job))
        return job->running = true;
    work(job);
    return settle(sqlite);
}

bool
argot_sqlite_collect_job(struct argot_sqlite *sqlite)
{
    struct argot_store_aside *aside = sqlite->options.aside;
    struct argot_sqlite_job *job = &sqlite->job;
    if (!job->running || !aside->is_over(aside))
        return true;
    job->running = false;
    return job->settle(sqlite);
}

void
argot_sqlite_end_job(struct argot_sqlite *sqlite)
{
    struct argot_store_aside *aside = sqlite->options.aside;
    if (!sqlite->job.running)
        return;
    atomic_store(&sqlite->job.stop, true);
    aside->wait(aside);
    sqlite->job.running = false;
}

/* ---- the work: it sees its job and the file, nothing else of the store ---- */

/* A segment that is gone, or damaged, or that may not be written to, is as good as it will be: it is asked without. */
static bool
is_for_good(sqlite3 *db, int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
        return false;
    default:
        return code == SQLITE_OK || !argot_sqlite_is_full(db);
    }
}

static void
make_indexes(void *of)
{
    struct argot_sqlite_job *job = of;
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(job->path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db,
                            "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8192; PRAGMA synchronous = NORMAL;"
                            "PRAGMA journal_mode = WAL",
                            NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        argot_sqlite_heed_stop(db, job);
        code = sqlite3_exec(db, argot_sqlite_segment_indexes, NULL, NULL, NULL);
        sqlite3_progress_handler(db, 0, NULL, NULL);
        job->done = is_for_good(db, code);
        bool left = argot_sqlite_leave_log(db);
        job->done = job->done && (left || code != SQLITE_OK);
    } else {
        job->done = is_for_good(db, code);
    }
    sqlite3_close(db);
}

/* ---- what comes of it ---- */

static bool
settle(struct argot_sqlite *sqlite)
{
    struct argot_sqlite_job *job = &sqlite->job;
    if (job->done) {
        job->retry_ns = 0;
        return argot_sqlite_mark_segment(sqlite, "UPDATE segments SET indexed = 1 WHERE file = ?1", job->file);
    }
    job->retry_ns = job->retry_ns ? job->retry_ns * 2 : FIRST_RETRY_NS;
    if (job->retry_ns > MOST_RETRY_NS)
        job->retry_ns = MOST_RETRY_NS;
    job->after = sqlite->store.seam->monotonic(sqlite->store.seam) + job->retry_ns;
    return true;
}

/* ---- what is to be done ---- */

/* One without indexes. */
static bool
find_bare(struct argot_sqlite *sqlite, bool *there)
{
    struct argot_sqlite_job *job = &sqlite->job;
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(sqlite->db, "SELECT file FROM segments WHERE NOT indexed ORDER BY number LIMIT 1", -1,
                           &statement, NULL) != SQLITE_OK)
        return argot_sqlite_fail(sqlite, "cannot be read");
    int code = sqlite3_step(statement);
    *there = code == SQLITE_ROW;
    bool good = *there || code == SQLITE_DONE || argot_sqlite_fail(sqlite, "cannot be read");
    if (*there)
        snprintf(job->file, sizeof job->file, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return good;
}

bool
argot_sqlite_index_segments(struct argot_sqlite *sqlite)
{
    struct argot_seam *seam = sqlite->store.seam;
    struct argot_sqlite_job *job = &sqlite->job;
    while (job->due && !job->running && (!job->retry_ns || seam->monotonic(seam) >= job->after))
        if (!find_bare(sqlite, &job->due) || (job->due && !argot_sqlite_begin_job(sqlite, make_indexes, settle)))
            return false;
    return true;
}
