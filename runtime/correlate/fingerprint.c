/* SPDX-License-Identifier: Apache-2.0
 * Writes the rule out, every part with its kind and length in front, and hashes that. Numbers that only mean something
 * within one plan (rules, tables) are written as names, tables with their contents. */
#include "correlate/fingerprint.h"
#include "base/hash.h"

struct writer {
    struct argot_buffer *out;
    const struct argot_plan *plan;
    const struct argot_plan_rule *rule;
};

static void
put(struct writer *w, uint64_t number)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> (8 * i));
    argot_buffer_append(w->out, bytes, sizeof bytes);
}

static void
put_bytes(struct writer *w, const void *bytes, size_t count)
{
    put(w, count);
    argot_buffer_append(w->out, bytes, count);
}

static void
put_text(struct writer *w, const char *text)
{
    put_bytes(w, text ? text : "", text ? strlen(text) : 0);
}

/* ---- expressions, which are not deep (ARGOT_EXPR_MAX_DEPTH) ---- */

// NOLINTNEXTLINE(misc-no-recursion)
static void put_expr(struct writer *w, const struct argot_expr *expr);

static void
put_constant(struct writer *w, const struct argot_expr_constant *constant)
{
    put(w, constant->type | (unsigned)constant->fold << 8 | (unsigned)constant->large << 9);
    if (constant->type == ARGOT_EXPR_TEXT_TYPE)
        put_bytes(w, constant->slot.text.at, constant->slot.text.length);
    else if (constant->type == ARGOT_EXPR_ADDRESS_TYPE)
        put_bytes(w, constant->slot.ip, sizeof constant->slot.ip);
    else
        put(w, constant->slot.u64);
}

// NOLINTNEXTLINE(misc-no-recursion)
static void
put_set(struct writer *w, const struct argot_expr_set *set)
{
    put(w, set->nconstants);
    for (uint32_t i = 0; i < set->nconstants; i++)
        put_constant(w, &set->constants[i]);
    put(w, set->nnetworks);
    for (uint32_t i = 0; i < set->nnetworks; i++) {
        put(w, set->networks[i].bits);
        put_bytes(w, set->networks[i].ip, sizeof set->networks[i].ip);
    }
    put(w, set->nexprs);
    for (uint32_t i = 0; i < set->nexprs; i++)
        put_expr(w, set->exprs[i]);
}

// NOLINTNEXTLINE(misc-no-recursion)
static void
put_pattern(struct writer *w, const struct argot_expr_pattern *pattern)
{
    put(w, pattern->kind | (unsigned)pattern->fold << 8 | (unsigned)pattern->multiline << 9 |
               (unsigned)pattern->dotall << 10);
    put_bytes(w, pattern->text.at, pattern->text.length);
    put(w, pattern->nwildcards);
    for (uint32_t i = 0; i < pattern->nwildcards; i++) {
        put(w, pattern->wildcards[i].kind);
        put_bytes(w, pattern->wildcards[i].text.at, pattern->wildcards[i].text.length);
    }
    if (pattern->expr)
        put_expr(w, pattern->expr);
}

static void
put_table(struct writer *w, const struct argot_plan_table *table)
{
    put(w, table->ncolumns);
    put(w, table->key);
    put(w, table->nrows);
    for (uint32_t i = 0; i < table->nrows; i++)
        for (uint32_t j = 0; j < table->ncolumns; j++)
            put_bytes(w, table->rows[i].cells[j].at, table->rows[i].cells[j].at ? table->rows[i].cells[j].length : 0);
}

// NOLINTNEXTLINE(misc-no-recursion)
static void
put_expr(struct writer *w, const struct argot_expr *expr)
{
    put(w, expr->kind | (uint64_t)expr->type << 8 | (uint64_t)expr->compare << 16 | (uint64_t)expr->function << 24 |
               (uint64_t)expr->attribute << 32 | (uint64_t)expr->list << 40 | (uint64_t)expr->negated << 41 |
               (uint64_t)expr->fold << 42 | (uint64_t)expr->all << 43);
    put(w, expr->field);
    if (expr->kind == ARGOT_EXPR_FROM_RULE)
        for (uint32_t i = 0; i < expr->nrules; i++)
            put_text(w, w->plan->rules[expr->rules[i]].name);
    else if (expr->kind == ARGOT_EXPR_COLUMN)
        put(w, (uint64_t)expr->lookup << 16 | expr->column);
    else
        put(w, expr->index);
    put(w, expr->nargs);
    for (uint16_t i = 0; i < expr->nargs; i++)
        put_expr(w, expr->args[i]);
    put(w, expr->npath);
    for (uint16_t i = 0; i < expr->npath; i++)
        put_bytes(w, expr->path[i].at, expr->path[i].length);
    if (expr->constant)
        put_constant(w, expr->constant);
    if (expr->set)
        put_set(w, expr->set);
    put(w, expr->npatterns);
    for (uint32_t i = 0; i < expr->npatterns; i++)
        put_pattern(w, &expr->patterns[i]);
}

static void
put_exprs(struct writer *w, const struct argot_expr *const *exprs, uint32_t count)
{
    put(w, count);
    for (uint32_t i = 0; i < count; i++)
        put_expr(w, exprs[i]);
}

/* ---- events and what is asked of them ---- */

static void
put_events(struct writer *w, const struct argot_plan_event *events, uint32_t count)
{
    put(w, count);
    for (uint32_t i = 0; i < count; i++) {
        put_expr(w, events[i].condition);
        put_exprs(w, events[i].keys, w->rule->nkeys);
    }
}

static void
put_window(struct writer *w, const struct argot_plan_window *window)
{
    put(w, window->kind);
    put(w, (uint64_t)window->span_ns);
    put(w, window->bounded);
    put(w, window->capacity);
    put(w, window->exceeds);
    put(w, window->naggregates);
    for (uint32_t i = 0; i < window->naggregates; i++) {
        const struct argot_plan_aggregate *aggregate = &window->aggregates[i];
        put(w, aggregate->kind);
        put(w, aggregate->least);
        put_bytes(w, &aggregate->percent, sizeof aggregate->percent);
        put_exprs(w, aggregate->args, aggregate->nargs);
    }
    if (window->condition)
        put_expr(w, window->condition);
}

static void
put_stages(struct writer *w, const struct argot_plan_stage *stages, uint32_t count)
{
    put(w, count);
    for (uint32_t i = 0; i < count; i++) {
        put(w, stages[i].count);
        put(w, (uint64_t)stages[i].within_ns);
        put(w, (uint64_t)stages[i].without_ns);
        put(w, stages[i].name != NULL); /* then copies are kept */
        put_events(w, &stages[i].event, 1);
        put_events(w, stages[i].without, stages[i].nwithout);
    }
}

static void
put_sequence(struct writer *w, const struct argot_plan_sequence *sequence)
{
    put(w, (uint64_t)sequence->within_ns);
    put_stages(w, sequence->stages, sequence->nstages);
    put_events(w, sequence->then_no, sequence->then_no ? 1 : 0);
    put(w, (uint64_t)sequence->then_no_ns);
    put_events(w, sequence->without, sequence->nwithout);
    put_events(w, sequence->until, sequence->nuntil);
}

static void
put_rule(struct writer *w)
{
    const struct argot_plan_rule *rule = w->rule;
    put_text(w, rule->name);
    put(w, rule->kind);
    put(w, rule->rearm);
    put(w, (uint64_t)rule->rearm_ns);
    put(w, rule->stateful);
    put(w, rule->nkeys);
    for (uint32_t i = 0; i < rule->nkeys; i++) {
        put_text(w, rule->keys[i].name);
        put(w, rule->keys[i].type | (uint64_t)rule->keys[i].optional << 8 | (uint64_t)rule->keys[i].enum_field << 16);
    }
    put(w, rule->nlookups);
    for (uint32_t i = 0; i < rule->nlookups; i++) {
        put_expr(w, rule->lookups[i].key);
        put_table(w, &w->plan->tables[rule->lookups[i].table]);
    }
    put_events(w, rule->matches, rule->nmatches);
    put_events(w, rule->until, rule->nuntil);
    put_exprs(w, rule->collect, rule->ncollect);
    put(w, rule->keep);
    put(w, (uint64_t)rule->absent_ns);
    if (rule->window)
        put_window(w, rule->window);
    if (rule->fresh) {
        put_exprs(w, rule->fresh->exprs, rule->fresh->nexprs);
        put(w, (uint64_t)rule->fresh->over_ns);
        put(w, (uint64_t)rule->fresh->learning_ns);
    }
    if (rule->sequence)
        put_sequence(w, rule->sequence);
    if (rule->together) {
        put(w, (uint64_t)rule->together->within_ns);
        put(w, rule->together->quorum);
        put_stages(w, rule->together->members, rule->together->nmembers);
    }
}

bool
argot_fingerprint_rule(const struct argot_plan *plan, uint32_t rule, struct argot_buffer *scratch,
                       uint8_t out[ARGOT_FINGERPRINT_BYTES])
{
    static const struct argot_hash_key key = {{UINT64_C(0x6e697266746f6772), UINT64_C(0x31766574617473)}};
    struct writer w = {scratch, plan, &plan->rules[rule]};
    scratch->length = 0;
    put_rule(&w);
    if (scratch->failed)
        return false;
    argot_hash_identity(&key, scratch->bytes, scratch->length, out);
    return true;
}
