/* SPDX-License-Identifier: Apache-2.0
 * The engine is made and ended. What follows from the plan (judge, lanes, rules, listeners) can be made anew while the
 * rest (sources, memory, keys of hashes) stays. */
#include "correlate/engine_parts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what a plan becomes ---- */

static int64_t
lateness(const struct argot_engine *engine, const struct argot_plan_rule *plan)
{
    int64_t common = engine->options.late_ns;
    return plan->late_ns < common ? common : plan->late_ns;
}

static int
by_lateness(const void *a, const void *b)
{
    int64_t x = ((const struct argot_lane *)a)->late_ns, y = ((const struct argot_lane *)b)->late_ns;
    return (x > y) - (x < y);
}

static bool
make_lanes(struct argot_engine *engine)
{
    const struct argot_plan *plan = engine->core.plan;
    engine->nlanes = 0;
    engine->lanes = argot_slab_zero(&engine->core.slab, (plan->nrules + 1) * sizeof *engine->lanes);
    for (uint32_t i = 0; engine->lanes && i < plan->nrules; i++)
        if (plan->rules[i].stateful)
            engine->lanes[engine->nlanes++] = (struct argot_lane){
                .engine = engine, .late_ns = lateness(engine, &plan->rules[i]), .watermark = INT64_MIN};
    if (!engine->lanes)
        return false;
    qsort(engine->lanes, engine->nlanes, sizeof *engine->lanes, by_lateness);
    uint32_t unique = 0;
    for (uint32_t i = 0; i < engine->nlanes; i++)
        if (!unique || engine->lanes[unique - 1].late_ns != engine->lanes[i].late_ns)
            engine->lanes[unique++] = engine->lanes[i];
    engine->nlanes = unique;
    return true;
}

static void
drop_keyed(void *context, struct argot_keyed *keyed)
{
    struct argot_rule *rule = context;
    if (rule->watch && rule->table.evicting)
        argot_rule_watch(rule, keyed, NULL, (struct argot_watch_note){.kind = ARGOT_WATCH_EVICTED});
    if (rule->timers)
        argot_timers_cancel(rule->timers, keyed);
    if (rule->kind->drop)
        rule->kind->drop(rule, keyed);
}

static bool
is_idle(void *context, const struct argot_keyed *keyed, argot_time now)
{
    const struct argot_rule *rule = context;
    bool open = keyed->open && (rule->plan->rearm == ARGOT_PLAN_REARM_BELOW ||
                                (uint64_t)now - (uint64_t)keyed->base <= (uint64_t)rule->plan->rearm_ns);
    return !open && !keyed->timer && rule->kind->idle && rule->kind->idle(rule, keyed, now);
}

static bool
make_rule(struct argot_engine *engine, uint32_t number)
{
    struct argot_core *core = &engine->core;
    struct argot_rule *rule = &engine->rules[number];
    const struct argot_plan_rule *plan = &core->plan->rules[number];
    *rule = (struct argot_rule){
        .core = core, .plan = plan, .number = number, .kind = argot_rule_kind_of(plan), .began = INT64_MIN};
    for (uint32_t i = 0; plan->stateful && i < engine->nlanes; i++)
        if (engine->lanes[i].late_ns == lateness(engine, plan))
            rule->timers = &engine->lanes[i].timers;
    if (engine->options.watch && engine->options.watch->rule == number)
        rule->watch = engine->options.watch;
    argot_table_init(&rule->table, &core->slab, &core->table_key, rule->kind->state_bytes(plan), plan->limit_keys);
    rule->table.context = rule;
    rule->table.drop = drop_keyed;
    rule->table.idle = is_idle;
    if (plan->together)
        rule->touched = argot_slab_zero(&core->slab, plan->together->nmembers * sizeof(struct argot_keyed *));
    return !core->slab.failed;
}

/* Whether somebody wants to know of the rule's alerts: who made the engine, a rule above, or who watches. */
static bool
is_heard(const struct argot_engine *engine, uint32_t rule)
{
    const struct argot_engine_options *options = &engine->options;
    bool told = options->alert && (!engine->rules[rule].plan->silent || options->silent_too);
    return told || options->watch || argot_listeners_listen(&engine->listeners, rule);
}

bool
argot_engine_load(struct argot_engine *engine, const struct argot_plan *plan, char *why, size_t why_size)
{
    struct argot_core *core = &engine->core;
    core->plan = plan;
    engine->lanes = NULL;
    engine->rules = NULL;
    engine->nlanes = 0;
    engine->listeners = (struct argot_listeners){0};
    core->judge = argot_judge_new(core->seam, plan, why, why_size);
    if (!core->judge)
        return false;
    snprintf(why, why_size, "there is no memory");
    if (!make_lanes(engine))
        return false;
    engine->rules = argot_slab_zero(&core->slab, (plan->nrules + 1) * sizeof *engine->rules);
    for (uint32_t i = 0; engine->rules && i < plan->nrules; i++)
        if (!make_rule(engine, i))
            return false;
    if (!engine->rules || !argot_listeners_init(&engine->listeners, core, engine->rules))
        return false;
    engine->listeners.one_by_one = engine->options.one_by_one;
    for (uint32_t i = 0; i < plan->nrules; i++)
        engine->rules[i].heard = is_heard(engine, i);
    return true;
}

void
argot_engine_unload(struct argot_engine *engine)
{
    struct argot_core *core = &engine->core;
    uint32_t nrules = core->plan->nrules;
    argot_listeners_finish(&engine->listeners);
    for (uint32_t i = 0; engine->rules && i < nrules; i++) {
        struct argot_rule *rule = &engine->rules[i];
        if (rule->table.slab)
            argot_table_finish(&rule->table);
        if (rule->touched)
            argot_slab_give(&core->slab, rule->touched, rule->plan->together->nmembers * sizeof(struct argot_keyed *));
    }
    for (uint32_t i = 0; i < engine->nlanes; i++) {
        struct argot_lane *lane = &engine->lanes[i];
        argot_queue_finish(&lane->queue, &core->slab);
        argot_slab_give(&core->slab, lane->timers.heap, lane->timers.room * sizeof *lane->timers.heap);
    }
    argot_slab_give(&core->slab, engine->rules, (nrules + 1) * sizeof *engine->rules);
    argot_slab_give(&core->slab, engine->lanes, (nrules + 1) * sizeof *engine->lanes);
    argot_judge_free(core->judge);
    core->judge = NULL;
}

/* ---- the engine ---- */

static bool
make_sources(struct argot_engine *engine)
{
    uint32_t count = engine->options.nsources;
    engine->leaps_room = count + 1;
    engine->leaps = argot_slab_zero(&engine->core.slab, ((size_t)count + 1) * sizeof *engine->leaps);
    engine->lent = argot_slab_zero(&engine->core.slab, ((size_t)count + 1) * sizeof(struct argot_held *));
    engine->tell = (struct argot_tell){
        .arena = &engine->core.arena, .options = &engine->options, .formats = &engine->core.formats};
    return argot_sources_init(&engine->sources, &engine->core.slab, count) && engine->leaps && engine->lent;
}

static bool
make_core(struct argot_engine *engine, char *why, size_t why_size)
{
    struct argot_core *core = &engine->core;
    struct argot_seam *seam = engine->options.seam;
    *core = (struct argot_core){.seam = seam,
                                .plan = engine->options.plan,
                                .names = engine->options.names,
                                .nnames = engine->options.names ? engine->options.nsources : 0,
                                .options = &engine->options,
                                .engine = engine,
                                .raised = argot_engine_raised};
    argot_raise_init(core);
    argot_slab_init(&core->slab, seam);
    argot_arena_init(&core->arena, seam, 0);
    argot_buffer_init(&core->tuple, seam);
    argot_buffer_init(&core->causes, seam);
    argot_buffer_init(&core->text, seam);
    core->values_of = (struct argot_values_of){&core->slab, &core->table_key};
    if (seam->random(seam, &core->table_key, sizeof core->table_key)) {
        snprintf(why, why_size, "the system gives no random numbers");
        return false;
    }
    return true;
}

struct argot_engine *
argot_engine_new(const struct argot_engine_options *options, char *why, size_t why_size)
{
    snprintf(why, why_size, "there are more than %u sources", ARGOT_ENGINE_MAX_SOURCES);
    if (options->nsources > ARGOT_ENGINE_MAX_SOURCES)
        return NULL;
    struct argot_engine *engine = options->seam->allocate(options->seam, sizeof *engine);
    snprintf(why, why_size, "there is no memory");
    if (!engine)
        return NULL;
    *engine = (struct argot_engine){.head.source = UINT32_MAX, .options = *options, .newest = INT64_MIN};
    if (!options->max_waiting)
        engine->options.max_waiting = ARGOT_ENGINE_MAX_WAITING;
    if (!options->max_waiting_bytes)
        engine->options.max_waiting_bytes = ARGOT_ENGINE_MAX_WAITING_BYTES;
    engine->work_end = &engine->work;
    if (make_core(engine, why, why_size) && argot_engine_load(engine, options->plan, why, why_size) &&
        make_sources(engine))
        return engine;
    argot_engine_free(engine);
    return NULL;
}

/* The slab gives back all state at once; only what lies elsewhere must be given back by itself. */
void
argot_engine_free(struct argot_engine *engine)
{
    if (!engine)
        return;
    struct argot_core *core = &engine->core;
    argot_listeners_finish(&engine->listeners);
    argot_judge_free(core->judge);
    argot_buffer_finish(&core->tuple);
    argot_buffer_finish(&core->causes);
    argot_buffer_finish(&core->text);
    argot_arena_finish(&core->arena);
    argot_slab_finish(&core->slab);
    engine->options.seam->release(engine->options.seam, engine);
}
