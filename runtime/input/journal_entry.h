/* SPDX-License-Identifier: Apache-2.0
 * An entry of a journal as a line of syslog. Whoever logs chooses program, pid and message, so nothing of them may look
 * like another part of the line. */
#pragma once
#include "base/buffer.h"

enum argot_journal_field {
    ARGOT_JOURNAL_PRIORITY,
    ARGOT_JOURNAL_FACILITY,
    ARGOT_JOURNAL_IDENTIFIER,
    ARGOT_JOURNAL_COMM,
    ARGOT_JOURNAL_SENT_PID,
    ARGOT_JOURNAL_PID,
    ARGOT_JOURNAL_HOSTNAME,
    ARGOT_JOURNAL_MESSAGE_ID,
    ARGOT_JOURNAL_UNIT,
    ARGOT_JOURNAL_UID,
    ARGOT_JOURNAL_TRANSPORT,
    ARGOT_JOURNAL_SOURCE_TIME,
    ARGOT_JOURNAL_MESSAGE,
    ARGOT_JOURNAL_FIELDS
};

struct argot_journal_value {
    const char *at; /* NULL: not there */
    size_t length;
};

struct argot_journal_entry {
    uint64_t time_us; /* when journald got it, since the epoch */
    struct argot_journal_value values[ARGOT_JOURNAL_FIELDS];
};

/* Takes `NAME=value` if it is one of those that are wanted and was not there before. */
void argot_journal_entry_take(struct argot_journal_entry *entry, const void *field, size_t length);
/* Appends `<PRI>1 TIME HOST PROGRAM PID MSGID [journal …] MESSAGE` with its newline. The time is that of the source
 * where there is one. `cut` is raised by the number of fields that were longer than they may be. */
void argot_journal_entry_put(const struct argot_journal_entry *entry, struct argot_buffer *line, uint64_t *cut);
