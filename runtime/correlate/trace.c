/* SPDX-License-Identifier: Apache-2.0
 * Nodes are promised before they are made, so that what lets share over and over stays bounded. */
#include "correlate/trace.h"

/* ---- taking apart ---- */

struct opener {
    struct argot_trace *trace;
    uint32_t room; /* nodes that may still be promised: what lets share may be there any number of times */
};

static bool
is_open(const struct argot_expr *expr)
{
    return expr->kind == ARGOT_EXPR_AND || expr->kind == ARGOT_EXPR_OR || expr->kind == ARGOT_EXPR_NOT;
}

static bool
promise(struct opener *opener, uint32_t count)
{
    if (count > opener->room)
        return false;
    opener->room -= count;
    return true;
}

static void add(struct opener *opener, const struct argot_expr *expr, uint32_t depth);

/* Each part was promised a node; an `and` within an `and` gives its parts in its place. */
// NOLINTNEXTLINE(misc-no-recursion)
static void
add_parts(struct opener *opener, const struct argot_expr *expr, uint32_t depth)
{
    for (uint16_t i = 0; i < expr->nargs; i++) {
        const struct argot_expr *part = expr->args[i];
        bool inner = expr->kind == ARGOT_EXPR_AND && part->kind == ARGOT_EXPR_AND && part->nargs > 0;
        if (inner && promise(opener, part->nargs - 1u))
            add_parts(opener, part, depth);
        else
            add(opener, part, depth);
    }
}

// NOLINTNEXTLINE(misc-no-recursion)
static void
add(struct opener *opener, const struct argot_expr *expr, uint32_t depth)
{
    struct argot_trace *trace = opener->trace;
    struct argot_trace_node *node = &trace->nodes[trace->count++];
    *node = (struct argot_trace_node){.expr = expr, .depth = depth};
    node->open = is_open(expr) && promise(opener, expr->nargs);
    if (node->open)
        add_parts(opener, expr, depth + 1);
    node->end = trace->count;
}

bool
argot_trace_init(struct argot_trace *trace, struct argot_arena *arena, const struct argot_expr *condition)
{
    struct opener opener = {trace, ARGOT_TRACE_MAX_NODES - 2};
    *trace = (struct argot_trace){.nodes = argot_arena_zalloc(arena, ARGOT_TRACE_MAX_NODES, sizeof *trace->nodes),
                                  .verdicts = argot_arena_zalloc(arena, ARGOT_TRACE_MAX_NODES, 1)};
    if (!trace->nodes || !trace->verdicts)
        return false;
    add(&opener, condition, 0);
    if (trace->nodes[0].open && condition->kind == ARGOT_EXPR_AND)
        return true;
    trace->count = 1; /* it is its own only part */
    opener.room = ARGOT_TRACE_MAX_NODES - 2;
    add(&opener, condition, 1);
    trace->nodes[0].open = true;
    trace->nodes[0].end = trace->count;
    return true;
}

/* ---- judging ---- */

static bool
is_null(struct argot_judge *judge, const struct argot_expr *operand, const struct argot_scene *scene)
{
    struct argot_datum value;
    if (operand->kind == ARGOT_EXPR_CONSTANT || operand->type == ARGOT_EXPR_TRUTH_TYPE)
        return false;
    argot_judge_value(judge, operand, scene, &value);
    return value.null;
}

static bool
lacks_a_value(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    bool lacks = false;
    if (expr->kind == ARGOT_EXPR_IS_NULL)
        return false;
    for (uint16_t i = 0; i < expr->nargs && !lacks; i++)
        lacks = is_null(judge, expr->args[i], scene);
    for (uint32_t i = 0; i < expr->npatterns && !lacks; i++)
        lacks = expr->patterns[i].kind == ARGOT_EXPR_PATTERN_COMPUTED && is_null(judge, expr->patterns[i].expr, scene);
    return lacks;
}

/* Of a node whose parts were judged. */
static bool
follows(const struct argot_trace *trace, uint32_t number)
{
    const struct argot_trace_node *node = &trace->nodes[number];
    bool any = false, all = true;
    for (uint32_t i = number + 1; i < node->end; i = trace->nodes[i].end) {
        bool holds = trace->verdicts[i] == ARGOT_TRACE_TRUE;
        any = any || holds;
        all = all && holds;
    }
    if (node->expr->kind == ARGOT_EXPR_NOT)
        return !all;
    return node->expr->kind == ARGOT_EXPR_OR ? any : all;
}

/* From the last to the first: parts stand behind what they are part of. The whole is judged as the engine does it. */
void
argot_trace_judge(struct argot_trace *trace, struct argot_judge *judge, const struct argot_scene *scene)
{
    for (uint32_t i = trace->count; i-- > 0;) {
        const struct argot_trace_node *node = &trace->nodes[i];
        bool asked = i == 0 || !node->open;
        bool holds = asked ? argot_judge_holds(judge, node->expr, scene) : follows(trace, i);
        trace->verdicts[i] = holds ? ARGOT_TRACE_TRUE : ARGOT_TRACE_FALSE;
        if (!holds && !node->open && lacks_a_value(judge, node->expr, scene))
            trace->verdicts[i] = ARGOT_TRACE_NULL;
    }
}
