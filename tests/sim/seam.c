/* SPDX-License-Identifier: Apache-2.0
 * The seam onto the simulated machine: memory, clocks, randomness, files. Each block is one of malloc's, so that
 * AddressSanitizer sees each byte outside of it. */
#include "world.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SIM_DEVICE 7

/* ---- memory ---- */

static void *
sim_allocate(struct argot_seam *seam, size_t size)
{
    struct sim_world *world = sim_world_of(seam);
    if (size == 0)
        abort(); /* the contract: never asked for */
    if (sim_world_enter(world, SIM_CALL_MEMORY))
        return NULL;
    void *block = malloc(size);
    world->blocks += block != NULL;
    return block;
}

static void *
sim_resize(struct argot_seam *seam, void *block, size_t size)
{
    struct sim_world *world = sim_world_of(seam);
    void *moved = sim_world_enter(world, SIM_CALL_MEMORY) ? NULL : realloc(block, size);
    world->blocks += moved && !block;
    return moved;
}

static void
sim_release(struct argot_seam *seam, void *block)
{
    sim_world_of(seam)->blocks -= block != NULL;
    free(block);
}

/* ---- clocks ---- */

static argot_time
sim_now(struct argot_seam *seam)
{
    struct sim_world *world = sim_world_of(seam);
    (void)sim_world_enter(world, SIM_CALL_CLOCK);
    return sim_world_wall(world) + world->afterlife;
}

static argot_time
sim_monotonic(struct argot_seam *seam)
{
    struct sim_world *world = sim_world_of(seam);
    (void)sim_world_enter(world, SIM_CALL_CLOCK);
    return world->now + world->afterlife + SIM_HOUR; /* it began when the machine did */
}

static int
sim_random_bytes(struct argot_seam *seam, void *bytes, size_t count)
{
    uint8_t *at = bytes;
    while (count--)
        *at++ = (uint8_t)sim_random_next(&sim_world_of(seam)->random);
    return 0;
}

/* ---- files ---- */

static int
open_file(struct sim_world *world, struct sim_file *file)
{
    int fd = sim_net_new(&world->net, SIM_DESCRIPTOR_FILE);
    if (fd >= 0) {
        world->net.list[fd].file = file;
        sim_disk_hold(file);
    }
    return fd;
}

static int
sim_open(struct argot_seam *seam, const char *path, enum argot_open_how how)
{
    struct sim_world *world = sim_world_of(seam);
    int status = sim_world_enter(world, SIM_CALL_OPEN);
    struct sim_file *file = status ? NULL : sim_disk_find(&world->disk, path);
    if (!status && !file && how == ARGOT_OPEN_READ)
        status = -ENOENT;
    if (!status && how == ARGOT_OPEN_WRITE && file)
        sim_disk_truncate(file, 0);
    if (!status && !file)
        file = sim_disk_make(&world->disk, path, sim_world_wall(world), false);
    if (!status)
        status = open_file(world, file);
    sim_world_leave(world, SIM_CALL_OPEN, path, status);
    return status;
}

static int64_t
read_from(struct sim_world *world, int fd, void *bytes, size_t count, uint64_t offset)
{
    struct sim_descriptor *one = sim_net_find(&world->net, fd, SIM_DESCRIPTOR_FILE);
    if (!one)
        return -EBADF;
    return (int64_t)sim_disk_read(one->file, offset, bytes, sim_world_shorten(world, count));
}

static int64_t
sim_read(struct argot_seam *seam, int fd, void *bytes, size_t count)
{
    struct sim_world *world = sim_world_of(seam);
    int64_t status = sim_world_enter(world, SIM_CALL_READ);
    struct sim_descriptor *peer = sim_net_find(&world->net, fd, SIM_DESCRIPTOR_CONNECTION);
    if (!status && peer) {
        status = sim_live_read(world, peer, bytes, sim_world_shorten(world, count));
    } else if (!status) {
        struct sim_descriptor *one = sim_net_find(&world->net, fd, SIM_DESCRIPTOR_FILE);
        status = one ? read_from(world, fd, bytes, count, one->at) : -EBADF;
        if (status > 0)
            one->at += (uint64_t)status;
    }
    sim_world_leave(world, SIM_CALL_READ, "on", status);
    return status;
}

static int64_t
sim_read_at(struct argot_seam *seam, int fd, void *bytes, size_t count, uint64_t offset)
{
    struct sim_world *world = sim_world_of(seam);
    int64_t status = sim_world_enter(world, SIM_CALL_READ);
    if (!status)
        status = read_from(world, fd, bytes, count, offset);
    sim_world_leave(world, SIM_CALL_READ, "at", status);
    return status;
}

static int64_t
sim_write(struct argot_seam *seam, int fd, const void *bytes, size_t count)
{
    struct sim_world *world = sim_world_of(seam);
    struct sim_descriptor *one = sim_net_find(&world->net, fd, SIM_DESCRIPTOR_FILE);
    int64_t status = sim_world_enter(world, SIM_CALL_WRITE);
    if (!one)
        status = -EBADF;
    if (!status) {
        count = sim_world_shorten(world, count);
        uint64_t at = one->append ? one->file->length : one->at;
        sim_disk_write(one->file, at, bytes, count);
        one->file->modified = sim_world_wall(world);
        one->at = at + count;
        status = (int64_t)count;
    }
    sim_world_leave(world, SIM_CALL_WRITE, "", status);
    return status;
}

static int
sim_info(struct argot_seam *seam, int fd, struct argot_file_info *info)
{
    struct sim_world *world = sim_world_of(seam);
    int status = sim_world_enter(world, SIM_CALL_LOOK);
    struct sim_descriptor *one = sim_net_find(&world->net, fd, SIM_DESCRIPTOR_FILE);
    if (!status && !one)
        status = -EBADF;
    if (!status)
        sim_world_describe(one->file, info);
    sim_world_leave(world, SIM_CALL_LOOK, "info", status);
    return status;
}

void
sim_world_describe(const struct sim_file *file, struct argot_file_info *info)
{
    *info = (struct argot_file_info){.kind = ARGOT_FILE_REGULAR,
                                     .size_bytes = file->length,
                                     .modified = file->modified,
                                     .device = SIM_DEVICE,
                                     .inode = file->inode};
}

static int
sim_set_mode(struct argot_seam *seam, int fd, unsigned mode)
{
    (void)mode;
    return sim_net_find(&sim_world_of(seam)->net, fd, SIM_DESCRIPTOR_FILE) ? 0 : -EBADF;
}

static int
sim_copy_rights(struct argot_seam *seam, int from, int to)
{
    struct sim_net *net = &sim_world_of(seam)->net;
    return sim_net_find(net, from, SIM_DESCRIPTOR_FILE) && sim_net_find(net, to, SIM_DESCRIPTOR_FILE) ? 0 : -EBADF;
}

static int
sim_sync(struct argot_seam *seam, int fd)
{
    struct sim_world *world = sim_world_of(seam);
    int status = sim_world_enter(world, SIM_CALL_WRITE);
    struct sim_descriptor *one = sim_net_find(&world->net, fd, SIM_DESCRIPTOR_FILE);
    if (!status && !one)
        status = -EBADF;
    if (!status)
        sim_disk_sync(&world->disk, one->file);
    sim_world_leave(world, SIM_CALL_WRITE, "sync", status);
    return status;
}

/* Never fails in a way that matters: the descriptor is gone, as on Linux. */
static int
sim_close(struct argot_seam *seam, int fd)
{
    struct sim_world *world = sim_world_of(seam);
    int status = sim_world_enter(world, SIM_CALL_CLOSE);
    if (fd < 0 || fd >= SIM_NET_DESCRIPTORS || world->net.list[fd].kind == SIM_DESCRIPTOR_FREE)
        abort(); /* closed twice, or never open */
    sim_net_close(&world->net, fd);
    sim_world_leave(world, SIM_CALL_CLOSE, "", status);
    return status;
}

static int
sim_rename(struct argot_seam *seam, const char *from, const char *to)
{
    struct sim_world *world = sim_world_of(seam);
    int status = sim_world_enter(world, SIM_CALL_CHANGE);
    if (!status)
        status = sim_disk_rename(&world->disk, from, to, false);
    sim_world_leave(world, SIM_CALL_CHANGE, to, status);
    return status;
}

static int
sim_remove(struct argot_seam *seam, const char *path)
{
    struct sim_world *world = sim_world_of(seam);
    int status = sim_world_enter(world, SIM_CALL_CHANGE);
    if (!status)
        status = sim_disk_remove(&world->disk, path, false);
    sim_world_leave(world, SIM_CALL_CHANGE, path, status);
    return status;
}

static int
sim_is_terminal(struct argot_seam *seam, int fd)
{
    (void)seam;
    (void)fd;
    return 0;
}

static int
sim_wait(struct argot_seam *seam, int fd, enum argot_open_how what)
{
    (void)fd;
    (void)what;
    return sim_world_enter(sim_world_of(seam), SIM_CALL_POLL);
}

int
sim_world_open(struct sim_world *world, struct sim_file *file)
{
    return open_file(world, file);
}

void
sim_seam_fill(struct argot_seam *seam)
{
    *seam = (struct argot_seam){.allocate = sim_allocate,
                                .resize = sim_resize,
                                .release = sim_release,
                                .now = sim_now,
                                .monotonic = sim_monotonic,
                                .random = sim_random_bytes,
                                .open = sim_open,
                                .read = sim_read,
                                .read_at = sim_read_at,
                                .write = sim_write,
                                .info = sim_info,
                                .set_mode = sim_set_mode,
                                .copy_rights = sim_copy_rights,
                                .sync = sim_sync,
                                .close = sim_close,
                                .rename = sim_rename,
                                .remove = sim_remove,
                                .is_terminal = sim_is_terminal,
                                .wait = sim_wait};
}
