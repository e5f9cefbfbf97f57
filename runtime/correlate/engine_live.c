/* SPDX-License-Identifier: Apache-2.0
 * What an engine needs whose sources have no end: they come, are still, and come again, and the clock goes on when
 * nobody says anything. */
#include "correlate/engine_parts.h"
#include <string.h>

#define TIDY_KEYS ((size_t)10000) /* of a rule at a time: a few ms */

static bool
grow_leaps(struct argot_engine *engine, uint32_t before, uint32_t count)
{
    struct argot_slab *slab = &engine->core.slab;
    if (count <= engine->leaps_room)
        return true;
    uint32_t room = engine->leaps_room;
    while (room < count)
        room = room * 2 + 1;
    struct argot_leap *leaps = argot_slab_zero(slab, (size_t)room * sizeof *leaps);
    struct argot_held **lent = argot_slab_zero(slab, (size_t)room * sizeof(struct argot_held *));
    if (!leaps || !lent)
        return false;
    memcpy(leaps, engine->leaps, before * sizeof *leaps);
    for (uint32_t i = 0; i < before; i++) {
        lent[i] = engine->lent[i];
        if (lent[i])
            lent[i]->link = &lent[i];
    }
    argot_slab_give(slab, engine->leaps, (size_t)engine->leaps_room * sizeof *leaps);
    argot_slab_give(slab, engine->lent, (size_t)engine->leaps_room * sizeof(struct argot_held *));
    engine->leaps = leaps;
    engine->lent = lent;
    engine->leaps_room = room;
    return true;
}

bool
argot_engine_grow(struct argot_engine *engine, uint32_t nsources, const char *const *names)
{
    uint32_t before = engine->options.nsources;
    if (nsources < before || nsources > ARGOT_ENGINE_MAX_SOURCES || !grow_leaps(engine, before, nsources) ||
        !argot_sources_grow(&engine->sources, &engine->core.slab, nsources))
        return false;
    engine->options.nsources = nsources;
    engine->options.names = names;
    engine->core.names = names;
    engine->core.nnames = names ? nsources : 0;
    return argot_engine_good(engine);
}

argot_time
argot_engine_source_newest(const struct argot_engine *engine, uint32_t number)
{
    return engine->sources.newest[number];
}

bool
argot_engine_source_await(struct argot_engine *engine, uint32_t number)
{
    argot_sources_revive(&engine->sources, number);
    return argot_engine_good(engine);
}

bool
argot_engine_source_idle(struct argot_engine *engine, uint32_t number)
{
    engine->head.source = UINT32_MAX;
    argot_sources_end(&engine->sources, number);
    argot_engine_advance(engine);
    return argot_engine_good(engine);
}

/* Nobody holds anything back: what waits is released, and then time goes on by the clock. */
static void
go_on(struct argot_engine *engine, argot_time now)
{
    if (engine->newest != INT64_MIN && engine->newest < INT64_MAX)
        argot_engine_advance_over(engine, engine->newest + 1);
    if (now > INT64_MIN + ARGOT_ENGINE_IDLE_NS)
        argot_engine_advance_to(engine, now - ARGOT_ENGINE_IDLE_NS);
}

/* The source's time that leapt is no further ahead than clocks are. */
static void
believe(struct argot_engine *engine, uint32_t number, argot_time now)
{
    argot_time most = now > INT64_MAX - ARGOT_ENGINE_JUMP_NS ? INT64_MAX : now + ARGOT_ENGINE_JUMP_NS;
    if (engine->leaps[number].waits && engine->leaps[number].time <= most)
        argot_engine_settle(engine, number, INT64_MAX);
}

bool
argot_engine_source_clock(struct argot_engine *engine, uint32_t number, argot_time now)
{
    believe(engine, number, now);
    return argot_engine_good(engine);
}

/* A key that says nothing below the watermark says nothing any more: what comes later is not below it, and neither is
 * anything that was taken, unless it was hurried. New keys drop idle ones in passing; here it is for when none come. */
static void
tidy(struct argot_engine *engine)
{
    for (uint32_t i = 0; i < engine->nlanes; i++) {
        const struct argot_lane *lane = &engine->lanes[i];
        if (lane->watermark == INT64_MIN || (engine->counts.hurried && lane->watermark <= engine->newest))
            continue;
        for (uint32_t j = 0; j < engine->core.plan->nrules; j++)
            if (engine->rules[j].timers == &lane->timers)
                argot_table_tidy(&engine->rules[j].table, lane->watermark, TIDY_KEYS);
    }
    argot_slab_trim(&engine->core.slab);
}

bool
argot_engine_clock(struct argot_engine *engine, argot_time now)
{
    for (uint32_t i = 0; i < engine->options.nsources; i++)
        believe(engine, i, now);
    if (engine->sources.active == 0)
        go_on(engine, now);
    tidy(engine);
    return argot_engine_good(engine);
}
