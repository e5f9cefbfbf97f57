/* SPDX-License-Identifier: Apache-2.0
 * How an event with a certain set of fields is written in another standard: texts that are there already, and values
 * between them. Inside runtime/output only. */
#pragma once
#include "output/export_plan.h"
#include "output/export_value.h"

/* A text, then what its kind says. */
struct argot_export_step {
    uint8_t kind;   /* enum argot_export_kind; JSON: the text alone */
    bool element;   /* of an array: a comma comes before it, unless it is the first */
    bool each;      /* items of a list: `open` before and `close` behind each */
    uint16_t index; /* of the slot, or as export_plan.h has it */
    const struct argot_slot *constant;
    struct argot_export_value value;
    struct argot_slice text, open, close;
};

struct argot_export_program {
    uint32_t count, class_uid;
    const struct argot_export_step *steps; /* behind it, in the same block, with their texts */
};

/* NULL without memory; released by seam->release. */
struct argot_export_program *argot_export_program_new(struct argot_seam *seam, const struct argot_export_plan *plan);
