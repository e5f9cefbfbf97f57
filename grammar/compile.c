/* SPDX-License-Identifier: Apache-2.0
 * Names first, then what stands on what, then tables, lets, rules and tests. */
#include "grammar/compile.h"
#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

static int
symbol_kind(enum argot_ast_decl_kind kind)
{
    switch (kind) {
    case ARGOT_AST_LET:
        return ARGOT_SYMBOL_LET;
    case ARGOT_AST_LISTED:
    case ARGOT_AST_LIST_FILE:
        return ARGOT_SYMBOL_LIST;
    case ARGOT_AST_TABLE:
        return ARGOT_SYMBOL_TABLE;
    case ARGOT_AST_RULE:
        return ARGOT_SYMBOL_RULE;
    default:
        return -1;
    }
}

/* By name; equal ones in the order of the files. */
static int
compare_symbols(const void *a, const void *b)
{
    const struct argot_symbol *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (order)
        return order;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return x->decl->place.begin < y->decl->place.begin ? -1 : x->decl->place.begin > y->decl->place.begin;
}

static void
refuse_twice(struct argot_checker *checker, const struct argot_symbol *symbol, const struct argot_symbol *first)
{
    struct argot_diagnostic *said = argot_check_add(checker, symbol->file, ARGOT_ERROR, ARGOT_CODE_RULE_TWICE,
                                                    symbol->decl->name.place, "`%s` is defined twice", symbol->name);
    argot_check_second(checker, said, first->file, first->decl->name.place, "first defined here");
}

/* Drops what repeats a name, after telling. */
static void
keep_first(struct argot_checker *checker)
{
    size_t left = 0;
    for (size_t i = 0; i < checker->nsymbols; i++) {
        struct argot_symbol *symbol = &checker->symbols[i];
        if (left > 0 && !strcmp(checker->symbols[left - 1].name, symbol->name)) {
            refuse_twice(checker, symbol, &checker->symbols[left - 1]);
            continue;
        }
        if (argot_check_type(checker, symbol->decl->name.text) >= 0)
            argot_check_add(checker, symbol->file, ARGOT_ERROR, ARGOT_CODE_RULE_TWICE, symbol->decl->name.place,
                            "`%s` is a type of event", symbol->name);
        checker->symbols[left++] = *symbol;
    }
    checker->nsymbols = left;
}

static void
number(struct argot_checker *checker)
{
    for (size_t i = 0; i < checker->nsymbols; i++) {
        struct argot_symbol *symbol = &checker->symbols[i];
        if (symbol->kind == ARGOT_SYMBOL_RULE)
            symbol->number = checker->plan.nrules++;
        else if (symbol->kind == ARGOT_SYMBOL_TABLE)
            symbol->number = checker->plan.ntables++;
    }
}

static void
gather_symbols(struct argot_checker *checker)
{
    size_t room = 0;
    for (uint32_t i = 0; i < checker->nfiles; i++)
        for (const struct argot_ast_decl *decl = checker->files[i]->decls; decl; decl = decl->next)
            room += symbol_kind(decl->kind) >= 0;
    checker->symbols = argot_check_alloc(checker, room, sizeof *checker->symbols);
    for (uint32_t i = 0; i < checker->nfiles; i++)
        for (const struct argot_ast_decl *decl = checker->files[i]->decls; decl; decl = decl->next)
            if (symbol_kind(decl->kind) >= 0)
                checker->symbols[checker->nsymbols++] = (struct argot_symbol){
                    .kind = (enum argot_symbol_kind)symbol_kind(decl->kind),
                    .name = decl->name.text.at,
                    .file = i,
                    .decl = decl,
                };
    qsort(checker->symbols, checker->nsymbols, sizeof *checker->symbols, compare_symbols);
    keep_first(checker);
    number(checker);
}

/* ---- extensions ---- */

static struct argot_extension *
gather_extensions(struct argot_checker *checker)
{
    struct argot_extension *first = NULL, **end = &first;
    for (uint32_t i = 0; i < checker->nfiles; i++)
        for (const struct argot_ast_decl *decl = checker->files[i]->decls; decl; decl = decl->next) {
            if (decl->kind != ARGOT_AST_EXTEND)
                continue;
            struct argot_extension *one = *end = argot_check_alloc(checker, 1, sizeof *one);
            one->file = i;
            one->decl = decl;
            end = &one->next;
            const struct argot_symbol *symbol = argot_check_find(checker, decl->name.text.at);
            if (symbol && symbol->kind == ARGOT_SYMBOL_RULE)
                continue;
            struct argot_diagnostic *said =
                argot_check_add(checker, i, ARGOT_ERROR, ARGOT_CODE_RULE_UNKNOWN_RULE, decl->name.place,
                                "no rule is called `%s`", decl->name.text.at);
            argot_check_suggest(checker, i, said, decl->name.text.at, 1u << ARGOT_SYMBOL_RULE);
        }
    return first;
}

/* ---- the parts ---- */

static void
make_tables(struct argot_checker *checker)
{
    struct argot_plan_table *tables = argot_check_alloc(checker, checker->plan.ntables, sizeof *tables);
    checker->plan.tables = tables;
    for (size_t i = 0; i < checker->nsymbols; i++)
        if (checker->symbols[i].kind == ARGOT_SYMBOL_TABLE)
            argot_source_table(checker, &checker->symbols[i], &tables[checker->symbols[i].number]);
}

static void
make_rules(struct argot_checker *checker, const struct argot_extension *extensions)
{
    checker->rules = argot_check_alloc(checker, checker->plan.nrules, sizeof *checker->rules);
    checker->plan.rules = checker->rules;
    for (size_t i = 0; i < checker->nsymbols; i++) {
        struct argot_symbol *symbol = &checker->symbols[i];
        if (symbol->kind == ARGOT_SYMBOL_LET)
            argot_event_let(checker, symbol);
        else if (symbol->kind == ARGOT_SYMBOL_LIST)
            argot_source_list(checker, symbol);
    }
    for (size_t i = 0; i < checker->nsymbols; i++)
        if (checker->symbols[i].kind == ARGOT_SYMBOL_RULE)
            argot_rule_make(checker, &checker->symbols[i], extensions, &checker->rules[checker->symbols[i].number]);
    argot_graph_fill(checker);
}

static void
make_tests(struct argot_checker *checker)
{
    size_t room = 0;
    for (uint32_t i = 0; i < checker->nfiles; i++)
        for (const struct argot_ast_decl *decl = checker->files[i]->decls; decl; decl = decl->next)
            room += decl->kind == ARGOT_AST_TEST;
    struct argot_plan_test *tests = argot_check_alloc(checker, room, sizeof *tests);
    for (uint32_t i = 0; i < checker->nfiles; i++)
        for (const struct argot_ast_decl *decl = checker->files[i]->decls; decl; decl = decl->next)
            if (decl->kind == ARGOT_AST_TEST)
                argot_test_make(checker, i, decl, &tests[checker->plan.ntests++]);
    checker->plan.tests = tests;
}

static void
name_files(struct argot_checker *checker)
{
    struct argot_plan_file *files = argot_check_alloc(checker, checker->nfiles, sizeof *files);
    for (uint32_t i = 0; i < checker->nfiles; i++) {
        const struct argot_diagnostics *all = checker->files[i]->diagnostics;
        files[i] = (struct argot_plan_file){all->path, all->source, all->source_length};
    }
    checker->plan.files = files;
    checker->plan.nfiles = checker->nfiles;
}

static void
start(struct argot_checker *checker)
{
    static const char alert[] = "CORRELATION_ALERT";
    checker->event_type = argot_schema_find("event_type");
    checker->event_severity = argot_schema_find("event_severity");
    checker->alert_type = argot_schema_enum((uint16_t)checker->event_type, (const uint8_t *)alert, sizeof alert - 1);
    name_files(checker);
    gather_symbols(checker);
}

void
argot_compile_rules(struct argot_checker *checker)
{
    start(checker);
    const struct argot_extension *extensions = gather_extensions(checker);
    if (!argot_graph_check(checker))
        return;
    make_tables(checker);
    make_rules(checker, extensions);
    make_tests(checker);
}

void
argot_compile_expression(struct argot_checker *checker, const struct argot_ast_expr *expression, bool alerts)
{
    start(checker);
    struct argot_scope scope = {.checker = checker, .events = !alerts, .alerts = alerts, .any_type = true};
    struct argot_plan_event *match = argot_check_alloc(checker, 1, sizeof *match);
    struct argot_plan_rule *rule = argot_check_alloc(checker, 1, sizeof *rule);
    match->any_type = true;
    match->condition = argot_check_condition(&scope, expression);
    *rule = (struct argot_plan_rule){.name = "expression", .kind = ARGOT_PLAN_EACH, .nmatches = 1, .matches = match};
    checker->plan.rules = rule;
    checker->plan.nrules = 1;
}
