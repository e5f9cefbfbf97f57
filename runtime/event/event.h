/* SPDX-License-Identifier: Apache-2.0
 * Events: a shape, a time and dense slots. A shape is static per message and chain of envelopes: which fields an event
 * has, in which slots, which are constants. Events are slices into their batch: text points into the block or the
 * batch arena, and all of it dies with the batch. */
#pragma once
#include "base/seam.h"
#include "event/schema.h"

/* A member of the object `extra`. type says how the slot is read; text with ARGOT_SLOT_JSON is JSON. */
struct argot_extra {
    struct argot_slice key;
    uint8_t type;
    struct argot_slot value;
};

struct argot_shape_field {
    uint16_t field; /* index into argot_schema.fields; ascending within a shape */
    bool constant;  /* `slot` holds the value of every event of this shape */
    uint8_t index;  /* not constant: number of the slot and bit of the presence word */
    struct argot_slot slot;
};

#define ARGOT_SHAPE_MAX_SLOTS 64

struct argot_shape {
    uint32_t number;     /* of this registry, from 0 */
    const char *format;  /* name of the innermost format */
    uint32_t version;    /* of that format */
    const char *message; /* id of the message */
    uint16_t count, nslots;
    const struct argot_shape_field *fields;
};

struct argot_event {
    const struct argot_shape *shape;
    union { /* the field event_time, also as a slot */
        argot_time time;
        struct argot_slot time_slot;
    };
    union { /* the field event_ingest_time */
        argot_time received;
        struct argot_slot received_slot;
    };
    uint64_t present; /* bit i: slot i has a value */
    struct argot_slot *slots;
    const struct argot_extra *extra;
    uint32_t nextra;
    uint32_t part;          /* 0, or the number from 0 of an event that shares its record with others (split) */
    uint64_t record;        /* number of the record in its source, from 1 */
    uint64_t line;          /* number of its first line in its source, from 1 */
    struct argot_slice raw; /* the whole record without its line end */
};

/* The value of a schema field: the constant or the slot; NULL when absent. event_time and event_ingest_time are
 * always there, whether the shape lists them or not. O(log n). */
const struct argot_slot *argot_event_get(const struct argot_event *event, uint16_t field);

/* Why a record became a dead letter. Stable names; docs/diagnostics.md tells what each means. */
#define ARGOT_LETTER_REASONS(X)                                                                                        \
    X(NO_FORMAT, "no_format") /* no format fits */                                                                     \
    X(NO_MATCH, "no_match")   /* the named format does not fit */                                                      \
    X(UNMATCHED, "unmatched") /* head or envelope fits, no message does, and the format refuses such lines */          \
    X(BAD_VALUE, "bad_value") /* a value does not fit its type and the format is strict, or it is the time */          \
    X(NO_TIME, "no_time")     /* neither the line nor an envelope gives a time */                                      \
    X(BAD_JSON, "bad_json")   /* a record that begins as JSON is cut or broken */                                      \
    X(TOO_LONG, "too_long")   /* a piece of a record longer than the limit */                                          \
    X(TOO_DEEP, "too_deep")   /* nested deeper than the limit */                                                       \
    X(LIMIT, "limit")         /* more fields, captures or events than the limit */

enum argot_letter_reason {
    ARGOT_LETTER_NONE,
#define X(name, text) ARGOT_LETTER_##name,
    ARGOT_LETTER_REASONS(X)
#undef X
        ARGOT_LETTER_COUNT
};

struct argot_letter {
    enum argot_letter_reason reason;
    const char *format;       /* the format that came furthest, or NULL */
    uint32_t offset;          /* bytes of the record that fitted */
    const char *expected;     /* what was due there, or NULL */
    const char *field;        /* bad_value: the field, else NULL */
    struct argot_slice value; /* bad_value: the text, else at NULL */
    uint32_t piece;           /* too_long: number of the piece, from 1 */
    uint64_t record, line;
    struct argot_slice raw;
};

const char *argot_letter_reason_name(enum argot_letter_reason reason);
