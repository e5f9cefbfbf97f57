/* SPDX-License-Identifier: Apache-2.0
 * Sources are told apart by what files are, not by their names: rotation gives a file another name, and the name to
 * another file. Names in the store never change, since identities of alerts are made of them. */
#include "pipeline/keep.h"
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 64 /* of a number in the store */

/* ---- the whole ---- */

bool
argot_keep_init(struct argot_keep *keep, struct argot_seam *seam, struct argot_store *store, size_t ninputs, char *why,
                size_t why_size)
{
    *keep = (struct argot_keep){.seam = seam, .store = store, .ninputs = ninputs, .count = ninputs};
    argot_arena_init(&keep->arena, seam, 0);
    argot_buffer_init(&keep->line, seam);
    keep->commit_rows = ARGOT_KEEP_COMMIT_ROWS;
    keep->warm_events = ARGOT_KEEP_WARM_EVENTS;
    keep->known = INT64_MIN;
    snprintf(why, why_size, "there is no memory");
    keep->old = argot_store_sources(store, &keep->nold);
    if (!keep->old) {
        snprintf(why, why_size, "the store %s", argot_store_problem(store));
        return false;
    }
    size_t room = keep->room = ninputs + keep->nold;
    keep->sources = argot_arena_zalloc(&keep->arena, room, sizeof *keep->sources);
    keep->names = argot_arena_zalloc(&keep->arena, room, sizeof *keep->names);
    keep->ids = argot_arena_zalloc(&keep->arena, room, sizeof *keep->ids);
    return keep->sources && keep->names && keep->ids;
}

void
argot_keep_finish(struct argot_keep *keep)
{
    argot_arena_finish(&keep->arena);
    argot_buffer_finish(&keep->line);
}

/* ---- which source a file is ---- */

static bool
fingerprint(const struct argot_input *input, uint32_t count, uint8_t sum[ARGOT_STORE_FINGERPRINT_BYTES])
{
    uint8_t bytes[ARGOT_KEEP_FINGERPRINT_BYTES];
    if (count > sizeof bytes || argot_input_peek(input, bytes, count) != (int64_t)count)
        return false;
    argot_tail_sum(bytes, count, sum); /* as followed files have it, so that one may become the other */
    return true;
}

static bool
is_taken(const struct argot_keep *keep, uint32_t id)
{
    for (size_t i = 0; i < keep->ninputs; i++)
        if (keep->sources[i].known && keep->sources[i].stored.id == id)
            return true;
    return false;
}

static bool
is_same_file(const struct argot_store_source *old, const struct argot_input *input)
{
    const struct argot_file_info *file = argot_input_file(input);
    uint8_t sum[ARGOT_STORE_FINGERPRINT_BYTES];
    return old->file && old->device == file->device && old->inode == file->inode &&
           fingerprint(input, old->fingerprint_bytes, sum) && !memcmp(sum, old->fingerprint, sizeof sum);
}

/* A file that has become shorter than what was read of it was cut and written anew: it is another. Of a compressed one
 * the bytes read are more than it has; that it was cut shows in its size at the end. */
static bool
was_cut(const struct argot_store_source *old, const struct argot_file_info *file)
{
    return old->ended && file->size_bytes < old->size_bytes;
}

static const struct argot_store_source *
find_old(const struct argot_keep *keep, const char *path, const struct argot_input *input)
{
    const struct argot_file_info *file = argot_input_file(input);
    for (size_t i = keep->nold; i-- > 0;) {
        const struct argot_store_source *old = &keep->old[i];
        bool same = file ? is_same_file(old, input) && !was_cut(old, file) : !old->file && !strcmp(old->path, path);
        if (same && !is_taken(keep, old->id))
            return old;
    }
    return NULL;
}

static bool
is_name(const struct argot_keep *keep, const char *name)
{
    for (size_t i = 0; i < keep->nold; i++)
        if (!strcmp(keep->old[i].name, name))
            return true;
    for (size_t i = 0; i < keep->ninputs; i++)
        if (keep->sources[i].known && keep->sources[i].stored.name && !strcmp(keep->sources[i].stored.name, name))
            return true;
    return false;
}

/* The path, or the path with the number of the file at it. */
static const char *
new_name(struct argot_keep *keep, const char *path)
{
    const char *name = path;
    for (unsigned count = 2; name && is_name(keep, name); count++)
        name = argot_arena_printf(&keep->arena, "%s#%u", path, count);
    return name;
}

static void
describe(struct argot_store_source *stored, const struct argot_input *input)
{
    const struct argot_file_info *file = argot_input_file(input);
    if (!file)
        return;
    uint32_t count =
        file->size_bytes < ARGOT_KEEP_FINGERPRINT_BYTES ? (uint32_t)file->size_bytes : ARGOT_KEEP_FINGERPRINT_BYTES;
    if (count > stored->fingerprint_bytes || !stored->file) {
        if (fingerprint(input, count, stored->fingerprint))
            stored->fingerprint_bytes = count;
    }
    stored->file = true;
    stored->device = file->device;
    stored->inode = file->inode;
}

static void
go_on(struct argot_keep_source *source, struct argot_input *input)
{
    struct argot_store_source *stored = &source->stored;
    const struct argot_file_info *file = argot_input_file(input);
    struct argot_input_start start = {stored->position.offset, stored->position.record, stored->position.line,
                                      stored->position.pieces};
    source->over = file && stored->ended && stored->size_bytes == file->size_bytes;
    if (!source->over)
        argot_input_start(input, &start);
    stored->ended = source->over;
}

bool
argot_keep_open(struct argot_keep *keep, size_t number, const char *path, struct argot_input *input)
{
    struct argot_keep_source *source = &keep->sources[number];
    const struct argot_store_source *old = input ? find_old(keep, path, input) : NULL;
    if (old)
        source->stored = *old;
    else
        source->stored =
            (struct argot_store_source){.name = new_name(keep, path), .position = {.record = 1, .line = 1}};
    source->known = true;
    source->stored.path = path;
    keep->names[number] = source->stored.name;
    if (!input)
        return source->stored.name != NULL;
    describe(&source->stored, input);
    if (old)
        go_on(source, input);
    source->begin = source->stored.position;
    source->changed = true;
    if (!source->stored.name || (!old && !argot_store_add_source(keep->store, &source->stored)))
        return false;
    keep->ids[number] = source->stored.id;
    return true;
}

static bool
make_numbers(struct argot_keep *keep)
{
    for (size_t i = 0; i < keep->count; i++)
        if (keep->ids[i] >= keep->nnumbers)
            keep->nnumbers = (size_t)keep->ids[i] + 1;
    keep->numbers = argot_arena_zalloc(&keep->arena, keep->nnumbers ? keep->nnumbers : 1, sizeof *keep->numbers);
    for (size_t i = 0; keep->numbers && i < keep->count; i++)
        if (keep->ids[i])
            keep->numbers[keep->ids[i]] = (uint32_t)i + 1;
    return keep->numbers != NULL;
}

bool
argot_keep_complete(struct argot_keep *keep)
{
    for (size_t i = 0; i < keep->nold; i++) {
        if (is_taken(keep, keep->old[i].id))
            continue;
        struct argot_keep_source *source = &keep->sources[keep->count];
        *source = (struct argot_keep_source){.stored = keep->old[i], .over = true};
        keep->names[keep->count] = keep->old[i].name;
        keep->ids[keep->count++] = keep->old[i].id;
    }
    return make_numbers(keep);
}

/* ---- what is kept ---- */

bool
argot_keep_event(struct argot_keep *keep, size_t number, const struct argot_event *event, argot_raw_place *place)
{
    struct argot_keep_source *source = &keep->sources[number];
    uint64_t id;
    if (!argot_store_event(keep->store, keep->ids[number], event, &id))
        return false;
    *place = id;
    source->changed = true;
    source->stored.counts.events++;
    source->stored.counts.records += !event->part;
    keep->bytes += event->part ? 0 : event->raw.length;
    return true;
}

bool
argot_keep_letter(struct argot_keep *keep, size_t number, argot_time received, const struct argot_letter *letter)
{
    struct argot_keep_source *source = &keep->sources[number];
    if (!argot_store_letter(keep->store, keep->ids[number], received, letter))
        return false;
    source->changed = true;
    source->stored.counts.letters++;
    source->stored.counts.records += letter->piece < 2;
    keep->bytes += letter->raw.length;
    return true;
}

void
argot_keep_skipped(struct argot_keep *keep, size_t number)
{
    struct argot_keep_source *source = &keep->sources[number];
    source->changed = true;
    source->stored.counts.skipped++;
    source->stored.counts.records++;
}

bool
argot_keep_alert(struct argot_keep *keep, const struct argot_alert *alert, bool *fresh)
{
    *fresh = false;
    return alert->time < keep->known || argot_store_alert(keep->store, alert, keep->ids, fresh);
}

struct argot_slice
argot_keep_raw(struct argot_keep *keep, argot_raw_place place)
{
    keep->line.length = 0;
    if (!argot_store_raw(keep->store, place, &keep->line))
        keep->raw_failed = true;
    else if (keep->line.length)
        return (struct argot_slice){keep->line.bytes, (uint32_t)keep->line.length};
    keep->raw_lost++;
    return (struct argot_slice){0};
}

/* ---- where inputs stand ---- */

void
argot_keep_position(struct argot_keep *keep, size_t number, const struct argot_store_position *position)
{
    struct argot_keep_source *source = &keep->sources[number];
    if (source->changed)
        source->stored.position = *position;
}

void
argot_keep_end(struct argot_keep *keep, size_t number, uint64_t size_bytes)
{
    struct argot_store_source *stored = &keep->sources[number].stored;
    stored->ended = true;
    stored->size_bytes = size_bytes;
    stored->ended_before = argot_store_next_event(keep->store);
    keep->sources[number].changed = true;
}

static bool
has_changes(const struct argot_keep *keep)
{
    for (size_t i = 0; i < keep->ninputs; i++)
        if (keep->sources[i].changed && keep->sources[i].stored.id)
            return true;
    return false;
}

/* Before the first event and behind the last there is no time to reckon from. */
static bool
forget(struct argot_keep *keep, argot_time settled)
{
    argot_time from = settled; /* no rule needs an order where all is settled from the begin */
    if (settled == INT64_MIN || (settled == INT64_MAX && keep->reach_ns))
        return true;
    if (keep->reach_ns && __builtin_sub_overflow(settled, keep->reach_ns, &from))
        from = INT64_MIN;
    return argot_store_forget_waiting(keep->store, keep->warm_events, from, settled);
}

bool
argot_keep_seen(struct argot_keep *keep, size_t number, argot_time *seen)
{
    char name[NAME_BYTES];
    snprintf(name, sizeof name, ARGOT_KEEP_SEEN, (unsigned)keep->ids[number]);
    return argot_store_number(keep->store, name, INT64_MIN, seen);
}

static bool
put_source(struct argot_keep *keep, const struct argot_store_source *stored)
{
    char name[NAME_BYTES];
    snprintf(name, sizeof name, ARGOT_KEEP_SEEN, (unsigned)stored->id);
    return argot_store_put_source(keep->store, stored) &&
           (!stored->counts.records || argot_store_put_number(keep->store, name, keep->seam->now(keep->seam)));
}

bool
argot_keep_commit(struct argot_keep *keep, const struct argot_engine *engine)
{
    if (!argot_store_pending(keep->store) && !has_changes(keep))
        return true;
    if (!argot_store_put_number(keep->store, ARGOT_KEEP_SETTLED, argot_engine_settled(engine)))
        return false;
    for (size_t i = 0; i < keep->ninputs; i++) {
        struct argot_keep_source *source = &keep->sources[i];
        if (source->changed && source->stored.id && !put_source(keep, &source->stored))
            return false;
        source->changed = false;
    }
    keep->bytes = 0;
    if (!forget(keep, argot_engine_settled(engine)) || !argot_store_commit(keep->store))
        return false;
    keep->commits++;
    return argot_store_roll(keep->store);
}
