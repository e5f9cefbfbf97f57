/* SPDX-License-Identifier: Apache-2.0
 * argot fields: the common schema, and with -v who fills each field. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/pattern.h"
#include "cli/say.h"
#include "cli/stock.h"
#include "output/json.h"

enum { OPTION_VERBOSE, OPTION_JSON, OPTION_LOAD, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_VERBOSE] = {"verbose", 'v', NULL, "adds the values of enums and the formats that fill the field"},
    [OPTION_JSON] = {"json", 0, NULL, "one JSON object a field"},
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
};

static bool
wanted(const struct argot_args *args, const char *name)
{
    for (size_t i = 0; i < args->noperands; i++)
        if (argot_pattern_fits(args->operands[i], name))
            return true;
    return args->noperands == 0;
}

static bool
fills(const struct argot_normalizer *normalizer, const char *field)
{
    for (unsigned i = 0; i < normalizer->ndests; i++)
        if (normalizer->dests[i].kind == ARGOT_DEST_FIELD && !strcmp(normalizer->dests[i].name, field))
            return true;
    return false;
}

static void
show_values(const struct argot_schema_field *field, struct argot_buffer *out)
{
    if (field->nvalues == 0)
        return;
    argot_buffer_append_text(out, "    values:");
    for (unsigned i = 0; i < field->nvalues; i++)
        argot_buffer_printf(out, " %s", field->values[i]);
    argot_buffer_append_byte(out, '\n');
}

static void
show_formats(struct argot_registry *registry, const char *field, struct argot_buffer *out)
{
    argot_buffer_append_text(out, "    filled by:");
    size_t found = 0;
    for (size_t i = 0; i < argot_registry_count(registry); i++) {
        const struct argot_normalizer *normalizer = argot_registry_at(registry, i);
        if (!fills(normalizer, field))
            continue;
        argot_buffer_printf(out, " %s", normalizer->name);
        found++;
    }
    argot_buffer_append_text(out, found ? "\n" : " none\n");
}

static void
put_text(struct argot_buffer *out, const char *text)
{
    argot_json_string((const uint8_t *)text, strlen(text), out);
}

static void
put_field(struct argot_registry *registry, const struct argot_schema_field *field, struct argot_buffer *out)
{
    argot_buffer_printf(out, "{\"name\":\"%s\",\"type\":\"%s\",\"doc\":", field->name,
                        argot_schema_type_name(field->type));
    put_text(out, field->doc ? field->doc : "");
    if (field->nvalues > 0) {
        argot_buffer_append_text(out, ",\"values\":[");
        for (unsigned i = 0; i < field->nvalues; i++) {
            argot_buffer_append_text(out, i ? "," : "");
            put_text(out, field->values[i]);
        }
        argot_buffer_append_byte(out, ']');
    }
    argot_buffer_append_text(out, ",\"formats\":[");
    bool first = true;
    for (size_t i = 0; i < argot_registry_count(registry); i++) {
        const struct argot_normalizer *normalizer = argot_registry_at(registry, i);
        if (!fills(normalizer, field->name))
            continue;
        argot_buffer_append_text(out, first ? "" : ",");
        put_text(out, normalizer->name);
        first = false;
    }
    argot_buffer_append_text(out, "]}\n");
}

static int
show(struct argot_cli *cli, const struct argot_args *args, bool verbose, bool json)
{
    bool needed = verbose || json || cli->nmodules > 0;
    struct argot_registry *registry = needed ? argot_stock_registry(cli) : NULL;
    if (needed && !registry)
        return ARGOT_EXIT_USAGE;
    size_t widest = 0, found = 0;
    for (unsigned i = 0; i < argot_schema.count; i++) {
        size_t length = strlen(argot_schema.fields[i].name);
        if (length > widest && wanted(args, argot_schema.fields[i].name))
            widest = length;
    }
    struct argot_buffer out;
    argot_buffer_init(&out, cli->seam);
    for (unsigned i = 0; i < argot_schema.count; i++) {
        const struct argot_schema_field *field = &argot_schema.fields[i];
        if (!wanted(args, field->name))
            continue;
        found++;
        if (json) {
            put_field(registry, field, &out);
            continue;
        }
        argot_buffer_printf(&out, "%-*s  %-11s  %s\n", (int)widest, field->name, argot_schema_type_name(field->type),
                            field->doc ? field->doc : "");
        if (verbose) {
            show_values(field, &out);
            show_formats(registry, field->name, &out);
        }
    }
    int status = argot_say_write(cli->seam, &out);
    if (found > 0 || status)
        return status;
    argot_say(cli->seam, "no field is called like that (`argot fields` lists all)");
    return ARGOT_EXIT_NOT_HELD;
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct argot_args args = {.cli = cli, .command = &argot_cmd_fields, .argc = argc, .argv = argv};
    const char *value;
    bool verbose = false, json = false;
    int option;
    while ((option = argot_args_next(&args, &value)) >= 0) {
        verbose = verbose || option == OPTION_VERBOSE;
        json = json || option == OPTION_JSON;
        if (option == OPTION_LOAD && !argot_load_option(&args, value))
            return ARGOT_EXIT_USAGE;
    }
    return option == ARGOT_ARGS_EXIT ? args.status : show(cli, &args, verbose, json);
}

const struct argot_command argot_cmd_fields = {
    .name = "fields",
    .summary = "the fields of the common schema",
    .usage = "[-v|--json] [PATTERN...]",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "A pattern is a part of the name, or the whole name with * for any text.\n\n"
            "Exit status: 0 done; 1 no such field; 2 wrong use; 3 standard output failed.\n\n"
            "Examples:\n  argot fields source\n  argot fields -v 'event_*'\n",
    .run = run,
};
