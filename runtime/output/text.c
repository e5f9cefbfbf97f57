/* SPDX-License-Identifier: Apache-2.0
 * Events for people. Speed matters less here than that nothing in a log can pretend to be something else: values with
 * blanks, quotes or escapes stand in quotes. */
#include "output/text.h"
#include "output/text_value.h"

struct text {
    struct argot_text_line line;
    int event_time, event_type, event_outcome, program; /* fields of the head; program is the one that was taken */
};

static bool
put_field(struct text *text, const struct argot_event *event, int field, const char *color)
{
    const struct argot_slot *slot = field < 0 ? NULL : argot_event_get(event, (uint16_t)field);
    if (!slot)
        return argot_line_word(&text->line.line, "-");
    enum argot_type type = (enum argot_type)argot_schema.fields[field].type;
    return argot_text_value_color(&text->line, color) &&
           argot_text_value_put(&text->line, type, (uint16_t)field, slot) &&
           argot_text_value_color(&text->line, ARGOT_TEXT_RESET);
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
    return argot_line_bytes(&text->line.line, " ", 1) &&
           put_field(text, event, text->event_outcome, good ? ARGOT_TEXT_GREEN : ARGOT_TEXT_RED);
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
            return put_field(text, event, field, ARGOT_TEXT_CYAN);
        }
    }
    const char *format = event->shape->format;
    return argot_text_value_color(&text->line, ARGOT_TEXT_CYAN) &&
           argot_text_value_text(&text->line, (const uint8_t *)format, strlen(format)) &&
           argot_text_value_color(&text->line, ARGOT_TEXT_RESET);
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
        if (!argot_text_value_key(&text->line, *separator, "", (const uint8_t *)row->name, strlen(row->name)) ||
            !argot_text_value_put(&text->line, (enum argot_type)row->type, entry->field, slot))
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
        if (!argot_text_value_key(&text->line, separator, "extra.", member->key.at, member->key.length) ||
            !argot_text_value_put(&text->line, (enum argot_type)member->type, ARGOT_NONE, &member->value))
            return false;
        separator = " ";
    }
    return true;
}

static bool
put_event(struct text *text, const struct argot_event *event)
{
    const char *separator = "  ";
    return argot_text_value_time(&text->line, event->time) && argot_line_word(&text->line.line, separator) &&
           put_field(text, event, text->event_type, ARGOT_TEXT_BOLD) && put_outcome(text, event) &&
           argot_line_word(&text->line.line, separator) && put_program(text, event) &&
           put_fields(text, event, &separator) && put_extra(text, event, separator) &&
           argot_line_bytes(&text->line.line, "\n", 1);
}

size_t
argot_text_event(const struct argot_event *event, bool color, struct argot_buffer *out)
{
    struct text text = {.line = {.color = color},
                        .event_time = argot_schema_find("event_time"),
                        .event_type = argot_schema_find("event_type"),
                        .event_outcome = argot_schema_find("event_outcome"),
                        .program = -1};
    argot_line_begin(&text.line.line, out);
    if (put_event(&text, event))
        argot_line_end(&text.line.line);
    return (size_t)text.line.line.replaced;
}
