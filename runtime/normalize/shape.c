/* SPDX-License-Identifier: Apache-2.0
 * Shapes of chains of formats, made the first time a chain is met: which fields, in which slots, filled from where.
 * A plan is made under the registry's mutex and published with release order; readers take it with acquire. */
#include "normalize/bound.h"
#include <string.h>

struct argot_shape_node *
argot_shape_make_child(struct argot_registry *registry, struct argot_shape_node *parent,
                       const struct argot_bound *bound, uint16_t message)
{
    uint32_t at = bound->first_message + message;
    pthread_mutex_lock(&registry->mutex);
    _Atomic(struct argot_shape_node *) *children = atomic_load_explicit(&parent->children, memory_order_relaxed);
    if (!children) {
        children = argot_arena_zalloc(&registry->arena, registry->nmessages, sizeof *children);
        atomic_store_explicit(&parent->children, children, memory_order_release);
    }
    struct argot_shape_node *node = children ? atomic_load_explicit(&children[at], memory_order_relaxed) : NULL;
    if (children && !node && (node = argot_arena_zalloc(&registry->arena, 1, sizeof *node))) {
        node->parent = parent == &registry->root ? NULL : parent;
        node->bound = bound;
        node->message = message;
        node->depth = (uint16_t)(node->parent ? node->parent->depth + 1 : 0);
        atomic_store_explicit(&children[at], node, memory_order_release);
    }
    pthread_mutex_unlock(&registry->mutex);
    return node;
}

#define FROM_TEXT 0xfffeu /* as a source: the text that no message fitted */

/* How one level of the chain gives a field: a destination to read, and whether that always has a value. */
struct supply {
    uint16_t source;
    const struct argot_bound_set *constant; /* the only way it is given */
};

static struct supply
supply_of(const struct argot_registry *registry, const struct argot_shape_node *node, uint16_t field, bool innermost)
{
    struct supply supply = {ARGOT_NONE, NULL};
    const struct argot_bound *bound = node->bound;
    bool unmatched = node->message == bound->normalizer->nmessages;
    if (field == registry->message && !innermost)
        return supply; /* used up by the format inside */
    if (field == registry->message && unmatched) {
        supply.source = FROM_TEXT;
        return supply;
    }
    uint16_t dest = bound->dest_of_field[field];
    if (dest == ARGOT_NONE)
        return supply;
    const struct argot_bound_message *message = &bound->messages[node->message];
    if (argot_bound_bit(&message->dynamic, dest) || bound->dests[dest].list)
        supply.source = dest;
    for (uint16_t i = 0; i < message->nsets; i++)
        if (message->sets[i].dest == dest) {
            bool unknown = field == registry->event_type && message->sets[i].slot.u64 == registry->unknown_type;
            if (!unknown && supply.source == ARGOT_NONE)
                supply.constant = &message->sets[i];
        }
    return supply;
}

/* For each slot and depth a destination, ARGOT_NONE or FROM_TEXT. */
struct sources {
    uint16_t of[ARGOT_SHAPE_MAX_SLOTS][ARGOT_BOUND_MAX_DEPTH];
};

/* Decides one field; false when the chain never has it. */
static bool
plan_field(const struct argot_registry *registry, const struct argot_shape_node *node, uint16_t field,
           struct argot_shape_plan *plan, struct sources *all, struct argot_shape_field *out)
{
    uint16_t sources[ARGOT_BOUND_MAX_DEPTH];
    bool dynamic = false;
    memset(sources, 0xff, sizeof sources);
    memset(out, 0, sizeof *out);
    out->field = field;
    for (const struct argot_shape_node *at = node; at; at = at->parent) {
        struct supply supply = supply_of(registry, at, field, at == node);
        if (supply.constant && !dynamic) {
            out->constant = true;
            out->slot = supply.constant->slot;
            return true;
        }
        if (supply.constant) { /* stands in the level's slots beside what was captured */
            sources[at->depth] = supply.constant->dest;
            break;
        }
        sources[at->depth] = supply.source;
        dynamic |= supply.source != ARGOT_NONE;
    }
    if (field == registry->event_type && !dynamic) {
        out->constant = true;
        out->slot.u64 = registry->unknown_type;
        return true;
    }
    if (!dynamic && field != registry->event_time)
        return false;
    if (plan->shape.nslots == ARGOT_SHAPE_MAX_SLOTS) {
        plan->too_many = true;
        return false;
    }
    out->index = (uint8_t)plan->shape.nslots;
    memcpy(all->of[plan->shape.nslots], sources, sizeof sources);
    if (field == registry->event_time)
        plan->time_slot = plan->shape.nslots;
    if (field == registry->event_type)
        plan->type_slot = plan->shape.nslots;
    plan->shape.nslots++;
    return true;
}

/* Where one format fills all slots, they are its destinations themselves, so that an event takes them as they lie. */
static void
make_direct(struct argot_shape_plan *plan, const struct sources *sources, struct argot_shape_field *fields,
            uint16_t ndests)
{
    bool possible = plan->depth == 0 && ndests <= ARGOT_SHAPE_MAX_SLOTS;
    for (uint16_t i = 0; i < plan->shape.nslots; i++)
        possible &= sources->of[i][0] < ndests;
    if (!possible)
        return;
    for (uint16_t i = 0; i < plan->shape.count; i++) {
        if (fields[i].constant)
            continue;
        fields[i].index = (uint8_t)sources->of[fields[i].index][0];
        plan->mask |= UINT64_C(1) << fields[i].index;
    }
    plan->time_slot = plan->time_slot == ARGOT_NONE ? ARGOT_NONE : sources->of[plan->time_slot][0];
    plan->type_slot = plan->type_slot == ARGOT_NONE ? ARGOT_NONE : sources->of[plan->type_slot][0];
    plan->shape.nslots = ndests;
    plan->direct = true;
}

/* Whether a level further in than `depth` may fill a slot. */
static bool
is_shared(const struct argot_shape_plan *plan, const struct sources *sources, unsigned slot, unsigned depth)
{
    for (unsigned d = depth + 1; d <= plan->depth; d++)
        if (sources->of[slot][d] != ARGOT_NONE)
            return true;
    return false;
}

/* Of many destinations few have a value: so an event is filled from those that do. False: no memory. */
static bool
note_slots(struct argot_registry *registry, struct argot_shape_plan *plan, const struct sources *sources,
           const struct argot_shape_node *node)
{
    for (; node; node = node->parent) {
        uint16_t ndests = node->bound->normalizer->ndests;
        unsigned depth = node->depth;
        uint8_t *slots = argot_arena_alloc(&registry->arena, ndests + (size_t)1);
        if (!slots)
            return false;
        memset(slots, ARGOT_SHAPE_NO_SLOT, ndests);
        for (uint16_t i = 0; i < plan->shape.nslots; i++) {
            uint16_t source = sources->of[i][depth];
            if (source == FROM_TEXT)
                plan->text_slot = i;
            if (source >= ndests)
                continue;
            slots[source] = (uint8_t)i;
            bool shared = is_shared(plan, sources, i, depth);
            argot_bound_bit_set(shared ? &plan->shared[depth] : &plan->sole[depth], source);
            if (source / 64 >= plan->nwords[depth])
                plan->nwords[depth] = source / 64 + 1u;
        }
        plan->slots[depth] = slots;
    }
    return true;
}

static struct argot_shape_plan *
make_plan(struct argot_registry *registry, const struct argot_shape_node *node)
{
    struct argot_shape_plan *plan = argot_arena_zalloc(&registry->arena, 1, sizeof *plan);
    struct argot_shape_field *fields = argot_arena_zalloc(&registry->arena, argot_schema.count, sizeof *fields);
    struct sources sources;
    if (!plan || !fields)
        return NULL;
    memset(&sources, 0xff, sizeof sources); /* ARGOT_NONE */
    plan->time_slot = plan->type_slot = plan->text_slot = ARGOT_NONE;
    for (uint16_t field = 0; field < argot_schema.count; field++)
        if (plan_field(registry, node, field, plan, &sources, &fields[plan->shape.count]))
            plan->shape.count++;
    const struct argot_normalizer *n = node->bound->normalizer;
    plan->depth = node->depth;
    plan->shape.fields = fields;
    make_direct(plan, &sources, fields, n->ndests);
    if (!plan->direct && !note_slots(registry, plan, &sources, node))
        return NULL;
    plan->shape.format = n->name;
    plan->shape.version = n->version;
    plan->shape.message = node->message < n->nmessages ? n->messages[node->message].id : "unmatched";
    plan->shape.number = atomic_fetch_add_explicit(&registry->nshapes, 1, memory_order_relaxed);
    return plan;
}

const struct argot_shape_plan *
argot_shape_make_plan(struct argot_registry *registry, struct argot_shape_node *node)
{
    pthread_mutex_lock(&registry->mutex);
    struct argot_shape_plan *plan = atomic_load_explicit(&node->plan, memory_order_relaxed);
    if (!plan && (plan = make_plan(registry, node)))
        atomic_store_explicit(&node->plan, plan, memory_order_release);
    pthread_mutex_unlock(&registry->mutex);
    return plan;
}
