/* SPDX-License-Identifier: Apache-2.0
 * argot-gen: the schema and formats from YAML to C. Used by the build and, later, for users' own formats.
 *     argot-gen schema --c OUT.c --standards OUT.c --doc OUT.md SCHEMA.yaml
 *     argot-gen format --schema SCHEMA.yaml [--formats DIR] --re2c RE2C --output OUT.c [--stat OUT] [--depfile OUT]
 *         [--gear forward|backwards] FORMAT.yaml
 *     argot-gen table --output OUT.c NAME... argot-gen dump FILE.yaml Exit status: 0 done, 1 the file has
 * mistakes, 2 wrong use, 3 a file could not be read or written. */
#include "generator/alone.h"
#include "generator/amalgam.h"
#include "generator/compile.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OTHERS 64 /* formats to compare with */

struct arguments {
    const char *c, *standards, *doc, *schema, *formats, *re2c, *output, *stat, *depfile, *root, *types, *runtime,
        *header, *overlaps, *gear;
    const char *names[1024];
    size_t count;
};

static int
usage(void)
{
    fputs("usage: argot-gen schema --c OUT.c --standards OUT.c --doc OUT.md SCHEMA.yaml\n"
          "       argot-gen format --schema SCHEMA.yaml [--formats DIR] --re2c RE2C --output OUT.c [--stat OUT]\n"
          "                        [--depfile OUT] [--overlaps NAME,...] [--gear forward|backwards] FORMAT.yaml\n"
          "       argot-gen table --output OUT.c NAME...\n"
          "       argot-gen dump FILE.yaml\n"
          "       argot-gen amalgam --root DIR --types FILE.h --output OUT.c FILE.c...\n"
          "       argot-gen alone --schema SCHEMA.yaml [--formats DIR] --re2c RE2C --runtime FILE.c --types FILE.h\n"
          "                       --output OUT.c --header OUT.h FORMAT.yaml\n",
          stderr);
    return 2;
}

static bool
parse_arguments(int argc, char **argv, struct arguments *a)
{
    const struct {
        const char *name;
        const char **value;
    } options[] = {
        {"--c", &a->c},           {"--doc", &a->doc},           {"--standards", &a->standards},
        {"--schema", &a->schema}, {"--formats", &a->formats},   {"--re2c", &a->re2c},
        {"--output", &a->output}, {"--stat", &a->stat},         {"--depfile", &a->depfile},
        {"--root", &a->root},     {"--types", &a->types},       {"--runtime", &a->runtime},
        {"--header", &a->header}, {"--overlaps", &a->overlaps}, {"--gear", &a->gear},
    };
    for (int i = 2; i < argc; i++) {
        if (strncmp(argv[i], "--", 2)) {
            if (a->count == sizeof a->names / sizeof *a->names)
                return false;
            a->names[a->count++] = argv[i];
            continue;
        }
        size_t k = 0;
        while (k < sizeof options / sizeof *options && strcmp(options[k].name, argv[i]))
            k++;
        if (k == sizeof options / sizeof *options || i + 1 == argc)
            return false;
        *options[k].value = argv[++i];
    }
    return true;
}

static int
write_file(struct argot_seam *seam, const char *path, const struct argot_buffer *buffer)
{
    if (!path)
        return 0;
    if (buffer->failed)
        argot_gen_out_of_memory();
    int fd = seam->open(seam, path, ARGOT_OPEN_WRITE);
    int status = fd < 0 ? fd : argot_seam_write_all(seam, fd, buffer->bytes, buffer->length);
    if (fd >= 0)
        seam->close(seam, fd);
    if (!status)
        return 0;
    fprintf(stderr, "argot-gen: %s: %s\n", path, strerror(-status));
    seam->remove(seam, path);
    return 3;
}

static void
print_report(struct argot_buffer *report)
{
    if (report->length)
        fwrite(report->bytes, 1, report->length, stderr);
    argot_buffer_finish(report);
}

/* Make's rule: the output depends on each file read. */
static void
write_dependencies(struct argot_buffer *out, const char *target, const struct argot_buffer *list)
{
    argot_buffer_printf(out, "%s:", target);
    for (size_t i = 0, begin = 0; i < list->length; i++) {
        if (list->bytes[i] != '\n')
            continue;
        argot_buffer_append_byte(out, ' ');
        for (size_t k = begin; k < i; k++) {
            if (list->bytes[k] == ' ' || list->bytes[k] == '#')
                argot_buffer_append_byte(out, '\\');
            argot_buffer_append_byte(out, (char)list->bytes[k]);
        }
        begin = i + 1;
    }
    argot_buffer_append_byte(out, '\n');
}

/* The formats named in `a,b`, to compare with; `-`: none. */
static size_t
read_others(char *names, struct argot_gen_other *others, size_t most)
{
    size_t count = 0;
    char *rest = NULL;
    for (char *name = names ? strtok_r(names, ",", &rest) : NULL; name && count < most;
         name = strtok_r(NULL, ",", &rest))
        if (strcmp(name, "-"))
            others[count++] = (struct argot_gen_other){.name = name};
    return count;
}

/* How ends of texts are tried, for tests that hold one way against another; by counts without it. */
static bool
read_gear(const char *name, enum argot_gen_texts *gear)
{
    *gear = ARGOT_GEN_TEXTS_BOTH;
    if (name && !strcmp(name, "forward"))
        *gear = ARGOT_GEN_TEXTS_FORWARD;
    if (name && !strcmp(name, "backwards"))
        *gear = ARGOT_GEN_TEXTS_BACKWARDS;
    return !name || *gear != ARGOT_GEN_TEXTS_BOTH;
}

static int
make_format(struct argot_seam *seam, const struct arguments *a)
{
    enum argot_gen_texts gear;
    if (a->count != 1 || !a->schema || !a->re2c || !a->output || !read_gear(a->gear, &gear))
        return usage();
    struct argot_gen_output output = {0};
    struct argot_buffer report, rule;
    argot_buffer_init(&output.c, seam);
    argot_buffer_init(&output.stat, seam);
    argot_buffer_init(&output.dependencies, seam);
    argot_buffer_init(&report, seam);
    argot_buffer_init(&rule, seam);
    struct argot_gen_other others[MAX_OTHERS];
    struct argot_gen_input input = {.format_path = a->names[0],
                                    .schema_path = a->schema,
                                    .formats_dir = a->formats,
                                    .overlaps = a->overlaps != NULL,
                                    .texts_gear = gear,
                                    .others = others};
    input.nothers = read_others((char *)(uintptr_t)a->overlaps, others, MAX_OTHERS);
    enum argot_gen_result result = argot_gen_compile(seam, &input, a->re2c, false, &output, &report, &report);
    print_report(&report);
    int status = result == ARGOT_GEN_OK ? 0 : result == ARGOT_GEN_UNREAD ? 3 : 1;
    write_dependencies(&rule, a->output, &output.dependencies);
    if (!status) {
        status = write_file(seam, a->output, &output.c);
        status = status ? status : write_file(seam, a->stat, &output.stat);
        status = status ? status : write_file(seam, a->depfile, &rule);
    }
    argot_buffer_finish(&output.c);
    argot_buffer_finish(&output.stat);
    argot_buffer_finish(&output.dependencies);
    argot_buffer_finish(&rule);
    return status;
}

static int
make_table(struct argot_seam *seam, const struct arguments *a)
{
    if (!a->output)
        return usage();
    struct argot_buffer out;
    argot_buffer_init(&out, seam);
    argot_buffer_append_text(&out, "/* The stock formats. Made by argot-gen. */\n#include \"argot/normalizer.h\"\n");
    for (size_t i = 0; i < a->count; i++)
        argot_buffer_printf(&out, "extern const struct argot_normalizer argot_format_%s;\n", a->names[i]);
    argot_buffer_append_text(&out, "extern const struct argot_normalizer *const argot_stock_formats[];\n"
                                   "extern const size_t argot_stock_count;\n"
                                   "const struct argot_normalizer *const argot_stock_formats[] = {\n");
    for (size_t i = 0; i < a->count; i++)
        argot_buffer_printf(&out, "    &argot_format_%s,\n", a->names[i]);
    argot_buffer_printf(&out, "    NULL,\n};\nconst size_t argot_stock_count = %zu;\n", a->count);
    int status = write_file(seam, a->output, &out);
    argot_buffer_finish(&out);
    return status;
}

static int
make_amalgam(struct argot_seam *seam, struct arguments *a)
{
    if (!a->root || !a->types || !a->output || !a->count)
        return usage();
    struct argot_buffer out, words;
    struct argot_gen_amalgam amalgam = {.root = a->root, .types = a->types, .paths = a->names, .count = a->count};
    argot_buffer_init(&out, seam);
    argot_buffer_init(&words, seam);
    bool good = argot_gen_amalgamate(seam, &amalgam, &out, &words);
    print_report(&words);
    int status = good ? write_file(seam, a->output, &out) : 3;
    argot_buffer_finish(&out);
    return status;
}

static int
make_alone(struct argot_seam *seam, const struct arguments *a)
{
    if (a->count != 1 || !a->schema || !a->re2c || !a->runtime || !a->types || !a->output || !a->header)
        return usage();
    const char *slash = strrchr(a->header, '/');
    struct argot_buffer c, h, report;
    struct argot_gen_alone alone = {.format_path = a->names[0],
                                    .schema_path = a->schema,
                                    .formats_dir = a->formats,
                                    .re2c = a->re2c,
                                    .runtime = a->runtime,
                                    .types = a->types,
                                    .header = slash ? slash + 1 : a->header};
    argot_buffer_init(&c, seam);
    argot_buffer_init(&h, seam);
    argot_buffer_init(&report, seam);
    enum argot_gen_result result = argot_gen_alone(seam, &alone, &c, &h, &report);
    print_report(&report);
    int status = result == ARGOT_GEN_OK ? 0 : result == ARGOT_GEN_UNREAD ? 3 : 1;
    status = status ? status : write_file(seam, a->output, &c);
    status = status ? status : write_file(seam, a->header, &h);
    argot_buffer_finish(&c);
    argot_buffer_finish(&h);
    return status;
}

/* A tree of a file, for make_schema and dump. NULL after a report. */
static struct argot_yaml *
read_tree(struct argot_seam *seam, struct argot_arena *arena, struct argot_diagnostics *diagnostics, const char *path)
{
    char *bytes;
    size_t size;
    int status = argot_seam_read_file(seam, path, ARGOT_YAML_MAX_BYTES, &bytes, &size);
    if (status) {
        fprintf(stderr, "argot-gen: %s: %s\n", path, strerror(-status));
        return NULL;
    }
    const char *copy = argot_arena_copy(arena, bytes, size);
    seam->release(seam, bytes);
    argot_diagnostics_init(diagnostics, arena, path, copy, size);
    return argot_yaml_parse(diagnostics);
}

static int
with_tree(struct argot_seam *seam, const struct arguments *a, bool schema)
{
    if (a->count != 1)
        return usage();
    struct argot_arena arena;
    struct argot_diagnostics diagnostics = {0};
    struct argot_buffer report, c, standards, doc;
    argot_arena_init(&arena, seam, 0);
    argot_buffer_init(&report, seam);
    argot_buffer_init(&c, seam);
    argot_buffer_init(&standards, seam);
    argot_buffer_init(&doc, seam);
    struct argot_yaml *tree = read_tree(seam, &arena, &diagnostics, a->names[0]);
    const struct argot_gen_schema *loaded = tree && schema ? argot_gen_schema_load(&arena, &diagnostics, tree) : NULL;
    int status = tree && !diagnostics.errors ? 0 : diagnostics.path ? 1 : 3; /* without a path it was not read */
    if (diagnostics.first)
        argot_diagnostics_print(&diagnostics, &report);
    print_report(&report);
    if (!status && schema && loaded) {
        argot_gen_schema_emit_c(loaded, &c);
        argot_gen_schema_emit_standards(loaded, &standards);
        argot_gen_schema_emit_doc(loaded, &doc);
        status = write_file(seam, a->c, &c);
        status = status ? status : write_file(seam, a->standards, &standards);
        status = status ? status : write_file(seam, a->doc, &doc);
    } else if (!status && !schema) {
        argot_yaml_print_json(tree, true, &c);
        argot_buffer_append_byte(&c, '\n');
        status = fwrite(c.bytes, 1, c.length, stdout) == c.length && !fflush(stdout) ? 0 : 3;
    }
    argot_buffer_finish(&c);
    argot_buffer_finish(&standards);
    argot_buffer_finish(&doc);
    argot_arena_finish(&arena);
    return status;
}

int
main(int argc, char **argv)
{
    struct argot_seam *seam = argot_seam_system();
    struct arguments *a = calloc(1, sizeof *a);
    int status = 2;
    if (!a)
        argot_gen_out_of_memory();
    if (argc < 2 || !parse_arguments(argc, argv, a))
        status = usage();
    else if (!strcmp(argv[1], "schema"))
        status = with_tree(seam, a, true);
    else if (!strcmp(argv[1], "dump"))
        status = with_tree(seam, a, false);
    else if (!strcmp(argv[1], "format"))
        status = make_format(seam, a);
    else if (!strcmp(argv[1], "table"))
        status = make_table(seam, a);
    else if (!strcmp(argv[1], "amalgam"))
        status = make_amalgam(seam, a);
    else if (!strcmp(argv[1], "alone"))
        status = make_alone(seam, a);
    else
        status = usage();
    free(a);
    return status;
}
