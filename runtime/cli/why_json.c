/* SPDX-License-Identifier: Apache-2.0
 * For programs: one JSON object a line, each saying with `about` what it is about. */
#include "cli/rule_words.h"
#include "cli/why_members.h"
#include "output/json.h"

/* ---- the rule, and what was read ---- */

static void
put_rule(struct argot_why_members *members)
{
    const struct argot_why_told *told = members->told;
    const struct argot_plan_rule *rule = members->why->rule;
    const struct argot_rule_facts *facts = &told->facts[members->why->watch.rule];
    argot_why_members_begin(members, "rule");
    argot_why_members_text(members, "rule", rule->name);
    argot_why_members_text(members, "severity", argot_rule_words_severity(rule));
    argot_why_members_key(members, "kind");
    argot_buffer_append_byte(members->out, '"');
    argot_rule_words_kind(members->out, rule);
    argot_buffer_append_byte(members->out, '"');
    argot_why_members_place(members, &rule->place);
    argot_why_members_flag(members, "can_fire", facts->can_fire);
    if (facts->why)
        argot_why_members_text(members, "why", facts->why);
    argot_why_members_key(members, "formats");
    argot_why_members_open(members, '[');
    for (size_t i = 0; i < argot_registry_count(told->registry); i++)
        if (facts->formats[i])
            argot_why_members_text(members, NULL, argot_registry_at(told->registry, i)->name);
    argot_why_members_close(members, ']');
    argot_why_members_end(members);
}

static void
put_input(struct argot_why_members *members)
{
    const struct argot_why *why = members->why;
    const struct argot_counts *total = &members->told->result->parse.total;
    const struct argot_schema_field *types = &argot_schema.fields[why->event_type];
    argot_why_members_begin(members, "input");
    argot_why_members_count(members, "lines", total->records);
    argot_why_members_count(members, "events", total->events);
    argot_why_members_count(members, "dead_letters", total->letters);
    argot_why_members_key(members, "types");
    argot_why_members_open(members, '{');
    for (uint16_t i = 0; i < types->nvalues; i++)
        if (why->types[i])
            argot_why_members_count(members, types->values[i], why->types[i]);
    argot_why_members_close(members, '}');
    argot_why_members_end(members);
}

/* ---- conditions ---- */

static void
put_part(struct argot_why_members *members, const struct argot_trace_node *node, const struct argot_why_node *counts)
{
    argot_why_members_key(members, NULL);
    argot_why_members_open(members, '{');
    argot_why_label_node(members->why, node, &members->label);
    argot_why_members_label(members, "text");
    argot_why_members_count(members, "depth", node->depth);
    argot_why_members_count(members, "true", counts->verdicts[ARGOT_TRACE_TRUE]);
    argot_why_members_count(members, "false", counts->verdicts[ARGOT_TRACE_FALSE]);
    argot_why_members_count(members, "null", counts->verdicts[ARGOT_TRACE_NULL]);
    if (node->depth == 1)
        argot_why_members_count(members, "alone", counts->alone);
    argot_why_members_close(members, '}');
}

static void
put_parts(struct argot_why_members *members, const struct argot_trace *trace, const struct argot_why_node *nodes)
{
    argot_why_members_key(members, "parts");
    argot_why_members_open(members, '[');
    for (uint32_t i = 1; i < trace->count; i++)
        put_part(members, &trace->nodes[i], &nodes[i]);
    argot_why_members_close(members, ']');
}

static void
put_failed(struct argot_why_members *members, const struct argot_why_condition *condition,
           const struct argot_why_failed *failed)
{
    argot_why_members_key(members, NULL);
    argot_why_members_open(members, '{');
    argot_why_members_count(members, "part", failed->node - 1);
    argot_why_label_part(members->why, &condition->trace.nodes[failed->node], &members->label);
    argot_why_members_label(members, "text");
    argot_why_members_key(members, "values");
    argot_why_members_open(members, '{');
    for (uint32_t i = 0; i < failed->nvalues; i++) {
        const struct argot_why_text *text = &failed->values[i].text;
        argot_why_label_value(members->why, failed->values[i].expr, &members->label);
        argot_why_members_label(members, NULL);
        argot_buffer_append_byte(members->out, ':');
        members->first = true;
        if (failed->values[i].null)
            argot_buffer_append_text(members->out, "null");
        else
            argot_json_string((const uint8_t *)(text->at ? text->at : ""), text->length, members->out);
        members->first = false;
    }
    argot_why_members_close(members, '}');
    argot_why_members_close(members, '}');
}

static void
put_example(struct argot_why_members *members, const struct argot_why_condition *condition,
            const struct argot_why_example *example)
{
    argot_why_members_open(members, '{');
    argot_why_members_moment(members, &example->moment);
    if (example->line.at) {
        argot_why_members_key(members, example->alert ? "alert" : "raw_line");
        argot_json_string((const uint8_t *)example->line.at, example->line.length, members->out);
        argot_why_members_flag(members, "cut", example->line.cut);
    }
    argot_why_members_count(members, "failed_parts", example->nfailed);
    argot_why_members_key(members, "failed");
    argot_why_members_open(members, '[');
    for (uint32_t i = 0; i < example->nfailed && i < ARGOT_WHY_FAILED; i++)
        put_failed(members, condition, &example->failed[i]);
    argot_why_members_close(members, ']');
    argot_why_members_close(members, '}');
}

static void
put_misses(struct argot_why_members *members, const struct argot_why_condition *condition)
{
    const struct argot_trace *trace = &condition->trace;
    argot_why_members_key(members, "nearest_misses");
    argot_why_members_open(members, '[');
    for (uint32_t i = 0; i < condition->nnearest; i++) {
        argot_why_members_key(members, NULL);
        put_example(members, condition, condition->nearest[i]);
    }
    for (uint32_t i = 1; i < trace->count; i = trace->nodes[i].end)
        for (uint32_t k = 0; k < condition->nodes[i].nexamples; k++) {
            argot_why_members_key(members, NULL);
            put_example(members, condition, condition->nodes[i].examples[k]);
        }
    argot_why_members_close(members, ']');
}

static void
put_condition(struct argot_why_members *members, const struct argot_why_condition *condition)
{
    const struct argot_plan_event *event = condition->event;
    argot_why_members_begin(members, "condition");
    argot_why_members_text(members, "role", condition->role);
    if (condition->number)
        argot_why_members_count(members, "step", condition->number);
    argot_why_label_source(members->why->plan, event->place.file, event->place.span, &members->label);
    argot_why_members_label(members, "text");
    argot_why_members_place(members, &event->place);
    argot_why_members_count(members, "came", condition->came);
    argot_why_members_count(members, "judged", condition->judged);
    argot_why_members_count(members, "taken", condition->held);
    argot_why_members_count(members, "counted", condition->counted);
    argot_why_members_count(members, "null_keys", condition->null_keys);
    argot_why_members_count(members, "late", condition->late);
    argot_why_members_count(members, "strays", condition->strays);
    put_parts(members, &condition->trace, condition->nodes);
    if (!condition->negative)
        put_misses(members, condition);
    if (condition->lost) {
        argot_why_members_key(members, "first_lost");
        put_example(members, condition, condition->lost);
    }
    argot_why_members_end(members);
}

static void
put_when(struct argot_why_members *members)
{
    const struct argot_why *why = members->why;
    const struct argot_plan_window *window = why->rule->window;
    if (!window)
        return;
    argot_why_members_begin(members, "when");
    argot_why_label_source(why->plan, window->condition->file, window->condition->span, &members->label);
    argot_why_members_label(members, "text");
    argot_why_members_count(members, "judged", why->when_judged);
    argot_why_members_count(members, "held", why->when_held);
    if (why->when.count)
        put_parts(members, &why->when, why->when_nodes);
    argot_why_members_end(members);
}

/* ---- counts, alerts, the rules below ---- */

static void
put_counts(struct argot_why_members *members)
{
    const struct argot_why *why = members->why;
    const struct argot_detect_result *result = members->told->result;
    const struct argot_engine_rule_counts *counts = &result->rules[why->watch.rule];
    argot_why_members_begin(members, "counts");
    argot_why_members_count(members, "counted", why->counted);
    argot_why_members_count(members, "keys", why->nkeys);
    argot_why_members_count(members, "late", why->late);
    argot_why_members_count(members, "strays", why->strays);
    argot_why_members_count(members, "null_keys", counts->null_keys);
    argot_why_members_count(members, "hurried", result->engine.hurried);
    argot_why_members_count(members, "evicted", counts->evicted);
    argot_why_members_count(members, "dropped", counts->dropped);
    argot_why_members_count(members, "pending", counts->pending);
    argot_why_members_count(members, "alerts", why->fired);
    argot_why_members_count(members, "hits", why->hits);
    if (why->late) {
        argot_why_members_key(members, "late_needed");
        argot_why_members_span(members, argot_why_late(members->told));
    }
    argot_why_members_end(members);
}

static void
put_alert(struct argot_why_members *members, const struct argot_why_alert *alert)
{
    argot_why_members_begin(members, "alert");
    argot_why_members_time(members, "time", alert->time);
    argot_why_members_key(members, "id");
    argot_buffer_append_byte(members->out, '"');
    for (size_t i = 0; i < sizeof alert->id; i++)
        argot_buffer_printf(members->out, "%02x", alert->id[i]);
    argot_buffer_append_byte(members->out, '"');
    argot_why_members_count(members, "count", alert->count);
    argot_why_members_key(members, "message");
    argot_json_string((const uint8_t *)(alert->message.at ? alert->message.at : ""), alert->message.length,
                      members->out);
    argot_why_members_flag(members, "cut", alert->message.cut);
    argot_why_members_key(members, "newest_cause");
    argot_why_members_open(members, '{');
    argot_why_members_moment(members, &alert->moment);
    argot_why_members_close(members, '}');
    argot_why_members_end(members);
}

static void
put_below(struct argot_why_members *members, uint32_t number)
{
    const struct argot_engine_rule_counts *counts = &members->told->result->rules[number];
    const struct argot_rule_facts *facts = &members->told->facts[number];
    argot_why_members_begin(members, "below");
    argot_why_members_text(members, "rule", members->why->plan->rules[number].name);
    argot_why_members_count(members, "counted", counts->taken);
    argot_why_members_count(members, "alerts", counts->alerts);
    argot_why_members_count(members, "hits", counts->hits);
    argot_why_members_count(members, "null_keys", counts->null_keys);
    argot_why_members_count(members, "late", counts->late);
    argot_why_members_flag(members, "can_fire", facts->can_fire);
    argot_why_members_end(members);
}

void
argot_why_json(const struct argot_why_told *told, struct argot_buffer *out)
{
    const struct argot_why *why = told->why;
    struct argot_why_members members = {.told = told, .why = why, .out = out, .first = true};
    argot_buffer_init(&members.label, why->seam);
    put_rule(&members);
    put_input(&members);
    for (uint32_t i = 0; i < why->nconditions; i++)
        put_condition(&members, &why->conditions[i]);
    put_when(&members);
    argot_why_json_steps(&members);
    put_counts(&members);
    for (uint32_t i = 0; i < why->nalerts; i++)
        put_alert(&members, &why->alerts[i]);
    for (uint32_t i = 0; i < why->ntop; i++)
        argot_why_json_key(&members, why->top[i]);
    for (uint32_t i = 0; i < why->rule->nbelow; i++)
        put_below(&members, why->rule->below[i]);
    out->failed = out->failed || members.label.failed;
    argot_buffer_finish(&members.label);
}
