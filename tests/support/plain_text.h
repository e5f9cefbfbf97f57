/* SPDX-License-Identifier: Apache-2.0
 * What output/plain.h does by sixteen bytes at once, by the words that stand in for that elsewhere. */
#pragma once
#include "output/line.h"

bool plain_text_copy(uint8_t *to, const uint8_t *from, size_t count, enum argot_line_mode mode);
