/* SPDX-License-Identifier: Apache-2.0
 * argot detect: logs in, alerts of rules out; or what a store has instead of logs. What it shares with other commands
 * that read logs stands in reading.c. */
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/load.h"
#include "cli/moment.h"
#include "cli/origin.h"
#include "cli/reading.h"
#include "cli/ruleset.h"
#include "cli/say.h"
#include "pipeline/history.h"

#define WHY_BYTES 512

enum {
    OPTION_RULES,
    OPTION_FORMAT,
    OPTION_OUTPUT,
    OPTION_SCHEMA,
    OPTION_LATE,
    OPTION_LETTERS,
    OPTION_RECEIVED,
    OPTION_TIMEZONE,
    OPTION_STRICT,
    OPTION_QUIET,
    OPTION_SUMMARY,
    OPTION_LOAD,
    OPTION_FROM_STORE,
    OPTION_CONFIG,
    OPTION_LAST,
    OPTION_FROM,
    OPTION_TO,
    OPTION_BLOCK_BYTES,
    OPTION_RECORD_MAX_BYTES,
    OPTION_COUNT
};

static const struct argot_option options[] = {
    [OPTION_RULES] = ARGOT_RULESET_OPTION,
    [OPTION_FORMAT] = ARGOT_READING_FORMAT,
    [OPTION_OUTPUT] = {"output", 'o', "KIND", "jsonl, text or none; text on a terminal, else jsonl"},
    [OPTION_SCHEMA] = ARGOT_READING_SCHEMA,
    [OPTION_LATE] = {"late", 0, "D", "how far a line may lie behind those before it, such as 30m;\n5s by default"},
    [OPTION_LETTERS] = ARGOT_READING_LETTERS,
    [OPTION_RECEIVED] = ARGOT_READING_RECEIVED,
    [OPTION_TIMEZONE] = ARGOT_READING_TIMEZONE,
    [OPTION_STRICT] = ARGOT_READING_STRICT,
    [OPTION_QUIET] = ARGOT_READING_QUIET,
    [OPTION_SUMMARY] = ARGOT_READING_SUMMARY,
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
    [OPTION_FROM_STORE] = {"from-store", 0, "sqlite:PATH",
                           "instead of files the events of a store, in the order of their times"},
    [OPTION_CONFIG] = {"config", 'c', "FILE", "with --from-store: formats and time zones are those of its inputs"},
    [OPTION_LAST] = ARGOT_MOMENT_LAST,
    [OPTION_FROM] = ARGOT_MOMENT_FROM,
    [OPTION_TO] = ARGOT_MOMENT_TO,
    [OPTION_BLOCK_BYTES] = ARGOT_READING_BLOCK_BYTES,
    [OPTION_RECORD_MAX_BYTES] = ARGOT_READING_RECORD_MAX_BYTES,
};

struct detect_command {
    struct argot_reading reading;
    struct argot_ruleset rules;
    struct argot_walk inputs;
    int64_t late_ns;
    const char *store, *path; /* of the store, NULL: none; of the configuration */
    struct argot_moment_range range;
    struct argot_configuration configuration;
    struct argot_origin origin;
};

/* Options of --from-store. False: it is none of them. */
static bool
read_store_option(struct detect_command *command, int option, const char *value)
{
    switch (option) {
    case OPTION_FROM_STORE:
        command->store = argot_args_store(value);
        return true;
    case OPTION_CONFIG:
        command->path = value;
        return true;
    case OPTION_LAST:
        command->range.last = value;
        return true;
    case OPTION_FROM:
        command->range.from = value;
        return true;
    case OPTION_TO:
        command->range.to = value;
        return true;
    default:
        return false;
    }
}

static bool
read_option(struct detect_command *command, int option, const char *value)
{
    if (read_store_option(command, option, value))
        return true;
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

/* ---- from a store ---- */

static bool
check_store(const struct detect_command *command)
{
    const struct argot_reading *reading = &command->reading;
    const struct argot_args *args = &reading->args;
    const struct argot_moment_range *range = &command->range;
    if (!command->store && (command->path || range->last || range->from || range->to))
        argot_args_refuse(args, "--config, --last, --from and --to go with --from-store");
    else if (command->store && args->noperands)
        argot_args_refuse(args, "`%s`: either files are read, or a store is", args->operands[0]);
    else if (command->store && (reading->letters || reading->options.received || reading->strict))
        argot_args_refuse(args, "--dead-letters, --received-at and --strict are for files: a store has its own");
    else
        return true;
    return false;
}

/* Before anything asks for the formats, since the configuration's modules are among them. */
static bool
configure(struct detect_command *command)
{
    struct argot_reading *reading = &command->reading;
    struct argot_seam *seam = reading->cli->seam;
    struct argot_buffer words;
    enum argot_configuration_status status = ARGOT_CONFIGURATION_GOOD;
    if (command->path) {
        status = argot_configuration_load(&command->configuration, command->path);
        argot_buffer_init(&words, seam);
        argot_configuration_print(&command->configuration, false, &words);
        argot_say_words(seam, &words);
        argot_buffer_finish(&words);
    }
    bool good = status == ARGOT_CONFIGURATION_GOOD &&
                argot_origin_init(&command->origin, reading->cli, command->configuration.config);
    command->origin.format = reading->options.format;
    command->origin.zone = reading->zone;
    return good;
}

static void
settings_of(void *context, const char *path, const char *name, struct argot_settings *settings)
{
    argot_origin_settings(context, path, name, settings);
}

static int
end_history(struct detect_command *command, const struct argot_plan *plan, struct argot_detect_result *result)
{
    struct argot_reading *reading = &command->reading;
    struct argot_summary summary = {.result = &result->parse, .detect = result, .plan = plan};
    if (result->parse.end == ARGOT_PARSE_STORE_ERROR) {
        argot_progress_clear(&reading->progress);
        argot_say(reading->cli->seam, "%s: %s; stopped, not everything was read", command->store,
                  result->store_problem);
    }
    int status = argot_reading_end(reading, &summary);
    argot_detect_finish(reading->cli->seam, result);
    return status;
}

static int
detect_history(struct detect_command *command, const struct argot_plan *plan)
{
    struct argot_reading *reading = &command->reading;
    struct argot_seam *seam = reading->cli->seam;
    struct argot_detect_result result;
    char why[WHY_BYTES];
    argot_reading_output(reading);
    int status = argot_reading_begin(reading);
    if (status)
        return status;
    struct argot_history_options chosen = {
        .detect = {.parse = reading->options, .plan = plan, .late_ns = command->late_ns},
        .path = command->store,
        .from = command->range.oldest,
        .to = command->range.newest,
        .settings = settings_of,
        .context = &command->origin,
    };
    if (argot_history_run(&chosen, &result, why, sizeof why))
        return end_history(command, plan, &result);
    argot_say(seam, "%s: %s", command->store, why);
    return ARGOT_EXIT_FAILED;
}

/* ---- the whole ---- */

/* Rules first: what is wrong with them is nearer to hand than what is wrong with logs. */
static int
run_checked(struct detect_command *command)
{
    struct argot_reading *reading = &command->reading;
    const struct argot_args *args = &reading->args;
    if (!command->rules.walk.count && !argot_ruleset_add_stock(&command->rules))
        return ARGOT_EXIT_USAGE;
    if (command->store && !configure(command))
        return ARGOT_EXIT_USAGE;
    const struct argot_plan *plan = argot_ruleset_plan(&command->rules, reading->quiet);
    if (!plan)
        return ARGOT_EXIT_USAGE;
    if (command->store)
        return detect_history(command, plan);
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
    argot_configuration_init(&command.configuration, cli);
    const char *value;
    int option, status = ARGOT_EXIT_USAGE;
    while ((option = argot_args_next(args, &value)) >= 0)
        if (!read_option(&command, option, value))
            goto end;
    if (option == ARGOT_ARGS_EXIT)
        status = args->status;
    else if (!check_store(&command) || !argot_moment_range(args, &command.range))
        status = ARGOT_EXIT_USAGE;
    else if (args->noperands == 0 && !command.store)
        argot_args_refuse(args, "a file is missing; `-` is standard input");
    else
        status = run_checked(&command);
end:
    argot_origin_finish(&command.origin);
    argot_configuration_finish(&command.configuration);
    argot_walk_finish(&command.inputs);
    argot_ruleset_finish(&command.rules);
    argot_reading_finish(&command.reading);
    return status;
}

const struct argot_command argot_cmd_detect = {
    .name = "detect",
    .summary = "logs in, alerts of rules out",
    .usage = "[-r RULES...] [OPTION...] FILE|FOLDER...\n[-r RULES...] [OPTION...] -\n[-r RULES...] [OPTION...] "
             "--from-store sqlite:PATH",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "All files are read at once, merged by the time of their events, so that rules see what\n"
            "happened in its order. A folder stands for the files below it. Files may be compressed.\n"
            "Alerts go to standard output, words to standard error.\n\n"
            "With --from-store the events that `argot run` has stored go through the rules, beside a run\n"
            "that goes on, and nothing is written to the store. The alerts say that they are of a replay.\n\n"
            "Exit status: 0 done, with or without alerts; 1 dead letters with --strict; 2 wrong use, or\n"
            "mistakes in rules; 3 an input or output failed; 130 interrupted.\n\n"
            "Examples:\n"
            "  argot detect /var/log/auth.log\n"
            "  argot detect -r my.rule -r rules/ web1/ web2/ >alerts.jsonl\n"
            "  argot detect --from-store sqlite:events.db --last 30d -r new.rule\n"
            "  zcat old.log.gz | argot detect -r my.rule -o text -\n",
    .run = run,
};
