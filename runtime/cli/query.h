/* SPDX-License-Identifier: Apache-2.0
 * What the files of argot query share. cmd_query.c reads the command line and asks; query_columns.c knows which columns
 * are shown, query_table.c draws rows and counts, query_times.c bars. */
#pragma once
#include "cli/standard.h"
#include "output/cells.h"
#include "store/search.h"

enum argot_query_output { ARGOT_QUERY_TABLE, ARGOT_QUERY_JSONL, ARGOT_QUERY_CSV };

#define ARGOT_QUERY_FLUSH_BYTES ((size_t)64 << 10)

struct argot_query_columns {
    size_t count;
    struct argot_search_column columns[ARGOT_SEARCH_MAX_COLUMNS];
    const char *names[ARGOT_SEARCH_MAX_COLUMNS + 1]; /* room for `count` behind them */
    bool chosen;                                     /* by the user: then none is left out for being empty */
};

/* Columns by name, separated by commas; with a + before the first they stand behind the usual ones. NULL: the usual
 * ones. Names are copied into the arena. False after saying what is wrong. */
bool argot_query_columns_read(const struct argot_args *args, const char *option, struct argot_arena *arena,
                              enum argot_search_table table, enum argot_query_output output, const char *names,
                              struct argot_query_columns *columns);

/* The columns of rows in the words of another standard: all fields, and what stands beside them. False as above. */
bool argot_query_columns_all(const struct argot_args *args, enum argot_search_table table,
                             struct argot_query_columns *columns);

/* Rows as they come, in pieces. */
struct argot_query_writer {
    struct argot_seam *seam;
    int fd;           /* standard output, unless set */
    const char *path; /* as it is called in messages */
    enum argot_query_output output;
    const char *const *names;
    size_t width;
    struct argot_buffer out;
    struct argot_table *table;         /* TABLE */
    struct argot_query_export *export; /* JSONL in the words of another standard; else NULL */
    int error;                         /* a negative errno of the output */
};

/* `hide`: columns of a table without a value are left out. False: no memory. */
bool argot_query_writer_init(struct argot_query_writer *writer, struct argot_seam *seam, enum argot_query_output output,
                             const char *const *names, size_t width, bool hide);
/* False: the output failed, or there is no memory. */
bool argot_query_writer_row(struct argot_query_writer *writer, const struct argot_cell *cells);
/* Writes what is left and gives back everything. False as before, after saying why. */
bool argot_query_writer_end(struct argot_query_writer *writer);

/* ---- query_export.c ---- */

/* Rows of argot_query_columns_all in the words of another standard. */
struct argot_query_export;
/* NULL without memory. */
struct argot_query_export *argot_query_export_new(struct argot_seam *seam, enum argot_standard_number standard,
                                                  const struct argot_query_columns *columns);
void argot_query_export_free(struct argot_query_export *rows); /* NULL is fine */
void argot_query_export_row(struct argot_query_export *rows, const struct argot_cell *cells, struct argot_buffer *out);

/* ---- query_table.c ---- */

/* A table whose widths are those of its first rows, and not more than the terminal has. */
struct argot_table;
struct argot_table *argot_query_table_new(struct argot_seam *seam, const char *const *names, size_t width, bool hide);
void argot_query_table_free(struct argot_table *table); /* NULL is fine */
/* What can be drawn is appended. */
void argot_query_table_row(struct argot_table *table, const struct argot_cell *cells, struct argot_buffer *out);
void argot_query_table_end(struct argot_table *table, struct argot_buffer *out);

/* ---- query_times.c ---- */

/* A span that gives some thirty bars. */
int64_t argot_query_times_span(argot_time oldest, argot_time newest);
/* The rows of an argot_search_next of TIMES, as bars; true at the end of the rows. */
bool argot_query_times_draw(struct argot_search *search, struct argot_seam *seam, int64_t span_ns,
                            struct argot_buffer *out);
