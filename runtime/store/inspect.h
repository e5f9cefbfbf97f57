/* SPDX-License-Identifier: Apache-2.0
 * Looking at a store that nobody writes to: whether its files are whole and say nothing that contradicts them, and
 * saving what is intact in one that is damaged. */
#pragma once
#include "base/seam.h"
#include <stdbool.h>

struct argot_inspect {
    struct argot_seam *seam;
    const char *path; /* of the live segment */
    void *context;
    /* Something is wrong with a file, in a person's words. */
    void (*say)(void *context, const char *file, const char *words);
};

struct argot_inspect_result {
    uint64_t files, damaged; /* looked at; of them, with something wrong */
    uint64_t events, alerts, letters;
    bool torn; /* some of a file cannot be read, of which what is intact can be saved */
};

/* Reads all of it: O(size). False with the reason in `why` when there is no store to look at. */
bool argot_inspect_check(const struct argot_inspect *inspect, struct argot_inspect_result *result, char *why,
                         size_t why_size);

struct argot_inspect_saved {
    uint64_t events, alerts, letters; /* that are intact, */
    uint64_t gaps;                    /* and places in which something is not */
    const char *kept;                 /* after acting: where the damaged file is now, behind its path */
};

/* Reads what is intact of one file, the live segment or a closed one, and with `act` puts it into a new file, which
 * takes the name of the old one: that is kept as FILE.damaged. False with the reason in `why`; then the file is as it
 * was. */
bool argot_inspect_repair(const struct argot_inspect *inspect, bool act, struct argot_inspect_saved *saved, char *why,
                          size_t why_size);
