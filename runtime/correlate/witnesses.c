/* SPDX-License-Identifier: Apache-2.0
 * From conditions to clauses. A clause in the making is a run of members on a scratch; clauses of one node are a run of
 * sets. AND gathers the clauses of its operands; OR joins the first clauses of all of them, the second ones and so on,
 * since whoever fulfils it fulfils all clauses of one operand. */
#include "correlate/witnesses.h"
#include "correlate/judge_text.h"
#include "correlate/same.h"
#include <stdlib.h>

#define FIRST_HEADS 256u
#define NONE UINT32_MAX

/* A clause in the making. */
struct set {
    uint32_t from, count; /* among the members */
    double chance;
};

static uint16_t
field_of(const char *name)
{
    int field = argot_schema_find(name);
    return field < 0 ? UINT16_MAX : (uint16_t)field;
}

void
argot_witnesses_init(struct argot_witnesses *witnesses, struct argot_seam *seam,
                     const struct argot_conditions *conditions)
{
    *witnesses = (struct argot_witnesses){.seam = seam,
                                          .conditions = conditions,
                                          .event_type = field_of("event_type"),
                                          .event_time = field_of("event_time"),
                                          .event_ingest_time = field_of("event_ingest_time")};
    argot_arena_init(&witnesses->arena, seam, 0);
    argot_buffer_init(&witnesses->sources, seam);
    argot_buffer_init(&witnesses->witnesses, seam);
    argot_buffer_init(&witnesses->clauses, seam);
    argot_buffer_init(&witnesses->found, seam);
    argot_buffer_init(&witnesses->sets, seam);
    argot_buffer_init(&witnesses->members, seam);
}

void
argot_witnesses_finish(struct argot_witnesses *witnesses)
{
    struct argot_seam *seam = witnesses->seam;
    if (!seam)
        return;
    argot_arena_finish(&witnesses->arena);
    argot_buffer_finish(&witnesses->sources);
    argot_buffer_finish(&witnesses->witnesses);
    argot_buffer_finish(&witnesses->clauses);
    argot_buffer_finish(&witnesses->found);
    argot_buffer_finish(&witnesses->sets);
    argot_buffer_finish(&witnesses->members);
    seam->release(seam, witnesses->by_source.heads);
    seam->release(seam, witnesses->by_witness.heads);
    seam->release(seam, witnesses->by_clause.heads);
}

/* ---- each thing once ---- */

typedef bool same_function(const struct argot_witness_link *a, const struct argot_witness_link *b);

static struct argot_witness_link *
link_at(const struct argot_buffer *items, size_t size, uint32_t number)
{
    return (struct argot_witness_link *)(void *)(items->bytes + number * size);
}

static bool
grow_heads(struct argot_witnesses *witnesses, struct argot_witness_table *table, const struct argot_buffer *items,
           size_t size)
{
    uint32_t nheads = table->nheads ? table->nheads * 2 : FIRST_HEADS;
    uint32_t *heads = witnesses->seam->allocate(witnesses->seam, nheads * sizeof *heads);
    if (!heads)
        return false;
    memset(heads, 0xff, nheads * sizeof *heads);
    for (uint32_t i = 0; i < table->count; i++) {
        struct argot_witness_link *link = link_at(items, size, i);
        link->next = heads[link->hash & (nheads - 1)];
        heads[link->hash & (nheads - 1)] = i;
    }
    witnesses->seam->release(witnesses->seam, table->heads);
    table->heads = heads;
    table->nheads = nheads;
    return true;
}

/* Where the item is, or was appended now (*fresh). NONE without memory. */
static uint32_t
intern(struct argot_witnesses *witnesses, struct argot_witness_table *table, struct argot_buffer *items, size_t size,
       struct argot_witness_link *item, same_function *same, bool *fresh)
{
    *fresh = false;
    if (table->count >= table->nheads && !grow_heads(witnesses, table, items, size)) {
        witnesses->failed = true;
        return NONE;
    }
    uint32_t *head = &table->heads[item->hash & (table->nheads - 1)];
    for (uint32_t i = *head; i != NONE; i = link_at(items, size, i)->next)
        if (link_at(items, size, i)->hash == item->hash && same(link_at(items, size, i), item))
            return i;
    item->next = *head;
    argot_buffer_append(items, item, size);
    if (items->failed) {
        witnesses->failed = true;
        return NONE;
    }
    *fresh = true;
    return *head = table->count++;
}

/* ---- sources ---- */

static bool
same_sources(const struct argot_witness_link *a, const struct argot_witness_link *b)
{
    const struct argot_witness_source *x = (const void *)a, *y = (const void *)b;
    return argot_same_exprs(x->expr, x->rule, y->expr, y->rule);
}

/* Every function but coalesce is null over null. */
const struct argot_expr *
argot_witnesses_base(const struct argot_expr *expr)
{
    for (;;) {
        if (expr->kind == ARGOT_EXPR_FIELD || (expr->kind == ARGOT_EXPR_EXTRA && expr->npath))
            return expr;
        bool passes = expr->kind == ARGOT_EXPR_READ || expr->kind == ARGOT_EXPR_ITEM ||
                      expr->kind == ARGOT_EXPR_NEGATE || expr->kind == ARGOT_EXPR_ADD ||
                      expr->kind == ARGOT_EXPR_SUBTRACT || expr->kind == ARGOT_EXPR_MULTIPLY ||
                      expr->kind == ARGOT_EXPR_DIVIDE || expr->kind == ARGOT_EXPR_REMAINDER ||
                      (expr->kind == ARGOT_EXPR_CALL && expr->function != ARGOT_EXPR_CALL_COALESCE && expr->nargs);
        if (!passes)
            return NULL;
        const struct argot_expr *first = expr->args[0];
        expr = first->kind == ARGOT_EXPR_CONSTANT && expr->nargs > 1 ? expr->args[1] : first;
    }
}

static uint32_t
source_of(struct argot_witnesses *witnesses, const struct argot_expr *expr, const struct argot_plan_rule *rule)
{
    struct argot_witness_source source = {.link.hash = argot_same_hash(expr, rule),
                                          .expr = expr,
                                          .rule = rule,
                                          .is_field = expr->kind == ARGOT_EXPR_FIELD,
                                          .base = argot_witnesses_base(expr)};
    bool fresh;
    return intern(witnesses, &witnesses->by_source, &witnesses->sources, sizeof source, &source.link, same_sources,
                  &fresh);
}

/* Whether witnesses can be looked for there: its values have one type. */
static bool
is_source(const struct argot_expr *expr)
{
    bool one = !expr->list || expr->type == ARGOT_EXPR_TEXT_TYPE || expr->type == ARGOT_EXPR_ADDRESS_TYPE;
    return expr->type != ARGOT_EXPR_UNTYPED_TYPE && expr->kind != ARGOT_EXPR_CONSTANT && one;
}

/* ---- witnesses ---- */

static bool
same_witnesses(const struct argot_witness_link *a, const struct argot_witness_link *b)
{
    const struct argot_witness *x = (const void *)a, *y = (const void *)b;
    return x->kind == y->kind && x->fold == y->fold && x->bits == y->bits && x->source == y->source &&
           x->node == y->node && x->key.high == y->key.high && x->key.low == y->key.low &&
           x->text.length == y->text.length && (!x->text.length || !memcmp(x->text.at, y->text.at, x->text.length));
}

static double
guess(const struct argot_witness *witness)
{
    uint32_t length = witness->text.length < 12 ? witness->text.length : 12;
    double per_byte[] = {1, .6, .35, .2, .1, .06, .04, .025, .016, .01, .007, .005, .003};
    switch (witness->kind) {
    case ARGOT_WITNESS_PRESENT:
        return .95;
    case ARGOT_WITNESS_KEY:
        return .03;
    case ARGOT_WITNESS_NETWORK:
        return witness->bits < 112 ? .2 : .02;
    case ARGOT_WITNESS_EQUALS:
        return .01;
    case ARGOT_WITNESS_STARTS:
    case ARGOT_WITNESS_ENDS:
        return .8 * per_byte[length];
    case ARGOT_WITNESS_CONTAINS:
        return per_byte[length];
    case ARGOT_WITNESS_HOLDS:
        return .1;
    }
    return 1;
}

void
argot_witnesses_put(struct argot_witnesses *witnesses, struct argot_witness *witness)
{
    uint64_t hash = argot_judge_key_mix((uint64_t)witness->kind << 40 | (uint64_t)witness->bits << 32 | witness->source,
                                        witness->node);
    hash = argot_judge_key_mix(argot_judge_key_mix(hash, witness->key.high), witness->key.low);
    for (uint32_t i = 0; i < witness->text.length; i++)
        hash = argot_judge_key_mix(hash, witness->text.at[i]);
    witness->link.hash = argot_judge_key_mix(hash, witness->fold);
    witness->chance = guess(witness);
    bool fresh;
    uint32_t number = intern(witnesses, &witnesses->by_witness, &witnesses->witnesses, sizeof *witness, &witness->link,
                             same_witnesses, &fresh);
    argot_buffer_append(&witnesses->members, &number, sizeof number);
    witnesses->failed = witnesses->failed || witnesses->members.failed;
}

/* ---- clauses in the making ---- */

static uint32_t
count_members(const struct argot_witnesses *witnesses)
{
    return (uint32_t)(witnesses->members.length / sizeof(uint32_t));
}

static uint32_t
count_sets(const struct argot_witnesses *witnesses)
{
    return (uint32_t)(witnesses->sets.length / sizeof(struct set));
}

static struct set *
set_at(const struct argot_witnesses *witnesses, uint32_t number)
{
    return (struct set *)(void *)witnesses->sets.bytes + number;
}

static uint32_t
member_at(const struct argot_witnesses *witnesses, uint32_t number)
{
    return ((const uint32_t *)(const void *)witnesses->members.bytes)[number];
}

/* The members since `from` become a clause. */
static void
end_set(struct argot_witnesses *witnesses, uint32_t from)
{
    struct set set = {.from = from, .count = count_members(witnesses) - from};
    if (set.count > ARGOT_WITNESS_MAX_MEMBERS) {
        witnesses->members.length = from * sizeof(uint32_t);
        return;
    }
    for (uint32_t i = 0; !witnesses->failed && i < set.count; i++)
        set.chance += argot_witnesses_at(witnesses, member_at(witnesses, from + i))->chance;
    argot_buffer_append(&witnesses->sets, &set, sizeof set);
    witnesses->failed = witnesses->failed || witnesses->sets.failed;
}

static int
by_chance(const void *a, const void *b)
{
    const struct set *x = a, *y = b;
    if (x->chance != y->chance)
        return x->chance < y->chance ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
}

/* The sets since `from`, the rarest first, and not too many. */
static void
keep_best(struct argot_witnesses *witnesses, uint32_t from)
{
    uint32_t count = count_sets(witnesses) - from;
    if (witnesses->failed || count < 2)
        return;
    qsort(set_at(witnesses, from), count, sizeof(struct set), by_chance);
    if (count > ARGOT_WITNESS_MAX_CLAUSES)
        witnesses->sets.length = (from + ARGOT_WITNESS_MAX_CLAUSES) * sizeof(struct set);
}

static void
put_present(struct argot_witnesses *witnesses, const struct argot_expr *expr)
{
    const struct argot_expr *base = argot_witnesses_base(expr);
    if (!base || base->kind != ARGOT_EXPR_FIELD || base->field == witnesses->event_type ||
        base->field == witnesses->event_time || base->field == witnesses->event_ingest_time)
        return;
    uint32_t from = count_members(witnesses);
    struct argot_witness witness = {.kind = ARGOT_WITNESS_PRESENT, .source = source_of(witnesses, base, NULL)};
    argot_witnesses_put(witnesses, &witness);
    end_set(witnesses, from);
}

/* ---- predicates ---- */

/* A text whose source is seen through functions that keep its bytes, but for their case. */
struct view {
    const struct argot_expr *expr;
    bool fold;
    bool tail; /* what the predicate sees ends where the text does, but may begin later */
};

static struct view
look_through(const struct argot_expr *expr)
{
    struct view view = {.expr = expr};
    while (view.expr->kind == ARGOT_EXPR_CALL && view.expr->nargs == 1) {
        uint8_t function = view.expr->function;
        if (function != ARGOT_EXPR_CALL_LOWER && function != ARGOT_EXPR_CALL_UPPER &&
            function != ARGOT_EXPR_CALL_BASENAME)
            break;
        view.fold = view.fold || function != ARGOT_EXPR_CALL_BASENAME;
        view.tail = view.tail || function == ARGOT_EXPR_CALL_BASENAME;
        view.expr = view.expr->args[0];
    }
    return view;
}

/* Puts what a text in this relation to the view says of its source. False: nothing that helps. */
static bool
put_text(struct argot_witnesses *witnesses, uint32_t source, const struct view *view, enum argot_witness_kind kind,
         const void *at, uint32_t length, bool fold)
{
    if (view->tail && kind == ARGOT_WITNESS_EQUALS)
        kind = ARGOT_WITNESS_ENDS;
    else if (view->tail && kind == ARGOT_WITNESS_STARTS)
        kind = ARGOT_WITNESS_CONTAINS;
    if (length < (kind == ARGOT_WITNESS_EQUALS ? 0u : kind == ARGOT_WITNESS_CONTAINS ? 2u : 1u))
        return false;
    struct argot_witness witness = {.kind = kind, .fold = fold || view->fold, .source = source, .text = {at, length}};
    argot_witnesses_put(witnesses, &witness);
    return true;
}

static bool
put_constant(struct argot_witnesses *witnesses, uint32_t source, const struct view *view,
             const struct argot_expr_constant *constant, bool fold)
{
    if (constant->type == ARGOT_EXPR_TEXT_TYPE)
        return put_text(witnesses, source, view, ARGOT_WITNESS_EQUALS, constant->slot.text.at,
                        constant->slot.text.length, fold || constant->fold);
    struct argot_witness witness = {.kind = ARGOT_WITNESS_KEY,
                                    .source = source,
                                    .key = argot_judge_key_of(constant->type, constant->large, &constant->slot)};
    argot_witnesses_put(witnesses, &witness);
    return true;
}

static void
put_network(struct argot_witnesses *witnesses, uint32_t source, const struct argot_expr_network *network)
{
    struct argot_judge_key mask = argot_judge_key_mask(network->bits);
    struct argot_witness witness = {
        .kind = ARGOT_WITNESS_NETWORK,
        .bits = network->bits,
        .source = source,
        .key = {argot_judge_key_load(network->ip) & mask.high, argot_judge_key_load(network->ip + 8) & mask.low}};
    argot_witnesses_put(witnesses, &witness);
}

static void
from_compare(struct argot_witnesses *witnesses, const struct argot_conditions_node *node)
{
    const struct argot_expr *left = node->expr->args[0], *right = node->expr->args[1];
    const struct argot_expr *value = right->kind == ARGOT_EXPR_CONSTANT ? left : right;
    const struct argot_expr *constant = value == left ? right : left;
    if (node->expr->compare != ARGOT_EXPR_EQUAL || constant->kind != ARGOT_EXPR_CONSTANT || !is_source(value)) {
        put_present(witnesses, left);
        put_present(witnesses, right);
        return;
    }
    struct view view = look_through(value);
    uint32_t from = count_members(witnesses);
    if (put_constant(witnesses, source_of(witnesses, view.expr, node->rule), &view, constant->constant,
                     node->expr->fold))
        end_set(witnesses, from);
    else
        put_present(witnesses, value);
}

static void
from_set(struct argot_witnesses *witnesses, uint32_t number, const struct argot_conditions_node *node)
{
    const struct argot_expr_set *set = node->expr->set;
    const struct argot_expr *value = node->expr->args[0];
    uint32_t from = count_members(witnesses);
    bool good = !node->expr->negated && !set->nexprs && is_source(value);
    if (good && (uint64_t)set->nconstants + set->nnetworks > ARGOT_WITNESS_MAX_SET) {
        struct argot_witness witness = {.kind = ARGOT_WITNESS_HOLDS, .node = number};
        argot_witnesses_put(witnesses, &witness);
        end_set(witnesses, from);
        put_present(witnesses, value);
        return;
    }
    struct view view = look_through(value);
    uint32_t source = good ? source_of(witnesses, view.expr, node->rule) : NONE;
    for (uint32_t i = 0; good && i < set->nconstants; i++)
        good = put_constant(witnesses, source, &view, &set->constants[i], value->fold);
    for (uint32_t i = 0; good && i < set->nnetworks; i++)
        put_network(witnesses, source, &set->networks[i]);
    if (good) {
        end_set(witnesses, from);
        return;
    }
    witnesses->members.length = from * sizeof(uint32_t);
    put_present(witnesses, value);
}

/* Of a pattern with wildcards: its longest text, and where that stands. */
static bool
put_like(struct argot_witnesses *witnesses, uint32_t source, const struct view *view,
         const struct argot_expr_pattern *pattern, bool fold)
{
    const struct argot_expr_wildcard *pieces = pattern->wildcards, *best = NULL;
    uint32_t count = pattern->nwildcards;
    for (uint32_t i = 0; i < count; i++)
        if (pieces[i].kind == ARGOT_EXPR_WILDCARD_TEXT && (!best || pieces[i].text.length > best->text.length))
            best = &pieces[i];
    if (!count)
        return put_text(witnesses, source, view, ARGOT_WITNESS_EQUALS, "", 0, fold);
    if (!best)
        return false;
    enum argot_witness_kind kind = count == 1                   ? ARGOT_WITNESS_EQUALS
                                   : best == pieces             ? ARGOT_WITNESS_STARTS
                                   : best == &pieces[count - 1] ? ARGOT_WITNESS_ENDS
                                                                : ARGOT_WITNESS_CONTAINS;
    return put_text(witnesses, source, view, kind, best->text.at, best->text.length, fold);
}

static bool
put_pattern(struct argot_witnesses *witnesses, uint32_t source, const struct view *view, const struct argot_expr *expr,
            const struct argot_expr_pattern *pattern)
{
    static const enum argot_witness_kind kinds[] = {[ARGOT_EXPR_CONTAINS] = ARGOT_WITNESS_CONTAINS,
                                                    [ARGOT_EXPR_STARTS] = ARGOT_WITNESS_STARTS,
                                                    [ARGOT_EXPR_ENDS] = ARGOT_WITNESS_ENDS};
    bool fold = pattern->fold || expr->args[0]->fold;
    if (pattern->kind == ARGOT_EXPR_PATTERN_COMPUTED)
        return false;
    if (pattern->kind == ARGOT_EXPR_PATTERN_REGEX)
        return argot_witnesses_regex(witnesses, source, pattern, fold || view->fold);
    if (expr->kind == ARGOT_EXPR_LIKE)
        return put_like(witnesses, source, view, pattern, fold);
    return put_text(witnesses, source, view, kinds[expr->kind], pattern->text.at, pattern->text.length, fold);
}

static void
from_pattern(struct argot_witnesses *witnesses, const struct argot_conditions_node *node)
{
    const struct argot_expr *expr = node->expr;
    uint32_t from = count_members(witnesses), first_set = count_sets(witnesses);
    bool good = !expr->negated && is_source(expr->args[0]);
    struct view view = look_through(expr->args[0]);
    uint32_t source = good ? source_of(witnesses, view.expr, node->rule) : NONE;
    for (uint32_t i = 0; good && i < expr->npatterns; i++) {
        bool put = put_pattern(witnesses, source, &view, expr, &expr->patterns[i]);
        if (expr->all && put)
            end_set(witnesses, from);
        from = expr->all ? count_members(witnesses) : from;
        good = put || expr->all;
    }
    if (good && !expr->all && expr->npatterns)
        end_set(witnesses, from);
    else if (!good)
        witnesses->members.length = from * sizeof(uint32_t);
    if (count_sets(witnesses) == first_set)
        put_present(witnesses, expr->args[0]);
    keep_best(witnesses, first_set);
}

static void
from_leaf(struct argot_witnesses *witnesses, uint32_t number, bool negated)
{
    const struct argot_conditions_node *node = argot_conditions_at(witnesses->conditions, number);
    if (negated || node->expr->kind == ARGOT_EXPR_IS_NULL) {
        if (node->expr->kind == ARGOT_EXPR_IS_NULL && node->expr->negated != negated)
            put_present(witnesses, node->expr->args[0]);
        return;
    }
    switch ((enum argot_expr_kind)node->expr->kind) {
    case ARGOT_EXPR_COMPARE:
        from_compare(witnesses, node);
        break;
    case ARGOT_EXPR_IN:
        from_set(witnesses, number, node);
        break;
    case ARGOT_EXPR_LIKE:
    case ARGOT_EXPR_CONTAINS:
    case ARGOT_EXPR_STARTS:
    case ARGOT_EXPR_ENDS:
        from_pattern(witnesses, node);
        break;
    default:
        break;
    }
}

/* ---- all conditions ---- */

static void make_sets(struct argot_witnesses *witnesses, uint32_t number, bool negated);

/* The sets of each operand are a run; what they are joined to stands behind them and then takes their place. */
static void
join(struct argot_witnesses *witnesses, const struct argot_conditions_node *node, bool negated)
{
    uint32_t first = count_sets(witnesses), most = 0;
    bool every = true;
    struct argot_buffer runs; /* where the sets of each operand begin */
    argot_buffer_init(&runs, witnesses->seam);
    for (uint32_t i = 0; every && !witnesses->failed && i < node->nargs; i++) {
        uint32_t begin = count_sets(witnesses);
        argot_buffer_append(&runs, &begin, sizeof begin);
        make_sets(witnesses, node->args[i], negated);
        uint32_t count = count_sets(witnesses) - begin;
        every = count > 0;
        most = count > most ? count : most;
    }
    uint32_t end = count_sets(witnesses);
    argot_buffer_append(&runs, &end, sizeof end);
    witnesses->failed = witnesses->failed || runs.failed;
    const uint32_t *begins = (const uint32_t *)(const void *)runs.bytes;
    for (uint32_t place = 0; every && !witnesses->failed && place < most; place++) {
        uint32_t from = count_members(witnesses);
        for (uint32_t i = 0; i < node->nargs; i++) {
            uint32_t count = begins[i + 1] - begins[i];
            struct set set = *set_at(witnesses, begins[i] + (place < count ? place : count - 1));
            for (uint32_t j = 0; j < set.count; j++) {
                uint32_t member = member_at(witnesses, set.from + j);
                argot_buffer_append(&witnesses->members, &member, sizeof member);
            }
        }
        witnesses->failed = witnesses->failed || witnesses->members.failed;
        end_set(witnesses, from);
    }
    argot_buffer_finish(&runs);
    if (witnesses->failed)
        return;
    uint32_t made = count_sets(witnesses) - end;
    if (made)
        memmove(set_at(witnesses, first), set_at(witnesses, end), made * sizeof(struct set));
    witnesses->sets.length = (first + made) * sizeof(struct set);
    keep_best(witnesses, first);
}

/* Appends the clauses of a node, negated or not, to the sets. */
static void
make_sets(struct argot_witnesses *witnesses, uint32_t number, bool negated)
{
    const struct argot_conditions_node *node = argot_conditions_at(witnesses->conditions, number);
    uint32_t first = count_sets(witnesses);
    switch (node->kind) {
    case ARGOT_CONDITIONS_LEAF:
        from_leaf(witnesses, number, negated);
        break;
    case ARGOT_CONDITIONS_NOT:
        make_sets(witnesses, node->args[0], !negated);
        break;
    case ARGOT_CONDITIONS_AND:
    case ARGOT_CONDITIONS_OR:
        if ((node->kind == ARGOT_CONDITIONS_OR) != negated) {
            join(witnesses, node, negated);
            break;
        }
        for (uint32_t i = 0; !witnesses->failed && i < node->nargs; i++)
            make_sets(witnesses, node->args[i], negated);
        keep_best(witnesses, first);
        break;
    }
}

/* ---- clauses ---- */

static bool
same_clauses(const struct argot_witness_link *a, const struct argot_witness_link *b)
{
    const struct argot_clause *x = (const void *)a, *y = (const void *)b;
    return x->count == y->count && (!x->count || !memcmp(x->witnesses, y->witnesses, x->count * sizeof *x->witnesses));
}

static int
by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t
make_clause(struct argot_witnesses *witnesses, const struct set *set)
{
    uint32_t *members = (uint32_t *)(void *)witnesses->members.bytes + set->from, count = 0;
    struct argot_clause clause = {.chance = set->chance < 1 ? set->chance : 1, .witnesses = members};
    if (set->count)
        qsort(members, set->count, sizeof *members, by_number);
    for (uint32_t i = 0; i < set->count; i++)
        if (!count || members[count - 1] != members[i])
            members[count++] = members[i];
    clause.count = count;
    for (uint32_t i = 0; i < count; i++)
        clause.link.hash = argot_judge_key_mix(clause.link.hash, members[i]);
    bool fresh;
    uint32_t number = intern(witnesses, &witnesses->by_clause, &witnesses->clauses, sizeof clause, &clause.link,
                             same_clauses, &fresh);
    if (number == NONE || !fresh)
        return number;
    struct argot_clause *made = (struct argot_clause *)(void *)witnesses->clauses.bytes + number;
    made->witnesses =
        (const uint32_t *)(void *)argot_arena_copy(&witnesses->arena, (const char *)members, count * sizeof *members);
    witnesses->failed = witnesses->failed || !made->witnesses;
    return number;
}

static struct argot_witness_found *
found_of(struct argot_witnesses *witnesses, uint32_t node)
{
    size_t due = ((size_t)node + 1) * sizeof(struct argot_witness_found), length = witnesses->found.length;
    if (length < due) {
        if (!argot_buffer_reserve(&witnesses->found, due - length))
            return NULL;
        memset(witnesses->found.bytes + length, 0, due - length);
        witnesses->found.length = due;
    }
    return (struct argot_witness_found *)(void *)witnesses->found.bytes + node;
}

const struct argot_witness_found *
argot_witnesses_find(struct argot_witnesses *witnesses, uint32_t node)
{
    struct argot_witness_found *found = found_of(witnesses, node);
    if (!found || found->done)
        return found;
    witnesses->sets.length = witnesses->members.length = 0;
    make_sets(witnesses, node, false);
    for (uint32_t i = 0; !witnesses->failed && i < count_sets(witnesses) && i < ARGOT_WITNESS_MAX_CLAUSES; i++)
        found->clauses[found->count++] = make_clause(witnesses, set_at(witnesses, i));
    found->done = true;
    return witnesses->failed ? NULL : found;
}

/* ---- seeing ---- */

static bool
is_in_network(const struct argot_witness *witness, struct argot_judge_key key)
{
    struct argot_judge_key mask = argot_judge_key_mask(witness->bits);
    return (key.high & mask.high) == witness->key.high && (key.low & mask.low) == witness->key.low;
}

bool
argot_witnesses_is_seen(const struct argot_witness *witness, const struct argot_datum *value)
{
    if (value->null || witness->kind == ARGOT_WITNESS_PRESENT)
        return !value->null;
    if (value->type != ARGOT_EXPR_TEXT_TYPE) {
        struct argot_judge_key key = argot_judge_key_of(value->type, value->large, &value->slot);
        return witness->kind == ARGOT_WITNESS_NETWORK ? is_in_network(witness, key)
                                                      : key.high == witness->key.high && key.low == witness->key.low;
    }
    struct argot_slice text = {value->slot.text.at ? value->slot.text.at : (const uint8_t *)"",
                               value->slot.text.length};
    switch (witness->kind) {
    case ARGOT_WITNESS_EQUALS:
        return text.length == witness->text.length && argot_judge_text_starts(text, witness->text, witness->fold);
    case ARGOT_WITNESS_STARTS:
        return argot_judge_text_starts(text, witness->text, witness->fold);
    case ARGOT_WITNESS_ENDS:
        return argot_judge_text_ends(text, witness->text, witness->fold);
    default:
        return argot_judge_text_find(text, witness->text, witness->fold) != NULL;
    }
}
