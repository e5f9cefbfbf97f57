/* SPDX-License-Identifier: Apache-2.0
 * What a store has, written to files: events, alerts and dead letters, one file each. */
#pragma once
#include "cli/args.h"

struct argot_export {
    const struct argot_args *args;
    const char *store, *folder; /* the folder is made where it is not there */
    argot_time from, to;        /* both included; of dead letters when they were received */
    bool csv;                   /* else JSON lines */
    bool act;                   /* else is only told what would be written */
};

/* Writes nothing over what is there. The exit status. */
int argot_export_run(const struct argot_export *options);
