/* SPDX-License-Identifier: Apache-2.0
 * Each head keeps as many bytes as it takes to tell it from every other that it can be told from at all. That is found
 * by cutting both at the same length and asking whether a line can still begin with both. */
#include "generator/shorten.h"
#include "generator/budget.h"

/* ---- cutting ---- */

/* Bytes of a longest match, where each repeat that has no bound counts as often as it must be there. */
static uint32_t
length_of(const struct argot_regex *regex)
{
    uint32_t left, right;
    switch (regex->kind) {
    case ARGOT_REGEX_EMPTY:
        break;
    case ARGOT_REGEX_SET:
        return 1;
    case ARGOT_REGEX_CONCAT:
        return length_of(regex->left) + length_of(regex->right);
    case ARGOT_REGEX_ALTERNATE:
        left = length_of(regex->left), right = length_of(regex->right);
        return left > right ? left : right;
    case ARGOT_REGEX_REPEAT:
        left = length_of(regex->left);
        return left * (regex->max != UINT32_MAX ? regex->max : regex->min ? regex->min : 1);
    }
    return 0;
}

/* Bytes that surely stand in a match and are nothing else. */
static uint32_t
sure_bytes(const struct argot_regex *regex)
{
    uint32_t left, right;
    int bits = 0;
    switch (regex->kind) {
    case ARGOT_REGEX_EMPTY:
        break;
    case ARGOT_REGEX_SET:
        for (int i = 0; i < 4; i++)
            bits += __builtin_popcountll(regex->set[i]);
        return bits == 1;
    case ARGOT_REGEX_CONCAT:
        return sure_bytes(regex->left) + sure_bytes(regex->right);
    case ARGOT_REGEX_ALTERNATE:
        left = sure_bytes(regex->left), right = sure_bytes(regex->right);
        return left < right ? left : right;
    case ARGOT_REGEX_REPEAT:
        return sure_bytes(regex->left) * regex->min;
    }
    return 0;
}

/* Expressions one behind the other. */
struct items {
    const struct argot_regex *first;
    const struct items *next;
};

/* An expression for begins of what the items match; mostly `most` bytes long. Repeats stay whole. Nothing is written
 * twice, whatever the alternatives: what is longer than that ends there. */
static const struct argot_regex *
cut(struct argot_arena *arena, const struct items *items, uint32_t most)
{
    if (!items || !most)
        return argot_regex_empty(arena);
    const struct argot_regex *regex = items->first;
    if (regex->kind == ARGOT_REGEX_CONCAT) {
        struct items right = {regex->right, items->next}, left = {regex->left, &right};
        return cut(arena, &left, most);
    }
    uint32_t length = length_of(regex);
    bool optional = regex->kind == ARGOT_REGEX_REPEAT && !regex->min && regex->max == 1;
    if (length <= most || (regex->kind != ARGOT_REGEX_ALTERNATE && !optional))
        return argot_regex_concat(arena, regex, cut(arena, items->next, length < most ? most - length : 0));
    struct items left = {regex->left, NULL}, right = {regex->right, NULL};
    return argot_regex_alternate(arena, cut(arena, &left, most), cut(arena, optional ? items->next : &right, most));
}

/* ---- how much of each is needed ---- */

struct shortening {
    struct argot_gen *gen;
    struct argot_gen_lexer *lexer;
    struct argot_arena scratch;
    uint64_t steps;
    uint32_t *lengths;                                    /* of the heads */
    const struct argot_automaton *const *whole, ***parts; /* parts[i][n]: of the first n bytes of head i, once made */
};

/* The automaton of a head's first bytes, or of all of it. */
static const struct argot_automaton *
part(struct shortening *s, size_t i, uint32_t length)
{
    if (length >= s->lengths[i])
        return s->whole[i];
    const struct argot_automaton **made = &s->parts[i][length];
    if (!*made)
        *made =
            argot_automaton_build(s->gen->arena, cut(s->gen->arena, &(struct items){s->lexer->heads[i], NULL}, length));
    return *made ? *made : s->whole[i];
}

static bool
overlap(struct shortening *s, size_t i, size_t k, uint32_t length)
{
    argot_arena_reset(&s->scratch);
    return argot_automaton_overlap(&s->scratch, part(s, i, length), part(s, k, length), &s->steps);
}

/* How many bytes tell two heads apart; 0: none do. */
static uint32_t
apart(struct shortening *s, size_t i, size_t k)
{
    uint32_t longer = s->lengths[i] > s->lengths[k] ? s->lengths[i] : s->lengths[k];
    uint32_t low = 0, high = 1; /* low: too few */
    while (high < longer && overlap(s, i, k, high)) {
        low = high;
        high *= 2;
    }
    high = high < longer ? high : longer;
    if (high == longer && overlap(s, i, k, high))
        return 0;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        *(overlap(s, i, k, middle) ? &low : &high) = middle;
    }
    return high;
}

/* Whether lines of other formats, too, are mostly refused by what was kept of a head. */
static bool
is_enough(const struct argot_regex *head, const struct argot_regex *begin)
{
    return begin == head || (!argot_regex_nullable(begin) && sure_bytes(begin) >= ARGOT_GEN_SURE_BYTES);
}

static void
shorten(struct shortening *s, size_t count, const struct argot_automaton **automata)
{
    uint32_t *needed = argot_gen_alloc(s->gen, count + 1, sizeof *needed);
    for (size_t i = 0; i < count; i++) {
        s->lengths[i] = s->whole[i] ? length_of(s->lexer->heads[i]) : 0;
        s->parts[i] = argot_gen_alloc(s->gen, s->lengths[i] + (size_t)1, sizeof *s->parts[i]);
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count && s->whole[i] && s->steps; k++) {
            uint32_t bytes = s->whole[k] ? apart(s, i, k) : 0;
            needed[i] = bytes > needed[i] ? bytes : needed[i];
            needed[k] = bytes > needed[k] ? bytes : needed[k];
        }
    for (size_t i = 0; i < count && s->steps; i++) {
        const struct argot_regex *head = s->lexer->heads[i], *begin = argot_regex_empty(s->gen->arena);
        for (uint32_t bytes = needed[i] ? needed[i] : 1; s->whole[i] && !is_enough(head, begin); bytes++)
            begin = bytes < s->lengths[i] ? cut(s->gen->arena, &(struct items){head, NULL}, bytes) : head;
        if (!s->whole[i] || begin == head)
            continue;
        s->lexer->heads[i] = begin;
        automata[i] = argot_automaton_build(s->gen->arena, begin);
    }
}

void
argot_gen_shorten_heads(struct argot_gen *gen, struct argot_gen_lexer *lexer, const struct argot_automaton **automata)
{
    size_t count = lexer->abi.ntemplates;
    struct shortening s = {.gen = gen, .lexer = lexer, .steps = ARGOT_GEN_OVERLAP_STEPS};
    const struct argot_automaton **whole = argot_gen_alloc(gen, count + 1, sizeof *whole);
    for (size_t i = 0; i < count; i++)
        whole[i] = automata[i];
    s.whole = whole;
    s.lengths = argot_gen_alloc(gen, count + 1, sizeof *s.lengths);
    s.parts = argot_gen_alloc(gen, count + 1, sizeof *s.parts);
    argot_arena_init(&s.scratch, gen->seam, 0);
    shorten(&s, count, automata);
    argot_arena_finish(&s.scratch);
}
