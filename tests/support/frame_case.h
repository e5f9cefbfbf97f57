/* SPDX-License-Identifier: Apache-2.0
 * The records of an input twice: by the definition of framing, byte by byte, and by argot_frame_cut with bytes that
 * arrive in steps. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame_case_record {
    size_t begin, length;
    bool piece, last, missing; /* missing: its newline */
};

/* Zeroed before the first use; frame_case_free gives its memory back. */
struct frame_case {
    size_t count, capacity;
    struct frame_case_record *records;
};

void frame_case_free(struct frame_case *all);
bool frame_case_same(const struct frame_case *a, const struct frame_case *b);
void frame_case_slowly(const uint8_t *bytes, size_t length, size_t max_bytes, struct frame_case *all);
/* At most `step` further bytes arrive each time that a cut cannot tell. NULL, or what a cut did wrong. Each cut sees a
 * block without a byte more. */
const char *frame_case_cuts(const uint8_t *bytes, size_t length, size_t max_bytes, size_t step, struct frame_case *all);
