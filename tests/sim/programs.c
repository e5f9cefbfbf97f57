/* SPDX-License-Identifier: Apache-2.0
 * A message is known by the alert whose id is its Message-ID. */
#include "programs.h"
#include "world.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_NS SIM_MS
#define MOST_NS (150 * SIM_MS)
#define LEAST_OUTAGE (5 * SIM_SECOND)
#define MOST_OUTAGE (4 * SIM_MINUTE)
#define TRY_AGAIN 75 /* EX_TEMPFAIL */
#define KILLED (128 + 9)

void
sim_programs_begin(struct sim_programs *programs, uint64_t seed, int64_t quiet)
{
    *programs = (struct sim_programs){.random = sim_random_of(seed, 8)};
    for (size_t i = 0; i < SIM_PROGRAMS_OUTAGES; i++) {
        programs->spans[i] = sim_random_between(&programs->random, LEAST_OUTAGE, MOST_OUTAGE);
        programs->outages[i] = sim_random_between(&programs->random, 0, quiet - programs->spans[i]);
    }
}

void
sim_programs_end(struct sim_programs *programs)
{
    free(programs->delivered);
    *programs = (struct sim_programs){0};
}

static bool
is_outage(const struct sim_programs *programs, argot_time now)
{
    for (size_t i = 0; i < SIM_PROGRAMS_OUTAGES; i++)
        if (now >= programs->outages[i] && now < programs->outages[i] + programs->spans[i])
            return true;
    return false;
}

static struct sim_program *
find(struct sim_programs *programs, int number)
{
    for (size_t i = 0; i < SIM_PROGRAMS; i++)
        if (programs->list[i].number == number)
            return &programs->list[i];
    return NULL;
}

static void
deliver(struct sim_programs *programs, const char *id)
{
    if (programs->count == programs->room) {
        programs->room = programs->room ? programs->room * 2 : 256;
        programs->delivered = realloc(programs->delivered, programs->room * sizeof *programs->delivered);
        if (!programs->delivered)
            abort();
    }
    memcpy(programs->delivered[programs->count++], id, sizeof *programs->delivered);
}

static void
end(void *context, struct sim_world *world, uint64_t what)
{
    struct sim_programs *programs = context;
    struct sim_program *program = find(programs, (int)what);
    if (!program || program->ended)
        return; /* killed, or gone with the machine */
    sim_world_note(world, "program %d ends with %d: %s", program->number, program->status, program->id);
    if (!program->status)
        deliver(programs, program->id);
    program->ended = true;
    if (program->orphan)
        *program = (struct sim_program){0};
}

/* The id of the alert, without which the message is nobody's. */
static void
read_id(struct sim_program *program, const char *bytes, size_t count)
{
    static const char before[] = "Message-ID: <";
    const char *at = memmem(bytes, count, before, sizeof before - 1);
    size_t left = at ? count - (size_t)(at - bytes) - (sizeof before - 1) : 0;
    if (left >= SIM_PROGRAMS_ID)
        memcpy(program->id, at + sizeof before - 1, SIM_PROGRAMS_ID);
}

int
sim_programs_start(struct sim_world *world, const void *bytes, size_t count)
{
    struct sim_programs *programs = &world->programs;
    struct sim_program *program = find(programs, 0);
    unsigned how = (unsigned)sim_random_below(&programs->random, 3);
    bool outage = is_outage(programs, world->now);
    if (!program || (outage && how == 0))
        return -EAGAIN;
    *program = (struct sim_program){.number = ++programs->numbers, .status = outage ? TRY_AGAIN : 0};
    read_id(program, bytes, count);
    if (!outage || how == 1) /* else it hangs */
        sim_world_at(world, world->now + sim_random_between(&programs->random, LEAST_NS, MOST_NS), end, programs,
                     (uint64_t)program->number);
    return program->number;
}

int
sim_programs_ended(struct sim_world *world, int number, int *status)
{
    struct sim_program *program = find(&world->programs, number);
    if (!program || number <= 0)
        abort(); /* asked again about one that has ended */
    if (!program->ended)
        return 0;
    *status = program->status;
    *program = (struct sim_program){0};
    return 1;
}

void
sim_programs_kill(struct sim_world *world, int number)
{
    struct sim_program *program = find(&world->programs, number);
    if (!program || number <= 0)
        abort();
    program->ended = true;
    program->status = KILLED;
}

void
sim_programs_orphan(struct sim_programs *programs)
{
    for (size_t i = 0; i < SIM_PROGRAMS; i++) {
        programs->list[i].orphan = programs->list[i].number;
        if (programs->list[i].ended)
            programs->list[i] = (struct sim_program){0};
    }
}

void
sim_programs_power_cut(struct sim_programs *programs)
{
    memset(programs->list, 0, sizeof programs->list);
}

bool
sim_programs_has_delivered(const struct sim_programs *programs, const char *id)
{
    for (size_t i = 0; i < programs->count; i++)
        if (!strcmp(programs->delivered[i], id))
            return true;
    return false;
}
