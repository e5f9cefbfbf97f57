/* SPDX-License-Identifier: Apache-2.0
 * argot run: what a configuration names is read, normalized, judged and stored; a run goes on where the one before it
 * was when it committed last. */
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/moment.h"
#include "cli/reading.h"
#include "cli/room.h"
#include "cli/ruleset.h"
#include "cli/say.h"
#include "cli/serving.h"
#include "cli/telling.h"
#include "decode/zone.h"
#include "pipeline/aside.h"
#include "store/store.h"
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#define WHY_BYTES 512
#define CONFIGURATION "argot.yaml"
#define SEGMENT_BYTES ((uint64_t)512 << 20) /* where no size and no span is said */
#define SEGMENT_PART 10 /* of the shortest age at which something is given up, where no span is said: within */
#define LEAST_SEGMENT_NS INT64_C(3600000000000)
#define MOST_SEGMENT_NS (30 * 24 * INT64_C(3600000000000))
#define STOP_NS INT64_C(500000000)  /* messages about alerts are waited for so long when it is told to end, */
#define END_NS INT64_C(10000000000) /* and when its inputs have ended */
#define MAX_COMMIT_ROWS 1000000
#define MAX_WARM_EVENTS UINT64_C(1000000000000)

enum {
    OPTION_CONFIG,
    OPTION_STRICT,
    OPTION_QUIET,
    OPTION_SUMMARY,
    OPTION_BLOCK_BYTES,
    OPTION_RECORD_MAX_BYTES,
    OPTION_COMMIT_ROWS,
    OPTION_WARM_UP,
    OPTION_COUNT
};

static const struct argot_option options[] = {
    [OPTION_CONFIG] = {"config", 'c', "FILE", "the configuration; else " CONFIGURATION " in this folder"},
    [OPTION_STRICT] = ARGOT_READING_STRICT,
    [OPTION_QUIET] = ARGOT_READING_QUIET,
    [OPTION_SUMMARY] = ARGOT_READING_SUMMARY,
    [OPTION_BLOCK_BYTES] = ARGOT_READING_BLOCK_BYTES,
    [OPTION_RECORD_MAX_BYTES] = ARGOT_READING_RECORD_MAX_BYTES,
    [OPTION_WARM_UP] = {"warm-up", 0, "N",
                        "the newest N stored events go through the rules first, so that they\nknow what was before; "
                        "150000 by default"},
    [OPTION_COMMIT_ROWS] = {"commit-rows", 0, "N", NULL},
};

struct run_command {
    struct argot_reading reading;
    const char *path; /* of the configuration */
    struct argot_configuration configuration;
    struct argot_ruleset rules;
    struct argot_telling telling;
    struct argot_reporting reporting; /* of runs that have no end */
    struct argot_rights rights;
    struct argot_aside *aside; /* NULL: the store does long work itself */
    struct argot_arena arena;
    size_t ninputs, room;
    const char **paths;
    struct argot_settings *each;
    struct argot_zone **zones; /* of the configuration's inputs */
    uint64_t commit_rows, warm_events;
};

static bool
no_memory(const struct run_command *command)
{
    argot_say(command->reading.cli->seam, "there is no memory");
    return false;
}

/* ---- rules ---- */

/* NULL after saying why. No rules at all are fine: then events are only stored. */
static const struct argot_plan *
read_rules(void *context, struct argot_ruleset *set)
{
    static const struct argot_plan none;
    const struct run_command *command = context;
    const struct argot_config_paths *rules = &command->configuration.config->rules;
    if (rules->given && !rules->count)
        return &none;
    if (!rules->given && !argot_ruleset_add_stock(set))
        return NULL;
    for (size_t i = 0; i < rules->count; i++)
        if (!argot_ruleset_add(set, rules->paths[i].text))
            return NULL;
    return argot_ruleset_plan(set, command->reading.quiet);
}

/* ---- inputs ---- */

static bool
add_path(struct run_command *command, const struct argot_config_input *input, const char *path,
         const struct argot_zone *zone)
{
    if (command->ninputs == command->room) {
        size_t room = command->room ? command->room * 2 : 16;
        const char **paths = argot_arena_zalloc(&command->arena, room, sizeof *paths);
        struct argot_settings *each = argot_arena_zalloc(&command->arena, room, sizeof *each);
        if (!paths || !each)
            return no_memory(command);
        if (command->ninputs) {
            memcpy(paths, command->paths, command->ninputs * sizeof *paths);
            memcpy(each, command->each, command->ninputs * sizeof *each);
        }
        command->paths = paths;
        command->each = each;
        command->room = room;
    }
    command->each[command->ninputs] = (struct argot_settings){.format = input->format.text, .zone = zone};
    command->paths[command->ninputs] = argot_arena_copy(&command->arena, path, strlen(path));
    return command->paths[command->ninputs++] || no_memory(command);
}

static bool
add_pattern(struct run_command *command, const struct argot_config_input *input, const char *pattern,
            const struct argot_zone *zone)
{
    glob_t found;
    int status = glob(pattern, GLOB_NOSORT, NULL, &found);
    bool good = true;
    if (status == GLOB_NOMATCH) {
        argot_say(command->reading.cli->seam, "%s: no file fits", input->path);
        return true;
    }
    if (status)
        return no_memory(command);
    qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, argot_walk_compare);
    for (size_t i = 0; good && i < found.gl_pathc; i++)
        if (!argot_walk_is_folder(found.gl_pathv[i]))
            good = add_path(command, input, found.gl_pathv[i], zone);
    globfree(&found);
    return good;
}

static bool
load_zone(struct run_command *command, size_t index)
{
    struct argot_seam *seam = command->reading.cli->seam;
    const struct argot_config_input *input = &command->configuration.config->inputs[index];
    char why[WHY_BYTES];
    if (!input->timezone.text)
        return true;
    command->zones[index] = argot_zone_load(seam, NULL, input->timezone.text, why, sizeof why);
    if (!command->zones[index])
        argot_say(seam, "%s: %s", input->timezone.text, why);
    return command->zones[index];
}

static bool
add_inputs(struct run_command *command)
{
    const struct argot_config *config = command->configuration.config;
    command->zones = argot_arena_zalloc(&command->arena, config->ninputs, sizeof(struct argot_zone *));
    if (!command->zones)
        return no_memory(command);
    bool live = argot_serving_is_due(config);
    for (size_t i = 0; i < config->ninputs; i++) {
        const struct argot_config_input *input = &config->inputs[i];
        if (!load_zone(command, i))
            return false;
        if (!live && !(input->pattern ? add_pattern : add_path)(command, input, input->path, command->zones[i]))
            return false;
    }
    if (live)
        return true;
    command->reading.options.paths = command->paths;
    command->reading.options.npaths = command->ninputs;
    return true;
}

/* ---- alerts ---- */

/* Standard output; the others are opened by telling.c. */
static void
add_output(struct run_command *command)
{
    const struct argot_config *config = command->configuration.config;
    struct argot_parse_options *chosen = &command->reading.options;
    chosen->output = ARGOT_PARSE_NONE;
    for (size_t i = 0; i < config->nalerts; i++) {
        const struct argot_config_alert *alert = &config->alerts[i];
        if (alert->kind != ARGOT_CONFIG_ALERT_STDOUT)
            continue;
        chosen->output = alert->text ? ARGOT_PARSE_TEXT : ARGOT_PARSE_JSONL;
        chosen->standard = argot_telling_standard(alert->schema);
        command->reading.output_named = true;
    }
}

/* ---- the run ---- */

/* What is given up is given up in closed segments, so they may not become old before they are. */
static int64_t
span_of_segments(const struct argot_config_retention *retention)
{
    const int64_t ages[] = {retention->events_ns, retention->raw_ns, retention->alerts_ns, retention->dead_letters_ns};
    int64_t span_ns = INT64_MAX;
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++)
        if (ages[i] && ages[i] / SEGMENT_PART < span_ns)
            span_ns = ages[i] / SEGMENT_PART;
    if (span_ns == INT64_MAX)
        return 0;
    return span_ns < LEAST_SEGMENT_NS ? LEAST_SEGMENT_NS : span_ns > MOST_SEGMENT_NS ? MOST_SEGMENT_NS : span_ns;
}

/* Files can be read again, senders do not repeat themselves. */
static struct argot_store_options
store_options(struct argot_seam *seam, const struct argot_config *config)
{
    const struct argot_config_retention *retention = &config->retention;
    struct argot_store_options chosen = {
        .seam = seam,
        .path = config->store.path,
        .segment_bytes = config->store.segment_bytes,
        .segment_ns = config->store.segment_span_ns,
        .keep_events_ns = retention->events_ns,
        .keep_raw_ns = retention->raw_ns,
        .keep_alerts_ns = retention->alerts_ns,
        .keep_letters_ns = retention->dead_letters_ns,
        .keep_bytes = retention->size_bytes,
    };
    for (size_t i = 0; i < config->ninputs; i++)
        chosen.durable |= config->inputs[i].kind == ARGOT_CONFIG_SYSLOG;
    if (!chosen.segment_bytes && !chosen.segment_ns) {
        chosen.segment_bytes = SEGMENT_BYTES;
        chosen.segment_ns = span_of_segments(retention);
    }
    return chosen;
}

static struct argot_store *
open_again(void *context, bool *full, char *why, size_t why_size)
{
    struct run_command *command = context;
    struct argot_store_options chosen = store_options(command->reading.cli->seam, command->configuration.config);
    chosen.full = full;
    chosen.aside = argot_aside_of(command->aside);
    chosen.policies = argot_configuration_policies(&command->configuration, &chosen.npolicies);
    if (chosen.policies)
        return argot_store_open(&chosen, why, why_size);
    snprintf(why, why_size, "there is no memory");
    return NULL;
}

/* NULL after saying why. */
static struct argot_store *
open_store(struct run_command *command)
{
    struct argot_seam *seam = command->reading.cli->seam;
    const struct argot_config *config = command->configuration.config;
    char why[WHY_BYTES];
    bool full;
    struct argot_store *store = open_again(command, &full, why, sizeof why);
    if (!store)
        argot_say(seam, "%s: %s%s%s", config->store.path, why, config->user.text ? "; it is opened as " : "",
                  config->user.text ? config->user.text : "");
    return store;
}

enum turn { TURN_OVER, TURN_FULL };

/* One run, from the last commit. */
static enum turn
read_to_end(struct run_command *command, const struct argot_plan *plan, struct argot_store *store, int *status)
{
    struct argot_reading *reading = &command->reading;
    int64_t late_ns = command->configuration.config->late_ns;
    struct argot_detect_result result;
    char why[WHY_BYTES];
    struct argot_detect_options chosen = {
        .parse = reading->options,
        .plan = plan,
        .late_ns = late_ns < 0 ? ARGOT_PLAN_DEFAULT_LATE_NS : late_ns,
        .store = store,
        .announce = command->telling.announce,
        .each = command->each,
        .commit_rows = command->commit_rows,
        .warm_events = command->warm_events,
    };
    if (!argot_detect_run(&chosen, &result, why, sizeof why)) {
        argot_say(reading->cli->seam, "%s", why);
        *status = ARGOT_EXIT_FAILED;
        return TURN_OVER;
    }
    enum turn turn = result.parse.end == ARGOT_PARSE_STORE_ERROR && argot_store_is_full(store) ? TURN_FULL : TURN_OVER;
    argot_serving_say_store(reading, command->configuration.config, &result, turn == TURN_FULL);
    struct argot_summary summary = {.result = &result.parse, .detect = &result, .plan = plan, .letters_kept = true};
    if (turn == TURN_OVER)
        *status = argot_reading_end(reading, &summary);
    argot_detect_finish(reading->cli->seam, &result);
    return turn;
}

static void
attend(void *context)
{
    struct run_command *command = context;
    if (command->reporting.cli)
        argot_reporting_attend(&command->reporting);
}

static int
serve(struct run_command *command, const struct argot_plan *plan, struct argot_store **store)
{
    struct argot_serving serving = {
        .reading = &command->reading,
        .config = command->configuration.config,
        .path = command->path,
        .zones = command->zones,
        .store = store,
        .open = open_again,
        .attend = attend,
        .plan = plan,
        .announce = command->telling.announce,
        .reporting = &command->reporting,
        .rights = &command->rights,
        .commit_rows = command->commit_rows,
        .warm_events = command->warm_events,
        .rules = read_rules,
        .context = command,
    };
    return argot_serving_run(&serving);
}

/* What waits in the store to be told goes on. */
static bool
use_store(struct run_command *command, struct argot_store *store)
{
    struct argot_announce *announce = command->telling.announce;
    if (!announce || argot_announce_use(announce, store))
        return true;
    argot_say(command->reading.cli->seam, "%s: %s", command->configuration.config->store.path,
              argot_store_problem(store));
    return false;
}

/* Who waits for the end of a service is not kept long; a run that has come to its end has time. */
static void
leave_store(struct run_command *command, struct argot_store *store)
{
    struct argot_announce *announce = command->telling.announce;
    int64_t wait_ns = argot_interrupt_stop(NULL) ? STOP_NS : END_NS;
    if (!announce)
        return;
    if (store && !*argot_store_problem(store) && !argot_announce_finish(announce, wait_ns))
        argot_say(command->reading.cli->seam, "%s: %s", command->configuration.config->store.path,
                  argot_store_problem(store));
    (void)argot_announce_use(announce, NULL);
}

/* Nothing is read while there is no room for it: files wait. */
static int
read_all(struct run_command *command, const struct argot_plan *plan, struct argot_store **store)
{
    struct argot_room room = {.seam = command->reading.cli->seam,
                              .config = command->configuration.config,
                              .open = open_again,
                              .attend = attend,
                              .context = command};
    int status = ARGOT_EXIT_FAILED;
    while (read_to_end(command, plan, *store, &status) == TURN_FULL) {
        if (command->telling.announce)
            (void)argot_announce_use(command->telling.announce, NULL);
        if (!argot_room_wait(&room, store))
            return ARGOT_EXIT_INTERRUPTED;
        if (!use_store(command, *store))
            return ARGOT_EXIT_FAILED;
    }
    return status;
}

static int
run_store(struct run_command *command, const struct argot_plan *plan)
{
    bool live = argot_serving_is_due(command->configuration.config);
    if (live) /* else nobody waits, and what is done is done when the run ends */
        command->aside = argot_aside_new(command->reading.cli->seam);
    struct argot_store *store = open_store(command);
    if (store && live)
        argot_reporting_begin(&command->reporting, command->reading.cli, command->configuration.config);
    bool good = store && use_store(command, store);
    int status = good ? (live ? serve : read_all)(command, plan, &store) : ARGOT_EXIT_FAILED;
    leave_store(command, store);
    argot_store_close(store);
    argot_aside_free(command->aside);
    return status;
}

static int
run_configured(struct run_command *command)
{
    struct argot_cli *cli = command->reading.cli;
    if (!argot_rights_begin(&command->rights, cli, command->configuration.config))
        return ARGOT_EXIT_USAGE;
    const struct argot_plan *plan = read_rules(command, &command->rules);
    if (!plan || !add_inputs(command) || !argot_files_allow(cli->seam, command->ninputs))
        return ARGOT_EXIT_USAGE;
    add_output(command);
    int status = argot_reading_begin(&command->reading);
    if (status)
        return status;
    status = ARGOT_EXIT_FAILED;
    if (argot_telling_begin(&command->telling, cli, command->configuration.config, command->reading.quiet) &&
        argot_rights_enter(&command->rights))
        status = run_store(command, plan);
    argot_notify_stopping(&command->reporting.notify);
    argot_reporting_finish(&command->reporting);
    argot_telling_finish(&command->telling);
    return status;
}

static int
load(struct run_command *command)
{
    struct argot_buffer words;
    enum argot_configuration_status status = argot_configuration_load(&command->configuration, command->path);
    argot_buffer_init(&words, command->reading.cli->seam);
    argot_configuration_print(&command->configuration, false, &words);
    argot_say_words(command->reading.cli->seam, &words);
    argot_buffer_finish(&words);
    return status == ARGOT_CONFIGURATION_GOOD ? run_configured(command) : ARGOT_EXIT_USAGE;
}

static void
finish(struct run_command *command)
{
    const struct argot_config *config = command->configuration.config;
    for (size_t i = 0; command->zones && i < config->ninputs; i++)
        argot_zone_free(command->zones[i]);
    argot_rights_finish(&command->rights);
    argot_arena_finish(&command->arena);
    argot_ruleset_finish(&command->rules);
    argot_configuration_finish(&command->configuration);
    argot_reading_finish(&command->reading);
}

static bool
read_option(struct run_command *command, int option, const char *value)
{
    if (option == OPTION_CONFIG)
        command->path = value;
    else if (option == OPTION_COMMIT_ROWS)
        return argot_reading_number(&command->reading, option, value, MAX_COMMIT_ROWS, &command->commit_rows);
    else if (option == OPTION_WARM_UP)
        return argot_reading_number(&command->reading, option, value, MAX_WARM_EVENTS, &command->warm_events);
    else
        return argot_reading_option(&command->reading, option, value) == ARGOT_READING_TAKEN;
    return true;
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct run_command command = {
        .reading =
            {
                .args = {.cli = cli, .command = &argot_cmd_run, .argc = argc, .argv = argv},
                .cli = cli,
                .results = "alerts",
            },
        .path = CONFIGURATION,
    };
    struct argot_args *args = &command.reading.args;
    argot_reading_init(&command.reading);
    argot_ruleset_init(&command.rules, cli);
    argot_configuration_init(&command.configuration, cli);
    argot_arena_init(&command.arena, cli->seam, 0);
    const char *value;
    int option, status = ARGOT_EXIT_USAGE;
    while ((option = argot_args_next(args, &value)) >= 0)
        if (!read_option(&command, option, value))
            goto end;
    if (option == ARGOT_ARGS_EXIT)
        status = args->status;
    else if (args->noperands)
        argot_args_refuse(args, "`%s`: what is read stands in the configuration", args->operands[0]);
    else
        status = load(&command);
end:
    finish(&command);
    return status;
}

const struct argot_command argot_cmd_run = {
    .name = "run",
    .summary = "logs into the store, as a configuration says",
    .usage = "[-c FILE] [OPTION...]",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "Events, dead letters, and alerts of rules go to the store, with how far each input was read.\n"
            "A run goes on where the one before it was, however that ended: nothing is lost, and nothing\n"
            "is there twice. It ends when every input has ended. `argot check -c FILE` only checks.\n\n"
            "Exit status: 0 done; 1 dead letters with --strict; 2 wrong use, or mistakes in configuration\n"
            "or rules; 3 an input, an output or the store failed; 130 interrupted.\n\n"
            "Examples:\n"
            "  argot run -c /etc/argot/argot.yaml\n",
    .run = run,
};
