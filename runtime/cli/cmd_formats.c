/* SPDX-License-Identifier: Apache-2.0
 * argot formats: which formats are built in or loaded, and the YAML of one. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/gears.h"
#include "cli/load.h"
#include "cli/say.h"
#include "cli/share.h"
#include "cli/stock.h"
#include "output/json.h"
#include <stdio.h>

#define STAT_BYTES_MAX ((size_t)64 << 10)

enum { OPTION_VERBOSE, OPTION_JSON, OPTION_LOAD, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_VERBOSE] = {"verbose", 'v', NULL,
                        "adds version, messages, templates, examples, states of\nthe lexers, how "
                        "long re2c took, and how lines find\ntheir template and why so"},
    [OPTION_JSON] = {"json", 0, NULL, "one JSON object a format"},
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
};

struct facts {
    unsigned messages, templates, states, examples;
    long long re2c_ms; /* -1: not known */
    char *stat;        /* what argot-gen left about the format; NULL: nothing */
};

/* ---- what is known about a format ---- */

static const char *
kind_name(const struct argot_normalizer *normalizer)
{
    static const char *const names[] = {
        [ARGOT_KIND_LINE] = "line", [ARGOT_KIND_JSON] = "json", [ARGOT_KIND_KV] = "kv",
        [ARGOT_KIND_CSV] = "csv",   [ARGOT_KIND_SD] = "sd",
    };
    return normalizer->kind < sizeof names / sizeof *names ? names[normalizer->kind] : "?";
}

/* The file that argot-gen left about a format, to be released; NULL where there is none. */
static char *
read_stat(struct argot_cli *cli, const char *format)
{
    char file[256], path[ARGOT_SHARE_PATH_BYTES];
    char *text;
    size_t size;
    snprintf(file, sizeof file, "formats/%s.stat", format);
    if (!argot_share_find(cli->seam, file, path, sizeof path) ||
        argot_seam_read_file(cli->seam, path, STAT_BYTES_MAX, &text, &size))
        return NULL;
    return text;
}

/* A number from its lines `name value`; -1 when it is not there. */
static long long
find_number(const char *stat, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = stat; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        uint64_t value;
        char digits[32];
        if (strncmp(line, name, length) || line[length] != ' ')
            continue;
        snprintf(digits, sizeof digits, "%.*s", (int)strcspn(line + length + 1, "\n"), line + length + 1);
        return argot_args_number(digits, 0, INT64_MAX, &value) ? (long long)value : -1;
    }
    return -1;
}

static struct facts
facts_of(struct argot_cli *cli, const struct argot_normalizer *normalizer)
{
    struct facts facts = {.messages = normalizer->nmessages, .examples = normalizer->nexamples};
    const struct argot_lexer *lexers[] = {normalizer->head, normalizer->body};
    for (size_t i = 0; i < sizeof lexers / sizeof *lexers; i++) {
        facts.templates += lexers[i] ? lexers[i]->ntemplates : 0;
        facts.states += lexers[i] ? lexers[i]->states : 0;
    }
    facts.re2c_ms = -1;
    facts.stat = argot_load_origin(cli, normalizer) ? NULL : read_stat(cli, normalizer->name);
    if (!facts.stat)
        return facts;
    /* The lexers of fields inside are known to the generator alone. */
    long long templates = find_number(facts.stat, "templates");
    long long states = find_number(facts.stat, "states");
    if (templates > facts.templates)
        facts.templates = (unsigned)templates;
    if (states > facts.states)
        facts.states = (unsigned)states;
    facts.re2c_ms = find_number(facts.stat, "re2c_ms");
    return facts;
}

static void
append_parents(const struct argot_normalizer *normalizer, struct argot_buffer *out)
{
    for (unsigned i = 0; i < normalizer->ninside; i++)
        argot_buffer_printf(out, "%s%s", i ? " " : "", normalizer->inside[i].parent);
    if (normalizer->ninside == 0)
        argot_buffer_append_text(out, "line");
}

/* ---- lists ---- */

static size_t
widest_name(const struct argot_registry *registry)
{
    size_t widest = 0;
    for (size_t i = 0; i < argot_registry_count(registry); i++) {
        size_t length = strlen(argot_registry_at(registry, i)->name);
        widest = length > widest ? length : widest;
    }
    return widest;
}

static void
show_facts(const struct argot_normalizer *normalizer, const struct facts *facts, struct argot_buffer *out)
{
    argot_buffer_printf(out, "    version %u, %u messages, %u templates, %u examples, %u states", normalizer->version,
                        facts->messages, facts->templates, facts->examples, facts->states);
    if (facts->re2c_ms >= 0)
        argot_buffer_printf(out, ", re2c %lld ms", facts->re2c_ms);
    argot_buffer_append_byte(out, '\n');
    argot_gears_show(normalizer, facts->stat, out);
}

static void
put_json(const struct argot_normalizer *normalizer, const struct facts *facts, bool loaded, struct argot_buffer *out)
{
    argot_buffer_printf(out, "{\"name\":\"%s\",\"title\":", normalizer->name);
    argot_json_string((const uint8_t *)normalizer->title, strlen(normalizer->title), out);
    argot_buffer_printf(out, ",\"kind\":\"%s\",\"version\":%u,\"envelope\":%s,\"inside\":[", kind_name(normalizer),
                        normalizer->version, normalizer->envelope ? "true" : "false");
    for (unsigned i = 0; i < normalizer->ninside; i++)
        argot_buffer_printf(out, "%s\"%s\"", i ? "," : "", normalizer->inside[i].parent);
    argot_buffer_printf(out, "%s],\"messages\":%u,\"templates\":%u,\"examples\":%u,\"states\":%u",
                        normalizer->ninside ? "" : "\"line\"", facts->messages, facts->templates, facts->examples,
                        facts->states);
    if (facts->re2c_ms >= 0)
        argot_buffer_printf(out, ",\"re2c_ms\":%lld", facts->re2c_ms);
    argot_buffer_append_text(out, ",\"gears\":");
    argot_gears_json(normalizer, facts->stat, out);
    argot_buffer_append_text(out, ",\"texts\":");
    argot_gears_texts_json(normalizer, facts->stat, out);
    argot_buffer_append_text(out, loaded ? ",\"loaded\":true}\n" : "}\n");
}

static void
show_one(struct argot_cli *cli, const struct argot_normalizer *normalizer, size_t widest, bool verbose, bool json,
         struct argot_buffer *out)
{
    struct facts facts = {0};
    if (verbose || json)
        facts = facts_of(cli, normalizer);
    if (json) {
        put_json(normalizer, &facts, argot_load_origin(cli, normalizer) != NULL, out);
    } else {
        argot_buffer_printf(out, "%-*s  %-4s  %s (inside ", (int)widest, normalizer->name, kind_name(normalizer),
                            normalizer->title);
        append_parents(normalizer, out);
        argot_buffer_append_text(out, argot_load_origin(cli, normalizer) ? "; loaded)\n" : ")\n");
        if (verbose)
            show_facts(normalizer, &facts, out);
    }
    cli->seam->release(cli->seam, facts.stat);
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct argot_args args = {.cli = cli, .command = &argot_cmd_formats, .argc = argc, .argv = argv};
    const char *value;
    bool verbose = false, json = false;
    int option;
    while ((option = argot_args_next(&args, &value)) >= 0) {
        verbose = verbose || option == OPTION_VERBOSE;
        json = json || option == OPTION_JSON;
        if (option == OPTION_LOAD && !argot_load_option(&args, value))
            return ARGOT_EXIT_USAGE;
    }
    if (option == ARGOT_ARGS_EXIT)
        return args.status;
    struct argot_registry *registry = argot_stock_registry(cli);
    if (!registry)
        return ARGOT_EXIT_USAGE;
    for (size_t i = 0; i < args.noperands; i++)
        if (!argot_stock_known(cli, args.operands[i]))
            return ARGOT_EXIT_USAGE;
    struct argot_buffer out;
    argot_buffer_init(&out, cli->seam);
    size_t widest = widest_name(registry);
    for (size_t i = 0; args.noperands == 0 && i < argot_registry_count(registry); i++)
        show_one(cli, argot_registry_at(registry, i), widest, verbose, json, &out);
    for (size_t i = 0; i < args.noperands; i++) {
        const struct argot_normalizer *normalizer = argot_registry_find(registry, args.operands[i]);
        if (!normalizer)
            continue; /* a chain */
        if (verbose || json)
            show_one(cli, normalizer, 0, verbose, json, &out);
        else
            argot_buffer_append_text(&out, normalizer->yaml);
    }
    return argot_say_write(cli->seam, &out);
}

const struct argot_command argot_cmd_formats = {
    .name = "formats",
    .summary = "the formats that are built in, or loaded",
    .usage = "[-v|--json]\n[-v|--json] NAME...",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "With a name alone, shows the YAML that the format was made of: a start for one's own.\n\n"
            "Exit status: 0 done; 2 no such format or wrong use; 3 standard output failed.\n\n"
            "Examples:\n  argot formats\n  argot formats nginx_access >my_access.yaml\n",
    .run = run,
};
