/* SPDX-License-Identifier: Apache-2.0
 * For people: the rule, what came, what each part of its conditions said of it, what was kept out, and the alerts. */
#include "cli/rule_words.h"
#include "cli/say.h"
#include "cli/why_words.h"

#define TYPES_NAMED 5u
#define FORMATS_NAMED 8u
#define BELOW_TOLD 50u

/* ---- the rule, and what was read ---- */

static bool
feeds(const struct argot_why_told *told)
{
    const struct argot_rule_facts *facts = &told->facts[told->why->watch.rule];
    const char *inner = told->format ? strrchr(told->format, '+') : NULL;
    inner = inner ? inner + 1 : told->format;
    for (size_t i = 0; inner && i < argot_registry_count(told->registry); i++)
        if (!strcmp(argot_registry_at(told->registry, i)->name, inner))
            return facts->formats[i];
    return true;
}

static void
put_head(struct argot_why_words *words)
{
    const struct argot_plan_rule *rule = words->why->rule;
    const struct argot_rule_facts *facts = &words->told->facts[words->why->watch.rule];
    argot_why_words_name(words, rule->name);
    argot_why_words_say(words, "  %s  ", argot_rule_words_severity(rule));
    argot_rule_words_kind(words->out, rule);
    argot_why_words_say(words, "  ");
    argot_why_words_place(words, &rule->place);
    argot_why_words_say(words, "\n");
    if (facts->why) {
        argot_why_words_say(words, "it cannot fire with the formats at hand: ");
        argot_say_escape(words->out, facts->why, strlen(facts->why));
        argot_why_words_say(words, "\n");
    } else if (!rule->nbelow && !feeds(words->told)) {
        argot_why_words_say(words, "the format %s gives no event that it takes\n", words->told->format);
    }
}

/* The type with the next smaller count, the first in the schema among equals; -1: there is none. */
static int
next_type(const struct argot_why *why, int before)
{
    uint64_t limit = before < 0 ? UINT64_MAX : why->types[before], most = 0;
    int best = -1;
    for (int i = 0; i < argot_schema.fields[why->event_type].nvalues; i++) {
        uint64_t count = why->types[i];
        if ((count < limit || (count == limit && i > before)) && count > most) {
            most = count;
            best = i;
        }
    }
    return best;
}

static void
put_types(struct argot_why_words *words)
{
    const struct argot_why *why = words->why;
    const char *const *names = argot_schema.fields[why->event_type].values;
    unsigned shown = 0;
    int type = next_type(why, -1);
    for (; type >= 0 && shown < TYPES_NAMED; type = next_type(why, type))
        argot_why_words_say(words, "%s%llu %s", shown++ ? ", " : "  ", (unsigned long long)why->types[type],
                            names[type]);
    argot_why_words_say(words, "%s%s", type >= 0 ? ", and others" : "", shown ? "\n" : "");
}

/* Nothing came that it could have taken. */
static void
put_feeders(struct argot_why_words *words)
{
    const struct argot_why_told *told = words->told;
    const struct argot_rule_facts *facts = &told->facts[words->why->watch.rule];
    unsigned shown = 0;
    for (uint32_t i = 0; i < words->why->nconditions; i++)
        if (words->why->conditions[i].came)
            return;
    for (size_t i = 0; i < argot_registry_count(told->registry); i++) {
        if (!facts->formats[i] || shown++ >= FORMATS_NAMED)
            continue;
        argot_why_words_say(words, "%s%s", shown == 1 ? "  nothing it could take; such events come from " : ", ",
                            argot_registry_at(told->registry, i)->name);
    }
    if (shown > FORMATS_NAMED)
        argot_why_words_say(words, ", and %u formats more", shown - FORMATS_NAMED);
    argot_why_words_say(words, shown ? "\n" : "");
}

static void
put_input(struct argot_why_words *words)
{
    const struct argot_counts *total = &words->told->result->parse.total;
    argot_why_words_count(words, total->records, "line", "lines");
    argot_why_words_say(words, ": ");
    argot_why_words_count(words, total->events, "event", "events");
    if (total->letters) {
        argot_why_words_say(words, ", ");
        argot_why_words_count(words, total->letters, "line that became no event (argot explain shows why)",
                              "lines that became no event (argot explain shows why)");
    }
    argot_why_words_say(words, "\n");
    put_types(words);
    put_feeders(words);
}

/* ---- conditions ---- */

static void
put_failed(struct argot_why_words *words, const struct argot_why_condition *condition,
           const struct argot_why_failed *failed)
{
    argot_why_words_say(words, "      not held: ");
    argot_why_label_part(words->why, &condition->trace.nodes[failed->node], &words->label);
    argot_why_words_label(words);
    for (uint32_t k = 0; k < failed->nvalues; k++) {
        const struct argot_why_value *value = &failed->values[k];
        argot_why_words_say(words, k ? ", " : "; ");
        argot_why_label_value(words->why, value->expr, &words->label);
        argot_why_words_label(words);
        argot_why_words_say(words, value->null ? " is null" : " is ");
        if (!value->null)
            argot_why_words_cut(words, &value->text);
    }
    argot_why_words_say(words, "\n");
}

static void
put_line(struct argot_why_words *words, const struct argot_why_example *example)
{
    argot_why_words_say(words, "    ");
    argot_why_words_record(words, &example->moment);
    argot_why_words_say(words, "  ");
    if (example->line.at)
        argot_why_words_cut(words, &example->line);
    else
        argot_why_words_time(words, example->moment.time);
    argot_why_words_say(words, "\n");
}

static void
put_example(struct argot_why_words *words, const struct argot_why_condition *condition,
            const struct argot_why_example *example)
{
    put_line(words, example);
    for (uint32_t i = 0; i < example->nfailed && i < ARGOT_WHY_FAILED; i++)
        put_failed(words, condition, &example->failed[i]);
    if (example->nfailed > ARGOT_WHY_FAILED)
        argot_why_words_say(words, "      and %u parts more\n", example->nfailed - ARGOT_WHY_FAILED);
}

static void
put_misses(struct argot_why_words *words, const struct argot_why_condition *condition)
{
    const struct argot_trace *trace = &condition->trace;
    if (condition->fewest == UINT32_MAX)
        return;
    if (condition->fewest == 1)
        argot_why_words_say(words, "  nearest misses, each for one part alone:\n");
    else
        argot_why_words_say(words, "  nearest misses, for %u parts at once:\n", condition->fewest);
    for (uint32_t i = 0; i < condition->nnearest; i++)
        put_example(words, condition, condition->nearest[i]);
    for (uint32_t i = 1; i < trace->count; i = trace->nodes[i].end)
        for (uint32_t k = 0; k < condition->nodes[i].nexamples; k++)
            put_example(words, condition, condition->nodes[i].examples[k]);
}

static void
put_condition(struct argot_why_words *words, const struct argot_why_condition *condition)
{
    const struct argot_plan_event *event = condition->event;
    bool alerts = event->nrules > 0, events = event->any_type || event->ntypes > 0;
    argot_why_words_say(words, "\n%s ", condition->role);
    argot_why_words_source(words, &event->place);
    argot_why_words_say(words, "  ");
    argot_why_words_place(words, &event->place);
    argot_why_words_say(words, "\n  ");
    if (alerts && events)
        argot_why_words_count(words, condition->came, "event or alert of its kind", "events and alerts of its kinds");
    else if (alerts)
        argot_why_words_count(words, condition->came, "alert of its rules", "alerts of its rules");
    else
        argot_why_words_count(words, condition->came, "event of its types", "events of its types");
    if (event->reads_stages)
        argot_why_words_say(words, ", judged %llu times over partials that waited, %llu taken\n",
                            (unsigned long long)condition->judged, (unsigned long long)condition->held);
    else
        argot_why_words_say(words, ", %llu taken\n", (unsigned long long)condition->held);
    if (!condition->judged || (condition->trace.count == 2 && condition->held == condition->judged))
        return; /* nothing to tell apart */
    argot_why_words_table(words, &condition->trace, condition->nodes, condition->judged);
    if (!condition->negative)
        put_misses(words, condition);
}

/* ---- what was kept out ---- */

static void
put_row(struct argot_why_words *words, uint64_t count, const char *one, const char *many, const char *rest)
{
    if (!count)
        return;
    argot_why_words_say(words, "  ");
    argot_why_words_count(words, count, one, many);
    argot_why_words_say(words, "%s\n", rest);
}

/* Late and stray events, and the first of them. */
static void
put_lost(struct argot_why_words *words)
{
    const struct argot_why *why = words->why;
    const struct argot_why_example *lost = NULL;
    for (uint32_t i = 0; i < why->nconditions && !lost; i++)
        lost = why->conditions[i].lost;
    put_row(words, why->strays, "event", "events", " kept out by a time far from those around it");
    if (why->late) {
        argot_why_words_say(words, "  ");
        argot_why_words_count(words, why->late, "event came too late", "events came too late");
        argot_why_words_say(words, ": --late ");
        argot_why_words_span(words, argot_why_late(words->told));
        argot_why_words_say(words, " takes all of them\n");
    }
    if (lost)
        put_line(words, lost);
}

static void
put_counters(struct argot_why_words *words)
{
    const struct argot_why *why = words->why;
    const struct argot_engine_rule_counts *counts = &words->told->result->rules[why->watch.rule];
    argot_why_words_say(words, "\n");
    argot_why_words_count(words, why->counted, "event counted", "events counted");
    if (why->rule->nkeys && !why->wanted) {
        argot_why_words_say(words, ", of ");
        argot_why_words_count(words, why->nkeys, "key", "keys");
    }
    argot_why_words_say(words, "\n");
    put_lost(words);
    put_row(words, counts->null_keys, "event", "events", " kept out by a null in the key");
    put_row(words, words->told->result->engine.hurried, "event", "events",
            " taken before their time, since too many waited for order");
    put_row(words, counts->evicted, "key", "keys", " given up at `limit`, and what they had with them");
    put_row(words, counts->dropped, "event", "events", " dropped from windows at `limit … events`");
    put_row(words, counts->pending, "timer or window", "timers and windows", " left open when the input ended");
}

/* ---- alerts ---- */

static void
put_alerts(struct argot_why_words *words)
{
    const struct argot_why *why = words->why;
    argot_why_words_say(words, "\n");
    if (why->fired)
        argot_why_words_count(words, why->fired, "alert", "alerts");
    else
        argot_why_words_say(words, "no alert");
    if (why->hits) {
        argot_why_words_say(words, ", and ");
        argot_why_words_count(words, why->hits, "hit of one that was open", "hits of alerts that were open");
    }
    argot_why_words_say(words, "\n");
    for (uint32_t i = 0; i < why->nalerts; i++) {
        argot_why_words_say(words, "  ");
        argot_why_words_time(words, why->alerts[i].time);
        argot_why_words_say(words, "  ");
        argot_why_words_record(words, &why->alerts[i].moment);
        argot_why_words_say(words, "  ");
        argot_why_words_cut(words, &why->alerts[i].message);
        argot_why_words_say(words, "\n");
    }
    if (why->fired > why->nalerts)
        argot_why_words_say(words, "  and %llu more\n", (unsigned long long)(why->fired - why->nalerts));
}

/* ---- the rules below ---- */

static void
put_below_one(struct argot_why_words *words, uint32_t number)
{
    const struct argot_engine_rule_counts *counts = &words->told->result->rules[number];
    const struct argot_rule_facts *facts = &words->told->facts[number];
    argot_why_words_say(words, "  ");
    argot_why_words_name(words, words->why->plan->rules[number].name);
    argot_why_words_say(words, ": %llu counted, %llu alerts, %llu hits", (unsigned long long)counts->taken,
                        (unsigned long long)counts->alerts, (unsigned long long)counts->hits);
    if (counts->null_keys)
        argot_why_words_say(words, ", %llu without its key", (unsigned long long)counts->null_keys);
    if (counts->late)
        argot_why_words_say(words, ", %llu late", (unsigned long long)counts->late);
    if (facts->why) {
        argot_why_words_say(words, "; it cannot fire: ");
        argot_say_escape(words->out, facts->why, strlen(facts->why));
    }
    argot_why_words_say(words, "\n");
}

/* All that its alerts come from, those nearest first. */
static void
put_below(struct argot_why_words *words)
{
    const struct argot_plan_rule *rule = words->why->rule;
    if (!rule->nbelow)
        return;
    argot_why_words_say(words, "\nrules whose alerts it takes (argot explain of one goes on)\n");
    for (uint32_t i = 0; i < rule->nbelow && i < BELOW_TOLD; i++)
        put_below_one(words, rule->below[i]);
    if (rule->nbelow > BELOW_TOLD)
        argot_why_words_say(words, "  and %u more\n", rule->nbelow - BELOW_TOLD);
}

void
argot_why_text(const struct argot_why_told *told, struct argot_buffer *out)
{
    struct argot_why_words words = {.told = told, .why = told->why, .out = out};
    argot_buffer_init(&words.label, told->why->seam);
    put_head(&words);
    put_input(&words);
    for (uint32_t i = 0; i < told->why->nconditions; i++)
        put_condition(&words, &told->why->conditions[i]);
    argot_why_text_when(&words);
    argot_why_text_steps(&words);
    put_counters(&words);
    put_alerts(&words);
    argot_why_text_keys(&words);
    put_below(&words);
    out->failed = out->failed || words.label.failed;
    argot_buffer_finish(&words.label);
}
