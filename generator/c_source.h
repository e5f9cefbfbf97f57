/* SPDX-License-Identifier: Apache-2.0
 * C as far as putting several files into one needs it: tokens, what a file declares at its outermost level, and the
 * same text with names changed. It knows the C of this project and of argot-gen's output, which is written in one way,
 * not all of C. Everything lives in the caller's arena; without memory it ends. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include <stdbool.h>

enum argot_c_kind {
    ARGOT_C_SPACE, /* blanks, newlines, comments */
    ARGOT_C_WORD,
    ARGOT_C_TEXT,  /* string or character */
    ARGOT_C_OTHER, /* numbers; one byte of anything else */
};

struct argot_c_token {
    uint8_t kind;   /* enum argot_c_kind */
    bool directive; /* in a line of the preprocessor */
    uint32_t at, length;
};

struct argot_c_source {
    const char *text;
    size_t count;
    struct argot_c_token *tokens;
};

enum argot_c_name_kind {
    ARGOT_C_PLAIN, /* function, variable, enumerator */
    ARGOT_C_TAG,   /* of struct, union, enum */
    ARGOT_C_MACRO,
};

struct argot_c_name {
    const char *text;
    enum argot_c_name_kind kind;
    struct argot_c_name *next;
};

/* The file must end with a newline, and be shorter than 4 GiB. O(length). */
struct argot_c_source *argot_c_read(struct argot_arena *arena, const char *text, size_t length);
/* What stands at the outermost level: static functions and variables, all tags that are defined, enumerators, macros
 * that stay defined. Each once, in no order. O(tokens * names). */
struct argot_c_name *argot_c_names(struct argot_arena *arena, const struct argot_c_source *source);
bool argot_c_is(const struct argot_c_source *source, size_t token, const char *word);

struct argot_c_change {
    /* The new name of a word, or NULL to leave it. kind is ARGOT_C_TAG behind struct, union and enum. `member`: it
     * stands where members are declared, so it can only be a macro or an enumerator. */
    const char *(*name)(void *context, const char *word, size_t length, enum argot_c_name_kind kind, bool member);
    void *context;
    bool make_static; /* functions and variables with external linkage become static, `extern` declarations go */
};
/* Writes the source with words changed. Lines that include files with "…" and `#pragma once` are left out. */
void argot_c_write(struct argot_arena *arena, const struct argot_c_source *source, const struct argot_c_change *change,
                   struct argot_buffer *out);
