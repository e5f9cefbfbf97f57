/* SPDX-License-Identifier: Apache-2.0
 * The commands, one a file: cmd_<name>.c. */
#pragma once
#include "cli/cli.h"

extern const struct argot_command argot_cmd_check, argot_cmd_compile, argot_cmd_detect, argot_cmd_explain,
    argot_cmd_fields, argot_cmd_fmt, argot_cmd_formats, argot_cmd_parse, argot_cmd_rules, argot_cmd_run,
    argot_cmd_query, argot_cmd_setup, argot_cmd_store, argot_cmd_test, argot_cmd_types;
