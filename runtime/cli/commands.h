/* SPDX-License-Identifier: Apache-2.0
 * The commands, one a file: cmd_<name>.c. */
#pragma once
#include "cli/cli.h"

extern const struct argot_command argot_cmd_check;
extern const struct argot_command argot_cmd_compile;
extern const struct argot_command argot_cmd_detect;
extern const struct argot_command argot_cmd_explain;
extern const struct argot_command argot_cmd_fields;
extern const struct argot_command argot_cmd_fmt;
extern const struct argot_command argot_cmd_formats;
extern const struct argot_command argot_cmd_parse;
extern const struct argot_command argot_cmd_query;
extern const struct argot_command argot_cmd_replay;
extern const struct argot_command argot_cmd_rules;
extern const struct argot_command argot_cmd_run;
extern const struct argot_command argot_cmd_setup;
extern const struct argot_command argot_cmd_status;
extern const struct argot_command argot_cmd_store;
extern const struct argot_command argot_cmd_test;
extern const struct argot_command argot_cmd_types;
