/* SPDX-License-Identifier: Apache-2.0
 * A checked expression as text, with its types, to compare with what was expected. */
#pragma once
#include "event/expr.h"

void expr_dump(const struct argot_expr *expr, struct argot_buffer *out);
