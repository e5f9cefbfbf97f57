/* SPDX-License-Identifier: Apache-2.0
 * Any rules over any event: up to a line `---` a rule file, behind it the event, a line each: `name=value` a field,
 * `.key=text` and `!key=JSON` members of extra. Every condition and value of the plan is judged, for the event and for
 * an alert with the same fields. No predicate holds in both its forms, and what is judged twice is the same. */
#include "correlate/judge.h"
#include "grammar/rules.h"
#include "fuzz_case.h"
#include "judge_event.h"
#include <errno.h>
#include <string.h>

#define MOST_LINES 100
#define MOST_REPEATS 64 /* nodes of a condition that are judged on their own */

struct fuzz {
    struct argot_judge *judge;
    struct argot_scene scene;
    unsigned looked_at;
};

/* Files that a text happens to name are not read. */
static int
no_file(struct argot_seam *seam, const char *path, enum argot_open_how how)
{
    (void)seam;
    (void)path;
    (void)how;
    return -ENOENT;
}

/* ---- the event ---- */

static void
add_line(struct judge_event *event, struct argot_arena *arena, const char *line, size_t length)
{
    const char *equals = memchr(line, '=', length);
    if (!equals)
        return;
    size_t name_bytes = (size_t)(equals - line), value_bytes = length - name_bytes - 1;
    const char *name = argot_arena_copy(arena, line, name_bytes);
    check(name != NULL);
    if (*name == '.')
        (void)judge_event_text(event, name + 1, argot_arena_copy(arena, equals + 1, value_bytes));
    else if (*name == '!')
        (void)judge_event_json(event, name + 1, equals + 1, value_bytes);
    else
        (void)judge_event_set(event, name, equals + 1, value_bytes);
}

static void
make_event(struct judge_event *event, struct argot_arena *arena, const char *at, const char *end)
{
    for (int i = 0; i < MOST_LINES && at < end; i++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        add_line(event, arena, at, (size_t)(stop - at));
        at = stop + 1;
    }
}

/* The fields of the event, and its members of extra as collected values. */
static void
make_alert(const struct judge_event *event, struct argot_alert *alert, struct argot_alert_field *fields,
           struct argot_alert_values *values)
{
    static const char *const tags[] = {"attack.t1110", "x"};
    *alert = (struct argot_alert){.rule = 0,
                                  .rule_name = "r",
                                  .time = event->event.time,
                                  .count = UINT64_MAX,
                                  .fields = fields,
                                  .extra = event->extra,
                                  .nextra = event->event.nextra,
                                  .tags = tags,
                                  .ntags = 2,
                                  .values = values,
                                  .nvalues = 1};
    for (uint16_t i = 0; i < event->shape.count; i++)
        fields[alert->nfields++] =
            (struct argot_alert_field){event->fields[i].field, event->slots[event->fields[i].index]};
    *values = (struct argot_alert_values){.name = "a", .count = event->event.nextra, .values = event->extra};
}

/* ---- judging ---- */

static bool
holds(struct fuzz *fuzz, const struct argot_expr *expr)
{
    bool held = argot_judge_holds(fuzz->judge, expr, &fuzz->scene);
    check(held == argot_judge_holds(fuzz->judge, expr, &fuzz->scene));
    check(!argot_judge_failed(fuzz->judge));
    return held;
}

static void
look_at(struct fuzz *fuzz, const struct argot_expr *expr)
{
    if (expr->type != ARGOT_EXPR_TRUTH_TYPE || fuzz->looked_at++ > MOST_REPEATS)
        return;
    bool held = holds(fuzz, expr);
    struct argot_expr other = *expr, negation = {.kind = ARGOT_EXPR_NOT, .type = expr->type, .nargs = 1};
    const struct argot_expr *operand = expr;
    negation.args = &operand;
    check(holds(fuzz, &negation) != held);
    switch (expr->kind) {
    case ARGOT_EXPR_IN:
    case ARGOT_EXPR_LIKE:
    case ARGOT_EXPR_CONTAINS:
    case ARGOT_EXPR_STARTS:
    case ARGOT_EXPR_ENDS:
        other.negated = !expr->negated;
        check(!held || !holds(fuzz, &other));
        break;
    case ARGOT_EXPR_IS_NULL:
        other.negated = !expr->negated;
        check(held != holds(fuzz, &other));
        break;
    case ARGOT_EXPR_COMPARE:
        other.compare = expr->compare ^ 1; /* == and !=, < and <=, > and >= */
        if (expr->compare <= ARGOT_EXPR_NOT_EQUAL)
            check(!held || !holds(fuzz, &other));
        else if (expr->compare == ARGOT_EXPR_LESS || expr->compare == ARGOT_EXPR_GREATER)
            check(!held || holds(fuzz, &other));
        break;
    default:
        break;
    }
    for (uint16_t i = 0; i < expr->nargs; i++)
        look_at(fuzz, expr->args[i]);
}

static void
read_value(struct fuzz *fuzz, const struct argot_expr *expr)
{
    struct argot_datum value;
    argot_judge_value(fuzz->judge, expr, &fuzz->scene, &value);
    check(value.type != ARGOT_EXPR_TRUTH_TYPE && value.type != ARGOT_EXPR_NO_TYPE);
    check(argot_judge_text(fuzz->judge, &value).at != NULL);
    check(!argot_judge_failed(fuzz->judge));
}

static void
judge_event(struct fuzz *fuzz, const struct argot_plan_rule *rule, const struct argot_plan_event *event)
{
    fuzz->looked_at = 0;
    look_at(fuzz, event->condition);
    for (uint32_t i = 0; i < rule->nkeys; i++)
        read_value(fuzz, event->keys[i]);
}

static void
judge_plan(struct fuzz *fuzz, const struct argot_plan *plan)
{
    for (uint32_t i = 0; i < plan->nrules; i++) {
        const struct argot_plan_rule *rule = fuzz->scene.rule = &plan->rules[i];
        for (uint32_t j = 0; j < rule->nmatches; j++)
            judge_event(fuzz, rule, &rule->matches[j]);
        for (uint32_t j = 0; rule->sequence && j < rule->sequence->nstages; j++)
            judge_event(fuzz, rule, &rule->sequence->stages[j].event);
        for (uint32_t j = 0; rule->together && j < rule->together->nmembers; j++)
            judge_event(fuzz, rule, &rule->together->members[j].event);
        for (uint32_t j = 0; j < rule->npieces; j++)
            if (rule->pieces[j].expr)
                read_value(fuzz, rule->pieces[j].expr);
        argot_judge_forget(fuzz->judge);
    }
}

static void
judge_all(const struct argot_plan *plan, struct judge_event *event)
{
    static struct argot_alert_field fields[JUDGE_EVENT_FIELDS];
    struct argot_alert alert;
    struct argot_alert_values values;
    char why[200];
    struct fuzz fuzz = {.judge = argot_judge_new(argot_seam_system(), plan, why, sizeof why)};
    if (!fuzz.judge) {
        check(strlen(why) > 0 && strstr(why, "memory") == NULL);
        return;
    }
    struct argot_subject captures[ARGOT_PLAN_MAX_STAGES];
    make_alert(event, &alert, fields, &values);
    for (size_t i = 0; i < ARGOT_PLAN_MAX_STAGES; i++)
        captures[i] = (struct argot_subject){.event = &event->event};
    fuzz.scene.captures = captures;
    fuzz.scene.subject.event = &event->event;
    judge_plan(&fuzz, plan);
    fuzz.scene.subject = (struct argot_subject){.alert = &alert};
    judge_plan(&fuzz, plan);
    argot_judge_free(fuzz.judge);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct judge_event event;
    struct argot_arena arena;
    argot_arena_init(&arena, argot_seam_system(), 0);
    const char *source = argot_arena_copy(&arena, (const char *)data, size), *end = source + size;
    const char *line = memmem(source, size, "\n---\n", 5);
    struct argot_seam seam = *argot_seam_system();
    seam.open = no_file;
    size_t rule_bytes = line ? (size_t)(line - source) : size;
    struct argot_rules_text text = {"fuzz.rule", argot_arena_copy(&arena, source, rule_bytes), rule_bytes};
    struct argot_rules *rules = argot_rules_new(&seam, &text, 1, NULL);
    check(rules != NULL);
    if (argot_rules_plan(rules)) {
        judge_event_init(&event, argot_seam_system(), 1);
        make_event(&event, &arena, line ? line + 5 : end, end);
        judge_all(argot_rules_plan(rules), &event);
        judge_event_finish(&event);
    }
    argot_rules_free(rules);
    argot_arena_finish(&arena);
    return 0;
}
