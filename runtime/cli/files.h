/* SPDX-License-Identifier: Apache-2.0
 * Files by their identity, not their names: no input may be read twice in one run, and nothing may
 * be written over an input. And files that appear whole or not at all. */
#pragma once
#include "cli/cli.h"

struct argot_files {
    struct argot_cli *cli;
    size_t ninputs;
    const char *const *inputs;     /* "-" is standard input */
    const char *letters, *summary; /* to be written, or NULL */
    const char *results;           /* what goes to standard output: "events" */
    uint64_t total_bytes;          /* of all inputs, after the check; 0 when one is no regular file */
};

/* False after saying which two are one. An input that cannot be looked at is left to whoever opens
 * it. */
bool argot_files_check(struct argot_files *files);
/* Lets so many inputs be open at once, as far as the system allows. False after saying that it does not. */
bool argot_files_allow(struct argot_seam *seam, size_t ninputs);
/* Lets as many be open as the system allows. */
void argot_files_allow_most(void);
/* Writes a file through a temporary one beside it, so that a reader sees the old or the new, also after a power cut.
 * The permissions stay. What is no regular file (/dev/null, a pipe) is written to as it is. 0 or a negative errno. */
int argot_files_replace(struct argot_seam *seam, const char *path, const struct argot_buffer *bytes);
