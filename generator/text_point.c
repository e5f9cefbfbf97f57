/* SPDX-License-Identifier: Apache-2.0
 * Where the end of a :text is a choice, and which optional groups behind it could hold what ends it. */
#include "generator/text_point.h"
#include "generator/codes.h"
#include <string.h>

bool
argot_gen_text_point_class(const struct argot_gen_element *field, uint8_t byte)
{
    if (field->lexes & 1u << ARGOT_GEN_LEX_WORD)
        return byte != ' ' && byte != '\t';
    return !byte || !strchr("\t \"',;()<>[]{}", byte);
}

static bool may_hold_sequence(const struct argot_gen_sequence *sequence, const struct argot_gen_follow *follow);

static bool
field_may_hold(const struct argot_gen_element *field, const char *text, size_t length)
{
    uint32_t any = 1u << ARGOT_GEN_LEX_STRING | 1u << ARGOT_GEN_LEX_PATH | 1u << ARGOT_GEN_LEX_TEXT |
                   1u << ARGOT_GEN_LEX_KV | 1u << ARGOT_GEN_LEX_CSV | 1u << ARGOT_GEN_LEX_JSON |
                   1u << ARGOT_GEN_LEX_SD | 1u << ARGOT_GEN_LEX_QUOTED | 1u << ARGOT_GEN_LEX_QUOTED_SINGLE |
                   1u << ARGOT_GEN_LEX_QUOTED_CSV;
    uint32_t classes = 1u << ARGOT_GEN_LEX_WORD | 1u << ARGOT_GEN_LEX_HOST | 1u << ARGOT_GEN_LEX_ENDPOINT;
    if (field->lexes & any)
        return true;
    if (!(field->lexes & classes))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!argot_gen_text_point_class(field, (uint8_t)text[i]))
            return false;
    return true;
}

static bool
may_hold(const struct argot_gen_element *element, const struct argot_gen_follow *follow)
{
    if (element->kind == ARGOT_GEN_GROUP) {
        for (size_t a = 0; a < element->nalternatives; a++)
            if (may_hold_sequence(element->alternatives[a], follow))
                return true;
        return false;
    }
    for (size_t i = 0; i < follow->count; i++) {
        const char *text = follow->literals[i].text;
        size_t length = follow->literals[i].length;
        if (element->kind == ARGOT_GEN_LITERAL && memmem(element->text, element->length, text, length))
            return true;
        if (element->kind == ARGOT_GEN_FIELD && field_may_hold(element, text, length))
            return true;
    }
    return element->kind == ARGOT_GEN_FIELD && follow->has_set && field_may_hold(element, "", 0);
}

static bool
may_hold_sequence(const struct argot_gen_sequence *sequence, const struct argot_gen_follow *follow)
{
    for (size_t i = 0; i < sequence->count; i++)
        if (may_hold(sequence->elements[i], follow))
            return true;
    return false;
}

/* The :text whose text point this element is, or NULL. */
const struct argot_gen_element *
argot_gen_text_point_of(const struct argot_gen_element *element, const struct argot_gen_rest *behind,
                        struct argot_gen_follow *follow)
{
    if (element->kind == ARGOT_GEN_FIELD) {
        if (!argot_gen_is_text(element))
            return NULL;
        argot_gen_follow_of(follow, behind);
        return element;
    }
    if (element->kind != ARGOT_GEN_GROUP || !element->optional || element->fixed || element->nalternatives != 1)
        return NULL;
    const struct argot_gen_sequence *inside = element->alternatives[0];
    for (size_t i = 0; i < inside->count; i++) {
        struct argot_gen_rest rest = {inside, i + 1, behind};
        const struct argot_gen_element *text = argot_gen_text_point_of(inside->elements[i], &rest, follow);
        if (text)
            return text;
    }
    return NULL;
}

bool
argot_gen_text_point_by_choice(const struct argot_gen_follow *follow)
{
    for (size_t i = 0; i < follow->count; i++)
        if (follow->literals[i].after_blank)
            return false;
    return true;
}

size_t
argot_gen_text_point_expanded(struct argot_gen *gen, const struct argot_gen_rest *rest,
                              const struct argot_gen_follow *follow,
                              struct argot_gen_element *expanded[ARGOT_GEN_EXPANDED_MAX],
                              const struct argot_gen_element *text)
{
    size_t count = 0;
    for (; rest; rest = rest->outer)
        for (size_t i = rest->at; i < rest->sequence->count; i++) {
            struct argot_gen_element *element = rest->sequence->elements[i];
            if (element->kind != ARGOT_GEN_GROUP || !element->optional || !may_hold(element, follow))
                continue;
            if (count == ARGOT_GEN_EXPANDED_MAX) {
                argot_gen_error(gen, ARGOT_CODE_TOO_MANY_OPTIONAL, text->span,
                                "more than %d optional groups behind %s could hold the text that ends it",
                                ARGOT_GEN_EXPANDED_MAX, text->name)
                    ->hint = "write alternatives of the line, or bind fields inside the groups to :word";
                return count;
            }
            expanded[count++] = element;
        }
    return count;
}

/* ---- numbers behind a text ---- */

/* The n-th element on the way, as far as there is only one. */
static const struct argot_gen_element *
element_of(const struct argot_gen_sequence *sequence, size_t from, size_t *n)
{
    for (size_t i = from; i < sequence->count; i++) {
        const struct argot_gen_element *element = sequence->elements[i];
        if (element->kind != ARGOT_GEN_GROUP) {
            if (!(*n)--)
                return element;
            continue;
        }
        if (element->optional || element->nalternatives != 1)
            return element;
        const struct argot_gen_element *found = element_of(element->alternatives[0], 0, n);
        if (found)
            return found;
    }
    return NULL;
}

const struct argot_gen_element *
argot_gen_text_point_number(const struct argot_gen_rest *rest)
{
    const uint32_t numbers = 1u << ARGOT_GEN_LEX_UINT | 1u << ARGOT_GEN_LEX_INT | 1u << ARGOT_GEN_LEX_DIGITS;
    const struct argot_gen_element *second = NULL;
    size_t n = 1;
    for (; rest && !second; rest = rest->outer)
        second = element_of(rest->sequence, rest->at, &n);
    bool is_number = second && n == SIZE_MAX && second->kind == ARGOT_GEN_FIELD && second->lexes &&
                     !(second->lexes & ~numbers) && !(second->lexes & (second->lexes - 1));
    return is_number ? second : NULL;
}

size_t
argot_gen_text_point_rare(const char *text, size_t length)
{
    static const char common[] = " etaoinsrhldcumfpgwyb0123456789.,vk-/:=_\"[]()";
    size_t best = 0, best_rank = 0;
    for (size_t i = 0; i < length; i++) {
        const char *known = text[i] ? strchr(common, text[i]) : NULL;
        size_t rank = known ? (size_t)(known - common) : sizeof common;
        if (rank > best_rank) {
            best = i;
            best_rank = rank;
        }
    }
    return best;
}
