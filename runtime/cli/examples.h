/* SPDX-License-Identifier: Apache-2.0
 * Runs the examples inside a normalizer and compares each event, as it is printed, with what is expected, exactly. */
#pragma once
#include "cli/cli.h"
#include "decode/record.h"
#include "yaml/yaml.h"

struct argot_examples_result {
    uint32_t run, failed;
    uint32_t messages_without; /* messages that no example typed; each is a failure of its own */
};

/* Appends a readable difference for each failure: the place in the file at `path`, the field, expected, found. */
struct argot_examples_result argot_examples_run(struct argot_cli *cli, const struct argot_normalizer *normalizer,
                                                const char *path, struct argot_buffer *report);
/* Runs one of them. False after appending why. */
bool argot_examples_holds(struct argot_cli *cli, const struct argot_normalizer *normalizer,
                          const struct argot_example *example, const char *path, struct argot_buffer *report);
/* Whether an item of a file's `examples:` is this one, by its line. */
bool argot_examples_is(const struct argot_yaml *node, const struct argot_example *example);
/* What an example becomes as JSON: the object that `expect` should be, or a list of them. False after appending why it
 * is no event of the format. */
bool argot_examples_actual(struct argot_cli *cli, const struct argot_normalizer *normalizer,
                           const struct argot_example *example, const char *path, struct argot_buffer *json,
                           struct argot_buffer *report);

/* Reads any JSON value. Its node, in memory of the arena; 0: it is no JSON. */
uint32_t argot_examples_read(struct argot_arena *arena, const char *text, size_t length, struct argot_record *record);
/* The member of an object, or 0. */
uint32_t argot_examples_member(const struct argot_record *record, uint32_t object, struct argot_slice key);
/* A node as JSON; "nothing" for 0. */
void argot_examples_print(const struct argot_record *record, uint32_t at, struct argot_buffer *out);
