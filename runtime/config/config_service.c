/* SPDX-License-Identifier: Apache-2.0
 * What a run needs as a service: where its metrics can be read, what it gives up. */
#include "config/codes.h"
#include "config/parts.h"
#include "decode/decode.h"
#include <string.h>

static const struct argot_setting_key metrics_keys[] = {{"at", false}, {"public", false}};

static bool
is_loopback(const char *host)
{
    static const uint8_t mapped[13] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127}, six[16] = {[15] = 1};
    uint8_t ip[16];
    return argot_ip_parse((const uint8_t *)host, strlen(host), ip) &&
           (!memcmp(ip, mapped, sizeof mapped) || !memcmp(ip, six, sizeof six));
}

static bool
check_open(struct argot_setting_reader *reader, const struct argot_yaml *node, const struct argot_config_address *at,
           bool everybody)
{
    if (everybody || is_loopback(at->host))
        return true;
    argot_setting_refuse(reader, ARGOT_CODE_CONFIG_ADDRESS, node->span,
                         "`metrics`: others than this machine could read at `%s`", at->url)
        ->hint = "127.0.0.1:9464 or [::1]:9464; `metrics: {at: ADDRESS:PORT, public: true}` if they are to";
    return false;
}

bool
argot_config_metrics_read(struct argot_setting_reader *reader, const struct argot_yaml *node,
                          struct argot_config_address *metrics)
{
    bool everybody = false;
    if (node->kind == ARGOT_YAML_SCALAR)
        return argot_setting_host(reader, node, "`metrics`", metrics) && check_open(reader, node, metrics, false);
    bool good = argot_setting_map(reader, node, "`metrics`", metrics_keys, sizeof metrics_keys / sizeof *metrics_keys);
    if (node->kind != ARGOT_YAML_MAP)
        return false;
    const struct argot_yaml *at = argot_yaml_get(node, "at"), *open = argot_yaml_get(node, "public");
    if (!at) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_MISSING, node->span, "`metrics` does not say where it is")
            ->hint = "add `at: 127.0.0.1:9464`";
        return false;
    }
    good = (!open || argot_setting_bool(reader, open, "`public`", &everybody)) && good;
    return argot_setting_host(reader, at, "`metrics`", metrics) && check_open(reader, at, metrics, everybody) && good;
}

bool
argot_config_sandbox_read(struct argot_setting_reader *reader, const struct argot_yaml *node,
                          enum argot_config_sandbox *sandbox)
{
    static const char *const words[] = {"on", "off", "kill"};
    static const enum argot_config_sandbox meant[] = {ARGOT_CONFIG_SANDBOX_ON, ARGOT_CONFIG_SANDBOX_OFF,
                                                      ARGOT_CONFIG_SANDBOX_KILL};
    size_t index = 0;
    if (!argot_setting_word(reader, node, "`sandbox`", words, sizeof words / sizeof *words, &index))
        return false;
    *sandbox = meant[index];
    return true;
}
