/* SPDX-License-Identifier: Apache-2.0
 * Which events a match, step or let takes: types of event, lets, alerts, and a condition. */
#include "grammar/check.h"
#include <string.h>

struct builder {
    struct argot_checker *checker;
    const struct argot_ast_event *ast;
    struct argot_plan_event *event;
    uint32_t file;
    struct argot_scope scope;
    uint16_t *types, nplain; /* types that are named here, as far as they go */
    bool *has_type;
    const struct argot_expr **choices; /* one of them must hold */
    uint16_t nchoices;
    bool good;
};

/* ---- nodes that nobody wrote ---- */

static struct argot_expr *
make_type_field(struct builder *builder)
{
    struct argot_expr *field = argot_check_node(&builder->scope, ARGOT_EXPR_FIELD, ARGOT_EXPR_ENUM_TYPE, NULL);
    field->field = (uint16_t)builder->checker->event_type;
    return field;
}

/* event_type is one of these; negated: none of them. */
static struct argot_expr *
make_type_test(struct builder *builder, const uint16_t *types, uint16_t count, bool negated)
{
    struct argot_expr_set *set = argot_check_alloc(builder->checker, 1, sizeof *set);
    struct argot_expr_constant *constants = argot_check_alloc(builder->checker, count, sizeof *constants);
    for (uint16_t i = 0; i < count; i++) {
        constants[i].type = ARGOT_EXPR_ENUM_TYPE;
        constants[i].slot.u64 = types[i];
    }
    set->constants = constants;
    set->nconstants = count;
    set->table = -1;
    struct argot_expr *node = argot_check_node(&builder->scope, ARGOT_EXPR_IN, ARGOT_EXPR_TRUTH_TYPE, NULL);
    node->set = set;
    node->negated = negated;
    argot_check_args(&builder->scope, node, 1, make_type_field(builder));
    return node;
}

static struct argot_expr *
make_rule_test(struct builder *builder, const uint32_t *rules, uint32_t count)
{
    struct argot_expr *node = argot_check_node(&builder->scope, ARGOT_EXPR_FROM_RULE, ARGOT_EXPR_TRUTH_TYPE, NULL);
    node->rules = rules;
    node->nrules = count;
    return node;
}

static struct argot_expr *
make_chain(struct argot_scope *scope, enum argot_expr_kind kind, const struct argot_expr **args, uint16_t count)
{
    struct argot_expr *node = argot_check_node(scope, kind, ARGOT_EXPR_TRUTH_TYPE, NULL);
    node->args = args;
    node->nargs = count;
    return node;
}

/* ---- names ---- */

static void
refuse_name(struct builder *builder, const struct argot_ast_name *name)
{
    struct argot_checker *checker = builder->checker;
    bool alert = builder->ast->source == ARGOT_AST_ALERT_NAMES;
    const struct argot_symbol *symbol = argot_check_find(checker, name->word.text.at);
    struct argot_diagnostic *said = argot_check_add(
        checker, builder->file, ARGOT_ERROR, alert ? ARGOT_CODE_RULE_UNKNOWN_RULE : ARGOT_CODE_RULE_UNKNOWN_EVENT,
        name->word.place, alert ? "no rule is called `%s`" : "no type of event and no let is called `%s`",
        name->word.text.at);
    if (!alert && symbol && symbol->kind == ARGOT_SYMBOL_RULE)
        argot_check_hint(checker, said, "the alerts of a rule are `alert %s`", symbol->name);
    else
        argot_check_suggest(checker, builder->file, said, name->word.text.at,
                            alert ? 1u << ARGOT_SYMBOL_RULE : ARGOT_NAMES_TYPES | 1u << ARGOT_SYMBOL_LET);
    if (!said->hint && !alert)
        argot_check_hint(checker, said, "`argot types` lists the types of events");
    builder->good = false;
}

static void
add_type(struct builder *builder, const struct argot_ast_name *name, uint16_t type)
{
    const struct argot_rules_world *world = builder->checker->world;
    if (type == builder->checker->alert_type) {
        argot_check_hint(builder->checker,
                         argot_check_add(builder->checker, builder->file, ARGOT_ERROR, ARGOT_CODE_RULE_UNKNOWN_EVENT,
                                         name->word.place, "alerts are not matched by their type"),
                         "write `alert any`, or `alert` and the names of rules");
        builder->good = false;
        return;
    }
    if (world && world->makes_type && !world->makes_type(world->context, type))
        argot_check_add(builder->checker, builder->file, ARGOT_WARNING, ARGOT_CODE_RULE_NEVER_FILLED, name->word.place,
                        "no loaded format makes events of type %s", name->word.text.at);
    builder->types[builder->nplain++] = type;
    builder->has_type[type] = true;
}

static void
add_let(struct builder *builder, const struct argot_symbol *symbol)
{
    const struct argot_plan_event *event = symbol->event;
    if (!event) {
        builder->good = false; /* told at the let */
        return;
    }
    builder->event->any_type = builder->event->any_type || event->any_type;
    for (uint16_t i = 0; i < event->ntypes; i++)
        builder->has_type[event->types[i]] = true;
    for (uint32_t i = 0; i < event->nrules; i++)
        argot_check_mark(builder->checker, event->rules[i]);
    builder->choices[builder->nchoices++] = event->condition;
}

/* Lets first: each gathers rules of its own. */
static void
make_lets(const struct builder *builder)
{
    for (const struct argot_ast_name *name = builder->ast->names; name; name = name->next) {
        struct argot_symbol *symbol = argot_check_find(builder->checker, name->word.text.at);
        if (symbol && symbol->kind == ARGOT_SYMBOL_LET && argot_check_type(builder->checker, name->word.text) < 0)
            argot_event_let(builder->checker, symbol);
    }
}

static void
add_names(struct builder *builder)
{
    make_lets(builder);
    for (const struct argot_ast_name *name = builder->ast->names; name; name = name->next) {
        int type = argot_check_type(builder->checker, name->word.text);
        const struct argot_symbol *symbol = argot_check_find(builder->checker, name->word.text.at);
        if (type >= 0)
            add_type(builder, name, (uint16_t)type);
        else if (symbol && symbol->kind == ARGOT_SYMBOL_LET)
            add_let(builder, symbol);
        else
            refuse_name(builder, name);
    }
    if (builder->nplain)
        builder->choices[builder->nchoices++] = make_type_test(builder, builder->types, builder->nplain, false);
}

static void
add_rules(struct builder *builder, bool any)
{
    struct argot_checker *checker = builder->checker;
    struct argot_plan_event *event = builder->event;
    for (size_t i = 0; any && i < checker->nsymbols; i++)
        if (checker->symbols[i].kind == ARGOT_SYMBOL_RULE && !checker->symbols[i].takes_any)
            argot_check_mark(checker, checker->symbols[i].number);
    for (const struct argot_ast_name *name = builder->ast->names; name; name = name->next) {
        const struct argot_symbol *symbol = argot_check_find(checker, name->word.text.at);
        if (symbol && symbol->kind == ARGOT_SYMBOL_RULE)
            argot_check_mark(checker, symbol->number);
        else
            refuse_name(builder, name);
    }
    event->rules = argot_check_marked(checker, &event->nrules);
    builder->choices[builder->nchoices++] = make_rule_test(builder, event->rules, event->nrules);
}

/* ---- the event ---- */

static void
add_source(struct builder *builder)
{
    uint16_t alert = (uint16_t)builder->checker->alert_type;
    switch (builder->ast->source) {
    case ARGOT_AST_NAMES:
        add_names(builder);
        break;
    case ARGOT_AST_ANY_EVENT:
        builder->event->any_type = true;
        builder->choices[builder->nchoices++] = make_type_test(builder, &alert, 1, true);
        break;
    case ARGOT_AST_ALERT_NAMES:
    case ARGOT_AST_ANY_ALERT:
        add_rules(builder, builder->ast->source == ARGOT_AST_ANY_ALERT);
        break;
    }
}

static void
collect(struct builder *builder)
{
    struct argot_plan_event *event = builder->event;
    uint16_t all = argot_schema.fields[builder->checker->event_type].nvalues;
    uint16_t *types = argot_check_alloc(builder->checker, all, sizeof *types);
    for (uint16_t i = 0; i < all; i++)
        if (builder->has_type[i])
            types[event->ntypes++] = i;
    event->types = types;
    if (!event->rules)
        event->rules = argot_check_marked(builder->checker, &event->nrules);
}

static void
start(struct builder *builder, const struct argot_scope *base)
{
    struct argot_checker *checker = builder->checker;
    uint16_t types = argot_schema.fields[checker->event_type].nvalues;
    size_t names = 1;
    for (const struct argot_ast_name *name = builder->ast->names; name; name = name->next)
        names++;
    builder->scope = *base;
    builder->types = argot_check_alloc(checker, names, sizeof *builder->types);
    builder->has_type = argot_check_alloc(checker, types, sizeof *builder->has_type);
    builder->choices = argot_check_alloc(checker, names, sizeof *builder->choices);
    builder->good = true;
}

struct argot_scope
argot_event_scope(const struct argot_scope *base, const struct argot_plan_event *event)
{
    struct argot_scope scope = *base;
    scope.events = event->any_type || event->ntypes > 0;
    scope.alerts = event->nrules > 0;
    scope.any_type = event->any_type;
    scope.types = event->types;
    scope.ntypes = event->ntypes;
    return scope;
}

bool
argot_event_make(const struct argot_scope *base, const struct argot_ast_event *ast, struct argot_plan_event *event)
{
    struct builder builder = {.checker = base->checker, .ast = ast, .event = event, .file = base->file};
    event->place = argot_check_place(base->file, ast->place);
    start(&builder, base);
    add_source(&builder);
    collect(&builder);
    struct argot_scope scope = argot_event_scope(base, event);
    scope.reads_stages = 0;
    scope.any_type = scope.any_type || !builder.good; /* one mistake is enough */
    scope.alerts = scope.alerts || !builder.good;
    const struct argot_expr *where = ast->where ? argot_check_condition(&scope, ast->where) : NULL;
    event->reads_stages = scope.reads_stages;
    if (!builder.good || (ast->where && !where) || builder.nchoices == 0)
        return false;
    const struct argot_expr *choice = builder.nchoices == 1
                                          ? builder.choices[0]
                                          : make_chain(&scope, ARGOT_EXPR_OR, builder.choices, builder.nchoices);
    event->condition = choice;
    if (where)
        argot_event_and(base->checker, event, &where, 1);
    return true;
}

void
argot_event_and(struct argot_checker *checker, struct argot_plan_event *event, const struct argot_expr *const *more,
                size_t count)
{
    const struct argot_expr **args = argot_check_alloc(checker, count + 1, sizeof *args);
    struct argot_scope scope = {.checker = checker, .file = event->place.file};
    args[0] = event->condition;
    memcpy(args + 1, more, count * sizeof *args);
    event->condition = make_chain(&scope, ARGOT_EXPR_AND, args, (uint16_t)(count + 1));
}

void
argot_event_let(struct argot_checker *checker, struct argot_symbol *symbol)
{
    if (symbol->made)
        return;
    symbol->made = true;
    struct argot_scope base = {.checker = checker, .file = symbol->file};
    struct argot_plan_event *event = argot_check_alloc(checker, 1, sizeof *event);
    if (argot_event_make(&base, symbol->decl->event, event))
        symbol->event = event;
}
