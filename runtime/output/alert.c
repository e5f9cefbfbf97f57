/* SPDX-License-Identifier: Apache-2.0
 * Alerts come seldom, so nothing is prepared for them: names of fields are looked up as they are needed. */
#include "output/alert.h"
#include "output/json_value.h"

struct json {
    struct argot_line line;
    struct argot_format_clock clock;
    const struct argot_alert_style *style;
    uint32_t causes; /* that may still be written */
};

/* ---- columns ---- */

static bool
put_columns(struct json *json, const struct argot_alert *alert)
{
    for (uint32_t i = 0; i < alert->nfields; i++) {
        const struct argot_alert_field *field = &alert->fields[i];
        const struct argot_schema_field *row = &argot_schema.fields[field->field];
        if (!argot_line_word(&json->line, ",\"") || !argot_line_word(&json->line, row->name) ||
            !argot_line_word(&json->line, "\":") ||
            !argot_json_value_put(&json->line, &json->clock, (enum argot_type)row->type, field->field, &field->slot))
            return false;
    }
    return !alert->nextra || (argot_line_word(&json->line, ",\"extra\":") &&
                              argot_json_value_extra(&json->line, &json->clock, alert->extra, alert->nextra));
}

/* ---- what stands beside them ---- */

static bool
put_id(struct json *json, const struct argot_alert *alert)
{
    char text[ARGOT_ALERT_ID_TEXT];
    return argot_line_word(&json->line, "\"id\":\"") && argot_line_word(&json->line, argot_alert_id(alert, text)) &&
           argot_line_word(&json->line, "\"");
}

/* `begin` is all up to the time. */
static bool
put_time(struct json *json, const char *begin, argot_time time)
{
    if (!argot_line_word(&json->line, begin) || !argot_line_room(&json->line, ARGOT_FORMAT_ROOM + 1))
        return false;
    json->line.at += argot_format_clock_time(&json->clock, time, (char *)json->line.at);
    *json->line.at++ = '"';
    return true;
}

static bool
put_tags(struct json *json, const struct argot_alert *alert)
{
    if (!argot_line_word(&json->line, ",\"tags\":["))
        return false;
    for (uint32_t i = 0; i < alert->ntags; i++)
        if ((i && !argot_line_word(&json->line, ",")) ||
            !argot_line_quoted(&json->line, (const uint8_t *)alert->tags[i], strlen(alert->tags[i])))
            return false;
    return argot_line_word(&json->line, "]");
}

static bool
put_values(struct json *json, const struct argot_alert_values *values)
{
    struct argot_line *line = &json->line;
    const char *name = values->name ? values->name : argot_schema.fields[values->field].name;
    if (!argot_line_word(line, values->name ? "\"extra." : "\"") ||
        !argot_line_text(line, ARGOT_LINE_JSON, (const uint8_t *)name, strlen(name)) || !argot_line_word(line, "\":["))
        return false;
    for (uint32_t i = 0; i < values->count; i++) {
        const struct argot_extra *value = &values->values[i];
        if ((i && !argot_line_word(line, ",")) ||
            !argot_json_value_put(line, &json->clock, (enum argot_type)value->type, values->field, &value->value))
            return false;
    }
    return argot_line_word(line, "]");
}

static bool
put_collected(struct json *json, const struct argot_alert *alert)
{
    if (!alert->nvalues)
        return true;
    if (!argot_line_word(&json->line, ",\"values\":{"))
        return false;
    for (uint32_t i = 0; i < alert->nvalues; i++)
        if ((i && !argot_line_word(&json->line, ",")) || !put_values(json, &alert->values[i]))
            return false;
    return argot_line_word(&json->line, "}");
}

/* ---- causes ---- */

static bool put_causes(struct json *json, const struct argot_alert *alert, unsigned depth);

/* Members of an event that was a cause. The first member's comma becomes the brace. */
static bool
put_event(struct json *json, const struct argot_cause *cause)
{
    struct argot_line *line = &json->line;
    const struct argot_identity *identity = &cause->identity;
    const char *path = identity->source < json->style->npaths ? json->style->paths[identity->source] : NULL;
    size_t before = line->at ? (size_t)(line->at - line->buffer->bytes) : 0;
    if (!argot_json_value_word(line, "source", path) || !argot_json_value_number(line, "record", identity->record) ||
        (identity->part && !argot_json_value_number(line, "part", identity->part)) ||
        !put_time(json, ",\"event_time\":\"", cause->time) || !argot_json_value_word(line, "format", cause->format))
        return false;
    if (cause->raw.at && (!argot_line_word(line, ",\"raw_line") || !argot_json_value_raw(line, cause->raw)))
        return false;
    line->buffer->bytes[before] = '{';
    return argot_line_word(line, "}");
}

// NOLINTNEXTLINE(misc-no-recursion)
static bool
put_cause(struct json *json, const struct argot_cause *cause, unsigned depth)
{
    const struct argot_alert *alert = cause->alert;
    if (!alert)
        return put_event(json, cause);
    return argot_line_word(&json->line, "{\"rule_name\":") &&
           argot_line_quoted(&json->line, (const uint8_t *)alert->rule_name, strlen(alert->rule_name)) &&
           argot_line_word(&json->line, ",") && put_id(json, alert) &&
           put_time(json, ",\"event_time\":\"", alert->time) && put_causes(json, alert, depth + 1) &&
           argot_line_word(&json->line, "}");
}

// NOLINTNEXTLINE(misc-no-recursion)
static bool
put_causes(struct json *json, const struct argot_alert *alert, unsigned depth)
{
    uint32_t written = 0;
    if (!argot_line_word(&json->line, ",\"causes\":["))
        return false;
    for (; written < alert->ncauses && json->causes && depth < ARGOT_ALERT_MAX_DEPTH; written++) {
        json->causes--;
        if ((written && !argot_line_word(&json->line, ",")) || !put_cause(json, &alert->causes[written], depth))
            return false;
    }
    return argot_line_word(&json->line, "]") &&
           (written == alert->ncauses ||
            argot_json_value_number(&json->line, "causes_omitted", alert->ncauses - written));
}

static bool
put_beside(struct json *json, const struct argot_alert *alert)
{
    return argot_line_word(&json->line, ",\"alert\":{") && put_id(json, alert) &&
           (!json->style->replay || argot_line_word(&json->line, ",\"replay\":true")) &&
           argot_json_value_number(&json->line, "count", alert->count) &&
           put_time(json, ",\"first_time\":\"", alert->first_time) &&
           put_time(json, ",\"last_time\":\"", alert->last_time) && put_tags(json, alert) &&
           put_collected(json, alert) && put_causes(json, alert, 0) && argot_line_word(&json->line, "}");
}

size_t
argot_alert_beside(const struct argot_alert *alert, const struct argot_alert_style *style, struct argot_buffer *out)
{
    struct json json = {.style = style, .causes = ARGOT_ALERT_MAX_CAUSES};
    argot_line_begin(&json.line, out);
    if (put_beside(&json, alert))
        argot_line_end(&json.line);
    return (size_t)json.line.replaced;
}

size_t
argot_alert_json(const struct argot_alert *alert, const struct argot_alert_style *style, struct argot_buffer *out)
{
    struct json json = {.style = style, .causes = ARGOT_ALERT_MAX_CAUSES};
    if (style->standard)
        return argot_alert_export(alert, style, out);
    argot_line_begin(&json.line, out);
    if (put_columns(&json, alert) && put_beside(&json, alert) && argot_line_word(&json.line, "}\n")) {
        out->bytes[out->length] = '{';
        argot_line_end(&json.line);
    }
    return (size_t)json.line.replaced;
}
