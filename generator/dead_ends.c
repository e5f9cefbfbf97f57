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
    if (rest->failed || !rest->length || ends->count == ARGOT_SCAN_DEAD_ENDS)
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

void
argot_gen_dead_ends_find(struct argot_gen *gen, const struct argot_gen_lexer *lexer, struct argot_gen_dead_ends *ends)
{
    *ends = (struct argot_gen_dead_ends){.gen = gen};
    for (unsigned texts = 2; texts-- > 0;)
        for (uint16_t i = 0; i < lexer->abi.ntemplates; i++)
            visit(ends, lexer->trees[i].tree, NULL, texts);
    unsigned kept = 0;
    for (unsigned i = 0; i < ends->count; i++)
        if (ends->ends[i].ways > 1)
            ends->ends[kept++] = ends->ends[i];
    ends->count = kept;
}
