/* SPDX-License-Identifier: Apache-2.0
 * Templates tried on a text, in order, with the lists that the decision DFA allows; and how far a text got. */
#include "argot/lex.h"
#include "decode/number.h"
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
    if (w->far.format && absolute <= w->far.offset)
        return;
    w->far = (struct argot_far){absolute, format, expected};
}

/* ---- captures ---- */

/* Whether a text in quotes has no escapes; then it loses the quotes. */
static bool
unquote(struct argot_slice *text)
{
    uint32_t length = text->length - 2;
    if (text->length < 2 || text->at[0] != '"' || text->at[text->length - 1] != '"' ||
        (length && memchr(text->at + 1, '\\', length)))
        return false;
    text->at++;
    text->length = length;
    return true;
}

static inline bool
may_be_absent(const struct argot_op *op, struct argot_slice text)
{
    return (text.at[0] == op->first[0] || text.at[0] == op->first[1]) && text.length < 32 &&
           op->lengths >> text.length & 1;
}

/* The short path. False: nothing was done, and the value's program must run. */
static inline bool
run_op(struct argot_worker *w, struct argot_level *level, const struct argot_op *op, struct argot_slice text)
{
    struct argot_slot *slot = &level->slots[op->dest];
    if (op->kind == ARGOT_OP_PROGRAM || (op->kind == ARGOT_OP_QUOTED && !unquote(&text)))
        return false;
    if (argot_bound_bit(&level->present, op->dest))
        return true;
    if (!text.length || (may_be_absent(op, text) && argot_value_absent(level->bound->normalizer, op->value, text)))
        return true;
    if (op->kind <= ARGOT_OP_HOST) {
        const uint8_t *end = text.at + text.length;
        if (op->kind == ARGOT_OP_HOST && argot_lex_class_run(text.at, end, ARGOT_LEX_HOST) != end)
            return false;
        slot->text.at = text.at;
        slot->text.length = text.length;
        slot->text.flags = 0;
    } else if (op->kind == ARGOT_OP_UINT) {
        if (!argot_number_digits(text, op->most, &slot->u64))
            return false;
    } else if (op->kind == ARGOT_OP_IP) {
        if (!argot_ip_parse(text.at, text.length, slot->ip))
            return false;
    } else if (argot_decode_time(&w->decode, ARGOT_HOW_CLF, text, text, &slot->i64) != ARGOT_DECODED) {
        return false;
    }
    argot_bound_bit_set(&level->present, op->dest);
    return true;
}

/* The captures of a template that fitted become values. ops may be NULL. False when a piece of it is broken. */
static bool
take(struct argot_worker *w, unsigned depth, const struct argot_template *template, const struct argot_op *ops,
     const struct argot_slice *captures, unsigned nesting)
{
    struct argot_level *level = &w->levels[depth];
    unsigned count = template->ncaptures;
    for (unsigned i = 0; i < count; i++) {
        if (!captures[i].at || (ops && run_op(w, level, &ops[i], captures[i])))
            continue;
        struct argot_value_options options = {nesting + 1, {NULL, 0}};
        if (!argot_value_run(w, depth, template->captures[i], captures[i], &options))
            return false;
    }
    return true;
}

/* ---- templates ---- */

struct attempt {
    struct argot_worker *w;
    unsigned depth, nesting;
    const struct argot_lexer *lexer;
    const struct argot_op *const *ops; /* of each template, or NULL */
    struct argot_scan scan;
    bool messages; /* the templates are messages, which may have conditions */
};

static bool
try_one(struct attempt *a, const struct argot_template *template)
{
    struct argot_worker *w = a->w;
    struct argot_level *level = &w->levels[a->depth];
    const struct argot_bound_condition *when = a->messages ? &level->bound->messages[template->message].when : NULL;
    if (when && when->count && !argot_case_holds(w, a->depth, when))
        return false;
    if (!template->extract(&a->scan))
        return false;
    struct argot_bound_bits present = level->present;
    struct argot_record *record = level->record;
    uint32_t nextra = w->nextra;
    unsigned nrests = level->nrests;
    bool limited = w->limited;
    const struct argot_op *ops = a->ops ? a->ops[template - a->lexer->templates] : NULL;
    if (take(w, a->depth, template, ops, a->scan.captures, a->nesting))
        return true;
    level->present = present;
    level->record = record;
    level->nrests = nrests;
    w->nextra = nextra;
    w->limited = limited;
    return false;
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
    const struct argot_bound *bound = w->levels[depth].bound;
    const struct argot_normalizer *n = bound->normalizer;
    struct attempt a = {w,
                        depth,
                        nesting,
                        lexer,
                        lexer == n->body   ? bound->body
                        : lexer == n->head ? bound->head
                                           : NULL,
                        {text.at, text.at + text.length, w->captures[nesting], NULL, 0},
                        messages};
    const uint16_t *list = NULL;
    if (lexer->decide && ends_the_line(w, text)) {
        int answer = lexer->decide(text.at);
        list = lexer->candidates[answer < 0 ? lexer->ntemplates : (unsigned)answer];
    }
    for (uint16_t i = 0; list && list[i] != ARGOT_NONE; i++)
        if (try_one(&a, &lexer->templates[list[i]]))
            return lexer->templates[list[i]].message;
    /* Without a list this is the search; where no head fits it only finds out how far the text got. */
    bool all = !list || (list[0] == ARGOT_NONE && w->exploring);
    for (uint16_t i = 0; all && i < lexer->ntemplates; i++)
        if (try_one(&a, &lexer->templates[i]))
            return lexer->templates[i].message;
    if (a.scan.far && a.scan.expected < n->nexpectations)
        argot_lexer_far(w, text, (uint32_t)(a.scan.far - text.at), n->name, n->expectations[a.scan.expected]);
    return -1;
}
