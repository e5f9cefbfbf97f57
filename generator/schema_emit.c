/* SPDX-License-Identifier: Apache-2.0
 * The schema as the C table of event/schema.h, and as docs/schema.md. */
#include "event/schema.h"
#include "generator/model.h"
#include "generator/schema.h"
#include <string.h>

/* ---- C ---- */

static const char *const type_enums[] = {[ARGOT_TYPE_NONE] = "ARGOT_TYPE_NONE",
#define X(name, text, kept) [ARGOT_TYPE_##name] = "ARGOT_TYPE_" #name,
                                         ARGOT_TYPES(X)
#undef X
};

static void
put_c_string(struct argot_buffer *out, const char *text)
{
    argot_gen_emit_c_string(out, text, strlen(text));
}

static void
emit_values(const struct argot_gen_schema_field *field, size_t number, struct argot_buffer *out)
{
    argot_buffer_printf(out, "static const char *const values_%zu[] = {\n", number);
    for (size_t i = 0; i < field->nvalues; i++) {
        argot_buffer_append_text(out, "    ");
        put_c_string(out, field->values[i]);
        argot_buffer_append_text(out, ",\n");
    }
    argot_buffer_append_text(out, "};\n");
}

static void
emit_field(const struct argot_gen_schema_field *field, size_t number, struct argot_buffer *out)
{
    argot_buffer_append_text(out, "    {");
    put_c_string(out, field->name);
    argot_buffer_printf(out, ", %s, %s, %zu, ", type_enums[field->type], field->lower ? "true" : "false",
                        field->nvalues);
    if (field->nvalues)
        argot_buffer_printf(out, "values_%zu,\n     ", number);
    else
        argot_buffer_append_text(out, "NULL,\n     ");
    put_c_string(out, field->doc);
    argot_buffer_append_text(out, "},\n");
}

void
argot_gen_schema_emit_c(const struct argot_gen_schema *schema, struct argot_buffer *out)
{
    argot_buffer_append_text(out, "/* The common schema: made by argot-gen from its YAML; not to be edited. */\n"
                                  "#include \"event/schema.h\"\n\n");
    for (size_t i = 0; i < schema->count; i++)
        if (schema->fields[i].nvalues)
            emit_values(&schema->fields[i], i, out);
    argot_buffer_append_text(out, "\nstatic const struct argot_schema_field fields[] = {\n");
    for (size_t i = 0; i < schema->count; i++)
        emit_field(&schema->fields[i], i, out);
    argot_buffer_printf(out, "};\n\nconst struct argot_schema argot_schema = {%u, %zu, fields};\n\n", schema->version,
                        schema->count);
    argot_buffer_append_text(out, "const uint16_t argot_schema_by_name[] = {\n");
    for (size_t i = 0; i < schema->count; i++)
        argot_buffer_printf(out, "    %zu,\n", (size_t)(schema->by_name[i] - schema->fields));
    argot_buffer_append_text(out, "};\n");
}

/* ---- the page ---- */

/* Text in Markdown, outside `code`: a bar would end a cell, the others would be markup. */
static void
put_text(struct argot_buffer *out, const char *text)
{
    bool code = false;
    for (; *text; text++) {
        code ^= *text == '`';
        if (*text == '|' || (!code && (*text == '*' || *text == '<')))
            argot_buffer_append_byte(out, '\\');
        argot_buffer_append_byte(out, *text == '\n' ? ' ' : *text);
    }
}

static void
put_code(struct argot_buffer *out, const char *text)
{
    if (text)
        argot_buffer_printf(out, "`%s`", text);
}

/* A heading begins with a capital; dns, http and the like are all capitals. */
static void
put_heading(struct argot_buffer *out, const char *domain)
{
    bool short_word = strlen(domain) <= 4 && !strpbrk(domain, "aeiou");
    argot_buffer_append_text(out, "\n## ");
    for (const char *at = domain; *at; at++)
        argot_buffer_append_byte(out,
                                 (char)(*at >= 'a' && *at <= 'z' && (at == domain || short_word) ? *at - 32 : *at));
    argot_buffer_append_text(out, "\n\n");
}

static const char *
unit_of(enum argot_type type)
{
    switch (type) {
    case ARGOT_TYPE_TIMESTAMP:
        return "ns since 1970, UTC";
    case ARGOT_TYPE_DURATION:
        return "ns";
    case ARGOT_TYPE_BYTES:
        return "byte";
    default:
        return "";
    }
}

static void
doc_field(const struct argot_gen_schema *schema, const struct argot_gen_schema_field *field, struct argot_buffer *out)
{
    argot_buffer_printf(out, "| `%s` | %s | %s | ", field->name, argot_schema_type_name(field->type),
                        unit_of(field->type));
    put_text(out, field->doc);
    if (field->lower)
        argot_buffer_append_text(out, " Kept in lower case.");
    if (field->nvalues && field->values == schema->event_type_names)
        argot_buffer_append_text(out, " One of the [types of event](#types-of-event).");
    for (size_t i = 0; i < field->nvalues && field->values != schema->event_type_names; i++)
        argot_buffer_printf(out, "%s `%s`%s", i ? "," : " One of", field->values[i],
                            i + 1 == field->nvalues ? "." : "");
    argot_buffer_append_text(out, " | ");
    put_code(out, field->ecs);
    argot_buffer_append_text(out, " | ");
    put_code(out, field->ocsf);
    argot_buffer_append_text(out, " |\n");
}

static void
doc_domain(const struct argot_gen_schema *schema, const struct argot_gen_schema_word *domain, struct argot_buffer *out)
{
    put_heading(out, domain->name);
    put_text(out, domain->doc);
    argot_buffer_append_text(out, "\n\n| field | type | unit | meaning | ECS | OCSF |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < schema->count; i++)
        if (!strcmp(schema->fields[i].domain, domain->name))
            doc_field(schema, &schema->fields[i], out);
    bool first = true;
    for (size_t i = 0; i < schema->count; i++) {
        const struct argot_gen_schema_field *field = &schema->fields[i];
        if (!field->note || strcmp(field->domain, domain->name) != 0)
            continue;
        argot_buffer_printf(out, "%s- `%s`: ", first ? "\n" : "", field->name);
        put_text(out, field->note);
        argot_buffer_append_byte(out, '\n');
        first = false;
    }
}

static void
put_words(struct argot_buffer *out, const struct argot_yaml *list)
{
    for (size_t i = 0; i < list->count; i++)
        argot_buffer_printf(out, "%s%s", i ? ", " : "", list->items[i]->text);
}

static void
doc_event_types(const struct argot_gen_schema *schema, struct argot_buffer *out)
{
    argot_buffer_append_text(out,
                             "\n## Types of event\n\nThe values of `event_type`, with what they are on export: kind, "
                             "category and type of ECS, class and\nactivity of OCSF 1.8 (no activity: the data "
                             "tells it).\n\n| value | meaning | ECS kind | category | type | OCSF class | activity "
                             "|\n|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < schema->nevent_types; i++) {
        const struct argot_gen_schema_event_type *type = &schema->event_types[i];
        argot_buffer_printf(out, "| `%s` | ", type->name);
        put_text(out, type->doc);
        argot_buffer_printf(out, " | %s | ", type->ecs_kind);
        put_words(out, type->ecs_category);
        argot_buffer_append_text(out, " | ");
        put_words(out, type->ecs_type);
        argot_buffer_printf(out, " | %u | ", type->ocsf_class);
        if (type->ocsf_activity >= 0)
            argot_buffer_printf(out, "%d", type->ocsf_activity);
        argot_buffer_append_text(out, " |\n");
    }
}

static void
doc_list(const struct argot_gen_schema *schema, const char *key, const char *heading, struct argot_buffer *out)
{
    const struct argot_yaml *list = argot_yaml_get(schema->root, key);
    if (!list)
        return;
    argot_buffer_printf(out, "\n## %s\n\n", heading);
    for (size_t i = 0; i < list->count; i++) {
        argot_buffer_append_text(out, "- ");
        put_text(out, list->items[i]->text);
        argot_buffer_append_byte(out, '\n');
    }
}

static void
doc_types(const struct argot_gen_schema *schema, struct argot_buffer *out)
{
    const struct argot_yaml *types = argot_yaml_get(schema->root, "types");
    if (!types)
        return;
    argot_buffer_append_text(out, "\n## Types\n\n| type | a value is |\n|---|---|\n");
    for (size_t i = 0; i < types->count; i++) {
        argot_buffer_printf(out, "| %s | ", types->keys[i]->text);
        put_text(out, types->items[i]->text);
        argot_buffer_append_text(out, " |\n");
    }
}

void
argot_gen_schema_emit_doc(const struct argot_gen_schema *schema, struct argot_buffer *out)
{
    argot_buffer_printf(
        out,
        "# The common schema, version %u\n\n"
        "Made by argot-gen from `formats/schema.yaml`; not to be edited. `argot fields` shows the same.\n\n"
        "An event has these %zu fields and no others; what a format finds beyond them stands in the "
        "object `extra`\nunder the source's own names. Names of ECS are those of version 9, names of "
        "OCSF those of version 1.8; other\ntargets for single types of event, and the names in "
        "OpenTelemetry and Sigma, stand in the YAML.\n",
        schema->version, schema->count);
    doc_list(schema, "rules", "Rules", out);
    doc_types(schema, out);
    for (size_t i = 0; i < schema->ndomains; i++)
        doc_domain(schema, &schema->domains[i], out);
    doc_event_types(schema, out);
    doc_list(schema, "exports", "Events as ECS and OCSF", out);
    doc_list(schema, "reasons", "Why it is so", out);
}
