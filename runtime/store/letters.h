/* SPDX-License-Identifier: Apache-2.0
 * Dead letters that are looked at once more, and leave the queue when they became events: in the file in which they
 * are, be it the live one or a closed segment. One batch is one transaction: its events come and its letters go
 * together, with the counts of their sources, or nothing happens. Not thread-safe. */
#pragma once
#include "store/store.h"

#define ARGOT_LETTERS_BATCH 1000                    /* letters of a transaction, */
#define ARGOT_LETTERS_BATCH_BYTES ((size_t)8 << 20) /* or fewer, when their records have more bytes than this */

struct argot_letters;

struct argot_letters_options {
    struct argot_seam *seam;
    const char *path; /* of the live segment */
    size_t npolicies; /* of the store: whoever has some does not keep all that its sources count */
    const struct argot_store_policy *policies;
    size_t batch; /* letters of a transaction; 0: ARGOT_LETTERS_BATCH, which is also the most */
    void *context;
    /* A closed segment is left out, for this reason. */
    void (*problem)(void *context, const char *file, const char *words);
};

struct argot_stored_letter {
    int64_t id; /* in its file */
    uint32_t source;
    uint32_t piece; /* of a record that is too long; then there is no raw line here */
    uint64_t record, line;
    argot_time received;
    struct argot_slice raw; /* of no length: it was not kept */
};

/* Takes the store over, for which nobody else may have it open. NULL with the reason in `why`. */
struct argot_letters *argot_letters_open(const struct argot_letters_options *options, char *why, size_t why_size);
/* What was not committed is given up. NULL is fine. */
void argot_letters_close(struct argot_letters *letters);
const char *argot_letters_problem(const struct argot_letters *letters);
/* As argot_store_sources. */
const struct argot_store_source *argot_letters_sources(struct argot_letters *letters, size_t *count);

/* Begins a transaction over the next letters, which live until the next call. *count 0: all were given. */
bool argot_letters_next(struct argot_letters *letters, const struct argot_stored_letter **batch, size_t *count);
/* The letter's record made these events, which are put in its place, or only counted; none: it is one to be skipped. */
bool argot_letters_take(struct argot_letters *letters, const struct argot_stored_letter *letter,
                        const struct argot_event *const *events, size_t count, bool keep);
bool argot_letters_commit(struct argot_letters *letters);
