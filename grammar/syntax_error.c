/* SPDX-License-Identifier: Apache-2.0
 * What is due at a place can be forty words; groups of them get one name. A guess at what was meant is worth more than
 * the list: the nearest keyword, a word of another rule language, forgotten quotes or braces. */
#include "grammar/syntax_error.h"
#include "grammar/codes.h"
#include "grammar/keyword.h"
#include "grammar/limits.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MAX_WORD 64 /* of what was found, shown and compared */
#define MAX_NAMES 160

struct group {
    const char *name;
    const char *signs[3];      /* the group is meant where all of these are due */
    const char *const members; /* names, each between two bars */
};

static const struct group groups[] = {
    {"an expression",
     {"'('", "not", "a size"},
     "|'('|'-'|not|true|false|a name|a dotted name|a text|a whole number|a number|a size|a duration|an address|a "
     "network|a regular expression|"},
    {"a value",
     {"'-'", "a size", "true"},
     "|'-'|true|false|a text|a whole number|a number|a size|a duration|an address|a network|a regular expression|"},
    {"an operator",
     {"'+'", "'*'", "or"},
     "|==|!=|<=|>=|'<'|'>'|'='|'+'|'-'|'*'|'/'|'%'|in|like|contains|starts|ends|not in|not like|not contains|not "
     "starts|not ends|is|or|and|"},
    {"a clause",
     {"title", "match", "rearm"},
     "|title|note|meta|severity|tags|alert|silent|match|except|lookup|by|until|when|sequence|together|rearm|collect|"
     "keep|late|limit|"},
    {"a declaration", {"let", "rule", "table"}, "|let|list|table|rule|extend|test|"},
};

static bool
is_member(const struct group *group, const char *name)
{
    char between[MAX_WORD];
    int length = snprintf(between, sizeof between, "|%s|", name);
    return length > 0 && (size_t)length < sizeof between && strstr(group->members, between);
}

static bool
is_due(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

/* Replaces the members of groups by the groups' names; returns how many are left. */
static size_t
gather(const char **names, size_t count)
{
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        const struct group *group = &groups[g];
        bool meant = true;
        for (size_t i = 0; i < sizeof group->signs / sizeof *group->signs; i++)
            meant = meant && is_due(names, count, group->signs[i]);
        if (!meant)
            continue;
        size_t left = 0;
        for (size_t i = 0; i < count; i++)
            if (!is_member(group, names[i]))
                names[left++] = names[i];
        names[left++] = group->name;
        count = left;
    }
    return count;
}

static bool
is_kind(const char *name)
{
    return !strncmp(name, "a ", 2) || !strncmp(name, "an ", 3) || !strncmp(name, "the ", 4);
}

/* `word`, '{' as `{`, and kinds of values as they are. */
static void
put_name(struct argot_buffer *out, const char *name)
{
    if (is_kind(name))
        argot_buffer_append_text(out, name);
    else if (*name == '\'' && strlen(name) == 3)
        argot_buffer_printf(out, "`%c`", name[1]);
    else
        argot_buffer_printf(out, "`%s`", name);
}

static void
put_expected(struct argot_buffer *out, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        argot_buffer_append_text(out, i == 0 ? "" : i + 1 == count ? " or " : ", ");
        put_name(out, names[i]);
    }
    if (count == 0)
        argot_buffer_append_text(out, "something else");
}

/* ---- guesses ---- */

struct mistake {
    struct argot_parser *parser;
    struct argot_diagnostic *said;
    struct argot_place place;
    const char *found;
    char word[MAX_WORD + 1]; /* what stands there */
    const char *const *expected;
    size_t count;
};

/* A hint with the word in place of each ~. */
static const char *
print(const struct mistake *mistake, const char *format, const char *word)
{
    struct argot_arena *arena = mistake->parser->scanner.diagnostics->arena;
    const char *made = "";
    for (const char *at; made && (at = strchr(format, '~')); format = at + 1)
        made = argot_arena_printf(arena, "%s%.*s%s", made, (int)(at - format), format, word);
    return made ? argot_arena_printf(arena, "%s%s", made, format) : NULL;
}

static const char *
guess_keyword(const struct mistake *mistake)
{
    const char *words[MAX_NAMES];
    size_t count = 0;
    for (size_t i = 0; i < mistake->count && count < MAX_NAMES; i++)
        if (!is_kind(mistake->expected[i]) && mistake->expected[i][0] >= 'a')
            words[count++] = mistake->expected[i];
    const char *nearest = argot_diagnostic_nearest(mistake->word, words, count);
    if (nearest && !strcasecmp(nearest, mistake->word))
        return print(mistake, "keywords are written in lower case: `~`", nearest);
    return nearest ? print(mistake, "did you mean `~`?", nearest) : argot_keyword_translate(mistake->word);
}

static bool
wants(const struct mistake *mistake, const char *name)
{
    return is_due(mistake->expected, mistake->count, name);
}

static bool
follows_word(const struct mistake *mistake)
{
    const char *source = mistake->parser->scanner.begin;
    if (mistake->place.begin == 0)
        return false;
    char before = source[mistake->place.begin - 1];
    return before == '_' || (before >= '0' && before <= '9') || ((before | 0x20) >= 'a' && (before | 0x20) <= 'z');
}

static const char *
guess_sign(const struct mistake *mistake)
{
    if (!strcmp(mistake->found, "'-'") && follows_word(mistake))
        return "a tag with a dash stands in quotes, a name with one in backquotes";
    if (!strcmp(mistake->found, "':'"))
        return "no colon stands behind a keyword";
    if (!strcmp(mistake->found, "'='") && wants(mistake, "=="))
        return "a comparison is written `==`";
    if (!strcmp(mistake->found, "'['") && wants(mistake, "any"))
        return "write `any [a, b]` or `all [a, b]`";
    if (!strcmp(mistake->found, "'{'") && wants(mistake, "within"))
        return "say how long it may take: `within 5m {`";
    return NULL;
}

static bool
is_declaration(const char *found)
{
    return is_member(&groups[sizeof groups / sizeof *groups - 1], found);
}

static const char *
guess(const struct mistake *mistake)
{
    if (!strcmp(mistake->found, "a name")) {
        const char *keyword = guess_keyword(mistake);
        if (keyword)
            return keyword;
        return wants(mistake, "a text") && !wants(mistake, "a name")
                   ? print(mistake, "a text stands in quotes: \"~\"", mistake->word)
                   : NULL;
    }
    if (*mistake->found == '\'')
        return guess_sign(mistake);
    if (!strcmp(mistake->found, "a whole number") && wants(mistake, "a duration"))
        return print(mistake, "a duration has a unit: `~s`, `~m`", mistake->word);
    if (!strcmp(mistake->found, "in") && wants(mistake, "within"))
        return "a window is written `within`";
    if (is_kind(mistake->found))
        return NULL;
    if (wants(mistake, "'}'") && is_declaration(mistake->found))
        return "a } is missing before this";
    if (wants(mistake, "a name") && mistake->found[0] >= 'a')
        return print(mistake, "`~` is a reserved word; as a name it stands in backquotes", mistake->word);
    return NULL;
}

/* ---- the report ---- */

static void
put_found(struct argot_buffer *out, const struct mistake *mistake)
{
    if (mistake->place.end > mistake->place.begin && strcmp(mistake->found, "the end of the file") != 0)
        argot_buffer_printf(out, "`%s`", mistake->word);
    else
        argot_buffer_append_text(out, mistake->parser->alone ? "the end of the expression" : "the end of the file");
    argot_buffer_append_text(out, " stands where ");
}

static void
copy_word(struct mistake *mistake)
{
    uint32_t length = mistake->place.end - mistake->place.begin;
    const char *at = mistake->parser->scanner.begin + mistake->place.begin;
    bool cut = length > MAX_WORD;
    length = cut ? MAX_WORD - 3 : length;
    while (cut && length > 0 && ((unsigned char)at[length] & 0xc0) == 0x80)
        length--; /* not in the middle of a character */
    memcpy(mistake->word, at, length);
    snprintf(mistake->word + length, sizeof mistake->word - length, "%s", cut ? "…" : "");
}

void
argot_syntax_error_report(struct argot_parser *parser, struct argot_place place, const char *found,
                          const char *const *expected, size_t count)
{
    struct argot_diagnostics *diagnostics = parser->scanner.diagnostics;
    if (parser->scanner.no_memory || parser->scanner.stopped)
        return;
    struct mistake mistake = {.parser = parser, .place = place, .found = found, .expected = expected, .count = count};
    copy_word(&mistake);
    const char *names[MAX_NAMES];
    count = count < MAX_NAMES ? count : MAX_NAMES;
    if (count)
        memcpy(names, expected, count * sizeof *names);
    struct argot_buffer text;
    argot_buffer_init(&text, diagnostics->arena->seam);
    put_found(&text, &mistake);
    put_expected(&text, names, gather(names, count));
    argot_buffer_printf(&text, " is due%c", '\0');
    mistake.said = argot_diagnostics_add(diagnostics, ARGOT_ERROR, ARGOT_CODE_RULE_SYNTAX, argot_place_span(place),
                                         "%s", text.failed ? "something else is due here" : (char *)text.bytes);
    argot_buffer_finish(&text);
    mistake.said->hint = guess(&mistake);
    bool open = !strcmp(found, "the end of the file") || is_declaration(found);
    if (open && parser->open.line && wants(&mistake, "'}'")) {
        mistake.said->second = argot_place_span(parser->open);
        mistake.said->second_text = "opened here";
    }
    if (++parser->syntax_errors > ARGOT_RULE_MAX_SYNTAX_ERRORS) {
        mistake.said->text = "too many syntax errors: the rest of the file is not read";
        mistake.said->hint = NULL;
        mistake.said->second_text = NULL;
        parser->scanner.cursor = parser->scanner.limit;
        parser->scanner.stopped = true;
    }
}
