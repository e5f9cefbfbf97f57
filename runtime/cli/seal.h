/* SPDX-License-Identifier: Apache-2.0
 * The sum over a module that argot compile puts behind it: a file that was damaged on its way is refused, where the
 * dynamic linker would run what is left of it. It tells of mistakes; who changes a module can seal it anew. */
#pragma once
#include "base/buffer.h"

#define ARGOT_SEAL_BYTES 32 /* behind the shared object: a name, and the sum */

/* Appends the seal of all bytes that the buffer holds. */
void argot_seal_append(struct argot_buffer *module);
/* Whether a module has a seal that holds, or none, as those that other tools made. `end`: of the shared object in it.
 * False with the reason in `why`. */
bool argot_seal_check(const uint8_t *bytes, size_t size, size_t end, const char **why);
