/* SPDX-License-Identifier: Apache-2.0
 * Stored events through rules: those of all segments in the order of their times, each made of its record again. The
 * store is only read, beside a run that writes to it. Memory is that of the rules' state, and of some split records. */
#pragma once
#include "pipeline/detect.h"

/* Records that were split into several events are remembered, since their events need not follow on each other: */
#define ARGOT_HISTORY_RECORDS 64               /* so many, */
#define ARGOT_HISTORY_BYTES ((size_t)64 << 20) /* as far as their events take no more than this together */

struct argot_history_options {
    /* As of detections: seam, registry, output, output_fd, color, stop, progress; plan, late_ns. */
    struct argot_detect_options detect;
    const char *path;    /* of the store */
    argot_time from, to; /* of the events, both included */
    /* Format and zone of a source, by the path and the name that the store has. */
    void (*settings)(void *context, const char *path, const char *name, struct argot_settings *settings);
    void *context;
};

/* As argot_detect_run, with a source for each of the store's: counts are of the events that were in the range. What
 * failed later is said by the end, STORE_ERROR, and store_problem. */
bool argot_history_run(const struct argot_history_options *options, struct argot_detect_result *result, char *why,
                       size_t why_size);
