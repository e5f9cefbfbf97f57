/* SPDX-License-Identifier: Apache-2.0
 * Declarations at the outermost level of a C file, one after another: a declaration ends with a semicolon, or with the
 * brace that closes a function's body. */
#include "generator/c_names.h"
#include "generator/model.h"
#include <string.h>

struct declaration {
    size_t begin, end; /* tokens; end is behind its last */
    bool is_static, is_extern, is_typedef, is_check;
    size_t function;    /* token of the name that a list of parameters follows; SIZE_MAX: none */
    size_t variable;    /* last word before = [ or ; */
    size_t tag;         /* of a struct, union or enum that is defined here */
    size_t enumerators; /* the brace behind `enum`, or SIZE_MAX */
};

struct reader {
    const struct argot_c_source *source;
    size_t at;
};

static bool
is(const struct reader *r, size_t token, const char *word)
{
    return argot_c_is(r->source, token, word);
}

/* The next token of the program itself, from `token` on. */
static size_t
settle(const struct argot_c_source *source, size_t token)
{
    while (token < source->count && (source->tokens[token].kind == ARGOT_C_SPACE || source->tokens[token].directive))
        token++;
    return token;
}

/* Behind the bracket that closes the one at `token`. */
static size_t
skip_brackets(const struct argot_c_source *source, size_t token)
{
    size_t depth = 0;
    for (; token < source->count; token++) {
        if (source->tokens[token].kind != ARGOT_C_OTHER || source->tokens[token].directive)
            continue;
        char byte = source->text[source->tokens[token].at];
        depth += byte == '(' || byte == '{' || byte == '[';
        if ((byte == ')' || byte == '}' || byte == ']') && --depth == 0)
            return token + 1;
    }
    return token;
}

/* `struct`, `union` or `enum`: the tag behind it, and the braces if it is defined here. */
static size_t
read_aggregate(struct reader *r, struct declaration *d, size_t token)
{
    bool enumeration = is(r, token, "enum");
    size_t at = settle(r->source, token + 1), tag = SIZE_MAX;
    if (at < r->source->count && r->source->tokens[at].kind == ARGOT_C_WORD) {
        tag = at;
        at = settle(r->source, at + 1);
    }
    if (!is(r, at, "{"))
        return at;
    d->tag = tag;
    if (enumeration)
        d->enumerators = at;
    return skip_brackets(r->source, at);
}

/* Or a macro of argot/lex.h that says so. */
static bool
is_static(const struct reader *r, size_t token)
{
    static const char *const words[] = {"static", "ARGOT_LEX", "ARGOT_LEX_HOT", "ARGOT_LEX_COLD"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is(r, token, words[i]))
            return true;
    return false;
}

static size_t
read_word(struct reader *r, struct declaration *d, size_t token)
{
    if (is(r, token, "struct") || is(r, token, "union") || is(r, token, "enum"))
        return read_aggregate(r, d, token);
    size_t next = settle(r->source, token + 1);
    d->is_static |= is_static(r, token);
    d->is_extern |= is(r, token, "extern");
    d->is_typedef |= is(r, token, "typedef");
    d->is_check |= is(r, token, "_Static_assert");
    bool called = is(r, next, "(");
    if (called && (is(r, token, "__attribute__") || is(r, token, "_Static_assert") || is(r, token, "_Alignas")))
        return skip_brackets(r->source, next);
    if (called && d->function == SIZE_MAX)
        d->function = token;
    else if (d->function == SIZE_MAX)
        d->variable = token;
    return next;
}

/* Reads one declaration; false at the end of the file. */
static bool
read_declaration(struct reader *r, struct declaration *d)
{
    *d = (struct declaration){.function = SIZE_MAX, .variable = SIZE_MAX, .tag = SIZE_MAX, .enumerators = SIZE_MAX};
    d->begin = settle(r->source, r->at);
    bool initialized = false;
    for (size_t at = d->begin; at < r->source->count;) {
        if (r->source->tokens[at].kind == ARGOT_C_WORD && !initialized) {
            at = read_word(r, d, at);
            continue;
        }
        bool body = is(r, at, "{") && d->function != SIZE_MAX && !initialized;
        initialized |= is(r, at, "=");
        bool end = is(r, at, ";");
        at = is(r, at, "(") || is(r, at, "{") || is(r, at, "[") ? skip_brackets(r->source, at) : at + 1;
        if (end || body) {
            d->end = r->at = at;
            return true;
        }
        at = settle(r->source, at);
    }
    r->at = r->source->count;
    return false;
}

static bool
tells_length(const struct argot_c_source *source, const struct declaration *d)
{
    for (size_t at = d->begin; at < d->end; at++)
        if (argot_c_is(source, at, "["))
            return !argot_c_is(source, settle(source, at + 1), "]");
    return false;
}

uint8_t *
argot_c_linkage(struct argot_arena *arena, const struct argot_c_source *source)
{
    uint8_t *linkage = argot_arena_zalloc(arena, source->count + 1, 1);
    if (!linkage)
        argot_gen_out_of_memory();
    struct reader reader = {source, 0};
    struct declaration d;
    while (read_declaration(&reader, &d)) {
        if (d.is_static || d.is_typedef || d.is_check)
            continue;
        if (d.is_extern)
            linkage[d.begin] = tells_length(source, &d) ? ARGOT_C_LINKAGE_AHEAD : ARGOT_C_LINKAGE_EXTERN;
        else if (d.function != SIZE_MAX || d.variable != SIZE_MAX)
            linkage[d.begin] = ARGOT_C_LINKAGE_OUTSIDE;
    }
    return linkage;
}

/* ---- names ---- */

struct names {
    struct argot_arena *arena;
    const struct argot_c_source *source;
    struct argot_c_name *first;
};

static void
add(struct names *names, size_t token, enum argot_c_name_kind kind)
{
    if (token == SIZE_MAX)
        return;
    for (const struct argot_c_name *name = names->first; name; name = name->next)
        if (name->kind == kind && argot_c_is(names->source, token, name->text))
            return;
    const struct argot_c_token *t = &names->source->tokens[token];
    struct argot_c_name *name = argot_arena_zalloc(names->arena, 1, sizeof *name);
    const char *text = argot_arena_copy(names->arena, names->source->text + t->at, t->length);
    if (!name || !text)
        argot_gen_out_of_memory();
    // cppcheck-suppress nullPointerRedundantCheck; without memory it does not come here
    *name = (struct argot_c_name){text, kind, names->first};
    names->first = name;
}

static void
add_enumerators(struct names *names, size_t brace)
{
    if (brace == SIZE_MAX)
        return;
    size_t end = skip_brackets(names->source, brace) - 1;
    bool due = true;
    for (size_t at = settle(names->source, brace + 1); at < end; at = settle(names->source, at + 1)) {
        if (due && names->source->tokens[at].kind == ARGOT_C_WORD)
            add(names, at, ARGOT_C_PLAIN);
        due = argot_c_is(names->source, at, ",");
    }
}

static void
drop_macro(struct names *names, size_t token)
{
    for (struct argot_c_name **name = &names->first; *name; name = &(*name)->next)
        if ((*name)->kind == ARGOT_C_MACRO && argot_c_is(names->source, token, (*name)->text)) {
            *name = (*name)->next;
            return;
        }
}

static size_t
past_space(const struct argot_c_source *source, size_t token)
{
    while (token < source->count && source->tokens[token].kind == ARGOT_C_SPACE)
        token++;
    return token;
}

static void
add_macros(struct names *names)
{
    const struct argot_c_source *source = names->source;
    for (size_t i = 0; i < source->count; i++) {
        if (!source->tokens[i].directive || !argot_c_is(source, i, "#") ||
            (i && source->tokens[i - 1].directive && source->text[source->tokens[i - 1].at] != '\n'))
            continue;
        size_t word = past_space(source, i + 1), name = past_space(source, word + 1);
        if (argot_c_is(source, word, "define"))
            add(names, name, ARGOT_C_MACRO);
        else if (argot_c_is(source, word, "undef"))
            drop_macro(names, name);
    }
}

struct argot_c_name *
argot_c_names(struct argot_arena *arena, const struct argot_c_source *source)
{
    struct names names = {arena, source, NULL};
    struct reader reader = {source, 0};
    struct declaration d;
    while (read_declaration(&reader, &d)) {
        add(&names, d.tag, ARGOT_C_TAG);
        add_enumerators(&names, d.enumerators);
        if (d.is_static)
            add(&names, d.function != SIZE_MAX ? d.function : d.variable, ARGOT_C_PLAIN);
    }
    add_macros(&names);
    return names.first;
}
