/* SPDX-License-Identifier: Apache-2.0
 * Blocks in turn. Who is ready is asked before each block without waiting, and with waiting only when nobody is. */
#include "input/live_parts.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define READY_MAX 64
#define THE_WATCHES UINT64_MAX /* their number in the set; listeners have their place */
#define OTHERS (UINT64_MAX - 1)

bool
argot_live_grow(struct argot_live *live, void **list, size_t count, size_t *capacity, size_t size)
{
    struct argot_seam *seam = live->options.seam;
    if (count < *capacity)
        return true;
    size_t more = *capacity ? *capacity * 2 : 16;
    void *grown = *list ? seam->resize(seam, *list, more * size) : seam->allocate(seam, more * size);
    if (!grown) {
        live->no_memory = true;
        return false;
    }
    *list = grown;
    *capacity = more;
    return true;
}

struct argot_live *
argot_live_new(const struct argot_live_options *options)
{
    struct argot_seam *seam = options->seam;
    struct argot_live *live = seam->allocate(seam, sizeof *live);
    if (!live)
        return NULL;
    *live = (struct argot_live){.options = *options, .poll = -1, .watches = -1};
    argot_arena_init(&live->arena, seam, 0);
    argot_arena_init(&live->look, seam, 0);
    live->poll = options->live->poll_new(options->live);
    if (live->poll < 0) {
        argot_live_free(live);
        return NULL;
    }
    live->watches = options->live->watch_new(options->live); /* without them there is the tick */
    if (live->watches >= 0)
        (void)options->live->poll_add(options->live, live->poll, live->watches, THE_WATCHES);
    for (size_t i = 0; i < options->nattended; i++) /* one that cannot be added has its turn after each wait */
        (void)options->live->poll_add(options->live, live->poll, options->attended[i], OTHERS);
    return live;
}

void
argot_live_free(struct argot_live *live)
{
    if (!live)
        return;
    struct argot_seam *seam = live->options.seam;
    for (size_t i = 0; i < live->count; i++) {
        argot_rotation_free(live->entries[i].rotation);
        argot_listener_close(live->entries[i].listener);
        argot_journal_close(live->entries[i].journal);
    }
    if (live->watches >= 0)
        seam->close(seam, live->watches);
    if (live->poll >= 0)
        seam->close(seam, live->poll);
    seam->release(seam, live->entries);
    seam->release(seam, live->folders);
    seam->release(seam, live->known);
    argot_arena_finish(&live->arena);
    argot_arena_finish(&live->look);
    seam->release(seam, live);
}

bool
argot_live_know(struct argot_live *live, const char *name, uint64_t number, const struct argot_tail_position *position,
                const char *cursor, bool done)
{
    if (!argot_live_grow(live, (void **)&live->known, live->known_count, &live->known_capacity, sizeof *live->known))
        return false;
    const char *copy = argot_arena_copy(&live->arena, name, strlen(name));
    const char *where = cursor ? argot_arena_copy(&live->arena, cursor, strlen(cursor)) : NULL;
    if (!copy || (cursor && !where))
        return false;
    live->known[live->known_count++] = (struct argot_live_known){copy, number, *position, where, done};
    return true;
}

void
argot_live_tell(struct argot_live *live, struct argot_live_entry *entry, const char *problem)
{
    if (!strncmp(entry->problem, problem ? problem : "", sizeof entry->problem - 1))
        return;
    snprintf(entry->problem, sizeof entry->problem, "%s", problem ? problem : "");
    if (problem && live->options.problem)
        live->options.problem(live->options.context, entry->input, entry->name, problem);
}

/* ---- one entry ---- */

static struct argot_live_source
source_of(struct argot_live_entry *entry, struct argot_generation *generation)
{
    struct argot_live_source source = {.input = entry->input, .name = entry->name, .number = 1, .tag = &entry->tag};
    if (generation) {
        source.file = true;
        source.number = generation->number;
        source.position = generation->position;
        source.compressed = generation->tail && argot_tail_is_compressed(generation->tail);
        source.failing = !generation->tail && !generation->done;
        source.tag = &generation->tag;
    } else if (entry->listener) {
        source.position.next_record = source.position.next_line = argot_listener_next_record(entry->listener);
    } else if (entry->journal) {
        source.position.next_record = source.position.next_line = argot_journal_next_record(entry->journal);
        source.cursor = entry->cursor;
    }
    return source;
}

static void
describe_block(struct argot_live *live, struct argot_live_entry *entry, struct argot_live_block *block)
{
    block->source = source_of(entry, NULL);
    block->received = live->options.seam->now(live->options.seam);
}

static enum argot_live_status
next_of_listener(struct argot_live *live, struct argot_live_entry *entry, struct argot_live_block *block)
{
    if (!argot_listener_next(entry->listener, &block->bytes))
        return ARGOT_LIVE_WAIT;
    describe_block(live, entry, block);
    return ARGOT_LIVE_BLOCK;
}

bool
argot_live_rest(struct argot_live *live, struct argot_live_block *block)
{
    for (size_t i = 0; i < live->count; i++)
        if (live->entries[i].listener && argot_listener_rest(live->entries[i].listener, &block->bytes)) {
            describe_block(live, &live->entries[i], block);
            return true;
        }
    return false;
}

/* One that fails is opened anew at the next look, behind what was read of it. */
static enum argot_live_status
next_of_journal(struct argot_live *live, struct argot_live_entry *entry, struct argot_live_block *block)
{
    int status = argot_journal_next(entry->journal, &block->bytes);
    if (status < 0) {
        argot_live_tell(live, entry, argot_journal_problem(entry->journal));
        argot_live_close_journal(live, entry);
    }
    if (status <= 0)
        return ARGOT_LIVE_WAIT;
    snprintf(entry->cursor, sizeof entry->cursor, "%s", argot_journal_cursor(entry->journal));
    block->source = source_of(entry, NULL);
    block->received = live->options.seam->now(live->options.seam);
    return ARGOT_LIVE_BLOCK;
}

static enum argot_live_status
next_of_log(struct argot_live *live, struct argot_live_entry *entry, struct argot_live_block *block)
{
    struct argot_generation *generation;
    enum argot_rotation_status status = argot_rotation_next(entry->rotation, &block->bytes, &generation);
    argot_live_tell(live, entry, argot_rotation_problem(entry->rotation));
    if (status == ARGOT_ROTATION_WAIT) {
        entry->ended = entry->ended || live->options.inputs[entry->input].once;
        return ARGOT_LIVE_WAIT;
    }
    block->source = source_of(entry, generation);
    block->received = generation->position.modified;
    return status == ARGOT_ROTATION_BLOCK ? ARGOT_LIVE_BLOCK : ARGOT_LIVE_END;
}

/* A block of the one that is wanted. What else became of it comes when it is its turn. */
static bool
next_wanted(struct argot_live *live, uint64_t tag, struct argot_live_block *block)
{
    for (size_t i = 0; tag && i < live->count; i++) {
        struct argot_live_entry *entry = &live->entries[i];
        struct argot_generation *generation;
        if (entry->ready && entry->journal && entry->tag == tag)
            return next_of_journal(live, entry, block) == ARGOT_LIVE_BLOCK;
        if (!entry->ready || !entry->rotation ||
            !argot_rotation_next_of(entry->rotation, tag, &block->bytes, &generation))
            continue;
        block->source = source_of(entry, generation);
        block->received = generation->position.modified;
        return true;
    }
    return false;
}

static enum argot_live_status
next_of(struct argot_live *live, struct argot_live_entry *entry, struct argot_live_block *block)
{
    if (!entry->ready)
        return ARGOT_LIVE_WAIT;
    if (entry->rotation)
        return next_of_log(live, entry, block);
    return entry->journal ? next_of_journal(live, entry, block) : next_of_listener(live, entry, block);
}

static enum argot_live_status
next_in_turn(struct argot_live *live, bool listeners_only, struct argot_live_block *block)
{
    for (size_t i = 0; i < live->count; i++) {
        struct argot_live_entry *entry = &live->entries[live->turn % live->count];
        if (listeners_only && !entry->listener) {
            live->turn = (live->turn + 1) % live->count;
            continue;
        }
        enum argot_live_status status = next_of(live, entry, block);
        live->turn = (live->turn + 1) % live->count;
        if (status != ARGOT_LIVE_WAIT)
            return status;
        entry->ready = false;
    }
    return ARGOT_LIVE_WAIT;
}

/* While old files are read in the order of their times, listeners have every other turn: senders may not wait. */
static enum argot_live_status
next_of_all(struct argot_live *live, uint64_t wanted, struct argot_live_block *block)
{
    live->odd = !live->odd;
    if (live->listeners_only)
        return next_in_turn(live, true, block);
    if (wanted && live->odd && next_in_turn(live, true, block) == ARGOT_LIVE_BLOCK)
        return ARGOT_LIVE_BLOCK;
    if (next_wanted(live, wanted, block))
        return ARGOT_LIVE_BLOCK;
    return next_in_turn(live, false, block);
}

/* ---- all ---- */

/* Whether nothing more is to be waited for: a signal came, which asks for something, or somebody is at a descriptor of
 * others. */
static bool
ask(struct argot_live *live, int64_t timeout_ns)
{
    struct argot_seam_live *seam = live->options.live;
    uint64_t ready[READY_MAX];
    int count = seam->poll_wait(seam, live->poll, ready, READY_MAX, timeout_ns);
    bool others = false;
    for (int i = 0; i < count; i++) {
        if (ready[i] == THE_WATCHES)
            argot_live_watch(live);
        else if (ready[i] == OTHERS)
            others = true;
        else
            live->entries[ready[i]].ready = true;
    }
    return others || count == -EINTR;
}

static bool
is_done(const struct argot_live *live)
{
    for (size_t i = 0; i < live->options.ninputs; i++)
        if (!live->options.inputs[i].once)
            return false;
    for (size_t i = 0; i < live->count; i++)
        if (!live->entries[i].ended)
            return false;
    return true;
}

enum argot_live_status
argot_live_next(struct argot_live *live, int64_t timeout_ns, uint64_t wanted, struct argot_live_block *block)
{
    struct argot_seam *seam = live->options.seam;
    argot_time until = seam->monotonic(seam) + timeout_ns;
    int64_t wait_ns = 0;
    if (!live->begun)
        argot_live_begin(live);
    for (;;) {
        argot_time now = seam->monotonic(seam);
        if (now >= live->next_tick)
            argot_live_tick(live, now);
        bool over = ask(live, wait_ns);
        if (live->no_memory)
            return ARGOT_LIVE_NO_MEMORY;
        enum argot_live_status next = next_of_all(live, wanted, block);
        if (next != ARGOT_LIVE_WAIT)
            return next;
        if (is_done(live))
            return ARGOT_LIVE_DONE;
        now = seam->monotonic(seam);
        if (over || now >= until)
            return ARGOT_LIVE_WAIT;
        int64_t tick_ns = live->next_tick - now;
        wait_ns = until - now < tick_ns ? until - now : tick_ns;
        wait_ns = wait_ns < 0 ? 0 : wait_ns;
    }
}

void
argot_live_listeners_only(struct argot_live *live, bool only)
{
    live->listeners_only = only;
}

bool
argot_live_each(struct argot_live *live, void *context,
                bool (*source)(void *context, const struct argot_live_source *source))
{
    if (!live->begun)
        argot_live_begin(live);
    for (size_t i = 0; i < live->count && !live->no_memory; i++) {
        struct argot_live_entry *entry = &live->entries[i];
        struct argot_live_source one = source_of(entry, NULL);
        if (!entry->rotation && !source(context, &one))
            return false;
        struct argot_generation *generation;
        for (size_t j = 0; entry->rotation && (generation = argot_rotation_unread_at(entry->rotation, j)); j++) {
            one = source_of(entry, generation);
            if (!source(context, &one))
                return false;
        }
    }
    return !live->no_memory;
}

/* ---- questions ---- */

static void
add_files(struct argot_rotation_counts *sum, const struct argot_rotation_counts *more)
{
    sum->rotations += more->rotations;
    sum->truncated += more->truncated;
    sum->recovered += more->recovered;
    sum->lost_bytes += more->lost_bytes;
    sum->gone += more->gone;
    sum->failed += more->failed;
}

struct argot_live_counts
argot_live_counts(const struct argot_live *live, size_t input)
{
    struct argot_live_counts counts = {.crowded = live->crowded};
    for (size_t i = 0; i < live->count; i++) {
        const struct argot_live_entry *entry = &live->entries[i];
        if (entry->input != input)
            continue;
        if (entry->rotation) {
            struct argot_rotation_counts of = argot_rotation_counts(entry->rotation);
            add_files(&counts.files, &of);
            counts.lag_bytes += argot_rotation_lag(entry->rotation);
            counts.logs++;
        } else if (entry->listener) {
            counts.listeners = argot_listener_counts(entry->listener);
        } else if (entry->journal) {
            counts.journals = argot_journal_counts(entry->journal);
        }
    }
    return counts;
}

static uint64_t
newest_tag(const struct argot_live_entry *entry, bool *there)
{
    struct argot_generation *generation;
    uint64_t tag = 0;
    for (size_t i = 0; (generation = argot_rotation_open_at(entry->rotation, i)); i++) {
        tag = generation->tag ? generation->tag : tag;
        *there = true;
    }
    return tag;
}

void
argot_live_states(const struct argot_live *live, void *context,
                  bool (*state)(void *context, const struct argot_live_state *state))
{
    for (size_t i = 0; i < live->count; i++) {
        const struct argot_live_entry *entry = &live->entries[i];
        struct argot_live_state one = {.input = entry->input,
                                       .name = entry->name,
                                       .problem = *entry->problem ? entry->problem : NULL,
                                       .there = entry->listener || entry->journal,
                                       .tag = entry->tag};
        if (entry->rotation) {
            one.tag = newest_tag(entry, &one.there);
            one.lag_bytes = argot_rotation_lag(entry->rotation);
        }
        if (!state(context, &one))
            return;
    }
}

size_t
argot_live_inputs(const struct argot_live *live)
{
    return live->options.ninputs;
}

int
argot_live_port(const struct argot_live *live, size_t input)
{
    for (size_t i = 0; i < live->count; i++)
        if (live->entries[i].input == input && live->entries[i].listener)
            return argot_listener_port(live->entries[i].listener);
    return 0;
}
