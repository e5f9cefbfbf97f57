/* SPDX-License-Identifier: Apache-2.0
 * What the templates of a lexer leave to the runtime: captures, conditions, and how far a text got. */
#include "normalize/lexer.h"
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

void
argot_lexer_tell(struct argot_worker *w, unsigned depth, const struct argot_scan *scan)
{
    const struct argot_normalizer *n = w->levels[depth].bound->normalizer;
    struct argot_slice text = {scan->begin, (uint32_t)(scan->end - scan->begin)};
    if (scan->far && scan->expected < n->nexpectations)
        argot_lexer_far(w, text, (uint32_t)(scan->far - text.at), n->name, n->expectations[scan->expected]);
}

bool
argot_lexer_ends_line(const struct argot_worker *w, const uint8_t *begin, const uint8_t *end)
{
    const uint8_t *line_end = w->raw.at + w->raw.length;
    if (begin < w->raw.at || begin >= line_end || end > line_end)
        return false;
    while (end < line_end && (*end == ' ' || *end == '\t' || *end == '\r'))
        end++;
    return end == line_end;
}

bool
argot_lexer_may_try(struct argot_worker *w, unsigned depth, const struct argot_template *template)
{
    const struct argot_bound_condition *when = &w->levels[depth].bound->messages[template->message].when;
    return !when->count || argot_case_holds(w, depth, when);
}

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

bool
argot_lexer_take(struct argot_worker *w, unsigned depth, const struct argot_template *template, struct argot_scan *scan,
                 unsigned nesting)
{
    struct argot_level *level = &w->levels[depth];
    struct argot_bound_bits present = level->present;
    struct argot_record *record = level->record;
    struct argot_odd odd = level->odd;
    uint32_t nextra = w->nextra;
    unsigned nrests = level->nrests;
    bool limited = w->limited, flat_taken = level->flat_taken;
    level->present.words[0] |= scan->have;
    if (take(w, depth, template, scan, nesting))
        return true;
    level->present = present;
    level->record = record;
    level->flat_taken = flat_taken;
    level->odd = odd;
    level->nrests = nrests;
    w->nextra = nextra;
    w->limited = limited;
    memset(scan->begun, 0, sizeof scan->begun); /* what was begun last did fit */
    return false;
}

int
argot_lexer_head(struct argot_worker *w, unsigned depth, const struct argot_lexer *lexer, struct argot_slice text)
{
    return argot_lexer_run(w, &w->levels[depth], lexer, text, 0, false);
}

int
argot_lexer_body(struct argot_worker *w, unsigned depth, const struct argot_lexer *lexer, struct argot_slice text)
{
    return argot_lexer_run(w, &w->levels[depth], lexer, text, 0, w->levels[depth].bound->conditional);
}

int
argot_lexer_value(struct argot_worker *w, unsigned depth, const struct argot_lexer *lexer, struct argot_slice text,
                  unsigned nesting)
{
    if (nesting >= ARGOT_BOUND_MAX_VALUE_DEPTH)
        return -1;
    return argot_lexer_run(w, &w->levels[depth], lexer, text, nesting, false);
}
