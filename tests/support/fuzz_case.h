/* SPDX-License-Identifier: Apache-2.0
 * What every fuzz target begins with: the entry that libFuzzer calls, and a way to say that something is wrong. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void
check(bool right)
{
    if (!right)
        abort();
}
