/* SPDX-License-Identifier: Apache-2.0
 * Programs that send syslog: datagrams, and streams in both framings. Plain syslog acknowledges nothing; so of each
 * message it is noted how far it came, and from there follows whether it must be in the store. */
#pragma once
#include "socket.h"
#include "world.h"

#define SIM_SENDERS_STREAMS 3

enum sim_message_state {
    SIM_MESSAGE_NOT_SENT, /* or nobody listened, or the kernel dropped it */
    SIM_MESSAGE_SENT,     /* the kernel has it */
    SIM_MESSAGE_TAKEN,    /* the process has read it */
    SIM_MESSAGE_DUE,      /* and committed: it must be there */
};

struct sim_message {
    char text[160];
    size_t length;
    bool datagram;
    bool broken; /* its sender went away in the middle */
    unsigned stream;
    enum sim_message_state state;
    argot_time taken;
    bool found; /* by the audit */
};

struct sim_stream {
    struct sim_peer *peer; /* NULL: not connected */
    bool counted;          /* lengths before messages, instead of newlines behind them */
    size_t next;           /* message to be sent */
    bool waits;            /* it tries again later */
};

/* Where the process listens, for datagrams and for streams: ports, or sockets with names. */
struct sim_listener {
    const char *name; /* of the input */
    struct argot_endpoint endpoint;
};
extern const struct sim_listener sim_senders_ports[2], sim_senders_files[2];

struct sim_senders {
    struct sim_world *world;
    const struct sim_listener *listeners;
    uint64_t seed;
    struct sim_random random;
    struct sim_message *messages;
    argot_time *times;
    size_t count;
    struct sim_stream streams[SIM_SENDERS_STREAMS];
    size_t ntaken;    /* messages that are taken, and not due yet */
    uint64_t dropped; /* datagrams, by the kernel, since the process began */
};

void sim_senders_make(struct sim_senders *senders, uint64_t seed, bool files, argot_time quiet, bool brief);
void sim_senders_free(struct sim_senders *senders);
void sim_senders_begin(struct sim_senders *senders, struct sim_world *world);
void sim_senders_end(struct sim_senders *senders);
/* All that was taken a while ago is committed; with `all` whatever was taken. */
void sim_senders_commit(struct sim_senders *senders, bool all);
/* The process is gone, and with it what it did not commit. */
void sim_senders_lose(struct sim_senders *senders);
