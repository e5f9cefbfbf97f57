/* SPDX-License-Identifier: Apache-2.0
 * Which members an event has in another standard, and where they stand: the decisions, which depend on the event's
 * fields but hardly on their values. Inside runtime/output only. */
#pragma once
#include "base/arena.h"
#include "event/standard.h"
#include "output/json.h"

/* Numbers of slots that are none of the event's. */
#define ARGOT_EXPORT_TIME 0xfffeu
#define ARGOT_EXPORT_RECEIVED 0xfffdu
#define ARGOT_EXPORT_RAW 0xfffcu
#define ARGOT_EXPORT_CONSTANT 0xfffbu

/* A field that an event has. */
struct argot_export_input {
    uint16_t field;
    uint16_t index;                    /* of its slot */
    bool unfit;                        /* its value cannot be written at its place */
    bool hidden;                       /* for copies only */
    const struct argot_slot *constant; /* CONSTANT: the value */
};

enum argot_export_kind {
    ARGOT_EXPORT_JSON,     /* `json` as it stands */
    ARGOT_EXPORT_VALUE,    /* of a field */
    ARGOT_EXPORT_RAW_TEXT, /* the record */
    ARGOT_EXPORT_BASE64,   /* the record, which is not UTF-8 */
    ARGOT_EXPORT_ACTIVITY, /* activity_id and what follows from it, by a field */
    ARGOT_EXPORT_IDENTITY, /* of an alert, when it has one */
    ARGOT_EXPORT_EXTRA,    /* extra, when there is any */
    ARGOT_EXPORT_RECORD,   /* source, record, line, part; or a row's members */
};

/* A member. */
struct argot_export_leaf {
    const char *path;
    uint8_t kind, form;
    uint8_t observable;
    bool copy; /* its field stands elsewhere too */
    const struct argot_export_input *input;
    const struct argot_standard_word *words;
    const char *json;
};

struct argot_export_plan {
    struct argot_arena *arena;
    const struct argot_standard *standard;
    const struct argot_export_input *inputs;
    size_t ninputs;
    uint16_t event_type;
    bool other_class; /* that of other systems than Windows */
    bool identified;  /* an identity is given */
    bool record;      /* source, record, line, part are wanted, or a row has members */
    bool base64;      /* the raw line is not UTF-8 */
    uint32_t class_uid;
    size_t count, room;
    struct argot_export_leaf *leaves;
};

/* Fills the leaves from all that stands before them. False: no memory. O(n^2) in the fields. */
bool argot_export_plan_make(struct argot_export_plan *plan);
