/* SPDX-License-Identifier: Apache-2.0
 * When the store has no room. What was taken since the last commit is remembered, since senders do not repeat
 * themselves. When there is room the engine is made anew of what is stored, as when a run begins, and what was taken
 * is taken once more; so what follows is what would have been. Until then nothing is read, or what comes is given up.
 */
#include "pipeline/serve_parts.h"
#include <stdio.h>
#include <string.h>

/* ---- what was taken since the last commit ---- */

static bool
make_room(struct argot_serve *serve, void **list, size_t count, size_t *room, size_t size)
{
    struct argot_seam *seam = serve->seam;
    if (count < *room)
        return true;
    size_t more = *room ? *room * 2 : 16;
    void *grown = *list ? seam->resize(seam, *list, more * size) : seam->allocate(seam, more * size);
    if (!grown)
        return false;
    *list = grown;
    *room = more;
    return true;
}

bool
argot_serve_remember(struct argot_serve *serve, const struct argot_live_block *block, bool end)
{
    struct argot_seam *seam = serve->seam;
    size_t size = end ? 0 : block->bytes.length + ARGOT_PADDING;
    if (!make_room(serve, (void **)&serve->since_commit, serve->nsince, &serve->since_room,
                   sizeof *serve->since_commit))
        return false;
    struct argot_serve_since *since = &serve->since_commit[serve->nsince];
    *since = (struct argot_serve_since){.block = *block, .end = end};
    since->block.source.tag = NULL;
    since->block.bytes.memory = size ? seam->allocate(seam, size) : NULL;
    since->block.bytes.bytes = since->block.bytes.memory;
    since->block.bytes.capacity = size;
    if (size && !since->block.bytes.memory)
        return false;
    if (size)
        memcpy(since->block.bytes.memory, block->bytes.bytes, size);
    serve->nsince++;
    return true;
}

static void
free_since(struct argot_serve *serve)
{
    for (size_t i = 0; i < serve->nsince; i++)
        argot_block_finish(serve->seam, &serve->since_commit[i].block.bytes);
    serve->nsince = 0;
}

void
argot_serve_forget(struct argot_serve *serve)
{
    free_since(serve);
    serve->ndropped = 0;
    serve->total_committed = serve->total;
    serve->alerts_committed = serve->alerts;
    for (size_t i = 0; i < serve->count; i++)
        serve->streams[i].committed = serve->streams[i].counts;
}

void
argot_serve_finish_full(struct argot_serve *serve)
{
    free_since(serve);
    serve->seam->release(serve->seam, serve->since_commit);
    serve->seam->release(serve->seam, serve->dropped);
}

uint64_t
argot_serve_unstored(const struct argot_serve *serve)
{
    uint64_t records = 0;
    for (size_t i = 0; i < serve->nsince; i++)
        if (!serve->since_commit[i].end && !serve->since_commit[i].block.source.file)
            records += argot_block_records(&serve->since_commit[i].block.bytes);
    return records;
}

/* ---- given up ---- */

static bool
give_up(struct argot_serve *serve)
{
    const struct argot_live_source *source = &serve->block.source;
    size_t i = 0;
    while (i < serve->ndropped && strcmp(serve->dropped[i].source.name, source->name) != 0)
        i++;
    if (i == serve->ndropped) {
        if (!make_room(serve, (void **)&serve->dropped, serve->ndropped, &serve->dropped_room, sizeof *serve->dropped))
            return false;
        serve->dropped[serve->ndropped++] = (struct argot_serve_dropped){0};
    }
    uint64_t records = argot_block_records(&serve->block.bytes);
    serve->dropped[i].source = *source;
    serve->dropped[i].source.tag = NULL;
    serve->dropped[i].records += records;
    serve->all_dropped += records;
    return true;
}

bool
argot_serve_drop(struct argot_serve *serve, int64_t timeout_ns)
{
    struct argot_seam *seam = serve->seam;
    argot_time until = seam->monotonic(seam) + timeout_ns;
    bool good = true;
    argot_live_listeners_only(serve->live, true);
    for (argot_time now; good && (now = seam->monotonic(seam)) < until;) {
        enum argot_live_status status = argot_live_next(serve->live, until - now, 0, &serve->block);
        if (status == ARGOT_LIVE_WAIT)
            break;
        good = status == ARGOT_LIVE_BLOCK && give_up(serve);
    }
    argot_live_listeners_only(serve->live, false);
    return good;
}

uint64_t
argot_serve_dropped(const struct argot_serve *serve)
{
    return serve->all_dropped;
}

/* ---- going on ---- */

/* Sources keep their numbers, by which files and listeners know them. */
static bool
use_store(struct argot_serve *serve, struct argot_store *store, char *why, size_t why_size)
{
    struct argot_keep keep;
    bool good = argot_keep_init(&keep, serve->seam, store, 0, why, why_size) && argot_keep_begin_live(&keep) &&
                argot_keep_meet_again(&keep, &serve->keep);
    serve->options.detect.store = store;
    argot_keep_finish(good ? &serve->keep : &keep);
    if (!good)
        return argot_serve_store_failed(serve);
    serve->keep = keep;
    argot_serve_use(serve, &serve->keep);
    serve->total = serve->total_committed;
    serve->alerts = serve->alerts_committed;
    for (size_t i = 0; i < serve->count; i++)
        serve->streams[i].counts = serve->streams[i].committed;
    return true;
}

static bool
take_again(struct argot_serve *serve)
{
    bool good = true;
    serve->again = true;
    for (size_t i = 0; good && i < serve->nsince; i++) {
        struct argot_serve_since *since = &serve->since_commit[i];
        good =
            since->end ? argot_serve_end_source(serve, &since->block.source) : argot_serve_take(serve, &since->block);
    }
    serve->again = false;
    for (size_t i = 0; good && i < serve->ndropped; i++) {
        size_t number;
        good = argot_serve_find(serve, &serve->dropped[i].source, &number);
        if (!good)
            break;
        argot_keep_dropped(&serve->keep, number, serve->dropped[i].records);
        good = argot_keep_stand(&serve->keep, number, &serve->dropped[i].source.position) ||
               argot_serve_store_failed(serve);
    }
    return good;
}

bool
argot_serve_recover(struct argot_serve *serve, struct argot_store *store, char *why, size_t why_size)
{
    why[0] = serve->problem[0] = 0;
    serve->sink.end = ARGOT_PARSE_DONE;
    argot_engine_free(serve->engine);
    serve->engine = NULL;
    if (use_store(serve, store, why, why_size) && argot_serve_make_engine(serve, why, why_size) &&
        argot_serve_begin(serve) && take_again(serve) && argot_serve_commit(serve))
        return true;
    if (*serve->problem)
        snprintf(why, why_size, "%s", serve->problem);
    return false;
}
