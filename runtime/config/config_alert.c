/* SPDX-License-Identifier: Apache-2.0
 * One of `alerts`: whom alerts are told, and which of them together. */
#include "config/codes.h"
#include "config/parts.h"
#include <string.h>

#define LEAST_GROUP_NS INT64_C(1000000000)

static const struct argot_setting_key keys[] = {
    {"jsonl", false}, {"stdout", false}, {"command", false}, {"syslog", false}, {"webhook", false},
    {"mail", false},  {"group", false},  {"bearer", false},  {"secret", false}, {"ca", false},
    {"from", false},  {"via", false},    {"login", false},   {"schema", false},
};
static const struct argot_setting_key group_keys[] = {{"by", false}, {"every", false}};
static const char *const kinds[] = {
    [ARGOT_CONFIG_ALERT_JSONL] = "jsonl",     [ARGOT_CONFIG_ALERT_STDOUT] = "stdout",
    [ARGOT_CONFIG_ALERT_COMMAND] = "command", [ARGOT_CONFIG_ALERT_SYSLOG] = "syslog",
    [ARGOT_CONFIG_ALERT_WEBHOOK] = "webhook", [ARGOT_CONFIG_ALERT_MAIL] = "mail",
};
#define KINDS (sizeof kinds / sizeof *kinds)

/* A single text would have to be cut into words, or given to a shell, and what comes from logs is not far from there.
 */
static bool
read_command(struct argot_setting_reader *reader, const struct argot_yaml *node, struct argot_config_alert *alert)
{
    if (node->kind != ARGOT_YAML_LIST || node->count == 0) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_NODE, node->span,
                             "`command` is a list of the program and its arguments")
            ->hint = "[/usr/local/bin/notify, --urgent]; no shell is asked";
        return false;
    }
    if (!argot_setting_limit(reader, node, ARGOT_CONFIG_MAX_WORDS, "words"))
        return false;
    alert->words = argot_setting_alloc(reader, node->count + 1, sizeof *alert->words);
    bool good = alert->words;
    for (size_t i = 0; good && i < node->count; i++) {
        struct argot_config_text word;
        good = argot_setting_text(reader, node->items[i], "a word of `command`", &word);
        alert->words[i] = good ? word.text : NULL;
    }
    alert->nwords = good ? node->count : 0;
    return good;
}

static bool
read_syslog(struct argot_setting_reader *reader, const struct argot_yaml *node, struct argot_config_alert *alert)
{
    if (!argot_setting_address(reader, node, "`syslog`", &alert->address))
        return false;
    if (alert->address.transport == ARGOT_CONFIG_UDP || alert->address.transport == ARGOT_CONFIG_UNIX_DATAGRAM)
        return true;
    argot_setting_refuse(reader, ARGOT_CODE_CONFIG_LATER, node->span, "alerts are sent as datagrams only")->hint =
        "unixgram:/dev/log for the system's own syslog, or udp://ADDRESS:PORT";
    return false;
}

/* `node` is the output, `kind` the value of the key that says what it is. */
static bool
read_kind(struct argot_setting_reader *reader, const struct argot_yaml *node, const struct argot_yaml *kind,
          struct argot_config_alert *alert)
{
    static const char *const forms[] = {"jsonl", "text"};
    struct argot_config_text text;
    size_t index;
    switch (alert->kind) {
    case ARGOT_CONFIG_ALERT_JSONL:
        return argot_setting_text(reader, kind, "`jsonl`", &text) &&
               argot_setting_path_of(reader, kind, text.text, "`jsonl`", &alert->path);
    case ARGOT_CONFIG_ALERT_STDOUT:
        if (!argot_setting_word(reader, kind, "`stdout`", forms, 2, &index))
            return false;
        alert->text = index == 1;
        return true;
    case ARGOT_CONFIG_ALERT_COMMAND:
        return read_command(reader, kind, alert);
    case ARGOT_CONFIG_ALERT_SYSLOG:
        return read_syslog(reader, kind, alert);
    case ARGOT_CONFIG_ALERT_WEBHOOK:
        return argot_config_send_webhook(reader, node, kind, alert);
    case ARGOT_CONFIG_ALERT_MAIL:
        return argot_config_send_mail(reader, node, kind, alert);
    }
    return false;
}

/* Keys that are of some kinds only. */
static bool
check_keys(struct argot_setting_reader *reader, const struct argot_yaml *node, enum argot_config_alert_kind kind)
{
    static const struct {
        const char *key, *of;
        bool webhook, mail;
    } owned[] = {{"bearer", "webhooks", true, false}, {"secret", "webhooks", true, false},
                 {"from", "mail", false, true},       {"via", "mail", false, true},
                 {"login", "mail", false, true},      {"ca", "webhooks and mail", true, true}};
    bool good = true;
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) {
        const struct argot_yaml *key = argot_yaml_get(node, owned[i].key) ? argot_yaml_key(node, owned[i].key) : NULL;
        if (!key || (kind == ARGOT_CONFIG_ALERT_WEBHOOK && owned[i].webhook) ||
            (kind == ARGOT_CONFIG_ALERT_MAIL && owned[i].mail))
            continue;
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_TOGETHER, key->span, "`%s` is of %s", owned[i].key, owned[i].of)
            ->hint = "leave it out, or name another output";
        good = false;
    }
    return good;
}

static bool
read_schema(struct argot_setting_reader *reader, const struct argot_yaml *node, struct argot_config_alert *alert)
{
    static const char *const names[] = {
        [ARGOT_CONFIG_NATIVE] = "native", [ARGOT_CONFIG_ECS] = "ecs", [ARGOT_CONFIG_OCSF] = "ocsf"};
    const struct argot_yaml *schema = argot_yaml_get(node, "schema");
    size_t index;
    if (!schema)
        return true;
    if (!argot_setting_word(reader, schema, "`schema`", names, sizeof names / sizeof *names, &index))
        return false;
    alert->schema = (enum argot_config_schema)index;
    if (alert->kind != ARGOT_CONFIG_ALERT_SYSLOG && alert->kind != ARGOT_CONFIG_ALERT_MAIL &&
        !(alert->kind == ARGOT_CONFIG_ALERT_STDOUT && alert->text))
        return true;
    argot_setting_refuse(reader, ARGOT_CODE_CONFIG_TOGETHER, argot_yaml_key(node, "schema")->span,
                         "`schema` is for alerts as JSON, which this output does not write")
        ->hint = "leave it out, or use `jsonl`, `stdout: jsonl`, `command` or `webhook`";
    return false;
}

static bool
read_group(struct argot_setting_reader *reader, const struct argot_yaml *node, struct argot_config_alert *alert)
{
    if (!argot_setting_map(reader, node, "`group`", group_keys, sizeof group_keys / sizeof *group_keys))
        return false;
    const struct argot_yaml *by = argot_yaml_get(node, "by"), *every = argot_yaml_get(node, "every");
    if (!by || !every) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_MISSING, node->span, "`group` needs `by` and `every`")->hint =
            "{by: [rule_name, source_ip], every: 5m}";
        return false;
    }
    if (!argot_setting_limit(reader, by, ARGOT_CONFIG_MAX_FIELDS, "fields of a group") ||
        !argot_setting_duration(reader, every, "`every`", LEAST_GROUP_NS, &alert->every_ns))
        return false;
    alert->group = argot_setting_alloc(reader, argot_yaml_several(by), sizeof *alert->group);
    for (size_t i = 0; alert->group && i < argot_yaml_several(by); i++)
        if (!argot_setting_text(reader, argot_yaml_nth(by, i), "a field of `by`", &alert->group[alert->ngroup++]))
            return false;
    return alert->group;
}

bool
argot_config_alert_read(struct argot_setting_reader *reader, const struct argot_yaml *node,
                        struct argot_config_alert *alert)
{
    if (!argot_setting_map(reader, node, "an output of alerts", keys, sizeof keys / sizeof *keys))
        return false;
    const struct argot_yaml *first = NULL, *group = argot_yaml_get(node, "group");
    for (size_t i = 0; i < KINDS; i++) {
        const struct argot_yaml *one = argot_yaml_get(node, kinds[i]);
        if (one && first) {
            argot_setting_refuse(reader, ARGOT_CODE_CONFIG_KIND, argot_yaml_key(node, kinds[i])->span,
                                 "an output of alerts is one of a kind, and `%s` is a second", kinds[i])
                ->hint = "each output is an item of the list of its own";
            return false;
        }
        if (one) {
            first = one;
            alert->kind = (enum argot_config_alert_kind)i;
        }
    }
    if (!first) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_KIND, node->span, "this output does not say where alerts go")
            ->hint = "`- jsonl: PATH` or `- stdout: text`";
        return false;
    }
    alert->span = first->span;
    if (group && alert->kind == ARGOT_CONFIG_ALERT_STDOUT) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_TOGETHER, argot_yaml_key(node, "group")->span,
                             "`group` and `stdout` do not go together")
            ->hint = "standard output gets each alert; `jsonl: /dev/stdout` has groups";
        return false;
    }
    return check_keys(reader, node, alert->kind) && read_kind(reader, node, first, alert) &&
           read_schema(reader, node, alert) && (!group || read_group(reader, group, alert));
}
