/* SPDX-License-Identifier: Apache-2.0
 * One CSV record (RFC 4180): columns between separators, quoted where they begin with the quote, a quote inside
 * doubled. Columns are named by the dialect, then column_N. */
#include "decode/record_flat.h"
#include <string.h>

#define FIRST_COLUMNS 32
#define MAX_COLUMN_NAME (sizeof("column_") + 10)

struct csv {
    struct argot_record_build build;
    struct argot_record_flat_read *flat; /* where the record goes; NULL: it becomes a tree */
    const struct argot_csv *dialect;
    const uint8_t *at;
    uint32_t members, capacity;
};

static struct argot_slice
column_name(struct csv *csv, uint32_t column)
{
    const struct argot_texts *names = &csv->dialect->columns;
    if (column < names->count)
        return names->texts[column];
    uint8_t *room = argot_record_build_room(&csv->build, MAX_COLUMN_NAME);
    if (!room)
        return (struct argot_slice){NULL, 0};
    static const char head[] = "column_";
    char digits[10];
    size_t ndigits = 0, length = sizeof(head) - 1;
    memcpy(room, head, length);
    for (uint32_t n = column + 1; n; n /= 10)
        digits[ndigits++] = (char)('0' + n % 10);
    while (ndigits)
        room[length++] = (uint8_t)digits[--ndigits];
    return argot_record_build_string(&csv->build, room, length);
}

static bool
grow_columns(struct csv *csv)
{
    struct argot_record *record = csv->build.record;
    uint32_t capacity = csv->capacity ? csv->capacity * 2 : FIRST_COLUMNS;
    uint32_t *nodes = argot_arena_alloc(csv->build.context->arena, capacity * sizeof(*nodes));
    if (!nodes) {
        csv->build.no_memory = true;
        return false;
    }
    if (record->columns)
        memcpy(nodes, record->column_nodes, record->columns * sizeof(*nodes));
    record->column_nodes = nodes;
    csv->capacity = capacity;
    return true;
}

static bool
add_column(struct csv *csv, struct argot_slice text)
{
    struct argot_record *record = csv->build.record;
    uint32_t column = record->columns, node = 0;
    if (column == ARGOT_RECORD_MAX_NODES) {
        record->too_many = true;
        return argot_record_build_bad(&csv->build, csv->at, "fewer columns");
    }
    if (column == csv->capacity && !grow_columns(csv))
        return false;
    if (text.length) {
        struct argot_slice name = column_name(csv, column);
        if (!name.at)
            return false;
        if (!argot_record_drops_column(name)) {
            node = argot_record_build_node(&csv->build, 0, ARGOT_NODE_STRING, name, text);
            if (!node)
                return argot_record_build_full(&csv->build, csv->at);
            csv->members++;
        }
    }
    record->column_nodes[column] = node;
    record->columns = column + 1;
    return true;
}

/* Columns behind the named ones are left to the reader of trees. */
static bool
put_column(struct csv *csv, struct argot_slice text)
{
    struct argot_record *record = csv->build.record;
    uint32_t column = record->columns;
    if (column == csv->dialect->columns.count)
        return false;
    struct argot_slice name = csv->dialect->columns.texts[column];
    record->columns = column + 1;
    return !text.length || argot_record_drops_column(name) ||
           argot_record_flat_put(csv->flat, name, csv->flat->flat->columns[column], text);
}

static bool
read_quoted(struct csv *csv, struct argot_slice *text)
{
    const uint8_t *begin = csv->at + 1, *end = csv->build.end, *at = begin;
    uint8_t quote = csv->dialect->quote;
    for (;; at += 2) {
        at = memchr(at, quote, (size_t)(end - at));
        if (!at)
            return argot_record_build_bad(&csv->build, end, "the closing quote");
        if (end - at < 2 || at[1] != quote)
            break;
    }
    csv->at = at + 1;
    return argot_record_build_unescape(&csv->build, argot_record_build_slice(begin, at), quote, ARGOT_ESCAPE_DOUBLED,
                                       text);
}

static bool
read_columns(struct csv *csv)
{
    const uint8_t *end = csv->build.end;
    const uint8_t separator = csv->dialect->separator;
    for (;;) {
        struct argot_slice text = {NULL, 0};
        if (csv->at < end && csv->dialect->quote && *csv->at == csv->dialect->quote) {
            if (!read_quoted(csv, &text))
                return false;
        } else {
            text = argot_record_build_slice(csv->at, argot_record_build_find(csv->at, end, separator, separator));
            csv->at += text.length;
        }
        if (csv->flat ? !put_column(csv, text) : !add_column(csv, text))
            return false;
        if (csv->at == end)
            return true;
        if (*csv->at != separator)
            return argot_record_build_bad(&csv->build, csv->at, "a separator behind the closing quote");
        csv->at++;
    }
}

enum argot_decode_status
argot_record_csv(const struct argot_decode *context, const struct argot_csv *dialect, struct argot_slice text,
                 struct argot_record *record)
{
    struct csv csv = {.dialect = dialect};
    if (!argot_record_build_start(&csv.build, context, text, record))
        return ARGOT_DECODE_NO_MEMORY;
    csv.at = csv.build.begin;
    record->named = dialect->columns.count;
    bool good = read_columns(&csv);
    return argot_record_build_end(&csv.build, good, csv.members);
}

bool
argot_record_csv_pick(const struct argot_decode *context, const struct argot_csv *dialect,
                      const struct argot_record_flat *flat, struct argot_record_room *room, struct argot_slice text,
                      struct argot_record *record)
{
    struct argot_record_flat_read read;
    struct csv csv = {.dialect = dialect, .flat = &read};
    if (!argot_record_flat_begin(&read, context, room, flat, text, record))
        return false;
    csv.build = read.build;
    csv.at = csv.build.begin;
    record->named = dialect->columns.count;
    bool good = read_columns(&csv);
    return argot_record_flat_end(&read, good);
}
