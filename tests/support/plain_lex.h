/* SPDX-License-Identifier: Apache-2.0
 * What argot/lex.h and argot/read.h do by sixteen bytes at once, in the loops that stand in for that elsewhere. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

const uint8_t *plain_lex_find_any(const uint8_t *p, const uint8_t *e, uint8_t a, uint8_t b, uint8_t c);
const uint8_t *plain_lex_find_last(const uint8_t *p, const uint8_t *q, const uint8_t *e, const char *text,
                                   size_t length, size_t rare);
const uint8_t *plain_lex_quoted(const uint8_t *p, const uint8_t *e, uint8_t quote, bool *escaped);
const uint8_t *plain_lex_clf(const uint8_t *p, const uint8_t *e);
const uint8_t *plain_read_ipv4(const uint8_t *p, const uint8_t *e, uint8_t ip[16]);
