/* SPDX-License-Identifier: Apache-2.0
 * Alternatives that begin with the same field of a type: the field is read once, and what differs are alternatives
 * behind it. A field of a type ends where its type says, whatever follows, so the same texts fit in the same order. */
#include "generator/factor.h"
#include <string.h>

static bool
alike(const struct argot_gen_element *a, const struct argot_gen_element *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == ARGOT_GEN_LITERAL)
        return a->length == b->length && !memcmp(a->text, b->text, a->length);
    return a->kind == ARGOT_GEN_FIELD && a->lexes == 1u << ARGOT_GEN_LEX_TYPE && a->lexes == b->lexes &&
           a->type == b->type && a->capture == b->capture;
}

static bool
begins_with_type(const struct argot_gen_sequence *sequence)
{
    return sequence->count && sequence->elements[0]->kind == ARGOT_GEN_FIELD &&
           sequence->elements[0]->lexes == 1u << ARGOT_GEN_LEX_TYPE;
}

/* How many elements both begin with; something is left of each. */
static size_t
common(const struct argot_gen_sequence *a, const struct argot_gen_sequence *b, size_t most)
{
    size_t n = 0;
    while (n < most && n + 1 < a->count && n + 1 < b->count && alike(a->elements[n], b->elements[n]))
        n++;
    return n;
}

static struct argot_gen_sequence *
sequence_of(struct argot_arena *arena, struct argot_gen_element **elements, size_t count)
{
    struct argot_gen_sequence *sequence = argot_arena_alloc(arena, sizeof *sequence);
    *sequence = (struct argot_gen_sequence){count, elements};
    return sequence;
}

/* The alternatives as one: what all of them begin with, `same` elements, and a group of the rests. */
static struct argot_gen_sequence *
join(struct argot_arena *arena, const struct argot_gen_element *group, struct argot_gen_sequence **alternatives,
     size_t count, size_t same)
{
    struct argot_gen_element *rests = argot_arena_zalloc(arena, 1, sizeof *rests);
    struct argot_gen_element **elements = argot_arena_alloc(arena, (same + 1) * sizeof(struct argot_gen_element *));
    rests->kind = ARGOT_GEN_GROUP;
    rests->span = group->span;
    rests->capture = -1;
    rests->alternatives = argot_arena_alloc(arena, count * sizeof(struct argot_gen_sequence *));
    rests->nalternatives = count;
    for (size_t i = 0; i < count; i++)
        rests->alternatives[i] = sequence_of(arena, alternatives[i]->elements + same, alternatives[i]->count - same);
    memcpy(elements, alternatives[0]->elements, same * sizeof(struct argot_gen_element *));
    elements[same] = rests;
    return sequence_of(arena, elements, same + 1);
}

/* An alternative that is nothing but alternatives stands for them. */
static const struct argot_gen_element *
only_group(const struct argot_gen_sequence *sequence)
{
    const struct argot_gen_element *only = sequence->count == 1 ? sequence->elements[0] : NULL;
    return only && only->kind == ARGOT_GEN_GROUP && !only->optional ? only : NULL;
}

static void
flatten(struct argot_arena *arena, struct argot_gen_element *group)
{
    size_t count = 0;
    for (size_t i = 0; i < group->nalternatives; i++) {
        const struct argot_gen_element *inner = only_group(group->alternatives[i]);
        count += inner ? inner->nalternatives : 1;
    }
    struct argot_gen_sequence **flat = argot_arena_alloc(arena, count * sizeof(struct argot_gen_sequence *));
    size_t n = 0;
    for (size_t i = 0; i < group->nalternatives; i++) {
        const struct argot_gen_element *inner = only_group(group->alternatives[i]);
        for (size_t k = 0; k < (inner ? inner->nalternatives : 1); k++)
            flat[n++] = inner ? inner->alternatives[k] : group->alternatives[i];
    }
    group->alternatives = flat;
    group->nalternatives = count;
}

static void
factor_group(struct argot_arena *arena, struct argot_gen_element *group)
{
    flatten(arena, group);
    size_t kept = 0;
    for (size_t i = 0, end; i < group->nalternatives; i = end) {
        struct argot_gen_sequence *first = group->alternatives[i];
        size_t same = begins_with_type(first) ? first->count : 0;
        for (end = i + 1; same && end < group->nalternatives; end++) {
            size_t shared = common(first, group->alternatives[end], same);
            if (!shared)
                break;
            same = shared;
        }
        group->alternatives[kept++] = end > i + 1 ? join(arena, group, &group->alternatives[i], end - i, same) : first;
    }
    group->nalternatives = kept;
}

void
argot_gen_factor(struct argot_arena *arena, struct argot_gen_sequence *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        struct argot_gen_element *element = tree->elements[i];
        if (element->kind != ARGOT_GEN_GROUP)
            continue;
        for (size_t a = 0; a < element->nalternatives; a++)
            argot_gen_factor(arena, element->alternatives[a]);
        factor_group(arena, element);
    }
}
