/* SPDX-License-Identifier: Apache-2.0
 * The option --schema: whose words JSON lines have. */
#pragma once
#include "cli/args.h"
#include "event/standard.h"

#define ARGOT_STANDARD_OPTION                                                                                          \
    {                                                                                                                  \
        "schema", 0, "NAME", "whose words jsonl has: native, ecs (Elastic Common Schema) or ocsf"                      \
    }

/* False after saying what is wrong. */
bool argot_standard_read(const struct argot_args *args, const char *value, enum argot_standard_number *standard);
