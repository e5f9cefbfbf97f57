/* SPDX-License-Identifier: Apache-2.0
 * Names of files: what a pattern stands for, and which log a rotated file belongs to. */
#pragma once
#include "base/arena.h"
#include "base/seam_live.h"

#define ARGOT_WILDCARD_MAX_PATHS 10000 /* found by one pattern, or by one look into folders on the way */
#define ARGOT_WILDCARD_MAX_DEPTH 32    /* levels with wildcards */

struct argot_wildcard {
    struct argot_arena *arena; /* holds the paths */
    size_t count, capacity;
    const char **paths;
    size_t refused; /* folders that could not be looked into, and paths beyond the limit */
    bool failed;    /* no memory */
};

/* Adds the paths that fit a pattern of *, ? and […], each within one name, in no order. A leading dot is only matched
 * by a dot. Folders that are not there stand for nothing. */
void argot_wildcard_find(struct argot_wildcard *glob, struct argot_seam_live *live, const char *pattern);
bool argot_wildcard_fits(const char *pattern, const char *path);
/* Adds the names in a folder that begin like this. A negative errno where it cannot be looked into. */
int argot_wildcard_names(struct argot_wildcard *glob, struct argot_seam_live *live, const char *folder,
                         const char *begin);

/* How many bytes of a name belong to the log itself: without what rotation puts behind it: .1, .12.gz, -20260301,
 * .2026-03-01.xz, .zst. */
size_t argot_wildcard_stem(const char *name);
/* The same name without what a compressor puts behind it. */
size_t argot_wildcard_uncompressed(const char *name);
