/* SPDX-License-Identifier: Apache-2.0
 * Writing one event by its program. Inside runtime/output only. */
#pragma once
#include "output/export.h"
#include "output/export_program.h"

struct argot_export_run {
    struct argot_line line; /* afterwards: how many bytes were replaced */
    struct argot_format_clock *clock;
    const struct argot_event *event; /* or NULL: a row */
    const struct argot_export_row *row;
    const struct argot_slot *slots;
    struct argot_slice raw;
    const char *source;
    uint32_t class_uid;
};

/* A line, or nothing and out->failed without memory. */
bool argot_export_run_line(struct argot_export_run *run, const struct argot_export_program *program,
                           struct argot_buffer *out);
