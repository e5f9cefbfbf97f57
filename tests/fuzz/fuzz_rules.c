/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a rule file: a tree or errors; every place lies in the file; what parses has a canonical layout that
 * parses to an equal tree with the same comments, and is its own canonical layout; and compiling it gives errors or a
 * plan whose expressions are whole. */
#include "grammar/parse.h"
#include "grammar/print.h"
#include "grammar/rules.h"
#include "expr_dump.h"
#include "fuzz_case.h"
#include "rule_dump.h"
#include <errno.h>
#include <string.h>

static void
check_places(const struct argot_diagnostics *all)
{
    for (const struct argot_diagnostic *one = all->first; one; one = one->next) {
        if (one->span.line == 0)
            continue;
        const char *at = all->source, *end = at + all->source_length;
        for (uint32_t line = 1; line < one->span.line; line++) {
            at = memchr(at, '\n', (size_t)(end - at));
            check(at != NULL);
            at++;
        }
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        check(one->span.column >= 1 && one->span.column - 1 <= (size_t)((newline ? newline : end) - at));
    }
}

/* Parses and prints what another parse printed; the results are appended to `dumped` and `printed`. */
static bool
again(struct argot_arena *arena, const struct argot_buffer *source, struct argot_buffer *dumped,
      struct argot_buffer *printed)
{
    struct argot_diagnostics all;
    const char *copy = argot_arena_copy(arena, (const char *)source->bytes, source->length);
    argot_diagnostics_init(&all, arena, "again.rule", copy, source->length);
    const struct argot_ast_file *file = argot_parse_file(&all);
    if (!file || all.errors)
        return false;
    rule_dump_file(file, dumped);
    argot_print_file(file, printed);
    return true;
}

static void
check_layout(struct argot_arena *arena, const struct argot_ast_file *file)
{
    struct argot_buffer buffers[4];
    for (size_t i = 0; i < 4; i++)
        argot_buffer_init(&buffers[i], arena->seam);
    struct argot_buffer *first = &buffers[0], *second = &buffers[1], *dump = &buffers[2], *dump_again = &buffers[3];
    rule_dump_file(file, dump);
    argot_print_file(file, first);
    check(again(arena, first, dump_again, second));
    check(dump->length == dump_again->length && !memcmp(dump->bytes, dump_again->bytes, dump->length));
    check(first->length == second->length && !memcmp(first->bytes, second->bytes, first->length));
    for (size_t i = 0; i < 4; i++)
        argot_buffer_finish(&buffers[i]);
}

/* Files that a text happens to name are not read. */
static int
no_file(struct argot_seam *seam, const char *path, enum argot_open_how how)
{
    (void)seam;
    (void)path;
    (void)how;
    return -ENOENT;
}

static void
check_event(const struct argot_plan_rule *rule, const struct argot_plan_event *event, struct argot_buffer *out)
{
    check(event->condition && event->condition->type == ARGOT_EXPR_TRUTH_TYPE);
    expr_dump(event->condition, out);
    for (uint32_t i = 0; i < rule->nkeys; i++) {
        check(event->keys[i] != NULL);
        expr_dump(event->keys[i], out);
    }
}

static void
check_plan(const struct argot_plan *plan, struct argot_buffer *out)
{
    for (uint32_t i = 0; i < plan->nrules; i++) {
        const struct argot_plan_rule *rule = &plan->rules[i];
        for (uint32_t j = 0; j < rule->nmatches; j++)
            check_event(rule, &rule->matches[j], out);
        for (uint32_t j = 0; rule->sequence && j < rule->sequence->nstages; j++)
            check_event(rule, &rule->sequence->stages[j].event, out);
        for (uint32_t j = 0; rule->together && j < rule->together->nmembers; j++)
            check_event(rule, &rule->together->members[j].event, out);
        if (rule->window)
            expr_dump(rule->window->condition, out);
        for (uint32_t j = 0; j < rule->npieces; j++)
            if (rule->pieces[j].expr)
                expr_dump(rule->pieces[j].expr, out);
        for (uint32_t j = 0; j < rule->nbelow; j++)
            check(plan->rules[rule->below[j]].depth < rule->depth);
    }
}

static void
check_compiled(const char *source, size_t size, struct argot_buffer *out)
{
    struct argot_seam seam = *argot_seam_system();
    seam.open = no_file;
    struct argot_rules_text text = {"fuzz.rule", source, size};
    struct argot_rules *rules = argot_rules_new(&seam, &text, 1, NULL);
    check(rules != NULL);
    const struct argot_plan *plan = argot_rules_plan(rules);
    check((plan != NULL) == (argot_rules_wrong(rules) == 0));
    if (plan)
        check_plan(plan, out);
    argot_rules_print(rules, false, out);
    argot_rules_free(rules);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct argot_arena arena;
    struct argot_buffer out;
    struct argot_diagnostics all;
    argot_arena_init(&arena, argot_seam_system(), 0);
    argot_buffer_init(&out, argot_seam_system());
    argot_diagnostics_init(&all, &arena, "fuzz.rule", argot_arena_copy(&arena, (const char *)data, size), size);
    const struct argot_ast_file *file = argot_parse_file(&all);
    check(file != NULL);
    check_places(&all);
    if (!all.errors && file->decls)
        check_layout(&arena, file);
    check_compiled(all.source, size, &out);
    argot_diagnostics_print(&all, &out);
    argot_diagnostics_print_json(&all, &out);
    argot_buffer_finish(&out);
    argot_arena_finish(&arena);
    return 0;
}
