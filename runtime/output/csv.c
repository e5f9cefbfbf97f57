/* SPDX-License-Identifier: Apache-2.0
 * Events as CSV with columns that are fixed beforehand. */
#include "output/csv.h"
#include "base/diagnostic.h"
#include "output/json_value.h"
#include <stdio.h>

#define EXTRA_HEAD "extra."
#define MAX_SHOWN_NAME 64 /* bytes of a wrong name in a message */

enum column_kind {
    COLUMN_FIELD,
    COLUMN_TIME,
    COLUMN_FORMAT_NAME,
    COLUMN_RAW_LINE,
    COLUMN_EXTRA,
    COLUMN_MEMBER, /* of extra */
    COLUMN_SOURCE,
    COLUMN_RECORD,
    COLUMN_LINE,
};

struct column {
    enum column_kind kind;
    uint16_t field;          /* COLUMN_FIELD and others that are fields */
    struct argot_slice name; /* as the head shows it */
};

struct argot_csv_writer {
    struct argot_seam *seam;
    char *names; /* a copy, which the columns' names point into */
    struct column *columns;
    uint32_t count;
    uint64_t replaced;
    struct argot_format_clock event_clock, clock;
    struct argot_buffer cell; /* JSON on its way into a cell */
};

/* ---- columns ---- */

static bool
is_name(struct argot_slice name, const char *text)
{
    return name.length == strlen(text) && !memcmp(name.at, text, name.length);
}

static bool
starts_extra(struct argot_slice name)
{
    return name.length > strlen(EXTRA_HEAD) && !memcmp(name.at, EXTRA_HEAD, strlen(EXTRA_HEAD));
}

static int
find_field(struct argot_slice name)
{
    for (uint16_t field = 0; field < argot_schema.count; field++)
        if (is_name(name, argot_schema.fields[field].name))
            return field;
    return -1;
}

static bool
name_column(struct column *column, struct argot_slice name)
{
    static const struct {
        const char *name;
        enum column_kind kind;
    } own[] = {{"event_time", COLUMN_TIME}, {"format_name", COLUMN_FORMAT_NAME}, {"raw_line", COLUMN_RAW_LINE},
               {"extra", COLUMN_EXTRA},     {"source", COLUMN_SOURCE},           {"record", COLUMN_RECORD},
               {"line", COLUMN_LINE}};
    int field = find_field(name);
    *column = (struct column){.kind = COLUMN_FIELD, .field = (uint16_t)field, .name = name};
    for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
        if (is_name(name, own[i].name)) {
            column->kind = own[i].kind;
            return true;
        }
    if (starts_extra(name))
        column->kind = COLUMN_MEMBER;
    return field >= 0 || column->kind == COLUMN_MEMBER;
}

static bool
refuse(char *why, size_t why_size, const char *what, struct argot_slice name, const char *nearest)
{
    int shown = name.length < MAX_SHOWN_NAME ? (int)name.length : MAX_SHOWN_NAME;
    snprintf(why, why_size, nearest ? "%s `%.*s`; did you mean `%s`?" : "%s `%.*s`", what, shown, (const char *)name.at,
             nearest);
    return false;
}

static bool
refuse_unknown(struct argot_seam *seam, char *why, size_t why_size, struct argot_slice name)
{
    char word[MAX_SHOWN_NAME + 1];
    const char *nearest = NULL;
    const char **known = seam->allocate(seam, (argot_schema.count + (size_t)1) * sizeof(*known));
    if (known && name.length && name.length <= MAX_SHOWN_NAME) {
        memcpy(word, name.at, name.length);
        word[name.length] = 0;
        for (uint16_t i = 0; i < argot_schema.count; i++)
            known[i] = argot_schema.fields[i].name;
        nearest = argot_diagnostic_nearest(word, known, argot_schema.count);
    }
    refuse(why, why_size, "there is no column", name, nearest);
    seam->release(seam, (void *)known);
    return false;
}

static bool
add_column(struct argot_csv_writer *writer, struct argot_slice name, char *why, size_t why_size)
{
    if (writer->count == ARGOT_CSV_MAX_COLUMNS)
        return refuse(why, why_size, "too many columns at", name, NULL);
    struct column *column = &writer->columns[writer->count];
    if (!name_column(column, name))
        return refuse_unknown(writer->seam, why, why_size, name);
    for (uint32_t i = 0; i < writer->count; i++)
        if (writer->columns[i].name.length == name.length && !memcmp(writer->columns[i].name.at, name.at, name.length))
            return refuse(why, why_size, "twice the column", name, NULL);
    writer->count++;
    return true;
}

static bool
add_named(struct argot_csv_writer *writer, const char *names, char *why, size_t why_size)
{
    size_t length = strlen(names);
    writer->names = writer->seam->allocate(writer->seam, length + 1);
    if (!writer->names) {
        snprintf(why, why_size, "out of memory");
        return false;
    }
    memcpy(writer->names, names, length + 1);
    for (const char *at = writer->names;; at++) {
        size_t count = strcspn(at, ",");
        if (!add_column(writer, (struct argot_slice){(const uint8_t *)at, (uint32_t)count}, why, why_size))
            return false;
        at += count;
        if (!*at)
            return true;
    }
}

static bool
add_all(struct argot_csv_writer *writer, char *why, size_t why_size)
{
    for (uint16_t field = 0; field <= argot_schema.count; field++) {
        const char *name = field < argot_schema.count ? argot_schema.fields[field].name : "extra";
        if (!strcmp(name, "raw_line") || !strcmp(name, "event_ingest_time"))
            continue;
        if (!add_column(writer, (struct argot_slice){(const uint8_t *)name, (uint32_t)strlen(name)}, why, why_size))
            return false;
    }
    return true;
}

struct argot_csv_writer *
argot_csv_new(struct argot_seam *seam, const char *names, char *why, size_t why_size)
{
    struct argot_csv_writer *writer = seam->allocate(seam, sizeof(*writer));
    struct column *columns = seam->allocate(seam, ARGOT_CSV_MAX_COLUMNS * sizeof(*columns));
    if (!writer || !columns) {
        snprintf(why, why_size, "out of memory");
        seam->release(seam, writer);
        seam->release(seam, columns);
        return NULL;
    }
    *writer = (struct argot_csv_writer){.seam = seam, .columns = columns};
    argot_buffer_init(&writer->cell, seam);
    if (names ? add_named(writer, names, why, why_size) : add_all(writer, why, why_size))
        return writer;
    argot_csv_free(writer);
    return NULL;
}

void
argot_csv_free(struct argot_csv_writer *writer)
{
    if (!writer)
        return;
    argot_buffer_finish(&writer->cell);
    writer->seam->release(writer->seam, writer->names);
    writer->seam->release(writer->seam, writer->columns);
    writer->seam->release(writer->seam, writer);
}

uint64_t
argot_csv_take_replaced(struct argot_csv_writer *writer)
{
    uint64_t replaced = writer->replaced;
    writer->replaced = 0;
    return replaced;
}

/* ---- cells ---- */

static bool
put_c_text(struct argot_line *line, const char *text)
{
    return !text || argot_line_csv(line, (struct argot_slice){(const uint8_t *)text, (uint32_t)strlen(text)});
}

static bool
put_number(struct argot_line *line, uint64_t number)
{
    if (!argot_line_room(line, ARGOT_FORMAT_ROOM))
        return false;
    line->at += argot_format_u64(number, (char *)line->at);
    return true;
}

/* The JSON that was written to the cell buffer. */
static bool
put_json(struct argot_csv_writer *writer, struct argot_line *line, struct argot_line *json, bool good)
{
    argot_line_end(json);
    line->replaced += json->replaced;
    if (!good || writer->cell.failed || writer->cell.length > UINT32_MAX)
        return false;
    return argot_line_csv(line, (struct argot_slice){writer->cell.bytes, (uint32_t)writer->cell.length});
}

static bool
put_value(struct argot_csv_writer *writer, struct argot_line *line, enum argot_type type, uint16_t field,
          const struct argot_slot *slot)
{
    bool text = argot_json_value_is_text(type);
    if (text && !(slot->text.flags & ARGOT_SLOT_JSON))
        return argot_line_csv(line, (struct argot_slice){slot->text.at, slot->text.length});
    if (!text && type != ARGOT_TYPE_STRING_LIST && type != ARGOT_TYPE_IP_LIST)
        return argot_json_value_plain(line, &writer->clock, ARGOT_LINE_CSV, type, field, slot);
    struct argot_line json;
    writer->cell.length = 0;
    argot_line_begin(&json, &writer->cell);
    bool good = argot_json_value_put(&json, &writer->clock, type, field, slot);
    return put_json(writer, line, &json, good);
}

static bool
put_extra(struct argot_csv_writer *writer, struct argot_line *line, const struct argot_event *event)
{
    if (!event->nextra)
        return true;
    struct argot_line json;
    writer->cell.length = 0;
    argot_line_begin(&json, &writer->cell);
    bool good = argot_json_value_extra(&json, &writer->clock, event->extra, event->nextra);
    return put_json(writer, line, &json, good);
}

static bool
put_member(struct argot_csv_writer *writer, struct argot_line *line, const struct argot_event *event,
           struct argot_slice name)
{
    const uint8_t *key = name.at + strlen(EXTRA_HEAD);
    size_t length = name.length - strlen(EXTRA_HEAD);
    for (uint32_t i = 0; i < event->nextra; i++) {
        const struct argot_extra *member = &event->extra[i];
        if (member->key.length == length && !memcmp(member->key.at, key, length))
            return put_value(writer, line, (enum argot_type)member->type, ARGOT_NONE, &member->value);
    }
    return true;
}

static bool
put_format_name(struct argot_line *line, const struct argot_shape *shape)
{
    return argot_line_text(line, ARGOT_LINE_CSV, (const uint8_t *)shape->format, strlen(shape->format)) &&
           argot_line_bytes(line, "/", 1) && put_number(line, shape->version);
}

static bool
put_field(struct argot_csv_writer *writer, struct argot_line *line, const struct argot_event *event, uint16_t field)
{
    const struct argot_slot *slot = argot_event_get(event, field);
    return !slot || put_value(writer, line, (enum argot_type)argot_schema.fields[field].type, field, slot);
}

static bool
put_time(struct argot_csv_writer *writer, struct argot_line *line, argot_time time)
{
    if (!argot_line_room(line, ARGOT_FORMAT_ROOM))
        return false;
    line->at += argot_format_clock_time(&writer->event_clock, time, (char *)line->at);
    return true;
}

static bool
put_column(struct argot_csv_writer *writer, struct argot_line *line, const struct argot_event *event,
           const char *source, const struct column *column)
{
    switch (column->kind) {
    case COLUMN_FIELD:
        return put_field(writer, line, event, column->field);
    case COLUMN_TIME:
        return put_time(writer, line, event->time);
    case COLUMN_FORMAT_NAME:
        return put_format_name(line, event->shape);
    case COLUMN_RAW_LINE:
        return argot_line_csv(line, event->raw);
    case COLUMN_EXTRA:
        return put_extra(writer, line, event);
    case COLUMN_MEMBER:
        return put_member(writer, line, event, column->name);
    case COLUMN_SOURCE:
        return put_c_text(line, source);
    case COLUMN_RECORD:
        return put_number(line, event->record);
    case COLUMN_LINE:
        return put_number(line, event->line);
    }
    return true;
}

/* ---- lines ---- */

void
argot_csv_head(const struct argot_csv_writer *writer, struct argot_buffer *out)
{
    struct argot_line line;
    argot_line_begin(&line, out);
    for (uint32_t i = 0; i < writer->count; i++)
        if ((i && !argot_line_bytes(&line, ",", 1)) || !argot_line_csv(&line, writer->columns[i].name))
            return;
    if (argot_line_bytes(&line, "\n", 1))
        argot_line_end(&line);
}

void
argot_csv_event(struct argot_csv_writer *writer, const struct argot_event *event, const char *source,
                struct argot_buffer *out)
{
    struct argot_line line;
    argot_line_begin(&line, out);
    bool good = true;
    for (uint32_t i = 0; good && i < writer->count; i++)
        good = (!i || argot_line_bytes(&line, ",", 1)) && put_column(writer, &line, event, source, &writer->columns[i]);
    if (good && argot_line_bytes(&line, "\n", 1))
        argot_line_end(&line);
    else
        out->failed = true; /* also where a cell found no memory: the line is not there */
    writer->replaced += line.replaced;
}
