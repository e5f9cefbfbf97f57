/* SPDX-License-Identifier: Apache-2.0
 * What an `expect` of a format file says, against what an event is. */
#pragma once
#include "cli/cli.h"
#include "decode/record.h"
#include "yaml/yaml.h"

/* An event, or a list of those that one record makes. */
struct argot_expectation {
    const struct argot_yaml *expect;
    const struct argot_record *record; /* holds the event as JSON */
    uint32_t event;
    /* Numbers and words count as such only where they are written so; else the schema decides, as it does when the file
     * is compiled, outside of `extra`. */
    bool typed;
};

/* The number of differences. Appends a line for each, "  field: old -> new", unless `report` is NULL. */
unsigned argot_expectation_compare(const struct argot_expectation *expectation, struct argot_buffer *report);
