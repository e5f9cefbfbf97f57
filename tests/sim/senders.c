/* SPDX-License-Identifier: Apache-2.0
 * Messages come in bursts, larger than the kernel has room for. A stream sends its messages in their order; when its
 * connection is gone it makes another, and what was on its way is lost. */
#include "senders.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LEAST_PAUSE (20 * SIM_SECOND)
#define MOST_PAUSE (500 * SIM_SECOND)
#define BRIEF_PAUSE (15 * SIM_SECOND)
#define MOST_BURST 60
#define AGAIN (200 * SIM_MS)
#define SETTLED (5 * SIM_SECOND) /* what was taken longer ago is in a block that was used up */
#define BREAK 20                 /* of 1000 messages that a stream breaks off in */

const struct sim_listener sim_senders_ports[2] = {
    {"udp://127.0.0.1:5514", {.kind = ARGOT_ENDPOINT_UDP, .host = "127.0.0.1", .port = 5514}},
    {"tcp://127.0.0.1:6514", {.kind = ARGOT_ENDPOINT_TCP, .host = "127.0.0.1", .port = 6514}}};
const struct sim_listener sim_senders_files[2] = {
    {"unixgram:/run/datagrams", {.kind = ARGOT_ENDPOINT_UNIX_DATAGRAM, .path = "/run/datagrams"}},
    {"unix:/run/streams", {.kind = ARGOT_ENDPOINT_UNIX_STREAM, .path = "/run/streams"}}};

static void
write_message(struct sim_message *message, size_t number, argot_time time)
{
    time_t seconds = (time_t)((SIM_BEGIN + time) / SIM_SECOND);
    struct tm at;
    char when[40];
    gmtime_r(&seconds, &at);
    strftime(when, sizeof when, "%b %e %H:%M:%S", &at);
    message->length = (size_t)snprintf(message->text, sizeof message->text,
                                       "<38>%s box sshd[%zu]: Failed password for ann from 203.0.113.9 port %zu ssh2",
                                       when, number, 1024 + number);
}

void
sim_senders_make(struct sim_senders *senders, uint64_t seed, bool files, argot_time quiet, bool brief)
{
    *senders = (struct sim_senders){
        .seed = seed, .listeners = files ? sim_senders_files : sim_senders_ports, .random = sim_random_of(seed, 6)};
    struct sim_random *random = &senders->random;
    size_t room = 0;
    for (argot_time time = SIM_SECOND; time < quiet;
         time += brief ? BRIEF_PAUSE : sim_random_between(random, LEAST_PAUSE, MOST_PAUSE)) {
        bool datagram = sim_random_often(random, 500);
        unsigned stream = (unsigned)sim_random_below(random, SIM_SENDERS_STREAMS);
        for (size_t left = 1 + (size_t)sim_random_below(random, brief ? MOST_BURST / 10 : MOST_BURST); left--;) {
            if (senders->count == room) {
                room = room ? room * 2 : 256;
                senders->messages = realloc(senders->messages, room * sizeof *senders->messages);
                senders->times = realloc(senders->times, room * sizeof *senders->times);
                if (!senders->messages || !senders->times)
                    abort();
            }
            struct sim_message *message = &senders->messages[senders->count];
            *message = (struct sim_message){.datagram = datagram, .stream = stream};
            message->broken = !datagram && sim_random_often(random, BREAK);
            write_message(message, senders->count, time);
            senders->times[senders->count++] = time;
        }
    }
}

void
sim_senders_free(struct sim_senders *senders)
{
    free(senders->messages);
    free(senders->times);
    *senders = (struct sim_senders){0};
}

/* ---- datagrams ---- */

static void act(void *context, struct sim_world *world, uint64_t what);

static void
send_datagram(struct sim_senders *senders, size_t number)
{
    struct sim_world *world = senders->world;
    struct sim_message *message = &senders->messages[number];
    const struct argot_endpoint *endpoint = &senders->listeners[0].endpoint;
    switch (sim_socket_send(&world->net, endpoint, message->text, message->length, number)) {
    case SIM_SENT:
        message->state = SIM_MESSAGE_SENT;
        break;
    case SIM_SENT_DROPPED:
        senders->dropped++;
        break;
    case SIM_SENT_NO_ROOM:
        sim_world_at(world, world->now + AGAIN, act, senders, number);
        break;
    case SIM_SENT_NOBODY:
        break;
    }
}

/* ---- streams ---- */

static void
leave(struct sim_stream *stream)
{
    sim_socket_drop(stream->peer);
    stream->peer = NULL;
}

/* Half a message, and then nothing: closed in order, or reset. */
static void
break_off(struct sim_senders *senders, struct sim_stream *stream, const char *text, size_t length)
{
    (void)sim_socket_put(stream->peer, text, length / 2, false, 0);
    if (sim_random_often(&senders->random, 500))
        stream->peer->finished = true;
    else
        stream->peer->vanished = true;
    leave(stream);
}

static bool
put(struct sim_senders *senders, struct sim_stream *stream, size_t number)
{
    struct sim_message *message = &senders->messages[number];
    char framed[200];
    int length = stream->counted ? snprintf(framed, sizeof framed, "%zu %s", message->length, message->text)
                                 : snprintf(framed, sizeof framed, "%s\n", message->text);
    if (message->broken) {
        break_off(senders, stream, framed, (size_t)length);
        return true;
    }
    if (!sim_socket_put(stream->peer, framed, (size_t)length, true, number))
        return false;
    message->state = SIM_MESSAGE_SENT;
    return true;
}

static void again(void *context, struct sim_world *world, uint64_t what);

/* All messages of the stream that are due, as far as they go. */
static void
push(struct sim_senders *senders, unsigned index)
{
    struct sim_stream *stream = &senders->streams[index];
    struct sim_world *world = senders->world;
    if (stream->peer && stream->peer->hung_up)
        leave(stream);
    bool good = true;
    for (; stream->next < senders->count && senders->times[stream->next] <= world->now; stream->next++) {
        const struct sim_message *message = &senders->messages[stream->next];
        if (message->datagram || message->stream != index)
            continue;
        if (!stream->peer)
            stream->peer = sim_socket_connect(&world->net, &senders->listeners[1].endpoint);
        good = stream->peer && put(senders, stream, stream->next);
        if (!good)
            break;
    }
    if (good || stream->waits)
        return;
    stream->waits = true;
    sim_world_at(world, world->now + AGAIN, again, senders, index);
}

static void
again(void *context, struct sim_world *world, uint64_t what)
{
    struct sim_senders *senders = context;
    (void)world;
    senders->streams[what].waits = false;
    push(senders, (unsigned)what);
}

/* ---- the whole ---- */

static void
act(void *context, struct sim_world *world, uint64_t what)
{
    struct sim_senders *senders = context;
    const struct sim_message *message = &senders->messages[what];
    (void)world;
    if (message->datagram)
        send_datagram(senders, (size_t)what);
    else
        push(senders, message->stream);
}

static void
take(void *context, uint64_t number)
{
    struct sim_senders *senders = context;
    senders->messages[number].state = SIM_MESSAGE_TAKEN;
    senders->ntaken++;
    senders->messages[number].taken = senders->world->now;
}

void
sim_senders_begin(struct sim_senders *senders, struct sim_world *world)
{
    senders->world = world;
    senders->random = sim_random_of(senders->seed, 7);
    senders->dropped = 0;
    senders->ntaken = 0;
    for (unsigned i = 0; i < SIM_SENDERS_STREAMS; i++)
        senders->streams[i] = (struct sim_stream){.counted = i % 2};
    for (size_t i = 0; i < senders->count; i++)
        senders->messages[i].state = SIM_MESSAGE_NOT_SENT;
    world->taken = take;
    world->taken_context = senders;
    for (size_t i = 0; i < senders->count; i++)
        sim_world_at(world, senders->times[i], act, senders, i);
}

void
sim_senders_end(struct sim_senders *senders)
{
    for (unsigned i = 0; i < SIM_SENDERS_STREAMS; i++)
        leave(&senders->streams[i]);
}

void
sim_senders_commit(struct sim_senders *senders, bool all)
{
    for (size_t i = 0; i < senders->count && senders->ntaken; i++) {
        struct sim_message *message = &senders->messages[i];
        argot_time since = message->taken > senders->world->stalled ? message->taken : senders->world->stalled;
        if (message->state != SIM_MESSAGE_TAKEN || (!all && senders->world->now - since <= SETTLED))
            continue;
        message->state = SIM_MESSAGE_DUE;
        senders->ntaken--;
    }
}

void
sim_senders_lose(struct sim_senders *senders)
{
    senders->dropped = 0;
    senders->ntaken = 0;
    for (size_t i = 0; i < senders->count; i++)
        if (senders->messages[i].state == SIM_MESSAGE_TAKEN)
            senders->messages[i].state = SIM_MESSAGE_SENT; /* it may be there, or not */
}
