/* SPDX-License-Identifier: Apache-2.0
 * Texts that are written in another way: quotes, hex, base64, percent, the audit daemon's values,
 * letter case. A text in which nothing changes is handed back as it lies in the log; else its
 * decoded copy lies in the arena and is never longer than the text. What comes out may hold any
 * byte. */
#include "decode/text.h"
#include "decode/number.h"
#include <string.h>

uint8_t *
argot_text_room(struct argot_arena *arena, size_t most)
{
    return argot_arena_alloc(arena, most + 1 + ARGOT_PADDING);
}

struct argot_slice
argot_text_close(uint8_t *at, uint8_t *end)
{
    *end = '\n';
    memset(end + 1, 0, ARGOT_PADDING);
    return (struct argot_slice){at, (uint32_t)(end - at)};
}

/* ---- quotes ---- */

/* One escape at p, which is a backslash; what it stands for goes to *out. Returns the place behind
 * it. */
static const uint8_t *
undo_escape(const uint8_t *p, const uint8_t *end, uint8_t quote, uint8_t **out)
{
    uint8_t next = end - p > 1 ? p[1] : 0;
    if (next == '\\' || next == '"' || (next && next == quote)) {
        *(*out)++ = next;
        return p + 2;
    }
    if (next == 'n' || next == 't' || next == 'r') {
        *(*out)++ = next == 'n' ? '\n' : next == 't' ? '\t' : '\r';
        return p + 2;
    }
    if (next == 'x' && end - p >= 4) {
        uint8_t high = argot_number_hex_digit(p[2]), low = argot_number_hex_digit(p[3]);
        if (high < 16 && low < 16) {
            *(*out)++ = (uint8_t)(high << 4 | low);
            return p + 4;
        }
    }
    *(*out)++ = *p;
    return p + 1;
}

static enum argot_decode_status
unescape(const struct argot_decode *context, struct argot_slice text, uint8_t quote, struct argot_slice *out)
{
    const uint8_t *p = text.at, *end = p + text.length;
    const uint8_t *next = text.length ? memchr(p, '\\', text.length) : NULL;
    *out = text;
    if (!next)
        return ARGOT_DECODED;
    uint8_t *at = argot_text_room(context->arena, text.length), *q = at;
    if (!at)
        return ARGOT_DECODE_NO_MEMORY;
    while (next) {
        memcpy(q, p, (size_t)(next - p));
        q += next - p;
        p = undo_escape(next, end, quote, &q);
        /* A backslash that stays takes the byte after it along, so that `\` `\` is never split. */
        if (p == next + 1 && p < end)
            *q++ = *p++;
        next = p < end ? memchr(p, '\\', (size_t)(end - p)) : NULL;
    }
    memcpy(q, p, (size_t)(end - p));
    *out = argot_text_close(at, q + (end - p));
    return ARGOT_DECODED;
}

/* Whether the quote at the end is the first that no backslash takes along. */
static bool
is_quoted(struct argot_slice text, uint8_t quote)
{
    if (text.length < 2 || *text.at != quote || text.at[text.length - 1] != quote)
        return false;
    uint32_t last = text.length - 1, i = 1;
    for (; i < last && text.at[i] != quote; i++)
        i += text.at[i] == '\\';
    return i == last;
}

static enum argot_decode_status
unquote(const struct argot_decode *context, struct argot_slice text, uint8_t quote, struct argot_slice *out)
{
    *out = text;
    if (!is_quoted(text, quote))
        return ARGOT_DECODED;
    return unescape(context, (struct argot_slice){text.at + 1, text.length - 2}, quote, out);
}

static enum argot_decode_status
unquote_csv(const struct argot_decode *context, struct argot_slice text, struct argot_slice *out)
{
    *out = text;
    if (text.length < 2 || *text.at != '"' || text.at[text.length - 1] != '"')
        return ARGOT_DECODED;
    const uint8_t *p = text.at + 1, *end = text.at + text.length - 1;
    uint32_t doubled = 0;
    for (const uint8_t *q = p; q < end; q++) {
        if (*q != '"')
            continue;
        if (++q == end || *q != '"')
            return ARGOT_DECODED; /* it ends before its end: no quoted text */
        doubled++;
    }
    struct argot_slice inner = {p, (uint32_t)(end - p)};
    if (!doubled) {
        *out = inner;
        return ARGOT_DECODED;
    }
    uint8_t *at = argot_text_room(context->arena, inner.length - doubled), *q = at;
    if (!at)
        return ARGOT_DECODE_NO_MEMORY;
    for (; p < end; p++) {
        *q++ = *p;
        p += *p == '"';
    }
    *out = argot_text_close(at, q);
    return ARGOT_DECODED;
}

/* ---- hex and base64 ---- */

static enum argot_decode_status
decode_hex(const struct argot_decode *context, struct argot_slice text, struct argot_slice *out)
{
    if (!text.length || text.length % 2)
        return ARGOT_DECODE_BAD;
    uint8_t *at = argot_text_room(context->arena, text.length / 2), *q = at;
    if (!at)
        return ARGOT_DECODE_NO_MEMORY;
    for (uint32_t i = 0; i < text.length; i += 2) {
        uint8_t high = argot_number_hex_digit(text.at[i]), low = argot_number_hex_digit(text.at[i + 1]);
        if (high > 15 || low > 15)
            return ARGOT_DECODE_BAD;
        *q++ = (uint8_t)(high << 4 | low);
    }
    *out = argot_text_close(at, q);
    return ARGOT_DECODED;
}

/* RFC 4648, sections 4 and 5: both alphabets. */
static int
sextet(uint8_t byte)
{
    if (byte >= 'A' && byte <= 'Z')
        return byte - 'A';
    if (byte >= 'a' && byte <= 'z')
        return byte - 'a' + 26;
    if (byte >= '0' && byte <= '9')
        return byte - '0' + 52;
    if (byte == '+' || byte == '-')
        return 62;
    return byte == '/' || byte == '_' ? 63 : -1;
}

static enum argot_decode_status
decode_base64(const struct argot_decode *context, struct argot_slice text, struct argot_slice *out)
{
    uint32_t length = text.length;
    if (length && length % 4 == 0 && text.at[length - 1] == '=')
        length -= text.at[length - 2] == '=' ? 2 : 1;
    if (!length || length % 4 == 1)
        return ARGOT_DECODE_BAD;
    uint8_t *at = argot_text_room(context->arena, length / 4 * 3 + 2), *q = at;
    if (!at)
        return ARGOT_DECODE_NO_MEMORY;
    uint32_t bits = 0;
    for (uint32_t i = 0; i < length; i++) {
        int value = sextet(text.at[i]);
        if (value < 0)
            return ARGOT_DECODE_BAD;
        bits = bits << 6 | (uint32_t)value;
        if (i % 4)
            *q++ = (uint8_t)(bits >> (6 - i % 4 * 2));
    }
    *out = argot_text_close(at, q);
    return ARGOT_DECODED;
}

/* ---- percent ---- */

static enum argot_decode_status
decode_percent(const struct argot_decode *context, struct argot_slice text, bool plus, struct argot_slice *out)
{
    *out = text;
    if (!text.length || (!memchr(text.at, '%', text.length) && !(plus && memchr(text.at, '+', text.length))))
        return ARGOT_DECODED;
    uint8_t *at = argot_text_room(context->arena, text.length), *q = at;
    if (!at)
        return ARGOT_DECODE_NO_MEMORY;
    for (uint32_t i = 0; i < text.length; i++) {
        uint8_t byte = text.at[i];
        if (byte == '%' && text.length - i > 2) {
            uint8_t high = argot_number_hex_digit(text.at[i + 1]);
            uint8_t low = argot_number_hex_digit(text.at[i + 2]);
            if (high < 16 && low < 16) {
                byte = (uint8_t)(high << 4 | low);
                i += 2;
            }
        } else if (plus && byte == '+') {
            byte = ' ';
        }
        *q++ = byte;
    }
    *out = argot_text_close(at, q);
    return ARGOT_DECODED;
}

/* ---- audit ---- */

/* The audit daemon writes "…" where no byte of the text needs care and bare hex where one does. */
static enum argot_decode_status
decode_audit(const struct argot_decode *context, struct argot_slice text, struct argot_slice *out)
{
    *out = text;
    if (text.length >= 2 && *text.at == '"' && text.at[text.length - 1] == '"') {
        *out = (struct argot_slice){text.at + 1, text.length - 2};
        return ARGOT_DECODED;
    }
    enum argot_decode_status status = decode_hex(context, text, out);
    return status == ARGOT_DECODE_BAD ? ARGOT_DECODED : status;
}

/* ---- by name ---- */

enum argot_decode_status
argot_decode_text(const struct argot_decode *context, enum argot_how how, struct argot_slice text,
                  struct argot_slice *out)
{
    switch (how) {
    case ARGOT_HOW_QUOTED:
        return unquote(context, text, '"', out);
    case ARGOT_HOW_QUOTED_SINGLE:
        return unquote(context, text, '\'', out);
    case ARGOT_HOW_QUOTED_CSV:
        return unquote_csv(context, text, out);
    case ARGOT_HOW_HEX:
        return decode_hex(context, text, out);
    case ARGOT_HOW_BASE64:
        return decode_base64(context, text, out);
    case ARGOT_HOW_PERCENT:
        return decode_percent(context, text, false, out);
    default:
        *out = text;
        return ARGOT_DECODED;
    }
}

enum argot_decode_status
argot_decode_apply(const struct argot_decode *context, uint8_t decode, struct argot_slice text, struct argot_slice *out)
{
    switch (decode) {
    case ARGOT_DECODE_HEX:
        return decode_hex(context, text, out);
    case ARGOT_DECODE_BASE64:
        return decode_base64(context, text, out);
    case ARGOT_DECODE_PERCENT:
        return decode_percent(context, text, false, out);
    case ARGOT_DECODE_PLUS:
        return decode_percent(context, text, true, out);
    case ARGOT_DECODE_AUDIT:
        return decode_audit(context, text, out);
    default:
        *out = text;
        return ARGOT_DECODED;
    }
}

enum argot_decode_status
argot_decode_lower(const struct argot_decode *context, struct argot_slice text, bool upper, struct argot_slice *out)
{
    const uint8_t first = upper ? 'a' : 'A';
    uint32_t i = 0;
    *out = text;
    while (i < text.length && (uint8_t)(text.at[i] - first) >= 26)
        i++;
    if (i == text.length)
        return ARGOT_DECODED;
    uint8_t *at = argot_text_room(context->arena, text.length);
    if (!at)
        return ARGOT_DECODE_NO_MEMORY;
    memcpy(at, text.at, i);
    for (; i < text.length; i++)
        at[i] = (uint8_t)(text.at[i] ^ ((uint8_t)(text.at[i] - first) < 26 ? 0x20 : 0));
    *out = argot_text_close(at, at + text.length);
    return ARGOT_DECODED;
}
