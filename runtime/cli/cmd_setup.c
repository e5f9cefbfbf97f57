/* SPDX-License-Identifier: Apache-2.0
 * argot setup: looks at the logs of a machine and proposes a configuration for argot run. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/load.h"
#include "cli/proposal.h"
#include "cli/say.h"
#include "cli/services.h"
#include "decode/zone.h"
#include "input/journal.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES 4096
#define WHY_BYTES 160
#define STORE "events.db"
#define ZONES "/zoneinfo/"

enum { OPTION_OUTPUT, OPTION_STORE, OPTION_ROOT, OPTION_LOAD, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_OUTPUT] = {"output", 'o', "FILE", "writes the configuration to a new file; else to standard output"},
    [OPTION_STORE] = {"store", 0, "PATH", "where events shall go; " STORE " beside the configuration by default"},
    [OPTION_ROOT] = {"root", 0, "FOLDER", "looks at the system below this folder"},
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
};

struct setup_command {
    struct argot_args args;
    struct argot_cli *cli;
    const char *output, *store, *root;
    struct argot_survey survey;
    char zone[PATH_BYTES];
};

/* A path below the root. NULL: it is too long. */
static const char *
below(const struct setup_command *command, const char *path, char text[PATH_BYTES])
{
    int length = snprintf(text, PATH_BYTES, "%s%s", command->root, path);
    return length < PATH_BYTES ? text : NULL;
}

/* The zone of times without one, by the link that names it; NULL where that is UTC or nobody knows. */
static const char *
zone_of_machine(struct setup_command *command)
{
    char path[PATH_BYTES], why[WHY_BYTES];
    const char *link = below(command, "/etc/localtime", path);
    ssize_t length = link ? readlink(link, command->zone, sizeof command->zone - 1) : -1;
    if (length <= 0)
        return NULL;
    command->zone[length] = 0;
    const char *name = strstr(command->zone, ZONES);
    name = name ? name + strlen(ZONES) : "";
    struct argot_zone *zone = *name ? argot_zone_load(command->cli->seam, NULL, name, why, sizeof why) : NULL;
    argot_zone_free(zone);
    return zone && strcmp(name, "UTC") != 0 && strcmp(name, "Etc/UTC") != 0 ? name : NULL;
}

static bool
note_entry(void *context, const char *name)
{
    *(bool *)context = name[0] != '.';
    return !*(bool *)context;
}

/* The journal of the machine that is looked at, as an input names it; NULL where there is none that argot can read. */
static const char *
journal_of_machine(const struct setup_command *command, char path[PATH_BYTES])
{
    static const char *const folders[] = {"/var/log/journal", "/run/log/journal"};
    struct argot_seam_live *live = argot_seam_live_system();
    for (size_t i = 0; argot_journal_is_there() && i < sizeof folders / sizeof *folders; i++) {
        bool some = false;
        if (below(command, folders[i], path) && !live->list(live, path, note_entry, &some) && some)
            return *command->root ? path : ARGOT_JOURNAL_SYSTEM;
    }
    return NULL;
}

/* ---- what is told ---- */

/* The configuration goes to a file: people are told what is in it. */
static void
tell(const struct setup_command *command, const struct argot_proposal *proposal)
{
    struct argot_buffer words;
    argot_buffer_init(&words, command->cli->seam);
    argot_buffer_append_text(&words, "argot: ");
    argot_say_escape(&words, command->output, strlen(command->output));
    argot_buffer_append_text(&words, " reads ");
    argot_say_count(&words, argot_proposal_inputs(proposal), "log", "logs");
    argot_buffer_append_byte(&words, '\n');
    argot_proposal_rest(proposal, "  not read: ", &words);
    argot_say_words(command->cli->seam, &words);
    argot_buffer_finish(&words);
}

static int
write_file(const struct setup_command *command, const struct argot_proposal *proposal, struct argot_buffer *out)
{
    int error = argot_files_replace(command->cli->seam, command->output, out);
    argot_buffer_finish(out);
    if (error) {
        argot_say(command->cli->seam, "%s: %s", command->output, argot_say_error(error));
        return ARGOT_EXIT_FAILED;
    }
    tell(command, proposal);
    return ARGOT_EXIT_DONE;
}

static int
propose(const struct setup_command *command, const struct argot_proposal *proposal)
{
    struct argot_buffer out;
    argot_buffer_init(&out, command->cli->seam);
    if (!argot_proposal_inputs(proposal)) {
        argot_say(command->cli->seam, "no log was found that formats read:");
        argot_proposal_rest(proposal, "  ", &out);
        argot_say_words(command->cli->seam, &out);
        argot_buffer_finish(&out);
        return ARGOT_EXIT_NOT_HELD;
    }
    argot_proposal_write(proposal, &out);
    return command->output ? write_file(command, proposal, &out) : argot_say_write(command->cli->seam, &out);
}

/* ---- looking ---- */

static int
look_at(struct setup_command *command, const char *const *places, size_t nplaces)
{
    struct argot_seam *seam = command->cli->seam;
    bool *running = seam->allocate(seam, argot_services_count() + 1);
    char path[PATH_BYTES], journal[PATH_BYTES];
    int status = ARGOT_EXIT_FAILED;
    const char *processes = below(command, "/proc", path);
    if (!running)
        argot_say(seam, "there is no memory");
    else if (argot_survey_begin(&command->survey, command->cli, places, nplaces)) {
        memset(running, 0, argot_services_count() + 1);
        if (processes) /* where it is not there, nothing runs that could be told */
            (void)argot_services_look(seam, argot_seam_live_system(), processes, running);
        struct argot_proposal proposal = {.survey = &command->survey,
                                          .store = command->store,
                                          .zone = zone_of_machine(command),
                                          .journal =
                                              command->args.noperands ? NULL : journal_of_machine(command, journal),
                                          .running = running};
        status = propose(command, &proposal);
    }
    argot_survey_finish(&command->survey);
    seam->release(seam, running);
    return status;
}

static int
setup(struct setup_command *command)
{
    struct argot_args *args = &command->args;
    char logs[PATH_BYTES];
    const char *place = below(command, "/var/log", logs);
    if (!place)
        return argot_args_refuse(args, "--root: the path is too long");
    int there = command->output ? argot_seam_find(command->cli->seam, command->output) : 0;
    if (there < 0) /* whatever is there, it cannot be written either */
        argot_say(command->cli->seam, "%s: %s", command->output, strerror(-there));
    else if (there)
        argot_say(command->cli->seam, "%s is there already, and stays as it is; -o names another file",
                  command->output);
    if (there)
        return ARGOT_EXIT_USAGE;
    bool named = args->noperands > 0;
    return look_at(command, named ? (const char *const *)args->operands : &place, named ? args->noperands : 1);
}

static bool
read_option(struct setup_command *command, int option, const char *value)
{
    switch (option) {
    case OPTION_OUTPUT:
        command->output = value;
        return true;
    case OPTION_STORE:
        command->store = value;
        return true;
    case OPTION_ROOT:
        command->root = value;
        return true;
    default:
        return argot_load_option(&command->args, value);
    }
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct setup_command command = {
        .args = {.cli = cli, .command = &argot_cmd_setup, .argc = argc, .argv = argv},
        .cli = cli,
        .store = STORE,
        .root = "",
    };
    const char *value;
    int option;
    while ((option = argot_args_next(&command.args, &value)) >= 0)
        if (!read_option(&command, option, value))
            return ARGOT_EXIT_USAGE;
    return option == ARGOT_ARGS_EXIT ? command.args.status : setup(&command);
}

const struct argot_command argot_cmd_setup = {
    .name = "setup",
    .summary = "proposes a configuration for the logs of this machine",
    .usage = "[OPTION...] [FILE|FOLDER...]",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "Looks at the logs below /var/log and at the journal, or at the logs that are named: which\n"
            "formats read the end of each, and which are written twice. What formats read goes into the\n"
            "configuration; what they do not, and services of which no log was found, are told.\n\n"
            "Exit status: 0 done; 1 no log was found that formats read; 2 wrong use; 3 the file cannot be\n"
            "written.\n\n"
            "Examples:\n"
            "  argot setup\n"
            "  argot setup -o argot.yaml && argot run\n"
            "  argot setup --store /var/lib/argot/events.db -o /etc/argot/argot.yaml\n",
    .run = run,
};
