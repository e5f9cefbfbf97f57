/* SPDX-License-Identifier: Apache-2.0
 * Rows are read one by one in the order of their ids. Where that fails the next id that can be read is looked for, ever
 * farther away, and then back to the first one; so a damaged page costs its rows and no others. A row goes into the new
 * file only if the strict columns take it, and if it is what a row of this store can be. */
#include "store/inspect.h"
#include "store/sqlite.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MAX_COLUMNS 1000
#define MAX_GAPS 10000 /* of a table: pages that lead to each other could give more without end */
#define DAMAGED ".damaged"
#define NEXT ".repaired"
#define MENDED ".mended" /* a copy with another first page, while it is read */
#define PROBLEM_BYTES 320

struct repair {
    const struct argot_inspect *inspect;
    struct argot_inspect_saved *saved;
    sqlite3 *from;
    struct argot_sqlite to;
    char *problem;
    size_t problem_size;
};

struct table {
    const char *name, *key;
    const char *valid; /* what holds for each row */
    uint64_t *saved;
    int64_t after; /* ids are larger */
};

static bool
fail(struct repair *repair, const char *words)
{
    snprintf(repair->problem, repair->problem_size, "%s", words);
    return false;
}

/* ---- rows ---- */

/* The columns that both have, with the key first. Freed by sqlite3_free. NULL: the table cannot be read at all. */
static char *
columns_of(struct repair *repair, const struct table *table)
{
    sqlite3_stmt *statement = NULL;
    char *columns = sqlite3_mprintf("%s", table->key);
    char *sql = sqlite3_mprintf("SELECT * FROM %s LIMIT 0", table->name);
    if (sql && sqlite3_prepare_v2(repair->from, sql, -1, &statement, NULL) == SQLITE_OK) {
        for (int i = 0; columns && i < sqlite3_column_count(statement) && i < MAX_COLUMNS; i++)
            if (strcmp(sqlite3_column_name(statement, i), table->key) != 0) {
                char *more = sqlite3_mprintf("%s, \"%w\"", columns, sqlite3_column_name(statement, i));
                sqlite3_free(columns);
                columns = more;
            }
    } else {
        sqlite3_free(columns);
        columns = NULL;
    }
    sqlite3_finalize(statement);
    sqlite3_free(sql);
    return columns;
}

static sqlite3_stmt *
prepare_select(struct repair *repair, const struct table *table, const char *columns)
{
    sqlite3_stmt *statement = NULL;
    char *sql = sqlite3_mprintf("SELECT %s FROM %s NOT INDEXED WHERE %s >= ?1 AND (%s) ORDER BY %s LIMIT 1", columns,
                                table->name, table->key, table->valid, table->key);
    if (sql)
        (void)sqlite3_prepare_v2(repair->from, sql, -1, &statement, NULL);
    sqlite3_free(sql);
    return statement;
}

static sqlite3_stmt *
prepare_insert(struct repair *repair, const struct table *table, const char *columns, int count)
{
    sqlite3_stmt *statement = NULL;
    sqlite3_str *sql = sqlite3_str_new(repair->to.db);
    sqlite3_str_appendf(sql, "INSERT INTO %s (%s) VALUES (?", table->name, columns);
    for (int i = 1; i < count; i++)
        sqlite3_str_appendall(sql, ", ?");
    sqlite3_str_appendall(sql, ")");
    char *text = sqlite3_str_finish(sql);
    if (text)
        (void)sqlite3_prepare_v2(repair->to.db, text, -1, &statement, NULL);
    sqlite3_free(text);
    return statement;
}

/* SQLITE_ROW with the first row behind `after`, SQLITE_DONE, or that it cannot be read. A damaged page may give rows
 * that are not in their place. It is asked for the next id on: for one that is larger than the last of a page SQLite
 * would look into that page first, which may be the damaged one. */
static int
look(sqlite3_stmt *select, int64_t after)
{
    if (after == INT64_MAX)
        return SQLITE_DONE;
    sqlite3_reset(select);
    sqlite3_bind_int64(select, 1, after + 1);
    int code = sqlite3_step(select);
    return code == SQLITE_ROW && sqlite3_column_int64(select, 0) <= after ? SQLITE_CORRUPT : code;
}

/* Behind something that cannot be read: the place from which on rows can be read again. False: nowhere. */
static bool
find_next(sqlite3_stmt *select, int64_t *after)
{
    int64_t bad = *after, good = 0, step = 1;
    int code = SQLITE_CORRUPT;
    while (code != SQLITE_ROW && code != SQLITE_DONE) {
        if (__builtin_add_overflow(bad, step, &good))
            return false;
        code = look(select, good);
        if (code != SQLITE_ROW && code != SQLITE_DONE)
            bad = good;
        step = step > INT64_MAX / 2 ? INT64_MAX : step * 2;
    }
    while (good - bad > 1) {
        int64_t middle = bad + (good - bad) / 2;
        code = look(select, middle);
        *(code == SQLITE_ROW || code == SQLITE_DONE ? &good : &bad) = middle;
    }
    *after = good;
    return true;
}

/* Text of a store is valid; where it is not, something else was written over it. */
static bool
is_sound(sqlite3_stmt *row)
{
    for (int i = 0; i < sqlite3_column_count(row); i++)
        if (sqlite3_column_type(row, i) == SQLITE_TEXT &&
            !argot_sqlite_is_text(sqlite3_column_text(row, i), (size_t)sqlite3_column_bytes(row, i)))
            return false;
    return true;
}

static bool
put(struct repair *repair, const struct table *table, sqlite3_stmt *select, sqlite3_stmt *insert)
{
    if (!is_sound(select)) {
        repair->saved->gaps++;
        return true;
    }
    for (int i = 0; i < sqlite3_column_count(select); i++)
        sqlite3_bind_value(insert, i + 1, sqlite3_column_value(select, i));
    int code = sqlite3_step(insert);
    sqlite3_reset(insert);
    if (code == SQLITE_DONE) {
        *table->saved += (uint64_t)sqlite3_changes(repair->to.db);
        return true;
    }
    if ((code & 0xff) !=
        SQLITE_CONSTRAINT) /* a type that the column does not take, or nothing where something is due */
        return fail(repair, sqlite3_errmsg(repair->to.db));
    repair->saved->gaps++;
    return true;
}

static bool
save_rows(struct repair *repair, const struct table *table, sqlite3_stmt *select, sqlite3_stmt *insert)
{
    int64_t after = table->after;
    uint64_t most = repair->saved->gaps + MAX_GAPS;
    int code;
    while ((code = look(select, after)) != SQLITE_DONE && repair->saved->gaps < most) {
        if (code == SQLITE_ROW) {
            after = sqlite3_column_int64(select, 0);
            if (!put(repair, table, select, insert))
                return false;
            continue;
        }
        repair->saved->gaps++;
        if (!find_next(select, &after))
            return true;
    }
    return true;
}

static bool
save_table(struct repair *repair, const struct table *table)
{
    char *columns = columns_of(repair, table);
    sqlite3_stmt *select = columns ? prepare_select(repair, table, columns) : NULL, *insert = NULL;
    bool good = true;
    if (select) {
        insert = prepare_insert(repair, table, columns, sqlite3_column_count(select));
        good = insert ? save_rows(repair, table, select, insert) : fail(repair, sqlite3_errmsg(repair->to.db));
    } else {
        repair->saved->gaps++;
    }
    sqlite3_finalize(insert);
    sqlite3_finalize(select);
    sqlite3_free(columns);
    return good;
}

/* ---- rows without ids ---- */

/* Of each alert that was saved. What cannot be read of them is a gap. */
static bool
save_causes(struct repair *repair)
{
    sqlite3_stmt *alerts = NULL, *select = NULL, *insert = NULL;
    uint64_t causes = 0;
    const struct table table = {"alert_causes", "alert_id", "1", &causes, 0};
    char *columns = columns_of(repair, &table);
    char *sql = columns ? sqlite3_mprintf("SELECT %s FROM alert_causes WHERE alert_id = ?1", columns) : NULL;
    bool good = true;
    if (sql && sqlite3_prepare_v2(repair->from, sql, -1, &select, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(repair->to.db, "SELECT alert_id FROM alerts", -1, &alerts, NULL) == SQLITE_OK)
        insert = prepare_insert(repair, &table, columns, sqlite3_column_count(select));
    while (insert && good && sqlite3_step(alerts) == SQLITE_ROW) {
        int code;
        sqlite3_bind_value(select, 1, sqlite3_column_value(alerts, 0));
        while (good && (code = sqlite3_step(select)) == SQLITE_ROW)
            good = put(repair, &table, select, insert);
        repair->saved->gaps += good && code != SQLITE_DONE;
        sqlite3_reset(select);
    }
    repair->saved->gaps += !insert;
    sqlite3_finalize(insert);
    sqlite3_finalize(alerts);
    sqlite3_finalize(select);
    sqlite3_free(sql);
    sqlite3_free(columns);
    return good;
}

static bool
save_keyed(struct repair *repair, const char *select_sql, const char *insert_sql)
{
    sqlite3_stmt *select = NULL, *insert = NULL;
    int code = sqlite3_prepare_v2(repair->from, select_sql, -1, &select, NULL);
    if (code == SQLITE_OK && sqlite3_prepare_v2(repair->to.db, insert_sql, -1, &insert, NULL) == SQLITE_OK)
        while ((code = sqlite3_step(select)) == SQLITE_ROW) {
            for (int i = 0; i < 2; i++)
                sqlite3_bind_value(insert, i + 1, sqlite3_column_value(select, i));
            (void)sqlite3_step(insert);
            sqlite3_reset(insert);
        }
    repair->saved->gaps += code != SQLITE_DONE;
    sqlite3_finalize(insert);
    sqlite3_finalize(select);
    return true;
}

/* ---- the whole ---- */

/* Whether it has the tables of a store: what has not is somebody else's file, or nothing of it could be saved. */
static bool
is_store(struct repair *repair, const char *path)
{
    static const char list[] = "SELECT count(*) FROM sqlite_master WHERE name IN ('events', 'alerts', 'dead_letters')";
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(repair->from, list, -1, &statement, NULL), tables = 0;
    if (code != SQLITE_OK && code != SQLITE_NOTADB) /* from now on with what the list of tables has before the damage */
        code = sqlite3_prepare_v2(repair->from, list, -1, &statement, NULL);
    if (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        tables = sqlite3_column_int(statement, 0);
    else
        (void)fail(repair, argot_sqlite_reason(repair->inspect->seam, path, repair->from));
    bool read = sqlite3_finalize(statement) == SQLITE_OK && code == SQLITE_OK;
    return tables == 3 || (read && fail(repair, "is no store of argot"));
}

static bool
open_damaged(struct repair *repair, const char *path)
{
    if (sqlite3_open_v2(path, &repair->from, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return fail(repair, argot_sqlite_reason(repair->inspect->seam, path, repair->from));
    /* So a file that was cut is read as far as it goes, and the list of its tables too. */
    (void)sqlite3_db_config(repair->from, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, NULL);
    return is_store(repair, path);
}

/* The file, or, where its first page leads nowhere, the copy that has another. What is said of the file stays where
 * that does not help. */
static bool
open_or_mend(struct repair *repair, const char *copy)
{
    struct argot_seam *seam = repair->inspect->seam;
    struct repair again = *repair;
    char problem[PROBLEM_BYTES];
    if (open_damaged(repair, repair->inspect->path))
        return true;
    int code = sqlite3_errcode(repair->from) & 0xff;
    if (code != SQLITE_NOTADB && code != SQLITE_CORRUPT)
        return false;
    int status = argot_sqlite_head_copy(seam, repair->inspect->path, copy);
    if (status == -ENOSPC)
        return fail(repair, "its first page is damaged, and there is no room for a copy with another");
    again.problem = problem;
    again.problem_size = sizeof problem;
    if (status || !open_damaged(&again, copy)) {
        sqlite3_close(again.from);
        return false;
    }
    sqlite3_close(repair->from);
    repair->from = again.from;
    repair->saved->gaps++;
    return true;
}

/* How many events have negative ids; where that cannot be read these are given up. */
static int64_t
replayed(struct repair *repair)
{
    sqlite3_stmt *statement = NULL;
    int64_t count = 0;
    if (sqlite3_prepare_v2(repair->from,
                           "SELECT CAST(value AS INTEGER) FROM meta WHERE key = '" ARGOT_SQLITE_REPLAYED "'", -1,
                           &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return count > 0 ? count : 0;
}

/* Whether the store is older than the table. Where the list of tables cannot be read, none is known to be missing. */
static bool
is_missing(struct repair *repair, const struct table *table)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(repair->from, "SELECT 1 FROM sqlite_master WHERE name = ?1", -1, &statement, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
        code = sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

static bool
save_all(struct repair *repair)
{
    struct argot_inspect_saved *saved = repair->saved;
    uint64_t others = 0;
    const struct table tables[] = {
        {"sources", "id", "record > 0", &others, 0},
        {"segments", "number", "last_event >= first_event - 1", &others, 0},
        {"events", "id", "record > 0 AND line > 0 AND part >= 0 AND source > 0", &saved->events, -replayed(repair) - 1},
        {"waiting", "id", "record > 0 AND line > 0 AND part >= 0 AND source > 0", &others, 0},
        {"alerts", "number", "length(alert_id) = 32 AND source > 0", &saved->alerts, 0},
        {"dead_letters", "id", "record > 0 AND source > 0", &saved->letters, 0},
    };
    const struct table messages = {"messages", "id", "length(output) > 0", &others, 0};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (!save_table(repair, &tables[i]))
            return false;
    return save_causes(repair) && (is_missing(repair, &messages) || save_table(repair, &messages)) &&
           save_keyed(repair, "SELECT key, value FROM meta",
                      "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)") &&
           save_keyed(repair, "SELECT alert_id, event_time FROM told",
                      "INSERT OR IGNORE INTO told (alert_id, event_time) VALUES (?, ?)");
}

static bool
save(struct repair *repair)
{
    struct argot_sqlite *to = &repair->to;
    if (!argot_sqlite_execute(to, "PRAGMA page_size = 8192; BEGIN IMMEDIATE", "the new file") ||
        !argot_sqlite_layout(to))
        return fail(repair, to->store.problem);
    return save_all(repair) && (argot_sqlite_execute(to, "COMMIT", "the new file") || fail(repair, to->store.problem));
}

/* Who repairs may be another user than the one whose store it is, who has to write to it again. */
static bool
copy_rights(struct repair *repair, const char *next)
{
    struct argot_seam *seam = repair->inspect->seam;
    int from = seam->open(seam, repair->inspect->path, ARGOT_OPEN_READ), to = seam->open(seam, next, ARGOT_OPEN_READ);
    int status = from < 0 ? from : to < 0 ? to : seam->copy_rights(seam, from, to);
    if (from >= 0)
        (void)seam->close(seam, from);
    if (to >= 0)
        (void)seam->close(seam, to);
    return !status || fail(repair, strerror(-status));
}

/* One that was kept before is all that is left of what could not be saved of it. */
static bool
has_place_aside(struct repair *repair)
{
    char *aside = sqlite3_mprintf("%s" DAMAGED, repair->inspect->path);
    int found = aside ? argot_seam_find(repair->inspect->seam, aside) : -ENOMEM;
    sqlite3_free(aside);
    return !found || fail(repair, found < 0 ? strerror(-found)
                                            : "the file of a repair before this one, with " DAMAGED
                                              " behind the name, is still there: move it away first");
}

/* The damaged file steps aside with its log, which may be damaged too. */
static bool
change_names(struct repair *repair, const char *next)
{
    static const char *const suffixes[] = {"-wal", "-shm"};
    struct argot_seam *seam = repair->inspect->seam;
    const char *path = repair->inspect->path;
    char *aside = sqlite3_mprintf("%s" DAMAGED, path);
    int status = aside ? seam->rename(seam, path, aside) : -ENOMEM;
    for (size_t i = 0; !status && i < sizeof suffixes / sizeof *suffixes; i++) {
        char *log = sqlite3_mprintf("%s%s", path, suffixes[i]),
             *log_aside = sqlite3_mprintf("%s%s", aside, suffixes[i]);
        if (!log || !log_aside)
            status = -ENOMEM;
        else if ((status = seam->rename(seam, log, log_aside)) == -ENOENT)
            status = 0;
        sqlite3_free(log);
        sqlite3_free(log_aside);
    }
    if (!status)
        status = seam->rename(seam, next, path);
    sqlite3_free(aside);
    repair->saved->kept = DAMAGED;
    return !status || fail(repair, strerror(-status));
}

/* `next`: where the new file goes; NULL: into one without a name, which is given up. */
static bool
repair_into(struct repair *repair, const char *next)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    struct argot_seam *seam = repair->inspect->seam;
    repair->to = (struct argot_sqlite){.store = {.seam = seam}};
    char *copy = sqlite3_mprintf("%s" MENDED, repair->inspect->path);
    bool good = copy ? open_or_mend(repair, copy) : fail(repair, "there is no memory");
    if (good && next)
        argot_sqlite_remove_database(seam, next);
    good = good && (sqlite3_open_v2(next ? next : "", &repair->to.db, flags, NULL) == SQLITE_OK ||
                    fail(repair, sqlite3_errmsg(repair->to.db)));
    good = good && (!next || copy_rights(repair, next));
    good = good && save(repair);
    sqlite3_close(repair->to.db);
    sqlite3_close(repair->from);
    if (copy)
        argot_sqlite_remove_database(seam, copy);
    sqlite3_free(copy);
    return good;
}

bool
argot_inspect_repair(const struct argot_inspect *inspect, bool act, struct argot_inspect_saved *saved, char *why,
                     size_t why_size)
{
    struct repair repair = {.inspect = inspect, .saved = saved, .problem = why, .problem_size = why_size};
    *saved = (struct argot_inspect_saved){0};
    if (!act)
        return repair_into(&repair, NULL);
    char *next = sqlite3_mprintf("%s" NEXT, inspect->path);
    bool good = next ? has_place_aside(&repair) && repair_into(&repair, next) && change_names(&repair, next)
                     : fail(&repair, "there is no memory");
    if (!good && next)
        (void)inspect->seam->remove(inspect->seam, next);
    sqlite3_free(next);
    return good;
}
