/* SPDX-License-Identifier: Apache-2.0
 * Templates tried on a text, in order, with the lists that the decision DFA allows; and how far a text got. */
#include "normalize/worker.h"
#include <string.h>

struct argot_slice
argot_lexer_trim(struct argot_slice text)
{
    while (text.length) {
        uint8_t byte = text.at[text.length - 1];
        if (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n')
            break;
        text.length--;
    }
    return text;
}

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
static bool
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
    return false;
}

/* `list`: numbers of the templates to try, ended by ARGOT_NONE; NULL: all. messages: the templates are messages, which
 * may have conditions. The template that fitted, or NULL. */
static const struct argot_template *
try_in_turn(struct attempt *a, const struct argot_lexer *lexer, const uint16_t *list, bool messages)
{
    bool conditional = messages && a->w->levels[a->depth].bound->conditional;
    for (unsigned i = 0; list ? list[i] != ARGOT_NONE : i < lexer->ntemplates; i++) {
        const struct argot_template *template = &lexer->templates[list ? list[i] : i];
        if ((conditional && !may_try(a, template)) || !template->extract(&a->scan))
            continue;
        if (!(a->scan.left[0] | a->scan.left[1])) {
            a->w->levels[a->depth].present.words[0] |= a->scan.have;
            return template;
        }
        if (take_rest(a, template))
            return template;
        memset(a->scan.begun, 0, sizeof a->scan.begun); /* what was begun last did fit */
    }
    return NULL;
}

/* Heads are written for texts up to the end of the line. A piece in its middle, or a decoded copy, which may hold
 * newlines, is tried on all templates. */
static bool
ends_the_line(const struct argot_worker *w, struct argot_slice text)
{
    const uint8_t *end = w->raw.at + w->raw.length, *at = text.at + text.length;
    if (text.at < w->raw.at || text.at >= end || at > end)
        return false;
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
        at++;
    return at == end;
}

int
argot_lexer_run(struct argot_worker *w, unsigned depth, const struct argot_lexer *lexer, struct argot_slice text,
                unsigned nesting, bool messages)
{
    if (nesting >= ARGOT_BOUND_MAX_VALUE_DEPTH)
        return -1;
    const struct argot_normalizer *n = w->levels[depth].bound->normalizer;
    struct attempt a;
    a.w = w;
    a.depth = depth;
    a.nesting = nesting;
    a.scan.begin = text.at;
    a.scan.end = text.at + text.length;
    a.scan.memo = w->decode.has_outer_time ? &w->no_memo : &w->memo;
    a.scan.captures = w->captures[nesting];
    a.scan.slots = w->levels[depth].slots;
    a.scan.far = NULL;
    a.scan.expected = 0;
    memset(a.scan.dead_ends, 0, sizeof a.scan.dead_ends);
    memset(a.scan.begun, 0, sizeof a.scan.begun);
    const uint16_t *list = NULL;
    if (lexer->decide && ends_the_line(w, text)) {
        int answer = lexer->decide(text.at);
        list = lexer->candidates[answer < 0 ? lexer->ntemplates : (unsigned)answer];
        w->ruled_out |= list[0] == ARGOT_NONE;
        if (list[0] == ARGOT_NONE && w->exploring)
            list = NULL; /* no head fits: this only finds out how far the text got */
    }
    const struct argot_template *template = try_in_turn(&a, lexer, list, messages);
    if (template)
        return template->message;
    if (a.scan.far && a.scan.expected < n->nexpectations)
        argot_lexer_far(w, text, (uint32_t)(a.scan.far - text.at), n->name, n->expectations[a.scan.expected]);
    return -1;
}
