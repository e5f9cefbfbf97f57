/* SPDX-License-Identifier: Apache-2.0
 * What remains of a compiled format for whoever writes code around it: its messages, the fields that an event of each
 * may have, and the files of its envelopes. Lies in an arena of the caller and outlives the compilation. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct argot_gen_member {
    const char *name; /* of the schema's field, or of the member of extra */
    bool extra;
    uint8_t type;   /* enum argot_type */
    uint32_t order; /* fields: their number in the schema */
};

struct argot_gen_members {
    size_t count;
    struct argot_gen_member *list; /* in the order of the schema, those of extra behind */
};

struct argot_gen_outline {
    const char *name, *title;
    uint32_t version;
    size_t nmessages;
    const char **messages;           /* their ids */
    struct argot_gen_members *each;  /* what an event of each message may have of this format */
    struct argot_gen_members all;    /* what it fills at all */
    struct argot_gen_members always; /* what every event has: event_type, event_time */
    size_t nenvelopes;
    const char **envelopes; /* paths of their files */
};

/* Adds what is in `more` and not in `members`. */
void argot_gen_members_add(struct argot_arena *arena, struct argot_gen_members *members,
                           const struct argot_gen_members *more);

struct argot_gen;
/* Made while the model is there. */
struct argot_gen_outline *argot_gen_outline_make(struct argot_arena *arena, struct argot_gen *gen);
