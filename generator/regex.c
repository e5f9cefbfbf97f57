/* SPDX-License-Identifier: Apache-2.0
 * Trees, parser and printer of regular expressions. */
#include "generator/regex.h"
#include <string.h>

static struct argot_regex *
node(struct argot_arena *arena, enum argot_regex_kind kind, const struct argot_regex *left,
     const struct argot_regex *right)
{
    static struct argot_regex none;
    struct argot_regex *regex = argot_arena_zalloc(arena, 1, sizeof *regex);
    if (!regex)
        return &none;
    regex->kind = kind;
    regex->left = left;
    regex->right = right;
    return regex;
}

const struct argot_regex *
argot_regex_empty(struct argot_arena *arena)
{
    return node(arena, ARGOT_REGEX_EMPTY, NULL, NULL);
}

const struct argot_regex *
argot_regex_set(struct argot_arena *arena, const uint64_t set[4])
{
    struct argot_regex *regex = node(arena, ARGOT_REGEX_SET, NULL, NULL);
    memcpy(regex->set, set, sizeof regex->set);
    regex->set[0] &= ~(1ull << '\n');
    return regex;
}

const struct argot_regex *
argot_regex_text(struct argot_arena *arena, const char *text, size_t length)
{
    const struct argot_regex *regex = argot_regex_empty(arena);
    for (size_t i = 0; i < length; i++) {
        uint64_t set[4] = {0};
        uint8_t byte = (uint8_t)text[i];
        set[byte >> 6] |= 1ull << (byte & 63);
        regex = argot_regex_concat(arena, regex, argot_regex_set(arena, set));
    }
    return regex;
}

const struct argot_regex *
argot_regex_concat(struct argot_arena *arena, const struct argot_regex *left, const struct argot_regex *right)
{
    if (left->kind == ARGOT_REGEX_EMPTY)
        return right;
    if (right->kind == ARGOT_REGEX_EMPTY)
        return left;
    return node(arena, ARGOT_REGEX_CONCAT, left, right);
}

const struct argot_regex *
argot_regex_alternate(struct argot_arena *arena, const struct argot_regex *left, const struct argot_regex *right)
{
    return node(arena, ARGOT_REGEX_ALTERNATE, left, right);
}

const struct argot_regex *
argot_regex_repeat(struct argot_arena *arena, const struct argot_regex *inner, uint32_t min, uint32_t max)
{
    struct argot_regex *regex = node(arena, ARGOT_REGEX_REPEAT, inner, NULL);
    regex->min = min;
    regex->max = max;
    return regex;
}

bool
argot_regex_nullable(const struct argot_regex *regex)
{
    switch (regex->kind) {
    case ARGOT_REGEX_EMPTY:
        return true;
    case ARGOT_REGEX_SET:
        return false;
    case ARGOT_REGEX_CONCAT:
        return argot_regex_nullable(regex->left) && argot_regex_nullable(regex->right);
    case ARGOT_REGEX_ALTERNATE:
        return argot_regex_nullable(regex->left) || argot_regex_nullable(regex->right);
    case ARGOT_REGEX_REPEAT:
        return !regex->min || argot_regex_nullable(regex->left);
    }
    return true;
}

void
argot_regex_first(const struct argot_regex *regex, uint64_t set[4])
{
    switch (regex->kind) {
    case ARGOT_REGEX_EMPTY:
        break;
    case ARGOT_REGEX_SET:
        for (int i = 0; i < 4; i++)
            set[i] |= regex->set[i];
        break;
    case ARGOT_REGEX_CONCAT:
        argot_regex_first(regex->left, set);
        if (argot_regex_nullable(regex->left))
            argot_regex_first(regex->right, set);
        break;
    case ARGOT_REGEX_ALTERNATE:
        argot_regex_first(regex->left, set);
        argot_regex_first(regex->right, set);
        break;
    case ARGOT_REGEX_REPEAT:
        if (regex->max)
            argot_regex_first(regex->left, set);
        break;
    }
}

bool
argot_regex_run(const struct argot_regex *regex, uint64_t first[4], uint64_t rest[4])
{
    const struct argot_regex *begin = regex->kind == ARGOT_REGEX_CONCAT ? regex->left : NULL;
    const struct argot_regex *run = begin ? regex->right : regex;
    if (run->kind != ARGOT_REGEX_REPEAT || run->left->kind != ARGOT_REGEX_SET || run->max != UINT32_MAX ||
        run->min != (begin ? 0 : 1) || (begin && begin->kind != ARGOT_REGEX_SET))
        return false;
    memcpy(first, begin ? begin->set : run->left->set, sizeof run->left->set);
    memcpy(rest, run->left->set, sizeof run->left->set);
    return true;
}

/* ---- parsing ---- */

struct parser {
    struct argot_arena *arena;
    const char *text;
    size_t length, at;
    unsigned depth;
    const char *why;
};

static const struct argot_regex *parse_alternatives(struct parser *p);

static const struct argot_regex *
refuse(struct parser *p, const char *why)
{
    if (!p->why)
        p->why = why;
    return NULL;
}

static void
add_range(uint64_t set[4], unsigned low, unsigned high)
{
    for (unsigned byte = low; byte <= high; byte++)
        set[byte >> 6] |= 1ull << (byte & 63);
}

static void
add_letter_class(uint64_t set[4], char letter)
{
    uint64_t bytes[4] = {0};
    char lower = (char)(letter | 0x20);
    if (lower == 'd' || lower == 'w')
        add_range(bytes, '0', '9');
    if (lower == 'w') {
        add_range(bytes, 'a', 'z');
        add_range(bytes, 'A', 'Z');
        add_range(bytes, '_', '_');
    }
    if (lower == 's') {
        add_range(bytes, ' ', ' ');
        add_range(bytes, '\t', '\r');
    }
    for (int i = 0; i < 4; i++)
        set[i] |= letter == lower ? bytes[i] : ~bytes[i];
}

static int
hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* After a backslash: a class into set (returns -1), or one byte. -2: refused. */
static int
parse_escape(struct parser *p, uint64_t set[4])
{
    if (p->at == p->length)
        return refuse(p, "a backslash at the end"), -2;
    char c = p->text[p->at++];
    if (strchr("dwsDWS", c) && c) {
        add_letter_class(set, c);
        return -1;
    }
    if (c == 't' || c == 'r' || c == 'n')
        return c == 't' ? '\t' : c == 'r' ? '\r' : '\n';
    if (c == 'x') {
        if (p->length - p->at < 2 || hex(p->text[p->at]) < 0 || hex(p->text[p->at + 1]) < 0)
            return refuse(p, "\\x takes two hexadecimal digits"), -2;
        int byte = hex(p->text[p->at]) * 16 + hex(p->text[p->at + 1]);
        p->at += 2;
        return byte;
    }
    if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
        refuse(p, c >= '1' && c <= '9' ? "back-references are not regular" : "unknown escape");
        return -2;
    }
    return (uint8_t)c;
}

static const struct argot_regex *
parse_class(struct parser *p)
{
    uint64_t set[4] = {0};
    bool negated = p->at < p->length && p->text[p->at] == '^';
    size_t begin = p->at += negated;
    while (p->at < p->length && (p->text[p->at] != ']' || p->at == begin)) {
        int low = (uint8_t)p->text[p->at++];
        if (low == '[' && p->at < p->length && p->text[p->at] == ':')
            return refuse(p, "write the bytes of the class out: [0-9A-Za-z]");
        if (low == '\\' && (low = parse_escape(p, set)) == -2)
            return NULL;
        if (low < 0)
            continue;
        int high = low;
        if (p->at + 1 < p->length && p->text[p->at] == '-' && p->text[p->at + 1] != ']') {
            p->at++;
            high = (uint8_t)p->text[p->at++];
            if (high == '\\' && (high = parse_escape(p, set)) < 0)
                return refuse(p, "a range needs a byte at its end");
        }
        if (high < low)
            return refuse(p, "the range runs backwards");
        add_range(set, (unsigned)low, (unsigned)high);
    }
    if (p->at == p->length)
        return refuse(p, "this class has no ]");
    p->at++;
    for (int i = 0; negated && i < 4; i++)
        set[i] = ~set[i];
    const struct argot_regex *regex = argot_regex_set(p->arena, set);
    if (!(regex->set[0] | regex->set[1] | regex->set[2] | regex->set[3]))
        return refuse(p, "the class is empty (a line never holds a newline)");
    return regex;
}

static const struct argot_regex *
parse_group(struct parser *p)
{
    if (p->at < p->length && p->text[p->at] == '?') {
        if (p->length - p->at < 2 || p->text[p->at + 1] != ':')
            return refuse(p, "look-around and named groups are not supported; (?:…) groups");
        p->at += 2;
    }
    const struct argot_regex *inner = parse_alternatives(p);
    if (!inner)
        return NULL;
    if (p->at == p->length || p->text[p->at] != ')')
        return refuse(p, "this group has no )");
    p->at++;
    return inner;
}

static const struct argot_regex *
parse_atom(struct parser *p)
{
    uint64_t set[4] = {0};
    char c = p->text[p->at++];
    switch (c) {
    case '(':
        return parse_group(p);
    case '[':
        return parse_class(p);
    case '.':
        add_range(set, 0, 255);
        return argot_regex_set(p->arena, set);
    case '^':
    case '$':
        p->at--;
        return refuse(p, "a type matches where its field stands: no anchors");
    case '*':
    case '+':
    case '?':
    case '{':
        p->at--;
        return refuse(p, "nothing to repeat");
    case '\\': {
        int byte = parse_escape(p, set);
        if (byte == -2)
            return NULL;
        if (byte >= 0)
            add_range(set, (unsigned)byte, (unsigned)byte);
        return byte == '\n' ? refuse(p, "a line never holds a newline") : argot_regex_set(p->arena, set);
    }
    default:
        add_range(set, (uint8_t)c, (uint8_t)c);
        return argot_regex_set(p->arena, set);
    }
}

static bool
parse_count(struct parser *p, uint32_t *count)
{
    size_t begin = p->at;
    uint32_t value = 0;
    while (p->at < p->length && p->text[p->at] >= '0' && p->text[p->at] <= '9' && value <= ARGOT_REGEX_MAX_REPEAT)
        value = value * 10 + (uint32_t)(p->text[p->at++] - '0');
    *count = value;
    return p->at > begin && value <= ARGOT_REGEX_MAX_REPEAT;
}

static const struct argot_regex *
parse_braces(struct parser *p, const struct argot_regex *atom)
{
    uint32_t min, max;
    p->at++;
    if (!parse_count(p, &min))
        return refuse(p, "{m}, {m,} or {m,n} with numbers up to 1000");
    max = min;
    if (p->at < p->length && p->text[p->at] == ',') {
        p->at++;
        if (p->at < p->length && p->text[p->at] == '}')
            max = UINT32_MAX;
        else if (!parse_count(p, &max))
            return refuse(p, "{m}, {m,} or {m,n} with numbers up to 1000");
    }
    if (p->at == p->length || p->text[p->at] != '}' || max < min)
        return refuse(p, "{m}, {m,} or {m,n} with numbers up to 1000");
    p->at++;
    return argot_regex_repeat(p->arena, atom, min, max);
}

static const struct argot_regex *
parse_repeat(struct parser *p)
{
    const struct argot_regex *atom = parse_atom(p);
    while (atom && p->at < p->length && p->text[p->at] && strchr("*+?{", p->text[p->at])) {
        char c = p->text[p->at];
        if (c == '{') {
            atom = parse_braces(p, atom);
        } else {
            p->at++;
            atom = argot_regex_repeat(p->arena, atom, c == '+', c == '?' ? 1 : UINT32_MAX);
        }
        if (atom && p->at < p->length && (p->text[p->at] == '?' || p->text[p->at] == '+'))
            return refuse(p, "lazy and possessive repeats are not supported: a type takes the longest match");
    }
    return atom;
}

static const struct argot_regex *
parse_sequence(struct parser *p)
{
    const struct argot_regex *regex = argot_regex_empty(p->arena);
    while (p->at < p->length && p->text[p->at] != '|' && p->text[p->at] != ')') {
        const struct argot_regex *next = parse_repeat(p);
        if (!next)
            return NULL;
        regex = argot_regex_concat(p->arena, regex, next);
    }
    return regex;
}

static const struct argot_regex *
parse_alternatives(struct parser *p)
{
    if (++p->depth > ARGOT_REGEX_MAX_DEPTH)
        return refuse(p, "nested too deeply");
    const struct argot_regex *regex = parse_sequence(p);
    while (regex && p->at < p->length && p->text[p->at] == '|') {
        p->at++;
        const struct argot_regex *next = parse_sequence(p);
        regex = next ? argot_regex_alternate(p->arena, regex, next) : NULL;
    }
    p->depth--;
    return regex;
}

const struct argot_regex *
argot_regex_parse(struct argot_arena *arena, const char *text, size_t length, size_t *offset, const char **why)
{
    struct parser p = {arena, text, length, 0, 0, NULL};
    const struct argot_regex *regex = parse_alternatives(&p);
    if (regex && p.at < length)
        regex = refuse(&p, "this ) has no (");
    *offset = p.at;
    *why = p.why;
    return regex;
}

/* ---- printing ---- */

static void
print_set(const uint64_t set[4], struct argot_buffer *out)
{
    argot_buffer_append_byte(out, '[');
    for (unsigned byte = 0; byte < 256;) {
        if (!(set[byte >> 6] >> (byte & 63) & 1)) {
            byte++;
            continue;
        }
        unsigned last = byte;
        while (last < 255 && set[(last + 1) >> 6] >> ((last + 1) & 63) & 1)
            last++;
        argot_buffer_printf(out, "\\x%02x", byte);
        if (last > byte)
            argot_buffer_printf(out, "-\\x%02x", last);
        byte = last + 1;
    }
    argot_buffer_append_byte(out, ']');
}

void
argot_regex_print(const struct argot_regex *regex, struct argot_buffer *out)
{
    switch (regex->kind) {
    case ARGOT_REGEX_EMPTY:
        argot_buffer_append_text(out, "\"\"");
        break;
    case ARGOT_REGEX_SET:
        print_set(regex->set, out);
        break;
    case ARGOT_REGEX_CONCAT:
        argot_regex_print(regex->left, out);
        argot_buffer_append_byte(out, ' ');
        argot_regex_print(regex->right, out);
        break;
    case ARGOT_REGEX_ALTERNATE:
        argot_buffer_append_byte(out, '(');
        argot_regex_print(regex->left, out);
        argot_buffer_append_text(out, " | ");
        argot_regex_print(regex->right, out);
        argot_buffer_append_byte(out, ')');
        break;
    case ARGOT_REGEX_REPEAT:
        argot_buffer_append_byte(out, '(');
        argot_regex_print(regex->left, out);
        if (regex->max == UINT32_MAX)
            argot_buffer_printf(out, "){%u,}", regex->min);
        else
            argot_buffer_printf(out, "){%u,%u}", regex->min, regex->max);
        break;
    }
}
