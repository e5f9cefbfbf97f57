/* SPDX-License-Identifier: Apache-2.0
 * argot check: what the format compiler says about format files, and the rule compiler about rule files, without
 * making anything of them. The rule files of one run are one namespace. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/load.h"
#include "cli/ruleset.h"
#include "cli/say.h"
#include "cli/share.h"
#include "cli/stock.h"
#include "generator/check_file.h"

enum { OPTION_CONFIG, OPTION_JSON, OPTION_OVERLAPS, OPTION_SCHEMA, OPTION_LOAD, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_CONFIG] = {"config", 'c', "FILE", "a configuration of `argot run`; its rules are checked with it"},
    [OPTION_JSON] = {"json", 0, NULL, "one JSON object a diagnostic, for editors"},
    [OPTION_OVERLAPS] = {"overlaps", 'v', NULL, "also tells of lines that several messages or formats fit"},
    [OPTION_SCHEMA] = {"schema", 0, "FILE", "another schema than the one that argot was built with"},
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
};

struct check {
    struct argot_cli *cli;
    const char *config; /* NULL: none */
    const char *schema; /* NULL: the one that argot was built with */
    bool json, overlaps;
    bool loaded; /* the formats of modules, as no file is named */
    struct argot_buffer out, words;
    size_t files, wrong;
    bool unread;
};

/* ---- formats ---- */

/* The formats that are built in or loaded; NULL without memory, or where one of them is not used. */
static struct argot_gen_other *
other_formats(struct check *check, size_t *count)
{
    struct argot_registry *registry = argot_stock_registry(check->cli);
    *count = registry ? argot_registry_count(registry) : 0;
    struct argot_gen_other *others =
        registry ? check->cli->seam->allocate(check->cli->seam, (*count + 1) * sizeof *others) : NULL;
    for (size_t i = 0; others && i < *count; i++) {
        const struct argot_normalizer *normalizer = argot_registry_at(registry, i);
        others[i] = (struct argot_gen_other){normalizer->name, normalizer->yaml};
    }
    return others;
}

static void
check_format(struct check *check, struct argot_gen_check *one)
{
    enum argot_gen_result result = argot_gen_check_file(check->cli->seam, one, &check->out, &check->words);
    check->files++;
    check->wrong += result != ARGOT_GEN_OK;
    check->unread = check->unread || result == ARGOT_GEN_UNREAD;
}

/* The formats of modules, by the files that lie in them. One that a later one replaces is never used. */
static void
check_modules(struct check *check, struct argot_gen_check *one)
{
    const struct argot_registry *registry = argot_stock_registry(check->cli);
    for (size_t i = 0; registry && i < argot_registry_count(registry); i++) {
        const struct argot_normalizer *normalizer = argot_registry_at(registry, i);
        const struct argot_module *module = argot_load_origin(check->cli, normalizer);
        char place[1024];
        if (!module)
            continue;
        argot_load_place(module, normalizer, place, sizeof place);
        one->path = place;
        one->yaml = normalizer->yaml;
        check_format(check, one);
    }
}

/* With no path at all: the formats that were loaded. */
static bool
check_formats(struct check *check, char **paths, size_t count)
{
    char schema_path[ARGOT_SHARE_PATH_BYTES], formats[ARGOT_SHARE_PATH_BYTES];
    struct argot_seam *seam = check->cli->seam;
    if (!check->schema && !argot_share_find(seam, "schema.yaml", schema_path, sizeof schema_path)) {
        argot_say(seam, "share/argot/schema.yaml is not where argot was installed; --schema FILE names one");
        return false;
    }
    bool found = argot_share_find(seam, "formats", formats, sizeof formats);
    struct argot_gen_check one = {.schema_path = check->schema ? check->schema : schema_path,
                                  .formats_dir = found ? formats : NULL,
                                  .json = check->json,
                                  .overlaps = check->overlaps};
    struct argot_gen_other *others = check->overlaps ? other_formats(check, &one.nothers) : NULL;
    one.others = others;
    if (check->overlaps && !others)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (argot_ruleset_is_path(paths[i]))
            continue;
        one.path = paths[i];
        check_format(check, &one);
    }
    if (!count)
        check_modules(check, &one);
    seam->release(seam, others);
    return true;
}

/* ---- rules ---- */

/* The rules of a configuration are one namespace with those that are named. */
static bool
check_rules(struct check *check, char **paths, size_t count, const struct argot_config_paths *more)
{
    struct argot_ruleset set;
    argot_ruleset_init(&set, check->cli);
    bool good = true;
    for (size_t i = 0; i < count && good; i++)
        good = !argot_ruleset_is_path(paths[i]) || argot_ruleset_add(&set, paths[i]);
    for (size_t i = 0; i < more->count && good; i++)
        good = argot_ruleset_add(&set, more->paths[i].text);
    good = good && argot_ruleset_compile(&set, check->json, &check->out);
    if (good) {
        check->files += set.walk.count;
        check->wrong += set.unread + argot_rules_wrong(set.rules);
        check->unread = check->unread || set.unread > 0 || set.walk.failed;
    }
    argot_ruleset_finish(&set);
    return good;
}

/* ---- a configuration ---- */

static bool
check_config(struct check *check, struct argot_configuration *configuration)
{
    if (!check->config)
        return true;
    enum argot_configuration_status status = argot_configuration_load(configuration, check->config);
    argot_configuration_print(configuration, check->json, &check->out);
    check->files++;
    check->wrong += status != ARGOT_CONFIGURATION_GOOD;
    check->unread = check->unread || status == ARGOT_CONFIGURATION_UNREAD;
    return status != ARGOT_CONFIGURATION_FAILED;
}

/* ---- the command ---- */

/* The configuration first, since it may name modules, whose formats rules may be about. */
static bool
check_parts(struct check *check, struct argot_configuration *configuration, char **paths, size_t count)
{
    size_t rules = 0;
    for (size_t i = 0; i < count; i++)
        rules += argot_ruleset_is_path(paths[i]);
    if (!check_config(check, configuration))
        return false;
    struct argot_config_paths none = {0};
    const struct argot_config_paths *more = configuration->config ? &configuration->config->rules : &none;
    return ((rules == count && !check->loaded) || check_formats(check, paths, count)) &&
           ((!rules && !more->count) || check_rules(check, paths, count, more));
}

/* Diagnostics are what was asked for, so they go to standard output. */
static int
check_all(struct check *check, char **paths, size_t count)
{
    struct argot_seam *seam = check->cli->seam;
    struct argot_configuration configuration;
    argot_configuration_init(&configuration, check->cli);
    argot_buffer_init(&check->out, seam);
    argot_buffer_init(&check->words, seam);
    bool good = check_parts(check, &configuration, paths, count);
    argot_configuration_finish(&configuration);
    argot_say_words(seam, &check->words);
    argot_buffer_finish(&check->words);
    if (!good) {
        argot_buffer_finish(&check->out);
        return ARGOT_EXIT_USAGE;
    }
    if (!check->json)
        argot_buffer_printf(&check->out, "%zu checked, %zu with errors\n", check->files, check->wrong);
    int status = argot_say_write(seam, &check->out);
    if (status || check->unread)
        return ARGOT_EXIT_FAILED;
    return check->wrong ? ARGOT_EXIT_NOT_HELD : ARGOT_EXIT_DONE;
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct argot_args args = {.cli = cli, .command = &argot_cmd_check, .argc = argc, .argv = argv};
    struct check state = {.cli = cli};
    const char *value;
    int option;
    while ((option = argot_args_next(&args, &value)) >= 0) {
        state.config = option == OPTION_CONFIG ? value : state.config;
        state.json = state.json || option == OPTION_JSON;
        state.overlaps = state.overlaps || option == OPTION_OVERLAPS;
        state.schema = option == OPTION_SCHEMA ? value : state.schema;
        if (option == OPTION_LOAD && !argot_load_option(&args, value))
            return ARGOT_EXIT_USAGE;
    }
    if (option == ARGOT_ARGS_EXIT)
        return args.status;
    state.loaded = cli->nmodules && args.noperands == 0 && !state.config;
    state.overlaps = state.overlaps || state.loaded;
    if (args.noperands == 0 && !state.config && !state.loaded)
        return argot_args_refuse(&args, "a file is missing");
    if (cli->nmodules && !argot_stock_registry(cli))
        return ARGOT_EXIT_USAGE;
    return check_all(&state, args.operands, args.noperands);
}

const struct argot_command argot_cmd_check = {
    .name = "check",
    .summary = "says what is wrong in format files, rule files and configurations",
    .usage = "[OPTION...] FILE.yaml|FILE.rule|FOLDER...\n[OPTION...] -c FILE.yaml\n--load NAME.so...",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "The rule files (*.rule) of one run are one namespace: name all that belong together. A folder\n"
            "stands for the rule files below it. Modules alone are checked for lines that other formats fit\n"
            "too.\n\n"
            "Exit status: 0 no errors; 1 errors; 2 wrong use; 3 a file could not be read or standard\n"
            "output failed.\n\n"
            "Examples:\n  argot check my_app.yaml\n  argot check rules/ my.rule\n"
            "  argot check -c /etc/argot/argot.yaml\n",
    .run = run,
};
