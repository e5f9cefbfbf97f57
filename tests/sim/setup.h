/* SPDX-License-Identifier: Apache-2.0
 * How the process of a seed is configured. The first seeds keep all that they read, in one way; those beyond
 * SIM_SETUP_WIDE draw what is kept of which format, what is given up, and how large and old segments become. A
 * disturbed run and an undisturbed one have the same. */
#pragma once
#include "store/store.h"
#include "world.h"

#define SIM_SETUP_WIDE UINT64_C(1000000)
#define SIM_SETUP_POLICIES 4

/* Who is told alerts. */
enum sim_tell {
    SIM_TELL_MAIL = 1,   /* by a program */
    SIM_TELL_PLAIN = 2,  /* by webhook, each */
    SIM_TELL_GROUPS = 4, /* by webhook, those of a rule and an address together */
};

struct sim_setup {
    bool wide;
    unsigned tells; /* enum sim_tell, in a disturbed run */
    size_t npolicies;
    struct argot_store_policy policies[SIM_SETUP_POLICIES];
    int64_t segment_ns, keep_events_ns, keep_raw_ns, keep_alerts_ns, keep_letters_ns;
    uint64_t segment_bytes; /* 0: as the disturbed run draws it */
    uint64_t keep_bytes, warm_events;
    bool named_sockets; /* syslog comes over sockets with names, not over ports */
    argot_time mend;    /* when the missing format comes, and letters are replayed; 0: never */
};

void sim_setup_make(struct sim_setup *setup, uint64_t seed, bool brief);
/* Draws when, before it is quiet. */
void sim_setup_mend(struct sim_setup *setup, uint64_t seed, argot_time quiet);
void sim_setup_print(const struct sim_setup *setup);
/* Whether some raw line that was stored may not be there any more, or never was. */
bool sim_setup_is_bare(const struct sim_setup *setup);
