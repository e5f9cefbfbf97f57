/* SPDX-License-Identifier: Apache-2.0
 * What the files of the live inputs share: live.c gives blocks in turn, live_look.c finds out where there are some. */
#pragma once
#include "input/live.h"
#include "input/wildcard.h"

#define ARGOT_LIVE_WATCHES 2 /* of a log: its file, and the one that was there before */

/* A log or a listener. */
struct argot_live_entry {
    size_t input;
    const char *name;
    struct argot_rotation *rotation;         /* NULL: no log */
    struct argot_listener *listener;         /* NULL: none, or it could not be opened yet */
    struct argot_journal *journal;           /* the same */
    size_t folder;                           /* of a log, in the list of folders */
    int watches[ARGOT_LIVE_WATCHES];         /* -1: none */
    bool ready;                              /* there may be something */
    bool ended;                              /* a log that is read once, at its end */
    uint64_t tag;                            /* of a listener */
    uint64_t first_record;                   /* of a listener or a journal that is not open */
    char cursor[ARGOT_JOURNAL_CURSOR_BYTES]; /* of a journal: what was read last; empty: nothing */
    char problem[ARGOT_LIVE_PROBLEM_BYTES];  /* as told last; empty: none */
};

struct argot_live_folder {
    const char *path;
    int watch;  /* -1: none */
    bool stale; /* names have changed */
};

struct argot_live_known {
    const char *name;
    uint64_t number;
    struct argot_tail_position position;
    const char *cursor; /* of a journal, or NULL */
    bool done;
};

struct argot_live {
    struct argot_live_options options;
    struct argot_arena arena; /* names */
    struct argot_arena look;  /* of one look at patterns */
    int poll, watches;        /* -1: none */
    size_t count, capacity;
    struct argot_live_entry *entries;
    size_t nfolders, folders_capacity;
    struct argot_live_folder *folders;
    size_t known_count, known_capacity;
    struct argot_live_known *known;
    size_t turn;                         /* of the entries */
    argot_time next_tick, next_thorough; /* monotonic */
    bool odd;                            /* of two turns one */
    bool listeners_only;
    bool begun, no_memory;
    uint64_t crowded; /* looks at files of which there are too many */
};

/* Makes room for one more in a list that grows by doubling. False without memory. */
bool argot_live_grow(struct argot_live *live, void **list, size_t count, size_t *capacity, size_t size);
/* The entries of all inputs, as far as they are there. */
void argot_live_begin(struct argot_live *live);
/* To be opened anew, behind what was read of it. */
void argot_live_close_journal(struct argot_live *live, struct argot_live_entry *entry);
/* Reads what the watches say. */
void argot_live_watch(struct argot_live *live);
/* What is due every second; `now` is monotonic. */
void argot_live_tick(struct argot_live *live, argot_time now);
void argot_live_tell(struct argot_live *live, struct argot_live_entry *entry, const char *problem);
