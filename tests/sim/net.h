/* SPDX-License-Identifier: Apache-2.0
 * The simulated kernel's open files: descriptors of files, watches over names, sets to wait for, sockets. All of it is
 * the process's and goes with it. */
#pragma once
#include "disk.h"

#define SIM_NET_DESCRIPTORS 96
#define SIM_NET_WATCHES 64
#define SIM_NET_HAPPENED 64 /* then some are lost, and that is said */
#define SIM_NET_SET 64
#define SIM_NET_SOCKETS 8 /* listening */

enum sim_descriptor_kind {
    SIM_DESCRIPTOR_FREE,
    SIM_DESCRIPTOR_FILE,
    SIM_DESCRIPTOR_WATCHES,
    SIM_DESCRIPTOR_SET,
    SIM_DESCRIPTOR_SOCKET,     /* of datagrams, or one that listens */
    SIM_DESCRIPTOR_CONNECTION, /* accepted */
};

struct sim_watch {
    int number;               /* 0: unused */
    struct sim_file *file;    /* NULL: a folder */
    char path[SIM_DISK_PATH]; /* of a folder, with its slash */
};

struct sim_watches {
    struct sim_watch list[SIM_NET_WATCHES];
    int happened[SIM_NET_HAPPENED];
    size_t nhappened;
    int numbers;
};

struct sim_set {
    struct {
        int fd;
        uint64_t number;
    } list[SIM_NET_SET];
    size_t count;
};

struct sim_socket;
struct sim_peer;

struct sim_descriptor {
    enum sim_descriptor_kind kind;
    struct sim_file *file;
    uint64_t at;
    bool append;
    struct sim_watches *watches;
    struct sim_set *set;
    struct sim_socket *socket;
    struct sim_peer *peer;
};

struct sim_net {
    struct sim_descriptor list[SIM_NET_DESCRIPTORS];
    struct sim_socket *sockets[SIM_NET_SOCKETS];
};

/* The lowest that is free, or -EMFILE. */
int sim_net_new(struct sim_net *net, enum sim_descriptor_kind kind);
/* NULL: not one of that kind. */
struct sim_descriptor *sim_net_find(struct sim_net *net, int fd, enum sim_descriptor_kind kind);
void sim_net_close(struct sim_net *net, int fd);
void sim_net_close_all(struct sim_net *net);
/* Whether reading it would give something. */
bool sim_net_is_ready(struct sim_net *net, int fd);
/* A file was written to, renamed or removed (path NULL), or a name in a folder came or went: whoever watches is told.
 */
void sim_net_happened(struct sim_net *net, const struct sim_file *file, const char *path);
