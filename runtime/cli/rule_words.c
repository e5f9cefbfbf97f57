/* SPDX-License-Identifier: Apache-2.0
 * Severity and kind of a rule as lists and explanations show them. */
#include "cli/rule_words.h"
#include "cli/moment.h"

const char *
argot_rule_words_severity(const struct argot_plan_rule *rule)
{
    const struct argot_schema_field *field = &argot_schema.fields[argot_schema_find("event_severity")];
    return rule->severity < field->nvalues ? field->values[rule->severity] : "?";
}

void
argot_rule_words_kind(struct argot_buffer *out, const struct argot_plan_rule *rule)
{
    static const char *const windows[] = {
        [ARGOT_PLAN_WITHIN] = "within ",
        [ARGOT_PLAN_EVERY] = "every ",
        [ARGOT_PLAN_SESSION] = "session ",
        [ARGOT_PLAN_LEAK] = "leak ",
    };
    const char *word = "event";
    int64_t span_ns = 0;
    if (rule->kind == ARGOT_PLAN_WINDOW)
        word = windows[rule->window->kind], span_ns = rule->window->span_ns;
    else if (rule->kind == ARGOT_PLAN_ABSENT)
        word = "absent ", span_ns = rule->absent_ns;
    else if (rule->kind == ARGOT_PLAN_NEW)
        word = "new over ", span_ns = rule->fresh->over_ns;
    else if (rule->kind == ARGOT_PLAN_SEQUENCE)
        word = "sequence within ", span_ns = rule->sequence->within_ns;
    else if (rule->kind == ARGOT_PLAN_TOGETHER)
        word = "together within ", span_ns = rule->together->within_ns;
    argot_buffer_append_text(out, word);
    if (rule->kind != ARGOT_PLAN_EACH)
        argot_moment_write_span(out, span_ns);
}
