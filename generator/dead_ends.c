/* SPDX-License-Identifier: Apache-2.0
 * Rests of templates, told apart by how they are written: two that take the same bytes in the same way are one. */
#include "generator/dead_ends.h"
#include <string.h>

/* Texts come with their lengths, so that none can look like something else. */
static void
describe_text(struct argot_buffer *out, const char *text, size_t length)
{
    argot_buffer_printf(out, "%zu:", length);
    argot_buffer_append(out, text, length);
}

struct description {
    struct argot_buffer text;
    bool whole;    /* no group is being written in one way of several */
    bool has_text; /* there is a :text in it */
};

static void describe(struct description *d, const struct argot_gen_sequence *sequence, size_t from);

static void
describe_group(struct description *d, const struct argot_gen_element *group)
{
    d->whole &= !group->fixed;
    if (!group->optional && group->nalternatives == 1) {
        describe(d, group->alternatives[0], 0);
        return;
    }
    argot_buffer_append_text(&d->text, group->optional ? "?(" : "(");
    for (size_t i = 0; i < group->nalternatives; i++) {
        describe(d, group->alternatives[i], 0);
        argot_buffer_append_byte(&d->text, '|');
    }
    argot_buffer_append_byte(&d->text, ')');
}

/* What decides where the element ends. */
static void
describe_element(struct description *d, const struct argot_gen_element *element)
{
    switch (element->kind) {
    case ARGOT_GEN_GROUP:
        describe_group(d, element);
        break;
    case ARGOT_GEN_BLANKS:
        argot_buffer_append_text(&d->text, element->optional ? "b?" : "b");
        break;
    case ARGOT_GEN_LITERAL:
        describe_text(&d->text, element->text, element->length);
        break;
    case ARGOT_GEN_FIELD:
        d->has_text |= argot_gen_is_text(element);
        argot_buffer_printf(&d->text, "f%x,%p,%p,", element->lexes, (const void *)element->type,
                            (const void *)element->kv);
        describe_text(&d->text, element->text ? element->text : "", element->text ? element->length : 0);
        break;
    }
}

static void
describe(struct description *d, const struct argot_gen_sequence *sequence, size_t from)
{
    for (size_t i = from; i < sequence->count; i++)
        describe_element(d, sequence->elements[i]);
}

/* Its text must be finished. */
static struct description
describe_rest(struct argot_gen *gen, const struct argot_gen_rest *rest)
{
    struct description d = {.whole = true};
    argot_buffer_init(&d.text, gen->seam);
    for (; rest; rest = rest->outer)
        describe(&d, rest->sequence, rest->at);
    return d;
}

void
argot_gen_dead_ends_describe(struct argot_gen *gen, const struct argot_gen_rest *rest, struct argot_buffer *out)
{
    *out = describe_rest(gen, rest).text;
}

static int
number_of(const struct argot_gen_dead_ends *ends, const struct argot_buffer *rest)
{
    for (unsigned i = 0; !rest->failed && i < ends->count; i++)
        if (ends->ends[i].length == rest->length && !memcmp(ends->ends[i].rest, rest->bytes, rest->length))
            return (int)i;
    return -1;
}

int
argot_gen_dead_ends_number(const struct argot_gen_dead_ends *ends, const struct argot_gen_rest *rest, bool *whole)
{
    *whole = true;
    if (!ends->count)
        return -1;
    struct description d = describe_rest(ends->gen, rest);
    int number = number_of(ends, &d.text);
    *whole = d.whole;
    argot_buffer_finish(&d.text);
    return number;
}

/* ---- finding them ---- */

static int
add(struct argot_gen_dead_ends *ends, const struct argot_buffer *rest)
{
    if (rest->failed || !rest->length || ends->count == ARGOT_GEN_RESTS_MAX)
        return -1;
    struct argot_gen_dead_end *end = &ends->ends[ends->count];
    end->rest = argot_arena_copy(ends->gen->arena, (const char *)rest->bytes, rest->length);
    end->length = rest->length;
    return (int)ends->count++;
}

/* One more way to the rest, which may be a new one if it stands behind a :text, or there is one in it. */
static void
note(struct argot_gen_dead_ends *ends, const struct argot_gen_rest *rest, bool behind_text)
{
    struct description d = describe_rest(ends->gen, rest);
    int number = number_of(ends, &d.text);
    if (number < 0 && (behind_text || d.has_text))
        number = add(ends, &d.text);
    if (number >= 0)
        ends->ends[number].ways++;
    argot_buffer_finish(&d.text);
}

/* texts: what stands behind a :text. Else the rests that begin with a literal. */
static void
visit(struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *sequence, const struct argot_gen_rest *outer,
      bool texts)
{
    bool behind_text = false;
    for (size_t i = 0; i < sequence->count; i++) {
        const struct argot_gen_element *element = sequence->elements[i];
        struct argot_gen_rest here = {sequence, i, outer}, behind = {sequence, i + 1, outer};
        if (!texts && element->kind == ARGOT_GEN_LITERAL && !behind_text)
            note(ends, &here, false);
        behind_text = argot_gen_is_text(element);
        if (texts && behind_text)
            note(ends, &behind, true);
        for (size_t a = 0; element->kind == ARGOT_GEN_GROUP && a < element->nalternatives; a++)
            visit(ends, element->alternatives[a], &behind, texts);
    }
}

/* Whether every way to a rest leads through another that is kept, and so there is no need to know it. */
static bool
is_inside(const struct argot_gen_dead_ends *ends, unsigned kept, const struct argot_gen_dead_end *end)
{
    for (unsigned i = 0; i < kept; i++) {
        const struct argot_gen_dead_end *outer = &ends->ends[i];
        if (outer->ways == end->ways && outer->length > end->length &&
            !memcmp(outer->rest + outer->length - end->length, end->rest, end->length))
            return true;
    }
    return false;
}

/* Keeps those of some rests that are worth a number, behind the `kept` ones and at most so many in all. */
static unsigned
keep(struct argot_gen_dead_ends *ends, unsigned kept, unsigned from, unsigned to, unsigned most)
{
    for (unsigned i = from; i < to && kept < most; i++)
        if (ends->ends[i].ways > 1 && (!from || !is_inside(ends, kept, &ends->ends[i])))
            ends->ends[kept++] = ends->ends[i];
    return kept;
}

static void find_begins(struct argot_gen_dead_ends *ends, const struct argot_gen_lexer *lexer);

void
argot_gen_dead_ends_find(struct argot_gen *gen, const struct argot_gen_lexer *lexer, struct argot_gen_dead_ends *ends)
{
    *ends = (struct argot_gen_dead_ends){.gen = gen};
    unsigned found[2];
    for (unsigned texts = 2; texts-- > 0;) {
        for (uint16_t i = 0; i < lexer->abi.ntemplates; i++)
            visit(ends, lexer->trees[i].tree, NULL, texts);
        found[texts] = ends->count;
    }
    /* Rests behind texts first, then begins, which cost the most where a line fits nothing. */
    ends->count = keep(ends, 0, 0, found[true], ARGOT_SCAN_DEAD_ENDS);
    find_begins(ends, lexer);
    ends->count = keep(ends, ends->count, found[true], found[false], ARGOT_SCAN_DEAD_ENDS - ends->nbegins);
}

/* ---- begins that templates share ---- */

static bool
has_text(const struct argot_gen_element *element)
{
    for (size_t a = 0; element->kind == ARGOT_GEN_GROUP && a < element->nalternatives; a++)
        for (size_t i = 0; i < element->alternatives[a]->count; i++)
            if (has_text(element->alternatives[a]->elements[i]))
                return true;
    return element->kind == ARGOT_GEN_FIELD && argot_gen_is_text(element);
}

/* How the first elements are told from others, up to a literal, at which strings before it end whatever stands behind.
 * Empty where they are too few to be worth it, or hold a :text, which ends as what stands behind decides. */
static struct argot_buffer
describe_begin(struct argot_gen *gen, const struct argot_gen_sequence *tree, size_t count)
{
    struct description d = {.whole = true};
    bool good = count > 1 && count <= tree->count && tree->elements[count - 1]->kind == ARGOT_GEN_LITERAL;
    argot_buffer_init(&d.text, gen->seam);
    for (size_t i = 0; good && i < count; i++) {
        good = !has_text(tree->elements[i]);
        describe_element(&d, tree->elements[i]);
    }
    d.text.length = good && !d.text.failed ? d.text.length : 0;
    return d.text;
}

static bool
begins_so(struct argot_gen *gen, const struct argot_gen_sequence *tree, size_t count, const struct argot_buffer *begin)
{
    struct argot_buffer other = describe_begin(gen, tree, count);
    bool same = other.length == begin->length && !memcmp(other.bytes, begin->bytes, begin->length);
    argot_buffer_finish(&other);
    return same;
}

/* The number of the begin that so many elements of a template are, or -1. */
static int
number_of_begin(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree, size_t count)
{
    if (!ends->nbegins)
        return -1;
    struct argot_buffer begin = describe_begin(ends->gen, tree, count);
    int number = -1;
    for (unsigned i = 0; begin.length && i < ends->nbegins && number < 0; i++)
        if (ends->begins[i].length == begin.length && !memcmp(ends->begins[i].rest, begin.bytes, begin.length))
            number = (int)(ends->count + i);
    argot_buffer_finish(&begin);
    return number;
}

/* The longest begin of the template that one before it has, too. */
static void
find_begin(struct argot_gen_dead_ends *ends, const struct argot_gen_lexer *lexer, uint16_t template)
{
    const struct argot_gen_sequence *tree = lexer->trees[template].tree;
    bool shared = false;
    for (size_t count = tree->count; count > 1 && !shared; count--) {
        struct argot_buffer begin = describe_begin(ends->gen, tree, count);
        for (uint16_t i = 0; begin.length && i < template && !shared; i++)
            shared = begins_so(ends->gen, lexer->trees[i].tree, count, &begin);
        if (shared && number_of_begin(ends, tree, count) < 0 && ends->count + ends->nbegins < ARGOT_SCAN_DEAD_ENDS) {
            struct argot_gen_dead_end *added = &ends->begins[ends->nbegins++];
            added->rest = argot_arena_copy(ends->gen->arena, (const char *)begin.bytes, begin.length);
            added->length = begin.length;
        }
        argot_buffer_finish(&begin);
    }
}

static void
find_begins(struct argot_gen_dead_ends *ends, const struct argot_gen_lexer *lexer)
{
    for (uint16_t i = 1; i < lexer->abi.ntemplates && lexer->abi.ntemplates <= ARGOT_GEN_BEGINS_TEMPLATES; i++)
        find_begin(ends, lexer, i);
}

static bool
has_begins(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree)
{
    for (size_t count = tree->count; count; count--)
        if (number_of_begin(ends, tree, count) >= 0)
            return true;
    return false;
}

/* What `dead_ends` holds of a begin: not tried yet, read in vain, read in one way, in several. */
enum { BEGIN_UNTRIED, BEGIN_VAIN, BEGIN_ONCE, BEGIN_OFTEN };

void
argot_gen_write_begins_known(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree,
                             struct argot_buffer *out)
{
    for (size_t count = tree->count; count; count--) { /* the longest first */
        int number = number_of_begin(ends, tree, count);
        if (number >= 0)
            argot_buffer_printf(out,
                                "    unsigned times%d = 0;\n    const uint8_t *read%d = p;\n"
                                "    if (s->dead_ends[%d] == %d)\n        return false;\n",
                                number, number, number, BEGIN_VAIN);
    }
    if (!has_begins(ends, tree))
        return;
    argot_buffer_append_text(out, "    bool behind = true;\n");
    for (size_t count = tree->count; count; count--) {
        int number = number_of_begin(ends, tree, count);
        if (number >= 0)
            argot_buffer_printf(out,
                                "    if (s->dead_ends[%d] == %d && s->begun[%d] &&\n"
                                "        (s->in_vain || e - p > (ptrdiff_t)s->begun[%d] + %d)) {\n"
                                "        p = e - s->begun[%d];\n        goto read%d;\n    }\n",
                                number, BEGIN_ONCE, number, number, ARGOT_GEN_BEGIN_LONG, number, number);
    }
    argot_buffer_append_text(out, "whole:\n    behind = false;\n");
}

void
argot_gen_write_begins_straight(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree,
                                const char *name, struct argot_buffer *out)
{
    argot_buffer_append_text(out, "    if (s->in_vain");
    for (size_t count = tree->count; count; count--) {
        int number = number_of_begin(ends, tree, count);
        if (number >= 0)
            argot_buffer_printf(out,
                                " || s->dead_ends[%d] == %d ||\n        (s->dead_ends[%d] == %d && s->begun[%d] && "
                                "e - p > (ptrdiff_t)s->begun[%d] + %d)",
                                number, BEGIN_VAIN, number, BEGIN_ONCE, number, number, ARGOT_GEN_BEGIN_LONG);
    }
    argot_buffer_printf(out, ")\n        return %s_whole(s);\n", name);
}

void
argot_gen_write_begins_fits(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree,
                            const char *choices, struct argot_buffer *out)
{
    if (has_begins(ends, tree))
        argot_buffer_printf(out,
                            "    if (behind) {\n        memset(s->begun, 0, sizeof s->begun);\n"
                            "        p = s->begin;\n        have = left0 = left1 = 0;\n%s        goto whole;\n    }\n",
                            choices);
}

void
argot_gen_write_begins_read(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree, size_t at,
                            struct argot_buffer *out)
{
    int number = number_of_begin(ends, tree, at);
    if (number >= 0)
        argot_buffer_printf(out, "    times%d += !times%d || read%d != p;\n    read%d = p;\nread%d:;\n", number, number,
                            number, number, number);
}

void
argot_gen_write_begins_failed(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree,
                              struct argot_buffer *out)
{
    for (size_t count = tree->count; count; count--) {
        int number = number_of_begin(ends, tree, count);
        if (number >= 0)
            argot_buffer_printf(out,
                                "    if (!s->dead_ends[%d]) {\n"
                                "        s->dead_ends[%d] = times%d == 0 ? %d : times%d == 1 ? %d : %d;\n"
                                "        s->begun[%d] = (uint32_t)(e - read%d);\n    }\n",
                                number, number, number, BEGIN_VAIN, number, BEGIN_ONCE, BEGIN_OFTEN, number, number);
    }
}

void
argot_gen_write_begins_in_vain(const struct argot_gen_dead_ends *ends, const struct argot_gen_sequence *tree,
                               struct argot_buffer *out)
{
    for (size_t count = tree->count; count; count--) {
        int number = number_of_begin(ends, tree, count);
        if (number >= 0)
            argot_buffer_printf(out, "    s->in_vain |= s->dead_ends[%d] > %d;\n", number, BEGIN_VAIN);
    }
}
