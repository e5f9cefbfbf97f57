/* SPDX-License-Identifier: Apache-2.0
 * Collecting diagnostics, and the nearest right name for a wrong one. */
#include "base/diagnostic.h"

#define LONGEST_NAME 64 /* longer words get no suggestion: bounds the work and the rows on the stack */

void
argot_diagnostics_init(struct argot_diagnostics *diagnostics, struct argot_arena *arena, const char *path,
                       const char *source, size_t source_length)
{
    *diagnostics = (struct argot_diagnostics){
        .arena = arena,
        .path = path ? path : "-",
        .source = source,
        .source_length = source ? source_length : 0,
    };
}

struct argot_diagnostic *
argot_diagnostics_add(struct argot_diagnostics *diagnostics, enum argot_severity severity, unsigned code,
                      struct argot_span span, const char *format, ...)
{
    if (severity == ARGOT_ERROR)
        diagnostics->errors++;
    else
        diagnostics->warnings++;
    struct argot_diagnostic *added = NULL;
    if (diagnostics->kept < ARGOT_DIAGNOSTICS_MAX)
        added = argot_arena_alloc(diagnostics->arena, sizeof *added);
    bool dummy = !added;
    if (dummy)
        added = &diagnostics->dummy;
    *added = (struct argot_diagnostic){.severity = severity, .code = code, .span = span, .text = "(out of memory)"};
    if (dummy)
        return added;

    va_list args;
    va_start(args, format);
    const char *text = argot_arena_vprintf(diagnostics->arena, format, args);
    va_end(args);
    if (text)
        added->text = text;
    if (diagnostics->last)
        diagnostics->last->next = added;
    else
        diagnostics->first = added;
    diagnostics->last = added;
    diagnostics->kept++;
    return added;
}

const struct argot_diagnostics *
argot_diagnostics_file(const struct argot_diagnostics *diagnostics, struct argot_span *span)
{
    if (!diagnostics->joined || span->line <= ARGOT_DIAGNOSTICS_JOINED_LINES)
        return diagnostics;
    span->line -= ARGOT_DIAGNOSTICS_JOINED_LINES;
    return diagnostics->joined;
}

static unsigned
lower(char letter)
{
    unsigned byte = (unsigned char)letter;
    return byte - 'A' < 26 ? byte + ('a' - 'A') : byte;
}

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Damerau's distance in its restricted form (no edit inside swapped letters); letters that differ in case alone are
 * equal. Both lengths are at most LONGEST_NAME. Returns more than `limit` as soon as that is sure. */
static unsigned
distance(const char *a, size_t a_length, const char *b, size_t b_length, unsigned limit)
{
    unsigned rows[3][LONGEST_NAME + 1];
    for (unsigned j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i - 1) % 3];
        const unsigned *above2 = rows[(i + 1) % 3];
        unsigned nearest = row[0] = i;
        for (unsigned j = 1; j <= b_length; j++) {
            unsigned same = lower(a[i - 1]) == lower(b[j - 1]);
            unsigned cost = least(above[j - 1] + !same, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                cost = least(cost, above2[j - 2] + 1);
            row[j] = cost;
            nearest = least(nearest, cost);
        }
        /* A swap reaches back two rows, so one row above the limit does not settle it, but it adds one. */
        if (nearest > limit + 1)
            return nearest;
    }
    return rows[a_length % 3][b_length];
}

const char *
argot_diagnostic_nearest(const char *word, const char *const *names, size_t count)
{
    size_t length = strnlen(word, LONGEST_NAME + 1);
    if (length == 0 || length > LONGEST_NAME)
        return NULL;
    unsigned limit = length < 3 ? 1 : (unsigned)length / 3;
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t name_length = strnlen(names[i], LONGEST_NAME + 1);
        if (name_length == 0 || name_length > LONGEST_NAME)
            continue;
        size_t difference = name_length > length ? name_length - length : length - name_length;
        if (difference > limit)
            continue;
        unsigned far = distance(word, length, names[i], name_length, limit);
        if (far > limit)
            continue;
        nearest = names[i];
        if (far == 0)
            break;
        limit = far - 1; /* only a nearer one replaces it: the first of equals wins */
    }
    return nearest;
}

void
argot_diagnostic_suggest(struct argot_diagnostics *diagnostics, struct argot_diagnostic *diagnostic, const char *word,
                         const char *const *names, size_t count)
{
    if (diagnostic == &diagnostics->dummy)
        return;
    const char *nearest = argot_diagnostic_nearest(word, names, count);
    if (nearest)
        diagnostic->hint = argot_arena_printf(diagnostics->arena, "did you mean `%s`?", nearest);
}
