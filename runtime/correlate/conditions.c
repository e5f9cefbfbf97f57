/* SPDX-License-Identifier: Apache-2.0
 * Making the graph of conditions and judging over it. What is known of a node counts for one round. */
#include "correlate/conditions.h"
#include "correlate/same.h"

#define FIRST_HEADS 256u
#define MOST_COMPARED 256u /* operands of a chain that are looked through for a new one; those beyond may repeat */

void
argot_conditions_init(struct argot_conditions *conditions, struct argot_seam *seam, struct argot_judge *judge)
{
    *conditions = (struct argot_conditions){.seam = seam, .judge = judge};
    argot_arena_init(&conditions->arena, seam, 0);
    argot_buffer_init(&conditions->nodes, seam);
    argot_buffer_init(&conditions->known, seam);
    argot_buffer_init(&conditions->args, seam);
}

void
argot_conditions_finish(struct argot_conditions *conditions)
{
    argot_arena_finish(&conditions->arena);
    argot_buffer_finish(&conditions->nodes);
    argot_buffer_finish(&conditions->known);
    argot_buffer_finish(&conditions->args);
    if (conditions->seam)
        conditions->seam->release(conditions->seam, conditions->heads);
    conditions->heads = NULL;
}

/* ---- nodes ---- */

static struct argot_conditions_node *
node_at(struct argot_conditions *conditions, uint32_t number)
{
    return (struct argot_conditions_node *)(void *)conditions->nodes.bytes + number;
}

static bool
grow_heads(struct argot_conditions *conditions)
{
    uint32_t nheads = conditions->nheads ? conditions->nheads * 2 : FIRST_HEADS;
    uint32_t *heads = conditions->seam->allocate(conditions->seam, nheads * sizeof *heads);
    if (!heads)
        return false;
    memset(heads, 0xff, nheads * sizeof *heads);
    for (uint32_t i = 0; i < conditions->count; i++) {
        struct argot_conditions_node *node = node_at(conditions, i);
        node->next = heads[node->hash & (nheads - 1)];
        heads[node->hash & (nheads - 1)] = i;
    }
    conditions->seam->release(conditions->seam, conditions->heads);
    conditions->heads = heads;
    conditions->nheads = nheads;
    return true;
}

static bool
is_same(const struct argot_conditions_node *a, const struct argot_conditions_node *b)
{
    if (a->hash != b->hash || a->kind != b->kind || a->nargs != b->nargs)
        return false;
    if (a->kind == ARGOT_CONDITIONS_LEAF)
        return argot_same_exprs(a->expr, a->rule, b->expr, b->rule);
    return !memcmp(a->args, b->args, a->nargs * sizeof *a->args);
}

/* The node that is the same, or a new one, which takes a copy of the operands. */
static uint32_t
intern(struct argot_conditions *conditions, struct argot_conditions_node *node)
{
    static const uint64_t not_judged;
    if (conditions->count >= conditions->nheads && !grow_heads(conditions))
        return ARGOT_CONDITIONS_NONE;
    uint32_t *head = &conditions->heads[node->hash & (conditions->nheads - 1)];
    for (uint32_t i = *head; i != ARGOT_CONDITIONS_NONE; i = node_at(conditions, i)->next)
        if (is_same(node, node_at(conditions, i)))
            return i;
    if (node->nargs) {
        size_t bytes = node->nargs * sizeof *node->args;
        node->args = (const uint32_t *)(void *)argot_arena_copy(&conditions->arena, (const char *)node->args, bytes);
    }
    node->next = *head;
    argot_buffer_append(&conditions->nodes, node, sizeof *node);
    argot_buffer_append(&conditions->known, &not_judged, sizeof not_judged);
    if ((node->nargs && !node->args) || conditions->nodes.failed || conditions->known.failed)
        return ARGOT_CONDITIONS_NONE;
    return *head = conditions->count++;
}

/* ---- what a leaf reads ---- */

static bool
is_at_hand(const struct argot_expr *expr)
{
    bool good = expr->kind != ARGOT_EXPR_CAPTURE && expr->kind != ARGOT_EXPR_KEY && expr->kind != ARGOT_EXPR_AGGREGATE;
    for (uint16_t i = 0; good && i < expr->nargs; i++)
        good = is_at_hand(expr->args[i]);
    for (uint32_t i = 0; good && expr->set && i < expr->set->nexprs; i++)
        good = is_at_hand(expr->set->exprs[i]);
    for (uint32_t i = 0; good && i < expr->npatterns; i++)
        good = expr->patterns[i].kind != ARGOT_EXPR_PATTERN_COMPUTED || is_at_hand(expr->patterns[i].expr);
    return good;
}

/* ---- leaves that need no judge ---- */

static bool
is_unsigned(enum argot_type type)
{
    return type == ARGOT_TYPE_UINT || type == ARGOT_TYPE_PORT || type == ARGOT_TYPE_BYTES;
}

/* Whole numbers are equal when their words are, if the constant is one that the field can have. */
static bool
is_whole_of(enum argot_type type, const struct argot_expr_constant *constant)
{
    bool negative = !constant->large && constant->slot.i64 < 0;
    return constant->type == ARGOT_EXPR_WHOLE_TYPE && (is_unsigned(type) ? !negative : !constant->large);
}

static enum argot_conditions_test
test_of_equality(const struct argot_expr *field, const struct argot_expr_constant *constant, bool fold)
{
    switch ((enum argot_expr_type)field->type) {
    case ARGOT_EXPR_TEXT_TYPE:
        return fold ? ARGOT_CONDITIONS_JUDGED : ARGOT_CONDITIONS_IS_TEXT;
    case ARGOT_EXPR_ADDRESS_TYPE:
        return ARGOT_CONDITIONS_IS_ADDRESS;
    case ARGOT_EXPR_BOOL_TYPE:
    case ARGOT_EXPR_MAC_TYPE:
    case ARGOT_EXPR_ENUM_TYPE:
        return ARGOT_CONDITIONS_IS_WORD;
    case ARGOT_EXPR_WHOLE_TYPE:
        return is_whole_of((enum argot_type)argot_schema.fields[field->field].type, constant) ? ARGOT_CONDITIONS_IS_WORD
                                                                                              : ARGOT_CONDITIONS_JUDGED;
    default:
        return ARGOT_CONDITIONS_JUDGED;
    }
}

static void
find_test(struct argot_conditions_node *node)
{
    const struct argot_expr *expr = node->expr;
    if (!expr->nargs || expr->args[0]->kind != ARGOT_EXPR_FIELD || expr->args[0]->list ||
        expr->args[0]->field >= argot_schema.count)
        return;
    node->field = expr->args[0]->field;
    if (expr->kind == ARGOT_EXPR_COMPARE && expr->compare <= ARGOT_EXPR_NOT_EQUAL &&
        expr->args[1]->kind == ARGOT_EXPR_CONSTANT) {
        const struct argot_expr_constant *constant = expr->args[1]->constant;
        node->test = (uint8_t)test_of_equality(expr->args[0], constant, expr->fold);
        node->differs = expr->compare == ARGOT_EXPR_NOT_EQUAL;
        node->constant = constant->slot;
    } else if (expr->kind == ARGOT_EXPR_STARTS && expr->npatterns == 1 && !expr->negated && !expr->args[0]->fold &&
               !expr->patterns[0].fold && expr->patterns[0].kind != ARGOT_EXPR_PATTERN_COMPUTED) {
        node->test = ARGOT_CONDITIONS_STARTS;
        node->constant.text.at = (const uint8_t *)expr->patterns[0].text.at;
        node->constant.text.length = expr->patterns[0].text.length;
    }
}

/* ---- adding ---- */

static uint64_t
mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
    return hash ^ hash >> 31;
}

/* The operands that were put on the scratch since `from`. */
static uint32_t *
pending(struct argot_conditions *conditions, size_t from)
{
    return (uint32_t *)(void *)(conditions->args.bytes + from);
}

static bool
put_once(struct argot_conditions *conditions, size_t from, uint32_t number)
{
    size_t count = (conditions->args.length - from) / sizeof number;
    for (size_t i = 0; i < count && i < MOST_COMPARED; i++)
        if (pending(conditions, from)[i] == number)
            return true;
    argot_buffer_append(&conditions->args, &number, sizeof number);
    return !conditions->args.failed;
}

static bool
put_operand(struct argot_conditions *conditions, size_t from, enum argot_conditions_kind kind, uint32_t number)
{
    if (number == ARGOT_CONDITIONS_NONE)
        return false;
    if (argot_conditions_at(conditions, number)->kind != kind)
        return put_once(conditions, from, number);
    bool good = true;
    for (uint32_t i = 0; good && i < argot_conditions_at(conditions, number)->nargs; i++)
        good = put_once(conditions, from, argot_conditions_at(conditions, number)->args[i]);
    return good;
}

static uint32_t
intern_chain(struct argot_conditions *conditions, struct argot_conditions_node *node)
{
    if (node->nargs == 1)
        return node->args[0];
    node->hash = node->kind;
    node->at_hand = true;
    for (uint32_t i = 0; i < node->nargs; i++) {
        node->hash = mix(node->hash, node->args[i]);
        node->at_hand = node->at_hand && argot_conditions_at(conditions, node->args[i])->at_hand;
    }
    return intern(conditions, node);
}

static uint32_t
add_chain(struct argot_conditions *conditions, const struct argot_expr *expr, const struct argot_plan_rule *rule)
{
    enum argot_conditions_kind kind = expr->kind == ARGOT_EXPR_AND ? ARGOT_CONDITIONS_AND : ARGOT_CONDITIONS_OR;
    size_t from = conditions->args.length;
    bool good = true;
    for (uint16_t i = 0; good && i < expr->nargs; i++)
        good = put_operand(conditions, from, kind, argot_conditions_add(conditions, expr->args[i], rule));
    uint32_t number = ARGOT_CONDITIONS_NONE;
    if (good) {
        struct argot_conditions_node node = {.kind = (uint8_t)kind,
                                             .nargs = (uint32_t)((conditions->args.length - from) / sizeof(uint32_t)),
                                             .args = pending(conditions, from),
                                             .expr = expr,
                                             .rule = rule};
        number = intern_chain(conditions, &node);
    }
    conditions->args.length = from;
    return number;
}

static uint32_t
add_not(struct argot_conditions *conditions, const struct argot_expr *expr, const struct argot_plan_rule *rule)
{
    uint32_t operand = argot_conditions_add(conditions, expr->args[0], rule);
    if (operand == ARGOT_CONDITIONS_NONE)
        return operand;
    const struct argot_conditions_node *inner = argot_conditions_at(conditions, operand);
    if (inner->kind == ARGOT_CONDITIONS_NOT)
        return inner->args[0];
    struct argot_conditions_node node = {.kind = ARGOT_CONDITIONS_NOT,
                                         .at_hand = inner->at_hand,
                                         .nargs = 1,
                                         .args = &operand,
                                         .expr = expr,
                                         .rule = rule,
                                         .hash = mix(ARGOT_CONDITIONS_NOT, operand)};
    return intern(conditions, &node);
}

uint32_t
argot_conditions_add(struct argot_conditions *conditions, const struct argot_expr *expr,
                     const struct argot_plan_rule *rule)
{
    if (expr->kind == ARGOT_EXPR_AND || expr->kind == ARGOT_EXPR_OR)
        return add_chain(conditions, expr, rule);
    if (expr->kind == ARGOT_EXPR_NOT)
        return add_not(conditions, expr, rule);
    struct argot_conditions_node node = {
        .at_hand = is_at_hand(expr), .expr = expr, .rule = rule, .hash = argot_same_hash(expr, rule)};
    find_test(&node);
    return intern(conditions, &node);
}

uint32_t
argot_conditions_at_hand(struct argot_conditions *conditions, uint32_t number, bool *failed)
{
    const struct argot_conditions_node *whole = argot_conditions_at(conditions, number);
    *failed = false;
    if (whole->at_hand)
        return number;
    if (whole->kind != ARGOT_CONDITIONS_AND)
        return ARGOT_CONDITIONS_NONE;
    struct argot_conditions_node node = {.kind = ARGOT_CONDITIONS_AND, .expr = whole->expr, .rule = whole->rule};
    conditions->args.length = 0;
    for (uint32_t i = 0; i < whole->nargs; i++)
        if (argot_conditions_at(conditions, whole->args[i])->at_hand)
            argot_buffer_append(&conditions->args, &whole->args[i], sizeof(uint32_t));
    node.nargs = (uint32_t)(conditions->args.length / sizeof(uint32_t));
    node.args = pending(conditions, 0);
    number = conditions->args.failed || !node.nargs ? ARGOT_CONDITIONS_NONE : intern_chain(conditions, &node);
    *failed = number == ARGOT_CONDITIONS_NONE && node.nargs;
    conditions->args.length = 0;
    return number;
}

/* ---- judging ---- */

static bool
judge(struct argot_conditions *conditions, uint32_t number, const struct argot_subject *subject)
{
    const struct argot_conditions_node *node = argot_conditions_at(conditions, number);
    if (node->kind == ARGOT_CONDITIONS_LEAF) {
        struct argot_scene scene = {.rule = node->rule, .subject = *subject};
        return argot_judge_holds(conditions->judge, node->expr, &scene);
    }
    if (node->kind == ARGOT_CONDITIONS_NOT)
        return !argot_conditions_hold(conditions, node->args[0], subject);
    bool any = node->kind == ARGOT_CONDITIONS_OR;
    for (uint32_t i = 0; i < node->nargs; i++)
        if (argot_conditions_hold(conditions, node->args[i], subject) == any)
            return any;
    return !any;
}

bool
argot_conditions_hold_others(struct argot_conditions *conditions, uint32_t number, const struct argot_subject *subject)
{
    uint64_t *known = (uint64_t *)(void *)conditions->known.bytes + number;
    if (*known >> 1 != conditions->round)
        *known = conditions->round << 1 | judge(conditions, number, subject);
    return *known & 1;
}
