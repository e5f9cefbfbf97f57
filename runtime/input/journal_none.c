/* SPDX-License-Identifier: Apache-2.0
 * Without libsystemd. */
#include "input/journal.h"
#include <stdio.h>

bool
argot_journal_is_there(void)
{
    return false;
}

bool
argot_journal_load(void)
{
    return false;
}

struct argot_journal *
argot_journal_open(const struct argot_journal_options *options, char *why, size_t why_size)
{
    (void)options;
    snprintf(why, why_size, "this argot was built without libsystemd");
    return NULL;
}

void
argot_journal_close(struct argot_journal *journal)
{
    (void)journal;
}

int
argot_journal_poll(const struct argot_journal *journal)
{
    (void)journal;
    return -1;
}

int
argot_journal_next(struct argot_journal *journal, struct argot_block_bytes *block)
{
    (void)journal;
    (void)block;
    return 0;
}

const char *
argot_journal_problem(const struct argot_journal *journal)
{
    (void)journal;
    return "";
}

const char *
argot_journal_cursor(const struct argot_journal *journal)
{
    (void)journal;
    return "";
}

uint64_t
argot_journal_next_record(const struct argot_journal *journal)
{
    (void)journal;
    return 1;
}

struct argot_journal_counts
argot_journal_counts(const struct argot_journal *journal)
{
    (void)journal;
    return (struct argot_journal_counts){0};
}
