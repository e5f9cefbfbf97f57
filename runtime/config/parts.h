/* SPDX-License-Identifier: Apache-2.0
 * The parts of a configuration, a file each. Each function reads one node and gives false after saying what is wrong
 * with it. */
#pragma once
#include "config/setting.h"

bool argot_config_store_read(struct argot_setting_reader *reader, const struct argot_yaml *node,
                             struct argot_config_store *store);
bool argot_config_input_read(struct argot_setting_reader *reader, const struct argot_yaml *node,
                             struct argot_config_input *input);
bool argot_config_metrics_read(struct argot_setting_reader *reader, const struct argot_yaml *node,
                               struct argot_config_address *metrics);
bool argot_config_sandbox_read(struct argot_setting_reader *reader, const struct argot_yaml *node,
                               enum argot_config_sandbox *sandbox);
/* Of an output of alerts that is `webhook` or `mail`: its own key, and those beside it. */
bool argot_config_send_webhook(struct argot_setting_reader *reader, const struct argot_yaml *node,
                               const struct argot_yaml *webhook, struct argot_config_alert *alert);
bool argot_config_send_mail(struct argot_setting_reader *reader, const struct argot_yaml *node,
                            const struct argot_yaml *mail, struct argot_config_alert *alert);
bool argot_config_alert_read(struct argot_setting_reader *reader, const struct argot_yaml *node,
                             struct argot_config_alert *alert);
