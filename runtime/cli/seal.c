/* SPDX-License-Identifier: Apache-2.0
 * A linker that copies the file drops what stands behind the sections; so a module without a seal is none that is
 * damaged. But one that ends within its seal was cut. */
#include "cli/seal.h"
#include "base/hash.h"
#include <string.h>

#define NAME_BYTES 16

static const uint8_t name[NAME_BYTES] = "argot module 1\n";

static void
sum(const void *bytes, size_t size, uint8_t out[16])
{
    argot_hash_identity(&(struct argot_hash_key){{0, 0}}, bytes, size, out);
}

void
argot_seal_append(struct argot_buffer *module)
{
    uint8_t seal[ARGOT_SEAL_BYTES];
    memcpy(seal, name, NAME_BYTES);
    sum(module->bytes, module->length, seal + NAME_BYTES);
    argot_buffer_append(module, seal, sizeof seal);
}

bool
argot_seal_check(const uint8_t *bytes, size_t size, size_t end, const char **why)
{
    uint8_t expected[16];
    size_t rest = size - end, named = rest < NAME_BYTES ? rest : NAME_BYTES;
    if (size >= ARGOT_SEAL_BYTES && !memcmp(bytes + size - ARGOT_SEAL_BYTES, name, NAME_BYTES)) {
        sum(bytes, size - ARGOT_SEAL_BYTES, expected);
        *why = "the file is damaged: its sum is another; compile it anew, or copy it again";
        return !memcmp(bytes + size - sizeof expected, expected, sizeof expected);
    }
    *why = "the file is cut off";
    return !rest || rest >= ARGOT_SEAL_BYTES || memcmp(bytes + end, name, named) != 0;
}
