/* SPDX-License-Identifier: Apache-2.0
 * What the two files of a rotation share: rotation.c reads generations, rotation_look.c finds out which there are. */
#pragma once
#include "input/wildcard.h"
#include "input/rotation.h"

struct argot_rotation {
    struct argot_rotation_options options;
    const char *path;
    const char *name; /* within the path */
    char *folder;     /* of the path; "" for the present one */
    size_t count, capacity;
    struct argot_generation *generations; /* by number */
    struct argot_arena arena;             /* of one look */
    struct argot_rotation_counts counts;
    bool changed;     /* a file was replaced: it is to be looked at */
    bool begun;       /* it was looked at */
    argot_time since; /* by the clock: when it was first; files that are older are not its to read */
    char problem[ARGOT_ROTATION_PROBLEM_BYTES]; /* empty: none */
};

/* NULL: there is none any more. */
void argot_rotation_set_problem(struct argot_rotation *rotation, const char *problem);
/* A new generation behind all others. NULL without memory. */
struct argot_generation *argot_rotation_add(struct argot_rotation *rotation, uint64_t number);
/* Opens the file of a generation at its position, if that is the file at the path. A negative errno: -ESTALE when
 * another is there by now. */
int argot_rotation_open(struct argot_rotation *rotation, struct argot_generation *generation, const char *path,
                        const struct argot_file_info *file);
void argot_rotation_close(struct argot_generation *generation);
/* How far the wall clock is ahead of the monotonic one. Less than before: it was set back. */
int64_t argot_rotation_clock_ahead(const struct argot_rotation *rotation);
/* Its file was cut, or written anew: it is closed, and its copy looked for. */
void argot_rotation_cut(struct argot_rotation *rotation, struct argot_generation *generation);
