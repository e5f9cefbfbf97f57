/* SPDX-License-Identifier: Apache-2.0
 * An expression as a condition in SQL with parameters, over the tables of sqlite_layout.c under the alias `t`. The
 * condition holds for every row for which the expression does; whether for these alone is told. Inside runtime/store
 * only. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include "event/expr.h"
#include <sqlite3.h>

#define ARGOT_SQLITE_WHERE_MAX_VALUES 4096     /* parameters; SQLite takes 32766 */
#define ARGOT_SQLITE_WHERE_MAX_LEAVES 256      /* conditions; what is deeper than 1000 SQLite does not read */
#define ARGOT_SQLITE_WHERE_MAX_NETWORKS 64     /* of one set */
#define ARGOT_SQLITE_WHERE_MAX_TEXT_BYTES 4096 /* of a text or pattern */
#define ARGOT_SQLITE_WHERE_MAX_RUNS 8          /* stars in a pattern of `like` */

enum argot_sqlite_match {
    ARGOT_SQLITE_MATCH_ALL,   /* nothing was said: every row may fit */
    ARGOT_SQLITE_MATCH_SOME,  /* what fits is among these */
    ARGOT_SQLITE_MATCH_EXACT, /* these fit, and no others */
};

struct argot_sqlite_parameter;

struct argot_sqlite_where {
    struct argot_arena *arena;
    struct argot_buffer *sql; /* the condition is appended; nothing with MATCH_ALL */
    uint32_t count, leaves;
    struct argot_sqlite_parameter *parameters; /* room for the maximum */
    bool no_memory;
};

enum argot_sqlite_match argot_sqlite_where_put(struct argot_sqlite_where *where, const struct argot_expr *condition);
/* Binds the parameters from number `first` on. */
bool argot_sqlite_where_bind(const struct argot_sqlite_where *where, sqlite3_stmt *statement, int first);

/* Fields of type uint and bytes: a value that no column holds stands in extra under the field's name. */
bool argot_sqlite_where_may_be_large(uint16_t field);
