/* SPDX-License-Identifier: Apache-2.0
 * What is given up is older than rules look back, by lateness and their windows: else a run that begins anew would not
 * know what the one before it knew, and tell other alerts. */
#include "setup.h"
#include <stdio.h>

#define LEAST_AGE (25 * SIM_MINUTE)
#define MOST_AGE (60 * SIM_MINUTE)
#define AGE_PART 4                          /* of the shortest age, after which segments are closed */
#define LEAST_SEGMENT ((uint64_t)400 << 10) /* an empty one has half of it */
#define BRIEF_SEGMENT ((uint64_t)320 << 10)
#define LEAST_SIZE ((int64_t)2500 << 10)
#define MOST_SIZE ((int64_t)5000 << 10)
#define TELLING 3        /* each so many-th of the first seeds tells alerts */
#define MENDED 600       /* of 1000 wide seeds */
#define WARM_EVENTS 1500 /* more than come while rules look back */

static struct argot_store_policy
choose_policy(struct sim_random *random, const char *format)
{
    return (struct argot_store_policy){.format = format,
                                       .events = (enum argot_store_keep)sim_random_below(random, 3),
                                       .raw = (enum argot_store_raw)sim_random_below(random, 3)};
}

static void
choose_policies(struct sim_setup *setup, struct sim_random *random)
{
    static const char *const formats[] = {"sshd", "apache_access", "aws_cloudtrail", "vsftpd"};
    if (sim_random_often(random, 500))
        setup->policies[setup->npolicies++] = choose_policy(random, NULL);
    for (size_t i = 0; i < sizeof formats / sizeof *formats && setup->npolicies < SIM_SETUP_POLICIES; i++)
        if (sim_random_often(random, 500))
            setup->policies[setup->npolicies++] = choose_policy(random, formats[i]);
}

static void
choose_ages(struct sim_setup *setup, struct sim_random *random)
{
    int64_t *const ages[] = {&setup->keep_events_ns, &setup->keep_raw_ns, &setup->keep_alerts_ns,
                             &setup->keep_letters_ns};
    int64_t shortest = MOST_AGE;
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        if (!sim_random_often(random, 500))
            continue;
        *ages[i] = sim_random_between(random, LEAST_AGE, MOST_AGE);
        shortest = *ages[i] < shortest ? *ages[i] : shortest;
    }
    setup->segment_ns = shortest / AGE_PART;
}

void
sim_setup_make(struct sim_setup *setup, uint64_t seed, bool brief)
{
    struct sim_random random = sim_random_of(seed, 9);
    *setup = (struct sim_setup){.wide = seed > SIM_SETUP_WIDE};
    if (!setup->wide) {
        setup->tells = brief || seed % TELLING == 0 ? SIM_TELL_MAIL : 0;
        return;
    }
    if (sim_random_often(&random, 700))
        choose_policies(setup, &random);
    if (sim_random_often(&random, 500) && !brief)
        choose_ages(setup, &random);
    else if (sim_random_often(&random, 500) && !brief)
        setup->keep_bytes = (uint64_t)sim_random_between(&random, LEAST_SIZE, MOST_SIZE);
    if (!setup->segment_ns)
        setup->segment_bytes = brief ? BRIEF_SEGMENT : LEAST_SEGMENT << sim_random_below(&random, 2);
    if (sim_random_often(&random, 300))
        setup->warm_events = WARM_EVENTS;
    setup->tells = (unsigned)sim_random_below(&random, 2 * SIM_TELL_GROUPS);
    setup->named_sockets = sim_random_often(&random, 300);
}

void
sim_setup_mend(struct sim_setup *setup, uint64_t seed, argot_time quiet)
{
    struct sim_random random = sim_random_of(seed, 11);
    if (sim_random_often(&random, MENDED))
        setup->mend = sim_random_between(&random, quiet / 4, quiet - quiet / 8);
}

static void
print_age(const char *name, int64_t ns)
{
    if (ns)
        printf(", %s %.1f min", name, (double)ns / (double)SIM_MINUTE);
}

void
sim_setup_print(const struct sim_setup *setup)
{
    static const char *const events[] = {"all", "matched", "none"}, *const raw[] = {"all", "unmatched", "none"};
    printf("segments of %llu KiB", (unsigned long long)(setup->segment_bytes >> 10));
    print_age("or", setup->segment_ns);
    print_age("events for", setup->keep_events_ns);
    print_age("raw lines for", setup->keep_raw_ns);
    print_age("alerts for", setup->keep_alerts_ns);
    print_age("dead letters for", setup->keep_letters_ns);
    if (setup->keep_bytes)
        printf(", %llu KiB", (unsigned long long)(setup->keep_bytes >> 10));
    if (setup->warm_events)
        printf(", rules begin with %llu events", (unsigned long long)setup->warm_events);
    printf(", tells %u%s", setup->tells, setup->named_sockets ? ", sockets with names" : "");
    if (setup->mend)
        printf(", replayed at %.3f", (double)setup->mend / (double)SIM_SECOND);
    for (size_t i = 0; i < setup->npolicies; i++)
        printf("; %s: events %s, raw %s", setup->policies[i].format ? setup->policies[i].format : "else",
               events[setup->policies[i].events], raw[setup->policies[i].raw]);
    printf("\n");
}

bool
sim_setup_is_bare(const struct sim_setup *setup)
{
    bool bare = setup->keep_raw_ns;
    for (size_t i = 0; i < setup->npolicies; i++)
        bare = bare || setup->policies[i].raw != ARGOT_STORE_RAW_ALL ||
               (setup->warm_events && setup->policies[i].events != ARGOT_STORE_KEEP_ALL);
    return bare;
}
