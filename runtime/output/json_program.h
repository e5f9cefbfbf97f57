/* SPDX-License-Identifier: Apache-2.0
 * How events of one shape are written: a list of steps in schema order, with keys and constants rendered beforehand.
 * Inside runtime/output only. */
#pragma once
#include "event/event.h"

enum argot_json_step_kind {
    /* Left out where the slot has no value */
    ARGOT_JSON_STEP_TEXT,
    ARGOT_JSON_STEP_ENUM,
    ARGOT_JSON_STEP_UINT,
    ARGOT_JSON_STEP_IP,
    ARGOT_JSON_STEP_OTHER,
    /* Always there */
    ARGOT_JSON_STEP_HEAD,   /* the head alone: constants */
    ARGOT_JSON_STEP_TIME,   /* event->time */
    ARGOT_JSON_STEP_INGEST, /* the slot where there is one and it has a value, else event->received */
    ARGOT_JSON_STEP_RAW,    /* event->raw; the head ends with the key's name, without its quote */
};

#define ARGOT_JSON_NO_SLOT 0xff
#define ARGOT_JSON_NAME_BYTES                                                                                          \
    31 /* of the name of an enum's value, with the quote behind it; fields with longer are OTHER */
#define ARGOT_JSON_HEAD_BLOCK 32 /* heads are copied in blocks of this size */

/* The value of an enum as it is written behind its quote. */
struct argot_json_name {
    uint8_t text[ARGOT_JSON_NAME_BYTES], length;
};

/* Names of enums, made once for all programs of a writer. Only seam is given. */
struct argot_json_names {
    struct argot_seam *seam;
    struct argot_json_name **fields; /* by number of the field: its values; NULL: not asked for yet */
};
void argot_json_names_finish(struct argot_json_names *names);

struct argot_json_step {
    uint8_t kind, type;
    uint8_t index; /* of the slot */
    uint16_t field;
    const struct argot_json_name *names; /* ENUM: of its values, in the writer's memory */
    uint64_t needs; /* the bit of the slot among those that are present; 0: the step is always taken */
    uint32_t at,
        length; /* of the head in the program's text: `,"key":`, and the quote of texts, enums, addresses, times */
};

/* Text and steps lie in the same block. There is a readable block behind each head. */
struct argot_json_program {
    const struct argot_shape *shape;
    const uint8_t *text;
    size_t room; /* enough for all heads, and a short value behind each */
    uint32_t count;
    struct argot_json_step steps[];
};

/* `with` is of enum argot_json_with. NULL without memory; released by names->seam->release, before the names. */
struct argot_json_program *argot_json_program_new(struct argot_json_names *names, unsigned with,
                                                  const struct argot_shape *shape);
