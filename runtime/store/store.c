/* SPDX-License-Identifier: Apache-2.0
 * From the interface to the kind of store behind it. */
#include "store/backend.h"
#include "store/inspect.h"
#include <stdio.h>
#include <string.h>

struct argot_store *
argot_store_open(const struct argot_store_options *options, char *why, size_t why_size)
{
#ifdef ARGOT_WITH_SQLITE
    return argot_sqlite_open(options, why, why_size);
#else
    (void)options;
    snprintf(why, why_size, "this argot was built without SQLite");
    return NULL;
#endif
}

void
argot_store_close(struct argot_store *store)
{
    if (store)
        store->calls->close(store);
}

void
argot_store_leave(struct argot_store *store)
{
    store->calls->leave(store);
}

const char *
argot_store_problem(const struct argot_store *store)
{
    return store->problem;
}

/* ---- policies ---- */

/* The innermost of a chain, by which events are named. */
static bool
is_of(const char *policy, const char *format)
{
    const char *plus = strrchr(policy, '+');
    return !strcmp(plus ? plus + 1 : policy, format);
}

const struct argot_store_policy *
argot_store_policy_of(const struct argot_store_policy *policies, size_t count, const char *format)
{
    static const struct argot_store_policy all;
    const struct argot_store_policy *policy = &all;
    for (size_t i = 0; i < count; i++) {
        const struct argot_store_policy *one = &policies[i];
        if (!one->format)
            policy = one;
        else if (format && is_of(one->format, format))
            return one;
    }
    return policy;
}

/* ---- where inputs stand ---- */

const struct argot_store_source *
argot_store_sources(struct argot_store *store, size_t *count)
{
    return store->calls->sources(store, count);
}

bool
argot_store_add_source(struct argot_store *store, struct argot_store_source *source)
{
    return store->calls->add_source(store, source);
}

bool
argot_store_put_source(struct argot_store *store, const struct argot_store_source *source)
{
    return store->calls->put_source(store, source);
}

/* ---- what is put in ---- */

bool
argot_store_event(struct argot_store *store, uint32_t source, const struct argot_event *event, uint64_t *id)
{
    return store->calls->event(store, source, event, id);
}

uint64_t
argot_store_next_event(const struct argot_store *store)
{
    return store->next_event;
}

bool
argot_store_letter(struct argot_store *store, uint32_t source, argot_time received, const struct argot_letter *letter)
{
    return store->calls->letter(store, source, received, letter);
}

bool
argot_store_alert(struct argot_store *store, const struct argot_alert *alert, const uint32_t *sources, bool *fresh)
{
    return store->calls->alert(store, alert, sources, fresh);
}

bool
argot_store_put_number(struct argot_store *store, const char *name, int64_t number)
{
    return store->calls->put_number(store, name, number);
}

bool
argot_store_number(struct argot_store *store, const char *name, int64_t otherwise, int64_t *number)
{
    return store->calls->number(store, name, otherwise, number);
}

bool
argot_store_put_text(struct argot_store *store, const char *name, const char *text)
{
    return store->calls->put_text(store, name, text);
}

bool
argot_store_text(struct argot_store *store, const char *name, struct argot_buffer *text)
{
    return store->calls->text(store, name, text);
}

uint64_t
argot_store_pending(const struct argot_store *store)
{
    return store->pending;
}

uint64_t
argot_store_replaced(const struct argot_store *store)
{
    return store->replaced;
}

bool
argot_store_flush(struct argot_store *store)
{
    return store->calls->flush(store);
}

void
argot_store_hold(struct argot_store *store, bool holds)
{
    store->calls->hold(store, holds);
}

bool
argot_store_commit(struct argot_store *store)
{
    return store->calls->commit(store);
}

struct argot_store_log
argot_store_log(struct argot_store *store)
{
    struct argot_store_log log = store->log;
    store->log.held = 0;
    return log;
}

bool
argot_store_forget_waiting(struct argot_store *store, uint64_t newest, argot_time from, argot_time to)
{
    return store->calls->forget_waiting(store, newest, from, to);
}

bool
argot_store_roll(struct argot_store *store)
{
    return store->calls->roll(store);
}

bool
argot_store_give_up_oldest(struct argot_store *store, struct argot_store_given_up *given_up)
{
    return store->calls->give_up_oldest(store, given_up);
}

bool
argot_store_note_given_up(struct argot_store *store, const struct argot_store_given_up *given_up)
{
    return store->calls->note_given_up(store, given_up);
}

bool
argot_store_is_full(const struct argot_store *store)
{
    return store->full;
}

void
argot_store_forget_shapes(struct argot_store *store)
{
    store->calls->forget_shapes(store);
}

/* ---- messages that wait to be told ---- */

bool
argot_store_begin_messages(struct argot_store *store, uint64_t *last)
{
    return store->calls->begin_messages(store, last);
}

bool
argot_store_put_message(struct argot_store *store, const struct argot_store_message *message)
{
    return store->calls->put_message(store, message);
}

bool
argot_store_drop_message(struct argot_store *store, uint64_t id)
{
    return store->calls->drop_message(store, id);
}

bool
argot_store_next_message(struct argot_store *store, const char *output, uint64_t up_to,
                         const uint64_t skipped[ARGOT_STORE_MESSAGES_SKIPPED], struct argot_store_message *message,
                         bool *there)
{
    return store->calls->next_message(store, output, up_to, skipped, message, there);
}

bool
argot_store_count_messages(struct argot_store *store, const char *output, uint64_t *count, uint64_t *bytes)
{
    return store->calls->count_messages(store, output, count, bytes);
}

bool
argot_store_drop_messages(struct argot_store *store, const char *const *outputs, size_t noutputs, uint64_t *dropped)
{
    return store->calls->drop_messages(store, outputs, noutputs, dropped);
}

/* ---- what is taken out ---- */

bool
argot_store_raw(struct argot_store *store, uint64_t id, struct argot_buffer *raw)
{
    return store->calls->raw(store, id, raw);
}

bool
argot_store_read(struct argot_store *store, uint64_t from)
{
    return store->calls->read(store, from);
}

bool
argot_store_next(struct argot_store *store, struct argot_store_row *row)
{
    return store->calls->next(store, row);
}

void
argot_store_end_read(struct argot_store *store)
{
    store->calls->end_read(store);
}

/* ---- looking at one ---- */

#ifndef ARGOT_WITH_SQLITE
bool
argot_inspect_check(const struct argot_inspect *inspect, struct argot_inspect_result *result, char *why,
                    size_t why_size)
{
    (void)inspect;
    (void)result;
    snprintf(why, why_size, "this argot was built without SQLite");
    return false;
}

bool
argot_inspect_repair(const struct argot_inspect *inspect, bool act, struct argot_inspect_saved *saved, char *why,
                     size_t why_size)
{
    (void)inspect;
    (void)act;
    (void)saved;
    snprintf(why, why_size, "this argot was built without SQLite");
    return false;
}
#endif
