/* SPDX-License-Identifier: Apache-2.0
 * A template as a C function that finds its fields: straight-line code over the primitives of argot/lex.h. Where the
 * template leaves a choice (an optional group, alternatives, the end of a :text) there are two functions, see
 * emit_way.h. Behind a :text the rest is written out once for each combination of the optional groups that could hold
 * what ends it, present first: see "Where a field ends" in docs/format-language.md. */
#include "generator/codes.h"
#include "generator/emit_way.h"
#include <string.h>

static bool write_sequence(struct argot_gen_writer *w, const struct argot_gen_sequence *sequence, size_t from,
                           const struct argot_gen_rest *outer);

/* The first byte of what is longer is looked at before the rest: mostly another one stands there. */
#define LITERAL_WORD_BYTES 8

static void
write_literal_is(struct argot_gen_writer *w, const struct argot_gen_element *literal, const char *at)
{
    w->over += literal->length;
    if (!w->straight || w->over > ARGOT_GEN_OVER_MAX || argot_gen_is_known(w)) {
        argot_gen_write_is(w, at, literal->text, literal->length);
        w->over = 0;
    } else if (literal->length == 1) {
        argot_buffer_printf(w->out, "(*%s == %u)", at, (uint8_t)literal->text[0]);
    } else {
        bool large = literal->length > LITERAL_WORD_BYTES;
        if (large)
            argot_buffer_printf(w->out, "(*%s == %u && ", at, (uint8_t)literal->text[0]);
        argot_buffer_printf(w->out, "!memcmp(%s, ", at);
        argot_gen_emit_c_string(w->out, literal->text, literal->length);
        argot_buffer_printf(w->out, ", %zu)%s", literal->length, large ? ")" : "");
    }
}

void
argot_gen_write_literal(struct argot_gen_writer *w, const struct argot_gen_element *literal, const char *at)
{
    argot_buffer_append_text(w->out, "    if (!");
    write_literal_is(w, literal, at);
    argot_buffer_append_text(w->out, ")\n        ");
    argot_gen_write_fail(w, at, argot_gen_quote(w, literal->text, literal->length, NULL));
}

/* Behind a literal: whether it and the rest are known not to fit here. */
static void
write_is_vain(struct argot_gen_writer *w, const struct argot_gen_element *literal, const struct argot_gen_rest *from)
{
    bool whole;
    int end = argot_gen_dead_ends_number(w->ends, from, &whole);
    w->begun |= end >= 0 && whole ? 1u << end : 0;
    if (end >= 0)
        argot_buffer_printf(w->out, "    if (%s(p - %zu, %d))\n        goto %s;\n",
                            whole ? "ARGOT_BEGIN_OR_VAIN" : "ARGOT_IS_VAIN", literal->length, end, argot_gen_way_on(w));
}

/* ---- groups ---- */

static void
add_kept(struct argot_gen_kept *kept, const struct argot_gen_element *element)
{
    if (element->kind == ARGOT_GEN_FIELD)
        argot_gen_add_kept(kept, element);
    for (size_t a = 0; element->kind == ARGOT_GEN_GROUP && a < element->nalternatives; a++)
        for (size_t i = 0; i < element->alternatives[a]->count; i++)
            add_kept(kept, element->alternatives[a]->elements[i]);
}

/* Forgets what an earlier way through the group kept. */
static void
write_resets(struct argot_gen_writer *w, const struct argot_gen_element *group)
{
    struct argot_gen_kept kept = {0, {0, 0}};
    add_kept(&kept, group);
    if (w->choices)
        argot_gen_write_forget_all(&kept, w->out);
}

/* Where alternatives meet, what fails goes on only to a choice that all of them left open. */
struct meeting {
    bool any;
    struct argot_gen_way *way;
    size_t over;
};

static void
meet(struct argot_gen_writer *w, struct meeting *meeting, struct argot_gen_way *way, size_t over)
{
    meeting->over = over > meeting->over ? over : meeting->over;
    meeting->way = !meeting->any || meeting->way == way ? way : &w->unknown;
    meeting->any = true;
}

static bool
is_behind_point(const struct argot_gen_writer *w, const struct argot_gen_element *group)
{
    for (size_t i = 0; i < w->ngroups; i++)
        if (w->groups[i] == group)
            return true;
    return false;
}

/* What is known of the place where alternatives begin. */
struct beginning {
    unsigned place, nruns;
    bool perhaps, hosts;
};

static struct beginning
begin_alternatives(struct argot_gen_writer *w)
{
    return (struct beginning){w->place, w->nruns, w->place && w->perhaps, w->place && w->hosts};
}

static void
begin_alternative(struct argot_gen_writer *w, const struct argot_gen_element *group, size_t alternative,
                  const struct argot_gen_way *way, struct beginning *beginning)
{
    if (!beginning->place && way)
        beginning->place = way->choice;
    w->place = beginning->place;
    w->perhaps = beginning->perhaps;
    w->hosts = beginning->hosts;
    for (size_t a = alternative + 1; a < group->nalternatives; a++)
        w->hosts |= argot_gen_begins_with_host(group->alternatives[a]);
}

/* Runs that were found at the place are known behind the group as long as it may have been passed over. */
static void
end_alternatives(struct argot_gen_writer *w, const struct argot_gen_element *group, const struct beginning *beginning)
{
    w->place = group->optional ? beginning->place : 0;
    w->perhaps = true;
    w->hosts = beginning->hosts;
    w->nruns = w->place ? w->nruns : beginning->nruns;
}

/* The group in the straight extractor. True when no way out of it falls through. */
static bool
write_straight_group(struct argot_gen_writer *w, const struct argot_gen_element *group,
                     const struct argot_gen_rest *behind)
{
    struct meeting meeting = {false, w->way, 0};
    struct beginning beginning = begin_alternatives(w);
    size_t over = w->over;
    unsigned join = ++w->labels;
    bool joined = false;
    for (size_t a = 0; a < group->nalternatives; a++) {
        bool last = a + 1 == group->nalternatives && !group->optional;
        struct argot_gen_way *way = last ? NULL : argot_gen_open_way(w, true);
        begin_alternative(w, group, a, way, &beginning);
        if (way)
            w->settles = argot_gen_settles(w, group, a, behind);
        bool done = write_sequence(w, group->alternatives[a], 0, behind);
        w->settles = NULL;
        if (!done)
            meet(w, &meeting, way && w->way == way ? &w->unknown : w->way, w->over);
        if (!done && group->optional)
            argot_gen_forget_runs(w, beginning.place);
        if (!done && !last)
            argot_buffer_printf(w->out, "    goto j%u;\n", join);
        joined |= !done && !last;
        if (way)
            argot_gen_next_way(w, way);
        w->over = over;
    }
    if (group->optional) {
        if (is_behind_point(w, group))
            argot_gen_write_only_end(w);
        meet(w, &meeting, w->way, w->over);
    }
    if (joined)
        argot_buffer_printf(w->out, "j%u:;\n", join);
    end_alternatives(w, group, &beginning);
    w->way = meeting.way;
    w->over = meeting.over;
    return !meeting.any;
}

/* True when no way out of the group falls through. */
static bool
write_group(struct argot_gen_writer *w, const struct argot_gen_element *group, const struct argot_gen_rest *behind)
{
    if (w->straight)
        return write_straight_group(w, group, behind);
    bool optional = group->optional && !group->fixed, ended = true;
    unsigned join = ++w->labels;
    write_resets(w, group);
    if (group->optional && group->fixed == 2)
        return false;
    unsigned joined = 0;
    argot_gen_keep_choice(w);
    for (size_t a = 0; a < group->nalternatives; a++) {
        bool last = a + 1 == group->nalternatives && !optional;
        unsigned choice = last ? 0 : argot_gen_open_choice(w);
        bool done = write_sequence(w, group->alternatives[a], 0, behind);
        argot_gen_keep_choice(w);
        if (!done && !last) {
            argot_buffer_printf(w->out, "    goto j%u;\n", join);
            joined++;
        }
        ended = ended && done;
        if (choice) {
            argot_gen_write_next_way(w, choice);
            write_resets(w, group);
        }
    }
    if (joined)
        argot_buffer_printf(w->out, "j%u:;\n", join);
    return ended && !optional;
}

/* ---- what comes behind a :text ---- */

static void
write_end(struct argot_gen_writer *w)
{
    argot_buffer_append_text(w->out, "    if (p != e)\n        ");
    argot_gen_write_fail(w, "p", "the end of the line");
    if (!w->straight)
        argot_gen_write_begins_fits(w->ends, w->tree, w->choices ? "        n = 0;\n" : "", w->out);
    argot_buffer_append_text(w->out, "    s->have = have;\n    s->left[0] = left0;\n    s->left[1] = left1;\n"
                                     "    return true;\n");
}

/* The element and all that comes behind it, to the end of the template. */
static void
write_to_end(struct argot_gen_writer *w, const struct argot_gen_sequence *sequence, size_t from,
             const struct argot_gen_rest *outer)
{
    if (write_sequence(w, sequence, from, outer))
        return;
    for (; outer; outer = outer->outer)
        if (write_sequence(w, outer->sequence, outer->at, outer->outer))
            return;
    write_end(w);
}

/* Where the first group begins that is there in some combinations only. The text's ends that come as far are the same
 * in all: those right of the first and left of the last of them are of no use in the others, and if there are none, the
 * others are not tried. */
static void
write_reached(struct argot_gen_writer *w)
{
    argot_buffer_printf(w->out, "    h%u = h%u ? h%u : g%u;\n    l%u = g%u;\n", w->reach, w->reach, w->reach, w->reach,
                        w->reach, w->reach);
}

static void
write_unreached(struct argot_gen_writer *w, const struct argot_gen_rest *behind)
{
    bool whole;
    int end = argot_gen_dead_ends_number(w->ends, behind, &whole);
    argot_buffer_printf(w->out, "    if (!h%u) {\n", w->reach);
    if (end >= 0)
        argot_buffer_printf(w->out, "        ARGOT_DIES(p, %d);\n", end);
    argot_buffer_append_text(w->out, "        goto back;\n    }\n");
}

/* At a text point with groups to expand: each combination with the whole rest. True when it was one. */
static bool
write_combinations(struct argot_gen_writer *w, const struct argot_gen_sequence *sequence, size_t at,
                   const struct argot_gen_rest *outer)
{
    struct argot_gen_follow follow = {0};
    struct argot_gen_rest behind = {sequence, at + 1, outer};
    struct argot_gen_element *expanded[ARGOT_GEN_EXPANDED_MAX];
    const struct argot_gen_element *text =
        w->point ? NULL : argot_gen_text_point_of(sequence->elements[at], &behind, &follow);
    size_t count = text ? argot_gen_text_point_expanded(w->gen, &behind, &follow, expanded, text) : 0;
    if (!count)
        return false;
    w->point = text;
    if (w->straight) {
        w->groups = expanded;
        w->ngroups = count;
        write_to_end(w, sequence, at, outer);
        w->point = NULL;
        w->ngroups = 0;
        w->only = NULL;
        return true;
    }
    w->reached = expanded[0];
    w->reach = text == sequence->elements[at] && argot_gen_text_point_by_choice(&follow) ? ++w->reaches : 0;
    argot_gen_keep_choice(w);
    if (w->reach)
        argot_buffer_printf(w->out, "    h%u = NULL;\n", w->reach);
    for (w->combination = 0; w->combination < 1u << count; w->combination++) {
        for (size_t i = 0; i < count; i++)
            expanded[i]->fixed = 1 + (w->combination >> (count - 1 - i) & 1);
        w->last = w->combination + 1 == 1u << count;
        if (w->reach && w->combination == 1)
            write_unreached(w, &behind);
        unsigned choice = w->last ? 0 : argot_gen_open_choice(w);
        write_to_end(w, sequence, at, outer);
        if (choice)
            argot_gen_write_next_way(w, choice);
    }
    for (size_t i = 0; i < count; i++)
        expanded[i]->fixed = 0;
    w->point = NULL;
    w->reach = 0;
    return true;
}

static void
write_blanks(struct argot_gen_writer *w, const struct argot_gen_element *blanks)
{
    argot_buffer_append_text(w->out, "    q = argot_lex_blanks(p, e);\n");
    if (!blanks->optional) {
        argot_buffer_append_text(w->out, "    if (q == p)\n        ");
        argot_gen_write_fail(w, "p", "a blank");
        w->over = 0;
    }
    argot_buffer_append_text(w->out, "    p = q;\n");
}

static bool
write_sequence(struct argot_gen_writer *w, const struct argot_gen_sequence *sequence, size_t from,
               const struct argot_gen_rest *outer)
{
    for (size_t i = from; i < sequence->count; i++) {
        const struct argot_gen_element *element = sequence->elements[i];
        struct argot_gen_rest behind = {sequence, i + 1, outer};
        struct argot_gen_follow follow = {0};
        if (write_combinations(w, sequence, i, outer))
            return true;
        if (w->reach && !w->combination && element == w->reached)
            write_reached(w);
        if (element->kind == ARGOT_GEN_FIELD)
            argot_gen_follow_of(&follow, &behind);
        if (element->kind == ARGOT_GEN_LITERAL) {
            struct argot_gen_rest here = {sequence, i, outer};
            argot_gen_write_literal(w, element, "p");
            argot_buffer_printf(w->out, "    p += %zu;\n", element->length);
            if (w->settles == element)
                w->way = w->way->outer;
            if (!w->straight && (i == 0 || !argot_gen_is_text(sequence->elements[i - 1])))
                write_is_vain(w, element, &here);
        } else if (element->kind == ARGOT_GEN_BLANKS)
            write_blanks(w, element);
        else if (element->kind == ARGOT_GEN_GROUP) {
            if (write_group(w, element, &behind))
                return true;
        } else if (argot_gen_is_text(element))
            argot_gen_write_text(w, element, &follow, &behind);
        else if (!argot_gen_is_string(element))
            i += argot_gen_write_typed(w, element, &(struct argot_gen_rest){sequence, i, NULL}, &follow,
                                       i + 1 < sequence->count ? sequence->elements[i + 1] : NULL);
        else if (argot_gen_write_string(w, element, &follow,
                                        i + 1 < sequence->count ? sequence->elements[i + 1] : NULL)) {
            if (!w->straight)
                write_is_vain(w, sequence->elements[i + 1], &behind);
            i++;
        }
        if (element->kind != ARGOT_GEN_GROUP)
            w->place = 0;
        if (sequence == w->tree && !w->straight)
            argot_gen_write_begins_read(w->ends, sequence, i + 1, w->out);
    }
    return false;
}

/* ---- functions ---- */

static void
write_begin(const struct argot_gen_writer *w, const char *name, struct argot_buffer *out)
{
    const char *suffix = w->straight || w->alone ? "" : "_whole";
    argot_buffer_printf(out, "%sstatic bool\n%s%s(struct argot_scan *s)\n{\n",
                        *suffix ? "__attribute__((noinline)) " : "", name, suffix);
    argot_buffer_append_text(out,
                             "    const uint8_t *const e = s->end;\n    struct argot_slice *const c = s->captures;\n"
                             "    struct argot_slot *const slots = s->slots;\n"
                             "    const uint8_t *p = s->begin, *q = p, *r = p;\n"
                             "    uint64_t have = 0, left0 = 0, left1 = 0;\n    bool escaped = false;\n"
                             "    const uint8_t *far = s->far;\n    uint16_t expected = s->expected;\n"
                             "    (void)c, (void)slots, (void)q, (void)r, (void)escaped;\n");
    for (unsigned i = 1; i <= w->choices; i++)
        argot_buffer_printf(out, "    const uint8_t *o%u = p;\n", i);
    for (unsigned i = 1; i <= w->all_runs; i++)
        argot_buffer_printf(out, "    const uint8_t *x%u __attribute__((unused)) = NULL;\n", i);
}

/* Once a rest was read in vain, or a begin that others have, the line probably fits nothing: the straight extractors
 * behind are not worth a try. */
static void
write_in_vain(const struct argot_gen_writer *w, struct argot_buffer *out)
{
    if (w->alone)
        return;
    for (unsigned end = 0; end < ARGOT_SCAN_DEAD_ENDS; end++)
        if (w->begun >> end & 1)
            argot_buffer_printf(out, "    s->in_vain |= s->begun[%u] != 0;\n", end);
    argot_gen_write_begins_in_vain(w->ends, w->tree, out);
}

static void
write_whole(const struct argot_gen_writer *w, const char *name, const struct argot_buffer *body,
            struct argot_buffer *out)
{
    write_begin(w, name, out);
    for (unsigned i = 1; i <= w->reaches; i++)
        argot_buffer_printf(out, "    const uint8_t *g%u = NULL, *h%u = NULL, *l%u = NULL;\n", i, i, i);
    for (unsigned i = 1; i <= w->tables; i++)
        argot_buffer_printf(out, "    struct argot_backwards x%u = {NULL, 0, 0};\n", i);
    if (w->choices)
        argot_buffer_printf(out,
                            "    struct argot_back back[%u];\n    unsigned n = 0;\n"
                            "    back[0] = (struct argot_back){p, 0}; /* never read, but compilers cannot know */\n",
                            w->choices);
    argot_gen_write_begins_known(w->ends, w->tree, out);
    argot_buffer_append(out, body->bytes, body->length);
    argot_buffer_append_text(out, "back:\n");
    if (w->choices) {
        argot_buffer_append_text(out, "    if (n) {\n    p = back[--n].at;\n    switch (back[n].to) {\n");
        for (unsigned i = 1; i <= w->choices; i++)
            argot_buffer_printf(out, "    case %u:\n        goto b%u;\n", i, i);
        argot_buffer_append_text(out, "    }\n    }\n");
    }
    argot_gen_write_begins_failed(w->ends, w->tree, out);
    write_in_vain(w, out);
    argot_buffer_append_text(out, "    s->far = far;\n    s->expected = expected;\n    return false;\n}\n\n");
}

static void
write_straight(const struct argot_gen_writer *w, const struct argot_gen_dead_ends *ends, const char *name,
               const struct argot_buffer *body, struct argot_buffer *out)
{
    write_begin(w, name, out);
    argot_gen_write_begins_straight(ends, w->tree, name, out);
    for (const struct argot_gen_text_end *text = w->texts; text; text = text->next)
        argot_buffer_printf(out, "    const uint8_t *t%u = p;\n    unsigned n%u = 0;\n", text->way->choice,
                            text->way->choice);
    argot_buffer_append(out, body->bytes, body->length);
    argot_buffer_printf(out,
                        "back:\n    __attribute__((unused));\n    return %s_whole(s);\nnone:\n"
                        "    __attribute__((unused));\n    s->far = far;\n    s->expected = expected;\n"
                        "    return false;\n}\n\n",
                        name);
}

size_t
argot_gen_emit_extract(struct argot_gen *gen, const struct argot_gen_template *tree,
                       const struct argot_gen_dead_ends *ends, const struct argot_gen_backwards *backwards,
                       bool straight, const char *name, struct argot_buffer *out)
{
    struct argot_buffer body;
    size_t begin = out->length;
    argot_buffer_init(&body, gen->seam);
    struct argot_gen_writer w = {.gen = gen, .out = &body, .tree = tree->tree, .ends = ends, .backwards = backwards};
    write_to_end(&w, tree->tree, 0, NULL);
    w.alone = !straight || !w.choices || gen->texts_gear != ARGOT_GEN_TEXTS_BOTH || gen->diagnostics->errors;
    write_whole(&w, name, &body, out);
    size_t bytes = out->length - begin;
    if (!w.alone) {
        body.length = 0;
        struct argot_gen_writer first = {.gen = gen, .out = &body, .straight = true, .tree = tree->tree};
        write_to_end(&first, tree->tree, 0, NULL);
        argot_gen_write_next_ends(&first);
        write_straight(&first, ends, name, &body, out);
    }
    argot_buffer_finish(&body);
    return bytes;
}
