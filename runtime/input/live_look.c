/* SPDX-License-Identifier: Apache-2.0
 * Which logs there are, and where something may have happened. Watches are hints: what one says is looked up anew. */
#include "input/live_parts.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define WHY_BYTES 128
#define HAPPENED_MAX 64

/* ---- entries ---- */

static struct argot_live_entry *
add_entry(struct argot_live *live, size_t input, const char *name)
{
    if (!argot_live_grow(live, (void **)&live->entries, live->count, &live->capacity, sizeof *live->entries))
        return NULL;
    struct argot_live_entry *entry = &live->entries[live->count++];
    *entry = (struct argot_live_entry){.input = input, .name = name, .ready = true};
    for (size_t i = 0; i < ARGOT_LIVE_WATCHES; i++)
        entry->watches[i] = -1;
    return entry;
}

static size_t
folder_of(struct argot_live *live, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 0;
    const char *folder = length ? argot_arena_copy(&live->look, path, length) : "./";
    for (size_t i = 0; folder && i < live->nfolders; i++)
        if (!strcmp(live->folders[i].path, folder))
            return i;
    if (!folder ||
        !argot_live_grow(live, (void **)&live->folders, live->nfolders, &live->folders_capacity, sizeof *live->folders))
        return 0;
    folder = argot_arena_copy(&live->arena, folder, strlen(folder));
    live->no_memory = live->no_memory || !folder;
    live->folders[live->nfolders] = (struct argot_live_folder){.path = folder ? folder : "./", .watch = -1};
    return live->nfolders++;
}

/* The file that is at the path now; the one before stays watched, since it may still be written to. */
static void
watch_log(struct argot_live *live, struct argot_live_entry *entry)
{
    struct argot_seam_live *seam = live->options.live;
    struct argot_live_folder *folder = &live->folders[entry->folder];
    if (live->watches < 0 || live->options.inputs[entry->input].once)
        return;
    if (folder->watch < 0)
        folder->watch = seam->watch_folder(seam, live->watches, folder->path);
    int watch = seam->watch_file(seam, live->watches, entry->name);
    if (watch < 0 || watch == entry->watches[0])
        return;
    if (entry->watches[1] >= 0 && entry->watches[1] != watch)
        seam->watch_drop(seam, live->watches, entry->watches[1]);
    entry->watches[1] = entry->watches[0];
    entry->watches[0] = watch;
    entry->ready = true; /* what was written before it was watched */
}

static void
look_at(struct argot_live *live, struct argot_live_entry *entry, bool thorough)
{
    if (entry->ended)
        return;
    if (!argot_rotation_look(entry->rotation, thorough))
        live->no_memory = true;
    argot_live_tell(live, entry, argot_rotation_problem(entry->rotation));
    watch_log(live, entry);
    entry->ready = true;
}

static size_t
most_entries(const struct argot_live *live)
{
    return (live->options.max_logs ? live->options.max_logs : ARGOT_LIVE_MAX_LOGS) + live->options.ninputs;
}

/* Of the first, and counted; it is looked at again and again. */
static void
tell_crowded(struct argot_live *live, size_t input, const char *path)
{
    if (!live->crowded++ && live->options.problem)
        live->options.problem(live->options.context, input, path, "is not read, nor are others: there are too many");
}

static void
add_log(struct argot_live *live, size_t input, const char *path)
{
    const struct argot_live_input *of = &live->options.inputs[input];
    for (size_t i = 0; i < live->count; i++)
        if (live->entries[i].rotation && !strcmp(live->entries[i].name, path))
            return;
    if (live->count >= most_entries(live)) {
        tell_crowded(live, input, path);
        return;
    }
    struct argot_rotation_options options = {.seam = live->options.seam,
                                             .live = live->options.live,
                                             .input = live->options.input,
                                             .linger_ns = of->once ? 1 : live->options.linger_ns,
                                             .once = of->once,
                                             .since = live->options.since ? live->options.since[input] : 0,
                                             .pattern = of->kind == ARGOT_LIVE_PATTERN ? of->name : NULL};
    const char *name = argot_arena_copy(&live->arena, path, strlen(path));
    struct argot_live_entry *entry = name ? add_entry(live, input, name) : NULL;
    if (!entry) {
        live->no_memory = true;
        return;
    }
    entry->folder = folder_of(live, path);
    entry->rotation = argot_rotation_new(&options, name);
    bool good = entry->rotation && !live->no_memory;
    for (size_t i = 0; good && i < live->known_count; i++)
        if (!strcmp(live->known[i].name, name))
            good = argot_rotation_know(entry->rotation, live->known[i].number, &live->known[i].position,
                                       live->known[i].done);
    if (good)
        look_at(live, entry, true);
    else
        live->no_memory = true;
    if (!entry->rotation)
        live->count--;
}

/* A pattern of names in one folder is told at once of a file that comes; others are looked at now and then. */
static void
watch_pattern(struct argot_live *live, const struct argot_live_input *input)
{
    struct argot_seam_live *seam = live->options.live;
    const char *slash = strrchr(input->name, '/');
    size_t length = slash ? (size_t)(slash - input->name) : 0;
    if (live->watches < 0 || input->once || strcspn(input->name, "*?[") < length)
        return;
    size_t at = folder_of(live, input->name);
    if (!live->no_memory && live->folders[at].watch < 0)
        live->folders[at].watch = seam->watch_folder(seam, live->watches, live->folders[at].path);
}

/* The log that a file is of or was of: what is behind its name comes from rotation. */
static void
find_logs(struct argot_live *live, size_t input)
{
    argot_arena_reset(&live->look);
    watch_pattern(live, &live->options.inputs[input]);
    struct argot_wildcard found = {.arena = &live->look};
    argot_wildcard_find(&found, live->options.live, live->options.inputs[input].name);
    live->no_memory = live->no_memory || found.failed;
    for (size_t i = 0; i < found.count && !live->no_memory; i++) {
        struct argot_file_info info;
        const char *slash = strrchr(found.paths[i], '/'), *name = slash ? slash + 1 : found.paths[i];
        size_t length = (size_t)(name - found.paths[i]) + argot_wildcard_stem(name);
        if (live->options.live->status(live->options.live, found.paths[i], &info) || info.kind != ARGOT_FILE_REGULAR)
            continue;
        const char *path = argot_arena_copy(&live->look, found.paths[i], length);
        if (path)
            add_log(live, input, path);
        live->no_memory = live->no_memory || !path;
    }
}

/* ---- listeners ---- */

static void
open_listener(struct argot_live *live, struct argot_live_entry *entry)
{
    struct argot_seam_live *seam = live->options.live;
    struct argot_listener_options options = {.seam = live->options.seam,
                                             .live = seam,
                                             .block_bytes = live->options.input.block_bytes,
                                             .max_connections = live->options.listener_connections,
                                             .first_record = entry->first_record,
                                             .socket = live->options.inputs[entry->input].socket};
    char why[WHY_BYTES] = "";
    const struct argot_live_input *input = &live->options.inputs[entry->input];
    options.tls = input->tls.certificate ? &input->tls : NULL;
    entry->ready = false;
    entry->listener = argot_listener_open(&options, &input->endpoint, why, sizeof why);
    argot_live_tell(live, entry, entry->listener ? NULL : why);
    uint64_t number = (uint64_t)(entry - live->entries);
    if (entry->listener && seam->poll_add(seam, live->poll, argot_listener_poll(entry->listener), number)) {
        argot_listener_close(entry->listener);
        entry->listener = NULL;
    }
}

void
argot_live_reload(struct argot_live *live)
{
    for (size_t i = 0; i < live->count; i++) {
        struct argot_live_entry *entry = &live->entries[i];
        char why[WHY_BYTES];
        if (entry->listener)
            argot_live_tell(live, entry, argot_listener_reload(entry->listener, why, sizeof why) ? NULL : why);
    }
}

static void
add_listener(struct argot_live *live, size_t input)
{
    struct argot_live_entry *entry = add_entry(live, input, live->options.inputs[input].name);
    if (!entry)
        return;
    for (size_t i = 0; i < live->known_count; i++)
        if (!strcmp(live->known[i].name, entry->name))
            entry->first_record = live->known[i].position.next_record;
    open_listener(live, entry);
}

/* ---- journals ---- */

void
argot_live_close_journal(struct argot_live *live, struct argot_live_entry *entry)
{
    struct argot_seam_live *seam = live->options.live;
    if (argot_journal_poll(entry->journal) >= 0)
        (void)seam->poll_remove(seam, live->poll, argot_journal_poll(entry->journal));
    entry->first_record = argot_journal_next_record(entry->journal);
    argot_journal_close(entry->journal);
    entry->journal = NULL;
    entry->ready = false;
}

/* Where its descriptor cannot be waited for it is looked at every second, as all is. */
static void
open_journal(struct argot_live *live, struct argot_live_entry *entry)
{
    struct argot_seam_live *seam = live->options.live;
    const struct argot_live_input *input = &live->options.inputs[entry->input];
    struct argot_journal_options options = {.seam = live->options.seam,
                                            .live = seam,
                                            .where = input->journal,
                                            .units = input->units,
                                            .cursor = entry->cursor,
                                            .block_bytes = live->options.input.block_bytes,
                                            .first_record = entry->first_record};
    char why[WHY_BYTES] = "";
    entry->journal = argot_journal_open(&options, why, sizeof why);
    bool gone = entry->journal && argot_journal_counts(entry->journal).gone;
    argot_live_tell(live, entry,
                    !entry->journal ? why
                    : gone          ? "what was read last is gone from the journal; entries behind it may be missing"
                                    : NULL);
    if (entry->journal && argot_journal_poll(entry->journal) >= 0)
        (void)seam->poll_add(seam, live->poll, argot_journal_poll(entry->journal), (uint64_t)(entry - live->entries));
    entry->ready = entry->journal != NULL;
}

static void
look_at_journal(struct argot_live *live, struct argot_live_entry *entry)
{
    if (!entry->journal)
        open_journal(live, entry);
    entry->ready = entry->journal != NULL;
}

static void
add_journal(struct argot_live *live, size_t input)
{
    struct argot_live_entry *entry = add_entry(live, input, live->options.inputs[input].name);
    if (!entry)
        return;
    for (size_t i = 0; i < live->known_count; i++)
        if (!strcmp(live->known[i].name, entry->name)) {
            entry->first_record = live->known[i].position.next_record;
            snprintf(entry->cursor, sizeof entry->cursor, "%s", live->known[i].cursor ? live->known[i].cursor : "");
        }
    open_journal(live, entry);
}

/* ---- all ---- */

void
argot_live_begin(struct argot_live *live)
{
    struct argot_seam *seam = live->options.seam;
    live->begun = true;
    for (size_t i = 0; i < live->options.ninputs; i++) {
        const struct argot_live_input *input = &live->options.inputs[i];
        if (input->kind == ARGOT_LIVE_FILE)
            add_log(live, i, input->name);
        else if (input->kind == ARGOT_LIVE_PATTERN)
            find_logs(live, i);
        else if (input->kind == ARGOT_LIVE_JOURNAL)
            add_journal(live, i);
        else
            add_listener(live, i);
    }
    live->next_tick = seam->monotonic(seam) + ARGOT_LIVE_TICK_NS;
    live->next_thorough = seam->monotonic(seam) + ARGOT_LIVE_PATTERN_NS;
}

/* A folder whose names have changed: its logs may be others, and patterns stand for others. */
static void
look_at_folders(struct argot_live *live)
{
    bool any = false;
    for (size_t i = 0; i < live->count; i++)
        if (live->entries[i].rotation && live->folders[live->entries[i].folder].stale)
            look_at(live, &live->entries[i], false);
    for (size_t i = 0; i < live->nfolders; i++) {
        any = any || live->folders[i].stale;
        live->folders[i].stale = false;
    }
    for (size_t i = 0; any && i < live->options.ninputs; i++)
        if (live->options.inputs[i].kind == ARGOT_LIVE_PATTERN && !live->options.inputs[i].once)
            find_logs(live, i);
}

static void
mark(struct argot_live *live, int watch)
{
    for (size_t i = 0; i < live->nfolders; i++)
        live->folders[i].stale = live->folders[i].stale || watch == ARGOT_WATCH_ALL || live->folders[i].watch == watch;
    for (size_t i = 0; i < live->count; i++) {
        struct argot_live_entry *entry = &live->entries[i];
        for (size_t j = 0; entry->rotation && j < ARGOT_LIVE_WATCHES; j++)
            entry->ready = entry->ready || watch == ARGOT_WATCH_ALL || entry->watches[j] == watch;
    }
}

void
argot_live_watch(struct argot_live *live)
{
    struct argot_seam_live *seam = live->options.live;
    int happened[HAPPENED_MAX];
    int count = seam->watch_read(seam, live->watches, happened, HAPPENED_MAX);
    if (count < 0 && count != -EAGAIN && count != -EINTR) /* it would be ready at once: there is still the tick */
        (void)seam->poll_remove(seam, live->poll, live->watches);
    for (int i = 0; i < count; i++)
        mark(live, happened[i]);
    look_at_folders(live);
}

void
argot_live_tick(struct argot_live *live, argot_time now)
{
    bool thorough = now >= live->next_thorough;
    live->next_tick = now + ARGOT_LIVE_TICK_NS;
    if (thorough)
        live->next_thorough = now + ARGOT_LIVE_PATTERN_NS;
    for (size_t i = 0; i < live->count; i++) {
        struct argot_live_entry *entry = &live->entries[i];
        if (entry->rotation)
            look_at(live, entry, thorough);
        else if (live->options.inputs[entry->input].kind == ARGOT_LIVE_JOURNAL)
            look_at_journal(live, entry);
        else if (!entry->listener)
            open_listener(live, entry);
        else
            entry->ready = argot_listener_tick(entry->listener) || entry->ready;
    }
    for (size_t i = 0; thorough && i < live->options.ninputs; i++)
        if (live->options.inputs[i].kind == ARGOT_LIVE_PATTERN && !live->options.inputs[i].once)
            find_logs(live, i);
}
