/* SPDX-License-Identifier: Apache-2.0
 * Services that run on this machine and are known to write logs. */
#pragma once
#include "base/seam_live.h"
#include <stdbool.h>

struct argot_service {
    const char *program;    /* as the kernel names the process: its first 15 bytes */
    const char *title;      /* for people */
    const char *formats[3]; /* stock formats that read its logs, ended by NULL; none: there is none */
};

/* The table, ended by an entry without a program. */
extern const struct argot_service argot_services[];

/* Looks at the processes in a folder like /proc and sets `running` of each entry of the table that runs. False where
 * the folder cannot be looked into. */
bool argot_services_look(struct argot_seam *seam, struct argot_seam_live *live, const char *processes, bool *running);
size_t argot_services_count(void);
