/* SPDX-License-Identifier: Apache-2.0
 * `in`: sets written in place, lists, tables, networks. The items are read as the type of what stands before `in`. */
#include "grammar/check.h"
#include <string.h>

#define PREFIX_V4 96

struct set_builder {
    struct argot_scope *scope;
    struct argot_expr *value; /* what stands before `in` */
    struct argot_expr_set *set;
    struct argot_expr_constant *constants;
    struct argot_expr_network *networks;
    const struct argot_expr **exprs;
    struct argot_place place; /* where the set is used */
    bool good, fold;
};

static void
start(struct set_builder *builder, size_t room)
{
    struct argot_checker *checker = builder->scope->checker;
    builder->set = argot_check_alloc(checker, 1, sizeof *builder->set);
    builder->constants = argot_check_alloc(checker, room, sizeof *builder->constants);
    builder->networks = argot_check_alloc(checker, room, sizeof *builder->networks);
    builder->exprs = argot_check_alloc(checker, room, sizeof *builder->exprs);
    builder->set->constants = builder->constants;
    builder->set->networks = builder->networks;
    builder->set->exprs = builder->exprs;
    builder->set->table = -1;
    builder->good = true;
}

/* ---- items ---- */

static void
refuse_item(struct set_builder *builder, struct argot_place place, const char *what)
{
    struct argot_diagnostic *said =
        argot_check_add(builder->scope->checker, builder->scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_TYPES, place,
                        "%s is never in a set that holds %s", argot_check_what(builder->scope, builder->value), what);
    if (argot_check_is_number(builder->value) && !strcmp(what, argot_expr_type_words(ARGOT_EXPR_TEXT_TYPE)))
        argot_check_hint(builder->scope->checker, said, "numbers stand without quotes");
    else if (builder->value->type == ARGOT_EXPR_TEXT_TYPE)
        argot_check_hint(builder->scope->checker, said, "texts stand in quotes");
    builder->good = false;
}

static void
add_network(struct set_builder *builder, const struct argot_ast_expr *item, struct argot_place place)
{
    if (builder->value->type != ARGOT_EXPR_ADDRESS_TYPE) {
        refuse_item(builder, place, "networks");
        return;
    }
    struct argot_expr_network *network = &builder->networks[builder->set->nnetworks++];
    network->bits = item->prefix;
    for (unsigned i = 0; i < sizeof network->ip; i++) {
        unsigned left = i * 8 >= item->prefix ? 0 : item->prefix - i * 8;
        unsigned mask = left >= 8 ? 0xffu : 0xffu << (8 - left) & 0xffu;
        network->ip[i] = (uint8_t)(item->ip[i] & mask);
    }
}

static bool
is_number_type(uint8_t type)
{
    return type == ARGOT_EXPR_WHOLE_TYPE || type == ARGOT_EXPR_REAL_TYPE || type == ARGOT_EXPR_NUMBER_TYPE;
}

/* A literal, at its own place or at that of the use of the list that it stands in. */
static void
add_constant(struct set_builder *builder, const struct argot_ast_expr *item, struct argot_place place)
{
    struct argot_expr_constant *constant = &builder->constants[builder->set->nconstants];
    uint8_t due = builder->value->type;
    if (!argot_constant_of(item, constant)) {
        refuse_item(builder, place, "regular expressions");
        return;
    }
    bool reads = due == ARGOT_EXPR_ADDRESS_TYPE || due == ARGOT_EXPR_TIME_TYPE || due == ARGOT_EXPR_MAC_TYPE ||
                 due == ARGOT_EXPR_ENUM_TYPE;
    if (constant->type == ARGOT_EXPR_TEXT_TYPE && reads) {
        struct argot_expr_text text = argot_check_text(item->text);
        if (!argot_constant_read(builder->scope->checker, text, due, builder->value->field, constant)) {
            argot_constant_refuse(builder->scope, builder->value, text, place);
            builder->good = false;
            return;
        }
        constant->fold = false;
    }
    if (constant->type != due && !(is_number_type(constant->type) && is_number_type(due))) {
        refuse_item(builder, place, argot_expr_type_words(constant->type));
        return;
    }
    struct argot_ast_expr at = *item;
    at.place = place;
    if (!argot_constant_fits(builder->scope, builder->value, constant, &at))
        builder->good = false;
    builder->fold = builder->fold || constant->fold;
    builder->set->nconstants++;
}

/* An item that is no literal: a field, a call. */
static void
add_expr(struct set_builder *builder, const struct argot_ast_expr *item)
{
    struct argot_expr *expr = argot_check_value(builder->scope, item);
    if (expr && expr->type == ARGOT_EXPR_UNTYPED_TYPE)
        expr = argot_check_read(builder->scope, expr, builder->value->type, builder->value->field);
    if (expr && expr->type == ARGOT_EXPR_ENUM_TYPE && builder->value->type == ARGOT_EXPR_TEXT_TYPE)
        expr = argot_check_as_text(builder->scope, expr);
    if (!expr) {
        builder->good = false;
        return;
    }
    bool numbers = argot_check_is_number(expr) && argot_check_is_number(builder->value);
    bool words = expr->type != ARGOT_EXPR_ENUM_TYPE || expr->field == builder->value->field;
    if ((expr->type != builder->value->type && !numbers) || !words) {
        refuse_item(builder, item->place, argot_check_what(builder->scope, expr));
        return;
    }
    builder->exprs[builder->set->nexprs++] = expr;
}

static bool
is_literal(const struct argot_ast_expr *item)
{
    return item->kind <= ARGOT_AST_BOOL || (item->kind == ARGOT_AST_NEGATE && (item->first->kind == ARGOT_AST_INT ||
                                                                               item->first->kind == ARGOT_AST_FLOAT));
}

static void
add_item(struct set_builder *builder, const struct argot_ast_expr *item, struct argot_place place)
{
    if (item->kind == ARGOT_AST_NETWORK)
        add_network(builder, item, place);
    else if (is_literal(item))
        add_constant(builder, item, place);
    else
        add_expr(builder, item);
}

/* A line of a list file or a key of a table. */
static void
add_text(struct set_builder *builder, struct argot_expr_text text, const char *path, uint32_t line)
{
    struct argot_checker *checker = builder->scope->checker;
    struct argot_expr_constant *constant = &builder->constants[builder->set->nconstants];
    const char *slash = builder->value->type == ARGOT_EXPR_ADDRESS_TYPE ? memchr(text.at, '/', text.length) : NULL;
    if (slash) {
        struct argot_expr_network *network = &builder->networks[builder->set->nnetworks];
        if (argot_source_network(text, network)) {
            builder->set->nnetworks++;
            return;
        }
    } else if (argot_constant_read(checker, text, builder->value->type, builder->value->field, constant)) {
        builder->set->nconstants++;
        return;
    }
    if (builder->good)
        argot_check_add(checker, builder->scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_IMPOSSIBLE, builder->place,
                        "%s, line %u: `%.*s` is not %s", path, (unsigned)line,
                        (int)(text.length < 64 ? text.length : 64), text.at,
                        argot_expr_type_words(builder->value->type));
    builder->good = false;
}

/* ---- what stands behind `in` ---- */

/* What an untyped value is read as: the type of the first item. */
static enum argot_expr_type
type_of_item(const struct argot_ast_expr *item)
{
    struct argot_expr_constant constant;
    if (item->kind == ARGOT_AST_NETWORK)
        return ARGOT_EXPR_ADDRESS_TYPE;
    if (is_literal(item) && argot_constant_of(item, &constant))
        return constant.type;
    return ARGOT_EXPR_TEXT_TYPE;
}

static void
read_untyped(struct set_builder *builder, const struct argot_ast_expr *first)
{
    if (builder->value->type == ARGOT_EXPR_UNTYPED_TYPE)
        builder->value =
            argot_check_read(builder->scope, builder->value, first ? type_of_item(first) : ARGOT_EXPR_TEXT_TYPE, 0);
}

static void
use_list(struct set_builder *builder, struct argot_symbol *symbol)
{
    builder->good = argot_source_list(builder->scope->checker, symbol);
    if (!builder->good)
        return;
    read_untyped(builder, symbol->nitems && symbol->items[0].expr ? symbol->items[0].expr : NULL);
    start(builder, symbol->nitems);
    builder->set->name = symbol->name;
    for (size_t i = 0; i < symbol->nitems; i++) {
        const struct argot_list_item *item = &symbol->items[i];
        if (item->expr)
            add_item(builder, item->expr, builder->place);
        else
            add_text(builder, item->text, symbol->decl->path->text.at, item->line);
    }
}

static void
use_table(struct set_builder *builder, const struct argot_symbol *symbol)
{
    const struct argot_plan_table *table = &builder->scope->checker->plan.tables[symbol->number];
    read_untyped(builder, NULL);
    start(builder, table->nrows);
    builder->set->name = symbol->name;
    builder->set->table = (int32_t)symbol->number;
    for (uint32_t i = 0; i < table->nrows; i++)
        add_text(builder, table->rows[i].cells[table->key], table->path, table->rows[i].line);
}

static void
use_name(struct set_builder *builder, const struct argot_ast_expr *name)
{
    struct argot_checker *checker = builder->scope->checker;
    struct argot_symbol *symbol = argot_check_find(checker, name->text.at);
    if (symbol && symbol->kind == ARGOT_SYMBOL_LIST) {
        use_list(builder, symbol);
        return;
    }
    if (symbol && symbol->kind == ARGOT_SYMBOL_TABLE) {
        use_table(builder, symbol);
        return;
    }
    struct argot_diagnostic *said =
        argot_check_add(checker, builder->scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_UNKNOWN_LIST, name->place,
                        "no list or table is called `%s`", name->text.at);
    argot_check_suggest(checker, builder->scope->file, said, name->text.at,
                        1u << ARGOT_SYMBOL_LIST | 1u << ARGOT_SYMBOL_TABLE);
    if (!said->hint && argot_schema_find(name->text.at) >= 0)
        argot_check_hint(checker, said, "a set of fields stands in brackets: [%s]", name->text.at);
    builder->good = false;
}

struct argot_expr *
argot_check_in(struct argot_scope *scope, const struct argot_ast_expr *ast)
{
    struct set_builder builder = {.scope = scope, .place = ast->last->place};
    builder.value = argot_check_value(scope, ast->first);
    if (!builder.value)
        return NULL;
    const struct argot_ast_expr *right = ast->last;
    if (right->kind == ARGOT_AST_NAME) {
        use_name(&builder, right);
    } else {
        const struct argot_ast_expr *items = right->kind == ARGOT_AST_LIST ? right->first : right;
        read_untyped(&builder, items);
        start(&builder, right->kind == ARGOT_AST_LIST ? argot_ast_count(items) : 1);
        for (const struct argot_ast_expr *item = items; item; item = right->kind == ARGOT_AST_LIST ? item->next : NULL)
            add_item(&builder, item, item->place);
    }
    if (!builder.good)
        return NULL;
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_IN, ARGOT_EXPR_TRUTH_TYPE, ast);
    node->negated = ast->negated;
    node->fold = builder.fold || builder.value->fold;
    node->set = builder.set;
    argot_check_args(scope, node, 1, builder.value);
    return node;
}
