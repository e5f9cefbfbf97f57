/* SPDX-License-Identifier: Apache-2.0
 * argot test: runs the examples inside formats and the tests inside rule files, and says where an event or alert is not
 * what is expected; or accepts what events are and writes that into the formats' files. A file that holds another
 * format than those that are built in becomes a module for the time of the test. */
#include "cli/accept.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/module.h"
#include "cli/rule_tests.h"
#include "cli/say.h"
#include "cli/share.h"
#include "cli/stock.h"
#include "yaml/yaml.h"
#include "cli/examples.h"
#include <errno.h>
#include <stdio.h>

#define PATH_BYTES ARGOT_SHARE_PATH_BYTES

enum { OPTION_ACCEPT, OPTION_ALL, OPTION_FORMATS, OPTION_LOAD, OPTION_VERBOSE, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_ACCEPT] = {"accept", 0, NULL, "rewrites each expect: that is not met in NAME.yaml, and says how"},
    [OPTION_ALL] = {"all", 0, NULL,
                    "every format that is built in or loaded, and the stock rules;\nthe same as no name"},
    [OPTION_FORMATS] = {"formats", 0, "DIR", "where NAME.yaml is rewritten, default formats"},
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
    [OPTION_VERBOSE] = {"verbose", 'v', NULL, "a line for each format, and for each test of rules"},
};

/* What an operand stands for. */
struct subject {
    const struct argot_normalizer *normalizer;
    const char *file; /* NULL: it is named, and not by its file */
    bool compiled;    /* from the file */
};

struct test_command {
    struct argot_args args;
    const char *folder; /* of --formats, or NULL */
    bool verbose, all, accept;
    struct argot_arena arena;
    struct subject *subjects; /* one for each operand */
    struct argot_module_build build;
    bool formats; /* are to be tested; all of them where there are no operands */
    struct argot_ruleset rules;
};

struct sums {
    size_t formats;
    uint64_t run, failed, without;
};

static void
test_format(const struct test_command *command, const struct subject *subject, struct sums *sums,
            struct argot_buffer *out)
{
    struct argot_cli *cli = command->args.cli;
    const struct argot_normalizer *normalizer = subject->normalizer;
    const struct argot_module *module = argot_load_origin(cli, normalizer);
    char path[PATH_BYTES];
    if (subject->file || !module)
        snprintf(path, sizeof path, subject->file ? "%s" : "formats/%s.yaml",
                 subject->file ? subject->file : normalizer->name);
    else
        argot_load_place(module, normalizer, path, sizeof path);
    struct argot_examples_result result = argot_examples_run(cli, normalizer, path, out);
    sums->formats++;
    sums->run += result.run;
    sums->failed += result.failed;
    sums->without += result.messages_without;
    if (command->verbose)
        argot_buffer_printf(out, "%s: %u run, %u failed, %u messages without an example\n", normalizer->name,
                            result.run, result.failed, result.messages_without);
}

/* Whether all hold. */
static bool
test_formats(const struct test_command *command, struct argot_buffer *out)
{
    struct argot_cli *cli = command->args.cli;
    struct sums sums = {0};
    for (size_t i = 0; command->args.noperands == 0 && i < argot_registry_count(cli->registry); i++)
        test_format(command, &(struct subject){.normalizer = argot_registry_at(cli->registry, i)}, &sums, out);
    for (size_t i = 0; i < command->args.noperands; i++)
        test_format(command, &command->subjects[i], &sums, out);
    argot_buffer_printf(out, "%zu formats, %llu examples, %llu failed", sums.formats, (unsigned long long)sums.run,
                        (unsigned long long)sums.failed);
    if (sums.without > 0)
        argot_buffer_printf(out, ", %llu messages without an example", (unsigned long long)sums.without);
    argot_buffer_append_byte(out, '\n');
    return sums.failed + sums.without == 0;
}

/* Files with mistakes are told as argot check tells them. An exit status. */
static int
test_rules(struct test_command *command, struct argot_buffer *out)
{
    struct argot_ruleset *rules = &command->rules;
    struct argot_rule_tests_result result;
    if (!argot_ruleset_compile(rules, false, out))
        return ARGOT_EXIT_USAGE;
    if (rules->unread || rules->walk.failed)
        return ARGOT_EXIT_FAILED;
    if (argot_rules_wrong(rules->rules))
        return ARGOT_EXIT_NOT_HELD;
    if (!argot_rule_tests_run(rules, command->verbose, &result, out))
        return ARGOT_EXIT_USAGE;
    argot_buffer_printf(out, "%u rules, %u tests, %u failed", result.rules, result.tests, result.failed);
    if (result.untested)
        argot_buffer_printf(out, ", %u rules without a test", result.untested);
    argot_buffer_append_byte(out, '\n');
    return result.failed ? ARGOT_EXIT_NOT_HELD : ARGOT_EXIT_DONE;
}

static int
test(struct test_command *command)
{
    struct argot_seam *seam = command->args.cli->seam;
    struct argot_buffer out;
    argot_buffer_init(&out, seam);
    int status = command->formats && !test_formats(command, &out) ? ARGOT_EXIT_NOT_HELD : ARGOT_EXIT_DONE;
    int rules = command->rules.walk.count ? test_rules(command, &out) : ARGOT_EXIT_DONE;
    int written = argot_say_write(seam, &out);
    return written ? written : rules > status ? rules : status;
}

/* ---- accepting ---- */

static int
identify(struct argot_seam *seam, const char *path, struct argot_file_info *info)
{
    int fd = seam->open(seam, path, ARGOT_OPEN_READ);
    if (fd < 0)
        return fd;
    int error = seam->info(seam, fd, info);
    seam->close(seam, fd);
    return error;
}

/* Whether this is the copy that stands beside the program: it is made anew whenever argot is. */
static bool
is_installed(struct argot_seam *seam, const char *name, const struct argot_file_info *info)
{
    char below[PATH_BYTES], path[PATH_BYTES];
    struct argot_file_info installed;
    snprintf(below, sizeof below, "formats/%s.yaml", name);
    return argot_share_find(seam, below, path, sizeof path) && !identify(seam, path, &installed) &&
           installed.device == info->device && installed.inode == info->inode;
}

/* The path of a format's source; the exit status after saying what is wrong. */
static int
find_source(const struct test_command *command, const struct subject *subject, char *path)
{
    const struct argot_args *args = &command->args;
    const char *folder = command->folder, *name = subject->normalizer->name;
    struct argot_file_info info;
    int length = subject->file ? snprintf(path, PATH_BYTES, "%s", subject->file)
                               : snprintf(path, PATH_BYTES, "%s/%s.yaml", folder ? folder : "formats", name);
    if (length >= PATH_BYTES)
        return argot_args_refuse(args, "the name of the folder is too long");
    int error = identify(args->cli->seam, path, &info);
    if (error == -ENOENT && !folder)
        return argot_args_refuse(args, "there is no %s here; --formats DIR says where %s.yaml lies", path, name);
    if (error)
        return argot_args_refuse(args, "%s: %s", path, argot_say_error(error));
    if (is_installed(args->cli->seam, name, &info))
        return argot_args_refuse(args, "%s is the installed copy; --formats DIR names the folder of its source", path);
    return ARGOT_EXIT_DONE;
}

/* Looks for all files before the first is changed. */
static int
accept_all(const struct test_command *command)
{
    struct argot_cli *cli = command->args.cli;
    char path[PATH_BYTES];
    int status = ARGOT_EXIT_DONE;
    for (size_t i = 0; i < command->args.noperands && !status; i++)
        status = find_source(command, &command->subjects[i], path);
    if (status)
        return status;
    struct argot_buffer out;
    argot_buffer_init(&out, cli->seam);
    for (size_t i = 0; i < command->args.noperands; i++) {
        int one = find_source(command, &command->subjects[i], path);
        if (!one)
            one = (int)argot_accept_format(cli, command->subjects[i].normalizer, path, &out);
        status = one > status ? one : status;
    }
    int written = argot_say_write(cli->seam, &out);
    return written ? written : status;
}

/* ---- operands ---- */

/* The format that is built in and was made of just this file, or NULL. */
static const struct argot_normalizer *
find_built_in(const char *yaml, size_t size)
{
    for (size_t i = 0; i < argot_stock_count; i++)
        if (strlen(argot_stock_formats[i]->yaml) == size && !memcmp(argot_stock_formats[i]->yaml, yaml, size))
            return argot_stock_formats[i];
    return NULL;
}

static int
look_at_file(struct test_command *command, struct subject *subject, const char *path)
{
    struct argot_seam *seam = command->args.cli->seam;
    char *yaml;
    size_t size;
    int error = argot_seam_read_file(seam, path, ARGOT_YAML_MAX_BYTES, &yaml, &size);
    if (error) {
        argot_say(seam, "%s: %s", path, argot_say_error(error));
        return ARGOT_EXIT_FAILED;
    }
    subject->file = path;
    subject->normalizer = find_built_in(yaml, size);
    subject->compiled = !subject->normalizer;
    seam->release(seam, yaml);
    return ARGOT_EXIT_DONE;
}

/* The files that are not built in become one module. */
static int
compile_files(struct test_command *command)
{
    struct argot_args *args = &command->args;
    const char **paths = argot_arena_zalloc(&command->arena, args->noperands + 1, sizeof *paths);
    command->subjects = argot_arena_zalloc(&command->arena, args->noperands + 1, sizeof *command->subjects);
    if (!paths || !command->subjects) {
        argot_say(args->cli->seam, "there is no memory");
        return ARGOT_EXIT_FAILED;
    }
    struct argot_module_build *build = &command->build;
    *build = (struct argot_module_build){.cli = args->cli, .paths = paths};
    int status = ARGOT_EXIT_DONE;
    for (size_t i = 0; !status && i < args->noperands; i++) {
        if (strchr(args->operands[i], '/') || strstr(args->operands[i], ".yaml"))
            status = look_at_file(command, &command->subjects[i], args->operands[i]);
        if (command->subjects[i].compiled)
            paths[build->npaths++] = args->operands[i];
    }
    if (status || !build->npaths)
        return status;
    status = (int)argot_module_build_and_load(build);
    for (size_t i = 0, k = 0; !status && i < args->noperands; i++)
        if (command->subjects[i].compiled)
            command->subjects[i].normalizer = argot_module_of(build, k++);
    return status;
}

/* Finds the formats that are named, and holds the others against those of the same name. */
static int
find_formats(struct test_command *command)
{
    const struct argot_args *args = &command->args;
    struct argot_cli *cli = args->cli;
    for (size_t i = 0; i < args->noperands; i++) {
        struct subject *subject = &command->subjects[i];
        const char *name = subject->file ? subject->normalizer->name : args->operands[i];
        const struct argot_normalizer *found = argot_registry_find(cli->registry, name);
        if (!found && argot_stock_known(cli, name))
            return argot_args_refuse(args, "`%s` is a chain; name one format", name);
        if (!found)
            return ARGOT_EXIT_USAGE;
        if (subject->file && found != subject->normalizer)
            return argot_args_refuse(args, "%s: another file or module has a format `%s` too; test one at a time",
                                     subject->file, name);
        subject->normalizer = found;
    }
    return ARGOT_EXIT_DONE;
}

/* ---- the command ---- */

/* Rule files and folders among the operands go to the rules; what is left are formats. False after saying what is
 * wrong. */
static bool
part_operands(struct test_command *command)
{
    struct argot_args *args = &command->args;
    size_t all = args->noperands, formats = 0;
    for (size_t i = 0; i < all; i++) {
        if (!argot_ruleset_is_path(args->operands[i]))
            args->operands[formats++] = args->operands[i];
        else if (!argot_ruleset_add(&command->rules, args->operands[i]))
            return false;
    }
    args->noperands = formats;
    command->formats = formats > 0 || all == 0;
    return all > 0 || argot_ruleset_add_stock(&command->rules);
}

static int
run_checked(struct test_command *command)
{
    struct argot_cli *cli = command->args.cli;
    argot_arena_init(&command->arena, cli->seam, 0);
    argot_ruleset_init(&command->rules, cli);
    cli->examples_later = true;
    int status = part_operands(command) ? ARGOT_EXIT_DONE : ARGOT_EXIT_USAGE;
    if (!status && command->accept && command->rules.walk.count)
        status = argot_args_refuse(&command->args, "--accept rewrites formats; rules have nothing to accept");
    if (!status)
        status = compile_files(command);
    if (!status)
        status = argot_stock_registry(cli) ? find_formats(command) : ARGOT_EXIT_USAGE;
    if (!status)
        status = command->accept ? accept_all(command) : test(command);
    argot_ruleset_finish(&command->rules);
    argot_module_build_finish(&command->build);
    argot_arena_finish(&command->arena);
    return status;
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct test_command command = {.args = {.cli = cli, .command = &argot_cmd_test, .argc = argc, .argv = argv}};
    struct argot_args *args = &command.args;
    const char *value;
    int option;
    while ((option = argot_args_next(args, &value)) >= 0) {
        command.verbose = command.verbose || option == OPTION_VERBOSE;
        command.all = command.all || option == OPTION_ALL;
        command.accept = command.accept || option == OPTION_ACCEPT;
        command.folder = option == OPTION_FORMATS ? value : command.folder;
        if (option == OPTION_LOAD && !argot_load_option(args, value))
            return ARGOT_EXIT_USAGE;
    }
    if (option == ARGOT_ARGS_EXIT)
        return args->status;
    if (command.all && args->noperands > 0)
        return argot_args_refuse(args, "either --all or names");
    if (command.accept && args->noperands == 0)
        return argot_args_refuse(args, "--accept rewrites files; name the formats");
    if (command.folder && !command.accept)
        return argot_args_refuse(args, "--formats goes with --accept");
    return run_checked(&command);
}

const struct argot_command argot_cmd_test = {
    .name = "test",
    .summary = "runs the examples inside formats, and the tests of rules",
    .usage = "[-v] [--all]\n[-v] NAME|FILE.yaml|FILE.rule|FOLDER...\n--accept [--formats DIR] NAME|FILE.yaml...",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "A file whose format is not built in is compiled for the time of the test, which needs\n"
            "re2c and a C compiler: cc, or what CC names.\n\n"
            "The rule files (*.rule) of one run are one namespace: each test runs with all rules of all\n"
            "of them. A folder stands for the rule files below it.\n\n"
            "--accept changes nothing but expectations, and only in a file that is otherwise what\n"
            "argot was built from. Read what it prints: it takes what the format gives for right.\n"
            "A new example begins with `expect: {}`. Then build or compile again.\n\n"
            "Exit status: 0 all hold, or will after the next build; 1 a file has mistakes, an example or\n"
            "test fails or cannot be accepted, or a message has no example; 2 wrong use, a module that\n"
            "is not used, or something that is needed is not installed; 3 a file could not be read or\n"
            "written, the C compiler or standard output failed; 130 interrupted.\n\n"
            "Examples:\n  argot test nginx_access sshd\n  argot test my_app.yaml\n  argot test my.rule\n"
            "  argot test --accept sshd\n",
    .run = run,
};
