/* SPDX-License-Identifier: Apache-2.0
 * Sockets: queues of datagrams, and streams whose ends both sides hold. */
#include "socket.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct sim_socket *
sim_socket_find(struct sim_net *net, const struct argot_endpoint *endpoint)
{
    for (size_t i = 0; i < SIM_NET_SOCKETS; i++) {
        struct sim_socket *one = net->sockets[i];
        if (!one || one->endpoint.kind != endpoint->kind)
            continue;
        if (endpoint->path ? !strcmp(one->endpoint.path, endpoint->path) : one->endpoint.port == endpoint->port)
            return one;
    }
    return NULL;
}

struct sim_socket *
sim_socket_listen(struct sim_net *net, const struct argot_endpoint *endpoint)
{
    if (sim_socket_find(net, endpoint))
        return NULL;
    for (size_t i = 0; i < SIM_NET_SOCKETS; i++) {
        if (net->sockets[i])
            continue;
        struct sim_socket *socket = calloc(1, sizeof *socket);
        if (!socket)
            abort();
        socket->endpoint = *endpoint;
        return net->sockets[i] = socket;
    }
    return NULL;
}

void
sim_socket_drop(struct sim_peer *peer)
{
    if (peer && !--peer->holds)
        free(peer);
}

void
sim_socket_hang_up(struct sim_peer *peer)
{
    peer->hung_up = true;
    sim_socket_drop(peer);
}

void
sim_socket_close(struct sim_net *net, struct sim_socket *socket)
{
    for (size_t i = 0; i < socket->nbacklog; i++)
        sim_socket_hang_up(socket->backlog[i]);
    for (size_t i = 0; i < SIM_NET_SOCKETS; i++)
        if (net->sockets[i] == socket)
            net->sockets[i] = NULL;
    free(socket);
}

bool
sim_socket_is_ready(const struct sim_socket *socket)
{
    return socket->count || socket->nbacklog;
}

bool
sim_socket_peer_is_ready(const struct sim_peer *peer)
{
    return peer->length || peer->finished || peer->vanished;
}

/* ---- senders ---- */

enum sim_sent
sim_socket_send(struct sim_net *net, const struct argot_endpoint *endpoint, const void *bytes, size_t count,
                uint64_t number)
{
    struct sim_socket *socket = sim_socket_find(net, endpoint);
    if (!socket)
        return SIM_SENT_NOBODY;
    if (endpoint->path && socket->count == SIM_SOCKET_DATAGRAMS)
        return SIM_SENT_NO_ROOM;
    if (socket->count == SIM_SOCKET_DATAGRAMS || count > SIM_SOCKET_DATAGRAM_BYTES) {
        socket->dropped++;
        return SIM_SENT_DROPPED;
    }
    struct sim_datagram *datagram = &socket->queue[socket->count++];
    memcpy(datagram->bytes, bytes, count);
    datagram->length = count;
    datagram->number = number;
    datagram->dropped = socket->dropped;
    return SIM_SENT;
}

struct sim_peer *
sim_socket_connect(struct sim_net *net, const struct argot_endpoint *endpoint)
{
    struct sim_socket *socket = sim_socket_find(net, endpoint);
    if (!socket || socket->nbacklog == SIM_SOCKET_BACKLOG)
        return NULL;
    struct sim_peer *peer = calloc(1, sizeof *peer);
    if (!peer)
        abort();
    peer->holds = 2;
    return socket->backlog[socket->nbacklog++] = peer;
}

bool
sim_socket_put(struct sim_peer *peer, const void *bytes, size_t count, bool end, uint64_t number)
{
    if (peer->length + count > SIM_SOCKET_STREAM_BYTES || peer->nmessages == SIM_SOCKET_MESSAGES)
        return false;
    memcpy(peer->bytes + peer->length, bytes, count);
    peer->length += count;
    if (end) {
        peer->messages[peer->nmessages].end = peer->length;
        peer->messages[peer->nmessages++].number = number;
    }
    return true;
}

/* ---- the process ---- */

int64_t
sim_socket_read(struct sim_peer *peer, void *bytes, size_t count, void (*taken)(void *, uint64_t), void *context)
{
    if (peer->vanished)
        return -ECONNRESET;
    if (!peer->length)
        return peer->finished ? 0 : -EAGAIN;
    count = count < peer->length ? count : peer->length;
    memcpy(bytes, peer->bytes, count);
    peer->length -= count;
    memmove(peer->bytes, peer->bytes + count, peer->length);
    size_t left = 0;
    for (size_t i = 0; i < peer->nmessages; i++) {
        if (peer->messages[i].end <= count) {
            taken(context, peer->messages[i].number);
            continue;
        }
        peer->messages[left] = peer->messages[i];
        peer->messages[left++].end -= count;
    }
    peer->nmessages = left;
    return (int64_t)count;
}
