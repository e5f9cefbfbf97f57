/* SPDX-License-Identifier: Apache-2.0
 * Faults come where something happens: most begin at the time of a step of the script, and kills a number of calls
 * later, in the middle of what the process does about it. */
#include "plan.h"
#include <stdio.h>

#define FIRST (20 * SIM_SECOND) /* files that rotated before the first run began for good are not its to read */
#define LEAST_SPAN (2 * SIM_SECOND)
#define MOST_SPAN (25 * SIM_SECOND) /* so that no trouble makes all inputs idle, after which time goes by the clock */
#define MOST_CALLS 600
#define LEAST_CLOCK (-100 * SIM_SECOND) /* how far the wall clock is off at most: less than the lateness */
#define MOST_CLOCK (180 * SIM_SECOND)

static void
choose_trouble(struct sim_fault *fault, struct sim_random *random)
{
    static const unsigned often[] = {3, 30, 200, 1000};
    fault->trouble = (enum sim_trouble)sim_random_below(random, SIM_TROUBLES);
    fault->span = sim_random_between(random, LEAST_SPAN, MOST_SPAN);
    fault->of_1000 = often[sim_random_below(random, 4)];
    if (fault->trouble == SIM_TROUBLE_MEMORY || fault->trouble == SIM_TROUBLE_SLOW)
        fault->of_1000 = fault->of_1000 > 30 ? 30 : fault->of_1000;
    if (fault->trouble == SIM_TROUBLE_INTERRUPTED && fault->of_1000 > 500)
        fault->of_1000 = 500; /* a signal at each call stops everybody */
}

static struct sim_fault
choose(struct sim_random *random, argot_time quiet, const argot_time *times, size_t count)
{
    struct sim_fault fault = {.time = sim_random_between(random, FIRST, quiet - MOST_SPAN - SIM_SECOND)};
    if (sim_random_often(random, 800) && count) {
        argot_time step = times[sim_random_below(random, count)];
        if (step >= FIRST && step < quiet - MOST_SPAN - SIM_SECOND)
            fault.time = step;
    }
    unsigned of_10 = (unsigned)sim_random_below(random, 10);
    fault.kind = of_10 < 2   ? SIM_FAULT_KILL
                 : of_10 < 4 ? SIM_FAULT_POWER
                 : of_10 < 5 ? SIM_FAULT_TERM
                 : of_10 < 6 ? (sim_random_often(random, 500) ? SIM_FAULT_HUP : SIM_FAULT_CLOCK)
                             : SIM_FAULT_TROUBLE;
    fault.calls = sim_random_below(random, sim_random_often(random, 500) ? 60 : MOST_CALLS);
    fault.clock = sim_random_between(random, LEAST_CLOCK, MOST_CLOCK);
    choose_trouble(&fault, random);
    return fault;
}

void
sim_plan_make(struct sim_plan *plan, uint64_t seed, argot_time quiet, const argot_time *times, size_t count)
{
    struct sim_random random = sim_random_of(seed, 3);
    *plan = (struct sim_plan){.count = (size_t)sim_random_between(&random, SIM_PLAN_LEAST, SIM_PLAN_MOST)};
    for (size_t i = 0; i < plan->count; i++) {
        struct sim_random own = sim_random_of(seed, 100 + i);
        plan->faults[i] = choose(&own, quiet, times, count);
    }
}

const char *const sim_fault_names[SIM_FAULTS] = {"killed", "power cut", "SIGTERM", "SIGHUP", "clock", "trouble"};
const char *const sim_trouble_names[SIM_TROUBLES] = {
    "reads fail",    "the store's disk fails", "the disk is full",  "reads and writes are short",
    "interrupted",   "the disk is slow",       "watches are blind", "no memory",
    "no descriptors"};

void
sim_plan_print(const struct sim_plan *plan, size_t index)
{
    const struct sim_fault *fault = &plan->faults[index];
    printf("fault %zu at %.3f: %s", index, (double)fault->time / (double)SIM_SECOND, sim_fault_names[fault->kind]);
    if (fault->kind <= SIM_FAULT_POWER)
        printf(" after %llu calls", (unsigned long long)fault->calls);
    if (fault->kind == SIM_FAULT_CLOCK)
        printf(" is off by %.0f s", (double)fault->clock / (double)SIM_SECOND);
    if (fault->kind == SIM_FAULT_TROUBLE)
        printf(": %s, %u of 1000, for %.1f s", sim_trouble_names[fault->trouble], fault->of_1000,
               (double)fault->span / (double)SIM_SECOND);
    printf("\n");
}

static void
kill_now(void *context, struct sim_world *world, uint64_t what)
{
    const struct sim_plan *plan = context;
    sim_world_kill(world, plan->faults[what].kind == SIM_FAULT_POWER);
}

static void
act(void *context, struct sim_world *world, uint64_t what)
{
    const struct sim_fault *fault = &((struct sim_plan *)context)->faults[what];
    sim_world_note(world, "fault %llu: %s", (unsigned long long)what, sim_fault_names[fault->kind]);
    world->counts.faults[fault->kind]++;
    switch (fault->kind) {
    case SIM_FAULT_KILL:
    case SIM_FAULT_POWER:
        sim_world_ambush(world, fault->calls, kill_now, context, what);
        break;
    case SIM_FAULT_TERM:
        world->stop = true;
        break;
    case SIM_FAULT_HUP:
        world->reload = true;
        break;
    case SIM_FAULT_CLOCK:
        if (fault->clock < world->wall_jump)
            world->set_back = world->now;
        world->wall_jump = fault->clock;
        break;
    case SIM_FAULT_TROUBLE:
        world->troubles[fault->trouble].until = world->now + fault->span;
        world->troubles[fault->trouble].of_1000 = fault->of_1000;
        break;
    }
}

void
sim_plan_begin(struct sim_plan *plan, struct sim_world *world)
{
    for (size_t i = 0; i < plan->count; i++)
        if (!plan->faults[i].left_out)
            sim_world_at(world, plan->faults[i].time, act, plan, i);
}
