/* SPDX-License-Identifier: Apache-2.0
 * Searching a store: which rows fit an expression, their columns, how many there are by value or by time. It only
 * reads: neither a run that writes to the store nor what it writes is touched. Of an expression SQL does what it can
 * say in the very same meaning, and never loses a row that fits; what is left to do a judge of the caller's does, in
 * the middle of the statement. Not thread-safe. */
#pragma once
#include "base/buffer.h"
#include "event/alert.h"
#include "event/cell.h"
#include "event/expr.h"
#include "store/store.h"

#define ARGOT_SEARCH_PROBLEM_BYTES 320
#define ARGOT_SEARCH_MAX_COLUMNS 256
#define ARGOT_SEARCH_MAX_JUDGED 64 /* fields that an expression may read where not all of it becomes SQL */

struct argot_search;

/* NULL with the reason in `why`: no such store, not a store, one of a newer argot, damaged, locked, no permission. */
struct argot_search *argot_search_open(struct argot_seam *seam, const char *path, char *why, size_t why_size);
void argot_search_close(struct argot_search *search); /* NULL is fine */
/* In a person's words, after a call that returned false; empty after the end of the rows. */
const char *argot_search_problem(const struct argot_search *search);

/* The inputs of the store, as argot_store_sources gives them; in memory of the search. */
const struct argot_store_source *argot_search_sources(struct argot_search *search, size_t *count);

/* ---- what is asked ---- */

enum argot_search_table { ARGOT_SEARCH_EVENTS, ARGOT_SEARCH_ALERTS, ARGOT_SEARCH_LETTERS };

enum argot_search_column_kind {
    ARGOT_SEARCH_FIELD,  /* of the schema */
    ARGOT_SEARCH_EXTRA,  /* the whole object */
    ARGOT_SEARCH_MEMBER, /* extra.a.b: `path` behind `extra.` */
    ARGOT_SEARCH_RAW,    /* the record */
    ARGOT_SEARCH_SOURCE, /* name of the input */
    ARGOT_SEARCH_ALERT,  /* what the rule language calls alert.…, causes too, as a JSON object */
    ARGOT_SEARCH_OWN,    /* another column of the table, by its name there */
};

struct argot_search_column {
    uint8_t kind; /* enum argot_search_column_kind */
    uint8_t type; /* OWN: enum argot_type */
    uint16_t field;
    const char *name; /* as it was asked for, which must live on */
    const char *path;
};

/* The column that a name stands for; false: there is none. */
bool argot_search_column(enum argot_search_table table, const char *name, struct argot_search_column *column);
/* The names that a table has beside fields of the schema; NULL behind the last. */
const char *argot_search_own_name(enum argot_search_table table, size_t number);

enum argot_search_what {
    ARGOT_SEARCH_ROWS,   /* the newest first, unless asked otherwise */
    ARGOT_SEARCH_COUNTS, /* distinct values of the columns, the most frequent first; a count stands behind them */
    ARGOT_SEARCH_TIMES,  /* begin of a span of time and a count, in the order of time; spans without a row are left out
                          */
    ARGOT_SEARCH_BOUNDS, /* oldest time, newest time, and the count; absent, absent, 0 where there is no row */
};

typedef bool (*argot_search_judge)(void *context, const struct argot_event *event, const struct argot_alert *alert);

struct argot_search_query {
    enum argot_search_table table;
    enum argot_search_what what;
    const struct argot_expr *where; /* a condition, over events or alerts; NULL: all rows */
    /* Whether the condition holds for a row; it sees the fields that the condition reads and event_time. */
    argot_search_judge holds;
    void *context;
    argot_time from, to; /* both included. Of dead letters when they were received */
    const struct argot_search_column *columns;
    size_t ncolumns;
    bool oldest_first;           /* ROWS of events */
    int64_t span_ns;             /* TIMES */
    uint64_t limit;              /* 0: all */
    bool (*stop)(void *context); /* asked now and then: true ends the search; or NULL */
    void *stop_context;
};

/* Everything behind `query` must live until the search ends. */
bool argot_search_start(struct argot_search *search, const struct argot_search_query *query);
/* A statement in SQL, of which nothing but `stop` is taken from the query. Nothing can be changed by one. */
bool argot_search_start_sql(struct argot_search *search, const char *sql, const struct argot_search_query *query);
/* The statement that would run, with its values; what a judge does is a call of argot_holds. */
bool argot_search_statement(struct argot_search *search, const struct argot_search_query *query,
                            struct argot_buffer *out);
/* Of a statement in SQL: cells of a row, and their names. */
size_t argot_search_width(const struct argot_search *search); /* cells of a row */
const char *argot_search_column_name(const struct argot_search *search, size_t number);
/* A row; its cells live until the next call. False at the end, and when it fails. */
bool argot_search_next(struct argot_search *search, struct argot_cell *cells);

/* ---- records ---- */

/* Where the record of the event at hand can be had again, until another search is started. */
uint64_t argot_search_place(const struct argot_search *search);
/* The record, appended, which is that of the first event of those that it was split into; nothing where none was kept.
 * False: it cannot be read. */
bool argot_search_record(struct argot_search *search, uint64_t place, struct argot_buffer *raw);
