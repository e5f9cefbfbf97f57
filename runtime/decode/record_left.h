/* SPDX-License-Identifier: Apache-2.0
 * JSON as it is written of what no field took: without blanks, members without a value, and what is empty then. */
#pragma once
#include "argot/normalizer.h"

#define ARGOT_RECORD_LEFT_GROWTH 6 /* times the bytes of a string, and two more, at most */

/* A string of decoded bytes with its quotes. Returns the bytes written, at most GROWTH * length + 2. */
size_t argot_record_left_string(uint8_t *out, struct argot_slice text);
/* A list or an object, whose text is good JSON no deeper than ARGOT_RECORD_MAX_DEPTH and without repeated names.
 * Returns the bytes written, at most GROWTH * length; 0: nothing of it is left. Linear. */
size_t argot_record_left(uint8_t *out, struct argot_slice text);
