/* SPDX-License-Identifier: Apache-2.0
 * C as tokens: reading, and writing with other names. What declarations declare is found in c_names.c. */
#include "generator/c_source.h"
#include "generator/c_names.h"
#include "generator/model.h"
#include <string.h>

/* ---- reading ---- */

static bool
is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Behind a comment, or `at` where none begins. */
static size_t
skip_comment(const char *text, size_t at, size_t length)
{
    if (at + 1 >= length || text[at] != '/')
        return at;
    if (text[at + 1] == '/') {
        const char *end = memchr(text + at, '\n', length - at);
        return end ? (size_t)(end - text) : length;
    }
    if (text[at + 1] != '*')
        return at;
    const char *end = memmem(text + at + 2, length - at - 2, "*/", 2);
    return end ? (size_t)(end - text) + 2 : length;
}

static size_t
skip_text(const char *text, size_t at, size_t length)
{
    char quote = text[at++];
    while (at < length && text[at] != quote && text[at] != '\n')
        at += text[at] == '\\' ? 2 : 1;
    return at < length ? at + 1 : length;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

/* One token from `at` on; within a directive a newline is a token of its own, which ends it. */
static struct argot_c_token
next_token(const char *text, size_t at, size_t length, bool directive)
{
    size_t end = at;
    enum argot_c_kind kind = ARGOT_C_OTHER;
    if (directive && text[at] == '\\' && at + 1 < length && text[at + 1] == '\n') {
        kind = ARGOT_C_SPACE;
        end = at + 2;
    } else if (is_blank(text[at]) || skip_comment(text, at, length) > at) {
        kind = ARGOT_C_SPACE;
        size_t comment = skip_comment(text, at, length);
        end = comment > at ? comment : at + 1;
    } else if (text[at] == '"' || text[at] == '\'') {
        kind = ARGOT_C_TEXT;
        end = skip_text(text, at, length);
    } else if (is_word_byte(text[at])) {
        bool number = text[at] >= '0' && text[at] <= '9';
        kind = number ? ARGOT_C_OTHER : ARGOT_C_WORD;
        while (end < length && (is_word_byte(text[end]) || (number && text[end] == '.')))
            end++;
    } else {
        end = at + 1;
    }
    return (struct argot_c_token){(uint8_t)kind, directive, (uint32_t)at, (uint32_t)(end - at)};
}

struct argot_c_source *
argot_c_read(struct argot_arena *arena, const char *text, size_t length)
{
    struct argot_c_source *source = argot_arena_zalloc(arena, 1, sizeof *source);
    struct argot_c_token *tokens = argot_arena_zalloc(arena, length + 1, sizeof *tokens);
    if (!source || !tokens)
        argot_gen_out_of_memory();
    // cppcheck-suppress nullPointerRedundantCheck; without memory it does not come here
    *source = (struct argot_c_source){.text = text, .tokens = tokens};
    bool directive = false, line_begins = true;
    for (size_t at = 0; at < length;) {
        directive = directive || (line_begins && text[at] == '#');
        struct argot_c_token token = next_token(text, at, length, directive);
        bool newline = text[at] == '\n';
        directive = directive && !newline;
        line_begins = newline || (line_begins && token.kind == ARGOT_C_SPACE);
        tokens[source->count++] = token;
        at += token.length;
    }
    return source;
}

bool
argot_c_is(const struct argot_c_source *source, size_t token, const char *word)
{
    return token < source->count && source->tokens[token].length == strlen(word) &&
           !memcmp(source->text + source->tokens[token].at, word, strlen(word));
}

/* ---- writing ---- */

struct writer {
    const struct argot_c_source *source;
    const struct argot_c_change *change;
    struct argot_buffer *out;
    size_t before[2]; /* the last tokens that were no space; SIZE_MAX: none */
    unsigned depth;   /* of braces */
    uint64_t members; /* a bit for each depth up to 63: declarations of members stand there */
    bool aggregate;   /* struct or union was met, and no end of its declaration since */
};

/* Past the line of the preprocessor that begins at a token; a continued one is not asked for. */
static size_t
skip_directive(const struct argot_c_source *source, size_t token)
{
    while (token < source->count && source->text[source->tokens[token].at] != '\n')
        token++;
    return token + 1;
}

static size_t
next_word(const struct argot_c_source *source, size_t token)
{
    do
        token++;
    while (token < source->count && source->tokens[token].kind == ARGOT_C_SPACE);
    return token;
}

/* Lines that name a file of ours, or speak of being included. */
static bool
goes_away(const struct argot_c_source *source, size_t token)
{
    if (!source->tokens[token].directive || !argot_c_is(source, token, "#"))
        return false;
    size_t word = next_word(source, token), name = next_word(source, word);
    if (argot_c_is(source, word, "include"))
        return name < source->count && source->tokens[name].kind == ARGOT_C_TEXT;
    return argot_c_is(source, word, "pragma") && argot_c_is(source, name, "once");
}

static void
follow_braces(struct writer *w, size_t token)
{
    char byte = w->source->text[w->source->tokens[token].at];
    if (w->source->tokens[token].kind != ARGOT_C_OTHER || w->source->tokens[token].directive)
        return;
    if (byte == '{') {
        w->depth++;
        uint64_t bit = w->depth < 64 ? UINT64_C(1) << w->depth : 0;
        w->members = w->aggregate ? w->members | bit : w->members & ~bit;
        w->aggregate = false;
    } else if (byte == '}' && w->depth) {
        w->depth--;
    }
    if (byte == ';' || byte == '(' || byte == ')' || byte == '=' || byte == '*')
        w->aggregate = false;
}

static void
write_word(struct writer *w, size_t token)
{
    const struct argot_c_token *t = &w->source->tokens[token];
    const char *word = w->source->text + t->at;
    size_t one = w->before[0], two = w->before[1];
    bool after_arrow =
        one != SIZE_MAX && two != SIZE_MAX && argot_c_is(w->source, one, ">") && argot_c_is(w->source, two, "-");
    bool after_dot =
        one != SIZE_MAX && argot_c_is(w->source, one, ".") && !(two != SIZE_MAX && argot_c_is(w->source, two, "."));
    bool tag = one != SIZE_MAX && (argot_c_is(w->source, one, "struct") || argot_c_is(w->source, one, "union") ||
                                   argot_c_is(w->source, one, "enum"));
    bool member = !t->directive && w->depth < 64 && w->members >> w->depth & 1;
    const char *name = after_arrow || after_dot ? NULL
                                                : w->change->name(w->change->context, word, t->length,
                                                                  tag ? ARGOT_C_TAG : ARGOT_C_PLAIN, member);
    if (name)
        argot_buffer_append_text(w->out, name);
    else
        argot_buffer_append(w->out, word, t->length);
    if (argot_c_is(w->source, token, "struct") || argot_c_is(w->source, token, "union"))
        w->aggregate = true;
}

static void
write_token(struct writer *w, size_t token)
{
    const struct argot_c_token *t = &w->source->tokens[token];
    if (t->kind == ARGOT_C_WORD)
        write_word(w, token);
    else
        argot_buffer_append(w->out, w->source->text + t->at, t->length);
    follow_braces(w, token);
    if (t->kind != ARGOT_C_SPACE) {
        w->before[1] = w->before[0];
        w->before[0] = token;
    }
}

void
argot_c_write(struct argot_arena *arena, const struct argot_c_source *source, const struct argot_c_change *change,
              struct argot_buffer *out)
{
    uint8_t *linkage = argot_c_linkage(arena, source);
    struct writer writer = {.source = source, .change = change, .out = out, .before = {SIZE_MAX, SIZE_MAX}};
    for (size_t i = 0; i < source->count;) {
        if (goes_away(source, i)) {
            i = skip_directive(source, i);
            continue;
        }
        if (change->make_static && linkage[i] == ARGOT_C_LINKAGE_EXTERN) {
            while (i < source->count && !argot_c_is(source, i, ";"))
                i++;
            i++;
            continue;
        }
        if (change->make_static && linkage[i] == ARGOT_C_LINKAGE_AHEAD) {
            argot_buffer_append_text(out, "static");
            i++;
            continue;
        }
        if (change->make_static && linkage[i] == ARGOT_C_LINKAGE_OUTSIDE)
            argot_buffer_append_text(out, "static ");
        write_token(&writer, i++);
    }
    if (out->failed)
        argot_gen_out_of_memory();
}
