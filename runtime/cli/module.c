/* SPDX-License-Identifier: Apache-2.0
 * Each format becomes a C file of its own, wrapped in one that gives its normalizer the name it has in the module: so
 * formats need not know each other, and nothing but the one symbol is seen from outside. */
#include "cli/module.h"
#include "cli/load.h"
#include "cli/say.h"
#include "cli/share.h"
#include "cli/stock.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define PATH_BYTES ARGOT_TOOL_PATH_BYTES
#define CC_MAX_WORDS 32
#define CC_MAX_BYTES 1024
#define NAME_BYTES 32 /* of files in the private folder */
#define MAX_FORMATS 256
#define O2_MAX_BYTES (768u << 10) /* of one format's C; the largest stock format has 600 KiB */
#define O1_MAX_BYTES (4u << 20)
#define CC_OPTIONS 16 /* with which it is called, beside CC's own and the files */

/* What the work is done with. */
struct tools {
    char generator[PATH_BYTES], schema[PATH_BYTES], formats[PATH_BYTES], headers[PATH_BYTES];
    char cc[CC_MAX_BYTES];
    const char *cc_words[CC_MAX_WORDS];
    size_t ncc_words;
};

/* ---- what is there ---- */

static bool
find_shared(struct argot_cli *cli, const char *name, char *path)
{
    if (argot_share_find(cli->seam, name, path, PATH_BYTES))
        return true;
    argot_say(cli->seam, "share/argot/%s is not where argot was installed; install argot anew, wholly", name);
    return false;
}

/* CC may hold options too: `ccache gcc`, `gcc -m64`. */
static bool
find_cc(struct argot_cli *cli, struct tools *tools)
{
    const char *chosen = getenv("CC");
    int length = snprintf(tools->cc, sizeof tools->cc, "%s", chosen ? chosen : "");
    char *rest = NULL;
    for (char *word = strtok_r(tools->cc, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        if (tools->ncc_words == CC_MAX_WORDS || (size_t)length >= sizeof tools->cc) {
            argot_say(cli->seam, "what CC holds is too long");
            return false;
        }
        tools->cc_words[tools->ncc_words++] = word;
    }
    bool named = tools->ncc_words > 0;
    if (!named)
        tools->cc_words[tools->ncc_words++] = "cc";
    if (argot_tool_exists(tools->cc_words[0]))
        return true;
    argot_say(cli->seam,
              named
                  ? "the C compiler `%s` that CC names is not there; name another, or unset CC"
                  : "no C compiler `%s` is in PATH; install one (gcc or clang, with the C library's headers), or name "
                    "it in CC",
              tools->cc_words[0]);
    return false;
}

static bool
find_tools(struct argot_cli *cli, struct tools *tools)
{
    if (!find_shared(cli, "argot-gen", tools->generator) || !find_shared(cli, "schema.yaml", tools->schema) ||
        !find_shared(cli, "formats", tools->formats) || !find_shared(cli, "include", tools->headers))
        return false;
    if (!argot_tool_exists("re2c")) {
        argot_say(cli->seam, "no `re2c` is in PATH; install it (3.0 or later; the package has the same name)");
        return false;
    }
    return find_cc(cli, tools);
}

/* ---- steps ---- */

enum argot_exit
argot_module_judge(struct argot_cli *cli, const char *name, enum argot_tool_end end, int status)
{
    if (end == ARGOT_TOOL_ENDED && !status)
        return ARGOT_EXIT_DONE;
    if (end == ARGOT_TOOL_INTERRUPTED) {
        argot_say(cli->seam, "interrupted; nothing was made");
        return ARGOT_EXIT_INTERRUPTED;
    }
    if (end == ARGOT_TOOL_NOT_RUN)
        argot_say(cli->seam, "%s could not be run", name);
    else if (end == ARGOT_TOOL_KILLED)
        argot_say(cli->seam, "%s was ended by signal %d (%s)", name, status, strsignal(status));
    else
        argot_say(cli->seam, "%s ended with status %d", name, status);
    return ARGOT_EXIT_FAILED;
}

static enum argot_exit
generate(const struct argot_module_build *build, const struct tools *tools, size_t index)
{
    const char *path = build->paths[index];
    char output[PATH_BYTES + NAME_BYTES], named[PATH_BYTES];
    snprintf(output, sizeof output, "%s/%zu.inc", build->folder, index);
    int length = snprintf(named, sizeof named, "%s%s", *path == '-' ? "./" : "", path);
    if ((size_t)length >= sizeof named) {
        argot_say(build->cli->seam, "%s: the path is too long", path);
        return ARGOT_EXIT_FAILED;
    }
    const char *const words[] = {tools->generator, "format", "--schema", tools->schema, "--formats", tools->formats,
                                 "--re2c",         "re2c",   "--output", output,        named,       NULL};
    int status;
    enum argot_tool_end end = argot_tool_run(words, build->folder, &status);
    if (end == ARGOT_TOOL_ENDED && status == 1)
        return ARGOT_EXIT_NOT_HELD;
    if (end == ARGOT_TOOL_ENDED && status == 3)
        return ARGOT_EXIT_FAILED;
    return argot_module_judge(build->cli, "argot-gen", end, status);
}

/* Mistakes in all files are shown, not only in the first. */
static enum argot_exit
generate_all(const struct argot_module_build *build, const struct tools *tools)
{
    enum argot_exit worst = ARGOT_EXIT_DONE;
    for (size_t i = 0; i < build->npaths && worst != ARGOT_EXIT_INTERRUPTED; i++) {
        enum argot_exit one = generate(build, tools, i);
        worst = one > worst ? one : worst;
    }
    return worst;
}

static void
put_wrapper(const struct argot_module_build *build, size_t index, struct argot_buffer *out)
{
    out->length = 0;
    argot_buffer_append_text(out, "#include \"argot/normalizer.h\"\n");
    if (build->npaths == 1)
        argot_buffer_append_text(out, "#define ARGOT_SYMBOL " ARGOT_MODULE_ONE "\n"
                                      "extern __attribute__((visibility(\"default\"))) const struct argot_normalizer "
                                      "ARGOT_SYMBOL;\n");
    else
        argot_buffer_printf(out, "#define ARGOT_SYMBOL argot_module_%zu\n", index);
    argot_buffer_printf(out, "#include \"%zu.inc\"\n", index);
}

static void
put_table(const struct argot_module_build *build, struct argot_buffer *out)
{
    out->length = 0;
    argot_buffer_append_text(out, "#include \"argot/normalizer.h\"\n");
    for (size_t i = 0; i < build->npaths; i++)
        argot_buffer_printf(out, "extern const struct argot_normalizer argot_module_%zu;\n", i);
    argot_buffer_append_text(out, "extern __attribute__((visibility(\"default\")))\n"
                                  "const struct argot_normalizer *const " ARGOT_MODULE_SEVERAL "[];\n"
                                  "const struct argot_normalizer *const " ARGOT_MODULE_SEVERAL "[] = {");
    for (size_t i = 0; i < build->npaths; i++)
        argot_buffer_printf(out, "&argot_module_%zu, ", i);
    argot_buffer_append_text(out, "NULL};\n");
}

static bool
write_source(const struct argot_module_build *build, const char *path, const struct argot_buffer *text)
{
    struct argot_seam *seam = build->cli->seam;
    int fd = text->failed ? -ENOMEM : seam->open(seam, path, ARGOT_OPEN_WRITE);
    int error = fd < 0 ? fd : argot_seam_write_all(seam, fd, text->bytes, text->length);
    int closed = fd < 0 ? 0 : seam->close(seam, fd);
    error = error ? error : closed;
    if (error)
        argot_say(seam, "%s: %s", path, argot_say_error(error));
    return !error;
}

/* The paths of what the compiler reads, in words; false after saying why they could not be written. */
static bool
write_sources(const struct argot_module_build *build, struct argot_arena *arena, const char **words)
{
    struct argot_buffer text;
    argot_buffer_init(&text, build->cli->seam);
    bool good = true;
    for (size_t i = 0; good && i < build->npaths; i++) {
        words[i] = argot_arena_printf(arena, "%s/%zu.c", build->folder, i);
        put_wrapper(build, i, &text);
        good = words[i] && write_source(build, words[i], &text);
    }
    if (good && build->npaths > 1) {
        words[build->npaths] = argot_arena_printf(arena, "%s/table.c", build->folder);
        put_table(build, &text);
        good = words[build->npaths] && write_source(build, words[build->npaths], &text);
    }
    argot_buffer_finish(&text);
    return good;
}

/* Compilers take more than twice the time for twice the code, and more memory; very large formats get less of it. */
static const char *
level_of(const struct argot_module_build *build)
{
    struct argot_seam *seam = build->cli->seam;
    uint64_t largest = 0;
    for (size_t i = 0; i < build->npaths; i++) {
        char path[PATH_BYTES + NAME_BYTES];
        struct argot_file_info info = {.size_bytes = 0};
        snprintf(path, sizeof path, "%s/%zu.inc", build->folder, i);
        int fd = seam->open(seam, path, ARGOT_OPEN_READ);
        if (fd >= 0 && !seam->info(seam, fd, &info) && info.size_bytes > largest)
            largest = info.size_bytes;
        if (fd >= 0)
            seam->close(seam, fd);
    }
    return largest <= O2_MAX_BYTES ? "-O2" : largest <= O1_MAX_BYTES ? "-O1" : "-O0";
}

static enum argot_exit
compile(struct argot_module_build *build, const struct tools *tools)
{
    const char *words[CC_MAX_WORDS + CC_OPTIONS + MAX_FORMATS + 2] = {NULL};
    const char *const options[] = {"-std=c17", level_of(build), "-fPIC", "-shared",    "-fvisibility=hidden",
                                   "-I",       tools->headers,  "-o",    build->module};
    struct argot_arena arena;
    size_t count = 0;
    for (size_t i = 0; i < tools->ncc_words; i++)
        words[count++] = tools->cc_words[i];
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        words[count++] = options[i];
    argot_arena_init(&arena, build->cli->seam, 0);
    enum argot_exit result = ARGOT_EXIT_FAILED;
    if (write_sources(build, &arena, words + count)) {
        int status = 0;
        enum argot_tool_end end = argot_tool_run(words, build->folder, &status);
        result = argot_module_judge(build->cli, words[0], end, status);
        if (result == ARGOT_EXIT_FAILED)
            argot_say(build->cli->seam, "the C compiler made no module; CC names another one");
    }
    argot_arena_finish(&arena);
    return result;
}

/* ---- the whole ---- */

enum argot_exit
argot_module_build(struct argot_module_build *build)
{
    struct argot_cli *cli = build->cli;
    struct tools tools = {.ncc_words = 0};
    if (build->npaths > MAX_FORMATS) {
        argot_say(cli->seam, "more than %d formats in one module", MAX_FORMATS);
        return ARGOT_EXIT_USAGE;
    }
    if (!find_tools(cli, &tools))
        return ARGOT_EXIT_USAGE;
    int error = argot_tool_folder(build->folder, sizeof build->folder - NAME_BYTES);
    if (error) {
        argot_say(cli->seam, "no folder for temporary files (TMPDIR or /tmp): %s", argot_say_error(error));
        build->folder[0] = 0;
        return ARGOT_EXIT_FAILED;
    }
    int length = snprintf(build->module, sizeof build->module, "%s/module.so", build->folder);
    if (length < 0 || (size_t)length >= sizeof build->module)
        return ARGOT_EXIT_FAILED;
    enum argot_exit result = generate_all(build, &tools);
    return result ? result : compile(build, &tools);
}

const struct argot_normalizer *
argot_module_of(const struct argot_module_build *build, size_t path)
{
    return build->cli->modules[build->cli->nmodules - 1].formats[path];
}

/* A format that took the place of another of the same call would leave it untested. */
static enum argot_exit
check_names(const struct argot_module_build *build)
{
    for (size_t i = 0; i < build->npaths; i++) {
        const struct argot_normalizer *one = argot_module_of(build, i);
        for (size_t k = 0; k < i; k++) {
            if (strcmp(argot_module_of(build, k)->name, one->name))
                continue;
            argot_say(build->cli->seam, "%s and %s both hold a format `%s`", build->paths[k], build->paths[i],
                      one->name);
            return ARGOT_EXIT_USAGE;
        }
    }
    return ARGOT_EXIT_DONE;
}

enum argot_exit
argot_module_build_and_load(struct argot_module_build *build)
{
    struct argot_cli *cli = build->cli;
    if (cli->nmodules == ARGOT_CLI_MAX_MODULES) {
        argot_say(cli->seam, "more than %d modules", ARGOT_CLI_MAX_MODULES - 1);
        return ARGOT_EXIT_USAGE;
    }
    enum argot_exit result = argot_module_build(build);
    if (result)
        return result;
    cli->modules[cli->nmodules++].path = build->module;
    cli->examples_later = true;
    return argot_stock_registry(cli) ? check_names(build) : ARGOT_EXIT_USAGE;
}

void
argot_module_build_finish(struct argot_module_build *build)
{
    if (build->folder[0])
        argot_tool_remove(build->folder);
    build->folder[0] = 0;
}
