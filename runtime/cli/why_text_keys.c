/* SPDX-License-Identifier: Apache-2.0
 * For people: how far keys came, and what ended it. */
#include "cli/why_words.h"
#include "correlate/tuple.h"

/* ---- what is asked, of all keys ---- */

void
argot_why_text_when(struct argot_why_words *words)
{
    const struct argot_why *why = words->why;
    const struct argot_plan_window *window = why->rule->window;
    if (!window)
        return;
    const struct argot_plan_place place = {window->condition->file, window->condition->span};
    argot_why_words_say(words, "\nwhen ");
    argot_why_words_source(words, &place);
    argot_why_words_say(words, "  ");
    argot_why_words_place(words, &place);
    argot_why_words_say(words, "\n");
    if (!why->when_judged)
        return;
    argot_why_words_say(words, "  judged ");
    argot_why_words_count(words, why->when_judged, "time, held ", "times, held ");
    argot_why_words_count(words, why->when_held, "time\n", "times\n");
    argot_why_words_table(words, &why->when, why->when_nodes, why->when_judged);
}

static const char *const stopped_words[ARGOT_WATCH_WHY_COUNT] = {
    [ARGOT_WATCH_NOTHING_WAITS] = "with nothing before them",
    [ARGOT_WATCH_LATER_THAN_ALL] = "later than the `within` of the sequence",
    [ARGOT_WATCH_LATER_THAN_STEP] = "later than the `within` of the step",
    [ARGOT_WATCH_SPREAD] = "without enough before them within the span of the step",
    [ARGOT_WATCH_NOT_HELD] = "for which the condition did not hold beside what came before",
    [ARGOT_WATCH_LED] = "too soon behind a leading `without`",
    [ARGOT_WATCH_GONE] = "behind a partial that has gone",
    [ARGOT_WATCH_BUSY] = "while another match waited for `then no`",
};
static const char *const ended_words[ARGOT_WATCH_WHY_COUNT] = {
    [ARGOT_WATCH_KILLED] = "killed by what must not come", [ARGOT_WATCH_UNTIL] = "cleared by `until`",
    [ARGOT_WATCH_REPLACED] = "replaced by a newer one",    [ARGOT_WATCH_MATCHED] = "cleared by a complete match",
    [ARGOT_WATCH_GIVEN_UP] = "given up with the key",
};

/* "; 2 later than …, 1 with …" */
static void
put_reasons(struct argot_why_words *words, const char *begin, const uint64_t *counts, const char *const *reasons)
{
    const char *separator = begin;
    for (unsigned i = 0; i < ARGOT_WATCH_WHY_COUNT; i++) {
        if (!counts[i] || !reasons[i])
            continue;
        argot_why_words_say(words, "%s%llu %s", separator, (unsigned long long)counts[i], reasons[i]);
        separator = ", ";
    }
    argot_why_words_say(words, "%s", separator == begin ? "" : "\n");
}

void
argot_why_text_steps(struct argot_why_words *words)
{
    const struct argot_why *why = words->why;
    const struct argot_plan_sequence *sequence = why->rule->sequence;
    if (!sequence)
        return;
    argot_why_words_say(words, "\nsteps within ");
    argot_why_words_span(words, sequence->within_ns);
    argot_why_words_say(words, "\n");
    for (uint32_t i = 0; i < sequence->nstages; i++) {
        const struct argot_why_stage *stage = &why->stages[i];
        argot_why_words_say(words, "  %u  ", i + 1);
        if (sequence->stages[i].count > 1)
            argot_why_words_say(words, "%u * ", sequence->stages[i].count);
        argot_why_words_source(words, &sequence->stages[i].event.place);
        argot_why_words_say(words, sequence->stages[i].within_ns ? " within " : "");
        if (sequence->stages[i].within_ns)
            argot_why_words_span(words, sequence->stages[i].within_ns);
        argot_why_words_say(words, ": passed ");
        argot_why_words_count(words, stage->passed, "time\n", "times\n");
        put_reasons(words, "     in vain: ", stage->stopped, stopped_words);
        put_reasons(words, "     of those that passed it: ", stage->ended, ended_words);
    }
}

/* ---- a key of a window ---- */

static void
put_range(struct argot_why_words *words, const struct argot_why_range *range, uint32_t number)
{
    const struct argot_plan_window *window = words->why->rule->window;
    argot_why_words_say(words, "      ");
    bool less = argot_why_label_aggregate(words->why, number, &words->label);
    argot_why_words_label(words);
    if (!range->any) {
        argot_why_words_say(words, " was null\n");
        return;
    }
    argot_why_words_say(words, less ? " came down to " : " reached ");
    argot_why_label_datum(less ? &range->least : &range->greatest, &words->label);
    argot_why_words_value(words);
    if (window->bounded)
        argot_why_words_say(words, " of %llu", (unsigned long long)window->aggregates[number].least);
    argot_why_words_say(words, " at ");
    argot_why_words_moment(words, less ? &range->least_at : &range->greatest_at);
    argot_why_words_say(words, "\n");
}

static void
put_window(struct argot_why_words *words, struct argot_why_key *key)
{
    const struct argot_plan_window *window = words->why->rule->window;
    if (window->kind == ARGOT_PLAN_LEAK) {
        argot_why_words_say(words, "      the level reached %.2f of %s%llu at ",
                            (double)key->level_ns / (double)window->span_ns, window->exceeds ? "more than " : "",
                            (unsigned long long)window->capacity);
        argot_why_words_moment(words, &key->reached_at);
        argot_why_words_say(words, "\n");
        return;
    }
    for (uint32_t i = 0; i < window->naggregates && key->judged + key->pending; i++)
        put_range(words, &argot_why_ranges(key)[i], i);
    if (key->pending) {
        argot_why_words_say(words, "      its window was open when the input ended; due at ");
        argot_why_words_time(words, key->pending_until);
        argot_why_words_say(words, "\n");
    }
}

/* ---- a key of absent, of new ---- */

static void
put_absent(struct argot_why_words *words, const struct argot_why_key *key)
{
    argot_why_words_say(words, "      its longest silence was ");
    argot_why_words_span(words, key->gap_ns);
    argot_why_words_say(words, " of ");
    argot_why_words_span(words, words->why->rule->absent_ns);
    argot_why_words_say(words, ", from ");
    argot_why_words_time(words, key->gap_ns ? key->gap_from : key->last.time);
    argot_why_words_say(words, "\n");
    if (key->pending) {
        argot_why_words_say(words, "      silent when the input ended; due at ");
        argot_why_words_time(words, key->pending_until);
        argot_why_words_say(words, "\n");
    }
}

static void
put_new(struct argot_why_words *words, const struct argot_why_key *key)
{
    static const char *const reasons[ARGOT_WATCH_WHY_COUNT] = {
        [ARGOT_WATCH_NEW] = "were new",
        [ARGOT_WATCH_LEARNT] = "were new while it learnt",
        [ARGOT_WATCH_KNOWN] = "had been seen",
        [ARGOT_WATCH_NO_TUPLE] = "had a null",
    };
    uint64_t counts[ARGOT_WATCH_WHY_COUNT] = {0};
    memcpy(counts, key->seen, sizeof key->seen);
    put_reasons(words, "      of its tuples ", counts, reasons);
}

/* ---- a key of a sequence ---- */

static void
put_counting(struct argot_why_words *words, const struct argot_why_key *key, const struct argot_plan_stage *stages,
             const char *what)
{
    const struct argot_plan_stage *stage = &stages[key->counting_for];
    argot_why_words_say(words, "      of %s %u: %llu of %u within its span at ", what, key->counting_for + 1,
                        (unsigned long long)key->counting, stage->count);
    argot_why_words_moment(words, &key->counting_at);
    argot_why_words_say(words, "\n");
}

static void
put_end(struct argot_why_words *words, const struct argot_why_partial *partial)
{
    argot_why_words_say(words, "      ended at ");
    argot_why_words_moment(words, &partial->ended_at);
    if (partial->ended_by) {
        const struct argot_why_condition *by = argot_why_of(words->why, partial->ended_by);
        argot_why_words_say(words, ": %s ", by ? by->role : "");
        argot_why_words_source(words, &partial->ended_by->place);
        argot_why_words_say(words, " (");
        argot_why_words_place(words, &partial->ended_by->place);
        argot_why_words_say(words, ")\n");
        return;
    }
    bool complete = partial->stage + 1 == words->why->rule->sequence->nstages;
    argot_why_words_say(words, ": %s\n",
                        complete && partial->ended == ARGOT_WATCH_MATCHED
                            ? "a complete match, since nothing came that must not"
                            : ended_words[partial->ended]);
}

/* It was never ended: it waits to the end, or its time passed while nothing came. */
static void
put_open(struct argot_why_words *words, struct argot_why_key *key)
{
    const struct argot_why *why = words->why;
    const struct argot_plan_sequence *sequence = why->rule->sequence;
    argot_time first = argot_why_steps(key)[0].time;
    if (key->partial.stage + 1 == sequence->nstages && !sequence->then_no) {
        argot_why_words_say(words, "      that was a complete match");
    } else if (key->pending) {
        argot_why_words_say(words, "      `then no` was not decided when the input ended; due at ");
        argot_why_words_time(words, key->pending_until);
    } else if ((uint64_t)why->newest - (uint64_t)first > (uint64_t)sequence->within_ns) {
        argot_why_words_say(words, "      its time was over: no step %u within ", key->partial.stage + 2);
        argot_why_words_span(words, sequence->within_ns);
        argot_why_words_say(words, " of the first");
    } else {
        argot_why_words_say(words, "      step %u had not come when the input ended", key->partial.stage + 2);
    }
    argot_why_words_say(words, "\n");
}

static void
put_sequence(struct argot_why_words *words, struct argot_why_key *key)
{
    const struct argot_plan_sequence *sequence = words->why->rule->sequence;
    const struct argot_why_partial *partial = &key->partial;
    uint32_t passed = partial->any ? partial->stage + 1 : 0;
    for (uint32_t i = 0; i < passed; i++) {
        const struct argot_watch_step *step = &argot_why_steps(key)[i];
        const struct argot_why_moment moment = {step->time, step->identity, true};
        argot_why_words_say(words, "      step %u passed at ", i + 1);
        argot_why_words_moment(words, &moment);
        argot_why_words_say(words, "\n");
    }
    if (key->counting && key->counting_for == passed && passed < sequence->nstages)
        put_counting(words, key, sequence->stages, "step");
    if (partial->nstopped) {
        argot_why_words_say(words, "      step %u came ", passed + 1);
        argot_why_words_count(words, partial->nstopped, "time", "times");
        argot_why_words_say(words, " in vain, the last at ");
        argot_why_words_moment(words, &partial->stopped_at);
        argot_why_words_say(words, " %s\n", stopped_words[partial->stopped]);
    }
    if (partial->any && partial->ended)
        put_end(words, partial);
    else if (partial->any)
        put_open(words, key);
}

/* ---- a key of together ---- */

static void
put_together(struct argot_why_words *words, const struct argot_why_key *key)
{
    const struct argot_plan_together *together = words->why->rule->together;
    uint32_t count = 0;
    for (uint32_t i = 0; i < together->nmembers; i++)
        count += (uint32_t)(key->members >> i & 1);
    argot_why_words_say(words, "      %u of %u members at once at ", count, together->quorum);
    argot_why_words_moment(words, &key->reached_at);
    const char *separator = "; missing ";
    for (uint32_t i = 0; i < together->nmembers; i++) {
        if (key->members >> i & 1)
            continue;
        argot_why_words_say(words, together->members[i].name ? "%s%u (" : "%s%u", separator, i + 1);
        if (together->members[i].name) {
            argot_why_words_name(words, together->members[i].name);
            argot_why_words_say(words, ")");
        }
        separator = ", ";
    }
    argot_why_words_say(words, "\n");
    if (key->counting)
        put_counting(words, key, together->members, "member");
}

/* ---- a key ---- */

static void
put_name(struct argot_why_words *words, const struct argot_why_key *key)
{
    const struct argot_plan_rule *rule = words->why->rule;
    const uint8_t *at = argot_table_key(&words->why->keys, &key->keyed);
    struct argot_arena texts;
    argot_arena_init(&texts, words->why->seam, 0);
    argot_why_words_say(words, rule->nkeys ? "  " : "  all events");
    for (uint32_t i = 0; i < rule->nkeys; i++) {
        struct argot_datum value;
        if (!argot_tuple_get(&at, rule->keys[i].type, rule->keys[i].enum_field, &texts, &value)) {
            words->out->failed = true;
            break;
        }
        argot_why_words_say(words, i ? ", " : "");
        argot_why_words_name(words, rule->keys[i].name);
        argot_why_words_say(words, " ");
        argot_why_label_datum(&value, &words->label);
        argot_why_words_value(words);
    }
    argot_arena_finish(&texts);
}

static void
put_key(struct argot_why_words *words, struct argot_why_key *key)
{
    const struct argot_plan_rule *rule = words->why->rule;
    put_name(words, key);
    argot_why_words_say(words, ": ");
    argot_why_words_count(words, key->counted, "event", "events");
    if (key->counted) {
        argot_why_words_say(words, ", ");
        argot_why_words_moment(words, &key->first);
    }
    if (key->counted > 1) {
        argot_why_words_say(words, " to ");
        argot_why_words_moment(words, &key->last);
    }
    argot_why_words_say(words, key->alerts ? "; " : "");
    if (key->alerts)
        argot_why_words_count(words, key->alerts, "alert", "alerts");
    argot_why_words_say(words, key->hits ? "; " : "");
    if (key->hits)
        argot_why_words_count(words, key->hits, "hit of an open alert", "hits of open alerts");
    argot_why_words_say(words, "\n");
    if (rule->window)
        put_window(words, key);
    else if (rule->kind == ARGOT_PLAN_ABSENT)
        put_absent(words, key);
    else if (rule->fresh)
        put_new(words, key);
    else if (rule->sequence)
        put_sequence(words, key);
    else if (rule->together)
        put_together(words, key);
    if (key->cleared) {
        argot_why_words_say(words, "      begun anew ");
        argot_why_words_count(words, key->cleared, "time", "times");
        argot_why_words_say(words, " by `until`, the last at ");
        argot_why_words_moment(words, &key->cleared_at);
        argot_why_words_say(words, "\n");
    }
    if (key->evicted) {
        argot_why_words_say(words, "      given up ");
        argot_why_words_count(words, key->evicted, "time", "times");
        argot_why_words_say(words, " at `limit`\n");
    }
}

void
argot_why_text_keys(struct argot_why_words *words)
{
    const struct argot_why *why = words->why;
    if (!why->ntop) {
        argot_why_words_say(words, why->wanted ? "\nno event has this key\n" : "");
        return;
    }
    if (why->rule->kind == ARGOT_PLAN_EACH && !why->rule->stateful && !why->wanted)
        return;
    if (why->wanted || !why->rule->nkeys)
        argot_why_words_say(words, "\nhow far it came\n");
    else
        argot_why_words_say(words, "\nkeys that came furthest, %u of %llu\n", why->ntop,
                            (unsigned long long)why->nkeys);
    for (uint32_t i = 0; i < why->ntop; i++)
        put_key(words, why->top[i]);
}
