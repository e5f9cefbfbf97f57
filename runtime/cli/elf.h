/* SPDX-License-Identifier: Apache-2.0
 * A look at a shared object before the dynamic linker sees it: that one believes what a file says, and a truncated file
 * ends the process. Pure: bytes in, a verdict out. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct argot_elf_symbol {
    const char *name;
    bool found;    /* it is exported, as data */
    uint64_t size; /* bytes */
};

/* Whether the bytes are a shared object for this machine with all its segments and sections in them; fills in which of
 * the symbols it exports. False with the reason in `why`. */
bool argot_elf_check(const uint8_t *bytes, size_t size, struct argot_elf_symbol *symbols, size_t nsymbols, char *why,
                     size_t why_size);
/* Where a shared object ends that argot_elf_check found to be one: what stands behind is no part of it. */
size_t argot_elf_end(const uint8_t *bytes);
