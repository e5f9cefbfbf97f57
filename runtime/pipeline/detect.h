/* SPDX-License-Identifier: Apache-2.0
 * The loop from inputs to alerts: all inputs at once, event by event from the one that is furthest behind in time, so
 * that they are merged by event time, into the engine. What is written depends on the inputs alone. Conservation is
 * that of parsing; every event is also given to the engine. With a store, a run that is stopped or killed is gone on
 * from. */
#pragma once
#include "correlate/engine.h"
#include "pipeline/parse.h"
#include "store/store.h"

/* What blocks and events of all sources take together, as far as the smallest block allows: blocks become smaller with
 * the number of sources. A source whose record is longer takes the room for that record. */
#define ARGOT_DETECT_SOURCES_BYTES ((size_t)64 << 20)
#define ARGOT_DETECT_LEAST_BLOCK_BYTES ((size_t)4 << 10)

struct argot_announce;

struct argot_detect_options {
    /* Where from and where to. `output` is of the alerts: JSONL, TEXT or NONE. Of no use here: workers, with, columns,
       checksum. Progress is that of all inputs together, as source 0. */
    struct argot_parse_options parse;
    const struct argot_plan *plan;
    argot_time late_ns;              /* allowed lateness of rules that ask for less */
    const struct argot_watch *watch; /* NULL: nobody watches (correlate/watch.h) */
    size_t evidence_ring_bytes;      /* 0: ARGOT_EVIDENCE_RING_BYTES */
    /* Beside the output, if any: events, letters and alerts are kept there, with where each input stands, and what was
       kept before is gone on from (keep.h). NULL: nothing is kept. */
    struct argot_store *store;
    uint64_t warm_events;              /* 0: ARGOT_KEEP_WARM_EVENTS */
    uint64_t commit_rows;              /* 0: ARGOT_KEEP_COMMIT_ROWS */
    struct argot_announce *announce;   /* who is told of new alerts besides; NULL: nobody */
    const struct argot_settings *each; /* format and zone of each input; NULL: those of `parse` */
};

struct argot_detect_result {
    struct argot_parse_result parse; /* counts of all that was read */
    struct argot_engine_counts engine;
    uint32_t nrules;
    struct argot_engine_rule_counts *rules; /* one for each rule of the plan */
    uint64_t raw_lost;                      /* raw lines of causes that could not be had any more */
    uint64_t warmed, cold, forgotten; /* stored events that the engine was fed; that it could not be; too old ones */
    uint64_t moved;                   /* of history: events that have another time now than they were stored with */
    char store_problem[ARGOT_STORE_PROBLEM_BYTES]; /* after ARGOT_PARSE_STORE_ERROR */
};

/* False with the reason in `why` when it could not begin. The result must be finished when true was returned. */
bool argot_detect_run(const struct argot_detect_options *options, struct argot_detect_result *result, char *why,
                      size_t why_size);
void argot_detect_finish(struct argot_seam *seam, struct argot_detect_result *result);
