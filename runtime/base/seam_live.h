/* SPDX-License-Identifier: Apache-2.0
 * The part of the seam that only live inputs need: folders, watches over files, sockets, and waiting for many at once.
 * It stands beside base/seam.h, since a normalizer on its own needs none of it. Descriptors are the same in both, and
 * so is what errors are: a negative errno. */
#pragma once
#include "base/seam.h"
#include <stdbool.h>

enum argot_endpoint_kind {
    ARGOT_ENDPOINT_UDP,
    ARGOT_ENDPOINT_TCP,
    ARGOT_ENDPOINT_UNIX_STREAM,
    ARGOT_ENDPOINT_UNIX_DATAGRAM,
};

struct argot_endpoint {
    enum argot_endpoint_kind kind;
    const char *host; /* of UDP and TCP: an address, IPv4 or IPv6 */
    uint16_t port;    /* 0: any that is free */
    const char *path; /* of a Unix socket: one that was left behind and that nobody listens on is taken away */
    bool private;     /* of a Unix socket to listen on: for its owner alone */
    bool abstract;    /* the path is a name in the system's own space, of no file */
};

#define ARGOT_WATCH_ALL (-1) /* in place of a watch: some events were lost, so anything may have happened */

/* What one datagram came with. */
struct argot_datagram {
    bool cut;         /* it was longer than the room for it */
    uint32_t dropped; /* by the kernel since the socket was made, as it counts: modulo 2^32 */
};

struct argot_seam_live {
    /* Looks at a path, following links. */
    int (*status)(struct argot_seam_live *, const char *path, struct argot_file_info *info);
    /* A file to read that never makes the caller wait, be it a pipe without a writer. */
    int (*open)(struct argot_seam_live *, const char *path);
    /* A file to write behind what it holds; made with mode 0640 less the umask. */
    int (*append)(struct argot_seam_live *, const char *path);
    /* Calls `entry` for each name in a folder but `.` and `..`, in any order, until it returns false. */
    int (*list)(struct argot_seam_live *, const char *path, bool (*entry)(void *context, const char *name),
                void *context);

    /* Watches: a descriptor that can be polled, and numbers for what is watched. They only say where to look. */
    int (*watch_new)(struct argot_seam_live *);
    int (*watch_file)(struct argot_seam_live *, int watches, const char *path);   /* written to, renamed, removed */
    int (*watch_folder)(struct argot_seam_live *, int watches, const char *path); /* names that come, go or change */
    void (*watch_drop)(struct argot_seam_live *, int watches, int watch);
    /* Up to `count` (>= 1) of the watches where something happened; 0: none, for now. */
    int (*watch_read)(struct argot_seam_live *, int watches, int *happened, size_t count);

    /* Sockets, none of which makes the caller wait. */
    int (*listen)(struct argot_seam_live *, const struct argot_endpoint *endpoint, size_t buffer_bytes);
    int (*port)(struct argot_seam_live *, int fd);   /* the one that it listens on */
    int (*accept)(struct argot_seam_live *, int fd); /* the descriptor of a connection, or -EAGAIN */
    int64_t (*receive)(struct argot_seam_live *, int fd, void *bytes, size_t count, struct argot_datagram *datagram);
    int (*dropped)(struct argot_seam_live *, int fd, uint32_t *count); /* datagrams, as receive tells it */
    int (*unlink_socket)(struct argot_seam_live *, const char *path);

    /* A socket to somebody, to be written to. */
    int (*connect)(struct argot_seam_live *, const struct argot_endpoint *endpoint);

    /* Programs: words[0] is looked for in PATH unless it has a slash; the last word is NULL. It reads the bytes on its
     * standard input and says what it says on ours, errors only. Its number, or a negative errno. */
    int (*start)(struct argot_seam_live *, const char *const *words, const void *bytes, size_t count);
    /* 1: it has ended, and *status is its exit status, or 128 and the signal; 0: not yet. */
    int (*ended)(struct argot_seam_live *, int program, int *status);
    void (*kill)(struct argot_seam_live *, int program);

    /* A set of descriptors, each with a number of the caller's. */
    int (*poll_new)(struct argot_seam_live *);
    int (*poll_add)(struct argot_seam_live *, int poll, int fd, uint64_t number);
    int (*poll_add_writer)(struct argot_seam_live *, int poll, int fd, uint64_t number); /* when it can be written to */
    int (*poll_remove)(struct argot_seam_live *, int poll, int fd);
    /* Up to `count` numbers of those that are ready or have failed; 0 after the time (-1: none), or -EINTR. */
    int (*poll_wait)(struct argot_seam_live *, int poll, uint64_t *ready, size_t count, int64_t timeout_ns);
};

/* The operating system. Stateless; valid for the life of the process. */
struct argot_seam_live *argot_seam_live_system(void);
