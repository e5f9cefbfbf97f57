/* SPDX-License-Identifier: Apache-2.0
 * Time and what is due. A call takes a microsecond; reading the clock next to nothing. */
#include "world.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 256
#define DEAD_STEP (10 * SIM_MS) /* so that a dead process comes to its end soon */
#define SLOW_LEAST (2 * SIM_MS)
#define SLOW_MOST (400 * SIM_MS)

void
sim_world_begin(struct sim_world *world, uint64_t seed)
{
    *world = (struct sim_world){.random = sim_random_of(seed, 1), .digest = seed, .next_ambush = UINT64_MAX};
    sim_seam_fill(&world->seam);
    sim_live_fill(&world->live);
}

void
sim_world_end(struct sim_world *world)
{
    sim_net_close_all(&world->net);
    sim_disk_end(&world->disk);
    sim_programs_end(&world->programs);
    sim_receiver_end(&world->receiver);
    free(world->events);
}

/* ---- the trace ---- */

static void
mix_word(struct sim_world *world, uint64_t word)
{
    uint64_t digest = (world->digest ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    world->digest = digest ^ digest >> 29;
}

static void
mix(struct sim_world *world, const char *words, size_t count)
{
    while (count--)
        mix_word(world, (uint8_t)*words++);
}

void
sim_world_note(struct sim_world *world, const char *format, ...)
{
    char words[256];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(words, sizeof words, format, args);
    va_end(args);
    mix(world, words, length < (int)sizeof words ? (size_t)length : sizeof words - 1);
    mix_word(world, (uint64_t)world->now);
    if (world->trace)
        printf("%13.6f  %s\n", (double)world->now / (double)SIM_SECOND, words);
}

const char *const sim_call_names[SIM_CALLS] = {
    [SIM_CALL_MEMORY] = "memory",
    [SIM_CALL_CLOCK] = "clock",
    [SIM_CALL_OPEN] = "open",
    [SIM_CALL_READ] = "read",
    [SIM_CALL_WRITE] = "write",
    [SIM_CALL_LOOK] = "look",
    [SIM_CALL_CHANGE] = "change",
    [SIM_CALL_CLOSE] = "close",
    [SIM_CALL_WATCH] = "watch",
    [SIM_CALL_SOCKET] = "socket",
    [SIM_CALL_POLL] = "poll",
    [SIM_CALL_STORE_OPEN] = "store open",
    [SIM_CALL_STORE_READ] = "store read",
    [SIM_CALL_STORE_WRITE] = "store write",
    [SIM_CALL_STORE_SYNC] = "store sync",
    [SIM_CALL_STORE_OTHER] = "store",
};

void
sim_world_leave(struct sim_world *world, enum sim_call call, const char *what, int64_t result)
{
    mix_word(world, call);
    mix_word(world, (uint64_t)result);
    mix_word(world, (uint64_t)world->now);
    if (world->trace)
        printf("%13.6f    %s %s: %lld\n", (double)world->now / (double)SIM_SECOND, sim_call_names[call], what,
               (long long)result);
}

/* ---- what is due ---- */

static bool
is_before(const struct sim_event *a, const struct sim_event *b)
{
    return a->time != b->time ? a->time < b->time : a->serial < b->serial;
}

void
sim_world_at(struct sim_world *world, argot_time time, void (*act)(void *, struct sim_world *, uint64_t), void *context,
             uint64_t what)
{
    if (world->nevents == world->events_room) {
        world->events_room = world->events_room ? world->events_room * 2 : FIRST_ROOM;
        world->events = realloc(world->events, world->events_room * sizeof *world->events);
        if (!world->events)
            abort();
    }
    struct sim_event event = {time, ++world->serial, act, context, what};
    size_t at = world->nevents++;
    for (; at && is_before(&event, &world->events[(at - 1) / 2]); at = (at - 1) / 2)
        world->events[at] = world->events[(at - 1) / 2];
    world->events[at] = event;
}

static struct sim_event
take_first(struct sim_world *world)
{
    struct sim_event first = world->events[0], last = world->events[--world->nevents];
    size_t at = 0, child;
    while ((child = 2 * at + 1) < world->nevents) {
        if (child + 1 < world->nevents && is_before(&world->events[child + 1], &world->events[child]))
            child++;
        if (!is_before(&world->events[child], &last))
            break;
        world->events[at] = world->events[child];
        at = child;
    }
    if (world->nevents)
        world->events[at] = last;
    return first;
}

static void
act(struct sim_world *world, const struct sim_event *event)
{
    world->acting = true;
    event->act(event->context, world, event->what);
    world->acting = false;
}

/* Up to the time that it is now. */
static void
act_all(struct sim_world *world)
{
    while (!world->dead && world->nevents && world->events[0].time <= world->now) {
        struct sim_event event = take_first(world);
        act(world, &event);
    }
}

void
sim_world_ambush(struct sim_world *world, uint64_t calls, void (*what_act)(void *, struct sim_world *, uint64_t),
                 void *context, uint64_t what)
{
    struct sim_event event = {world->now, ++world->serial, what_act, context, what};
    for (size_t i = 0; i < SIM_AMBUSHES; i++)
        if (!world->ambushes[i].at_call) {
            world->ambushes[i] = (struct sim_ambush){world->calls + calls + 1, event};
            if (world->ambushes[i].at_call < world->next_ambush)
                world->next_ambush = world->ambushes[i].at_call;
            return;
        }
    what_act(context, world, what); /* too many at a time */
}

static void
spring(struct sim_world *world, struct sim_ambush *ambush)
{
    struct sim_event event = ambush->event;
    ambush->at_call = 0;
    act(world, &event);
}

void
sim_world_flush(struct sim_world *world, const void *context, uint64_t what)
{
    bool acting = world->acting;
    for (size_t i = 0; i < SIM_AMBUSHES; i++) {
        struct sim_ambush *one = &world->ambushes[i];
        if (one->at_call && one->event.context == context && one->event.what < what)
            spring(world, one);
    }
    world->acting = acting;
}

static void
spring_all(struct sim_world *world, uint64_t call)
{
    if (call < world->next_ambush)
        return;
    world->next_ambush = UINT64_MAX;
    for (size_t i = 0; i < SIM_AMBUSHES && !world->dead; i++)
        if (world->ambushes[i].at_call && world->ambushes[i].at_call <= call)
            spring(world, &world->ambushes[i]);
    for (size_t i = 0; i < SIM_AMBUSHES; i++)
        if (world->ambushes[i].at_call && world->ambushes[i].at_call < world->next_ambush)
            world->next_ambush = world->ambushes[i].at_call;
}

argot_time
sim_world_next(const struct sim_world *world)
{
    return world->nevents ? world->events[0].time : INT64_MAX;
}

void
sim_world_pass(struct sim_world *world, argot_time until)
{
    spring_all(world, UINT64_MAX); /* nobody calls any more */
    while (world->nevents && world->events[0].time <= until) {
        struct sim_event event = take_first(world);
        world->now = event.time > world->now ? event.time : world->now;
        act(world, &event);
        spring_all(world, UINT64_MAX);
    }
    world->now = until > world->now ? until : world->now;
}

argot_time
sim_world_wall(const struct sim_world *world)
{
    return SIM_BEGIN + world->wall_jump + world->now;
}

/* ---- calls ---- */

bool
sim_world_hit(struct sim_world *world, enum sim_trouble trouble)
{
    bool hit = !world->dead && world->now < world->troubles[trouble].until &&
               sim_random_often(&world->random, world->troubles[trouble].of_1000);
    world->counts.troubles[trouble] += hit;
    return hit;
}

size_t
sim_world_shorten(struct sim_world *world, size_t count)
{
    return count > 1 && sim_world_hit(world, SIM_TROUBLE_SHORT)
               ? 1 + (size_t)sim_random_below(&world->random, count - 1)
               : count;
}

static int
fault_of(struct sim_world *world, enum sim_call call)
{
    switch (call) {
    case SIM_CALL_OPEN:
        if (sim_world_hit(world, SIM_TROUBLE_DESCRIPTORS))
            return -EMFILE;
        return sim_world_hit(world, SIM_TROUBLE_READ) ? -EIO : 0;
    case SIM_CALL_READ:
        if (sim_world_hit(world, SIM_TROUBLE_INTERRUPTED))
            return -EINTR;
        return sim_world_hit(world, SIM_TROUBLE_READ) ? -EIO : 0;
    case SIM_CALL_WRITE:
        if (sim_world_hit(world, SIM_TROUBLE_INTERRUPTED))
            return -EINTR;
        return sim_world_hit(world, SIM_TROUBLE_FULL) ? -ENOSPC : 0;
    case SIM_CALL_POLL:
        return sim_world_hit(world, SIM_TROUBLE_INTERRUPTED) ? -EINTR : 0;
    case SIM_CALL_MEMORY:
        return sim_world_hit(world, SIM_TROUBLE_MEMORY) ? -ENOMEM : 0;
    case SIM_CALL_SOCKET:
    case SIM_CALL_WATCH:
        return sim_world_hit(world, SIM_TROUBLE_DESCRIPTORS) ? -EMFILE : 0;
    case SIM_CALL_STORE_OPEN:
    case SIM_CALL_STORE_READ:
    case SIM_CALL_STORE_WRITE:
    case SIM_CALL_STORE_SYNC:
        return sim_world_hit(world, SIM_TROUBLE_STORE) ? -EIO : 0;
    default:
        return 0;
    }
}

static bool
is_of_disk(enum sim_call call)
{
    return call == SIM_CALL_READ || call == SIM_CALL_WRITE || call == SIM_CALL_STORE_READ ||
           call == SIM_CALL_STORE_WRITE || call == SIM_CALL_STORE_SYNC;
}

int
sim_world_enter(struct sim_world *world, enum sim_call call)
{
    if (world->acting)
        return 0; /* the world's own */
    if (world->dead) {
        world->afterlife += DEAD_STEP;
        return call == SIM_CALL_MEMORY || call == SIM_CALL_CLOCK ? 0 : -EIO;
    }
    world->now += call == SIM_CALL_CLOCK || call == SIM_CALL_MEMORY ? 20 : SIM_US;
    if (call == SIM_CALL_CLOCK)
        return 0;
    world->counts.calls[call]++;
    uint64_t number = ++world->calls;
    if (is_of_disk(call) && sim_world_hit(world, SIM_TROUBLE_SLOW))
        world->now += sim_random_between(&world->random, SLOW_LEAST, SLOW_MOST);
    spring_all(world, number);
    act_all(world);
    if (world->dead)
        return call == SIM_CALL_MEMORY ? 0 : -EIO;
    if (number == world->fail_call) {
        world->failed_call = true;
        world->counts.made_to_fail++;
        return call == SIM_CALL_MEMORY ? -ENOMEM : -EIO;
    }
    return fault_of(world, call);
}

/* ---- the process ---- */

void
sim_world_kill(struct sim_world *world, bool power)
{
    if (world->dead)
        return;
    sim_world_note(world, power ? "the power fails" : "killed");
    world->dead = true;
    if (!power)
        return;
    sim_programs_power_cut(&world->programs);
    sim_receiver_power_cut(&world->receiver);
    sim_disk_power_cut(&world->disk, &world->random);
}

void
sim_world_reset_process(struct sim_world *world)
{
    sim_net_close_all(&world->net);
    sim_programs_orphan(&world->programs);
    world->dead = world->stop = world->reload = false;
    world->afterlife = 0;
}

/* ---- lists ---- */

void *
sim_grow(void *list, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return list;
    *room = *room ? *room * 2 : 256;
    list = realloc(list, *room * size);
    if (!list)
        abort();
    return list;
}
