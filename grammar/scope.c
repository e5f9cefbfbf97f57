/* SPDX-License-Identifier: Apache-2.0
 * What a name stands for in an expression: a field of the event at hand, a member of extra, a column of a lookup, a
 * field of an earlier step, something of an alert, a key of the rule. */
#include "grammar/check.h"
#include <string.h>

static bool
is(struct argot_ast_text part, const char *word)
{
    return strlen(word) == part.length && !memcmp(word, part.at, part.length);
}

/* ---- fields ---- */

static bool
is_always_there(const struct argot_checker *checker, uint16_t field)
{
    const char *name = argot_schema.fields[field].name;
    return field == checker->event_type || !strcmp(name, "event_time") || !strcmp(name, "event_ingest_time");
}

/* Warns where none of the types that the event may have gets the field from any format. */
static void
check_filled(struct argot_scope *scope, const struct argot_ast_expr *ast, uint16_t field)
{
    const struct argot_rules_world *world = scope->checker->world;
    if (!world || !world->fills || scope->any_type || scope->alerts || scope->ntypes == 0 ||
        is_always_there(scope->checker, field))
        return;
    for (uint16_t i = 0; i < scope->ntypes; i++)
        if (world->fills(world->context, scope->types[i], field) || !world->makes_type(world->context, scope->types[i]))
            return; /* a type that nobody makes is told where it stands */
    const struct argot_schema_field *type = &argot_schema.fields[scope->checker->event_type];
    argot_check_add(scope->checker, scope->file, ARGOT_WARNING, ARGOT_CODE_RULE_NEVER_FILLED, ast->place,
                    "no loaded format fills `%s` in events of type %s%s", argot_schema.fields[field].name,
                    type->values[scope->types[0]], scope->ntypes > 1 ? " and the other types here" : "");
}

static struct argot_expr *
make_field(struct argot_scope *scope, const struct argot_ast_expr *ast, uint16_t field)
{
    bool list;
    enum argot_expr_type type = argot_expr_type_of(argot_schema.fields[field].type, &list);
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_FIELD, type, ast);
    node->field = field;
    node->list = list;
    check_filled(scope, ast, field);
    return node;
}

static const struct argot_expr_text *
copy_path(struct argot_scope *scope, const struct argot_ast_text *parts, uint16_t count)
{
    struct argot_expr_text *path = argot_check_alloc(scope->checker, count, sizeof *path);
    for (uint16_t i = 0; i < count; i++)
        path[i] = argot_check_text(parts[i]);
    return path;
}

static struct argot_expr *
make_extra(struct argot_scope *scope, const struct argot_ast_expr *ast, const struct argot_ast_text *parts,
           uint16_t count)
{
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_EXTRA, ARGOT_EXPR_UNTYPED_TYPE, ast);
    node->path = copy_path(scope, parts, count);
    node->npath = count;
    return node;
}

/* ---- alert.… ---- */

static struct argot_expr *
make_values(struct argot_scope *scope, const struct argot_ast_expr *ast, const struct argot_ast_text *parts,
            uint16_t count)
{
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_ALERT, ARGOT_EXPR_UNTYPED_TYPE, ast);
    node->attribute = ARGOT_EXPR_ALERT_VALUES;
    node->list = true;
    int field = count == 1 ? argot_schema_find(parts[0].at) : -1;
    if (field >= 0) {
        bool list;
        node->field = (uint16_t)field;
        node->type = (uint8_t)argot_expr_type_of(argot_schema.fields[field].type, &list);
        return node;
    }
    if (count > 1 && is(parts[0], "extra")) {
        node->path = copy_path(scope, parts + 1, (uint16_t)(count - 1));
        node->npath = (uint16_t)(count - 1);
        return node;
    }
    argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_UNKNOWN_FIELD, ast->place,
                    "`alert.values` needs the name of a field that `collect` names: alert.values.user_name");
    return NULL;
}

static struct argot_expr *
make_alert(struct argot_scope *scope, const struct argot_ast_expr *ast, const struct argot_ast_text *parts,
           uint16_t count)
{
    static const char *const names[] = {
#define X(name, word) [ARGOT_EXPR_ALERT_##name] = word,
        ARGOT_EXPR_ATTRIBUTES(X)
#undef X
    };
    static const uint8_t types[] = {
        [ARGOT_EXPR_ALERT_ID] = ARGOT_EXPR_TEXT_TYPE,         [ARGOT_EXPR_ALERT_COUNT] = ARGOT_EXPR_WHOLE_TYPE,
        [ARGOT_EXPR_ALERT_FIRST_TIME] = ARGOT_EXPR_TIME_TYPE, [ARGOT_EXPR_ALERT_LAST_TIME] = ARGOT_EXPR_TIME_TYPE,
        [ARGOT_EXPR_ALERT_TAGS] = ARGOT_EXPR_TEXT_TYPE,       [ARGOT_EXPR_ALERT_VALUES] = ARGOT_EXPR_NO_TYPE,
    };
    if (!scope->alerts) {
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_SCOPE, ast->place,
                        "the event here is never an alert, so that `alert.` has nothing to say of it");
        return NULL;
    }
    if (count > 0 && is(parts[0], names[ARGOT_EXPR_ALERT_VALUES]))
        return make_values(scope, ast, parts + 1, (uint16_t)(count - 1));
    for (unsigned i = 0; i < ARGOT_EXPR_ALERT_VALUES && count == 1; i++) {
        if (!is(parts[0], names[i]))
            continue;
        struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_ALERT, types[i], ast);
        node->attribute = (uint8_t)i;
        node->list = i == ARGOT_EXPR_ALERT_TAGS;
        return node;
    }
    struct argot_diagnostic *said =
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_UNKNOWN_FIELD, ast->place,
                        "an alert has id, count, first_time, last_time, tags and values, but no `%.*s`",
                        count ? (int)parts[0].length : 0, count ? parts[0].at : "");
    if (count == 1)
        argot_diagnostic_suggest(scope->checker->files[scope->file]->diagnostics, said, parts[0].at, names,
                                 ARGOT_EXPR_ATTRIBUTE_COUNT);
    return NULL;
}

/* ---- names with dots ---- */

static struct argot_expr *
make_column(struct argot_scope *scope, const struct argot_ast_expr *ast, uint32_t lookup, struct argot_ast_text name)
{
    const struct argot_plan_table *table = scope->lookups[lookup].table;
    for (uint32_t i = 0; i < table->ncolumns; i++) {
        if (!is(name, table->columns[i]))
            continue;
        struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_COLUMN, ARGOT_EXPR_UNTYPED_TYPE, ast);
        node->lookup = (uint16_t)lookup;
        node->column = (uint16_t)i;
        return node;
    }
    if (table->ncolumns == 0)
        return NULL; /* it could not be read, which was told */
    struct argot_diagnostic *said =
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_UNKNOWN_FIELD, ast->place,
                        "the table `%s` has no column `%s`", table->name, name.at);
    argot_diagnostic_suggest(scope->checker->files[scope->file]->diagnostics, said, name.at, table->columns,
                             table->ncolumns);
    return NULL;
}

static struct argot_expr *find(struct argot_scope *scope, const struct argot_ast_expr *ast,
                               const struct argot_ast_text *parts, uint16_t count);

static struct argot_expr *
make_capture(struct argot_scope *scope, const struct argot_ast_expr *ast, const struct argot_scope_capture *capture,
             const struct argot_ast_text *parts, uint16_t count)
{
    struct argot_scope inner = argot_event_scope(scope, capture->event);
    inner.ncaptures = 0;
    inner.aggregates = NULL;
    inner.nkeys = 0;
    struct argot_expr *read = find(&inner, ast, parts, count);
    if (!read)
        return NULL;
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_CAPTURE, read->type, ast);
    node->capture = capture->number;
    node->field = read->field;
    node->list = read->list;
    argot_check_args(scope, node, 1, read);
    scope->reads_stages |= UINT64_C(1) << capture->number;
    return node;
}

static struct argot_expr *
find_dotted(struct argot_scope *scope, const struct argot_ast_expr *ast, const struct argot_ast_text *parts,
            uint16_t count)
{
    if (is(parts[0], "extra"))
        return make_extra(scope, ast, parts + 1, (uint16_t)(count - 1));
    if (is(parts[0], "alert"))
        return make_alert(scope, ast, parts + 1, (uint16_t)(count - 1));
    for (uint32_t i = 0; i < scope->nlookups; i++)
        if (is(parts[0], scope->lookups[i].alias) && count == 2)
            return make_column(scope, ast, i, parts[1]);
    for (uint32_t i = 0; i < scope->ncaptures; i++)
        if (scope->captures[i].name && is(parts[0], scope->captures[i].name))
            return make_capture(scope, ast, &scope->captures[i], parts + 1, (uint16_t)(count - 1));
    struct argot_diagnostic *said =
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_SCOPE, ast->place,
                        "`%s` is no earlier step and no lookup of this rule", parts[0].at);
    argot_check_hint(scope->checker, said,
                     "what comes before a dot is `extra`, `alert`, the `as` of a lookup, or the name of a step that "
                     "comes before");
    return NULL;
}

/* ---- names of one word ---- */

static void
refuse_name(struct argot_scope *scope, const struct argot_ast_expr *ast, const char *name)
{
    struct argot_diagnostic *said =
        argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_UNKNOWN_FIELD, ast->place,
                        "the schema has no field `%s`", name);
    const struct argot_symbol *symbol = argot_check_find(scope->checker, name);
    if (argot_aggregate_is_name(name))
        argot_check_hint(scope->checker, said, "`%s` stands in `when` alone", name);
    else if (symbol && (symbol->kind == ARGOT_SYMBOL_LIST || symbol->kind == ARGOT_SYMBOL_TABLE))
        argot_check_hint(scope->checker, said, "a list stands behind `in` or `like any`: `field in %s`", name);
    else
        argot_check_suggest(scope->checker, scope->file, said, name, ARGOT_NAMES_FIELDS);
    if (said->hint == NULL)
        argot_check_hint(scope->checker, said, "a text stands in quotes: \"%s\"; what a source calls so is `extra.%s`",
                         name, name);
}

static struct argot_expr *
find_word(struct argot_scope *scope, const struct argot_ast_expr *ast, struct argot_ast_text name)
{
    for (uint32_t i = 0; i < scope->nkeys; i++) {
        if (!is(name, scope->keys[i].name))
            continue;
        struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_KEY, scope->keys[i].type, ast);
        node->key = i;
        node->field = scope->keys[i].enum_field;
        return node;
    }
    int field = strlen(name.at) == name.length ? argot_schema_find(name.at) : -1;
    if (field >= 0)
        return make_field(scope, ast, (uint16_t)field);
    refuse_name(scope, ast, name.at);
    return NULL;
}

static struct argot_expr *
find(struct argot_scope *scope, const struct argot_ast_expr *ast, const struct argot_ast_text *parts, uint16_t count)
{
    return count > 1 ? find_dotted(scope, ast, parts, count) : find_word(scope, ast, parts[0]);
}

struct argot_expr *
argot_scope_name(struct argot_scope *scope, const struct argot_ast_expr *name)
{
    if (scope->aggregates) {
        struct argot_diagnostic *said =
            argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_SCOPE, name->place,
                            "`when` asks about all events of a window, not about one");
        argot_check_hint(scope->checker, said,
                         "a condition on one event stands in `where`; on how many: count(%s == …) >= 1", name->text.at);
        return NULL;
    }
    return find(scope, name, name->parts, name->nparts);
}
