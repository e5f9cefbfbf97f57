/* SPDX-License-Identifier: Apache-2.0
 * The choices of an extractor: where to go when something does not fit, and which choices a literal settles. */
#include "generator/emit_way.h"
#include <string.h>

const char *
argot_gen_way_on(struct argot_gen_writer *w)
{
    if (w->instead)
        return w->instead;
    if (w->straight && w->way == &w->unknown)
        return "back";
    unsigned choice = w->straight ? (w->way ? w->way->choice : 0) : w->open;
    const char *none = w->straight ? "none" : "back";
    return choice ? argot_arena_printf(w->gen->arena, "m%u", choice) : none;
}

bool
argot_gen_is_known(const struct argot_gen_writer *w)
{
    const struct argot_gen_way *way = w->way;
    while (way && way != &w->unknown)
        way = way->outer;
    return !way;
}

static void
join_kept(struct argot_gen_kept *all, const struct argot_gen_kept *more)
{
    all->have |= more->have;
    all->left[0] |= more->left[0];
    all->left[1] |= more->left[1];
}

void
argot_gen_write_fail(struct argot_gen_writer *w, const char *at, const char *expected)
{
    if (!w->straight) {
        argot_buffer_printf(w->out, "ARGOT_FAIL(%s, %u, %s);\n", at, argot_gen_expect(w->gen, expected),
                            argot_gen_way_on(w));
        return;
    }
    const char *way = argot_gen_way_on(w);
    if (w->way && !w->instead) {
        join_kept(&w->way->lost, &w->way->kept);
        if (w->way->group && !(w->way->kept.have | w->way->kept.left[0] | w->way->kept.left[1]))
            way = argot_arena_printf(w->gen->arena, "k%u", w->way->choice);
    }
    if (argot_gen_is_known(w) && !w->instead)
        argot_buffer_printf(w->out, "ARGOT_FAIL(%s, %u, %s);\n", at, argot_gen_expect(w->gen, expected), way);
    else
        argot_buffer_printf(w->out, "goto %s;\n", way);
}

const char *
argot_gen_quote(struct argot_gen_writer *w, const char *text, size_t length, const char *behind)
{
    return argot_arena_printf(w->gen->arena, "`%.*s`%s%s", (int)length, text, behind ? " after " : "",
                              behind ? behind : "");
}

void
argot_gen_write_is(struct argot_gen_writer *w, const char *at, const char *text, size_t length)
{
    if (length == 1) {
        argot_buffer_printf(w->out, "(*%s == %u && %s < e)", at, (uint8_t)text[0], at);
        return;
    }
    argot_buffer_printf(w->out, "argot_lex_is(%s, e, ", at);
    argot_gen_emit_c_string(w->out, text, length);
    argot_buffer_printf(w->out, ", %zu)", length);
}

void
argot_gen_write_inside(struct argot_gen_writer *w, const char *expected)
{
    if (!w->over)
        return;
    argot_buffer_append_text(w->out, "    if (p > e)\n        ");
    argot_gen_write_fail(w, "p", expected);
    w->over = 0;
}

/* ---- the whole extractor ---- */

unsigned
argot_gen_open_choice(struct argot_gen_writer *w)
{
    w->open = ++w->choices;
    argot_buffer_printf(w->out, "    o%u = p;\n", w->open);
    return w->open;
}

void
argot_gen_keep_choice(struct argot_gen_writer *w)
{
    if (w->open)
        argot_buffer_printf(w->out, "    ARGOT_PUSH(o%u, %u);\n", w->open, w->open);
    w->open = 0;
}

void
argot_gen_write_next_way(struct argot_gen_writer *w, unsigned choice)
{
    w->open = 0;
    argot_buffer_printf(w->out, "m%u:\n    __attribute__((unused));\n    p = o%u;\nb%u:;\n", choice, choice, choice);
}

/* ---- the straight one ---- */

struct argot_gen_way *
argot_gen_open_way(struct argot_gen_writer *w, bool group)
{
    struct argot_gen_way *way = argot_gen_alloc(w->gen, 1, sizeof *way);
    way->group = group;
    way->choice = ++w->choices;
    way->outer = w->way;
    w->way = way;
    argot_buffer_printf(w->out, "    o%u = p;\n", way->choice);
    return way;
}

void
argot_gen_next_way(struct argot_gen_writer *w, struct argot_gen_way *way)
{
    argot_buffer_printf(w->out, "m%u:\n    __attribute__((unused));\n", way->choice);
    argot_gen_write_forget_all(&way->lost, w->out);
    argot_buffer_printf(w->out, "k%u:\n    __attribute__((unused));\n    p = o%u;\n", way->choice, way->choice);
    w->way = way->outer;
}

static const struct argot_gen_element *
first_literal(const struct argot_gen_sequence *sequence)
{
    const struct argot_gen_element *first = sequence->count ? sequence->elements[0] : NULL;
    if (!first || first->kind == ARGOT_GEN_LITERAL)
        return first;
    bool one = first->kind == ARGOT_GEN_GROUP && !first->optional && first->nalternatives == 1;
    return one ? first_literal(first->alternatives[0]) : NULL;
}

/* What may begin where a literal stands: surely not this, perhaps this, or what is behind it. */
enum begin { BEGIN_NO, BEGIN_PERHAPS, BEGIN_BEHIND };

static bool
absent_may_begin(const struct argot_gen *gen, uint8_t byte)
{
    bool may = gen->absent_empty;
    for (uint16_t i = 0; i < gen->absent.count; i++)
        may |= gen->absent.texts[i].length && gen->absent.texts[i].at[0] == byte;
    return may;
}

static bool
field_may_begin(const struct argot_gen *gen, const struct argot_gen_sequence *sequence, size_t at, uint8_t byte)
{
    const struct argot_gen_element *field = sequence->elements[at];
    if (!argot_gen_takes_absent(field) || argot_gen_is_text(field) || field->kv || absent_may_begin(gen, byte))
        return true;
    struct argot_gen_rest here = {sequence, at, NULL};
    struct argot_gen_follow follow = {0};
    argot_gen_follow_of(&follow, &here);
    return !follow.has_set || (follow.set[byte >> 6] >> (byte & 63) & 1);
}

static enum begin
may_begin(const struct argot_gen *gen, const struct argot_gen_sequence *sequence, size_t from,
          const struct argot_gen_element *literal)
{
    uint8_t byte = (uint8_t)literal->text[0];
    for (size_t i = from; i < sequence->count; i++) {
        const struct argot_gen_element *element = sequence->elements[i];
        bool passed = element->optional;
        if (element->kind == ARGOT_GEN_LITERAL) {
            size_t both = element->length < literal->length ? element->length : literal->length;
            return memcmp(element->text, literal->text, both) ? BEGIN_NO : BEGIN_PERHAPS;
        }
        if (element->kind == ARGOT_GEN_FIELD)
            return field_may_begin(gen, sequence, i, byte) ? BEGIN_PERHAPS : BEGIN_NO;
        if (element->kind == ARGOT_GEN_BLANKS && (byte == ' ' || byte == '\t'))
            return BEGIN_PERHAPS;
        for (size_t a = 0; element->kind == ARGOT_GEN_GROUP && a < element->nalternatives; a++) {
            enum begin begin = may_begin(gen, element->alternatives[a], 0, literal);
            if (begin == BEGIN_PERHAPS)
                return BEGIN_PERHAPS;
            passed |= begin == BEGIN_BEHIND;
        }
        if (!passed)
            return BEGIN_NO;
    }
    return BEGIN_BEHIND;
}

static bool
rest_may_begin(const struct argot_gen *gen, const struct argot_gen_rest *rest, const struct argot_gen_element *literal)
{
    enum begin begin = BEGIN_BEHIND;
    for (; rest && begin == BEGIN_BEHIND; rest = rest->outer)
        begin = may_begin(gen, rest->sequence, rest->at, literal);
    return begin == BEGIN_PERHAPS;
}

const struct argot_gen_element *
argot_gen_settles(const struct argot_gen_writer *w, const struct argot_gen_element *group, size_t alternative,
                  const struct argot_gen_rest *behind)
{
    const struct argot_gen_element *literal = first_literal(group->alternatives[alternative]);
    if (!literal || (group->optional && rest_may_begin(w->gen, behind, literal)))
        return NULL;
    for (size_t a = alternative + 1; a < group->nalternatives; a++) {
        struct argot_gen_rest other = {group->alternatives[a], 0, behind};
        if (rest_may_begin(w->gen, &other, literal))
            return NULL;
    }
    return literal;
}
