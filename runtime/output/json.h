/* SPDX-License-Identifier: Apache-2.0
 * Events and dead letters as JSON, one object a line, always valid UTF-8 (RFC 8259). Text that is not UTF-8 gets
 * U+FFFD for each byte that begins no sequence. Control bytes, DEL and C1 are escaped, and so are characters that turn
 * or break lines: no log can drive a terminal. When memory runs out nothing of the line is written and out->failed is
 * set. */
#pragma once
#include "base/buffer.h"
#include "event/event.h"

enum argot_json_with {
    ARGOT_JSON_WITH_RAW_LINE = 1,    /* raw_line, or raw_line_base64 where it is not UTF-8 */
    ARGOT_JSON_WITH_INGEST_TIME = 2, /* event_ingest_time */
    ARGOT_JSON_WITH_FORMAT_NAME = 4, /* format_name: name/version */
    ARGOT_JSON_WITH_RECORD = 8,      /* source, record, line, and part where it is not 0: behind everything else */
};

/* Holds the precomputed keys of shapes; one per thread. Shapes live as long as it does, and come from one registry. */
struct argot_json;
struct argot_json *argot_json_new(struct argot_seam *seam, unsigned with);
void argot_json_free(struct argot_json *json);
/* Bytes replaced by U+FFFD since the last call. */
uint64_t argot_json_take_replaced(struct argot_json *json);

/* {"event_type":…}\n: the fields in schema order, absent ones left out, then `extra`. event_time is always there;
 * event_ingest_time, format_name and raw_line are where a format itself filled them, or by `with`. */
void argot_json_event(struct argot_json *json, const struct argot_event *event, const char *source,
                      struct argot_buffer *out);
/* {"source":…,"record":…,"line":…,"format":…,"reason":…,"offset":…,"expected":…,"raw_line":…}\n */
void argot_json_letter(struct argot_json *json, const struct argot_letter *letter, const char *source,
                       struct argot_buffer *out);
/* A JSON string with its quotes. Returns the number of bytes replaced. */
size_t argot_json_string(const uint8_t *text, size_t length, struct argot_buffer *out);
/* A member with any bytes as its value: "name":"…", or "name_base64":"…" where they are not UTF-8. */
size_t argot_json_raw(const char *name, struct argot_slice raw, struct argot_buffer *out);
/* How many dead letters had each reason, as an object; those that none had are left out. */
void argot_json_reasons(const uint64_t reasons[ARGOT_LETTER_COUNT], struct argot_buffer *out);
/* One value as JSON. */
size_t argot_json_value(enum argot_type type, uint16_t field, const struct argot_slot *slot, struct argot_buffer *out);
