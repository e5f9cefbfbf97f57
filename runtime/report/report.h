/* SPDX-License-Identifier: Apache-2.0
 * What a run tells of itself, as plain data: whoever has the run fills it in, and here it becomes JSON, a table for
 * people, or metrics. docs/run.md explains each number. Times are by the clock; INT64_MIN stands for never. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include "normalize/normalize.h"

#define ARGOT_REPORT_IDLE_NS INT64_C(60000000000)     /* a log that was still for so long is idle, */
#define ARGOT_REPORT_SILENT_NS INT64_C(3600000000000) /* and for so long silent */

enum argot_report_state {
    ARGOT_REPORT_UNKNOWN, /* no run is there to tell */
    ARGOT_REPORT_BEHIND,  /* there is more to read */
    ARGOT_REPORT_LIVE,
    ARGOT_REPORT_IDLE,
    ARGOT_REPORT_SILENT,
    ARGOT_REPORT_ABSENT, /* there is no such file, or it does not listen */
    ARGOT_REPORT_FAILED, /* `problem` says why */
    ARGOT_REPORT_STATES
};

enum argot_report_phase {
    ARGOT_REPORT_STOPPED, /* no run is there */
    ARGOT_REPORT_CATCHING_UP,
    ARGOT_REPORT_RUNNING,
    ARGOT_REPORT_NO_ROOM, /* it waits for room on the store's disk */
    ARGOT_REPORT_PHASES
};

/* What was lost, what ran into a limit, what rules did not get: name, and what it counts. */
#define ARGOT_REPORT_COUNTS(X)                                                                                         \
    X(DROP, RECORDS, "records", "Records from senders given up, since the store had no room")                          \
    X(DROP, DATAGRAMS, "datagrams", "Datagrams that the system dropped, since its buffer was full")                    \
    X(DROP, DATAGRAM_ENDS, "datagram_ends", "Datagrams of which the end was cut off")                                  \
    X(DROP, JOURNAL_GAPS, "journal_gaps", "Times that entries of a journal were gone before they were read")           \
    X(DROP, JOURNAL_PARTS, "journal_parts", "Entries of a journal of which a part could not be read")                  \
    X(DROP, TLS_CONNECTIONS, "tls_connections", "Connections of TLS that ended before they were trusted")              \
    X(DROP, FILE_BYTES, "file_bytes", "Bytes that were cut off a file before they were read, at least")                \
    X(DROP, FILES, "files", "Old files that were removed before they were read")                                       \
    X(DROP, ALERT_MESSAGES, "alert_messages", "Messages about alerts that could not be told")                          \
    X(DROP, RAW_LINES, "raw_lines", "Raw lines of causes of alerts that could not be had any more")                    \
    X(LIMIT, CONNECTIONS, "connections", "Connections of syslog refused, since there were too many")                   \
    X(LIMIT, IDLE_CONNECTIONS, "idle_connections", "Connections of syslog closed, since they were still for long")     \
    X(LIMIT, PENDING_BYTES, "pending_bytes", "Connections given up, since messages without an end took the room")      \
    X(LIMIT, JOURNAL_FIELDS, "journal_fields", "Fields of a journal that were cut")                                    \
    X(LIMIT, RECORD_BYTES, "record_bytes", "Dead letters of records that are too long")                                \
    X(LIMIT, LOGS, "logs", "Looks at files that are not read, since there are too many")                               \
    X(LIMIT, ALERT_GROUPS, "alert_groups", "Groups of alerts summed up early, since there were too many")              \
    X(LIMIT, ALERT_BYTES, "alert_bytes", "Messages of syslog about alerts that were cut")                              \
    X(LIMIT, WAITING_EVENTS, "waiting_events", "Events taken before their time, since too many waited for order")      \
    X(LIMIT, RULE_KEYS, "rule_keys", "Keys that rules gave up at their limit")                                         \
    X(LIMIT, RULE_EVENTS, "rule_events", "Events dropped from windows of rules at their limit")                        \
    X(LIMIT, WARM_UP, "warm_up", "Stored events that are too old to go through the rules again")                       \
    X(LIMIT, STORE_LOG, "store_log", "Times that the store's log grew on, since readers were in the middle of it")     \
    X(LIMIT, STATUS_CONNECTIONS, "status_connections", "Who asked for the status and was sent away, or was too slow")  \
    X(KEPT, LATE, "late", "Events that came too late for some rule")                                                   \
    X(KEPT, STRAY, "stray", "Events with a time far from those around them")                                           \
    X(KEPT, NO_KEY, "no_key", "Events without the key of a rule")                                                      \
    X(KEPT, COLD, "cold", "Stored events that could not be read again for the rules")

enum argot_report_group { ARGOT_REPORT_DROP, ARGOT_REPORT_LIMIT, ARGOT_REPORT_KEPT, ARGOT_REPORT_GROUPS };
enum argot_report_count {
#define X(group, name, word, words) ARGOT_REPORT_##name,
    ARGOT_REPORT_COUNTS(X)
#undef X
        ARGOT_REPORT_COUNT
};

/* A followed log with all its files, or a listener. */
struct argot_report_log {
    const char *name;
    const char *problem; /* NULL: none */
    enum argot_report_state state;
    const char *source; /* the newest of its sources, by its name in the store; NULL: none yet */
    bool file;          /* which is one, with an offset */
    uint64_t sources;
    uint64_t offset, record; /* where that one stands: bytes that are read, number of the next record */
    uint64_t lag_bytes;
    double records_per_second, bytes_per_second;
    argot_time last_seen, newest;               /* when something came last; the newest time of its events */
    argot_time watermark;                       /* up to there rules that need order wait for nothing of it */
    struct argot_counts run;                    /* of this run */
    uint64_t records, events, letters, skipped; /* since it was met first */
};

struct argot_report_rule {
    const char *name;
    uint64_t alerts;
};

struct argot_report {
    struct argot_arena arena; /* of the lists and texts */
    enum argot_report_phase phase;
    const char *store;
    uint64_t process;      /* its number; 0: not known */
    uint64_t memory_bytes; /* resident; 0: not known */
    argot_time now, started, watermark, committed;
    struct argot_counts run;
    uint64_t alerts, silent_alerts; /* of this run: stored; of silent rules, which are stored nowhere */
    uint64_t log_bytes;             /* of the store's log: committed, and not at its place yet */
    uint64_t stored_alerts;         /* in the store, where no run is there to tell */
    uint64_t counts[ARGOT_REPORT_COUNT];
    uint64_t nrules, nlogs;
    struct argot_report_rule *rules;
    struct argot_report_log *logs;
};

void argot_report_init(struct argot_report *report, struct argot_seam *seam);
void argot_report_finish(struct argot_report *report);

const char *argot_report_state_name(enum argot_report_state state);
const char *argot_report_phase_name(enum argot_report_phase phase);
const char *argot_report_group_name(enum argot_report_group group);
enum argot_report_group argot_report_group_of(enum argot_report_count count);
const char *argot_report_count_name(enum argot_report_count count);
const char *argot_report_count_words(enum argot_report_count count);
/* Of its events those that have a type, from 0 to 1; 1 where there are none. */
double argot_report_typed(const struct argot_counts *counts);

/* Number and memory of the process of this program, as the system tells them; 0 where it does not. */
void argot_report_process(struct argot_report *report, struct argot_seam *seam);

/* One object and a newline; report_json.c. */
void argot_report_json(const struct argot_report *report, struct argot_buffer *out);
/* For people; report_table.c. */
void argot_report_table(const struct argot_report *report, struct argot_buffer *out);
/* Prometheus' text format 0.0.4; report_metrics.c. */
void argot_report_metrics(const struct argot_report *report, struct argot_buffer *out);
