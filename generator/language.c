/* SPDX-License-Identifier: Apache-2.0
 * Templates as automata, built from their end to their begin. A string is read as holding nothing that can follow, nor
 * the begin of it at its end: then it surely ends where that stands. A typed field is read as ending where a byte
 * follows that it would not take. */
#include "generator/language.h"
#include "generator/until.h"
#include <string.h>

#define BIT(lex) (1u << ARGOT_GEN_LEX_##lex)

struct builder {
    const struct argot_gen_language *language;
    struct argot_arena *arena;
    struct argot_automaton *a;
    bool failed; /* the reading cannot tell */
};

static uint32_t build_sequence(struct builder *b, const struct argot_gen_sequence *sequence, size_t from,
                               const struct argot_gen_rest *outer, uint32_t next);

static uint32_t
add(struct builder *b, const struct argot_regex *set, uint32_t one, uint32_t two)
{
    return argot_automaton_add(b->arena, b->a, set, one, two);
}

static uint32_t
either(struct builder *b, uint32_t one, uint32_t two)
{
    return one == ARGOT_AUTOMATON_NONE ? two : two == ARGOT_AUTOMATON_NONE ? one : add(b, NULL, one, two);
}

static uint32_t
prepend(struct builder *b, const struct argot_regex *regex, uint32_t next)
{
    return argot_automaton_prepend(b->arena, b->a, regex, next);
}

static uint32_t
literal(struct builder *b, const char *text, size_t length, uint32_t next)
{
    return prepend(b, argot_regex_text(b->arena, text, length), next);
}

static const struct argot_regex *
regex_of(struct builder *b, const char *text)
{
    size_t offset;
    const char *why;
    const struct argot_regex *regex = argot_regex_parse(b->arena, text, strlen(text), &offset, &why);
    return regex ? regex : argot_regex_empty(b->arena);
}

/* The next byte is none of the set, or the line ends. */
static uint32_t
unless(struct builder *b, const uint64_t set[4], uint32_t next)
{
    uint64_t other[4] = {~set[0], ~set[1], ~set[2], ~set[3]};
    if (b->language->reading == ARGOT_GEN_MAYBE)
        return next;
    uint32_t state = add(b, argot_regex_set(b->arena, other), next, ARGOT_AUTOMATON_NONE);
    if (!b->a->failed)
        b->a->states[state].look = true;
    return state;
}

/* ---- sets of bytes ---- */

static void
take(uint64_t set[4], const char *ranges)
{
    for (; ranges[0] && ranges[1]; ranges += 2)
        for (unsigned c = (uint8_t)ranges[0]; c <= (uint8_t)ranges[1]; c++)
            set[c >> 6] |= UINT64_C(1) << (c & 63);
}

static void
drop_byte(uint64_t set[4], unsigned byte)
{
    set[byte >> 6] &= ~(UINT64_C(1) << (byte & 63));
}

static bool
is_empty(const uint64_t set[4])
{
    return !(set[0] | set[1] | set[2] | set[3]);
}

/* What a string may hold by its class. */
static void
class_of(const struct builder *b, const struct argot_gen_element *field, uint64_t set[4])
{
    const char *excluded = "";
    memset(set, 0, 4 * sizeof *set);
    if (b->language->reading == ARGOT_GEN_NICE)
        take(set, " ~");
    else
        memset(set, 0xff, 4 * sizeof *set);
    if (field->lexes & BIT(WORD))
        excluded = " \t";
    if (field->lexes & (BIT(HOST) | BIT(ENDPOINT)))
        excluded = "\t \"',;()<>[]{}";
    for (; *excluded; excluded++)
        drop_byte(set, (uint8_t)*excluded);
    if (field->lexes & BIT(ENDPOINT) && b->language->reading == ARGOT_GEN_MAYBE)
        take(set, "[[]]"); /* around an address at its begin */
}

/* ---- strings ---- */

static uint32_t
any_of(struct builder *b, const struct argot_gen_element *field, const uint64_t set[4], uint32_t next)
{
    next = prepend(b, argot_regex_repeat(b->arena, argot_regex_set(b->arena, set), 0, UINT32_MAX), next);
    return field->lexes & BIT(PATH) ? literal(b, "/", 1, next) : next;
}

/* What surely ends where one of the texts that can follow stands. */
static uint32_t
until_follow(struct builder *b, const struct argot_gen_element *field, const struct argot_gen_follow *follow,
             const uint64_t set[4], uint32_t next)
{
    struct argot_until until = {.not_empty = b->language->reading == ARGOT_GEN_NICE};
    for (size_t i = 0; i < follow->count; i++) {
        b->failed |= follow->literals[i].after_blank;
        until.words[until.count].text = follow->literals[i].text;
        until.words[until.count++].length = follow->literals[i].length;
    }
    for (int i = 0; i < 4; i++)
        until.set[i] = set[i] & ~follow->set[i];
    if (field->lexes & BIT(PATH)) {
        until.begin = "/";
        b->failed |= follow->set['/' >> 6] >> ('/' & 63) & 1;
    }
    uint32_t state = argot_until_prepend(b->arena, b->a, &until, next);
    b->failed |= state == ARGOT_AUTOMATON_NONE || follow->overflow;
    return state;
}

/* The same, with any end: what follows may begin in it and go on behind. */
static uint32_t
without_follow(struct builder *b, const struct argot_gen_element *field, const struct argot_gen_follow *follow,
               const uint64_t set[4], uint32_t next)
{
    struct argot_until until = {.any_end = true};
    bool told = !follow->overflow && !(field->lexes & BIT(PATH));
    for (size_t i = 0; told && i < follow->count; i++) {
        told = !follow->literals[i].after_blank;
        until.words[until.count].text = follow->literals[i].text;
        until.words[until.count++].length = follow->literals[i].length;
    }
    for (int i = 0; i < 4; i++)
        until.set[i] = set[i] & ~follow->set[i];
    uint32_t state = told ? argot_until_prepend(b->arena, b->a, &until, next) : ARGOT_AUTOMATON_NONE;
    return state == ARGOT_AUTOMATON_NONE ? any_of(b, field, set, next) : state;
}

static uint32_t
build_string(struct builder *b, const struct argot_gen_element *field, const struct argot_gen_rest *behind,
             uint32_t next)
{
    struct argot_gen_follow follow = {0};
    uint64_t set[4];
    argot_gen_follow_of(&follow, behind);
    class_of(b, field, set);
    if (b->language->close)
        return without_follow(b, field, &follow, set, next);
    if (b->language->reading == ARGOT_GEN_MAYBE)
        return any_of(b, field, set, next);
    if (field != b->language->field || b->language->text)
        return until_follow(b, field, &follow, set, next);
    /* The field, a text that ends it, and the field again: a line that it could also have taken more of. */
    uint32_t all = ARGOT_AUTOMATON_NONE, rest = until_follow(b, field, &follow, set, next);
    for (size_t i = 0; i < follow.count && !b->failed; i++)
        all = either(
            b, all,
            until_follow(b, field, &follow, set, literal(b, follow.literals[i].text, follow.literals[i].length, rest)));
    b->failed |= all == ARGOT_AUTOMATON_NONE;
    return all;
}

/* A :text takes the last end at which the rest fits, so it fits if there is any. */
static uint32_t
build_text(struct builder *b, const struct argot_gen_element *field, uint32_t next)
{
    uint64_t set[4];
    class_of(b, field, set);
    bool nice = b->language->reading == ARGOT_GEN_NICE, maybe = b->language->reading == ARGOT_GEN_MAYBE;
    if (field->lexes & BIT(JSON) && !maybe)
        return literal(b, "{}", 2, next);
    b->failed |= !maybe && !(field->lexes & BIT(TEXT)); /* whether a block reads a piece is not told here */
    return prepend(b, argot_regex_repeat(b->arena, argot_regex_set(b->arena, set), nice, UINT32_MAX), next);
}

/* ---- typed fields ---- */

static const struct typed {
    const char *maybe; /* all texts it takes, as a regular expression */
    const char *sure;  /* NULL: the same */
    const char *nice;
    const char *goes_on; /* bytes with which it may go on, as ranges */
} typed_fields[ARGOT_GEN_LEX_COUNT] = {
    [ARGOT_GEN_LEX_SD] = {"-|\\[.*", "-", "-", ""},
    [ARGOT_GEN_LEX_QUOTED] = {"\"([^\"\\\\]|\\\\.)*\"", NULL, "\"[a-z]+\"", ""},
    [ARGOT_GEN_LEX_QUOTED_SINGLE] = {"'([^'\\\\]|\\\\.)*'", NULL, "'[a-z]+'", ""},
    [ARGOT_GEN_LEX_QUOTED_CSV] = {"\"([^\"]|\"\")*\"", NULL, "\"[a-z]+\"", "\"\""},
    [ARGOT_GEN_LEX_CLF] = {"[0-9].*", "24/Nov/2026:09:12:03 \\+0000", "24/Nov/2026:09:12:03 \\+0000", ""},
    [ARGOT_GEN_LEX_RFC3164] = {"[A-Za-z].*", "Nov 24 09:12:03", "Nov 24 09:12:03", ".."},
    [ARGOT_GEN_LEX_RFC3339] = {"[0-9].*", "2026-11-24T09:12:03Z", "2026-11-24T09:12:03Z", ""},
    [ARGOT_GEN_LEX_RFC5424] = {"[0-9].*", "2026-11-24T09:12:03Z", "2026-11-24T09:12:03Z", ""},
    [ARGOT_GEN_LEX_UINT] = {"[0-9]+|0[xX][0-9a-fA-F]+", NULL, "[1-9]", "09xxXXafAF"},
    [ARGOT_GEN_LEX_INT] = {"[+\\-]?([0-9]+|0[xX][0-9a-fA-F]+)", NULL, "[1-9]", "09xxXXafAF++--"},
    [ARGOT_GEN_LEX_DIGITS] = {"[0-9]+", NULL, "[1-9]", "09"},
    [ARGOT_GEN_LEX_FLOAT] = {"[0-9.eE+\\-]+", "[0-9]+", "[1-9]", "09..eeEE++--"},
    [ARGOT_GEN_LEX_ADDRESS] = {"[0-9a-fA-F:.]+", NULL, "192\\.0\\.2\\.[1-9]", "09afAF::.."},
    [ARGOT_GEN_LEX_MAC] = {"[0-9a-fA-F:.\\-]+", NULL, "02:00:00:00:00:0[1-9]", "09afAF::..--"},
    [ARGOT_GEN_LEX_BOOL] = {"[0-9a-zA-Z]+", "true|false|yes|no|0|1", "yes|no", "09azAZ"},
    [ARGOT_GEN_LEX_DECIMAL] = {"-?[0-9]+(\\.[0-9]+)?", NULL, "[1-9]", "09..--"},
    [ARGOT_GEN_LEX_CLOCK] = {"[0-9:.hms]+", "0:0[0-9]:0[0-9]", "0:00:0[1-9]", "09::..hhmmss"},
    [ARGOT_GEN_LEX_PRI] = {"[0-9]{1,3}", NULL, "1[0-9]", "09"},
    [ARGOT_GEN_LEX_EPOCH] = {"[0-9]+([.,][0-9]+)?", "17[0-9]{8}", "17[0-9]{8}", "09..,,"},
};

/* One time that the directives read; false where one of them is not known here. */
static bool
write_time(const struct argot_gen_element *field, char *text, size_t size)
{
    static const char *const written[128] = {
        ['Y'] = "2026",       ['y'] = "26",       ['m'] = "11", ['H'] = "09",         ['I'] = "09",       ['M'] = "12",
        ['S'] = "03",         ['d'] = "24",       ['e'] = "24", ['b'] = "Nov",        ['B'] = "November", ['a'] = "Tue",
        ['A'] = "Tuesday",    ['p'] = "AM",       ['f'] = "5",  ['s'] = "1795511523", ['z'] = "+0000",    ['Z'] = "UTC",
        ['F'] = "2026-11-24", ['T'] = "09:12:03", ['%'] = "%",
    };
    size_t at = 0;
    for (size_t i = 0; i < field->length; i++) {
        char plain[2] = {field->text[i], 0};
        const char *piece = plain;
        if (field->text[i] == '%' && i + 1 < field->length)
            piece = (uint8_t)field->text[++i] < 128 ? written[(uint8_t)field->text[i]] : NULL;
        if (!piece || at + strlen(piece) + 1 > size)
            return false;
        memcpy(text + at, piece, strlen(piece) + 1);
        at += strlen(piece);
    }
    return at > 0;
}

/* All times that the directives read, and few others. */
static const struct argot_regex *
times_of(struct builder *b, const struct argot_gen_element *field)
{
    static const char *const shapes[128] = {
        ['Y'] = "[0-9]{4}",
        ['y'] = "[0-9]{2}",
        ['m'] = "[0-9]{2}",
        ['H'] = "[0-9]{2}",
        ['I'] = "[0-9]{2}",
        ['M'] = "[0-9]{2}",
        ['S'] = "[0-9]{2}",
        ['d'] = " ?[0-9]{1,2}",
        ['e'] = " ?[0-9]{1,2}",
        ['b'] = "[A-Za-z]{3}",
        ['B'] = "[A-Za-z]+",
        ['a'] = "[A-Za-z]+",
        ['A'] = "[A-Za-z]+",
        ['p'] = "[A-Za-z]+",
        ['Z'] = "[A-Za-z]+",
        ['f'] = "[0-9]+",
        ['s'] = "[0-9]+",
        ['z'] = "[0-9Zz:+\\-]+",
        ['F'] = "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        ['T'] = "[0-9]{2}:[0-9]{2}:[0-9]{2}",
        ['%'] = "%",
    };
    const struct argot_regex *all = argot_regex_empty(b->arena);
    for (size_t i = 0; i < field->length; i++) {
        const char *shape = NULL;
        bool directive = field->text[i] == '%' && i + 1 < field->length;
        if (directive)
            shape = (uint8_t)field->text[++i] < 128 ? shapes[(uint8_t)field->text[i]] : NULL;
        const struct argot_regex *one = shape       ? regex_of(b, shape)
                                        : directive ? regex_of(b, ".+")
                                                    : argot_regex_text(b->arena, &field->text[i], 1);
        all = argot_regex_concat(b->arena, all, one);
    }
    return all;
}

static void
take_all_of(const struct argot_regex *regex, uint64_t set[4])
{
    if (regex->kind == ARGOT_REGEX_SET)
        for (int i = 0; i < 4; i++)
            set[i] |= regex->set[i];
    if (regex->left)
        take_all_of(regex->left, set);
    if (regex->right)
        take_all_of(regex->right, set);
}

/* The texts of one lexer by the reading; NULL: it is not known here. */
static const struct argot_regex *
texts_of(struct builder *b, const struct argot_gen_element *field, unsigned lex)
{
    enum argot_gen_reading reading = b->language->reading;
    const struct typed *typed = &typed_fields[lex];
    char time[256];
    if (lex == ARGOT_GEN_LEX_TYPE)
        return field->type->regex;
    if (lex == ARGOT_GEN_LEX_STRPTIME && b->language->close)
        return times_of(b, field);
    if (lex == ARGOT_GEN_LEX_STRPTIME && reading == ARGOT_GEN_MAYBE)
        return regex_of(b, ".+");
    if (lex == ARGOT_GEN_LEX_STRPTIME)
        return write_time(field, time, sizeof time) ? argot_regex_text(b->arena, time, strlen(time)) : NULL;
    if (!typed->maybe)
        return NULL;
    return regex_of(b, reading == ARGOT_GEN_MAYBE  ? typed->maybe
                       : reading == ARGOT_GEN_NICE ? typed->nice
                       : typed->sure               ? typed->sure
                                                   : typed->maybe);
}

static void
goes_on(const struct argot_gen_element *field, unsigned lex, uint64_t set[4])
{
    if (lex == ARGOT_GEN_LEX_TYPE)
        take_all_of(field->type->regex, set);
    else if (lex == ARGOT_GEN_LEX_STRPTIME)
        take(set, "09AZaz");
    else
        take(set, typed_fields[lex].goes_on);
}

/* Whether the field itself takes nothing of a text, so that it surely stands for no value. */
static bool
is_apart(const struct argot_slice *text, const uint64_t on[4])
{
    uint8_t first = text->length ? text->at[0] : 0;
    bool letter = (first >= '0' && first <= '9') || (uint8_t)((first | 0x20) - 'a') < 26;
    return text->length ? !letter && !(on[first >> 6] >> (first & 63) & 1) : !is_empty(on);
}

/* An `absent:` text stands for no value where the field itself takes less of the line. */
static uint32_t
build_absent(struct builder *b, const struct argot_gen_element *field, const uint64_t on[4], uint32_t all,
             uint32_t next, uint32_t behind)
{
    const struct argot_texts *absent = &b->language->gen->absent;
    bool maybe = b->language->reading == ARGOT_GEN_MAYBE;
    for (uint16_t i = 0; argot_gen_takes_absent(field) && i < absent->count; i++) {
        const struct argot_slice *text = &absent->texts[i];
        if (b->language->reading == ARGOT_GEN_NICE || (!maybe && !is_apart(text, on)))
            continue;
        all = either(b, all, literal(b, (const char *)text->at, text->length, maybe ? next : behind));
    }
    return all;
}

static uint32_t
build_typed(struct builder *b, const struct argot_gen_element *field, uint32_t next)
{
    uint64_t on[4] = {0};
    uint32_t all = ARGOT_AUTOMATON_NONE;
    for (unsigned lex = 0; lex < ARGOT_GEN_LEX_COUNT; lex++)
        if (field->lexes >> lex & 1)
            goes_on(field, lex, on);
    uint32_t behind = is_empty(on) ? next : unless(b, on, next);
    for (unsigned lex = 0; lex < ARGOT_GEN_LEX_COUNT; lex++) {
        if (!(field->lexes >> lex & 1))
            continue;
        const struct argot_regex *texts = texts_of(b, field, lex);
        b->failed |= !texts;
        if (texts)
            all = either(b, all, prepend(b, texts, behind));
    }
    all = build_absent(b, field, on, all, next, behind);
    b->failed |= all == ARGOT_AUTOMATON_NONE;
    return all;
}

/* ---- elements ---- */

static bool
fills(const struct argot_gen_element *field, uint16_t dest)
{
    for (unsigned t = 0; field->value && t < field->value->ntargets; t++)
        for (unsigned i = 0; i < field->value->targets[t].count; i++)
            if (field->value->targets[t].dests[i] == dest)
                return true;
    return false;
}

static uint32_t
build_field(struct builder *b, const struct argot_gen_element *field, const struct argot_gen_rest *behind,
            uint32_t next)
{
    const struct argot_gen_language *l = b->language;
    if (l->text && (field == l->field || (!l->field && l->dest != ARGOT_NONE && fills(field, l->dest))))
        return literal(b, l->text, l->length, next);
    if (argot_gen_is_string(field))
        return build_string(b, field, behind, next);
    return argot_gen_is_text(field) ? build_text(b, field, next) : build_typed(b, field, next);
}

static uint32_t
build_blanks(struct builder *b, const struct argot_gen_element *element, uint32_t next)
{
    uint64_t set[4] = {0};
    take(set, "  \t\t");
    next = unless(b, set, next);
    return prepend(b, argot_regex_repeat(b->arena, argot_regex_set(b->arena, set), !element->optional, UINT32_MAX),
                   next);
}

static uint32_t
build_group(struct builder *b, const struct argot_gen_element *group, const struct argot_gen_rest *behind,
            uint32_t next)
{
    uint32_t all = group->optional ? next : ARGOT_AUTOMATON_NONE;
    for (size_t i = group->nalternatives; i; i--)
        all = either(b, build_sequence(b, group->alternatives[i - 1], 0, behind, next), all);
    return all;
}

static uint32_t
build_sequence(struct builder *b, const struct argot_gen_sequence *sequence, size_t from,
               const struct argot_gen_rest *outer, uint32_t next)
{
    for (size_t i = sequence->count; i > from && !b->a->failed; i--) {
        const struct argot_gen_element *element = sequence->elements[i - 1];
        struct argot_gen_rest behind = {sequence, i, outer};
        switch (element->kind) {
        case ARGOT_GEN_LITERAL:
            next = literal(b, element->text, element->length, next);
            break;
        case ARGOT_GEN_BLANKS:
            next = build_blanks(b, element, next);
            break;
        case ARGOT_GEN_FIELD:
            next = build_field(b, element, &behind, next);
            break;
        case ARGOT_GEN_GROUP:
            next = build_group(b, element, &behind, next);
            break;
        }
    }
    return next;
}

static uint32_t
blanks_behind(struct builder *b, uint32_t next)
{
    uint64_t set[4] = {0};
    take(set, "  \t\t\r\r");
    return prepend(b, argot_regex_repeat(b->arena, argot_regex_set(b->arena, set), 0, UINT32_MAX), next);
}

/* From the outermost sequence inwards, as automata are built from their end. */
static uint32_t
build_rest(struct builder *b, const struct argot_gen_rest *rest, uint32_t next)
{
    if (rest->outer)
        next = build_rest(b, rest->outer, next);
    return b->a->failed ? next : build_sequence(b, rest->sequence, rest->at, rest->outer, next);
}

const struct argot_automaton *
argot_gen_language_rest(const struct argot_gen_language *language, const struct argot_gen_rest *rest)
{
    struct argot_automaton *a = argot_arena_zalloc(language->arena, 1, sizeof *a);
    struct builder b = {.language = language, .arena = language->arena, .a = a};
    if (!a) {
        argot_gen_out_of_memory();
        return NULL; /* not reached, but analysers cannot know */
    }
    a->accept = add(&b, NULL, ARGOT_AUTOMATON_NONE, ARGOT_AUTOMATON_NONE);
    a->start = build_rest(&b, rest, language->blanks_behind ? blanks_behind(&b, a->accept) : a->accept);
    return a->failed || b.failed || a->start == ARGOT_AUTOMATON_NONE ? NULL : a;
}

const struct argot_automaton *
argot_gen_language(const struct argot_gen_language *language, const struct argot_gen_sequence *tree)
{
    struct argot_gen_rest rest = {tree, language->skip, NULL};
    return argot_gen_language_rest(language, &rest);
}

/* ---- what two templates have in common ---- */

static bool
same_follow(const struct argot_gen_sequence *a, const struct argot_gen_sequence *b, size_t behind)
{
    struct argot_gen_rest rest_a = {a, behind, NULL}, rest_b = {b, behind, NULL};
    struct argot_gen_follow x = {0}, y = {0};
    argot_gen_follow_of(&x, &rest_a);
    argot_gen_follow_of(&y, &rest_b);
    if (x.count != y.count || x.end != y.end || memcmp(x.set, y.set, sizeof x.set))
        return false;
    for (size_t i = 0; i < x.count; i++)
        if (x.literals[i].length != y.literals[i].length ||
            memcmp(x.literals[i].text, y.literals[i].text, x.literals[i].length))
            return false;
    return true;
}

static bool
same_element(const struct argot_gen_sequence *a, const struct argot_gen_sequence *b, size_t i)
{
    const struct argot_gen_element *x = a->elements[i], *y = b->elements[i];
    if (x->kind != y->kind || x->kind == ARGOT_GEN_GROUP || x->optional != y->optional)
        return false;
    if (x->kind == ARGOT_GEN_LITERAL)
        return x->length == y->length && !memcmp(x->text, y->text, x->length);
    if (x->kind == ARGOT_GEN_BLANKS)
        return true;
    if (x->lexes != y->lexes || x->type != y->type || argot_gen_is_text(x))
        return false;
    if (x->lexes & BIT(STRPTIME) && (x->length != y->length || memcmp(x->text, y->text, x->length)))
        return false;
    return same_follow(a, b, i + 1);
}

size_t
argot_gen_language_common(const struct argot_gen_sequence *a, const struct argot_gen_sequence *b)
{
    size_t i = 0;
    while (i < a->count && i < b->count && same_element(a, b, i))
        i++;
    return i;
}
