/* SPDX-License-Identifier: Apache-2.0
 * Whose format and time zone stored records have: those of the configuration's input that they came from, unless the
 * command line names others. */
#pragma once
#include "cli/configuration.h"
#include "normalize/normalize.h"

struct argot_origin {
    struct argot_cli *cli;
    const struct argot_config *config; /* NULL: none, so formats are found record by record, and zones are UTC */
    struct argot_zone **zones;         /* of the inputs */
    const char *format;                /* of all; NULL: of the input */
    const struct argot_zone *zone;     /* the same */
};

/* Loads the zones of a configuration, which must outlive it; NULL is fine. False after saying what is wrong; finish may
 * follow in any case. */
bool argot_origin_init(struct argot_origin *origin, struct argot_cli *cli, const struct argot_config *config);
void argot_origin_finish(struct argot_origin *origin);
/* Format and zone of a source, by the path and the name that the store has; of one that no input is of, none. */
void argot_origin_settings(const struct argot_origin *origin, const char *path, const char *name,
                           struct argot_settings *settings);
