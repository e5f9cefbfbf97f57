/* SPDX-License-Identifier: Apache-2.0
 * The seam: the only way from argot to the clock, randomness, files and memory. Everything below the pipeline gets it
 * as an argument, so that the whole program can run on a simulated disk and clock, and every call can be made to fail.
 * tests/lint/check_seam.py reads the symbols of the object files and holds the other sources to it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nanoseconds since the Unix epoch, UTC. */
typedef int64_t argot_time;

enum argot_file_kind {
    ARGOT_FILE_OTHER, /* pipe, terminal, device, socket */
    ARGOT_FILE_REGULAR,
    ARGOT_FILE_DIRECTORY,
};

struct argot_file_info {
    enum argot_file_kind kind;
    uint64_t size_bytes;
    argot_time modified;
    uint64_t device, inode;
};

enum argot_open_how {
    ARGOT_OPEN_READ,
    ARGOT_OPEN_WRITE, /* created or truncated, mode 0644 less the umask */
};

/* Every call takes the seam itself. File calls return a negative errno on failure. */
struct argot_seam {
    /* Returns NULL when there is no memory; resize keeps the old block then. size 0 is never asked for. */
    void *(*allocate)(struct argot_seam *, size_t size);
    void *(*resize)(struct argot_seam *, void *block, size_t size);
    void (*release)(struct argot_seam *, void *block); /* NULL is fine */

    argot_time (*now)(struct argot_seam *);       /* wall clock */
    argot_time (*monotonic)(struct argot_seam *); /* for durations only */
    int (*random)(struct argot_seam *, void *bytes, size_t count);

    int (*open)(struct argot_seam *, const char *path, enum argot_open_how how); /* a descriptor >= 0 */
    int64_t (*read)(struct argot_seam *, int fd, void *bytes, size_t count);     /* 0 at the end; may be short */
    /* Of a file that can be read at any place, which it does not move; 0 behind its end; may be short. */
    int64_t (*read_at)(struct argot_seam *, int fd, void *bytes, size_t count, uint64_t offset);
    int64_t (*write)(struct argot_seam *, int fd, const void *bytes, size_t count); /* may be short */
    int (*info)(struct argot_seam *, int fd, struct argot_file_info *info);
    int (*set_mode)(struct argot_seam *, int fd, unsigned mode); /* of a file: the permission bits */
    /* Permission bits of a file to another, and its owner and group as far as this user may give files away. */
    int (*copy_rights)(struct argot_seam *, int from, int to);
    int (*sync)(struct argot_seam *, int fd); /* returns when what was written is on the disk */
    int (*close)(struct argot_seam *, int fd);
    int (*rename)(struct argot_seam *, const char *from, const char *to);
    int (*remove)(struct argot_seam *, const char *path);
    int (*is_terminal)(struct argot_seam *, int fd); /* 1 or 0 */
    /* After -EAGAIN on a descriptor that does not block: sleeps until it can be read or written, or failed. 0 or a
     * negative errno. */
    int (*wait)(struct argot_seam *, int fd, enum argot_open_how what);
};

/* The operating system. Stateless; valid for the life of the process. */
struct argot_seam *argot_seam_system(void);

/* Writes everything, over short writes, EINTR and EAGAIN. 0 or a negative errno. */
int argot_seam_write_all(struct argot_seam *seam, int fd, const void *bytes, size_t count);

/* One read over EINTR and EAGAIN: waits for the first bytes, then gives what there is. 0 at the end, or a negative
 * errno. */
int64_t argot_seam_read_some(struct argot_seam *seam, int fd, void *bytes, size_t count);

/* As many bytes from a place of a file as asked for, or up to its end, over short reads and EINTR: their number, or a
 * negative errno. */
int64_t argot_seam_read_at(struct argot_seam *seam, int fd, void *bytes, size_t count, uint64_t offset);

/* Whether there is something of that name; also where it cannot be opened. */
bool argot_seam_is_there(struct argot_seam *seam, const char *path);
/* 1: there is, 0: there is not, or a negative errno where that cannot be told. */
int argot_seam_find(struct argot_seam *seam, const char *path);

/* Reads a whole file into a block of the seam (the caller releases it), NUL-terminated after *size bytes.
 * -EFBIG when it is larger than max_bytes, -EISDIR for a directory; otherwise 0 or a negative errno. */
int argot_seam_read_file(struct argot_seam *seam, const char *path, size_t max_bytes, char **bytes, size_t *size);
