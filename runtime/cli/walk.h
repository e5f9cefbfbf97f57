/* SPDX-License-Identifier: Apache-2.0
 * Files that operands stand for: a folder stands for the regular files below it, sorted by name. What begins with a dot
 * and what is a link is left out there, so that nobody who may write into a folder of logs can point to other files. */
#pragma once
#include "base/arena.h"
#include "cli/cli.h"

#define ARGOT_WALK_MAX_DEPTH 32 /* folders within folders */

struct argot_walk {
    struct argot_cli *cli;
    struct argot_arena arena; /* holds the paths that were made */
    const char *suffix;       /* of files in folders, such as ".rule"; NULL: any */
    const char **paths;
    size_t count, capacity;
    bool failed; /* something was left out, which was said */
};

void argot_walk_init(struct argot_walk *walk, struct argot_cli *cli, const char *suffix);
void argot_walk_finish(struct argot_walk *walk);
/* For qsort over paths. */
int argot_walk_compare(const void *a, const void *b);
bool argot_walk_is_folder(const char *operand);
/* Adds the operand itself, which must live as long as the walk, or the files below it where it is a folder. Sets
 * `failed` after saying what could not be looked into. How many files were added. */
size_t argot_walk_add(struct argot_walk *walk, const char *operand);
