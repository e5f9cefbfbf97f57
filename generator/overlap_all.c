/* SPDX-License-Identifier: Apache-2.0
 * What is looked for when asked: messages that fit one line, strings that may hold what ends them, formats that fit one
 * line. Most of it is meant so, since the order decides; the line that is shown tells whether it is. */
#include "generator/codes.h"
#include "generator/overlap.h"
#include "generator/words.h"
#include <string.h>

struct look {
    struct argot_gen *gen;
    const struct argot_gen_lexer *lexer;
    struct argot_gen_heads heads;
    uint64_t moves;
    size_t unexamined;
};

/* ---- messages ---- */

/* Everything that templates before one may fit, so that what is found is surely left to it. False where that cannot be
 * said. */
static bool
all_before(struct look *l, uint16_t template, struct argot_arena *scratch, const struct argot_automaton **before,
           size_t *count)
{
    struct argot_gen_language language = {
        .arena = scratch, .gen = l->gen, .reading = ARGOT_GEN_MAYBE, .dest = ARGOT_NONE};
    *count = 0;
    for (uint16_t i = 0; i < template; i++) {
        if (!argot_gen_heads_meet(l->gen, &l->heads, i, template))
            continue;
        before[*count] = argot_gen_language(&language, l->lexer->trees[i].tree);
        if (!argot_gen_charge(&l->moves, before[*count]) || !before[*count])
            return false;
        ++*count;
    }
    return true;
}

static const struct argot_message *
message_of(const struct look *l, uint16_t template)
{
    return &l->gen->normalizer.messages[l->lexer->abi.templates[template].message];
}

static void
compare(struct look *l, uint16_t earlier, uint16_t later)
{
    struct argot_gen_template *trees = l->lexer->trees;
    struct argot_arena scratch;
    struct argot_gen_pair pair = {
        .gen = {l->gen, l->gen}, .tree = {trees[earlier].tree, trees[later].tree}, .moves = &l->moves};
    const struct argot_automaton **before = argot_gen_alloc(l->gen, earlier + 1u, sizeof *before);
    argot_arena_init(&scratch, l->gen->seam, 0);
    bool told = all_before(l, earlier, &scratch, before, &pair.nout);
    pair.out = before;
    bool found = told && argot_gen_pair_find(&pair);
    argot_arena_finish(&scratch);
    l->unexamined += !found && (!told || pair.gave_up);
    if (!found)
        return;
    if (!argot_gen_line_of(l->gen, l->lexer, &l->moves, &pair.text, &pair.length)) {
        l->unexamined++;
        return;
    }
    struct argot_diagnostic *d =
        argot_gen_warn(l->gen, ARGOT_CODE_OVERLAP, trees[later].span, "the message `%s` fits lines that `%s` takes",
                       message_of(l, later)->id, message_of(l, earlier)->id);
    d->second = trees[earlier].span;
    d->second_text = "this one comes first";
    d->witness = argot_gen_readable(l->gen, pair.text, pair.length);
}

static void
compare_messages(struct look *l)
{
    for (uint16_t k = 1; k < l->lexer->abi.ntemplates; k++)
        for (uint16_t i = 0; i < k; i++) {
            if (message_of(l, i) == message_of(l, k) || !argot_gen_heads_meet(l->gen, &l->heads, i, k))
                continue;
            if (!l->moves || message_of(l, i)->when.count || message_of(l, k)->when.count)
                l->unexamined++;
            else
                compare(l, i, k);
        }
}

/* ---- strings ---- */

/* With choices a line may be read in several ways anyhow, and a text there makes a second one an error. */
static bool
has_choices(const struct argot_gen_sequence *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        if (tree->elements[i]->kind == ARGOT_GEN_GROUP || argot_gen_is_text(tree->elements[i]))
            return true;
    return false;
}

/* A captured string with a field behind it: what it takes decides what that one gets. */
static bool
may_move(const struct argot_gen_sequence *tree, size_t at)
{
    const struct argot_gen_element *field = tree->elements[at];
    if (has_choices(tree))
        return false;
    if (field->kind != ARGOT_GEN_FIELD || !(field->lexes & 1u << ARGOT_GEN_LEX_STRING) || !field->value)
        return false;
    for (size_t i = at + 1; i < tree->count; i++)
        if (tree->elements[i]->kind == ARGOT_GEN_FIELD && tree->elements[i]->value)
            return true;
    return false;
}

static void
look_at_string(struct look *l, uint16_t template, size_t at)
{
    struct argot_gen_template *tree = &l->lexer->trees[template];
    const struct argot_gen_element *field = tree->tree->elements[at];
    struct argot_gen_pair pair = {
        .gen = {l->gen, l->gen}, .tree = {tree->tree, tree->tree}, .longer = field, .moves = &l->moves};
    if (!argot_gen_pair_find(&pair) || !argot_gen_line_of(l->gen, l->lexer, &l->moves, &pair.text, &pair.length))
        return;
    struct argot_diagnostic *d = argot_gen_warn(l->gen, ARGOT_CODE_AMBIGUOUS, field->span,
                                                "%s ends at the first of two places where the rest fits", field->name);
    d->hint = "if somebody else chooses it, write `:text`, which ends at the last";
    d->witness = argot_gen_readable(l->gen, pair.text, pair.length);
}

size_t
argot_gen_warn_overlaps(struct argot_gen *gen)
{
    struct look look = {.gen = gen, .moves = ARGOT_GEN_OVERLAP_MOVES_ALL}, *l = &look;
    struct argot_gen_lexer *lexers[2] = {gen->head, gen->body};
    for (int i = 0; i < 2; i++) {
        l->lexer = lexers[i];
        if (!l->lexer)
            continue;
        argot_gen_heads_make(gen, l->lexer, &l->heads);
        if (l->lexer == gen->body)
            compare_messages(l);
        for (uint16_t k = 0; k < l->lexer->abi.ntemplates; k++)
            for (size_t at = 0; at < l->lexer->trees[k].tree->count; at++)
                if (l->moves && may_move(l->lexer->trees[k].tree, at))
                    look_at_string(l, k, at);
    }
    return l->unexamined;
}

/* ---- formats ---- */

/* Whether some text is one of both lists. What has a star may be anything. */
static bool
share_value(const struct argot_term *a, const struct argot_term *b)
{
    for (uint16_t i = 0; i < a->nvalues; i++)
        for (uint16_t k = 0; k < b->nvalues; k++) {
            const struct argot_glob *x = &a->values[i], *y = &b->values[k];
            if (x->star || y->star ||
                (x->head.length == y->head.length && !memcmp(x->head.at, y->head.at, x->head.length)))
                return true;
        }
    return false;
}

static bool
same_source(const struct argot_source *a, const struct argot_source *b)
{
    return a->kind == ARGOT_SOURCE_FIELD && b->kind == ARGOT_SOURCE_FIELD && !strcmp(a->field, b->field);
}

static bool
exclude_each_other(const struct argot_condition *a, const struct argot_condition *b)
{
    for (uint16_t i = 0; i < a->count; i++)
        for (uint16_t k = 0; k < b->count; k++)
            if (a->terms[i].test == ARGOT_TEST_ONE_OF && b->terms[k].test == ARGOT_TEST_ONE_OF &&
                same_source(&a->terms[i].source, &b->terms[k].source) && !share_value(&a->terms[i], &b->terms[k]))
                return true;
    return false;
}

/* Where both may stand: the two entries of `inside`, or NULL. */
static const struct argot_inside *
meeting_place(const struct argot_gen *a, const struct argot_gen *b, const struct argot_inside **other)
{
    for (uint16_t i = 0; i < a->normalizer.ninside; i++)
        for (uint16_t k = 0; k < b->normalizer.ninside; k++) {
            const struct argot_inside *x = &a->normalizer.inside[i], *y = &b->normalizer.inside[k];
            *other = y;
            if (!strcmp(x->parent, y->parent) && !exclude_each_other(&x->when, &y->when))
                return x;
        }
    return NULL;
}

static bool
names_before(const struct argot_gen *a, const struct argot_gen *b)
{
    for (uint16_t i = 0; i < a->normalizer.nbefore; i++)
        if (!strcmp(a->normalizer.before[i], b->normalizer.name))
            return true;
    return false;
}

static size_t
sure_begin(const struct argot_gen *gen)
{
    const struct argot_gen_lexer *lexer = gen->head ? gen->head : gen->body;
    size_t least = SIZE_MAX;
    for (uint16_t i = 0; i < lexer->abi.ntemplates; i++) {
        size_t literal = argot_gen_literal_prefix(lexer->trees[i].tree);
        least = literal < least ? literal : least;
    }
    return least;
}

/* As normalize/order.c has it. */
static bool
comes_first(const struct argot_gen *a, const struct argot_inside *in_a, const struct argot_gen *b,
            const struct argot_inside *in_b)
{
    bool before = names_before(a, b);
    if (before != names_before(b, a))
        return before;
    if (!in_a->when.count != !in_b->when.count)
        return in_a->when.count > 0;
    size_t x = sure_begin(a), y = sure_begin(b);
    return x != y ? x > y : strcmp(a->normalizer.name, b->normalizer.name) < 0;
}

static void
tell(struct argot_gen *gen, const struct argot_gen_template *tree, struct argot_gen *other,
     const struct argot_inside *inside, bool first, const struct argot_gen_pair *pair)
{
    bool bare = !strcmp(inside->parent, "line");
    struct argot_diagnostic *d = argot_gen_warn(gen, ARGOT_CODE_FORMATS_OVERLAP, tree->span,
                                                "the format `%s` fits lines of this one too, and is "
                                                "tried %s it%s%s",
                                                other->normalizer.name, first ? "after" : "before",
                                                bare ? "" : " inside of ", bare ? "" : inside->parent);
    d->hint = "`before:` says which of two formats comes first";
    d->witness = argot_gen_readable(gen, pair->text, pair->length);
}

bool
argot_gen_warn_formats(struct argot_gen *gen, struct argot_gen *other, uint64_t *moves)
{
    const struct argot_inside *there = NULL, *here = meeting_place(gen, other, &there);
    struct argot_gen_lexer *a = gen->head ? gen->head : gen->body, *b = other->head ? other->head : other->body;
    if (!here || !strcmp(gen->normalizer.name, other->normalizer.name))
        return true;
    if (gen->normalizer.kind != ARGOT_KIND_LINE || other->normalizer.kind != ARGOT_KIND_LINE)
        return false;
    bool gave_up = false;
    for (uint16_t i = 0; i < a->abi.ntemplates && *moves; i++)
        for (uint16_t k = 0; k < b->abi.ntemplates && *moves; k++) {
            struct argot_gen_pair pair = {
                .gen = {gen, other}, .tree = {a->trees[i].tree, b->trees[k].tree}, .moves = moves};
            /* With conditions of its own a message may not be there for the line. */
            if ((a == gen->body && gen->normalizer.messages[a->abi.templates[i].message].when.count) ||
                (b == other->body && other->normalizer.messages[b->abi.templates[k].message].when.count))
                continue;
            if (argot_gen_pair_find(&pair)) {
                tell(gen, &a->trees[i], other, here, comes_first(gen, here, other, there), &pair);
                return true;
            }
            gave_up |= pair.gave_up;
        }
    return !gave_up && *moves;
}
