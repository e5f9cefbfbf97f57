/* SPDX-License-Identifier: Apache-2.0
 * sequence and together: steps to stages, what may not come between them, and which captures each may read. */
#include "grammar/check_rule.h"
#include <string.h>

/* ---- one step ---- */

static void
check_capture(struct argot_rule_builder *builder, const struct argot_ast_step *step)
{
    const char *name = step->capture.text.at;
    if (!name)
        return;
    bool taken = !strcmp(name, "extra") || !strcmp(name, "alert");
    for (uint32_t i = 0; i < builder->ncaptures; i++)
        taken = taken || (builder->captures[i].name && !strcmp(name, builder->captures[i].name));
    for (uint32_t i = 0; i < builder->base.nlookups; i++)
        taken = taken || !strcmp(name, builder->base.lookups[i].alias);
    if (taken)
        argot_clauses_refuse(builder, ARGOT_CODE_RULE_TWICE, step->capture.place,
                             "this name stands for something else here");
}

/* A positive step; `visible` captures of earlier ones may be read. False when there are too many. */
static bool
make_stage(struct argot_rule_builder *builder, const struct argot_ast_step *step, uint32_t number, uint32_t visible,
           struct argot_plan_stage *stage)
{
    if (number >= ARGOT_PLAN_MAX_STAGES) {
        argot_clauses_refuse(builder, ARGOT_CODE_RULE_SIZE, step->place, "at most 64 steps");
        return false;
    }
    check_capture(builder, step);
    stage->name = step->capture.text.at;
    stage->count = 1;
    if (step->count)
        stage->count =
            (uint32_t)argot_rule_number(builder, builder->symbol->file, step->count, 1, ARGOT_PLAN_MAX_COUNT);
    stage->within_ns = step->within.place.end ? step->within.ns : 0;
    struct argot_scope scope = builder->base;
    scope.captures = builder->captures;
    scope.ncaptures = visible;
    argot_rule_event(builder, &scope, step->event, step->keys, &stage->event);
    builder->positive[builder->npositive++] = &stage->event;
    builder->captures[number] = (struct argot_scope_capture){stage->name, number, &stage->event};
    builder->ncaptures = number + 1;
    return true;
}

static void
make_negative(struct argot_rule_builder *builder, const struct argot_ast_step *step, uint32_t visible,
              struct argot_plan_event *event)
{
    struct argot_scope scope = builder->base;
    scope.captures = builder->captures;
    scope.ncaptures = visible;
    argot_rule_event(builder, &scope, step->event, step->keys, event);
}

static void
refuse_duration(struct argot_rule_builder *builder, struct argot_ast_duration duration)
{
    if (duration.place.end && duration.ns == 0)
        argot_clauses_refuse(builder, ARGOT_CODE_RULE_RANGE, duration.place, "this takes longer than that");
}

/* ---- sequence ---- */

/* How many steps of a kind follow each other from here. */
static uint32_t
run_length(const struct argot_ast_step *step, enum argot_ast_step_kind kind)
{
    uint32_t count = 0;
    for (; step && step->kind == kind; step = step->next)
        count++;
    return count;
}

/* The `without` steps from *step on; moves it behind them. */
static const struct argot_plan_event *
make_absences(struct argot_rule_builder *builder, const struct argot_ast_step **step, uint32_t visible, uint32_t *count,
              int64_t *within_ns)
{
    struct argot_plan_event *events =
        argot_check_alloc(builder->checker, run_length(*step, ARGOT_AST_WITHOUT), sizeof *events);
    *count = 0;
    for (; *step && (*step)->kind == ARGOT_AST_WITHOUT; *step = (*step)->next) {
        make_negative(builder, *step, visible, &events[(*count)++]);
        refuse_duration(builder, (*step)->within);
        if ((*step)->within.place.end)
            *within_ns = (*step)->within.ns;
    }
    return events;
}

static void
check_stage(struct argot_rule_builder *builder, const struct argot_ast_step *step, const struct argot_plan_stage *stage)
{
    refuse_duration(builder, step->within);
    if (step->kind == ARGOT_AST_FIRST && stage->within_ns && stage->count == 1)
        argot_check_hint(builder->checker,
                         argot_clauses_refuse(builder, ARGOT_CODE_RULE_STEP, step->within.place,
                                              "the first step has nothing to be within of"),
                         "a number of events may have a span: first 5 * X within 2m");
}

/* What later steps need of earlier ones. */
static void
mark_stages(struct argot_plan_stage *stages, const struct argot_plan_sequence *sequence)
{
    uint64_t reads = sequence->then_no ? sequence->then_no->reads_stages : 0;
    bool spans = false;
    for (uint32_t i = 0; i < sequence->nwithout; i++)
        reads |= sequence->without[i].reads_stages;
    for (uint32_t i = sequence->nstages; i-- > 0;) {
        stages[i].read = reads >> i & 1;
        stages[i].copies = spans;
        spans = spans || stages[i].within_ns;
        reads |= stages[i].event.reads_stages;
        for (uint32_t j = 0; j < stages[i].nwithout; j++)
            reads |= stages[i].without[j].reads_stages;
    }
}

static void
make_end(struct argot_rule_builder *builder, const struct argot_ast_step *step, struct argot_plan_sequence *sequence)
{
    if (step && step->kind == ARGOT_AST_THEN_NO) {
        struct argot_plan_event *event = argot_check_alloc(builder->checker, 1, sizeof *event);
        make_negative(builder, step, sequence->nstages, event);
        refuse_duration(builder, step->within);
        sequence->then_no = event;
        sequence->then_no_ns = step->within.ns;
        step = step->next;
    }
    struct argot_plan_event *until =
        argot_check_alloc(builder->checker, run_length(step, ARGOT_AST_STEP_UNTIL), sizeof *until);
    for (; step && step->kind == ARGOT_AST_STEP_UNTIL; step = step->next)
        make_negative(builder, step, 0, &until[sequence->nuntil++]);
    sequence->until = until;
}

void
argot_sequence_make(struct argot_rule_builder *builder, const struct argot_ast_clause *clause)
{
    struct argot_plan_sequence *sequence = argot_check_alloc(builder->checker, 1, sizeof *sequence);
    uint32_t room = 0;
    for (const struct argot_ast_step *step = clause->steps; step; step = step->next)
        room += step->kind == ARGOT_AST_FIRST || step->kind == ARGOT_AST_THEN;
    struct argot_plan_stage *stages = argot_check_alloc(builder->checker, room, sizeof *stages);
    const struct argot_ast_step *step = clause->steps;
    refuse_duration(builder, clause->duration);
    sequence->within_ns = clause->duration.ns;
    for (;;) {
        uint32_t count, number = sequence->nstages;
        int64_t within_ns = 0;
        const struct argot_plan_event *without = make_absences(builder, &step, number, &count, &within_ns);
        if (!step || (step->kind != ARGOT_AST_FIRST && step->kind != ARGOT_AST_THEN)) {
            sequence->without = without;
            sequence->nwithout = count;
            break;
        }
        struct argot_plan_stage *stage = &stages[number];
        stage->without = without;
        stage->nwithout = count;
        stage->without_ns = within_ns;
        if (!make_stage(builder, step, number, number, stage))
            return;
        check_stage(builder, step, stage);
        sequence->nstages++;
        step = step->next;
    }
    make_end(builder, step, sequence);
    mark_stages(stages, sequence);
    sequence->stages = stages;
    builder->rule->kind = ARGOT_PLAN_SEQUENCE;
    builder->rule->sequence = sequence;
}

/* ---- together ---- */

void
argot_together_make(struct argot_rule_builder *builder, const struct argot_ast_clause *clause)
{
    struct argot_plan_together *together = argot_check_alloc(builder->checker, 1, sizeof *together);
    uint32_t room = run_length(clause->steps, ARGOT_AST_HAS);
    struct argot_plan_stage *members = argot_check_alloc(builder->checker, room, sizeof *members);
    refuse_duration(builder, clause->duration);
    together->within_ns = clause->duration.ns;
    for (const struct argot_ast_step *step = clause->steps; step; step = step->next) {
        if (!make_stage(builder, step, together->nmembers, 0, &members[together->nmembers]))
            return;
        together->nmembers++;
    }
    together->quorum = together->nmembers;
    if (clause->value)
        together->quorum =
            (uint32_t)argot_rule_number(builder, builder->symbol->file, clause->value, 1, together->nmembers);
    together->members = members;
    builder->rule->kind = ARGOT_PLAN_TOGETHER;
    builder->rule->together = together;
}
