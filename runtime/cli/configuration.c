/* SPDX-License-Identifier: Apache-2.0
 * What runtime/config cannot know: which formats there are once the modules are loaded, and which time zones. */
#include "cli/configuration.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/say.h"
#include "cli/stock.h"
#include "config/codes.h"
#include "decode/zone.h"
#include "input/journal.h"
#include "input/tls.h"
#include "send/send.h"
#include "event/schema.h"
#include <errno.h>

#define WHY_BYTES 512
#define MAX_FIELDS 1024 /* looked at for the nearest */

void
argot_configuration_init(struct argot_configuration *configuration, struct argot_cli *cli)
{
    *configuration = (struct argot_configuration){.cli = cli};
    argot_arena_init(&configuration->arena, cli->seam, 0);
}

void
argot_configuration_finish(struct argot_configuration *configuration)
{
    struct argot_seam *seam = configuration->cli->seam;
    seam->release(seam, configuration->source);
    argot_arena_finish(&configuration->arena);
    argot_configuration_init(configuration, configuration->cli);
}

static bool
read_file(struct argot_configuration *configuration, const char *path)
{
    struct argot_seam *seam = configuration->cli->seam;
    size_t size;
    int status = argot_seam_read_file(seam, path, ARGOT_CONFIGURATION_MAX_BYTES, &configuration->source, &size);
    if (status == -EFBIG)
        argot_say(seam, "%s: a configuration has at most %zu MiB", path, ARGOT_CONFIGURATION_MAX_BYTES >> 20);
    else if (status)
        argot_say(seam, "%s: %s", path, argot_say_error(status));
    if (status)
        return false;
    argot_diagnostics_init(&configuration->diagnostics, &configuration->arena, path, configuration->source, size);
    return true;
}

static void
check_format(struct argot_configuration *configuration, const struct argot_config_text *format)
{
    char why[WHY_BYTES];
    if (!format->text || !argot_stock_problem(configuration->cli, format->text, why, sizeof why))
        return;
    argot_diagnostics_add(&configuration->diagnostics, ARGOT_ERROR, ARGOT_CODE_CONFIG_FORMAT, format->span, "%s", why)
        ->hint = "without `format`, or with `auto`, it is found for each line";
}

static void
check_zone(struct argot_configuration *configuration, const struct argot_config_text *zone)
{
    char why[WHY_BYTES] = "";
    struct argot_zone *found =
        zone->text ? argot_zone_load(configuration->cli->seam, NULL, zone->text, why, sizeof why) : NULL;
    if (zone->text && !found)
        argot_diagnostics_add(&configuration->diagnostics, ARGOT_ERROR, ARGOT_CODE_CONFIG_ZONE, zone->span, "`%s`: %s",
                              zone->text, why)
            ->hint = "a name such as Europe/Amsterdam, or an offset such as +02:00";
    argot_zone_free(found);
}

static void
check_field(struct argot_configuration *configuration, const struct argot_config_text *field)
{
    struct argot_diagnostics *diagnostics = &configuration->diagnostics;
    if (argot_schema_find(field->text) >= 0)
        return;
    struct argot_diagnostic *said = argot_diagnostics_add(diagnostics, ARGOT_ERROR, ARGOT_CODE_CONFIG_FIELD,
                                                          field->span, "the schema has no field `%s`", field->text);
    const char *names[MAX_FIELDS];
    size_t count = argot_schema.count < MAX_FIELDS ? argot_schema.count : MAX_FIELDS;
    for (size_t i = 0; i < count; i++)
        names[i] = argot_schema.fields[i].name;
    said->hint = "`argot fields` lists them";
    argot_diagnostic_suggest(diagnostics, said, field->text, names, count);
}

static void
check_built(struct argot_configuration *configuration, struct argot_span span, const char *what, const char *library)
{
    argot_diagnostics_add(&configuration->diagnostics, ARGOT_ERROR, ARGOT_CODE_CONFIG_LATER, span,
                          "%s: this argot was built without %s", what, library)
        ->hint = "build it where that library is installed; `meson configure` says what was found";
}

static void
check_alert(struct argot_configuration *configuration, const struct argot_config_alert *alert)
{
    for (size_t i = 0; i < alert->ngroup; i++)
        check_field(configuration, &alert->group[i]);
    if (alert->url && !argot_send_is_there())
        check_built(configuration, alert->span, "alerts over HTTP and SMTP", "libcurl");
}

static bool
load_modules(struct argot_configuration *configuration, const struct argot_config_paths *modules)
{
    for (size_t i = 0; i < modules->count; i++)
        if (!argot_load_add(configuration->cli, modules->paths[i].text)) {
            argot_say(configuration->cli->seam, "%s: more than %d modules", configuration->diagnostics.path,
                      ARGOT_CLI_MAX_MODULES);
            return false;
        }
    return argot_stock_registry(configuration->cli);
}

enum argot_configuration_status
argot_configuration_load(struct argot_configuration *configuration, const char *path)
{
    if (!read_file(configuration, path))
        return ARGOT_CONFIGURATION_UNREAD;
    struct argot_config *config = argot_config_read(&configuration->diagnostics);
    if (!config)
        return ARGOT_CONFIGURATION_WRONG;
    if (!load_modules(configuration, &config->modules))
        return ARGOT_CONFIGURATION_FAILED;
    for (size_t i = 0; i < config->ninputs; i++) {
        if (config->inputs[i].certificate.text && !argot_tls_is_there())
            check_built(configuration, config->inputs[i].span, "syslog over TLS", "OpenSSL");
        if (config->inputs[i].journal && !argot_journal_is_there())
            check_built(configuration, config->inputs[i].span, "the journal", "libsystemd");
        check_format(configuration, &config->inputs[i].format);
        check_zone(configuration, &config->inputs[i].timezone);
    }
    for (size_t i = 0; i < config->nalerts; i++)
        check_alert(configuration, &config->alerts[i]);
    for (size_t i = 0; i < config->store.npolicies; i++)
        check_format(configuration, &config->store.policies[i].format);
    configuration->config = configuration->diagnostics.errors ? NULL : config;
    return configuration->config ? ARGOT_CONFIGURATION_GOOD : ARGOT_CONFIGURATION_WRONG;
}

const struct argot_store_policy *
argot_configuration_policies(struct argot_configuration *configuration, size_t *count)
{
    const struct argot_config_store *store = &configuration->config->store;
    struct argot_store_policy *made = argot_arena_zalloc(&configuration->arena, store->npolicies + 1, sizeof *made);
    for (size_t i = 0; made && i <= store->npolicies; i++) {
        const struct argot_config_policy *policy = i < store->npolicies ? &store->policies[i] : &store->policy;
        made[i] = (struct argot_store_policy){policy->format.text, (enum argot_store_keep)policy->events,
                                              (enum argot_store_raw)policy->raw};
    }
    *count = store->npolicies + 1;
    return made;
}

void
argot_configuration_print(const struct argot_configuration *configuration, bool json, struct argot_buffer *out)
{
    if (!configuration->source)
        return;
    (json ? argot_diagnostics_print_json : argot_diagnostics_print)(&configuration->diagnostics, out);
}

const char *
argot_configuration_store(struct argot_configuration *configuration, const struct argot_args *args, const char *path)
{
    static const char *const usual[] = {"argot.yaml", "/etc/argot/argot.yaml"};
    struct argot_seam *seam = configuration->cli->seam;
    struct argot_buffer words;
    for (size_t i = 0; !path && i < sizeof usual / sizeof *usual; i++)
        path = argot_seam_is_there(seam, usual[i]) ? usual[i] : NULL;
    if (!path) {
        argot_args_refuse(args, "no store is named: %s, or -c FILE for that of a configuration",
                          args->command == &argot_cmd_query ? "--store sqlite:PATH" : "its path");
        return NULL;
    }
    enum argot_configuration_status status = argot_configuration_load(configuration, path);
    argot_buffer_init(&words, seam);
    if (status == ARGOT_CONFIGURATION_WRONG)
        argot_configuration_print(configuration, false, &words);
    argot_say_words(seam, &words);
    argot_buffer_finish(&words);
    return status == ARGOT_CONFIGURATION_GOOD ? configuration->config->store.path : NULL;
}
