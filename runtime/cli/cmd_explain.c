/* SPDX-License-Identifier: Apache-2.0
 * argot explain: how a line becomes an event, or why a rule fired. The first operand says which: with -r it is a rule,
 * else a format of this name comes before a stock rule, and what is neither is a line. */
#include "cli/commands.h"
#include "cli/explain_lines.h"
#include "cli/explain_rule.h"
#include "cli/load.h"
#include "cli/module.h"
#include "cli/moment.h"
#include "cli/ruleset.h"
#include "cli/say.h"
#include "cli/share.h"
#include "cli/stock.h"
#include "cli/why.h"

#define HINT_BYTES 256
#define NAMES_MAX 1024 /* looked at for the nearest */

enum {
    OPTION_FORMAT,
    OPTION_RULES,
    OPTION_OUTPUT,
    OPTION_JSON,
    OPTION_LATE,
    OPTION_KEY,
    OPTION_TOP,
    OPTION_RECEIVED,
    OPTION_TIMEZONE,
    OPTION_LOAD,
    OPTION_BLOCK_BYTES,
    OPTION_RECORD_MAX_BYTES,
    OPTION_COUNT
};

static const struct argot_option options[] = {
    [OPTION_FORMAT] = {"format", 'f', "FORMAT", "lines are of this format; before a line, FORMAT alone will do"},
    [OPTION_RULES] = ARGOT_RULESET_OPTION,
    [OPTION_OUTPUT] = {"output", 'o', "KIND", "text, or jsonl with all there is; text by default"},
    [OPTION_JSON] = {"json", 0, NULL, "the same as -o jsonl"},
    [OPTION_LATE] = {"late", 0, "D", "as of argot detect: how far a line may lie behind those before it"},
    [OPTION_KEY] = {"key", 0, "VALUE",
                    "of a rule: one key alone, such as 203.0.113.9; VALUE,VALUE where it\nhas several"},
    [OPTION_TOP] = {"top", 0, "N", "of a rule: how many keys are told of, those that came furthest; 5"},
    [OPTION_RECEIVED] = {"received-at", 0, "TIME",
                         "when the lines came in, for times without a year; else now, or\nthe file's time of change"},
    [OPTION_TIMEZONE] = ARGOT_READING_TIMEZONE,
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
    [OPTION_BLOCK_BYTES] = ARGOT_READING_BLOCK_BYTES,
    [OPTION_RECORD_MAX_BYTES] = ARGOT_READING_RECORD_MAX_BYTES,
};

struct explain_command {
    struct argot_reading reading;
    struct argot_ruleset rules;
    struct argot_walk inputs;
    struct argot_explain_rule what;
    const char *file; /* of a format that was compiled for this */
    struct argot_module_build build;
    const char *rule_only; /* an option that was given, and is of no use for lines */
};

/* ---- which of the two ---- */

/* What no line but a single word is like. */
static bool
is_name(const char *word)
{
    for (const char *at = word; *at; at++)
        if (!(*at == '_' || (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z')))
            return false;
    return *word;
}

static bool
find_rule(struct explain_command *command, const char *name)
{
    const struct argot_plan *plan = command->what.plan;
    for (uint32_t i = 0; plan && i < plan->nrules; i++) {
        command->what.rule = i;
        if (!strcmp(plan->rules[i].name, name))
            return true;
    }
    return false;
}

/* Where no rules are named, and none are installed, there is nothing to say about that. */
static bool
is_stock_rule(struct explain_command *command, const char *word)
{
    struct argot_cli *cli = command->reading.cli;
    char path[ARGOT_SHARE_PATH_BYTES];
    if (!is_name(word) || argot_registry_find(cli->registry, word) ||
        !argot_share_find(cli->seam, "rules", path, sizeof path) || !argot_ruleset_add_stock(&command->rules))
        return false;
    command->what.plan = argot_ruleset_plan(&command->rules, true);
    return find_rule(command, word);
}

/* ---- a format that is not built in ---- */

static bool
is_file(const char *format)
{
    size_t length = strlen(format), ending = strlen(".yaml");
    return length > ending && !strcmp(format + length - ending, ".yaml");
}

/* A format's file is compiled for the time of the explanation: a line that does not fit is asked about before the
 * examples hold. Its format takes the file's place. An exit status. */
static int
compile_format(struct explain_command *command)
{
    const struct argot_args *args = &command->reading.args;
    bool named = command->reading.options.format != NULL;
    const char **format = named ? &command->reading.options.format : (const char **)&args->operands[0];
    if (command->rules.walk.count || (!named && args->noperands < 2) || !is_file(*format))
        return ARGOT_EXIT_DONE;
    command->file = *format;
    command->build = (struct argot_module_build){.cli = args->cli, .paths = &command->file, .npaths = 1};
    int status = (int)argot_module_build_and_load(&command->build);
    if (!status)
        *format = argot_module_of(&command->build, 0)->name;
    return status;
}

/* ---- lines ---- */

static void
refuse_name(struct explain_command *command, const char *name)
{
    struct argot_cli *cli = command->reading.cli;
    const char *names[NAMES_MAX];
    char hint[HINT_BYTES];
    size_t count = 0;
    for (size_t i = 0; i < argot_registry_count(cli->registry) && count < NAMES_MAX; i++)
        names[count++] = argot_registry_at(cli->registry, i)->name;
    for (uint32_t i = 0; command->what.plan && i < command->what.plan->nrules && count < NAMES_MAX; i++)
        names[count++] = command->what.plan->rules[i].name;
    argot_args_nearest(name, names, count, hint, sizeof hint);
    argot_args_refuse(&command->reading.args, "neither a format nor a rule is called `%s`%s", name, hint);
}

/* The line among the operands, or NULL after saying what is wrong. */
static const char *
find_line(struct explain_command *command)
{
    struct argot_args *args = &command->reading.args;
    const char **format = &command->reading.options.format;
    bool named = *format != NULL;
    if (args->noperands > 2 || (args->noperands == 2 && named)) {
        argot_args_refuse(args, "more than a line; it stands in quotes");
        return NULL;
    }
    if (args->noperands == 2) {
        *format = args->operands[0];
        if (is_name(*format) && !argot_registry_find(args->cli->registry, *format)) {
            refuse_name(command, *format);
            return NULL;
        }
        args->operands++;
    }
    const char *line = args->operands[0];
    if (!*format && argot_registry_find(args->cli->registry, line)) {
        argot_args_refuse(args, "`%s` is a format; the line is missing", line);
        return NULL;
    }
    return *format && !argot_stock_known(args->cli, *format) ? NULL : line;
}

static int
explain_lines(struct explain_command *command)
{
    const struct argot_reading *reading = &command->reading;
    if (command->rule_only)
        return argot_args_refuse(&reading->args, "--%s is for a rule and files", command->rule_only);
    const char *line = find_line(command);
    struct argot_settings settings = {.format = reading->options.format, .zone = reading->zone};
    settings.received = reading->options.received ? reading->received : reading->cli->seam->now(reading->cli->seam);
    return line ? argot_explain_lines(reading->cli, &settings, command->what.json, line) : ARGOT_EXIT_USAGE;
}

/* ---- a rule ---- */

static int
explain_rule(struct explain_command *command)
{
    struct argot_reading *reading = &command->reading;
    const struct argot_args *args = &reading->args;
    if (args->noperands < 2)
        return argot_args_refuse(args, "`%s` is a rule; a file is missing, `-` is standard input", args->operands[0]);
    for (size_t i = 1; i < args->noperands; i++)
        argot_walk_add(&command->inputs, args->operands[i]);
    reading->options.paths = command->inputs.paths;
    reading->options.npaths = command->inputs.count;
    int status = argot_explain_rule(reading, &command->what);
    return status <= ARGOT_EXIT_NOT_HELD && command->inputs.failed ? ARGOT_EXIT_FAILED : status;
}

/* ---- the command ---- */

/* Rules were named: so a rule is meant. */
static int
run_rules(struct explain_command *command)
{
    const struct argot_args *args = &command->reading.args;
    if (args->noperands == 0)
        return argot_args_refuse(args, "the name of a rule is missing");
    command->what.plan = argot_ruleset_plan(&command->rules, true);
    if (!command->what.plan)
        return ARGOT_EXIT_USAGE;
    if (find_rule(command, args->operands[0]))
        return explain_rule(command);
    const char *names[NAMES_MAX];
    char hint[HINT_BYTES];
    size_t count = 0;
    for (; count < command->what.plan->nrules && count < NAMES_MAX; count++)
        names[count] = command->what.plan->rules[count].name;
    return argot_args_refuse(args, "no rule is called `%s`%s", args->operands[0],
                             argot_args_nearest(args->operands[0], names, count, hint, sizeof hint));
}

static int
run_checked(struct explain_command *command)
{
    const struct argot_args *args = &command->reading.args;
    int status = compile_format(command);
    if (status)
        return status;
    if (!argot_stock_registry(command->reading.cli))
        return ARGOT_EXIT_USAGE;
    if (command->rules.walk.count)
        return run_rules(command);
    if (args->noperands == 0)
        return argot_args_refuse(args, "a line is missing, or a rule and files; `-` is standard input");
    return is_stock_rule(command, args->operands[0]) ? explain_rule(command) : explain_lines(command);
}

static bool
read_output(struct explain_command *command, const char *value)
{
    command->what.json = !strcmp(value, "jsonl");
    if (!command->what.json && strcmp(value, "text"))
        argot_args_refuse(&command->reading.args, "--output: `%s` is none of text, jsonl", value);
    return command->what.json || !strcmp(value, "text");
}

static bool
read_option(struct explain_command *command, int option, const char *value)
{
    struct argot_args *args = &command->reading.args;
    if (option == OPTION_LATE || option == OPTION_KEY || option == OPTION_TOP)
        command->rule_only = options[option].name;
    switch (option) {
    case OPTION_RULES:
        return argot_ruleset_add(&command->rules, value);
    case OPTION_OUTPUT:
        return read_output(command, value);
    case OPTION_JSON:
        command->what.json = true;
        return true;
    case OPTION_LATE:
        return argot_moment_span(args, options[option].name, value, &command->what.late_ns);
    case OPTION_KEY:
        command->what.key = value;
        return true;
    case OPTION_TOP:
        return argot_reading_number(&command->reading, option, value, ARGOT_WHY_MOST_KEYS, &command->what.most);
    default:
        return argot_reading_option(&command->reading, option, value) == ARGOT_READING_TAKEN;
    }
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct explain_command command = {
        .reading =
            {
                .args = {.cli = cli, .command = &argot_cmd_explain, .argc = argc, .argv = argv},
                .cli = cli,
                .results = "explanation",
            },
        .what = {.late_ns = ARGOT_PLAN_DEFAULT_LATE_NS},
    };
    argot_reading_init(&command.reading);
    argot_ruleset_init(&command.rules, cli);
    argot_walk_init(&command.inputs, cli, NULL);
    const char *value;
    int option, status = ARGOT_EXIT_USAGE;
    while ((option = argot_args_next(&command.reading.args, &value)) >= 0)
        if (!read_option(&command, option, value))
            goto end;
    status = option == ARGOT_ARGS_EXIT ? command.reading.args.status : run_checked(&command);
end:
    argot_module_build_finish(&command.build);
    argot_walk_finish(&command.inputs);
    argot_ruleset_finish(&command.rules);
    argot_reading_finish(&command.reading);
    return status;
}

const struct argot_command argot_cmd_explain = {
    .name = "explain",
    .summary = "how a line becomes an event, or why a rule fired or did not",
    .usage = "[OPTION...] [FORMAT|FILE.yaml] LINE\n[OPTION...] [FORMAT|FILE.yaml] -\n[-r RULES...] [OPTION...] RULE "
             "FILE|FOLDER|-...",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "FORMAT may be the file of a format of your own: it is compiled for this, whether its examples\n"
            "hold or not.\n\n"
            "A name before files is that of a rule: then the files are read as argot detect reads them,\n"
            "and it tells what became of their events in that rule.\n\n"
            "Exit status: 0 an event, or a line that is skipped; the rule fired; 1 a dead letter; it did\n"
            "not fire; 2 wrong use, or mistakes in rules; 3 an input or output failed; 130 interrupted.\n\n"
            "Examples:\n"
            "  argot explain 'Nov 24 09:20:07 web1 sshd[4719]: Failed password for root'\n"
            "  tail -n 1 access.log | argot explain nginx_access -\n"
            "  argot explain my_app.yaml 'a line of the log'\n"
            "  argot explain -r my.rule my_rule /var/log/auth.log\n",
    .run = run,
};
