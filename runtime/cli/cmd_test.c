/* SPDX-License-Identifier: Apache-2.0
 * argot test: runs the examples inside formats, and says where an event is not what is expected. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/say.h"
#include "cli/stock.h"
#include "cli/examples.h"
#include <stdio.h>

enum { OPTION_ALL, OPTION_VERBOSE, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_ALL] = {"all", 0, NULL, "every format that is built in; the same as no name"},
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

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct argot_args args = {.cli = cli, .command = &argot_cmd_test, .argc = argc, .argv = argv};
    const char *value;
    bool verbose = false, all = false;
    int option;
    while ((option = argot_args_next(&args, &value)) >= 0) {
        verbose = verbose || option == OPTION_VERBOSE;
        all = all || option == OPTION_ALL;
    }
    if (option == ARGOT_ARGS_EXIT)
        return args.status;
    if (all && args.noperands > 0)
        return argot_args_refuse(&args, "either --all or names");
    if (!argot_stock_registry(cli))
        return ARGOT_EXIT_USAGE;
    for (size_t i = 0; i < args.noperands; i++) {
        const char *name = args.operands[i];
        if (!argot_registry_find(cli->registry, name) && (strchr(name, '/') || strstr(name, ".yaml")))
            return argot_args_refuse(&args, "%s: only formats that are built in can be tested yet", name);
        if (!argot_stock_known(cli, name))
            return ARGOT_EXIT_USAGE;
        if (!argot_registry_find(cli->registry, name))
            return argot_args_refuse(&args, "`%s` is a chain; name one format", name);
    }
    return test(cli, &args, verbose);
}

const struct argot_command argot_cmd_test = {
    .name = "test",
    .summary = "runs the examples inside formats",
    .usage = "[-v] [--all]\n[-v] NAME...",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "Exit status: 0 all hold; 1 an example fails or a message has none; 2 wrong use; 3\n"
            "standard output failed.\n\n"
            "Example:\n  argot test nginx_access sshd\n",
    .run = run,
};
