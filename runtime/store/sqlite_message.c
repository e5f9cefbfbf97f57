/* SPDX-License-Identifier: Apache-2.0
 * Messages that wait to be told. They are in the transaction of the alerts that they tell of, and go in a later one. */
#include "store/sqlite.h"
#include <string.h>

#define PUT "INSERT OR REPLACE INTO messages (id, output, name, held, text) VALUES (?1, ?2, ?3, ?4, ?5)"
#define DROP "DELETE FROM messages WHERE id = ?1"
#define NEXT                                                                                                           \
    "SELECT id, name, text FROM messages WHERE output = ?1 AND held = 0 AND id <= ?2 AND id NOT IN (?3, ?4, ?5, ?6)"   \
    " ORDER BY id LIMIT 1"
#define COUNT "SELECT count(*), total(length(text)) FROM messages WHERE output = ?1"

bool
argot_sqlite_begin_messages(struct argot_store *store, uint64_t *last)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    int64_t largest = 0;
    if (!argot_sqlite_begin(sqlite) ||
        !argot_sqlite_execute(sqlite, "UPDATE messages SET held = 0 WHERE held", "messages cannot be written") ||
        !argot_sqlite_number(sqlite, "SELECT ifnull(max(id), 0) FROM messages", &largest))
        return false;
    *last = (uint64_t)largest;
    store->pending++;
    return true;
}

bool
argot_sqlite_put_message(struct argot_store *store, const struct argot_store_message *message)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    sqlite3_stmt *put = argot_sqlite_statement(sqlite, ARGOT_SQLITE_PUT_MESSAGE, PUT);
    if (!put || !argot_sqlite_begin(sqlite))
        return false;
    argot_sqlite_bind_number(put, 1, message->id);
    argot_sqlite_bind_word(sqlite, put, 2, message->output);
    argot_sqlite_bind_word(sqlite, put, 3, message->name);
    sqlite3_bind_int(put, 4, message->held);
    argot_sqlite_bind_bytes(put, 5, message->text);
    store->pending++;
    return argot_sqlite_run(sqlite, put, "a message cannot be written");
}

bool
argot_sqlite_drop_message(struct argot_store *store, uint64_t id)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    sqlite3_stmt *drop = argot_sqlite_statement(sqlite, ARGOT_SQLITE_DROP_MESSAGE, DROP);
    if (!drop || !argot_sqlite_begin(sqlite))
        return false;
    argot_sqlite_bind_number(drop, 1, id);
    store->pending++;
    return argot_sqlite_run(sqlite, drop, "a message cannot be given up");
}

/* Copies into the buffer of the store, which the next call reuses. */
static bool
take(struct argot_sqlite *sqlite, sqlite3_stmt *next, struct argot_store_message *message)
{
    struct argot_buffer *text = &sqlite->text;
    size_t length = (size_t)sqlite3_column_bytes(next, 2);
    text->length = 0;
    argot_buffer_append(text, sqlite3_column_blob(next, 2), length);
    argot_buffer_append(text, sqlite3_column_text(next, 1), (size_t)sqlite3_column_bytes(next, 1));
    argot_buffer_append_byte(text, 0);
    if (text->failed)
        return argot_sqlite_no_memory(sqlite);
    message->id = (uint64_t)sqlite3_column_int64(next, 0);
    message->text = (struct argot_slice){text->bytes, (uint32_t)length};
    message->name = (const char *)text->bytes + length;
    message->held = false;
    return true;
}

bool
argot_sqlite_next_message(struct argot_store *store, const char *output, uint64_t up_to, const uint64_t *skipped,
                          struct argot_store_message *message, bool *there)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    sqlite3_stmt *next = argot_sqlite_statement(sqlite, ARGOT_SQLITE_NEXT_MESSAGE, NEXT);
    if (!next)
        return false;
    argot_sqlite_bind_word(sqlite, next, 1, output);
    argot_sqlite_bind_number(next, 2, up_to);
    for (int i = 0; i < ARGOT_STORE_MESSAGES_SKIPPED; i++)
        argot_sqlite_bind_number(next, 3 + i, skipped[i]);
    int code = sqlite3_step(next);
    *there = code == SQLITE_ROW;
    message->output = output;
    bool good = *there ? take(sqlite, next, message)
                       : code == SQLITE_DONE || argot_sqlite_fail(sqlite, "a message cannot be read");
    sqlite3_reset(next);
    return good;
}

bool
argot_sqlite_count_messages(struct argot_store *store, const char *output, uint64_t *count, uint64_t *bytes)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    sqlite3_stmt *statement = argot_sqlite_statement(sqlite, ARGOT_SQLITE_COUNT_MESSAGES, COUNT);
    if (!statement)
        return false;
    argot_sqlite_bind_word(sqlite, statement, 1, output);
    bool good = sqlite3_step(statement) == SQLITE_ROW || argot_sqlite_fail(sqlite, "messages cannot be counted");
    if (good) {
        *count = (uint64_t)sqlite3_column_int64(statement, 0);
        *bytes = (uint64_t)sqlite3_column_int64(statement, 1);
    }
    sqlite3_reset(statement);
    return good;
}

bool
argot_sqlite_drop_messages(struct argot_store *store, const char *const *outputs, size_t noutputs, uint64_t *dropped)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    struct argot_buffer *sql = &sqlite->text;
    sqlite3_stmt *statement = NULL;
    sql->length = 0;
    argot_buffer_append_text(sql, "DELETE FROM messages WHERE output NOT IN (''");
    for (size_t i = 0; i < noutputs; i++)
        argot_buffer_append_text(sql, ", ?");
    argot_buffer_append(sql, ")", sizeof ")");
    if (sql->failed)
        return argot_sqlite_no_memory(sqlite);
    if (!argot_sqlite_begin(sqlite))
        return false;
    if (sqlite3_prepare_v2(sqlite->db, (const char *)sql->bytes, -1, &statement, NULL) != SQLITE_OK)
        return argot_sqlite_fail(sqlite, "messages cannot be given up");
    for (size_t i = 0; i < noutputs; i++)
        argot_sqlite_bind_word(sqlite, statement, (int)i + 1, outputs[i]);
    bool good = argot_sqlite_run(sqlite, statement, "messages cannot be given up");
    store->pending++;
    *dropped = good ? (uint64_t)sqlite3_changes(sqlite->db) : 0;
    sqlite3_finalize(statement);
    return good;
}
