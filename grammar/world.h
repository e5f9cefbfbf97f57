/* SPDX-License-Identifier: Apache-2.0
 * What the checker asks about the world outside of rule files: the formats that are loaded. The program answers, so
 * that grammar/ need not know normalizers. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct argot_rules_world {
    void *context;
    /* Whether some format makes events of the type (a number of event_type). NULL: nothing is known of formats. */
    bool (*makes_type)(void *context, uint16_t type);
    /* Whether some format may fill the field (a schema index) in events of the type. */
    bool (*fills)(void *context, uint16_t type, uint16_t field);
    /* Names of formats, for `log NAME` in tests: the nth, or NULL behind the last. */
    const char *(*format)(void *context, size_t n);
};
