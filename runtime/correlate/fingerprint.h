/* SPDX-License-Identifier: Apache-2.0
 * What the state of a rule depends on, as 128 bits: its events, keys, windows, steps, and the lists, tables and rules
 * below that they name; not its title, text, severity, limits or lateness. Rules of two plans with equal fingerprints
 * may go on with each other's state. The same on every machine and in every run. */
#pragma once
#include "base/buffer.h"
#include "correlate/plan.h"

#define ARGOT_FINGERPRINT_BYTES 16

/* `scratch` grows to the size of the rule. False without memory. */
bool argot_fingerprint_rule(const struct argot_plan *plan, uint32_t rule, struct argot_buffer *scratch,
                            uint8_t out[ARGOT_FINGERPRINT_BYTES]);
