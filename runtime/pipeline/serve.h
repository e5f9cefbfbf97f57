/* SPDX-License-Identifier: Apache-2.0
 * The loop of a run that has no end: blocks of live inputs, in turn, to events in the store and to alerts. Old files
 * are read in the order of their times; from then on what comes is taken as it comes. Commits come after rows, bytes,
 * or a moment in which nothing came. It is stopped between two blocks, and goes on there the next time. */
#pragma once
#include "input/live.h"
#include "pipeline/detect.h"
#include "report/report.h"

#define ARGOT_SERVE_WAIT_NS INT64_C(200000000)    /* whether it is to stop is looked at so often */
#define ARGOT_SERVE_TELLING_NS INT64_C(20000000)  /* the same while messages about alerts are under way */
#define ARGOT_SERVE_COMMIT_NS INT64_C(1000000000) /* what came is durable after so long */
#define ARGOT_SERVE_ATTEND_NS INT64_C(50000000)

struct argot_serve_options {
    /* As of detections: seam, registry, output, output_fd, stop, problem; plan, late_ns, store, warm_events,
       commit_rows. `each` has the settings of each live input. */
    struct argot_detect_options detect;
    struct argot_live_options live; /* seam, problem and context are filled in */
    bool ahead;                     /* a thread normalizes what comes next while what came is stored */
    bool (*reload)(void *context);  /* other rules are wanted; NULL: never. The context is that of `parse` */
    /* Called after each wait, and every ARGOT_SERVE_ATTEND_NS while there is much to do: whoever has descriptors in
       live.attended looks at them. NULL: nobody. */
    void *attending;
    void (*attend)(void *attending);
};

struct argot_serve;

/* Takes the store, opens the inputs, feeds the engine with what is stored. NULL with the reason in `why`. */
struct argot_serve *argot_serve_new(const struct argot_serve_options *options, char *why, size_t why_size);
void argot_serve_free(struct argot_serve *serve); /* NULL is fine */

enum argot_serve_status {
    ARGOT_SERVE_STOPPED, /* asked to; everything that was read is stored */
    ARGOT_SERVE_ENDED,   /* every input has ended */
    ARGOT_SERVE_RELOAD,  /* give it other rules, or not, and run again */
    ARGOT_SERVE_FULL,    /* the store's disk has no room: argot_serve_recover; or the end */
    ARGOT_SERVE_FAILED,  /* the result says why */
};
enum argot_serve_status argot_serve_run(struct argot_serve *serve);
/* Goes on with other rules; those that are as they were keep their state. And with the formats of another registry,
 * NULL for those that it has: what is there of the old ones is still used, so they must stay to the end. False with the
 * reason in `why`: the old rules and formats go on. */
bool argot_serve_reload(struct argot_serve *serve, const struct argot_plan *plan, struct argot_registry *registry,
                        char *why, size_t why_size);
/* After FULL, with the store opened anew, which it takes: goes on from the last commit, with what was taken since.
 * Files and sockets stay open all the while. False with the reason in `why`; where the store is full once more this can
 * be tried again. */
bool argot_serve_recover(struct argot_serve *serve, struct argot_store *store, char *why, size_t why_size);
/* After FULL: reads what comes to listeners for so long and gives it up, counted. False without memory. */
bool argot_serve_drop(struct argot_serve *serve, int64_t timeout_ns);
/* Records of listeners that were given up so, since it was made; that came, and were not stored yet. */
uint64_t argot_serve_dropped(const struct argot_serve *serve);
uint64_t argot_serve_unstored(const struct argot_serve *serve);
/* Certificates of listeners are read anew; what is wrong is told as a problem. */
void argot_serve_reread(struct argot_serve *serve);
/* What was done, with a source for each file and listener; as argot_detect_run gives it, and to be finished like that.
 */
bool argot_serve_result(struct argot_serve *serve, struct argot_detect_result *result);
/* What it tells of itself: all but store, process and memory; `report` is initialized. False without memory. */
bool argot_serve_report(struct argot_serve *serve, struct argot_report *report);
/* What became of the files and peers of an input. */
struct argot_live_counts argot_serve_counts(const struct argot_serve *serve, size_t input);
