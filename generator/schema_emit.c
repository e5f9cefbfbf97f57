/* SPDX-License-Identifier: Apache-2.0
 * The schema as the C table of event/schema.h, and as docs/schema.md. */
#include "event/schema.h"
#include "generator/model.h"
#include "generator/schema.h"
#include <string.h>

static void
put_text(struct argot_buffer *out, const char *text)
{
    argot_gen_emit_c_string(out, text ? text : "", text ? strlen(text) : 0);
}

static void
emit_by_name(const struct argot_gen_schema *schema, struct argot_buffer *out)
{
    argot_buffer_append_text(out, "const uint16_t argot_schema_by_name[] = {");
    const char *last = "";
    for (size_t n = 0; n < schema->count; n++) { /* selection sort: a schema is small */
        size_t best = schema->count;
        for (size_t i = 0; i < schema->count; i++)
            if (strcmp(schema->names[i], last) > 0 && (best == schema->count || strcmp(schema->names[i], schema->names[best]) < 0))
                best = i;
        argot_buffer_printf(out, "%zu, ", best);
        last = schema->names[best];
    }
    argot_buffer_append_text(out, "};\n");
}

void
argot_gen_schema_emit_c(const struct argot_gen_schema *schema, struct argot_buffer *out)
{
    argot_buffer_append_text(out, "/* The common schema. Made by argot-gen from schema.yaml. */\n#include \"event/schema.h\"\n\n");
    for (size_t i = 0; i < schema->count; i++) {
        const struct argot_gen_schema_field *field = &schema->fields[i];
        if (!field->nvalues)
            continue;
        argot_buffer_printf(out, "static const char *const values_%zu[] = {", i);
        for (size_t k = 0; k < field->nvalues; k++) {
            put_text(out, field->values[k]);
            argot_buffer_append_text(out, ", ");
        }
        argot_buffer_append_text(out, "};\n");
    }
    argot_buffer_append_text(out, "static const struct argot_schema_field fields[] = {\n");
    for (size_t i = 0; i < schema->count; i++) {
        const struct argot_gen_schema_field *field = &schema->fields[i];
        argot_buffer_append_text(out, "    {");
        put_text(out, field->name);
        argot_buffer_printf(out, ", %u, %s, %zu, ", (unsigned)field->type, field->lower ? "true" : "false", field->nvalues);
        if (field->nvalues)
            argot_buffer_printf(out, "values_%zu, ", i);
        else
            argot_buffer_append_text(out, "NULL, ");
        put_text(out, field->doc);
        argot_buffer_append_text(out, "},\n");
    }
    argot_buffer_printf(out, "};\nconst struct argot_schema argot_schema = {%u, %zu, fields};\n", schema->version,
                        schema->count);
    emit_by_name(schema, out);
}

/* Table cells: a bar would end them. */
static void
put_cell(struct argot_buffer *out, const char *text)
{
    for (; text && *text; text++) {
        if (*text == '|')
            argot_buffer_append_byte(out, '\\');
        argot_buffer_append_byte(out, *text);
    }
    argot_buffer_append_text(out, " | ");
}

static void
doc_field(const struct argot_gen_schema_field *field, struct argot_buffer *out)
{
    argot_buffer_printf(out, "| `%s` | %s%s%s%s | ", field->name, argot_schema_type_name(field->type), field->unit ? ", " : "",
                        field->unit ? field->unit : "", field->lower ? ", lower case" : "");
    argot_buffer_append_text(out, field->doc ? field->doc : "");
    if (field->nvalues && strcmp(field->name, "event_type")) {
        argot_buffer_append_text(out, " One of");
        for (size_t i = 0; i < field->nvalues; i++)
            argot_buffer_printf(out, "%s `%s`", i ? "," : "", field->values[i]);
        argot_buffer_append_byte(out, '.');
    }
    if (field->note)
        argot_buffer_printf(out, " %s", field->note);
    argot_buffer_append_text(out, " | ");
    put_cell(out, field->ecs);
    put_cell(out, field->ocsf);
    out->length -= out->length && out->bytes[out->length - 1] == ' ';
    argot_buffer_append_byte(out, '\n');
}

void
argot_gen_schema_emit_doc(const struct argot_gen_schema *schema, struct argot_buffer *out)
{
    argot_buffer_printf(out,
                        "# The common schema, version %u\n\nMade from `formats/schema.yaml` by argot-gen; `argot fields` shows "
                        "the same.\nEvery event of every format has these %zu fields and no others; what a format finds "
                        "beyond them stands in\nthe object `extra`. A value that the log does not give is absent: never an "
                        "empty text, a zero or a dash.\n",
                        schema->version, schema->count);
    const char *domain = "";
    for (size_t i = 0; i < schema->count; i++) {
        const struct argot_gen_schema_field *field = &schema->fields[i];
        if (strcmp(domain, field->domain ? field->domain : "")) {
            domain = field->domain;
            argot_buffer_printf(out, "\n## %s\n\n| field | type | meaning | ECS | OCSF |\n|---|---|---|---|---|\n", domain);
        }
        doc_field(field, out);
    }
    argot_buffer_append_text(out, "\n## Values of `event_type`\n\n| value | meaning |\n|---|---|\n");
    for (size_t i = 0; i < schema->nevent_types; i++)
        argot_buffer_printf(out, "| `%s` | %s |\n", schema->event_types[i].name, schema->event_types[i].doc);
}
