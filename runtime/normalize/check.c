/* SPDX-License-Identifier: Apache-2.0
 * Walks every index of a normalizer's tables before it is used, so that tables made by another version or by hand
 * cannot lead the engine out of bounds. */
#include "normalize/bound.h"
#include <stdarg.h>
#include <stdio.h>

struct check {
    const struct argot_normalizer *normalizer;
    char *why;
    size_t why_size;
    unsigned depth;
    bool bad;
};

static bool check_value(struct check *c, const struct argot_value *value);

static bool __attribute__((format(printf, 2, 3))) refuse(struct check *c, const char *format, ...)
{
    if (!c->bad) {
        va_list args;
        va_start(args, format);
        vsnprintf(c->why, c->why_size, format, args);
        va_end(args);
    }
    c->bad = true;
    return false;
}

static bool
check_dest(struct check *c, uint16_t dest)
{
    return dest < c->normalizer->ndests || dest == ARGOT_NONE ||
           refuse(c, "destination %u of %u", dest, c->normalizer->ndests);
}

/* Each list is ended, and names templates that are there. */
static bool
check_candidates(const struct argot_lexer *lexer)
{
    for (uint32_t i = 0; lexer->candidates && i <= lexer->ntemplates; i++) {
        const uint16_t *list = lexer->candidates[i];
        for (uint32_t k = 0; list && list[k] != ARGOT_NONE; k++)
            if (k >= lexer->ntemplates || list[k] >= lexer->ntemplates)
                return false;
        if (!list)
            return false;
    }
    return lexer->candidates != NULL;
}

static bool
check_begins(const struct argot_begins *begins)
{
    size_t cells = (size_t)begins->nstates * begins->nclasses;
    bool good =
        begins->nstates && begins->nstates < ARGOT_BEGINS_ANY && begins->nclasses && begins->class_of && begins->next;
    for (unsigned byte = 0; good && byte < 256; byte++)
        good = begins->class_of[byte] < begins->nclasses;
    for (size_t i = 0; good && i < cells; i++)
        good = begins->next[i] <= begins->nstates || begins->next[i] == ARGOT_BEGINS_ANY;
    return good;
}

static bool
check_lexer(struct check *c, const struct argot_lexer *lexer)
{
    if (++c->depth > ARGOT_BOUND_MAX_VALUE_DEPTH)
        return refuse(c, "values nested deeper than %d", ARGOT_BOUND_MAX_VALUE_DEPTH);
    for (uint16_t i = 0; i < lexer->ntemplates; i++) {
        const struct argot_template *template = &lexer->templates[i];
        if (!template->extract || template->ncaptures > ARGOT_MAX_CAPTURES ||
            template->message >= c->normalizer->nmessages)
            return refuse(c, "template %u is out of range", i);
        for (uint16_t k = 0; k < template->ncaptures; k++)
            if (!check_value(c, template->captures[k]))
                return false;
    }
    if (lexer->decide && !check_candidates(lexer))
        return refuse(c, "a lexer decides for templates that it lacks");
    if (c->normalizer->abi >= ARGOT_ABI_BEGINS && lexer->begins && !check_begins(lexer->begins))
        return refuse(c, "a lexer's states are out of range");
    c->depth--;
    return true;
}

static bool
check_block(struct check *c, const struct argot_block *block)
{
    if (++c->depth > ARGOT_BOUND_MAX_VALUE_DEPTH)
        return refuse(c, "values nested deeper than %d", ARGOT_BOUND_MAX_VALUE_DEPTH);
    if ((block->kind == ARGOT_KIND_KV && !block->kv) || (block->kind == ARGOT_KIND_CSV && !block->csv))
        return refuse(c, "a block without its dialect");
    for (uint16_t i = 0; i < block->nbindings; i++)
        if (!block->bindings[i].path || (block->bindings[i].value && !check_value(c, block->bindings[i].value)))
            return refuse(c, "binding %u is out of range", i);
    if (block->kv && block->kv->bare_words && !check_value(c, block->kv->bare_words))
        return false;
    c->depth--;
    return true;
}

static bool
check_value(struct check *c, const struct argot_value *value)
{
    if (!value || value->how > ARGOT_HOW_LINE || value->ntargets > 4)
        return refuse(c, "a value is out of range");
    for (unsigned t = 0; t < value->ntargets; t++)
        for (unsigned i = 0; i < value->targets[t].count; i++)
            if (!check_dest(c, value->targets[t].dests[i]))
                return false;
    if ((value->how == ARGOT_HOW_LINE && !value->lexer) || (value->how == ARGOT_HOW_BLOCK && !value->block))
        return refuse(c, "a value lacks what reads it");
    if (value->how < ARGOT_HOW_BLOCK && (!value->ntargets || !value->targets[0].count))
        return refuse(c, "a value without a target");
    return (!value->lexer || check_lexer(c, value->lexer)) && (!value->block || check_block(c, value->block));
}

static bool
check_sets(struct check *c, const struct argot_set *sets, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++)
        if (sets[i].dest >= c->normalizer->ndests)
            return refuse(c, "a constant without a destination");
    return true;
}

static bool
check_derives(struct check *c, const struct argot_derive *derives, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++) {
        if (derives[i].dest >= c->normalizer->ndests)
            return refuse(c, "a derived field without a destination");
        for (uint16_t k = 0; k < derives[i].nsources; k++)
            if (derives[i].sources[k].kind == ARGOT_SOURCE_DEST && derives[i].sources[k].dest >= c->normalizer->ndests)
                return refuse(c, "a derived field without a source");
    }
    return true;
}

static bool
check_condition(struct check *c, const struct argot_condition *condition)
{
    for (uint16_t i = 0; i < condition->count; i++)
        if (condition->terms[i].source.kind == ARGOT_SOURCE_DEST &&
            condition->terms[i].source.dest >= c->normalizer->ndests)
            return refuse(c, "a condition without a destination");
    return true;
}

static bool
check_cases(struct check *c, const struct argot_case *cases, uint16_t count, unsigned depth)
{
    if (depth > ARGOT_BOUND_MAX_CASE_DEPTH)
        return refuse(c, "`choose` nested deeper than %d", ARGOT_BOUND_MAX_CASE_DEPTH);
    for (uint16_t i = 0; i < count; i++) {
        const struct argot_case *one = &cases[i];
        for (uint16_t k = 0; k < one->nbindings; k++)
            if (!one->bindings[k].path || (one->bindings[k].value && !check_value(c, one->bindings[k].value)))
                return refuse(c, "a case binds without a path");
        if (!check_condition(c, &one->when) || !check_sets(c, one->sets, one->nsets) ||
            !check_derives(c, one->derives, one->nderives) || !check_cases(c, one->cases, one->ncases, depth + 1))
            return false;
    }
    return true;
}

static bool
check_messages(struct check *c)
{
    const struct argot_normalizer *n = c->normalizer;
    for (uint16_t i = 0; i < n->nmessages; i++) {
        const struct argot_message *message = &n->messages[i];
        for (uint16_t k = 0; k < message->ndests; k++)
            if (message->dests[k] >= n->ndests)
                return refuse(c, "message %s fills a destination out of range", message->id);
        if (!check_condition(c, &message->when) || !check_sets(c, message->sets, message->nsets) ||
            !check_derives(c, message->derives, message->nderives) ||
            !check_cases(c, message->cases, message->ncases, 1))
            return false;
    }
    return true;
}

/* A table that has entries is there. */
static bool
has_tables(const struct argot_normalizer *n)
{
    bool texts = true;
    for (uint16_t i = 0; n->dests && i < n->ndests; i++)
        texts = texts && n->dests[i].name && n->dests[i].type < ARGOT_TYPE_COUNT;
    for (uint16_t i = 0; n->inside && i < n->ninside; i++)
        texts = texts && n->inside[i].parent;
    for (uint16_t i = 0; n->examples && i < n->nexamples; i++)
        texts = texts && n->examples[i].line.at;
    for (uint16_t i = 0; n->messages && i < n->nmessages; i++)
        texts = texts && n->messages[i].id;
    return texts && (n->dests || !n->ndests) && (n->inside || !n->ninside) && (n->before || !n->nbefore) &&
           (n->examples || !n->nexamples) && (n->messages || !n->nmessages) && (n->expectations || !n->nexpectations);
}

bool
argot_check_normalizer(const struct argot_normalizer *n, char *why, size_t why_size)
{
    struct check check = {.normalizer = n, .why = why, .why_size = why_size}, *c = &check;
    if (n->abi_oldest > ARGOT_ABI || n->abi < ARGOT_ABI_OLDEST)
        return refuse(c, "made for ABI %u to %u, this argot has %u; compile it anew", n->abi_oldest, n->abi, ARGOT_ABI);
    if (n->size != sizeof *n)
        return refuse(c, "made for a normalizer of %u bytes, this argot has %zu; compile it anew", n->size, sizeof *n);
    if (!n->name || !n->title || !n->yaml || !has_tables(n) || !n->nmessages ||
        n->nmessages > ARGOT_BOUND_MAX_MESSAGES || n->ndests > ARGOT_MAX_DESTS)
        return refuse(c, "its counts are out of range");
    if (!check_dest(c, n->event_time) || !check_dest(c, n->message))
        return false;
    if (!n->body && !n->record)
        return refuse(c, "it reads nothing");
    return (!n->head || check_lexer(c, n->head)) && (!n->body || check_lexer(c, n->body)) &&
           (!n->record || check_block(c, n->record)) && check_messages(c) && check_sets(c, n->sets, n->nsets) &&
           check_derives(c, n->derives, n->nderives) && check_cases(c, n->cases, n->ncases, 1);
}
