/* SPDX-License-Identifier: Apache-2.0
 * argot test: runs the examples inside formats, and says where an event is not what is expected; or accepts what the
 * events are and writes that into the formats' files. */
#include "cli/accept.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/say.h"
#include "cli/share.h"
#include "cli/stock.h"
#include "cli/examples.h"
#include <errno.h>
#include <stdio.h>

#define PATH_BYTES ARGOT_SHARE_PATH_BYTES

enum { OPTION_ACCEPT, OPTION_ALL, OPTION_FORMATS, OPTION_VERBOSE, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_ACCEPT] = {"accept", 0, NULL, "rewrites each expect: that is not met in NAME.yaml, and says how"},
    [OPTION_ALL] = {"all", 0, NULL, "every format that is built in; the same as no name"},
    [OPTION_FORMATS] = {"formats", 0, "DIR", "where NAME.yaml is rewritten, default formats"},
    [OPTION_VERBOSE] = {"verbose", 'v', NULL, "a line for each format"},
};

struct sums {
    size_t formats;
    uint64_t run, failed, without;
};

static void
test_format(struct argot_cli *cli, const struct argot_normalizer *normalizer, bool verbose, struct sums *sums,
            struct argot_buffer *out)
{
    char path[256];
    snprintf(path, sizeof path, "formats/%s.yaml", normalizer->name);
    struct argot_examples_result result = argot_examples_run(cli, normalizer, path, out);
    sums->formats++;
    sums->run += result.run;
    sums->failed += result.failed;
    sums->without += result.messages_without;
    if (verbose)
        argot_buffer_printf(out, "%s: %u run, %u failed, %u messages without an example\n", normalizer->name,
                            result.run, result.failed, result.messages_without);
}

static int
test(struct argot_cli *cli, const struct argot_args *args, bool verbose)
{
    struct sums sums = {0};
    struct argot_buffer out;
    argot_buffer_init(&out, cli->seam);
    if (args->noperands == 0) {
        for (size_t i = 0; i < argot_registry_count(cli->registry); i++)
            test_format(cli, argot_registry_at(cli->registry, i), verbose, &sums, &out);
    }
    for (size_t i = 0; i < args->noperands; i++)
        test_format(cli, argot_registry_find(cli->registry, args->operands[i]), verbose, &sums, &out);
    argot_buffer_printf(&out, "%zu formats, %llu examples, %llu failed", sums.formats, (unsigned long long)sums.run,
                        (unsigned long long)sums.failed);
    if (sums.without > 0)
        argot_buffer_printf(&out, ", %llu messages without an example", (unsigned long long)sums.without);
    argot_buffer_append_byte(&out, '\n');
    int status = argot_say_write(cli->seam, &out);
    return status ? status : sums.failed + sums.without > 0 ? ARGOT_EXIT_NOT_HELD : ARGOT_EXIT_DONE;
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
find_source(const struct argot_args *args, const char *folder, const char *name, char *path)
{
    struct argot_file_info info;
    int length = snprintf(path, PATH_BYTES, "%s/%s.yaml", folder ? folder : "formats", name);
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
accept_all(const struct argot_args *args, const char *folder)
{
    struct argot_cli *cli = args->cli;
    char path[PATH_BYTES];
    int status = ARGOT_EXIT_DONE;
    for (size_t i = 0; i < args->noperands && !status; i++)
        status = find_source(args, folder, args->operands[i], path);
    if (status)
        return status;
    struct argot_buffer out;
    argot_buffer_init(&out, cli->seam);
    for (size_t i = 0; i < args->noperands; i++) {
        int one = find_source(args, folder, args->operands[i], path);
        if (!one)
            one = (int)argot_accept_format(cli, argot_registry_find(cli->registry, args->operands[i]), path, &out);
        status = one > status ? one : status;
    }
    int written = argot_say_write(cli->seam, &out);
    return written ? written : status;
}

/* ---- the command ---- */

static int
check_names(const struct argot_args *args)
{
    struct argot_cli *cli = args->cli;
    for (size_t i = 0; i < args->noperands; i++) {
        const char *name = args->operands[i];
        if (!argot_registry_find(cli->registry, name) && (strchr(name, '/') || strstr(name, ".yaml")))
            return argot_args_refuse(args, "%s: only formats that are built in can be tested yet", name);
        if (!argot_stock_known(cli, name))
            return ARGOT_EXIT_USAGE;
        if (!argot_registry_find(cli->registry, name))
            return argot_args_refuse(args, "`%s` is a chain; name one format", name);
    }
    return ARGOT_EXIT_DONE;
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct argot_args args = {.cli = cli, .command = &argot_cmd_test, .argc = argc, .argv = argv};
    const char *value, *folder = NULL;
    bool verbose = false, all = false, accept = false;
    int option;
    while ((option = argot_args_next(&args, &value)) >= 0) {
        verbose = verbose || option == OPTION_VERBOSE;
        all = all || option == OPTION_ALL;
        accept = accept || option == OPTION_ACCEPT;
        folder = option == OPTION_FORMATS ? value : folder;
    }
    if (option == ARGOT_ARGS_EXIT)
        return args.status;
    if (all && args.noperands > 0)
        return argot_args_refuse(&args, "either --all or names");
    if (accept && args.noperands == 0)
        return argot_args_refuse(&args, "--accept rewrites files; name the formats");
    if (folder && !accept)
        return argot_args_refuse(&args, "--formats goes with --accept");
    if (!argot_stock_registry(cli))
        return ARGOT_EXIT_USAGE;
    int status = check_names(&args);
    if (status)
        return status;
    return accept ? accept_all(&args, folder) : test(cli, &args, verbose);
}

const struct argot_command argot_cmd_test = {
    .name = "test",
    .summary = "runs the examples inside formats",
    .usage = "[-v] [--all]\n[-v] NAME...\n--accept [--formats DIR] NAME...",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "--accept changes nothing but expectations, and only in a file that is otherwise what\n"
            "argot was built from. Read what it prints: it takes what the format gives for right.\n"
            "A new example begins with `expect: {}`. Then build again.\n\n"
            "Exit status: 0 all hold, or will after the next build; 1 an example fails or cannot be\n"
            "accepted, or a message has none; 2 wrong use; 3 a file could not be read or written, or\n"
            "standard output failed.\n\n"
            "Examples:\n  argot test nginx_access sshd\n  argot test --accept sshd\n",
    .run = run,
};
