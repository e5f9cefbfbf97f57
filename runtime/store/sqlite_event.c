/* SPDX-License-Identifier: Apache-2.0
 * Events: gathered, and put into their tables by one INSERT for many. It names the columns that events of late have
 * values for, whichever their shapes are; of a shape is known where its values are. */
#include "store/sqlite_rows.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

#define FIRST_SHAPES 64
#define VERSION_BYTES 12 /* of a format, with what stands around it */

/* ---- shapes ---- */

static unsigned
ways_of(const struct argot_sqlite *sqlite, const struct argot_store_policy *policy)
{
    unsigned to_records = sqlite->holds ? ARGOT_SQLITE_TO_RECORDS : 0;
    switch (policy->events) {
    case ARGOT_STORE_KEEP_ALL:
        return ARGOT_SQLITE_TO_EVENTS | (policy->raw == ARGOT_STORE_RAW_ALL ? 0 : to_records);
    case ARGOT_STORE_KEEP_MATCHED:
        return sqlite->holds ? ARGOT_SQLITE_TO_WAITING : 0;
    case ARGOT_STORE_KEEP_NONE:
        break;
    }
    return to_records;
}

static void
free_shape(struct argot_sqlite *sqlite, struct argot_sqlite_shape **place)
{
    if (!*place)
        return;
    sqlite->store.seam->release(sqlite->store.seam, *place);
    *place = NULL;
    sqlite->nshapes--;
}

static void
drop_oldest(struct argot_sqlite *sqlite)
{
    struct argot_sqlite_shape **oldest = NULL;
    for (uint32_t i = 0; i < sqlite->shapes_room; i++)
        if (sqlite->shapes[i] && (!oldest || sqlite->shapes[i]->used < (*oldest)->used))
            oldest = &sqlite->shapes[i];
    if (oldest)
        free_shape(sqlite, oldest);
}

static bool
grow(struct argot_sqlite *sqlite, uint32_t number)
{
    struct argot_seam *seam = sqlite->store.seam;
    size_t room = sqlite->shapes_room ? sqlite->shapes_room : FIRST_SHAPES;
    while (room <= number)
        room *= 2;
    if (room > UINT32_MAX)
        return argot_sqlite_no_memory(sqlite);
    size_t size = room * sizeof(struct argot_sqlite_shape *);
    struct argot_sqlite_shape **shapes =
        sqlite->shapes ? seam->resize(seam, sqlite->shapes, size) : seam->allocate(seam, size);
    if (!shapes)
        return argot_sqlite_no_memory(sqlite);
    for (size_t i = sqlite->shapes_room; i < room; i++)
        shapes[i] = NULL;
    sqlite->shapes = shapes;
    sqlite->shapes_room = (uint32_t)room;
    return true;
}

static void
describe(const struct argot_sqlite *sqlite, struct argot_sqlite_shape *entry, char *format, size_t size)
{
    const struct argot_shape *shape = entry->shape;
    const struct argot_store_policy *policy = argot_sqlite_policy(sqlite, shape->format);
    entry->ways = ways_of(sqlite, policy);
    entry->bare = policy->raw != ARGOT_STORE_RAW_ALL;
    entry->format = format;
    entry->format_length = (size_t)snprintf(format, size, "%s/%u", shape->format, (unsigned)shape->version);
    memset(entry->places, 0, argot_schema.count * sizeof *entry->places);
    for (uint16_t i = 0; i < shape->count; i++) {
        enum argot_type type = (enum argot_type)argot_schema.fields[shape->fields[i].field].type;
        entry->places[shape->fields[i].field] = (uint16_t)(i + 1);
        entry->may_be_large |= type == ARGOT_TYPE_UINT || type == ARGOT_TYPE_BYTES;
    }
}

/* Others make room for it: what is on its way needs them. */
static struct argot_sqlite_shape *
make_shape(struct argot_sqlite *sqlite, const struct argot_shape *shape)
{
    struct argot_seam *seam = sqlite->store.seam;
    if (!argot_sqlite_flush(&sqlite->store) || (shape->number >= sqlite->shapes_room && !grow(sqlite, shape->number)))
        return NULL;
    struct argot_sqlite_shape **place = &sqlite->shapes[shape->number];
    free_shape(sqlite, place);
    if (sqlite->nshapes >= ARGOT_SQLITE_MAX_SHAPES)
        drop_oldest(sqlite);
    size_t size = sizeof **place + argot_schema.count * sizeof *(*place)->places;
    size_t format_size = strlen(shape->format) + VERSION_BYTES;
    *place = seam->allocate(seam, size + format_size);
    if (!*place) {
        argot_sqlite_no_memory(sqlite);
        return NULL;
    }
    **place = (struct argot_sqlite_shape){.shape = shape, .round = UINT64_MAX};
    describe(sqlite, *place, (char *)*place + size, format_size);
    sqlite->nshapes++;
    return *place;
}

void
argot_sqlite_forget_shapes(struct argot_store *store)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    assert(!sqlite->nrows);
    for (uint32_t i = 0; i < sqlite->shapes_room; i++)
        free_shape(sqlite, &sqlite->shapes[i]);
}

void
argot_sqlite_hold(struct argot_store *store, bool holds)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    if (holds != sqlite->holds)
        argot_sqlite_forget_shapes(store);
    sqlite->holds = holds;
}

/* ---- columns ---- */

/* Statements that name other columns are made anew when they are asked for. */
static void
finish_inserts(struct argot_sqlite *sqlite)
{
    static const enum argot_sqlite_statement inserts[] = {ARGOT_SQLITE_PUT_EVENTS, ARGOT_SQLITE_PUT_WAITING};
    for (size_t i = 0; i < sizeof inserts / sizeof *inserts; i++) {
        sqlite3_finalize(sqlite->statements[inserts[i]]);
        sqlite->statements[inserts[i]] = NULL;
    }
}

static void
begin_round(struct argot_sqlite *sqlite)
{
    uint64_t round = sqlite->columns.round + 1;
    finish_inserts(sqlite);
    sqlite->columns = (struct argot_sqlite_columns){.round = round};
}

static bool
has_column(const struct argot_sqlite *sqlite, uint16_t field)
{
    return sqlite->columns.has[field / 64] >> field % 64 & 1;
}

static void
note_columns(struct argot_sqlite *sqlite, struct argot_sqlite_shape *entry)
{
    bool more = false;
    for (uint16_t i = 0; i < entry->shape->count; i++) {
        uint16_t field = entry->shape->fields[i].field;
        more |= !has_column(sqlite, field);
        sqlite->columns.has[field / 64] |= UINT64_C(1) << field % 64;
    }
    if (more)
        finish_inserts(sqlite);
    entry->round = sqlite->columns.round;
}

/* ---- statements ---- */

/* Those that the table has by a name of the store's, whatever the events: put_columns names them. */
static bool
is_field_column(uint16_t field)
{
    const char *name = argot_schema.fields[field].name;
    return argot_sqlite_is_column(field) && strcmp(name, "event_time") != 0 && strcmp(name, "event_ingest_time") != 0 &&
           strcmp(name, "format_name") != 0;
}

static void
put_columns(const struct argot_sqlite *sqlite, struct argot_buffer *sql)
{
    argot_buffer_append_text(sql, ARGOT_SQLITE_PLACE_COLUMNS ", event_time, event_ingest_time, raw_line");
    if (sqlite->way == ARGOT_SQLITE_TO_RECORDS)
        return;
    argot_buffer_append_text(sql, ", format_name, extra");
    for (uint16_t i = 0; i < argot_schema.count; i++)
        if (has_column(sqlite, i) && is_field_column(i))
            argot_buffer_printf(sql, ", %s", argot_schema.fields[i].name);
}

static sqlite3_stmt *
prepare(struct argot_sqlite *sqlite, enum argot_sqlite_statement which)
{
    struct argot_buffer *sql = &sqlite->text;
    sql->length = 0;
    argot_buffer_printf(sql, "INSERT INTO %s (", sqlite->way == ARGOT_SQLITE_TO_EVENTS ? "events" : "waiting");
    put_columns(sqlite, sql);
    argot_buffer_append_text(sql, ") SELECT ");
    put_columns(sqlite, sql);
    argot_buffer_printf(sql, " FROM %s%c", ARGOT_SQLITE_ROWS_TABLE, 0);
    if (!sql->failed)
        (void)sqlite3_prepare_v3(sqlite->db, (const char *)sql->bytes, -1, SQLITE_PREPARE_PERSISTENT,
                                 &sqlite->statements[which], NULL);
    return sqlite->statements[which];
}

/* A closed segment may lack columns that earlier events had no use for either. */
static sqlite3_stmt *
statement_of(struct argot_sqlite *sqlite, enum argot_sqlite_statement which)
{
    if (sqlite->statements[which])
        return sqlite->statements[which];
    if (!argot_sqlite_offer_rows(sqlite))
        return NULL;
    if (prepare(sqlite, which) || sqlite->text.failed)
        return sqlite->statements[which];
    begin_round(sqlite);
    for (size_t i = 0; i < sqlite->nrows; i++)
        note_columns(sqlite, sqlite->rows[i].shape);
    if (!prepare(sqlite, which))
        argot_sqlite_fail(sqlite, "an event's columns are not there");
    return sqlite->statements[which];
}

/* ---- in ---- */

static bool
put_rows(struct argot_sqlite *sqlite, enum argot_sqlite_way way, enum argot_sqlite_statement which)
{
    bool any = false;
    for (size_t i = 0; i < sqlite->nrows && !any; i++)
        any = sqlite->rows[i].shape->ways & way;
    if (!any)
        return true;
    sqlite->way = way;
    sqlite3_stmt *statement = statement_of(sqlite, which);
    if (!statement)
        return sqlite->text.failed && argot_sqlite_no_memory(sqlite);
    sqlite->extra.length = 0;
    bool good = argot_sqlite_run(sqlite, statement, "an event cannot be written");
    bool no_memory = sqlite->text.failed || sqlite->extra.failed;
    return good || (no_memory && argot_sqlite_no_memory(sqlite));
}

bool
argot_sqlite_flush(struct argot_store *store)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    if (!sqlite->nrows)
        return true;
    if (++sqlite->columns.uses > ARGOT_SQLITE_ROUND)
        begin_round(sqlite);
    for (size_t i = 0; i < sqlite->nrows; i++)
        if (sqlite->rows[i].shape->round != sqlite->columns.round)
            note_columns(sqlite, sqlite->rows[i].shape);
    bool good = put_rows(sqlite, ARGOT_SQLITE_TO_EVENTS, ARGOT_SQLITE_PUT_EVENTS) &&
                put_rows(sqlite, ARGOT_SQLITE_TO_WAITING, ARGOT_SQLITE_PUT_WAITING) &&
                put_rows(sqlite, ARGOT_SQLITE_TO_RECORDS, ARGOT_SQLITE_PUT_RECORDS);
    sqlite->nrows = 0;
    return good;
}

/* Their ids ascend. */
const struct argot_sqlite_row *
argot_sqlite_find_row(const struct argot_sqlite *sqlite, uint64_t id)
{
    size_t low = 0, high = sqlite->nrows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sqlite->rows[middle].id < (int64_t)id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sqlite->nrows && sqlite->rows[low].id == (int64_t)id ? &sqlite->rows[low] : NULL;
}

/* The first event of the record has it. */
struct argot_slice
argot_sqlite_row_record(const struct argot_sqlite_row *row)
{
    bool kept = !row->shape->bare || row->shape->ways != ARGOT_SQLITE_TO_EVENTS;
    return kept && !row->event->part ? row->event->raw : (struct argot_slice){0};
}

bool
argot_sqlite_put_event(struct argot_sqlite *sqlite, int64_t id, uint32_t source, const struct argot_event *event)
{
    uint32_t number = event->shape->number;
    struct argot_sqlite_shape *entry = number < sqlite->shapes_room ? sqlite->shapes[number] : NULL;
    if (!argot_sqlite_begin(sqlite))
        return false;
    if ((!entry || entry->shape != event->shape) && !(entry = make_shape(sqlite, event->shape)))
        return false;
    entry->used = ++sqlite->uses;
    if (entry->ways)
        sqlite->rows[sqlite->nrows++] = (struct argot_sqlite_row){entry, event, id, source};
    return sqlite->nrows < ARGOT_SQLITE_MOST_ROWS || argot_sqlite_flush(&sqlite->store);
}

bool
argot_sqlite_event(struct argot_store *store, uint32_t source, const struct argot_event *event, uint64_t *id)
{
    if (!argot_sqlite_put_event((struct argot_sqlite *)store, (int64_t)store->next_event, source, event))
        return false;
    *id = store->next_event++;
    store->pending++;
    return true;
}
