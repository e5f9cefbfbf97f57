/* SPDX-License-Identifier: Apache-2.0
 * argot explain of lines: how each becomes an event, or how far it gets. */
#pragma once
#include "cli/cli.h"

/* A line, or those of standard input for `-`, read by the settings; the registry was made. An exit status. */
int argot_explain_lines(struct argot_cli *cli, const struct argot_settings *settings, bool json, const char *line);
