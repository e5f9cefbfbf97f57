/* SPDX-License-Identifier: Apache-2.0
 * argot replay: dead letters of a store through the formats as they are now. Plans first, then acts. */
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/interrupt.h"
#include "cli/load.h"
#include "cli/moment.h"
#include "cli/origin.h"
#include "cli/reading.h"
#include "cli/say.h"
#include "cli/stock.h"
#include "decode/zone.h"
#include "pipeline/replay.h"
#include "store/letters.h"

#define WHY_BYTES 512
#define CONFIGURATION "argot.yaml"

enum {
    OPTION_CONFIG,
    OPTION_STORE,
    OPTION_FORMAT,
    OPTION_TIMEZONE,
    OPTION_LOAD,
    OPTION_ACT,
    OPTION_COMMIT_ROWS,
    OPTION_COUNT
};

static const struct argot_option options[] = {
    [OPTION_CONFIG] = {"config", 'c', "FILE", "the configuration; else " CONFIGURATION " in this folder"},
    [OPTION_STORE] = {"store", 0, "sqlite:PATH",
                      "another store than that of the configuration; without -c there is none"},
    [OPTION_FORMAT] = {"format", 'f', "FORMAT",
                       "every record is of this format, or of a chain such as\ncri+nginx_access; "
                       "else what the record's input says"},
    [OPTION_TIMEZONE] = {"timezone", 'z', "ZONE", "of times without one; else what the record's input says"},
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
    [OPTION_ACT] = {"act", 0, NULL, "does it; without it is only told what would be done"},
    [OPTION_COMMIT_ROWS] = {"commit-rows", 0, "N", NULL},
};

struct replay_command {
    struct argot_args args;
    struct argot_cli *cli;
    const char *path, *store, *format;
    struct argot_zone *zone;
    uint64_t rows; /* of a transaction; 0: as usual */
    bool act;
    struct argot_configuration configuration;
    struct argot_origin origin;
};

static bool
read_rows(struct replay_command *command, const char *value)
{
    if (argot_args_number(value, 1, ARGOT_LETTERS_BATCH, &command->rows))
        return true;
    argot_args_refuse(&command->args, "--commit-rows: `%s` is no number from 1 to %d", value, ARGOT_LETTERS_BATCH);
    return false;
}

static bool
read_option(struct replay_command *command, int option, const char *value)
{
    switch (option) {
    case OPTION_CONFIG:
        command->path = value;
        return true;
    case OPTION_STORE:
        command->store = argot_args_store(value);
        return true;
    case OPTION_FORMAT:
        command->format = value;
        return true;
    case OPTION_TIMEZONE:
        argot_zone_free(command->zone);
        command->zone = argot_moment_zone(&command->args, value);
        return command->zone;
    case OPTION_LOAD:
        return argot_load_option(&command->args, value);
    case OPTION_COMMIT_ROWS:
        return read_rows(command, value);
    default:
        return command->act = true;
    }
}

/* ---- what it comes to ---- */

static void
put_source(struct argot_buffer *out, const struct argot_replay_source *source, bool acted)
{
    argot_say_escape(out, source->name, strlen(source->name));
    argot_buffer_printf(out, ": %llu of ", (unsigned long long)source->taken);
    argot_say_count(out, source->letters, "dead letter", "dead letters");
    argot_buffer_append_text(out, acted ? " became " : " would become ");
    argot_say_count(out, source->events, "event", "events");
    for (size_t i = 0; i < source->nformats; i++) {
        const struct argot_replay_format *format = &source->formats[i];
        argot_buffer_printf(out, "%s%s %llu", i ? ", " : ": ", format->name ? format->name : "skipped",
                            (unsigned long long)(format->name ? format->events : format->letters));
    }
    argot_buffer_append_byte(out, '\n');
}

static void
put_total(struct argot_buffer *out, const struct argot_replay_result *result, bool acted)
{
    const struct argot_replay_source *total = &result->total;
    argot_buffer_printf(out, "%llu of ", (unsigned long long)total->taken);
    argot_say_count(out, total->letters, "dead letter", "dead letters");
    argot_buffer_append_text(out, acted ? " became " : " would become ");
    argot_say_count(out, total->events, "event", "events");
    argot_buffer_printf(out, ", %llu stay", (unsigned long long)(total->letters - total->taken));
    if (total->pieces) {
        argot_buffer_append_text(out, ", of which ");
        argot_say_count(out, total->pieces, "is a piece", "are pieces");
        argot_buffer_append_text(out, " of a record that is too long");
    }
    if (total->bare) {
        argot_buffer_append_text(out, ", of which ");
        argot_say_count(out, total->bare, "has", "have");
        argot_buffer_append_text(out, " no record, since it was not kept");
    }
    argot_buffer_append_byte(out, '\n');
    if (total->unkept) {
        argot_say_count(out, total->unkept, "of the events is", "of the events are");
        argot_buffer_append_text(out, " not kept, as the store's policy says\n");
    }
    if (!acted)
        argot_buffer_append_text(out, "nothing was changed; --act does it\n");
}

/* After a failure only what was committed is told. */
static int
tell(struct replay_command *command, const struct argot_replay_result *result)
{
    struct argot_seam *seam = command->cli->seam;
    struct argot_buffer out;
    argot_buffer_init(&out, seam);
    for (size_t i = 0; !result->failed && i < result->nsources; i++)
        if (result->sources[i].taken)
            put_source(&out, &result->sources[i], command->act);
    put_total(&out, result, command->act);
    int status = argot_say_write(seam, &out);
    if (result->failed)
        argot_say(seam, "%s: %s", command->store, result->problem);
    if (result->failed || result->left_out)
        return ARGOT_EXIT_FAILED;
    return status == ARGOT_EXIT_DONE && result->stopped ? ARGOT_EXIT_INTERRUPTED : status;
}

/* ---- the whole ---- */

static void
settings_of(void *context, const char *path, const char *name, struct argot_settings *settings)
{
    argot_origin_settings(&((struct replay_command *)context)->origin, path, name, settings);
}

static void
on_problem(void *context, const char *file, const char *words)
{
    argot_say(((struct replay_command *)context)->cli->seam, "%s: left out: %s", file, words);
}

static int
replay(struct replay_command *command)
{
    struct argot_cli *cli = command->cli;
    char why[WHY_BYTES];
    struct argot_replay_options chosen = {
        .seam = cli->seam,
        .registry = cli->registry,
        .path = command->store,
        .batch = command->rows,
        .act = command->act,
        .context = command,
        .settings = settings_of,
        .problem = on_problem,
        .stop = argot_interrupt_stop,
    };
    struct argot_replay_result result;
    if (command->configuration.config) {
        chosen.policies = argot_configuration_policies(&command->configuration, &chosen.npolicies);
        if (!chosen.policies) {
            argot_say(cli->seam, "there is no memory");
            return ARGOT_EXIT_FAILED;
        }
    }
    if (!argot_replay_run(&chosen, &result, why, sizeof why)) {
        argot_say(cli->seam, "%s: %s", command->store, why);
        return ARGOT_EXIT_FAILED;
    }
    int status = tell(command, &result);
    argot_replay_finish(cli->seam, &result);
    return status;
}

/* A store that is named alone has no configuration: nothing is guessed from one that happens to lie in this folder. */
static bool
configure(struct replay_command *command)
{
    struct argot_cli *cli = command->cli;
    char why[WHY_BYTES];
    const char *path = command->path ? command->path : command->store ? NULL : CONFIGURATION;
    if (path) {
        enum argot_configuration_status status = argot_configuration_load(&command->configuration, path);
        struct argot_buffer words;
        argot_buffer_init(&words, cli->seam);
        argot_configuration_print(&command->configuration, false, &words);
        argot_say_words(cli->seam, &words);
        argot_buffer_finish(&words);
        if (status != ARGOT_CONFIGURATION_GOOD)
            return false;
    } else if (!argot_stock_registry(cli)) {
        return false;
    }
    const struct argot_config *config = command->configuration.config;
    if (!command->store)
        command->store = config->store.path;
    if (command->format && argot_stock_problem(cli, command->format, why, sizeof why)) {
        argot_say(cli->seam, "--format: %s", why);
        return false;
    }
    bool good = argot_origin_init(&command->origin, cli, config);
    command->origin.format = command->format;
    command->origin.zone = command->zone;
    return good;
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct replay_command command = {
        .args = {.cli = cli, .command = &argot_cmd_replay, .argc = argc, .argv = argv},
        .cli = cli,
    };
    argot_configuration_init(&command.configuration, cli);
    const char *value;
    int option, status = ARGOT_EXIT_USAGE;
    while ((option = argot_args_next(&command.args, &value)) >= 0)
        if (!read_option(&command, option, value))
            goto end;
    if (option == ARGOT_ARGS_EXIT)
        status = command.args.status;
    else if (command.args.noperands)
        argot_args_refuse(&command.args, "`%s`: the store is that of the configuration, or that of --store",
                          command.args.operands[0]);
    else if (configure(&command))
        status = replay(&command);
end:
    argot_origin_finish(&command.origin);
    argot_configuration_finish(&command.configuration);
    argot_zone_free(command.zone);
    return status;
}

const struct argot_command argot_cmd_replay = {
    .name = "replay",
    .summary = "dead letters of the store through the formats as they are now",
    .usage = "[-c FILE] [OPTION...]\n[-c FILE] [OPTION...] --act",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "Those that now make events would become these, and leave the queue: with --act they do, each\n"
            "exactly once, however it ends. Nobody else may have the store open then; without it a run may.\n"
            "Rules do not see these events: `argot detect --from-store` takes history through rules.\n\n"
            "Exit status: 0 done; 2 wrong use, or mistakes in the configuration; 3 the store failed, or is\n"
            "in use; 130 interrupted.\n\n"
            "Examples:\n"
            "  argot replay -c /etc/argot/argot.yaml\n"
            "  argot replay -c /etc/argot/argot.yaml --load acme.so --act\n",
    .run = run,
};
