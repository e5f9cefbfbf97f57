/* SPDX-License-Identifier: Apache-2.0
 * How an engine ends, and what it tells of itself: who is to be read next, what is settled, what was counted. */
#include "correlate/engine_parts.h"

/* A timer that was not due when the input ended. */
static void
leave(struct argot_engine *engine, const struct argot_timer *timer, argot_time end)
{
    struct argot_rule *rule = &engine->rules[timer->rule];
    struct argot_watch_note note = {.kind = ARGOT_WATCH_PENDING, .time = end, .until = timer->due};
    rule->counts.pending++;
    if (rule->watch && rule->kind->look)
        rule->kind->look(rule, timer->keyed, &note);
    if (rule->watch)
        argot_rule_watch(rule, timer->keyed, NULL, note);
}

bool
argot_engine_finish_at(struct argot_engine *engine, argot_time time)
{
    for (uint32_t i = 0; i < engine->options.nsources; i++)
        if (!argot_engine_source_end(engine, i))
            return false;
    argot_time end = time > engine->newest ? time : engine->newest;
    for (uint32_t i = 0; i < engine->nlanes; i++) {
        struct argot_lane *lane = &engine->lanes[i];
        lane->watermark = INT64_MAX;
        argot_engine_release(lane, INT64_MAX, end == INT64_MAX ? end - 1 : end); /* which says never */
        for (uint32_t j = 0; j < lane->timers.count; j++)
            leave(engine, &lane->timers.heap[j], end);
    }
    return argot_engine_good(engine);
}

bool
argot_engine_finish(struct argot_engine *engine)
{
    return argot_engine_finish_at(engine, INT64_MIN);
}

int64_t
argot_engine_next_source(const struct argot_engine *engine)
{
    return argot_sources_first(&engine->sources);
}

argot_time
argot_engine_settled(const struct argot_engine *engine)
{
    argot_time settled = INT64_MAX; /* rules that need no order have told all that they have */
    for (uint32_t i = 0; i < engine->nlanes; i++)
        if (engine->lanes[i].watermark < settled)
            settled = engine->lanes[i].watermark;
    return settled;
}

bool
argot_engine_resume(struct argot_engine *engine, argot_time settled)
{
    if (settled != INT64_MAX)
        argot_engine_advance_over(engine, settled);
    return argot_engine_good(engine);
}

/* ---- counts ---- */

struct argot_engine_counts
argot_engine_counts(const struct argot_engine *engine)
{
    struct argot_engine_counts counts = engine->counts;
    counts.events = engine->head.events;
    counts.judged = engine->listeners.selection.judged;
    return counts;
}

struct argot_engine_rule_counts
argot_engine_rule_counts(const struct argot_engine *engine, uint32_t rule)
{
    struct argot_engine_rule_counts counts = engine->rules[rule].counts;
    counts.keys = engine->rules[rule].table.count;
    counts.evicted = engine->rules[rule].table.evicted;
    return counts;
}
