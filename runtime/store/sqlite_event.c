/* SPDX-License-Identifier: Apache-2.0
 * Events: each shape has an INSERT of its own that names only its columns, with the constants bound once. What is bound
 * for an event are its slots, which SQLite reads where they lie. */
#include "store/sqlite.h"
#include <stdio.h>
#include <string.h>

#define FIRST_SHAPES 64

enum { /* parameters that every INSERT has */
       PARAMETER_ID = 1,
       PARAMETER_SOURCE,
       PARAMETER_RECORD,
       PARAMETER_LINE,
       PARAMETER_PART,
       PARAMETER_TIME,
       PARAMETER_INGEST_TIME,
       PARAMETER_FORMAT,
       PARAMETER_EXTRA,
       PARAMETER_RAW,
       PARAMETER_FIRST_FIELD
};

#define HEAD "INSERT INTO %s (id, source, record, line, part, event_time, event_ingest_time, format_name"

struct argot_sqlite_shape {
    const struct argot_shape *shape;
    sqlite3_stmt *insert;
    uint64_t used; /* when it was last */
    bool bare;     /* its records stand elsewhere */
    uint16_t nslots;
    struct { /* in the order of the parameters from PARAMETER_FIRST_FIELD + nconstants on */
        uint8_t index, type;
        uint16_t field;
        int parameter;
    } slots[ARGOT_SHAPE_MAX_SLOTS];
};

/* ---- an INSERT for a shape ---- */

/* Columns that are filled from elsewhere. */
static bool
is_field_column(uint16_t field)
{
    const char *name = argot_schema.fields[field].name;
    return argot_sqlite_is_column(field) && strcmp(name, "event_time") != 0 && strcmp(name, "event_ingest_time") != 0 &&
           strcmp(name, "format_name") != 0;
}

static void
put_insert(struct argot_buffer *sql, const struct argot_shape *shape, const char *table)
{
    unsigned count = 0;
    argot_buffer_printf(sql, HEAD ", extra, raw_line", table);
    for (uint16_t i = 0; i < shape->count; i++) {
        if (!is_field_column(shape->fields[i].field))
            continue;
        argot_buffer_printf(sql, ", %s", argot_schema.fields[shape->fields[i].field].name);
        count++;
    }
    argot_buffer_append_text(sql, ") VALUES (?1");
    for (unsigned i = 2; i < PARAMETER_FIRST_FIELD + count; i++)
        argot_buffer_printf(sql, ", ?%u", i);
    argot_buffer_append(sql, ")", 2);
}

static void
bind_format(struct argot_sqlite *sqlite, struct argot_sqlite_shape *entry)
{
    sqlite->text.length = 0;
    argot_buffer_printf(&sqlite->text, "%s/%u", entry->shape->format, entry->shape->version);
    argot_sqlite_bind_copy(sqlite, entry->insert, PARAMETER_FORMAT, (const char *)sqlite->text.bytes,
                           sqlite->text.length);
}

static void
bind_constants(struct argot_sqlite *sqlite, struct argot_sqlite_shape *entry)
{
    const struct argot_shape *shape = entry->shape;
    int parameter = PARAMETER_FIRST_FIELD;
    bind_format(sqlite, entry);
    for (uint16_t i = 0; i < shape->count; i++) {
        const struct argot_shape_field *field = &shape->fields[i];
        enum argot_type type = (enum argot_type)argot_schema.fields[field->field].type;
        if (!is_field_column(field->field))
            continue;
        if (field->constant) {
            argot_sqlite_bind(sqlite, entry->insert, parameter, type, &field->slot);
        } else {
            entry->slots[entry->nslots].index = field->index;
            entry->slots[entry->nslots].type = (uint8_t)type;
            entry->slots[entry->nslots].field = field->field;
            entry->slots[entry->nslots++].parameter = parameter;
        }
        parameter++;
    }
}

static void
free_shape(struct argot_sqlite *sqlite, struct argot_sqlite_shape **place)
{
    if (!*place)
        return;
    sqlite3_finalize((*place)->insert);
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

static bool
prepare(struct argot_sqlite *sqlite, struct argot_sqlite_shape *entry)
{
    struct argot_buffer *sql = &sqlite->text;
    const struct argot_store_policy *policy = argot_sqlite_policy(sqlite, entry->shape->format);
    bool stays = policy->events == ARGOT_STORE_KEEP_ALL;
    entry->bare = stays && policy->raw != ARGOT_STORE_RAW_ALL;
    sql->length = 0;
    put_insert(sql, entry->shape, stays ? "events" : "waiting");
    if (sql->failed)
        return argot_sqlite_no_memory(sqlite);
    if (sqlite3_prepare_v3(sqlite->db, (const char *)sql->bytes, -1, SQLITE_PREPARE_PERSISTENT, &entry->insert, NULL) !=
        SQLITE_OK)
        return argot_sqlite_fail(sqlite, "an event's columns are not there");
    bind_constants(sqlite, entry);
    return !sqlite->text.failed || argot_sqlite_no_memory(sqlite);
}

static struct argot_sqlite_shape *
make_shape(struct argot_sqlite *sqlite, const struct argot_shape *shape)
{
    struct argot_seam *seam = sqlite->store.seam;
    if (shape->number >= sqlite->shapes_room && !grow(sqlite, shape->number))
        return NULL;
    struct argot_sqlite_shape **place = &sqlite->shapes[shape->number];
    free_shape(sqlite, place);
    if (sqlite->nshapes >= ARGOT_SQLITE_MAX_SHAPES)
        drop_oldest(sqlite);
    *place = seam->allocate(seam, sizeof **place);
    if (!*place) {
        argot_sqlite_no_memory(sqlite);
        return NULL;
    }
    **place = (struct argot_sqlite_shape){.shape = shape};
    sqlite->nshapes++;
    if (!prepare(sqlite, *place))
        free_shape(sqlite, place);
    return *place;
}

void
argot_sqlite_forget_shapes(struct argot_store *store)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    for (uint32_t i = 0; i < sqlite->shapes_room; i++)
        free_shape(sqlite, &sqlite->shapes[i]);
}

/* ---- an event ---- */

/* A whole number beyond what the column holds stands in extra under the field's name, as any value that does not fit
 * its field. */
static void
bind_slots(struct argot_sqlite *sqlite, const struct argot_sqlite_shape *entry, const struct argot_event *event)
{
    for (uint16_t i = 0; i < entry->nslots; i++) {
        const struct argot_slot *slot = &event->slots[entry->slots[i].index];
        enum argot_type type = (enum argot_type)entry->slots[i].type;
        int parameter = entry->slots[i].parameter;
        uint16_t field = entry->slots[i].field;
        const char *name = argot_schema.fields[field].name;
        if (!(event->present >> entry->slots[i].index & 1))
            sqlite3_bind_null(entry->insert, parameter);
        else if (!argot_sqlite_bind(sqlite, entry->insert, parameter, type, slot))
            argot_sqlite_member(sqlite, name, strlen(name), type, field, slot);
    }
}

static void
bind_extra(struct argot_sqlite *sqlite, const struct argot_sqlite_shape *entry, const struct argot_event *event)
{
    for (uint32_t i = 0; i < event->nextra; i++) {
        const struct argot_extra *extra = &event->extra[i];
        argot_sqlite_member(sqlite, extra->key.at, extra->key.length, (enum argot_type)extra->type, ARGOT_NONE,
                            &extra->value);
    }
    argot_sqlite_bind_extra(sqlite, entry->insert, PARAMETER_EXTRA);
}

static void
bind_own(const struct argot_sqlite_shape *entry, int64_t id, uint32_t source, const struct argot_event *event)
{
    sqlite3_stmt *insert = entry->insert;
    sqlite3_bind_int64(insert, PARAMETER_ID, id);
    argot_sqlite_bind_number(insert, PARAMETER_SOURCE, source);
    argot_sqlite_bind_number(insert, PARAMETER_RECORD, event->record);
    argot_sqlite_bind_number(insert, PARAMETER_LINE, event->line);
    argot_sqlite_bind_number(insert, PARAMETER_PART, event->part);
    sqlite3_bind_int64(insert, PARAMETER_TIME, event->time);
    sqlite3_bind_int64(insert, PARAMETER_INGEST_TIME, event->received);
    struct argot_slice raw = event->raw;
    if (event->part || entry->bare) /* the first event of the record has it */
        raw = (struct argot_slice){0};
    argot_sqlite_bind_bytes(insert, PARAMETER_RAW, raw);
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
    sqlite->extra.length = 0;
    bind_own(entry, id, source, event);
    bind_slots(sqlite, entry, event);
    bind_extra(sqlite, entry, event);
    if (sqlite->text.failed || sqlite->extra.failed)
        return argot_sqlite_no_memory(sqlite);
    return argot_sqlite_run(sqlite, entry->insert, "an event cannot be written") &&
           (!entry->bare || argot_sqlite_wait(sqlite, id, source, event));
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
