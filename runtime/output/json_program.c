/* SPDX-License-Identifier: Apache-2.0
 * Renders what all events of a shape have in common. Every member begins with its comma; the writer makes the first
 * one of a line the opening brace. */
#include "output/json_program.h"
#include "output/json.h"
#include "output/json_value.h"

struct maker {
    struct argot_json_names *names;
    struct argot_line text;
    unsigned with;
    const struct argot_shape *shape;
    struct argot_json_step *steps;
    uint32_t count;
    int event_time, ingest_time, raw_line, format_name;
};

static uint32_t
text_length(const struct maker *maker)
{
    const struct argot_buffer *buffer = maker->text.buffer;
    return maker->text.at ? (uint32_t)(maker->text.at - (buffer->bytes + buffer->length)) : 0;
}

static struct argot_json_step *
add_step(struct maker *maker, enum argot_json_step_kind kind, uint16_t field, uint8_t index)
{
    struct argot_json_step *step = &maker->steps[maker->count++];
    *step = (struct argot_json_step){.kind = (uint8_t)kind,
                                     .type = argot_schema.fields[field].type,
                                     .index = index,
                                     .field = field,
                                     .needs = kind <= ARGOT_JSON_STEP_OTHER ? UINT64_C(1) << index : 0,
                                     .at = text_length(maker)};
    return step;
}

static bool
put_key(struct maker *maker, uint16_t field)
{
    const char *name = argot_schema.fields[field].name;
    return argot_line_bytes(&maker->text, ",", 1) &&
           argot_line_quoted(&maker->text, (const uint8_t *)name, strlen(name)) &&
           argot_line_bytes(&maker->text, ":", 1);
}

/* Goes on with the step before where that is a constant too. */
static struct argot_json_step *
constant_step(struct maker *maker, uint16_t field)
{
    if (maker->count && maker->steps[maker->count - 1].kind == ARGOT_JSON_STEP_HEAD)
        return &maker->steps[maker->count - 1];
    return add_step(maker, ARGOT_JSON_STEP_HEAD, field, ARGOT_JSON_NO_SLOT);
}

static bool
put_constant(struct maker *maker, const struct argot_shape_field *entry)
{
    struct argot_format_clock clock = {0};
    struct argot_json_step *step = constant_step(maker, entry->field);
    bool good = put_key(maker, entry->field) &&
                argot_json_value_put(&maker->text, &clock, (enum argot_type)argot_schema.fields[entry->field].type,
                                     entry->field, &entry->slot);
    step->length = text_length(maker) - step->at;
    return good;
}

static bool
put_format_name(struct maker *maker)
{
    const char *format = maker->shape->format;
    struct argot_json_step *step = constant_step(maker, (uint16_t)maker->format_name);
    bool good = put_key(maker, (uint16_t)maker->format_name) && argot_line_bytes(&maker->text, "\"", 1) &&
                argot_line_text(&maker->text, ARGOT_LINE_JSON, (const uint8_t *)format, strlen(format)) &&
                argot_line_bytes(&maker->text, "/", 1) && argot_line_room(&maker->text, ARGOT_FORMAT_ROOM);
    if (!good)
        return false;
    maker->text.at += argot_format_u64(maker->shape->version, (char *)maker->text.at);
    good = argot_line_bytes(&maker->text, "\"", 1);
    step->length = text_length(maker) - step->at;
    return good;
}

/* Values whose names are long, or must not be copied as they are, take the long way. */
static bool
has_plain_values(uint16_t field)
{
    const struct argot_schema_field *row = &argot_schema.fields[field];
    for (uint16_t i = 0; i < row->nvalues; i++) {
        if (strlen(row->values[i]) >= ARGOT_JSON_NAME_BYTES)
            return false;
        for (const char *at = row->values[i]; *at; at++)
            if (*at <= ' ' || *at > '~' || *at == '"' || *at == '\\')
                return false;
    }
    return true;
}

static enum argot_json_step_kind
kind_of(uint16_t field)
{
    switch (argot_schema.fields[field].type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        return ARGOT_JSON_STEP_TEXT;
    case ARGOT_TYPE_UINT:
    case ARGOT_TYPE_PORT:
    case ARGOT_TYPE_BYTES:
        return ARGOT_JSON_STEP_UINT;
    case ARGOT_TYPE_IP:
        return ARGOT_JSON_STEP_IP;
    case ARGOT_TYPE_ENUM:
        return has_plain_values(field) ? ARGOT_JSON_STEP_ENUM : ARGOT_JSON_STEP_OTHER;
    default:
        return ARGOT_JSON_STEP_OTHER;
    }
}

/* NULL without memory. */
static const struct argot_json_name *
names_of(struct argot_json_names *names, uint16_t field)
{
    const struct argot_schema_field *row = &argot_schema.fields[field];
    struct argot_seam *seam = names->seam;
    size_t size = argot_schema.count * sizeof *names->fields;
    if (!names->fields && (names->fields = seam->allocate(seam, size)))
        memset(names->fields, 0, size);
    if (!names->fields || names->fields[field])
        return names->fields ? names->fields[field] : NULL;
    struct argot_json_name *made = seam->allocate(seam, (row->nvalues + (size_t)1) * sizeof *made);
    for (uint16_t i = 0; made && i < row->nvalues; i++) {
        size_t length = strlen(row->values[i]);
        memset(made[i].text, 0, sizeof made[i].text);
        memcpy(made[i].text, row->values[i], length);
        made[i].text[length] = '"';
        made[i].length = (uint8_t)(length + 1);
    }
    return names->fields[field] = made;
}

void
argot_json_names_finish(struct argot_json_names *names)
{
    for (uint16_t i = 0; names->fields && i < argot_schema.count; i++)
        names->seam->release(names->seam, names->fields[i]);
    names->seam->release(names->seam, names->fields);
}

static bool
put_step(struct maker *maker, enum argot_json_step_kind kind, uint16_t field, uint8_t index)
{
    struct argot_json_step *step = add_step(maker, kind, field, index);
    bool good = put_key(maker, field);
    if (kind == ARGOT_JSON_STEP_ENUM) {
        step->names = names_of(maker->names, field);
        good = good && step->names;
    }
    if (kind == ARGOT_JSON_STEP_TEXT || kind == ARGOT_JSON_STEP_ENUM || kind == ARGOT_JSON_STEP_IP ||
        kind == ARGOT_JSON_STEP_TIME || kind == ARGOT_JSON_STEP_INGEST)
        good = good && argot_line_bytes(&maker->text, "\"", 1);
    if (kind == ARGOT_JSON_STEP_RAW && good)
        maker->text.at -= strlen("\":");
    step->length = text_length(maker) - step->at;
    return good;
}

static bool
put_field(struct maker *maker, uint16_t field, const struct argot_shape_field *entry)
{
    uint8_t index = entry && !entry->constant ? entry->index : ARGOT_JSON_NO_SLOT;
    if (field == maker->event_time)
        return put_step(maker, ARGOT_JSON_STEP_TIME, field, index);
    if (field == maker->raw_line && maker->with & ARGOT_JSON_WITH_RAW_LINE)
        return put_step(maker, ARGOT_JSON_STEP_RAW, field, index);
    if (field == maker->format_name && maker->with & ARGOT_JSON_WITH_FORMAT_NAME)
        return put_format_name(maker);
    if (entry && entry->constant)
        return put_constant(maker, entry);
    if (field == maker->ingest_time && maker->with & ARGOT_JSON_WITH_INGEST_TIME)
        return put_step(maker, ARGOT_JSON_STEP_INGEST, field, index);
    return !entry || put_step(maker, kind_of(field), field, index);
}

static bool
put_fields(struct maker *maker)
{
    const struct argot_shape *shape = maker->shape;
    uint16_t next = 0;
    for (uint16_t field = 0; field < argot_schema.count; field++) {
        const struct argot_shape_field *entry = NULL;
        if (next < shape->count && shape->fields[next].field == field)
            entry = &shape->fields[next++];
        if (!put_field(maker, field, entry))
            return false;
    }
    return true;
}

/* Steps and text put together. */
static struct argot_json_program *
pack(const struct maker *maker)
{
    struct argot_seam *seam = maker->names->seam;
    struct argot_json_program *program;
    size_t steps_size = maker->count * sizeof(*program->steps), length = text_length(maker);
    program = seam->allocate(seam, sizeof(*program) + steps_size + length + ARGOT_JSON_HEAD_BLOCK);
    if (!program)
        return NULL;
    uint8_t *text = (uint8_t *)program->steps + steps_size;
    memcpy(program->steps, maker->steps, steps_size);
    if (length)
        memcpy(text, maker->text.at - length, length);
    memset(text + length, 0, ARGOT_JSON_HEAD_BLOCK);
    program->shape = maker->shape;
    program->text = text;
    program->count = maker->count;
    program->room = length + maker->count * (size_t)(ARGOT_JSON_HEAD_BLOCK + ARGOT_FORMAT_ROOM);
    return program;
}

struct argot_json_program *
argot_json_program_new(struct argot_json_names *names, unsigned with, const struct argot_shape *shape)
{
    struct argot_seam *seam = names->seam;
    struct argot_json_program *program = NULL;
    struct argot_buffer buffer;
    struct maker maker = {.names = names,
                          .with = with,
                          .shape = shape,
                          .event_time = argot_schema_find("event_time"),
                          .ingest_time = argot_schema_find("event_ingest_time"),
                          .raw_line = argot_schema_find("raw_line"),
                          .format_name = argot_schema_find("format_name")};
    argot_buffer_init(&buffer, seam);
    argot_line_begin(&maker.text, &buffer);
    /* At most one step a field. */
    maker.steps = seam->allocate(seam, (argot_schema.count + (size_t)1) * sizeof(*maker.steps));
    if (maker.steps && put_fields(&maker))
        program = pack(&maker);
    seam->release(seam, maker.steps);
    argot_buffer_finish(&buffer);
    return program;
}
