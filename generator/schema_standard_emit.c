/* SPDX-License-Identifier: Apache-2.0
 * What the schema says of ECS and OCSF as the C tables of event/standard.h. All of it was checked when it was loaded.
 */
#include "generator/model.h"
#include "generator/schema.h"
#include "generator/schema_load.h"
#include <stdio.h>
#include <string.h>

struct emitter {
    const struct argot_gen_schema *schema;
    struct argot_buffer *out;
    const char *standard; /* "ecs" or "ocsf" */
};

static const struct argot_yaml no_yaml = {.kind = ARGOT_YAML_MAP};

/* ---- small things ---- */

static void
put_string(struct argot_buffer *out, const char *text)
{
    if (text)
        argot_gen_emit_c_string(out, text, strlen(text));
    else
        argot_buffer_append_text(out, "NULL");
}

/* A text as a C string that holds it as JSON. */
static void
put_json(struct argot_buffer *out, const struct argot_yaml *node)
{
    struct argot_buffer json;
    argot_buffer_init(&json, out->seam);
    argot_yaml_print_json(node, true, &json);
    argot_gen_emit_c_string(out, json.bytes, json.length);
    out->failed |= json.failed;
    argot_buffer_finish(&json);
}

static size_t
field_number(const struct emitter *e, const char *name)
{
    return (size_t)(argot_gen_schema_find(e->schema, name) - e->schema->fields);
}

static const char *
key_of(const struct emitter *e, const char *rest, char key[32])
{
    snprintf(key, 32, "%s_%s", e->standard, rest);
    return key;
}

/* ---- arrays, each with a name of its own that the tables use later ---- */

static void
emit_words(const struct emitter *e, const struct argot_yaml *values, const char *name)
{
    if (!values)
        return;
    argot_buffer_printf(e->out, "static const struct argot_standard_word %s[] = {\n", name);
    for (size_t i = 0; i < values->count; i++) {
        argot_buffer_append_text(e->out, "    {");
        put_string(e->out, values->kind == ARGOT_YAML_MAP ? values->keys[i]->text : values->items[i]->text);
        argot_buffer_append_text(e->out, ", ");
        put_json(e->out, values->items[i]);
        argot_buffer_append_text(e->out, "},\n");
    }
    argot_buffer_append_text(e->out, "    {NULL, NULL},\n};\n");
}

static void
emit_letters(const struct emitter *e, const char *letters, const char *name)
{
    if (!letters)
        return;
    argot_buffer_printf(e->out, "static const struct argot_standard_word %s[] = {\n", name);
    for (; *letters; letters++) {
        argot_buffer_append_text(e->out, "    {");
        argot_gen_emit_c_string(e->out, letters, 1);
        argot_buffer_append_text(e->out, ", NULL},\n");
    }
    argot_buffer_append_text(e->out, "    {NULL, NULL},\n};\n");
}

static void
emit_names(const struct emitter *e, const struct argot_yaml *list, const char *name)
{
    if (!list)
        return;
    argot_buffer_printf(e->out, "static const char *const %s[] = {", name);
    for (size_t i = 0; i < list->count; i++) {
        put_string(e->out, list->items[i]->text);
        argot_buffer_append_text(e->out, ", ");
    }
    argot_buffer_append_text(e->out, "NULL};\n");
}

/* The name of an array that was emitted, or NULL; and a comma. */
static void
put_name(const struct emitter *e, bool there, const char *stem, size_t number)
{
    if (there)
        argot_buffer_printf(e->out, "%s_%zu, ", stem, number);
    else
        argot_buffer_append_text(e->out, "NULL, ");
}

static void
emit_constants(const struct emitter *e, const struct argot_yaml *map, const char *name)
{
    if (!map || !map->count)
        return;
    argot_buffer_printf(e->out, "static const struct argot_standard_constant %s[] = {\n", name);
    for (size_t i = 0; i < map->count; i++) {
        argot_buffer_append_text(e->out, "    {");
        put_string(e->out, map->keys[i]->text);
        argot_buffer_append_text(e->out, ", ");
        put_json(e->out, map->items[i]);
        argot_buffer_append_text(e->out, ", true},\n");
    }
    argot_buffer_append_text(e->out, "};\n");
}

/* ---- forms ---- */

static const char *
form_of(const char *as, const struct argot_yaml *values, const char *flags)
{
    static const struct {
        const char *word, *form;
    } forms[] = {{"text", "TEXT"}, {"number", "NUMBER"}, {"head", "HEAD"},
                 {"last", "LAST"}, {"json", "JSON"},     {"email", "EMAIL"}};
    if (flags)
        return "FLAGS";
    if (values) {
        bool numbers = values->kind == ARGOT_YAML_MAP;
        for (size_t i = 0; numbers && i < values->count; i++)
            numbers = argot_yaml_typed(values->items[i]) != NULL;
        return numbers ? "CODES" : "WORDS";
    }
    for (size_t i = 0; as && i < ARGOT_COUNT(forms); i++)
        if (!strcmp(as, forms[i].word))
            return forms[i].form;
    return "USUAL";
}

static const char *
text_of(const struct argot_yaml *map, const char *key)
{
    const struct argot_yaml *node = argot_yaml_get(map, key);
    return node ? node->text : NULL;
}

/* ---- rules ---- */

struct rule {
    size_t field;
    int event_type;
    const char *beside, *path, *form;
    const char *words; /* as C has it */
    const char *observable;
    bool also;
};

static void
emit_rule(const struct emitter *e, const struct rule *rule)
{
    argot_buffer_printf(e->out, "    {%zu, %d, ", rule->field, rule->event_type);
    if (rule->beside)
        argot_buffer_printf(e->out, "%zu, ", field_number(e, rule->beside));
    else
        argot_buffer_append_text(e->out, "ARGOT_NONE, ");
    argot_buffer_printf(e->out, "ARGOT_STANDARD_%s, %s, %s, ", rule->form, rule->observable ? rule->observable : "0",
                        rule->also ? "true" : "false");
    put_string(e->out, rule->path);
    argot_buffer_printf(e->out, ", %s},\n", rule->words);
}

static int
type_number(const struct emitter *e, const char *name)
{
    size_t i = 0;
    while (strcmp(e->schema->event_type_names[i], name) != 0)
        i++;
    return (int)i;
}

/* The more special come first: the first that fits is taken. */
static void
emit_rules_of(const struct emitter *e, size_t number)
{
    const struct argot_yaml *node = e->schema->fields[number].yaml;
    char key[32], words[64];
    const struct argot_yaml *values = argot_yaml_get(node, key_of(e, "values", key));
    const char *flags = text_of(node, key_of(e, "flags", key));
    snprintf(words, sizeof words, "%s_words_%zu", e->standard, number);
    struct rule rule = {.field = number, .event_type = -1, .words = values || flags ? words : "NULL"};
    rule.form = form_of(text_of(node, key_of(e, "as", key)), values, flags);
    rule.observable = text_of(node, key_of(e, "observable", key));
    const struct argot_yaml *map = argot_yaml_get(node, key_of(e, "beside", key));
    for (size_t i = 0; map && i < map->count; i++) {
        rule.beside = map->keys[i]->text;
        rule.path = map->items[i]->text;
        emit_rule(e, &rule);
    }
    rule.beside = NULL;
    map = argot_yaml_get(node, key_of(e, "on_event_type", key));
    for (size_t i = 0; map && i < map->count; i++) {
        rule.event_type = type_number(e, map->keys[i]->text);
        rule.path = map->items[i]->text;
        emit_rule(e, &rule);
    }
    rule.event_type = -1;
    rule.path = text_of(node, e->standard);
    if (rule.path)
        emit_rule(e, &rule);
    map = argot_yaml_get(node, key_of(e, "also", key));
    if (!map)
        return;
    values = argot_yaml_get(map, "values");
    snprintf(words, sizeof words, "%s_also_%zu", e->standard, number);
    rule = (struct rule){.field = number, .event_type = -1, .path = text_of(map, "path"), .also = true};
    rule.words = values ? words : "NULL";
    rule.form = form_of(text_of(map, "as"), values, NULL);
    emit_rule(e, &rule);
}

static void
emit_rules(const struct emitter *e)
{
    char key[32], name[64];
    for (size_t i = 0; i < e->schema->count; i++) {
        const struct argot_yaml *node = e->schema->fields[i].yaml;
        snprintf(name, sizeof name, "%s_words_%zu", e->standard, i);
        emit_words(e, argot_yaml_get(node, key_of(e, "values", key)), name);
        emit_letters(e, text_of(node, key_of(e, "flags", key)), name);
        snprintf(name, sizeof name, "%s_also_%zu", e->standard, i);
        emit_words(e, argot_yaml_get(argot_yaml_get(node, key_of(e, "also", key)), "values"), name);
    }
    argot_buffer_printf(e->out, "static const struct argot_standard_rule %s_rules[] = {\n", e->standard);
    for (size_t i = 0; i < e->schema->count; i++)
        emit_rules_of(e, i);
    /* No schema is without a rule; a table without a row would be no C. */
    argot_buffer_append_text(e->out, "    {ARGOT_NONE, -1, ARGOT_NONE, 0, 0, false, \"\", NULL},\n};\n");
}

/* ---- copies ---- */

static void
emit_copies(const struct emitter *e, const struct argot_yaml *copies, const char *name)
{
    if (!copies || !copies->count)
        return;
    for (size_t i = 0; i < copies->count; i++) {
        const struct argot_yaml *value = copies->items[i];
        const struct argot_yaml *fields = value->kind == ARGOT_YAML_MAP ? argot_yaml_get(value, "fields") : value;
        argot_buffer_printf(e->out, "static const uint16_t %s_%zu[] = {", name, i);
        for (size_t k = 0; k < argot_yaml_several(fields); k++)
            argot_buffer_printf(e->out, "%s%zu", k ? ", " : "", field_number(e, argot_yaml_nth(fields, k)->text));
        argot_buffer_append_text(e->out, "};\n");
    }
    argot_buffer_printf(e->out, "static const struct argot_standard_copy %s[] = {\n", name);
    for (size_t i = 0; i < copies->count; i++) {
        const struct argot_yaml *value = copies->items[i];
        argot_buffer_append_text(e->out, "    {");
        put_string(e->out, copies->keys[i]->text);
        argot_buffer_append_text(e->out, ", ");
        put_string(e->out, text_of(value, "unless"));
        argot_buffer_printf(e->out, ", ARGOT_STANDARD_%s, sizeof %s_%zu / sizeof *%s_%zu, %s_%zu},\n",
                            form_of(text_of(value, "as"), NULL, NULL), name, i, name, i, name, i);
    }
    argot_buffer_append_text(e->out, "};\n");
}

/* The number of a table's rows and its name. */
static void
put_table(const struct emitter *e, const struct argot_yaml *map, const char *name)
{
    if (map && map->count)
        argot_buffer_printf(e->out, "%zu, %s", map->count, name);
    else
        argot_buffer_append_text(e->out, "0, NULL");
}

/* ---- classes, objects, profiles ---- */

static void
emit_class_parts(const struct emitter *e, const struct argot_yaml *map, size_t i)
{
    static const char *const lists[] = {"has", "all", "any"};
    char name[64];
    for (size_t k = 0; k < ARGOT_COUNT(lists); k++) {
        snprintf(name, sizeof name, "class_%s_%zu", lists[k], i);
        emit_names(e, argot_yaml_get(map, lists[k]), name);
    }
    snprintf(name, sizeof name, "class_under_has_%zu", i);
    emit_names(e, argot_yaml_get(argot_yaml_get(map, "under"), "has"), name);
    snprintf(name, sizeof name, "class_copies_%zu", i);
    emit_copies(e, argot_yaml_get(map, "copies"), name);
    snprintf(name, sizeof name, "class_with_%zu", i);
    emit_constants(e, argot_yaml_get(map, "with"), name);
}

static void
emit_class(const struct emitter *e, const char *uid, const struct argot_yaml *map, size_t i)
{
    const struct argot_yaml *under = argot_yaml_get(map, "under");
    const struct argot_yaml *copies = argot_yaml_get(map, "copies"), *with = argot_yaml_get(map, "with");
    argot_buffer_printf(e->out, "    {%s, ", uid);
    put_name(e, argot_yaml_get(map, "has"), "class_has", i);
    put_name(e, argot_yaml_get(map, "all"), "class_all", i);
    put_name(e, argot_yaml_get(map, "any"), "class_any", i);
    put_string(e->out, text_of(under, "name"));
    argot_buffer_append_text(e->out, ", ");
    put_name(e, argot_yaml_get(under, "has"), "class_under_has", i);
    argot_buffer_printf(e->out, "%zu, %zu, ", copies ? copies->count : 0, with ? with->count : 0);
    put_name(e, copies && copies->count, "class_copies", i);
    put_name(e, with && with->count, "class_with", i);
    argot_buffer_append_text(e->out, "},\n");
}

static void
emit_classes(const struct emitter *e, const struct argot_yaml *classes)
{
    for (size_t i = 0; i < classes->count; i++)
        emit_class_parts(e, classes->items[i], i);
    argot_buffer_append_text(e->out, "static const struct argot_standard_class classes[] = {\n");
    for (size_t i = 0; i < classes->count; i++)
        emit_class(e, classes->keys[i]->text, classes->items[i], i);
    argot_buffer_append_text(e->out, "    {0},\n};\n");
}

static void
emit_objects(const struct emitter *e, const struct argot_yaml *objects)
{
    char name[64];
    for (size_t i = 0; i < objects->count; i++) {
        snprintf(name, sizeof name, "object_all_%zu", i);
        emit_names(e, argot_yaml_get(objects->items[i], "all"), name);
        snprintf(name, sizeof name, "object_any_%zu", i);
        emit_names(e, argot_yaml_get(objects->items[i], "any"), name);
        snprintf(name, sizeof name, "object_with_%zu", i);
        emit_constants(e, argot_yaml_get(objects->items[i], "with"), name);
    }
    argot_buffer_append_text(e->out, "static const struct argot_standard_object objects[] = {\n");
    for (size_t i = 0; i < objects->count; i++) {
        const struct argot_yaml *with = argot_yaml_get(objects->items[i], "with");
        argot_buffer_append_text(e->out, "    {");
        put_string(e->out, objects->keys[i]->text);
        argot_buffer_append_text(e->out, ", ");
        put_name(e, argot_yaml_get(objects->items[i], "all"), "object_all", i);
        put_name(e, argot_yaml_get(objects->items[i], "any"), "object_any", i);
        snprintf(name, sizeof name, "object_with_%zu", i);
        put_table(e, with, name);
        argot_buffer_append_text(e->out, "},\n");
    }
    argot_buffer_append_text(e->out, "    {0},\n};\n");
}

static void
emit_profiles(const struct emitter *e, const struct argot_yaml *plain, const struct argot_yaml *nested)
{
    char name[64];
    const struct argot_yaml *const maps[] = {plain, nested};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < maps[k]->count; i++) {
            snprintf(name, sizeof name, "profile_%zu_%zu", k, i);
            emit_names(e, maps[k]->items[i], name);
        }
    argot_buffer_append_text(e->out, "static const struct argot_standard_profile profiles[] = {\n");
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < maps[k]->count; i++)
            argot_buffer_printf(e->out, "    {\"%s\", %s, profile_%zu_%zu},\n", maps[k]->keys[i]->text,
                                k ? "true" : "false", k, i);
    argot_buffer_append_text(e->out, "    {0},\n};\n");
}

/* ---- types of event ---- */

static void
emit_event_words(const struct emitter *e, const struct argot_yaml *list, const char *path)
{
    for (size_t i = 0; i < list->count; i++) {
        argot_buffer_printf(e->out, "    {\"%s\", ", path);
        put_json(e->out, list->items[i]);
        argot_buffer_append_text(e->out, ", false},\n");
    }
}

static void
emit_ecs_type(const struct emitter *e, const struct argot_gen_schema_event_type *type, size_t number)
{
    argot_buffer_printf(e->out, "static const struct argot_standard_constant ecs_type_%zu[] = {\n", number);
    argot_buffer_printf(e->out, "    {\"event.kind\", \"\\\"%s\\\"\", false},\n", type->ecs_kind);
    emit_event_words(e, type->ecs_category, "event.category[]");
    emit_event_words(e, type->ecs_type, "event.type[]");
    if (type->ecs_action)
        argot_buffer_printf(e->out, "    {\"event.action\", \"\\\"%s\\\"\", true},\n", type->ecs_action);
    if (type->ecs_outcome)
        argot_buffer_printf(e->out, "    {\"event.outcome\", \"\\\"%s\\\"\", true},\n", type->ecs_outcome);
    argot_buffer_append_text(e->out, "};\n");
}

static void
emit_ecs_types(const struct emitter *e)
{
    for (size_t i = 0; i < e->schema->nevent_types; i++)
        emit_ecs_type(e, &e->schema->event_types[i], i);
    argot_buffer_append_text(e->out, "static const struct argot_standard_type ecs_types[] = {\n");
    for (size_t i = 0; i < e->schema->nevent_types; i++)
        argot_buffer_printf(e->out,
                            "    {.nconstants = sizeof ecs_type_%zu / sizeof *ecs_type_%zu, .constants = "
                            "ecs_type_%zu},\n",
                            i, i, i);
    argot_buffer_append_text(e->out, "};\n");
}

static void
emit_ocsf_types(const struct emitter *e)
{
    char name[64];
    for (size_t i = 0; i < e->schema->nevent_types; i++) {
        snprintf(name, sizeof name, "activities_%zu", i);
        emit_words(e, argot_yaml_get(e->schema->event_types[i].activity_by, "values"), name);
    }
    argot_buffer_append_text(e->out, "static const struct argot_standard_type ocsf_types[] = {\n");
    for (size_t i = 0; i < e->schema->nevent_types; i++) {
        const struct argot_gen_schema_event_type *type = &e->schema->event_types[i];
        const char *field = text_of(type->activity_by, "field");
        argot_buffer_printf(e->out, "    {0, NULL, %u, %u, %d, ", type->ocsf_class, type->ocsf_class_not_windows,
                            type->ocsf_activity);
        if (field)
            argot_buffer_printf(e->out, "%zu, activities_%zu", field_number(e, field), i);
        else
            argot_buffer_append_text(e->out, "ARGOT_NONE, NULL");
        argot_buffer_printf(e->out, ", %d},\n", !strcmp(type->ecs_kind, "event"));
    }
    argot_buffer_append_text(e->out, "};\n");
}

/* ---- the whole ---- */

static const struct argot_yaml *
map_of(const struct argot_yaml *map, const char *key)
{
    const struct argot_yaml *node = argot_yaml_get(map, key);
    return node ? node : &no_yaml;
}

static void
emit_head(const struct emitter *e, const struct argot_yaml *map)
{
    char name[64];
    const struct argot_yaml *copies = argot_yaml_get(map, "copies"), *with = argot_yaml_get(map, "with");
    argot_buffer_append_text(e->out, "        .name = ");
    put_string(e->out, e->standard);
    argot_buffer_append_text(e->out, ",\n        .version = ");
    put_string(e->out, text_of(map, "version"));
    argot_buffer_append_text(e->out, ",\n        .rest = ");
    put_string(e->out, text_of(map, "rest") ? text_of(map, "rest") : "rest");
    argot_buffer_printf(e->out, ",\n        .nrules = sizeof %s_rules / sizeof *%s_rules - 1,\n", e->standard,
                        e->standard);
    argot_buffer_printf(e->out, "        .rules = %s_rules,\n        .types = %s_types,\n", e->standard, e->standard);
    snprintf(name, sizeof name, "%s_copies", e->standard);
    if (copies && copies->count)
        argot_buffer_printf(e->out, "        .ncopies = %zu,\n        .copies = %s,\n", copies->count, name);
    if (with && with->count)
        argot_buffer_printf(e->out, "        .nwith = %zu,\n        .with = %s_with,\n", with->count, e->standard);
}

void
argot_gen_schema_emit_standards(const struct argot_gen_schema *schema, struct argot_buffer *out)
{
    const struct argot_yaml *standards = map_of(schema->root, "standards");
    const struct argot_yaml *ecs = map_of(standards, "ecs"), *ocsf = map_of(standards, "ocsf");
    struct emitter emitter = {schema, out, "ecs"}, *e = &emitter;
    argot_buffer_append_text(out,
                             "/* The words of other standards: made by argot-gen from the schema's YAML; not to be "
                             "edited. */\n#include \"event/standard.h\"\n\n");
    emit_rules(e);
    emit_copies(e, argot_yaml_get(ecs, "copies"), "ecs_copies");
    emit_constants(e, argot_yaml_get(ecs, "with"), "ecs_with");
    emit_ecs_types(e);
    e->standard = "ocsf";
    emit_rules(e);
    emit_copies(e, argot_yaml_get(ocsf, "copies"), "ocsf_copies");
    emit_constants(e, argot_yaml_get(ocsf, "with"), "ocsf_with");
    emit_ocsf_types(e);
    emit_names(e, map_of(ocsf, "base"), "ocsf_base");
    emit_classes(e, map_of(ocsf, "classes"));
    emit_objects(e, map_of(ocsf, "objects"));
    emit_profiles(e, map_of(ocsf, "profiles"), map_of(ocsf, "nested_profiles"));
    argot_buffer_append_text(out, "const struct argot_standard argot_standards[ARGOT_STANDARD_COUNT] = {\n"
                                  "    [ARGOT_STANDARD_ECS] = {\n");
    e->standard = "ecs";
    emit_head(e, ecs);
    argot_buffer_append_text(out, "    },\n    [ARGOT_STANDARD_OCSF] = {\n");
    e->standard = "ocsf";
    emit_head(e, ocsf);
    argot_buffer_append_text(out, "        .base = ocsf_base,\n"
                                  "        .nclasses = sizeof classes / sizeof *classes - 1,\n"
                                  "        .classes = classes,\n"
                                  "        .nobjects = sizeof objects / sizeof *objects - 1,\n"
                                  "        .objects = objects,\n"
                                  "        .nprofiles = sizeof profiles / sizeof *profiles - 1,\n"
                                  "        .profiles = profiles,\n    },\n};\n");
}
