/* SPDX-License-Identifier: Apache-2.0
 * Diagnostics of the compilers: collected while a file is checked, printed as
 *     path:line:col: error[ARGOT-0107]: text
 * with the source line, a marker, an optional second place and a hint; or as one JSON object a line for editors.
 * Codes are stable; docs/diagnostics.md has each with an example. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include <stdbool.h>

enum argot_severity {
    ARGOT_ERROR,
    ARGOT_WARNING,
};

/* Line and column count from 1, column in bytes. line 0: no place in the file. length in bytes, at least 1 is marked.
 */
struct argot_span {
    uint32_t line, column, length;
};

struct argot_diagnostic {
    enum argot_severity severity;
    unsigned code; /* 107 is printed as ARGOT-0107 */
    struct argot_span span;
    const char *text;
    const char *hint;    /* NULL, or the way out: "did you mean `source_ip`?" */
    const char *witness; /* NULL, or a text that shows it, in printable ASCII */
    struct argot_span second;
    const char *second_text;                     /* NULL, or what is there: "first defined here" */
    const struct argot_diagnostics *second_file; /* NULL: the same file */
    struct argot_diagnostic *next;
};

/* All of one source file, in the order found. Owns nothing but its arena's memory. */
struct argot_diagnostics {
    struct argot_arena *arena;
    const char *path;   /* as the user named it */
    const char *source; /* the file's text, NUL-terminated; may hold further NULs */
    size_t source_length;
    /* NULL, or a file whose tree was joined to this one's: spans behind ARGOT_DIAGNOSTICS_JOINED_LINES are its own,
     * that many lines up. */
    const struct argot_diagnostics *joined;
    struct argot_diagnostic *first, *last;
    unsigned kept, errors, warnings;
    struct argot_diagnostic dummy; /* stands in for those that are not kept */
};

#define ARGOT_DIAGNOSTICS_JOINED_LINES (1u << 24) /* more than any file has */

/* Most that are kept of one file; further ones are counted only. */
#define ARGOT_DIAGNOSTICS_MAX 100

void argot_diagnostics_init(struct argot_diagnostics *diagnostics, struct argot_arena *arena, const char *path,
                            const char *source, size_t source_length);
/* Returns the new diagnostic so that a hint or a second place can be added; never NULL (the dummy when out of
 * memory or past the maximum, valid until the next call). The text is copied into the arena. */
struct argot_diagnostic *argot_diagnostics_add(struct argot_diagnostics *diagnostics, enum argot_severity severity,
                                               unsigned code, struct argot_span span, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* "did you mean `x`?" for the nearest of `names` by edit distance, when it is near enough; else no hint. */
void argot_diagnostic_suggest(struct argot_diagnostics *diagnostics, struct argot_diagnostic *diagnostic,
                              const char *word, const char *const *names, size_t count);
/* The nearest of names within a third of the word's length (at least 1), or NULL. O(count * length^2). */
const char *argot_diagnostic_nearest(const char *word, const char *const *names, size_t count);
/* The file that a span lies in; the span then counts from its begin. */
const struct argot_diagnostics *argot_diagnostics_file(const struct argot_diagnostics *diagnostics,
                                                       struct argot_span *span);
/* Printed control bytes are escaped, long lines cut around the marker. */
void argot_diagnostics_print(const struct argot_diagnostics *diagnostics, struct argot_buffer *out);
void argot_diagnostics_print_json(const struct argot_diagnostics *diagnostics, struct argot_buffer *out);
