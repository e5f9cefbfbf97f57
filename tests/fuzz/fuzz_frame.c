/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as records: the first two bytes are the longest record and how many arrive at a time. Cuts give what a
 * slow reader gives, and newlines are counted right. */
#include "input/frame.h"
#include "frame_case.h"
#include "fuzz_case.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t max_bytes = 1 + (size_t)data[0], step = 1 + (size_t)data[1], length = size - 2;
    const uint8_t *bytes = data + 2;
    struct frame_case expected = {0}, cuts = {0};
    frame_case_slowly(bytes, length, max_bytes, &expected);
    check(!frame_case_cuts(bytes, length, max_bytes, step, &cuts));
    check(frame_case_same(&cuts, &expected));
    check(!frame_case_cuts(bytes, length, max_bytes, length + 1, &cuts));
    check(frame_case_same(&cuts, &expected));
    uint64_t newlines = 0;
    for (size_t i = 0; i < length; i++)
        newlines += bytes[i] == '\n';
    check(argot_frame_count_newlines(bytes, length) == newlines);
    frame_case_free(&expected);
    frame_case_free(&cuts);
    return 0;
}
