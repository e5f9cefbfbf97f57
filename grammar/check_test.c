/* SPDX-License-Identifier: Apache-2.0
 * Tests: what happens, and which alerts are expected of it. */
#include "grammar/check.h"
#include <string.h>

#define MOST_TIMES 1000000u
#define MAX_FORMATS 4096

struct test {
    struct argot_checker *checker;
    uint32_t file;
    struct argot_plan_test *test;
    struct argot_plan_step *steps;
    struct argot_plan_expect *expects;
};

static void
refuse(struct test *test, unsigned code, struct argot_place place, const char *text)
{
    argot_check_add(test->checker, test->file, ARGOT_ERROR, code, place, "%s", text);
}

/* ---- log ---- */

static void
check_format(struct test *test, const struct argot_ast_word *name)
{
    const struct argot_rules_world *world = test->checker->world;
    const char *names[MAX_FORMATS], *format;
    size_t count = 0;
    if (!world || !world->format)
        return;
    while (count < MAX_FORMATS && (format = world->format(world->context, count))) {
        if (!strcmp(format, name->text.at))
            return;
        names[count++] = format;
    }
    struct argot_diagnostic *said =
        argot_check_add(test->checker, test->file, ARGOT_ERROR, ARGOT_CODE_RULE_UNKNOWN_FORMAT, name->place,
                        "no format is called `%s`", name->text.at);
    argot_diagnostic_suggest(test->checker->files[test->file]->diagnostics, said, name->text.at, names, count);
    if (!said->hint)
        said->hint = "`argot formats` lists them";
}

/* ---- fields of an event ---- */

static bool
make_value(struct test *test, struct argot_scope *scope, const struct argot_ast_field *field,
           const struct argot_expr *target, struct argot_expr_constant *value)
{
    if (!argot_constant_of(field->value, value)) {
        refuse(test, ARGOT_CODE_RULE_TYPES, field->value->place, "a value is due here: a text, number, address …");
        return false;
    }
    if (target->type == ARGOT_EXPR_UNTYPED_TYPE || value->type == target->type)
        return argot_constant_fits(scope, target, value, field->value);
    if (value->type == ARGOT_EXPR_TEXT_TYPE && !argot_check_is_number(target) && target->type != ARGOT_EXPR_BOOL_TYPE &&
        target->type != ARGOT_EXPR_DURATION_TYPE) {
        struct argot_expr_text text = argot_check_text(field->value->text);
        value->fold = false;
        if (argot_constant_read(test->checker, text, target->type, target->field, value))
            return true;
        argot_constant_refuse(scope, target, text, field->value->place);
        return false;
    }
    if (target->type == ARGOT_EXPR_REAL_TYPE && value->type == ARGOT_EXPR_WHOLE_TYPE) {
        value->slot.f64 = value->large ? (double)value->slot.u64 : (double)value->slot.i64;
        value->type = ARGOT_EXPR_REAL_TYPE;
        return true;
    }
    argot_check_add(test->checker, test->file, ARGOT_ERROR, ARGOT_CODE_RULE_TYPES, field->value->place,
                    "%s takes no value that is %s", argot_check_what(scope, target),
                    argot_expr_type_words(value->type));
    return false;
}

static void
make_fields(struct test *test, const struct argot_ast_test *ast, struct argot_plan_step *step)
{
    size_t count = 0;
    for (const struct argot_ast_field *field = ast->fields; field; field = field->next)
        count++;
    struct argot_plan_assignment *made = argot_check_alloc(test->checker, count, sizeof *made);
    struct argot_scope scope = {.checker = test->checker, .file = test->file, .events = true, .any_type = true};
    for (const struct argot_ast_field *field = ast->fields; field; field = field->next) {
        struct argot_expr *target = argot_scope_name(&scope, field->name);
        struct argot_plan_assignment *one = &made[step->nassignments];
        if (!target)
            continue;
        if (target->kind == ARGOT_EXPR_FIELD && target->field == test->checker->event_type) {
            refuse(test, ARGOT_CODE_RULE_TEST, field->name->place, "the type of the event stands before the brace");
            continue;
        }
        one->field = target->field;
        one->path = target->path;
        one->npath = target->npath;
        if (make_value(test, &scope, field, target, &one->value))
            step->nassignments++;
    }
    step->assignments = made;
}

/* ---- steps ---- */

static void
make_type(struct test *test, const struct argot_ast_word *name, struct argot_plan_step *step)
{
    int type = argot_check_type(test->checker, name->text);
    step->type = (uint16_t)(type < 0 ? 0 : type);
    if (type >= 0)
        return;
    struct argot_diagnostic *said =
        argot_check_add(test->checker, test->file, ARGOT_ERROR, ARGOT_CODE_RULE_UNKNOWN_EVENT, name->place,
                        "no type of event is called `%s`", name->text.at);
    argot_check_suggest(test->checker, test->file, said, name->text.at, ARGOT_NAMES_TYPES);
}

static void
make_step(struct test *test, const struct argot_ast_test *ast)
{
    struct argot_plan_step *step = &test->steps[test->test->nsteps++];
    step->place = argot_check_place(test->file, ast->place);
    step->timed = ast->at.place.end != 0;
    step->at_ns = ast->at.ns;
    step->times = ast->count ? ast->count->number : 1;
    step->every_ns = ast->every.ns;
    if (ast->count && (step->times == 0 || step->times > MOST_TIMES))
        refuse(test, ARGOT_CODE_RULE_RANGE, ast->count->place, "this number lies between 1 and 1000000");
    if (ast->kind == ARGOT_AST_TEST_LOG) {
        step->kind = ARGOT_PLAN_TEST_LOG;
        step->format = ast->name.text.at;
        step->line = argot_check_text(ast->line->text);
        check_format(test, &ast->name);
    } else if (ast->kind == ARGOT_AST_TEST_EVENT) {
        step->kind = ARGOT_PLAN_TEST_EVENT;
        make_type(test, &ast->name, step);
        make_fields(test, ast, step);
    } else {
        step->kind = ARGOT_PLAN_TEST_END;
    }
}

/* ---- expectations ---- */

static int32_t
find_rule(struct test *test, const struct argot_ast_word *name)
{
    const struct argot_symbol *symbol = argot_check_find(test->checker, name->text.at);
    if (symbol && symbol->kind == ARGOT_SYMBOL_RULE)
        return (int32_t)symbol->number;
    struct argot_diagnostic *said =
        argot_check_add(test->checker, test->file, ARGOT_ERROR, ARGOT_CODE_RULE_UNKNOWN_RULE, name->place,
                        "no rule is called `%s`", name->text.at);
    argot_check_suggest(test->checker, test->file, said, name->text.at, 1u << ARGOT_SYMBOL_RULE);
    return -1;
}

static void
make_expect(struct test *test, const struct argot_ast_test *ast)
{
    struct argot_plan_expect *expect = &test->expects[test->test->nexpects++];
    struct argot_scope scope = {.checker = test->checker, .file = test->file, .alerts = true, .any_type = true};
    expect->place = argot_check_place(test->file, ast->place);
    expect->kind = ast->kind == ARGOT_AST_TEST_EXPECT_NO ? ARGOT_PLAN_EXPECT_NONE
                   : ast->count                          ? ARGOT_PLAN_EXPECT_COUNT
                                                         : ARGOT_PLAN_EXPECT_AT;
    expect->at_ns = ast->at.ns;
    expect->count = ast->count ? ast->count->number : 0;
    expect->rule = ast->name.text.at ? find_rule(test, &ast->name) : -1;
    if (ast->where)
        expect->condition = argot_check_condition(&scope, ast->where);
}

void
argot_test_make(struct argot_checker *checker, uint32_t file, const struct argot_ast_decl *decl,
                struct argot_plan_test *made)
{
    struct test test = {.checker = checker, .file = file, .test = made};
    size_t count = 0;
    for (const struct argot_ast_test *ast = decl->tests; ast; ast = ast->next)
        count++;
    test.steps = argot_check_alloc(checker, count, sizeof *test.steps);
    test.expects = argot_check_alloc(checker, count, sizeof *test.expects);
    made->name = decl->name.text.at;
    made->place = argot_check_place(file, decl->name.place);
    for (const struct argot_ast_test *ast = decl->tests; ast; ast = ast->next) {
        if (ast->kind == ARGOT_AST_TEST_EXPECT || ast->kind == ARGOT_AST_TEST_EXPECT_NO)
            make_expect(&test, ast);
        else
            make_step(&test, ast);
    }
    made->steps = test.steps;
    made->expects = test.expects;
    if (made->nexpects == 0)
        argot_check_hint(checker,
                         argot_check_add(checker, file, ARGOT_ERROR, ARGOT_CODE_RULE_TEST, decl->name.place,
                                         "this test expects nothing"),
                         "expect alert RULE at D; expect no alert");
}
