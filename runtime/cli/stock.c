/* SPDX-License-Identifier: Apache-2.0
 * A stock format that the registry refuses is a fault of the build; it is said and nothing runs,
 * rather than lines of that format becoming dead letters in silence. The same goes for a module's. */
#include "cli/stock.h"
#include "cli/args.h"
#include "cli/load.h"
#include "cli/say.h"
#include <stdio.h>

#define WHY_BYTES 256
#define NAMES_MAX 512 /* looked at for the nearest */

static bool
add_stock(struct argot_cli *cli, struct argot_registry *registry)
{
    char why[WHY_BYTES] = "";
    for (size_t i = 0; i < argot_stock_count; i++) {
        if (argot_registry_add(registry, argot_stock_formats[i], why, sizeof why))
            continue;
        argot_say(cli->seam, "format %s: %s", argot_stock_formats[i]->name, why);
        return false;
    }
    return true;
}

/* A format of a module takes the place of one that has its name and came before. */
static bool
add_module(struct argot_cli *cli, struct argot_registry *registry, struct argot_module *module)
{
    char why[WHY_BYTES] = "";
    bool good = module->formats || argot_load_open(cli->seam, module, why, sizeof why);
    for (size_t i = 0; good && module->formats[i]; i++)
        good = argot_registry_add(registry, module->formats[i], why, sizeof why);
    if (!good)
        argot_say(cli->seam, "%s is not used: %s", module->path, why);
    return good;
}

static bool
fill(struct argot_cli *cli, struct argot_registry *registry)
{
    char why[WHY_BYTES] = "";
    bool good = add_stock(cli, registry);
    for (size_t i = 0; good && i < cli->nmodules; i++)
        good = add_module(cli, registry, &cli->modules[i]);
    if (good && !argot_registry_seal(registry, why, sizeof why)) {
        argot_say(cli->seam, "the formats do not go together: %s", why);
        good = false;
    }
    return good;
}

struct argot_registry *
argot_stock_registry(struct argot_cli *cli)
{
    if (cli->registry)
        return cli->registry;
    struct argot_registry *registry = argot_registry_new(cli->seam);
    if (!registry) {
        argot_say(cli->seam, "there is no memory");
        return NULL;
    }
    bool good = fill(cli, registry);
    cli->registry = good ? registry : NULL;
    if (good && !cli->examples_later && !argot_load_test(cli)) {
        cli->registry = NULL;
        good = false;
    }
    if (!good)
        argot_registry_free(registry);
    return cli->registry;
}

/* ---- anew ---- */

static bool
open_changed(struct argot_cli *copy, bool *changed)
{
    char why[WHY_BYTES] = "";
    for (size_t i = 0; i < copy->nmodules; i++) {
        struct argot_module *module = &copy->modules[i];
        if (!argot_load_is_changed(copy->seam, module))
            continue;
        *changed = true;
        if (copy->nolder == ARGOT_CLI_MAX_RENEWALS)
            snprintf(why, sizeof why, "modules were read anew %d times; end argot and start it",
                     ARGOT_CLI_MAX_RENEWALS);
        else if (argot_load_open_again(copy->seam, module, why, sizeof why))
            continue;
        argot_say(copy->seam, "%s is not used: %s", module->path, why);
        return false;
    }
    return true;
}

/* A module that exports one format has the table of it in its structure, which was copied. */
static void
point_to_own(struct argot_cli *cli, const struct argot_cli *from)
{
    for (size_t i = 0; i < cli->nmodules; i++)
        if (cli->modules[i].formats == from->modules[i].single)
            cli->modules[i].formats = cli->modules[i].single;
}

enum argot_stock_renewal
argot_stock_renew(struct argot_cli *copy)
{
    bool changed = false;
    if (!open_changed(copy, &changed))
        return ARGOT_STOCK_REFUSED;
    if (!changed)
        return ARGOT_STOCK_SAME;
    copy->registry = NULL;
    return argot_stock_registry(copy) ? ARGOT_STOCK_NEW : ARGOT_STOCK_REFUSED;
}

void
argot_stock_adopt(struct argot_cli *cli, const struct argot_cli *copy)
{
    struct argot_registry *before = cli->registry;
    *cli = *copy;
    point_to_own(cli, copy);
    cli->older[cli->nolder++] = before;
}

/* ---- names ---- */

static const char *
describe_unknown(struct argot_cli *cli, const char *name, char *why, size_t why_size)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < argot_registry_count(cli->registry) && count < NAMES_MAX; i++)
        names[count++] = argot_registry_at(cli->registry, i)->name;
    char hint[WHY_BYTES];
    snprintf(why, why_size, "no format is called `%s`%s (`argot formats` lists them)", name,
             argot_args_nearest(name, names, count, hint, sizeof hint));
    return why;
}

/* Whether formats that are known can stand in that order is for a worker to say. */
static const char *
describe_chain(struct argot_cli *cli, const char *format, char *why, size_t why_size)
{
    struct argot_settings settings = {.format = format};
    struct argot_worker *worker = argot_worker_new(cli->registry, &settings);
    if (!worker)
        snprintf(why, why_size, "`%s` is no chain: each format must be one that the next may be inside of", format);
    argot_worker_free(worker);
    return worker ? NULL : why;
}

const char *
argot_stock_problem(struct argot_cli *cli, const char *format, char *why, size_t why_size)
{
    for (const char *at = format;; at++) {
        char name[WHY_BYTES];
        size_t length = strcspn(at, "+");
        snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), at);
        if (length >= sizeof name || !argot_registry_find(cli->registry, name))
            return describe_unknown(cli, name, why, why_size);
        at += length;
        if (!*at)
            return describe_chain(cli, format, why, why_size);
    }
}

bool
argot_stock_known(struct argot_cli *cli, const char *format)
{
    char why[WHY_BYTES * 2];
    if (!argot_stock_registry(cli))
        return false;
    const char *problem = argot_stock_problem(cli, format, why, sizeof why);
    if (problem)
        argot_say(cli->seam, "%s", problem);
    return !problem;
}
