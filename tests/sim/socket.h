/* SPDX-License-Identifier: Apache-2.0
 * Simulated sockets. Datagrams that find no room are dropped and counted by the kernel. A stream holds back its sender
 * when what it sent is not read. Each message has a number, which is told when the process has taken the whole of it.
 */
#pragma once
#include "net.h"

#define SIM_SOCKET_DATAGRAMS 24      /* that wait; those that come then are dropped */
#define SIM_SOCKET_STREAM_BYTES 4096 /* that were sent and not read */
#define SIM_SOCKET_MESSAGES 64       /* of a stream, that end in them */
#define SIM_SOCKET_BACKLOG 8
#define SIM_SOCKET_DATAGRAM_BYTES 1024

struct sim_datagram {
    uint8_t bytes[SIM_SOCKET_DATAGRAM_BYTES];
    size_t length;
    uint64_t number;
    uint32_t dropped; /* before it */
};

/* One end of a connection that both sides hold. */
struct sim_peer {
    unsigned holds;
    uint8_t bytes[SIM_SOCKET_STREAM_BYTES];
    size_t length;
    struct {
        size_t end; /* behind its last byte, in `bytes` */
        uint64_t number;
    } messages[SIM_SOCKET_MESSAGES];
    size_t nmessages;
    bool finished; /* the sender closed it: what is there can be read */
    bool vanished; /* the sender reset it: reading fails */
    bool hung_up;  /* the process closed it */
};

struct sim_socket {
    struct argot_endpoint endpoint;
    struct sim_datagram queue[SIM_SOCKET_DATAGRAMS];
    size_t count;
    uint32_t dropped;
    struct sim_peer *backlog[SIM_SOCKET_BACKLOG];
    size_t nbacklog;
};

/* NULL: its address is taken. A socket with a name has a file on the disk, which is the caller's. */
struct sim_socket *sim_socket_listen(struct sim_net *net, const struct argot_endpoint *endpoint);
/* Who listens there. NULL: nobody does. */
struct sim_socket *sim_socket_find(struct sim_net *net, const struct argot_endpoint *endpoint);
void sim_socket_close(struct sim_net *net, struct sim_socket *socket);
bool sim_socket_is_ready(const struct sim_socket *socket);
bool sim_socket_peer_is_ready(const struct sim_peer *peer);
/* The process closes its end. */
void sim_socket_hang_up(struct sim_peer *peer);
void sim_socket_drop(struct sim_peer *peer); /* of one holder; NULL is fine */

/* ---- what senders do ---- */

enum sim_sent {
    SIM_SENT,
    SIM_SENT_DROPPED,
    SIM_SENT_NOBODY,
    SIM_SENT_NO_ROOM, /* on a socket with a name, where the sender has to wait */
};
enum sim_sent sim_socket_send(struct sim_net *net, const struct argot_endpoint *endpoint, const void *bytes,
                              size_t count, uint64_t number);
/* NULL: nobody listens, or too many wait. The caller holds it. */
struct sim_peer *sim_socket_connect(struct sim_net *net, const struct argot_endpoint *endpoint);
/* Bytes of a message; those of the last part end it. False when there is no room: again later. */
bool sim_socket_put(struct sim_peer *peer, const void *bytes, size_t count, bool end, uint64_t number);

/* ---- what the process does ---- */

/* 0 behind the end, or -EAGAIN, -ECONNRESET. `taken` is told the number of each message whose end was read. */
int64_t sim_socket_read(struct sim_peer *peer, void *bytes, size_t count, void (*taken)(void *, uint64_t),
                        void *context);
