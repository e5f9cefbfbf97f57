/* SPDX-License-Identifier: Apache-2.0
 * Spellings to values. Numbers and addresses go through the decoders that read them in logs, so that one text means
 * one value in both. */
#include "grammar/value.h"
#include "base/amount.h"
#include "decode/decode.h"
#include "decode/number.h"
#include "grammar/codes.h"
#include "grammar/limits.h"
#include <string.h>

#define V4_BITS 32u
#define V6_BITS 128u
#define MAX_PARTS 32u
#define BASE16 16u

static struct argot_diagnostic *
refuse(struct argot_diagnostics *diagnostics, unsigned code, struct argot_place place, const char *text)
{
    return argot_diagnostics_add(diagnostics, ARGOT_ERROR, code, argot_place_span(place), "%s", text);
}

static struct argot_slice
slice(const char *at, size_t length)
{
    return (struct argot_slice){(const uint8_t *)at, (uint32_t)length};
}

/* The place of some bytes of a node that lies on one line. */
static struct argot_place
inside(const struct argot_ast_expr *node, size_t offset, size_t length)
{
    struct argot_place place = node->place;
    place.begin += (uint32_t)offset;
    place.column += (uint32_t)offset;
    place.end = place.begin + (uint32_t)length;
    return place;
}

/* ---- texts ---- */

/* Writes what an escape stands for; returns how many bytes of the spelling it took. */
static size_t
escape(struct argot_diagnostics *diagnostics, const struct argot_ast_expr *node, const char *at, const char *from,
       const char *end, char *out)
{
    static const char letters[] = "\"\\nrt", values[] = "\"\\\n\r\t";
    const char *found = end - from > 1 ? memchr(letters, from[1], sizeof letters - 1) : NULL;
    if (found) {
        *out = values[found - letters];
        return 2;
    }
    if (end - from > 3 && from[1] == 'x') {
        uint8_t high = argot_number_hex_digit((uint8_t)from[2]), low = argot_number_hex_digit((uint8_t)from[3]);
        if (high < BASE16 && low < BASE16) {
            *out = (char)(high * BASE16 + low);
            return 4;
        }
    }
    struct argot_diagnostic *said = refuse(diagnostics, ARGOT_CODE_RULE_ESCAPE, inside(node, (size_t)(from - at), 2),
                                           "a text in \" knows \\\" \\\\ \\n \\r \\t and \\xHH alone");
    said->hint = "write \\\\ for a backslash, or put the text in '…', which has no escapes";
    *out = *from;
    return 1;
}

void
argot_value_text(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at, uint32_t length)
{
    const char *from = at + 1, *end = at + length;
    bool raw = *at == '\'';
    char *text = argot_arena_alloc(diagnostics->arena, (size_t)length + 1), *to = text;
    node->raw = raw;
    if (!text)
        return;
    while (from < end && *from != *at) {
        if (raw || *from != '\\')
            *to++ = *from++;
        else
            from += escape(diagnostics, node, at, from, end, to++);
    }
    *to = '\0';
    node->text = (struct argot_ast_text){text, (uint32_t)(to - text)};
}

void
argot_value_regex(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at, uint32_t length)
{
    char *text = argot_arena_alloc(diagnostics->arena, (size_t)length + 1), *to = text;
    if (!text)
        return;
    for (const char *from = at, *end = at + length; from < end;) {
        if (*from == '\\' && end - from > 1 && from[1] != '/')
            *to++ = *from++; /* an escaped backslash escapes no slash */
        else if (*from == '\\' && end - from > 1)
            from++;
        *to++ = *from++;
    }
    *to = '\0';
    node->text = (struct argot_ast_text){text, (uint32_t)(to - text)};
}

/* ---- names ---- */

static const char *
part_end(const char *from, const char *end)
{
    const char *stop = *from == '`' ? memchr(from + 1, '`', (size_t)(end - from - 1)) : NULL;
    if (stop)
        return stop + 1;
    stop = memchr(from, '.', (size_t)(end - from));
    return stop ? stop : end;
}

void
argot_value_name(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at, uint32_t length)
{
    const char *end = at + length;
    struct argot_ast_text parts[MAX_PARTS];
    uint16_t count = 0;
    for (const char *from = at; from < end && count < MAX_PARTS; count++) {
        const char *stop = part_end(from, end);
        bool quoted = *from == '`';
        size_t bytes = (size_t)(stop - from) - (quoted ? 2 : 0);
        char *copy = argot_arena_copy(diagnostics->arena, from + quoted, bytes);
        parts[count] = (struct argot_ast_text){copy ? copy : "", copy ? (uint32_t)bytes : 0};
        from = stop + 1;
        if (from < end && count + 1u == MAX_PARTS)
            refuse(diagnostics, ARGOT_CODE_RULE_SIZE, node->place, "a name of more than 32 parts");
    }
    struct argot_ast_text *all = argot_arena_zalloc(diagnostics->arena, count, sizeof *all);
    char *whole = argot_arena_copy(diagnostics->arena, at, length);
    if (!all || !whole)
        return;
    memcpy(all, parts, count * sizeof *all);
    node->parts = all;
    node->nparts = count;
    node->text = count == 1 ? parts[0] : (struct argot_ast_text){whole, length};
}

/* ---- numbers ---- */

void
argot_value_int(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at, uint32_t length)
{
    if (!argot_number_uint(slice(at, length), &node->number))
        refuse(diagnostics, ARGOT_CODE_RULE_NUMBER, node->place, "whole numbers end at 18446744073709551615");
}

void
argot_value_float(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at, uint32_t length)
{
    if (!argot_number_float(slice(at, length), &node->real))
        refuse(diagnostics, ARGOT_CODE_RULE_NUMBER, node->place, "this number is too large");
}

void
argot_value_duration(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at,
                     uint32_t length)
{
    const char *wrong = argot_amount_duration(at, length, &node->number);
    if (wrong)
        refuse(diagnostics, ARGOT_CODE_RULE_NUMBER, node->place, wrong);
}

void
argot_value_size(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at, uint32_t length)
{
    const char *wrong = argot_amount_size(at, length, &node->number);
    if (wrong)
        refuse(diagnostics, ARGOT_CODE_RULE_NUMBER, node->place, wrong);
}

/* ---- addresses ---- */

void
argot_value_address(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at, uint32_t length)
{
    const char *slash = memchr(at, '/', length);
    size_t bytes = slash ? (size_t)(slash - at) : length;
    bool network = node->kind == ARGOT_AST_NETWORK;
    node->v4 = !memchr(at, ':', bytes);
    if (!argot_ip_parse((const uint8_t *)at, bytes, node->ip)) {
        struct argot_diagnostic *said =
            refuse(diagnostics, ARGOT_CODE_RULE_ADDRESS, node->place, "this is no address of IPv4 or IPv6");
        if (!node->v4)
            said->hint = "a time stands in quotes; before an address that follows `name:` leave a blank";
        memset(node->ip, 0, sizeof node->ip);
        return;
    }
    uint64_t most = node->v4 ? V4_BITS : V6_BITS, prefix = most;
    if (network && !argot_number_digits(slice(slash + 1, length - bytes - 1), most, &prefix)) {
        prefix = most;
        argot_diagnostics_add(diagnostics, ARGOT_ERROR, ARGOT_CODE_RULE_ADDRESS,
                              argot_place_span(inside(node, bytes, length - bytes)),
                              "a network of IPv%d has at most %u bits", node->v4 ? 4 : 6, (unsigned)most);
    }
    node->prefix = (uint8_t)(prefix + (node->v4 ? V6_BITS - V4_BITS : 0));
}
