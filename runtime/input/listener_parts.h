/* SPDX-License-Identifier: Apache-2.0
 * What the files of a listener share: listener.c has the sockets, listener_message.c makes records of what they give.
 */
#pragma once
#include "input/listener.h"
#include "input/syslog_frame.h"

struct argot_connection {
    int fd; /* -1: free */
    struct argot_syslog_frame frame;
    uint8_t *message; /* without its end so far */
    size_t length, capacity;
    uint64_t record; /* its number, once a piece of it was given */
    uint32_t pieces;
    argot_time still;              /* monotonic: since when nothing came */
    struct argot_tls_session *tls; /* NULL: plain */
    bool shaking;                  /* hands were not shaken yet */
    argot_time begun;              /* monotonic: when it was accepted */
};

struct argot_listener {
    struct argot_listener_options options;
    struct argot_endpoint endpoint;
    int fd, poll;
    bool stream;
    struct argot_tls *tls; /* NULL: plain */
    size_t shaking;        /* connections whose hands were not shaken yet */
    argot_time paused;     /* monotonic: the socket is not asked before; 0: it is */
    unsigned failures;     /* of datagrams, one behind the other */
    size_t nconnections;
    struct argot_connection *connections; /* options.max_connections */
    size_t pending_bytes;                 /* capacities of all messages */
    uint8_t *scratch;                     /* what was read last */
    size_t scratch_at, scratch_end;
    size_t scratch_of;   /* the connection that it came from */
    bool scratch_closed; /* and that has ended behind it */
    bool resting;        /* nothing is read any more */
    uint64_t next_record;
    uint32_t dropped; /* as the kernel counts */
    struct argot_listener_counts counts;
    struct argot_block_bytes *block; /* that is being filled */
};

/* Adds a whole message to the block. False: no memory. */
bool argot_listener_message(struct argot_listener *listener, const uint8_t *bytes, size_t length);
/* Takes what was read of a connection apart until the block is full or a piece. */
void argot_listener_take(struct argot_listener *listener);
/* The connection has ended: what it left becomes a record. False: the block has to be given before. */
bool argot_listener_finish(struct argot_listener *listener, struct argot_connection *connection);
void argot_listener_drop(struct argot_listener *listener, struct argot_connection *connection);
