/* SPDX-License-Identifier: Apache-2.0
 * One of `inputs`: a file or files by a pattern, or a place to listen for syslog. */
#include "config/codes.h"
#include "config/parts.h"
#include <string.h>

#define KINDS 3 /* of inputs */
#define SYSTEM "system"
#define WILDCARDS "*?["

static const struct argot_setting_key keys[] = {
    {"file", false},   {"syslog", false},      {"journal", false}, {"format", false}, {"timezone", false},
    {"follow", false}, {"certificate", false}, {"key", false},     {"ca", false},     {"units", false},
};

static bool
refuse_together(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *key, const char *why,
                const char *hint)
{
    argot_setting_refuse(reader, ARGOT_CODE_CONFIG_TOGETHER, argot_yaml_key(node, key)->span, "`%s` %s", key, why)
        ->hint = hint;
    return false;
}

/* Patterns of many levels would make a walk over the whole disk of a mistake. */
static bool
check_pattern(struct argot_setting_reader *reader, const struct argot_yaml *file, struct argot_config_input *input)
{
    input->pattern = strpbrk(input->path, WILDCARDS);
    if (!strstr(input->path, "**"))
        return true;
    argot_setting_refuse(reader, ARGOT_CODE_CONFIG_PATH, file->span, "`**` is no pattern")->hint =
        "`*` stands for any text within one name; name each level of folders: /srv/*/logs/*.log";
    return false;
}

static bool
read_file(struct argot_setting_reader *reader, const struct argot_yaml *node, const struct argot_yaml *file,
          struct argot_config_input *input)
{
    struct argot_config_text path;
    input->kind = ARGOT_CONFIG_FILE;
    input->span = file->span;
    input->follow = true;
    if (!argot_setting_text(reader, file, "`file`", &path))
        return false;
    bool standard = !strcmp(path.text, "-");
    input->path = path.text;
    bool good = standard || (argot_setting_path_of(reader, file, path.text, "`file`", &input->path) &&
                             check_pattern(reader, file, input));
    const struct argot_yaml *follow = argot_yaml_get(node, "follow");
    good = (!follow || argot_setting_bool(reader, follow, "`follow`", &input->follow)) && good;
    if (standard && follow && input->follow)
        return refuse_together(reader, node, "follow", "and standard input do not go together",
                               "leave `follow` out: standard input is read to its end");
    if (standard)
        input->follow = false;
    return good;
}

static bool
read_tls(struct argot_setting_reader *reader, const struct argot_yaml *node, const struct argot_yaml *syslog,
         struct argot_config_input *input)
{
    const struct argot_yaml *certificate = argot_yaml_get(node, "certificate"), *key = argot_yaml_get(node, "key"),
                            *ca = argot_yaml_get(node, "ca");
    if (!certificate || !key) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_MISSING, syslog->span, "`tls://` needs `certificate` and `key`")
            ->hint = "files in PEM: `certificate: /etc/argot/server.pem` and `key: /etc/argot/server.key`";
        return false;
    }
    return argot_setting_path(reader, certificate, "`certificate`", &input->certificate) &&
           argot_setting_path(reader, key, "`key`", &input->key) &&
           (!ca || argot_setting_path(reader, ca, "`ca`", &input->ca));
}

/* Whether keys of TLS stand where there is none. */
static bool
check_plain(struct argot_setting_reader *reader, const struct argot_yaml *node, const struct argot_config_input *input)
{
    static const char *const names[] = {"certificate", "key", "ca"};
    bool tls = input->kind == ARGOT_CONFIG_SYSLOG && input->address.transport == ARGOT_CONFIG_TLS;
    for (size_t i = 0; !tls && i < sizeof names / sizeof *names; i++)
        if (argot_yaml_get(node, names[i]))
            return refuse_together(reader, node, names[i], "is of syslog over TLS",
                                   "`syslog: tls://ADDRESS:PORT`, or leave it out");
    return true;
}

static bool
read_syslog(struct argot_setting_reader *reader, const struct argot_yaml *node, const struct argot_yaml *syslog,
            struct argot_config_input *input)
{
    input->kind = ARGOT_CONFIG_SYSLOG;
    input->span = syslog->span;
    input->follow = true;
    if (!argot_setting_address(reader, syslog, "`syslog`", &input->address))
        return false;
    if (input->address.transport == ARGOT_CONFIG_TLS && !read_tls(reader, node, syslog, input))
        return false;
    if (argot_yaml_get(node, "follow"))
        return refuse_together(reader, node, "follow", "is of files", "leave it out: a listener has no end");
    return true;
}

static bool
read_units(struct argot_setting_reader *reader, const struct argot_yaml *units, struct argot_config_input *input)
{
    size_t count = argot_yaml_several(units);
    if (!argot_setting_limit(reader, units, ARGOT_CONFIG_MAX_WORDS, "units"))
        return false;
    input->units = argot_setting_alloc(reader, count + 1, sizeof *input->units);
    bool good = input->units;
    for (size_t i = 0; good && i < count; i++) {
        struct argot_config_text unit;
        good = argot_setting_text(reader, argot_yaml_nth(units, i), "one of `units`", &unit);
        input->units[i] = good ? unit.text : NULL;
    }
    return good;
}

static bool
read_journal(struct argot_setting_reader *reader, const struct argot_yaml *node, const struct argot_yaml *journal,
             struct argot_config_input *input)
{
    const struct argot_yaml *units = argot_yaml_get(node, "units");
    struct argot_config_text text;
    input->kind = ARGOT_CONFIG_JOURNAL;
    input->span = journal->span;
    input->follow = true;
    if (!argot_setting_text(reader, journal, "`journal`", &text))
        return false;
    input->journal = text.text;
    bool good =
        !strcmp(text.text, SYSTEM) || argot_setting_path_of(reader, journal, text.text, "`journal`", &input->journal);
    if (argot_yaml_get(node, "follow"))
        return refuse_together(reader, node, "follow", "is of files", "leave it out: a journal has no end");
    if (!good || (units && !read_units(reader, units, input)))
        return false;
    input->name = argot_arena_printf(reader->diagnostics->arena, "journal:%s", input->journal);
    return input->name;
}

bool
argot_config_input_read(struct argot_setting_reader *reader, const struct argot_yaml *node,
                        struct argot_config_input *input)
{
    if (node->kind == ARGOT_YAML_SCALAR) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_NODE, node->span, "an input is a map, not a single value")
            ->hint = "`- file: PATH` for a file";
        return false;
    }
    if (!argot_setting_map(reader, node, "an input", keys, sizeof keys / sizeof *keys))
        return false;
    const struct argot_yaml *file = argot_yaml_get(node, "file"), *syslog = argot_yaml_get(node, "syslog"),
                            *journal = argot_yaml_get(node, "journal"), *format = argot_yaml_get(node, "format"),
                            *zone = argot_yaml_get(node, "timezone");
    if (!file + !syslog + !journal != KINDS - 1) {
        const char *second = syslog && file ? "syslog" : "journal";
        bool none = !file && !syslog && !journal;
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_KIND, none ? node->span : argot_yaml_key(node, second)->span,
                             none ? "this input has neither file nor syslog nor journal"
                                  : "an input is a file, syslog or a journal, not two of them")
            ->hint = "`- file: PATH`, `- syslog: udp://ADDRESS:PORT` or `- journal: system`, each an item of its own";
        return false;
    }
    if (argot_yaml_get(node, "units") && !journal)
        return refuse_together(reader, node, "units", "is of journals", "`journal: system`, or leave it out");
    bool good = file     ? read_file(reader, node, file, input)
                : syslog ? read_syslog(reader, node, syslog, input)
                         : read_journal(reader, node, journal, input);
    good = good && check_plain(reader, node, input);
    good = (!format || argot_setting_text(reader, format, "`format`", &input->format)) && good;
    good = (!zone || argot_setting_text(reader, zone, "`timezone`", &input->timezone)) && good;
    if (input->format.text && !strcmp(input->format.text, "auto"))
        input->format.text = NULL;
    return good;
}
