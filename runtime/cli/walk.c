/* SPDX-License-Identifier: Apache-2.0
 * Only folders are opened: opening a named pipe would wait. */
#include "cli/walk.h"
#include "cli/say.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FIRST_PATHS 16

void
argot_walk_init(struct argot_walk *walk, struct argot_cli *cli, const char *suffix)
{
    *walk = (struct argot_walk){.cli = cli, .suffix = suffix};
    argot_arena_init(&walk->arena, cli->seam, 0);
}

void
argot_walk_finish(struct argot_walk *walk)
{
    walk->cli->seam->release(walk->cli->seam, walk->paths);
    argot_arena_finish(&walk->arena);
    walk->paths = NULL;
    walk->count = walk->capacity = 0;
}

static void
fail(struct argot_walk *walk, const char *path, const char *why)
{
    argot_say(walk->cli->seam, "%s: %s", path, why);
    walk->failed = true;
}

/* `path`: NULL for want of memory. */
static void
append(struct argot_walk *walk, const char *path)
{
    struct argot_seam *seam = walk->cli->seam;
    if (path && walk->count == walk->capacity) {
        size_t capacity = walk->capacity ? walk->capacity * 2 : FIRST_PATHS;
        size_t bytes = capacity * sizeof *walk->paths;
        const char **paths = walk->paths ? seam->resize(seam, walk->paths, bytes) : seam->allocate(seam, bytes);
        if (paths) {
            walk->paths = paths;
            walk->capacity = capacity;
        } else {
            path = NULL;
        }
    }
    if (path)
        walk->paths[walk->count++] = path;
    else
        fail(walk, "files", "there is no memory");
}

static bool
has_suffix(const char *name, const char *suffix)
{
    size_t length = strlen(name), wanted = suffix ? strlen(suffix) : 0;
    return length > wanted && !strcmp(name + length - wanted, suffix ? suffix : "");
}

/* Recursion is bounded by ARGOT_WALK_MAX_DEPTH. */
// NOLINTNEXTLINE(misc-no-recursion)
static void
look_into(struct argot_walk *walk, const char *folder, unsigned depth)
{
    DIR *entries = depth < ARGOT_WALK_MAX_DEPTH ? opendir(folder) : NULL;
    if (!entries) {
        fail(walk, folder, depth < ARGOT_WALK_MAX_DEPTH ? argot_say_error(-errno) : "too deep a folder");
        return;
    }
    const char *slash = has_suffix(folder, "/") || !strcmp(folder, "/") ? "" : "/";
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(entries);
        struct stat status;
        if (!entry)
            break;
        if (entry->d_name[0] == '.')
            continue;
        const char *path = argot_arena_printf(&walk->arena, "%s%s%s", folder, slash, entry->d_name);
        if (!path || lstat(path, &status))
            fail(walk, path ? path : folder, path ? argot_say_error(-errno) : "there is no memory");
        else if (S_ISDIR(status.st_mode))
            look_into(walk, path, depth + 1);
        else if (S_ISREG(status.st_mode) && has_suffix(entry->d_name, walk->suffix))
            append(walk, path);
    }
    if (errno)
        fail(walk, folder, argot_say_error(-errno));
    closedir(entries);
}

int
argot_walk_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool
argot_walk_is_folder(const char *operand)
{
    struct stat status;
    return strcmp(operand, "-") && !stat(operand, &status) && S_ISDIR(status.st_mode);
}

size_t
argot_walk_add(struct argot_walk *walk, const char *operand)
{
    size_t before = walk->count;
    if (argot_walk_is_folder(operand)) {
        look_into(walk, operand, 0);
        if (walk->count > before)
            qsort(walk->paths + before, walk->count - before, sizeof *walk->paths, argot_walk_compare);
    } else {
        append(walk, operand);
    }
    return walk->count - before;
}
