/* SPDX-License-Identifier: Apache-2.0
 * A moved installation still finds its files, since the place of the executable is asked first. */
#include "cli/share.h"
#include <stdio.h>
#include <unistd.h>

#ifndef ARGOT_DATADIR
#define ARGOT_DATADIR "/usr/share/argot"
#endif

/* The folder of the executable, without a slash at its end. */
static bool
own_folder(char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 1);
    if (length <= 0 || (size_t)length >= size - 1)
        return false;
    path[length] = 0;
    char *slash = strrchr(path, '/');
    if (!slash)
        return false;
    *slash = 0;
    return true;
}

static bool
exists(struct argot_seam *seam, const char *path)
{
    int fd = seam->open(seam, path, ARGOT_OPEN_READ);
    if (fd < 0)
        return false;
    seam->close(seam, fd);
    return true;
}

static bool
try(struct argot_seam *seam, const char *folder, const char *below, const char *name, char *path, size_t size)
{
    int length = snprintf(path, size, "%s%s/%s", folder, below, name);
    return length > 0 && (size_t)length < size && exists(seam, path);
}

bool
argot_share_find(struct argot_seam *seam, const char *name, char *path, size_t size)
{
    char folder[ARGOT_SHARE_PATH_BYTES];
    if (own_folder(folder, sizeof folder) &&
        (try(seam, folder, "/share/argot", name, path, size) || try(seam, folder, "/../share/argot", name, path, size)))
        return true;
    return try(seam, ARGOT_DATADIR, "", name, path, size);
}
