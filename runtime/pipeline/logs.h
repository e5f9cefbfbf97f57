/* SPDX-License-Identifier: Apache-2.0
 * What a run tells of its logs and listeners: a log is all the files at one path, through its rotations. Sources have
 * the numbers that they have in the engine. */
#pragma once
#include "base/arena.h"
#include "correlate/engine.h"
#include "input/live.h"
#include "pipeline/keep.h"
#include "report/report.h"

#define ARGOT_LOGS_MARK_NS INT64_C(30000000000) /* rates are of the time from the mark before the last one */

struct argot_logs_mark {
    argot_time at; /* monotonic */
    uint64_t records, bytes;
};

struct argot_logs_log {
    const char *path;
    size_t number;              /* of its newest source */
    struct argot_counts counts; /* of this run */
    argot_time seen;            /* by the clock: when something came last; INT64_MIN: never */
    struct argot_logs_mark marks[2];
    uint64_t sources; /* these three are made for each report */
    struct argot_store_counts stored;
    argot_time newest;
};

struct argot_logs {
    struct argot_seam *seam;
    struct argot_arena arena; /* of paths */
    size_t count, room, nsources, sources_room;
    struct argot_logs_log *logs;
    uint32_t *of; /* log of each source */
    argot_time next_mark;
};

void argot_logs_init(struct argot_logs *logs, struct argot_seam *seam);
void argot_logs_finish(struct argot_logs *logs);
/* The source is of the log at a path, and something of it was seen then; sources come by rising numbers. O(logs). False
 * without memory. */
bool argot_logs_add(struct argot_logs *logs, size_t source, const char *path, argot_time seen);
/* Records of a source came. */
void argot_logs_count(struct argot_logs *logs, size_t source, const struct argot_counts *counts);
/* To be called every second or so; `now` is monotonic. */
void argot_logs_tick(struct argot_logs *logs, argot_time now);

/* What is told of the logs that a run has: `report` gets its list, in its arena, and what it counts of inputs. False
 * without memory. O(sources). */
bool argot_logs_report(struct argot_logs *logs, const struct argot_live *live, const struct argot_keep *keep,
                       const struct argot_engine *engine, argot_time late_ns, struct argot_report *report);
