/* SPDX-License-Identifier: Apache-2.0
 * Alerts for people: what happened first, then to whom and how often, then the lines that show it. */
#include "output/alert.h"
#include "output/text_value.h"

#define INDENT "    "
#define DEEPER "  " /* causes of causes */

struct text {
    struct argot_text_line line;
    const struct argot_alert_style *style;
    uint32_t causes; /* that may still be shown */
};

/* ---- parts of an alert ---- */

static const struct argot_slot *
column(const struct argot_alert *alert, const char *name)
{
    int field = argot_schema_find(name);
    return field < 0 ? NULL : argot_alert_get(alert, (uint16_t)field);
}

static bool
put_word(struct text *text, const char *word)
{
    return argot_line_word(&text->line.line, word);
}

static bool
put_number(struct text *text, uint64_t number)
{
    if (!argot_line_room(&text->line.line, ARGOT_FORMAT_ROOM))
        return false;
    text->line.line.at += argot_format_u64(number, (char *)text->line.line.at);
    return true;
}

static bool
put_colored(struct text *text, const char *color, const char *word)
{
    return argot_text_value_color(&text->line, color) && put_word(text, word) &&
           argot_text_value_color(&text->line, ARGOT_TEXT_RESET);
}

/* Rules cannot be called by names that need quotes, but backquotes allow it. */
static bool
put_name(struct text *text, const char *color, const char *name)
{
    return argot_text_value_color(&text->line, color) &&
           argot_text_value_text(&text->line, (const uint8_t *)name, strlen(name)) &&
           argot_text_value_color(&text->line, ARGOT_TEXT_RESET);
}

static bool
put_severity(struct text *text, const struct argot_alert *alert)
{
    static const struct {
        const char *word, *color;
    } colors[] = {{"critical", ARGOT_TEXT_BOLD ARGOT_TEXT_RED},
                  {"high", ARGOT_TEXT_RED},
                  {"medium", ARGOT_TEXT_YELLOW},
                  {"low", ARGOT_TEXT_CYAN},
                  {"informational", ARGOT_TEXT_DIM}};
    int field = argot_schema_find("event_severity");
    const struct argot_slot *slot = column(alert, "event_severity");
    if (!slot || slot->u64 >= argot_schema.fields[field].nvalues)
        return put_word(text, "-");
    const char *word = argot_schema.fields[field].values[slot->u64], *color = "";
    for (size_t i = 0; i < sizeof colors / sizeof *colors; i++)
        if (!strcmp(colors[i].word, word))
            color = colors[i].color;
    return put_colored(text, color, word);
}

/* A text of the rule, with values of logs in it: no quotes around it, as nothing follows on its line. */
static bool
put_message(struct text *text, const struct argot_alert *alert)
{
    const struct argot_slot *slot = column(alert, "message");
    return !slot || (put_word(text, "  ") &&
                     argot_line_text(&text->line.line, ARGOT_LINE_BARE, slot->text.at, slot->text.length));
}

static bool
put_column(struct text *text, const char *separator, uint16_t field, const struct argot_slot *slot)
{
    const struct argot_schema_field *row = &argot_schema.fields[field];
    return argot_text_value_key(&text->line, separator, "", (const uint8_t *)row->name, strlen(row->name)) &&
           argot_text_value_put(&text->line, (enum argot_type)row->type, field, slot);
}

static bool
put_member(struct text *text, const char *separator, const struct argot_extra *member)
{
    return argot_text_value_key(&text->line, separator, "extra.", member->key.at, member->key.length) &&
           argot_text_value_put(&text->line, (enum argot_type)member->type, ARGOT_NONE, &member->value);
}

/* ---- to whom ---- */

static const struct argot_extra *
member_of(const struct argot_alert *alert, const char *name)
{
    size_t length = strlen(name);
    for (uint32_t i = 0; i < alert->nextra; i++)
        if (alert->extra[i].key.length == length && !memcmp(alert->extra[i].key.at, name, length))
            return &alert->extra[i];
    return NULL;
}

static bool
put_keys(struct text *text, const struct argot_alert *alert)
{
    const struct argot_plan *plan = text->style->plan;
    const struct argot_plan_rule *rule = plan && alert->rule < plan->nrules ? &plan->rules[alert->rule] : NULL;
    const char *separator = INDENT;
    for (uint32_t i = 0; rule && i < rule->nkeys; i++) {
        const struct argot_plan_key *key = &rule->keys[i];
        const struct argot_slot *slot = key->field < 0 ? NULL : argot_alert_get(alert, (uint16_t)key->field);
        const struct argot_extra *member = key->field < 0 ? member_of(alert, key->name) : NULL;
        if (slot ? !put_column(text, separator, (uint16_t)key->field, slot)
                 : member && !put_member(text, separator, member))
            return false;
        separator = slot || member ? " " : separator;
    }
    return !strcmp(separator, INDENT) || put_word(text, "\n");
}

/* ---- how often ---- */

static bool
put_span(struct text *text, const struct argot_alert *alert)
{
    if (alert->count < 2 && alert->first_time == alert->last_time)
        return true;
    bool many = alert->count > 1;
    return put_word(text, INDENT) && (!many || (put_number(text, alert->count) && put_word(text, " events, "))) &&
           argot_text_value_time(&text->line, alert->first_time) && put_word(text, " to ") &&
           argot_text_value_time(&text->line, alert->last_time) && put_word(text, "\n");
}

static bool
put_techniques(struct text *text, const struct argot_alert *alert)
{
    const struct argot_slot *slot = column(alert, "threat_technique_id");
    if (!slot || !slot->list.count)
        return true;
    if (!put_word(text, INDENT "ATT&CK"))
        return false;
    for (uint32_t i = 0; i < slot->list.count; i++)
        if (!put_word(text, " ") ||
            !argot_text_value_text(&text->line, slot->list.items[i].text.at, slot->list.items[i].text.length))
            return false;
    return put_word(text, "\n");
}

static bool
put_collected(struct text *text, const struct argot_alert_values *values)
{
    const char *name = values->name ? values->name : argot_schema.fields[values->field].name;
    if (!put_word(text, INDENT) || !argot_text_value_color(&text->line, ARGOT_TEXT_DIM) ||
        !put_word(text, values->name ? "extra." : "") ||
        !argot_text_value_text(&text->line, (const uint8_t *)name, strlen(name)) || !put_word(text, ":") ||
        !argot_text_value_color(&text->line, ARGOT_TEXT_RESET))
        return false;
    for (uint32_t i = 0; i < values->count; i++) {
        const struct argot_extra *value = &values->values[i];
        if (!put_word(text, " ") ||
            !argot_text_value_put(&text->line, (enum argot_type)value->type, values->field, &value->value))
            return false;
    }
    return put_word(text, "\n");
}

/* ---- what shows it ---- */

static bool
put_indent(struct text *text, unsigned depth)
{
    bool good = put_word(text, INDENT);
    for (unsigned i = 0; i < depth && good; i++)
        good = put_word(text, DEEPER);
    return good;
}

/* A long line is cut between characters. */
static bool
put_raw(struct text *text, struct argot_slice raw)
{
    size_t length = raw.length;
    if (length > ARGOT_ALERT_TEXT_RAW_BYTES) {
        length = ARGOT_ALERT_TEXT_RAW_BYTES;
        while (length > 0 && (raw.at[length] & 0xc0) == 0x80)
            length--;
    }
    return argot_line_text(&text->line.line, ARGOT_LINE_BARE, raw.at, length) &&
           (length == raw.length || put_word(text, "…"));
}

static bool
put_event(struct text *text, const struct argot_cause *cause)
{
    uint32_t source = cause->identity.source;
    const char *path = source < text->style->npaths ? text->style->paths[source] : "";
    if (!put_name(text, ARGOT_TEXT_DIM, path) || !put_word(text, ":") || !put_number(text, cause->identity.record))
        return false;
    if (!cause->raw.at)
        return true;
    return put_word(text, "  ") && put_raw(text, cause->raw);
}

// NOLINTNEXTLINE(misc-no-recursion)
static bool
put_causes(struct text *text, const struct argot_alert *alert, unsigned depth)
{
    uint32_t shown = 0;
    for (; shown < alert->ncauses && text->causes && depth < ARGOT_ALERT_MAX_DEPTH; shown++) {
        const struct argot_cause *cause = &alert->causes[shown];
        text->causes--;
        if (!put_indent(text, depth) || !argot_text_value_time(&text->line, cause->time) || !put_word(text, "  ") ||
            !(cause->alert ? put_name(text, ARGOT_TEXT_BOLD, cause->alert->rule_name) : put_event(text, cause)) ||
            !put_word(text, "\n") || (cause->alert && !put_causes(text, cause->alert, depth + 1)))
            return false;
    }
    if (shown == alert->ncauses)
        return true;
    return put_indent(text, depth) && put_word(text, "and ") && put_number(text, alert->ncauses - shown) &&
           put_word(text, " more\n");
}

static bool
put_alert(struct text *text, const struct argot_alert *alert)
{
    if (!argot_text_value_time(&text->line, alert->time) || !put_word(text, "  ") || !put_severity(text, alert) ||
        !put_word(text, "  ") || !put_name(text, ARGOT_TEXT_BOLD, alert->rule_name) ||
        (text->style->replay && !put_word(text, " (replay)")) || !put_message(text, alert) || !put_word(text, "\n") ||
        !put_keys(text, alert) || !put_span(text, alert) || !put_techniques(text, alert))
        return false;
    for (uint32_t i = 0; i < alert->nvalues; i++)
        if (!put_collected(text, &alert->values[i]))
            return false;
    return put_causes(text, alert, 0);
}

size_t
argot_alert_text(const struct argot_alert *alert, const struct argot_alert_style *style, struct argot_buffer *out)
{
    struct text text = {.line = {.color = style->color}, .style = style, .causes = ARGOT_ALERT_MAX_CAUSES};
    argot_line_begin(&text.line.line, out);
    if (put_alert(&text, alert))
        argot_line_end(&text.line.line);
    return (size_t)text.line.line.replaced;
}

/* ---- on one line ---- */

static bool
put_columns(struct text *text, const struct argot_alert *alert)
{
    static const char *const left_out[] = {"event_time", "event_type", "rule_name", "message"};
    const char *separator = "";
    for (uint32_t i = 0; i < alert->nfields; i++) {
        const char *name = argot_schema.fields[alert->fields[i].field].name;
        bool wanted = true;
        for (size_t k = 0; k < sizeof left_out / sizeof *left_out; k++)
            wanted = wanted && strcmp(name, left_out[k]);
        if (!wanted)
            continue;
        if (!put_column(text, separator, alert->fields[i].field, &alert->fields[i].slot))
            return false;
        separator = " ";
    }
    for (uint32_t i = 0; i < alert->nextra; i++, separator = " ")
        if (!put_member(text, separator, &alert->extra[i]))
            return false;
    return true;
}

size_t
argot_alert_columns(const struct argot_alert *alert, struct argot_buffer *out)
{
    struct text text = {0};
    argot_line_begin(&text.line.line, out);
    if (put_columns(&text, alert))
        argot_line_end(&text.line.line);
    return (size_t)text.line.line.replaced;
}
