/* SPDX-License-Identifier: Apache-2.0
 * A JSON value as a person would write it in a format file: YAML flow style, quotes only where YAML needs them, broken
 * between members. What is read from it by runtime/yaml is the same value again. */
#pragma once
#include "decode/record.h"

#define ARGOT_FLOW_COLUMNS 120

struct argot_flow {
    const struct argot_record *record;
    size_t column; /* bytes that stand before the value on its line */
    size_t indent; /* of its further lines */
    size_t after;  /* bytes that will stand behind it */
    struct argot_buffer *out;
};

/* A list of objects has each on a line of its own, whose further lines are indented by one more. */
void argot_flow_write(const struct argot_flow *flow, uint32_t node);
