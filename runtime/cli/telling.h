/* SPDX-License-Identifier: Apache-2.0
 * The outputs of alerts that a configuration names, opened. Standard output is not among them: whoever runs writes it.
 */
#pragma once
#include "base/arena.h"
#include "cli/cli.h"
#include "config/config.h"
#include "pipeline/announce.h"

struct argot_telling {
    struct argot_cli *cli;
    struct argot_arena arena; /* texts of the outputs */
    struct argot_announce_output *outputs;
    struct argot_post_output *posts; /* of those that have one, by number of the output */
    struct argot_announce *announce; /* NULL: there are none */
    bool quiet;
};

/* What the configuration calls it. */
enum argot_standard_number argot_telling_standard(enum argot_config_schema schema);
/* False after saying why. Finish must follow in any case. */
bool argot_telling_begin(struct argot_telling *telling, struct argot_cli *cli, const struct argot_config *config,
                         bool quiet);
/* Tells what waits, and what could not be told. */
void argot_telling_finish(struct argot_telling *telling);
