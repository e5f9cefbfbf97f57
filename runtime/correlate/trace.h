/* SPDX-License-Identifier: Apache-2.0
 * A condition taken apart: what each of its parts says of an event. The parts are judged by the judge itself, one by
 * one; and, or and not follow from theirs. For explanations: engines ask about whole conditions. */
#pragma once
#include "base/arena.h"
#include "correlate/judge.h"

#define ARGOT_TRACE_MAX_NODES 1024u /* of a condition; what is inside of further ones stays together */

enum argot_trace_verdict {
    ARGOT_TRACE_FALSE,
    ARGOT_TRACE_TRUE,
    ARGOT_TRACE_NULL, /* false, since a value that it is about is null */
};

struct argot_trace_node {
    const struct argot_expr *expr;
    uint32_t end;   /* of its descendants, which stand behind it: the number of the next node that is none */
    uint32_t depth; /* of the first node 0 */
    bool open;      /* and, or, not: its parts are nodes too */
};

/* Node 0 is the whole; the nodes of depth 1 are what must hold each: one that is the whole again, where the condition
 * is no `and`. An `and` within an `and` is part of that. */
struct argot_trace {
    uint32_t count;
    struct argot_trace_node *nodes;
    uint8_t *verdicts; /* enum argot_trace_verdict of each node, as judged last */
};

/* In memory of the arena; false without. */
bool argot_trace_init(struct argot_trace *trace, struct argot_arena *arena, const struct argot_expr *condition);
void argot_trace_judge(struct argot_trace *trace, struct argot_judge *judge, const struct argot_scene *scene);
