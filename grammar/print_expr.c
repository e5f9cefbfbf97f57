/* SPDX-License-Identifier: Apache-2.0
 * Expressions. What does not fit on its line is broken from the outside in: chains of `and` and `or`, parentheses
 * around them, lists. */
#include "grammar/print_expr.h"

#define TEXT(text) argot_layout_text(layout, text)
#define SOURCE(place) argot_layout_source(layout, place)

static const char *const words[][2] = {
    /* plain, negated */
    [ARGOT_AST_OR] = {" or ", " or "},
    [ARGOT_AST_AND] = {" and ", " and "},
    [ARGOT_AST_EQUAL] = {" == ", " != "},
    [ARGOT_AST_LESS] = {" < ", " < "},
    [ARGOT_AST_LESS_EQUAL] = {" <= ", " <= "},
    [ARGOT_AST_GREATER] = {" > ", " > "},
    [ARGOT_AST_GREATER_EQUAL] = {" >= ", " >= "},
    [ARGOT_AST_ADD] = {" + ", " + "},
    [ARGOT_AST_SUBTRACT] = {" - ", " - "},
    [ARGOT_AST_MULTIPLY] = {" * ", " * "},
    [ARGOT_AST_DIVIDE] = {" / ", " / "},
    [ARGOT_AST_REMAINDER] = {" % ", " % "},
    [ARGOT_AST_IN] = {" in ", " not in "},
    [ARGOT_AST_LIKE] = {" like ", " not like "},
    [ARGOT_AST_CONTAINS] = {" contains ", " not contains "},
    [ARGOT_AST_STARTS] = {" starts ", " not starts "},
    [ARGOT_AST_ENDS] = {" ends ", " not ends "},
};

static void put_node(struct argot_layout *layout, const struct argot_ast_expr *expr);

static bool
is_chain(const struct argot_ast_expr *expr)
{
    return expr->kind == ARGOT_AST_OR || expr->kind == ARGOT_AST_AND;
}

/* Puts something flat if it fits and no comment is within. */
static bool
fits(struct argot_layout *layout, struct argot_place place, const struct argot_ast_expr *expr,
     void (*flat)(struct argot_layout *layout, const struct argot_ast_expr *expr))
{
    if (layout->flat) {
        flat(layout, expr);
        return true;
    }
    if (argot_layout_has_comment(layout, place))
        return false;
    size_t length = layout->out->length;
    struct argot_layout before = argot_layout_try(layout);
    flat(layout, expr);
    return argot_layout_fits(layout, &before, length);
}

/* ---- chains and parentheses ---- */

static void
put_chain_flat(struct argot_layout *layout, const struct argot_ast_expr *chain)
{
    for (const struct argot_ast_expr *operand = chain->first; operand; operand = operand->next) {
        argot_print_expr(layout, operand);
        if (operand->next)
            TEXT(words[chain->kind][0]);
    }
}

/* Each operand on a line; the first where it stands. */
static void
put_chain_broken(struct argot_layout *layout, const struct argot_ast_expr *chain)
{
    for (const struct argot_ast_expr *operand = chain->first; operand; operand = operand->next) {
        argot_print_expr(layout, operand);
        if (!operand->next)
            continue;
        argot_layout_comments(layout, argot_ast_outer(operand->next).begin);
        argot_layout_line(layout);
        TEXT(words[chain->kind][0] + 1);
    }
}

static void
put_parens_flat(struct argot_layout *layout, const struct argot_ast_expr *expr)
{
    TEXT("(");
    put_node(layout, expr);
    TEXT(")");
}

static void
put_parens(struct argot_layout *layout, const struct argot_ast_expr *expr)
{
    if (fits(layout, expr->outer, expr, put_parens_flat))
        return;
    if (!is_chain(expr)) {
        TEXT("(");
        put_node(layout, expr);
        argot_layout_comments(layout, expr->outer.end - 1);
        TEXT(")");
        return;
    }
    TEXT("(");
    unsigned indent = layout->indent, outer = layout->line_indent;
    layout->indent = outer + ARGOT_LAYOUT_INDENT;
    argot_layout_comments(layout, argot_ast_outer(expr->first).begin);
    argot_layout_line(layout);
    put_chain_broken(layout, expr);
    argot_layout_comments(layout, expr->outer.end - 1);
    layout->indent = outer;
    argot_layout_line(layout);
    TEXT(")");
    layout->indent = indent;
}

/* ---- lists and calls ---- */

void
argot_print_items(struct argot_layout *layout, const struct argot_ast_expr *items)
{
    for (const struct argot_ast_expr *item = items; item; item = item->next) {
        argot_print_expr(layout, item);
        if (item->next)
            TEXT(", ");
    }
}

static void
put_list_flat(struct argot_layout *layout, const struct argot_ast_expr *list)
{
    TEXT("[");
    argot_print_items(layout, list->first);
    TEXT("]");
}

void
argot_print_list(struct argot_layout *layout, const struct argot_ast_expr *list)
{
    if (fits(layout, list->place, list, put_list_flat))
        return;
    TEXT("[");
    unsigned indent = layout->indent, outer = layout->line_indent;
    layout->indent = outer + ARGOT_LAYOUT_INDENT;
    for (const struct argot_ast_expr *item = list->first; item; item = item->next) {
        argot_layout_comments(layout, argot_ast_outer(item).begin);
        argot_layout_line(layout);
        argot_print_expr(layout, item);
        TEXT(",");
    }
    argot_layout_comments(layout, list->place.end - 1);
    layout->indent = outer;
    argot_layout_line(layout);
    TEXT("]");
    layout->indent = indent;
}

static void
put_call(struct argot_layout *layout, const struct argot_ast_expr *call)
{
    SOURCE(call->word);
    TEXT("(");
    argot_print_items(layout, call->first);
    TEXT(")");
}

/* ---- operators ---- */

static void
put_binary(struct argot_layout *layout, const struct argot_ast_expr *expr)
{
    static const char *const quantifiers[] = {[ARGOT_AST_ONE] = "", [ARGOT_AST_ANY] = "any ", [ARGOT_AST_ALL] = "all "};
    argot_print_expr(layout, expr->first);
    TEXT(words[expr->kind][expr->negated]);
    TEXT(quantifiers[expr->quantifier]);
    argot_print_expr(layout, expr->last);
}

static void
put_unary(struct argot_layout *layout, const struct argot_ast_expr *expr)
{
    if (expr->kind == ARGOT_AST_NOT)
        TEXT("not ");
    else
        TEXT(expr->first->kind == ARGOT_AST_NEGATE && !expr->first->parens ? "- " : "-");
    argot_print_expr(layout, expr->first);
}

static void
put_node(struct argot_layout *layout, const struct argot_ast_expr *expr)
{
    switch (expr->kind) {
    case ARGOT_AST_OR:
    case ARGOT_AST_AND:
        if (!fits(layout, expr->place, expr, put_chain_flat))
            put_chain_broken(layout, expr);
        break;
    case ARGOT_AST_NOT:
    case ARGOT_AST_NEGATE:
        put_unary(layout, expr);
        break;
    case ARGOT_AST_IS_NULL:
        argot_print_expr(layout, expr->first);
        TEXT(expr->negated ? " is not null" : " is null");
        break;
    case ARGOT_AST_LIST:
        argot_print_list(layout, expr);
        break;
    case ARGOT_AST_CALL:
        put_call(layout, expr);
        break;
    case ARGOT_AST_INDEX:
        argot_print_expr(layout, expr->first);
        TEXT("[");
        SOURCE(expr->word);
        TEXT("]");
        break;
    default:
        if (expr->first)
            put_binary(layout, expr);
        else
            SOURCE(expr->place);
    }
}

void
argot_print_expr(struct argot_layout *layout, const struct argot_ast_expr *expr)
{
    if (expr->parens)
        put_parens(layout, expr);
    else
        put_node(layout, expr);
}

/* ---- conditions, events, keys ---- */

static void
put_condition_flat(struct argot_layout *layout, const struct argot_ast_expr *condition)
{
    TEXT(" ");
    argot_print_expr(layout, condition);
}

bool
argot_print_condition(struct argot_layout *layout, const char *word, const struct argot_ast_expr *condition)
{
    TEXT(word);
    if (fits(layout, argot_ast_outer(condition), condition, put_condition_flat))
        return false;
    if (is_chain(condition) && !condition->parens) {
        unsigned indent = layout->indent;
        layout->indent = layout->line_indent + ARGOT_LAYOUT_INDENT;
        argot_layout_comments(layout, argot_ast_outer(condition).begin);
        argot_layout_line(layout);
        put_chain_broken(layout, condition);
        layout->indent = indent;
        return true;
    }
    TEXT(" ");
    argot_print_expr(layout, condition);
    return false;
}

void
argot_print_event(struct argot_layout *layout, const struct argot_ast_event *event)
{
    if (event->source == ARGOT_AST_ALERT_NAMES || event->source == ARGOT_AST_ANY_ALERT)
        TEXT("alert ");
    if (event->source == ARGOT_AST_ANY_EVENT || event->source == ARGOT_AST_ANY_ALERT)
        TEXT("any");
    for (const struct argot_ast_name *name = event->names; name; name = name->next) {
        SOURCE(name->word.place);
        if (name->next)
            TEXT(", ");
    }
    if (event->where)
        argot_print_condition(layout, " where", event->where);
}

void
argot_print_keys(struct argot_layout *layout, const struct argot_ast_key *keys)
{
    for (const struct argot_ast_key *key = keys; key; key = key->next) {
        argot_print_expr(layout, key->expr);
        if (key->optional)
            TEXT("?");
        if (key->as.text.at) {
            TEXT(" as ");
            SOURCE(key->as.place);
        }
        if (key->next)
            TEXT(", ");
    }
}

void
argot_print_close(struct argot_layout *layout, struct argot_place close)
{
    argot_layout_end(layout, close.begin);
    layout->indent = layout->indent >= ARGOT_LAYOUT_INDENT ? layout->indent - ARGOT_LAYOUT_INDENT : 0;
    argot_layout_source(layout, close);
    layout->indent += ARGOT_LAYOUT_INDENT;
}
