/* SPDX-License-Identifier: Apache-2.0
 * Records in, events and dead letters out. A registry binds normalizers to the schema and to each other; a worker
 * holds the scratch memory of one thread. What a record becomes depends on the record, the settings and the registry
 * alone: never on the records before it, on block borders or on the number of workers. */
#pragma once
#include "base/arena.h"
#include "event/event.h"

struct argot_registry;
struct argot_zone; /* decode/zone.h */

/* The registry copies nothing: normalizers must outlive it. NULL without memory. */
struct argot_registry *argot_registry_new(struct argot_seam *seam);
void argot_registry_free(struct argot_registry *registry); /* NULL is fine */
/* Adds a normalizer; a later one of the same name replaces an earlier one. On refusal (ABI, unknown field, other
 * type, unknown enum value) returns false with the reason in `why`. */
bool argot_registry_add(struct argot_registry *registry, const struct argot_normalizer *normalizer, char *why,
                        size_t why_size);
/* Binds `inside` and `before`, orders the formats. Call once after the last add. */
bool argot_registry_seal(struct argot_registry *registry, char *why, size_t why_size);
size_t argot_registry_count(const struct argot_registry *registry);
const struct argot_normalizer *argot_registry_at(const struct argot_registry *registry, size_t index); /* by name */
const struct argot_normalizer *argot_registry_find(const struct argot_registry *registry, const char *name);
size_t argot_registry_shapes(const struct argot_registry *registry); /* made so far */

struct argot_settings {
    argot_time received;           /* receive time of the records; completes years */
    const struct argot_zone *zone; /* of times without one; NULL: UTC */
    const char *format;            /* NULL: found for each record; else a name or a chain `cri+nginx_access` */
    bool refuse_unmatched; /* a line that no message fits is a letter, whatever its format says: so how far is told */
    /* Whether events of a shape are wanted, asked once for each; NULL: all are. Those that are not are counted as the
     * others, but only their time is told (ARGOT_UNWANTED). */
    bool (*wants)(void *context, const struct argot_shape *shape);
    void *wants_context;
};

/* What became of records, in the order of the records. */
enum argot_outcome { ARGOT_SKIPPED, ARGOT_EVENT, ARGOT_UNWANTED, ARGOT_LETTER };
struct argot_result {
    enum argot_outcome outcome;
    union {
        struct argot_event *event;
        struct argot_letter *letter;
        argot_time time; /* UNWANTED: event_time */
    };
};

struct argot_counts {
    uint64_t records, lines, events, letters, skipped; /* records = those that made events + letters + skipped */
    uint64_t split_events;    /* events beyond the first of their record: events = records - letters - skipped + this */
    uint64_t bad_values;      /* values that did not fit their type and went to extra */
    uint64_t duplicate_keys;  /* in JSON or kv; the first won */
    uint64_t unmapped_values; /* values that a map lacks, without `else`: they are no values */
    uint64_t dropped_words;   /* in kv, that are no pair, without `bare_words` */
    uint64_t leap_seconds;    /* :60 read as :59 */
    uint64_t replaced_bytes;  /* written as U+FFFD (counted by the writer) */
    uint64_t bytes;           /* of the records, line ends included */
    uint64_t reasons[ARGOT_LETTER_COUNT]; /* letters by reason */
    uint64_t unmatched;                   /* events kept as UNKNOWN because no message fitted */
};
void argot_counts_add(struct argot_counts *sum, const struct argot_counts *counts);

struct argot_batch {
    struct argot_arena arena;
    struct argot_result *results;
    size_t count, capacity;
    struct argot_counts counts;
    struct argot_event *spare; /* not yet among the results, with room for spare_slots behind it; NULL: none */
    uint16_t spare_slots;
};

struct argot_worker;
/* One thread's scratch. The registry must be sealed and outlive it. NULL without memory or when settings->format is
 * no format of the registry. */
struct argot_worker *argot_worker_new(struct argot_registry *registry, const struct argot_settings *settings);
void argot_worker_free(struct argot_worker *worker);
/* For the next input: receive time, zone, format. False when the format is unknown. */
bool argot_worker_settings(struct argot_worker *worker, const struct argot_settings *settings);

void argot_batch_init(struct argot_batch *batch, struct argot_seam *seam);
void argot_batch_finish(struct argot_batch *batch);
void argot_batch_reset(struct argot_batch *batch); /* forgets results, counts and arena contents; keeps memory */

/* Normalizes one record: `bytes` without its line end, a newline right after them or after trailing CR and blanks, and
 * ARGOT_PADDING readable bytes behind. The bytes must stay until the batch is reset. Appends at least one result.
 * False: out of memory; the batch holds what was complete before this record. */
bool argot_worker_record(struct argot_worker *worker, struct argot_batch *batch, const uint8_t *bytes, size_t length,
                         uint64_t record, uint64_t line);
/* A record that framing cut: appended as letter number `piece` with reason too_long. */
bool argot_worker_too_long(struct argot_worker *worker, struct argot_batch *batch, const uint8_t *bytes, size_t length,
                           uint64_t record, uint64_t line, uint32_t piece);
