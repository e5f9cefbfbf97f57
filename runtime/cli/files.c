/* SPDX-License-Identifier: Apache-2.0
 * Files are looked at by path and not opened: opening a named pipe would wait, and closing it would
 * hurt its writer. */
#include "cli/files.h"
#include "cli/say.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define STANDARD_INPUT 0
#define STANDARD_OUTPUT 1
#define STANDARD_ERROR 2
#define PATH_BYTES 4096 /* the longest that the system takes */
#define PERMISSIONS 0777u
#define OTHER_DESCRIPTORS 16 /* beside inputs: streams, outputs, modules, what libraries open */

struct identity {
    bool known; /* a regular file, or standard input whatever it is */
    dev_t device;
    ino_t inode;
};

static bool
same(const struct identity *a, const struct identity *b)
{
    return a->known && b->known && a->device == b->device && a->inode == b->inode;
}

static struct identity
identity_of(const struct stat *status)
{
    return (struct identity){.known = S_ISREG(status->st_mode), .device = status->st_dev, .inode = status->st_ino};
}

static struct identity
look(const char *path, uint64_t *bytes)
{
    struct stat status;
    bool standard = !strcmp(path, "-");
    if (bytes)
        *bytes = 0;
    if (standard ? fstat(STANDARD_INPUT, &status) : stat(path, &status))
        return (struct identity){0};
    if (bytes && S_ISREG(status.st_mode))
        *bytes = (uint64_t)status.st_size;
    struct identity identity = identity_of(&status);
    identity.known |= standard;
    return identity;
}

static int
by_identity(const void *a, const void *b)
{
    const struct identity *const *x = a, *const *y = b;
    if ((*x)->device != (*y)->device)
        return (*x)->device < (*y)->device ? -1 : 1;
    if ((*x)->inode != (*y)->inode)
        return (*x)->inode < (*y)->inode ? -1 : 1;
    return *x < *y ? -1 : *x > *y;
}

/* Looks at every input; false when one is there twice. */
static bool
check_inputs(struct argot_files *files, struct identity *identities, const struct identity **sorted)
{
    size_t count = 0;
    bool sizes_known = true;
    files->total_bytes = 0;
    for (size_t i = 0; i < files->ninputs; i++) {
        uint64_t bytes;
        identities[i] = look(files->inputs[i], &bytes);
        files->total_bytes += bytes;
        sizes_known = sizes_known && bytes > 0;
        if (identities[i].known)
            sorted[count++] = &identities[i];
    }
    if (!sizes_known)
        files->total_bytes = 0;
    qsort(sorted, count, sizeof *sorted, by_identity);
    for (size_t i = 1; i < count; i++) {
        if (!same(sorted[i - 1], sorted[i]))
            continue;
        const char *first = files->inputs[sorted[i - 1] - identities], *second = files->inputs[sorted[i] - identities];
        if (!strcmp(first, second))
            argot_say(files->cli->seam, "%s is named twice; its events would be there twice", first);
        else
            argot_say(files->cli->seam, "%s and %s are the same file; its events would be there twice", first, second);
        return false;
    }
    return true;
}

static bool
check_output(const struct argot_files *files, const struct identity *identities, const struct identity *output,
             const char *what)
{
    for (size_t i = 0; i < files->ninputs; i++) {
        if (!same(&identities[i], output))
            continue;
        argot_say(files->cli->seam, "%s is an input and %s too; it would be written over while it is read",
                  files->inputs[i], what);
        return false;
    }
    return true;
}

static bool
check_outputs(const struct argot_files *files, const struct identity *identities)
{
    struct stat status;
    struct identity output = {0}, letters = {0}, summary = {0};
    if (!fstat(STANDARD_OUTPUT, &status))
        output = identity_of(&status);
    if (files->letters)
        letters = look(files->letters, NULL);
    if (files->summary)
        summary = look(files->summary, NULL);
    if (!check_output(files, identities, &output, "standard output") ||
        !check_output(files, identities, &letters, "the file of the dead letters") ||
        !check_output(files, identities, &summary, "the file of the summary"))
        return false;
    bool twice = files->letters && files->summary && !strcmp(files->letters, files->summary);
    if (same(&output, &letters) || same(&output, &summary) || same(&letters, &summary) || twice) {
        argot_say(files->cli->seam, "%s, dead letters and summary need files of their own", files->results);
        return false;
    }
    return true;
}

bool
argot_files_check(struct argot_files *files)
{
    struct argot_seam *seam = files->cli->seam;
    size_t room = files->ninputs + 1;
    struct identity *identities = NULL;
    const struct identity **sorted = NULL;
    if (room <= SIZE_MAX / sizeof *identities) {
        identities = seam->allocate(seam, room * sizeof *identities);
        sorted = seam->allocate(seam, room * sizeof *sorted);
    }
    bool good = identities && sorted;
    if (!good)
        argot_say(seam, "there is no memory");
    good = good && check_inputs(files, identities, sorted) && check_outputs(files, identities);
    seam->release(seam, sorted);
    seam->release(seam, identities);
    return good;
}

bool
argot_files_allow(struct argot_seam *seam, size_t ninputs)
{
    struct rlimit limit;
    size_t wanted = ninputs + OTHER_DESCRIPTORS;
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted)
        return true;
    rlim_t had = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (limit.rlim_cur >= wanted && !setrlimit(RLIMIT_NOFILE, &limit))
        return true;
    argot_say(seam, "%zu files are more than may be open at once: `ulimit -n` says %llu, %zu are needed", ninputs,
              (unsigned long long)(limit.rlim_max < wanted ? limit.rlim_max : had), wanted);
    return false;
}

void
argot_files_allow_most(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* fewer files and connections do, too */
}

/* A temporary file is safe on the disk before it takes the name of `old` (NULL: there is none), with its permissions.
 */
static int
write_file(struct argot_seam *seam, const char *path, const struct argot_buffer *bytes, bool temporary,
           const struct stat *old)
{
    int fd = seam->open(seam, path, ARGOT_OPEN_WRITE);
    if (fd < 0)
        return fd;
    int status = old ? seam->set_mode(seam, fd, (unsigned)old->st_mode & PERMISSIONS) : 0;
    if (!status)
        status = argot_seam_write_all(seam, fd, bytes->bytes, bytes->length);
    if (!status && temporary)
        status = seam->sync(seam, fd);
    int closed = seam->close(seam, fd);
    return status ? status : closed;
}

/* /dev/stderr is no name to rename to, be it a terminal or a file. -1: the file is none of the standard streams. */
static int
standard_stream(const struct stat *status)
{
    struct identity wanted = identity_of(status);
    for (int fd = STANDARD_OUTPUT; fd <= STANDARD_ERROR; fd++) {
        struct stat stream;
        if (fstat(fd, &stream))
            continue;
        struct identity identity = identity_of(&stream);
        if (same(&identity, &wanted))
            return fd;
    }
    return -1;
}

int
argot_files_replace(struct argot_seam *seam, const char *path, const struct argot_buffer *bytes)
{
    if (bytes->failed)
        return -ENOMEM;
    struct stat status;
    bool there = !stat(path, &status);
    if (there && !S_ISREG(status.st_mode))
        return write_file(seam, path, bytes, false, NULL);
    int stream = there ? standard_stream(&status) : -1;
    if (stream >= 0)
        return argot_seam_write_all(seam, stream, bytes->bytes, bytes->length);
    /* What a link points to is replaced, not the link. */
    char target[PATH_BYTES], temporary[PATH_BYTES + 32];
    if (!there || !realpath(path, target)) {
        if (strlen(path) >= sizeof target)
            return -ENAMETOOLONG;
        snprintf(target, sizeof target, "%s", path);
    }
    uint64_t random = 0;
    int error = seam->random(seam, &random, sizeof random);
    if (error)
        return error;
    snprintf(temporary, sizeof temporary, "%s.%016llx", target, (unsigned long long)random);
    error = write_file(seam, temporary, bytes, true, there ? &status : NULL);
    if (!error)
        error = seam->rename(seam, temporary, target);
    if (error)
        (void)seam->remove(seam, temporary);
    return error;
}
