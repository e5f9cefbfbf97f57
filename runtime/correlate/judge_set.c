/* SPDX-License-Identifier: Apache-2.0
 * in: sets of constants, networks and expressions. Large ones get a hash table of their constants and a sorted array
 * of their networks when the judge is made; small ones are gone through. */
#include "correlate/judge_key.h"
#include "correlate/judge_parts.h"
#include "correlate/judge_text.h"
#include <stdlib.h>

#define FEW 4 /* constants or networks that are gone through */

/* ---- hashes ---- */

static uint64_t
load_folded(const uint8_t *at, uint32_t count, bool fold)
{
    uint64_t word = 0;
    for (uint32_t i = 0; i < count; i++)
        word = word << 8 | (fold ? argot_judge_text_lower(at[i]) : at[i]);
    return word;
}

static uint64_t
hash_text(struct argot_slice text, bool fold)
{
    uint64_t hash = text.length;
    for (uint32_t i = 0; i < text.length; i += 8)
        hash = argot_judge_key_mix(hash, load_folded(text.at + i, text.length - i < 8 ? text.length - i : 8, fold));
    return hash;
}

/* ---- prepared sets ---- */

struct bucket {
    uint32_t hash;  /* its upper half */
    uint32_t place; /* of the constant, from 1; 0: free */
};

/* Constants of one kind: keys, texts, or texts without regard to case. */
struct group {
    struct bucket *buckets;
    uint32_t count, mask;       /* mask: a power of two less 1 */
    uint32_t shortest, longest; /* of texts */
};

struct network {
    struct argot_judge_key from, mask;
};

/* Disjoint, ascending. */
struct networks {
    uint32_t count;
    struct network *all;
};

struct argot_judge_set {
    struct group groups[3];      /* by enum group_kind */
    struct networks networks[2]; /* of IPv6, of IPv4 */
};

static bool
is_mapped(struct argot_judge_key address)
{
    return !address.high && address.low >> 32 == 0xffff;
}

/* A network of less than 96 bits is one of IPv6, and holds no mapped address. */
static bool
is_apart(struct argot_judge_key mask, struct argot_judge_key address)
{
    return mask.low >> 32 != UINT32_MAX && is_mapped(address);
}

static bool
holds(const struct network *network, struct argot_judge_key address)
{
    return (address.high & network->mask.high) == network->from.high &&
           (address.low & network->mask.low) == network->from.low && !is_apart(network->mask, address);
}

static struct network
network_of(const struct argot_expr_network *from)
{
    return (struct network){{argot_judge_key_load(from->ip), argot_judge_key_load(from->ip + 8)},
                            argot_judge_key_mask(from->bits)};
}

static bool
is_of_v4(const struct network *network)
{
    return network->mask.low >> 32 == UINT32_MAX && is_mapped(network->from);
}

static int
compare_networks(const void *a, const void *b)
{
    const struct network *x = a, *y = b;
    if (x->from.high != y->from.high)
        return x->from.high < y->from.high ? -1 : 1;
    if (x->from.low != y->from.low)
        return x->from.low < y->from.low ? -1 : 1;
    if (x->mask.high != y->mask.high)
        return x->mask.high < y->mask.high ? -1 : 1;
    return (x->mask.low > y->mask.low) - (x->mask.low < y->mask.low);
}

/* Networks lie apart or within each other: of those that begin together the widest comes first, and what lies within
 * the last that was kept is left out. */
static bool
make_networks(struct argot_judge *judge, const struct argot_expr_set *from, bool mapped, struct networks *made)
{
    made->all = argot_arena_alloc(&judge->tables, from->nnetworks * sizeof *made->all);
    if (!made->all)
        return false;
    uint32_t count = 0;
    for (uint32_t i = 0; i < from->nnetworks; i++) {
        made->all[count] = network_of(&from->networks[i]);
        count += is_of_v4(&made->all[count]) == mapped;
    }
    qsort(made->all, count, sizeof *made->all, compare_networks);
    for (uint32_t i = 0; i < count; i++)
        if (!made->count || !holds(&made->all[made->count - 1], made->all[i].from))
            made->all[made->count++] = made->all[i];
    return true;
}

static bool
is_in_networks(const struct networks *networks, struct argot_judge_key address)
{
    uint32_t low = 0, high = networks->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct argot_judge_key from = networks->all[middle].from;
        if (from.high < address.high || (from.high == address.high && from.low <= address.low))
            low = middle + 1;
        else
            high = middle;
    }
    return low && holds(&networks->all[low - 1], address);
}

/* ---- making one ---- */

static struct argot_slice
slice_of(const struct argot_expr_constant *constant)
{
    return (struct argot_slice){constant->slot.text.at, constant->slot.text.length};
}

enum group_kind { GROUP_KEYS, GROUP_TEXTS, GROUP_FOLDED };

static enum group_kind
kind_of(const struct argot_expr_constant *constant, bool fold)
{
    if (constant->type != ARGOT_EXPR_TEXT_TYPE)
        return GROUP_KEYS;
    return fold || constant->fold ? GROUP_FOLDED : GROUP_TEXTS;
}

static uint64_t
hash_of(const struct argot_expr_constant *constant, enum group_kind kind)
{
    if (kind == GROUP_KEYS)
        return argot_judge_key_hash(argot_judge_key_of(constant->type, constant->large, &constant->slot));
    return hash_text(slice_of(constant), kind == GROUP_FOLDED);
}

static void
add(struct group *group, uint32_t place, uint64_t hash, uint32_t length)
{
    uint32_t i = (uint32_t)hash & group->mask;
    while (group->buckets[i].place)
        i = (i + 1) & group->mask;
    group->buckets[i] = (struct bucket){(uint32_t)(hash >> 32), place};
    if (!group->count || length < group->shortest)
        group->shortest = length;
    if (length > group->longest)
        group->longest = length;
    group->count++;
}

static bool
make_group(struct argot_judge *judge, const struct argot_expr_set *from, enum group_kind kind, bool fold,
           struct group *group)
{
    uint32_t count = 0;
    size_t capacity = 2;
    for (uint32_t i = 0; i < from->nconstants; i++)
        count += kind_of(&from->constants[i], fold) == kind;
    while (capacity < 2 * (size_t)count)
        capacity *= 2;
    if (!count)
        return true;
    group->buckets = capacity <= (size_t)UINT32_MAX + 1
                         ? argot_arena_zalloc(&judge->tables, capacity, sizeof *group->buckets)
                         : NULL;
    if (!group->buckets)
        return false;
    group->mask = (uint32_t)(capacity - 1);
    for (uint32_t i = 0; i < from->nconstants; i++)
        if (kind_of(&from->constants[i], fold) == kind)
            add(group, i + 1, hash_of(&from->constants[i], kind),
                kind == GROUP_KEYS ? 0 : from->constants[i].slot.text.length);
    return true;
}

bool
argot_judge_set_is_large(const struct argot_expr_set *set)
{
    return set->nconstants > FEW || set->nnetworks > FEW;
}

struct argot_judge_set *
argot_judge_set_new(struct argot_judge *judge, const struct argot_expr *in)
{
    struct argot_judge_set *set = argot_arena_zalloc(&judge->tables, 1, sizeof *set);
    bool good = set;
    for (int kind = GROUP_KEYS; good && kind <= GROUP_FOLDED; kind++)
        good = make_group(judge, in->set, (enum group_kind)kind, in->args[0]->fold, &set->groups[kind]);
    for (int mapped = 0; good && in->set->nnetworks && mapped < 2; mapped++)
        good = make_networks(judge, in->set, mapped, &set->networks[mapped]);
    return good ? set : NULL;
}

/* ---- asking ---- */

static bool
is_in_keys(const struct group *group, const struct argot_expr_set *from, struct argot_judge_key key)
{
    uint64_t hash = argot_judge_key_hash(key);
    for (uint32_t i = (uint32_t)hash & group->mask; group->count && group->buckets[i].place;
         i = (i + 1) & group->mask) {
        if (group->buckets[i].hash != hash >> 32)
            continue;
        const struct argot_expr_constant *constant = &from->constants[group->buckets[i].place - 1];
        struct argot_judge_key due = argot_judge_key_of(constant->type, constant->large, &constant->slot);
        if (due.high == key.high && due.low == key.low)
            return true;
    }
    return false;
}

static bool
is_in_texts(const struct group *group, const struct argot_expr_set *from, struct argot_slice text, bool fold)
{
    if (!group->count || text.length < group->shortest || text.length > group->longest)
        return false;
    uint64_t hash = hash_text(text, fold);
    for (uint32_t i = (uint32_t)hash & group->mask; group->buckets[i].place; i = (i + 1) & group->mask) {
        if (group->buckets[i].hash != hash >> 32)
            continue;
        struct argot_slice due = slice_of(&from->constants[group->buckets[i].place - 1]);
        if (due.length == text.length && argot_judge_text_same(due.at, text.at, text.length, fold))
            return true;
    }
    return false;
}

static bool
is_in_prepared(const struct argot_judge_set *set, const struct argot_expr_set *from, const struct argot_datum *value)
{
    if (value->type == ARGOT_EXPR_TEXT_TYPE) {
        struct argot_slice text = argot_judge_value_slice(value);
        return is_in_texts(&set->groups[GROUP_TEXTS], from, text, false) ||
               is_in_texts(&set->groups[GROUP_FOLDED], from, text, true);
    }
    struct argot_judge_key key = argot_judge_key_of(value->type, value->large, &value->slot);
    if (is_in_keys(&set->groups[GROUP_KEYS], from, key))
        return true;
    return value->type == ARGOT_EXPR_ADDRESS_TYPE && is_in_networks(&set->networks[is_mapped(key)], key);
}

static bool
is_in_few(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_datum *value)
{
    const struct argot_expr_set *set = expr->set;
    for (uint32_t i = 0; i < set->nconstants; i++) {
        const struct argot_expr_constant *constant = &set->constants[i];
        struct argot_datum due = {.type = constant->type, .large = constant->large, .slot = constant->slot};
        if (argot_judge_compare_equal(judge, value, &due, constant->fold || expr->args[0]->fold))
            return true;
    }
    if (!set->nnetworks || value->type != ARGOT_EXPR_ADDRESS_TYPE)
        return false;
    struct argot_judge_key address = argot_judge_key_of(value->type, false, &value->slot);
    for (uint32_t i = 0; i < set->nnetworks; i++) {
        struct network network = network_of(&set->networks[i]);
        if (holds(&network, address))
            return true;
    }
    return false;
}

/* *known: the set has some value that is not null. */
static bool
is_in_exprs(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene,
            const struct argot_datum *value, bool *known)
{
    for (uint32_t i = 0; i < expr->set->nexprs; i++) {
        const struct argot_expr *one = expr->set->exprs[i];
        int64_t count = one->list ? argot_judge_value_count(judge, one, scene) : 1;
        for (int64_t item = 0; item < count; item++) {
            struct argot_datum due;
            argot_judge_value_of(judge, one, scene, (uint32_t)item, &due);
            *known = *known || !due.null;
            if (!due.null && argot_judge_compare_equal(judge, value, &due, expr->args[0]->fold))
                return true;
        }
    }
    return false;
}

/* Most sets are types of events: a few words of an enum. */
static bool
is_in_words(const struct argot_expr_set *set, const struct argot_slot *slot)
{
    for (uint32_t i = 0; i < set->nconstants; i++)
        if (set->constants[i].slot.u64 == slot->u64)
            return true;
    return false;
}

/* Expressions that are null are in no set; where a set has nothing else, the predicate is false in its negative form
 * too. */
bool
argot_judge_set_in(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    const struct argot_expr_set *set = expr->set;
    const struct argot_expr *operand = expr->args[0];
    if (operand->kind == ARGOT_EXPR_FIELD && operand->type == ARGOT_EXPR_ENUM_TYPE && !set->nexprs) {
        const struct argot_slot *slot = argot_judge_field(judge, &scene->subject, operand->field);
        return slot && is_in_words(set, slot) != expr->negated;
    }
    const struct argot_judge_table_entry *entry =
        argot_judge_set_is_large(set) ? argot_judge_table_find(&judge->prepared, set) : NULL;
    int64_t count = operand->list ? argot_judge_value_count(judge, operand, scene) : 1;
    bool some = false, known = set->nconstants || set->nnetworks || !set->nexprs;
    for (int64_t item = 0; item < count; item++) {
        struct argot_datum value;
        argot_judge_value_of(judge, operand, scene, (uint32_t)item, &value);
        if (value.null)
            continue;
        some = true;
        if ((entry ? is_in_prepared(entry->value, set, &value) : is_in_few(judge, expr, &value)) ||
            is_in_exprs(judge, expr, scene, &value, &known))
            return !expr->negated;
    }
    return expr->negated && some && known;
}
