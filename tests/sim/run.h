/* SPDX-License-Identifier: Apache-2.0
 * One seed, one run, byte for byte. */
#pragma once
#include "audit.h"
#include "plan.h"
#include "process.h"

struct sim_run {
    uint64_t seed;
    const struct sim_process *model; /* its rules */
    struct sim_setup setup;
    struct sim_script script;
    struct sim_senders senders;
    struct sim_plan plan;
    bool trace, is_disturbed;
    uint64_t fail_call; /* in place of the plan: the call that fails; 0: none */
    bool of_calm;       /* trace and keep are of the undisturbed run */
    const char *keep;   /* a real folder that the disk is written to at the end; NULL: none */
    /* What came of it. */
    struct sim_audit audit;
    uint64_t digest;
    struct sim_counts counts;
    uint64_t busy_calls; /* until it was quiet */
    argot_time lasted;   /* by its own clock */
    unsigned lives, killed, replays;
    bool replay_is_due;
};

/* Script and plan of a seed: faults and lines may be left out before it is run. */
void sim_run_make(struct sim_run *run, uint64_t seed, const struct sim_process *model, bool brief);
void sim_run_do(struct sim_run *run, bool disturbed);
/* An undisturbed run, and one that is disturbed, with `twice` once more: whether all that must hold did. Else the words
 * of the audit say what did not. */
bool sim_run_check(struct sim_run *run, bool twice);
void sim_run_free(struct sim_run *run);
