/* SPDX-License-Identifier: Apache-2.0
 * A format on the bare line that nothing tells from others takes every line that no format before it fits. That may be
 * meant, but more often a literal or `detect:` was forgotten, and dead letters are no longer seen. */
#include "generator/codes.h"
#include "generator/model.h"
#include <string.h>

#define FREE(lex) (1u << ARGOT_GEN_LEX_##lex)

/* Fields that any text can begin; a path, a quote and JSON begin with a byte of their own. */
static bool
is_free(const struct argot_gen_element *field)
{
    uint32_t free = FREE(STRING) | FREE(WORD) | FREE(HOST) | FREE(ENDPOINT) | FREE(TEXT) | FREE(CSV);
    if (field->lexes & FREE(KV))
        return !field->kv || !field->kv->first_key.length;
    return field->lexes & free;
}

static bool
is_blank(const struct argot_gen_element *literal)
{
    for (size_t i = 0; i < literal->length; i++)
        if (literal->text[i] != ' ' && literal->text[i] != '\t')
            return false;
    return true;
}

// NOLINTNEXTLINE(misc-no-recursion)
static bool
takes_any(const struct argot_gen_sequence *sequence)
{
    for (size_t i = 0; i < sequence->count; i++) {
        const struct argot_gen_element *element = sequence->elements[i];
        bool any = element->kind == ARGOT_GEN_BLANKS || (element->kind == ARGOT_GEN_GROUP && element->optional) ||
                   (element->kind == ARGOT_GEN_LITERAL && is_blank(element)) ||
                   (element->kind == ARGOT_GEN_FIELD && is_free(element));
        for (size_t k = 0; !any && element->kind == ARGOT_GEN_GROUP && k < element->nalternatives; k++)
            any = takes_any(element->alternatives[k]);
        if (!any)
            return false;
    }
    return true;
}

static bool
is_on_bare_line(const struct argot_normalizer *n)
{
    for (uint16_t i = 0; i < n->ninside; i++)
        if (!strcmp(n->inside[i].parent, "line") && !n->inside[i].when.count)
            return true;
    return false;
}

static void
warn(struct argot_gen *gen, struct argot_span span, const char *what)
{
    argot_gen_warn(gen, ARGOT_CODE_ANY_LINE, span, "any %s fits this, so it takes all that no other format fits", what)
        ->hint = "a literal, a typed field or `detect:` tells the lines; `inside:` an envelope keeps it off bare lines";
}

void
argot_gen_warn_any_line(struct argot_gen *gen)
{
    const struct argot_normalizer *n = &gen->normalizer;
    const struct argot_gen_lexer *lexer = gen->head ? gen->head : gen->body;
    if (!is_on_bare_line(n))
        return;
    if (n->kind != ARGOT_KIND_LINE) {
        bool told = n->record->detect || (n->record->kv && n->record->kv->first_key.length);
        if (!told)
            warn(gen, argot_yaml_key(gen->root, "kind")->span, n->kind == ARGOT_KIND_JSON ? "JSON object" : "line");
        return;
    }
    for (uint16_t i = 0; lexer && i < lexer->abi.ntemplates; i++)
        if (takes_any(lexer->trees[i].tree)) {
            warn(gen, lexer->trees[i].span, "line");
            return;
        }
}
