/* SPDX-License-Identifier: Apache-2.0
 * Where jobs are written to, and what was written so far: the two descriptors, the counts per
 * source and in total. After the first failure nothing more is written or counted. Not thread-safe:
 * one writer at a time. */
#pragma once
#include "pipeline/job.h"

#define ARGOT_SINK_KEPT_BYTES ((size_t)4 << 20) /* a buffer that grew beyond is given back */

struct argot_sink {
    const struct argot_parse_options *options;
    enum argot_parse_end end; /* other than DONE: closed */
    int error;
};

/* Writes the job's buffers and empties them. False: the sink is closed, and says why. */
bool argot_sink_write(struct argot_sink *sink, struct argot_job *job);
