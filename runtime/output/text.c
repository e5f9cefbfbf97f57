/* SPDX-License-Identifier: Apache-2.0
 * Events for people. Speed matters less here than that nothing in a log can pretend to be something else: values with
 * blanks, quotes or escapes stand in quotes. */
#include "output/text.h"
#include "output/json_value.h"

#define RESET "\033[0m"
#define DIM "\033[2m"
#define BOLD "\033[1m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define CYAN "\033[36m"

struct text {
    struct argot_line line;
    struct argot_format_clock clock;
    bool color;
    int event_time, event_type, event_outcome, program; /* fields of the head; program is the one that was taken */
};

static bool
put_color(struct text *text, const char *sequence)
{
    return !text->color || argot_line_word(&text->line, sequence);
}

static bool
is_plain(const uint8_t *at, const uint8_t *end)
{
    if (at == end)
        return false;
    for (; at < end; at++)
        if (*at <= ' ' || *at == '"' || *at == '\\')
            return false;
    return true;
}

/* Text in quotes, which go again where nothing in it needs them. */
static bool
put_text(struct text *text, const uint8_t *bytes, size_t count)
{
    struct argot_line *line = &text->line;
    if (!argot_line_bytes(line, "\"", 1))
        return false;
    size_t before = (size_t)(line->at - line->buffer->bytes);
    if (!argot_line_text(line, ARGOT_LINE_JSON, bytes, count))
        return false;
    uint8_t *begin = line->buffer->bytes + before;
    if (!is_plain(begin, line->at))
        return argot_line_bytes(line, "\"", 1);
    memmove(begin - 1, begin, (size_t)(line->at - begin));
    line->at--;
    return true;
}

static bool
put_value(struct text *text, enum argot_type type, uint16_t field, const struct argot_slot *slot)
{
    if (argot_json_value_is_text(type) && !(slot->text.flags & ARGOT_SLOT_JSON))
        return put_text(text, slot->text.at, slot->text.length);
    if (argot_json_value_is_text(type))
        return argot_json_value_put(&text->line, &text->clock, type, field, slot);
    return argot_json_value_plain(&text->line, &text->clock, ARGOT_LINE_JSON, type, field, slot);
}

static bool
put_field(struct text *text, const struct argot_event *event, int field, const char *color)
{
    const struct argot_slot *slot = field < 0 ? NULL : argot_event_get(event, (uint16_t)field);
    if (!slot)
        return argot_line_word(&text->line, "-");
    enum argot_type type = (enum argot_type)argot_schema.fields[field].type;
    return put_color(text, color) && put_value(text, type, (uint16_t)field, slot) && put_color(text, RESET);
}

static bool
put_time(struct text *text, argot_time time)
{
    if (!put_color(text, DIM) || !argot_line_room(&text->line, ARGOT_FORMAT_ROOM))
        return false;
    size_t length = argot_format_clock_time(&text->clock, time, (char *)text->line.at);
    text->line.at[strlen("2026-03-03")] = ' ';
    text->line.at += length;
    return put_color(text, RESET);
}

static bool
put_outcome(struct text *text, const struct argot_event *event)
{
    const struct argot_slot *slot =
        text->event_outcome < 0 ? NULL : argot_event_get(event, (uint16_t)text->event_outcome);
    if (!slot)
        return true;
    int success = argot_schema_enum((uint16_t)text->event_outcome, (const uint8_t *)"success", strlen("success"));
    bool good = success >= 0 && slot->u64 == (uint64_t)success;
    return argot_line_bytes(&text->line, " ", 1) && put_field(text, event, text->event_outcome, good ? GREEN : RED);
}

/* The program that wrote the line, as far as the event tells; else its format. */
static bool
put_program(struct text *text, const struct argot_event *event)
{
    static const char *const names[] = {"process_name", "event_provider"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        int field = argot_schema_find(names[i]);
        if (field >= 0 && argot_event_get(event, (uint16_t)field)) {
            text->program = field;
            return put_field(text, event, field, CYAN);
        }
    }
    const char *format = event->shape->format;
    return put_color(text, CYAN) && put_text(text, (const uint8_t *)format, strlen(format)) && put_color(text, RESET);
}

static bool
put_key(struct text *text, const char *separator, const char *head, const uint8_t *key, size_t count)
{
    return argot_line_word(&text->line, separator) && put_color(text, DIM) && argot_line_word(&text->line, head) &&
           put_text(text, key, count) && argot_line_bytes(&text->line, "=", 1) && put_color(text, RESET);
}

static bool
put_fields(struct text *text, const struct argot_event *event, const char **separator)
{
    for (uint16_t i = 0; i < event->shape->count; i++) {
        const struct argot_shape_field *entry = &event->shape->fields[i];
        int field = entry->field;
        if (field == text->event_time || field == text->event_type || field == text->event_outcome ||
            field == text->program || (!entry->constant && !(event->present >> entry->index & 1)))
            continue;
        const struct argot_schema_field *row = &argot_schema.fields[field];
        const struct argot_slot *slot = entry->constant ? &entry->slot : &event->slots[entry->index];
        if (!put_key(text, *separator, "", (const uint8_t *)row->name, strlen(row->name)) ||
            !put_value(text, (enum argot_type)row->type, entry->field, slot))
            return false;
        *separator = " ";
    }
    return true;
}

static bool
put_extra(struct text *text, const struct argot_event *event, const char *separator)
{
    for (uint32_t i = 0; i < event->nextra; i++) {
        const struct argot_extra *member = &event->extra[i];
        if (!put_key(text, separator, "extra.", member->key.at, member->key.length) ||
            !put_value(text, (enum argot_type)member->type, ARGOT_NONE, &member->value))
            return false;
        separator = " ";
    }
    return true;
}

static bool
put_event(struct text *text, const struct argot_event *event)
{
    const char *separator = "  ";
    return put_time(text, event->time) && argot_line_word(&text->line, separator) &&
           put_field(text, event, text->event_type, BOLD) && put_outcome(text, event) &&
           argot_line_word(&text->line, separator) && put_program(text, event) && put_fields(text, event, &separator) &&
           put_extra(text, event, separator) && argot_line_bytes(&text->line, "\n", 1);
}

size_t
argot_text_event(const struct argot_event *event, bool color, struct argot_buffer *out)
{
    struct text text = {.color = color,
                        .event_time = argot_schema_find("event_time"),
                        .event_type = argot_schema_find("event_type"),
                        .event_outcome = argot_schema_find("event_outcome"),
                        .program = -1};
    argot_line_begin(&text.line, out);
    if (put_event(&text, event))
        argot_line_end(&text.line);
    return (size_t)text.line.replaced;
}
