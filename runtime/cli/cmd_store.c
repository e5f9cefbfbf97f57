/* SPDX-License-Identifier: Apache-2.0
 * argot store: whether a store is whole, saving what is intact of one that is not, and taking out what it has. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/export.h"
#include "cli/moment.h"
#include "cli/say.h"
#include "store/inspect.h"

#define WHY_BYTES 320

enum { OPTION_ACT, OPTION_LAST, OPTION_FROM, OPTION_TO, OPTION_OUTPUT, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_ACT] = {"act", 0, NULL,
                    "repair: writes what is intact to a new file, which takes the name of the\n"
                    "old; export: writes the files; without it is only told what would be"},
    [OPTION_LAST] = ARGOT_MOMENT_LAST,
    [OPTION_FROM] = ARGOT_MOMENT_FROM,
    [OPTION_TO] = ARGOT_MOMENT_TO,
    [OPTION_OUTPUT] = {"output", 'o', "FORMAT", "export: jsonl (the default) or csv"},
};

struct store_command {
    struct argot_args args;
    const char *values[OPTION_COUNT]; /* NULL: not given */
};

static void
on_problem(void *context, const char *file, const char *words)
{
    argot_say(context, "%s: %s", file, words);
}

static void
put_counts(struct argot_buffer *out, uint64_t events, uint64_t alerts, uint64_t letters)
{
    argot_say_count(out, events, "event", "events");
    argot_buffer_append_text(out, ", ");
    argot_say_count(out, alerts, "alert", "alerts");
    argot_buffer_append_text(out, ", ");
    argot_say_count(out, letters, "dead letter", "dead letters");
}

static int
check(const struct argot_inspect *inspect)
{
    struct argot_inspect_result result;
    struct argot_buffer out;
    char why[WHY_BYTES];
    if (!argot_inspect_check(inspect, &result, why, sizeof why)) {
        argot_say(inspect->seam, "%s: %s", inspect->path, why);
        return ARGOT_EXIT_FAILED;
    }
    argot_buffer_init(&out, inspect->seam);
    put_counts(&out, result.events, result.alerts, result.letters);
    argot_buffer_append_text(&out, " in ");
    argot_say_count(&out, result.files, "file", "files");
    if (result.damaged)
        argot_buffer_printf(&out, ", of which %llu not as it should be\n", (unsigned long long)result.damaged);
    else
        argot_buffer_append_text(&out, ", all as it should be\n");
    if (result.torn)
        argot_buffer_append_text(&out, "`argot store repair FILE` tells how much of a damaged file can be saved\n");
    int status = argot_say_write(inspect->seam, &out);
    return status == ARGOT_EXIT_DONE && result.damaged ? ARGOT_EXIT_NOT_HELD : status;
}

static int
repair(const struct argot_inspect *inspect, bool act)
{
    struct argot_inspect_saved saved;
    struct argot_buffer out;
    char why[WHY_BYTES];
    if (!argot_inspect_repair(inspect, act, &saved, why, sizeof why)) {
        argot_say(inspect->seam, "%s: %s", inspect->path, why);
        return ARGOT_EXIT_FAILED;
    }
    argot_buffer_init(&out, inspect->seam);
    put_counts(&out, saved.events, saved.alerts, saved.letters);
    argot_buffer_append_text(&out, act ? " were saved, " : " can be saved, ");
    argot_say_count(&out, saved.gaps, "place", "places");
    argot_buffer_append_text(&out, " cannot be read\n");
    if (act)
        argot_buffer_printf(&out, "the old file is %s%s\n", inspect->path, saved.kept);
    else
        argot_buffer_append_text(&out, "nothing was changed; --act does it\n");
    return argot_say_write(inspect->seam, &out);
}

static int
inspect(const struct store_command *command, bool repairs)
{
    const struct argot_args *args = &command->args;
    struct argot_seam *seam = args->cli->seam;
    for (int i = OPTION_ACT + repairs; i < OPTION_COUNT; i++)
        if (command->values[i])
            return argot_args_refuse(args, "--%s goes with %s", options[i].name,
                                     i == OPTION_ACT ? "`repair` and `export`" : "`export`");
    if (args->noperands != 2)
        return argot_args_refuse(args, "one store is due behind `%s`", args->operands[0]);
    struct argot_inspect inspect = {
        .seam = seam, .path = argot_args_store(args->operands[1]), .context = seam, .say = on_problem};
    return repairs ? repair(&inspect, command->values[OPTION_ACT]) : check(&inspect);
}

static int export(const struct store_command *command)
{
    const struct argot_args *args = &command->args;
    const char *const *values = command->values, *output = values[OPTION_OUTPUT];
    struct argot_export chosen = {.args = args, .act = values[OPTION_ACT], .csv = output && !strcmp(output, "csv")};
    if (args->noperands != 3)
        return argot_args_refuse(args, "a store and a folder are due behind `export`");
    if (output && !chosen.csv && strcmp(output, "jsonl") != 0)
        return argot_args_refuse(args, "--output: jsonl or csv, not `%s`", output);
    struct argot_moment_range range = {values[OPTION_LAST], values[OPTION_FROM], values[OPTION_TO], 0, 0};
    if (!argot_moment_range(args, &range))
        return ARGOT_EXIT_USAGE;
    chosen.from = range.oldest;
    chosen.to = range.newest;
    chosen.store = argot_args_store(args->operands[1]);
    chosen.folder = args->operands[2];
    return argot_export_run(&chosen);
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct store_command command = {.args = {.cli = cli, .command = &argot_cmd_store, .argc = argc, .argv = argv}};
    const struct argot_args *args = &command.args;
    const char *value;
    int option;
    while ((option = argot_args_next(&command.args, &value)) >= 0)
        command.values[option] = value ? value : "";
    if (option == ARGOT_ARGS_EXIT)
        return args->status;
    const char *what = args->noperands ? args->operands[0] : "";
    if (!strcmp(what, "export"))
        return export(&command);
    if (!strcmp(what, "check") || !strcmp(what, "repair"))
        return inspect(&command, !strcmp(what, "repair"));
    return argot_args_refuse(args, "`check`, `repair` or `export` comes first");
}

const struct argot_command argot_cmd_store = {
    .name = "store",
    .summary = "checks the database of argot run, saves what is intact of it, exports it",
    .usage = "check FILE\nrepair [--act] FILE\nexport [--act] [OPTION...] STORE FOLDER",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "check reads the store and all its closed segments: whether the files are whole, nothing is\n"
            "there twice, and positions and counts of inputs agree with what is there. repair is for one\n"
            "file that is damaged, while no argot writes to it. export writes events, alerts and dead\n"
            "letters of a range of time, of all segments, each to a file; a run may go on meanwhile.\n\n"
            "Exit status: 0 done; 1 something is not as it should be; 2 wrong use; 3 a file cannot be\n"
            "read or written.\n\n"
            "Examples:\n"
            "  argot store check /var/lib/argot/events.db\n"
            "  argot store repair --act events-2026-11-24-1.db\n"
            "  argot store export --from 2026-03-01 --to 2026-03-31 events.db march --act\n",
    .run = run,
};
