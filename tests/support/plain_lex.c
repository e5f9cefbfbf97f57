/* SPDX-License-Identifier: Apache-2.0
 * The primitives without lanes: in a file of its own, since a file has one kind only. */
#define ARGOT_NO_LANES
#include "argot/read.h"
#include "plain_lex.h"

const uint8_t *
plain_lex_find_any(const uint8_t *p, const uint8_t *e, uint8_t a, uint8_t b, uint8_t c)
{
    return argot_lex_find_any(p, e, a, b, c);
}

const uint8_t *
plain_lex_find_last(const uint8_t *p, const uint8_t *q, const uint8_t *e, const char *text, size_t length, size_t rare)
{
    return argot_lex_find_last(p, q, e, text, length, rare);
}

const uint8_t *
plain_lex_quoted(const uint8_t *p, const uint8_t *e, uint8_t quote, bool *escaped)
{
    return argot_lex_quoted(p, e, quote, escaped);
}

const uint8_t *
plain_lex_clf(const uint8_t *p, const uint8_t *e)
{
    return argot_lex_clf(p, e);
}

const uint8_t *
plain_read_ipv4(const uint8_t *p, const uint8_t *e, uint8_t ip[16])
{
    return argot_read_ipv4(p, e, ip);
}
