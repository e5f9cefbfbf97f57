/* SPDX-License-Identifier: Apache-2.0
 * argot check: what the format compiler says about format files, without making anything of them.
 */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/say.h"
#include "cli/share.h"
#include "generator/check_file.h"

enum { OPTION_JSON, OPTION_SCHEMA, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_JSON] = {"json", 0, NULL, "one JSON object a diagnostic, for editors"},
    [OPTION_SCHEMA] = {"schema", 0, "FILE", "another schema than the one that argot was built with"},
};

/* Diagnostics are what was asked for, so they go to standard output. */
static int
check(struct argot_cli *cli, char **paths, size_t npaths, const char *schema, bool json)
{
    char schema_path[ARGOT_SHARE_PATH_BYTES], formats[ARGOT_SHARE_PATH_BYTES];
    if (!schema && !argot_share_find(cli->seam, "schema.yaml", schema_path, sizeof schema_path)) {
        argot_say(cli->seam, "share/argot/schema.yaml is not where argot was installed; --schema FILE names one");
        return ARGOT_EXIT_USAGE;
    }
    bool found = argot_share_find(cli->seam, "formats", formats, sizeof formats);
    struct argot_buffer out, words;
    argot_buffer_init(&out, cli->seam);
    argot_buffer_init(&words, cli->seam);
    size_t wrong = 0;
    bool unread = false;
    for (size_t i = 0; i < npaths; i++) {
        enum argot_gen_result result = argot_gen_check_file(cli->seam, paths[i], schema ? schema : schema_path,
                                                            found ? formats : NULL, json, &out, &words);
        wrong += result != ARGOT_GEN_OK;
        unread = unread || result == ARGOT_GEN_UNREAD;
    }
    argot_say_words(cli->seam, &words);
    argot_buffer_finish(&words);
    if (!json)
        argot_buffer_printf(&out, "%zu checked, %zu with errors\n", npaths, wrong);
    int status = argot_say_write(cli->seam, &out);
    if (status || unread)
        return ARGOT_EXIT_FAILED;
    return wrong ? ARGOT_EXIT_NOT_HELD : ARGOT_EXIT_DONE;
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct argot_args args = {.cli = cli, .command = &argot_cmd_check, .argc = argc, .argv = argv};
    const char *value, *schema = NULL;
    bool json = false;
    int option;
    while ((option = argot_args_next(&args, &value)) >= 0) {
        json = json || option == OPTION_JSON;
        schema = option == OPTION_SCHEMA ? value : schema;
    }
    if (option == ARGOT_ARGS_EXIT)
        return args.status;
    if (args.noperands == 0)
        return argot_args_refuse(&args, "a format file is missing");
    return check(cli, args.operands, args.noperands, schema, json);
}

const struct argot_command argot_cmd_check = {
    .name = "check",
    .summary = "says what is wrong in format files",
    .usage = "[OPTION...] FILE.yaml...",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "Exit status: 0 no errors; 1 errors; 2 wrong use; 3 a file could not be read or standard\n"
            "output failed.\n\n"
            "Example:\n  argot check my_app.yaml\n",
    .run = run,
};
