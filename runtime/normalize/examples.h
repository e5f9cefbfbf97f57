/* SPDX-License-Identifier: Apache-2.0
 * Runs the examples inside a normalizer and compares each event with what is expected, exactly. */
#pragma once
#include "base/buffer.h"
#include "normalize/normalize.h"

struct argot_examples_result {
    uint32_t run, failed;
    uint32_t messages_without; /* messages that no example typed; each is a failure of its own */
};

/* Appends a readable difference for each failure: place in the YAML file, field, expected, found. */
struct argot_examples_result argot_examples_run(struct argot_registry *registry,
                                                const struct argot_normalizer *normalizer, const char *path,
                                                struct argot_buffer *report);
/* The event of an example as the JSON object that `expect` should be, for --accept. False: the line is rejected. */
bool argot_examples_actual(struct argot_registry *registry, const struct argot_normalizer *normalizer,
                           const struct argot_example *example, struct argot_buffer *json);
