/* SPDX-License-Identifier: Apache-2.0
 * Room in the batch arena for texts that differ from what the log holds. */
#pragma once
#include "decode/decode.h"

/* Room for at most `most` bytes with the newline and the padding behind; NULL without memory. */
uint8_t *argot_text_room(struct argot_arena *arena, size_t most);
/* Closes what was written from `at` up to `end`: newline, zeros. */
struct argot_slice argot_text_close(uint8_t *at, uint8_t *end);
