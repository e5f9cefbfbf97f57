/* SPDX-License-Identifier: Apache-2.0
 * What all parts of the checker use: memory, diagnostics, names. */
#include "grammar/check.h"
#include <stdlib.h>
#include <string.h>

#define MAX_NAMES 4096 /* looked at for the nearest */

void *
argot_check_alloc(struct argot_checker *checker, size_t count, size_t size)
{
    void *memory = argot_arena_zalloc(checker->arena, count, size);
    if (!memory)
        longjmp(*checker->without_memory, 1);
    return memory;
}

struct argot_diagnostic *
argot_check_add(struct argot_checker *checker, uint32_t file, enum argot_severity severity, unsigned code,
                struct argot_place place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = argot_arena_vprintf(checker->arena, format, args);
    va_end(args);
    return argot_diagnostics_add(checker->files[file]->diagnostics, severity, code, argot_place_span(place), "%s",
                                 text ? text : "(out of memory)");
}

void
argot_check_second(struct argot_checker *checker, struct argot_diagnostic *said, uint32_t file,
                   struct argot_place place, const char *text)
{
    said->second = argot_place_span(place);
    said->second_text = text;
    said->second_file = checker->files[file]->diagnostics;
}

void
argot_check_hint(struct argot_checker *checker, struct argot_diagnostic *said, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    said->hint = argot_arena_vprintf(checker->arena, format, args);
    va_end(args);
}

struct argot_plan_place
argot_check_place(uint32_t file, struct argot_place place)
{
    return (struct argot_plan_place){file, argot_place_span(place)};
}

/* ---- names ---- */

static int
compare_name(const void *key, const void *element)
{
    return strcmp(key, ((const struct argot_symbol *)element)->name);
}

struct argot_symbol *
argot_check_find(const struct argot_checker *checker, const char *name)
{
    return checker->nsymbols
               ? bsearch(name, checker->symbols, checker->nsymbols, sizeof *checker->symbols, compare_name)
               : NULL;
}

int
argot_check_type(const struct argot_checker *checker, struct argot_ast_text name)
{
    return argot_schema_enum((uint16_t)checker->event_type, (const uint8_t *)name.at, name.length);
}

void
argot_check_suggest(struct argot_checker *checker, uint32_t file, struct argot_diagnostic *said, const char *word,
                    unsigned kinds)
{
    const char **names = argot_check_alloc(checker, MAX_NAMES, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < checker->nsymbols && count < MAX_NAMES; i++)
        if (kinds >> checker->symbols[i].kind & 1)
            names[count++] = checker->symbols[i].name;
    const struct argot_schema_field *type = &argot_schema.fields[checker->event_type];
    for (uint16_t i = 0; (kinds & ARGOT_NAMES_TYPES) && i < type->nvalues && count < MAX_NAMES; i++)
        names[count++] = type->values[i];
    for (uint16_t i = 0; (kinds & ARGOT_NAMES_FIELDS) && i < argot_schema.count && count < MAX_NAMES; i++)
        names[count++] = argot_schema.fields[i].name;
    argot_diagnostic_suggest(checker->files[file]->diagnostics, said, word, names, count);
}

/* ---- sets of rules ---- */

void
argot_check_mark(struct argot_checker *checker, uint32_t rule)
{
    if (!checker->has_mark) {
        checker->has_mark = argot_check_alloc(checker, checker->plan.nrules, sizeof *checker->has_mark);
        checker->marked = argot_check_alloc(checker, checker->plan.nrules, sizeof *checker->marked);
    }
    if (checker->has_mark[rule])
        return;
    checker->has_mark[rule] = true;
    checker->marked[checker->nmarked++] = rule;
}

static int
compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

const uint32_t *
argot_check_marked(struct argot_checker *checker, uint32_t *count)
{
    *count = checker->nmarked;
    if (!*count)
        return NULL;
    uint32_t *rules = argot_check_alloc(checker, *count, sizeof *rules);
    qsort(checker->marked, *count, sizeof *rules, compare_numbers);
    for (uint32_t i = 0; i < *count; i++) {
        rules[i] = checker->marked[i];
        checker->has_mark[rules[i]] = false;
    }
    checker->nmarked = 0;
    return rules;
}
