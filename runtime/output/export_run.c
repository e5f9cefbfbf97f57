/* SPDX-License-Identifier: Apache-2.0
 * Texts of a program and the values of an event, one after the other. */
#include "output/export_run.h"
#include "output/json_value.h"
#include <stdlib.h>

static bool
put_separator(struct argot_line *line)
{
    uint8_t last = line->at ? line->at[-1] : 0;
    return last == '[' || last == '{' || argot_line_bytes(line, ",", 1);
}

static const struct argot_slot *
slot_of(const struct argot_export_run *run, const struct argot_export_step *step)
{
    switch (step->index) {
    case ARGOT_EXPORT_TIME:
        return &run->event->time_slot;
    case ARGOT_EXPORT_RECEIVED:
        return &run->event->received_slot;
    case ARGOT_EXPORT_CONSTANT:
        return step->constant;
    default:
        return &run->slots[step->index];
    }
}

static bool
put_items(struct argot_export_run *run, const struct argot_export_step *step, const struct argot_slot *list)
{
    struct argot_export_value value = step->value;
    value.type = value.type == ARGOT_TYPE_IP_LIST ? ARGOT_TYPE_IP : ARGOT_TYPE_STRING;
    for (uint32_t i = 0; i < list->list.count; i++)
        if (!put_separator(&run->line) || !argot_line_bytes(&run->line, step->open.at, step->open.length) ||
            !argot_export_value_put(&value, &run->line, run->clock, &list->list.items[i]) ||
            !argot_line_bytes(&run->line, step->close.at, step->close.length))
            return false;
    return true;
}

static bool
put_base64(struct argot_export_run *run)
{
    struct argot_line *line = &run->line;
    return argot_line_bytes(line, "\"", 1) && argot_line_base64(line, run->raw.at, run->raw.length) &&
           argot_line_bytes(line, "\"", 1);
}

static bool
put_value(struct argot_export_run *run, const struct argot_export_step *step)
{
    struct argot_slice name;
    const struct argot_slot *slot = slot_of(run, step);
    if (step->each)
        return put_items(run, step, slot);
    if (step->element && step->value.form == ARGOT_STANDARD_WORDS &&
        !argot_export_value_word(&step->value, slot, &name))
        return true;
    return (!step->element || put_separator(&run->line)) &&
           argot_export_value_put(&step->value, &run->line, run->clock, slot);
}

/* activity_id is written up to its colon. */
static bool
put_activity(struct argot_export_run *run, const struct argot_export_step *step)
{
    struct argot_slice name;
    const char *code = argot_export_value_word(&step->value, slot_of(run, step), &name);
    uint64_t activity = code ? strtoul(code, NULL, 10) : ARGOT_STANDARD_OTHER;
    if (!argot_line_room(&run->line, ARGOT_FORMAT_ROOM))
        return false;
    run->line.at += argot_format_u64(activity, (char *)run->line.at);
    return argot_json_value_number(&run->line, "type_uid", (uint64_t)run->class_uid * 100 + activity) &&
           (activity != ARGOT_STANDARD_OTHER || argot_json_value_text(&run->line, "activity_name", name));
}

static bool
put_extra(struct argot_export_run *run)
{
    const struct argot_extra *extra = run->event ? run->event->extra : run->row->extra;
    uint32_t count = run->event ? run->event->nextra : run->row->nextra;
    return !count || (put_separator(&run->line) && argot_line_word(&run->line, "\"extra\":") &&
                      argot_json_value_extra(&run->line, run->clock, extra, count));
}

/* The rest is never empty: the type of the event stands in it. */
static bool
put_record(struct argot_export_run *run)
{
    const struct argot_event *event = run->event;
    if (!event)
        return argot_line_bytes(&run->line, run->row->members.at, run->row->members.length);
    return argot_json_value_word(&run->line, "source", run->source) &&
           argot_json_value_number(&run->line, "record", event->record) &&
           argot_json_value_number(&run->line, "line", event->line) &&
           (!event->part || argot_json_value_number(&run->line, "part", event->part));
}

static bool
put_step(struct argot_export_run *run, const struct argot_export_step *step)
{
    switch ((enum argot_export_kind)step->kind) {
    case ARGOT_EXPORT_VALUE:
        return put_value(run, step);
    case ARGOT_EXPORT_RAW_TEXT:
        return argot_line_quoted(&run->line, run->raw.at, run->raw.length);
    case ARGOT_EXPORT_BASE64:
        return put_base64(run);
    case ARGOT_EXPORT_ACTIVITY:
        return put_activity(run, step);
    case ARGOT_EXPORT_IDENTITY:
        return argot_line_quoted(&run->line, (const uint8_t *)run->row->identity, strlen(run->row->identity));
    case ARGOT_EXPORT_EXTRA:
        return put_extra(run);
    case ARGOT_EXPORT_RECORD:
        return put_record(run);
    default:
        return true;
    }
}

bool
argot_export_run_line(struct argot_export_run *run, const struct argot_export_program *program,
                      struct argot_buffer *out)
{
    bool good = true;
    run->class_uid = program->class_uid;
    argot_line_begin(&run->line, out);
    for (uint32_t i = 0; good && i < program->count; i++)
        good = argot_line_bytes(&run->line, program->steps[i].text.at, program->steps[i].text.length) &&
               put_step(run, &program->steps[i]);
    if (good)
        argot_line_end(&run->line);
    return good;
}
