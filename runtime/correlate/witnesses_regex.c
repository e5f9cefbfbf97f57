/* SPDX-License-Identifier: Apache-2.0
 * What every match of a regular expression holds: of each alternative the longest run of bytes that stand as they are.
 * Groups and classes are passed over, which only makes runs shorter. The expression is one that the rule language has;
 * its syntax was checked when it was compiled. */
#include "correlate/witnesses.h"
#include <string.h>

#define MOST_BYTES 64u /* of a run */
#define LEAST_BYTES 2u
#define MOST_ALTERNATIVES 64u

struct run {
    uint32_t length;
    uint8_t bytes[MOST_BYTES];
};

struct reader {
    const uint8_t *at, *end;
    struct run run, best;
};

static bool
has(const struct reader *reader, size_t count)
{
    return (size_t)(reader->end - reader->at) >= count;
}

/* ---- runs ---- */

static void
end_run(struct reader *reader)
{
    if (reader->run.length > reader->best.length)
        reader->best = reader->run;
    reader->run.length = 0;
}

static void
put_byte(struct reader *reader, uint8_t byte)
{
    if (reader->run.length == MOST_BYTES)
        end_run(reader);
    reader->run.bytes[reader->run.length++] = byte;
}

/* ---- passing over ---- */

/* Behind [:name:], which stands within a class; NULL: it is none. */
static const uint8_t *
behind_name(const struct reader *reader)
{
    const uint8_t *at = reader->at + 2;
    if (!has(reader, 4) || reader->at[1] != ':')
        return NULL;
    at += *at == '^';
    while (at < reader->end && (uint8_t)(*at - 'a') < 26)
        at++;
    return reader->end - at >= 2 && at[0] == ':' && at[1] == ']' ? at + 2 : NULL;
}

static void
pass_class(struct reader *reader)
{
    reader->at++;
    if (has(reader, 1) && *reader->at == '^')
        reader->at++;
    for (bool first = true; has(reader, 1); first = false) {
        uint8_t byte = *reader->at;
        if (byte == ']' && !first) {
            reader->at++;
            return;
        }
        const uint8_t *behind = byte == '[' ? behind_name(reader) : NULL;
        if (behind)
            reader->at = behind;
        else
            reader->at += byte == '\\' && has(reader, 2) ? 2 : 1;
    }
}

static void
pass_group(struct reader *reader)
{
    unsigned depth = 0;
    while (has(reader, 1)) {
        uint8_t byte = *reader->at;
        if (byte == '[') {
            pass_class(reader);
            continue;
        }
        reader->at += byte == '\\' && has(reader, 2) ? 2 : 1;
        depth += byte == '(';
        if (byte == ')' && --depth == 0)
            return;
    }
}

/* ---- repeats ---- */

static bool
is_digit(uint8_t byte)
{
    return (uint8_t)(byte - '0') < 10;
}

/* {n}, {n,}, {n,m}; *least is n, up to 1. False: a brace and nothing more. */
static bool
read_braces(struct reader *reader, unsigned *least)
{
    const uint8_t *at = reader->at + 1;
    *least = 0;
    for (; at < reader->end && is_digit(*at); at++)
        *least |= *at != '0';
    if (at == reader->at + 1)
        return false;
    if (at < reader->end && *at == ',')
        for (at++; at < reader->end && is_digit(*at); at++)
            ;
    if (at == reader->end || *at != '}')
        return false;
    reader->at = at + 1;
    return true;
}

/* Whether what stands before is repeated; *least: whether once at least. */
static bool
read_repeat(struct reader *reader, unsigned *least)
{
    if (!has(reader, 1))
        return false;
    uint8_t byte = *reader->at;
    *least = byte == '+';
    if (byte == '*' || byte == '+' || byte == '?')
        reader->at++;
    else if (byte != '{' || !read_braces(reader, least))
        return false;
    if (has(reader, 1) && *reader->at == '?')
        reader->at++;
    return true;
}

/* ---- atoms ---- */

static int
hex_of(uint8_t byte)
{
    if (is_digit(byte))
        return byte - '0';
    uint8_t letter = (uint8_t)((byte | 0x20) - 'a');
    return letter < 6 ? letter + 10 : -1;
}

static uint8_t
read_hex(struct reader *reader)
{
    unsigned value = 0;
    bool braces = has(reader, 1) && *reader->at == '{';
    reader->at += braces;
    for (int i = 0; (braces || i < 2) && has(reader, 1) && hex_of(*reader->at) >= 0; i++, reader->at++)
        value = value * 16 + (unsigned)hex_of(*reader->at);
    if (braces && has(reader, 1))
        reader->at++;
    return (uint8_t)value;
}

/* An escape, `at` on its backslash. The byte that it stands for; -1: a class of bytes; -2: an assertion. */
static int
read_escape(struct reader *reader)
{
    static const char names[] = "aefnrt", bytes[] = "\a\x1b\f\n\r\t";
    if (!has(reader, 2))
        return -1;
    uint8_t letter = reader->at[1];
    reader->at += 2;
    if (letter == 'x')
        return read_hex(reader);
    if (letter == '0') {
        unsigned value = 0;
        for (int i = 0; i < 2 && has(reader, 1) && (uint8_t)(*reader->at - '0') < 8; i++)
            value = value * 8 + (unsigned)(*reader->at++ - '0');
        return (int)value;
    }
    const char *name = memchr(names, letter, sizeof names - 1);
    if (name)
        return bytes[name - names];
    bool word = is_digit(letter) || (uint8_t)((letter | 0x20) - 'a') < 26;
    if (!word)
        return letter;
    return memchr("bBAzZ", letter, 5) ? -2 : -1;
}

static void
read_atom(struct reader *reader)
{
    int byte = -1;
    unsigned least = 1;
    switch (*reader->at) {
    case '\\':
        byte = read_escape(reader);
        break;
    case '[':
        pass_class(reader);
        break;
    case '(':
        pass_group(reader);
        break;
    case '.':
        reader->at++;
        break;
    case '^':
    case '$':
        reader->at++;
        byte = -2;
        break;
    default:
        byte = *reader->at++;
    }
    bool repeated = read_repeat(reader, &least);
    if (byte >= 0 && (!repeated || least))
        put_byte(reader, (uint8_t)byte);
    if (byte == -1 || repeated)
        end_run(reader);
    if (byte >= 0 && repeated && least)
        put_byte(reader, (uint8_t)byte); /* its last repeat stands before what follows */
}

bool
argot_witnesses_regex(struct argot_witnesses *witnesses, uint32_t source, const struct argot_expr_pattern *pattern,
                      bool fold)
{
    const uint8_t *text = (const uint8_t *)pattern->text.at;
    struct reader reader = {.at = text, .end = text + pattern->text.length};
    struct run runs[MOST_ALTERNATIVES];
    uint32_t count = 0;
    for (bool more = true; more; reader.at += more) {
        reader.best.length = reader.run.length = 0;
        while (has(&reader, 1) && *reader.at != '|')
            read_atom(&reader);
        end_run(&reader);
        more = has(&reader, 1);
        if (reader.best.length < LEAST_BYTES || count == MOST_ALTERNATIVES)
            return false;
        runs[count++] = reader.best;
    }
    for (uint32_t i = 0; i < count; i++) {
        char *bytes = argot_arena_copy(&witnesses->arena, (const char *)runs[i].bytes, runs[i].length);
        witnesses->failed = witnesses->failed || !bytes;
        if (!bytes)
            return true;
        struct argot_witness witness = {.kind = ARGOT_WITNESS_CONTAINS,
                                        .fold = fold,
                                        .source = source,
                                        .text = {(const uint8_t *)bytes, runs[i].length}};
        argot_witnesses_put(witnesses, &witness);
    }
    return true;
}
