/* SPDX-License-Identifier: Apache-2.0
 * Syslog from a socket, as blocks of records: one a datagram; of a stream by runtime/input/syslog_frame.h. All
 * connections of a listener are one source, whose records are numbered as they come in. Nothing is read before it is
 * asked for: so a stream's sender is made to wait, and of what the kernel drops of datagrams it tells the number. What
 * peers can hold of memory and connections is bounded, and what a bound did is counted. */
#pragma once
#include "base/seam_live.h"
#include "input/input.h"
#include "input/tls.h"

#define ARGOT_LISTENER_MAX_CONNECTIONS 4096              /* of one listener */
#define ARGOT_LISTENER_MESSAGE_BYTES ((size_t)64 << 10)  /* longer messages of streams are cut into pieces */
#define ARGOT_LISTENER_PENDING_BYTES ((size_t)64 << 20)  /* of messages without an end, of all connections */
#define ARGOT_LISTENER_IDLE_NS INT64_C(7200000000000)    /* a connection that was still for so long is closed */
#define ARGOT_LISTENER_ROOM_NS INT64_C(60000000000)      /* and for so long, when there is no room for another */
#define ARGOT_LISTENER_PAUSE_NS INT64_C(1000000000)      /* for so long nothing is asked of a socket that fails: */
#define ARGOT_LISTENER_FAILURES 16u                      /* without descriptors, or so often with datagrams */
#define ARGOT_LISTENER_SHAKING ((size_t)256)             /* connections of TLS whose hands are not shaken yet */
#define ARGOT_LISTENER_SHAKING_NS INT64_C(10000000000)   /* and how long that may take */
#define ARGOT_LISTENER_BUFFER_BYTES ((size_t)8 << 20)    /* asked of the kernel, which may give less */
#define ARGOT_LISTENER_DATAGRAM_BYTES ((size_t)64 << 10) /* longest datagram */

struct argot_listener_options {
    struct argot_seam *seam;
    struct argot_seam_live *live;
    size_t block_bytes;                /* 0: ARGOT_BLOCK_BYTES */
    size_t message_max_bytes;          /* 0: ARGOT_LISTENER_MESSAGE_BYTES */
    size_t max_connections;            /* 0: ARGOT_LISTENER_MAX_CONNECTIONS */
    size_t pending_bytes;              /* 0: ARGOT_LISTENER_PENDING_BYTES */
    uint64_t first_record;             /* 0: 1 */
    const struct argot_tls_files *tls; /* NULL: plain; of TCP. Must outlive it */
    const int *socket;                 /* that listens already, and stays open; NULL: one is opened */
};

struct argot_listener_counts {
    uint64_t messages, bytes; /* that came in */
    uint64_t dropped;         /* datagrams, by the kernel */
    uint64_t cut;             /* datagrams that were longer than the room for one */
    uint64_t accepted;        /* connections, ever */
    uint64_t refused;         /* closed at once, because there was no room */
    uint64_t idle;            /* closed, because they were still for long */
    uint64_t crowded;         /* closed, because messages without an end took all the room */
    uint64_t malformed;       /* lengths that were none */
    uint64_t unfinished;      /* messages whose connection ended before they did */
    uint64_t newlines;        /* within messages, which became blanks */
    uint64_t failed;          /* accepts and reads that failed */
    uint64_t unshaken;  /* connections of TLS that ended before hands were shaken: no TLS, not trusted, too slow */
    size_t connections; /* now */
};

struct argot_listener;

/* NULL with the reason in `why`. The endpoint's texts must outlive it. */
struct argot_listener *argot_listener_open(const struct argot_listener_options *options,
                                           const struct argot_endpoint *endpoint, char *why, size_t why_size);
/* Closes all connections; a Unix socket is taken away. NULL is fine. */
void argot_listener_close(struct argot_listener *listener);
/* A descriptor that can be polled: there is something to do for argot_listener_next. */
int argot_listener_poll(const struct argot_listener *listener);
/* The port that it listens on, or 0. */
int argot_listener_port(const struct argot_listener *listener);
/* What came in, if something did. Of connections that ended, what they left too. */
bool argot_listener_next(struct argot_listener *listener, struct argot_block_bytes *block);
/* The same without reading any more: what was read before and not given yet. For the end of a run. */
bool argot_listener_rest(struct argot_listener *listener, struct argot_block_bytes *block);
/* Ends what is idle and counts what was dropped; to be called every second or so. Whether argot_listener_next has
 * something to do. */
bool argot_listener_tick(struct argot_listener *listener);
/* Reads certificates anew, for the connections to come. False with the reason in `why`: the old ones go on. */
bool argot_listener_reload(struct argot_listener *listener, char *why, size_t why_size);
uint64_t argot_listener_next_record(const struct argot_listener *listener);
struct argot_listener_counts argot_listener_counts(const struct argot_listener *listener);
