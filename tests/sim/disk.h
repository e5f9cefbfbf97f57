/* SPDX-License-Identifier: Apache-2.0
 * The simulated disk: names, files, and of files that the process writes what is on the platter and what only in
 * memory. A power cut keeps any of the writes that were not synced, loses them, or keeps some of their sectors; of
 * changes of names, it loses the newest ones. */
#pragma once
#include "base/seam_live.h"
#include "random.h"

#define SIM_DISK_SECTOR 512
#define SIM_DISK_NAMES 256
#define SIM_DISK_PATH 96

/* A write, or a truncation (nothing new), that is not on the platter yet. */
struct sim_write {
    uint64_t offset, length_before; /* of the file */
    size_t old_count, new_count;
    uint8_t *bytes; /* what was there, then what is there now */
};

struct sim_file {
    uint64_t inode;
    unsigned holds; /* names, open descriptors, changes of names that may be undone */
    argot_time modified;
    uint8_t *bytes;
    size_t length, room;
    bool safe; /* of other programs, which have synced it */
    struct sim_write *writes;
    size_t nwrites, writes_room;
    struct sim_locks *locks; /* of SQLite; NULL: none */
};

/* A change of a name: what it stood for before. */
struct sim_change {
    char path[SIM_DISK_PATH];
    struct sim_file *before; /* NULL: there was none */
    bool second;             /* of a rename, which is never half done */
};

struct sim_name {
    char path[SIM_DISK_PATH]; /* empty: unused */
    struct sim_file *file;
};

struct sim_disk {
    struct sim_name names[SIM_DISK_NAMES];
    size_t nnames;
    uint64_t inodes;
    struct sim_change *changes;
    size_t nchanges, changes_room;
};

void sim_disk_end(struct sim_disk *disk);
struct sim_file *sim_disk_find(const struct sim_disk *disk, const char *path); /* NULL: there is none */
/* A new empty file under the name, in place of what was there. `safe`: it and its name are on the platter at once. */
struct sim_file *sim_disk_make(struct sim_disk *disk, const char *path, argot_time now, bool safe);
struct sim_file *sim_disk_make_nameless(struct sim_disk *disk);
int sim_disk_rename(struct sim_disk *disk, const char *from, const char *to, bool safe);
int sim_disk_remove(struct sim_disk *disk, const char *path, bool safe);
void sim_disk_hold(struct sim_file *file);
void sim_disk_drop(struct sim_file *file);

void sim_disk_write(struct sim_file *file, uint64_t offset, const void *bytes, size_t count);
void sim_disk_truncate(struct sim_file *file, uint64_t length);
size_t sim_disk_read(const struct sim_file *file, uint64_t offset, void *bytes, size_t count);
/* All writes of the file, and with it all changes of names. */
void sim_disk_sync(struct sim_disk *disk, struct sim_file *file);
void sim_disk_power_cut(struct sim_disk *disk, struct sim_random *random);
/* Writes all files into a real folder, with what stands before their last slash left out. */
void sim_disk_save(const struct sim_disk *disk, const char *folder);
