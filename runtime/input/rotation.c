/* SPDX-License-Identifier: Apache-2.0
 * Generations are read from the oldest on. One that was renamed may still be written to, so it is left only when it was
 * still for a while; the newer ones are read meanwhile. */
#include "input/rotation_parts.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS 4 /* of looking anew at what was replaced while it was read */

struct argot_rotation *
argot_rotation_new(const struct argot_rotation_options *options, const char *path)
{
    struct argot_seam *seam = options->seam;
    struct argot_rotation *rotation = seam->allocate(seam, sizeof *rotation);
    if (!rotation)
        return NULL;
    *rotation = (struct argot_rotation){.options = *options, .path = path};
    if (!rotation->options.linger_ns)
        rotation->options.linger_ns = ARGOT_ROTATION_LINGER_NS;
    argot_arena_init(&rotation->arena, seam, 0);
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 0;
    rotation->name = path + length;
    rotation->folder = seam->allocate(seam, length + 1);
    if (!rotation->folder) {
        argot_rotation_free(rotation);
        return NULL;
    }
    memcpy(rotation->folder, path, length);
    rotation->folder[length] = 0;
    return rotation;
}

static void
forget(struct argot_rotation *rotation, struct argot_generation *generation)
{
    argot_tail_close(generation->tail);
    rotation->options.seam->release(rotation->options.seam, generation->cut_first);
    generation->tail = NULL;
    generation->cut_first = NULL;
}

void
argot_rotation_free(struct argot_rotation *rotation)
{
    if (!rotation)
        return;
    struct argot_seam *seam = rotation->options.seam;
    for (size_t i = 0; i < rotation->count; i++)
        forget(rotation, &rotation->generations[i]);
    seam->release(seam, rotation->generations);
    seam->release(seam, rotation->folder);
    argot_arena_finish(&rotation->arena);
    seam->release(seam, rotation);
}

void
argot_rotation_set_problem(struct argot_rotation *rotation, const char *problem)
{
    snprintf(rotation->problem, sizeof rotation->problem, "%s", problem ? problem : "");
}

/* ---- generations ---- */

/* Makes room by forgetting the oldest that is done; none is, only when very many are read at once. */
static bool
make_room(struct argot_rotation *rotation)
{
    struct argot_seam *seam = rotation->options.seam;
    if (rotation->count == ARGOT_ROTATION_MAX_GENERATIONS) {
        size_t at = 0;
        while (at < rotation->count - 1 && !(rotation->generations[at].done && rotation->generations[at].told))
            at++;
        forget(rotation, &rotation->generations[at]);
        memmove(rotation->generations + at, rotation->generations + at + 1,
                (rotation->count - at - 1) * sizeof *rotation->generations);
        rotation->count--;
        return true;
    }
    if (rotation->count < rotation->capacity)
        return true;
    size_t capacity = rotation->capacity ? rotation->capacity * 2 : 4;
    struct argot_generation *more = rotation->generations
                                        ? seam->resize(seam, rotation->generations, capacity * sizeof *more)
                                        : seam->allocate(seam, capacity * sizeof *more);
    if (!more)
        return false;
    rotation->generations = more;
    rotation->capacity = capacity;
    return true;
}

struct argot_generation *
argot_rotation_add(struct argot_rotation *rotation, uint64_t number)
{
    if (!make_room(rotation))
        return NULL;
    struct argot_generation *generation = &rotation->generations[rotation->count++];
    *generation = (struct argot_generation){.number = number};
    return generation;
}

bool
argot_rotation_know(struct argot_rotation *rotation, uint64_t number, const struct argot_tail_position *position,
                    bool done)
{
    /* Of one that was empty nothing is known but its inode, which may be another file's by now: that would be taken for
     * it, and what was written before that file for older. Nothing was read of it, so it may as well be met anew. */
    if (!done && !position->fingerprint_bytes && !position->offset)
        return true;
    struct argot_generation *generation = argot_rotation_add(rotation, number);
    if (!generation)
        return false;
    generation->position = *position;
    generation->done = generation->told = done;
    return true;
}

void
argot_rotation_close(struct argot_generation *generation)
{
    argot_tail_close(generation->tail);
    generation->tail = NULL;
}

int64_t
argot_rotation_clock_ahead(const struct argot_rotation *rotation)
{
    struct argot_seam *seam = rotation->options.seam;
    return seam->now(seam) - seam->monotonic(seam);
}

int
argot_rotation_open(struct argot_rotation *rotation, struct argot_generation *generation, const char *path,
                    const struct argot_file_info *file)
{
    int error;
    const struct argot_rotation_options *options = &rotation->options;
    struct argot_tail_position from = generation->position;
    from.modified = file->modified; /* as of the time when it was recognized: it may have been cut since */
    generation->tail = argot_tail_open(options->seam, options->live, path, &from, &options->input, &error);
    if (!generation->tail)
        return error;
    const struct argot_tail_position *position = argot_tail_at(generation->tail);
    if (position->device != file->device || position->inode != file->inode) {
        argot_rotation_close(generation);
        return -ESTALE;
    }
    generation->position = *argot_tail_at(generation->tail);
    generation->done = generation->told = generation->copy = generation->last = generation->cut = false;
    generation->still = options->seam->monotonic(options->seam);
    generation->clock_ahead = argot_rotation_clock_ahead(rotation);
    return 0;
}

/* ---- blocks ---- */

static void
finish(struct argot_generation *generation)
{
    argot_rotation_close(generation);
    generation->done = true;
}

/* Without memory its copy is known by its time alone. */
static void
keep_first(struct argot_rotation *rotation, struct argot_generation *generation)
{
    struct argot_seam *seam = rotation->options.seam;
    size_t count;
    const uint8_t *first = argot_tail_first_known(generation->tail, &count);
    seam->release(seam, generation->cut_first);
    generation->cut_first = count ? seam->allocate(seam, count) : NULL;
    generation->cut_nfirst = count;
    if (generation->cut_first)
        memcpy(generation->cut_first, first, count);
}

/* What it held is gone from the file, which is a new generation. The next look finds the copy, if there is one. */
void
argot_rotation_cut(struct argot_rotation *rotation, struct argot_generation *generation)
{
    rotation->counts.truncated++;
    rotation->changed = true;
    generation->rotated = generation->cut = true;
    generation->cut_bytes = argot_tail_pending(generation->tail);
    keep_first(rotation, generation);
    argot_rotation_close(generation);
}

/* An old generation that was still for long is closed, its last line being whole or not. */
static bool
is_over(const struct argot_rotation *rotation, const struct argot_generation *generation)
{
    struct argot_seam *seam = rotation->options.seam;
    bool still = seam->monotonic(seam) - generation->still >= rotation->options.linger_ns;
    return generation->copy || generation->last || rotation->options.once || (generation->rotated && still);
}

static enum argot_tail_status
read_generation(struct argot_rotation *rotation, struct argot_generation *generation, struct argot_block_bytes *block)
{
    struct argot_seam *seam = rotation->options.seam;
    enum argot_tail_status status = argot_tail_next(generation->tail, false, block);
    if (status == ARGOT_TAIL_WAIT && is_over(rotation, generation)) {
        generation->last = true; /* what ends without a newline cannot be gone on with */
        status = argot_tail_next(generation->tail, true, block);
    }
    switch (status) {
    case ARGOT_TAIL_BLOCK:
        generation->still = seam->monotonic(seam);
        break;
    case ARGOT_TAIL_END:
        generation->position = *argot_tail_at(generation->tail);
        finish(generation);
        return status;
    case ARGOT_TAIL_REPLACED:
        argot_rotation_cut(rotation, generation);
        return status;
    case ARGOT_TAIL_FAILED:
        rotation->counts.failed++;
        argot_rotation_set_problem(rotation, argot_tail_problem(generation->tail));
        if (argot_tail_is_damaged(generation->tail)) {
            finish(generation); /* for good; all before was given */
            return ARGOT_TAIL_END;
        }
        argot_rotation_close(generation); /* tried again at the next look */
        return status;
    case ARGOT_TAIL_WAIT:
        break;
    }
    generation->position = *argot_tail_at(generation->tail);
    return status;
}

/* Of all that are there once; the first that has something. */
static enum argot_rotation_status
next_of_all(struct argot_rotation *rotation, struct argot_block_bytes *block, struct argot_generation **generation)
{
    for (size_t i = 0; i < rotation->count; i++) {
        struct argot_generation *one = *generation = &rotation->generations[i];
        enum argot_tail_status status = one->tail ? read_generation(rotation, one, block) : ARGOT_TAIL_WAIT;
        if (status == ARGOT_TAIL_BLOCK)
            return ARGOT_ROTATION_BLOCK;
        if (one->done && !one->told) {
            one->told = true;
            return ARGOT_ROTATION_END;
        }
    }
    return ARGOT_ROTATION_WAIT;
}

enum argot_rotation_status
argot_rotation_next(struct argot_rotation *rotation, struct argot_block_bytes *block,
                    struct argot_generation **generation)
{
    for (int round = 0; round < ROUNDS; round++) {
        bool good = !rotation->changed || argot_rotation_look(rotation, false);
        rotation->changed = false; /* without memory it is looked at again with the next tick */
        enum argot_rotation_status status = next_of_all(rotation, block, generation);
        if (status != ARGOT_ROTATION_WAIT || !rotation->changed || !good)
            return status;
    }
    return ARGOT_ROTATION_WAIT;
}

bool
argot_rotation_next_of(struct argot_rotation *rotation, uint64_t tag, struct argot_block_bytes *block,
                       struct argot_generation **generation)
{
    for (size_t i = 0; i < rotation->count; i++) {
        struct argot_generation *one = *generation = &rotation->generations[i];
        if (one->tag == tag && one->tail)
            return read_generation(rotation, one, block) == ARGOT_TAIL_BLOCK;
    }
    return false;
}

struct argot_generation *
argot_rotation_open_at(struct argot_rotation *rotation, size_t number)
{
    for (size_t i = 0; i < rotation->count; i++)
        if (rotation->generations[i].tail && number-- == 0)
            return &rotation->generations[i];
    return NULL;
}

struct argot_generation *
argot_rotation_unread_at(struct argot_rotation *rotation, size_t number)
{
    for (size_t i = 0; i < rotation->count; i++)
        if (!rotation->generations[i].done && number-- == 0)
            return &rotation->generations[i];
    return NULL;
}

/* ---- questions ---- */

bool
argot_rotation_lingers(const struct argot_rotation *rotation)
{
    for (size_t i = 0; i < rotation->count; i++)
        if (rotation->generations[i].tail && rotation->generations[i].rotated)
            return true;
    return false;
}

const char *
argot_rotation_path(const struct argot_rotation *rotation)
{
    return rotation->path;
}

const char *
argot_rotation_problem(const struct argot_rotation *rotation)
{
    return *rotation->problem ? rotation->problem : NULL;
}

struct argot_rotation_counts
argot_rotation_counts(const struct argot_rotation *rotation)
{
    return rotation->counts;
}

uint64_t
argot_rotation_lag(const struct argot_rotation *rotation)
{
    uint64_t lag = 0;
    for (size_t i = 0; i < rotation->count; i++)
        if (rotation->generations[i].tail)
            lag += argot_tail_lag(rotation->generations[i].tail);
    return lag;
}
