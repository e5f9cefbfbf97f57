/* SPDX-License-Identifier: Apache-2.0
 * A block is used up before the next is taken: stored, given to the engine, and the place behind it noted. So a commit
 * finds every source between two blocks. */
#include "pipeline/serve_parts.h"
#include "input/wildcard.h"
#include "pipeline/announce.h"
#include <stdio.h>
#include <string.h>

#define FLUSH_BYTES ((size_t)64 << 10) /* of output, before it is written in the middle of a block */
#define FIRST_ROOM 16
#define NAME_BYTES 4200 /* of a number in the store: a path and a few words */

/* ---- out ---- */

bool
argot_serve_is_open(const struct argot_serve *serve)
{
    return serve->sink.end == ARGOT_PARSE_DONE && !serve->no_memory;
}

static bool
flush(struct argot_serve *serve)
{
    return argot_sink_write(&serve->sink, &serve->letters, &serve->output, serve->no_memory);
}

/* The store's words are kept, and nothing more is done. */
bool
argot_serve_store_failed(struct argot_serve *serve)
{
    const char *problem = argot_store_problem(serve->options.detect.store);
    if (*problem && argot_serve_is_open(serve)) {
        serve->sink.end = ARGOT_PARSE_STORE_ERROR;
        snprintf(serve->problem, sizeof serve->problem, "%s", problem);
    } else {
        serve->no_memory = true;
    }
    return false;
}

static void
on_alert(void *context, const struct argot_alert *alert)
{
    struct argot_serve *serve = context;
    bool fresh = false;
    if (!argot_serve_is_open(serve))
        return;
    if (!argot_keep_alert(&serve->keep, alert, &fresh))
        argot_serve_store_failed(serve);
    if (!fresh)
        return;
    serve->alerts++;
    struct argot_announce *announce = serve->options.detect.announce;
    if (announce && !argot_announce_alert(announce, alert, &serve->style))
        argot_serve_store_failed(serve);
    if (serve->options.detect.parse.output == ARGOT_PARSE_TEXT)
        serve->total.replaced_bytes += argot_alert_text(alert, &serve->style, &serve->output);
    else if (serve->options.detect.parse.output == ARGOT_PARSE_JSONL)
        serve->total.replaced_bytes += argot_alert_json(alert, &serve->style, &serve->output);
    if (serve->output.length >= FLUSH_BYTES)
        flush(serve);
}

static struct argot_slice
on_raw(void *context, struct argot_identity identity, argot_raw_place place)
{
    struct argot_serve *serve = context;
    (void)identity;
    struct argot_slice raw = argot_keep_raw(&serve->keep, place);
    if (serve->keep.raw_failed)
        argot_serve_store_failed(serve); /* so that no alert is kept without what raised it */
    return raw;
}

static void
note_log(struct argot_serve *serve)
{
    struct argot_store_log log = argot_store_log(serve->options.detect.store);
    serve->log_bytes = log.bytes;
    serve->log_held += log.held;
}

bool
argot_serve_commit(struct argot_serve *serve)
{
    uint64_t before = serve->keep.commits;
    struct argot_announce *announce = serve->options.detect.announce;
    serve->committed = serve->seam->monotonic(serve->seam);
    if (announce && !argot_announce_flush(announce))
        return argot_serve_store_failed(serve);
    bool good = flush(serve) && (argot_keep_commit(&serve->keep, serve->engine) || argot_serve_store_failed(serve));
    if (serve->keep.commits != before) {
        argot_serve_forget(serve);
        note_log(serve);
    }
    if (announce && good)
        argot_announce_commit(announce);
    if (good)
        serve->durable = serve->seam->now(serve->seam);
    return good;
}

/* ---- sources ---- */

static bool
add_stream(struct argot_serve *serve, size_t number, size_t input)
{
    struct argot_seam *seam = serve->seam;
    argot_time seen;
    if (!argot_keep_seen(&serve->keep, number, &seen))
        return argot_serve_store_failed(serve);
    if (!argot_logs_add(&serve->logs, number, serve->keep.sources[number].stored.path, seen))
        return false;
    if (serve->room <= number) {
        size_t room = serve->room ? serve->room * 2 : FIRST_ROOM;
        room = room > number ? room : number + 1;
        struct argot_serve_stream *streams = serve->streams ? seam->resize(seam, serve->streams, room * sizeof *streams)
                                                            : seam->allocate(seam, room * sizeof *streams);
        if (!streams)
            return false;
        serve->streams = streams;
        serve->room = room;
    }
    for (; serve->count <= number; serve->count++)
        serve->streams[serve->count] = (struct argot_serve_stream){.input = SIZE_MAX};
    serve->streams[number].input = input;
    serve->streams[number].came = seam->monotonic(seam);
    return true;
}

/* The number of a source, which is its tag less one. */
bool
argot_serve_find(struct argot_serve *serve, const struct argot_live_source *source, size_t *number)
{
    if (source->tag && *source->tag) {
        *number = (size_t)*source->tag - 1;
        return true;
    }
    if (!argot_keep_find_live(&serve->keep, source->name, source->number, source->file, number))
        return argot_serve_store_failed(serve);
    if (source->tag)
        *source->tag = *number + 1;
    bool good = (*number < serve->count && serve->streams[*number].input == source->input) ||
                add_stream(serve, *number, source->input);
    serve->style.paths = serve->keep.names;
    serve->style.npaths = serve->keep.count;
    if (good && serve->engine)
        good = argot_engine_grow(serve->engine, (uint32_t)serve->keep.count, serve->keep.names);
    serve->no_memory = serve->no_memory || !good;
    return good;
}

/* Before the first block: each source that is there, or may be once it can be read, holds the time back until its first
 * event came, and is known to the store, so that a file is found again that is renamed before anything of it is
 * committed. */
static bool
await_source(void *context, const struct argot_live_source *source)
{
    struct argot_serve *serve = context;
    size_t number;
    if (!argot_serve_find(serve, source, &number))
        return false;
    if (source->file && !source->failing && !argot_keep_stand(&serve->keep, number, &source->position))
        return argot_serve_store_failed(serve);
    serve->no_memory |= !argot_engine_source_await(serve->engine, (uint32_t)number);
    return argot_serve_is_open(serve);
}

/* ---- blocks ---- */

/* What is taken is remembered first: the store may have no room for it. */
static void
take_new(struct argot_serve *serve, bool end)
{
    if (!argot_serve_remember(serve, &serve->block, end))
        serve->no_memory = true;
    else if (end)
        argot_serve_end_source(serve, &serve->block.source);
    else
        argot_serve_take(serve, &serve->block);
}

/* ---- time ---- */

/* What cannot be read just now may still have something to say. */
static bool
wait_for_failing(void *context, const struct argot_live_source *source)
{
    struct argot_serve *serve = context;
    size_t number;
    if (!source->failing)
        return true;
    if (!argot_serve_find(serve, source, &number))
        return false;
    serve->streams[number].came = serve->seam->monotonic(serve->seam);
    return true;
}

/* Once all that was there is read, who has said nothing holds nobody up. */
static void
catch_up(struct argot_serve *serve)
{
    argot_time now = serve->seam->monotonic(serve->seam);
    serve->caught_up = true;
    for (size_t i = 0; i < serve->count; i++)
        if (!serve->streams[i].counts.records)
            serve->streams[i].came = now < INT64_MIN + ARGOT_ENGINE_IDLE_NS ? now : now - ARGOT_ENGINE_IDLE_NS;
    (void)argot_live_each(serve->live, serve, wait_for_failing); /* without memory, or a store, that is known */
}

static void
every_second(struct argot_serve *serve, argot_time now)
{
    serve->next_second = now + ARGOT_SERVE_COMMIT_NS;
    argot_logs_tick(&serve->logs, now);
    if (serve->options.detect.announce && !argot_announce_tick(serve->options.detect.announce))
        argot_serve_store_failed(serve);
    if (!serve->caught_up)
        return;
    bool good = argot_engine_clock(serve->engine, serve->seam->now(serve->seam));
    for (size_t i = 0; good && i < serve->count; i++)
        if (now - serve->streams[i].came >= ARGOT_ENGINE_IDLE_NS)
            good = argot_engine_source_idle(serve->engine, (uint32_t)i);
    serve->no_memory |= !good;
}

/* Who is told is not waited for, but asked more often. */
static bool
is_telling(const struct argot_serve *serve)
{
    return serve->options.detect.announce && argot_announce_is_busy(serve->options.detect.announce);
}

static void
keep_time(struct argot_serve *serve, bool waiting)
{
    argot_time now = serve->seam->monotonic(serve->seam);
    if (waiting && !serve->caught_up) {
        catch_up(serve);
        serve->next_second = now;
    }
    if (now >= serve->next_second)
        every_second(serve, now);
    else if (is_telling(serve) && !argot_announce_go_on(serve->options.detect.announce))
        argot_serve_store_failed(serve);
    if (serve->options.attend && (waiting || now >= serve->next_attend)) {
        serve->options.attend(serve->options.attending);
        serve->next_attend = now + ARGOT_SERVE_ATTEND_NS;
    }
    if (waiting && argot_serve_is_open(serve))
        flush(serve);
    if (argot_serve_is_open(serve) &&
        (argot_keep_is_due(&serve->keep) || now - serve->committed >= ARGOT_SERVE_COMMIT_NS))
        argot_serve_commit(serve);
}

/* ---- the loop ---- */

static bool
is_asked(const struct argot_serve *serve, bool (*what)(void *context))
{
    return what && what(serve->options.detect.parse.context);
}

static enum argot_serve_status
fail(struct argot_serve *serve)
{
    if (serve->no_memory && serve->sink.end == ARGOT_PARSE_DONE)
        serve->sink.end = ARGOT_PARSE_NO_MEMORY;
    bool full = serve->sink.end == ARGOT_PARSE_STORE_ERROR && argot_store_is_full(serve->options.detect.store);
    return full ? ARGOT_SERVE_FULL : ARGOT_SERVE_FAILED;
}

/* The tag of the source whose time is furthest behind: 0 for none. */
static uint64_t
wanted(const struct argot_serve *serve)
{
    return (uint64_t)(argot_engine_next_source(serve->engine) + 1);
}

static enum argot_serve_status
end_all(struct argot_serve *serve)
{
    serve->no_memory |= !argot_engine_finish(serve->engine);
    return argot_serve_is_open(serve) && argot_serve_commit(serve) ? ARGOT_SERVE_ENDED : fail(serve);
}

/* What was read from senders, who do not send it again. */
static enum argot_serve_status
stop(struct argot_serve *serve)
{
    while (argot_serve_is_open(serve) && argot_live_rest(serve->live, &serve->block))
        take_new(serve, false);
    return argot_serve_is_open(serve) && argot_serve_commit(serve) ? ARGOT_SERVE_STOPPED : fail(serve);
}

enum argot_serve_status
argot_serve_run(struct argot_serve *serve)
{
    while (argot_serve_is_open(serve)) {
        if (is_asked(serve, serve->options.detect.parse.stop))
            return stop(serve);
        if (is_asked(serve, serve->options.reload))
            return ARGOT_SERVE_RELOAD;
        int64_t wait_ns = is_telling(serve) ? ARGOT_SERVE_TELLING_NS : ARGOT_SERVE_WAIT_NS;
        enum argot_live_status status = argot_live_next(serve->live, wait_ns, wanted(serve), &serve->block);
        if (status == ARGOT_LIVE_DONE)
            return end_all(serve);
        if (status == ARGOT_LIVE_NO_MEMORY)
            serve->no_memory = true;
        else if (status == ARGOT_LIVE_BLOCK || status == ARGOT_LIVE_END)
            take_new(serve, status == ARGOT_LIVE_END);
        if (argot_serve_is_open(serve))
            keep_time(serve, status == ARGOT_LIVE_WAIT);
    }
    return fail(serve);
}

void
argot_serve_reread(struct argot_serve *serve)
{
    argot_live_reload(serve->live);
}

bool
argot_serve_reload(struct argot_serve *serve, const struct argot_plan *plan, struct argot_registry *registry, char *why,
                   size_t why_size)
{
    const struct argot_settings none = {0};
    struct argot_worker *worker = registry ? argot_worker_new(registry, &none) : NULL;
    snprintf(why, why_size, "there is no memory");
    if ((registry && !worker) || !argot_engine_reload(serve->engine, plan, why, why_size)) {
        argot_worker_free(worker);
        return false;
    }
    serve->options.detect.plan = serve->style.plan = plan;
    argot_keep_rules(&serve->keep, plan);
    if (!worker)
        return true;
    argot_worker_free(serve->worker);
    argot_store_forget_shapes(serve->options.detect.store);
    serve->worker = worker;
    serve->settled = false;
    serve->options.detect.parse.registry = registry;
    return true;
}

/* ---- the whole ---- */

static void
on_problem(void *context, size_t input, const char *name, const char *reason)
{
    const struct argot_parse_options *parse = &((struct argot_serve *)context)->options.detect.parse;
    (void)input;
    if (parse->problem)
        parse->problem(parse->context, name, reason);
}

/* Whose format and zone an old source has: that of the input which it is of, as far as there is one. */
static bool
is_of(const struct argot_live_input *input, const char *path)
{
    if (input->kind == ARGOT_LIVE_PATTERN)
        return argot_wildcard_fits(input->name, path);
    return !strcmp(input->name, path);
}

static bool
make_known(struct argot_serve *serve, size_t number, const char *path, uint64_t place,
           const struct argot_tail_position *position)
{
    struct argot_buffer cursor;
    argot_buffer_init(&cursor, serve->seam);
    bool good = argot_keep_cursor(&serve->keep, number, &cursor);
    argot_buffer_append_byte(&cursor, 0);
    good = good && !cursor.failed &&
           argot_live_know(serve->live, path, place, position, cursor.length > 1 ? (const char *)cursor.bytes : NULL,
                           serve->keep.sources[number].over);
    argot_buffer_finish(&cursor);
    return good;
}

static bool
know_source(struct argot_serve *serve, size_t number)
{
    struct argot_tail_position position;
    const struct argot_live_options *live = &serve->options.live;
    const char *path;
    uint64_t place;
    if (!add_stream(serve, number, SIZE_MAX))
        return false;
    if (!argot_keep_known(&serve->keep, number, &path, &place, &position))
        return true;
    for (size_t i = 0; i < live->ninputs; i++)
        if (is_of(&live->inputs[i], path)) {
            serve->streams[number].input = i;
            return make_known(serve, number, path, place, &position);
        }
    return true;
}

/* What rotated before anything of a log was committed is told from what is older than the first run by this. */
static bool
remember_begin(struct argot_serve *serve)
{
    struct argot_live_options *live = &serve->options.live;
    struct argot_store *store = serve->options.detect.store;
    argot_time now = serve->seam->now(serve->seam);
    char name[NAME_BYTES];
    serve->since = serve->seam->allocate(serve->seam, (live->ninputs + 1) * sizeof *serve->since);
    if (!serve->since)
        return false;
    for (size_t i = 0; i < live->ninputs; i++) {
        if (snprintf(name, sizeof name, "first look at %s", live->inputs[i].name) >= (int)sizeof name ||
            !argot_store_number(store, name, INT64_MIN, &serve->since[i]))
            return argot_serve_store_failed(serve);
        if (serve->since[i] != INT64_MIN)
            continue;
        serve->since[i] = now;
        if (!argot_store_put_number(store, name, now))
            return argot_serve_store_failed(serve);
    }
    live->since = serve->since;
    return true;
}

static bool
make_live(struct argot_serve *serve)
{
    if (!remember_begin(serve))
        return false;
    serve->options.live.seam = serve->seam;
    serve->options.live.context = serve;
    serve->options.live.problem = on_problem;
    serve->live = argot_live_new(&serve->options.live);
    bool good = serve->live && argot_keep_begin_live(&serve->keep);
    for (size_t i = 0; good && i < serve->keep.count; i++)
        good = know_source(serve, i);
    return good;
}

bool
argot_serve_make_engine(struct argot_serve *serve, char *why, size_t why_size)
{
    const struct argot_detect_options *detect = &serve->options.detect;
    serve->style = (struct argot_alert_style){.plan = detect->plan,
                                              .paths = serve->keep.names,
                                              .npaths = serve->keep.count,
                                              .color = detect->parse.color,
                                              .standard = detect->parse.standard};
    struct argot_engine_options engine = {
        .seam = serve->seam,
        .plan = detect->plan,
        .nsources = (uint32_t)serve->keep.count,
        .names = serve->keep.names,
        .order_by_name = true,
        .late_ns = detect->late_ns,
        .context = serve,
        .alert = on_alert,
        .raw = on_raw,
    };
    serve->engine = argot_engine_new(&engine, why, why_size);
    return serve->engine;
}

/* The settings of sources as the store has them, in their order. */
static bool
warm_up(struct argot_serve *serve)
{
    struct argot_seam *seam = serve->seam;
    const struct argot_settings *of = serve->options.detect.each;
    size_t count = serve->keep.count;
    struct argot_settings *each = seam->allocate(seam, (count + 1) * sizeof *each);
    if (!each)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t input = serve->streams[i].input;
        each[i] = of && input != SIZE_MAX ? of[input] : (struct argot_settings){0};
    }
    bool good = argot_keep_warm(&serve->keep, serve->engine, serve->worker, each);
    serve->settled = false; /* it has others now */
    seam->release(seam, each);
    return good || argot_serve_store_failed(serve);
}

/* Sources of earlier runs that are none of this one hold nothing back. */
bool
argot_serve_begin(struct argot_serve *serve)
{
    bool good = warm_up(serve);
    for (size_t i = 0; good && i < serve->keep.count; i++)
        good = argot_engine_source_idle(serve->engine, (uint32_t)i);
    argot_keep_warmed(&serve->keep);
    return good && argot_live_each(serve->live, serve, await_source);
}

void
argot_serve_use(struct argot_serve *serve, struct argot_keep *keep)
{
    const struct argot_detect_options *detect = &serve->options.detect;
    if (detect->commit_rows)
        keep->commit_rows = detect->commit_rows;
    if (detect->warm_events)
        keep->warm_events = detect->warm_events;
    argot_keep_rules(keep, detect->plan);
}

struct argot_serve *
argot_serve_new(const struct argot_serve_options *options, char *why, size_t why_size)
{
    const struct argot_parse_options *parse = &options->detect.parse;
    struct argot_seam *seam = parse->seam;
    struct argot_serve *serve = seam->allocate(seam, sizeof *serve);
    snprintf(why, why_size, "there is no memory");
    if (!serve)
        return NULL;
    *serve = (struct argot_serve){.options = *options, .seam = seam, .sink = argot_sink_of(parse)};
    serve->started = serve->committed = seam->monotonic(seam);
    serve->began = serve->durable = seam->now(seam);
    argot_logs_init(&serve->logs, seam);
    argot_buffer_init(&serve->output, seam);
    argot_buffer_init(&serve->letters, seam);
    serve->worker = argot_worker_new(parse->registry, &serve->settings);
    serve->ahead = argot_ahead_new(seam, options->ahead);
    bool good =
        argot_keep_init(&serve->keep, seam, options->detect.store, 0, why, why_size) && serve->worker && serve->ahead;
    argot_serve_use(serve, &serve->keep);
    if (good && make_live(serve) && argot_serve_make_engine(serve, why, why_size) && argot_serve_begin(serve) &&
        argot_serve_commit(serve) &&
        (argot_store_commit(serve->options.detect.store) || argot_serve_store_failed(serve)))
        return serve;
    if (*serve->problem)
        snprintf(why, why_size, "%s", serve->problem);
    argot_serve_free(serve);
    return NULL;
}

void
argot_serve_free(struct argot_serve *serve)
{
    if (!serve)
        return;
    struct argot_seam *seam = serve->seam;
    argot_engine_free(serve->engine);
    argot_live_free(serve->live);
    argot_block_finish(seam, &serve->block.bytes);
    argot_serve_finish_full(serve);
    argot_keep_finish(&serve->keep);
    argot_logs_finish(&serve->logs);
    argot_ahead_free(serve->ahead);
    argot_worker_free(serve->worker);
    argot_buffer_finish(&serve->output);
    argot_buffer_finish(&serve->letters);
    seam->release(seam, serve->streams);
    seam->release(seam, serve->since);
    seam->release(seam, serve);
}

bool
argot_serve_result(struct argot_serve *serve, struct argot_detect_result *result)
{
    struct argot_seam *seam = serve->seam;
    uint32_t nrules = serve->options.detect.plan->nrules;
    *result = (struct argot_detect_result){.nrules = nrules};
    result->parse.sources = seam->allocate(seam, (serve->count + 1) * sizeof *result->parse.sources);
    result->rules = seam->allocate(seam, (nrules + 1) * sizeof *result->rules);
    if (!result->parse.sources || !result->rules)
        return false;
    for (size_t i = 0; i < serve->count; i++)
        result->parse.sources[i] =
            (struct argot_parse_source){.path = serve->keep.names[i], .counts = serve->streams[i].counts};
    for (uint32_t i = 0; i < nrules; i++)
        result->rules[i] = argot_serve_rule_counts(serve, i);
    result->parse.nsources = serve->count;
    result->parse.total = serve->total;
    result->parse.end = serve->sink.end;
    result->parse.error = serve->sink.error;
    result->parse.duration_ns = seam->monotonic(seam) - serve->started;
    result->engine = argot_serve_engine_counts(serve);
    result->raw_lost = serve->keep.raw_lost;
    result->warmed = serve->keep.warmed;
    result->cold = serve->keep.cold;
    result->forgotten = serve->keep.forgotten;
    snprintf(result->store_problem, sizeof result->store_problem, "%s", serve->problem);
    return true;
}

struct argot_live_counts
argot_serve_counts(const struct argot_serve *serve, size_t input)
{
    return argot_live_counts(serve->live, input);
}
