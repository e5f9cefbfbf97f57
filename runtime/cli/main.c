/* SPDX-License-Identifier: Apache-2.0
 * The program: a table of commands. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/say.h"
#include <errno.h>
#include <stdio.h>

#ifndef ARGOT_VERSION
#define ARGOT_VERSION "0"
#endif

#define MAX_COMMANDS 32
#define STREAMS 3

/* In the order in which help lists them. */
const struct argot_command *const argot_main_commands[] = {
    &argot_cmd_parse,   //
    &argot_cmd_detect,  //
    &argot_cmd_run,     //
    &argot_cmd_setup,   //
    &argot_cmd_status,  //
    &argot_cmd_store,   //
    &argot_cmd_query,   //
    &argot_cmd_replay,  //
    &argot_cmd_explain, //
    &argot_cmd_formats, //
    &argot_cmd_rules,   //
    &argot_cmd_fields,  //
    &argot_cmd_types,   //
    &argot_cmd_test,    //
    &argot_cmd_check,   //
    &argot_cmd_compile, //
    &argot_cmd_fmt,     //
    NULL,
};

static const struct argot_command *
find(const char *name)
{
    for (size_t i = 0; argot_main_commands[i]; i++)
        if (!strcmp(argot_main_commands[i]->name, name))
            return argot_main_commands[i];
    return NULL;
}

static int
refuse_command(struct argot_cli *cli, const char *name)
{
    const char *names[MAX_COMMANDS];
    size_t count = 0;
    for (const struct argot_command *const *command = argot_main_commands; *command && count < MAX_COMMANDS; command++)
        names[count++] = (*command)->name;
    char hint[128];
    argot_say(cli->seam, "no command is called `%s`%s (`argot help` lists them)", name,
              argot_args_nearest(name, names, count, hint, sizeof hint));
    return ARGOT_EXIT_USAGE;
}

static int
show_help(struct argot_cli *cli, const char *name)
{
    const struct argot_command *command = name ? find(name) : NULL;
    if (name && !command)
        return refuse_command(cli, name);
    struct argot_buffer out;
    argot_buffer_init(&out, cli->seam);
    argot_args_help(command, &out);
    return argot_say_write(cli->seam, &out);
}

static int
show_version(struct argot_cli *cli)
{
    struct argot_buffer out;
    argot_buffer_init(&out, cli->seam);
    argot_buffer_append_text(&out, "argot " ARGOT_VERSION "\n");
    return argot_say_write(cli->seam, &out);
}

/* Where a standard stream is closed, the next file opened would take its place, and be written to
 * or read instead. The null device takes it; opened for the other direction, so that using the
 * stream still fails. */
static void
hold_streams(struct argot_seam *seam)
{
    for (int fd = 0; fd < STREAMS; fd++) {
        struct argot_file_info info;
        if (seam->info(seam, fd, &info) == -EBADF)
            (void)seam->open(seam, "/dev/null", fd == 0 ? ARGOT_OPEN_WRITE : ARGOT_OPEN_READ);
    }
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    if (!word) {
        argot_say(cli->seam, "a command is missing, such as `argot parse FILE` (`argot help` lists them)");
        return ARGOT_EXIT_USAGE;
    }
    if (!strcmp(word, "help") || !strcmp(word, "--help") || !strcmp(word, "-h"))
        return show_help(cli, argc > 2 ? argv[2] : NULL);
    if (!strcmp(word, "--version") || !strcmp(word, "-V") || !strcmp(word, "version"))
        return show_version(cli);
    const struct argot_command *command = find(word);
    return command ? command->run(cli, argc - 1, argv + 1) : refuse_command(cli, word);
}

int
main(int argc, char **argv)
{
    struct argot_seam seam;
    argot_interrupt_seam(&seam);
    hold_streams(&seam);
    argot_interrupt_catch();
    struct argot_cli cli = {.seam = &seam};
    int status = run(&cli, argc, argv);
    argot_registry_free(cli.registry);
    for (size_t i = 0; i < cli.nolder; i++)
        argot_registry_free(cli.older[i]);
    return status;
}
