/* SPDX-License-Identifier: Apache-2.0
 * Functions: how many operands each takes, of which types, and what it gives. */
#include "grammar/check.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MAX_ARGS 16

static const struct {
    const char *name;
    unsigned least, most;
} functions[] = {
#define X(name, word, least, most) [ARGOT_EXPR_CALL_##name] = {word, least, most},
    ARGOT_EXPR_FUNCTIONS(X)
#undef X
};

struct call {
    struct argot_scope *scope;
    const struct argot_ast_expr *ast;
    const struct argot_ast_expr *arg_asts[MAX_ARGS];
    struct argot_expr *args[MAX_ARGS];
    size_t count;
};

static bool
refuse(struct call *call, size_t arg, const char *due, const char *hint)
{
    struct argot_checker *checker = call->scope->checker;
    assert(call->arg_asts[arg] && call->args[arg]);
    struct argot_diagnostic *said = argot_check_add(
        checker, call->scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_ARGUMENTS, call->arg_asts[arg]->place,
        "%s takes %s here, not %s", call->ast->text.at, due, argot_check_what(call->scope, call->args[arg]));
    said->hint = hint;
    return false;
}

/* ---- what an operand must be ---- */

/* make_args left none out but the expression of extract. */
static struct argot_expr *
operand(const struct call *call, size_t arg)
{
    assert(arg < call->count && call->args[arg]);
    return call->args[arg];
}

static bool
want_text(struct call *call, size_t arg)
{
    struct argot_expr *value = operand(call, arg);
    if (value->type != ARGOT_EXPR_TEXT_TYPE && value->type != ARGOT_EXPR_ENUM_TYPE &&
        value->type != ARGOT_EXPR_UNTYPED_TYPE)
        return refuse(call, arg, "a text", "text(…) makes a text of any value");
    call->args[arg] = argot_check_as_text(call->scope, value);
    return true;
}

static bool
want_number(struct call *call, size_t arg)
{
    if (operand(call, arg)->type == ARGOT_EXPR_UNTYPED_TYPE)
        call->args[arg] = argot_check_read(call->scope, call->args[arg], ARGOT_EXPR_NUMBER_TYPE, 0);
    return argot_check_is_number(call->args[arg]) || refuse(call, arg, "a number", NULL);
}

static bool
want_whole(struct call *call, size_t arg)
{
    if (!want_number(call, arg))
        return false;
    return operand(call, arg)->type != ARGOT_EXPR_REAL_TYPE || refuse(call, arg, "a whole number", NULL);
}

static bool
want_type(struct call *call, size_t arg, enum argot_expr_type type)
{
    if (operand(call, arg)->type == ARGOT_EXPR_UNTYPED_TYPE && type == ARGOT_EXPR_TIME_TYPE)
        call->args[arg] = argot_check_read(call->scope, call->args[arg], type, 0);
    return operand(call, arg)->type == type || refuse(call, arg, argot_expr_type_words(type), NULL);
}

static bool
want_all_text(struct call *call)
{
    for (size_t i = 0; i < call->count; i++)
        call->args[i] = argot_check_as_text(call->scope, call->args[i]);
    return true;
}

/* coalesce: one type for all; untyped ones take that of the others, words become texts beside texts. */
static bool
want_one_type(struct call *call, enum argot_expr_type *type)
{
    const struct argot_expr *model = NULL;
    bool text = false, real = false, number = false;
    for (size_t i = 0; i < call->count; i++) {
        const struct argot_expr *value = operand(call, i);
        if (value->type != ARGOT_EXPR_UNTYPED_TYPE && !model)
            model = value;
        text = text || value->type == ARGOT_EXPR_TEXT_TYPE;
        real = real || value->type == ARGOT_EXPR_REAL_TYPE;
        number = number || value->type == ARGOT_EXPR_NUMBER_TYPE;
    }
    *type = model ? (enum argot_expr_type)model->type : ARGOT_EXPR_UNTYPED_TYPE;
    if (model && *type == ARGOT_EXPR_ENUM_TYPE && text)
        *type = ARGOT_EXPR_TEXT_TYPE;
    bool numbers = model && argot_check_is_number(model);
    for (size_t i = 0; model && i < call->count; i++) {
        struct argot_expr **value = &call->args[i];
        assert(*value);
        if ((*value)->type == ARGOT_EXPR_UNTYPED_TYPE)
            *value = argot_check_read(call->scope, *value, *type, model->field);
        else if ((*value)->type == ARGOT_EXPR_ENUM_TYPE && *type == ARGOT_EXPR_TEXT_TYPE)
            *value = argot_check_as_text(call->scope, *value);
        bool fits = numbers
                        ? argot_check_is_number(*value)
                        : (*value)->type == *type && (*type != ARGOT_EXPR_ENUM_TYPE || (*value)->field == model->field);
        number = number || (*value)->type == ARGOT_EXPR_NUMBER_TYPE;
        if (!fits)
            return refuse(call, i, "values of one type", NULL);
    }
    if (numbers)
        *type = number ? ARGOT_EXPR_NUMBER_TYPE : real ? ARGOT_EXPR_REAL_TYPE : ARGOT_EXPR_WHOLE_TYPE;
    return true;
}

static bool
want_regex(struct call *call, struct argot_expr *node)
{
    struct argot_expr_pattern *pattern = argot_check_alloc(call->scope->checker, 1, sizeof *pattern);
    assert(call->arg_asts[1]);
    if (call->arg_asts[1]->kind != ARGOT_AST_REGEX) {
        argot_check_add(call->scope->checker, call->scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_ARGUMENTS,
                        call->arg_asts[1]->place,
                        "extract takes a regular expression here: extract(field, /id=(\\d+)/)");
        return false;
    }
    node->patterns = pattern;
    node->npatterns = 1;
    call->count = 1;
    return argot_check_pattern(call->scope, call->arg_asts[1], false, pattern);
}

/* ---- each function ---- */

static bool
check_text_function(struct call *call, enum argot_expr_function function, struct argot_expr *node)
{
    switch (function) {
    case ARGOT_EXPR_CALL_SUBSTR:
        return want_text(call, 0) && want_whole(call, 1) && (call->count < 3 || want_whole(call, 2));
    case ARGOT_EXPR_CALL_FIND:
        node->type = ARGOT_EXPR_WHOLE_TYPE;
        return want_text(call, 0) && want_text(call, 1) && (call->count < 3 || want_whole(call, 2));
    case ARGOT_EXPR_CALL_CONCAT:
    case ARGOT_EXPR_CALL_TEXT:
        return want_all_text(call);
    case ARGOT_EXPR_CALL_EXTRACT:
        return want_text(call, 0) && want_regex(call, node);
    case ARGOT_EXPR_CALL_LEN:
        node->type = ARGOT_EXPR_WHOLE_TYPE;
        return call->args[0]->list || want_text(call, 0);
    default:
        return want_text(call, 0);
    }
}

static bool
check_function(struct call *call, enum argot_expr_function function, struct argot_expr *node)
{
    enum argot_expr_type type;
    switch (function) {
    case ARGOT_EXPR_CALL_NUMBER:
        node->type = ARGOT_EXPR_NUMBER_TYPE;
        return argot_check_is_number(call->args[0]) || want_text(call, 0);
    case ARGOT_EXPR_CALL_ABS:
        if (call->args[0]->type != ARGOT_EXPR_DURATION_TYPE && !want_number(call, 0))
            return false;
        node->type = call->args[0]->type;
        return true;
    case ARGOT_EXPR_CALL_COALESCE:
        if (!want_one_type(call, &type))
            return false;
        node->type = (uint8_t)type;
        node->field = call->args[0]->field;
        return true;
    case ARGOT_EXPR_CALL_SECONDS:
    case ARGOT_EXPR_CALL_MINUTES:
    case ARGOT_EXPR_CALL_HOURS:
        node->type = ARGOT_EXPR_REAL_TYPE;
        return want_type(call, 0, ARGOT_EXPR_DURATION_TYPE);
    case ARGOT_EXPR_CALL_HOUR:
    case ARGOT_EXPR_CALL_WEEKDAY:
        node->type = ARGOT_EXPR_WHOLE_TYPE;
        return want_type(call, 0, ARGOT_EXPR_TIME_TYPE);
    case ARGOT_EXPR_CALL_GEO_KM:
        node->type = ARGOT_EXPR_REAL_TYPE;
        return want_number(call, 0) && want_number(call, 1) && want_number(call, 2) && want_number(call, 3);
    default:
        return check_text_function(call, function, node);
    }
}

static int
find_function(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    const char *names[ARGOT_EXPR_FUNCTION_COUNT];
    for (unsigned i = 0; i < ARGOT_EXPR_FUNCTION_COUNT; i++) {
        names[i] = functions[i].name;
        if (!strcmp(ast->text.at, names[i]))
            return (int)i;
    }
    struct argot_diagnostic *said =
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_UNKNOWN_FUNCTION, ast->word,
                        "no function is called `%s`", ast->text.at);
    argot_diagnostic_suggest(scope->checker->files[scope->file]->diagnostics, said, ast->text.at, names,
                             ARGOT_EXPR_FUNCTION_COUNT);
    return -1;
}

static bool
check_count(struct argot_scope *scope, const struct argot_ast_expr *ast, int function, size_t count)
{
    unsigned least = functions[function].least, most = functions[function].most;
    if (count >= least && count <= most)
        return true;
    char due[32];
    const char *format = least == most ? "%u" : "%u to %u";
    argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_ARGUMENTS, ast->place,
                    "%s takes %s operand%s, not %zu", ast->text.at,
                    (snprintf(due, sizeof due, format, least, most), due), most == 1 ? "" : "s", count);
    return false;
}

/* The operands; false when one is wrong, after all were checked. */
static bool
make_args(struct call *call)
{
    bool good = true;
    for (const struct argot_ast_expr *arg = call->ast->first; arg; arg = arg->next) {
        call->arg_asts[call->count] = arg;
        bool regex = arg->kind == ARGOT_AST_REGEX;
        if (regex && strcmp(call->ast->text.at, functions[ARGOT_EXPR_CALL_EXTRACT].name) != 0) {
            argot_check_add(call->scope->checker, call->scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_ARGUMENTS, arg->place,
                            "only extract takes a regular expression");
            good = false;
        } else if (!regex) {
            call->args[call->count] = argot_check_value(call->scope, arg);
            good = good && call->args[call->count];
        } else if (call->count == 0) {
            argot_check_add(call->scope->checker, call->scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_ARGUMENTS, arg->place,
                            "extract takes the text first: extract(field, /id=(\\d+)/)");
            good = false;
        }
        call->count++;
    }
    return good && call->count > 0;
}

struct argot_expr *
argot_check_call(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    bool known = false;
    struct argot_expr *aggregate = argot_aggregate_make(scope, ast, &known);
    if (known)
        return aggregate;
    int function = find_function(scope, ast);
    if (function < 0 || !check_count(scope, ast, function, argot_ast_count(ast->first)))
        return NULL;
    struct call call = {.scope = scope, .ast = ast};
    if (!make_args(&call))
        return NULL;
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_CALL, ARGOT_EXPR_TEXT_TYPE, ast);
    node->function = (uint8_t)function;
    if (!check_function(&call, (enum argot_expr_function)function, node))
        return NULL;
    const struct argot_expr **args = argot_check_alloc(scope->checker, call.count, sizeof *args);
    size_t lists = 0;
    for (size_t i = 0; i < call.count; i++) {
        args[i] = operand(&call, i);
        lists += args[i]->list;
    }
    if (lists > 1) {
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_ARGUMENTS, ast->place,
                        "%s takes one list at most", ast->text.at);
        return NULL;
    }
    node->args = args;
    node->nargs = (uint16_t)call.count;
    node->list = lists > 0 && function != ARGOT_EXPR_CALL_LEN;
    return node;
}
