/* SPDX-License-Identifier: Apache-2.0
 * Alerts as whoever listens to the engine gets them: with their causes, those of alerts among them too, and the raw
 * lines. */
#pragma once
#include "correlate/held.h"

struct argot_tell {
    struct argot_arena *arena;
    const struct argot_engine_options *options;
    const struct argot_formats *formats;
    /* The event that is being read, if there is one: its raw line need not be asked for. */
    const struct argot_event *at_hand;
    struct argot_identity at_hand_identity;
    uint32_t causes_left;
    size_t raw_left;
};

/* Calls options->alert. False without memory. */
bool argot_tell(struct argot_tell *tell, const struct argot_held *held);
