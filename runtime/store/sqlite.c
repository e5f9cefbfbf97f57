/* SPDX-License-Identifier: Apache-2.0
 * A file, a connection, and one transaction at a time. Readers are never held up and hold up nothing: the file is in
 * WAL mode. Of programs that write to it the one that opened it last wins; the one before notices and stops. */
#include "store/sqlite.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define SETTINGS                                                                                                       \
    "PRAGMA locking_mode = NORMAL; PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;" /* ARGOT_SQLITE_PAGE_BYTES */  \
    "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;"                                                          \
    "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = OFF;"

/* ---- failures ---- */

static void
give_up(struct argot_sqlite *sqlite)
{
    if (sqlite->db && !sqlite3_get_autocommit(sqlite->db))
        (void)sqlite3_exec(sqlite->db, "ROLLBACK", NULL, NULL, NULL);
    sqlite->nrows = 0;
    sqlite->writing = false;
}

/* Where it may not make a file, SQLite tells that there is none. */
static bool
has_folder(const struct argot_sqlite *sqlite)
{
    char folder[PATH_MAX];
    const char *slash = sqlite->path ? strrchr(sqlite->path, '/') : NULL;
    if (!slash || slash == sqlite->path)
        return true;
    int length = snprintf(folder, sizeof folder, "%.*s", (int)(slash - sqlite->path), sqlite->path);
    return length >= (int)sizeof folder || argot_seam_is_there(sqlite->store.seam, folder);
}

static const char *
why_not_open(const struct argot_sqlite *sqlite, const char *otherwise)
{
    switch (sqlite3_system_errno(sqlite->db)) {
    case ENOENT:
        return has_folder(sqlite) ? "no permission to make files in its folder"
                                  : "the folder is not there: make it first";
    case ENOTDIR:
        return "what should be its folder is a file";
    case EISDIR:
        return "it is a folder";
    case EACCES:
    case EPERM:
    case EROFS:
        return "no permission to write to it, or to make files in its folder";
    default:
        return otherwise;
    }
}

static bool
is_want_of_room(int error)
{
    return error == ENOSPC || error == EDQUOT;
}

/* SQLite knows one of the ways in which a disk says that it has no room: not those of quotas, of files that are made,
 * or of what shows only when it is synchronized. */
bool
argot_sqlite_is_full(sqlite3 *db)
{
    int code = sqlite3_extended_errcode(db), error = 0;
    if (code == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE)
        return true;
    if ((code & 0xff) != SQLITE_IOERR)
        return (code & 0xff) == SQLITE_CANTOPEN && is_want_of_room(sqlite3_system_errno(db));
    sqlite3_file *log = NULL;
    (void)sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log && log->pMethods)
        (void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
    if (!is_want_of_room(error))
        (void)sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &error);
    return is_want_of_room(error);
}

const char *
argot_sqlite_reason(struct argot_seam *seam, const char *path, sqlite3 *db)
{
    struct argot_file_info info;
    int fd = seam->open(seam, path, ARGOT_OPEN_READ), status = fd < 0 ? fd : seam->info(seam, fd, &info);
    if (fd >= 0)
        (void)seam->close(seam, fd);
    if (status < 0)
        return strerror(-status);
    if (info.kind != ARGOT_FILE_REGULAR)
        return info.kind == ARGOT_FILE_DIRECTORY ? "it is a folder" : "it is no file";
    switch (sqlite3_errcode(db) & 0xff) {
    case SQLITE_NOTADB:
        return "the file is not a SQLite database, or its first bytes are damaged";
    case SQLITE_CORRUPT:
        return "the file is damaged";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another program holds a lock on it";
    default:
        return sqlite3_errmsg(db);
    }
}

bool
argot_sqlite_fail(struct argot_sqlite *sqlite, const char *what)
{
    struct argot_store *store = &sqlite->store;
    int code = sqlite3_errcode(sqlite->db);
    const char *words = sqlite3_errmsg(sqlite->db);
    store->full = argot_sqlite_is_full(sqlite->db);
    switch (store->full ? SQLITE_FULL : code & 0xff) {
    case SQLITE_FULL:
        words = "the disk is full";
        break;
    case SQLITE_BUSY:
        words = "another program holds a lock on it";
        break;
    case SQLITE_NOTADB:
        words = "the file is not a SQLite database";
        break;
    case SQLITE_CORRUPT:
        words = "the file is damaged: `argot store check` says where, `argot store repair` saves what is intact";
        break;
    case SQLITE_CANTOPEN:
        words = why_not_open(sqlite, words);
        break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        words = "no permission to write to it";
        break;
    default:
        break;
    }
    snprintf(store->problem, sizeof store->problem, "%s: %s", what, words);
    give_up(sqlite);
    return false;
}

bool
argot_sqlite_refuse(struct argot_sqlite *sqlite, const char *what, const char *words)
{
    snprintf(sqlite->store.problem, sizeof sqlite->store.problem, "%.200s: %s", what, words);
    give_up(sqlite);
    return false;
}

bool
argot_sqlite_no_memory(struct argot_sqlite *sqlite)
{
    snprintf(sqlite->store.problem, sizeof sqlite->store.problem, "there is no memory");
    give_up(sqlite);
    return false;
}

/* ---- statements ---- */

sqlite3_stmt *
argot_sqlite_statement(struct argot_sqlite *sqlite, enum argot_sqlite_statement which, const char *sql)
{
    sqlite3_stmt **statement = &sqlite->statements[which];
    if (!*statement && sqlite3_prepare_v3(sqlite->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) != SQLITE_OK)
        argot_sqlite_fail(sqlite, "cannot prepare a statement");
    return *statement;
}

bool
argot_sqlite_run(struct argot_sqlite *sqlite, sqlite3_stmt *statement, const char *what)
{
    if (sqlite->text.failed) /* what it is to have could not be bound */
        return argot_sqlite_no_memory(sqlite);
    if (sqlite3_step(statement) == SQLITE_DONE) {
        sqlite3_reset(statement);
        return true;
    }
    argot_sqlite_fail(sqlite, what);
    sqlite3_reset(statement);
    return false;
}

bool
argot_sqlite_execute(struct argot_sqlite *sqlite, const char *sql, const char *what)
{
    return sqlite3_exec(sqlite->db, sql, NULL, NULL, NULL) == SQLITE_OK || argot_sqlite_fail(sqlite, what);
}

bool
argot_sqlite_number(struct argot_sqlite *sqlite, const char *sql, int64_t *number)
{
    sqlite3_stmt *statement;
    bool row = false;
    if (sqlite3_prepare_v2(sqlite->db, sql, -1, &statement, NULL) == SQLITE_OK) {
        row = sqlite3_step(statement) == SQLITE_ROW;
        if (row)
            *number = sqlite3_column_int64(statement, 0);
        else
            argot_sqlite_fail(sqlite, "cannot be read");
        sqlite3_finalize(statement);
    } else {
        argot_sqlite_fail(sqlite, "cannot be read");
    }
    return row;
}

/* ---- transactions ---- */

/* Its name is another file's, or nobody's. */
static bool
has_moved(sqlite3 *db)
{
    int moved = 0;
    return sqlite3_file_control(db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved;
}

static bool
is_still_owner(struct argot_sqlite *sqlite)
{
    sqlite3_stmt *statement = argot_sqlite_statement(sqlite, ARGOT_SQLITE_OWNER,
                                                     sqlite->closed ? "SELECT value FROM live.meta WHERE key = 'owner'"
                                                                    : "SELECT value FROM meta WHERE key = 'owner'");
    if (!statement)
        return false;
    int code = sqlite3_step(statement);
    const unsigned char *owner = code == SQLITE_ROW ? sqlite3_column_text(statement, 0) : NULL;
    bool ours = owner && !strcmp((const char *)owner, sqlite->owner);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        argot_sqlite_fail(sqlite, "cannot be read");
    else if (!ours)
        snprintf(sqlite->store.problem, sizeof sqlite->store.problem, "another argot has taken it over");
    sqlite3_reset(statement);
    if (!ours)
        give_up(sqlite);
    return ours;
}

/* What was written to a file without a name would be gone with the run. */
static bool
is_still_there(struct argot_sqlite *sqlite)
{
    if (sqlite->nameless || !has_moved(sqlite->db))
        return true;
    snprintf(sqlite->store.problem, sizeof sqlite->store.problem,
             "the file was removed, or was given another name: the next run begins a new one");
    give_up(sqlite);
    return false;
}

bool
argot_sqlite_begin(struct argot_sqlite *sqlite)
{
    if (sqlite->writing)
        return true;
    sqlite->store.problem[0] = 0;
    sqlite->store.full = false;
    sqlite->text.failed = false;
    if (!argot_sqlite_execute(sqlite, "BEGIN IMMEDIATE", "cannot begin to write"))
        return false;
    sqlite->writing = true;
    return is_still_there(sqlite) && is_still_owner(sqlite);
}

/* Where not all events have rows, the next id is told by none. */
static bool
note_last(struct argot_sqlite *sqlite)
{
    uint64_t next = sqlite->store.next_event;
    if (!sqlite->partial || next == sqlite->last_noted)
        return true;
    sqlite->last_noted = next;
    return argot_sqlite_put_number(&sqlite->store, ARGOT_SQLITE_LAST, (int64_t)next - 1);
}

bool
argot_sqlite_commit(struct argot_store *store)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    if (!sqlite->writing)
        return true;
    if (!argot_sqlite_flush(store) || !note_last(sqlite) || !argot_sqlite_execute(sqlite, "COMMIT", "cannot commit"))
        return false;
    sqlite->writing = false;
    store->pending = 0;
    return true;
}

/* ---- opening and closing ---- */

void
argot_sqlite_finish_statements(struct argot_sqlite *sqlite)
{
    argot_sqlite_forget_shapes(&sqlite->store);
    argot_sqlite_end_read(&sqlite->store);
    for (int i = 0; i < ARGOT_SQLITE_STATEMENTS; i++) {
        sqlite3_finalize(sqlite->statements[i]);
        sqlite->statements[i] = NULL;
    }
}

void
argot_sqlite_close_connection(struct argot_sqlite *sqlite)
{
    give_up(sqlite);
    argot_sqlite_finish_statements(sqlite);
    sqlite3_close(sqlite->db);
    sqlite->db = NULL;
    sqlite->offers_rows = false;
    sqlite3_close(sqlite->old);
    sqlite->old = NULL;
}

static void
leave(struct argot_store *store)
{
    argot_sqlite_end_job((struct argot_sqlite *)store);
    argot_sqlite_close_connection((struct argot_sqlite *)store);
}

static void
close_store(struct argot_store *store)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    leave(store);
    store->seam->release(store->seam, sqlite->shapes);
    argot_buffer_finish(&sqlite->text);
    argot_buffer_finish(&sqlite->extra);
    argot_arena_finish(&sqlite->arena);
    store->seam->release(store->seam, sqlite);
}

static const struct argot_store_calls calls = {
    .close = close_store,
    .leave = leave,
    .sources = argot_sqlite_sources,
    .add_source = argot_sqlite_add_source,
    .put_source = argot_sqlite_put_source,
    .event = argot_sqlite_event,
    .letter = argot_sqlite_letter,
    .alert = argot_sqlite_alert,
    .put_number = argot_sqlite_put_number,
    .number = argot_sqlite_get_number,
    .put_text = argot_sqlite_put_text,
    .text = argot_sqlite_get_text,
    .begin_messages = argot_sqlite_begin_messages,
    .put_message = argot_sqlite_put_message,
    .drop_message = argot_sqlite_drop_message,
    .next_message = argot_sqlite_next_message,
    .count_messages = argot_sqlite_count_messages,
    .drop_messages = argot_sqlite_drop_messages,
    .flush = argot_sqlite_flush,
    .hold = argot_sqlite_hold,
    .commit = argot_sqlite_commit,
    .forget_waiting = argot_sqlite_forget_waiting,
    .roll = argot_sqlite_roll,
    .give_up_oldest = argot_sqlite_give_up_oldest,
    .note_given_up = argot_sqlite_note_given_up,
    .forget_shapes = argot_sqlite_forget_shapes,
    .raw = argot_sqlite_raw,
    .read = argot_sqlite_read,
    .next = argot_sqlite_next,
    .end_read = argot_sqlite_end_read,
};

/* Whoever opens it takes it over. */
static bool
take_over(struct argot_sqlite *sqlite)
{
    struct argot_seam *seam = sqlite->store.seam;
    uint8_t random[ARGOT_SQLITE_OWNER_BYTES / 2];
    if (seam->random(seam, random, sizeof random))
        return argot_sqlite_no_memory(sqlite);
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(sqlite->owner + 2 * i, 3, "%02x", random[i]);
    char sql[ARGOT_SQLITE_OWNER_BYTES + 64];
    snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO meta (key, value) VALUES ('owner', '%s')", sqlite->owner);
    return argot_sqlite_execute(sqlite, sql, "cannot be written to");
}

bool
argot_sqlite_settle(struct argot_sqlite *sqlite)
{
    sqlite3_busy_timeout(sqlite->db, ARGOT_SQLITE_BUSY_MS);
    sqlite3_extended_result_codes(sqlite->db, 1);
    char sql[160];
    snprintf(sql, sizeof sql, "PRAGMA journal_size_limit = %llu; PRAGMA synchronous = %s",
             (unsigned long long)argot_sqlite_watch_log(sqlite), sqlite->options.durable ? "FULL" : "NORMAL");
    return argot_sqlite_execute(sqlite, SETTINGS, "cannot be used") &&
           argot_sqlite_execute(sqlite, sql, "cannot be used");
}

/* What had the name when it was opened may have given it away before it was read. */
int
argot_sqlite_connect(const char *path, int flags, sqlite3 **db)
{
    for (int tries = 1;; tries++) {
        int code = sqlite3_open_v2(path, db, flags | SQLITE_OPEN_NOMUTEX, NULL);
        if (code != SQLITE_OK)
            return code;
        sqlite3_busy_timeout(*db, ARGOT_SQLITE_BUSY_MS);
        sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        (void)sqlite3_exec(*db, "PRAGMA user_version", NULL, NULL, NULL); /* what is wrong shows when it is used */
        bool moved = has_moved(*db) && tries < ARGOT_SQLITE_MOST_TRIES;   /* or the file system says so of each file */
        if (!moved) {
            sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
            return SQLITE_OK;
        }
        sqlite3_close(*db);
        *db = NULL;
    }
}

bool
argot_sqlite_open_connection(struct argot_sqlite *sqlite)
{
    if (argot_sqlite_connect(sqlite->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &sqlite->db) != SQLITE_OK)
        return argot_sqlite_fail(sqlite, "cannot be opened");
    sqlite->nameless = has_moved(sqlite->db);
    return argot_sqlite_settle(sqlite) && argot_sqlite_execute(sqlite, "BEGIN IMMEDIATE", "cannot begin to write") &&
           argot_sqlite_layout(sqlite) && take_over(sqlite) &&
           argot_sqlite_execute(sqlite, "COMMIT", "cannot commit") && argot_sqlite_know_segments(sqlite);
}

struct argot_store *
argot_sqlite_open(const struct argot_store_options *options, char *why, size_t why_size)
{
    struct argot_seam *seam = options->seam;
    struct argot_sqlite *sqlite = seam->allocate(seam, sizeof *sqlite);
    snprintf(why, why_size, "there is no memory");
    if (!sqlite)
        return NULL;
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* nobody asks, and each allocation took a lock to be counted */
    *sqlite = (struct argot_sqlite){
        .store = {.calls = &calls, .seam = seam}, .options = *options, .holds = true, .job.due = true};
    argot_buffer_init(&sqlite->text, seam);
    argot_buffer_init(&sqlite->extra, seam);
    argot_arena_init(&sqlite->arena, seam, 0);
    sqlite->path = argot_arena_copy(&sqlite->arena, options->path, strlen(options->path));
    if (sqlite->path && argot_sqlite_recover(sqlite) && argot_sqlite_open_connection(sqlite) &&
        argot_sqlite_drop_segments(sqlite) && argot_sqlite_index_segments(sqlite))
        return &sqlite->store;
    if (sqlite->store.problem[0])
        snprintf(why, why_size, "%s", sqlite->store.problem);
    if (options->full)
        *options->full = sqlite->store.full;
    close_store(&sqlite->store);
    return NULL;
}
