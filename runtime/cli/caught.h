/* SPDX-License-Identifier: Apache-2.0
 * Alerts that are kept longer than the engine does: copies, without their causes. */
#pragma once
#include "base/arena.h"
#include "event/alert.h"

#define ARGOT_CAUGHT_MAX 100000u /* further ones are counted */

struct argot_caught {
    struct argot_arena arena;
    struct argot_alert **alerts; /* in the order in which they fired; of the seam */
    size_t count, capacity;
    uint64_t missed; /* beyond the maximum, or for want of memory */
};

void argot_caught_init(struct argot_caught *caught, struct argot_seam *seam);
void argot_caught_finish(struct argot_caught *caught);
/* For `alert` of the engine, whose context is a struct argot_caught. */
void argot_caught_add(void *context, const struct argot_alert *alert);
