/* SPDX-License-Identifier: Apache-2.0
 * Rows of cells as JSON lines, CSV and texts. What holds for text of logs in events holds here. When memory runs out
 * nothing of the row is written and out->failed is set. Each returns the number of bytes replaced by U+FFFD. */
#pragma once
#include "base/buffer.h"
#include "event/cell.h"

/* {"name":value,…}\n; absent cells are left out, and bytes that are not UTF-8 stand as "name_base64". */
size_t argot_cells_json(const char *const *names, const struct argot_cell *cells, size_t count,
                        struct argot_buffer *out);
size_t argot_cells_csv(const struct argot_cell *cells, size_t count, struct argot_buffer *out);
/* The line of column names. */
size_t argot_cells_csv_head(const char *const *names, size_t count, struct argot_buffer *out);
/* One cell for people, on no line of its own: control bytes escaped, quotes and backslashes as they are. */
size_t argot_cells_text(const struct argot_cell *cell, struct argot_buffer *out);
