/* SPDX-License-Identifier: Apache-2.0
 * Unsynced writes keep what was there before: a power cut takes all of them back, the newest first, and then does again
 * those that had reached the platter, or sectors of them. Changes of names reach it in their order, as a journal has
 * them. */
#include "disk.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tests may end where memory does. */
static void *
grow(void *block, size_t size)
{
    void *grown = realloc(block, size);
    if (!grown)
        abort();
    return grown;
}

/* ---- files ---- */

static void
forget_writes(struct sim_file *file)
{
    for (size_t i = 0; i < file->nwrites; i++)
        free(file->writes[i].bytes);
    file->nwrites = 0;
}

void
sim_disk_hold(struct sim_file *file)
{
    file->holds++;
}

void
sim_disk_drop(struct sim_file *file)
{
    if (!file || --file->holds)
        return;
    forget_writes(file);
    free(file->writes);
    free(file->bytes);
    free(file);
}

struct sim_file *
sim_disk_make_nameless(struct sim_disk *disk)
{
    struct sim_file *file = calloc(1, sizeof *file);
    if (!file)
        abort();
    file->inode = ++disk->inodes;
    return file;
}

static void
set_length(struct sim_file *file, uint64_t length)
{
    if (length > file->room) {
        file->room = (size_t)length * 2;
        file->bytes = grow(file->bytes, file->room);
    }
    if (length > file->length)
        memset(file->bytes + file->length, 0, (size_t)length - file->length);
    file->length = (size_t)length;
}

static void
put(struct sim_file *file, uint64_t offset, const uint8_t *bytes, size_t count)
{
    if (!count)
        return;
    if (offset + count > file->length)
        set_length(file, offset + count);
    memcpy(file->bytes + offset, bytes, count);
}

static void
remember(struct sim_file *file, uint64_t offset, size_t old_count, const void *bytes, size_t new_count)
{
    if (file->safe)
        return;
    if (file->nwrites == file->writes_room) {
        file->writes_room = file->writes_room ? file->writes_room * 2 : 16;
        file->writes = grow(file->writes, file->writes_room * sizeof *file->writes);
    }
    struct sim_write *write = &file->writes[file->nwrites++];
    *write = (struct sim_write){offset, file->length, old_count, new_count, grow(NULL, old_count + new_count + 1)};
    if (old_count)
        memcpy(write->bytes, file->bytes + offset, old_count);
    if (new_count)
        memcpy(write->bytes + old_count, bytes, new_count);
}

void
sim_disk_write(struct sim_file *file, uint64_t offset, const void *bytes, size_t count)
{
    size_t there = offset < file->length ? file->length - (size_t)offset : 0;
    remember(file, offset, there < count ? there : count, bytes, count);
    put(file, offset, bytes, count);
}

void
sim_disk_truncate(struct sim_file *file, uint64_t length)
{
    if (length < file->length)
        remember(file, length, file->length - (size_t)length, NULL, 0);
    else if (length > file->length)
        remember(file, file->length, 0, NULL, 0);
    set_length(file, length);
}

size_t
sim_disk_read(const struct sim_file *file, uint64_t offset, void *bytes, size_t count)
{
    size_t there = offset < file->length ? file->length - (size_t)offset : 0;
    count = there < count ? there : count;
    if (count)
        memcpy(bytes, file->bytes + offset, count);
    return count;
}

/* ---- names ---- */

static struct sim_name *
name_of(struct sim_disk *disk, const char *path)
{
    for (size_t i = 0; i < disk->nnames; i++)
        if (!strcmp(disk->names[i].path, path))
            return &disk->names[i];
    return NULL;
}

struct sim_file *
sim_disk_find(const struct sim_disk *disk, const char *path)
{
    struct sim_name *name = name_of((struct sim_disk *)(uintptr_t)disk, path);
    return name ? name->file : NULL;
}

/* The name stands for the file from now on; NULL: for none. */
static void
set_name(struct sim_disk *disk, const char *path, struct sim_file *file)
{
    struct sim_name *name = name_of(disk, path);
    if (file)
        sim_disk_hold(file);
    if (name) {
        sim_disk_drop(name->file);
        name->file = file;
        if (!file)
            *name = disk->names[--disk->nnames];
        return;
    }
    if (!file)
        return;
    if (disk->nnames == SIM_DISK_NAMES || strlen(path) >= SIM_DISK_PATH)
        abort();
    name = &disk->names[disk->nnames++];
    snprintf(name->path, sizeof name->path, "%s", path);
    name->file = file;
}

static void
note_change(struct sim_disk *disk, const char *path)
{
    if (disk->nchanges == disk->changes_room) {
        disk->changes_room = disk->changes_room ? disk->changes_room * 2 : 16;
        disk->changes = grow(disk->changes, disk->changes_room * sizeof *disk->changes);
    }
    struct sim_change *change = &disk->changes[disk->nchanges++];
    snprintf(change->path, sizeof change->path, "%s", path);
    change->second = false;
    change->before = sim_disk_find(disk, path);
    if (change->before)
        sim_disk_hold(change->before);
}

struct sim_file *
sim_disk_make(struct sim_disk *disk, const char *path, argot_time now, bool safe)
{
    struct sim_file *file = sim_disk_make_nameless(disk);
    file->modified = now;
    file->safe = safe;
    if (!safe)
        note_change(disk, path);
    set_name(disk, path, file);
    return file;
}

int
sim_disk_rename(struct sim_disk *disk, const char *from, const char *to, bool safe)
{
    struct sim_file *file = sim_disk_find(disk, from);
    if (!file)
        return -ENOENT;
    if (!safe) {
        note_change(disk, from);
        note_change(disk, to);
        disk->changes[disk->nchanges - 1].second = true;
    }
    sim_disk_hold(file);
    set_name(disk, from, NULL);
    set_name(disk, to, file);
    sim_disk_drop(file);
    return 0;
}

int
sim_disk_remove(struct sim_disk *disk, const char *path, bool safe)
{
    if (!sim_disk_find(disk, path))
        return -ENOENT;
    if (!safe)
        note_change(disk, path);
    set_name(disk, path, NULL);
    return 0;
}

/* ---- the platter ---- */

static void
forget_changes(struct sim_disk *disk, size_t kept)
{
    while (disk->nchanges > kept)
        sim_disk_drop(disk->changes[--disk->nchanges].before);
}

void
sim_disk_sync(struct sim_disk *disk, struct sim_file *file)
{
    forget_writes(file);
    forget_changes(disk, 0);
}

static void
undo(struct sim_file *file)
{
    for (size_t i = file->nwrites; i-- > 0;) {
        const struct sim_write *write = &file->writes[i];
        put(file, write->offset, write->bytes, write->old_count);
        set_length(file, write->length_before);
    }
}

/* A write that was on its way: all of it, nothing, or any of its sectors. */
static void
redo(struct sim_file *file, const struct sim_write *write, struct sim_random *random)
{
    const uint8_t *bytes = write->bytes + write->old_count;
    unsigned how = (unsigned)sim_random_below(random, 4);
    if (!write->new_count && how < 2) {
        set_length(file, write->offset);
    } else if (how < 2) {
        put(file, write->offset, bytes, write->new_count);
    } else if (how == 2) {
        for (size_t at = 0; at < write->new_count; at += SIM_DISK_SECTOR) {
            size_t count = write->new_count - at < SIM_DISK_SECTOR ? write->new_count - at : SIM_DISK_SECTOR;
            if (sim_random_often(random, 500))
                put(file, write->offset + at, bytes + at, count);
        }
    }
}

static void
cut_file(struct sim_file *file, struct sim_random *random)
{
    if (!file->nwrites)
        return;
    undo(file);
    for (size_t i = 0; i < file->nwrites; i++)
        redo(file, &file->writes[i], random);
    forget_writes(file);
}

void
sim_disk_power_cut(struct sim_disk *disk, struct sim_random *random)
{
    size_t keep = (size_t)sim_random_below(random, disk->nchanges + 1);
    if (keep < disk->nchanges && disk->changes[keep].second)
        keep--;
    for (size_t i = disk->nchanges; i-- > keep;)
        set_name(disk, disk->changes[i].path, disk->changes[i].before);
    forget_changes(disk, 0);
    for (size_t i = 0; i < disk->nnames; i++)
        cut_file(disk->names[i].file, random);
}

void
sim_disk_end(struct sim_disk *disk)
{
    forget_changes(disk, 0);
    for (size_t i = 0; i < disk->nnames; i++)
        sim_disk_drop(disk->names[i].file);
    free(disk->changes);
    *disk = (struct sim_disk){0};
}

void
sim_disk_save(const struct sim_disk *disk, const char *folder)
{
    for (size_t i = 0; i < disk->nnames; i++) {
        const struct sim_file *file = disk->names[i].file;
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, strrchr(disk->names[i].path, '/') + 1);
        FILE *out = fopen(path, "wb");
        if (!out || fwrite(file->bytes, 1, file->length, out) != file->length || fclose(out)) {
            fprintf(stderr, "%s cannot be written\n", path);
            exit(2);
        }
    }
}
