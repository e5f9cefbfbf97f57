/* SPDX-License-Identifier: Apache-2.0
 * SQLite's files on a disk that has no room from a write on: of the ways in which a system says so, each in turn. */
#pragma once
#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

struct faults_file {
    sqlite3_file base;
    sqlite3_file real; /* and what the system's own has behind it */
};

static int faults_errno;                    /* of the last write that failed; 0: none did */
static uint64_t faults_writes, faults_from; /* writes so far, and the first that fails; 0: none */
static sqlite3_vfs faults_vfs;
static const sqlite3_vfs *faults_system;

static inline bool
faults_hit(void)
{
    return ++faults_writes >= faults_from && faults_from;
}

static inline sqlite3_file *
faults_real(sqlite3_file *file)
{
    return &((struct faults_file *)file)->real;
}

#define FAULTS_CALL(name, parameters, arguments)                                                                       \
    static inline int faults_##name parameters { return faults_real(file)->pMethods->name arguments; }

FAULTS_CALL(xClose, (sqlite3_file * file), (faults_real(file)))
FAULTS_CALL(xRead, (sqlite3_file * file, void *bytes, int count, sqlite3_int64 at),
            (faults_real(file), bytes, count, at))
FAULTS_CALL(xTruncate, (sqlite3_file * file, sqlite3_int64 size), (faults_real(file), size))
FAULTS_CALL(xFileSize, (sqlite3_file * file, sqlite3_int64 *size), (faults_real(file), size))
FAULTS_CALL(xLock, (sqlite3_file * file, int lock), (faults_real(file), lock))
FAULTS_CALL(xUnlock, (sqlite3_file * file, int lock), (faults_real(file), lock))
FAULTS_CALL(xCheckReservedLock, (sqlite3_file * file, int *out), (faults_real(file), out))
FAULTS_CALL(xSectorSize, (sqlite3_file * file), (faults_real(file)))
FAULTS_CALL(xDeviceCharacteristics, (sqlite3_file * file), (faults_real(file)))
FAULTS_CALL(xShmLock, (sqlite3_file * file, int offset, int count, int flags),
            (faults_real(file), offset, count, flags))
FAULTS_CALL(xShmUnmap, (sqlite3_file * file, int gone), (faults_real(file), gone))

/* Nobody cuts the power. */
static inline int
faults_xSync(sqlite3_file *file, int flags)
{
    (void)file;
    (void)flags;
    return SQLITE_OK;
}

static inline int
faults_xFileControl(sqlite3_file *file, int what, void *value)
{
    if (what != SQLITE_FCNTL_LAST_ERRNO || !faults_errno)
        return faults_real(file)->pMethods->xFileControl(faults_real(file), what, value);
    *(int *)value = faults_errno;
    return SQLITE_OK;
}

static inline int
faults_xWrite(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 at)
{
    if (!faults_hit())
        return faults_real(file)->pMethods->xWrite(faults_real(file), bytes, count, at);
    faults_errno = faults_writes % 2 ? ENOSPC : EDQUOT;
    return faults_writes % 2 ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static inline int
faults_xShmMap(sqlite3_file *file, int region, int size, int extend, void volatile **memory)
{
    if (extend && faults_hit())
        return SQLITE_IOERR_SHMSIZE;
    return faults_real(file)->pMethods->xShmMap(faults_real(file), region, size, extend, memory);
}

static inline void
faults_xShmBarrier(sqlite3_file *file)
{
    faults_real(file)->pMethods->xShmBarrier(faults_real(file));
}

static const sqlite3_io_methods faults_methods = {.iVersion = 2,
                                                  .xClose = faults_xClose,
                                                  .xRead = faults_xRead,
                                                  .xWrite = faults_xWrite,
                                                  .xTruncate = faults_xTruncate,
                                                  .xSync = faults_xSync,
                                                  .xFileSize = faults_xFileSize,
                                                  .xLock = faults_xLock,
                                                  .xUnlock = faults_xUnlock,
                                                  .xCheckReservedLock = faults_xCheckReservedLock,
                                                  .xFileControl = faults_xFileControl,
                                                  .xSectorSize = faults_xSectorSize,
                                                  .xDeviceCharacteristics = faults_xDeviceCharacteristics,
                                                  .xShmMap = faults_xShmMap,
                                                  .xShmLock = faults_xShmLock,
                                                  .xShmBarrier = faults_xShmBarrier,
                                                  .xShmUnmap = faults_xShmUnmap};

static inline int
faults_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    int there = 1;
    (void)vfs;
    file->pMethods = NULL;
    if (name && flags & SQLITE_OPEN_CREATE)
        faults_system->xAccess((sqlite3_vfs *)faults_system, name, SQLITE_ACCESS_EXISTS, &there);
    if (!there && faults_hit()) {
        errno = ENOSPC;
        return SQLITE_CANTOPEN;
    }
    int code = faults_system->xOpen((sqlite3_vfs *)faults_system, name, faults_real(file), flags, out);
    if (faults_real(file)->pMethods)
        file->pMethods = &faults_methods;
    return code;
}

/* From now on, for all files; the first call of a process. */
static inline void
faults_begin(void)
{
    faults_system = sqlite3_vfs_find(NULL);
    faults_vfs = *faults_system;
    faults_vfs.zName = "faults";
    faults_vfs.szOsFile = (int)sizeof(struct faults_file) + faults_system->szOsFile;
    faults_vfs.xOpen = faults_open;
    sqlite3_vfs_register(&faults_vfs, 1);
    faults_from = 0;
}

static inline void
faults_end(void)
{
    sqlite3_vfs_unregister(&faults_vfs);
    sqlite3_vfs_register((sqlite3_vfs *)faults_system, 1);
}
