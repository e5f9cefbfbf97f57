/* SPDX-License-Identifier: Apache-2.0
 * A search on SQLite: what its files share. sqlite_search.c opens and steps, sqlite_select.c writes the statement,
 * sqlite_cell.c reads values, sqlite_judged.c and sqlite_extra.c have the functions that the statement calls. Inside
 * runtime/store only. */
#pragma once
#include "decode/record.h"
#include "store/search.h"
#include "store/sqlite_where.h"

/* Fields and more that an expression reads, for argot_holds. */
struct argot_sqlite_judged {
    bool on;
    uint16_t count;
    uint16_t fields[ARGOT_SEARCH_MAX_JUDGED]; /* ascending */
    bool too_many;
    struct argot_shape shape; /* of the events that are judged */
    struct argot_shape_field shape_fields[ARGOT_SEARCH_MAX_JUDGED];
};

struct argot_search {
    struct argot_seam *seam;
    sqlite3 *db;
    sqlite3_stmt *statement, *alert, *causes; /* the last two: what is told of an alert */
    bool *has_column[2];                      /* by field: of events, of alerts; a store may be older than the schema */
    struct argot_search_query query;
    bool is_sql; /* a statement of the user's */
    struct argot_sqlite_where where;
    struct argot_sqlite_judged judged;
    struct argot_arena arena, row; /* of the search; of a row, or of a call of a function */
    struct argot_arena inner;      /* of a call */
    struct argot_buffer text;      /* the statement; then JSON that is put together for a row */
    char problem[ARGOT_SEARCH_PROBLEM_BYTES];
};

bool argot_sqlite_search_refuse(struct argot_search *search, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Keeps SQLite's words behind `what`. */
bool argot_sqlite_search_fail(struct argot_search *search, const char *what);
bool argot_sqlite_search_no_memory(struct argot_search *search);

/* ---- sqlite_select.c ---- */

/* The statement of search->query into search->text, NUL behind, and what it needs bound and judged. */
bool argot_sqlite_select(struct argot_search *search);

/* ---- sqlite_judged.c ---- */

void argot_sqlite_judged_gather(struct argot_sqlite_judged *judged, const struct argot_expr *expr);
void argot_sqlite_judged_shape(struct argot_sqlite_judged *judged);
bool argot_sqlite_judged_register(struct argot_search *search);

/* ---- sqlite_extra.c ---- */

/* Members of a column `extra`, without what belongs to fields. False: no memory. */
bool argot_sqlite_extra_read(struct argot_arena *arena, struct argot_slice text, struct argot_extra **extra,
                             uint32_t *count);
/* Makes argot_large, argot_extra and argot_member known. */
bool argot_sqlite_extra_register(struct argot_search *search);

/* ---- sqlite_cell.c ---- */

/* JSON text to a tree in the arena; false: it is none, or there is no memory. */
bool argot_sqlite_cell_json(struct argot_arena *arena, struct argot_slice text, struct argot_record *record);
struct argot_slice argot_sqlite_cell_bytes(sqlite3_value *value);
/* A column's value as events have it; lists as lists. False: null, or not what the column holds. */
bool argot_sqlite_cell_slot(struct argot_arena *arena, uint16_t field, sqlite3_value *value, struct argot_slot *slot);
bool argot_sqlite_cell_list(struct argot_arena *arena, enum argot_type item_type, uint16_t field,
                            struct argot_slice text, struct argot_slot *slot);
enum argot_type argot_sqlite_cell_item_type(uint16_t field); /* of a list field; else its own */
/* A value of a JSON tree as one of a type. */
bool argot_sqlite_cell_node(struct argot_arena *arena, enum argot_type type, uint16_t field,
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
