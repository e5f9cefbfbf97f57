/* SPDX-License-Identifier: Apache-2.0
 * What became of rules: how often each fired, and everything that kept one from seeing an event, since nothing of that
 * may pass in silence. */
#include "cli/say.h"
#include "cli/summary.h"
#include "output/json.h"
#include <stddef.h>

#define NAMED 6 /* rules that are named behind a count */

/* A count that each rule has. `of`: where it stands in struct argot_engine_rule_counts. */
struct told {
    size_t of;
    const char *one, *many;
};

static uint64_t
count_of(const struct argot_summary *summary, const struct told *told, uint32_t rule)
{
    uint64_t count;
    memcpy(&count, (const char *)&summary->detect->rules[rule] + told->of, sizeof count);
    return count;
}

static uint64_t
sum_of(const struct argot_summary *summary, const struct told *told)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < summary->detect->nrules; i++)
        sum += count_of(summary, told, i);
    return sum;
}

/* The rule with the next smaller count, the first by name among equals; -1: none has one. */
static int64_t
next_rule(const struct argot_summary *summary, const struct told *told, int64_t before)
{
    int64_t best = -1;
    uint64_t limit = before < 0 ? UINT64_MAX : count_of(summary, told, (uint32_t)before), most = 0;
    for (uint32_t i = 0; i < summary->detect->nrules; i++) {
        uint64_t count = count_of(summary, told, i);
        bool behind = before < 0 || count < limit || (count == limit && (int64_t)i > before);
        if (behind && count > most) {
            most = count;
            best = (int64_t)i;
        }
    }
    return best;
}

/* "7 late events: 5 rule_a, 2 rule_b"; at most `named` of the rules. */
static void
tell(const struct argot_summary *summary, const struct told *told, uint64_t total, uint32_t named,
     struct argot_buffer *out)
{
    const struct argot_plan_rule *rules = summary->plan->rules;
    argot_say_count(out, total, told->one, told->many);
    uint32_t shown = 0, others = 0;
    for (uint32_t i = 0; i < summary->detect->nrules; i++)
        others += count_of(summary, told, i) > 0;
    for (int64_t rule = -1; shown < named && (rule = next_rule(summary, told, rule)) >= 0; shown++) {
        argot_buffer_printf(out, "%s%llu ", shown ? ", " : ": ",
                            (unsigned long long)count_of(summary, told, (uint32_t)rule));
        argot_say_escape(out, rules[rule].name, strlen(rules[rule].name));
    }
    if (others > shown)
        argot_buffer_printf(out, ", and %u more rules", others - shown);
    argot_buffer_append_byte(out, '\n');
}

#define OF(member) offsetof(struct argot_engine_rule_counts, member)

/* Of the engine as a whole, each a line when there are any. */
static void
tell_engine(const struct argot_summary *summary, struct argot_buffer *out)
{
    const struct argot_engine_counts *engine = &summary->detect->engine;
    const struct {
        uint64_t count;
        const char *one, *many, *rest;
    } rows[] = {
        {engine->silent_alerts, "alert of silent rules", "alerts of silent rules", ""},
        {engine->strays, "event with a time far from those around it", "events with a time far from those around them",
         ", kept from rules with state"},
        {engine->hurried, "event taken before its time", "events taken before their time",
         ", since too many waited for order"},
        {summary->detect->warmed, "stored event", "stored events",
         " went through the rules again, so that they know what was before; what rules count is of both"},
        {summary->detect->forgotten, "older stored event", "older stored events", " did not"},
        {summary->detect->cold, "stored event", "stored events", " could not be read again for the rules"},
        {summary->detect->moved, "stored event has", "stored events have",
         " another time now than when it was stored; is the time zone as it was?"},
        {summary->detect->raw_lost, "raw line of a cause", "raw lines of causes", " could not be had any more"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!rows[i].count)
            continue;
        argot_say_count(out, rows[i].count, rows[i].one, rows[i].many);
        argot_buffer_printf(out, "%s\n", rows[i].rest);
    }
}

void
argot_summary_detect_words(const struct argot_summary *summary, struct argot_buffer *out)
{
    static const struct told alerts = {OF(alerts), "alerts", "alerts"}; /* always the plural, as above */
    static const struct told late = {OF(late), "late event (--late D waits longer)",
                                     "late events (--late D waits longer)"};
    static const struct told odd[] = {
        {OF(null_keys), "event without the key of its rule", "events without the key of their rule"},
        {OF(evicted), "key given up at `limit`", "keys given up at `limit`"},
        {OF(dropped), "event dropped from its window at `limit … events`",
         "events dropped from their windows at `limit … events`"},
        {OF(pending), "timer or window left open at the end", "timers and windows left open at the end"},
    };
    tell(summary, &alerts, summary->detect->engine.alerts, UINT32_MAX, out);
    tell_engine(summary, out);
    if (summary->detect->engine.late)
        tell(summary, &late, summary->detect->engine.late, NAMED, out); /* one may be late for several rules */
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        uint64_t total = sum_of(summary, &odd[i]);
        if (total)
            tell(summary, &odd[i], total, NAMED, out);
    }
}

/* ---- JSON ---- */

static void
put_rule(const struct argot_summary *summary, uint32_t rule, struct argot_buffer *out)
{
    static const struct {
        const char *key;
        size_t of;
    } members[] = {
        {"taken", OF(taken)},         {"alerts", OF(alerts)},   {"hits", OF(hits)},
        {"null_keys", OF(null_keys)}, {"late", OF(late)},       {"evicted", OF(evicted)},
        {"dropped", OF(dropped)},     {"pending", OF(pending)}, {"keys", OF(keys)},
    };
    const char *name = summary->plan->rules[rule].name;
    argot_buffer_append_text(out, rule ? ",{\"rule\":" : "{\"rule\":");
    argot_json_string((const uint8_t *)name, strlen(name), out);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        struct told told = {members[i].of, NULL, NULL};
        argot_buffer_printf(out, ",\"%s\":%llu", members[i].key, (unsigned long long)count_of(summary, &told, rule));
    }
    argot_buffer_append_byte(out, '}');
}

void
argot_summary_detect_json(const struct argot_summary *summary, struct argot_buffer *out)
{
    const struct argot_engine_counts *engine = &summary->detect->engine;
    const struct {
        const char *key;
        uint64_t count;
    } members[] = {
        {"events", engine->events},
        {"alerts", engine->alerts},
        {"silent_alerts", engine->silent_alerts},
        {"late", engine->late},
        {"strays", engine->strays},
        {"waiting", engine->waiting},
        {"hurried", engine->hurried},
        {"judged", engine->judged},
        {"raw_lines_lost", summary->detect->raw_lost},
        {"warmed", summary->detect->warmed},
        {"cold", summary->detect->cold},
        {"forgotten", summary->detect->forgotten},
    };
    argot_buffer_append_text(out, ",\"detection\":{");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        argot_buffer_printf(out, "%s\"%s\":%llu", i ? "," : "", members[i].key, (unsigned long long)members[i].count);
    argot_buffer_append_text(out, ",\"rules\":[");
    for (uint32_t i = 0; i < summary->detect->nrules; i++)
        put_rule(summary, i, out);
    argot_buffer_append_text(out, "]}");
}
