/* SPDX-License-Identifier: Apache-2.0
 * For programs: how far keys came, and what ended it. */
#include "cli/why_members.h"
#include "correlate/tuple.h"

/* ---- reasons ---- */

static const char *const reasons[ARGOT_WATCH_WHY_COUNT] = {
    [ARGOT_WATCH_NO_REASON] = "none",
    [ARGOT_WATCH_NEW] = "new",
    [ARGOT_WATCH_LEARNT] = "learnt",
    [ARGOT_WATCH_KNOWN] = "known",
    [ARGOT_WATCH_NO_TUPLE] = "null",
    [ARGOT_WATCH_NOTHING_WAITS] = "nothing_before",
    [ARGOT_WATCH_LATER_THAN_ALL] = "later_than_sequence",
    [ARGOT_WATCH_LATER_THAN_STEP] = "later_than_step",
    [ARGOT_WATCH_SPREAD] = "spread",
    [ARGOT_WATCH_NOT_HELD] = "not_held",
    [ARGOT_WATCH_LED] = "leading_without",
    [ARGOT_WATCH_GONE] = "partial_gone",
    [ARGOT_WATCH_BUSY] = "other_match_waits",
    [ARGOT_WATCH_KILLED] = "killed",
    [ARGOT_WATCH_UNTIL] = "until",
    [ARGOT_WATCH_REPLACED] = "replaced",
    [ARGOT_WATCH_MATCHED] = "match",
    [ARGOT_WATCH_GIVEN_UP] = "given_up",
};

static void
put_reasons(struct argot_why_members *members, const char *name, const uint64_t *counts, size_t count)
{
    argot_why_members_key(members, name);
    argot_why_members_open(members, '{');
    for (size_t i = 0; i < count; i++)
        if (counts[i])
            argot_why_members_count(members, reasons[i], counts[i]);
    argot_why_members_close(members, '}');
}

void
argot_why_json_steps(struct argot_why_members *members)
{
    const struct argot_why *why = members->why;
    const struct argot_plan_sequence *sequence = why->rule->sequence;
    for (uint32_t i = 0; sequence && i < sequence->nstages; i++) {
        argot_why_members_begin(members, "step");
        argot_why_members_count(members, "step", i + 1);
        argot_why_members_count(members, "events", sequence->stages[i].count);
        argot_why_members_count(members, "passed", why->stages[i].passed);
        put_reasons(members, "in_vain", why->stages[i].stopped, ARGOT_WATCH_WHY_COUNT);
        put_reasons(members, "ended", why->stages[i].ended, ARGOT_WATCH_WHY_COUNT);
        argot_why_members_end(members);
    }
}

/* ---- of the kinds ---- */

static void
put_moment(struct argot_why_members *members, const char *name, const struct argot_why_moment *moment)
{
    argot_why_members_key(members, name);
    argot_why_members_open(members, '{');
    argot_why_members_moment(members, moment);
    argot_why_members_close(members, '}');
}

static void
put_value(struct argot_why_members *members, const char *name, const struct argot_datum *value,
          const struct argot_why_moment *moment)
{
    argot_why_members_key(members, name);
    argot_why_members_open(members, '{');
    argot_why_members_key(members, "value");
    argot_why_label_json(value, members->out);
    argot_why_members_moment(members, moment);
    argot_why_members_close(members, '}');
}

static void
put_range(struct argot_why_members *members, const struct argot_why_range *range, uint32_t number)
{
    const struct argot_plan_window *window = members->why->rule->window;
    argot_why_members_key(members, NULL);
    argot_why_members_open(members, '{');
    argot_why_label_aggregate(members->why, number, &members->label);
    argot_why_members_label(members, "text");
    if (window->bounded)
        argot_why_members_count(members, "asked", window->aggregates[number].least);
    if (range->any) {
        put_value(members, "least", &range->least, &range->least_at);
        put_value(members, "greatest", &range->greatest, &range->greatest_at);
    }
    argot_why_members_close(members, '}');
}

static void
put_window(struct argot_why_members *members, struct argot_why_key *key)
{
    const struct argot_plan_window *window = members->why->rule->window;
    if (window->kind == ARGOT_PLAN_LEAK) {
        argot_why_members_key(members, "level");
        argot_buffer_printf(members->out, "%.3f", (double)key->level_ns / (double)window->span_ns);
        argot_why_members_count(members, "capacity", window->capacity);
        argot_why_members_flag(members, "exceeds", window->exceeds);
        put_moment(members, "reached_at", &key->reached_at);
        return;
    }
    argot_why_members_count(members, "judged", key->judged);
    argot_why_members_key(members, "aggregates");
    argot_why_members_open(members, '[');
    for (uint32_t i = 0; i < window->naggregates; i++)
        put_range(members, &argot_why_ranges(key)[i], i);
    argot_why_members_close(members, ']');
}

static void
put_counting(struct argot_why_members *members, const struct argot_why_key *key, const struct argot_plan_stage *stages)
{
    argot_why_members_key(members, "counting");
    argot_why_members_open(members, '{');
    argot_why_members_count(members, "step", key->counting_for + 1);
    argot_why_members_count(members, "events", key->counting);
    argot_why_members_count(members, "asked", stages[key->counting_for].count);
    argot_why_members_moment(members, &key->counting_at);
    argot_why_members_close(members, '}');
}

static void
put_sequence(struct argot_why_members *members, struct argot_why_key *key)
{
    const struct argot_plan_sequence *sequence = members->why->rule->sequence;
    const struct argot_why_partial *partial = &key->partial;
    uint32_t passed = partial->any ? partial->stage + 1 : 0;
    argot_why_members_count(members, "asked", sequence->nstages);
    argot_why_members_key(members, "passed");
    argot_why_members_open(members, '[');
    for (uint32_t i = 0; i < passed; i++) {
        const struct argot_watch_step *step = &argot_why_steps(key)[i];
        const struct argot_why_moment moment = {step->time, step->identity, true};
        put_moment(members, NULL, &moment);
    }
    argot_why_members_close(members, ']');
    if (key->counting && key->counting_for == passed && passed < sequence->nstages)
        put_counting(members, key, sequence->stages);
    argot_why_members_count(members, "in_vain", partial->nstopped);
    if (partial->nstopped) {
        argot_why_members_text(members, "in_vain_why", reasons[partial->stopped]);
        put_moment(members, "in_vain_at", &partial->stopped_at);
    }
    if (partial->ended) {
        argot_why_members_text(members, "ended", reasons[partial->ended]);
        put_moment(members, "ended_at", &partial->ended_at);
    }
    if (partial->ended_by)
        argot_why_members_count(members, "ended_by_line", partial->ended_by->place.span.line);
}

static void
put_together(struct argot_why_members *members, const struct argot_why_key *key)
{
    const struct argot_plan_together *together = members->why->rule->together;
    argot_why_members_count(members, "asked", together->quorum);
    argot_why_members_key(members, "members");
    argot_why_members_open(members, '[');
    for (uint32_t i = 0; i < together->nmembers; i++)
        if (key->members >> i & 1)
            argot_why_members_count(members, NULL, i + 1);
    argot_why_members_close(members, ']');
    put_moment(members, "reached_at", &key->reached_at);
    if (key->counting)
        put_counting(members, key, together->members);
}

static void
put_kind(struct argot_why_members *members, struct argot_why_key *key)
{
    const struct argot_plan_rule *rule = members->why->rule;
    if (rule->window) {
        put_window(members, key);
    } else if (rule->kind == ARGOT_PLAN_ABSENT) {
        argot_why_members_key(members, "longest_silence");
        argot_why_members_span(members, key->gap_ns);
        argot_why_members_time(members, "silent_from", key->gap_ns ? key->gap_from : INT64_MIN);
    } else if (rule->fresh) {
        put_reasons(members, "tuples", key->seen, sizeof key->seen / sizeof *key->seen);
    } else if (rule->sequence) {
        put_sequence(members, key);
    } else if (rule->together) {
        put_together(members, key);
    }
}

/* ---- a key ---- */

static void
put_key(struct argot_why_members *members, const struct argot_why_key *key)
{
    const struct argot_plan_rule *rule = members->why->rule;
    const uint8_t *at = argot_table_key(&members->why->keys, &key->keyed);
    struct argot_arena texts;
    argot_arena_init(&texts, members->why->seam, 0);
    argot_why_members_key(members, "key");
    argot_why_members_open(members, '{');
    for (uint32_t i = 0; i < rule->nkeys; i++) {
        struct argot_datum value;
        if (!argot_tuple_get(&at, rule->keys[i].type, rule->keys[i].enum_field, &texts, &value)) {
            members->out->failed = true;
            break;
        }
        argot_why_members_key(members, rule->keys[i].name);
        argot_why_label_json(&value, members->out);
    }
    argot_why_members_close(members, '}');
    argot_arena_finish(&texts);
}

void
argot_why_json_key(struct argot_why_members *members, struct argot_why_key *key)
{
    argot_why_members_begin(members, "key");
    put_key(members, key);
    argot_why_members_count(members, "counted", key->counted);
    if (key->counted) {
        put_moment(members, "first", &key->first);
        put_moment(members, "last", &key->last);
    }
    argot_why_members_count(members, "alerts", key->alerts);
    argot_why_members_count(members, "hits", key->hits);
    argot_why_members_count(members, "until", key->cleared);
    argot_why_members_count(members, "evicted", key->evicted);
    put_kind(members, key);
    if (key->pending)
        argot_why_members_time(members, "pending_until", key->pending_until);
    argot_why_members_end(members);
}
