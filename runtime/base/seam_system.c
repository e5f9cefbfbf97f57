/* SPDX-License-Identifier: Apache-2.0
 * The seam onto the operating system: the only source that calls it. Every call is one system call, its errno handed
 * back as a negative number; retrying and looping is seam.c's business. */
#include "base/seam.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define NEW_FILE_MODE 0644

static void *
system_allocate(struct argot_seam *seam, size_t size)
{
    (void)seam;
    return malloc(size);
}

static void *
system_resize(struct argot_seam *seam, void *block, size_t size)
{
    (void)seam;
    return realloc(block, size);
}

static void
system_release(struct argot_seam *seam, void *block)
{
    (void)seam;
    free(block);
}

/* A file system may hold any 64-bit second; what nanoseconds cannot say is pinned to the nearest that can be said. */
static argot_time
time_of(const struct timespec *spec)
{
    int64_t seconds = (int64_t)spec->tv_sec, ns;
    if (__builtin_mul_overflow(seconds, NS_PER_SECOND, &ns) || __builtin_add_overflow(ns, (int64_t)spec->tv_nsec, &ns))
        return seconds < 0 ? INT64_MIN : INT64_MAX;
    return ns;
}

static argot_time
read_clock(clockid_t clock)
{
    struct timespec spec;
    if (clock_gettime(clock, &spec))
        return 0;
    return time_of(&spec);
}

static argot_time
system_now(struct argot_seam *seam)
{
    (void)seam;
    return read_clock(CLOCK_REALTIME);
}

static argot_time
system_monotonic(struct argot_seam *seam)
{
    (void)seam;
    return read_clock(CLOCK_MONOTONIC);
}

static int
system_random(struct argot_seam *seam, void *bytes, size_t count)
{
    (void)seam;
    uint8_t *at = bytes;
    while (count) {
        ssize_t got = getrandom(at, count, 0);
        if (got < 0) {
            if (errno == EINTR)
                continue;
            return -errno;
        }
        at += got;
        count -= (size_t)got;
    }
    return 0;
}

static int
system_open(struct argot_seam *seam, const char *path, enum argot_open_how how)
{
    (void)seam;
    int flags = O_CLOEXEC | O_NOCTTY;
    flags |= how == ARGOT_OPEN_WRITE ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY;
    int fd = open(path, flags, NEW_FILE_MODE);
    return fd < 0 ? -errno : fd;
}

static int64_t
system_read(struct argot_seam *seam, int fd, void *bytes, size_t count)
{
    (void)seam;
    ssize_t got = read(fd, bytes, count);
    return got < 0 ? -errno : got;
}

static int64_t
system_read_at(struct argot_seam *seam, int fd, void *bytes, size_t count, uint64_t offset)
{
    (void)seam;
    if (offset > INT64_MAX - count)
        return -EINVAL;
    ssize_t got = pread(fd, bytes, count, (off_t)offset);
    return got < 0 ? -errno : got;
}

static int64_t
system_write(struct argot_seam *seam, int fd, const void *bytes, size_t count)
{
    (void)seam;
    ssize_t put = write(fd, bytes, count);
    return put < 0 ? -errno : put;
}

static int
system_info(struct argot_seam *seam, int fd, struct argot_file_info *info)
{
    (void)seam;
    struct stat status;
    if (fstat(fd, &status))
        return -errno;
    info->kind = S_ISREG(status.st_mode)   ? ARGOT_FILE_REGULAR
                 : S_ISDIR(status.st_mode) ? ARGOT_FILE_DIRECTORY
                                           : ARGOT_FILE_OTHER;
    info->size_bytes = (uint64_t)status.st_size;
    info->modified = time_of(&status.st_mtim);
    info->device = (uint64_t)status.st_dev;
    info->inode = (uint64_t)status.st_ino;
    return 0;
}

static int
system_set_mode(struct argot_seam *seam, int fd, unsigned mode)
{
    (void)seam;
    return fchmod(fd, (mode_t)mode) ? -errno : 0;
}

static int
system_copy_rights(struct argot_seam *seam, int from, int to)
{
    (void)seam;
    struct stat status;
    if (fstat(from, &status))
        return -errno;
    if (fchown(to, status.st_uid, status.st_gid) && errno != EPERM)
        return -errno;
    return fchmod(to, status.st_mode & 0777) ? -errno : 0;
}

static int
system_sync(struct argot_seam *seam, int fd)
{
    (void)seam;
    return fsync(fd) ? -errno : 0;
}

static int
system_close(struct argot_seam *seam, int fd)
{
    (void)seam;
    return close(fd) ? -errno : 0;
}

static int
system_rename(struct argot_seam *seam, const char *from, const char *to)
{
    (void)seam;
    return rename(from, to) ? -errno : 0;
}

static int
system_remove(struct argot_seam *seam, const char *path)
{
    (void)seam;
    return unlink(path) ? -errno : 0;
}

static int
system_is_terminal(struct argot_seam *seam, int fd)
{
    (void)seam;
    return isatty(fd) == 1;
}

static int
system_wait(struct argot_seam *seam, int fd, enum argot_open_how what)
{
    (void)seam;
    struct pollfd wanted = {.fd = fd, .events = what == ARGOT_OPEN_WRITE ? POLLOUT : POLLIN};
    return poll(&wanted, 1, -1) < 0 ? -errno : 0;
}

/* Handed out without its const because the calls take the seam as it is; a seam of a test has state to write. */
static const struct argot_seam the_system = {
    .allocate = system_allocate,
    .resize = system_resize,
    .release = system_release,
    .now = system_now,
    .monotonic = system_monotonic,
    .random = system_random,
    .open = system_open,
    .read = system_read,
    .read_at = system_read_at,
    .write = system_write,
    .info = system_info,
    .set_mode = system_set_mode,
    .copy_rights = system_copy_rights,
    .sync = system_sync,
    .close = system_close,
    .rename = system_rename,
    .remove = system_remove,
    .is_terminal = system_is_terminal,
    .wait = system_wait,
};

struct argot_seam *
argot_seam_system(void)
{
    return (struct argot_seam *)(uintptr_t)&the_system;
}
