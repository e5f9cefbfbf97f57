/* SPDX-License-Identifier: Apache-2.0
 * Results of runs are added up over processes, and told as a summary that names each kind of fault and of call. */
#include "sums.h"
#include <inttypes.h>
#include <stdio.h>

void
sim_sums_run(struct sim_sums *sums, const struct sim_run *run)
{
    *sums = (struct sim_sums){.runs = 1,
                              .wrong = *run->audit.wrong != 0,
                              .lives = run->lives,
                              .killed = run->killed,
                              .records = run->audit.records,
                              .messages = run->audit.messages,
                              .lost = run->audit.lost,
                              .twice = run->audit.twice,
                              .alerts = run->audit.nalerts,
                              .told = run->audit.told,
                              .lasted = run->lasted,
                              .counts = run->counts};
}

static void
add_all(uint64_t *sums, const uint64_t *more, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sums[i] += more[i];
}

void
sim_sums_add(struct sim_sums *sums, const struct sim_sums *more)
{
    sums->runs += more->runs;
    sums->wrong += more->wrong;
    sums->lives += more->lives;
    sums->killed += more->killed;
    sums->records += more->records;
    sums->messages += more->messages;
    sums->lost += more->lost;
    sums->twice += more->twice;
    sums->alerts += more->alerts;
    sums->told += more->told;
    sums->lasted += more->lasted;
    sums->processor_ns += more->processor_ns;
    add_all(sums->counts.calls, more->counts.calls, SIM_CALLS);
    add_all(sums->counts.faults, more->counts.faults, SIM_FAULTS);
    add_all(sums->counts.troubles, more->counts.troubles, SIM_TROUBLES);
    sums->counts.made_to_fail += more->counts.made_to_fail;
}

static void
print_some(const char *before, const uint64_t *counts, size_t count, const char *const *names)
{
    const char *between = ": ";
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += counts[i];
    printf("%s%" PRIu64, before, sum);
    for (size_t i = 0; i < count; i++)
        if (counts[i]) {
            printf("%s%s %" PRIu64, between, names[i], counts[i]);
            between = ", ";
        }
    printf("\n");
}

void
sim_sums_print(const struct sim_sums *sums)
{
    const struct sim_counts *counts = &sums->counts;
    printf("%" PRIu64 " runs, %" PRIu64 " with violations: %.1f hours of theirs in %.1f s of processor time\n",
           sums->runs, sums->wrong, (double)sums->lasted / (double)SIM_HOUR,
           (double)sums->processor_ns / (double)SIM_SECOND);
    printf("%" PRIu64 " starts, %" PRIu64 " ends by force, %" PRIu64 " records, %" PRIu64 " messages, %" PRIu64
           " lost and %" PRIu64 " doubled where that may be, %" PRIu64 " alerts and causes, %" PRIu64 " told\n",
           sums->lives, sums->killed, sums->records, sums->messages, sums->lost, sums->twice, sums->alerts, sums->told);
    print_some("faults: ", counts->faults, SIM_FAULTS, sim_fault_names);
    print_some("calls that failed or did less: ", counts->troubles, SIM_TROUBLES, sim_trouble_names);
    if (counts->made_to_fail)
        printf("calls that were made to fail, each in a run of its own: %" PRIu64 "\n", counts->made_to_fail);
    print_some("calls: ", counts->calls, SIM_CALLS, sim_call_names);
}
