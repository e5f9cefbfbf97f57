/* SPDX-License-Identifier: Apache-2.0
 * The configuration: its top, and what holds between its parts. Everything that is wrong is told in one go. */
#include "config/config.h"
#include "config/codes.h"
#include "config/parts.h"
#include <string.h>

#define NOT_GIVEN (-1)
#define LEAST_RETENTION_NS INT64_C(60000000000)

static const struct argot_setting_key keys[] = {
    {"store", false},     {"inputs", false}, {"rules", false},   {"modules", false}, {"alerts", false},
    {"retention", false}, {"late", false},   {"metrics", false}, {"user", false},    {"sandbox", false},
};
static const struct argot_setting_key retention_keys[] = {
    {"events", false}, {"raw", false}, {"alerts", false}, {"dead_letters", false}, {"size", false},
};

/* ---- lists ---- */

static bool
read_inputs(struct argot_setting_reader *reader, const struct argot_yaml *node, struct argot_config *config)
{
    size_t count = argot_yaml_several(node);
    if (!argot_setting_limit(reader, node, ARGOT_CONFIG_MAX_INPUTS, "inputs"))
        return false;
    if (count == 0) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_MISSING, node->span, "`inputs` is empty")->hint =
            "add one: `- file: /var/log/auth.log`";
        return false;
    }
    config->inputs = argot_setting_alloc(reader, count, sizeof *config->inputs);
    bool good = config->inputs;
    for (size_t i = 0; config->inputs && i < count; i++)
        good = argot_config_input_read(reader, argot_yaml_nth(node, i), &config->inputs[config->ninputs++]) && good;
    return good;
}

static bool
read_alerts(struct argot_setting_reader *reader, const struct argot_yaml *node, struct argot_config *config)
{
    size_t count = argot_yaml_several(node);
    if (!argot_setting_limit(reader, node, ARGOT_CONFIG_MAX_ALERTS, "outputs of alerts"))
        return false;
    config->alerts = argot_setting_alloc(reader, count, sizeof *config->alerts);
    bool good = config->alerts;
    for (size_t i = 0; config->alerts && i < count; i++)
        good = argot_config_alert_read(reader, argot_yaml_nth(node, i), &config->alerts[config->nalerts++]) && good;
    return good;
}

static bool
read_retention(struct argot_setting_reader *reader, const struct argot_yaml *node,
               struct argot_config_retention *retention)
{
    const struct {
        const char *key, *what;
        int64_t *ns;
    } spans[] = {{"events", "`events`", &retention->events_ns},
                 {"raw", "`raw`", &retention->raw_ns},
                 {"alerts", "`alerts`", &retention->alerts_ns},
                 {"dead_letters", "`dead_letters`", &retention->dead_letters_ns}};
    bool good =
        argot_setting_map(reader, node, "`retention`", retention_keys, sizeof retention_keys / sizeof *retention_keys);
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        const struct argot_yaml *span = argot_yaml_get(node, spans[i].key);
        good = (!span || argot_setting_duration(reader, span, spans[i].what, LEAST_RETENTION_NS, spans[i].ns)) && good;
    }
    const struct argot_yaml *size = argot_yaml_get(node, "size");
    return (!size || argot_setting_size(reader, size, "`size`", &retention->size_bytes)) && good;
}

/* ---- between parts ---- */

static void
refuse_twice(struct argot_setting_reader *reader, struct argot_span span, struct argot_span before, const char *name)
{
    struct argot_diagnostic *said =
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_TWICE, span, "`%s` stands there twice", name);
    said->second = before;
    said->second_text = "first named here";
}

static const char *
name_of_input(const struct argot_config_input *input)
{
    if (input->kind == ARGOT_CONFIG_JOURNAL)
        return input->name;
    return input->kind == ARGOT_CONFIG_SYSLOG ? input->address.url : input->path;
}

/* O(inputs²), which are few. */
static bool
check_twice(struct argot_setting_reader *reader, const struct argot_config *config)
{
    bool good = true;
    for (size_t i = 1; i < config->ninputs; i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(name_of_input(&config->inputs[i]), name_of_input(&config->inputs[j]))) {
                refuse_twice(reader, config->inputs[i].span, config->inputs[j].span, name_of_input(&config->inputs[i]));
                good = false;
                break;
            }
    for (size_t i = 1; i < config->nalerts; i++)
        for (size_t j = 0; j < i; j++) {
            const struct argot_config_alert *one = &config->alerts[i], *other = &config->alerts[j];
            if (one->kind != other->kind || one->kind > ARGOT_CONFIG_ALERT_STDOUT ||
                (one->kind == ARGOT_CONFIG_ALERT_JSONL && strcmp(one->path, other->path)))
                continue;
            refuse_twice(reader, one->span, other->span, one->path ? one->path : "stdout");
            good = false;
            break;
        }
    return good;
}

/* ---- the whole ---- */

static bool
require(struct argot_setting_reader *reader, const struct argot_yaml *root, const char *key, const char *hint)
{
    if (argot_yaml_get(root, key))
        return true;
    argot_setting_refuse(reader, ARGOT_CODE_CONFIG_MISSING, root->span, "`%s` is missing", key)->hint = hint;
    return false;
}

static bool
read_all(struct argot_setting_reader *reader, const struct argot_yaml *root, struct argot_config *config)
{
    const struct argot_yaml *store = argot_yaml_get(root, "store"), *inputs = argot_yaml_get(root, "inputs"),
                            *rules = argot_yaml_get(root, "rules"), *modules = argot_yaml_get(root, "modules"),
                            *alerts = argot_yaml_get(root, "alerts"), *late = argot_yaml_get(root, "late"),
                            *retention = argot_yaml_get(root, "retention"), *metrics = argot_yaml_get(root, "metrics"),
                            *user = argot_yaml_get(root, "user"), *sandbox = argot_yaml_get(root, "sandbox");
    if (root->kind != ARGOT_YAML_MAP)
        return argot_setting_map(reader, root, "a configuration", keys, sizeof keys / sizeof *keys);
    bool good = argot_setting_map(reader, root, "a configuration", keys, sizeof keys / sizeof *keys);
    good = require(reader, root, "store", "add `store: sqlite:PATH`") && good;
    good = require(reader, root, "inputs", "add a list of them: `inputs: [{file: /var/log/auth.log}]`") && good;
    good = (!store || argot_config_store_read(reader, store, &config->store)) && good;
    good = (!inputs || read_inputs(reader, inputs, config)) && good;
    good = (!rules || argot_setting_paths(reader, rules, "a path of `rules`", &config->rules)) && good;
    good = (!modules || argot_setting_paths(reader, modules, "a path of `modules`", &config->modules)) && good;
    good = (!alerts || read_alerts(reader, alerts, config)) && good;
    good = (!retention || read_retention(reader, retention, &config->retention)) && good;
    good = (!metrics || argot_config_metrics_read(reader, metrics, &config->metrics)) && good;
    good = (!user || argot_setting_text(reader, user, "`user`", &config->user)) && good;
    good = (!sandbox || argot_config_sandbox_read(reader, sandbox, &config->sandbox)) && good;
    good = (!late || argot_setting_duration(reader, late, "`late`", 0, &config->late_ns)) && good;
    return good && check_twice(reader, config);
}

struct argot_config *
argot_config_read(struct argot_diagnostics *diagnostics)
{
    const struct argot_yaml *root = argot_yaml_parse(diagnostics);
    if (!root)
        return NULL;
    const char *slash = strrchr(diagnostics->path, '/');
    struct argot_setting_reader reader = {diagnostics, NULL};
    size_t length = slash ? (size_t)(slash - diagnostics->path) + 1 : 0;
    reader.folder = argot_arena_copy(diagnostics->arena, diagnostics->path, length);
    struct argot_config *config = argot_setting_alloc(&reader, 1, sizeof *config);
    if (!reader.folder || !config)
        return NULL;
    config->late_ns = NOT_GIVEN;
    return read_all(&reader, root, config) && diagnostics->errors == 0 ? config : NULL;
}
