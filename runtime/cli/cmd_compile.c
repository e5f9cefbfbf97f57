/* SPDX-License-Identifier: Apache-2.0
 * argot compile: format files to a module that --load takes, or to C. What is made gets its name after the examples
 * held, so a file with that name works. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/emit.h"
#include "cli/examples.h"
#include "cli/files.h"
#include "cli/load.h"
#include "cli/module.h"
#include "cli/say.h"
#include "cli/seal.h"
#include <stdio.h>
#include <sys/stat.h>

#define PATH_BYTES ARGOT_TOOL_PATH_BYTES

enum { OPTION_OUTPUT, OPTION_EMIT, OPTION_LOAD, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_OUTPUT] = {"output", 'o', "NAME", "the module; default FORMAT.so here, for FORMAT.yaml. Of C: the folder"},
    [OPTION_EMIT] = {"emit", 0, "WHAT", "module (default), or c: a C file and a header for each, alone"},
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
};

struct sums {
    uint64_t run, failed;
};

/* Messages without an example count as failures, as they do in `argot test`. */
static struct sums
run_examples(const struct argot_module_build *build)
{
    struct sums sums = {0};
    struct argot_buffer report;
    argot_buffer_init(&report, build->cli->seam);
    for (size_t i = 0; i < build->npaths; i++) {
        struct argot_examples_result result =
            argot_examples_run(build->cli, argot_module_of(build, i), build->paths[i], &report);
        sums.run += result.run;
        sums.failed += result.failed + result.messages_without;
    }
    argot_say_words(build->cli->seam, &report);
    argot_buffer_finish(&report);
    return sums;
}

static enum argot_exit
put_in_place(const struct argot_module_build *build, const char *output)
{
    struct argot_seam *seam = build->cli->seam;
    struct argot_buffer buffer;
    char *bytes;
    size_t size;
    int error = argot_seam_read_file(seam, build->module, ARGOT_LOAD_MAX_BYTES, &bytes, &size);
    if (!error) {
        argot_buffer_init(&buffer, seam);
        argot_buffer_append(&buffer, bytes, size);
        seam->release(seam, bytes);
        argot_seal_append(&buffer);
        error = argot_files_replace(seam, output, &buffer);
        argot_buffer_finish(&buffer);
    }
    if (error)
        argot_say(seam, "%s: %s", output, argot_say_error(error));
    return error ? ARGOT_EXIT_FAILED : ARGOT_EXIT_DONE;
}

static void
say_made(struct argot_buffer *out, const struct argot_module_build *build, const struct sums *sums)
{
    argot_buffer_append_text(out, ": ");
    argot_say_count(out, build->npaths, "format", "formats");
    argot_buffer_append_text(out, ", ");
    argot_say_count(out, sums->run, "example holds\n", "examples hold\n");
}

static int
put_module(const struct argot_module_build *build, const char *output, const struct sums *sums)
{
    struct argot_buffer out;
    enum argot_exit status = put_in_place(build, output);
    if (status)
        return (int)status;
    argot_buffer_init(&out, build->cli->seam);
    argot_say_escape(&out, output, strlen(output));
    say_made(&out, build, sums);
    return argot_say_write(build->cli->seam, &out);
}

static int
put_c(const struct argot_module_build *build, const char *folder, const struct sums *sums)
{
    struct argot_buffer out;
    argot_buffer_init(&out, build->cli->seam);
    for (size_t i = 0; i < build->npaths; i++) {
        enum argot_exit status = argot_emit_c(build, i, folder);
        if (status) {
            argot_buffer_finish(&out);
            return (int)status;
        }
        const char *name = argot_module_of(build, i)->name;
        for (const char *end = "ch"; *end; end++) {
            argot_buffer_append_text(&out, i || *end == 'h' ? ", " : "");
            argot_say_escape(&out, folder, strlen(folder));
            argot_buffer_printf(&out, "/%s.%c", name, *end);
        }
    }
    say_made(&out, build, sums);
    return argot_say_write(build->cli->seam, &out);
}

static int
compile(struct argot_module_build *build, const char *output, bool c)
{
    struct argot_cli *cli = build->cli;
    enum argot_exit status = argot_module_build_and_load(build);
    if (status)
        return (int)status;
    struct sums sums = run_examples(build);
    if (sums.failed) {
        argot_say(cli->seam, "%s is not made: of %llu examples %llu fail or are missing", output,
                  (unsigned long long)sums.run, (unsigned long long)sums.failed);
        return ARGOT_EXIT_NOT_HELD;
    }
    return c ? put_c(build, output, &sums) : put_module(build, output, &sums);
}

/* FORMAT.so in the current folder for any/where/FORMAT.yaml. */
static bool
default_output(const char *path, char *output, size_t size)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    size_t length = dot && dot > name ? (size_t)(dot - name) : strlen(name);
    if (!length || length + sizeof ".so" > size)
        return false;
    snprintf(output, size, "%.*s.so", (int)length, name);
    return true;
}

/* Whether two paths lead to one file that is there. */
static bool
is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct argot_args args = {.cli = cli, .command = &argot_cmd_compile, .argc = argc, .argv = argv};
    const char *value, *output = NULL, *emit = "module";
    char made_up[PATH_BYTES];
    int option;
    while ((option = argot_args_next(&args, &value)) >= 0) {
        if (option == OPTION_LOAD && !argot_load_option(&args, value))
            return ARGOT_EXIT_USAGE;
        output = option == OPTION_OUTPUT ? value : output;
        emit = option == OPTION_EMIT ? value : emit;
    }
    if (option == ARGOT_ARGS_EXIT)
        return args.status;
    if (args.noperands == 0)
        return argot_args_refuse(&args, "a format file is missing");
    bool c = !strcmp(emit, "c");
    if (!c && strcmp(emit, "module"))
        return argot_args_refuse(&args, "--emit takes module or c, not `%s`", emit);
    output = c && !output ? "." : output;
    if (!output && args.noperands == 1 && default_output(args.operands[0], made_up, sizeof made_up))
        output = made_up;
    if (!output || !*output)
        return argot_args_refuse(&args, "--output NAME.so is missing");
    for (size_t i = 0; i < args.noperands; i++)
        if (is_same_file(args.operands[i], output))
            return argot_args_refuse(&args, "%s would be written over", args.operands[i]);
    struct argot_module_build build = {
        .cli = cli, .paths = (const char *const *)args.operands, .npaths = args.noperands};
    int status = compile(&build, output, c);
    argot_module_build_finish(&build);
    return status;
}

const struct argot_command argot_cmd_compile = {
    .name = "compile",
    .summary = "format files to a module that --load takes, or to C",
    .usage = "[-o NAME.so] [OPTION...] FILE.yaml...\n--emit c [-o FOLDER] [OPTION...] FILE.yaml...",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "Needs re2c and a C compiler: cc, or what CC names. The examples are run; unless all\n"
            "hold, no module is made and a file of that name stays as it was. Modules that are\n"
            "loaded beside it may bring envelopes that its formats stand in.\n\n"
            "With --emit c each format becomes NAME.c and NAME.h, for programs of your own: they need\n"
            "the C library and nothing of argot. Envelopes are looked for as files, beside the format\n"
            "and among argot's.\n\n"
            "Exit status: 0 done; 1 a file has mistakes, or an example fails; 2 wrong use, or\n"
            "something that is needed is not installed; 3 a file could not be read or written, or\n"
            "the C compiler failed; 130 interrupted.\n\n"
            "Example:\n  argot compile my_app.yaml && argot parse --load my_app.so my_app.log\n",
    .run = run,
};
