/* SPDX-License-Identifier: Apache-2.0
 * What goes wrong in a seed's run, and when. Each fault has numbers of its own, so that leaving out one changes no
 * other. */
#pragma once
#include "world.h"

#define SIM_PLAN_LEAST 20
#define SIM_PLAN_MOST 32

struct sim_fault {
    enum sim_fault_kind kind;
    argot_time time;
    uint64_t calls; /* kills: after so many more calls of the process */
    enum sim_trouble trouble;
    argot_time span;
    unsigned of_1000;
    int64_t clock;
    bool left_out;
};

struct sim_plan {
    size_t count;
    struct sim_fault faults[SIM_PLAN_MOST];
};

/* Faults between the begin and `quiet`, many of them at the times of steps, of which there are `count`. */
void sim_plan_make(struct sim_plan *plan, uint64_t seed, argot_time quiet, const argot_time *times, size_t count);
void sim_plan_begin(struct sim_plan *plan, struct sim_world *world);
void sim_plan_print(const struct sim_plan *plan, size_t index);
