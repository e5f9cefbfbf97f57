/* SPDX-License-Identifier: Apache-2.0
 * What every line of output must be, checked by code that shares nothing with the writers and readers under test. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One JSON value (RFC 8259) and nothing else: no blanks but single ones between tokens as a writer may keep them, no
 * more than 200 levels. NULL when it is one, else what is wrong; *at is the offset of that. */
const char *strict_json_check(const uint8_t *text, size_t length, size_t *at);
/* Well-formed UTF-8 without control bytes, DEL and U+0080 to U+009F. */
bool strict_json_is_clean(const uint8_t *text, size_t length);
