/* SPDX-License-Identifier: Apache-2.0
 * What a kind of store has to do; store.h says what each call means. Inside runtime/store only. */
#pragma once
#include "store/store.h"

struct argot_store_calls {
    void (*close)(struct argot_store *store);
    void (*leave)(struct argot_store *store);
    const struct argot_store_source *(*sources)(struct argot_store *store, size_t *count);
    bool (*add_source)(struct argot_store *store, struct argot_store_source *source);
    bool (*put_source)(struct argot_store *store, const struct argot_store_source *source);
    bool (*event)(struct argot_store *store, uint32_t source, const struct argot_event *event, uint64_t *id);
    bool (*letter)(struct argot_store *store, uint32_t source, argot_time received, const struct argot_letter *letter);
    bool (*alert)(struct argot_store *store, const struct argot_alert *alert, const uint32_t *sources, bool *fresh);
    bool (*put_number)(struct argot_store *store, const char *name, int64_t number);
    bool (*number)(struct argot_store *store, const char *name, int64_t otherwise, int64_t *number);
    bool (*put_text)(struct argot_store *store, const char *name, const char *text);
    bool (*text)(struct argot_store *store, const char *name, struct argot_buffer *text);
    bool (*begin_messages)(struct argot_store *store, uint64_t *last);
    bool (*put_message)(struct argot_store *store, const struct argot_store_message *message);
    bool (*drop_message)(struct argot_store *store, uint64_t id);
    bool (*next_message)(struct argot_store *store, const char *output, uint64_t up_to, const uint64_t *skipped,
                         struct argot_store_message *message, bool *there);
    bool (*count_messages)(struct argot_store *store, const char *output, uint64_t *count, uint64_t *bytes);
    bool (*drop_messages)(struct argot_store *store, const char *const *outputs, size_t noutputs, uint64_t *dropped);
    bool (*flush)(struct argot_store *store);
    void (*hold)(struct argot_store *store, bool holds);
    bool (*commit)(struct argot_store *store);
    bool (*forget_waiting)(struct argot_store *store, uint64_t newest, argot_time from, argot_time to);
    bool (*roll)(struct argot_store *store);
    bool (*give_up_oldest)(struct argot_store *store, struct argot_store_given_up *given_up);
    bool (*note_given_up)(struct argot_store *store, const struct argot_store_given_up *given_up);
    void (*forget_shapes)(struct argot_store *store);
    bool (*raw)(struct argot_store *store, uint64_t id, struct argot_buffer *raw);
    bool (*read)(struct argot_store *store, uint64_t from);
    bool (*next)(struct argot_store *store, struct argot_store_row *row);
    void (*end_read)(struct argot_store *store);
};

/* The begin of each kind's own structure. */
struct argot_store {
    const struct argot_store_calls *calls;
    struct argot_seam *seam;
    uint64_t next_event; /* id */
    uint64_t pending;    /* rows since the last commit */
    uint64_t replaced;   /* bytes */
    struct argot_store_log log;
    bool full;
    char problem[ARGOT_STORE_PROBLEM_BYTES];
};

#ifdef ARGOT_WITH_SQLITE
struct argot_store *argot_sqlite_open(const struct argot_store_options *options, char *why, size_t why_size);
#endif
