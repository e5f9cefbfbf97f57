/* SPDX-License-Identifier: Apache-2.0
 * sim --seeds FROM..TO | --seed N [--trace] [--keep FOLDER]: runs of the pipeline on a simulated machine on which
 * everything goes wrong, each held against one on which nothing does. docs/contributing.md tells what is simulated, and
 * what must hold. */
#include "run.h"
#include "shrink.h"
#include "vfs.h"
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_SECONDS 120 /* of one seed */
#define SHOWN 100        /* seeds between two words of how far it is */

struct options {
    uint64_t from, to;
    uint64_t call;  /* of a sweep: this one alone */
    uint64_t sweep; /* each so many-th call of a brief run fails, in a run of its own; 0: none */
    bool trace, twice, calm, shrink;
    const char *keep;
};

struct sums {
    uint64_t seeds, wrong, lives, killed, faults, calls, records, messages, lost, alerts;
    argot_time lasted;
};

static void
add(struct sums *sums, const struct sim_run *run)
{
    sums->seeds++;
    sums->lives += run->lives;
    sums->killed += run->killed;
    sums->faults += run->faults;
    sums->calls += run->calls;
    sums->records += run->audit.records;
    sums->messages += run->audit.messages;
    sums->lost += run->audit.lost;
    sums->alerts += run->audit.nalerts;
    sums->lasted += run->lasted;
}

static void
one_seed(uint64_t seed, const struct options *options, const struct sim_process *model, struct sums *sums)
{
    struct sim_run run;
    alarm(MOST_SECONDS);
    sim_run_make(&run, seed, model, false);
    run.trace = options->trace;
    run.keep = options->keep;
    run.of_calm = options->calm;
    for (size_t i = 0; options->trace && i < run.plan.count; i++)
        sim_plan_print(&run.plan, i);
    if (!sim_run_check(&run, options->twice)) {
        sums->wrong++;
        printf("seed %" PRIu64 ":\n%s\n", seed, run.audit.wrong);
        fflush(stdout);
        if (options->shrink)
            sim_shrink(seed, model);
    }
    add(sums, &run);
    sim_run_free(&run);
}

/* One brief run after the other, in each of which another call fails, once. */
static void
sweep_seed(uint64_t seed, const struct options *options, const struct sim_process *model, struct sums *sums)
{
    struct sim_run calm, run;
    sim_run_make(&calm, seed, model, true);
    calm.keep = options->calm ? options->keep : NULL;
    sim_run_do(&calm, false);
    sim_run_make(&run, seed, model, true);
    sim_run_do(&run, true); /* how many calls there are */
    run.busy_calls += 1;
    for (uint64_t call = options->sweep, last = run.busy_calls; call < last; call += options->sweep) {
        if (options->call && call != options->call)
            continue;
        alarm(MOST_SECONDS);
        sim_audit_free(&run.audit);
        run.fail_call = call;
        run.trace = options->trace;
        run.keep = options->calm ? NULL : options->keep;
        sim_run_do(&run, true);
        if (!*run.audit.wrong)
            sim_audit_compare(&run.audit, &calm.audit);
        sums->wrong += *run.audit.wrong != 0;
        if (*run.audit.wrong)
            printf("seed %" PRIu64 ", call %" PRIu64 " fails:\n%s\n", seed, call, run.audit.wrong);
        fflush(stdout);
        add(sums, &run);
    }
    sim_run_free(&calm);
    sim_run_free(&run);
}

static int
run_seeds(const struct options *options)
{
    struct sim_process model = {0};
    struct sums sums = {0};
    sim_vfs_take_memory(options->sweep > 0);
    sim_process_rules(&model);
    for (uint64_t seed = options->from; seed <= options->to; seed++) {
        (options->sweep ? sweep_seed : one_seed)(seed, options, &model, &sums);
        if (seed % SHOWN == 0 && seed < options->to)
            printf("… seed %" PRIu64 "\n", seed);
        fflush(stdout);
    }
    printf("%" PRIu64 " runs, %" PRIu64 " with violations: %.1f hours, %" PRIu64 " starts, %" PRIu64
           " ends by force, %" PRIu64 " faults in %" PRIu64 " calls, %" PRIu64 " records, %" PRIu64
           " messages, %" PRIu64 " lost where that may be, %" PRIu64 " alerts and causes\n",
           sums.seeds, sums.wrong, (double)sums.lasted / (double)SIM_HOUR, sums.lives, sums.killed, sums.faults,
           sums.calls, sums.records, sums.messages, sums.lost, sums.alerts);
    sim_process_free_rules(&model);
    return sums.wrong ? 1 : 0;
}

int
main(int argc, char **argv)
{
    static const struct option names[] = {{"seeds", 1, NULL, 's'}, {"seed", 1, NULL, 'n'}, {"trace", 0, NULL, 't'},
                                          {"twice", 0, NULL, '2'}, {"keep", 1, NULL, 'k'}, {"calm", 0, NULL, 'c'},
                                          {"sweep", 1, NULL, 'w'}, {"call", 1, NULL, 'a'}, {"shrink", 0, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct options options = {.from = 1, .to = 10};
    int option;
    while ((option = getopt_long(argc, argv, "", names, NULL)) >= 0) {
        if (option == 's' && sscanf(optarg, "%" SCNu64 "..%" SCNu64, &options.from, &options.to) == 2)
            continue;
        if (option == 'n' && sscanf(optarg, "%" SCNu64, &options.from) == 1)
            options.to = options.from;
        else if (option == 't')
            options.trace = true;
        else if (option == 'k')
            options.keep = optarg;
        else if (option == 'h')
            options.shrink = true;
        else if (option == 'a')
            options.call = strtoull(optarg, NULL, 10);
        else if (option == 'w')
            options.sweep = strtoull(optarg, NULL, 10);
        else if (option == 'c')
            options.calm = true; /* trace and keep are of the undisturbed run */
        else if (option == '2')
            options.twice = true;
        else
            option = '?';
        if (option == '?') {
            fprintf(stderr,
                    "usage: sim --seeds FROM..TO | --seed N [--trace] [--twice] [--shrink] [--keep FOLDER] [--calm] "
                    "[--sweep STEP [--call N]]\n");
            return 2;
        }
    }
    return run_seeds(&options);
}
