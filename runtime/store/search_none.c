/* SPDX-License-Identifier: Apache-2.0
 * Searches in a program that was built without SQLite: none can be opened, so that nothing else is ever called. */
#include "store/search.h"
#include <stdio.h>

struct argot_search *
argot_search_open(struct argot_seam *seam, const char *path, char *why, size_t why_size)
{
    (void)seam;
    (void)path;
    snprintf(why, why_size, "this argot was built without SQLite");
    return NULL;
}

void
argot_search_close(struct argot_search *search)
{
    (void)search;
}

const char *
argot_search_problem(const struct argot_search *search)
{
    (void)search;
    return "";
}

bool
argot_search_column(enum argot_search_table table, const char *name, struct argot_search_column *column)
{
    (void)table;
    *column = (struct argot_search_column){.name = name};
    return true;
}

const char *
argot_search_own_name(enum argot_search_table table, size_t number)
{
    (void)table;
    (void)number;
    return NULL;
}

bool
argot_search_start(struct argot_search *search, const struct argot_search_query *query)
{
    (void)search;
    (void)query;
    return false;
}

bool
argot_search_start_sql(struct argot_search *search, const char *sql, const struct argot_search_query *query)
{
    (void)search;
    (void)sql;
    (void)query;
    return false;
}

bool
argot_search_statement(struct argot_search *search, const struct argot_search_query *query, struct argot_buffer *out)
{
    (void)search;
    (void)query;
    (void)out;
    return false;
}

size_t
argot_search_width(const struct argot_search *search)
{
    (void)search;
    return 0;
}

const char *
argot_search_column_name(const struct argot_search *search, size_t number)
{
    (void)search;
    (void)number;
    return "";
}

bool
argot_search_next(struct argot_search *search, struct argot_cell *cells)
{
    (void)search;
    (void)cells;
    return false;
}

const struct argot_store_source *
argot_search_sources(struct argot_search *search, size_t *count)
{
    (void)search;
    *count = 0;
    return NULL;
}

uint64_t
argot_search_place(const struct argot_search *search)
{
    (void)search;
    return 0;
}

bool
argot_search_record(struct argot_search *search, uint64_t place, struct argot_buffer *raw)
{
    (void)search;
    (void)place;
    (void)raw;
    return false;
}
