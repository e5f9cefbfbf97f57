/* SPDX-License-Identifier: Apache-2.0
 * JSON strings: their end, their escapes. Inside runtime/decode only. */
#pragma once
#include "decode/record_build.h"

/* Reads the string whose opening quote stands at *at, and moves *at behind its closing one. *out points into the text
 * where there are no escapes. False: it is none, which was noted, or there was no memory. */
bool argot_record_string_read(struct argot_record_build *build, const uint8_t **at, struct argot_slice *out);
/* Reads the escape whose backslash stands at `at` and writes what it stands for, up to four bytes. Returns the place
 * behind it, NULL where it is none, which was noted. */
const uint8_t *argot_record_string_escape(struct argot_record_build *build, const uint8_t *at, uint8_t **to);
