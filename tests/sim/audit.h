/* SPDX-License-Identifier: Apache-2.0
 * What is in a store when all is over, and whether it is what must be there: nothing lost, nothing doubled, bytes
 * equal; and the alerts, to be compared with those of another run. */
#pragma once
#include "script.h"
#include "senders.h"
#include "setup.h"

#define SIM_AUDIT_WORDS 1000

struct sim_alert {
    char *text;
    argot_time time;
};

struct sim_audit {
    char wrong[SIM_AUDIT_WORDS]; /* empty: nothing is */
    struct sim_alert *alerts;    /* of the logs of which nothing may be lost, and their causes: each one, sorted */
    size_t nalerts, alerts_room;
    argot_time alerts_from; /* older ones may have been given up; INT64_MIN: none may */
    char **ids;             /* of all alerts, sorted */
    size_t nids, ids_room, told;
    size_t records, messages, lost, twice; /* lines that are there, that were lost where that may be, or came twice */
    size_t given_up;                       /* of lines and messages, for their age or the size of the store */
};

void sim_audit_read(struct sim_audit *audit, struct sim_world *world, const struct sim_setup *setup,
                    const struct sim_script *script, struct sim_senders *senders);
/* Whether each alert that is there was told, but for so many messages that were counted as lost, and nothing else was.
 */
void sim_audit_told(struct sim_audit *audit, const struct sim_world *world, unsigned tells, uint64_t lost);
/* Whether two runs told the same; else the first difference is in the words of the first one. */
bool sim_audit_compare(struct sim_audit *audit, const struct sim_audit *undisturbed);
void sim_audit_free(struct sim_audit *audit);
