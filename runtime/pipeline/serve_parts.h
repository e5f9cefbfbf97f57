/* SPDX-License-Identifier: Apache-2.0
 * What the files of a run that has no end share: serve.c has the loop, serve_take.c what becomes of a block,
 * serve_full.c what happens when the store has no room, serve_report.c what it tells of itself. */
#pragma once
#include "output/alert.h"
#include "pipeline/ahead.h"
#include "pipeline/keep.h"
#include "pipeline/logs.h"
#include "pipeline/serve.h"
#include "pipeline/sink.h"

struct argot_serve_stream {
    struct argot_counts counts, committed; /* now, and as of the last commit */
    argot_time came;                       /* monotonic: its last event, or when it was found */
    size_t input;                          /* SIZE_MAX: of an earlier run */
};

/* A block that was taken, with memory of its own; or that its source ended. */
struct argot_serve_since {
    struct argot_live_block block; /* its source has no tag */
    bool end;
};

struct argot_serve_dropped {
    struct argot_live_source source; /* with its newest position */
    uint64_t records;
};

struct argot_serve {
    struct argot_serve_options options;
    struct argot_seam *seam;
    struct argot_live *live;
    struct argot_live_block block;
    struct argot_keep keep;
    struct argot_engine *engine;
    struct argot_worker *worker;
    struct argot_settings settings;
    bool settled; /* the worker has some */
    struct argot_ahead *ahead;
    struct argot_alert_style style;
    struct argot_sink sink;
    struct argot_buffer output, letters; /* the latter is empty: letters go to the store */
    argot_time *since;                   /* of each input: when it was looked at first */
    size_t count, room;
    struct argot_serve_stream *streams; /* by number of the source */
    struct argot_logs logs;
    struct argot_counts total, total_committed;
    uint64_t alerts, alerts_committed; /* stored */
    uint64_t log_bytes, log_held;      /* of the store, as of the last commit */
    size_t nsince, since_room;
    struct argot_serve_since *since_commit; /* what was taken since the last commit, in its order */
    size_t ndropped, dropped_room;
    struct argot_serve_dropped *dropped; /* of listeners, and not yet stored */
    uint64_t all_dropped;
    argot_time started, next_second, committed, next_attend; /* monotonic */
    argot_time began, durable;                               /* by the clock: the run; its last commit */
    bool again;                                              /* what is taken was taken before */
    bool caught_up, no_memory;
    char problem[ARGOT_STORE_PROBLEM_BYTES];
};

/* ---- serve.c ---- */

/* Nothing has failed so far. */
bool argot_serve_is_open(const struct argot_serve *serve);
bool argot_serve_find(struct argot_serve *serve, const struct argot_live_source *source, size_t *number);
bool argot_serve_make_engine(struct argot_serve *serve, char *why, size_t why_size);
/* An engine that knows what is stored, and sources that hold back what they must; nothing is committed. */
bool argot_serve_begin(struct argot_serve *serve);
bool argot_serve_commit(struct argot_serve *serve);
bool argot_serve_store_failed(struct argot_serve *serve);
void argot_serve_use(struct argot_serve *serve, struct argot_keep *keep);

/* ---- serve_report.c ---- */

/* Nothing where going on failed and there is no engine. */
struct argot_engine_counts argot_serve_engine_counts(const struct argot_serve *serve);
struct argot_engine_rule_counts argot_serve_rule_counts(const struct argot_serve *serve, uint32_t rule);

/* ---- serve_take.c ---- */

/* Everything that was taken is used up, or the serve has failed, which it says. */
bool argot_serve_take(struct argot_serve *serve, const struct argot_live_block *block);
bool argot_serve_end_source(struct argot_serve *serve, const struct argot_live_source *source);

/* ---- serve_full.c ---- */

/* Remembers a block, or an end, until the next commit. False: no memory. */
bool argot_serve_remember(struct argot_serve *serve, const struct argot_live_block *block, bool end);
void argot_serve_forget(struct argot_serve *serve); /* there was a commit */
void argot_serve_finish_full(struct argot_serve *serve);
