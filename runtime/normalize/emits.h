/* SPDX-License-Identifier: Apache-2.0
 * Which types of event the formats of a registry make, and which fields they may fill in each: for whoever wants to
 * know whether a rule can ever match. Never says no to what may be; may say yes to what no line gives. */
#pragma once
#include "normalize/normalize.h"

struct argot_emits;

/* The registry must be sealed and outlive it. NULL without memory. O(messages * fields). */
struct argot_emits *argot_emits_new(struct argot_registry *registry);
/* The same of one format, by its index in the registry. */
struct argot_emits *argot_emits_of(struct argot_registry *registry, size_t index);
void argot_emits_free(struct argot_emits *emits); /* NULL is fine */
/* type: a number of event_type. */
bool argot_emits_type(const struct argot_emits *emits, uint16_t type);
bool argot_emits_field(const struct argot_emits *emits, uint16_t type, uint16_t field);
