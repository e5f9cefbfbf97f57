/* SPDX-License-Identifier: Apache-2.0
 * Loads and checks formats/schema.yaml. */
#include "generator/schema.h"
#include "base/codes.h"
#include "event/schema.h"
#include <stdlib.h>
#include <string.h>

struct loader {
    struct argot_arena *arena;
    struct argot_diagnostics *diagnostics;
    const struct argot_yaml *root;
    struct argot_gen_schema *schema;
};

static void
refuse(struct loader *l, unsigned code, const struct argot_yaml *node, const char *text, const char *name)
{
    argot_diagnostics_add(l->diagnostics, ARGOT_ERROR, code, node->span, text, name);
}

/* The text of a key; required or NULL. */
static const char *
text_of(struct loader *l, const struct argot_yaml *map, const char *key, bool required)
{
    const struct argot_yaml *node = argot_yaml_get(map, key);
    if (!node || node->kind != ARGOT_YAML_SCALAR) {
        if (required || node)
            refuse(l, ARGOT_CODE_SCHEMA_KEY, node ? node : map, "`%s` is due here, a text", key);
        return NULL;
    }
    return node->plain && !strcmp(node->text, "null") ? NULL : node->text;
}

static bool
name_ok(const char *text)
{
    size_t length = strlen(text);
    return length && length <= 60 && *text >= 'a' && *text <= 'z' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

static bool
value_ok(const char *text)
{
    size_t length = strlen(text);
    return length && length <= 60 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == length;
}

static void
load_values(struct loader *l, const struct argot_yaml *node, struct argot_gen_schema_field *field)
{
    const struct argot_yaml *list = argot_yaml_get(node, "values");
    bool types = list && list->kind == ARGOT_YAML_SCALAR && !strcmp(list->text, "@event_types");
    size_t count = types ? l->schema->nevent_types : list && list->kind == ARGOT_YAML_LIST ? list->count : 0;
    const char **values = argot_arena_zalloc(l->arena, count + 1, sizeof *values);
    field->values = values;
    if (!count || !values) {
        refuse(l, ARGOT_CODE_SCHEMA_VALUES, list ? list : node, "the enum `%s` has no list of values", field->name);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = types ? l->schema->event_types[i].name : list->items[i]->text;
        if (!values[i] || !value_ok(values[i])) {
            refuse(l, ARGOT_CODE_SCHEMA_NAME, types ? node : list->items[i], "`%s` is no name of a value", values[i] ? values[i] : "");
            return;
        }
        for (size_t k = 0; k < i; k++)
            if (!strcmp(values[k], values[i]))
                refuse(l, ARGOT_CODE_SCHEMA_TWICE, types ? node : list->items[i], "`%s` stands twice", values[i]);
    }
    field->nvalues = count;
}

static void
load_type(struct loader *l, const struct argot_yaml *node, struct argot_gen_schema_field *field)
{
    static const char *const names[] = {
#define X(name, text, kept) text,
        ARGOT_TYPES(X)
#undef X
    };
    const char *type = text_of(l, node, "type", true);
    field->type = type ? argot_schema_type(type) : ARGOT_TYPE_STRING;
    if (field->type == ARGOT_TYPE_NONE) {
        struct argot_diagnostic *d = argot_diagnostics_add(l->diagnostics, ARGOT_ERROR, ARGOT_CODE_SCHEMA_TYPE,
                                                           argot_yaml_get(node, "type")->span, "no type `%s`", type);
        argot_diagnostic_suggest(l->diagnostics, d, type, names, sizeof names / sizeof *names);
        field->type = ARGOT_TYPE_STRING;
    }
    if (field->type == ARGOT_TYPE_ENUM)
        load_values(l, node, field);
    const char *letter_case = text_of(l, node, "case", false);
    field->lower = letter_case && !strcmp(letter_case, "lower");
    if (letter_case && !field->lower)
        refuse(l, ARGOT_CODE_SCHEMA_KEY, node, "`case` takes lower%s", "");
}

static void
load_field(struct loader *l, const struct argot_yaml *node, struct argot_gen_schema_field *field)
{
    field->name = "";
    if (node->kind != ARGOT_YAML_MAP) {
        refuse(l, ARGOT_CODE_SCHEMA_KEY, node, "a field is a map of keys%s", "");
        return;
    }
    const char *name = text_of(l, node, "name", true);
    if (name && !name_ok(name))
        refuse(l, ARGOT_CODE_SCHEMA_NAME, argot_yaml_get(node, "name"), "`%s` is no name of a field", name);
    if (name && argot_gen_schema_find(l->schema, name))
        refuse(l, ARGOT_CODE_SCHEMA_TWICE, argot_yaml_get(node, "name"), "the field `%s` stands twice", name);
    field->name = name ? name : "";
    field->domain = text_of(l, node, "domain", true);
    field->doc = text_of(l, node, "doc", true);
    field->unit = text_of(l, node, "unit", false);
    field->ecs = text_of(l, node, "ecs", false);
    field->ocsf = text_of(l, node, "ocsf", false);
    field->note = text_of(l, node, "note", false);
    load_type(l, node, field);
}

static void
load_event_types(struct loader *l)
{
    const struct argot_yaml *list = argot_yaml_get(l->root, "event_types");
    if (!list || list->kind != ARGOT_YAML_LIST || !list->count) {
        refuse(l, ARGOT_CODE_SCHEMA_KEY, list ? list : l->root, "`event_types` is due, a list%s", "");
        return;
    }
    l->schema->event_types = argot_arena_zalloc(l->arena, list->count, sizeof *l->schema->event_types);
    for (size_t i = 0; l->schema->event_types && i < list->count; i++) {
        struct argot_gen_schema_event_type *type = &l->schema->event_types[l->schema->nevent_types++];
        type->name = text_of(l, list->items[i], "name", true);
        type->doc = text_of(l, list->items[i], "doc", true);
        if (!type->name)
            type->name = "";
    }
}

static void
check_seed(struct loader *l)
{
    static const struct { const char *name; enum argot_type type; } seed[] = {
        {"event_type", ARGOT_TYPE_ENUM},     {"event_time", ARGOT_TYPE_TIMESTAMP}, {"source_ip", ARGOT_TYPE_IP},
        {"http_method", ARGOT_TYPE_KEYWORD}, {"request_path", ARGOT_TYPE_STRING},  {"status_code", ARGOT_TYPE_UINT},
        {"response_size_bytes", ARGOT_TYPE_BYTES}, {"user_agent", ARGOT_TYPE_STRING}, {"message", ARGOT_TYPE_STRING},
        {"event_ingest_time", ARGOT_TYPE_TIMESTAMP}, {"raw_line", ARGOT_TYPE_STRING}, {"format_name", ARGOT_TYPE_KEYWORD},
    };
    for (size_t i = 0; i < sizeof seed / sizeof *seed; i++) {
        const struct argot_gen_schema_field *field = argot_gen_schema_find(l->schema, seed[i].name);
        if (!field || field->type != seed[i].type)
            argot_diagnostics_add(l->diagnostics, ARGOT_ERROR, ARGOT_CODE_SCHEMA_REQUIRED, l->root->span,
                                  "the schema must have the field `%s` of type %s", seed[i].name,
                                  argot_schema_type_name(seed[i].type));
    }
    const struct argot_gen_schema_field *type = argot_gen_schema_find(l->schema, "event_type");
    bool unknown = false;
    for (size_t i = 0; type && i < type->nvalues; i++)
        unknown |= !strcmp(type->values[i], "UNKNOWN");
    if (!unknown)
        refuse(l, ARGOT_CODE_SCHEMA_REQUIRED, l->root, "the event types must have `%s`", "UNKNOWN");
}

struct argot_gen_schema *
argot_gen_schema_load(struct argot_arena *arena, struct argot_diagnostics *diagnostics, const struct argot_yaml *root)
{
    struct loader l = {arena, diagnostics, root, argot_arena_zalloc(arena, 1, sizeof *l.schema)};
    const struct argot_yaml *fields = argot_yaml_get(root, "fields");
    if (!l.schema)
        return NULL;
    if (!fields || fields->kind != ARGOT_YAML_LIST || !fields->count || fields->count > 1000) {
        refuse(&l, ARGOT_CODE_SCHEMA_KEY, root, "`fields` is due, a list of 1 to 1000%s", "");
        return NULL;
    }
    const char *version = text_of(&l, root, "schema_version", true);
    l.schema->version = version ? (uint32_t)strtoul(version, NULL, 10) : 0;
    load_event_types(&l);
    l.schema->fields = argot_arena_zalloc(arena, fields->count, sizeof *l.schema->fields);
    l.schema->names = argot_arena_zalloc(arena, fields->count, sizeof *l.schema->names);
    if (!l.schema->fields || !l.schema->names)
        return NULL;
    for (size_t i = 0; i < fields->count; i++) {
        load_field(&l, fields->items[i], &l.schema->fields[i]);
        l.schema->names[i] = l.schema->fields[i].name;
        l.schema->count = i + 1;
    }
    check_seed(&l);
    return diagnostics->errors ? NULL : l.schema;
}

const struct argot_gen_schema_field *
argot_gen_schema_find(const struct argot_gen_schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->count; i++)
        if (!strcmp(schema->fields[i].name, name))
            return &schema->fields[i];
    return NULL;
}

const char *const *
argot_gen_schema_names(const struct argot_gen_schema *schema, size_t *count)
{
    *count = schema->count;
    return schema->names;
}
