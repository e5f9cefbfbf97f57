/* SPDX-License-Identifier: Apache-2.0
 * What the files of audit.h share: audit.c reads the store, audit_rows.c holds its rows against what was written,
 * audit_kept.c against what is to be kept of them, and what the store says of itself. */
#pragma once
#include "audit.h"
#include "process.h"
#include <sqlite3.h>

#define SIM_AUDIT_SEGMENTS 96
#define SIM_AUDIT_SOURCES 512

/* Where a row of the store stands, best first. */
enum sim_row_kind { SIM_ROW_EVENT, SIM_ROW_WAITING, SIM_ROW_LETTER };

/* A record of a file, or a piece of one, or one of its events. What waits beside an event is one with it. */
struct sim_row {
    enum sim_row_kind kind;
    unsigned log, generation;
    uint32_t source;
    uint64_t record;
    unsigned part;
    unsigned line; /* of a log that was cut, else 0 */
    uint8_t *bytes;
    size_t length;
    bool bare;                               /* no bytes are there */
    bool has_raw;                            /* they are in the row itself */
    bool joined;                             /* and the same event waits, too */
    const struct argot_store_policy *policy; /* of its format; NULL: that is not known */
};

struct sim_source {
    unsigned log, generation; /* log SIM_SCRIPT_LOGS: what was sent */
    char name[SIM_DISK_PATH];
    int64_t events, letters; /* rows that it is said to have, less those that were found */
    int64_t records;
};

struct sim_segment {
    char path[SIM_DISK_PATH];
    int64_t alerts, letters, bytes, first_event;
    int64_t oldest[4]; /* newest event, raw line, alert and letter: wall clock; INT64_MAX: it has none */
    int64_t first_time, last_time;
    bool has_events;
};

/* An event that an alert names. */
struct sim_cause {
    uint32_t source;
    uint64_t record;
    unsigned part;
    argot_time time;
    const struct argot_store_policy *policy;
};

struct sim_reading {
    struct sim_audit *audit;
    struct sim_world *world;
    const struct sim_setup *setup;
    const struct sim_script *script;
    struct sim_senders *senders;
    struct sim_source sources[SIM_AUDIT_SOURCES];
    struct sim_segment segments[SIM_AUDIT_SEGMENTS];
    size_t nsegments;
    struct sim_row *rows;
    size_t nrows, rows_room;
    struct sim_cause *causes;
    size_t ncauses, causes_room;
    sqlite3 *db;
    const char *path;
    const struct sim_segment *segment; /* that is read; NULL: the live one */
    int64_t live_bytes;
    /* By the world's time: what was written before may have been given up. INT64_MIN: nothing may. */
    argot_time events_gone, letters_gone, waiting_gone;
    size_t bare; /* rows of logs that were cut, and messages, of which it is not known which they are */
};

void sim_audit_complain(struct sim_audit *audit, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* For qsort: log, line, generation, record, part, kind. */
int sim_audit_compare_rows(const void *a, const void *b);

/* Rows are sorted and one a key: each line is there, and each message that is due. */
void sim_audit_rows(struct sim_reading *reading);
/* Before that, one file: whether it is what the live one says. */
void sim_audit_segment(struct sim_reading *reading);
/* Rows and alerts are where policies want them; what is old was given up. */
void sim_audit_kept(struct sim_reading *reading);
