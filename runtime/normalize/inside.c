/* SPDX-License-Identifier: Apache-2.0
 * Which formats inside an envelope may take what it hands on, told without asking each: by what the text begins with,
 * and by the one field that most conditions compare with texts, such as the name of a program. Tables are made when the
 * registry is sealed. */
#include "normalize/worker.h"
#include <string.h>

static void
put(uint64_t *set, uint32_t child)
{
    set[child / 64] |= UINT64_C(1) << child % 64;
}

static uint64_t *
set_new(struct argot_registry *registry, const struct argot_bound_choice *choice)
{
    return argot_arena_zalloc(&registry->arena, choice->nwords, sizeof(uint64_t));
}

/* ---- the key ---- */

static bool
is_text(const struct argot_bound_dest *dest)
{
    return !dest->list &&
           (dest->type == ARGOT_TYPE_STRING || dest->type == ARGOT_TYPE_HOST || dest->type == ARGOT_TYPE_KEYWORD);
}

/* The envelope's destination whose text the term compares, or ARGOT_NONE. */
static uint16_t
dest_of(const struct argot_bound *envelope, const struct argot_bound_term *term)
{
    if (term->term->test != ARGOT_TEST_ONE_OF || term->term->source.kind != ARGOT_SOURCE_FIELD ||
        term->source.field < 0)
        return ARGOT_NONE;
    uint16_t dest = envelope->dest_of_field[term->source.field];
    return dest != ARGOT_NONE && is_text(&envelope->dests[dest]) ? dest : ARGOT_NONE;
}

/* The term of a child's condition that reads the key; NULL: none does. */
static const struct argot_term *
term_on(const struct argot_bound *envelope, uint32_t child, uint16_t key)
{
    const struct argot_bound_condition *when = &envelope->children[child].when;
    for (uint16_t i = 0; key != ARGOT_NONE && i < when->count; i++)
        if (dest_of(envelope, &when->terms[i]) == key)
            return when->terms[i].term;
    return NULL;
}

static bool
has_star(const struct argot_term *term)
{
    for (uint16_t i = 0; i < term->nvalues; i++)
        if (term->values[i].star)
            return true;
    return false;
}

/* What most children ask for. */
static uint16_t
find_key(const struct argot_bound *envelope)
{
    uint16_t best = ARGOT_NONE;
    uint32_t most = 0;
    for (uint16_t dest = 0; dest < envelope->normalizer->ndests; dest++) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < envelope->nchildren; i++)
            count += term_on(envelope, i, dest) != NULL;
        if (count > most) {
            most = count;
            best = dest;
        }
    }
    return best;
}

/* A text of a child's condition; the first time with those that any text leaves open. False: no memory. */
static bool
add_key(struct argot_registry *registry, const struct argot_bound_choice *choice, struct argot_slice text,
        uint32_t child)
{
    struct argot_bound_key *key = argot_inside_key(choice, text);
    if (!key->children) {
        key->text = text;
        key->word = argot_inside_word(text);
        key->children = set_new(registry, choice);
        if (!key->children)
            return false;
        memcpy(key->children, choice->others, choice->nwords * sizeof *key->children);
    }
    put(key->children, child);
    return true;
}

/* A child whose condition has a star is asked only about the texts that it takes. */
static void
drop_refused(struct argot_bound_choice *choice, const struct argot_term *term, uint32_t child)
{
    for (uint32_t at = 0; at < choice->nkeys; at++) {
        struct argot_bound_key *key = &choice->keys[at];
        bool takes = false;
        for (uint16_t i = 0; key->children && i < term->nvalues && !takes; i++)
            takes = argot_case_glob(&term->values[i], key->text);
        if (key->children && !takes)
            key->children[child / 64] &= ~(UINT64_C(1) << child % 64);
    }
}

static bool
note_keys(struct argot_registry *registry, const struct argot_bound *envelope, struct argot_bound_choice *choice)
{
    uint32_t texts = 0;
    choice->key = find_key(envelope);
    for (uint32_t i = 0; i < envelope->nchildren; i++) {
        const struct argot_term *term = term_on(envelope, i, choice->key);
        texts += term ? term->nvalues : 0;
        if (!term || has_star(term))
            put(choice->others, i);
        else if (envelope->children[i].when.count == 1)
            put(choice->settled, i);
    }
    for (choice->nkeys = 1; choice->nkeys <= 2 * texts;)
        choice->nkeys *= 2;
    choice->keys = argot_arena_zalloc(&registry->arena, choice->nkeys, sizeof *choice->keys);
    if (!choice->keys)
        return false;
    for (uint32_t i = 0; i < envelope->nchildren; i++) {
        const struct argot_term *term = term_on(envelope, i, choice->key);
        for (uint16_t k = 0; term && k < term->nvalues; k++)
            if (!term->values[k].star && !add_key(registry, choice, term->values[k].head, i))
                return false;
    }
    for (uint32_t i = 0; i < envelope->nchildren; i++) {
        const struct argot_term *term = term_on(envelope, i, choice->key);
        if (term && has_star(term))
            drop_refused(choice, term, i);
    }
    return true;
}

/* ---- what texts begin with ---- */

/* A child with a condition is asked whatever its text begins with. */
static void
note_begins(const struct argot_bound *envelope, struct argot_bound_choice *choice, uint64_t *word)
{
    for (unsigned place = 0; place < ARGOT_BEGIN_BYTES; place++)
        for (unsigned byte = 0; byte < 256; byte++, word += choice->nwords)
            for (uint32_t i = 0; i < envelope->nchildren; i++)
                if (envelope->children[i].when.count ||
                    argot_bound_may_have(envelope->children[i].bound, place, (uint8_t)byte))
                    put(word, i);
}

bool
argot_inside_seal(struct argot_registry *registry, struct argot_bound *envelope)
{
    struct argot_bound_choice *choice = &envelope->choice;
    choice->nwords = envelope->nchildren / 64 + 1;
    choice->at = registry->nchoices;
    registry->nchoices += choice->nwords;
    uint64_t *begin =
        argot_arena_zalloc(&registry->arena, (size_t)ARGOT_BEGIN_BYTES * 256 * choice->nwords, sizeof *begin);
    choice->all = set_new(registry, choice);
    choice->asked = set_new(registry, choice);
    choice->others = set_new(registry, choice);
    choice->settled = set_new(registry, choice);
    if (!begin || !choice->all || !choice->asked || !choice->others || !choice->settled)
        return false;
    for (uint32_t i = 0; i < envelope->nchildren; i++) {
        put(choice->all, i);
        if (envelope->children[i].when.count)
            put(choice->asked, i);
    }
    note_begins(envelope, choice, begin);
    choice->begin = begin;
    return note_keys(registry, envelope, choice);
}
