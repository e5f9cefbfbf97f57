/* SPDX-License-Identifier: Apache-2.0
 * What the program asks of the rule language. */
#include "grammar/rules.h"
#include "base/amount.h"
#include "grammar/compile.h"
#include "grammar/parse.h"
#include "grammar/print.h"
#include <string.h>

static bool
is_after(struct argot_span a, struct argot_span b)
{
    return a.line != b.line ? a.line > b.line : a.column > b.column;
}

static bool
is_same(const struct argot_diagnostic *a, const struct argot_diagnostic *b)
{
    return a->code == b->code && a->span.line == b->span.line && a->span.column == b->span.column &&
           !strcmp(a->text, b->text);
}

/* Puts one where it belongs by its place, behind others of that place; false: it was told there already, since a key of
 * a rule is looked at for each of its events. */
static bool
insert(struct argot_diagnostic **sorted, struct argot_diagnostic *one)
{
    while (*sorted && !is_after((*sorted)->span, one->span)) {
        if (is_same(*sorted, one))
            return false;
        sorted = &(*sorted)->next;
    }
    one->next = *sorted;
    *sorted = one;
    return true;
}

/* By place, since the parser looks a token ahead and the checker goes by name. There are at most
 * ARGOT_DIAGNOSTICS_MAX. */
static void
sort(struct argot_diagnostics *diagnostics)
{
    struct argot_diagnostic *left = diagnostics->first, *sorted = NULL;
    while (left) {
        struct argot_diagnostic *one = left;
        left = left->next;
        if (insert(&sorted, one))
            continue;
        diagnostics->kept--;
        if (one->severity == ARGOT_ERROR)
            diagnostics->errors--;
        else
            diagnostics->warnings--;
    }
    diagnostics->first = sorted;
    for (diagnostics->last = sorted; diagnostics->last && diagnostics->last->next;)
        diagnostics->last = diagnostics->last->next;
}

const char *
argot_rules_duration(const char *text, int64_t *ns)
{
    uint64_t number = 0;
    const char *wrong = argot_amount_duration(text, strlen(text), &number);
    *ns = (int64_t)number; /* durations end before INT64_MAX */
    return wrong;
}

bool
argot_rules_format(struct argot_seam *seam, const char *path, const char *source, size_t size, struct argot_buffer *out,
                   struct argot_buffer *words)
{
    struct argot_arena arena;
    struct argot_diagnostics diagnostics;
    argot_arena_init(&arena, seam, 0);
    argot_diagnostics_init(&diagnostics, &arena, path, source, size);
    const struct argot_ast_file *file = argot_parse_file(&diagnostics);
    bool good = file && diagnostics.errors == 0;
    if (good)
        argot_print_file(file, out);
    else {
        sort(&diagnostics);
        argot_diagnostics_print(&diagnostics, words);
    }
    argot_arena_finish(&arena);
    return good;
}

/* ---- compiling ---- */

struct argot_rules {
    struct argot_seam *seam;
    struct argot_arena arena;
    struct argot_checker checker;
    size_t count;
    struct argot_diagnostics *diagnostics; /* one a file */
    bool no_memory;
};

/* False when some file has errors; checking would tell the same again. */
static bool
parse_all(struct argot_rules *rules, const struct argot_rules_text *texts, struct argot_ast_file **files)
{
    bool good = true;
    for (size_t i = 0; i < rules->count; i++) {
        struct argot_diagnostics *all = &rules->diagnostics[i];
        argot_diagnostics_init(all, &rules->arena, texts[i].path, texts[i].source, texts[i].size);
        files[i] = argot_parse_file(all);
        rules->no_memory = rules->no_memory || !files[i];
        good = good && files[i] && all->errors == 0;
    }
    return good;
}

/* The files, or where there is one an expression that stands in none of them. */
static void
check_all(struct argot_rules *rules, struct argot_ast_file **files, const struct argot_rules_world *world,
          const struct argot_ast_expr *expression, bool alerts)
{
    jmp_buf without_memory;
    rules->checker = (struct argot_checker){
        .seam = rules->seam,
        .arena = &rules->arena,
        .without_memory = &without_memory,
        .world = world,
        .nfiles = (uint32_t)rules->count,
        .files = files,
    };
    if (setjmp(without_memory))
        rules->no_memory = true;
    else if (expression)
        argot_compile_expression(&rules->checker, expression, alerts);
    else
        argot_compile_rules(&rules->checker);
    rules->checker.without_memory = NULL;
}

static struct argot_rules *
make(struct argot_seam *seam, size_t count, struct argot_ast_file ***files)
{
    struct argot_rules *rules = seam->allocate(seam, sizeof *rules);
    if (!rules)
        return NULL;
    *rules = (struct argot_rules){.seam = seam, .count = count};
    argot_arena_init(&rules->arena, seam, 0);
    *files = argot_arena_zalloc(&rules->arena, count, sizeof(struct argot_ast_file *));
    rules->diagnostics = argot_arena_zalloc(&rules->arena, count, sizeof *rules->diagnostics);
    if (*files && rules->diagnostics && count <= UINT32_MAX)
        return rules;
    argot_rules_free(rules);
    return NULL;
}

static struct argot_rules *
finish(struct argot_rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        sort(&rules->diagnostics[i]);
    if (rules->no_memory && rules->count > 0)
        argot_diagnostics_add(&rules->diagnostics[0], ARGOT_ERROR, ARGOT_CODE_NO_MEMORY, (struct argot_span){0},
                              "out of memory");
    return rules;
}

struct argot_rules *
argot_rules_new(struct argot_seam *seam, const struct argot_rules_text *texts, size_t count,
                const struct argot_rules_world *world)
{
    struct argot_ast_file **files;
    struct argot_rules *rules = make(seam, count, &files);
    if (!rules)
        return NULL;
    if (parse_all(rules, texts, files))
        check_all(rules, files, world, NULL, false);
    return finish(rules);
}

struct argot_rules *
argot_rules_expression(struct argot_seam *seam, const struct argot_rules_text *text, bool alerts)
{
    struct argot_ast_file **files;
    struct argot_rules *rules = make(seam, 1, &files);
    struct argot_ast_file *file = rules ? argot_arena_zalloc(&rules->arena, 1, sizeof *file) : NULL;
    if (!file) {
        argot_rules_free(rules);
        return NULL;
    }
    argot_diagnostics_init(&rules->diagnostics[0], &rules->arena, text->path, text->source, text->size);
    file->diagnostics = &rules->diagnostics[0];
    files[0] = file;
    const struct argot_ast_expr *expression = argot_parse_expression(file->diagnostics);
    if (expression)
        check_all(rules, files, NULL, expression, alerts);
    else if (!file->diagnostics->errors)
        rules->no_memory = true;
    return finish(rules);
}

void
argot_rules_free(struct argot_rules *rules)
{
    if (!rules)
        return;
    argot_arena_finish(&rules->arena);
    rules->seam->release(rules->seam, rules);
}

size_t
argot_rules_wrong(const struct argot_rules *rules)
{
    size_t wrong = 0;
    for (size_t i = 0; i < rules->count; i++)
        wrong += rules->diagnostics[i].errors > 0;
    return wrong;
}

void
argot_rules_print(const struct argot_rules *rules, bool json, struct argot_buffer *out)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (json)
            argot_diagnostics_print_json(&rules->diagnostics[i], out);
        else
            argot_diagnostics_print(&rules->diagnostics[i], out);
    }
}

const struct argot_plan *
argot_rules_plan(const struct argot_rules *rules)
{
    return rules->no_memory || argot_rules_wrong(rules) ? NULL : &rules->checker.plan;
}
