/* SPDX-License-Identifier: Apache-2.0
 * What alternatives begin with alike, read once. */
#pragma once
#include "generator/model.h"

/* Rewrites the groups of a template that was checked. It fits what it fitted, in the same order of preference. */
void argot_gen_factor(struct argot_arena *arena, struct argot_gen_sequence *tree);
