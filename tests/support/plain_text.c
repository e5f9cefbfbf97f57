/* SPDX-License-Identifier: Apache-2.0
 * output/plain.h as it is where there are no lanes. */
#define ARGOT_NO_LANES
#include "plain_text.h"
#include "output/plain.h"

bool
plain_text_copy(uint8_t *to, const uint8_t *from, size_t count, enum argot_line_mode mode)
{
    return argot_plain_copy(to, from, count, mode);
}
