/* SPDX-License-Identifier: Apache-2.0
 * Where inputs stand, and what became no event. */
#include "store/sqlite.h"
#include <string.h>

#define ADD                                                                                                            \
    "INSERT INTO sources (" ARGOT_SQLITE_SOURCE_COLUMNS                                                                \
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"                                 \
    " ?17, ?18, ?19)"
/* The name is for ever. */
#define PUT                                                                                                            \
    "UPDATE sources SET path = ?3, device = ?4, inode = ?5, fingerprint = ?6, fingerprint_bytes = ?7, \"offset\" ="    \
    " ?8, record = ?9, line = ?10, part = ?11, pieces = ?12, records = ?13, events = ?14, letters = ?15, skipped ="    \
    " ?16, ended_size = ?17, ended_before = ?18, dropped = ?19 WHERE id = ?1"
#define LETTER                                                                                                         \
    "INSERT INTO dead_letters (source, record, line, piece, event_ingest_time, reason, format, \"offset\", expected,"  \
    " field, value, raw_line) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"

/* ---- in ---- */

static void
bind_file(sqlite3_stmt *statement, const struct argot_store_source *source)
{
    for (int i = 4; i <= 7; i++)
        sqlite3_bind_null(statement, i);
    if (!source->file)
        return;
    argot_sqlite_bind_number(statement, 4, source->device);
    argot_sqlite_bind_number(statement, 5, source->inode);
    sqlite3_bind_blob(statement, 6, source->fingerprint, sizeof source->fingerprint, SQLITE_STATIC);
    argot_sqlite_bind_number(statement, 7, source->fingerprint_bytes);
}

static void
bind_progress(sqlite3_stmt *statement, const struct argot_store_source *source)
{
    const struct argot_store_position *position = &source->position;
    const struct argot_store_counts *counts = &source->counts;
    const uint64_t numbers[] = {position->offset, position->record, position->line,  position->part, position->pieces,
                                counts->records,  counts->events,   counts->letters, counts->skipped};
    for (int i = 0; i < (int)(sizeof numbers / sizeof *numbers); i++)
        argot_sqlite_bind_number(statement, 8 + i, numbers[i]);
    argot_sqlite_bind_number(statement, 19, counts->dropped);
    sqlite3_bind_null(statement, 17);
    sqlite3_bind_null(statement, 18);
    if (source->ended) {
        argot_sqlite_bind_number(statement, 17, source->size_bytes);
        argot_sqlite_bind_number(statement, 18, source->ended_before);
    }
}

static bool
put(struct argot_sqlite *sqlite, sqlite3_stmt *statement, const struct argot_store_source *source)
{
    argot_sqlite_bind_word(sqlite, statement, 3, source->path);
    bind_file(statement, source);
    bind_progress(statement, source);
    return argot_sqlite_run(sqlite, statement, "the position of an input cannot be written");
}

bool
argot_sqlite_add_source(struct argot_store *store, struct argot_store_source *source)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    if (!argot_sqlite_begin(sqlite))
        return false;
    sqlite3_stmt *statement = argot_sqlite_statement(sqlite, ARGOT_SQLITE_ADD_SOURCE, ADD);
    if (!statement)
        return false;
    sqlite3_bind_null(statement, 1);
    argot_sqlite_bind_word(sqlite, statement, 2, source->name);
    if (!put(sqlite, statement, source))
        return false;
    source->id = (uint32_t)sqlite3_last_insert_rowid(sqlite->db);
    store->pending++;
    return true;
}

/* Counts as no row of its own: it goes with what moved the position. */
bool
argot_sqlite_put_source(struct argot_store *store, const struct argot_store_source *source)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    if (!argot_sqlite_begin(sqlite))
        return false;
    sqlite3_stmt *statement = argot_sqlite_statement(sqlite, ARGOT_SQLITE_PUT_SOURCE, PUT);
    if (!statement)
        return false;
    argot_sqlite_bind_number(statement, 1, source->id);
    return put(sqlite, statement, source);
}

bool
argot_sqlite_letter(struct argot_store *store, uint32_t source, argot_time received, const struct argot_letter *letter)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    if (!argot_sqlite_begin(sqlite))
        return false;
    sqlite3_stmt *statement = argot_sqlite_statement(sqlite, ARGOT_SQLITE_LETTER, LETTER);
    if (!statement)
        return false;
    argot_sqlite_bind_number(statement, 1, source);
    argot_sqlite_bind_number(statement, 2, letter->record);
    argot_sqlite_bind_number(statement, 3, letter->line);
    argot_sqlite_bind_number(statement, 4, letter->piece);
    sqlite3_bind_int64(statement, 5, received);
    argot_sqlite_bind_word(sqlite, statement, 6, argot_letter_reason_name(letter->reason));
    argot_sqlite_bind_word(sqlite, statement, 7, letter->format);
    argot_sqlite_bind_number(statement, 8, letter->offset);
    argot_sqlite_bind_word(sqlite, statement, 9, letter->expected);
    argot_sqlite_bind_word(sqlite, statement, 10, letter->field);
    bool raw = argot_sqlite_policy(sqlite, letter->format)->raw != ARGOT_STORE_RAW_NONE;
    argot_sqlite_bind_bytes(statement, 11, raw ? letter->value : (struct argot_slice){0});
    argot_sqlite_bind_bytes(statement, 12, raw ? letter->raw : (struct argot_slice){(const uint8_t *)"", 0});
    if (!argot_sqlite_run(sqlite, statement, "a dead letter cannot be written"))
        return false;
    store->pending++;
    return true;
}

/* ---- numbers and texts by name ---- */

static sqlite3_stmt *
begin_put(struct argot_sqlite *sqlite, const char *name)
{
    sqlite3_stmt *statement = argot_sqlite_statement(sqlite, ARGOT_SQLITE_PUT_NUMBER,
                                                     "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)");
    if (!statement || !argot_sqlite_begin(sqlite))
        return NULL;
    argot_sqlite_bind_word(sqlite, statement, 1, name);
    return statement;
}

bool
argot_sqlite_put_number(struct argot_store *store, const char *name, int64_t number)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    sqlite3_stmt *statement = begin_put(sqlite, name);
    if (!statement)
        return false;
    sqlite3_bind_int64(statement, 2, number); /* the column makes it a text */
    return argot_sqlite_run(sqlite, statement, "a number cannot be written");
}

bool
argot_sqlite_put_text(struct argot_store *store, const char *name, const char *text)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    sqlite3_stmt *statement = begin_put(sqlite, name);
    if (!statement)
        return false;
    argot_sqlite_bind_word(sqlite, statement, 2, text);
    return argot_sqlite_run(sqlite, statement, "a text cannot be written");
}

bool
argot_sqlite_get_text(struct argot_store *store, const char *name, struct argot_buffer *text)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    sqlite3_stmt *statement =
        argot_sqlite_statement(sqlite, ARGOT_SQLITE_TEXT, "SELECT value FROM meta WHERE key = ?1");
    if (!statement)
        return false;
    argot_sqlite_bind_word(sqlite, statement, 1, name);
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        argot_buffer_append(text, sqlite3_column_text(statement, 0), (size_t)sqlite3_column_bytes(statement, 0));
    bool good = code == SQLITE_ROW || code == SQLITE_DONE || argot_sqlite_fail(sqlite, "cannot be read");
    sqlite3_reset(statement);
    return good && (!text->failed || argot_sqlite_no_memory(sqlite));
}

bool
argot_sqlite_get_number(struct argot_store *store, const char *name, int64_t otherwise, int64_t *number)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    sqlite3_stmt *statement =
        argot_sqlite_statement(sqlite, ARGOT_SQLITE_NUMBER, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?1");
    if (!statement)
        return false;
    argot_sqlite_bind_word(sqlite, statement, 1, name);
    int code = sqlite3_step(statement);
    *number = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : otherwise;
    bool good = code == SQLITE_ROW || code == SQLITE_DONE || argot_sqlite_fail(sqlite, "cannot be read");
    sqlite3_reset(statement);
    return good;
}

/* ---- out ---- */

static const char *
text_of(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    int length = sqlite3_column_bytes(statement, column);
    return text ? argot_arena_copy(&sqlite->arena, text, (size_t)length) : NULL;
}

static uint64_t
number_of(sqlite3_stmt *statement, int column)
{
    return (uint64_t)sqlite3_column_int64(statement, column);
}

static bool
take(struct argot_sqlite *sqlite, sqlite3_stmt *statement, struct argot_store_source *source)
{
    *source = (struct argot_store_source){
        .id = (uint32_t)number_of(statement, 0),
        .name = text_of(sqlite, statement, 1),
        .path = text_of(sqlite, statement, 2),
        .file = sqlite3_column_type(statement, 4) != SQLITE_NULL,
        .device = number_of(statement, 3),
        .inode = number_of(statement, 4),
        .fingerprint_bytes = (uint32_t)number_of(statement, 6),
        .position = {.offset = number_of(statement, 7),
                     .record = number_of(statement, 8),
                     .line = number_of(statement, 9),
                     .part = (uint32_t)number_of(statement, 10),
                     .pieces = (uint32_t)number_of(statement, 11)},
        .counts = {.records = number_of(statement, 12),
                   .events = number_of(statement, 13),
                   .letters = number_of(statement, 14),
                   .skipped = number_of(statement, 15),
                   .dropped = number_of(statement, 18)},
        .ended = sqlite3_column_type(statement, 17) != SQLITE_NULL,
        .size_bytes = number_of(statement, 16),
        .ended_before = number_of(statement, 17),
    };
    const void *fingerprint = sqlite3_column_blob(statement, 5);
    if (fingerprint && sqlite3_column_bytes(statement, 5) == ARGOT_STORE_FINGERPRINT_BYTES)
        memcpy(source->fingerprint, fingerprint, ARGOT_STORE_FINGERPRINT_BYTES);
    return source->name && source->path;
}

static const struct argot_store_source *
take_all(struct argot_sqlite *sqlite, sqlite3_stmt *statement, size_t room, size_t *count)
{
    struct argot_store_source *sources = argot_arena_zalloc(&sqlite->arena, room ? room : 1, sizeof *sources);
    int code = SQLITE_ROW;
    *count = 0;
    while (sources && *count < room && (code = sqlite3_step(statement)) == SQLITE_ROW)
        if (!take(sqlite, statement, &sources[(*count)++]))
            sources = NULL;
    if (!sources)
        argot_sqlite_no_memory(sqlite);
    else if (code != SQLITE_ROW && code != SQLITE_DONE)
        argot_sqlite_fail(sqlite, "cannot be read");
    return sqlite->store.problem[0] ? NULL : sources;
}

const struct argot_store_source *
argot_sqlite_sources(struct argot_store *store, size_t *count)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    sqlite3_stmt *statement;
    int64_t room;
    store->problem[0] = 0;
    if (!argot_sqlite_number(sqlite, "SELECT count(*) FROM sources", &room))
        return NULL;
    if (sqlite3_prepare_v2(sqlite->db, "SELECT " ARGOT_SQLITE_SOURCE_COLUMNS " FROM sources ORDER BY id", -1,
                           &statement, NULL) != SQLITE_OK) {
        argot_sqlite_fail(sqlite, "cannot be read");
        return NULL;
    }
    const struct argot_store_source *sources = take_all(sqlite, statement, (size_t)room, count);
    sqlite3_finalize(statement);
    return sources;
}
