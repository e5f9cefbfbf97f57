/* SPDX-License-Identifier: Apache-2.0
 * The journal of systemd, as blocks of records: each entry becomes a line of syslog (RFC 5424), so that the formats
 * that read syslog read the journal. What journald itself knows of the sender stands in structured data, where no
 * sender can write: unit, uid, comm and transport. libsystemd maps the journal's files, beside the seam. A cursor says
 * up to where was read. Entries stay in the journal until that is stored, so none is lost when a run is killed. */
#pragma once
#include "base/seam_live.h"
#include "input/input.h"

#define ARGOT_JOURNAL_ENTRIES 2048u                     /* of one block */
#define ARGOT_JOURNAL_MESSAGE_BYTES ((size_t)256 << 10) /* longer messages are cut */
#define ARGOT_JOURNAL_FIELD_BYTES ((size_t)256)         /* the same for all other fields */
#define ARGOT_JOURNAL_CURSOR_BYTES ((size_t)512)
#define ARGOT_JOURNAL_SYSTEM "system"

struct argot_journal_options {
    struct argot_seam *seam;
    struct argot_seam_live *live;
    const char *where;        /* ARGOT_JOURNAL_SYSTEM, or the path of a folder or a file */
    const char *const *units; /* only entries of these; ended by NULL; NULL: all */
    const char *cursor;       /* what was read last; NULL: from the begin */
    size_t block_bytes;       /* 0: ARGOT_BLOCK_BYTES */
    uint64_t first_record;    /* 0: 1 */
};

struct argot_journal_counts {
    uint64_t entries;
    uint64_t cut;     /* fields that were too long */
    uint64_t damaged; /* entries of which a part could not be read */
    uint64_t gone;    /* the entry that was read last was not there any more: some behind it may be missing */
};

struct argot_journal;

/* Whether this argot can read journals at all. */
bool argot_journal_is_there(void);
/* Loads the library, which argot_journal_open does too: for who may not load anything later. False where it is not
 * found. */
bool argot_journal_load(void);
/* NULL with the reason in `why`. */
struct argot_journal *argot_journal_open(const struct argot_journal_options *options, char *why, size_t why_size);
void argot_journal_close(struct argot_journal *journal); /* NULL is fine */
/* A descriptor that can be polled: the journal may have grown. -1: it is to be looked at every second. */
int argot_journal_poll(const struct argot_journal *journal);
/* What came, if something did: 1, or 0. -1: it cannot be read on, and is to be opened anew; argot_journal_problem says
 * why. */
int argot_journal_next(struct argot_journal *journal, struct argot_block_bytes *block);
const char *argot_journal_problem(const struct argot_journal *journal);
/* Of the last entry that was given; empty: none was. Until the next call of argot_journal_next. */
const char *argot_journal_cursor(const struct argot_journal *journal);
uint64_t argot_journal_next_record(const struct argot_journal *journal);
struct argot_journal_counts argot_journal_counts(const struct argot_journal *journal);
