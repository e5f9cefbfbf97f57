/* SPDX-License-Identifier: Apache-2.0
 * One value in another standard's form. Inside runtime/output only. */
#pragma once
#include "event/format.h"
#include "event/standard.h"
#include "output/line.h"

struct argot_export_value {
    const struct argot_standard *standard;
    uint8_t form; /* enum argot_standard_form */
    uint8_t type; /* enum argot_type */
    uint16_t field;
    const struct argot_standard_word *words;
    struct argot_slice beside; /* of CODES: the key of the text beside the number, with comma and colon */
};

/* Whether the value can be written at its field's place: integers are signed there, words and addresses must be some.
 */
bool argot_export_value_fits(const struct argot_export_value *value, const struct argot_slot *slot);
/* Whether some value may not. */
bool argot_export_value_may_not_fit(const struct argot_export_value *value);
/* False without memory. A word that stands for nothing is null. */
bool argot_export_value_put(const struct argot_export_value *value, struct argot_line *line,
                            struct argot_format_clock *clock, const struct argot_slot *slot);
/* What stands for the word; NULL: nothing does. `name` is the word itself then. */
const char *argot_export_value_word(const struct argot_export_value *value, const struct argot_slot *slot,
                                    struct argot_slice *name);
