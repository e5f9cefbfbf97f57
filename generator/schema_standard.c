/* SPDX-License-Identifier: Apache-2.0
 * Checks what the schema says of writing events in the words of ECS and OCSF: how values are written, and the key
 * `standards`. That the names are those of the standards is known to their own files (tests/standards). */
#include "generator/schema_load.h"
#include <stdio.h>
#include <string.h>

#define MOST_FLAGS 32

static const char *const forms[] = {"text", "number", "head", "last", "json", "email"};

/* ---- small things ---- */

static void
check_field_name(struct argot_gen_schema_loader *l, const struct argot_yaml *node)
{
    const char *name = node->kind == ARGOT_YAML_SCALAR ? node->text : "";
    if (argot_gen_schema_find(l->schema, name))
        return;
    struct argot_diagnostic *d =
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_REFERENCE, node, "the schema has no field `%s`", name);
    argot_diagnostic_suggest(l->diagnostics, d, name, l->schema->names, l->schema->count);
}

static void
check_form(struct argot_gen_schema_loader *l, const struct argot_yaml *map, const char *key)
{
    const char *word = argot_gen_schema_text(l, map, key, false);
    for (size_t i = 0; word && i < ARGOT_COUNT(forms); i++)
        if (!strcmp(word, forms[i]))
            return;
    if (!word)
        return;
    struct argot_diagnostic *d =
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_TARGET, argot_yaml_get(map, key), "no form is named `%s`", word);
    argot_diagnostic_suggest(l->diagnostics, d, word, forms, ARGOT_COUNT(forms));
}

/* Values of an enum must be its own. */
static void
check_value(struct argot_gen_schema_loader *l, const struct argot_gen_schema_field *field,
            const struct argot_yaml *node)
{
    if (node->kind != ARGOT_YAML_SCALAR) {
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_NODE, node, "a text is due here");
        return;
    }
    for (size_t i = 0; i < field->nvalues; i++)
        if (!strcmp(field->values[i], node->text))
            return;
    if (field->type != ARGOT_TYPE_ENUM)
        return;
    struct argot_diagnostic *d = argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_REFERENCE, node, "`%s` has no value `%s`",
                                                         field->name, node->text);
    argot_diagnostic_suggest(l->diagnostics, d, node->text, field->values, field->nvalues);
}

/* A list of values, or a map from them to what is written. */
static void
check_values(struct argot_gen_schema_loader *l, const struct argot_gen_schema_field *field,
             const struct argot_yaml *node)
{
    if (!node)
        return;
    if (node->kind == ARGOT_YAML_SCALAR) {
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_NODE, node, "values are a list, or a map to what is written");
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        check_value(l, field, node->kind == ARGOT_YAML_MAP ? node->keys[i] : node->items[i]);
        if (node->kind == ARGOT_YAML_MAP)
            argot_gen_schema_text(l, node, node->keys[i]->text, true);
    }
}

/* ---- fields ---- */

static void
check_also(struct argot_gen_schema_loader *l, const struct argot_gen_schema_field *field, const char *key,
           const char *standard)
{
    static const char *const keys[] = {"path", "as", "values"};
    const struct argot_yaml *map = argot_gen_schema_node(l, field->yaml, key, ARGOT_YAML_MAP, false);
    if (!map)
        return;
    argot_gen_schema_keys(l, map, keys, ARGOT_COUNT(keys));
    if (argot_gen_schema_text(l, map, "path", true))
        argot_gen_schema_path(l, argot_yaml_get(map, "path"), standard);
    check_form(l, map, "as");
    check_values(l, field, argot_yaml_get(map, "values"));
}

static void
check_beside(struct argot_gen_schema_loader *l, const struct argot_yaml *node, const char *key, const char *standard)
{
    const struct argot_yaml *map = argot_gen_schema_node(l, node, key, ARGOT_YAML_MAP, false);
    for (size_t i = 0; map && i < map->count; i++) {
        check_field_name(l, map->keys[i]);
        argot_gen_schema_path(l, map->items[i], standard);
    }
}

static void
check_field(struct argot_gen_schema_loader *l, const struct argot_gen_schema_field *field)
{
    const struct argot_yaml *node = field->yaml, *observable = argot_yaml_get(node, "ocsf_observable");
    uint32_t number;
    check_beside(l, node, "ecs_beside", "ECS");
    check_beside(l, node, "ocsf_beside", "OCSF");
    check_form(l, node, "ecs_as");
    check_form(l, node, "ocsf_as");
    check_values(l, field, argot_yaml_get(node, "ocsf_values"));
    check_also(l, field, "ecs_also", "ECS");
    check_also(l, field, "ocsf_also", "OCSF");
    const char *flags = argot_gen_schema_text(l, node, "ocsf_flags", false);
    if (flags && strlen(flags) > MOST_FLAGS)
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_LIMIT, argot_yaml_get(node, "ocsf_flags"), "more than %d letters",
                                MOST_FLAGS);
    if (observable)
        argot_gen_schema_number(l, observable, UINT8_MAX, &number);
}

/* ---- types of event ---- */

static void
check_event_type(struct argot_gen_schema_loader *l, const struct argot_gen_schema_event_type *type)
{
    static const char *const keys[] = {"field", "values"};
    const struct argot_yaml *by = type->activity_by;
    uint32_t number;
    if (!by)
        return;
    argot_gen_schema_keys(l, by, keys, ARGOT_COUNT(keys));
    const char *field = argot_gen_schema_text(l, by, "field", true);
    const struct argot_yaml *values = argot_gen_schema_node(l, by, "values", ARGOT_YAML_MAP, true);
    if (field)
        check_field_name(l, argot_yaml_get(by, "field"));
    const struct argot_gen_schema_field *known = field ? argot_gen_schema_find(l->schema, field) : NULL;
    if (known)
        check_values(l, known, values);
    for (size_t i = 0; values && i < values->count; i++)
        argot_gen_schema_number(l, values->items[i], ARGOT_GEN_SCHEMA_MAX_ACTIVITY, &number);
}

/* ---- the key `standards` ---- */

static void
check_copies(struct argot_gen_schema_loader *l, const struct argot_yaml *map, const char *standard)
{
    static const char *const keys[] = {"fields", "as", "unless"};
    const struct argot_yaml *copies = argot_gen_schema_node(l, map, "copies", ARGOT_YAML_MAP, false);
    for (size_t i = 0; copies && i < copies->count; i++) {
        const struct argot_yaml *fields = copies->items[i];
        argot_gen_schema_path(l, copies->keys[i], standard);
        if (fields->kind == ARGOT_YAML_MAP) {
            argot_gen_schema_keys(l, fields, keys, ARGOT_COUNT(keys));
            check_form(l, fields, "as");
            if (argot_gen_schema_text(l, fields, "unless", false))
                argot_gen_schema_path(l, argot_yaml_get(fields, "unless"), standard);
            fields = argot_gen_schema_node(l, fields, "fields", ARGOT_YAML_LIST, true);
        }
        for (size_t k = 0; fields && k < argot_yaml_several(fields); k++)
            check_field_name(l, argot_yaml_nth(fields, k));
    }
}

static void
check_paths(struct argot_gen_schema_loader *l, const struct argot_yaml *map, const char *key)
{
    const struct argot_yaml *list = argot_gen_schema_node(l, map, key, ARGOT_YAML_LIST, false);
    for (size_t i = 0; list && i < list->count; i++)
        argot_gen_schema_path(l, list->items[i], "OCSF");
}

static void
check_with(struct argot_gen_schema_loader *l, const struct argot_yaml *map, const char *standard)
{
    const struct argot_yaml *with = argot_gen_schema_node(l, map, "with", ARGOT_YAML_MAP, false);
    for (size_t i = 0; with && i < with->count; i++)
        argot_gen_schema_path(l, with->keys[i], standard);
}

static void
check_needs(struct argot_gen_schema_loader *l, const struct argot_yaml *map)
{
    static const char *const keys[] = {"has", "all", "any"};
    for (size_t i = 0; i < ARGOT_COUNT(keys); i++)
        check_paths(l, map, keys[i]);
    check_with(l, map, "OCSF");
}

static bool
is_map(struct argot_gen_schema_loader *l, const struct argot_yaml *node)
{
    if (node->kind != ARGOT_YAML_MAP)
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_NODE, node, "a map is due here");
    return node->kind == ARGOT_YAML_MAP;
}

static void
check_class(struct argot_gen_schema_loader *l, const struct argot_yaml *uid, const struct argot_yaml *map)
{
    static const char *const keys[] = {"has", "all", "any", "under", "copies", "with"};
    static const char *const under_keys[] = {"name", "has"};
    uint32_t number;
    if (!argot_gen_schema_number(l, uid, ARGOT_GEN_SCHEMA_MAX_CLASS, &number) || !is_map(l, map))
        return;
    argot_gen_schema_keys(l, map, keys, ARGOT_COUNT(keys));
    check_needs(l, map);
    check_copies(l, map, "OCSF");
    const struct argot_yaml *under = argot_gen_schema_node(l, map, "under", ARGOT_YAML_MAP, false);
    if (!under)
        return;
    argot_gen_schema_keys(l, under, under_keys, ARGOT_COUNT(under_keys));
    if (argot_gen_schema_text(l, under, "name", true))
        argot_gen_schema_path(l, argot_yaml_get(under, "name"), "OCSF");
    check_needs(l, under);
}

/* Those of a type of event. */
static void
check_classes_of(struct argot_gen_schema_loader *l, const struct argot_yaml *classes,
                 const struct argot_gen_schema_event_type *type)
{
    const uint32_t uids[] = {type->ocsf_class, type->ocsf_class_not_windows};
    for (size_t i = 0; i < ARGOT_COUNT(uids); i++) {
        char uid[16];
        snprintf(uid, sizeof uid, "%u", uids[i]);
        if (!argot_yaml_get(classes, uid))
            argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_REFERENCE, classes, "`classes` has no %s, the class of %s",
                                    uid, type->name);
    }
}

static void
check_classes(struct argot_gen_schema_loader *l, const struct argot_yaml *ocsf)
{
    static const char *const keys[] = {"all", "any", "with"};
    static const char *const profiles[] = {"profiles", "nested_profiles"};
    const struct argot_yaml *classes = argot_gen_schema_node(l, ocsf, "classes", ARGOT_YAML_MAP, true);
    for (size_t i = 0; classes && i < classes->count; i++)
        check_class(l, classes->keys[i], classes->items[i]);
    for (size_t i = 0; classes && i < l->schema->nevent_types; i++)
        check_classes_of(l, classes, &l->schema->event_types[i]);
    if (classes)
        argot_gen_schema_node(l, classes, "0", ARGOT_YAML_MAP, true); /* that of base events */
    const struct argot_yaml *objects = argot_gen_schema_node(l, ocsf, "objects", ARGOT_YAML_MAP, true);
    for (size_t i = 0; objects && i < objects->count; i++) {
        if (!is_map(l, objects->items[i]))
            continue;
        argot_gen_schema_keys(l, objects->items[i], keys, ARGOT_COUNT(keys));
        check_needs(l, objects->items[i]);
    }
    check_paths(l, ocsf, "base");
    for (size_t k = 0; k < ARGOT_COUNT(profiles); k++) {
        const struct argot_yaml *map = argot_gen_schema_node(l, ocsf, profiles[k], ARGOT_YAML_MAP, false);
        for (size_t i = 0; map && i < map->count; i++)
            check_paths(l, map, map->keys[i]->text);
    }
}

void
argot_gen_schema_standards(struct argot_gen_schema_loader *l, const struct argot_yaml *root)
{
    static const char *const keys[] = {"ecs", "ocsf"};
    static const char *const ecs_keys[] = {"version", "rest", "copies", "with"};
    static const char *const ocsf_keys[] = {"version",         "rest",    "base",   "copies", "with", "profiles",
                                            "nested_profiles", "objects", "classes"};
    for (size_t i = 0; i < l->schema->count; i++)
        check_field(l, &l->schema->fields[i]);
    for (size_t i = 0; i < l->schema->nevent_types; i++)
        check_event_type(l, &l->schema->event_types[i]);
    const struct argot_yaml *standards = argot_gen_schema_node(l, root, "standards", ARGOT_YAML_MAP, false);
    if (!standards)
        return;
    argot_gen_schema_keys(l, standards, keys, ARGOT_COUNT(keys));
    for (size_t i = 0; i < ARGOT_COUNT(keys); i++) {
        const struct argot_yaml *one = argot_gen_schema_node(l, standards, keys[i], ARGOT_YAML_MAP, true);
        if (!one)
            continue;
        argot_gen_schema_keys(l, one, i ? ocsf_keys : ecs_keys, i ? ARGOT_COUNT(ocsf_keys) : ARGOT_COUNT(ecs_keys));
        argot_gen_schema_text(l, one, "version", true);
        argot_gen_schema_text(l, one, "rest", true);
        check_copies(l, one, i ? "OCSF" : "ECS");
        check_with(l, one, i ? "OCSF" : "ECS");
        if (i)
            check_classes(l, one);
    }
}
