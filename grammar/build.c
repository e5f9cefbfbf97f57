/* SPDX-License-Identifier: Apache-2.0
 * Nodes for the grammar's actions. */
#include "grammar/build.h"
#include "grammar/codes.h"
#include "grammar/limits.h"
#include <string.h>

struct link {
    struct link *next;
};

struct argot_place
argot_build_span(const struct argot_place *from, const struct argot_place *to)
{
    struct argot_place place = *from;
    if (to->end <= place.end)
        return place;
    place.end = to->end;
    place.end_line = to->end_line;
    return place;
}

struct argot_place
argot_build_behind(const struct argot_place *place)
{
    struct argot_place behind = *place;
    behind.column += behind.line == behind.end_line ? behind.end - behind.begin : 0;
    behind.begin = behind.end;
    behind.line = behind.end_line;
    return behind;
}

void *
argot_build_copy(struct argot_parser *parser, const void *node, size_t size)
{
    void *copy = argot_arena_alloc(parser->scanner.diagnostics->arena, size);
    if (!copy) {
        copy = &parser->spare;
        size = size < sizeof parser->spare ? size : sizeof parser->spare;
        if (!parser->scanner.no_memory)
            argot_diagnostics_add(parser->scanner.diagnostics, ARGOT_ERROR, ARGOT_CODE_NO_MEMORY,
                                  (struct argot_span){0}, "out of memory");
        parser->scanner.no_memory = true;
    }
    memcpy(copy, node, size);
    return copy;
}

/* ---- lists ---- */

void *
argot_build_append(void *last, void *node)
{
    struct link *end = last, *added = node;
    if (!added)
        return last;
    added->next = end ? end->next : added;
    if (end)
        end->next = added;
    return added;
}

void *
argot_build_join(void *last, void *other)
{
    struct link *end = last, *added = other;
    if (!end || !added)
        return end ? end : added;
    struct link *first = end->next;
    end->next = added->next;
    added->next = first;
    return added;
}

void *
argot_build_first(void *last)
{
    struct link *end = last;
    if (!end)
        return NULL;
    struct link *first = end->next;
    end->next = NULL;
    return first;
}

void
argot_build_add_decl(struct argot_parser *parser, struct argot_ast_decl *decl)
{
    parser->decls = argot_build_append(parser->decls, decl);
}

/* ---- values ---- */

struct argot_ast_word
argot_build_word(const struct argot_ast_expr *node)
{
    return (struct argot_ast_word){node->text.at ? node->text : (struct argot_ast_text){"", 0}, node->place};
}

struct argot_ast_duration
argot_build_duration(const struct argot_ast_expr *node)
{
    return (struct argot_ast_duration){(int64_t)node->number, node->place};
}

struct argot_build_window
argot_build_window(enum argot_ast_window kind, const struct argot_ast_expr *duration)
{
    return (struct argot_build_window){.kind = kind, .duration = argot_build_duration(duration)};
}

/* ---- expressions ---- */

static struct argot_ast_expr *
make(struct argot_parser *parser, enum argot_ast_kind kind, struct argot_place place)
{
    struct argot_ast_expr node = {.kind = (uint8_t)kind, .depth = 1, .place = place};
    return argot_build_copy(parser, &node, sizeof node);
}

/* Appends an operand and counts the depth. */
static void
adopt(struct argot_parser *parser, struct argot_ast_expr *node, struct argot_ast_expr *operand)
{
    if (node->last)
        node->last->next = operand;
    else
        node->first = operand;
    node->last = operand;
    if (operand->depth >= node->depth)
        node->depth = (uint16_t)(operand->depth + 1);
    if (node->depth > ARGOT_RULE_MAX_DEPTH) {
        if (!parser->too_deep)
            argot_build_refuse(parser, ARGOT_CODE_RULE_DEPTH, operand->place,
                               "an expression is at most 100 levels deep (chains of `and` and `or` are one level)");
        parser->too_deep = true;
        node->depth = ARGOT_RULE_MAX_DEPTH;
    }
}

static void
adopt_all(struct argot_parser *parser, struct argot_ast_expr *node, struct argot_ast_expr *operands)
{
    while (operands) {
        struct argot_ast_expr *next = operands->next;
        operands->next = NULL;
        adopt(parser, node, operands);
        operands = next;
    }
}

struct argot_ast_expr *
argot_build_unary(struct argot_parser *parser, enum argot_ast_kind kind, struct argot_place word,
                  struct argot_ast_expr *operand, bool negated)
{
    struct argot_place end = argot_ast_outer(operand);
    struct argot_ast_expr *node = make(parser, kind, argot_build_span(&word, &end));
    node->word = word;
    node->negated = negated;
    adopt(parser, node, operand);
    return node;
}

struct argot_ast_expr *
argot_build_is_null(struct argot_parser *parser, struct argot_ast_expr *operand, struct argot_place word,
                    struct argot_place end, bool negated)
{
    struct argot_place begin = argot_ast_outer(operand);
    struct argot_ast_expr *node = make(parser, ARGOT_AST_IS_NULL, argot_build_span(&begin, &end));
    node->word = argot_build_span(&word, &end);
    node->negated = negated;
    adopt(parser, node, operand);
    return node;
}

struct argot_ast_expr *
argot_build_binary(struct argot_parser *parser, enum argot_ast_kind kind, struct argot_ast_expr *left,
                   struct argot_place word, struct argot_ast_expr *right, bool negated)
{
    struct argot_place begin = argot_ast_outer(left), end = argot_ast_outer(right);
    struct argot_ast_expr *node = make(parser, kind, argot_build_span(&begin, &end));
    node->word = word;
    node->negated = negated;
    node->quantifier = right->quantifier;
    adopt(parser, node, left);
    adopt(parser, node, right);
    return node;
}

struct argot_ast_expr *
argot_build_chain(struct argot_parser *parser, enum argot_ast_kind kind, struct argot_ast_expr *left,
                  struct argot_place word, struct argot_ast_expr *right)
{
    if (left->kind != kind || left->parens)
        return argot_build_binary(parser, kind, left, word, right, false);
    struct argot_place end = argot_ast_outer(right);
    left->place = argot_build_span(&left->place, &end);
    adopt(parser, left, right);
    return left;
}

struct argot_ast_expr *
argot_build_call(struct argot_parser *parser, const struct argot_ast_expr *name, struct argot_ast_expr *arguments,
                 struct argot_place place)
{
    struct argot_ast_expr *node = make(parser, ARGOT_AST_CALL, place);
    node->word = name->place;
    node->text = argot_build_word(name).text;
    adopt_all(parser, node, arguments);
    return node;
}

struct argot_ast_expr *
argot_build_list(struct argot_parser *parser, struct argot_ast_expr *items, struct argot_place place)
{
    struct argot_ast_expr *node = make(parser, ARGOT_AST_LIST, place);
    adopt_all(parser, node, items);
    return node;
}

struct argot_ast_expr *
argot_build_index(struct argot_parser *parser, struct argot_ast_expr *name, const struct argot_ast_expr *number,
                  struct argot_place place)
{
    struct argot_ast_expr *node = make(parser, ARGOT_AST_INDEX, place);
    node->word = number->place;
    node->number = number->number;
    adopt(parser, node, name);
    return node;
}

struct argot_ast_expr *
argot_build_parens(struct argot_ast_expr *expr, struct argot_place place)
{
    expr->parens = true;
    expr->outer = place;
    return expr;
}

struct argot_ast_expr *
argot_build_bool(struct argot_parser *parser, bool value, struct argot_place place)
{
    struct argot_ast_expr *node = make(parser, ARGOT_AST_BOOL, place);
    node->number = value;
    return node;
}

void
argot_build_refuse(struct argot_parser *parser, unsigned code, struct argot_place place, const char *text)
{
    argot_diagnostics_add(parser->scanner.diagnostics, ARGOT_ERROR, code, argot_place_span(place), "%s", text);
}
