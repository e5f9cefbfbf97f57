/* SPDX-License-Identifier: Apache-2.0
 * Other programs: where they are, running one to its end, and a folder of their own for what they leave behind. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define ARGOT_TOOL_PATH_BYTES 4096

/* Whether there is such a program: in PATH, or at the path where the name has a slash. */
bool argot_tool_exists(const char *name);
/* A new folder that only the user can look into, below TMPDIR or /tmp. 0 or a negative errno. */
int argot_tool_folder(char *path, size_t size);
/* Removes it with all that is in it. */
void argot_tool_remove(const char *folder);

enum argot_tool_end {
    ARGOT_TOOL_ENDED,       /* by itself */
    ARGOT_TOOL_KILLED,      /* by a signal that was not meant for us */
    ARGOT_TOOL_INTERRUPTED, /* we are asked to end, and so was it */
    ARGOT_TOOL_NOT_RUN,     /* it could not be started */
};
/* Runs words[0] with the others as arguments (the last is NULL) to its end. It reads nothing, says what it says on
 * standard error, and puts temporary files below `folder`. *status is its exit status, the signal, or the errno. */
enum argot_tool_end argot_tool_run(const char *const *words, const char *folder, int *status);
