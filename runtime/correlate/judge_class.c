/* SPDX-License-Identifier: Apache-2.0
 * Escapes and classes of regular expressions as bytes and sets of bytes, as PCRE2 has them in the C locale. */
#include "correlate/judge_machine_parts.h"
#include <string.h>

/* ---- sets of bytes ---- */

void
argot_judge_class_add(struct machine_set *set, unsigned from, unsigned to)
{
    for (unsigned byte = from; byte <= to; byte++)
        set->bits[byte >> 3] |= (uint8_t)(1u << (byte & 7));
}

void
argot_judge_class_turn(struct machine_set *set)
{
    for (size_t i = 0; i < sizeof set->bits; i++)
        set->bits[i] = (uint8_t)~set->bits[i];
}

void
argot_judge_class_join(struct machine_set *set, const struct machine_set *other)
{
    for (size_t i = 0; i < sizeof set->bits; i++)
        set->bits[i] |= other->bits[i];
}

static void
fold(struct machine_set *set)
{
    for (unsigned letter = 'a'; letter <= 'z'; letter++)
        if (machine_has(set, (uint8_t)letter) || machine_has(set, (uint8_t)(letter ^ 0x20))) {
            argot_judge_class_add(set, letter, letter);
            argot_judge_class_add(set, letter ^ 0x20, letter ^ 0x20);
        }
}

/* \d \w \s \h \v and their opposites. */
struct machine_set
argot_judge_class_escape(uint8_t letter)
{
    struct machine_set set = {{0}};
    switch (letter | 0x20) {
    case 'd':
        argot_judge_class_add(&set, '0', '9');
        break;
    case 'w':
        for (unsigned byte = 0; byte < 128; byte++)
            if (machine_is_word((uint8_t)byte))
                argot_judge_class_add(&set, byte, byte);
        break;
    case 's':
        argot_judge_class_add(&set, '\t', '\r');
        argot_judge_class_add(&set, ' ', ' ');
        break;
    case 'h':
        argot_judge_class_add(&set, '\t', '\t');
        argot_judge_class_add(&set, ' ', ' ');
        argot_judge_class_add(&set, 0xa0, 0xa0);
        break;
    default: /* v */
        argot_judge_class_add(&set, '\n', '\r');
        argot_judge_class_add(&set, 0x85, 0x85);
        break;
    }
    if (letter < 'a')
        argot_judge_class_turn(&set);
    return set;
}

struct posix {
    const char *name;
    const char *ranges; /* pairs */
};

/* The classes of the C locale. */
static const struct posix posix[] = {
    {"alpha", "AZaz"}, {"digit", "09"},     {"alnum", "09AZaz"},  {"upper", "AZ"},
    {"lower", "az"},   {"blank", "\t\t  "}, {"space", "\t\r  "},  {"punct", "!/:@[`{~"},
    {"print", " ~"},   {"graph", "!~"},     {"xdigit", "09AFaf"}, {"word", "09AZaz__"},
};

/* `name` and what follows it, `:]`; false: there is no such class. */
static bool
set_of_posix(const uint8_t *name, size_t length, bool fold_case, struct machine_set *set)
{
    *set = (struct machine_set){{0}};
    if (length == 5 && !memcmp(name, "cntrl", 5)) {
        argot_judge_class_add(set, 0, 0x1f);
        argot_judge_class_add(set, 0x7f, 0x7f);
        return true;
    }
    if (length == 5 && !memcmp(name, "ascii", 5)) {
        argot_judge_class_add(set, 0, 0x7f);
        return true;
    }
    for (size_t i = 0; i < sizeof posix / sizeof *posix; i++) {
        if (strlen(posix[i].name) != length || memcmp(posix[i].name, name, length) != 0)
            continue;
        for (const char *range = posix[i].ranges; *range; range += 2)
            argot_judge_class_add(set, (uint8_t)range[0], (uint8_t)range[1]);
        if (fold_case)
            fold(set);
        return true;
    }
    return false;
}
/* ---- escapes ---- */

static unsigned
digit_of(const struct machine_text *text, unsigned base)
{
    unsigned digit = 16;
    if (text->at < text->end && (uint8_t)(*text->at - '0') < 10)
        digit = *text->at - (unsigned)'0';
    else if (text->at < text->end && (uint8_t)((*text->at | 0x20) - 'a') < 6)
        digit = (*text->at | 0x20u) - 'a' + 10;
    return digit < base ? digit : UINT32_MAX;
}

static uint8_t
read_digits(struct machine_text *text, unsigned base, unsigned most)
{
    unsigned value = 0, digit;
    for (unsigned i = 0; i < most && (digit = digit_of(text, base)) != UINT32_MAX; i++, text->at++)
        value = value * base + digit;
    return (uint8_t)value;
}

static uint8_t
read_hex(struct machine_text *text)
{
    bool braces = machine_at(text, '{');
    text->at += braces;
    uint8_t value = read_digits(text, 16, braces ? UINT32_MAX : 2);
    text->at += braces && machine_at(text, '}');
    return value;
}

/* Behind a backslash. True: it stands for one byte; else *letter is one of a class or an assertion. */
bool
argot_judge_class_read_escape(struct machine_text *text, bool in_class, uint8_t *letter)
{
    static const char letters[] = "aefnrt", bytes[] = "\a\033\f\n\r\t";
    *letter = text->at < text->end ? *text->at++ : '\\';
    const char *single = memchr(letters, *letter, sizeof letters - 1);
    bool word = machine_is_word(*letter) && *letter != '_';
    if (*letter == 'x')
        *letter = read_hex(text);
    else if (*letter == '0')
        *letter = read_digits(text, 8, 2);
    else if (single)
        *letter = (uint8_t)bytes[single - letters];
    else if (in_class && *letter == 'b')
        *letter = '\b';
    else
        return !word;
    return true;
}

/* ---- classes ---- */

/* [:alpha:], [:^alpha:] */
static bool
read_posix(struct machine_text *text, struct machine_set *set)
{
    const uint8_t *name = text->at + 2, *end = text->end;
    bool turned = end - name > 0 && *name == '^';
    if (end - text->at < 4 || text->at[1] != ':')
        return false;
    name += turned;
    const uint8_t *close = name;
    while (close < end && (uint8_t)(*close - 'a') < 26)
        close++;
    if (end - close < 2 || close[0] != ':' || close[1] != ']' ||
        !set_of_posix(name, (size_t)(close - name), text->fold, set))
        return false;
    if (turned)
        argot_judge_class_turn(set);
    text->at = close + 2;
    return true;
}

/* One item of a class: a byte (true), or a set. */
static bool
read_item(struct machine_text *text, uint8_t *byte, struct machine_set *set)
{
    *set = (struct machine_set){{0}};
    if (*text->at == '[' && read_posix(text, set))
        return false;
    *byte = *text->at++;
    if (*byte != '\\' || argot_judge_class_read_escape(text, true, byte))
        return true;
    *set = argot_judge_class_escape(*byte);
    return false;
}

struct machine_set
argot_judge_class_read(struct machine_text *text)
{
    struct machine_set class = {{0}}, sets = {{0}}, set;
    uint8_t from, to;
    text->at++;
    bool turned = machine_at(text, '^');
    text->at += turned;
    for (bool first = true; text->at < text->end && (first || *text->at != ']'); first = false) {
        if (!read_item(text, &from, &set)) {
            argot_judge_class_join(&sets, &set);
            continue;
        }
        to = from;
        if (text->end - text->at > 1 && *text->at == '-' && text->at[1] != ']') {
            text->at++;
            if (!read_item(text, &to, &set)) {
                argot_judge_class_join(&sets, &set);
                argot_judge_class_add(&class, '-', '-');
                to = from;
            }
        }
        argot_judge_class_add(&class, from, to);
    }
    text->at += text->at < text->end;
    if (text->fold)
        fold(&class);
    argot_judge_class_join(&class, &sets);
    if (turned)
        argot_judge_class_turn(&class);
    return class;
}
