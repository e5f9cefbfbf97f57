/* SPDX-License-Identifier: Apache-2.0
 * A run over inputs that have no end: what the configuration says becomes live inputs; signals end the run or change
 * its rules. */
#pragma once
#include "cli/reading.h"
#include "cli/reporting.h"
#include "cli/ruleset.h"
#include "cli/rights.h"
#include "config/config.h"
#include "pipeline/announce.h"
#include "store/store.h"

struct argot_serving {
    struct argot_reading *reading; /* begun */
    const struct argot_config *config;
    const char *path;                /* of the configuration */
    struct argot_zone *const *zones; /* of its inputs; NULL: UTC */
    struct argot_store **store;      /* may be another afterwards, or NULL */
    /* Opens it anew: NULL where it cannot be yet. */
    struct argot_store *(*open)(void *context, bool *full, char *why, size_t why_size); /* as of a room */
    void (*attend)(void *context); /* called while there is no room */
    const struct argot_plan *plan;
    struct argot_announce *announce; /* NULL: nobody is told of alerts */
    struct argot_reporting *reporting;
    const struct argot_rights *rights;
    uint64_t commit_rows, warm_events; /* 0: as usual */
    /* Reads the rules anew into a set that is initialized: NULL after saying what is wrong. */
    const struct argot_plan *(*rules)(void *context, struct argot_ruleset *set);
    void *context; /* of the three */
};

/* Whether some input is followed, or listened to. */
bool argot_serving_is_due(const struct argot_config *config);
/* Says what became of the store, if that failed, `full`: since there was no room. */
void argot_serving_say_store(struct argot_reading *reading, const struct argot_config *config,
                             const struct argot_detect_result *result, bool full);
/* Runs until it is asked to end, or all inputs have ended. The exit status. */
int argot_serving_run(const struct argot_serving *serving);
