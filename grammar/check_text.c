/* SPDX-License-Identifier: Apache-2.0
 * like, contains, starts, ends: patterns with wildcards, regular expressions, plain texts, and such that are computed.
 */
#include "grammar/check.h"
#include <string.h>

/* ---- wildcards ---- */

static void
make_wildcards(struct argot_checker *checker, struct argot_expr_pattern *pattern)
{
    size_t room = (size_t)pattern->text.length + 1;
    struct argot_expr_wildcard *pieces = argot_check_alloc(checker, room, sizeof *pieces);
    pattern->nwildcards = argot_expr_cut(pattern->text, argot_check_alloc(checker, room, 1), pieces);
    pattern->wildcards = pieces;
}

void
argot_check_pattern_text(struct argot_checker *checker, struct argot_expr_text text, bool wildcards,
                         struct argot_expr_pattern *pattern)
{
    pattern->kind = ARGOT_EXPR_PATTERN_TEXT;
    pattern->text = text;
    if (wildcards)
        make_wildcards(checker, pattern);
}

/* ---- regular expressions ---- */

/* (?ims) at the start becomes the flags behind the slash. */
static struct argot_ast_text
take_flags(struct argot_ast_text text, struct argot_expr_pattern *pattern)
{
    uint32_t i = 2;
    if (text.length < 3 || memcmp(text.at, "(?", 2) != 0)
        return text;
    while (i < text.length && strchr("ims", text.at[i]))
        i++;
    if (i == 2 || i >= text.length || text.at[i] != ')')
        return text;
    for (uint32_t j = 2; j < i; j++) {
        pattern->fold |= text.at[j] == 'i';
        pattern->multiline |= text.at[j] == 'm';
        pattern->dotall |= text.at[j] == 's';
    }
    return (struct argot_ast_text){text.at + i + 1, text.length - i - 1};
}

static bool
make_regex(struct argot_scope *scope, const struct argot_ast_expr *ast, struct argot_expr_pattern *pattern)
{
    pattern->kind = ARGOT_EXPR_PATTERN_REGEX;
    pattern->fold = ast->fold;
    pattern->multiline = ast->multiline;
    pattern->dotall = ast->dotall;
    struct argot_ast_text text = take_flags(ast->text, pattern);
    pattern->text = argot_check_text(text);
    uint32_t offset = 0;
    const char *why = argot_regex_check(text, &offset);
    if (!why)
        return true;
    struct argot_place place = ast->place;
    const char *source = scope->checker->files[scope->file]->diagnostics->source;
    uint32_t begin = place.begin + 1 + (ast->text.length - text.length);
    for (uint32_t i = 0; i < offset && begin < place.end; i++, begin++)
        begin += source[begin] == '\\' && source[begin + 1] == '/'; /* one byte in the text, two in the source */
    place.column += begin - place.begin;
    place.begin = begin;
    place.end = begin + 1;
    argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_REGEX, place, "%s", why);
    return false;
}

/* ---- patterns ---- */

static bool
make_computed(struct argot_scope *scope, const struct argot_ast_expr *ast, struct argot_expr_pattern *pattern)
{
    struct argot_expr *value = argot_check_value(scope, ast);
    if (!value)
        return false;
    if (value->list) {
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_TYPES, ast->place,
                        "a list is no pattern; name one of its items: f[0]");
        return false;
    }
    pattern->kind = ARGOT_EXPR_PATTERN_COMPUTED;
    pattern->expr = argot_check_as_text(scope, value);
    return true;
}

bool
argot_check_pattern(struct argot_scope *scope, const struct argot_ast_expr *ast, bool wildcards,
                    struct argot_expr_pattern *pattern)
{
    if (ast->kind == ARGOT_AST_REGEX)
        return make_regex(scope, ast, pattern);
    if (ast->kind != ARGOT_AST_TEXT)
        return make_computed(scope, ast, pattern);
    pattern->fold = ast->fold;
    argot_check_pattern_text(scope->checker, argot_check_text(ast->text), wildcards, pattern);
    return true;
}

/* ---- predicates ---- */

struct predicate {
    struct argot_scope *scope;
    const struct argot_ast_expr *ast;
    const struct argot_expr *value; /* as written, before it was made a text */
    struct argot_expr_pattern *patterns;
    uint32_t count;
    bool good, fold;
};

static const char *const words[] = {[ARGOT_AST_LIKE] = "like",
                                    [ARGOT_AST_CONTAINS] = "contains",
                                    [ARGOT_AST_STARTS] = "starts",
                                    [ARGOT_AST_ENDS] = "ends"};

static void
add_pattern(struct predicate *predicate, const struct argot_ast_expr *item, struct argot_place place)
{
    struct argot_scope *scope = predicate->scope;
    bool like = predicate->ast->kind == ARGOT_AST_LIKE;
    if (item->kind == ARGOT_AST_REGEX && !like) {
        struct argot_diagnostic *said =
            argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_TYPES, place,
                            "`%s` takes a text, not a regular expression", words[predicate->ast->kind]);
        argot_check_hint(scope->checker, said, "`like /expression/` searches anywhere in the value");
        predicate->good = false;
        return;
    }
    struct argot_expr_constant constant;
    struct argot_ast_expr at = *item;
    at.place = place;
    struct argot_expr_pattern *pattern = &predicate->patterns[predicate->count++];
    predicate->good = argot_check_pattern(scope, item, like, pattern) && predicate->good;
    predicate->fold = predicate->fold || pattern->fold;
    if (item->kind == ARGOT_AST_TEXT && argot_constant_of(item, &constant))
        predicate->good = argot_constant_fits(scope, predicate->value, &constant, &at) && predicate->good;
}

static void
use_list(struct predicate *predicate, const struct argot_ast_expr *name)
{
    struct argot_checker *checker = predicate->scope->checker;
    struct argot_symbol *symbol = argot_check_find(checker, name->text.at);
    if (!symbol || symbol->kind != ARGOT_SYMBOL_LIST) {
        struct argot_diagnostic *said =
            argot_check_add(checker, predicate->scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_UNKNOWN_LIST, name->place,
                            "no list is called `%s`", name->text.at);
        argot_check_suggest(checker, predicate->scope->file, said, name->text.at, 1u << ARGOT_SYMBOL_LIST);
        predicate->good = false;
        return;
    }
    predicate->good = argot_source_list(checker, symbol);
    predicate->patterns = argot_check_alloc(checker, symbol->nitems, sizeof *predicate->patterns);
    for (size_t i = 0; predicate->good && i < symbol->nitems; i++) {
        const struct argot_ast_expr *item = symbol->items[i].expr;
        if (!item) {
            argot_check_pattern_text(checker, symbol->items[i].text, predicate->ast->kind == ARGOT_AST_LIKE,
                                     &predicate->patterns[predicate->count++]);
        } else if (item->kind == ARGOT_AST_TEXT || item->kind == ARGOT_AST_REGEX) {
            add_pattern(predicate, item, name->place);
        } else {
            argot_check_second(checker,
                               argot_check_add(checker, predicate->scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_TYPES,
                                               name->place, "the list `%s` holds what is no pattern", symbol->name),
                               symbol->file, item->place, "this");
            predicate->good = false;
        }
    }
}

struct argot_expr *
argot_check_predicate(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    static const uint8_t kinds[] = {[ARGOT_AST_LIKE] = ARGOT_EXPR_LIKE,
                                    [ARGOT_AST_CONTAINS] = ARGOT_EXPR_CONTAINS,
                                    [ARGOT_AST_STARTS] = ARGOT_EXPR_STARTS,
                                    [ARGOT_AST_ENDS] = ARGOT_EXPR_ENDS};
    struct argot_expr *value = argot_check_value(scope, ast->first);
    struct predicate predicate = {.scope = scope, .ast = ast, .value = value, .good = true};
    const struct argot_ast_expr *right = ast->last;
    if (!value)
        return NULL;
    if (ast->quantifier != ARGOT_AST_ONE && right->kind == ARGOT_AST_NAME) {
        use_list(&predicate, right);
    } else {
        bool list = right->kind == ARGOT_AST_LIST;
        const struct argot_ast_expr *items = list ? right->first : right;
        predicate.patterns =
            argot_check_alloc(scope->checker, list ? argot_ast_count(items) : 1, sizeof *predicate.patterns);
        for (const struct argot_ast_expr *item = items; item; item = list ? item->next : NULL)
            add_pattern(&predicate, item, item->place);
    }
    if (!predicate.good)
        return NULL;
    struct argot_expr *node = argot_check_node(scope, kinds[ast->kind], ARGOT_EXPR_TRUTH_TYPE, ast);
    node->negated = ast->negated;
    node->all = ast->quantifier == ARGOT_AST_ALL;
    node->fold = predicate.fold || value->fold;
    node->patterns = predicate.patterns;
    node->npatterns = predicate.count;
    argot_check_args(scope, node, 1, argot_check_as_text(scope, value));
    return node;
}
