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
    /* NULL where it cannot be yet, with the reason, and whether it is that there is no room; says nothing. */
    struct argot_store *(*open)(void *context, bool *full, char *why, size_t why_size);
    void (*attend)(void *context); /* called now and then */
    void *context;                 /* of both */
    /* Passes so much time, in which what comes may be dropped. False: no memory. NULL: sleeps. */
    bool (*pass)(void *context, int64_t ns);
    void *pass_context;
    struct argot_store_given_up owed;     /* given up, and not yet noted in the store */
    int64_t pause_ns;                     /* doubled each time that there is too little room; 0: there was room since */
    char told[ARGOT_STORE_PROBLEM_BYTES]; /* why it cannot be opened, as it was said last, */
    argot_time told_at;                   /* and when (monotonic) */
};

/* What is wrong was said. Opens the store anew, and gives up the oldest segment before each attempt where that is
 * wanted and there is no room: the first time at once, then after a pause, since room that is given up may come late.
 * Why it cannot be opened is said when that changes, and once a minute. *store is NULL when it returns false: asked to
 * end meanwhile, or without memory. */
bool argot_room_wait(struct argot_room *room, struct argot_store **store);
/* The same where it can be opened, and there was too little room after all. */
void argot_room_tell(struct argot_room *room, const char *why);
