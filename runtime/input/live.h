/* SPDX-License-Identifier: Apache-2.0
 * Many inputs that have no end, as one series of blocks: followed files, patterns whose files come and go, and
 * listeners. Each that has something gives a block in turn. Nothing is read before it is asked for, so whoever is slow
 * makes senders wait. Watches tell where to look; everything is also looked at every second, so nothing depends on
 * them. */
#pragma once
#include "input/journal.h"
#include "input/listener.h"
#include "input/rotation.h"

#define ARGOT_LIVE_TICK_NS INT64_C(1000000000)     /* everything is looked at so often, */
#define ARGOT_LIVE_PATTERN_NS INT64_C(10000000000) /* patterns and old generations so often */
#define ARGOT_LIVE_MAX_LOGS 10000                  /* files of all inputs, without their old generations */
#define ARGOT_LIVE_PROBLEM_BYTES 160

enum argot_live_kind { ARGOT_LIVE_FILE, ARGOT_LIVE_PATTERN, ARGOT_LIVE_LISTENER, ARGOT_LIVE_JOURNAL };

struct argot_live_input {
    enum argot_live_kind kind;
    const char *name;  /* the path, the pattern, or what a listener or journal is called */
    bool once;         /* files: read to their end, and not followed */
    const int *socket; /* listeners: one that listens already, and stays open; NULL: none */
    struct argot_endpoint endpoint;
    struct argot_tls_files tls; /* of a listener; certificate NULL: plain */
    const char *journal;        /* which, and which units of it, as argot_journal_open has them */
    const char *const *units;
};

struct argot_live_options {
    struct argot_seam *seam;
    struct argot_seam_live *live;
    struct argot_input_options input;
    size_t ninputs;
    const struct argot_live_input *inputs; /* must outlive it */
    const argot_time
        *since;        /* of each input, by the clock: when it was looked at first, in an earlier run; NULL: now */
    int64_t linger_ns; /* 0: ARGOT_ROTATION_LINGER_NS */
    size_t listener_connections; /* 0: ARGOT_LISTENER_MAX_CONNECTIONS */
    size_t max_logs;             /* 0: ARGOT_LIVE_MAX_LOGS */
    size_t nattended;            /* descriptors of others: when one is ready nothing is waited for any longer */
    const int *attended;
    void *context;
    /* An input cannot be read; told when the reason changes. May be NULL. */
    void (*problem)(void *context, size_t input, const char *name, const char *reason);
};

/* What a block comes from: one file of a log, or a listener. */
struct argot_live_source {
    size_t input;     /* index among the inputs */
    const char *name; /* the log's path, the listener's name; lives as long as the live inputs */
    bool file;
    uint64_t number;                     /* of a file: its place among those at that path, from 1; else 1 */
    struct argot_tail_position position; /* behind the block */
    bool compressed;
    bool failing;       /* of a file that is not read to its end: it cannot be read just now */
    const char *cursor; /* of a journal, behind the block; else NULL */
    uint64_t *tag;      /* the caller's, 0 to begin with; until the next call */
};

struct argot_live_block {
    struct argot_block_bytes bytes; /* zero before the first; argot_block_finish gives its memory back */
    struct argot_live_source source;
    argot_time received;
};

struct argot_live;

/* NULL without memory. */
struct argot_live *argot_live_new(const struct argot_live_options *options);
void argot_live_free(struct argot_live *live); /* NULL is fine */
/* Where an earlier run stood, before the first block, by rising numbers for each name. False without memory. */
bool argot_live_know(struct argot_live *live, const char *name, uint64_t number,
                     const struct argot_tail_position *position, const char *cursor, bool done);

/* Listeners read their certificates anew; where that fails the old ones go on, and it is told as a problem. */
void argot_live_reload(struct argot_live *live);

enum argot_live_status {
    ARGOT_LIVE_BLOCK,
    ARGOT_LIVE_END,  /* the source gives no more */
    ARGOT_LIVE_WAIT, /* nothing came in that time, or before a signal or something at a descriptor of others */
    ARGOT_LIVE_DONE, /* every input has ended, which only happens where none is followed */
    ARGOT_LIVE_NO_MEMORY,
};
/* `wanted`: the tag of a source whose block is taken before others', if it has one; 0: none. */
enum argot_live_status argot_live_next(struct argot_live *live, int64_t timeout_ns, uint64_t wanted,
                                       struct argot_live_block *block);
/* From now on, or no more, blocks of listeners alone are given: files wait. */
void argot_live_listeners_only(struct argot_live *live, bool only);
/* A block of what listeners have read and not given yet, without reading any more: for the end of a run. False: there
 * is none. */
bool argot_live_rest(struct argot_live *live, struct argot_live_block *block);
/* Calls `source` for each source that is there, and for those of earlier runs that are to be read on and cannot be read
 * just now, the older ones of a log first, until it returns false; so that all are known before the first block. False
 * when it did, or without memory. */
bool argot_live_each(struct argot_live *live, void *context,
                     bool (*source)(void *context, const struct argot_live_source *source));

/* Of all files and all listeners of an input, together; `crowded` of all inputs. */
struct argot_live_counts {
    uint64_t crowded; /* looks at files that are not read, since there are ARGOT_LIVE_MAX_LOGS */
    struct argot_rotation_counts files;
    struct argot_listener_counts listeners;
    struct argot_journal_counts journals;
    uint64_t lag_bytes;
    size_t logs;
};
struct argot_live_counts argot_live_counts(const struct argot_live *live, size_t input);
/* A log, or a listener, as it is now. */
struct argot_live_state {
    size_t input;
    const char *name;
    const char *problem; /* NULL: none */
    bool there;          /* some file of the log is open; the listener listens */
    uint64_t lag_bytes;
    uint64_t tag; /* of its newest source that has one, or 0 */
};
/* All of them, in the order in which they came up, until `state` returns false. */
void argot_live_states(const struct argot_live *live, void *context,
                       bool (*state)(void *context, const struct argot_live_state *state));
size_t argot_live_inputs(const struct argot_live *live);
/* The port that an input listens on, or 0. */
int argot_live_port(const struct argot_live *live, size_t input);
