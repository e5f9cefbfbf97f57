/* SPDX-License-Identifier: Apache-2.0
 * Whether a regular expression is one of the subset of PCRE2's syntax that the rule language has: all of it is regular,
 * so that an engine may run it as an automaton. Nothing is built here; this only reads. */
#include "grammar/check.h"
#include <string.h>

#define MAX_REPEAT 1000u
#define MAX_DEPTH 100u
#define MAX_NAME 32 /* bytes of a group's name, as in PCRE2 */

struct regex {
    const char *begin, *at, *end;
    const char *why; /* NULL: fine so far */
    const char *where;
};

static bool
refuse(struct regex *regex, const char *where, const char *why)
{
    if (!regex->why) {
        regex->why = why;
        regex->where = where;
    }
    return false;
}

static bool
is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static bool
is_hex(char letter)
{
    return is_digit(letter) || ((letter | 0x20) >= 'a' && (letter | 0x20) <= 'f');
}

static bool
has(const struct regex *regex, size_t count)
{
    return (size_t)(regex->end - regex->at) >= count;
}

/* ---- escapes ---- */

/* \xHH, \x{H…}: `at` behind the x. The value, or -1 after refusing. */
static int
read_hex(struct regex *regex, const char *escape)
{
    unsigned value = 0;
    if (has(regex, 1) && *regex->at == '{') {
        const char *digit = regex->at + 1;
        for (; digit < regex->end && is_hex(*digit) && value < 0x100; digit++)
            value = value * 16 + (unsigned)(is_digit(*digit) ? *digit - '0' : (*digit | 0x20) - 'a' + 10);
        if (digit == regex->end || *digit != '}' || digit == regex->at + 1 || value > 0xff) {
            refuse(regex, escape, "\\x{…} is one byte here: two hex digits at most");
            return -1;
        }
        regex->at = digit + 1;
        return (int)value;
    }
    for (int i = 0; i < 2 && has(regex, 1) && is_hex(*regex->at); i++, regex->at++)
        value = value * 16 + (unsigned)(is_digit(*regex->at) ? *regex->at - '0' : (*regex->at | 0x20) - 'a' + 10);
    return (int)value;
}

/* An escape, `at` on its backslash. *single: the byte that it stands for, -1: a class or an assertion. */
static bool
read_escape(struct regex *regex, bool in_class, int *single)
{
    const char *escape = regex->at;
    *single = -1;
    if (!has(regex, 2))
        return refuse(regex, escape, "a backslash needs something behind it");
    char letter = regex->at[1];
    regex->at += 2;
    if (letter == 'x')
        return (*single = read_hex(regex, escape)) >= 0;
    const char *singles = strchr("a\ae\x1b"
                                 "f\fn\nr\rt\t",
                                 letter);
    bool word = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || is_digit(letter);
    if (letter == '0') {
        unsigned value = 0;
        for (int i = 0; i < 2 && has(regex, 1) && *regex->at >= '0' && *regex->at <= '7'; i++)
            value = value * 8 + (unsigned)(*regex->at++ - '0');
        *single = (int)value;
        return true;
    }
    if (!word || (singles && strchr("aefnrt", letter))) {
        *single = word ? singles[1] : (unsigned char)letter;
        return true;
    }
    if (strchr("dDwWsShHvV", letter))
        return true;
    if (letter == 'b' && in_class) {
        *single = '\b';
        return true;
    }
    if (strchr("bBAzZ", letter) && !in_class)
        return true;
    if (is_digit(letter) || letter == 'g' || letter == 'k')
        return refuse(regex, escape, "there are no references back to groups");
    return refuse(regex, escape, "there is no such escape in regular expressions here");
}

/* ---- classes ---- */

/* [:alpha:] within a class, `at` on its bracket; false: it is none. */
static bool
read_posix(struct regex *regex)
{
    static const char *const names[] = {"alpha", "digit", "alnum", "upper", "lower",  "space", "blank",
                                        "punct", "print", "graph", "cntrl", "xdigit", "word",  "ascii"};
    if (!has(regex, 4) || regex->at[1] != ':')
        return false;
    const char *name = regex->at + 2 + (regex->at[2] == '^');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);
        if ((size_t)(regex->end - name) >= length + 2 && !memcmp(name, names[i], length) &&
            !memcmp(name + length, ":]", 2)) {
            regex->at = name + length + 2;
            return true;
        }
    }
    return false;
}

static bool
read_class_item(struct regex *regex, int *single)
{
    *single = -1;
    if (*regex->at == '\\')
        return read_escape(regex, true, single);
    if (*regex->at == '[' && read_posix(regex))
        return true;
    *single = (unsigned char)*regex->at++;
    return true;
}

static bool
read_class(struct regex *regex)
{
    const char *open = regex->at++;
    if (has(regex, 1) && *regex->at == '^')
        regex->at++;
    for (bool first = true; has(regex, 1); first = false) {
        if (*regex->at == ']' && !first) {
            regex->at++;
            return true;
        }
        int from, to;
        const char *item = regex->at;
        if (!read_class_item(regex, &from))
            return false;
        if (!has(regex, 2) || *regex->at != '-' || regex->at[1] == ']')
            continue;
        const char *dash = regex->at++;
        if (!read_class_item(regex, &to))
            return false;
        if (from < 0 || to < 0)
            return refuse(regex, dash, "a range is from one character to another; a dash alone stands last, or as \\-");
        if (to < from)
            return refuse(regex, item, "this range ends before it begins");
    }
    return refuse(regex, open, "this class is not closed");
}

/* ---- groups and repeats ---- */

static bool
read_group_name(struct regex *regex, char close)
{
    const char *name = regex->at;
    while (has(regex, 1) &&
           (*regex->at == '_' || is_digit(*regex->at) || ((*regex->at | 0x20) >= 'a' && (*regex->at | 0x20) <= 'z')))
        regex->at++;
    if (regex->at == name || is_digit(*name) || !has(regex, 1) || *regex->at != close)
        return refuse(regex, name, "a group's name has letters, digits and _");
    if (regex->at - name > MAX_NAME)
        return refuse(regex, name, "a group's name has at most 32 letters");
    regex->at++;
    return true;
}

/* What may follow an opening parenthesis; `at` behind it. */
static bool
read_group_begin(struct regex *regex)
{
    const char *open = regex->at - 1;
    if (has(regex, 1) && *regex->at == '*')
        return refuse(regex, open, "there are no verbs in regular expressions here");
    if (!has(regex, 2) || *regex->at != '?')
        return true;
    char kind = regex->at[1], next = has(regex, 3) ? regex->at[2] : '\0';
    regex->at += 2;
    if (kind == ':')
        return true;
    if (kind == 'P' && next == '<') {
        regex->at++;
        return read_group_name(regex, '>');
    }
    if (kind == '<' && next != '=' && next != '!')
        return read_group_name(regex, '>');
    if (kind == '\'')
        return read_group_name(regex, '\'');
    if (kind == '=' || kind == '!' || kind == '<')
        return refuse(regex, open, "there is no look-around in regular expressions here");
    if (kind == '>')
        return refuse(regex, open, "there are no atomic groups in regular expressions here");
    if (strchr("imsx-", kind))
        return refuse(regex, open, "flags stand at the very start, (?i), or behind the closing slash");
    return refuse(regex, open, "there is no such group in regular expressions here");
}

/* {n}, {n,}, {n,m}, `at` on the brace. False: it is a brace and nothing more, or refused. */
static bool
read_braces(struct regex *regex)
{
    const char *at = regex->at + 1;
    unsigned bounds[2] = {0, 0};
    int count = 0;
    for (; count < 2; count++) {
        const char *digits = at;
        for (; at < regex->end && is_digit(*at); at++)
            bounds[count] = bounds[count] > MAX_REPEAT ? bounds[count] : bounds[count] * 10 + (unsigned)(*at - '0');
        if (at == digits && count == 0)
            return false;
        if (at == digits)
            bounds[1] = bounds[0]; /* {n,} */
        if (at == regex->end || *at != ',')
            break;
        at++;
    }
    if (count == 2 || at == regex->end || *at != '}')
        return false;
    if (bounds[0] > MAX_REPEAT || bounds[1] > MAX_REPEAT)
        return refuse(regex, regex->at, "repeats end at 1000");
    if (count == 1 && bounds[1] < bounds[0])
        return refuse(regex, regex->at, "this repeat ends before it begins");
    regex->at = at + 1;
    return true;
}

static bool
is_repeat(struct regex *regex)
{
    if (!has(regex, 1))
        return false;
    if (strchr("*+?", *regex->at)) {
        regex->at++;
        return true;
    }
    return *regex->at == '{' && read_braces(regex);
}

static bool
read_repeat(struct regex *regex)
{
    if (!is_repeat(regex))
        return !regex->why;
    if (has(regex, 1) && *regex->at == '+')
        return refuse(regex, regex->at, "there are no possessive repeats in regular expressions here");
    if (has(regex, 1) && *regex->at == '?')
        regex->at++;
    const char *second = regex->at;
    if (is_repeat(regex))
        return refuse(regex, second, "there is nothing to repeat before this");
    return !regex->why;
}

/* ^, $, \b and the like stand between characters. */
static bool
refuse_repeat(struct regex *regex)
{
    const char *repeat = regex->at;
    if (is_repeat(regex))
        return refuse(regex, repeat, "there is nothing to repeat before this");
    return !regex->why;
}

static bool
read_atom(struct regex *regex, unsigned *depth)
{
    int single;
    bool between;
    switch (*regex->at) {
    case '^':
    case '$':
        regex->at++;
        return refuse_repeat(regex);
    case '\\':
        between = has(regex, 2) && strchr("bBAzZ", regex->at[1]) && regex->at[1];
        return read_escape(regex, false, &single) && (between ? refuse_repeat(regex) : read_repeat(regex));
    case '[':
        return read_class(regex) && read_repeat(regex);
    case '(':
        if (++*depth > MAX_DEPTH)
            return refuse(regex, regex->at, "groups are nested at most 100 deep");
        regex->at++;
        return read_group_begin(regex);
    case ')':
        if (*depth == 0)
            return refuse(regex, regex->at, "this parenthesis closes nothing");
        --*depth;
        regex->at++;
        return read_repeat(regex);
    case '|':
        regex->at++;
        return true;
    case '*':
    case '+':
    case '?':
        return refuse(regex, regex->at, "there is nothing to repeat before this");
    default:
        regex->at++;
        return read_repeat(regex);
    }
}

const char *
argot_regex_check(struct argot_ast_text text, uint32_t *offset)
{
    struct regex regex = {.begin = text.at, .at = text.at, .end = text.at + text.length};
    const char *open[MAX_DEPTH + 1];
    unsigned depth = 0;
    while (regex.at < regex.end && !regex.why) {
        const char *at = regex.at;
        unsigned before = depth;
        read_atom(&regex, &depth);
        if (depth > before && depth <= MAX_DEPTH)
            open[depth] = at;
    }
    if (!regex.why && depth > 0)
        refuse(&regex, open[depth], "this parenthesis is not closed");
    *offset = regex.why ? (uint32_t)(regex.where - regex.begin) : 0;
    return regex.why;
}
