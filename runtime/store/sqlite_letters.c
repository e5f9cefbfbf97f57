/* SPDX-License-Identifier: Apache-2.0
 * An event goes into the file of its letter. But the letters of a closed segment are counted by the live one, and a
 * transaction over two files is one only where neither is in WAL mode: so the live one is not while segments are worked
 * on. Ids of such events are negative: those from 1 on say what rules saw, and in which order. */
#include "store/letters.h"
#include "store/sqlite.h"
#include <stdio.h>
#include <string.h>

#define LIVE "live"

#define SELECT                                                                                                         \
    "SELECT id, source, record, line, piece, event_ingest_time, CASE piece WHEN 0 THEN raw_line END FROM dead_letters" \
    " WHERE id > ?1 ORDER BY id LIMIT ?2"
#define TAKE "DELETE FROM dead_letters WHERE id = ?1"
#define MOVE(sources)                                                                                                  \
    "UPDATE " sources " SET letters = letters - 1, events = events + ?2, skipped = skipped + ?3 WHERE id = ?1"

struct argot_letters {
    struct argot_letters_options options;
    struct argot_store *live;
    struct argot_sqlite segment;     /* open while its letters are looked at */
    struct argot_sqlite *at;         /* the file that is; NULL: none is left */
    struct argot_arena names, arena; /* of segments; of the batch */
    size_t nfiles, file;             /* closed segments with letters; the next of them */
    const char **files;              /* names in the store's folder */
    int64_t last;                    /* id of the newest letter that was given of the file */
    int64_t replayed;                /* events of letters in the file */
    struct argot_stored_letter *batch;
    uint64_t taken;            /* letters since the last commit, */
    argot_time oldest, newest; /* and the times of their events */
    char problem[ARGOT_STORE_PROBLEM_BYTES];
};

static bool
refuse(struct argot_letters *letters, const char *words)
{
    snprintf(letters->problem, sizeof letters->problem, "%s", words);
    return false;
}

/* The words of the file at hand. */
static bool
fail(struct argot_letters *letters)
{
    return refuse(letters, letters->at->store.problem);
}

const char *
argot_letters_problem(const struct argot_letters *letters)
{
    return letters->problem;
}

/* ---- opening ---- */

static bool
is_ours(struct argot_sqlite *probe)
{
    int64_t application;
    if (!argot_sqlite_number(probe, "PRAGMA application_id", &application))
        return false;
    if (application != ARGOT_SQLITE_APPLICATION)
        snprintf(probe->store.problem, sizeof probe->store.problem, "is no store of argot");
    return application == ARGOT_SQLITE_APPLICATION;
}

static bool
is_free(struct argot_sqlite *probe)
{
    if (argot_sqlite_is_alone(probe))
        return true;
    int code = sqlite3_errcode(probe->db) & 0xff;
    if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED)
        return argot_sqlite_fail(probe, "cannot be written to");
    snprintf(probe->store.problem, sizeof probe->store.problem,
             "another program has it open: `argot run` has to be ended first, and whoever reads it");
    return false;
}

/* Before it is taken over: a run that has it would stop. */
static bool
look(const struct argot_letters_options *options, char *why, size_t why_size)
{
    struct argot_sqlite probe = {.store = {.seam = options->seam}, .path = options->path};
    int code = argot_sqlite_connect(options->path, SQLITE_OPEN_READWRITE, &probe.db);
    bool good = (code == SQLITE_OK || argot_sqlite_fail(&probe, "cannot be opened")) && is_ours(&probe) &&
                is_free(&probe) && argot_sqlite_settle(&probe);
    sqlite3_close(probe.db);
    if (!good)
        snprintf(why, why_size, "%s", probe.store.problem);
    return good;
}

static bool
is_there(struct argot_letters *letters)
{
    struct argot_seam *seam = letters->options.seam;
    const char *next = argot_arena_printf(&letters->names, "%s" ARGOT_SQLITE_NEXT, letters->options.path);
    return argot_seam_is_there(seam, letters->options.path) || (next && argot_seam_is_there(seam, next));
}

/* Closed segments with letters. */
static bool
list(struct argot_letters *letters)
{
    struct argot_sqlite *live = (struct argot_sqlite *)letters->live;
    sqlite3_stmt *statement;
    int64_t count;
    int code = SQLITE_NOMEM;
    if (!argot_sqlite_number(live, "SELECT count(*) FROM segments", &count))
        return false;
    letters->files = argot_arena_zalloc(&letters->names, (size_t)count + 1, sizeof *letters->files);
    if (sqlite3_prepare_v2(live->db, "SELECT file FROM segments WHERE dead_letters > 0 ORDER BY number", -1, &statement,
                           NULL) != SQLITE_OK)
        return argot_sqlite_fail(live, "cannot be read");
    while (letters->files && (code = sqlite3_step(statement)) == SQLITE_ROW && letters->nfiles < (size_t)count) {
        const char *file = (const char *)sqlite3_column_text(statement, 0);
        letters->files[letters->nfiles] = file ? argot_arena_copy(&letters->names, file, strlen(file)) : NULL;
        if (!letters->files[letters->nfiles++])
            letters->files = NULL;
    }
    sqlite3_finalize(statement);
    if (!letters->files)
        return argot_sqlite_no_memory(live);
    return code == SQLITE_DONE || argot_sqlite_fail(live, "cannot be read");
}

static bool
begin_file(struct argot_letters *letters, struct argot_sqlite *at)
{
    letters->at = at;
    letters->last = 0;
    return argot_sqlite_get_number(&at->store, ARGOT_SQLITE_REPLAYED, 0, &letters->replayed);
}

static bool
open_all(struct argot_letters *letters, char *why, size_t why_size)
{
    struct argot_store_options options = {.seam = letters->options.seam,
                                          .path = letters->options.path,
                                          .npolicies = letters->options.npolicies,
                                          .policies = letters->options.policies};
    if (!is_there(letters)) {
        snprintf(why, why_size, "there is no such store");
        return false;
    }
    if (argot_seam_is_there(options.seam, options.path) && !look(&letters->options, why, why_size))
        return false;
    letters->live = argot_store_open(&options, why, why_size);
    if (!letters->live)
        return false;
    letters->at = (struct argot_sqlite *)letters->live;
    letters->at->options.npolicies = 0; /* which its events has been decided: what is not kept needs not wait either */
    if (letters->batch && list(letters) && begin_file(letters, letters->at))
        return true;
    snprintf(why, why_size, "%s", *letters->live->problem ? letters->live->problem : "there is no memory");
    return false;
}

struct argot_letters *
argot_letters_open(const struct argot_letters_options *options, char *why, size_t why_size)
{
    struct argot_seam *seam = options->seam;
    struct argot_letters *letters = seam->allocate(seam, sizeof *letters);
    snprintf(why, why_size, "there is no memory");
    if (!letters)
        return NULL;
    *letters = (struct argot_letters){.options = *options};
    if (!options->batch || options->batch > ARGOT_LETTERS_BATCH)
        letters->options.batch = ARGOT_LETTERS_BATCH;
    argot_arena_init(&letters->names, seam, 0);
    argot_arena_init(&letters->arena, seam, 0);
    letters->batch = argot_arena_zalloc(&letters->names, ARGOT_LETTERS_BATCH, sizeof *letters->batch);
    if (open_all(letters, why, why_size))
        return letters;
    argot_letters_close(letters);
    return NULL;
}

const struct argot_store_source *
argot_letters_sources(struct argot_letters *letters, size_t *count)
{
    const struct argot_store_source *sources = argot_store_sources(letters->live, count);
    if (!sources)
        refuse(letters, *letters->live->problem ? letters->live->problem : "there is no memory");
    return sources;
}

/* ---- closed segments ---- */

static void
close_segment(struct argot_letters *letters)
{
    struct argot_sqlite *segment = &letters->segment;
    if (!segment->store.seam)
        return;
    argot_sqlite_close_connection(segment);
    segment->store.seam->release(segment->store.seam, segment->shapes);
    argot_buffer_finish(&segment->text);
    argot_buffer_finish(&segment->extra);
    argot_arena_finish(&segment->arena);
    *segment = (struct argot_sqlite){0};
}

/* Without its mark of indexes whoever opens the store next opens the segment too, for writing: that ends a transaction
 * that was cut short. */
static bool
mark(struct argot_letters *letters, const char *file, bool indexed)
{
    struct argot_sqlite *live = (struct argot_sqlite *)letters->live;
    sqlite3_stmt *statement;
    if (!argot_sqlite_begin(live))
        return false;
    if (sqlite3_prepare_v2(live->db, "UPDATE segments SET indexed = ?2 WHERE file = ?1", -1, &statement, NULL) !=
        SQLITE_OK)
        return argot_sqlite_fail(live, "cannot be written to");
    sqlite3_bind_text(statement, 1, file, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 2, indexed);
    bool good = argot_sqlite_run(live, statement, "cannot be written to");
    sqlite3_finalize(statement);
    return good && argot_sqlite_commit(letters->live);
}

static bool
open_segment(struct argot_letters *letters, const char *path)
{
    struct argot_sqlite *segment = &letters->segment;
    const struct argot_sqlite *live = (const struct argot_sqlite *)letters->live;
    *segment = (struct argot_sqlite){.store = {.seam = letters->options.seam}, .path = path};
    argot_buffer_init(&segment->text, segment->store.seam);
    argot_buffer_init(&segment->extra, segment->store.seam);
    argot_arena_init(&segment->arena, segment->store.seam, 0);
    memcpy(segment->owner, live->owner, sizeof segment->owner);
    if (sqlite3_open_v2(path, &segment->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return argot_sqlite_fail(segment, "cannot be opened");
    sqlite3_extended_result_codes(segment->db, 1);
    if (!argot_sqlite_is_alone(segment))
        return argot_sqlite_fail(segment, "cannot be written to");
    sqlite3_busy_timeout(segment->db, ARGOT_SQLITE_BUSY_MS);
    if (!argot_sqlite_execute(segment, "PRAGMA trusted_schema = OFF; BEGIN IMMEDIATE", "cannot begin to write") ||
        !argot_sqlite_layout(segment) || !argot_sqlite_execute(segment, "COMMIT", "cannot commit") ||
        !argot_sqlite_attach(segment, letters->options.path, LIVE))
        return false;
    return segment->closed = true;
}

/* The segment at hand is done with, whole. */
static bool
leave_segment(struct argot_letters *letters)
{
    bool open = letters->segment.store.seam;
    close_segment(letters);
    return !open || mark(letters, letters->files[letters->file - 1], true) || refuse(letters, letters->live->problem);
}

/* Into letters->at, unless it cannot be used: then it is left out, and told. False: there is no going on. */
static bool
enter_segment(struct argot_letters *letters, const char *path, const char *file)
{
    struct argot_sqlite *live = (struct argot_sqlite *)letters->live;
    argot_sqlite_finish_statements(live);
    if (!argot_sqlite_is_alone(live))
        return refuse(letters, "another program has it open: its closed segments were left as they are");
    sqlite3_busy_timeout(live->db, ARGOT_SQLITE_BUSY_MS);
    if (!mark(letters, file, false))
        return refuse(letters, letters->live->problem);
    if (open_segment(letters, path) && begin_file(letters, &letters->segment))
        return true;
    letters->options.problem(letters->options.context, path, letters->segment.store.problem);
    letters->at = NULL;
    return leave_segment(letters);
}

/* A file that is gone has no letters. */
static bool
next_file(struct argot_letters *letters)
{
    const char *store = letters->options.path, *slash = strrchr(store, '/');
    letters->at = NULL;
    if (!leave_segment(letters))
        return false;
    while (!letters->at && letters->file < letters->nfiles) {
        const char *file = letters->files[letters->file++];
        const char *path =
            argot_arena_printf(&letters->names, "%.*s%s", slash ? (int)(slash - store) + 1 : 0, store, file);
        if (!path)
            return refuse(letters, "there is no memory");
        if (argot_seam_is_there(letters->options.seam, path) && !enter_segment(letters, path, file))
            return false;
    }
    return true;
}

/* ---- a batch ---- */

static bool
take_row(struct argot_letters *letters, sqlite3_stmt *row, struct argot_stored_letter *letter)
{
    *letter = (struct argot_stored_letter){
        .id = sqlite3_column_int64(row, 0),
        .source = (uint32_t)sqlite3_column_int64(row, 1),
        .record = (uint64_t)sqlite3_column_int64(row, 2),
        .line = (uint64_t)sqlite3_column_int64(row, 3),
        .piece = (uint32_t)sqlite3_column_int64(row, 4),
        .received = sqlite3_column_int64(row, 5),
    };
    const void *raw = sqlite3_column_blob(row, 6);
    letter->raw.length = raw ? (uint32_t)sqlite3_column_bytes(row, 6) : 0;
    letter->raw.at = (const uint8_t *)argot_arena_copy(&letters->arena, raw ? raw : "", letter->raw.length);
    return letter->raw.at || refuse(letters, "there is no memory");
}

static bool
read_batch(struct argot_letters *letters, size_t *count)
{
    struct argot_sqlite *at = letters->at;
    sqlite3_stmt *statement;
    size_t bytes = 0;
    int code = SQLITE_ROW;
    bool good = true;
    argot_arena_reset(&letters->arena);
    if (sqlite3_prepare_v2(at->db, SELECT, -1, &statement, NULL) != SQLITE_OK)
        return argot_sqlite_fail(at, "cannot be read") || fail(letters);
    sqlite3_bind_int64(statement, 1, letters->last);
    sqlite3_bind_int64(statement, 2, (int64_t)letters->options.batch);
    for (*count = 0; good && *count < letters->options.batch && bytes < ARGOT_LETTERS_BATCH_BYTES; ++*count) {
        if ((code = sqlite3_step(statement)) != SQLITE_ROW)
            break;
        good = take_row(letters, statement, &letters->batch[*count]);
        bytes += letters->batch[*count].raw.length;
        letters->last = letters->batch[*count].id;
    }
    if (good && code != SQLITE_ROW && code != SQLITE_DONE)
        good = argot_sqlite_fail(at, "cannot be read") || fail(letters);
    sqlite3_finalize(statement);
    return good;
}

bool
argot_letters_next(struct argot_letters *letters, const struct argot_stored_letter **batch, size_t *count)
{
    *batch = letters->batch;
    letters->taken = 0;
    letters->oldest = INT64_MAX;
    letters->newest = INT64_MIN;
    for (*count = 0; letters->at;) {
        if (!argot_sqlite_begin(letters->at))
            return fail(letters);
        if (!read_batch(letters, count))
            return false;
        if (*count)
            return true;
        if (!argot_sqlite_commit(&letters->at->store))
            return fail(letters);
        if (!next_file(letters))
            return false;
    }
    return true;
}

/* ---- letters that become events ---- */

static bool
move_counts(struct argot_sqlite *at, uint32_t source, size_t events)
{
    sqlite3_stmt *statement =
        argot_sqlite_statement(at, ARGOT_SQLITE_MOVE_COUNTS, at->closed ? MOVE(LIVE ".sources") : MOVE("sources"));
    if (!statement)
        return false;
    argot_sqlite_bind_number(statement, 1, source);
    argot_sqlite_bind_number(statement, 2, events);
    argot_sqlite_bind_number(statement, 3, !events);
    return argot_sqlite_run(at, statement, "the counts of an input cannot be written");
}

static bool
remove_letter(struct argot_sqlite *at, int64_t id)
{
    sqlite3_stmt *statement = argot_sqlite_statement(at, ARGOT_SQLITE_TAKE_LETTER, TAKE);
    if (!statement)
        return false;
    sqlite3_bind_int64(statement, 1, id);
    return argot_sqlite_run(at, statement, "a dead letter cannot be removed");
}

/* Those of one record ascend, as they always do. */
static bool
put_events(struct argot_letters *letters, uint32_t source, const struct argot_event *const *events, size_t count)
{
    letters->replayed += (int64_t)count;
    for (size_t i = 0; i < count; i++) {
        if (!argot_sqlite_put_event(letters->at, (int64_t)i - letters->replayed, source, events[i]))
            return false;
        letters->oldest = events[i]->time < letters->oldest ? events[i]->time : letters->oldest;
        letters->newest = events[i]->time > letters->newest ? events[i]->time : letters->newest;
    }
    return argot_sqlite_flush(&letters->at->store);
}

bool
argot_letters_take(struct argot_letters *letters, const struct argot_stored_letter *letter,
                   const struct argot_event *const *events, size_t count, bool keep)
{
    letters->taken++;
    return (remove_letter(letters->at, letter->id) && put_events(letters, letter->source, events, keep ? count : 0) &&
            move_counts(letters->at, letter->source, count)) ||
           fail(letters);
}

/* What the live one says of the segment. */
static bool
describe(struct argot_letters *letters)
{
    struct argot_sqlite *at = letters->at;
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(at->db,
                           "UPDATE " LIVE ".segments SET dead_letters = dead_letters - ?2, first_time ="
                           " coalesce(min(first_time, ?3), first_time, ?3), last_time = coalesce(max(last_time, ?4),"
                           " last_time, ?4) WHERE file = ?1",
                           -1, &statement, NULL) != SQLITE_OK)
        return argot_sqlite_fail(at, "cannot be written to");
    sqlite3_bind_text(statement, 1, letters->files[letters->file - 1], -1, SQLITE_STATIC);
    argot_sqlite_bind_number(statement, 2, letters->taken);
    if (letters->oldest <= letters->newest) {
        sqlite3_bind_int64(statement, 3, letters->oldest);
        sqlite3_bind_int64(statement, 4, letters->newest);
    }
    bool good = argot_sqlite_run(at, statement, "cannot be written to");
    sqlite3_finalize(statement);
    return good;
}

bool
argot_letters_commit(struct argot_letters *letters)
{
    struct argot_store *store = &letters->at->store;
    bool good = !letters->taken || (argot_sqlite_put_number(store, ARGOT_SQLITE_REPLAYED, letters->replayed) &&
                                    (!letters->at->closed || describe(letters)));
    return (good && argot_sqlite_commit(store)) || fail(letters);
}

/* ---- the end ---- */

void
argot_letters_close(struct argot_letters *letters)
{
    if (!letters)
        return;
    struct argot_seam *seam = letters->options.seam;
    close_segment(letters);
    if (letters->live)
        (void)argot_sqlite_settle((struct argot_sqlite *)letters->live);
    argot_store_close(letters->live);
    argot_arena_finish(&letters->names);
    argot_arena_finish(&letters->arena);
    seam->release(seam, letters);
}
