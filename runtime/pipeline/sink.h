/* SPDX-License-Identifier: Apache-2.0
 * Where results are written to: a descriptor for events or alerts, and one for dead letters. After the first failure
 * nothing more is written. Not thread-safe: one writer at a time. */
#pragma once
#include "base/buffer.h"
#include "pipeline/parse.h"

#define ARGOT_SINK_KEPT_BYTES ((size_t)4 << 20) /* a buffer that grew beyond is given back */

struct argot_sink {
    struct argot_seam *seam;
    int output_fd, letters_fd;
    enum argot_parse_end end; /* other than DONE: closed */
    int error;
};

struct argot_sink argot_sink_of(const struct argot_parse_options *options);

/* Writes the buffers, letters first, and empties them. `no_memory`: what is in them is not all that should be. False:
 * the sink is closed, and says why. */
bool argot_sink_write(struct argot_sink *sink, struct argot_buffer *letters, struct argot_buffer *output,
                      bool no_memory);
