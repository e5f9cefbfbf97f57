/* SPDX-License-Identifier: Apache-2.0
 * getopt_long keeps its place in variables of the C library; so one command line is read at a time,
 * which is all that a program has. */
#include "cli/args.h"
#include "base/diagnostic.h"
#include "cli/say.h"
#include "config/config.h"
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

#define LONG_BASE 256 /* values of long options, above every letter */
#define HELP LONG_BASE
#define FIRST_OPTION (LONG_BASE + 1)
#define DOC_COLUMN 28

/* ---- reading ---- */

struct tables {
    struct option longs[ARGOT_CLI_MAX_OPTIONS + 2];
    char shorts[2 * ARGOT_CLI_MAX_OPTIONS + 4];
};

static void
make_tables(const struct argot_command *command, struct tables *tables)
{
    size_t nshorts = 0;
    tables->shorts[nshorts++] = ':'; /* a missing value is told apart */
    tables->shorts[nshorts++] = 'h';
    tables->longs[0] = (struct option){.name = "help", .val = HELP};
    int count = command->noptions < ARGOT_CLI_MAX_OPTIONS ? command->noptions : ARGOT_CLI_MAX_OPTIONS;
    for (int i = 0; i < count; i++) {
        const struct argot_option *option = &command->options[i];
        tables->longs[i + 1] = (struct option){
            .name = option->name,
            .has_arg = option->value ? required_argument : no_argument,
            .val = FIRST_OPTION + i,
        };
        if (!option->letter)
            continue;
        tables->shorts[nshorts++] = option->letter;
        if (option->value)
            tables->shorts[nshorts++] = ':';
    }
    tables->longs[count + 1] = (struct option){0};
    tables->shorts[nshorts] = 0;
}

static int
index_of(const struct argot_command *command, int got)
{
    if (got >= FIRST_OPTION)
        return got - FIRST_OPTION;
    for (int i = 0; i < command->noptions; i++)
        if (got && command->options[i].letter == got)
            return i;
    return -1;
}

const char *
argot_args_nearest(const char *word, const char *const *names, size_t count, char *text, size_t size)
{
    const char *nearest = argot_diagnostic_nearest(word, names, count);
    text[0] = 0;
    if (nearest)
        snprintf(text, size, "; did you mean `%s`?", nearest);
    return text;
}

static int
refuse_unknown(const struct argot_args *args)
{
    const char *names[ARGOT_CLI_MAX_OPTIONS + 1];
    size_t count = 0;
    names[count++] = "help";
    for (int i = 0; i < args->command->noptions && i < ARGOT_CLI_MAX_OPTIONS; i++)
        if (args->command->options[i].doc)
            names[count++] = args->command->options[i].name;
    if (optopt > 0 && optopt < LONG_BASE)
        return argot_args_refuse(args, "unknown option `-%c`", optopt);
    if (optopt >= LONG_BASE)
        return argot_args_refuse(args, "option `%s` takes no value", args->argv[optind - 1]);
    char word[64], hint[128];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(args->argv[optind - 1] + 2, "="), args->argv[optind - 1] + 2);
    argot_args_nearest(word, names, count, hint, sizeof hint);
    if (hint[0])
        snprintf(hint, sizeof hint, "; did you mean `--%s`?", argot_diagnostic_nearest(word, names, count));
    return argot_args_refuse(args, "unknown option `--%s`%s", word, hint);
}

static int
refuse_missing(const struct argot_args *args)
{
    int index = index_of(args->command, optopt);
    if (index < 0)
        return argot_args_refuse(args, "option `%s` needs a value", args->argv[optind - 1]);
    const struct argot_option *option = &args->command->options[index];
    return argot_args_refuse(args, "option `--%s` needs a value: %s", option->name, option->value);
}

static int
answer_help(const struct argot_args *args)
{
    struct argot_buffer out;
    argot_buffer_init(&out, args->cli->seam);
    argot_args_help(args->command, &out);
    return argot_say_write(args->cli->seam, &out);
}

int
argot_args_next(struct argot_args *args, const char **value)
{
    struct tables tables;
    make_tables(args->command, &tables);
    opterr = 0;
    int got = getopt_long(args->argc, args->argv, tables.shorts, tables.longs, NULL);
    *value = optarg;
    if (got == -1) {
        args->operands = args->argv + optind;
        args->noperands = (size_t)(args->argc - optind);
        return ARGOT_ARGS_END;
    }
    if (got == HELP || got == 'h')
        args->status = answer_help(args);
    else if (got == '?')
        args->status = refuse_unknown(args);
    else if (got == ':')
        args->status = refuse_missing(args);
    else
        return index_of(args->command, got);
    return ARGOT_ARGS_EXIT;
}

int
argot_args_refuse(const struct argot_args *args, const char *format, ...)
{
    struct argot_buffer text;
    argot_buffer_init(&text, args->cli->seam);
    va_list list;
    va_start(list, format);
    argot_buffer_vprintf(&text, format, list);
    va_end(list);
    argot_say(args->cli->seam, "%.*s (`argot %s --help` shows how it is used)", (int)text.length,
              text.bytes ? (const char *)text.bytes : "", args->command->name);
    argot_buffer_finish(&text);
    return ARGOT_EXIT_USAGE;
}

bool
argot_args_number(const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
    uint64_t sum = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(sum, 10, &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(*text - '0'), &sum))
            return false;
    }
    *number = sum;
    return sum >= least && sum <= most;
}

/* ---- help ---- */

static void
show_option(const struct argot_option *option, struct argot_buffer *out)
{
    char left[64];
    if (!option->doc)
        return;
    snprintf(left, sizeof left, "  %c%c%s --%s%s%s", option->letter ? '-' : ' ', option->letter ? option->letter : ' ',
             option->letter ? "," : " ", option->name, option->value ? " " : "", option->value ? option->value : "");
    /* A long left side has a line of its own. */
    size_t length = strlen(left);
    argot_buffer_append_text(out, left);
    if (length >= DOC_COLUMN)
        argot_buffer_printf(out, "\n%*s", DOC_COLUMN, "");
    else
        argot_buffer_printf(out, "%*s", (int)(DOC_COLUMN - length), "");
    for (const char *at = option->doc; *at; at++) {
        argot_buffer_append_byte(out, *at);
        if (*at == '\n')
            argot_buffer_printf(out, "%*s", DOC_COLUMN, "");
    }
    argot_buffer_append_byte(out, '\n');
}

static void
show_usage(const struct argot_command *command, struct argot_buffer *out)
{
    const char *line = command->usage;
    for (bool first = true;; first = false) {
        size_t length = strcspn(line, "\n");
        argot_buffer_printf(out, "%s argot %s %.*s\n", first ? "Usage:" : "      ", command->name, (int)length, line);
        if (!line[length])
            return;
        line += length + 1;
    }
}

static void
show_program(struct argot_buffer *out)
{
    argot_buffer_append_text(out, "argot turns log lines of any known format into events of one schema.\n\n"
                                  "Usage: argot COMMAND [OPTION...] [ARGUMENT...]\n\nCommands:\n");
    for (size_t i = 0; argot_main_commands[i]; i++)
        argot_buffer_printf(out, "  %-10s %s\n", argot_main_commands[i]->name, argot_main_commands[i]->summary);
    argot_buffer_append_text(out, "\n`argot help COMMAND` or `argot COMMAND --help` tells more; `argot --version` the "
                                  "version.\n\nExample:\n  argot parse /var/log/auth.log\n");
}

void
argot_args_help(const struct argot_command *command, struct argot_buffer *out)
{
    if (!command) {
        show_program(out);
        return;
    }
    argot_buffer_printf(out, "argot %s: %s\n\n", command->name, command->summary);
    show_usage(command, out);
    argot_buffer_append_text(out, "\nOptions:\n");
    for (int i = 0; i < command->noptions; i++)
        show_option(&command->options[i], out);
    show_option(&(struct argot_option){.name = "help", .letter = 'h', .doc = "shows this"}, out);
    argot_buffer_printf(out, "\n%s", command->more);
}

const char *
argot_args_store(const char *text)
{
    size_t scheme = strlen(ARGOT_CONFIG_SQLITE);
    return strncmp(text, ARGOT_CONFIG_SQLITE, scheme) != 0 ? text : text + scheme;
}
