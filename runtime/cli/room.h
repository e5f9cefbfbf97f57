/* SPDX-License-Identifier: Apache-2.0
 * A store whose disk has no room: what the configuration wants is done, said and counted, until it can be opened and
 * written to again. */
#pragma once
#include "base/seam.h"
#include "config/config.h"
#include "store/store.h"

struct argot_room {
    struct argot_seam *seam;
    const struct argot_config *config;
    struct argot_store *(*open)(void *context); /* NULL where it cannot be yet; says nothing */
    void (*attend)(void *context);              /* called now and then */
    void *context;                              /* of both */
    /* Passes so much time, in which what comes may be dropped. False: no memory. NULL: sleeps. */
    bool (*pass)(void *context, int64_t ns);
    void *pass_context;
    struct argot_store_given_up owed; /* given up, and not yet noted in the store */
    int64_t pause_ns;                 /* doubled each time that there is too little room */
};

/* What is wrong was said. Gives up the oldest segment where that is wanted, and opens the store anew; *store is NULL
 * when it returns false: asked to end meanwhile, or without memory. */
bool argot_room_wait(struct argot_room *room, struct argot_store **store);
