/* SPDX-License-Identifier: Apache-2.0
 * The live part of the seam onto the simulated machine: looks at names, watches, sockets, and waiting, which is where
 * time passes. */
#include "socket.h"
#include "world.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

static int
live_status(struct argot_seam_live *live, const char *path, struct argot_file_info *info)
{
    struct sim_world *world = sim_world_of_live(live);
    int status = sim_world_enter(world, SIM_CALL_LOOK);
    struct sim_file *file = status ? NULL : sim_disk_find(&world->disk, path);
    if (!status && !file)
        status = -ENOENT;
    if (!status)
        sim_world_describe(file, info);
    sim_world_leave(world, SIM_CALL_LOOK, path, status);
    return status;
}

static int
live_open(struct argot_seam_live *live, const char *path)
{
    struct sim_world *world = sim_world_of_live(live);
    return world->seam.open(&world->seam, path, ARGOT_OPEN_READ);
}

static int
live_append(struct argot_seam_live *live, const char *path)
{
    struct sim_world *world = sim_world_of_live(live);
    int status = sim_world_enter(world, SIM_CALL_OPEN);
    struct sim_file *file = status ? NULL : sim_disk_find(&world->disk, path);
    if (!status && !file)
        file = sim_disk_make(&world->disk, path, sim_world_wall(world), false);
    if (!status)
        status = sim_world_open(world, file);
    if (status >= 0)
        world->net.list[status].append = true;
    sim_world_leave(world, SIM_CALL_OPEN, path, status);
    return status;
}

static int
live_list(struct argot_seam_live *live, const char *path, bool (*entry)(void *context, const char *name), void *context)
{
    struct sim_world *world = sim_world_of_live(live);
    int status = sim_world_enter(world, SIM_CALL_LOOK);
    size_t length = strlen(path), slash = length && path[length - 1] == '/' ? 0 : 1;
    sim_world_leave(world, SIM_CALL_LOOK, path, status);
    for (size_t i = 0; !status && i < world->disk.nnames; i++) {
        const char *name = world->disk.names[i].path;
        if (strncmp(name, path, length) || (slash && name[length] != '/') || strchr(name + length + slash, '/'))
            continue;
        if (!entry(context, name + length + slash))
            break;
    }
    return status;
}

/* ---- watches ---- */

static int
live_watch_new(struct argot_seam_live *live)
{
    struct sim_world *world = sim_world_of_live(live);
    int status = sim_world_enter(world, SIM_CALL_WATCH);
    if (!status)
        status = sim_net_new(&world->net, SIM_DESCRIPTOR_WATCHES);
    if (status >= 0 && !(world->net.list[status].watches = calloc(1, sizeof(struct sim_watches))))
        abort();
    sim_world_leave(world, SIM_CALL_WATCH, "new", status);
    return status;
}

/* The same number for what is watched already. */
static int
add_watch(struct sim_world *world, int watches, struct sim_file *file, const char *folder)
{
    struct sim_descriptor *one = sim_net_find(&world->net, watches, SIM_DESCRIPTOR_WATCHES);
    if (!one)
        return -EBADF;
    struct sim_watch *unused = NULL;
    for (size_t i = 0; i < SIM_NET_WATCHES; i++) {
        struct sim_watch *watch = &one->watches->list[i];
        if (!watch->number)
            unused = unused ? unused : watch;
        else if (file ? watch->file == file : !watch->file && !strcmp(watch->path, folder))
            return watch->number;
    }
    if (!unused)
        return -ENOSPC;
    *unused = (struct sim_watch){.number = ++one->watches->numbers, .file = file};
    if (file)
        sim_disk_hold(file);
    else
        snprintf(unused->path, sizeof unused->path, "%s", folder);
    return unused->number;
}

static int
live_watch_file(struct argot_seam_live *live, int watches, const char *path)
{
    struct sim_world *world = sim_world_of_live(live);
    int status = sim_world_enter(world, SIM_CALL_WATCH);
    struct sim_file *file = status ? NULL : sim_disk_find(&world->disk, path);
    if (!status)
        status = file ? add_watch(world, watches, file, NULL) : -ENOENT;
    sim_world_leave(world, SIM_CALL_WATCH, path, status);
    return status;
}

static int
live_watch_folder(struct argot_seam_live *live, int watches, const char *path)
{
    struct sim_world *world = sim_world_of_live(live);
    int status = sim_world_enter(world, SIM_CALL_WATCH);
    char folder[SIM_DISK_PATH];
    size_t length = strlen(path);
    snprintf(folder, sizeof folder, "%s%s", path, length && path[length - 1] == '/' ? "" : "/");
    if (!status)
        status = add_watch(world, watches, NULL, folder);
    sim_world_leave(world, SIM_CALL_WATCH, path, status);
    return status;
}

static void
live_watch_drop(struct argot_seam_live *live, int watches, int number)
{
    struct sim_world *world = sim_world_of_live(live);
    struct sim_descriptor *one = sim_net_find(&world->net, watches, SIM_DESCRIPTOR_WATCHES);
    (void)sim_world_enter(world, SIM_CALL_LOOK);
    for (size_t i = 0; one && i < SIM_NET_WATCHES; i++) {
        struct sim_watch *watch = &one->watches->list[i];
        if (watch->number != number)
            continue;
        sim_disk_drop(watch->file);
        *watch = (struct sim_watch){0};
    }
    sim_world_leave(world, SIM_CALL_LOOK, "drop", number);
}

static int
live_watch_read(struct argot_seam_live *live, int watches, int *happened, size_t count)
{
    struct sim_world *world = sim_world_of_live(live);
    struct sim_descriptor *one = sim_net_find(&world->net, watches, SIM_DESCRIPTOR_WATCHES);
    int status = sim_world_enter(world, SIM_CALL_POLL);
    if (!status && !one)
        status = -EBADF;
    if (!status) {
        struct sim_watches *all = one->watches;
        size_t given = count < all->nhappened ? count : all->nhappened;
        memcpy(happened, all->happened, given * sizeof *happened);
        all->nhappened -= given;
        memmove(all->happened, all->happened + given, all->nhappened * sizeof *happened);
        status = (int)given;
        if (given && sim_world_hit(world, SIM_TROUBLE_BLIND)) {
            happened[0] = ARGOT_WATCH_ALL;
            status = sim_random_often(&world->random, 500); /* or nothing at all: they are hints */
        }
    }
    sim_world_leave(world, SIM_CALL_POLL, "read", status);
    return status;
}

/* ---- sockets ---- */

/* A file that a process left behind is taken away. */
static int
make_name(struct sim_world *world, const struct argot_endpoint *endpoint)
{
    if (sim_socket_find(&world->net, endpoint))
        return -EADDRINUSE;
    (void)sim_disk_remove(&world->disk, endpoint->path, true);
    (void)sim_disk_make(&world->disk, endpoint->path, sim_world_wall(world), true);
    return 0;
}

static int
live_listen(struct argot_seam_live *live, const struct argot_endpoint *endpoint, size_t buffer_bytes)
{
    struct sim_world *world = sim_world_of_live(live);
    (void)buffer_bytes;
    int status = sim_world_enter(world, SIM_CALL_SOCKET);
    if (!status && endpoint->path)
        status = make_name(world, endpoint);
    if (!status)
        status = sim_net_new(&world->net, SIM_DESCRIPTOR_SOCKET);
    if (status >= 0 && !(world->net.list[status].socket = sim_socket_listen(&world->net, endpoint))) {
        world->net.list[status].kind = SIM_DESCRIPTOR_FREE;
        status = -EADDRINUSE;
    }
    sim_world_leave(world, SIM_CALL_SOCKET, "listen", status);
    return status;
}

static int
live_port(struct argot_seam_live *live, int fd)
{
    struct sim_descriptor *one = sim_net_find(&sim_world_of_live(live)->net, fd, SIM_DESCRIPTOR_SOCKET);
    return one ? one->socket->endpoint.port : -EBADF;
}

static int
live_accept(struct argot_seam_live *live, int fd)
{
    struct sim_world *world = sim_world_of_live(live);
    struct sim_descriptor *one = sim_net_find(&world->net, fd, SIM_DESCRIPTOR_SOCKET);
    int status = sim_world_enter(world, SIM_CALL_SOCKET);
    if (!status && !one)
        status = -EBADF;
    if (!status && !one->socket->nbacklog)
        status = -EAGAIN;
    if (!status)
        status = sim_net_new(&world->net, SIM_DESCRIPTOR_CONNECTION);
    if (status >= 0) {
        struct sim_socket *socket = one->socket;
        world->net.list[status].peer = socket->backlog[0];
        memmove(socket->backlog, socket->backlog + 1, --socket->nbacklog * sizeof *socket->backlog);
    }
    sim_world_leave(world, SIM_CALL_SOCKET, "accept", status);
    return status;
}

static int64_t
live_receive(struct argot_seam_live *live, int fd, void *bytes, size_t count, struct argot_datagram *datagram)
{
    struct sim_world *world = sim_world_of_live(live);
    struct sim_descriptor *one = sim_net_find(&world->net, fd, SIM_DESCRIPTOR_SOCKET);
    int64_t status = sim_world_enter(world, SIM_CALL_READ);
    if (!status && !one)
        status = -EBADF;
    if (!status && !one->socket->count)
        status = -EAGAIN;
    if (!status) {
        struct sim_socket *socket = one->socket;
        const struct sim_datagram *first = &socket->queue[0];
        datagram->cut = first->length > count;
        datagram->dropped = first->dropped;
        count = first->length < count ? first->length : count;
        memcpy(bytes, first->bytes, count);
        status = (int64_t)count;
        if (world->taken)
            world->taken(world->taken_context, first->number);
        memmove(socket->queue, socket->queue + 1, --socket->count * sizeof *socket->queue);
    }
    sim_world_leave(world, SIM_CALL_READ, "datagram", status);
    return status;
}

static void
nobody(void *context, uint64_t number)
{
    (void)context;
    (void)number;
}

int64_t
sim_live_read(struct sim_world *world, struct sim_descriptor *connection, void *bytes, size_t count)
{
    return sim_socket_read(connection->peer, bytes, count, world->taken ? world->taken : nobody, world->taken_context);
}

static int
live_dropped(struct argot_seam_live *live, int fd, uint32_t *count)
{
    struct sim_descriptor *one = sim_net_find(&sim_world_of_live(live)->net, fd, SIM_DESCRIPTOR_SOCKET);
    if (one)
        *count = one->socket->dropped;
    return one ? 0 : -EBADF;
}

static int
live_unlink_socket(struct argot_seam_live *live, const char *path)
{
    struct sim_world *world = sim_world_of_live(live);
    int status = sim_world_enter(world, SIM_CALL_CHANGE);
    if (!status)
        status = sim_disk_remove(&world->disk, path, true);
    sim_world_leave(world, SIM_CALL_CHANGE, path, status);
    return status;
}

static int
live_connect(struct argot_seam_live *live, const struct argot_endpoint *endpoint)
{
    (void)live;
    (void)endpoint;
    return -ECONNREFUSED;
}

static int
live_start(struct argot_seam_live *live, const char *const *words, const void *bytes, size_t count)
{
    struct sim_world *world = sim_world_of_live(live);
    int status = sim_world_enter(world, SIM_CALL_SOCKET);
    if (!status)
        status = sim_programs_start(world, bytes, count);
    sim_world_leave(world, SIM_CALL_SOCKET, words[0], status);
    return status;
}

static int
live_ended(struct argot_seam_live *live, int program, int *status)
{
    struct sim_world *world = sim_world_of_live(live);
    (void)sim_world_enter(world, SIM_CALL_CLOCK);
    if (world->dead) {
        *status = 1;
        return 1; /* nobody waits for it any more */
    }
    return sim_programs_ended(world, program, status);
}

static void
live_kill(struct argot_seam_live *live, int program)
{
    struct sim_world *world = sim_world_of_live(live);
    if (!world->dead)
        sim_programs_kill(world, program);
}

/* ---- waiting ---- */

static int
live_poll_new(struct argot_seam_live *live)
{
    struct sim_world *world = sim_world_of_live(live);
    int status = sim_world_enter(world, SIM_CALL_WATCH);
    if (!status)
        status = sim_net_new(&world->net, SIM_DESCRIPTOR_SET);
    if (status >= 0 && !(world->net.list[status].set = calloc(1, sizeof(struct sim_set))))
        abort();
    sim_world_leave(world, SIM_CALL_WATCH, "set", status);
    return status;
}

static int
live_poll_add(struct argot_seam_live *live, int poll, int fd, uint64_t number)
{
    struct sim_world *world = sim_world_of_live(live);
    struct sim_descriptor *one = sim_net_find(&world->net, poll, SIM_DESCRIPTOR_SET);
    int status = sim_world_enter(world, SIM_CALL_LOOK);
    if (!status && !one)
        status = -EBADF;
    if (!status && one->set->count == SIM_NET_SET)
        status = -ENOSPC;
    if (!status) {
        one->set->list[one->set->count].fd = fd;
        one->set->list[one->set->count++].number = number;
    }
    sim_world_leave(world, SIM_CALL_LOOK, "add", status);
    return status;
}

static int
live_poll_remove(struct argot_seam_live *live, int poll, int fd)
{
    struct sim_world *world = sim_world_of_live(live);
    struct sim_descriptor *one = sim_net_find(&world->net, poll, SIM_DESCRIPTOR_SET);
    int status = one ? -ENOENT : -EBADF;
    for (size_t i = 0; one && i < one->set->count; i++)
        if (one->set->list[i].fd == fd) {
            one->set->list[i] = one->set->list[--one->set->count];
            status = 0;
            break;
        }
    return status;
}

static int
gather(struct sim_world *world, const struct sim_set *set, uint64_t *ready, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < set->count && found < count; i++)
        if (sim_net_is_ready(&world->net, set->list[i].fd))
            ready[found++] = set->list[i].number;
    return (int)found;
}

/* Steps from one thing that is due to the next, until something can be read or the time is over. */
static int
wait_for(struct sim_world *world, const struct sim_set *set, uint64_t *ready, size_t count, int64_t timeout_ns)
{
    argot_time until = timeout_ns < 0 ? INT64_MAX : world->now + timeout_ns;
    int found;
    while (!(found = gather(world, set, ready, count)) && world->now < until) {
        argot_time next = sim_world_next(world);
        if (world->stop || world->reload)
            return -EINTR; /* a signal came */
        next = next < until ? next : until;
        world->now = next > world->now ? next : world->now;
        int status = sim_world_enter(world, SIM_CALL_POLL);
        if (status)
            return status;
    }
    return found;
}

static int
live_poll_wait(struct argot_seam_live *live, int poll, uint64_t *ready, size_t count, int64_t timeout_ns)
{
    struct sim_world *world = sim_world_of_live(live);
    struct sim_descriptor *one = sim_net_find(&world->net, poll, SIM_DESCRIPTOR_SET);
    int status = sim_world_enter(world, SIM_CALL_POLL);
    if (!status && !one)
        status = -EBADF;
    if (!status)
        status = wait_for(world, one->set, ready, count, timeout_ns);
    sim_world_leave(world, SIM_CALL_POLL, "", status);
    return status;
}

/* For what connects to others, which is not simulated. */
static int
live_poll_add_writer(struct argot_seam_live *live, int poll, int fd, uint64_t number)
{
    (void)live;
    (void)poll;
    (void)fd;
    (void)number;
    return -ENOTSUP;
}

void
sim_live_sleep(struct sim_world *world, int64_t ns)
{
    argot_time until = world->now + ns;
    while (!world->dead && !world->stop && world->now < until) {
        argot_time next = sim_world_next(world);
        next = next < until ? next : until;
        world->now = next > world->now ? next : world->now;
        (void)sim_world_enter(world, SIM_CALL_POLL);
    }
}

void
sim_live_fill(struct argot_seam_live *live)
{
    *live = (struct argot_seam_live){.status = live_status,
                                     .open = live_open,
                                     .append = live_append,
                                     .list = live_list,
                                     .watch_new = live_watch_new,
                                     .watch_file = live_watch_file,
                                     .watch_folder = live_watch_folder,
                                     .watch_drop = live_watch_drop,
                                     .watch_read = live_watch_read,
                                     .listen = live_listen,
                                     .port = live_port,
                                     .accept = live_accept,
                                     .receive = live_receive,
                                     .dropped = live_dropped,
                                     .unlink_socket = live_unlink_socket,
                                     .connect = live_connect,
                                     .start = live_start,
                                     .ended = live_ended,
                                     .kill = live_kill,
                                     .poll_new = live_poll_new,
                                     .poll_add = live_poll_add,
                                     .poll_add_writer = live_poll_add_writer,
                                     .poll_remove = live_poll_remove,
                                     .poll_wait = live_poll_wait};
}
