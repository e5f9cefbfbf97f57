/* SPDX-License-Identifier: Apache-2.0
 * store_peer STORE COPY [3]: the rows of `events` of a store into a new database with the same table, index and
 * settings, by one prepared INSERT that names the columns with values, 10,000 rows a transaction. All rows lie in
 * memory before the clock begins; what it tells is the processor time of the loop alone, from BEGIN to the last COMMIT.
 * So it is what SQLite takes for these rows, and nothing else. */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define MAX_COLUMNS 400
#define ROWS_PER_COMMIT 10000

struct value {
    int type;
    int length;
    union {
        int64_t number;
        double real;
        const void *bytes;
    };
};

struct rows {
    size_t count, room;
    int ncolumns, columns[MAX_COLUMNS]; /* of the table: those with values */
    struct value *values;
};

static void
fail(sqlite3 *db, const char *what)
{
    fprintf(stderr, "store_peer: %s: %s\n", what, db ? sqlite3_errmsg(db) : "no memory");
    exit(1);
}

static double
processor_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
execute(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail(db, sql);
}

static void *
copy(const void *bytes, size_t count)
{
    void *memory = malloc(count ? count : 1);
    if (!memory)
        fail(NULL, "a row");
    if (count)
        memcpy(memory, bytes, count);
    return memory;
}

static struct value
value_of(sqlite3_stmt *row, int column)
{
    struct value value = {.type = sqlite3_column_type(row, column)};
    switch (value.type) {
    case SQLITE_INTEGER:
        value.number = sqlite3_column_int64(row, column);
        break;
    case SQLITE_FLOAT:
        value.real = sqlite3_column_double(row, column);
        break;
    case SQLITE_TEXT:
    case SQLITE_BLOB:
        value.bytes = sqlite3_column_blob(row, column);
        value.length = sqlite3_column_bytes(row, column);
        value.bytes = copy(value.bytes, (size_t)value.length);
        break;
    default:
        break;
    }
    return value;
}

/* Columns that some of the first rows fill. */
static void
find_columns(sqlite3 *db, struct rows *rows)
{
    bool filled[MAX_COLUMNS] = {0};
    sqlite3_stmt *row;
    if (sqlite3_prepare_v2(db, "SELECT * FROM events LIMIT 1000", -1, &row, NULL) != SQLITE_OK)
        fail(db, "events");
    int count = sqlite3_column_count(row);
    while (sqlite3_step(row) == SQLITE_ROW)
        for (int i = 0; i < count && i < MAX_COLUMNS; i++)
            filled[i] |= sqlite3_column_type(row, i) != SQLITE_NULL;
    for (int i = 0; i < count && i < MAX_COLUMNS; i++)
        if (filled[i])
            rows->columns[rows->ncolumns++] = i;
    sqlite3_finalize(row);
}

static void
read_rows(sqlite3 *db, struct rows *rows)
{
    sqlite3_stmt *row;
    find_columns(db, rows);
    if (sqlite3_prepare_v2(db, "SELECT * FROM events ORDER BY id", -1, &row, NULL) != SQLITE_OK)
        fail(db, "events");
    while (sqlite3_step(row) == SQLITE_ROW) {
        if (rows->count == rows->room) {
            rows->room = rows->room ? rows->room * 2 : 1024;
            rows->values = realloc(rows->values, rows->room * (size_t)rows->ncolumns * sizeof *rows->values);
            if (!rows->values)
                fail(NULL, "rows");
        }
        struct value *values = rows->values + rows->count++ * (size_t)rows->ncolumns;
        for (int i = 0; i < rows->ncolumns; i++)
            values[i] = value_of(row, rows->columns[i]);
    }
    sqlite3_finalize(row);
}

/* The table and its index as the store has them. */
static void
make_copy(sqlite3 *from, sqlite3 *to)
{
    sqlite3_stmt *row;
    execute(to, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 2000;"
                "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;");
    if (sqlite3_prepare_v2(from, "SELECT sql FROM sqlite_master WHERE tbl_name = 'events' ORDER BY type DESC", -1, &row,
                           NULL) != SQLITE_OK)
        fail(from, "tables");
    while (sqlite3_step(row) == SQLITE_ROW)
        execute(to, (const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
}

/* Beside that of the time. */
static void
add_indexes(sqlite3 *db)
{
    execute(db, "CREATE INDEX by_address ON events (source_ip, event_time);"
                "CREATE INDEX by_path ON events (request_path, event_time);");
}

static sqlite3_stmt *
prepare_insert(sqlite3 *from, sqlite3 *to, const struct rows *rows)
{
    sqlite3_stmt *all, *insert;
    static char sql[1 << 16];
    if (sqlite3_prepare_v2(from, "SELECT * FROM events", -1, &all, NULL) != SQLITE_OK)
        fail(from, "events");
    size_t length = (size_t)sprintf(sql, "INSERT INTO events (");
    for (int i = 0; i < rows->ncolumns; i++)
        length += (size_t)sprintf(sql + length, "%s%s", i ? ", " : "", sqlite3_column_name(all, rows->columns[i]));
    length += (size_t)sprintf(sql + length, ") VALUES (?");
    for (int i = 1; i < rows->ncolumns; i++)
        length += (size_t)sprintf(sql + length, ", ?");
    sprintf(sql + length, ")");
    sqlite3_finalize(all);
    if (sqlite3_prepare_v3(to, sql, -1, SQLITE_PREPARE_PERSISTENT, &insert, NULL) != SQLITE_OK)
        fail(to, sql);
    return insert;
}

static void
bind(sqlite3_stmt *insert, int parameter, const struct value *value)
{
    if (value->type == SQLITE_INTEGER)
        sqlite3_bind_int64(insert, parameter, value->number);
    else if (value->type == SQLITE_FLOAT)
        sqlite3_bind_double(insert, parameter, value->real);
    else if (value->type == SQLITE_TEXT)
        sqlite3_bind_text(insert, parameter, value->bytes, value->length, SQLITE_STATIC);
    else if (value->type == SQLITE_BLOB)
        sqlite3_bind_blob(insert, parameter, value->bytes, value->length, SQLITE_STATIC);
    else
        sqlite3_bind_null(insert, parameter);
}

static void
insert_rows(sqlite3 *db, sqlite3_stmt *insert, const struct rows *rows)
{
    execute(db, "BEGIN");
    for (size_t i = 0; i < rows->count; i++) {
        for (int j = 0; j < rows->ncolumns; j++)
            bind(insert, j + 1, &rows->values[i * (size_t)rows->ncolumns + (size_t)j]);
        if (sqlite3_step(insert) != SQLITE_DONE)
            fail(db, "a row");
        sqlite3_reset(insert);
        if ((i + 1) % ROWS_PER_COMMIT == 0)
            execute(db, "COMMIT; BEGIN");
    }
    execute(db, "COMMIT");
}

int
main(int argc, char **argv)
{
    sqlite3 *from, *to;
    struct rows rows = {0};
    if (argc != 3 && argc != 4)
        return 2;
    if (sqlite3_open_v2(argv[1], &from, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        fail(from, argv[1]);
    remove(argv[2]);
    if (sqlite3_open(argv[2], &to) != SQLITE_OK)
        fail(to, argv[2]);
    read_rows(from, &rows);
    make_copy(from, to);
    if (argc == 4)
        add_indexes(to);
    sqlite3_stmt *insert = prepare_insert(from, to, &rows);
    double began = processor_seconds();
    insert_rows(to, insert, &rows);
    printf("%zu rows, %.6f s\n", rows.count, processor_seconds() - began);
    sqlite3_finalize(insert);
    sqlite3_close(from);
    sqlite3_close(to);
    return 0;
}
