/* SPDX-License-Identifier: Apache-2.0
 * Events and dead letters as JSON lines. An event is written by its shape's program: what is left to do for each are
 * the values of its slots. */
#include "output/json.h"
#include "output/json_program.h"
#include "output/json_value.h"
#include "output/plain.h"

#define FIRST_PROGRAMS 16

struct argot_json {
    struct argot_seam *seam;
    unsigned with;
    uint64_t replaced;
    struct argot_format_clock event_clock, clock; /* events come in order, other times need not */
    struct argot_json_program **programs;         /* by number of the shape */
    uint32_t capacity;
    struct argot_json_names names;
};

struct argot_json *
argot_json_new(struct argot_seam *seam, unsigned with)
{
    struct argot_json *json = seam->allocate(seam, sizeof(*json));
    if (json)
        *json = (struct argot_json){.seam = seam, .with = with, .names = {.seam = seam}};
    return json;
}

void
argot_json_free(struct argot_json *json)
{
    if (!json)
        return;
    for (uint32_t i = 0; i < json->capacity; i++)
        json->seam->release(json->seam, json->programs[i]);
    json->seam->release(json->seam, json->programs);
    argot_json_names_finish(&json->names);
    json->seam->release(json->seam, json);
}

uint64_t
argot_json_take_replaced(struct argot_json *json)
{
    uint64_t replaced = json->replaced;
    json->replaced = 0;
    return replaced;
}

/* ---- programs ---- */

static bool
grow_programs(struct argot_json *json, uint32_t number)
{
    size_t capacity = json->capacity ? json->capacity : FIRST_PROGRAMS;
    while (capacity <= number)
        capacity *= 2;
    if (capacity > UINT32_MAX)
        return false;
    size_t size = capacity * sizeof(struct argot_json_program *);
    struct argot_json_program **programs =
        json->programs ? json->seam->resize(json->seam, json->programs, size) : json->seam->allocate(json->seam, size);
    if (!programs)
        return false;
    for (size_t i = json->capacity; i < capacity; i++)
        programs[i] = NULL;
    json->programs = programs;
    json->capacity = (uint32_t)capacity;
    return true;
}

static const struct argot_json_program *
make_program(struct argot_json *json, const struct argot_shape *shape)
{
    if (shape->number >= json->capacity && !grow_programs(json, shape->number))
        return NULL;
    struct argot_json_program **place = &json->programs[shape->number];
    json->seam->release(json->seam, *place);
    *place = argot_json_program_new(&json->names, json->with, shape);
    return *place;
}

static inline const struct argot_json_program *
find_program(struct argot_json *json, const struct argot_shape *shape)
{
    if (shape->number < json->capacity) {
        const struct argot_json_program *program = json->programs[shape->number];
        if (program && program->shape == shape)
            return program;
    }
    return make_program(json, shape);
}

/* ---- members ---- */

/* While an event is written its next byte has a place of its own: what goes there could be the line's, for all that a
 * compiler knows of bytes. */
struct writing {
    struct argot_json *json;
    struct argot_line *line;
    const struct argot_event *event;
    size_t room; /* that is kept for all heads and short values */
};

/* There is room. Nearly all heads fit into the first block. */
static inline uint8_t *
put_head(uint8_t *at, const uint8_t *head, uint32_t length)
{
    memcpy(at, head, ARGOT_JSON_HEAD_BLOCK);
    for (uint32_t i = ARGOT_JSON_HEAD_BLOCK; i < length; i += ARGOT_JSON_HEAD_BLOCK)
        memcpy(at + i, head + i, ARGOT_JSON_HEAD_BLOCK);
    return at + length;
}

static inline uint8_t *
put_quote(uint8_t *at)
{
    *at = '"';
    return at + 1;
}

static inline uint8_t *
put_time(uint8_t *at, struct argot_format_clock *clock, argot_time time)
{
    return put_quote(at + argot_format_clock_time(clock, time, (char *)at));
}

static inline uint8_t *
put_name(uint8_t *at, const struct argot_json_name *names, uint64_t number, uint64_t count)
{
    if (number >= count)
        return put_quote(at + argot_format_u64(number, (char *)at));
    memcpy(at, names[number].text, sizeof names[number].text);
    return at + names[number].length;
}

/* Values that may be long or need escapes. NULL without memory. */
static __attribute__((noinline)) uint8_t *
put_long(const struct writing *writing, uint8_t *at, const struct argot_json_step *step)
{
    struct argot_line *line = writing->line;
    const struct argot_slot *slot = &writing->event->slots[step->index];
    bool good;
    line->at = at;
    if (step->kind == ARGOT_JSON_STEP_RAW) {
        good = argot_json_value_raw(line, writing->event->raw);
    } else {
        line->at -= step->kind == ARGOT_JSON_STEP_TEXT; /* the quote, which JSON has not */
        good = argot_json_value_put(line, &writing->json->clock, (enum argot_type)step->type, step->field, slot);
    }
    return good && argot_line_room(line, writing->room) ? line->at : NULL;
}

/* Behind the head and its quote. What is as long as the room that is left is too long. */
static inline uint8_t *
put_text(const struct writing *writing, uint8_t *at, const struct argot_json_step *step)
{
    const struct argot_slot *slot = &writing->event->slots[step->index];
    size_t length = slot->text.length;
    ptrdiff_t left = writing->line->end - at - (ptrdiff_t)(writing->room + ARGOT_LINE_SLACK);
    if (slot->text.flags & ARGOT_SLOT_JSON || (ptrdiff_t)length >= left ||
        !argot_plain_copy(at, slot->text.at, length, ARGOT_LINE_JSON))
        return put_long(writing, at, step);
    return put_quote(at + length);
}

/* The value behind a head, by what the type says. NULL without memory. */
static inline uint8_t *
put_value(const struct writing *writing, uint8_t *at, const struct argot_json_step *step)
{
    const struct argot_event *event = writing->event;
    const struct argot_slot *slot = &event->slots[step->index];
    switch ((enum argot_json_step_kind)step->kind) {
    case ARGOT_JSON_STEP_HEAD:
        return at;
    case ARGOT_JSON_STEP_TEXT:
        return put_text(writing, at, step);
    case ARGOT_JSON_STEP_ENUM:
        return put_name(at, step->names, slot->u64, argot_schema.fields[step->field].nvalues);
    case ARGOT_JSON_STEP_UINT:
        return at + argot_format_u64(slot->u64, (char *)at);
    case ARGOT_JSON_STEP_IP:
        return put_quote(at + argot_format_ip(slot->ip, (char *)at));
    case ARGOT_JSON_STEP_TIME:
        return put_time(at, &writing->json->event_clock, event->time);
    case ARGOT_JSON_STEP_INGEST:
        if (step->index == ARGOT_JSON_NO_SLOT || !(event->present >> step->index & 1))
            slot = &event->received_slot;
        return put_time(at, &writing->json->clock, slot->i64);
    case ARGOT_JSON_STEP_RAW:
    case ARGOT_JSON_STEP_OTHER:
        break;
    }
    return put_long(writing, at, step);
}

static bool
put_record(struct argot_line *line, const char *source, uint64_t record, uint64_t number, uint32_t part)
{
    return argot_json_value_word(line, "source", source) && argot_json_value_number(line, "record", record) &&
           argot_json_value_number(line, "line", number) && (!part || argot_json_value_number(line, "part", part));
}

/* The first member's comma becomes the brace that opens the object. */
static void
end_object(struct argot_json *json, struct argot_line *line, bool good)
{
    bool empty = !line->at || line->at == line->buffer->bytes + line->buffer->length;
    if (good && (!empty || argot_line_bytes(line, ",", 1)) && argot_line_bytes(line, "}\n", 2)) {
        line->buffer->bytes[line->buffer->length] = '{';
        argot_line_end(line);
    }
    json->replaced += line->replaced;
}

/* ---- events and letters ---- */

static bool
put_event(struct argot_json *json, struct argot_line *line, const struct argot_json_program *program,
          const struct argot_event *event, const char *source)
{
    const struct argot_json_step *end = program->steps + program->count;
    const struct writing writing = {json, line, event, program->room};
    uint64_t absent = ~event->present;
    if (!argot_line_room(line, program->room))
        return false;
    uint8_t *at = line->at;
    for (const struct argot_json_step *step = program->steps; step < end; step++) {
        if (absent & step->needs)
            continue;
        at = put_value(&writing, put_head(at, program->text + step->at, step->length), step);
        if (!at)
            return false;
    }
    line->at = at;
    if (event->nextra && (!argot_line_word(line, ",\"extra\":") ||
                          !argot_json_value_extra(line, &json->clock, event->extra, event->nextra)))
        return false;
    return !(json->with & ARGOT_JSON_WITH_RECORD) || put_record(line, source, event->record, event->line, event->part);
}

void
argot_json_event(struct argot_json *json, const struct argot_event *event, const char *source, struct argot_buffer *out)
{
    const struct argot_json_program *program = find_program(json, event->shape);
    if (!program) {
        out->failed = true;
        return;
    }
    struct argot_line line;
    argot_line_begin(&line, out);
    end_object(json, &line, put_event(json, &line, program, event, source));
}

static bool
put_letter(struct argot_line *line, const struct argot_letter *letter, const char *source)
{
    return put_record(line, source, letter->record, letter->line, 0) &&
           argot_json_value_word(line, "format", letter->format) &&
           argot_json_value_word(line, "reason", argot_letter_reason_name(letter->reason)) &&
           argot_json_value_number(line, "offset", letter->offset) &&
           argot_json_value_word(line, "expected", letter->expected) &&
           argot_json_value_word(line, "field", letter->field) && argot_json_value_text(line, "value", letter->value) &&
           (!letter->piece || argot_json_value_number(line, "piece", letter->piece)) &&
           (!letter->raw.at || (argot_line_word(line, ",\"raw_line") && argot_json_value_raw(line, letter->raw)));
}

void
argot_json_letter(struct argot_json *json, const struct argot_letter *letter, const char *source,
                  struct argot_buffer *out)
{
    struct argot_line line;
    argot_line_begin(&line, out);
    end_object(json, &line, put_letter(&line, letter, source));
}

void
argot_json_reasons(const uint64_t reasons[ARGOT_LETTER_COUNT], struct argot_buffer *out)
{
    bool first = true;
    argot_buffer_append_byte(out, '{');
    for (enum argot_letter_reason reason = 0; reason < ARGOT_LETTER_COUNT; reason++) {
        if (!reasons[reason])
            continue;
        argot_buffer_printf(out, "%s\"%s\":%llu", first ? "" : ",", argot_letter_reason_name(reason),
                            (unsigned long long)reasons[reason]);
        first = false;
    }
    argot_buffer_append_byte(out, '}');
}
