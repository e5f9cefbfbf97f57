/* SPDX-License-Identifier: Apache-2.0
 * Loads and checks formats/schema.yaml: the helpers of all loaders, the fields, and what argot itself needs. */
#include "generator/schema.h"
#include "event/schema.h"
#include "generator/schema_load.h"
#include <stdlib.h>
#include <string.h>

/* ---- helpers ---- */

struct argot_diagnostic *
argot_gen_schema_report(struct argot_gen_schema_loader *l, unsigned code, const struct argot_yaml *node,
                        const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = argot_arena_vprintf(l->arena, format, args);
    va_end(args);
    return argot_diagnostics_add(l->diagnostics, ARGOT_ERROR, code, node->span, "%s", text ? text : "out of memory");
}

void *
argot_gen_schema_alloc(struct argot_gen_schema_loader *l, size_t count, size_t size)
{
    void *memory = argot_arena_zalloc(l->arena, count ? count : 1, size);
    if (!memory)
        argot_diagnostics_add(l->diagnostics, ARGOT_ERROR, ARGOT_CODE_NO_MEMORY, (struct argot_span){0},
                              "out of memory");
    return memory;
}

void
argot_gen_schema_keys(struct argot_gen_schema_loader *l, const struct argot_yaml *map, const char *const *names,
                      size_t count)
{
    for (size_t i = 0; i < map->count; i++) {
        const char *key = map->keys[i]->text;
        size_t at = 0;
        while (at < count && strcmp(names[at], key) != 0)
            at++;
        if (at < count)
            continue;
        struct argot_diagnostic *d =
            argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_KEY, map->keys[i], "no key `%s` is known here", key);
        argot_diagnostic_suggest(l->diagnostics, d, key, names, count);
    }
}

static const char *
kind_name(enum argot_yaml_kind kind)
{
    return kind == ARGOT_YAML_SCALAR ? "a text" : kind == ARGOT_YAML_LIST ? "a list" : "a map";
}

const struct argot_yaml *
argot_gen_schema_node(struct argot_gen_schema_loader *l, const struct argot_yaml *map, const char *key,
                      enum argot_yaml_kind kind, bool required)
{
    const struct argot_yaml *node = argot_yaml_get(map, key);
    if (!node) {
        if (required)
            argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_MISSING, map, "the key `%s` is missing", key);
        return NULL;
    }
    if (node->kind == kind)
        return node;
    argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_NODE, node, "`%s` is %s, not %s", key, kind_name(kind),
                            kind_name(node->kind));
    return NULL;
}

const char *
argot_gen_schema_text(struct argot_gen_schema_loader *l, const struct argot_yaml *map, const char *key, bool required)
{
    const struct argot_yaml *node = argot_gen_schema_node(l, map, key, ARGOT_YAML_SCALAR, required);
    if (!node)
        return NULL;
    if (node->length && !(node->plain && (!strcmp(node->text, "null") || !strcmp(node->text, "~"))))
        return node->text;
    argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_NODE, node, "`%s` has no value", key)->hint =
        required ? NULL : "leave the key out where there is none";
    return NULL;
}

bool
argot_gen_schema_number(struct argot_gen_schema_loader *l, const struct argot_yaml *node, uint32_t most,
                        uint32_t *number)
{
    uint64_t value = 0;
    bool digits = node->kind == ARGOT_YAML_SCALAR && node->length > 0;
    for (size_t i = 0; digits && i < node->length; i++) {
        digits = node->text[i] >= '0' && node->text[i] <= '9';
        value = value > most ? value : value * 10 + (uint64_t)(node->text[i] - '0');
    }
    if (!digits || value > most) {
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_NUMBER, node, "a number from 0 to %u is due here", most);
        return false;
    }
    *number = (uint32_t)value;
    return true;
}

bool
argot_gen_schema_name(struct argot_gen_schema_loader *l, const struct argot_yaml *node, bool upper, const char *what)
{
    const char *set = upper ? "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_" : "abcdefghijklmnopqrstuvwxyz0123456789_";
    bool good = node->kind == ARGOT_YAML_SCALAR && node->length > 0 && node->length <= ARGOT_GEN_SCHEMA_MAX_NAME &&
                node->text[0] != '_' && !(node->text[0] >= '0' && node->text[0] <= '9') &&
                strspn(node->text, set) == node->length;
    if (good)
        return true;
    struct argot_diagnostic *d = argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_NAME, node, "`%s` is no name of %s",
                                                         node->kind == ARGOT_YAML_SCALAR ? node->text : "", what);
    d->hint = argot_arena_printf(l->arena, "%s letters, digits and `_`, a letter first, at most %d",
                                 upper ? "upper-case" : "lower-case", ARGOT_GEN_SCHEMA_MAX_NAME);
    return false;
}

/* ---- fields ---- */

static void
load_values(struct argot_gen_schema_loader *l, const struct argot_yaml *node, struct argot_gen_schema_field *field)
{
    const struct argot_gen_schema *schema = l->schema;
    if (node->kind == ARGOT_YAML_SCALAR && !strcmp(node->text, "@event_types")) {
        field->nvalues = schema->nevent_types;
        field->values = schema->event_type_names;
        return;
    }
    if (node->kind != ARGOT_YAML_LIST || !node->count) {
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_VALUES, node, "the values of an enum are a list")->hint =
            "or '@event_types'";
        return;
    }
    if (node->count > ARGOT_GEN_SCHEMA_MAX_VALUES) {
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_LIMIT, node, "more than %d values", ARGOT_GEN_SCHEMA_MAX_VALUES);
        return;
    }
    const char **values = argot_gen_schema_alloc(l, node->count, sizeof *values);
    for (size_t i = 0; values && i < node->count; i++) {
        const struct argot_yaml *value = node->items[i];
        if (!argot_gen_schema_name(l, value, false, "a value"))
            continue;
        for (size_t k = 0; k < field->nvalues; k++)
            if (!strcmp(values[k], value->text))
                argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_TWICE, value, "the value `%s` stands twice", value->text);
        values[field->nvalues++] = value->text;
    }
    field->values = values;
}

static void
load_type(struct argot_gen_schema_loader *l, const struct argot_yaml *node, struct argot_gen_schema_field *field)
{
    static const char *const types[] = {
#define X(name, text, kept) text,
        ARGOT_TYPES(X)
#undef X
    };
    const char *type = argot_gen_schema_text(l, node, "type", true);
    if (!type)
        return;
    field->type = argot_schema_type(type);
    if (field->type == ARGOT_TYPE_NONE) {
        struct argot_diagnostic *d = argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_TYPE, argot_yaml_get(node, "type"),
                                                             "the schema has no type `%s`", type);
        argot_diagnostic_suggest(l->diagnostics, d, type, types, ARGOT_COUNT(types));
        return;
    }
    const struct argot_yaml *values = argot_yaml_get(node, "values");
    bool is_enum = field->type == ARGOT_TYPE_ENUM;
    if (is_enum && values)
        load_values(l, values, field);
    else if (is_enum)
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_VALUES, node, "the enum `%s` has no `values`", field->name);
    else if (values)
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_VALUES, argot_yaml_key(node, "values"),
                                "`%s` is of type %s; only an enum has `values`", field->name, type);
}

static void
load_case(struct argot_gen_schema_loader *l, const struct argot_yaml *node, struct argot_gen_schema_field *field)
{
    const char *word = argot_gen_schema_text(l, node, "case", false);
    if (!word || field->type == ARGOT_TYPE_NONE)
        return;
    const struct argot_yaml *place = argot_yaml_get(node, "case");
    if (strcmp(word, "lower") != 0)
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_CASE, place, "`case` takes the word lower alone");
    else if (field->type != ARGOT_TYPE_STRING && field->type != ARGOT_TYPE_HOST && field->type != ARGOT_TYPE_KEYWORD)
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_CASE, place, "values of type %s have no case",
                                argot_schema_type_name(field->type));
    else
        field->lower = true;
}

static void
load_domain(struct argot_gen_schema_loader *l, const struct argot_yaml *node, struct argot_gen_schema_field *field)
{
    field->domain = argot_gen_schema_text(l, node, "domain", true);
    for (size_t i = 0; field->domain && i < l->schema->ndomains; i++)
        if (!strcmp(l->schema->domains[i].name, field->domain))
            return;
    if (field->domain && l->schema->domains) /* else the whole map is missing, which was said */
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_REFERENCE, argot_yaml_get(node, "domain"), "`domains` has no `%s`",
                                field->domain);
}

/* The name of the field, checked; NULL after an error. */
static const char *
load_field_name(struct argot_gen_schema_loader *l, const struct argot_yaml *node)
{
    static const char *const taken[] = {"extra", "alert"}; /* objects beside the fields */
    const char *name = argot_gen_schema_text(l, node, "name", true);
    if (!name)
        return NULL;
    const struct argot_yaml *place = argot_yaml_get(node, "name");
    if (!argot_gen_schema_name(l, place, false, "a field"))
        return NULL;
    for (size_t i = 0; i < ARGOT_COUNT(taken); i++)
        if (!strcmp(name, taken[i]))
            argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_NAME, place, "`%s` stands for something else in events", name);
    for (size_t i = 0; i < l->schema->count; i++) {
        if (strcmp(l->schema->names[i], name) != 0)
            continue;
        struct argot_diagnostic *d =
            argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_TWICE, place, "the field `%s` stands twice", name);
        d->second = argot_yaml_get(l->schema->fields[i].yaml, "name")->span;
        d->second_text = "first here";
        return NULL;
    }
    return name;
}

static void
load_field(struct argot_gen_schema_loader *l, const struct argot_yaml *node)
{
    static const char *const keys[] = {
        "name",
        "domain",
        "type",
        "case",
        "values",
        "doc",
        "ecs",
        "ecs_on_event_type",
        "ecs_beside",
        "ecs_as",
        "ecs_also",
        "ocsf",
        "ocsf_on_event_type",
        "ocsf_beside",
        "ocsf_as",
        "ocsf_values",
        "ocsf_flags",
        "ocsf_also",
        "ocsf_observable",
        "otel",
        "sigma",
        "sigma_on_logsource",
        "note",
    };
    if (node->kind != ARGOT_YAML_MAP) {
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_NODE, node, "a field is a map");
        return;
    }
    argot_gen_schema_keys(l, node, keys, ARGOT_COUNT(keys));
    struct argot_gen_schema_field field = {.name = load_field_name(l, node), .yaml = node};
    if (!field.name)
        return;
    field.doc = argot_gen_schema_text(l, node, "doc", true);
    field.note = argot_gen_schema_text(l, node, "note", false);
    load_domain(l, node, &field);
    load_type(l, node, &field);
    load_case(l, node, &field);
    argot_gen_schema_targets(l, &field);
    l->schema->names[l->schema->count] = field.name;
    l->schema->fields[l->schema->count++] = field;
}

static int
compare_names(const void *left, const void *right)
{
    const struct argot_gen_schema_field *a = *(const struct argot_gen_schema_field *const *)left;
    const struct argot_gen_schema_field *b = *(const struct argot_gen_schema_field *const *)right;
    return strcmp(a->name, b->name);
}

static void
load_fields(struct argot_gen_schema_loader *l, const struct argot_yaml *root)
{
    struct argot_gen_schema *schema = l->schema;
    const struct argot_yaml *list = argot_gen_schema_node(l, root, "fields", ARGOT_YAML_LIST, true);
    if (list && list->count > ARGOT_GEN_SCHEMA_MAX_FIELDS) {
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_LIMIT, list, "more than %d fields", ARGOT_GEN_SCHEMA_MAX_FIELDS);
        return;
    }
    size_t count = list ? list->count : 0;
    schema->fields = argot_gen_schema_alloc(l, count, sizeof *schema->fields);
    schema->names = argot_gen_schema_alloc(l, count, sizeof *schema->names);
    schema->by_name = argot_gen_schema_alloc(l, count, sizeof *schema->by_name);
    if (!schema->fields || !schema->names || !schema->by_name)
        return;
    for (size_t i = 0; i < count; i++)
        load_field(l, list->items[i]);
    for (size_t i = 0; i < schema->count; i++)
        schema->by_name[i] = &schema->fields[i];
    qsort(schema->by_name, schema->count, sizeof *schema->by_name, compare_names);
}

/* ---- the whole file ---- */

static void
load_domains(struct argot_gen_schema_loader *l, const struct argot_yaml *root)
{
    const struct argot_yaml *map = argot_gen_schema_node(l, root, "domains", ARGOT_YAML_MAP, true);
    if (!map)
        return;
    l->schema->domains = argot_gen_schema_alloc(l, map->count, sizeof *l->schema->domains);
    for (size_t i = 0; l->schema->domains && i < map->count; i++) {
        argot_gen_schema_name(l, map->keys[i], false, "a domain");
        const char *name = map->keys[i]->text, *doc = argot_gen_schema_text(l, map, name, true);
        l->schema->domains[l->schema->ndomains++] = (struct argot_gen_schema_word){name, doc};
    }
}

/* What is only printed, so that printing need not check it. */
static void
check_words(struct argot_gen_schema_loader *l, const struct argot_yaml *root)
{
    static const char *const lists[] = {"rules", "reasons", "exports"};
    const struct argot_yaml *types = argot_gen_schema_node(l, root, "types", ARGOT_YAML_MAP, false);
    for (size_t i = 0; types && i < types->count; i++) {
        const char *name = types->keys[i]->text;
        if (argot_schema_type(name) == ARGOT_TYPE_NONE)
            argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_TYPE, types->keys[i], "the schema has no type `%s`", name);
        argot_gen_schema_text(l, types, name, true);
    }
    for (size_t k = 0; k < ARGOT_COUNT(lists); k++) {
        const struct argot_yaml *list = argot_gen_schema_node(l, root, lists[k], ARGOT_YAML_LIST, false);
        for (size_t i = 0; list && i < list->count; i++)
            if (list->items[i]->kind != ARGOT_YAML_SCALAR)
                argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_NODE, list->items[i], "a text is due here");
    }
}

static void
check_required(struct argot_gen_schema_loader *l, const struct argot_yaml *root)
{
    static const struct {
        const char *name;
        enum argot_type type;
    } required[] = {
        {"event_type", ARGOT_TYPE_ENUM},
        {"event_time", ARGOT_TYPE_TIMESTAMP},
        {"event_ingest_time", ARGOT_TYPE_TIMESTAMP},
        {"message", ARGOT_TYPE_STRING},
        {"raw_line", ARGOT_TYPE_STRING},
    };
    for (size_t i = 0; i < ARGOT_COUNT(required); i++) {
        const struct argot_gen_schema_field *field = argot_gen_schema_find(l->schema, required[i].name);
        if (!field || field->type != required[i].type)
            argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_REQUIRED, field ? argot_yaml_get(field->yaml, "type") : root,
                                    "argot needs the field `%s` of type %s", required[i].name,
                                    argot_schema_type_name(required[i].type));
    }
    const struct argot_gen_schema_field *type = argot_gen_schema_find(l->schema, "event_type");
    bool unknown = false;
    for (size_t i = 0; type && i < type->nvalues; i++)
        unknown |= !strcmp(type->values[i], "UNKNOWN");
    if (type && !unknown)
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_REQUIRED, type->yaml, "argot needs the event_type UNKNOWN");
}

struct argot_gen_schema *
argot_gen_schema_load(struct argot_arena *arena, struct argot_diagnostics *diagnostics, const struct argot_yaml *root)
{
    static const char *const keys[] = {
        "schema_version", "types",       "rules",       "reasons",        "domains",   "fields",
        "event_types",    "ecs_aliases", "ecs_derived", "vendor_aliases", "standards", "exports",
    };
    struct argot_gen_schema_loader loader = {arena, diagnostics, NULL}, *l = &loader;
    unsigned errors = diagnostics->errors;
    l->schema = argot_gen_schema_alloc(l, 1, sizeof *l->schema);
    if (!l->schema)
        return NULL;
    l->schema->root = root;
    if (root->kind != ARGOT_YAML_MAP) {
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_NODE, root, "a schema is a map");
        return NULL;
    }
    argot_gen_schema_keys(l, root, keys, ARGOT_COUNT(keys));
    const struct argot_yaml *version = argot_gen_schema_node(l, root, "schema_version", ARGOT_YAML_SCALAR, true);
    if (version)
        argot_gen_schema_number(l, version, INT32_MAX, &l->schema->version);
    check_words(l, root);
    load_domains(l, root);
    argot_gen_schema_event_types(l, root);
    load_fields(l, root);
    argot_gen_schema_aliases(l, root);
    argot_gen_schema_standards(l, root);
    if (diagnostics->errors == errors) /* else what is missing may only be misspelt */
        check_required(l, root);
    return diagnostics->errors == errors ? l->schema : NULL;
}

const struct argot_gen_schema_field *
argot_gen_schema_find(const struct argot_gen_schema *schema, const char *name)
{
    size_t low = 0, high = schema->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, schema->by_name[middle]->name);
        if (!order)
            return schema->by_name[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *const *
argot_gen_schema_names(const struct argot_gen_schema *schema, size_t *count)
{
    *count = schema->count;
    return schema->names;
}
