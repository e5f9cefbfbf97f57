/* SPDX-License-Identifier: Apache-2.0
 * Templates tried on a text, in order, with the lists that the decision DFA allows; and how far a text got. */
#include "normalize/worker.h"
#include <string.h>

void
argot_lexer_far(struct argot_worker *w, struct argot_slice text, uint32_t offset, const char *format,
                const char *expected)
{
    /* A decoded copy has no place in the record; it counts as its begin. */
    bool inside = text.at >= w->raw.at && text.at <= w->raw.at + w->raw.length;
    uint32_t absolute = inside ? (uint32_t)(text.at - w->raw.at) + offset : 0;
    const struct argot_far *far = &w->far;
    if (far->format && (absolute < far->offset || (absolute == far->offset && w->turn >= far->turn)))
        return;
    w->far = (struct argot_far){absolute, w->turn, format, expected};
}

/* ---- captures ---- */

/* The captures that the extractor left become values. False when a piece of the template is broken. */
static bool
take(struct argot_worker *w, unsigned depth, const struct argot_template *template, const struct argot_scan *scan,
     unsigned nesting)
{
    struct argot_value_options options = {nesting + 1, {NULL, 0}};
    for (unsigned word = 0; word < 2; word++)
        for (uint64_t left = scan->left[word]; left; left &= left - 1) {
            unsigned i = word * 64 + (unsigned)__builtin_ctzll(left);
            if (!argot_value_run(w, depth, template->captures[i], scan->captures[i], &options))
                return false;
        }
    return true;
}

/* ---- templates ---- */

struct attempt {
    struct argot_worker *w;
    unsigned depth, nesting;
    bool messages; /* the templates are messages, which may have conditions */
    struct argot_scan scan;
};

/* Whether the condition of the template's message holds. */
static bool
may_try(const struct attempt *a, const struct argot_template *template)
{
    const struct argot_bound_condition *when = &a->w->levels[a->depth].bound->messages[template->message].when;
    return !when->count || argot_case_holds(a->w, a->depth, when);
}

/* Takes what the extractor left. False, and the level as before, when a piece of it is broken. */
static __attribute__((noinline)) bool
take_rest(struct attempt *a, const struct argot_template *template)
{
    struct argot_worker *w = a->w;
    struct argot_level *level = &w->levels[a->depth];
    struct argot_bound_bits present = level->present;
    struct argot_record *record = level->record;
    struct argot_odd odd = level->odd;
    uint32_t nextra = w->nextra;
    unsigned nrests = level->nrests;
    bool limited = w->limited, flat_taken = level->flat_taken;
    level->present.words[0] |= a->scan.have;
    if (take(w, a->depth, template, &a->scan, a->nesting))
        return true;
    level->present = present;
    level->record = record;
    level->flat_taken = flat_taken;
    level->odd = odd;
    level->nrests = nrests;
    w->nextra = nextra;
    w->limited = limited;
    memset(a->scan.begun, 0, sizeof a->scan.begun); /* what was begun last did fit */
    return false;
}

static inline __attribute__((always_inline)) bool
try_one(struct attempt *a, struct argot_level *level, const struct argot_template *template)
{
    if ((a->messages && level->bound->conditional && !may_try(a, template)) || !template->extract(&a->scan))
        return false;
    if (a->scan.left[0] | a->scan.left[1])
        return take_rest(a, template);
    level->present.words[0] |= a->scan.have;
    return true;
}

/* `list`: numbers of the templates to try, ended by ARGOT_NONE; NULL: all. The template that fitted, or NULL. */
static inline __attribute__((always_inline)) const struct argot_template *
try_in_turn(struct attempt *a, struct argot_level *level, const struct argot_lexer *lexer, const uint16_t *list)
{
    const struct argot_template *template = lexer->templates, *end = template + lexer->ntemplates;
    for (; list && *list != ARGOT_NONE; list++)
        if (try_one(a, level, &template[*list]))
            return &template[*list];
    for (; !list && template <end; template ++)
        if (try_one(a, level, template))
            return template;
    return NULL;
}

/* Heads are written for texts up to the end of the line. A piece in its middle, or a decoded copy, which may hold
 * newlines, is tried on all templates. */
static inline bool
ends_the_line(const struct argot_worker *w, struct argot_slice text)
{
    const uint8_t *end = w->raw.at + w->raw.length, *at = text.at + text.length;
    if (text.at < w->raw.at || text.at >= end || at > end)
        return false;
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
        at++;
    return at == end;
}

/* The templates whose heads may go with the text. */
static inline const uint16_t *
decide(struct attempt *a, const struct argot_lexer *lexer, struct argot_slice text)
{
    a->scan.in_vain = false;
    if (!lexer->decide || !ends_the_line(a->w, text))
        return NULL;
    int answer = lexer->decide(text.at);
    const uint16_t *list = lexer->candidates[answer < 0 ? lexer->ntemplates : (unsigned)answer];
    if (list[0] != ARGOT_NONE)
        return list;
    /* Where no head fits, exploring finds out how far the text got. */
    a->w->ruled_out = true;
    a->scan.in_vain = a->w->exploring;
    return a->scan.in_vain ? NULL : list;
}

static __attribute__((noinline)) void
tell_far(const struct attempt *a, const struct argot_level *level, struct argot_slice text)
{
    const struct argot_normalizer *n = level->bound->normalizer;
    if (a->scan.far && a->scan.expected < n->nexpectations)
        argot_lexer_far(a->w, text, (uint32_t)(a->scan.far - text.at), n->name, n->expectations[a->scan.expected]);
}

static inline __attribute__((always_inline)) int
run(struct argot_worker *w, unsigned depth, const struct argot_lexer *lexer, struct argot_slice text, unsigned nesting,
    bool messages)
{
    struct argot_level *level = &w->levels[depth];
    struct attempt a;
    a.w = w;
    a.depth = depth;
    a.nesting = nesting;
    a.messages = messages;
    a.scan.begin = text.at;
    a.scan.end = text.at + text.length;
    a.scan.memo = w->decode.has_outer_time ? &w->no_memo : &w->memo;
    a.scan.captures = w->captures[nesting];
    a.scan.slots = level->slots;
    a.scan.far = NULL;
    a.scan.expected = 0;
    memset(a.scan.dead_ends, 0, sizeof a.scan.dead_ends);
    memset(a.scan.begun, 0, sizeof a.scan.begun);
    const struct argot_template *template = try_in_turn(&a, level, lexer, decide(&a, lexer, text));
    if (template)
        return template->message;
    tell_far(&a, level, text);
    return -1;
}

int
argot_lexer_head(struct argot_worker *w, unsigned depth, const struct argot_lexer *lexer, struct argot_slice text)
{
    return run(w, depth, lexer, text, 0, false);
}

int
argot_lexer_body(struct argot_worker *w, unsigned depth, const struct argot_lexer *lexer, struct argot_slice text)
{
    return run(w, depth, lexer, text, 0, true);
}

int
argot_lexer_value(struct argot_worker *w, unsigned depth, const struct argot_lexer *lexer, struct argot_slice text,
                  unsigned nesting)
{
    return nesting < ARGOT_BOUND_MAX_VALUE_DEPTH ? run(w, depth, lexer, text, nesting, false) : -1;
}
