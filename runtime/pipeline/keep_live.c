/* SPDX-License-Identifier: Apache-2.0
 * Sources that come up while a run goes on. The files at one path are told apart by a number, which is part of the name
 * that the store has for each; which file is which is found out below, by runtime/input. */
#include "pipeline/keep.h"
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 64 /* of a number in the store */

bool
argot_keep_begin_live(struct argot_keep *keep)
{
    keep->live = true;
    keep->count = keep->ninputs = keep->nold;
    for (size_t i = 0; i < keep->nold; i++) {
        keep->sources[i] = (struct argot_keep_source){
            .stored = keep->old[i], .begin = keep->old[i].position, .known = true, .over = keep->old[i].ended};
        keep->names[i] = keep->old[i].name;
        keep->ids[i] = keep->old[i].id;
        if (keep->ids[i] >= keep->nnumbers)
            keep->nnumbers = (size_t)keep->ids[i] + 1;
    }
    size_t room = keep->nnumbers ? keep->nnumbers : 1;
    keep->numbers = argot_arena_zalloc(&keep->arena, room, sizeof *keep->numbers);
    for (size_t i = 0; keep->numbers && i < keep->count; i++)
        keep->numbers[keep->ids[i]] = (uint32_t)i + 1;
    return keep->numbers != NULL;
}

/* ---- names ---- */

static const char *
name_of(struct argot_keep *keep, const char *path, uint64_t place)
{
    return place < 2 ? path : argot_arena_printf(&keep->arena, "%s#%llu", path, (unsigned long long)place);
}

/* When the file was written last, which tells files that came later from older ones. */
static void
name_time(char *name, uint32_t id)
{
    snprintf(name, NAME_BYTES, "modified of source %u", (unsigned)id);
}

static bool
read_place(const char *name, const char *path, uint64_t *place)
{
    size_t length = strlen(path);
    *place = 1;
    if (strncmp(name, path, length))
        return false;
    if (!name[length])
        return true;
    *place = 0;
    for (const char *at = name + length + 1; *at; at++) {
        if (name[length] != '#' || *at < '0' || *at > '9' || *place > UINT32_MAX)
            return false;
        *place = *place * 10 + (uint64_t)(*at - '0');
    }
    return *place > 1;
}

/* ---- what is known ---- */

bool
argot_keep_known(struct argot_keep *keep, size_t number, const char **path, uint64_t *place,
                 struct argot_tail_position *position)
{
    const struct argot_store_source *stored = &keep->sources[number].stored;
    char name[NAME_BYTES];
    *path = stored->path;
    if (!read_place(stored->name, stored->path, place))
        return false;
    *position = (struct argot_tail_position){
        .device = stored->device,
        .inode = stored->inode,
        .fingerprint_bytes = stored->fingerprint_bytes,
        .modified = INT64_MAX,
        .offset = stored->position.offset,
        .next_record = stored->position.record,
        .next_line = stored->position.line,
        .pieces = stored->position.pieces,
    };
    memcpy(position->fingerprint, stored->fingerprint, sizeof position->fingerprint);
    name_time(name, stored->id);
    return argot_store_number(keep->store, name, INT64_MAX, &position->modified);
}

/* ---- cursors ---- */

static void
name_cursor(char *name, uint32_t id)
{
    snprintf(name, NAME_BYTES, "cursor of source %u", (unsigned)id);
}

bool
argot_keep_cursor(struct argot_keep *keep, size_t number, struct argot_buffer *cursor)
{
    char name[NAME_BYTES];
    name_cursor(name, keep->sources[number].stored.id);
    return argot_store_text(keep->store, name, cursor);
}

bool
argot_keep_put_cursor(struct argot_keep *keep, size_t number, const char *cursor)
{
    char name[NAME_BYTES];
    name_cursor(name, keep->sources[number].stored.id);
    return argot_store_put_text(keep->store, name, cursor);
}

/* ---- new ones ---- */

static void *
grown(struct argot_keep *keep, const void *old, size_t room, size_t size)
{
    void *more = argot_arena_zalloc(&keep->arena, room, size);
    if (more && keep->count)
        memcpy(more, old, keep->count * size);
    return more;
}

static bool
make_room(struct argot_keep *keep)
{
    if (keep->count < keep->room)
        return true;
    size_t room = keep->room ? keep->room * 2 : 16;
    struct argot_keep_source *sources = grown(keep, keep->sources, room, sizeof *sources);
    const char **names = grown(keep, keep->names, room, sizeof *names);
    uint32_t *ids = grown(keep, keep->ids, room, sizeof *ids);
    if (!sources || !names || !ids)
        return false;
    keep->sources = sources;
    keep->names = names;
    keep->ids = ids;
    keep->room = room;
    return true;
}

bool
argot_keep_find_live(struct argot_keep *keep, const char *path, uint64_t place, bool file, size_t *number)
{
    const char *name = name_of(keep, path, place);
    for (size_t i = keep->count; name && i-- > 0;)
        if (!strcmp(keep->names[i], name)) {
            keep->sources[i].over = keep->sources[i].stored.ended = false;
            *number = i;
            return true;
        }
    if (!name || !make_room(keep))
        return false;
    struct argot_keep_source *source = &keep->sources[keep->count];
    *source = (struct argot_keep_source){
        .stored = {.name = name, .path = path, .file = file, .position = {.record = 1, .line = 1}}, .known = true};
    source->begin = source->stored.position;
    if (!argot_store_add_source(keep->store, &source->stored))
        return false;
    keep->names[keep->count] = name;
    keep->ids[keep->count] = source->stored.id;
    *number = keep->count++;
    keep->ninputs = keep->count;
    return true;
}

bool
argot_keep_meet_again(struct argot_keep *keep, const struct argot_keep *before)
{
    for (size_t i = keep->count; i < before->count; i++) {
        const struct argot_store_source *stored = &before->sources[i].stored;
        uint64_t place;
        size_t number;
        if (!read_place(stored->name, stored->path, &place) ||
            !argot_keep_find_live(keep, stored->path, place, stored->file, &number))
            return false;
    }
    return true;
}

void
argot_keep_dropped(struct argot_keep *keep, size_t number, uint64_t records)
{
    keep->sources[number].stored.counts.dropped += records;
    keep->sources[number].changed = true;
}

bool
argot_keep_stand(struct argot_keep *keep, size_t number, const struct argot_tail_position *position)
{
    struct argot_keep_source *source = &keep->sources[number];
    struct argot_store_source *stored = &source->stored;
    char name[NAME_BYTES];
    source->changed = true;
    stored->position = (struct argot_store_position){.offset = position->offset,
                                                     .record = position->next_record,
                                                     .line = position->next_line,
                                                     .pieces = position->pieces};
    if (!stored->file)
        return true;
    stored->device = position->device;
    stored->inode = position->inode;
    stored->fingerprint_bytes = position->fingerprint_bytes;
    memcpy(stored->fingerprint, position->fingerprint, sizeof stored->fingerprint);
    name_time(name, stored->id);
    return argot_store_put_number(keep->store, name, position->modified);
}
