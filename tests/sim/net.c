/* SPDX-License-Identifier: Apache-2.0
 * Descriptors and watches. A watch is on a file, whatever its name; that of a folder is on the names in it. */
#include "net.h"
#include "socket.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST 3 /* behind the standard streams */

int
sim_net_new(struct sim_net *net, enum sim_descriptor_kind kind)
{
    for (int fd = FIRST; fd < SIM_NET_DESCRIPTORS; fd++)
        if (net->list[fd].kind == SIM_DESCRIPTOR_FREE) {
            net->list[fd] = (struct sim_descriptor){.kind = kind};
            return fd;
        }
    return -EMFILE;
}

struct sim_descriptor *
sim_net_find(struct sim_net *net, int fd, enum sim_descriptor_kind kind)
{
    return fd >= FIRST && fd < SIM_NET_DESCRIPTORS && net->list[fd].kind == kind ? &net->list[fd] : NULL;
}

/* A set forgets what is closed. */
static void
forget(struct sim_net *net, int fd)
{
    for (int i = FIRST; i < SIM_NET_DESCRIPTORS; i++) {
        struct sim_set *set = net->list[i].kind == SIM_DESCRIPTOR_SET ? net->list[i].set : NULL;
        for (size_t j = 0; set && j < set->count; j++)
            if (set->list[j].fd == fd)
                set->list[j--] = set->list[--set->count];
    }
}

static void
free_watches(struct sim_watches *watches)
{
    for (size_t i = 0; i < SIM_NET_WATCHES; i++)
        sim_disk_drop(watches->list[i].file);
    free(watches);
}

void
sim_net_close(struct sim_net *net, int fd)
{
    struct sim_descriptor *one = &net->list[fd];
    enum sim_descriptor_kind kind = one->kind;
    forget(net, fd);
    one->kind = SIM_DESCRIPTOR_FREE;
    sim_disk_drop(one->file);
    if (kind == SIM_DESCRIPTOR_WATCHES)
        free_watches(one->watches);
    if (kind == SIM_DESCRIPTOR_SET)
        free(one->set);
    if (kind == SIM_DESCRIPTOR_SOCKET)
        sim_socket_close(net, one->socket);
    if (kind == SIM_DESCRIPTOR_CONNECTION)
        sim_socket_hang_up(one->peer);
    *one = (struct sim_descriptor){0};
}

void
sim_net_close_all(struct sim_net *net)
{
    for (int fd = FIRST; fd < SIM_NET_DESCRIPTORS; fd++)
        if (net->list[fd].kind != SIM_DESCRIPTOR_FREE)
            sim_net_close(net, fd);
}

static bool
is_set_ready(struct sim_net *net, const struct sim_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (sim_net_is_ready(net, set->list[i].fd))
            return true;
    return false;
}

bool
sim_net_is_ready(struct sim_net *net, int fd)
{
    const struct sim_descriptor *one = &net->list[fd];
    switch (one->kind) {
    case SIM_DESCRIPTOR_WATCHES:
        return one->watches->nhappened;
    case SIM_DESCRIPTOR_SET:
        return is_set_ready(net, one->set);
    case SIM_DESCRIPTOR_SOCKET:
        return sim_socket_is_ready(one->socket);
    case SIM_DESCRIPTOR_CONNECTION:
        return sim_socket_peer_is_ready(one->peer);
    default:
        return false;
    }
}

/* ---- watches ---- */

static void
tell(struct sim_watches *watches, int number)
{
    if (watches->nhappened && watches->happened[watches->nhappened - 1] == number)
        return; /* as the kernel puts equal ones together */
    if (watches->nhappened == SIM_NET_HAPPENED)
        watches->happened[SIM_NET_HAPPENED - 1] = ARGOT_WATCH_ALL;
    else
        watches->happened[watches->nhappened++] = number;
}

static bool
is_in(const char *folder, const char *path)
{
    size_t length = strlen(folder);
    return !strncmp(path, folder, length) && !strchr(path + length, '/');
}

void
sim_net_happened(struct sim_net *net, const struct sim_file *file, const char *path)
{
    for (int fd = FIRST; fd < SIM_NET_DESCRIPTORS; fd++) {
        struct sim_watches *watches = net->list[fd].kind == SIM_DESCRIPTOR_WATCHES ? net->list[fd].watches : NULL;
        for (size_t i = 0; watches && i < SIM_NET_WATCHES; i++) {
            const struct sim_watch *watch = &watches->list[i];
            if (watch->number && ((file && watch->file == file) || (path && !watch->file && is_in(watch->path, path))))
                tell(watches, watch->number);
        }
    }
}
