/* SPDX-License-Identifier: Apache-2.0
 * What a run keeps: events, dead letters and alerts go to the store, with where each input stands, so that a run goes
 * on where the one before it was when it committed last, however that ended. The engine's state is not stored: it is
 * made again from the stored events. Sources have the numbers that they have in the engine. */
#pragma once
#include "base/arena.h"
#include "correlate/engine.h"
#include "input/tail.h"
#include "normalize/normalize.h"
#include "store/store.h"

#define ARGOT_KEEP_COMMIT_ROWS 10000u                /* a commit comes after so many rows, */
#define ARGOT_KEEP_COMMIT_BYTES ((uint64_t)32 << 20) /* or so many bytes of records */
#define ARGOT_KEEP_WARM_EVENTS UINT64_C(150000)      /* newest stored events that an engine begins with */
#define ARGOT_KEEP_SETTLED "settled"                 /* in the store: all alerts before this time are there */
#define ARGOT_KEEP_SEEN "seen of source %u"          /* in the store: when something of it was committed last */
#define ARGOT_KEEP_FINGERPRINT_BYTES 1024u /* first bytes by which a file is known, fewer where it is shorter */

struct argot_keep_source {
    struct argot_store_source stored;  /* id 0: not met yet */
    struct argot_store_position begin; /* where this run went on */
    bool known, changed;
    bool over;   /* read to its end in an earlier run, and as it was then: nothing is to be read */
    bool closed; /* the engine knows that it has ended */
};

struct argot_keep {
    struct argot_seam *seam;
    struct argot_store *store;
    struct argot_arena arena;             /* names and sources */
    const struct argot_store_source *old; /* as the store had them when the run began */
    size_t nold;
    size_t room;
    size_t count, ninputs; /* sources; the inputs come first, behind them those of earlier runs that are none now */
    struct argot_keep_source *sources;
    const char **names; /* of the sources: parts of identities of alerts */
    uint32_t *ids;      /* of the sources, in the store */
    uint32_t *numbers;  /* by id in the store: 1 + number of the source */
    size_t nnumbers;
    uint64_t commit_rows;     /* ARGOT_KEEP_COMMIT_ROWS, but for tests */
    uint64_t bytes;           /* of records since the last commit */
    uint64_t commits;         /* so many so far */
    struct argot_buffer line; /* the raw line that was asked for last */
    uint64_t raw_lost;        /* raw lines that are not there */
    bool raw_failed;          /* one could not be read from the live segment: the store failed */
    uint64_t warm_events;     /* ARGOT_KEEP_WARM_EVENTS, or what was asked for */
    int64_t reach_ns;         /* how far back an alert may name events: of argot_keep_rules */
    uint64_t warmed, cold;    /* stored events that an engine was fed; that could not be made again */
    uint64_t forgotten;       /* that are too old to be fed */
    argot_time known;         /* while an engine is fed: alerts before this time were told by the one before */
    bool live;                /* its sources have no end: time goes on by the clock too */
};

/* Takes the store, which must outlive it, and makes room for sources. False with the reason in `why`; finish must
 * follow in any case. */
bool argot_keep_init(struct argot_keep *keep, struct argot_seam *seam, struct argot_store *store, size_t ninputs,
                     char *why, size_t why_size);
void argot_keep_finish(struct argot_keep *keep);

/* An input was opened and nothing read of it: finds out which source it is and lets it go on where that stands. NULL
 * input: it could not be opened. The path must outlive the keep. False: the store failed, or there is no memory. */
bool argot_keep_open(struct argot_keep *keep, size_t number, const char *path, struct argot_input *input);
/* All inputs were opened: adds the other sources that the store knows, so that names and count are complete. */
bool argot_keep_complete(struct argot_keep *keep);

/* Whether the event was stored in an earlier run: of a record that makes several, the first may have been. */
static inline bool
argot_keep_has(const struct argot_keep *keep, size_t number, uint64_t record, uint32_t part)
{
    const struct argot_store_position *begin = &keep->sources[number].begin;
    return record == begin->record && part < begin->part;
}
/* Each stores, and counts. An event must stay as it is until argot_keep_flush or a commit. False: the store failed. */
bool argot_keep_event(struct argot_keep *keep, size_t number, const struct argot_event *event, argot_raw_place *place);
bool argot_keep_letter(struct argot_keep *keep, size_t number, argot_time received, const struct argot_letter *letter);
void argot_keep_skipped(struct argot_keep *keep, size_t number);
/* Events that were stored need not stay any more. */
static inline bool
argot_keep_flush(struct argot_keep *keep)
{
    return argot_store_flush(keep->store);
}
/* *fresh: it was not there before. */
bool argot_keep_alert(struct argot_keep *keep, const struct argot_alert *alert, bool *fresh);
/* The raw line of a stored event, until the next call; at NULL, and counted, when it is not there. */
struct argot_slice argot_keep_raw(struct argot_keep *keep, argot_raw_place place);

static inline bool
argot_keep_is_due(const struct argot_keep *keep)
{
    return argot_store_pending(keep->store) >= keep->commit_rows || keep->bytes >= ARGOT_KEEP_COMMIT_BYTES;
}
/* Where an input stands now. Goes into the store with the next commit. */
void argot_keep_position(struct argot_keep *keep, size_t number, const struct argot_store_position *position);
/* The input is at its end, after so many bytes of the file. */
void argot_keep_end(struct argot_keep *keep, size_t number, uint64_t size_bytes);
bool argot_keep_commit(struct argot_keep *keep, const struct argot_engine *engine);
/* The rules are these: how far back they look, and whether anybody asks for what is not kept. Flush before. */
void argot_keep_rules(struct argot_keep *keep, const struct argot_plan *plan);
/* Feeds an engine with the newest stored events as they were fed before, each record read again with the settings of
 * its source (NULL: found for each record, UTC), by a worker whose settings are changed. Alerts that come of it and are
 * in the store already change nothing. False: the store failed, or there is no memory. */
bool argot_keep_warm(struct argot_keep *keep, struct argot_engine *engine, struct argot_worker *worker,
                     const struct argot_settings *each);
/* The engine is as it was: what it tells from now on is new, whatever its time. */
static inline void
argot_keep_warmed(struct argot_keep *keep)
{
    keep->known = INT64_MIN;
}

/* By the clock: the last commit of something of a source; INT64_MIN: never. False: the store failed. */
bool argot_keep_seen(struct argot_keep *keep, size_t number, argot_time *seen);

/* ---- live inputs: keep_live.c ---- */

/* Instead of argot_keep_open and argot_keep_complete: all sources that the store knows, in their order, those that have
 * ended as such. False without memory. */
bool argot_keep_begin_live(struct argot_keep *keep);
/* What the store says of a source: the log it is of and its place among the files there; where it stands. False for one
 * that is no file of a log and no listener. */
bool argot_keep_known(struct argot_keep *keep, size_t number, const char **path, uint64_t *place,
                      struct argot_tail_position *position);
/* The number of the source that is this file of a log, or this listener; a new one for what is not known. The path must
 * outlive the keep. False: the store failed, or there is no memory. */
bool argot_keep_find_live(struct argot_keep *keep, const char *path, uint64_t place, bool file, size_t *number);
/* Adds the sources that another keep of the same inputs met since its begin, as they were met: they get the numbers
 * that they have there. */
bool argot_keep_meet_again(struct argot_keep *keep, const struct argot_keep *before);
/* Records that were read and given up. */
void argot_keep_dropped(struct argot_keep *keep, size_t number, uint64_t records);
/* Of a journal: its cursor, appended; nothing where there is none. False: the store failed. */
bool argot_keep_cursor(struct argot_keep *keep, size_t number, struct argot_buffer *cursor);
/* It stands there now. */
bool argot_keep_put_cursor(struct argot_keep *keep, size_t number, const char *cursor);
/* Where it stands now. */
bool argot_keep_stand(struct argot_keep *keep, size_t number, const struct argot_tail_position *position);
