/* SPDX-License-Identifier: Apache-2.0
 * How far keys came, for each kind of rule, and where they stopped. The score only puts keys in order: 1 is an alert.
 */
#include "cli/why.h"

#define NEARLY 0.99

static struct argot_why_moment
moment_of(const struct argot_watch_note *note)
{
    return (struct argot_why_moment){note->time, note->identity, note->at_hand};
}

static void
reach(struct argot_why_key *key, double score)
{
    key->score = score > key->score ? score : key->score;
}

/* Short of an alert, which alone makes it whole. */
static double
short_of(double score)
{
    return score < NEARLY ? score : NEARLY;
}

/* ---- windows ---- */

static double
number_of(const struct argot_datum *value)
{
    if (value->type == ARGOT_EXPR_REAL_TYPE)
        return value->slot.f64;
    return value->large ? (double)value->slot.u64 : (double)value->slot.i64;
}

static void
widen(struct argot_why_range *range, const struct argot_datum *value, const struct argot_watch_note *note)
{
    if (value->null)
        return;
    if (!range->any || number_of(value) < number_of(&range->least)) {
        range->least = *value;
        range->least_at = moment_of(note);
    }
    if (!range->any || number_of(value) > number_of(&range->greatest)) {
        range->greatest = *value;
        range->greatest_at = moment_of(note);
    }
    range->any = true;
}

/* How near a comparison of two numbers is, up to 1. */
static double
nearness(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    struct argot_datum left, right;
    if (expr->kind != ARGOT_EXPR_COMPARE || expr->compare < ARGOT_EXPR_LESS)
        return 0;
    argot_judge_value(judge, expr->args[0], scene, &left);
    argot_judge_value(judge, expr->args[1], scene, &right);
    if (left.null || right.null || left.list || right.list)
        return 0;
    bool up = expr->compare == ARGOT_EXPR_GREATER || expr->compare == ARGOT_EXPR_GREATER_EQUAL;
    double have = number_of(up ? &left : &right), need = number_of(up ? &right : &left);
    if (!(have > 0) || !(need > 0))
        return 0;
    return have < need ? have / need : 1;
}

/* From 0 to 1, of a node whose verdicts are known. */
// NOLINTNEXTLINE(misc-no-recursion)
static double
score_of(const struct argot_trace *trace, uint32_t number, struct argot_judge *judge, const struct argot_scene *scene)
{
    const struct argot_trace_node *node = &trace->nodes[number];
    double best = 0, sum = 0;
    uint32_t count = 0;
    if (trace->verdicts[number] == ARGOT_TRACE_TRUE)
        return 1;
    if (!node->open)
        return nearness(judge, node->expr, scene);
    for (uint32_t i = number + 1; i < node->end; i = trace->nodes[i].end) {
        double score = score_of(trace, i, judge, scene);
        best = score > best ? score : best;
        sum += score;
        count++;
    }
    if (node->expr->kind == ARGOT_EXPR_NOT)
        return 0;
    return node->expr->kind == ARGOT_EXPR_OR ? best : sum / (count ? count : 1);
}

static void
judge_window(struct argot_why *why, struct argot_why_key *key, struct argot_judge *judge,
             const struct argot_watch_note *note)
{
    struct argot_trace *trace = &why->when;
    struct argot_scene scene = {.rule = why->rule, .aggregates = note->values};
    uint32_t failed = 0, first = 0;
    argot_trace_judge(trace, judge, &scene);
    for (uint32_t i = 0; i < trace->count; i++)
        why->when_nodes[i].verdicts[trace->verdicts[i]]++;
    for (uint32_t i = 1; i < trace->count; i = trace->nodes[i].end)
        if (trace->verdicts[i] != ARGOT_TRACE_TRUE)
            first = failed++ ? first : i;
    if (failed == 1)
        why->when_nodes[first].alone++;
    why->when_judged++;
    why->when_held += note->held;
    key->judged++;
    reach(key, short_of(score_of(trace, 0, judge, &scene)));
}

static void
window(struct argot_why *why, struct argot_why_key *key, struct argot_judge *judge, const struct argot_watch_note *note)
{
    if (!note->values)
        return;
    for (uint32_t i = 0; i < why->rule->window->naggregates; i++)
        widen(&argot_why_ranges(key)[i], &note->values[i], note);
    if (note->kind == ARGOT_WATCH_WINDOW)
        judge_window(why, key, judge, note);
}

static void
level(struct argot_why *why, struct argot_why_key *key, const struct argot_watch_note *note)
{
    const struct argot_plan_window *window = why->rule->window;
    double bound = (double)(window->capacity ? window->capacity : 1) * (double)window->span_ns;
    if (note->level_ns > key->level_ns) {
        key->level_ns = note->level_ns;
        key->reached_at = moment_of(note);
    }
    reach(key, short_of((double)note->level_ns / bound));
}

/* ---- absent, new ---- */

static void
gap(struct argot_why *why, struct argot_why_key *key, argot_time until)
{
    int64_t gap_ns;
    if (!key->armed || __builtin_sub_overflow(until, key->last.time, &gap_ns) || gap_ns <= key->gap_ns)
        return;
    key->gap_ns = gap_ns;
    key->gap_from = key->last.time;
    reach(key, short_of((double)gap_ns / (double)why->rule->absent_ns));
}

static void
see(struct argot_why_key *key, const struct argot_watch_note *note)
{
    key->seen[note->why]++;
    reach(key, note->why == ARGOT_WATCH_LEARNT ? 0.5 : note->why == ARGOT_WATCH_KNOWN ? 0.25 : 0);
}

/* ---- sequences ---- */

static void
score_steps(const struct argot_why *why, struct argot_why_key *key)
{
    const struct argot_plan_sequence *sequence = why->rule->sequence;
    uint32_t passed = key->partial.any ? key->partial.stage + 1 : 0;
    double more = 0;
    if (key->counting && key->counting_for == passed && passed < sequence->nstages)
        more = (double)key->counting / (sequence->stages[passed].count + 1.0);
    reach(key, short_of((passed + more) / (sequence->nstages + (sequence->then_no != NULL))));
}

static void
pass(struct argot_why *why, struct argot_why_key *key, const struct argot_watch_note *note)
{
    struct argot_why_partial *partial = &key->partial;
    why->stages[note->stage].passed++;
    if (partial->any && note->stage < partial->stage)
        return;
    *partial = (struct argot_why_partial){.any = true, .stage = note->stage, .serial = note->serial};
    memcpy(argot_why_steps(key), note->steps, (note->stage + 1u) * sizeof *note->steps);
    score_steps(why, key);
}

static void
stop(struct argot_why *why, struct argot_why_key *key, const struct argot_watch_note *note)
{
    struct argot_why_partial *partial = &key->partial;
    why->stages[note->stage].stopped[note->why]++;
    if (note->why == ARGOT_WATCH_NOTHING_WAITS || note->stage != (partial->any ? partial->stage + 1 : 0))
        return;
    partial->nstopped++;
    partial->stopped = note->why;
    partial->stopped_at = moment_of(note);
}

static void
end(struct argot_why *why, struct argot_why_key *key, const struct argot_watch_note *note)
{
    struct argot_why_partial *partial = &key->partial;
    why->stages[note->stage].ended[note->why]++;
    if (!partial->any || partial->ended || note->stage != partial->stage || note->serial != partial->serial)
        return;
    partial->ended = note->why;
    partial->ended_at = moment_of(note);
    partial->ended_by = note->event;
}

/* ---- counted steps and members ---- */

static void
count(struct argot_why *why, struct argot_why_key *key, const struct argot_watch_note *note)
{
    bool further = note->stage > key->counting_for && why->rule->sequence;
    if (!key->counting || further || note->count > key->counting) {
        key->counting = note->count;
        key->counting_for = note->stage;
        key->counting_at = moment_of(note);
    }
    if (why->rule->sequence)
        score_steps(why, key);
}

static void
members(struct argot_why *why, struct argot_why_key *key, const struct argot_watch_note *note)
{
    const struct argot_plan_together *together = why->rule->together;
    double score = (double)note->count / (double)(together->quorum ? together->quorum : 1);
    if (short_of(score) > key->score || !key->members) {
        key->members = note->members;
        key->reached_at = moment_of(note);
    }
    reach(key, short_of(score));
}

/* ---- all ---- */

void
argot_why_progress(struct argot_why *why, struct argot_why_key *key, struct argot_judge *judge,
                   const struct argot_watch_note *note)
{
    switch (note->kind) {
    case ARGOT_WATCH_COUNTED:
        gap(why, key, note->time);
        key->armed = why->rule->kind == ARGOT_PLAN_ABSENT;
        reach(key, 0.001);
        break;
    case ARGOT_WATCH_CLEARED:
        gap(why, key, note->time);
        key->armed = false;
        break;
    case ARGOT_WATCH_FIRED:
        gap(why, key, note->time);
        key->armed = false;
        reach(key, 1);
        break;
    case ARGOT_WATCH_PENDING:
        gap(why, key, note->time);
        if (why->rule->window)
            window(why, key, judge, note);
        break;
    case ARGOT_WATCH_WINDOW:
        window(why, key, judge, note);
        break;
    case ARGOT_WATCH_LEVEL:
        level(why, key, note);
        break;
    case ARGOT_WATCH_SEEN:
        see(key, note);
        break;
    case ARGOT_WATCH_COUNTING:
        count(why, key, note);
        break;
    case ARGOT_WATCH_PASSED:
        pass(why, key, note);
        break;
    case ARGOT_WATCH_STOPPED:
        stop(why, key, note);
        break;
    case ARGOT_WATCH_ENDED:
        end(why, key, note);
        break;
    case ARGOT_WATCH_MEMBERS:
        members(why, key, note);
        break;
    default:
        break;
    }
}
