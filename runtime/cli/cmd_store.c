/* SPDX-License-Identifier: Apache-2.0
 * argot store: whether a store is whole, and saving what is intact of one that is not. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/say.h"
#include "store/inspect.h"

#define WHY_BYTES 320
#define SCHEME "sqlite:"

enum { OPTION_ACT, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_ACT] = {"act", 0, NULL,
                    "repair: writes what is intact to a new file, which takes the name of the\n"
                    "old; without it is only told what would be saved"},
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
run_with(const struct argot_args *args, bool act)
{
    const char *what = args->noperands ? args->operands[0] : NULL;
    bool repairs = what && !strcmp(what, "repair");
    if (!what || (!repairs && strcmp(what, "check") != 0))
        return argot_args_refuse(args, "`check` or `repair` comes first");
    if (args->noperands != 2)
        return argot_args_refuse(args, "one store is due behind `%s`", what);
    if (act && !repairs)
        return argot_args_refuse(args, "--act goes with `repair`");
    const char *path = args->operands[1];
    if (!strncmp(path, SCHEME, strlen(SCHEME)))
        path += strlen(SCHEME);
    struct argot_seam *seam = args->cli->seam;
    struct argot_inspect inspect = {.seam = seam, .path = path, .context = seam, .say = on_problem};
    return repairs ? repair(&inspect, act) : check(&inspect);
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct argot_args args = {.cli = cli, .command = &argot_cmd_store, .argc = argc, .argv = argv};
    const char *value;
    bool act = false;
    int option;
    while ((option = argot_args_next(&args, &value)) >= 0)
        act = true;
    return option == ARGOT_ARGS_EXIT ? args.status : run_with(&args, act);
}

const struct argot_command argot_cmd_store = {
    .name = "store",
    .summary = "checks the database of argot run, and saves what is intact of it",
    .usage = "check FILE\nrepair [--act] FILE",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "check reads the store and all its closed segments: whether the files are whole, nothing is\n"
            "there twice, and positions and counts of inputs agree with what is there. repair is for one\n"
            "file that is damaged, while no argot writes to it.\n\n"
            "Exit status: 0 done; 1 something is not as it should be; 2 wrong use; 3 a file cannot be\n"
            "read or written.\n\n"
            "Examples:\n"
            "  argot store check /var/lib/argot/events.db\n"
            "  argot store repair --act events-2026-11-24-1.db\n",
    .run = run,
};
