/* SPDX-License-Identifier: Apache-2.0
 * What the terminal behind a descriptor can do, by the environment's word. */
#pragma once
#include "base/seam.h"
#include <stdbool.h>

/* A terminal, and not a dumb one: the line can be drawn again. */
bool argot_terminal_draws(struct argot_seam *seam, int fd);
/* The same, and colors were not forbidden (NO_COLOR). */
bool argot_terminal_colors(struct argot_seam *seam, int fd);
/* Columns, or 80 when it does not say. */
unsigned argot_terminal_columns(int fd);
