/* SPDX-License-Identifier: Apache-2.0
 * Events as CSV (RFC 4180) with fixed columns, one line an event: cells with the separator, quotes or blanks at an end
 * stand in quotes. Control bytes, line ends among them, are escaped as in JSON, but a backslash of the text stands for
 * itself: JSON tells the two apart, CSV does not. Bytes that are not UTF-8 become U+FFFD. Lines end with a plain
 * newline. */
#pragma once
#include "base/buffer.h"
#include "event/event.h"

#define ARGOT_CSV_MAX_COLUMNS 1024

struct argot_csv_writer;

/* Columns by name, separated by commas: schema fields (event_ingest_time, format_name and raw_line too), `extra` (the
 * whole object as JSON), `extra.KEY`, `source`, `record`, `line`. NULL names: every schema field but raw_line and
 * event_ingest_time, then extra. NULL with the reason in `why` for an unknown or repeated name, too many of them, or
 * no memory. */
struct argot_csv_writer *argot_csv_new(struct argot_seam *seam, const char *names, char *why, size_t why_size);
void argot_csv_free(struct argot_csv_writer *writer); /* NULL is fine */
/* The line of column names. */
void argot_csv_head(const struct argot_csv_writer *writer, struct argot_buffer *out);
/* Absent values are empty cells. Lists are JSON arrays. */
void argot_csv_event(struct argot_csv_writer *writer, const struct argot_event *event, const char *source,
                     struct argot_buffer *out);
/* Bytes replaced by U+FFFD since the last call. */
uint64_t argot_csv_take_replaced(struct argot_csv_writer *writer);
