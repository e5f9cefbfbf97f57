/* SPDX-License-Identifier: Apache-2.0
 * Declarations, clauses, steps and tests in canonical layout; print_expr.c has what they are made of. */
#include "grammar/print.h"
#include "grammar/print_expr.h"

#define TEXT(text) argot_layout_text(layout, text)
#define SOURCE(place) argot_layout_source(layout, place)

static void
put_pair(struct argot_layout *layout, const char *word, struct argot_ast_duration duration)
{
    if (!duration.place.end)
        return;
    TEXT(word);
    SOURCE(duration.place);
}

/* ---- sequence, together ---- */

static const char *const step_words[] = {
    [ARGOT_AST_FIRST] = "first ",     [ARGOT_AST_THEN] = "then ",        [ARGOT_AST_WITHOUT] = "without ",
    [ARGOT_AST_THEN_NO] = "then no ", [ARGOT_AST_STEP_UNTIL] = "until ", [ARGOT_AST_HAS] = "has ",
};

static void
put_step(struct argot_layout *layout, const struct argot_ast_step *step, bool broken)
{
    TEXT(step_words[step->kind]);
    if (step->capture.text.at) {
        SOURCE(step->capture.place);
        TEXT(" = ");
    }
    if (step->count) {
        SOURCE(step->count->place);
        TEXT(" * ");
    }
    argot_print_event(layout, step->event);
    if (step->keys) {
        argot_layout_comments(layout, step->keys->place.begin);
        if (broken)
            argot_layout_line(layout);
        TEXT(broken ? "by " : " by ");
        argot_print_keys(layout, step->keys);
    }
    if (step->within.place.end && broken)
        argot_layout_line(layout);
    put_pair(layout, broken ? "within " : " within ", step->within);
}

static void
put_steps(struct argot_layout *layout, const struct argot_ast_step *steps, struct argot_place close)
{
    TEXT(" {");
    layout->block_begin = true;
    unsigned indent = layout->indent;
    for (const struct argot_ast_step *step = steps; step; step = step->next) {
        layout->indent = indent;
        argot_layout_statement(layout, step->place, false);
        layout->indent = indent + ARGOT_LAYOUT_INDENT;
        struct argot_layout before = argot_layout_try(layout);
        size_t length = layout->out->length;
        put_step(layout, step, false);
        if (argot_layout_has_comment(&before, step->place))
            layout->column = SIZE_MAX;
        if (!argot_layout_fits(layout, &before, length))
            put_step(layout, step, true);
    }
    layout->indent = indent;
    argot_print_close(layout, close);
}

/* ---- clauses ---- */

static void
put_rearm(struct argot_layout *layout, const struct argot_ast_clause *clause)
{
    static const char *const words[] = {
        [ARGOT_AST_REARM_AFTER] = " after ",
        [ARGOT_AST_REARM_EVERY] = " every ",
        [ARGOT_AST_REARM_BELOW] = " when below",
        [ARGOT_AST_REARM_ALWAYS] = " always",
    };
    TEXT(words[clause->rearm]);
    put_pair(layout, "", clause->duration);
}

static void
put_when(struct argot_layout *layout, const struct argot_ast_clause *clause)
{
    static const char *const words[] = {
        [ARGOT_AST_WITHIN] = "within ",
        [ARGOT_AST_EVERY] = "every ",
        [ARGOT_AST_SESSION] = "session ",
        [ARGOT_AST_LEAK] = "leak ",
    };
    bool broken = argot_print_condition(layout, "", clause->value);
    if (broken)
        argot_layout_line(layout);
    else
        TEXT(" ");
    put_pair(layout, words[clause->window], clause->duration);
}

static void
put_new(struct argot_layout *layout, const struct argot_ast_clause *clause)
{
    TEXT(" new (");
    argot_print_items(layout, clause->exprs);
    TEXT(")");
    put_pair(layout, " over ", clause->duration);
    put_pair(layout, " learning ", clause->learning);
}

static void
put_blocks(struct argot_layout *layout, const struct argot_ast_clause *clause)
{
    if (clause->kind == ARGOT_AST_CLAUSE_TOGETHER && clause->value) {
        TEXT(" any ");
        SOURCE(clause->value->place);
    }
    put_pair(layout, " within ", clause->duration);
    put_steps(layout, clause->steps, clause->close);
}

/* What stands behind the keyword, of clauses that are a few words. */
static void
put_words(struct argot_layout *layout, const struct argot_ast_clause *clause)
{
    if (clause->kind == ARGOT_AST_CLAUSE_LIMIT) {
        TEXT(" ");
        SOURCE(clause->value->place);
    }
    if (clause->name.text.at) {
        TEXT(" ");
        SOURCE(clause->name.place);
    }
    if (clause->kind == ARGOT_AST_CLAUSE_LOOKUP)
        TEXT(" on");
    if (clause->value && clause->kind != ARGOT_AST_CLAUSE_LIMIT) {
        TEXT(" ");
        argot_print_expr(layout, clause->value);
    }
    if (clause->as.text.at) {
        TEXT(" as ");
        SOURCE(clause->as.place);
    }
    if (clause->exprs) {
        TEXT(" ");
        argot_print_items(layout, clause->exprs);
    }
    if (clause->keys) {
        TEXT(" ");
        argot_print_keys(layout, clause->keys);
    }
    put_pair(layout, " ", clause->duration);
}

static void
put_clause(struct argot_layout *layout, const struct argot_ast_clause *clause)
{
    SOURCE(clause->word);
    switch (clause->kind) {
    case ARGOT_AST_CLAUSE_MATCH:
    case ARGOT_AST_CLAUSE_UNTIL:
        TEXT(" ");
        argot_print_event(layout, clause->event);
        break;
    case ARGOT_AST_CLAUSE_EXCEPT:
        argot_print_condition(layout, "", clause->value);
        break;
    case ARGOT_AST_CLAUSE_WHEN:
        put_when(layout, clause);
        break;
    case ARGOT_AST_CLAUSE_ABSENT:
        put_pair(layout, " absent ", clause->duration);
        break;
    case ARGOT_AST_CLAUSE_NEW:
        put_new(layout, clause);
        break;
    case ARGOT_AST_CLAUSE_SEQUENCE:
    case ARGOT_AST_CLAUSE_TOGETHER:
        put_blocks(layout, clause);
        break;
    case ARGOT_AST_CLAUSE_REARM:
        put_rearm(layout, clause);
        break;
    default:
        put_words(layout, clause);
    }
}

static void
put_clauses(struct argot_layout *layout, const struct argot_ast_clause *clauses)
{
    for (const struct argot_ast_clause *clause = clauses; clause; clause = clause->next) {
        layout->indent = ARGOT_LAYOUT_INDENT;
        argot_layout_statement(layout, clause->place, false);
        layout->indent = 2 * ARGOT_LAYOUT_INDENT;
        put_clause(layout, clause);
    }
}

/* ---- tests ---- */

static void
put_fields_flat(struct argot_layout *layout, const struct argot_ast_field *fields)
{
    TEXT(fields ? " { " : " {");
    for (const struct argot_ast_field *field = fields; field; field = field->next) {
        argot_print_expr(layout, field->name);
        TEXT(": ");
        argot_print_expr(layout, field->value);
        TEXT(field->next ? ", " : " ");
    }
    TEXT("}");
}

static void
put_fields(struct argot_layout *layout, const struct argot_ast_test *test)
{
    struct argot_place place = test->name.place;
    place.end = test->close.end;
    struct argot_layout before = argot_layout_try(layout);
    size_t length = layout->out->length;
    put_fields_flat(layout, test->fields);
    if (argot_layout_has_comment(&before, place))
        layout->column = SIZE_MAX;
    if (argot_layout_fits(layout, &before, length))
        return;
    TEXT(" {");
    unsigned indent = layout->indent;
    for (const struct argot_ast_field *field = test->fields; field; field = field->next) {
        argot_layout_comments(layout, field->name->place.begin);
        argot_layout_line(layout);
        argot_print_expr(layout, field->name);
        TEXT(": ");
        layout->indent = indent + ARGOT_LAYOUT_INDENT;
        argot_print_expr(layout, field->value);
        layout->indent = indent;
        TEXT(",");
    }
    argot_print_close(layout, test->close);
}

static void
put_repeat(struct argot_layout *layout, const struct argot_ast_test *test)
{
    if (!test->count)
        return;
    TEXT(" * ");
    SOURCE(test->count->place);
    put_pair(layout, " every ", test->every);
}

static void
put_expect(struct argot_layout *layout, const struct argot_ast_test *test)
{
    TEXT(test->kind == ARGOT_AST_TEST_EXPECT_NO ? "expect no " : "expect ");
    if (test->count) {
        SOURCE(test->count->place);
        TEXT(" ");
    }
    TEXT("alert");
    if (test->name.text.at) {
        TEXT(" ");
        SOURCE(test->name.place);
    }
    put_pair(layout, " at ", test->at);
    if (test->where)
        argot_print_condition(layout, " where", test->where);
}

static void
put_test(struct argot_layout *layout, const struct argot_ast_test *test)
{
    if (test->kind == ARGOT_AST_TEST_EXPECT || test->kind == ARGOT_AST_TEST_EXPECT_NO) {
        put_expect(layout, test);
        return;
    }
    put_pair(layout, "at ", test->at);
    bool timed = test->at.place.end != 0;
    if (test->kind == ARGOT_AST_TEST_END) {
        TEXT(" end");
        return;
    }
    if (test->kind == ARGOT_AST_TEST_LOG)
        TEXT(timed ? " log " : "log ");
    else
        TEXT(" ");
    SOURCE(test->name.place);
    if (test->line) {
        TEXT(" ");
        SOURCE(test->line->place);
    }
    if (test->kind == ARGOT_AST_TEST_EVENT)
        put_fields(layout, test);
    put_repeat(layout, test);
}

static void
put_tests(struct argot_layout *layout, const struct argot_ast_test *tests)
{
    for (const struct argot_ast_test *test = tests; test; test = test->next) {
        layout->indent = ARGOT_LAYOUT_INDENT;
        argot_layout_statement(layout, test->place, false);
        layout->indent = 2 * ARGOT_LAYOUT_INDENT;
        put_test(layout, test);
    }
}

/* ---- declarations ---- */

static bool
is_block(const struct argot_ast_decl *decl)
{
    return decl->kind >= ARGOT_AST_RULE;
}

static void
put_decl(struct argot_layout *layout, const struct argot_ast_decl *decl)
{
    static const char *const words[] = {
        [ARGOT_AST_LET] = "let ",     [ARGOT_AST_LISTED] = "list ", [ARGOT_AST_LIST_FILE] = "list ",
        [ARGOT_AST_TABLE] = "table ", [ARGOT_AST_RULE] = "rule ",   [ARGOT_AST_EXTEND] = "extend ",
        [ARGOT_AST_TEST] = "test ",
    };
    TEXT(words[decl->kind]);
    layout->indent = ARGOT_LAYOUT_INDENT;
    SOURCE(decl->name.place);
    if (is_block(decl)) {
        TEXT(" {");
        layout->block_begin = true;
        put_clauses(layout, decl->clauses);
        put_tests(layout, decl->tests);
        layout->indent = ARGOT_LAYOUT_INDENT;
        argot_print_close(layout, decl->close);
    } else if (decl->path) {
        TEXT(" from ");
        SOURCE(decl->path->place);
        if (decl->key.text.at) {
            TEXT(" key ");
            SOURCE(decl->key.place);
        }
    } else {
        TEXT(" = ");
        if (decl->event)
            argot_print_event(layout, decl->event);
        else
            argot_print_list(layout, decl->items);
    }
    layout->indent = 0;
}

void
argot_print_file(const struct argot_ast_file *file, struct argot_buffer *out)
{
    struct argot_layout layout = {
        .out = out,
        .source = file->diagnostics->source,
        .comment = file->comments,
        .block_begin = true,
    };
    bool block = false;
    for (const struct argot_ast_decl *decl = file->decls; decl; decl = decl->next) {
        layout.indent = 0;
        argot_layout_statement(&layout, decl->place, decl != file->decls && (block || is_block(decl)));
        put_decl(&layout, decl);
        block = is_block(decl);
    }
    layout.indent = 0;
    argot_layout_end(&layout, UINT32_MAX);
}
