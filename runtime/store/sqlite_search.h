/* SPDX-License-Identifier: Apache-2.0
 * A search on SQLite: what its files share. sqlite_search.c asks, sqlite_file.c opens files, sqlite_select.c writes the
 * statement, sqlite_cell.c reads values, sqlite_judged.c and sqlite_extra.c have the functions that the statement
 * calls. Inside runtime/store only. */
#pragma once
#include "decode/record.h"
#include "store/search.h"
#include "store/sqlite_where.h"

/* Rows between the events of a record that was split: its first, which has the record, is not farther away. */
#define ARGOT_SQLITE_MAX_PARTS 65536

/* Fields and more that an expression reads, for argot_holds. */
struct argot_sqlite_judged {
    bool on;
    uint16_t count;
    uint16_t fields[ARGOT_SEARCH_MAX_JUDGED]; /* ascending */
    bool too_many;
    struct argot_shape shape; /* of the events that are judged */
    struct argot_shape_field shape_fields[ARGOT_SEARCH_MAX_JUDGED];
};

/* The live segment or a closed one. */
struct argot_sqlite_file {
    const char *path;
    bool live, has_events;
    int64_t number;         /* ascending in the order in which they were closed; the live one's is the largest */
    argot_time first, last; /* of its events */
    uint64_t alerts, letters;
};

/* A file that is read: its connection, its statement, and the row at which that stands. */
struct argot_sqlite_cursor {
    sqlite3 *db;
    sqlite3_stmt *statement, *alert, *causes; /* the last two: what is told of an alert */
    sqlite3_stmt *record;                     /* of an event by its id */
    bool *has_column[2];                      /* by field: of events, of alerts; a file may be older than the schema */
    bool there;                               /* stands at a row; */
    argot_time time;                          /* of it, of events */
    int64_t id;
};

/* Memory of a row or a call. What was read while it was short is not to be trusted. */
struct argot_sqlite_room {
    struct argot_arena arena;
    bool failed;
};

struct argot_search {
    struct argot_seam *seam;
    size_t nfiles, next;                 /* next: the first that is not open yet */
    struct argot_sqlite_file *files;     /* the live one first, then those with the newest events */
    struct argot_sqlite_cursor *cursors; /* by file; that of the live one stays open */
    struct argot_sqlite_cursor *at;      /* whose row was given last; NULL: none */
    struct argot_sqlite_cursor sums;     /* of counts over several files */
    struct argot_sqlite_cursor past;     /* for records of a file, `past_file`, whose rows were all given */
    size_t past_file;
    uint64_t given; /* rows */
    struct argot_search_query query;
    bool is_sql; /* a statement of the user's */
    struct argot_sqlite_where where;
    struct argot_sqlite_judged judged;
    struct argot_arena names;       /* of files */
    struct argot_arena arena;       /* of a statement that is made */
    struct argot_sqlite_room row;   /* of a row, or of a call of argot_holds */
    struct argot_sqlite_room inner; /* of a call of the other functions */
    struct argot_buffer text;       /* the statement */
    char problem[ARGOT_SEARCH_PROBLEM_BYTES];
};

bool argot_sqlite_search_refuse(struct argot_search *search, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Keeps SQLite's words behind `what`. */
bool argot_sqlite_search_fail(struct argot_search *search, sqlite3 *db, const char *what);
bool argot_sqlite_search_no_memory(struct argot_search *search);

/* ---- sqlite_file.c ---- */

/* Opens a file as one that is only read. *gone: it is not there, which is told by true and a cursor without db. */
bool argot_sqlite_file_open(struct argot_search *search, const char *path, struct argot_sqlite_cursor *cursor,
                            bool *gone);
void argot_sqlite_file_close(struct argot_search *search, struct argot_sqlite_cursor *cursor);
/* Fills search->files by the list of the live one, whose cursor is open. */
bool argot_sqlite_file_list(struct argot_search *search);

/* ---- sqlite_select.c ---- */

/* The statement of search->query over a file into search->text, NUL behind, and what it needs bound and judged. Rows
 * of events have their time and id before the columns. */
bool argot_sqlite_select(struct argot_search *search, const struct argot_sqlite_cursor *cursor);
/* The expression for the record of the event that `t` stands for. */
void argot_sqlite_select_record(struct argot_buffer *sql);

/* ---- sqlite_judged.c ---- */

void argot_sqlite_judged_gather(struct argot_sqlite_judged *judged, const struct argot_expr *expr);
void argot_sqlite_judged_shape(struct argot_sqlite_judged *judged);
bool argot_sqlite_judged_register(struct argot_search *search, sqlite3 *db);

/* ---- sqlite_extra.c ---- */

/* Members of a column `extra`, without what belongs to fields. False: no memory. */
bool argot_sqlite_extra_read(struct argot_sqlite_room *room, struct argot_slice text, struct argot_extra **extra,
                             uint32_t *count);
/* Makes argot_large, argot_extra and argot_member known. */
bool argot_sqlite_extra_register(struct argot_search *search, sqlite3 *db);

/* ---- sqlite_cell.c ---- */

void argot_sqlite_room_reset(struct argot_sqlite_room *room);
void *argot_sqlite_room_take(struct argot_sqlite_room *room, size_t count, size_t size); /* zeroed */
char *argot_sqlite_room_copy(struct argot_sqlite_room *room, const void *at, size_t length);
/* JSON text to a tree in the room; false: it is none, or there is no memory. */
bool argot_sqlite_cell_json(struct argot_sqlite_room *room, struct argot_slice text, struct argot_record *record);
struct argot_slice argot_sqlite_cell_bytes(sqlite3_value *value);
/* A column's value as events have it; lists as lists. False: null, or not what the column holds. */
bool argot_sqlite_cell_slot(struct argot_sqlite_room *room, uint16_t field, sqlite3_value *value,
                            struct argot_slot *slot);
bool argot_sqlite_cell_list(struct argot_sqlite_room *room, enum argot_type item_type, uint16_t field,
                            struct argot_slice text, struct argot_slot *slot);
enum argot_type argot_sqlite_cell_item_type(uint16_t field); /* of a list field; else its own */
/* A value of a JSON tree as one of a type. */
bool argot_sqlite_cell_node(struct argot_sqlite_room *room, enum argot_type type, uint16_t field,
                            const struct argot_node *node, struct argot_slot *slot);
/* The same as a member of extra: text, or JSON that is flagged as such. */
struct argot_slot argot_sqlite_cell_untyped(const struct argot_node *node);
void argot_sqlite_cell_read(struct argot_search *search, const struct argot_search_column *column, sqlite3_value *value,
                            struct argot_cell *cell);
/* A value of any statement. */
void argot_sqlite_cell_any(sqlite3_value *value, struct argot_cell *cell);

/* ---- sqlite_told.c ---- */

/* What the rule language calls alert.…, and the causes, as a JSON object in the row's arena. */
bool argot_sqlite_told(struct argot_search *search, sqlite3_value *alert_id, struct argot_cell *cell);
