/* SPDX-License-Identifier: Apache-2.0
 * What must not stand in a configuration: tokens, passwords, secrets, each in a file of its own. Read once, so that a
 * program that gives up its rights later has them, and kept when reading anew fails. */
#pragma once
#include "base/seam.h"

#define ARGOT_SECRET_MAX_BYTES ((size_t)4096)
#define ARGOT_SECRET_MAX_LINES 2u

struct argot_secret {
    char *bytes; /* of the file; NULL: not read yet */
    size_t size;
    struct argot_seam *seam;
    const char *lines[ARGOT_SECRET_MAX_LINES]; /* NULL: it has not so many, or none is due */
    bool stale;                                /* it is to be read anew */
};

/* Reads a file of so many lines, unless that was done; path NULL: nothing is due. False with the reason in `why`,
 * unless there is an older content, which stays. Bytes below the blank are refused: what is read goes into headers. */
bool argot_secret_read(struct argot_secret *secret, struct argot_seam *seam, const char *path, unsigned lines,
                       char *why, size_t why_size);
/* Overwrites it and gives its memory back. */
void argot_secret_forget(struct argot_secret *secret);
