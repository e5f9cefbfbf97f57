/* SPDX-License-Identifier: Apache-2.0
 * Templates tried on a text, in order, with the lists that the decision DFA allows. Inline, since every line of every
 * level comes through here. */
#pragma once
#include "normalize/worker.h"

/* Whether the condition of the template's message holds. */
bool argot_lexer_may_try(struct argot_worker *w, unsigned depth, const struct argot_template *template);
/* Takes what the extractor left. False, and the level as before, when a piece of it is broken. */
bool argot_lexer_take(struct argot_worker *w, unsigned depth, const struct argot_template *template,
                      struct argot_scan *scan, unsigned nesting);
/* How far the text got in templates of which none fitted. */
void argot_lexer_tell(struct argot_worker *w, unsigned depth, const struct argot_scan *scan);
/* Heads are written for texts up to the end of the line. A piece in its middle, or a decoded copy, which may hold
 * newlines, is tried on all templates. */
bool argot_lexer_ends_line(const struct argot_worker *w, const uint8_t *begin, const uint8_t *end);

/* Whether no head of the lexer fits the text, as was found in the first pass over a record that is gone through again.
 */
static inline bool
argot_lexer_known_vain(const struct argot_worker *w, const struct argot_lexer *lexer, const uint8_t *text)
{
    return w->exploring && w->vain_nth == w->nth && w->vain == lexer && w->vain_at == text;
}

/* Keeps that of the first lexer of a record: the others are mostly tried on what is around, and are out soon. */
static inline void
argot_lexer_note_vain(struct argot_worker *w, const struct argot_lexer *lexer, const uint8_t *text)
{
    if (w->vain_nth == w->nth)
        return;
    w->vain_nth = w->nth;
    w->vain = lexer;
    w->vain_at = text;
}

/* The templates whose heads may go with the text, numbers ended by ARGOT_NONE; NULL: all. */
static inline const uint16_t *
argot_lexer_decide(struct argot_worker *w, struct argot_scan *scan, const struct argot_lexer *lexer)
{
    scan->in_vain = false;
    if (!lexer->decide ||
        ((scan->end != w->text_end || scan->begin == scan->end) && !argot_lexer_ends_line(w, scan->begin, scan->end)))
        return NULL;
    int answer = argot_lexer_known_vain(w, lexer, scan->begin) ? -1 : lexer->decide(scan->begin);
    const uint16_t *list = lexer->candidates[answer < 0 ? lexer->ntemplates : (unsigned)answer];
    if (list[0] != ARGOT_NONE)
        return list;
    /* Where no head fits, exploring finds out how far the text got. */
    w->ruled_out = true;
    argot_lexer_note_vain(w, lexer, scan->begin);
    scan->in_vain = w->exploring;
    return scan->in_vain ? NULL : list;
}

static inline __attribute__((always_inline)) bool
argot_lexer_try(struct argot_worker *w, struct argot_level *level, const struct argot_template *template,
                struct argot_scan *scan, unsigned nesting, bool conditional)
{
    if ((conditional && !argot_lexer_may_try(w, level->depth, template)) || !template->extract(scan))
        return false;
    if (__builtin_expect((scan->left[0] | scan->left[1]) != 0, false))
        return argot_lexer_take(w, level->depth, template, scan, nesting);
    level->present.words[0] |= scan->have;
    return true;
}

/* Takes the captures of the first template that fits into the level. The message of it, or -1. `conditional`: the
 * templates are messages, of which some have conditions. */
static inline __attribute__((always_inline)) int
argot_lexer_run(struct argot_worker *w, struct argot_level *level, const struct argot_lexer *lexer,
                struct argot_slice text, unsigned nesting, bool conditional)
{
    struct argot_scan scan;
    scan.begin = text.at;
    scan.end = text.at + text.length;
    scan.memo = w->decode.has_outer_time ? &w->no_memo : &w->memo;
    scan.captures = w->captures[nesting];
    scan.slots = level->slots;
    scan.far = NULL;
    scan.expected = 0;
    memset(scan.dead_ends, 0, sizeof scan.dead_ends);
    memset(scan.begun, 0, sizeof scan.begun);
    const struct argot_template *template = lexer->templates, *end = template + lexer->ntemplates;
    const uint16_t *list = argot_lexer_decide(w, &scan, lexer);
    for (; list && *list != ARGOT_NONE; list++)
        if (argot_lexer_try(w, level, &template[*list], &scan, nesting, conditional))
            return template[*list].message;
    for (; !list && template <end; template ++)
        if (argot_lexer_try(w, level, template, &scan, nesting, conditional))
            return template->message;
    argot_lexer_tell(w, level->depth, &scan);
    return -1;
}
