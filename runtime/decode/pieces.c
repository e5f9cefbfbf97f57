/* SPDX-License-Identifier: Apache-2.0
 * Texts that hold several values: address with port, account with domain, URL, syslog priority. The
 * pieces are slices of the text; whether a piece is a value of its field's type is decided there.
 * An empty piece is absent. */
#include "decode/decode.h"
#include "decode/number.h"
#include "argot/lex.h"

static struct argot_slice
piece(const uint8_t *begin, const uint8_t *end)
{
    return begin < end ? (struct argot_slice){begin, (uint32_t)(end - begin)} : (struct argot_slice){NULL, 0};
}

static bool
is_port(const uint8_t *p, const uint8_t *end)
{
    uint64_t port;
    return argot_number_digits((struct argot_slice){p, (uint32_t)(end - p)}, UINT16_MAX, &port);
}

static bool
is_address(const uint8_t *p, const uint8_t *end)
{
    uint8_t ip[16];
    return argot_ip_parse(p, (size_t)(end - p), ip);
}

/* The first such byte, or the end. Not that of argot/lex.h, which may read behind the end. */
static const uint8_t *
first_byte(const uint8_t *p, const uint8_t *end, uint8_t byte)
{
    const uint8_t *at = p < end ? memchr(p, byte, (size_t)(end - p)) : NULL;
    return at ? at : end;
}

static const uint8_t *
last_byte(const uint8_t *p, const uint8_t *end, uint8_t byte)
{
    return p < end ? memrchr(p, byte, (size_t)(end - p)) : NULL;
}

/* [address]:port, [address]. */
static bool
split_bracketed(const uint8_t *p, const uint8_t *end, struct argot_slice *address, struct argot_slice *port)
{
    const uint8_t *close = first_byte(p, end, ']');
    if (close == end || close == p + 1)
        return false;
    *address = piece(p + 1, close);
    *port = (struct argot_slice){NULL, 0};
    p = close + 1;
    if (p == end)
        return true;
    if (*p != ':')
        return false;
    *port = piece(p + 1, end);
    return p + 1 == end || is_port(p + 1, end);
}

bool
argot_decode_endpoint(struct argot_slice text, struct argot_slice *address, struct argot_slice *port)
{
    const uint8_t *p = text.at, *end = p + text.length;
    if (p == end)
        return false;
    if (*p == '[')
        return split_bracketed(p, end, address, port);
    *address = piece(p, end);
    *port = (struct argot_slice){NULL, 0};
    const uint8_t *first = memchr(p, ':', text.length);
    if (!first)
        return true;
    const uint8_t *last = last_byte(p, end, ':');
    bool numbered = is_port(last + 1, end);
    if (first == last ? numbered || last + 1 == end : numbered && is_address(p, last)) {
        *address = piece(p, last);
        *port = piece(last + 1, end);
        return address->at || port->at;
    }
    return first != last && is_address(p, end);
}

bool
argot_decode_account(struct argot_slice text, struct argot_slice *domain, struct argot_slice *user)
{
    const uint8_t *p = text.at, *end = p + text.length;
    if (p == end)
        return false;
    const uint8_t *mark = memchr(p, '\\', text.length);
    if (mark) {
        *domain = piece(p, mark);
        *user = piece(mark + 1, end);
        return domain->at || user->at;
    }
    mark = last_byte(p, end, '@'); /* a domain holds none, a user name may */
    *user = piece(p, mark ? mark : end);
    *domain = mark ? piece(mark + 1, end) : (struct argot_slice){NULL, 0};
    return domain->at || user->at;
}

/* Behind `scheme://`, or p. RFC 3986 section 3.1. */
static const uint8_t *
skip_scheme(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *q = p;
    if (q == end || !argot_lex_letter(*q))
        return p;
    while (q < end && (argot_lex_letter(*q) || argot_lex_digit(*q) || *q == '+' || *q == '-' || *q == '.'))
        q++;
    return end - q >= 3 && !memcmp(q, "://", 3) ? q + 3 : p;
}

/* [user@]host[:port]; the user only behind a scheme. */
static bool
split_authority(const uint8_t *p, const uint8_t *end, bool scheme, struct argot_slice *host, struct argot_slice *port)
{
    const uint8_t *at = last_byte(p, end, '@');
    if (at && !scheme)
        return false;
    if (at)
        p = at + 1;
    if (p < end && *p == '[')
        return split_bracketed(p, end, host, port);
    const uint8_t *colon = first_byte(p, end, ':');
    if (argot_lex_class_run(p, colon, ARGOT_LEX_HOST) != colon)
        return false;
    *host = piece(p, colon);
    *port = colon < end ? piece(colon + 1, end) : (struct argot_slice){NULL, 0};
    return !port->at || is_port(port->at, end);
}

bool
argot_decode_url(struct argot_slice text, struct argot_slice *host, struct argot_slice *port, struct argot_slice *path,
                 struct argot_slice *query)
{
    const uint8_t *p = text.at, *end = first_byte(p, p + text.length, '#'); /* RFC 3986 section 3.5 */
    *host = *port = *path = *query = (struct argot_slice){NULL, 0};
    if (p == end)
        return false;
    bool asterisk = end - p == 1 && *p == '*'; /* RFC 9112 section 3.2.4 */
    if (!asterisk && *p != '/' && *p != '?') {
        const uint8_t *authority = skip_scheme(p, end), *q = authority;
        while (q < end && *q != '/' && *q != '?')
            q++;
        if (!split_authority(authority, q, authority > p, host, port))
            return false;
        p = q;
    }
    const uint8_t *mark = first_byte(p, end, '?');
    *path = piece(p, mark);
    *query = mark < end ? piece(mark + 1, end) : (struct argot_slice){NULL, 0};
    return host->at || port->at || path->at || query->at;
}

bool
argot_decode_pri(struct argot_slice text, uint64_t *facility, uint64_t *severity)
{
    uint64_t pri;
    if (text.length > 3 || !argot_number_digits(text, 191, &pri))
        return false;
    *facility = pri >> 3;
    *severity = pri & 7;
    return true;
}
