/* SPDX-License-Identifier: Apache-2.0
 * The table from which SQLite takes the gathered events: a column for each field of the schema, and one row after the
 * other. Texts are read where they lie; what had to be changed is copied. */
#include "store/sqlite_rows.h"
#include <assert.h>
#include <string.h>

enum { COLUMN_ID, COLUMN_SOURCE, COLUMN_RECORD, COLUMN_LINE, COLUMN_PART, FIRST_FIELD };

struct table {
    sqlite3_vtab base; /* first */
    struct argot_sqlite *sqlite;
    /* Fields that every event has, whatever its shape says, and the record. */
    uint16_t time, received, format, raw;
};

struct cursor {
    sqlite3_vtab_cursor base; /* first */
    size_t at;
};

static struct table *
table_of(sqlite3_vtab_cursor *base)
{
    return (struct table *)base->pVtab;
}

/* ---- values ---- */

static void
give_bytes(sqlite3_context *context, struct argot_slice bytes)
{
    if (bytes.at)
        sqlite3_result_blob64(context, bytes.at, bytes.length, SQLITE_STATIC);
}

/* The first event of the record has it. */
static void
give_record(sqlite3_context *context, const struct argot_sqlite *sqlite, const struct argot_sqlite_row *row)
{
    bool elsewhere = row->event->part || (sqlite->way == ARGOT_SQLITE_TO_EVENTS && row->shape->bare);
    if (!elsewhere)
        give_bytes(context, row->event->raw);
}

static const struct argot_slot *
slot_of(const struct argot_sqlite_row *row, uint16_t place)
{
    const struct argot_shape_field *field = &row->shape->shape->fields[place - 1];
    if (field->constant)
        return &field->slot;
    return row->event->present >> field->index & 1 ? &row->event->slots[field->index] : NULL;
}

static void
give_field(sqlite3_context *context, struct argot_sqlite *sqlite, const struct argot_sqlite_row *row, uint16_t field)
{
    uint16_t place = row->shape->places[field];
    const struct argot_slot *slot = place ? slot_of(row, place) : NULL;
    if (!slot)
        return;
    struct argot_sqlite_value value =
        argot_sqlite_value(sqlite, (enum argot_type)argot_schema.fields[field].type, slot);
    argot_sqlite_give(context, &value);
}

/* A whole number beyond what the column holds stands there under the field's name, as any value that does not fit its
 * field. */
static void
put_large(struct argot_sqlite *sqlite, const struct argot_sqlite_row *row)
{
    const struct argot_shape *shape = row->shape->shape;
    for (uint16_t i = 0; row->shape->may_be_large && i < shape->count; i++) {
        const struct argot_schema_field *field = &argot_schema.fields[shape->fields[i].field];
        const struct argot_slot *slot = slot_of(row, (uint16_t)(i + 1));
        if (slot && argot_sqlite_is_too_large((enum argot_type)field->type, slot))
            argot_sqlite_member(sqlite, field->name, strlen(field->name), (enum argot_type)field->type,
                                shape->fields[i].field, slot);
    }
}

static void
give_extra(sqlite3_context *context, struct argot_sqlite *sqlite, const struct argot_sqlite_row *row)
{
    const struct argot_event *event = row->event;
    sqlite->extra.length = 0;
    put_large(sqlite, row);
    for (uint32_t i = 0; i < event->nextra; i++) {
        const struct argot_extra *extra = &event->extra[i];
        argot_sqlite_member(sqlite, extra->key.at, extra->key.length, (enum argot_type)extra->type, ARGOT_NONE,
                            &extra->value);
    }
    struct argot_sqlite_value value = argot_sqlite_extra(sqlite);
    argot_sqlite_give(context, &value);
}

static void
give_place(sqlite3_context *context, const struct argot_sqlite_row *row, int column)
{
    switch (column) {
    case COLUMN_ID:
        sqlite3_result_int64(context, row->id);
        break;
    case COLUMN_SOURCE:
        sqlite3_result_int64(context, row->source);
        break;
    case COLUMN_RECORD:
        sqlite3_result_int64(context, (int64_t)row->event->record);
        break;
    case COLUMN_LINE:
        sqlite3_result_int64(context, (int64_t)row->event->line);
        break;
    default:
        sqlite3_result_int64(context, row->event->part);
        break;
    }
}

static int
give_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    const struct table *table = table_of(base);
    struct argot_sqlite *sqlite = table->sqlite;
    const struct argot_sqlite_row *row = &sqlite->rows[((struct cursor *)base)->at];
    uint16_t field = (uint16_t)(column - FIRST_FIELD);
    if (column < FIRST_FIELD)
        give_place(context, row, column);
    else if (field == argot_schema.count)
        give_extra(context, sqlite, row);
    else if (field == table->time)
        sqlite3_result_int64(context, row->event->time);
    else if (field == table->received)
        sqlite3_result_int64(context, row->event->received);
    else if (field == table->format)
        sqlite3_result_text64(context, row->shape->format, row->shape->format_length, SQLITE_STATIC, SQLITE_UTF8);
    else if (field == table->raw)
        give_record(context, sqlite, row);
    else
        give_field(context, sqlite, row, field);
    return sqlite->text.failed || sqlite->extra.failed ? SQLITE_NOMEM : SQLITE_OK;
}

/* ---- rows ---- */

static void
find_row(sqlite3_vtab_cursor *base)
{
    const struct argot_sqlite *sqlite = table_of(base)->sqlite;
    struct cursor *cursor = (struct cursor *)base;
    while (cursor->at < sqlite->nrows && !(sqlite->rows[cursor->at].shape->ways & sqlite->way))
        cursor->at++;
}

static int
first_row(sqlite3_vtab_cursor *base, int index, const char *name, int count, sqlite3_value **values)
{
    (void)index;
    (void)name;
    (void)count;
    (void)values;
    ((struct cursor *)base)->at = 0;
    find_row(base);
    return SQLITE_OK;
}

static int
next_row(sqlite3_vtab_cursor *base)
{
    ((struct cursor *)base)->at++;
    find_row(base);
    return SQLITE_OK;
}

static int
is_at_end(sqlite3_vtab_cursor *base)
{
    return ((struct cursor *)base)->at >= table_of(base)->sqlite->nrows;
}

static int
give_row_number(sqlite3_vtab_cursor *base, sqlite3_int64 *number)
{
    *number = (sqlite3_int64)((struct cursor *)base)->at;
    return SQLITE_OK;
}

static int
open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **cursor)
{
    struct cursor *new = sqlite3_malloc(sizeof *new);
    (void)base;
    if (!new)
        return SQLITE_NOMEM;
    *new = (struct cursor){0};
    *cursor = &new->base;
    return SQLITE_OK;
}

static int
close_cursor(sqlite3_vtab_cursor *cursor)
{
    sqlite3_free(cursor);
    return SQLITE_OK;
}

/* ---- the table ---- */

/* All rows, in their order. */
static int
plan(sqlite3_vtab *base, sqlite3_index_info *info)
{
    (void)base;
    info->estimatedCost = ARGOT_SQLITE_MOST_ROWS;
    info->estimatedRows = ARGOT_SQLITE_MOST_ROWS;
    return SQLITE_OK;
}

static int
declare(sqlite3 *db, struct argot_seam *seam)
{
    struct argot_buffer sql;
    argot_buffer_init(&sql, seam);
    argot_buffer_append_text(&sql, "CREATE TABLE " ARGOT_SQLITE_ROWS_TABLE " (" ARGOT_SQLITE_PLACE_COLUMNS);
    for (uint16_t i = 0; i < argot_schema.count; i++)
        argot_buffer_printf(&sql, ", %s", argot_schema.fields[i].name);
    argot_buffer_append(&sql, ", extra)", sizeof ", extra)");
    int code = sql.failed ? SQLITE_NOMEM : sqlite3_declare_vtab(db, (const char *)sql.bytes);
    argot_buffer_finish(&sql);
    return code;
}

static int
connect(sqlite3 *db, void *context, int count, const char *const *arguments, sqlite3_vtab **table, char **error)
{
    struct argot_sqlite *sqlite = context;
    int code = declare(db, sqlite->store.seam);
    struct table *new = code == SQLITE_OK ? sqlite3_malloc(sizeof *new) : NULL;
    (void)count;
    (void)arguments;
    (void)error;
    if (!new)
        return code == SQLITE_OK ? SQLITE_NOMEM : code;
    *new = (struct table){.sqlite = sqlite,
                          .time = (uint16_t)argot_schema_find("event_time"),
                          .received = (uint16_t)argot_schema_find("event_ingest_time"),
                          .format = (uint16_t)argot_schema_find("format_name"),
                          .raw = (uint16_t)argot_schema_find("raw_line")};
    *table = &new->base;
    return SQLITE_OK;
}

static int
disconnect(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .iVersion = 1,
    .xConnect = connect,
    .xBestIndex = plan,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = first_row,
    .xNext = next_row,
    .xEof = is_at_end,
    .xColumn = give_column,
    .xRowid = give_row_number,
};

bool
argot_sqlite_offer_rows(struct argot_sqlite *sqlite)
{
    assert(argot_schema.count <= ARGOT_SQLITE_MOST_FIELDS);
    if (!sqlite->offers_rows &&
        sqlite3_create_module(sqlite->db, ARGOT_SQLITE_ROWS_TABLE, &module, sqlite) != SQLITE_OK)
        return argot_sqlite_fail(sqlite, "cannot be written to");
    sqlite->offers_rows = true;
    return true;
}
