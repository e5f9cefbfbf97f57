/* SPDX-License-Identifier: Apache-2.0
 * The store: events, alerts with their causes, dead letters, and how far each input was read. All that is put between
 * two commits becomes durable together or not at all. An interface; sqlite.c is what stands behind it. docs/store.md
 * has the tables. Not thread-safe. */
#pragma once
#include "base/buffer.h"
#include "event/alert.h"

#define ARGOT_STORE_PROBLEM_BYTES 320
#define ARGOT_STORE_FINGERPRINT_BYTES 16
#define ARGOT_STORE_FILE_BYTES 256

struct argot_store;

enum argot_store_keep { ARGOT_STORE_KEEP_ALL, ARGOT_STORE_KEEP_MATCHED, ARGOT_STORE_KEEP_NONE };
enum argot_store_raw { ARGOT_STORE_RAW_ALL, ARGOT_STORE_RAW_UNMATCHED, ARGOT_STORE_RAW_NONE };

/* What is kept of the events of a format: all, those that an alert names, none; and where their raw lines stand: with
 * events and dead letters, with dead letters alone, nowhere. What is not kept waits apart until no run needs it. */
struct argot_store_policy {
    const char *format; /* its name; NULL: of all formats that have none of their own */
    enum argot_store_keep events;
    enum argot_store_raw raw;
};

/* That of a format (NULL: of no known one), among `count`; all is kept where there is none. */
const struct argot_store_policy *argot_store_policy_of(const struct argot_store_policy *policies, size_t count,
                                                       const char *format);

/* Who does what takes long for a store, which goes on meanwhile. One work at a time. */
struct argot_store_aside {
    bool (*begin)(struct argot_store_aside *, void (*work)(void *of), void *of); /* false: it cannot */
    bool (*is_over)(struct argot_store_aside *);
    void (*wait)(struct argot_store_aside *); /* until it is */
};

struct argot_store_options {
    struct argot_seam *seam;
    const char *path;
    /* A commit is on the disk when it returns. Else the newest ones may be undone by a power cut, wholly: enough where
       the inputs can be read again. */
    bool durable;
    /* A segment of this size, or this old, is closed and another begun. 0: not for that. */
    uint64_t segment_bytes;
    int64_t segment_ns;
    /* What is older than that is given up, segment by segment, once these are closed; the oldest segments are when the
       store is larger. 0: not for that. */
    int64_t keep_events_ns, keep_raw_ns, keep_alerts_ns, keep_letters_ns;
    uint64_t keep_bytes;
    struct argot_store_aside *aside; /* at NULL: the store does it itself, and takes as long */
    bool *full;       /* where not at NULL: whether what cannot be opened cannot since the disk has no room */
    size_t npolicies; /* which must outlive the store */
    const struct argot_store_policy *policies;
};

/* NULL with the reason in `why`: not a store, one of a newer argot, damaged, no permission, another argot has it. A
 * store that is not there is made, one of an older argot is brought up to date. */
struct argot_store *argot_store_open(const struct argot_store_options *options, char *why, size_t why_size);
/* What was not committed is given up. NULL is fine. */
void argot_store_close(struct argot_store *store);
/* What was not committed is given up, and files are let go of. What may follow are argot_store_give_up_oldest, and
 * closing. */
void argot_store_leave(struct argot_store *store);
/* In a person's words, after a call that returned false. */
const char *argot_store_problem(const struct argot_store *store);

/* ---- where inputs stand ---- */

struct argot_store_position {
    uint64_t offset;       /* bytes of the (uncompressed) input that need not be read again */
    uint64_t record, line; /* numbers of what begins there, from 1 */
    uint32_t part;         /* events of that record that are stored */
    uint32_t pieces;       /* of a record that is too long: those before the offset */
};

struct argot_store_counts { /* since the source was met first */
    uint64_t records, events, letters, skipped;
    uint64_t dropped; /* records that were read and given up, for want of room */
};

/* A file, or an input that is none. A file is known by device, inode and its first bytes, and keeps its source when it
 * is renamed. */
struct argot_store_source {
    uint32_t id;      /* from 1; given by the store */
    const char *name; /* unique: the path, with #2, #3 … behind it for the next files at that path */
    const char *path; /* where it was met last */
    bool file;        /* device, inode and fingerprint hold */
    uint64_t device, inode;
    uint32_t fingerprint_bytes; /* so many first bytes, raw as they lie there, have this sum */
    uint8_t fingerprint[ARGOT_STORE_FINGERPRINT_BYTES];
    struct argot_store_position position;
    struct argot_store_counts counts;
    bool ended; /* all of it was read, when it had size_bytes, */
    uint64_t size_bytes;
    uint64_t ended_before; /* and before the event with this id was taken */
};

/* All of them, by id, in memory of the store that lives as long as it does. NULL without memory, or when reading fails.
 */
const struct argot_store_source *argot_store_sources(struct argot_store *store, size_t *count);
/* A new one, which gets its id. */
bool argot_store_add_source(struct argot_store *store, struct argot_store_source *source);
/* Path, fingerprint, position, counts and end are now these. */
bool argot_store_put_source(struct argot_store *store, const struct argot_store_source *source);

/* ---- what is put in ---- */

/* *id: its row, by which its raw line can be had. Events get ascending ids in the order in which they are put. The raw
 * line is kept with part 0 alone. Many events are written together: the event, and all that it points to, must stay as
 * it is until argot_store_flush or a commit, which may fail for it. */
bool argot_store_event(struct argot_store *store, uint32_t source, const struct argot_event *event, uint64_t *id);
/* Events that were put need not stay any more. */
bool argot_store_flush(struct argot_store *store);
/* Whether what policies do not keep waits until no rule needs it, as it does at first. Where there are no rules nobody
 * asks for it, and it is not written. Flush before. */
void argot_store_hold(struct argot_store *store, bool holds);
/* The id that the next event will get. */
uint64_t argot_store_next_event(const struct argot_store *store);
bool argot_store_letter(struct argot_store *store, uint32_t source, argot_time received,
                        const struct argot_letter *letter);
/* An alert that is there already, by its id, changes nothing, and *fresh is false. `sources`: ids by the numbers that
 * identities have. */
bool argot_store_alert(struct argot_store *store, const struct argot_alert *alert, const uint32_t *sources,
                       bool *fresh);
/* A number that a run keeps for the next one, by a name of the caller's. One that was never put is `otherwise`. */
bool argot_store_put_number(struct argot_store *store, const char *name, int64_t number);
bool argot_store_number(struct argot_store *store, const char *name, int64_t otherwise, int64_t *number);
/* The same of a text. One that was never put leaves the buffer as it is. */
bool argot_store_put_text(struct argot_store *store, const char *name, const char *text);
bool argot_store_text(struct argot_store *store, const char *name, struct argot_buffer *text);
/* Rows put since the last commit. */
uint64_t argot_store_pending(const struct argot_store *store);
/* Bytes of text written as U+FFFD so far. */
uint64_t argot_store_replaced(const struct argot_store *store);
bool argot_store_commit(struct argot_store *store);
/* What is committed and not written to its place yet. */
struct argot_store_log {
    uint64_t bytes; /* after the last commit */
    uint64_t held;  /* times since it was asked last that it grew on, since readers were in the middle of it */
};
struct argot_store_log argot_store_log(struct argot_store *store);
/* What waits is given up, but for the newest so many events, and for those from the oldest one on whose time lies
 * between `from` and `to`, both included. */
bool argot_store_forget_waiting(struct argot_store *store, uint64_t newest, argot_time from, argot_time to);
/* After a commit: closes the segment if that is due. */
bool argot_store_roll(struct argot_store *store);
/* For want of room, also after the store was left: the file of the oldest closed segment is given up, and what it had
 * told. False: there is none, or it cannot be. It is to be noted when there is room. */
struct argot_store_given_up {
    char file[ARGOT_STORE_FILE_BYTES];
    uint64_t events, alerts, letters;
};
bool argot_store_give_up_oldest(struct argot_store *store, struct argot_store_given_up *given_up);
/* Adds up what was given up, and commits. */
bool argot_store_note_given_up(struct argot_store *store, const struct argot_store_given_up *given_up);
/* Whether the last call failed because the disk has no room. What was put since the last commit is gone. */
bool argot_store_is_full(const struct argot_store *store);
/* What is known of shapes is forgotten, for another registry. Flush before. */
void argot_store_forget_shapes(struct argot_store *store);

/* ---- messages that wait to be told ---- */

/* What is put between two commits is there together with the alerts that it tells of, so none is forgotten. */
struct argot_store_message {
    uint64_t id;        /* the caller's, ascending */
    const char *output; /* whom it is for, by a name of the caller's */
    const char *name;   /* the message's own, by which who gets it twice knows it again */
    bool held;          /* not to be told yet */
    struct argot_slice text;
};

#define ARGOT_STORE_MESSAGES_SKIPPED 4 /* argot_store_next_message passes over */

/* A run begins: nothing is held any more, and *last is the largest id there, or 0. */
bool argot_store_begin_messages(struct argot_store *store, uint64_t *last);
/* A new one, or one with that id anew. */
bool argot_store_put_message(struct argot_store *store, const struct argot_store_message *message);
bool argot_store_drop_message(struct argot_store *store, uint64_t id);
/* The oldest for an output that is not held, up to an id, and none of `skipped`; text and name until the next call.
 * *there false: there is none. */
bool argot_store_next_message(struct argot_store *store, const char *output, uint64_t up_to,
                              const uint64_t skipped[ARGOT_STORE_MESSAGES_SKIPPED], struct argot_store_message *message,
                              bool *there);
/* How many wait for an output and the bytes of their texts. */
bool argot_store_count_messages(struct argot_store *store, const char *output, uint64_t *count, uint64_t *bytes);
/* Gives up those for outputs that are none of these, and says how many. */
bool argot_store_drop_messages(struct argot_store *store, const char *const *outputs, size_t noutputs,
                               uint64_t *dropped);

/* ---- what is taken out ---- */

/* The record of an event, appended; nothing is where none was kept. */
bool argot_store_raw(struct argot_store *store, uint64_t id, struct argot_buffer *raw);

/* A stored event, as it is read again to warm up an engine. */
struct argot_store_row {
    uint64_t id, record, line;
    uint32_t source, part;
    argot_time time, received;
    struct argot_slice raw; /* of part 0, else at NULL; until the next call */
};
/* Events from an id on, in the order in which they were put; at most one reading at a time. */
bool argot_store_read(struct argot_store *store, uint64_t from);
/* False at the end, and when it fails: then argot_store_problem is not empty. */
bool argot_store_next(struct argot_store *store, struct argot_store_row *row);
void argot_store_end_read(struct argot_store *store);
