/* SPDX-License-Identifier: Apache-2.0
 * Templates of one format against each other. */
#include "generator/overlap.h"
#include "generator/budget.h"
#include "generator/codes.h"
#include "generator/words.h"
#include <string.h>

/* ---- what may meet at all ---- */

void
argot_gen_heads_make(struct argot_gen *gen, const struct argot_gen_lexer *lexer, struct argot_gen_heads *heads)
{
    heads->count = lexer->abi.ntemplates;
    heads->automata = argot_gen_alloc(gen, heads->count + 1, sizeof *heads->automata);
    heads->steps = ARGOT_GEN_OVERLAP_STEPS;
    for (size_t i = 0; i < heads->count; i++) {
        const struct argot_regex *head =
            argot_gen_head(gen->arena, lexer->trees[i].tree, &gen->absent, ARGOT_GEN_ALL_FIELDS);
        heads->automata[i] = argot_regex_nullable(head) ? NULL : argot_automaton_build(gen->arena, head);
    }
}

bool
argot_gen_heads_meet(struct argot_gen *gen, struct argot_gen_heads *heads, size_t a, size_t b)
{
    struct argot_arena scratch;
    if (!heads->automata[a] || !heads->automata[b])
        return true;
    argot_arena_init(&scratch, gen->seam, 0);
    bool meet = argot_automaton_overlap(&scratch, heads->automata[a], heads->automata[b], &heads->steps);
    argot_arena_finish(&scratch);
    return meet;
}

bool
argot_gen_charge(uint64_t *moves, const struct argot_automaton *automaton)
{
    uint64_t cost = automaton ? automaton->count * UINT64_C(4) : 1000;
    *moves -= cost < *moves ? cost : *moves;
    return *moves > 0;
}

static bool
fits_glob(const struct argot_glob *glob, const char *text, size_t length)
{
    size_t head = glob->head.length, tail = glob->tail.length;
    if (!glob->star)
        return length == head && !memcmp(text, glob->head.at, head);
    return length >= head + tail && (!head || !memcmp(text, glob->head.at, head)) &&
           (!tail || !memcmp(text + length - tail, glob->tail.at, tail));
}

bool
argot_gen_skips(const struct argot_gen *gen, const char *text, size_t length)
{
    for (uint16_t i = 0; i < gen->normalizer.nskips; i++)
        if (fits_glob(&gen->normalizer.skips[i], text, length))
            return true;
    return false;
}

const char *
argot_gen_readable(struct argot_gen *gen, const char *text, size_t length)
{
    static const char hex[] = "0123456789abcdef";
    char *out = argot_gen_alloc(gen, length * 4 + 1, 1), *at = out;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)text[i];
        if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
            *at++ = (char)byte;
            continue;
        }
        *at++ = '\\';
        if (byte == '\\') {
            *at++ = '\\';
            continue;
        }
        *at++ = 'x';
        *at++ = hex[byte >> 4];
        *at++ = hex[byte & 15];
    }
    *at = 0;
    return out;
}

/* ---- a line for two templates ---- */

/* Whether nothing that the text must not be fits it. */
static bool
is_free(const struct argot_gen_pair *pair)
{
    for (size_t i = 0; i < pair->nout; i++)
        if (argot_words_match(pair->gen[0]->seam, pair->out[i], pair->text, pair->length))
            return false;
    return true;
}

/* Without what it must not be a text is found much faster, and often it is none of that anyhow. */
static bool
find_text(struct argot_gen_pair *pair, struct argot_words *words)
{
    for (int with = 0; with < (pair->nout ? 2 : 1); with++) {
        words->out = pair->out;
        words->nout = with ? pair->nout : 0;
        enum argot_words_end end = argot_words_find(words);
        pair->gave_up |= end == ARGOT_WORDS_GAVE_UP;
        if (end != ARGOT_WORDS_FOUND)
            return false;
        pair->text = words->text;
        pair->length = words->length;
        if (with || is_free(pair))
            return true;
    }
    return false;
}

static bool
find_in(struct argot_gen_pair *pair, enum argot_gen_reading reading, struct argot_arena *scratch)
{
    struct argot_words words = {.arena = pair->gen[0]->arena, .seam = pair->gen[0]->seam, .steps = pair->moves};
    for (; words.nwanted < 2 && pair->tree[words.nwanted]; words.nwanted++) {
        size_t i = words.nwanted;
        struct argot_gen_language language = {.arena = scratch,
                                              .gen = pair->gen[i],
                                              .reading = reading,
                                              .field = i ? pair->longer : NULL,
                                              .dest = ARGOT_NONE};
        words.in[i] = argot_gen_language(&language, pair->tree[i]);
        pair->gave_up |= !argot_gen_charge(pair->moves, words.in[i]);
        if (!words.in[i] || pair->gave_up)
            return false;
    }
    return find_text(pair, &words);
}

bool
argot_gen_pair_find(struct argot_gen_pair *pair)
{
    struct argot_arena scratch;
    pair->gave_up = false;
    argot_arena_init(&scratch, pair->gen[0]->seam, 0);
    bool found = find_in(pair, ARGOT_GEN_NICE, &scratch) || find_in(pair, ARGOT_GEN_SURE, &scratch);
    argot_arena_finish(&scratch);
    for (int i = 0; found && i < 2; i++)
        found = !pair->tree[i] || !argot_gen_skips(pair->gen[i], pair->text, pair->length);
    return found;
}

/* A line that a template of the head fits, with the text where the messages are, and none before it. */
static bool
find_head(struct argot_gen *gen, uint16_t number, enum argot_gen_reading reading, struct argot_arena *scratch,
          struct argot_words *words, const char *text, size_t length)
{
    const struct argot_automaton **before = argot_gen_alloc(gen, number + 1u, sizeof *before);
    struct argot_gen_language language = {.arena = scratch, .gen = gen, .reading = ARGOT_GEN_MAYBE, .dest = ARGOT_NONE};
    for (uint16_t i = 0; i < number; i++)
        if (!(before[i] = argot_gen_language(&language, gen->head->trees[i].tree)))
            return false;
    language.reading = reading;
    language.text = text;
    language.length = length;
    language.dest = gen->normalizer.message;
    words->in[0] = argot_gen_language(&language, gen->head->trees[number].tree);
    words->nwanted = 1;
    words->out = before;
    words->nout = number;
    return words->in[0] && argot_words_find(words) == ARGOT_WORDS_FOUND;
}

bool
argot_gen_line_of(struct argot_gen *gen, const struct argot_gen_lexer *lexer, uint64_t *moves, const char **text,
                  size_t *length)
{
    if (!gen->head || lexer != gen->body)
        return true;
    bool found = false;
    for (uint16_t i = 0; !found && i < 2 * gen->head->abi.ntemplates; i++) {
        struct argot_arena scratch;
        struct argot_words words = {.arena = gen->arena, .seam = gen->seam, .steps = moves};
        argot_arena_init(&scratch, gen->seam, 0);
        found = find_head(gen, i / 2, i % 2 ? ARGOT_GEN_SURE : ARGOT_GEN_NICE, &scratch, &words, *text, *length);
        argot_arena_finish(&scratch);
        if (found) {
            *text = words.text;
            *length = words.length;
        }
    }
    return found;
}

/* ---- templates that no line reaches ---- */

struct reach {
    struct argot_gen *gen;
    const struct argot_gen_lexer *lexer;
    struct argot_gen_heads heads;
    uint64_t moves;
};

/* Whether an earlier template may take the lines of a later one: nothing else must hold for it, or the same. */
static bool
may_take(const struct reach *r, uint16_t earlier, uint16_t later)
{
    const struct argot_gen *gen = r->gen;
    uint16_t a = r->lexer->abi.templates[earlier].message, b = r->lexer->abi.templates[later].message;
    return a == b || r->lexer != gen->body || !gen->normalizer.messages[a].when.count;
}

/* The automata of the earlier templates that may take lines of one; returns how many. numbers: which they are. */
static size_t
collect(struct reach *r, uint16_t later, struct argot_arena *scratch, const struct argot_automaton **takers,
        uint16_t *numbers, size_t *common)
{
    const struct argot_gen_sequence *tree = r->lexer->trees[later].tree;
    struct argot_gen_language language = {
        .arena = scratch, .gen = r->gen, .reading = ARGOT_GEN_SURE, .dest = ARGOT_NONE};
    size_t count = 0, kept = 0;
    *common = SIZE_MAX;
    for (uint16_t i = 0; i < later && r->heads.steps; i++)
        if (may_take(r, i, later) && argot_gen_heads_meet(r->gen, &r->heads, i, later)) {
            size_t same = argot_gen_language_common(r->lexer->trees[i].tree, tree);
            *common = same < *common ? same : *common;
            numbers[count++] = i;
        }
    language.skip = count ? *common : 0;
    for (size_t i = 0; i < count; i++) {
        takers[kept] = argot_gen_language(&language, r->lexer->trees[numbers[i]].tree);
        numbers[kept] = numbers[i];
        if (!argot_gen_charge(&r->moves, takers[kept]))
            break;
        kept += takers[kept] != NULL;
    }
    return kept;
}

/* What stands before a template and takes a line of it, for people to see. */
static void
show(struct reach *r, uint16_t later, const uint16_t *numbers, size_t count)
{
    struct argot_gen_template *trees = r->lexer->trees;
    struct argot_diagnostic *d =
        argot_gen_warn(r->gen, ARGOT_CODE_SHADOWED, trees[later].span, "no line reaches this template");
    d->second = trees[numbers[0]].span;
    d->second_text =
        count > 1 ? "this one and others before it take all of its lines" : "this one takes all of its lines";
    for (size_t i = 0; i < count; i++) {
        struct argot_gen_pair pair = {
            .gen = {r->gen, r->gen}, .tree = {trees[numbers[i]].tree, trees[later].tree}, .moves = &r->moves};
        if (!argot_gen_pair_find(&pair) || !argot_gen_line_of(r->gen, r->lexer, &r->moves, &pair.text, &pair.length))
            continue;
        d->second = trees[numbers[i]].span;
        d->witness = argot_gen_readable(r->gen, pair.text, pair.length);
        return;
    }
}

/* All lines that the template may fit are ones that those before it fit surely. */
static bool
is_unreachable(struct reach *r, uint16_t later, const struct argot_automaton *const *takers, size_t count,
               size_t common, struct argot_arena *scratch)
{
    const struct argot_gen_sequence *tree = r->lexer->trees[later].tree;
    struct argot_gen_language language = {
        .arena = scratch, .gen = r->gen, .reading = ARGOT_GEN_MAYBE, .skip = common, .dest = ARGOT_NONE};
    struct argot_words words = {.arena = scratch, .seam = r->gen->seam, .steps = &r->moves, .out = takers};
    words.in[0] = argot_gen_language(&language, tree);
    words.nwanted = 1;
    words.nout = count;
    return words.in[0] && argot_words_find(&words) == ARGOT_WORDS_NONE;
}

static void
look_at(struct reach *r, uint16_t later)
{
    struct argot_arena scratch;
    size_t common;
    const struct argot_automaton **takers = argot_gen_alloc(r->gen, later + 1u, sizeof *takers);
    uint16_t *numbers = argot_gen_alloc(r->gen, later + 1u, sizeof *numbers);
    argot_arena_init(&scratch, r->gen->seam, 0);
    size_t count = collect(r, later, &scratch, takers, numbers, &common);
    if (count && is_unreachable(r, later, takers, count, common, &scratch))
        show(r, later, numbers, count);
    argot_arena_finish(&scratch);
}

void
argot_gen_warn_unreachable(struct argot_gen *gen)
{
    struct reach reach = {.gen = gen, .moves = ARGOT_GEN_OVERLAP_MOVES};
    for (const struct argot_gen_lexer *lexer = gen->lexers; lexer; lexer = lexer->next) {
        reach.lexer = lexer;
        argot_gen_heads_make(gen, lexer, &reach.heads);
        for (uint16_t k = 1; k < lexer->abi.ntemplates; k++)
            if (reach.moves)
                look_at(&reach, k);
    }
}
