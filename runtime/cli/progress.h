/* SPDX-License-Identifier: Apache-2.0
 * A line on a terminal that tells how far a parse is; drawn after half a second, at most five times
 * a second, and wiped before anything else is said. */
#pragma once
#include "pipeline/parse.h"

struct argot_progress {
    struct argot_seam *seam;
    bool enabled;
    bool shown;
    argot_time started, drawn;
    uint64_t total_bytes;   /* of all inputs, 0 when one of them does not say */
    uint64_t before_bytes;  /* of the inputs that are through */
    uint64_t current_bytes; /* size of the present one */
    size_t source;
};

/* Enabled when standard error is a terminal that can be drawn on. */
void argot_progress_init(struct argot_progress *progress, struct argot_seam *seam, uint64_t total_bytes);
void argot_progress_update(struct argot_progress *progress, const struct argot_parse_progress *state);
void argot_progress_clear(struct argot_progress *progress);
