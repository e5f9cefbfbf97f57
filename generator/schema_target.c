/* SPDX-License-Identifier: Apache-2.0
 * The names that fields and types of event have elsewhere: ECS, OCSF, OpenTelemetry, Sigma. Their syntax is checked,
 * and that a name read on import means one field only; whether the other standard has it is known to its own files
 * alone, but for the few words that classify events in ECS. */
#include "generator/schema_load.h"
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define TARGET_MAX 160

enum standard {
    ECS,
    OCSF,
    OTEL,
    SIGMA,
};

static const char *const standard_names[] = {"ECS", "OCSF", "OpenTelemetry", "Sigma"};

/* ---- syntax ---- */

/* Behind `[]` or `[name=1]`, where one stands. */
static const char *
skip_element(const char *text)
{
    if (text[0] != '[')
        return text;
    size_t name = strspn(text + 1, LOWER "_"), number;
    if (text[1] == ']')
        return text + 2;
    if (name == 0 || text[1 + name] != '=')
        return text;
    number = strspn(text + name + 2, DIGITS);
    return number && text[name + 2 + number] == ']' ? text + name + number + 3 : text;
}

/* Words of the set with dots between them. */
static bool
is_path(const char *text, const char *set)
{
    for (;;) {
        size_t length = strspn(text, set);
        if (length == 0 || strchr(DIGITS, text[0]))
            return false;
        text = skip_element(text + length);
        if (*text == '\0')
            return true;
        if (*text++ != '.')
            return false;
    }
}

static bool
is_target(enum standard standard, const char *text)
{
    if (strlen(text) > TARGET_MAX)
        return false;
    switch (standard) {
    case ECS:
        return !strcmp(text, "@timestamp") || is_path(text, LOWER UPPER DIGITS "_");
    case OCSF:
        return is_path(text, LOWER DIGITS "_");
    case OTEL:
        return is_path(strncmp(text, "otlp:", 5) ? text : text + 5, LOWER DIGITS "_");
    case SIGMA:
        return text[0] && strspn(text, LOWER UPPER DIGITS "_.-") == strlen(text);
    }
    return false;
}

/* product=x,service=y, behind it a remark in parentheses where that may be. */
static bool
is_logsource(const char *text, bool remark)
{
    static const char *const keys[] = {"category=", "product=", "service="};
    for (;;) {
        size_t key = 0;
        while (key < ARGOT_COUNT(keys) && strncmp(text, keys[key], strlen(keys[key])) != 0)
            key++;
        if (key == ARGOT_COUNT(keys))
            return false;
        text += strlen(keys[key]);
        size_t length = strspn(text, LOWER UPPER DIGITS "_.-");
        if (length == 0)
            return false;
        text += length;
        if (*text != ',')
            break;
        text++;
    }
    size_t length = strlen(text);
    return length == 0 || (remark && length > 3 && !strncmp(text, " (", 2) && text[length - 1] == ')');
}

static bool
check_target(struct argot_gen_schema_loader *l, enum standard standard, const struct argot_yaml *node)
{
    if (node->kind == ARGOT_YAML_SCALAR && is_target(standard, node->text))
        return true;
    argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_TARGET, node, "`%s` is no name of %s",
                            node->kind == ARGOT_YAML_SCALAR ? node->text : "", standard_names[standard]);
    return false;
}

void
argot_gen_schema_path(struct argot_gen_schema_loader *l, const struct argot_yaml *node, const char *standard)
{
    check_target(l, strcmp(standard, standard_names[ECS]) ? OCSF : ECS, node);
}

static void
check_logsource(struct argot_gen_schema_loader *l, const struct argot_yaml *node, bool remark)
{
    if (node->kind != ARGOT_YAML_SCALAR || !is_logsource(node->text, remark))
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_TARGET, node, "not a logsource of Sigma")->hint =
            "category=…, product=… and service=… with commas between";
}

static void
check_sigma_list(struct argot_gen_schema_loader *l, const struct argot_yaml *list)
{
    if (list->kind != ARGOT_YAML_LIST) {
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_NODE, list, "a list of names of Sigma is due here");
        return;
    }
    for (size_t i = 0; i < list->count; i++)
        check_target(l, SIGMA, list->items[i]);
}

/* ---- fields ---- */

static void
check_event_type(struct argot_gen_schema_loader *l, const struct argot_yaml *node)
{
    const struct argot_gen_schema *schema = l->schema;
    for (size_t i = 0; i < schema->nevent_types; i++)
        if (!strcmp(schema->event_type_names[i], node->text))
            return;
    struct argot_diagnostic *d =
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_REFERENCE, node, "`event_types` has no `%s`", node->text);
    argot_diagnostic_suggest(l->diagnostics, d, node->text, schema->event_type_names, schema->nevent_types);
}

static const char *
load_target(struct argot_gen_schema_loader *l, enum standard standard, const struct argot_yaml *field, const char *key,
            const char *key_on_event_type)
{
    const char *target = argot_gen_schema_text(l, field, key, false);
    if (target && !check_target(l, standard, argot_yaml_get(field, key)))
        target = NULL;
    if (!key_on_event_type)
        return target;
    const struct argot_yaml *map = argot_gen_schema_node(l, field, key_on_event_type, ARGOT_YAML_MAP, false);
    for (size_t i = 0; map && i < map->count; i++) {
        check_event_type(l, map->keys[i]);
        check_target(l, standard, map->items[i]);
    }
    return target;
}

static const struct argot_gen_schema_field *
find_by_ecs(const struct argot_gen_schema *schema, const char *ecs)
{
    for (size_t i = 0; i < schema->count; i++)
        if (schema->fields[i].ecs && !strcmp(schema->fields[i].ecs, ecs))
            return &schema->fields[i];
    return NULL;
}

static void
report_taken(struct argot_gen_schema_loader *l, const struct argot_yaml *node, const struct argot_gen_schema_field *by)
{
    struct argot_diagnostic *d = argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_TWICE, node,
                                                         "`%s` of ECS is the field `%s` already", node->text, by->name);
    d->second = argot_yaml_get(by->yaml, "ecs")->span;
    d->second_text = "first here";
}

void
argot_gen_schema_targets(struct argot_gen_schema_loader *l, struct argot_gen_schema_field *field)
{
    const struct argot_yaml *node = field->yaml;
    field->ecs = load_target(l, ECS, node, "ecs", "ecs_on_event_type");
    field->ocsf = load_target(l, OCSF, node, "ocsf", "ocsf_on_event_type");
    field->otel = load_target(l, OTEL, node, "otel", NULL);
    const struct argot_gen_schema_field *other = field->ecs ? find_by_ecs(l->schema, field->ecs) : NULL;
    if (other)
        report_taken(l, argot_yaml_get(node, "ecs"), other);
    const struct argot_yaml *sigma = argot_yaml_get(node, "sigma");
    if (sigma)
        check_sigma_list(l, sigma);
    const struct argot_yaml *map = argot_gen_schema_node(l, node, "sigma_on_logsource", ARGOT_YAML_MAP, false);
    for (size_t i = 0; map && i < map->count; i++) {
        check_logsource(l, map->keys[i], false);
        check_sigma_list(l, map->items[i]);
    }
}

/* ---- types of event ---- */

static const char *const ecs_kinds[] = {
    "alert", "asset", "enrichment", "event", "metric", "pipeline_error", "signal", "state",
};
static const char *const ecs_categories[] = {
    "api",      "authentication", "configuration", "database",      "driver",
    "email",    "file",           "host",          "iam",           "intrusion_detection",
    "library",  "malware",        "network",       "package",       "process",
    "registry", "session",        "threat",        "vulnerability", "web",
};
static const char *const ecs_types[] = {
    "access", "admin", "allowed", "change",    "connection", "creation",     "deletion", "denied", "device",
    "end",    "error", "group",   "indicator", "info",       "installation", "protocol", "start",  "user",
};

static void
check_ecs_word(struct argot_gen_schema_loader *l, const struct argot_yaml *node, const char *key,
               const char *const *words, size_t count)
{
    const char *text = node->kind == ARGOT_YAML_SCALAR ? node->text : "";
    for (size_t i = 0; i < count; i++)
        if (!strcmp(words[i], text))
            return;
    struct argot_diagnostic *d =
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_TARGET, node, "`%s` is no event.%s of ECS", text, key);
    argot_diagnostic_suggest(l->diagnostics, d, text, words, count);
}

static const struct argot_yaml *
load_ecs_words(struct argot_gen_schema_loader *l, const struct argot_yaml *ecs, const char *key,
               const char *const *words, size_t count)
{
    const struct argot_yaml *list = argot_gen_schema_node(l, ecs, key, ARGOT_YAML_LIST, true);
    for (size_t i = 0; list && i < list->count; i++)
        check_ecs_word(l, list->items[i], key, words, count);
    return list;
}

static void
load_event_ecs(struct argot_gen_schema_loader *l, const struct argot_yaml *node,
               struct argot_gen_schema_event_type *type)
{
    static const char *const keys[] = {"kind", "category", "type"};
    const struct argot_yaml *ecs = argot_gen_schema_node(l, node, "ecs", ARGOT_YAML_MAP, true);
    if (!ecs)
        return;
    argot_gen_schema_keys(l, ecs, keys, ARGOT_COUNT(keys));
    type->ecs_kind = argot_gen_schema_text(l, ecs, "kind", true);
    if (type->ecs_kind)
        check_ecs_word(l, argot_yaml_get(ecs, "kind"), "kind", ecs_kinds, ARGOT_COUNT(ecs_kinds));
    type->ecs_category = load_ecs_words(l, ecs, "category", ecs_categories, ARGOT_COUNT(ecs_categories));
    type->ecs_type = load_ecs_words(l, ecs, "type", ecs_types, ARGOT_COUNT(ecs_types));
}

static void
load_event_ocsf(struct argot_gen_schema_loader *l, const struct argot_yaml *node,
                struct argot_gen_schema_event_type *type)
{
    static const char *const keys[] = {"class", "activity", "class_1_9", "class_not_windows", "activity_by"};
    type->ocsf_activity = -1;
    const struct argot_yaml *ocsf = argot_gen_schema_node(l, node, "ocsf", ARGOT_YAML_MAP, true);
    if (!ocsf)
        return;
    argot_gen_schema_keys(l, ocsf, keys, ARGOT_COUNT(keys));
    if (!argot_yaml_get(ocsf, "class"))
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_MISSING, ocsf, "the key `class` is missing");
    type->activity_by = argot_gen_schema_node(l, ocsf, "activity_by", ARGOT_YAML_MAP, false);
    for (size_t i = 0; i < 4; i++) {
        const struct argot_yaml *value = argot_yaml_get(ocsf, keys[i]);
        bool activity = i == 1;
        uint32_t number;
        if (!value || !argot_gen_schema_number(
                          l, value, activity ? ARGOT_GEN_SCHEMA_MAX_ACTIVITY : ARGOT_GEN_SCHEMA_MAX_CLASS, &number))
            continue;
        if (i == 0)
            type->ocsf_class = number;
        if (i == 3)
            type->ocsf_class_not_windows = number;
        if (activity)
            type->ocsf_activity = (int)number;
    }
}

static void
load_event_type(struct argot_gen_schema_loader *l, const struct argot_yaml *node)
{
    static const char *const keys[] = {"name", "doc", "ecs", "ocsf", "ecs_action", "ecs_outcome", "sigma_logsource"};
    struct argot_gen_schema *schema = l->schema;
    if (node->kind != ARGOT_YAML_MAP) {
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_NODE, node, "a type of event is a map");
        return;
    }
    argot_gen_schema_keys(l, node, keys, ARGOT_COUNT(keys));
    struct argot_gen_schema_event_type type = {.name = argot_gen_schema_text(l, node, "name", true)};
    if (!type.name || !argot_gen_schema_name(l, argot_yaml_get(node, "name"), true, "a type of event"))
        return;
    for (size_t i = 0; i < schema->nevent_types; i++)
        if (!strcmp(schema->event_type_names[i], type.name))
            argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_TWICE, argot_yaml_get(node, "name"),
                                    "the type of event `%s` stands twice", type.name);
    type.doc = argot_gen_schema_text(l, node, "doc", true);
    type.ecs_action = argot_gen_schema_text(l, node, "ecs_action", false);
    type.ecs_outcome = argot_gen_schema_text(l, node, "ecs_outcome", false);
    load_event_ecs(l, node, &type);
    load_event_ocsf(l, node, &type);
    const struct argot_yaml *list = argot_gen_schema_node(l, node, "sigma_logsource", ARGOT_YAML_LIST, false);
    for (size_t i = 0; list && i < list->count; i++)
        check_logsource(l, list->items[i], true);
    schema->event_type_names[schema->nevent_types] = type.name;
    schema->event_types[schema->nevent_types++] = type;
}

void
argot_gen_schema_event_types(struct argot_gen_schema_loader *l, const struct argot_yaml *root)
{
    struct argot_gen_schema *schema = l->schema;
    const struct argot_yaml *list = argot_gen_schema_node(l, root, "event_types", ARGOT_YAML_LIST, true);
    if (!list)
        return;
    if (list->count > ARGOT_GEN_SCHEMA_MAX_VALUES) {
        argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_LIMIT, list, "more than %d types of event",
                                ARGOT_GEN_SCHEMA_MAX_VALUES);
        return;
    }
    schema->event_types = argot_gen_schema_alloc(l, list->count, sizeof *schema->event_types);
    schema->event_type_names = argot_gen_schema_alloc(l, list->count, sizeof *schema->event_type_names);
    for (size_t i = 0; schema->event_types && schema->event_type_names && i < list->count; i++)
        load_event_type(l, list->items[i]);
}

/* ---- further names, read on import ---- */

/* Names of a map of further names; each must be free. */
static bool
check_alias_name(struct argot_gen_schema_loader *l, const struct argot_yaml *key)
{
    if (!check_target(l, ECS, key))
        return false;
    const struct argot_gen_schema_field *field = find_by_ecs(l->schema, key->text);
    if (field)
        report_taken(l, key, field);
    return !field;
}

static const struct argot_yaml *
alias_map(struct argot_gen_schema_loader *l, const struct argot_yaml *root, const char *name)
{
    const struct argot_yaml *map = argot_gen_schema_node(l, root, name, ARGOT_YAML_MAP, false);
    if (!map || map->count <= ARGOT_GEN_SCHEMA_MAX_ALIASES)
        return map;
    argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_LIMIT, map, "more than %d names", ARGOT_GEN_SCHEMA_MAX_ALIASES);
    return NULL;
}

void
argot_gen_schema_aliases(struct argot_gen_schema_loader *l, const struct argot_yaml *root)
{
    static const char *const maps[] = {"ecs_aliases", "vendor_aliases"};
    for (size_t k = 0; k < ARGOT_COUNT(maps); k++) {
        const struct argot_yaml *map = alias_map(l, root, maps[k]);
        for (size_t i = 0; map && i < map->count; i++) {
            check_alias_name(l, map->keys[i]);
            const char *field = argot_gen_schema_text(l, map, map->keys[i]->text, true);
            if (!field || argot_gen_schema_find(l->schema, field))
                continue;
            struct argot_diagnostic *d = argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_REFERENCE, map->items[i],
                                                                 "the schema has no field `%s`", field);
            argot_diagnostic_suggest(l->diagnostics, d, field, l->schema->names, l->schema->count);
        }
    }
    const struct argot_yaml *derived = alias_map(l, root, "ecs_derived");
    for (size_t i = 0; derived && i < derived->count; i++) {
        const struct argot_yaml *aliases = argot_yaml_get(root, "ecs_aliases");
        const struct argot_yaml *twice = argot_yaml_key(aliases, derived->keys[i]->text);
        if (check_alias_name(l, derived->keys[i]) && twice) {
            struct argot_diagnostic *d =
                argot_gen_schema_report(l, ARGOT_CODE_SCHEMA_TWICE, derived->keys[i],
                                        "`%s` is both derived and another name of a field", twice->text);
            d->second = twice->span;
            d->second_text = "first here";
        }
        argot_gen_schema_text(l, derived, derived->keys[i]->text, true);
    }
}
