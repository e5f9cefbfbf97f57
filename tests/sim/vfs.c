/* SPDX-License-Identifier: Apache-2.0
 * A sqlite3_vfs over the simulated disk. All connections are in one process, so locks are counts on the file. */
#include "vfs.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REGIONS 64
#define UNIX_EPOCH_MS INT64_C(210866760000000) /* in milliseconds of Julian days */

struct sim_locks {
    unsigned holds; /* handles */
    unsigned shared;
    struct handle *reserved, *pending, *exclusive; /* who has it */
    unsigned mappings;
    void *regions[REGIONS];
    unsigned shm_shared[SQLITE_SHM_NLOCK];
    unsigned shm_exclusive; /* a bit each */
};

struct handle {
    sqlite3_file base;
    struct sim_world *world;
    struct sim_file *file;
    int lock;
    bool mapped;
    unsigned shm_shared, shm_exclusive;
    char remove[SIM_DISK_PATH]; /* when it is closed; empty: nothing */
};

static struct sim_world *the_world; /* SQLite's own state is the process's too */

static struct handle *
of(sqlite3_file *file)
{
    return (struct handle *)file;
}

/* ---- bytes ---- */

static int
vfs_read(sqlite3_file *base, void *bytes, int count, sqlite3_int64 offset)
{
    struct handle *handle = of(base);
    int status = sim_world_enter(handle->world, SIM_CALL_STORE_READ);
    size_t got = status ? 0 : sim_disk_read(handle->file, (uint64_t)offset, bytes, (size_t)count);
    sim_world_leave(handle->world, SIM_CALL_STORE_READ, "", status ? status : (int64_t)got);
    if (status)
        return SQLITE_IOERR_READ;
    if (got == (size_t)count)
        return SQLITE_OK;
    memset((uint8_t *)bytes + got, 0, (size_t)count - got);
    return SQLITE_IOERR_SHORT_READ;
}

/* What does not fit any more may be there in part. */
static int
vfs_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset)
{
    struct handle *handle = of(base);
    struct sim_world *world = handle->world;
    int status = sim_world_enter(world, SIM_CALL_STORE_WRITE);
    size_t put = (size_t)count;
    if (!status && (uint64_t)offset + put > handle->file->length && sim_world_hit(world, SIM_TROUBLE_FULL)) {
        status = -ENOSPC;
        put = (size_t)sim_random_below(&world->random, put);
    }
    if (!status || status == -ENOSPC) {
        sim_disk_write(handle->file, (uint64_t)offset, bytes, put);
        handle->file->modified = sim_world_wall(world);
    }
    sim_world_leave(world, SIM_CALL_STORE_WRITE, "", status ? status : count);
    return status == -ENOSPC ? SQLITE_FULL : status ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

static int
vfs_truncate(sqlite3_file *base, sqlite3_int64 length)
{
    struct handle *handle = of(base);
    int status = sim_world_enter(handle->world, SIM_CALL_STORE_WRITE);
    if (!status)
        sim_disk_truncate(handle->file, (uint64_t)length);
    sim_world_leave(handle->world, SIM_CALL_STORE_WRITE, "truncate", status);
    return status ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

static int
vfs_sync(sqlite3_file *base, int flags)
{
    struct handle *handle = of(base);
    (void)flags;
    int status = sim_world_enter(handle->world, SIM_CALL_STORE_SYNC);
    if (!status)
        sim_disk_sync(&handle->world->disk, handle->file);
    sim_world_leave(handle->world, SIM_CALL_STORE_SYNC, "", status);
    return status ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int
vfs_size(sqlite3_file *base, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)of(base)->file->length;
    return SQLITE_OK;
}

/* ---- locks ---- */

static bool
is_others(const struct handle *holder, const struct handle *handle)
{
    return holder && holder != handle;
}

static int
vfs_lock(sqlite3_file *base, int wanted)
{
    struct handle *handle = of(base);
    struct sim_locks *locks = handle->file->locks;
    if (handle->lock >= wanted)
        return SQLITE_OK;
    if (is_others(locks->exclusive, handle) || (is_others(locks->pending, handle)))
        return SQLITE_BUSY;
    if (wanted == SQLITE_LOCK_SHARED) {
        locks->shared++;
        handle->lock = wanted;
        return SQLITE_OK;
    }
    if (is_others(locks->reserved, handle))
        return SQLITE_BUSY;
    locks->reserved = handle;
    if (wanted == SQLITE_LOCK_RESERVED) {
        handle->lock = wanted;
        return SQLITE_OK;
    }
    locks->pending = handle;
    handle->lock = SQLITE_LOCK_PENDING;
    if (locks->shared > 1)
        return SQLITE_BUSY;
    locks->exclusive = handle;
    handle->lock = SQLITE_LOCK_EXCLUSIVE;
    return SQLITE_OK;
}

static int
vfs_unlock(sqlite3_file *base, int wanted)
{
    struct handle *handle = of(base);
    struct sim_locks *locks = handle->file->locks;
    if (handle->lock <= wanted)
        return SQLITE_OK;
    if (locks->exclusive == handle)
        locks->exclusive = NULL;
    if (locks->pending == handle)
        locks->pending = NULL;
    if (locks->reserved == handle)
        locks->reserved = NULL;
    if (wanted == SQLITE_LOCK_NONE)
        locks->shared--;
    handle->lock = wanted;
    return SQLITE_OK;
}

static int
vfs_check_reserved(sqlite3_file *base, int *reserved)
{
    *reserved = of(base)->file->locks->reserved != NULL;
    return SQLITE_OK;
}

/* ---- shared memory ---- */

static int
vfs_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **memory)
{
    struct handle *handle = of(base);
    struct sim_locks *locks = handle->file->locks;
    int status = sim_world_enter(handle->world, SIM_CALL_STORE_OTHER);
    sim_world_leave(handle->world, SIM_CALL_STORE_OTHER, "map", status);
    *memory = NULL;
    if (status)
        return SQLITE_IOERR_SHMMAP;
    if (region >= REGIONS)
        return SQLITE_IOERR_SHMSIZE;
    if (!handle->mapped)
        locks->mappings++;
    handle->mapped = true;
    if (!locks->regions[region] && extend) {
        if (sim_world_hit(handle->world, SIM_TROUBLE_FULL))
            return SQLITE_IOERR_SHMSIZE;
        locks->regions[region] = calloc(1, (size_t)size);
        if (!locks->regions[region])
            abort();
    }
    *memory = locks->regions[region];
    return SQLITE_OK;
}

static void
unlock_shm(struct handle *handle, unsigned bit)
{
    struct sim_locks *locks = handle->file->locks;
    if (handle->shm_shared & 1u << bit)
        locks->shm_shared[bit]--;
    handle->shm_shared &= ~(1u << bit);
    locks->shm_exclusive &= ~(handle->shm_exclusive & 1u << bit);
    handle->shm_exclusive &= ~(1u << bit);
}

static int
vfs_shm_lock(sqlite3_file *base, int offset, int count, int flags)
{
    struct handle *handle = of(base);
    struct sim_locks *locks = handle->file->locks;
    for (int bit = offset; bit < offset + count; bit++) {
        bool others = locks->shm_exclusive & ~handle->shm_exclusive & 1u << bit;
        if (flags & SQLITE_SHM_LOCK && flags & SQLITE_SHM_EXCLUSIVE)
            others = others || locks->shm_shared[bit] > (handle->shm_shared >> bit & 1);
        if (flags & SQLITE_SHM_LOCK && others)
            return SQLITE_BUSY;
    }
    for (int bit = offset; bit < offset + count; bit++) {
        unlock_shm(handle, (unsigned)bit);
        if (!(flags & SQLITE_SHM_LOCK))
            continue;
        if (flags & SQLITE_SHM_EXCLUSIVE) {
            locks->shm_exclusive |= 1u << bit;
            handle->shm_exclusive |= 1u << bit;
        } else {
            locks->shm_shared[bit]++;
            handle->shm_shared |= 1u << bit;
        }
    }
    return SQLITE_OK;
}

static void
vfs_shm_barrier(sqlite3_file *base)
{
    (void)base;
}

static int
vfs_shm_unmap(sqlite3_file *base, int remove)
{
    struct handle *handle = of(base);
    struct sim_locks *locks = handle->file->locks;
    (void)remove;
    for (unsigned bit = 0; bit < SQLITE_SHM_NLOCK; bit++)
        unlock_shm(handle, bit);
    if (handle->mapped && !--locks->mappings)
        for (size_t i = 0; i < REGIONS; i++) {
            free(locks->regions[i]);
            locks->regions[i] = NULL;
        }
    handle->mapped = false;
    return SQLITE_OK;
}

/* ---- files ---- */

static int
vfs_close(sqlite3_file *base)
{
    struct handle *handle = of(base);
    (void)sim_world_enter(handle->world, SIM_CALL_CLOSE);
    vfs_shm_unmap(base, 0);
    vfs_unlock(base, SQLITE_LOCK_NONE);
    if (!--handle->file->locks->holds) {
        free(handle->file->locks);
        handle->file->locks = NULL;
    }
    if (*handle->remove && !handle->world->dead)
        (void)sim_disk_remove(&handle->world->disk, handle->remove, false);
    sim_disk_drop(handle->file);
    return SQLITE_OK;
}

static int
vfs_control(sqlite3_file *base, int what, void *value)
{
    (void)base;
    (void)what;
    (void)value;
    return SQLITE_NOTFOUND;
}

static int
vfs_sector_size(sqlite3_file *base)
{
    (void)base;
    return SIM_DISK_SECTOR;
}

/* As on Linux: a write that is torn harms nothing beside it. */
static int
vfs_characteristics(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = vfs_close,
    .xRead = vfs_read,
    .xWrite = vfs_write,
    .xTruncate = vfs_truncate,
    .xSync = vfs_sync,
    .xFileSize = vfs_size,
    .xLock = vfs_lock,
    .xUnlock = vfs_unlock,
    .xCheckReservedLock = vfs_check_reserved,
    .xFileControl = vfs_control,
    .xSectorSize = vfs_sector_size,
    .xDeviceCharacteristics = vfs_characteristics,
    .xShmMap = vfs_shm_map,
    .xShmLock = vfs_shm_lock,
    .xShmBarrier = vfs_shm_barrier,
    .xShmUnmap = vfs_shm_unmap,
};

static int
vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags)
{
    struct handle *handle = of(base);
    struct sim_world *world = the_world;
    (void)vfs;
    *handle = (struct handle){.world = world};
    int status = sim_world_enter(world, SIM_CALL_STORE_OPEN);
    struct sim_file *file = NULL;
    if (!status && path)
        file = sim_disk_find(&world->disk, path);
    if (!status && path && !file && flags & SQLITE_OPEN_CREATE)
        file = sim_disk_make(&world->disk, path, sim_world_wall(world), false);
    if (!status && path && !file)
        status = -ENOENT;
    sim_world_leave(world, SIM_CALL_STORE_OPEN, path ? path : "nameless", status);
    if (status)
        return SQLITE_CANTOPEN;
    if (!path)
        file = sim_disk_make_nameless(&world->disk);
    sim_disk_hold(file);
    if (!file->locks && !(file->locks = calloc(1, sizeof *file->locks)))
        abort();
    file->locks->holds++;
    handle->file = file;
    if (path && flags & SQLITE_OPEN_DELETEONCLOSE)
        snprintf(handle->remove, sizeof handle->remove, "%s", path);
    handle->base.pMethods = &methods;
    if (out_flags)
        *out_flags = flags;
    return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    struct sim_world *world = the_world;
    (void)vfs;
    int status = sim_world_enter(world, SIM_CALL_STORE_OTHER);
    if (!status)
        status = sim_disk_remove(&world->disk, path, false);
    sim_world_leave(world, SIM_CALL_STORE_OTHER, path, status);
    (void)sync;
    return status == -ENOENT ? SQLITE_IOERR_DELETE_NOENT : status ? SQLITE_IOERR_DELETE : SQLITE_OK;
}

static int
vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *there)
{
    const struct sim_file *file = sim_disk_find(&the_world->disk, path);
    (void)vfs;
    *there = file && (flags != SQLITE_ACCESS_EXISTS || file->length > 0);
    return SQLITE_OK;
}

static int
vfs_full_path(sqlite3_vfs *vfs, const char *path, int room, char *full)
{
    (void)vfs;
    return snprintf(full, (size_t)room, "%s", path) < room ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int
vfs_randomness(sqlite3_vfs *vfs, int count, char *bytes)
{
    (void)vfs;
    for (int i = 0; i < count; i++)
        bytes[i] = (char)sim_random_next(&the_world->random);
    return count;
}

static int
vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    struct sim_world *world = the_world;
    (void)vfs;
    world->now += microseconds * SIM_US;
    (void)sim_world_enter(world, SIM_CALL_STORE_OTHER);
    return microseconds;
}

static int
vfs_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *ms)
{
    (void)vfs;
    *ms = UNIX_EPOCH_MS + sim_world_wall(the_world) / SIM_MS;
    return SQLITE_OK;
}

static int
vfs_time(sqlite3_vfs *vfs, double *days)
{
    sqlite3_int64 ms;
    (void)vfs_time_ms(vfs, &ms);
    *days = (double)ms / 86400000.0;
    return SQLITE_OK;
}

static int
vfs_last_error(sqlite3_vfs *vfs, int room, char *words)
{
    (void)vfs;
    (void)room;
    (void)words;
    return 0;
}

/* ---- memory ---- */

static sqlite3_mem_methods beneath;

static void *
vfs_malloc(int size)
{
    return the_world && sim_world_enter(the_world, SIM_CALL_MEMORY) ? NULL : beneath.xMalloc(size);
}

static void *
vfs_realloc(void *block, int size)
{
    return the_world && sim_world_enter(the_world, SIM_CALL_MEMORY) ? NULL : beneath.xRealloc(block, size);
}

/* SQLite's lookaside hides most of what is asked for. */
void
sim_vfs_take_memory(bool all)
{
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &beneath);
    sqlite3_mem_methods methods_of_ours = beneath;
    methods_of_ours.xMalloc = vfs_malloc;
    methods_of_ours.xRealloc = vfs_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods_of_ours);
    if (all)
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
}

void
sim_vfs_use(struct sim_world *world)
{
    static sqlite3_vfs vfs = {
        .iVersion = 2,
        .szOsFile = (int)sizeof(struct handle),
        .mxPathname = SIM_DISK_PATH,
        .zName = "sim",
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time_ms,
    };
    the_world = NULL; /* while SQLite prepares itself */
    sqlite3_vfs_register(&vfs, 1);
    the_world = world;
    if (world)
        sqlite3_randomness(0, NULL); /* as in a new process */
}
