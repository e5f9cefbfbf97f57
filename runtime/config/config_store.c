/* SPDX-License-Identifier: Apache-2.0
 * `store`: where events go, which of them, and what happens when there is no room; as a single text or as a map. */
#include "config/codes.h"
#include "config/parts.h"
#include <string.h>

#define LEAST_SEGMENT_NS INT64_C(60000000000)

static const struct argot_setting_key keys[] = {
    {"at", false},      {"events", false},       {"raw", false},     {"formats", false},
    {"segment", false}, {"segment_size", false}, {"if_full", false},
};
static const struct argot_setting_key policy_keys[] = {{"events", false}, {"raw", false}};

static bool
read_url(struct argot_setting_reader *reader, const struct argot_yaml *node, struct argot_config_store *store)
{
    if (!argot_setting_text(reader, node, "`store`", &store->url))
        return false;
    size_t length = strlen(ARGOT_CONFIG_SQLITE);
    if (!strncmp(store->url.text, ARGOT_CONFIG_SQLITE, length))
        return argot_setting_path_of(reader, node, store->url.text + length, "the path of `store`", &store->path);
    argot_setting_refuse(reader, ARGOT_CODE_CONFIG_STORE, node->span, "`%s` is no store", store->url.text)->hint =
        "sqlite:PATH, such as sqlite:/var/lib/argot/events.db";
    return false;
}

static bool
read_policy(struct argot_setting_reader *reader, const struct argot_yaml *node, struct argot_config_policy *policy)
{
    static const char *const keeps[] = {"all", "matched", "none"}, *const raws[] = {"all", "unmatched", "none"};
    const struct argot_yaml *events = argot_yaml_get(node, "events"), *raw = argot_yaml_get(node, "raw");
    size_t index = policy->events;
    bool good = !events || argot_setting_word(reader, events, "`events`", keeps, sizeof keeps / sizeof *keeps, &index);
    policy->events = (enum argot_config_keep)index;
    index = policy->raw;
    good = (!raw || argot_setting_word(reader, raw, "`raw`", raws, sizeof raws / sizeof *raws, &index)) && good;
    policy->raw = (enum argot_config_raw)index;
    return good;
}

/* What a format does not say is as for all formats. */
static bool
read_policies(struct argot_setting_reader *reader, const struct argot_yaml *node, struct argot_config_store *store)
{
    if (node->kind != ARGOT_YAML_MAP) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_NODE, node->span,
                             "`formats` is a map of formats to what is kept");
        return false;
    }
    if (node->count > ARGOT_CONFIG_MAX_FORMATS) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_LIMIT, node->span, "%zu formats: at most %d", node->count,
                             ARGOT_CONFIG_MAX_FORMATS);
        return false;
    }
    store->policies = argot_setting_alloc(reader, node->count, sizeof *store->policies);
    bool good = store->policies;
    for (size_t i = 0; store->policies && i < node->count; i++) {
        struct argot_config_policy *policy = &store->policies[store->npolicies++];
        *policy = store->policy;
        policy->format = (struct argot_config_text){node->keys[i]->text, node->keys[i]->span};
        good = argot_setting_map(reader, node->items[i], "a format of `store`", policy_keys,
                                 sizeof policy_keys / sizeof *policy_keys) &&
               read_policy(reader, node->items[i], policy) && good;
    }
    return good;
}

bool
argot_config_store_read(struct argot_setting_reader *reader, const struct argot_yaml *node,
                        struct argot_config_store *store)
{
    static const char *const fulls[] = {"wait", "drop_oldest", "drop_new"};
    if (node->kind == ARGOT_YAML_SCALAR)
        return read_url(reader, node, store);
    bool good = argot_setting_map(reader, node, "`store`", keys, sizeof keys / sizeof *keys);
    if (node->kind != ARGOT_YAML_MAP)
        return false;
    const struct argot_yaml *at = argot_yaml_get(node, "at"), *formats = argot_yaml_get(node, "formats"),
                            *segment = argot_yaml_get(node, "segment"), *size = argot_yaml_get(node, "segment_size"),
                            *full = argot_yaml_get(node, "if_full");
    if (!at)
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_MISSING, node->span, "`store` does not say where it is")->hint =
            "add `at: sqlite:PATH`";
    good = at && read_url(reader, at, store) && good;
    good = read_policy(reader, node, &store->policy) && good;
    good = (!formats || read_policies(reader, formats, store)) && good;
    good =
        (!segment || argot_setting_duration(reader, segment, "`segment`", LEAST_SEGMENT_NS, &store->segment_span_ns)) &&
        good;
    good = (!size || argot_setting_size(reader, size, "`segment_size`", &store->segment_bytes)) && good;
    size_t index = 0;
    good =
        (!full || argot_setting_word(reader, full, "`if_full`", fulls, sizeof fulls / sizeof *fulls, &index)) && good;
    store->if_full = (enum argot_config_full)index;
    return good;
}
