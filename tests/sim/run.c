/* SPDX-License-Identifier: Apache-2.0
 * Somebody starts the process again whenever it has ended, as a service manager does. After the faults are over it must
 * come up, and stay; then it is asked to end, and the store is looked at. */
#include "run.h"
#include "vfs.h"
#include <stdio.h>
#include <stdlib.h>

#define LEAST_PAUSE (50 * SIM_MS)
#define MOST_PAUSE (40 * SIM_SECOND)
#define FULL_PAUSE (500 * SIM_MS)
#define MOST_STARTS 40 /* after all faults are over */
#define MOST_REPLAY_PAUSE (8 * SIM_SECOND)
#define MOST_KILLS 6 /* of replays */
#define MOST_REPLAYS 60
#define SEGMENT_BYTES ((uint64_t)400 << 10)
#define BRIEF_SEGMENT_BYTES ((uint64_t)320 << 10)

void
sim_run_make(struct sim_run *run, uint64_t seed, const struct sim_process *model, bool brief)
{
    *run = (struct sim_run){.seed = seed, .model = model};
    sim_setup_make(&run->setup, seed, brief);
    sim_script_make(&run->script, seed, run->setup.wide, brief);
    sim_senders_make(&run->senders, seed, run->setup.named_sockets, run->script.quiet, brief);
    argot_time *times = calloc(run->script.nsteps + run->senders.count, sizeof *times);
    if (!times)
        abort();
    size_t count = 0;
    for (size_t i = 0; i < run->script.nsteps; i++)
        if (run->script.steps[i].log) /* what is only a heartbeat says little */
            times[count++] = run->script.steps[i].time;
    for (size_t i = 0; i < run->senders.count; i += 4)
        times[count++] = run->senders.times[i];
    if (run->setup.wide)
        sim_setup_mend(&run->setup, seed, run->script.quiet);
    if (!brief)
        sim_plan_make(&run->plan, seed, run->script.quiet, times, count);
    free(times);
}

static void
ask_to_end(void *context, struct sim_world *world, uint64_t what)
{
    (void)context;
    (void)what;
    world->stop = true;
}

static void
note_calls(void *context, struct sim_world *world, uint64_t what)
{
    (void)what;
    ((struct sim_run *)context)->busy_calls = world->calls;
}

/* The format that was missing is there from now on: the run is ended, and what it made letters of is replayed. */
static void
mend(void *context, struct sim_world *world, uint64_t what)
{
    (void)what;
    ((struct sim_run *)context)->replay_is_due = true;
    world->stop = true;
}

static void
kill_replay(void *context, struct sim_world *world, uint64_t what)
{
    (void)context;
    sim_world_kill(world, what);
}

static void
on_committed(void *context)
{
    sim_senders_commit(context, false);
}

/* Most are killed in the middle, the first ones at least. */
static void
replay(struct sim_run *run, struct sim_process *process, struct sim_random *random)
{
    process->whole = true;
    if (run->is_disturbed && run->replays < MOST_KILLS) {
        uint64_t most = UINT64_C(1) << sim_random_between(random, 4, 14);
        sim_world_ambush(process->world, sim_random_below(random, most), kill_replay, run,
                         sim_random_often(random, 500));
    }
    run->replays++;
    enum sim_process_end end = sim_process_replay(process);
    sim_world_flush(process->world, run, UINT64_MAX);
    sim_world_reset_process(process->world);
    run->killed += end == SIM_PROCESS_KILLED;
    run->replay_is_due = end != SIM_PROCESS_STOPPED;
}

/* Until it has ended as it was asked to. */
static void
live_all(struct sim_run *run, struct sim_process *process)
{
    struct sim_world *world = process->world;
    struct sim_random pauses = sim_random_of(run->seed, 4);
    struct sim_random replays = sim_random_of(run->seed, 10);
    unsigned starts = 0;
    for (;;) {
        world->away = false;
        enum sim_process_end end = sim_process_live(process);
        world->away = true;
        run->killed += end == SIM_PROCESS_KILLED;
        if (end == SIM_PROCESS_STOPPED)
            sim_senders_commit(&run->senders, true);
        if (end == SIM_PROCESS_STOPPED && world->now >= run->script.end && process->dropped != run->senders.dropped)
            snprintf(run->audit.wrong, sizeof run->audit.wrong, "%llu datagrams were dropped, and %llu are told",
                     (unsigned long long)run->senders.dropped, (unsigned long long)process->dropped);
        sim_senders_lose(&run->senders);
        if (world->blocks) {
            snprintf(run->audit.wrong, sizeof run->audit.wrong, "%zu blocks of memory are not given back",
                     world->blocks);
            return;
        }
        while (run->replay_is_due && run->replays < MOST_REPLAYS && !world->blocks) {
            sim_world_pass(world, world->now + sim_random_between(&replays, LEAST_PAUSE, MOST_REPLAY_PAUSE));
            replay(run, process, &replays);
            end = SIM_PROCESS_KILLED;
        }
        if (world->blocks) {
            snprintf(run->audit.wrong, sizeof run->audit.wrong, "%zu blocks of memory are not given back by a replay",
                     world->blocks);
            return;
        }
        if (run->replay_is_due) {
            snprintf(run->audit.wrong, sizeof run->audit.wrong, "no replay comes to its end: %.200s", process->why);
            return;
        }
        if (end == SIM_PROCESS_STOPPED && world->now >= run->script.end)
            return;
        if (world->now >= run->script.quiet && ++starts > MOST_STARTS) {
            snprintf(run->audit.wrong, sizeof run->audit.wrong, "it does not come up again: %.200s", process->why);
            return;
        }
        argot_time pause = end == SIM_PROCESS_FULL ? FULL_PAUSE : sim_random_between(&pauses, LEAST_PAUSE, MOST_PAUSE);
        if (world->now < SIM_SECOND)
            pause = LEAST_PAUSE; /* logs are only looked at from the first time on */
        sim_world_pass(world, world->now + pause);
        if (world->now >= run->script.end)
            sim_world_at(world, world->now + SIM_MINUTE, ask_to_end, NULL, 0);
    }
}

void
sim_run_do(struct sim_run *run, bool disturbed)
{
    struct sim_world world;
    struct sim_random choices = sim_random_of(run->seed, 5);
    struct sim_process process = {.world = &world, .plans = {run->model->plans[0], run->model->plans[1]}};
    static const uint64_t rows[] = {0, 1, 3, 20}, blocks[] = {100, 700, 4096, 0};
    if (disturbed) { /* which change nothing of what there is in the end */
        uint64_t segment_bytes = run->script.brief ? BRIEF_SEGMENT_BYTES : SEGMENT_BYTES;
        process.segment_bytes = sim_random_often(&choices, 500) ? segment_bytes : 0;
        process.commit_rows = rows[sim_random_below(&choices, 4)];
        process.block_bytes = blocks[sim_random_below(&choices, 4)];
        process.tells = run->setup.tells;
    }
    process.setup = &run->setup;
    process.listeners = run->senders.listeners;
    if (run->setup.wide)
        process.segment_bytes = run->setup.segment_bytes;
    process.whole = !run->setup.wide;
    run->is_disturbed = disturbed && !run->script.brief; /* there calls fail, one by one */
    run->replays = 0;
    run->replay_is_due = false;
    sim_world_begin(&world, run->seed);
    world.trace = run->trace;
    world.fail_call = run->fail_call;
    process.late = run->script.brief ? SIM_PROCESS_BRIEF_LATE : SIM_PROCESS_LATE;
    sim_script_begin(&run->script, &world, disturbed && !run->script.brief);
    sim_world_at(&world, run->script.quiet, note_calls, run, 0);
    sim_senders_begin(&run->senders, &world);
    sim_programs_begin(&world.programs, run->seed, run->script.quiet);
    sim_receiver_begin(&world.receiver, run->seed, run->script.quiet);
    process.committed = on_committed;
    process.context = &run->senders;
    if (disturbed)
        sim_plan_begin(&run->plan, &world);
    if (run->setup.mend)
        sim_world_at(&world, run->setup.mend, mend, run, 0);
    sim_world_at(&world, run->script.end, ask_to_end, NULL, 0);
    run->audit = (struct sim_audit){0};
    live_all(run, &process);
    run->digest = world.digest;
    run->counts = world.counts;
    run->lasted = world.now;
    run->lives = process.lives;
    if (!*run->audit.wrong)
        sim_audit_read(&run->audit, &world, &run->setup, &run->script, &run->senders);
    if (!*run->audit.wrong && process.tells)
        sim_audit_told(&run->audit, &world, process.tells, process.untold);
    if (run->keep)
        sim_disk_save(&world.disk, run->keep);
    sim_script_end(&run->script);
    sim_senders_end(&run->senders);
    sim_vfs_use(NULL);
    sim_world_end(&world);
}

static void
do_again(struct sim_run *run)
{
    uint64_t digest = run->digest;
    sim_audit_free(&run->audit);
    sim_run_do(run, true);
    if (digest != run->digest)
        snprintf(run->audit.wrong, sizeof run->audit.wrong, "another run of the same seed is another");
}

bool
sim_run_check(struct sim_run *run, bool twice)
{
    struct sim_run calm;
    sim_run_make(&calm, run->seed, run->model, run->script.brief);
    for (size_t i = 0; i < run->script.nlines; i++)
        calm.script.lines[i].left_out = run->script.lines[i].left_out;
    if (run->of_calm) {
        calm.trace = run->trace;
        calm.keep = run->keep;
        run->trace = false;
        run->keep = NULL;
    }
    sim_run_do(&calm, false);
    sim_run_do(run, true);
    if (*calm.audit.wrong && !*run->audit.wrong)
        snprintf(run->audit.wrong, sizeof run->audit.wrong, "undisturbed: %.900s", calm.audit.wrong);
    if (!*run->audit.wrong && !run->script.lost_sight)
        sim_audit_compare(&run->audit, &calm.audit);
    if (twice && !*run->audit.wrong)
        do_again(run);
    sim_run_free(&calm);
    return !*run->audit.wrong;
}

void
sim_run_free(struct sim_run *run)
{
    sim_audit_free(&run->audit);
    sim_script_free(&run->script);
    sim_senders_free(&run->senders);
}
