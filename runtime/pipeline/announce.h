/* SPDX-License-Identifier: Apache-2.0
 * Whom alerts are told beside the store: files of JSON lines, syslog, programs, webhooks, mail. Each may put alerts
 * together into groups, so that a flood of them becomes a few messages: the first of a group is told at once, those
 * that follow within its span as one summary when it is over. What cannot be told is counted and said; the store has
 * every alert all the same. Told is at least once: what was told and not yet committed when a run was killed is told
 * again. Of webhooks and mail, what was committed and not yet told is told by the next run, summaries of open groups
 * too. */
#pragma once
#include "base/seam_live.h"
#include "output/alert.h"
#include "pipeline/post.h"

#define ARGOT_ANNOUNCE_MAX_GROUPS 10000u               /* of one output; beyond, the oldest is summed up early */
#define ARGOT_ANNOUNCE_MAX_FIELDS 16                   /* of a group */
#define ARGOT_ANNOUNCE_PROGRAMS 4                      /* of one output that run at a time */
#define ARGOT_ANNOUNCE_QUEUE_BYTES ((size_t)16 << 20)  /* of messages that wait for one of them */
#define ARGOT_ANNOUNCE_PROGRAM_NS INT64_C(60000000000) /* then it is ended */
#define ARGOT_ANNOUNCE_SYSLOG_BYTES ((size_t)8192)     /* longest message; longer ones are cut */

enum argot_announce_kind {
    ARGOT_ANNOUNCE_JSONL,
    ARGOT_ANNOUNCE_SYSLOG,
    ARGOT_ANNOUNCE_COMMAND,
    /* These wait in the store (pipeline/post.h). */
    ARGOT_ANNOUNCE_WEBHOOK,
    ARGOT_ANNOUNCE_MAIL,
};

struct argot_announce_output {
    enum argot_announce_kind kind;
    const struct argot_post_output *post; /* WEBHOOK, MAIL */
    const char *mail_from, *mail_to;      /* MAIL: as they stand in the headers */
    const char *name;                     /* for people: the path, the address, the program */
    const char *path;                     /* JSONL */
    struct argot_endpoint endpoint;       /* SYSLOG: of datagrams */
    const char *const *words;             /* COMMAND: ended by NULL */
    enum argot_standard_number standard;  /* whose words alerts as JSON have; NONE: argot's own */
    int64_t every_ns;                     /* of groups; 0: none */
    size_t nfields;                       /* whose values make a group */
    uint16_t fields[ARGOT_ANNOUNCE_MAX_FIELDS];
};

struct argot_announce_options {
    struct argot_seam *seam;
    struct argot_seam_live *live;
    size_t noutputs;
    const struct argot_announce_output *outputs; /* must outlive it */
    void *context;
    void (*problem)(void *context, const char *name, const char *reason); /* when it changes; may be NULL */
};

struct argot_announce_counts {
    uint64_t told;    /* messages */
    uint64_t grouped; /* alerts that a summary stands for */
    uint64_t lost;    /* messages that could not be told */
    uint64_t early;   /* groups summed up before their time, since there were too many */
    uint64_t cut;     /* messages of syslog that were longer than the room for them */
    uint64_t waiting; /* in the store, for the next run */
};

struct argot_announce;

/* NULL with the reason in `why`. A file that cannot be opened is a problem, and tried again. */
struct argot_announce *argot_announce_new(const struct argot_announce_options *options, char *why, size_t why_size);
/* What waits in groups is summed up first; programs that still run are given a second. *counts (may be NULL) are those
 * at the end. NULL is fine. */
void argot_announce_free(struct argot_announce *announce, struct argot_announce_counts *counts);
struct argot_announce_counts argot_announce_counts(const struct argot_announce *announce);
/* The store of the run, in which messages wait; NULL: there is none, as before the first. Groups that are open are
 * forgotten. False: the store failed. */
bool argot_announce_use(struct argot_announce *announce, struct argot_store *store);
/* An alert, in the style of whoever has the engine. False: the store failed. */
bool argot_announce_alert(struct argot_announce *announce, const struct argot_alert *alert,
                          const struct argot_alert_style *style);
/* Writes what was put together; before a commit. False: the store failed. */
bool argot_announce_flush(struct argot_announce *announce);
/* What was flushed is committed. */
void argot_announce_commit(struct argot_announce *announce);
/* Sums up groups whose span is over, looks after programs; every second or so. False: the store failed. */
bool argot_announce_tick(struct argot_announce *announce);
/* Goes on with what is under way: often while argot_announce_is_busy. False: the store failed. */
bool argot_announce_go_on(struct argot_announce *announce);
bool argot_announce_is_busy(const struct argot_announce *announce);
/* Before the store is closed: sums up all groups, commits, waits up to so long for what is under way. Nothing of that
 * where the run did not commit what it stored last: that must not be committed without its positions. */
bool argot_announce_finish(struct argot_announce *announce, int64_t wait_ns);
/* Opens files anew, since their names may have been given to others; reads secrets anew. */
void argot_announce_reopen(struct argot_announce *announce);
