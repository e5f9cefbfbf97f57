/* SPDX-License-Identifier: Apache-2.0
 * Structural hashes and comparisons, side by side: whatever one looks at, the other does too. */
#include "correlate/same.h"
#include <string.h>

#define MOST_HASHED 64u /* items of a set or list of patterns that go into a hash; comparing looks at all */

typedef const struct argot_plan_rule *rule_pointer;

/* ---- hashes ---- */

static uint64_t
mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
    return hash ^ hash >> 29;
}

static uint64_t
mix_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;
    hash = mix(hash, count);
    for (; count >= sizeof(uint64_t); at += sizeof(uint64_t), count -= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        hash = mix(hash, word);
    }
    uint64_t rest = 0;
    for (size_t i = 0; i < count; i++)
        rest = rest << 8 | at[i];
    return mix(hash, rest);
}

static bool
is_text(uint8_t type)
{
    return type == ARGOT_EXPR_TEXT_TYPE;
}

static uint64_t
mix_constant(uint64_t hash, const struct argot_expr_constant *constant)
{
    const struct argot_slot *slot = &constant->slot;
    hash = mix(hash, constant->type);
    if (is_text(constant->type))
        return mix_bytes(hash, slot->text.at, slot->text.length);
    if (constant->type == ARGOT_EXPR_ADDRESS_TYPE)
        return mix_bytes(hash, slot->ip, sizeof slot->ip);
    return mix(hash, slot->u64);
}

static uint64_t
mix_set(uint64_t hash, const struct argot_expr_set *set, rule_pointer rule)
{
    hash = mix(mix(mix(hash, set->nconstants), set->nnetworks), set->nexprs);
    for (uint32_t i = 0; i < set->nconstants && i < MOST_HASHED; i++)
        hash = mix_constant(hash, &set->constants[i]);
    for (uint32_t i = 0; i < set->nnetworks && i < MOST_HASHED; i++)
        hash = mix_bytes(mix(hash, set->networks[i].bits), set->networks[i].ip, sizeof set->networks[i].ip);
    for (uint32_t i = 0; i < set->nexprs; i++)
        hash = mix(hash, argot_same_hash(set->exprs[i], rule));
    return hash;
}

static uint64_t
mix_pattern(uint64_t hash, const struct argot_expr_pattern *pattern, rule_pointer rule)
{
    hash = mix(hash, pattern->kind);
    return pattern->kind == ARGOT_EXPR_PATTERN_COMPUTED ? mix(hash, argot_same_hash(pattern->expr, rule))
                                                        : mix_bytes(hash, pattern->text.at, pattern->text.length);
}

/* Of a column: the lookup that it belongs to. */
static const struct argot_plan_lookup *
lookup_of(const struct argot_expr *expr, rule_pointer rule)
{
    return rule && expr->lookup < rule->nlookups ? &rule->lookups[expr->lookup] : NULL;
}

static uint64_t
mix_column(uint64_t hash, const struct argot_expr *expr, rule_pointer rule)
{
    const struct argot_plan_lookup *lookup = lookup_of(expr, rule);
    hash = mix(hash, expr->column);
    return lookup ? mix(mix(hash, lookup->table), argot_same_hash(lookup->key, rule)) : hash;
}

static uint64_t
mix_number(uint64_t hash, const struct argot_expr *expr, rule_pointer rule)
{
    switch ((enum argot_expr_kind)expr->kind) {
    case ARGOT_EXPR_ITEM:
    case ARGOT_EXPR_CAPTURE:
    case ARGOT_EXPR_KEY:
    case ARGOT_EXPR_AGGREGATE:
        return mix(hash, expr->index);
    case ARGOT_EXPR_COLUMN:
        return mix_column(hash, expr, rule);
    case ARGOT_EXPR_FROM_RULE:
        return mix_bytes(hash, expr->rules, expr->nrules * sizeof *expr->rules);
    default:
        return hash;
    }
}

uint64_t
argot_same_hash(const struct argot_expr *expr, const struct argot_plan_rule *rule)
{
    uint64_t hash = mix(expr->kind, expr->type | (uint64_t)expr->field << 8 | (uint64_t)expr->compare << 24 |
                                        (uint64_t)expr->function << 32 | (uint64_t)expr->negated << 40 |
                                        (uint64_t)expr->attribute << 48);
    hash = mix_number(hash, expr, rule);
    for (uint16_t i = 0; i < expr->nargs; i++)
        hash = mix(hash, argot_same_hash(expr->args[i], rule));
    for (uint16_t i = 0; i < expr->npath; i++)
        hash = mix_bytes(hash, expr->path[i].at, expr->path[i].length);
    if (expr->constant)
        hash = mix_constant(hash, expr->constant);
    if (expr->set)
        hash = mix_set(hash, expr->set, rule);
    for (uint32_t i = 0; i < expr->npatterns && i < MOST_HASHED; i++)
        hash = mix_pattern(hash, &expr->patterns[i], rule);
    return mix(hash, expr->npatterns);
}

/* ---- comparing ---- */

static bool
same_bytes(const void *a, size_t a_length, const void *b, size_t b_length)
{
    return a_length == b_length && (a == b || !a_length || !memcmp(a, b, a_length));
}

static bool
same_texts(struct argot_expr_text a, struct argot_expr_text b)
{
    return same_bytes(a.at, a.length, b.at, b.length);
}

static bool
same_constants(const struct argot_expr_constant *a, const struct argot_expr_constant *b)
{
    if (a->type != b->type || a->fold != b->fold || a->large != b->large)
        return false;
    if (is_text(a->type))
        return same_bytes(a->slot.text.at, a->slot.text.length, b->slot.text.at, b->slot.text.length);
    if (a->type == ARGOT_EXPR_ADDRESS_TYPE)
        return !memcmp(a->slot.ip, b->slot.ip, sizeof a->slot.ip);
    return a->slot.u64 == b->slot.u64;
}

static bool
same_sets(const struct argot_expr_set *a, rule_pointer rule_a, const struct argot_expr_set *b, rule_pointer rule_b)
{
    if (a->nconstants != b->nconstants || a->nnetworks != b->nnetworks || a->nexprs != b->nexprs)
        return false;
    for (uint32_t i = 0; a->constants != b->constants && i < a->nconstants; i++)
        if (!same_constants(&a->constants[i], &b->constants[i]))
            return false;
    for (uint32_t i = 0; i < a->nnetworks; i++)
        if (a->networks[i].bits != b->networks[i].bits ||
            memcmp(a->networks[i].ip, b->networks[i].ip, sizeof a->networks[i].ip) != 0)
            return false;
    for (uint32_t i = 0; i < a->nexprs; i++)
        if (!argot_same_exprs(a->exprs[i], rule_a, b->exprs[i], rule_b))
            return false;
    return true;
}

static bool
same_patterns(const struct argot_expr_pattern *a, rule_pointer rule_a, const struct argot_expr_pattern *b,
              rule_pointer rule_b)
{
    if (a->kind != b->kind || a->fold != b->fold || a->multiline != b->multiline || a->dotall != b->dotall)
        return false;
    if (a->kind == ARGOT_EXPR_PATTERN_COMPUTED)
        return argot_same_exprs(a->expr, rule_a, b->expr, rule_b);
    return same_texts(a->text, b->text);
}

static bool
same_columns(const struct argot_expr *a, rule_pointer rule_a, const struct argot_expr *b, rule_pointer rule_b)
{
    const struct argot_plan_lookup *x = lookup_of(a, rule_a), *y = lookup_of(b, rule_b);
    return a->column == b->column && x && y && x->table == y->table && argot_same_exprs(x->key, rule_a, y->key, rule_b);
}

static bool
same_numbers(const struct argot_expr *a, rule_pointer rule_a, const struct argot_expr *b, rule_pointer rule_b)
{
    switch ((enum argot_expr_kind)a->kind) {
    case ARGOT_EXPR_ITEM:
    case ARGOT_EXPR_CAPTURE:
    case ARGOT_EXPR_KEY:
    case ARGOT_EXPR_AGGREGATE:
        return a->index == b->index;
    case ARGOT_EXPR_COLUMN:
        return same_columns(a, rule_a, b, rule_b);
    case ARGOT_EXPR_FROM_RULE:
        return same_bytes(a->rules, a->nrules * sizeof *a->rules, b->rules, b->nrules * sizeof *b->rules);
    default:
        return true;
    }
}

static bool
same_heads(const struct argot_expr *a, const struct argot_expr *b)
{
    return a->kind == b->kind && a->type == b->type && a->list == b->list && a->negated == b->negated &&
           a->fold == b->fold && a->all == b->all && a->compare == b->compare && a->function == b->function &&
           a->attribute == b->attribute && a->field == b->field && a->nargs == b->nargs && a->npath == b->npath &&
           a->npatterns == b->npatterns && !a->constant == !b->constant && !a->set == !b->set;
}

bool
argot_same_exprs(const struct argot_expr *a, const struct argot_plan_rule *rule_a, const struct argot_expr *b,
                 const struct argot_plan_rule *rule_b)
{
    if (a == b && rule_a == rule_b)
        return true;
    if (!same_heads(a, b) || !same_numbers(a, rule_a, b, rule_b))
        return false;
    for (uint16_t i = 0; i < a->nargs; i++)
        if (!argot_same_exprs(a->args[i], rule_a, b->args[i], rule_b))
            return false;
    for (uint16_t i = 0; i < a->npath; i++)
        if (!same_texts(a->path[i], b->path[i]))
            return false;
    for (uint32_t i = 0; i < a->npatterns; i++)
        if (!same_patterns(&a->patterns[i], rule_a, &b->patterns[i], rule_b))
            return false;
    return (!a->constant || same_constants(a->constant, b->constant)) &&
           (!a->set || same_sets(a->set, rule_a, b->set, rule_b));
}
