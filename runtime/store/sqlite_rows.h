/* SPDX-License-Identifier: Apache-2.0
 * Events on their way into their tables. SQLite takes longest for a statement, not for a row: so events are gathered
 * (sqlite_event.c), and one INSERT takes all of them from a table that is none of its own (sqlite_rows.c), which gives
 * their values as they lie in the batch. Inside runtime/store only. */
#pragma once
#include "store/sqlite.h"

#define ARGOT_SQLITE_ROWS_TABLE "argot_rows"
/* Columns of events and of that table which are no fields, before them. */
#define ARGOT_SQLITE_PLACE_COLUMNS "id, source, record, line, part"

/* For a shape: where the values of its events are, and where they go. */
struct argot_sqlite_shape {
    const struct argot_shape *shape;
    uint64_t used;     /* when it was last */
    unsigned ways;     /* of its events */
    bool bare;         /* in `events` they are without their record */
    bool may_be_large; /* some number may be too large for its column */
    uint64_t round;    /* argot_sqlite_columns.round when its fields were noted */
    size_t format_length;
    const char *format; /* name and version */
    uint16_t places[];  /* by field of the schema: 1 + index among the shape's, 0 for none */
};

/* The table over sqlite->rows, of which it gives those that go the way sqlite->way. Once for a connection. */
bool argot_sqlite_offer_rows(struct argot_sqlite *sqlite);
