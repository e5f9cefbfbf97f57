/* SPDX-License-Identifier: Apache-2.0
 * The log beside the live segment. What is committed stands there first, and is written to its places when it is much.
 * Then the log begins anew, unless a reader is in the middle of it: readers that follow each other without a pause
 * would let it grow for ever. So a log that has become long waits a moment for those that are there; whoever comes
 * meanwhile reads the places. */
#include "store/sqlite.h"

#define LOG_PART 8          /* of a segment, */
#define LEAST_LOG_PAGES 128 /* but so much at least, */
#define MOST_LOG_PAGES 2000 /* and at most, comes together before it is written to its places */
#define LOG_LEFT 4          /* times as much of it may stay there empty; beyond that readers are waited for, */
#define LOG_WAIT_MS 100     /* so long, */
#define LOG_RETRY_NS INT64_C(1000000000) /* and not again within that time */
#define FRAME_HEAD_BYTES 24              /* of a page in the log */

/* A log takes room beside what it logs: small segments have a small one. */
static uint64_t
pages_of(const struct argot_sqlite *sqlite)
{
    uint64_t pages = sqlite->options.segment_bytes / ARGOT_SQLITE_PAGE_BYTES / LOG_PART;
    if (!sqlite->options.segment_bytes || pages > MOST_LOG_PAGES)
        return MOST_LOG_PAGES;
    return pages < LEAST_LOG_PAGES ? LEAST_LOG_PAGES : pages;
}

static void
begin_anew(struct argot_sqlite *sqlite, const char *database)
{
    struct argot_seam *seam = sqlite->store.seam;
    argot_time now = seam->monotonic(seam);
    if (now < sqlite->log_after)
        return;
    sqlite3_busy_timeout(sqlite->db, LOG_WAIT_MS);
    int code = sqlite3_wal_checkpoint_v2(sqlite->db, database, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
    sqlite3_busy_timeout(sqlite->db, ARGOT_SQLITE_BUSY_MS);
    if (code == SQLITE_OK) {
        sqlite->store.log.bytes = 0;
    } else {
        sqlite->store.log.held++;
        sqlite->log_after = now + LOG_RETRY_NS;
    }
}

/* After a commit. What goes wrong here shows with the next one, if it matters: all stands in the log. */
static int
on_log(void *context, sqlite3 *db, const char *database, int pages)
{
    struct argot_sqlite *sqlite = context;
    uint64_t most = pages_of(sqlite);
    sqlite->store.log.bytes = (uint64_t)pages * (ARGOT_SQLITE_PAGE_BYTES + FRAME_HEAD_BYTES);
    if ((uint64_t)pages < most)
        return SQLITE_OK;
    (void)sqlite3_wal_checkpoint_v2(db, database, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if ((uint64_t)pages >= most * LOG_LEFT)
        begin_anew(sqlite, database);
    return SQLITE_OK;
}

uint64_t
argot_sqlite_watch_log(struct argot_sqlite *sqlite)
{
    (void)sqlite3_wal_hook(sqlite->db, on_log, sqlite);
    return pages_of(sqlite) * LOG_LEFT * ARGOT_SQLITE_PAGE_BYTES;
}
