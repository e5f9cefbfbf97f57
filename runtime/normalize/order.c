/* SPDX-License-Identifier: Apache-2.0
 * In which order formats are tried: those on the bare line, and those inside each envelope. With a condition before
 * without, longer literal begins first, then by name; `before` over all of that. The order depends on the set of
 * formats alone. */
#include "normalize/bound.h"
#include <stdio.h>
#include <string.h>

struct candidate {
    struct argot_bound *bound;
    const struct argot_bound_condition *when;
    bool placed;
};

static bool
names_before(const struct argot_bound *a, const struct argot_bound *b)
{
    for (uint16_t i = 0; i < a->normalizer->nbefore; i++)
        if (!strcmp(a->normalizer->before[i], b->normalizer->name))
            return true;
    return false;
}

static bool
comes_first(const struct candidate *a, const struct candidate *b)
{
    bool told_a = a->when->count || a->bound->detect.count, told_b = b->when->count || b->bound->detect.count;
    if (told_a != told_b)
        return told_a;
    if (a->bound->normalizer->literal_prefix != b->bound->normalizer->literal_prefix)
        return a->bound->normalizer->literal_prefix > b->bound->normalizer->literal_prefix;
    return strcmp(a->bound->normalizer->name, b->bound->normalizer->name) < 0;
}

/* Takes the best candidate that nobody left names as later; writes the order into out. */
static bool
sort(struct candidate *candidates, size_t count, struct candidate *out, char *why, size_t why_size)
{
    for (size_t n = 0; n < count; n++) {
        struct candidate *best = NULL;
        for (size_t i = 0; i < count; i++) {
            bool free = !candidates[i].placed;
            for (size_t k = 0; free && k < count; k++)
                free = candidates[k].placed || k == i || !names_before(candidates[k].bound, candidates[i].bound);
            if (free && (!best || comes_first(&candidates[i], best)))
                best = &candidates[i];
        }
        if (!best) {
            snprintf(why, why_size, "`before:` of the formats runs in a circle");
            return false;
        }
        best->placed = true;
        out[n] = *best;
    }
    return true;
}

static size_t
collect(struct argot_registry *registry, const char *parent, struct candidate *candidates)
{
    size_t count = 0;
    for (uint32_t i = 0; i < registry->count; i++) {
        struct argot_bound *bound = registry->bound[i];
        for (uint16_t k = 0; k < bound->normalizer->ninside; k++)
            if (!strcmp(bound->normalizer->inside[k].parent, parent)) {
                candidates[count++] = (struct candidate){bound, &bound->inside[k], false};
                break;
            }
    }
    return count;
}

static bool
order_children(struct argot_registry *registry, struct argot_bound *parent, struct candidate *candidates,
               struct candidate *sorted, char *why, size_t why_size)
{
    size_t count = collect(registry, parent->normalizer->name, candidates);
    struct argot_bound_child *children = argot_arena_zalloc(&registry->arena, count + 1, sizeof *children);
    if (!children || !sort(candidates, count, sorted, why, why_size))
        return false;
    for (size_t i = 0; i < count; i++)
        children[i] = (struct argot_bound_child){sorted[i].bound, sorted[i].bound->index, *sorted[i].when};
    parent->children = children;
    parent->nchildren = parent->normalizer->envelope ? (uint32_t)count : 0;
    return !parent->nchildren || argot_inside_seal(registry, parent);
}

static bool
note_begins(struct argot_registry *registry)
{
    registry->nwords = registry->norder / 64 + 1;
    registry->may_begin = argot_arena_zalloc(&registry->arena, (size_t)256 * registry->nwords, sizeof(uint64_t));
    if (!registry->may_begin)
        return false;
    uint64_t *word = registry->may_begin;
    for (unsigned byte = 0; byte < 256; byte++, word += registry->nwords)
        for (uint32_t i = 0; i < registry->norder; i++)
            if (argot_bound_may_have(registry->order[i], 0, (uint8_t)byte))
                word[i / 64] |= UINT64_C(1) << i % 64;
    return true;
}

/* A circle of envelopes would never end. */
static bool
in_circle(const struct argot_registry *registry, const struct argot_bound *bound, const struct argot_bound *target,
          uint32_t steps)
{
    if (steps > registry->count)
        return true;
    for (uint16_t i = 0; i < bound->normalizer->ninside; i++) {
        const struct argot_bound *parent = argot_bound_parent(registry, &bound->normalizer->inside[i]);
        if (parent && (parent == target || in_circle(registry, parent, target, steps + 1)))
            return true;
    }
    return false;
}

bool
argot_order_seal(struct argot_registry *registry, char *why, size_t why_size)
{
    struct candidate *candidates = argot_arena_zalloc(&registry->arena, registry->count + 1u, sizeof *candidates);
    struct candidate *sorted = argot_arena_zalloc(&registry->arena, registry->count + 1u, sizeof *sorted);
    registry->order = argot_arena_zalloc(&registry->arena, registry->count + 1u, sizeof *registry->order);
    snprintf(why, why_size, "out of memory");
    if (!candidates || !sorted || !registry->order)
        return false;
    for (uint32_t i = 0; i < registry->count; i++) {
        struct argot_bound *bound = registry->bound[i];
        if (bound->normalizer->envelope && in_circle(registry, bound, bound, 0)) {
            snprintf(why, why_size, "%s is inside itself", bound->normalizer->name);
            return false;
        }
        if (!order_children(registry, bound, candidates, sorted, why, why_size))
            return false;
    }
    size_t count = collect(registry, "line", candidates);
    if (!sort(candidates, count, sorted, why, why_size))
        return false;
    for (size_t i = 0; i < count; i++)
        registry->order[registry->norder++] = sorted[i].bound;
    return note_begins(registry);
}
