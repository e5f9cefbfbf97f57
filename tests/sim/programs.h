/* SPDX-License-Identifier: Apache-2.0
 * Programs that the process starts to tell alerts, as sendmail: each takes its time, and its message is delivered when
 * it ends well. Now and then, for minutes, they end badly, hang, or cannot be started. One that was started lives on
 * when the process is killed, and goes with a power cut. */
#pragma once
#include "random.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_PROGRAMS 32
#define SIM_PROGRAMS_OUTAGES 3
#define SIM_PROGRAMS_ID 32 /* digits of an alert's id */

struct sim_world;

struct sim_program {
    int number; /* 0: unused */
    bool ended, orphan;
    int status;
    char id[SIM_PROGRAMS_ID + 1];
};

struct sim_programs {
    struct sim_random random;
    int64_t outages[SIM_PROGRAMS_OUTAGES], spans[SIM_PROGRAMS_OUTAGES];
    struct sim_program list[SIM_PROGRAMS];
    int numbers;
    char (*delivered)[SIM_PROGRAMS_ID + 1]; /* alerts by their ids, in the order of delivery */
    size_t count, room;
};

void sim_programs_begin(struct sim_programs *programs, uint64_t seed, int64_t quiet);
void sim_programs_end(struct sim_programs *programs);
/* As the live seam has it. */
int sim_programs_start(struct sim_world *world, const void *bytes, size_t count);
int sim_programs_ended(struct sim_world *world, int number, int *status);
void sim_programs_kill(struct sim_world *world, int number);
void sim_programs_orphan(struct sim_programs *programs);    /* the process is gone */
void sim_programs_power_cut(struct sim_programs *programs); /* and so are they */
bool sim_programs_has_delivered(const struct sim_programs *programs, const char *id);
