/* SPDX-License-Identifier: Apache-2.0
 * Calls the system past the seam: a child process cannot be simulated. */
#include "cli/tool.h"
#include "cli/interrupt.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STANDARD_INPUT 0
#define STANDARD_OUTPUT 1
#define STANDARD_ERROR 2
#define OPEN_FOLDERS 8 /* at once, while a tree is removed */
#define NO_PROGRAM 127 /* what a child ends with that could not become one; shells do the same */
#define ANYONE_MAY_RUN 0111u

static bool
is_program(const char *path)
{
    struct stat status;
    return !stat(path, &status) && S_ISREG(status.st_mode) && (status.st_mode & ANYONE_MAY_RUN);
}

bool
argot_tool_exists(const char *name)
{
    char path[ARGOT_TOOL_PATH_BYTES];
    const char *folders = getenv("PATH");
    if (strchr(name, '/'))
        return is_program(name);
    for (const char *at = folders ? folders : "/usr/bin:/bin";; at++) {
        size_t length = strcspn(at, ":");
        int size = snprintf(path, sizeof path, "%.*s/%s", length ? (int)length : 1, length ? at : ".", name);
        if (size > 0 && (size_t)size < sizeof path && is_program(path))
            return true;
        at += length;
        if (!*at)
            return false;
    }
}

int
argot_tool_folder(char *path, size_t size)
{
    const char *below = getenv("TMPDIR");
    int length = snprintf(path, size, "%s/argot-XXXXXX", below && *below ? below : "/tmp");
    if (length < 0 || (size_t)length >= size)
        return -ENAMETOOLONG;
    return mkdtemp(path) ? 0 : -errno;
}

static int
remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path) && errno != ENOENT ? -1 : 0;
}

void
argot_tool_remove(const char *folder)
{
    (void)nftw(folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

static _Noreturn void
become(const char *const *words, const char *folder)
{
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, STANDARD_INPUT) < 0 || dup2(STANDARD_ERROR, STANDARD_OUTPUT) < 0 ||
        setenv("TMPDIR", folder, 1) || signal(SIGPIPE, SIG_DFL) == SIG_ERR)
        _exit(NO_PROGRAM);
    execvp(words[0], (char *const *)(uintptr_t)words);
    _exit(NO_PROGRAM);
}

enum argot_tool_end
argot_tool_run(const char *const *words, const char *folder, int *status)
{
    pid_t child = argot_interrupt_asked ? -1 : fork();
    if (!child)
        become(words, folder);
    if (child < 0) {
        *status = errno;
        return argot_interrupt_asked ? ARGOT_TOOL_INTERRUPTED : ARGOT_TOOL_NOT_RUN;
    }
    bool told = false;
    int how;
    while (waitpid(child, &how, 0) < 0)
        /* A terminal interrupts both; a signal to this process alone has to be handed on. */
        if (errno == EINTR && argot_interrupt_asked && !told)
            told = !kill(child, SIGTERM);
    if (argot_interrupt_asked)
        return ARGOT_TOOL_INTERRUPTED;
    *status = WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how);
    return WIFSIGNALED(how) ? ARGOT_TOOL_KILLED : *status == NO_PROGRAM ? ARGOT_TOOL_NOT_RUN : ARGOT_TOOL_ENDED;
}
