/* SPDX-License-Identifier: Apache-2.0
 * What a tree of record nodes must be, whatever it was read from, and the tree as JSON text to compare it by. */
#pragma once
#include "base/buffer.h"
#include "decode/record.h"

/* NULL when the tree hangs together: links, order, depth, duplicates, every byte readable; else what is wrong. Of a
 * record that was read without failure. Quadratic in the members of an object when `duplicates` are asked for. */
const char *record_case_check(const struct argot_record *record, struct argot_slice text, bool duplicates);
/* The tree from node 0 on; duplicates are left out unless asked for. Strings and keys by argot_json_string. */
void record_case_write(const struct argot_record *record, bool duplicates, struct argot_buffer *out);
/* The members of node 0 as they are, `key=value`, with a newline between them. */
void record_case_flat(const struct argot_record *record, struct argot_buffer *out);
