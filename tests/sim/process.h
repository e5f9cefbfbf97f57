/* SPDX-License-Identifier: Apache-2.0
 * The process: what `argot run` does with a configuration, from its start to its end, on the simulated machine; and who
 * starts it again. */
#pragma once
#include "grammar/rules.h"
#include "senders.h"
#include "setup.h"

#define SIM_PROCESS_STORE "/store/events.db"
#define SIM_PROCESS_LATE (5 * SIM_MINUTE)
#define SIM_PROCESS_BRIEF_LATE SIM_MINUTE
#define SIM_PROCESS_RECORD_BYTES 2000 /* longer records are cut */

enum sim_process_end {
    SIM_PROCESS_STOPPED, /* it was asked to */
    SIM_PROCESS_KILLED,
    SIM_PROCESS_FULL,   /* while the store's disk had no room */
    SIM_PROCESS_FAILED, /* it gave up, and said why */
};

struct sim_process {
    struct sim_world *world;
    struct argot_rules *rules[2];
    const struct argot_plan *plans[2]; /* after a SIGHUP it is the other one */
    const struct sim_setup *setup;
    const struct sim_listener *listeners;
    bool whole; /* it has all formats: before, one is missing */
    uint64_t segment_bytes, commit_rows, block_bytes;
    argot_time late;
    char why[512];
    unsigned tells;       /* alerts: enum sim_tell */
    uint64_t untold;      /* messages that were lost, as its lives counted them */
    unsigned lives, full; /* how often it began; had no room */
    uint64_t dropped;     /* datagrams, as the last life counted them */
    /* Is told now and then that all that was taken before is committed. NULL: nobody is. */
    void (*committed)(void *context);
    void *context;
};

/* The rules of all runs: both plans, which live until the end. */
void sim_process_rules(struct sim_process *process);
void sim_process_free_rules(struct sim_process *process);
/* One life. */
enum sim_process_end sim_process_live(struct sim_process *process);
/* One of `argot replay --act` in its place. STOPPED: it is done, unless it was asked to stop. */
enum sim_process_end sim_process_replay(struct sim_process *process);
