/* SPDX-License-Identifier: Apache-2.0
 * What a parse did, in words for people and as JSON for programs. */
#pragma once
#include "base/buffer.h"
#include "pipeline/parse.h"

struct argot_summary {
    const struct argot_parse_result *result;
    bool checksum;     /* was asked for */
    bool letters_kept; /* a file takes the dead letters */
};

void argot_summary_words(const struct argot_summary *summary, struct argot_buffer *out);
void argot_summary_json(const struct argot_summary *summary, struct argot_buffer *out);
