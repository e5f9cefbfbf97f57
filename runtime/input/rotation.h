/* SPDX-License-Identifier: Apache-2.0
 * A log with its rotations: the file at a path, and those that were there before it, each a generation with a number
 * and a place that is gone on from. An old generation is read to its end before the new one and for a while beside it,
 * since writers take their time. What was truncated is read from its copy as far as there is one. Nothing here waits;
 * whoever watches says when there is something to look at. */
#pragma once
#include "input/tail.h"

#define ARGOT_ROTATION_LINGER_NS INT64_C(10000000000) /* an old generation is left when it was still for so long */
#define ARGOT_ROTATION_MAX_GENERATIONS 1024           /* known at a time; older ones are forgotten */

#define ARGOT_ROTATION_PROBLEM_BYTES 160

struct argot_rotation_options {
    struct argot_seam *seam;
    struct argot_seam_live *live;
    struct argot_input_options input;
    int64_t linger_ns;   /* 0: ARGOT_ROTATION_LINGER_NS */
    bool once;           /* what is there is read to its end, and nothing is waited for */
    argot_time since;    /* by the clock: older files at the begin are not its to read; 0: now */
    const char *pattern; /* old generations that fit are read too; NULL: only those that come up later */
};

struct argot_generation {
    uint64_t number;                     /* from 1, in the order in which they were written */
    struct argot_tail_position position; /* behind what was given */
    struct argot_tail *tail;             /* NULL: not open */
    bool done;                           /* read to its end, and no more is to come */
    bool rotated;                        /* it is not at the path of the log any more */
    bool last;                           /* it was still for long, and is read to its end for good */
    bool copy;                           /* read from a copy that is whole */
    bool cut;                            /* its file was cut: what was not given is in a copy, or nowhere */
    uint64_t cut_bytes;                  /* so much at least */
    uint8_t *cut_first;                  /* its first bytes; NULL: not known */
    size_t cut_nfirst;
    int64_t clock_ahead; /* of the wall clock before the monotonic one, when it was opened */
    bool told;           /* that it is done was given */
    argot_time still;    /* monotonic: since when nothing came */
    uint64_t tag;        /* the caller's; 0 to begin with */
};

struct argot_rotation_counts {
    uint64_t rotations;  /* a new file at the path */
    uint64_t truncated;  /* the file was cut and begun anew, */
    uint64_t recovered;  /* and the copy of what it held was found */
    uint64_t lost_bytes; /* known to have been there and not given: at least */
    uint64_t gone;       /* generations that were removed before they were read */
    uint64_t failed;     /* files that could not be read on */
};

struct argot_rotation;

/* The path, and the pattern, must outlive it. NULL without memory. */
struct argot_rotation *argot_rotation_new(const struct argot_rotation_options *options, const char *path);
void argot_rotation_free(struct argot_rotation *rotation); /* NULL is fine */

/* A generation of an earlier run, by rising numbers, before the first look. False without memory. */
bool argot_rotation_know(struct argot_rotation *rotation, uint64_t number, const struct argot_tail_position *position,
                         bool done);
/* Looks what lies at the path, and with `thorough` also beside it. False without memory. */
bool argot_rotation_look(struct argot_rotation *rotation, bool thorough);

enum argot_rotation_status {
    ARGOT_ROTATION_BLOCK,
    ARGOT_ROTATION_END,  /* the generation is done; it is given once */
    ARGOT_ROTATION_WAIT, /* all that is there was given */
};
/* The next block of the oldest generation that has one. *generation is valid until the next call. */
enum argot_rotation_status argot_rotation_next(struct argot_rotation *rotation, struct argot_block_bytes *block,
                                               struct argot_generation **generation);
/* The next block of the generation with this tag, if it has one. */
bool argot_rotation_next_of(struct argot_rotation *rotation, uint64_t tag, struct argot_block_bytes *block,
                            struct argot_generation **generation);
/* Number i of the generations that are open, oldest first; NULL behind the last. */
struct argot_generation *argot_rotation_open_at(struct argot_rotation *rotation, size_t i);
/* The same of those that are not read to their end: open, or such as cannot be read just now. */
struct argot_generation *argot_rotation_unread_at(struct argot_rotation *rotation, size_t i);
/* Whether some generation but the newest is still open: then it is to be asked again now and then. */
bool argot_rotation_lingers(const struct argot_rotation *rotation);
/* The path of the file that is read, open under it or not; of the log otherwise. */
const char *argot_rotation_path(const struct argot_rotation *rotation);
/* Why the file at the path is not read, or NULL. -ENOENT counts as none: it may come. */
const char *argot_rotation_problem(const struct argot_rotation *rotation);
struct argot_rotation_counts argot_rotation_counts(const struct argot_rotation *rotation);
/* Bytes that are there and were not given. */
uint64_t argot_rotation_lag(const struct argot_rotation *rotation);
