/* SPDX-License-Identifier: Apache-2.0
 * Which witnesses were seen in the event at hand: each once, in the order in which they were found. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct argot_sightings {
    uint64_t round; /* of the event at hand */
    uint64_t *seen; /* by witness: the round in which it was seen last */
    uint32_t *list; /* room for all */
    uint32_t count;
};

static inline bool
argot_sightings_has(const struct argot_sightings *sightings, uint32_t witness)
{
    return sightings->seen[witness] == sightings->round;
}

static inline void
argot_sightings_put(struct argot_sightings *sightings, uint32_t witness)
{
    if (argot_sightings_has(sightings, witness))
        return;
    sightings->seen[witness] = sightings->round;
    sightings->list[sightings->count++] = witness;
}
