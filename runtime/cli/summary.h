/* SPDX-License-Identifier: Apache-2.0
 * What a parse did, or a detection, in words for people and as JSON for programs. */
#pragma once
#include "base/buffer.h"
#include "pipeline/detect.h"

struct argot_summary {
    struct argot_parse_result *result;
    bool checksum;                            /* was asked for */
    bool letters_kept;                        /* a file or the store takes the dead letters */
    const struct argot_detect_result *detect; /* of detections, or NULL */
    const struct argot_plan *plan;            /* beside it */
};

/* The parts about rules, where `detect` is set; summary_detect.c. */
void argot_summary_detect_words(const struct argot_summary *summary, struct argot_buffer *out);
void argot_summary_detect_json(const struct argot_summary *summary, struct argot_buffer *out); /* behind a member */

void argot_summary_words(const struct argot_summary *summary, struct argot_buffer *out);
void argot_summary_json(const struct argot_summary *summary, struct argot_buffer *out);
