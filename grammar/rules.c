/* SPDX-License-Identifier: Apache-2.0
 * What the program asks of the rule language. */
#include "grammar/rules.h"
#include "grammar/parse.h"
#include "grammar/print.h"

static bool
is_after(struct argot_span a, struct argot_span b)
{
    return a.line != b.line ? a.line > b.line : a.column > b.column;
}

/* By place, since the parser looks a token ahead; those of one place stay in their order. There are at most
 * ARGOT_DIAGNOSTICS_MAX. */
static void
sort(struct argot_diagnostics *diagnostics)
{
    struct argot_diagnostic *left = diagnostics->first, *sorted = NULL;
    while (left) {
        struct argot_diagnostic *one = left, **at = &sorted;
        left = left->next;
        while (*at && !is_after((*at)->span, one->span))
            at = &(*at)->next;
        one->next = *at;
        *at = one;
    }
    diagnostics->first = sorted;
    for (diagnostics->last = sorted; diagnostics->last && diagnostics->last->next;)
        diagnostics->last = diagnostics->last->next;
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

size_t
argot_rules_check(struct argot_seam *seam, const struct argot_rules_text *texts, size_t count, bool json,
                  struct argot_buffer *out)
{
    struct argot_arena arena;
    argot_arena_init(&arena, seam, 0);
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct argot_diagnostics diagnostics;
        argot_diagnostics_init(&diagnostics, &arena, texts[i].path, texts[i].source, texts[i].size);
        const struct argot_ast_file *file = argot_parse_file(&diagnostics);
        wrong += !file || diagnostics.errors > 0;
        sort(&diagnostics);
        if (json)
            argot_diagnostics_print_json(&diagnostics, out);
        else
            argot_diagnostics_print(&diagnostics, out);
    }
    argot_arena_finish(&arena);
    return wrong;
}
