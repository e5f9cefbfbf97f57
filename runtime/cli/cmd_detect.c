/* SPDX-License-Identifier: Apache-2.0
 * argot detect: logs in, alerts of rules out. What it shares with other commands that read logs stands in reading.c. */
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/load.h"
#include "cli/moment.h"
#include "cli/reading.h"
#include "cli/ruleset.h"
#include "cli/say.h"

#define WHY_BYTES 256

enum {
    OPTION_RULES,
    OPTION_FORMAT,
    OPTION_OUTPUT,
    OPTION_LATE,
    OPTION_LETTERS,
    OPTION_RECEIVED,
    OPTION_TIMEZONE,
    OPTION_STRICT,
    OPTION_QUIET,
    OPTION_SUMMARY,
    OPTION_LOAD,
    OPTION_BLOCK_BYTES,
    OPTION_RECORD_MAX_BYTES,
    OPTION_COUNT
};

static const struct argot_option options[] = {
    [OPTION_RULES] = ARGOT_RULESET_OPTION,
    [OPTION_FORMAT] = ARGOT_READING_FORMAT,
    [OPTION_OUTPUT] = {"output", 'o', "KIND", "jsonl, text or none; text on a terminal, else jsonl"},
    [OPTION_LATE] = {"late", 0, "D", "how far a line may lie behind those before it, such as 30m;\n5s by default"},
    [OPTION_LETTERS] = ARGOT_READING_LETTERS,
    [OPTION_RECEIVED] = ARGOT_READING_RECEIVED,
    [OPTION_TIMEZONE] = ARGOT_READING_TIMEZONE,
    [OPTION_STRICT] = ARGOT_READING_STRICT,
    [OPTION_QUIET] = ARGOT_READING_QUIET,
    [OPTION_SUMMARY] = ARGOT_READING_SUMMARY,
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
    [OPTION_BLOCK_BYTES] = ARGOT_READING_BLOCK_BYTES,
    [OPTION_RECORD_MAX_BYTES] = ARGOT_READING_RECORD_MAX_BYTES,
};

struct detect_command {
    struct argot_reading reading;
    struct argot_ruleset rules;
    struct argot_walk inputs;
    int64_t late_ns;
};

static bool
read_option(struct detect_command *command, int option, const char *value)
{
    if (option == OPTION_RULES)
        return argot_ruleset_add(&command->rules, value);
    if (option == OPTION_LATE)
        return argot_moment_span(&command->reading.args, options[option].name, value, &command->late_ns);
    return argot_reading_option(&command->reading, option, value) == ARGOT_READING_TAKEN;
}

static int
detect(struct detect_command *command, const struct argot_plan *plan)
{
    struct argot_reading *reading = &command->reading;
    struct argot_seam *seam = reading->cli->seam;
    struct argot_detect_result result;
    char why[WHY_BYTES];
    argot_reading_output(reading);
    int status = argot_files_allow(seam, reading->options.npaths) ? argot_reading_begin(reading) : ARGOT_EXIT_USAGE;
    if (status)
        return status;
    struct argot_detect_options chosen = {.parse = reading->options, .plan = plan, .late_ns = command->late_ns};
    if (!argot_detect_run(&chosen, &result, why, sizeof why)) {
        argot_say(seam, "%s", why);
        return ARGOT_EXIT_USAGE;
    }
    struct argot_summary summary = {.result = &result.parse, .detect = &result, .plan = plan};
    status = argot_reading_end(reading, &summary);
    argot_detect_finish(seam, &result);
    return status;
}

/* Rules first: what is wrong with them is nearer to hand than what is wrong with logs. */
static int
run_checked(struct detect_command *command)
{
    struct argot_reading *reading = &command->reading;
    const struct argot_args *args = &reading->args;
    if (!command->rules.walk.count && !argot_ruleset_add_stock(&command->rules))
        return ARGOT_EXIT_USAGE;
    const struct argot_plan *plan = argot_ruleset_plan(&command->rules, reading->quiet);
    if (!plan)
        return ARGOT_EXIT_USAGE;
    for (size_t i = 0; i < args->noperands; i++)
        argot_walk_add(&command->inputs, args->operands[i]);
    reading->options.paths = command->inputs.paths;
    reading->options.npaths = command->inputs.count;
    int status = detect(command, plan);
    return status == ARGOT_EXIT_DONE && command->inputs.failed ? ARGOT_EXIT_FAILED : status;
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct detect_command command = {
        .reading =
            {
                .args = {.cli = cli, .command = &argot_cmd_detect, .argc = argc, .argv = argv},
                .cli = cli,
                .results = "alerts",
            },
        .late_ns = ARGOT_PLAN_DEFAULT_LATE_NS,
    };
    struct argot_args *args = &command.reading.args;
    argot_reading_init(&command.reading);
    argot_ruleset_init(&command.rules, cli);
    argot_walk_init(&command.inputs, cli, NULL);
    const char *value;
    int option, status = ARGOT_EXIT_USAGE;
    while ((option = argot_args_next(args, &value)) >= 0)
        if (!read_option(&command, option, value))
            goto end;
    if (option == ARGOT_ARGS_EXIT)
        status = args->status;
    else if (args->noperands == 0)
        argot_args_refuse(args, "a file is missing; `-` is standard input");
    else
        status = run_checked(&command);
end:
    argot_walk_finish(&command.inputs);
    argot_ruleset_finish(&command.rules);
    argot_reading_finish(&command.reading);
    return status;
}

const struct argot_command argot_cmd_detect = {
    .name = "detect",
    .summary = "logs in, alerts of rules out",
    .usage = "[-r RULES...] [OPTION...] FILE|FOLDER...\n[-r RULES...] [OPTION...] -",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "All files are read at once, merged by the time of their events, so that rules see what\n"
            "happened in its order. A folder stands for the files below it. Files may be compressed.\n"
            "Alerts go to standard output, words to standard error.\n\n"
            "Exit status: 0 done, with or without alerts; 1 dead letters with --strict; 2 wrong use, or\n"
            "mistakes in rules; 3 an input or output failed; 130 interrupted.\n\n"
            "Examples:\n"
            "  argot detect /var/log/auth.log\n"
            "  argot detect -r my.rule -r rules/ web1/ web2/ >alerts.jsonl\n"
            "  zcat old.log.gz | argot detect -r my.rule -o text -\n",
    .run = run,
};
