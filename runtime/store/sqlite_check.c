/* SPDX-License-Identifier: Apache-2.0
 * SQLite knows whether a file is whole; what the tables say must agree too. Each question gives a number, which has to
 * be zero. */
#include "store/inspect.h"
#include "store/sqlite.h"
#include <stdio.h>
#include <string.h>

#define WORDS_BYTES 512

struct check {
    const struct argot_inspect *inspect;
    struct argot_inspect_result *result;
    sqlite3 *live;          /* has the list of segments and the sources */
    const char *file;       /* that is looked at */
    bool wrong;             /* with it */
    char said[WORDS_BYTES]; /* of it last */
};

static void
say(struct check *check, const char *words)
{
    check->result->damaged += !check->wrong;
    if (check->wrong && !strncmp(words, check->said, sizeof check->said - 1))
        return;
    check->wrong = true;
    snprintf(check->said, sizeof check->said, "%s", words);
    check->inspect->say(check->inspect->context, check->file, words);
}

static void
say_failed(struct check *check, sqlite3 *db)
{
    int code = sqlite3_errcode(db) & 0xff;
    check->result->torn |= code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
    say(check, argot_sqlite_reason(check->inspect->seam, check->file, db));
}

/* False where it cannot be asked, which is said. */
static bool
ask(struct check *check, sqlite3 *db, const char *sql, uint64_t *number)
{
    sqlite3_stmt *statement = NULL;
    bool good = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;
    if (good)
        *number = (uint64_t)sqlite3_column_int64(statement, 0);
    else
        say_failed(check, db);
    sqlite3_finalize(statement);
    return good;
}

/* ---- one file ---- */

static bool
is_ours(struct check *check, sqlite3 *db)
{
    uint64_t application, version;
    char words[WORDS_BYTES];
    if (!ask(check, db, "PRAGMA application_id", &application) || !ask(check, db, "PRAGMA user_version", &version))
        return false;
    if (application != ARGOT_SQLITE_APPLICATION)
        say(check, "is no store of argot");
    else if (version < 1 || version > ARGOT_SQLITE_VERSION) {
        snprintf(words, sizeof words, "its tables are version %llu, this argot knows %d", (unsigned long long)version,
                 ARGOT_SQLITE_VERSION);
        say(check, words);
    }
    return !check->wrong;
}

static void
check_pages(struct check *check, sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, "PRAGMA integrity_check(20)", -1, &statement, NULL);
    while (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
        const char *words = (const char *)sqlite3_column_text(statement, 0);
        if (words && strcmp(words, "ok") != 0) {
            check->result->torn = true;
            say(check, words);
        }
    }
    if (sqlite3_finalize(statement) != SQLITE_OK || code != SQLITE_OK)
        say_failed(check, db);
}

static void
check_tables(struct check *check, sqlite3 *db)
{
    static const struct {
        const char *sql, *words;
    } questions[] = {
        {"SELECT count(*) FROM (SELECT 1 FROM events GROUP BY source, record, part HAVING count(*) > 1)",
         "events are there twice"},
        {"SELECT count(*) FROM (SELECT 1 FROM dead_letters GROUP BY source, record, piece HAVING count(*) > 1)",
         "dead letters are there twice"},
        {"SELECT count(*) FROM events WHERE source NOT IN (SELECT id FROM sources)", "events are of no source"},
        {"SELECT count(*) FROM events e JOIN sources s ON s.id = e.source WHERE e.record > s.record OR (e.record ="
         " s.record AND e.part >= s.part)",
         "events lie behind the position of their source"},
        {"SELECT count(*) FROM alert_causes WHERE alert_id NOT IN (SELECT alert_id FROM alerts)",
         "causes are of no alert"},
        {"SELECT count(*) FROM alerts WHERE alert_id NOT IN (SELECT alert_id FROM alert_causes)",
         "alerts are without causes"},
    };
    char words[WORDS_BYTES];
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        uint64_t count = 0;
        if (!ask(check, db, questions[i].sql, &count) || !count)
            continue;
        snprintf(words, sizeof words, "%llu %s", (unsigned long long)count, questions[i].words);
        say(check, words);
    }
}

static void
count_rows(struct check *check, sqlite3 *db)
{
    struct argot_inspect_result *result = check->result;
    uint64_t events = 0, alerts = 0, letters = 0;
    if (ask(check, db, "SELECT count(*) FROM events", &events) &&
        ask(check, db, "SELECT count(*) FROM alerts", &alerts) &&
        ask(check, db, "SELECT count(*) FROM dead_letters", &letters)) {
        result->events += events;
        result->alerts += alerts;
        result->letters += letters;
    }
}

static void
check_database(struct check *check, sqlite3 *db)
{
    if (!is_ours(check, db))
        return;
    check_pages(check, db);
    if (!check->wrong)
        check_tables(check, db);
    count_rows(check, db);
}

/* ---- all of them ---- */

static void
begin_file(struct check *check, const char *file)
{
    check->file = file;
    check->wrong = false;
    check->result->files++;
}

static void
check_segment(struct check *check, const char *path, uint64_t last)
{
    sqlite3 *db = NULL;
    char sql[160];
    uint64_t outside = 0;
    begin_file(check, path);
    if (argot_sqlite_connect(path, SQLITE_OPEN_READONLY, &db) != SQLITE_OK) {
        say_failed(check, db);
    } else {
        check_database(check, db);
        snprintf(sql, sizeof sql, "SELECT count(*) FROM events WHERE id > %llu", (unsigned long long)last);
        if (!check->wrong && ask(check, db, sql, &outside) && outside)
            say(check, "has events that are not of this segment");
    }
    sqlite3_close(db);
}

static void
check_segments(struct check *check)
{
    sqlite3_stmt *statement = NULL;
    const char *path = check->inspect->path, *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) + 1 : 0;
    if (sqlite3_prepare_v2(check->live, "SELECT file, last_event FROM segments ORDER BY number", -1, &statement,
                           NULL) != SQLITE_OK)
        return;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        char *name = sqlite3_mprintf("%.*s%s", folder, path, (const char *)sqlite3_column_text(statement, 0));
        if (name)
            check_segment(check, name, (uint64_t)sqlite3_column_int64(statement, 1));
        sqlite3_free(name);
    }
    sqlite3_finalize(statement);
}

/* What sources count, against what is there, where nothing was given up. */
static void
check_sums(struct check *check)
{
    uint64_t whole = 0, events = 0, letters = 0;
    begin_file(check, check->inspect->path);
    check->result->files--;
    if (check->result->damaged ||
        !ask(check, check->live,
             "SELECT coalesce((SELECT min(first_event) FROM segments), (SELECT CAST(value AS"
             " INTEGER) FROM meta WHERE key = 'first_event'), 1) = 1 AND NOT EXISTS (SELECT 1 FROM meta WHERE key = "
             "'" ARGOT_SQLITE_PARTIAL "')",
             &whole) ||
        !whole || !ask(check, check->live, "SELECT coalesce(sum(events), 0) FROM sources", &events) ||
        !ask(check, check->live, "SELECT coalesce(sum(letters), 0) FROM sources", &letters))
        return;
    if (events != check->result->events)
        say(check, "its sources count other events than there are");
    if (letters != check->result->letters)
        say(check, "its sources count other dead letters than there are");
}

bool
argot_inspect_check(const struct argot_inspect *inspect, struct argot_inspect_result *result, char *why,
                    size_t why_size)
{
    struct check check = {.inspect = inspect, .result = result};
    *result = (struct argot_inspect_result){0};
    if (argot_sqlite_connect(inspect->path, SQLITE_OPEN_READONLY, &check.live) != SQLITE_OK) {
        snprintf(why, why_size, "%s", argot_sqlite_reason(inspect->seam, inspect->path, check.live));
        sqlite3_close(check.live);
        return false;
    }
    begin_file(&check, inspect->path);
    check_database(&check, check.live);
    check_segments(&check);
    check_sums(&check);
    sqlite3_close(check.live);
    return true;
}
