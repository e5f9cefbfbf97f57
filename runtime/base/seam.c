/* SPDX-License-Identifier: Apache-2.0
 * What every user of a seam needs around its single calls: reading and writing over short counts, interrupts and
 * descriptors that do not block, and whole files. */
#include "base/seam.h"
#include <errno.h>
#include <stdbool.h>

#define FIRST_FILE_BYTES ((size_t)16 << 10) /* to begin with, for what does not know its size */

/* 0 when the call should be tried again, else the error to hand up. */
static int
retry(struct argot_seam *seam, int fd, int64_t error, enum argot_open_how what)
{
    if (error == -EINTR)
        return 0;
    if (error != -EAGAIN)
        return (int)error;
    int status = seam->wait(seam, fd, what);
    return status == -EINTR ? 0 : status;
}

int64_t
argot_seam_read_some(struct argot_seam *seam, int fd, void *bytes, size_t count)
{
    for (;;) {
        int64_t got = seam->read(seam, fd, bytes, count);
        if (got >= 0)
            return got;
        int status = retry(seam, fd, got, ARGOT_OPEN_READ);
        if (status)
            return status;
    }
}

int64_t
argot_seam_read_at(struct argot_seam *seam, int fd, void *bytes, size_t count, uint64_t offset)
{
    size_t done = 0;
    while (done < count) {
        int64_t got = seam->read_at(seam, fd, (uint8_t *)bytes + done, count - done, offset + done);
        if (got == 0)
            break;
        if (got < 0) {
            int status = retry(seam, fd, got, ARGOT_OPEN_READ);
            if (status)
                return status;
            continue;
        }
        done += (size_t)got;
    }
    return (int64_t)done;
}

int
argot_seam_write_all(struct argot_seam *seam, int fd, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;
    while (count) {
        int64_t put = seam->write(seam, fd, at, count);
        if (put == 0) /* would loop for ever on a device that takes nothing */
            return -EIO;
        if (put < 0) {
            int status = retry(seam, fd, put, ARGOT_OPEN_WRITE);
            if (status)
                return status;
            continue;
        }
        at += put;
        count -= (size_t)put;
    }
    return 0;
}

struct whole {
    char *bytes;
    size_t length, capacity; /* capacity counts the room for the NUL */
};

static int
grow(struct argot_seam *seam, struct whole *whole, size_t capacity, size_t max_bytes)
{
    /* One byte more than allowed must fit, for only reading it tells that the file is too large. */
    if (max_bytes < SIZE_MAX - 2 && capacity > max_bytes + 2)
        capacity = max_bytes + 2;
    char *bytes = whole->bytes ? seam->resize(seam, whole->bytes, capacity) : seam->allocate(seam, capacity);
    if (!bytes)
        return -ENOMEM;
    whole->bytes = bytes;
    whole->capacity = capacity;
    return 0;
}

static int
read_whole(struct argot_seam *seam, int fd, size_t max_bytes, struct whole *whole)
{
    struct argot_file_info info;
    int status = seam->info(seam, fd, &info);
    if (status)
        return status;
    if (info.kind == ARGOT_FILE_DIRECTORY)
        return -EISDIR;
    if (info.kind == ARGOT_FILE_REGULAR && info.size_bytes > max_bytes)
        return -EFBIG;
    /* The size is a hint for the first block alone: files in /proc say 0, others grow. */
    size_t capacity = FIRST_FILE_BYTES;
    if (info.kind == ARGOT_FILE_REGULAR && info.size_bytes > 0 && info.size_bytes < SIZE_MAX / 4)
        capacity = (size_t)info.size_bytes + 2;
    for (;;) {
        if (whole->capacity - whole->length < 2) { /* a byte to read into, and the NUL */
            status = grow(seam, whole, capacity, max_bytes);
            if (status)
                return status;
            capacity = whole->capacity > SIZE_MAX / 2 ? SIZE_MAX : whole->capacity * 2;
        }
        int64_t got = argot_seam_read_some(seam, fd, whole->bytes + whole->length, whole->capacity - whole->length - 1);
        if (got < 0)
            return (int)got;
        if (got == 0)
            return 0;
        whole->length += (size_t)got;
        if (whole->length > max_bytes)
            return -EFBIG;
    }
}

int
argot_seam_find(struct argot_seam *seam, const char *path)
{
    int fd;
    do
        fd = seam->open(seam, path, ARGOT_OPEN_READ);
    while (fd == -EINTR);
    if (fd >= 0)
        seam->close(seam, fd);
    return fd >= 0 ? 1 : fd == -ENOENT ? 0 : fd;
}

bool
argot_seam_is_there(struct argot_seam *seam, const char *path)
{
    return argot_seam_find(seam, path) != 0;
}

int
argot_seam_read_file(struct argot_seam *seam, const char *path, size_t max_bytes, char **bytes, size_t *size)
{
    *bytes = NULL;
    *size = 0;
    int fd = seam->open(seam, path, ARGOT_OPEN_READ);
    if (fd < 0)
        return fd;
    struct whole whole = {0};
    int status = read_whole(seam, fd, max_bytes, &whole);
    seam->close(seam, fd);
    if (status) {
        seam->release(seam, whole.bytes);
        return status;
    }
    whole.bytes[whole.length] = 0;
    *bytes = whole.bytes;
    *size = whole.length;
    return 0;
}
