/* SPDX-License-Identifier: Apache-2.0
 * Runs the examples inside a normalizer and compares each event, as it is printed, with what is expected, exactly. */
#pragma once
#include "cli/cli.h"

struct argot_examples_result {
    uint32_t run, failed;
    uint32_t messages_without; /* messages that no example typed; each is a failure of its own */
};

/* Appends a readable difference for each failure: the place in the file at `path`, the field, expected, found. */
struct argot_examples_result argot_examples_run(struct argot_cli *cli, const struct argot_normalizer *normalizer,
                                                const char *path, struct argot_buffer *report);
/* What an example becomes as JSON: the object that `expect` should be, or a list of them. False: it is no event. */
bool argot_examples_actual(struct argot_cli *cli, const struct argot_normalizer *normalizer,
                           const struct argot_example *example, struct argot_buffer *json);
