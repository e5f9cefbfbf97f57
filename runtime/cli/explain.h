/* SPDX-License-Identifier: Apache-2.0
 * One record's outcome in words: the event field by field, or how far the line got and what was due
 * there. */
#pragma once
#include "cli/cli.h"

struct argot_explain {
    struct argot_cli *cli;
    struct argot_settings settings; /* the format as named, or NULL */
    unsigned columns;               /* a longer line is cut around the place in question */
};

/* Appends the words for all results of one record. */
void argot_explain_results(const struct argot_explain *explain, struct argot_slice record,
                           const struct argot_batch *batch, struct argot_buffer *out);
