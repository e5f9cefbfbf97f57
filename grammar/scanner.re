/* SPDX-License-Identifier: Apache-2.0
 * The lexer. A file is no line: the end is a zero byte at the limit, which re2c checks for (re2c:eof). Values keep
 * their spelling by their place; value.c reads them. */
#include "grammar/scanner.h"
#include "grammar/codes.h"
#include "grammar/keyword.h"
#include "grammar/limits.h"
#include "grammar/parser.h"
#include "grammar/value.h"
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/*!re2c
re2c:define:YYCTYPE = "unsigned char";
re2c:yyfill:enable = 0;
re2c:eof = 0;

digit   = [0-9];
hex     = [0-9A-Fa-f];
letter  = [A-Za-z_];
word    = [A-Za-z0-9_];
multi   = [\xc2-\xdf][\x80-\xbf]
        | "\xe0" [\xa0-\xbf][\x80-\xbf] | [\xe1-\xec\xee\xef][\x80-\xbf]{2} | "\xed" [\x80-\x9f][\x80-\xbf]
        | "\xf0" [\x90-\xbf][\x80-\xbf]{2} | [\xf1-\xf3][\x80-\xbf]{3} | "\xf4" [\x80-\x8f][\x80-\xbf]{2};
plain   = [\t\x20-\x7e];
char    = plain | multi;
blank   = [ \t\r];
quoted  = "`" (multi | plain \ [`])+ "`";
name    = letter word*;
number  = digit+ | "0" [xX] hex+;
float   = digit+ "." digit+ ([eE] [+-]? digit+)? | digit+ [eE] [+-]? digit+;
unit    = "ns" | "us" | "ms" | [smhdw];
octets  = digit+ ("." digit+){3};
groups  = hex* ":" (hex* ":")+ hex* ("." digit+)*;
*/

void
argot_scanner_init(struct argot_scanner *scanner, struct argot_diagnostics *diagnostics)
{
    const char *begin = diagnostics->source, *limit = begin + diagnostics->source_length;
    size_t mark = sizeof BYTE_ORDER_MARK - 1;
    *scanner = (struct argot_scanner){.diagnostics = diagnostics, .begin = begin, .limit = limit, .line = 1};
    bool marked = diagnostics->source_length >= mark && !memcmp(begin, BYTE_ORDER_MARK, mark);
    scanner->cursor = begin + (marked ? mark : 0);
    scanner->line_begin = begin;
}

/* ---- what the rules below call ---- */

static struct argot_place
place_of(const struct argot_scanner *scanner, const char *begin, const char *end)
{
    return (struct argot_place){
        .begin = (uint32_t)(begin - scanner->begin),
        .end = (uint32_t)(end - scanner->begin),
        .line = scanner->line,
        .column = (uint32_t)(begin - scanner->line_begin) + 1,
        .end_line = scanner->line,
    };
}

static struct argot_diagnostic *
refuse(struct argot_scanner *scanner, const char *begin, unsigned code, const char *text)
{
    struct argot_place place = place_of(scanner, begin, scanner->cursor);
    return argot_diagnostics_add(scanner->diagnostics, ARGOT_ERROR, code, argot_place_span(place), "%s", text);
}

static void
no_memory(struct argot_scanner *scanner)
{
    if (!scanner->no_memory)
        argot_diagnostics_add(scanner->diagnostics, ARGOT_ERROR, ARGOT_CODE_NO_MEMORY, (struct argot_span){0},
                              "out of memory");
    scanner->no_memory = true;
}

struct argot_ast_expr *
argot_scanner_node(struct argot_scanner *scanner, enum argot_ast_kind kind, struct argot_place place)
{
    struct argot_ast_expr *node = argot_arena_zalloc(scanner->diagnostics->arena, 1, sizeof *node);
    if (!node) {
        no_memory(scanner);
        return NULL;
    }
    node->kind = (uint8_t)kind;
    node->depth = 1;
    node->place = place;
    return node;
}

static void
add_comment(struct argot_scanner *scanner, const char *begin)
{
    const char *end = scanner->cursor;
    while (end > begin + 1 && strchr(" \t\r", end[-1]))
        end--;
    struct argot_ast_comment *comment = argot_arena_zalloc(scanner->diagnostics->arena, 1, sizeof *comment);
    char *text = argot_arena_copy(scanner->diagnostics->arena, begin, (size_t)(end - begin));
    if (!comment || !text) {
        no_memory(scanner);
        return;
    }
    comment->text = (struct argot_ast_text){text, (uint32_t)(end - begin)};
    comment->begin = (uint32_t)(begin - scanner->begin);
    comment->line = scanner->line;
    comment->own_line = scanner->last_line != scanner->line;
    if (scanner->last_comment)
        scanner->last_comment->next = comment;
    else
        scanner->comments = comment;
    scanner->last_comment = comment;
}

typedef void read_value(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at,
                        uint32_t length);

/* A node for the bytes up to the cursor, read by `read`. */
static int
value(struct argot_scanner *scanner, struct argot_ast_expr **node, const char *begin, enum argot_ast_kind kind,
      read_value *read, int token)
{
    size_t length = (size_t)(scanner->cursor - begin);
    if (length > ARGOT_RULE_MAX_TEXT) {
        refuse(scanner, begin, ARGOT_CODE_RULE_SIZE, "a text, name or number of more than 65,535 bytes");
        length = 1;
    }
    *node = argot_scanner_node(scanner, kind, place_of(scanner, begin, scanner->cursor));
    if (*node)
        read(scanner->diagnostics, *node, begin, (uint32_t)length);
    return token;
}

/* Why a text, a backquoted name or a regular expression stops before its closing sign. */
static void
refuse_open(struct argot_scanner *scanner, const char *begin, const char *what)
{
    const char *at = scanner->cursor;
    if (at < scanner->limit && *at != '\n' && *at != '\r')
        return; /* bytes that are no text: the next token says so */
    argot_diagnostics_add(scanner->diagnostics, ARGOT_ERROR, ARGOT_CODE_RULE_TEXT_OPEN,
                          argot_place_span(place_of(scanner, begin, at)), "this %s does not end on its line", what);
}

static bool
is_word(const struct argot_scanner *scanner, const char *at)
{
    return at < scanner->limit &&
           (*at == '_' || (*at >= '0' && *at <= '9') || ((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z'));
}

/* A text up to the cursor, and the i behind it. */
static int
text_value(struct argot_scanner *scanner, struct argot_ast_expr **node, const char *begin)
{
    int token = value(scanner, node, begin, ARGOT_AST_TEXT, argot_value_text, ARGOT_TOKEN_STRING);
    bool fold = scanner->cursor < scanner->limit && *scanner->cursor == 'i' && !is_word(scanner, scanner->cursor + 1);
    if (fold && *node) {
        scanner->cursor++;
        (*node)->fold = true;
        (*node)->place.end++;
    }
    return token;
}

/* The flags behind a regular expression; the cursor is behind its closing slash. */
static int
regex_value(struct argot_scanner *scanner, struct argot_ast_expr **node, const char *begin)
{
    const char *end = scanner->cursor - 1;
    *node = argot_scanner_node(scanner, ARGOT_AST_REGEX, place_of(scanner, begin, scanner->cursor));
    for (; is_word(scanner, scanner->cursor); scanner->cursor++) {
        const char *at = scanner->cursor;
        if (!*node)
            continue;
        (*node)->fold |= *at == 'i';
        (*node)->multiline |= *at == 'm';
        (*node)->dotall |= *at == 's';
        (*node)->place.end++;
        if (*at == 'i' || *at == 'm' || *at == 's')
            continue;
        argot_diagnostics_add(scanner->diagnostics, ARGOT_ERROR, ARGOT_CODE_RULE_FLAG,
                              argot_place_span(place_of(scanner, at, at + 1)),
                              "a regular expression has the flags i, m and s");
    }
    if (*node && end - begin > (ptrdiff_t)ARGOT_RULE_MAX_TEXT)
        refuse(scanner, begin, ARGOT_CODE_RULE_SIZE, "a regular expression of more than 65,535 bytes");
    else if (*node)
        argot_value_regex(scanner->diagnostics, *node, begin + 1, (uint32_t)(end - begin - 1));
    return ARGOT_TOKEN_REGEX;
}

static bool
opens_regex(int last)
{
    return last == ARGOT_TOKEN_LIKE || last == ARGOT_TOKEN_NOTLIKE || last == '[' || last == ',';
}

static int
regex(struct argot_scanner *scanner, struct argot_ast_expr **node)
{
    const char *begin = scanner->cursor;
    const unsigned char *YYCURSOR = (const unsigned char *)begin, *YYMARKER;
    const unsigned char *const YYLIMIT = (const unsigned char *)scanner->limit;
    /*!re2c
    body = (multi | plain \ [/\\] | "\\" char)*;
    "/" body "/" { scanner->cursor = (const char *)YYCURSOR; return regex_value(scanner, node, begin); }
    "/" body     { goto open; }
    *            { goto open; }
    $            { goto open; }
    */
open:
    scanner->cursor = (const char *)YYCURSOR > begin ? (const char *)YYCURSOR : begin + 1;
    refuse_open(scanner, begin, "regular expression");
    *node = argot_scanner_node(scanner, ARGOT_AST_REGEX, place_of(scanner, begin, scanner->cursor));
    if (*node)
        (*node)->text = (struct argot_ast_text){"", 0};
    return ARGOT_TOKEN_REGEX;
}

/* "not", blanks and a word: one token where the word is one of five, else `not` alone. */
static int
negated(struct argot_scanner *scanner, const char *begin, struct argot_place *place)
{
    const char *at = begin + 3;
    uint32_t lines = 0;
    const char *line_begin = scanner->line_begin;
    for (; strchr(" \t\r\n", *at); at++) {
        lines += *at == '\n';
        line_begin = *at == '\n' ? at + 1 : line_begin;
    }
    int token = argot_keyword_negated(at, (size_t)(scanner->cursor - at));
    *place = place_of(scanner, begin, token ? scanner->cursor : begin + 3);
    if (!token) {
        scanner->cursor = begin + 3;
        return ARGOT_TOKEN_NOT;
    }
    scanner->line += lines;
    scanner->line_begin = line_begin;
    place->end_line = scanner->line;
    return token;
}

/* What other languages write, read as what it is called here. */
static int
foreign(struct argot_scanner *scanner, const char *begin, int token, const char *here)
{
    refuse(scanner, begin, ARGOT_CODE_RULE_OTHER_LANGUAGE, here);
    return token;
}

static void
refuse_character(struct argot_scanner *scanner, const char *begin)
{
    static const char *const typographic[] = {"\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "\u201a", "\u00ab",
                                              "\u00bb"};
    int length = (int)(scanner->cursor - begin);
    struct argot_diagnostic *said = argot_diagnostics_add(
        scanner->diagnostics, ARGOT_ERROR, ARGOT_CODE_RULE_BYTE,
        argot_place_span(place_of(scanner, begin, scanner->cursor)), "`%.*s` stands for nothing here", length, begin);
    for (size_t i = 0; i < sizeof typographic / sizeof *typographic; i++)
        if (!strncmp(typographic[i], begin, (size_t)length))
            said->hint = "texts stand in plain quotes: \"…\" or '…'";
    if (*begin == '|')
        said->hint = "Sigma's modifiers are operators here: `name contains \"text\"`, `name like /expression/`";
    if (*begin == '$' || *begin == '@')
        said->hint = "names carry no sign: write the field alone";
}

/* ---- the tokens ---- */

/* One token; -1: nothing that counts (a blank, a comment, a mistake that was told), ask again. */
static int
token(struct argot_scanner *scanner, struct argot_ast_expr **node, struct argot_place *place)
{
    const char *begin = scanner->cursor;
    const unsigned char *YYCURSOR = (const unsigned char *)begin, *YYMARKER;
    const unsigned char *const YYLIMIT = (const unsigned char *)scanner->limit;
#define TAKE (scanner->cursor = (const char *)YYCURSOR)
#define VALUE(kind, read, token) (TAKE, value(scanner, node, begin, kind, read, token))
#define FOREIGN(token, text) (TAKE, foreign(scanner, begin, token, text))
    /*!re2c
    blank+          { TAKE; return -1; }
    "\n"            { TAKE; scanner->line++; scanner->line_begin = scanner->cursor; return -1; }
    "#" (char | "\r")* { TAKE; add_comment(scanner, begin); return -1; }

    name            { TAKE;
                      int keyword = argot_keyword_find(begin, (size_t)(scanner->cursor - begin));
                      return keyword ? keyword
                                     : VALUE(ARGOT_AST_NAME, argot_value_name, ARGOT_TOKEN_NAME); }
    quoted          { return VALUE(ARGOT_AST_NAME, argot_value_name, ARGOT_TOKEN_NAME); }
    (name | quoted) ("." (word+ | quoted))+ { return VALUE(ARGOT_AST_NAME, argot_value_name, ARGOT_TOKEN_PATH); }
    "not" [ \t\r\n]+ name { TAKE; return negated(scanner, begin, place); }

    number          { return VALUE(ARGOT_AST_INT, argot_value_int, ARGOT_TOKEN_INT); }
    float           { return VALUE(ARGOT_AST_FLOAT, argot_value_float, ARGOT_TOKEN_FLOAT); }
    (digit+ unit)+  { return VALUE(ARGOT_AST_DURATION, argot_value_duration, ARGOT_TOKEN_DURATION); }
    digit+ ([KMGTP] "i"? "B") { return VALUE(ARGOT_AST_SIZE, argot_value_size, ARGOT_TOKEN_SIZE); }
    octets | groups { return VALUE(ARGOT_AST_ADDRESS, argot_value_address, ARGOT_TOKEN_ADDRESS); }
    (octets | groups) "/" digit+ { return VALUE(ARGOT_AST_NETWORK, argot_value_address, ARGOT_TOKEN_NETWORK); }
    digit+ (word | ".")* {
        TAKE;
        refuse(scanner, begin, ARGOT_CODE_RULE_NUMBER, "this is no number, duration or size")->hint =
            "durations: 500ms, 15m, 1h30m, 2w (ns us ms s m h d w); sizes: 500MB, 64KiB; a text stands in quotes";
        *node = argot_scanner_node(scanner, ARGOT_AST_INT, place_of(scanner, begin, scanner->cursor));
        return ARGOT_TOKEN_INT;
    }

    "\"" (multi | plain \ ["\\] | "\\" char)* "\"" | "'" (multi | plain \ ['])* "'" {
        TAKE; return text_value(scanner, node, begin); }
    "\"" (multi | plain \ ["\\] | "\\" char)* | "'" (multi | plain \ ['])* {
        TAKE; refuse_open(scanner, begin, "text");
        return VALUE(ARGOT_AST_TEXT, argot_value_text, ARGOT_TOKEN_STRING); }
    "`" (multi | plain \ [`])* {
        TAKE; refuse_open(scanner, begin, "name in backquotes");
        *node = argot_scanner_node(scanner, ARGOT_AST_NAME, place_of(scanner, begin, scanner->cursor));
        return ARGOT_TOKEN_NAME; }
    "``"            { TAKE; refuse(scanner, begin, ARGOT_CODE_RULE_BYTE, "a name has at least one character");
                      *node = argot_scanner_node(scanner, ARGOT_AST_NAME, place_of(scanner, begin, scanner->cursor));
                      return ARGOT_TOKEN_NAME; }

    "=="            { TAKE; return ARGOT_TOKEN_EQ; }
    "!="            { TAKE; return ARGOT_TOKEN_NE; }
    "<="            { TAKE; return ARGOT_TOKEN_LE; }
    ">="            { TAKE; return ARGOT_TOKEN_GE; }
    [<>=+*/%()[\]{},:?-] { TAKE; return *begin; }

    "&&"            { return FOREIGN(ARGOT_TOKEN_AND, "`&&` is written `and`"); }
    "||"            { return FOREIGN(ARGOT_TOKEN_OR, "`||` is written `or`"); }
    "!"             { return FOREIGN(ARGOT_TOKEN_NOT, "`!` is written `not`"); }
    "<>"            { return FOREIGN(ARGOT_TOKEN_NE, "`<>` is written `!=`"); }
    "==="           { return FOREIGN(ARGOT_TOKEN_EQ, "`===` is written `==`"); }
    "!=="           { return FOREIGN(ARGOT_TOKEN_NE, "`!==` is written `!=`"); }
    "=~" | "~"      { return FOREIGN(ARGOT_TOKEN_LIKE, "a match is written `like /expression/`"); }
    "!~"            { return FOREIGN(ARGOT_TOKEN_NOTLIKE, "a match that must not be is written `not like /expression/`"); }
    ";"             { return FOREIGN(-1, "nothing stands between clauses: each opens with a keyword"); }
    "//" char*      { return FOREIGN(-1, "a comment begins with #"); }
    "/" "*"         { return FOREIGN(-1, "a comment begins with # and ends with its line"); }
    "--" [ ] char*  { return FOREIGN(-1, "a comment begins with #"); }

    char            { TAKE; refuse_character(scanner, begin); return -1; }
    *               { TAKE; refuse(scanner, begin, ARGOT_CODE_RULE_BYTES,
                                   "this byte is no text: a rule file is UTF-8 without control characters");
                      scanner->cursor = scanner->limit; scanner->stopped = true; return 0; }
    $               { return 0; }
    */
#undef TAKE
#undef VALUE
#undef FOREIGN
}

int
argot_scanner_next(struct argot_scanner *scanner, struct argot_ast_expr **node, struct argot_place *place)
{
    int kind = -1;
    *node = NULL;
    while (kind < 0 && !scanner->no_memory) {
        const char *begin = scanner->cursor;
        *place = (struct argot_place){0};
        kind = begin < scanner->limit && *begin == '/' && opens_regex(scanner->last) ? regex(scanner, node)
                                                                                     : token(scanner, node, place);
        if (!place->line)
            *place = place_of(scanner, begin, scanner->cursor);
    }
    if (scanner->no_memory)
        return 0;
    if (kind && ++scanner->tokens > ARGOT_RULE_MAX_TOKENS) {
        argot_diagnostics_add(scanner->diagnostics, ARGOT_ERROR, ARGOT_CODE_RULE_SIZE, argot_place_span(*place),
                              "more than %u words and signs in one file", ARGOT_RULE_MAX_TOKENS);
        scanner->cursor = scanner->limit;
        scanner->stopped = true;
        return 0;
    }
    scanner->last = kind;
    scanner->last_line = scanner->line;
    return kind;
}
