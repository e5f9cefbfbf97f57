/* SPDX-License-Identifier: Apache-2.0
 * Rows as events: cells that are fields become slots, all others are members of the rest. */
#include "base/arena.h"
#include "cli/query.h"
#include "decode/record.h"
#include "decode/text.h"
#include "output/export.h"
#include "output/json.h"

struct argot_query_export {
    struct argot_seam *seam;
    struct argot_export *writer;
    const struct argot_query_columns *columns;
    size_t *order; /* numbers of the columns that are fields, by field */
    size_t nfields;
    uint16_t *fields;
    struct argot_slot *slots;
    struct argot_buffer members, identity;
    struct argot_arena arena; /* of one row */
};

#define LIST_HEAD "{\"a\":"

/* Fields come in schema order but for what is added behind them. */
static void
put_in_order(struct argot_query_export *rows)
{
    const struct argot_search_column *columns = rows->columns->columns;
    for (size_t i = 0; i < rows->columns->count; i++) {
        size_t at = rows->nfields;
        if (columns[i].kind != ARGOT_SEARCH_FIELD)
            continue;
        for (; at && columns[rows->order[at - 1]].field > columns[i].field; at--)
            rows->order[at] = rows->order[at - 1];
        rows->order[at] = i;
        rows->nfields++;
    }
}

struct argot_query_export *
argot_query_export_new(struct argot_seam *seam, enum argot_standard_number standard,
                       const struct argot_query_columns *columns)
{
    struct argot_query_export *rows = seam->allocate(seam, sizeof *rows);
    if (!rows)
        return NULL;
    *rows = (struct argot_query_export){.seam = seam, .columns = columns};
    argot_buffer_init(&rows->members, seam);
    argot_buffer_init(&rows->identity, seam);
    argot_arena_init(&rows->arena, seam, 0);
    rows->writer = argot_export_new(seam, standard, 0);
    rows->order = seam->allocate(seam, columns->count * sizeof *rows->order);
    rows->fields = seam->allocate(seam, columns->count * sizeof *rows->fields);
    rows->slots = seam->allocate(seam, columns->count * sizeof *rows->slots);
    if (rows->writer && rows->order && rows->fields && rows->slots) {
        put_in_order(rows);
        return rows;
    }
    argot_query_export_free(rows);
    return NULL;
}

void
argot_query_export_free(struct argot_query_export *rows)
{
    if (!rows)
        return;
    rows->seam->release(rows->seam, rows->slots);
    rows->seam->release(rows->seam, rows->fields);
    rows->seam->release(rows->seam, rows->order);
    argot_export_free(rows->writer);
    argot_buffer_finish(&rows->identity);
    argot_arena_finish(&rows->arena);
    argot_buffer_finish(&rows->members);
    rows->seam->release(rows->seam, rows);
}

/* ---- lists, which a store keeps as JSON ---- */

static bool
read_record(struct argot_query_export *rows, const struct argot_cell *cell, struct argot_record *record)
{
    struct argot_decode context = {.arena = &rows->arena};
    size_t length = cell->slot.text.length;
    uint8_t *text = argot_text_room(&rows->arena, length + sizeof LIST_HEAD), *at = text;
    if (!text)
        return false;
    memcpy(at, LIST_HEAD, strlen(LIST_HEAD));
    at += strlen(LIST_HEAD);
    if (length)
        memcpy(at, cell->slot.text.at, length);
    at += length;
    *at++ = '}';
    *record = (struct argot_record){0};
    return argot_record_json(&context, argot_text_close(text, at), record) == ARGOT_DECODED && record->count > 1 &&
           record->nodes[1].kind == ARGOT_NODE_ARRAY && record->nodes[1].end == record->count;
}

/* False: it is none of texts or addresses, and stays what it is. */
static bool
read_list(struct argot_query_export *rows, uint16_t field, const struct argot_cell *cell, struct argot_slot *slot)
{
    struct argot_record record;
    bool addresses = argot_schema.fields[field].type == ARGOT_TYPE_IP_LIST;
    if (!read_record(rows, cell, &record))
        return false;
    struct argot_slot *items = argot_arena_zalloc(&rows->arena, record.count, sizeof *items);
    uint32_t count = 0;
    for (uint32_t at = argot_record_first(&record, 1); items && at; at = argot_record_next(&record, at)) {
        const struct argot_node *node = &record.nodes[at];
        struct argot_slot *item = &items[count++];
        if (node->kind != ARGOT_NODE_STRING ||
            (addresses && !argot_ip_parse(node->text_at, node->text_length, item->ip)))
            return false;
        if (!addresses) {
            item->text.at = node->text_at;
            item->text.length = node->text_length;
        }
    }
    *slot = (struct argot_slot){.list = {.items = items, .count = count}};
    return items;
}

static bool
read_slot(struct argot_query_export *rows, uint16_t field, const struct argot_cell *cell, struct argot_slot *slot)
{
    bool list = argot_schema.fields[field].type == ARGOT_TYPE_STRING_LIST ||
                argot_schema.fields[field].type == ARGOT_TYPE_IP_LIST;
    if (list && cell->type == ARGOT_TYPE_STRING)
        return read_list(rows, field, cell, slot);
    *slot = cell->slot;
    return true;
}

/* ---- rows ---- */

/* Objects such as extra are JSON already. The id of an alert is its identity. */
static void
put_member(struct argot_query_export *rows, size_t i, const struct argot_cell *cell)
{
    const struct argot_search_column *column = &rows->columns->columns[i];
    if (column->kind == ARGOT_SEARCH_OWN) {
        rows->identity.length = 0;
        argot_buffer_append(&rows->identity, cell->slot.text.at, cell->slot.text.length);
        argot_buffer_append_byte(&rows->identity, 0);
        return;
    }
    argot_buffer_printf(&rows->members, ",\"%s\":", rows->columns->names[i]);
    argot_json_value(ARGOT_TYPE_STRING, ARGOT_NONE, &cell->slot, &rows->members);
}

void
argot_query_export_row(struct argot_query_export *rows, const struct argot_cell *cells, struct argot_buffer *out)
{
    struct argot_export_row row = {.fields = rows->fields, .slots = rows->slots};
    rows->members.length = rows->identity.length = 0;
    argot_arena_reset(&rows->arena);
    for (size_t k = 0; k < rows->nfields; k++) {
        const struct argot_cell *cell = &cells[rows->order[k]];
        if (cell->kind != ARGOT_CELL_VALUE)
            continue;
        uint16_t field = rows->columns->columns[rows->order[k]].field;
        if (!read_slot(rows, field, cell, &rows->slots[row.count])) {
            put_member(rows, rows->order[k], cell);
            continue;
        }
        rows->fields[row.count++] = field;
    }
    for (size_t i = 0; i < rows->columns->count; i++)
        if (rows->columns->columns[i].kind != ARGOT_SEARCH_FIELD && cells[i].kind == ARGOT_CELL_VALUE)
            put_member(rows, i, &cells[i]);
    if (rows->members.failed || rows->identity.failed) {
        out->failed = true;
        return;
    }
    if (rows->members.length)
        row.members = (struct argot_slice){rows->members.bytes, (uint32_t)rows->members.length};
    if (rows->identity.length)
        row.identity = (const char *)rows->identity.bytes;
    argot_export_row(rows->writer, &row, out);
}
