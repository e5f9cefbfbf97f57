/* SPDX-License-Identifier: Apache-2.0
 * Events as JSON lines in the words of another standard, ECS or OCSF, as event/standard.h says. What has no place there
 * stands under its own name in an object of the rest (`argot`, `unmapped`), extra too. Text is treated as output/json.h
 * says. Which members there are and where they stand follows from which fields an event has, so it is worked out once
 * for each set of fields, and what is left to do for an event are its values. When memory runs out nothing of the line
 * is written and out->failed is set. */
#pragma once
#include "base/buffer.h"
#include "event/event.h"
#include "event/standard.h"

#define ARGOT_EXPORT_MAX_PROGRAMS 512 /* sets of fields that are remembered; a power of two */

struct argot_export;
/* `with` is of enum argot_json_with. One per thread; shapes live as long as it does, and come from one registry. NULL
 * without memory. */
struct argot_export *argot_export_new(struct argot_seam *seam, enum argot_standard_number standard, unsigned with);
void argot_export_free(struct argot_export *writer); /* NULL is fine */
/* Bytes replaced by U+FFFD since the last call. */
uint64_t argot_export_take_replaced(struct argot_export *writer);

void argot_export_event(struct argot_export *writer, const struct argot_event *event, const char *source,
                        struct argot_buffer *out);

/* An event without a shape: a row of a store, an alert. */
struct argot_export_row {
    size_t count;           /* at most as many as the schema has fields */
    const uint16_t *fields; /* ascending */
    const struct argot_slot *slots;
    struct argot_slice raw; /* the record, or at NULL */
    const char *identity;   /* of an alert; or NULL */
    const struct argot_extra *extra;
    uint32_t nextra;
    struct argot_slice members; /* further members of the rest as JSON, each with a comma before it; or at NULL */
};
void argot_export_row(struct argot_export *writer, const struct argot_export_row *row, struct argot_buffer *out);
/* The name of a standard, or ARGOT_STANDARD_NONE for one that there is not; `native` is NONE too. */
bool argot_export_named(const char *name, enum argot_standard_number *standard);
