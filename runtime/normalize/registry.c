/* SPDX-License-Identifier: Apache-2.0
 * The registry: normalizers by name, bound when they are added, ordered when it is sealed. */
#include "normalize/bound.h"
#include <stdio.h>
#include <string.h>

struct argot_registry *
argot_registry_new(struct argot_seam *seam)
{
    struct argot_registry *registry = seam->allocate(seam, sizeof *registry);
    if (!registry)
        return NULL;
    memset(registry, 0, sizeof *registry);
    registry->seam = seam;
    argot_arena_init(&registry->arena, seam, 0);
    argot_picks_init(&registry->picks, &registry->arena);
    registry->event_time = argot_schema_find("event_time");
    registry->event_type = argot_schema_find("event_type");
    registry->message = argot_schema_find("message");
    int unknown = registry->event_type < 0
                      ? -1
                      : argot_schema_enum((uint16_t)registry->event_type, (const uint8_t *)"UNKNOWN", 7);
    if (registry->event_time < 0 || registry->message < 0 || unknown < 0 ||
        pthread_mutex_init(&registry->mutex, NULL)) {
        argot_arena_finish(&registry->arena);
        seam->release(seam, registry);
        return NULL;
    }
    registry->unknown_type = (uint64_t)unknown;
    return registry;
}

void
argot_registry_free(struct argot_registry *registry)
{
    if (!registry)
        return;
    struct argot_seam *seam = registry->seam;
    pthread_mutex_destroy(&registry->mutex);
    argot_arena_finish(&registry->arena);
    seam->release(seam, registry);
}

/* Where a name is, or should be put. */
static uint32_t
position(const struct argot_registry *registry, struct argot_slice name, bool *found)
{
    uint32_t low = 0, high = registry->count;
    *found = false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const char *known = registry->bound[middle]->normalizer->name;
        int order = strncmp((const char *)name.at, known, name.length);
        if (!order && !known[name.length]) {
            *found = true;
            return middle;
        }
        if (order <= 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static struct argot_slice
slice_of(const char *name)
{
    return (struct argot_slice){(const uint8_t *)name, (uint32_t)strlen(name)};
}

struct argot_bound *
argot_bound_find(const struct argot_registry *registry, struct argot_slice name)
{
    bool found;
    uint32_t at = position(registry, name, &found);
    return found ? registry->bound[at] : NULL;
}

struct argot_bound *
argot_bound_parent(const struct argot_registry *registry, const struct argot_inside *inside)
{
    return argot_bound_find(registry, slice_of(inside->parent));
}

bool
argot_registry_add(struct argot_registry *registry, const struct argot_normalizer *normalizer, char *why,
                   size_t why_size)
{
    if (registry->sealed || registry->count == ARGOT_BOUND_MAX_FORMATS) {
        snprintf(why, why_size, registry->sealed ? "the registry is sealed" : "more than %d formats",
                 ARGOT_BOUND_MAX_FORMATS);
        return false;
    }
    struct argot_bound *bound = argot_bound_new(registry, normalizer, why, why_size);
    if (!bound)
        return false;
    bool found;
    uint32_t at = position(registry, slice_of(normalizer->name), &found);
    if (found) {
        registry->bound[at] = bound;
        return true;
    }
    if (registry->count == registry->capacity) {
        uint32_t capacity = registry->capacity ? registry->capacity * 2 : 32;
        struct argot_bound **grown = argot_arena_zalloc(&registry->arena, capacity, sizeof *grown);
        if (!grown) {
            snprintf(why, why_size, "out of memory");
            return false;
        }
        if (registry->count)
            memcpy(grown, registry->bound, registry->count * sizeof *grown);
        registry->bound = grown;
        registry->capacity = capacity;
    }
    memmove(registry->bound + at + 1, registry->bound + at, (registry->count - at) * sizeof *registry->bound);
    registry->bound[at] = bound;
    registry->count++;
    return true;
}

bool
argot_registry_seal(struct argot_registry *registry, char *why, size_t why_size)
{
    for (uint32_t i = 0; i < registry->count; i++) {
        registry->bound[i]->index = i;
        registry->bound[i]->first_message = registry->nmessages;
        registry->nmessages += registry->bound[i]->normalizer->nmessages + 1u;
    }
    registry->sealed = argot_order_seal(registry, why, why_size);
    return registry->sealed;
}

size_t
argot_registry_count(const struct argot_registry *registry)
{
    return registry->count;
}

const struct argot_normalizer *
argot_registry_at(const struct argot_registry *registry, size_t index)
{
    return index < registry->count ? registry->bound[index]->normalizer : NULL;
}

const struct argot_normalizer *
argot_registry_find(const struct argot_registry *registry, const char *name)
{
    const struct argot_bound *bound = argot_bound_find(registry, slice_of(name));
    return bound ? bound->normalizer : NULL;
}

size_t
argot_registry_shapes(const struct argot_registry *registry)
{
    return atomic_load_explicit(&registry->nshapes, memory_order_relaxed);
}
