/* SPDX-License-Identifier: Apache-2.0
 * The sockets of a listener. It has a set of its own of descriptors to wait for, which is one descriptor itself; so
 * whoever waits for many listeners does not see their connections. The kernel gives what is ready in turn, and of each
 * connection a piece is read at a time, so none keeps the others waiting. */
#include "input/listener_parts.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LEAST_MESSAGE_BYTES ((size_t)64)
#define READY_MAX 64
#define THE_SOCKET UINT64_MAX /* its number in the set; connections have their place */
#define DATAGRAMS_MAX 1024    /* of one turn */
#define TURNS_MAX 4096        /* of one block: others have theirs too, whatever goes wrong here */

/* ---- opening ---- */

static int
open_sockets(struct argot_listener *listener)
{
    struct argot_seam_live *live = listener->options.live;
    listener->poll = live->poll_new(live);
    if (listener->poll < 0)
        return listener->poll;
    if (listener->options.socket)
        listener->fd = *listener->options.socket;
    else
        listener->fd = live->listen(live, &listener->endpoint, ARGOT_LISTENER_BUFFER_BYTES);
    return listener->fd < 0 ? listener->fd : live->poll_add(live, listener->poll, listener->fd, THE_SOCKET);
}

static const char *
words_for(int error)
{
    switch (error) {
    case -EADDRINUSE:
        return "another program listens there";
    case -EACCES:
        return "no permission; ports below 1024 are for the privileged";
    case -EADDRNOTAVAIL:
        return "this machine has no such address";
    default:
        return strerror(-error);
    }
}

static void
set_limits(struct argot_listener_options *options)
{
    options->block_bytes = options->block_bytes ? options->block_bytes : ARGOT_BLOCK_BYTES;
    options->message_max_bytes = options->message_max_bytes ? options->message_max_bytes : ARGOT_LISTENER_MESSAGE_BYTES;
    if (options->message_max_bytes < LEAST_MESSAGE_BYTES)
        options->message_max_bytes = LEAST_MESSAGE_BYTES;
    options->max_connections = options->max_connections ? options->max_connections : ARGOT_LISTENER_MAX_CONNECTIONS;
    options->pending_bytes = options->pending_bytes ? options->pending_bytes : ARGOT_LISTENER_PENDING_BYTES;
    options->first_record = options->first_record ? options->first_record : 1;
}

struct argot_listener *
argot_listener_open(const struct argot_listener_options *options, const struct argot_endpoint *endpoint, char *why,
                    size_t why_size)
{
    struct argot_seam *seam = options->seam;
    struct argot_listener *listener = seam->allocate(seam, sizeof *listener);
    if (!listener) {
        snprintf(why, why_size, "there is no memory");
        return NULL;
    }
    *listener = (struct argot_listener){.options = *options, .endpoint = *endpoint, .fd = -1, .poll = -1};
    set_limits(&listener->options);
    listener->stream = endpoint->kind == ARGOT_ENDPOINT_TCP || endpoint->kind == ARGOT_ENDPOINT_UNIX_STREAM;
    listener->next_record = listener->options.first_record;
    if (options->tls && !argot_listener_reload(listener, why, why_size)) {
        argot_listener_close(listener);
        return NULL;
    }
    size_t count = listener->stream ? listener->options.max_connections : 1;
    listener->scratch = seam->allocate(seam, ARGOT_LISTENER_DATAGRAM_BYTES);
    listener->connections = seam->allocate(seam, count * sizeof *listener->connections);
    for (size_t i = 0; listener->connections && i < count; i++)
        listener->connections[i] = (struct argot_connection){.fd = -1};
    listener->nconnections = listener->connections ? count : 0;
    int status = listener->scratch && listener->connections ? open_sockets(listener) : -ENOMEM;
    if (status == 0)
        return listener;
    snprintf(why, why_size, "%s", words_for(status));
    argot_listener_close(listener);
    return NULL;
}

bool
argot_listener_reload(struct argot_listener *listener, char *why, size_t why_size)
{
    if (!listener->options.tls)
        return true;
    struct argot_tls *next = argot_tls_new(listener->options.seam, listener->options.tls, why, why_size);
    if (!next)
        return false;
    argot_tls_free(listener->tls);
    listener->tls = next;
    return true;
}

static void
close_connection(struct argot_listener *listener, struct argot_connection *connection)
{
    struct argot_seam *seam = listener->options.seam;
    argot_listener_drop(listener, connection);
    argot_tls_end(connection->tls);
    listener->shaking -= connection->shaking;
    listener->counts.unshaken += connection->shaking;
    seam->close(seam, connection->fd);
    *connection = (struct argot_connection){.fd = -1};
    listener->counts.connections--;
}

void
argot_listener_close(struct argot_listener *listener)
{
    if (!listener)
        return;
    struct argot_seam *seam = listener->options.seam;
    struct argot_seam_live *live = listener->options.live;
    for (size_t i = 0; i < listener->nconnections; i++)
        if (listener->connections[i].fd >= 0)
            close_connection(listener, &listener->connections[i]);
    if (listener->fd >= 0 && !listener->options.socket) {
        seam->close(seam, listener->fd);
        if (listener->endpoint.path)
            (void)live->unlink_socket(live, listener->endpoint.path);
    }
    if (listener->poll >= 0)
        seam->close(seam, listener->poll);
    argot_tls_free(listener->tls);
    seam->release(seam, listener->connections);
    seam->release(seam, listener->scratch);
    seam->release(seam, listener);
}

/* ---- connections ---- */

/* The one that was still for the longest time, if that is long enough to be closed for another. */
static struct argot_connection *
find_room(struct argot_listener *listener, argot_time now)
{
    struct argot_connection *longest = NULL;
    for (size_t i = 0; i < listener->nconnections; i++) {
        struct argot_connection *one = &listener->connections[i];
        if (one->fd < 0)
            return one;
        if (!longest || one->still < longest->still)
            longest = one;
    }
    if (!longest || now - longest->still < ARGOT_LISTENER_ROOM_NS)
        return NULL;
    listener->counts.idle++;
    listener->counts.unfinished += longest->length > 0;
    close_connection(listener, longest);
    return longest;
}

/* Else it would be ready at once, and fail again. */
static void
stop_asking(struct argot_listener *listener, argot_time now)
{
    struct argot_seam_live *live = listener->options.live;
    listener->paused = now + ARGOT_LISTENER_PAUSE_NS;
    (void)live->poll_remove(live, listener->poll, listener->fd);
}

static void
accept_one(struct argot_listener *listener)
{
    struct argot_seam *seam = listener->options.seam;
    struct argot_seam_live *live = listener->options.live;
    argot_time now = seam->monotonic(seam);
    int fd = live->accept(live, listener->fd);
    if (fd < 0) {
        if (fd == -EMFILE || fd == -ENFILE || fd == -ENOBUFS || fd == -ENOMEM) {
            listener->counts.failed++;
            stop_asking(listener, now);
        }
        return;
    }
    bool full = listener->shaking >= ARGOT_LISTENER_SHAKING;
    struct argot_connection *connection = full ? NULL : find_room(listener, now);
    struct argot_tls_session *tls = connection && listener->tls ? argot_tls_accept(listener->tls, fd) : NULL;
    uint64_t number = connection ? (uint64_t)(connection - listener->connections) : 0;
    if (!connection || (listener->tls && !tls) || live->poll_add(live, listener->poll, fd, number)) {
        listener->counts.refused++;
        argot_tls_end(tls);
        seam->close(seam, fd);
        return;
    }
    *connection = (struct argot_connection){.fd = fd, .still = now, .begun = now, .tls = tls, .shaking = tls != NULL};
    listener->shaking += connection->shaking;
    listener->counts.accepted++;
    listener->counts.connections++;
}

/* A record at a time, as long as there is room for a whole one: so none is left where nobody looks for it. */
static int64_t
read_tls(struct argot_listener *listener, struct argot_connection *connection)
{
    size_t filled = 0;
    int64_t got = -EAGAIN;
    while (ARGOT_LISTENER_DATAGRAM_BYTES - filled >= ARGOT_TLS_RECORD_BYTES) {
        got = argot_tls_read(connection->tls, listener->scratch + filled, ARGOT_LISTENER_DATAGRAM_BYTES - filled);
        if (got <= 0)
            break;
        filled += (size_t)got;
    }
    if (connection->shaking && argot_tls_is_open(connection->tls)) {
        connection->shaking = false;
        listener->shaking--;
    }
    return filled ? (int64_t)filled : got; /* an end is met again */
}

/* What was read is taken apart by and by; the connection is read on only when none of it is left. */
static void
read_connection(struct argot_listener *listener, size_t number)
{
    struct argot_seam *seam = listener->options.seam;
    struct argot_connection *connection = &listener->connections[number];
    if (connection->fd < 0)
        return;
    int64_t got = connection->tls ? read_tls(listener, connection)
                                  : seam->read(seam, connection->fd, listener->scratch, ARGOT_LISTENER_DATAGRAM_BYTES);
    if (got == -EAGAIN || got == -EINTR)
        return;
    listener->counts.failed += got < 0;
    listener->scratch_at = 0;
    listener->scratch_end = got > 0 ? (size_t)got : 0;
    listener->scratch_of = number;
    listener->scratch_closed = got <= 0;
    listener->counts.bytes += listener->scratch_end;
    connection->still = seam->monotonic(seam);
}

/* Goes on with what was read before. False: the block is to be given first. */
static bool
take_scratch(struct argot_listener *listener)
{
    if (listener->scratch_at == listener->scratch_end && !listener->scratch_closed)
        return true;
    argot_listener_take(listener);
    if (listener->block->piece || listener->scratch_at < listener->scratch_end)
        return false;
    if (!listener->scratch_closed)
        return true;
    struct argot_connection *connection = &listener->connections[listener->scratch_of];
    if (!argot_listener_finish(listener, connection))
        return false;
    close_connection(listener, connection);
    listener->scratch_closed = false;
    return !listener->block->piece;
}

/* ---- datagrams ---- */

/* The kernel counts modulo 2^32; what a datagram says is of when it came, which may be before what is known. */
static void
count_dropped(struct argot_listener *listener, uint32_t dropped)
{
    uint32_t more = dropped - listener->dropped;
    if (more > INT32_MAX)
        return;
    listener->counts.dropped += more;
    listener->dropped = dropped;
}

/* An error that the network sent is told once, and gone. */
static void
note_failure(struct argot_listener *listener, int error)
{
    if (error == -EAGAIN || error == -EINTR)
        return;
    listener->counts.failed++;
    if (++listener->failures < ARGOT_LISTENER_FAILURES)
        return;
    listener->failures = 0;
    stop_asking(listener, listener->options.seam->monotonic(listener->options.seam));
}

static void
receive_some(struct argot_listener *listener)
{
    struct argot_seam_live *live = listener->options.live;
    for (int i = 0; i < DATAGRAMS_MAX && listener->block->length < listener->options.block_bytes; i++) {
        struct argot_datagram datagram = {.dropped = listener->dropped};
        int64_t got = live->receive(live, listener->fd, listener->scratch, ARGOT_LISTENER_DATAGRAM_BYTES, &datagram);
        if (got < 0) {
            note_failure(listener, (int)got);
            return;
        }
        listener->failures = 0;
        count_dropped(listener, datagram.dropped);
        listener->counts.cut += datagram.cut;
        listener->counts.bytes += (uint64_t)got;
        if (got > 0 && !argot_listener_message(listener, listener->scratch, (size_t)got))
            listener->counts.crowded++;
    }
}

/* ---- blocks ---- */

static int
serve_ready(struct argot_listener *listener)
{
    struct argot_seam_live *live = listener->options.live;
    uint64_t ready[READY_MAX];
    int count = live->poll_wait(live, listener->poll, ready, listener->stream ? 1 : READY_MAX, 0);
    for (int i = 0; i < count; i++) {
        if (ready[i] != THE_SOCKET)
            read_connection(listener, (size_t)ready[i]);
        else if (listener->stream)
            accept_one(listener);
        else
            receive_some(listener);
    }
    return count;
}

/* Turns end when the block is full, is a piece, or nothing is ready. What was read last waits for the next block. */
bool
argot_listener_next(struct argot_listener *listener, struct argot_block_bytes *block)
{
    block->bytes = NULL;
    block->length = 0;
    block->piece = block->piece_last = block->missing_newline = false;
    block->piece_number = 0;
    listener->block = block;
    uint64_t first = listener->next_record;
    block->first_record = block->first_line = first;
    for (int turn = 0; turn < TURNS_MAX; turn++)
        if (!take_scratch(listener) || block->length >= listener->options.block_bytes || listener->resting ||
            serve_ready(listener) <= 0)
            break;
    listener->block = NULL;
    if (!block->length)
        return false;
    memset(block->memory + block->length, 0, ARGOT_PADDING);
    block->memory[block->length] = '\n';
    block->bytes = block->memory;
    block->missing_newline = false;
    return true;
}

bool
argot_listener_rest(struct argot_listener *listener, struct argot_block_bytes *block)
{
    listener->resting = true;
    return argot_listener_next(listener, block);
}

/* The newest count of what was dropped comes with the next datagram, which may be long in coming. */
static void
ask_dropped(struct argot_listener *listener)
{
    struct argot_seam_live *live = listener->options.live;
    uint32_t dropped;
    if (!listener->stream && !live->dropped(live, listener->fd, &dropped))
        count_dropped(listener, dropped);
}

/* Nothing was read of them that could be lost. */
static void
end_unshaken(struct argot_listener *listener, argot_time now)
{
    for (size_t i = 0; listener->shaking && i < listener->nconnections; i++) {
        struct argot_connection *one = &listener->connections[i];
        if (one->fd >= 0 && one->shaking && now - one->begun >= ARGOT_LISTENER_SHAKING_NS)
            close_connection(listener, one);
    }
}

/* One at a time is as good as ended; what it left is given like that of others. */
static bool
end_idle(struct argot_listener *listener, argot_time now)
{
    if (listener->scratch_at < listener->scratch_end || listener->scratch_closed)
        return true;
    for (size_t i = 0; listener->stream && i < listener->nconnections; i++) {
        struct argot_connection *one = &listener->connections[i];
        if (one->fd < 0 || now - one->still < ARGOT_LISTENER_IDLE_NS)
            continue;
        listener->counts.idle++;
        listener->scratch_of = i;
        listener->scratch_closed = true;
        return true;
    }
    return false;
}

bool
argot_listener_tick(struct argot_listener *listener)
{
    struct argot_seam *seam = listener->options.seam;
    struct argot_seam_live *live = listener->options.live;
    argot_time now = seam->monotonic(seam);
    if (listener->paused && now >= listener->paused && !live->poll_add(live, listener->poll, listener->fd, THE_SOCKET))
        listener->paused = 0;
    ask_dropped(listener);
    if (listener->scratch_at == listener->scratch_end && !listener->scratch_closed)
        end_unshaken(listener, now);
    return end_idle(listener, now);
}

/* ---- questions ---- */

int
argot_listener_poll(const struct argot_listener *listener)
{
    return listener->poll;
}

int
argot_listener_port(const struct argot_listener *listener)
{
    struct argot_seam_live *live = listener->options.live;
    return live->port(live, listener->fd);
}

uint64_t
argot_listener_next_record(const struct argot_listener *listener)
{
    return listener->next_record;
}

struct argot_listener_counts
argot_listener_counts(const struct argot_listener *listener)
{
    return listener->counts;
}
